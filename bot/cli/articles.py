"""`onrecord add`, `remove`, `read` and `statements`: articles in, and what is made of them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

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
    from data.model import Article
    from data.reading import read as read_sources
    from data.contract import statement_object

    faults = 0
    waiting: list[Article] = []

    def articles():  # type: ignore[no-untyped-def]
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
