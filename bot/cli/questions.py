"""`onrecord ask` and `onrecord chat`."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click

from data.errors import BadQuestion


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "DATE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{str(value)!r} is no day: write it as YYYY-MM-DD", param, ctx)


@click.command()
@click.argument("question", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an answer (docs/cli.md lists its fields).")
@click.option(
    "--batch",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help='Answer every line of a JSONL file: {"id", "turns": ["...", ...]}.',
)
@click.option(
    "--each",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Answer every line of a text file.",
)
@click.option("--limit", type=click.IntRange(1, 50), default=5, show_default=True, help="Citations at most.")
@click.option("--today", type=Day(), help="What 'yesterday' and 'last week' are counted from. Default: today.")
@click.option("--explain", is_flag=True, help="Show how the question was read and why each passage ranked.")
def ask(
    question: str | None,
    as_json: bool,
    batch: Path | None,
    each: Path | None,
    limit: int,
    today: date | None,
    explain: bool,
) -> int:
    """Answer a question with cited passages, or say that the coverage doesn't."""
    if sum(given is not None for given in (question, batch, each)) != 1:
        raise click.UsageError("give one QUESTION, or --batch FILE, or --each FILE")
    with _without_collections():
        from bot.asking.contract import as_object
        from bot.asking.conversation import Conversation
        from bot.asking.desk import Desk
        from bot.asking.wording import explained, worded
        from data.settings import settings

        opened = Desk.open(settings())
    with opened as desk:
        if batch is not None:
            for number, (identity, turns, asked) in enumerate(_turns(batch), 1):
                conversation = Conversation()
                try:
                    for turn in turns:
                        answer = desk.ask(turn, conversation=conversation, today=today or asked, limit=limit)
                except BadQuestion as error:
                    click.echo(
                        json.dumps(
                            {"id": identity, "answered": False, "text": str(error), "citations": [], "nearest": []}
                        )
                    )
                    click.echo(f"onrecord: {batch}, line {number}: {error}", err=True)
                    continue
                if as_json:
                    click.echo(json.dumps({"id": identity, **as_object(answer)}, ensure_ascii=False))
                else:
                    click.echo(f"{turns[-1]}\n\n{worded(answer)}\n")
            return 0
        if each is not None:
            for number, line in enumerate(each.read_text(encoding="utf-8").splitlines(), 1):
                if line.strip():
                    try:
                        answer = desk.ask(line, today=today, limit=limit)
                    except BadQuestion as error:
                        click.echo(f"onrecord: {each}, line {number}: {error}", err=True)
                        continue
                    if as_json:
                        click.echo(json.dumps(as_object(answer), ensure_ascii=False))
                    else:
                        click.echo(click.style(f"> {line}", bold=True) + f"\n\n{worded(answer)}\n")
            return 0
        assert question is not None
        answer = desk.ask(question, today=today, limit=limit)
        if as_json:
            click.echo(json.dumps(as_object(answer), ensure_ascii=False))
        else:
            click.echo(explained(answer) if explain else worded(answer))
        return 0 if answer.answered else 1


@contextmanager
def _without_collections() -> Iterator[None]:
    """Leave Python's cyclic collector out: what is imported and opened stays, and looking through it takes 6 % of the
    computing for one question."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _turns(batch: Path) -> Iterator[tuple[object, list[str], date | None]]:
    """The questions of a batch file: id, turns, and the day they were asked where the line tells.

    Raises:
        click.UsageError: a line is not what the contract says; names the line.
    """
    with batch.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                turns = row["turns"]
                if not isinstance(turns, list) or not turns or not all(isinstance(turn, str) for turn in turns):
                    raise ValueError
                asked = date.fromisoformat(row["asked"]) if row.get("asked") else None
            except (ValueError, KeyError, TypeError):
                raise click.UsageError(
                    f'{batch}, line {number} is no question: each line must be {{"id": ..., "turns": ["...", ...]}}'
                    ', and may have "asked": "YYYY-MM-DD"'
                ) from None
            yield row.get("id"), turns, asked


@click.command()
@click.option("--today", type=Day(), help="What 'yesterday' is counted from. Default: today.")
def chat(today: date | None) -> None:
    """Ask in the terminal; follow-up questions are understood."""
    from bot.chat import converse
    from data.settings import settings

    converse(settings(), today=today)


COMMANDS = (ask, chat)
