"""`onrecord speakers` and `onrecord correct`: what editors see and mend. It outlives rebuilds and new rules."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import click

from bot.cli.questions import Day
from data.errors import ArchiveError

if TYPE_CHECKING:
    from data.archive import Archive
    from data.archive.records import SpeakerRow

EDITORS_WAIT = 10.0
"""Seconds that an editor's command waits for another writer: a running `add` writes for moments at a time."""


class _Speakers(click.Group):
    """`speakers NAME` lists; `speakers merge` and `speakers split` change."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "list", self.commands["list"], args


@click.group(cls=_Speakers, invoke_without_command=True)
@click.pass_context
def speakers(ctx: click.Context) -> None:
    """List speakers (onrecord speakers [NAME]), merge them, split them."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(listed, name=(), limit=50, as_json=False)


@speakers.command("list")
@click.argument("name", nargs=-1)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="Speakers at most.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a speaker.")
def listed(name: tuple[str, ...], limit: int, as_json: bool) -> int:
    """List speakers with the number of their statements, most quoted first."""
    with _archive() as archive:
        rows = [row for row in archive.speakers() if row.merged_into is None]
        if name:
            rows = _called(rows, " ".join(name))
        else:
            rows.sort(key=lambda row: (-row.statements, row.name))
        for row in rows[:limit]:
            if as_json:
                shown = {
                    "key": row.key,
                    "name": row.name,
                    "form": row.form,
                    "statements": row.statements,
                    "aliases": row.aliases,
                }
                click.echo(json.dumps(shown, ensure_ascii=False))
            else:
                others = [alias for alias in row.aliases if alias != row.name]
                also = f"  (also {', '.join(others[:5])})" if others else ""
                click.echo(f"{row.statements:6d}  {row.name}{also}  #{row.key}")
    if name and not rows:
        click.echo(f"onrecord: no speaker is called {' '.join(name)}", err=True)
        return 1
    return 0


@speakers.command()
@click.argument("into")
@click.argument("others", nargs=-1, required=True)
@click.option("--name", help="What the speaker is called from now on. Default: the first one's name.")
def merge(into: str, others: tuple[str, ...], name: str | None) -> None:
    """Make OTHERS and INTO one speaker. Names as listed, or #KEY. `speakers split` takes it back."""
    with _archive() as archive:
        rows = archive.speakers()
        kept = _one(rows, into)
        away = [_one(rows, other) for other in others]
        with archive.writer("merging speakers", wait=EDITORS_WAIT) as writer:
            writer.merge_speakers(kept.key, [row.key for row in away], name=name)
    click.echo(f"{', '.join(row.name for row in away)} and {kept.name} are one speaker now: {name or kept.name}")


@speakers.command()
@click.argument("speaker")
@click.argument("names", nargs=-1)
@click.option("--called", help="What the speaker that is split off is called.")
def split(speaker: str, names: tuple[str, ...], called: str | None) -> None:
    """Take a merge of SPEAKER back, or split the statements under NAMES off it."""
    with _archive() as archive:
        row = _one(archive.speakers(), speaker)
        with archive.writer("splitting a speaker", wait=EDITORS_WAIT) as writer:
            writer.split_speaker(row.key, names, called=called)
    click.echo(f"{row.name} is split")


@click.command()
@click.argument("statement", metavar="STATEMENT")
@click.option("--speaker", help="Who said it: a full name, or #KEY of a known speaker.")
@click.option("--said-on", metavar="DATE", help="The day it was said, or 'unknown'.")
@click.option("--until", type=Day(), help="The last day, where --said-on gives the first of several.")
@click.option("--hide", is_flag=True, help="Never show this statement.")
@click.option("--undo", is_flag=True, help="Let what the rules found hold again.")
def correct(
    statement: str, speaker: str | None, said_on: str | None, until: date | None, hide: bool, undo: bool
) -> None:
    """Mend a statement: its speaker, its day, or hide it. STATEMENT is a reference as `ask --json` gives it.

    Kept by article and place, so that it outlives rebuilds and new rules; answers show it as an editor's correction.
    """
    from data.model import DateRange

    if undo == bool(speaker or said_on or hide):
        raise click.UsageError("say what to mend: --speaker NAME, --said-on DATE or --hide; or --undo alone")
    days = None
    if said_on and said_on != "unknown":
        first = Day().convert(said_on, None, None)
        if until is not None and until < first:
            raise click.UsageError("--until is before --said-on")
        days = DateRange(first, until or first)
    elif until is not None:
        raise click.UsageError("--until needs --said-on with the first day")
    with _archive() as archive:
        key: str | int | None = speaker
        if speaker and speaker.startswith("#"):
            key = _one(archive.speakers(), speaker).key
        with archive.writer("correcting a statement", wait=EDITORS_WAIT) as writer:
            if undo:
                writer.undo_correction(statement)
            else:
                writer.correct(
                    statement, speaker=key, said_on="unknown" if said_on == "unknown" else days, hide=hide or None
                )
    click.echo("taken back" if undo else "corrected")


def _archive() -> Archive:
    from data.archive import Archive
    from data.settings import settings

    return Archive.open(settings().home)


def _called(rows: list[SpeakerRow], typed: str) -> list[SpeakerRow]:
    """Speakers whose name or alias holds the words typed, exact ones first."""
    folded = typed.casefold()
    found = [row for row in rows if any(folded in alias.casefold() for alias in (row.name, *row.aliases))]
    return sorted(found, key=lambda row: (row.name.casefold() != folded, -row.statements, row.name))


def _one(rows: list[SpeakerRow], typed: str) -> SpeakerRow:
    """The one speaker meant by a name or #KEY.

    Raises:
        ArchiveError: none, or several.
    """
    if typed.startswith("#") and typed[1:].isdigit():
        found = [row for row in rows if row.key == int(typed[1:])]
    else:
        found = [row for row in rows if row.name.casefold() == typed.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        keys = ", ".join(f"#{row.key} ({row.statements} statements)" for row in found)
        raise ArchiveError(f"several speakers are called {typed!r}", hint=f"say which: {keys}")
    raise ArchiveError(f"no speaker is called {typed!r}", hint="`onrecord speakers NAME` lists those that are")


COMMANDS = (speakers, correct)
