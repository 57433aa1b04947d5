"""`onrecord add`, `remove`, `read` and `statements`: articles in, and what is made of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import click

from bot.cli.editing import EDITORS_WAIT
from bot.cli.questions import Day


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a source.")
def read(sources: tuple[str, ...], as_json: bool) -> int:
    """Show what is read out of files, folders or links, without storing it."""
    from data.reading import as_object
    from data.reading import read as read_sources

    faults = 0
    for result in read_sources(sources):
        if result.article is None:
            faults += 1
            click.echo(f"onrecord: {result.error}", err=True)
        elif as_json:
            click.echo(json.dumps(as_object(result), ensure_ascii=False))
        else:
            article = result.article
            facts = [article.outlet, article.published and article.published.isoformat(), article.author, article.url]
            click.echo(click.style(article.title or "(no headline)", bold=True))
            click.echo(" · ".join(str(fact) for fact in facts if fact))
            for ordinal in range(len(article.paragraphs)):
                click.echo(f"\n{article.paragraph(ordinal)}")
            if article.notice:
                click.echo(f"\nNotice: {article.notice}")
            click.echo()
    return 2 if faults else 0


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a statement.")
def statements(sources: tuple[str, ...], as_json: bool) -> int:
    """Show the statements found in files, folders or links, without storing them."""
    from data.analysis import analyse
    from data.contract import statement_object
    from data.model import Article
    from data.reading import read as read_sources

    faults = 0
    waiting: list[Article] = []

    def articles() -> Iterator[Article]:
        nonlocal faults
        for result in read_sources(sources):
            if result.article is None:
                faults += 1
                click.echo(f"onrecord: {result.error}", err=True)
                continue
            waiting.append(result.article)
            yield result.article

    for analysis in analyse(articles()):
        article = waiting.pop(0)
        for statement in analysis.statements:
            if as_json:
                click.echo(json.dumps(statement_object(statement, article), ensure_ascii=False))
            else:
                start, end = statement.passage
                name = statement.speaker.name if statement.speaker else "somebody"
                day = f" ({article.text[slice(*statement.said_on.words)]})" if statement.said_on else ""
                click.echo(f"{click.style(name, bold=True)}{day}: {' '.join(article.text[start:end].split())}")
    return 2 if faults else 0


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--outlet", help="Outlet of articles that don't name one.")
@click.option("--url", help="Address of a single article that doesn't name one.")
@click.option("--published", type=Day(), help="Day of publication of articles that don't name one.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON object.")
def add(sources: tuple[str, ...], outlet: str | None, url: str | None, published: date | None, as_json: bool) -> int:
    """Add articles: files, folders, links, or - for standard input. A running bot answers from them within seconds."""
    from bot.cli.progress import progress_bar
    from data.archive import Archive
    from data.reading import read as read_sources
    from data.settings import settings
    from embeddings.encoder import Encoder
    from embeddings.indexing import add as index_articles
    from embeddings.native import give_way

    give_way()
    results = read_sources(sources, outlet=outlet, url=url, published=published)
    with Archive.open(settings().home, create=True) as archive, progress_bar() as report:
        outcome = index_articles(archive, Encoder.from_settings(settings()), results, progress=report)
    for refused in outcome.refused:
        click.echo(f"onrecord: {refused}", err=True)
    for article in outcome.without_statements:
        click.echo(
            f"onrecord: no statements could be found in {article}: a fault of our own, please report it", err=True
        )
    counts = {
        "added": outcome.added,
        "corrected": outcome.corrected,
        "joined": outcome.joined,
        "unchanged": outcome.unchanged,
        "refused": len(outcome.refused),
    }
    if as_json:
        click.echo(json.dumps(counts))
    else:
        words = {"joined": "joined to an article that was there", "corrected": "corrected (new versions)"}
        said = [f"{count} {words.get(what, what)}" for what, count in counts.items() if count]
        click.echo(", ".join(said) or "nothing to add")
    return 2 if outcome.refused else 0


@click.command()
@click.argument("ids", nargs=-1, metavar="[ARTICLE...]")
@click.option("--outlet", help="Articles of this outlet.")
@click.option("--before", type=Day(), help="Articles published before this day.")
@click.option("--purge", is_flag=True, help="Erase their text too, from every file. Can't be taken back.")
@click.option("--yes", is_flag=True, help="Don't ask before a purge.")
def remove(ids: tuple[str, ...], outlet: str | None, before: date | None, purge: bool, yes: bool) -> int:
    """Remove articles, by id, outlet or age: gone from every answer at once."""
    if not (ids or outlet or before):
        raise click.UsageError("say which: ARTICLE ids, --outlet or --before")
    from data.archive import Archive
    from data.settings import settings
    from embeddings.checking import erase_dead, holds_purged

    if purge and not yes:
        click.confirm("Erase these articles for good?", abort=True, err=True)
    with Archive.open(settings().home) as archive:
        try:
            with archive.writer("remove", wait=EDITORS_WAIT) as writer:
                if purge:
                    removed = list(writer.purge(ids, outlet=outlet, before=before).keys)
                else:
                    removed = writer.remove(ids, outlet=outlet, before=before)
        finally:
            # Also when the archive's own file could not be rewritten yet, and after an earlier purge that was killed.
            if purge and holds_purged(archive):
                erase_dead(archive)
    click.echo(f"{len(removed)} article versions {'purged' if purge else 'removed'}" if removed else "no such article")
    return 0 if removed else 2


COMMANDS = (add, remove, read, statements)
