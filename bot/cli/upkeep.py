"""`onrecord status`, `check`, `rebuild`, `rollback`, `export`, `backup`, `restore`: the upkeep of archive and index."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from data.archive import Archive


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(as_json: bool) -> None:
    """Show what is in the archive and the index."""
    from data.settings import settings

    with _archive() as archive:
        counts, current = archive.counts(), archive.current_generation()
        facts: dict[str, Any] = {
            "home": str(settings().home),
            "articles": counts.articles,
            "paragraphs": counts.paragraphs,
            "statements": counts.statements,
            "speakers": counts.speakers,
            "outlets": {row.name or "": row.articles for row in archive.by_outlet()},
            "months": {row.name or "": row.articles for row in archive.by_month()},
            "oldest": counts.oldest.isoformat() if counts.oldest else None,
            "newest": counts.newest.isoformat() if counts.newest else None,
            "earlier_versions": counts.versions,
            "removed": counts.removed,
            "waiting": counts.waiting,
            "generation": current.number if current else None,
            "segments": len(current.segments) if current else 0,
            "published": current.published.isoformat() if current else None,
            "model": current.model if current else None,
            "bytes": {"archive": counts.bytes, "index": _size(settings().home / "index")},
        }
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    click.echo(
        f"{counts.articles} articles, {counts.paragraphs} paragraphs, "
        f"{counts.statements} statements by {counts.speakers} speakers"
    )
    if facts["oldest"]:
        click.echo(f"published {facts['oldest']} to {facts['newest']}")
    for outlet, number in facts["outlets"].items():
        click.echo(f"  {number:6d}  {outlet or '(no outlet named)'}")
    if current:
        click.echo(
            f"generation {current.number}, {len(current.segments)} segments, model {current.model}, "
            f"published {current.published:%Y-%m-%d %H:%M} UTC"
        )
    else:
        click.echo("no index yet: add articles")
    if counts.waiting:
        click.echo(f"{counts.waiting} articles wait to be indexed: the next `onrecord add` or `rebuild` takes them up")
    sizes = facts["bytes"]
    click.echo(f"{sizes['archive'] / 1e6:.1f} MB archive, {sizes['index'] / 1e6:.1f} MB index, in {facts['home']}")


@click.command()
def check() -> int:
    """Compare archive and index with themselves and each other; say how to mend what is wrong."""
    from data.archive.checking import check as check_archive
    from embeddings.checking import check as check_index

    with _archive() as archive:
        findings = [f"{finding.what}: {finding.mend}" for finding in check_archive(archive)]
        findings += check_index(archive)
    for finding in findings:
        click.echo(finding)
    if not findings:
        click.echo("archive and index agree")
    return 1 if findings else 0


@click.command()
def rebuild() -> int:
    """Make the index anew beside whoever is using it: for a new model, new rules, or a repair.

    Vectors and statements that are still right are used again. Interrupted, it goes on where it was.
    """
    return _rebuild()


@click.command()
@click.argument("what", type=click.Choice(["articles", "statements"]))
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="CSV is for statements.",
)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="A file. Default: standard output."
)
def export(what: str, form: str, output: Path | None) -> None:
    """Write articles (JSON lines, as `add` reads them) or statements (JSON lines or CSV)."""
    from data.archive import exporting

    if form == "csv" and what == "articles":
        raise click.UsageError("articles are written as jsonl")
    with _archive() as archive:
        rows = exporting.articles(archive) if what == "articles" else exporting.statements(archive)
        write = exporting.write_csv if form == "csv" else exporting.write_jsonl
        if output is None:
            write(rows, sys.stdout)
            return
        try:
            with output.open("w", encoding="utf-8", newline="") as stream:
                number = write(rows, stream)
        except OSError as error:
            raise click.UsageError(f"{output} can't be written: {error.strerror}") from None
    click.echo(f"{number} {what} written to {output}", err=True)


@click.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def backup(target: Path) -> None:
    """Copy the archive into the new file TARGET, also while it is in use."""
    from data.archive.backup import back_up

    with _archive() as archive:
        size = back_up(archive, target)
    click.echo(f"{target}: {size / 1e6:.1f} MB. The index is not in it: `onrecord rebuild` makes it again.")


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(source: Path) -> None:
    """Put a backup in the archive's place, then bring the index up to date."""
    from data.archive.backup import restore as put_back
    from data.settings import settings

    left_out = put_back(settings().home, source)
    click.echo(f"restored from {source}" + (f"; {left_out} articles purged since were left out" if left_out else ""))
    _rebuild()


@click.command()
def rollback() -> None:
    """Answer from the generation before the current one. What was removed or corrected stays so."""
    from data.settings import settings
    from embeddings import generations, models

    with _archive() as archive:
        number = generations.rollback(archive, models.find(settings().model))
    click.echo(f"generation {number} is current again")


def _archive() -> Archive:
    from data.archive import Archive
    from data.settings import settings

    return Archive.open(settings().home)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _rebuild() -> int:
    from bot.cli.progress import progress_bar
    from data.settings import settings
    from embeddings.encoder import Encoder
    from embeddings.native import give_way
    from embeddings.rebuilding import rebuild as rebuild_index
    from embeddings.rebuilding import to_do

    give_way()
    with _archive() as archive:
        encoder = Encoder.from_settings(settings())
        articles, paragraphs = to_do(archive, encoder)
        if os.access(archive.home, os.W_OK):  # else the error that follows says all
            click.echo(f"to index: {articles:,} articles, {paragraphs:,} paragraphs", err=True)
        with progress_bar() as report:
            outcome = rebuild_index(archive, encoder, progress=report)
        current = archive.current_generation()
    click.echo(
        f"{outcome.indexed} articles indexed, {outcome.encoded} texts encoded"
        + (f", generation {current.number} is current" if current else "")
    )
    for article in outcome.without_statements:
        click.echo(
            f"onrecord: no statements could be found in {article}: a fault of our own, please report it", err=True
        )
    return 0


COMMANDS = (status, check, rebuild, rollback, export, backup, restore)
