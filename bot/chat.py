"""The terminal chat: a second shell around the same heart."""

from __future__ import annotations

import sys
from datetime import date

import click

from bot.asking.conversation import Conversation
from bot.asking.desk import Desk
from bot.asking.wording import worded
from data.errors import BadQuestion
from data.settings import Settings

GREETING = """Ask who said what, and when. Follow-up questions are understood.
  more     further citations of the last answer
  forget   start over
  quit     leave (or Ctrl-D)
"""


def converse(settings: Settings, *, today: date | None = None) -> None:
    """Read questions from the terminal until it ends; nothing is written down.

    Raises:
        OnRecordError: the archive or the index can't be opened.
    """
    with Desk.open(settings) as desk:
        conversation = Conversation()
        last, shown = "", 0
        interactive = sys.stdin.isatty()
        click.echo(GREETING)
        while True:
            if interactive:
                click.echo(click.style("? ", bold=True), nl=False)
            line = sys.stdin.readline()
            if not line or line.strip().lower() in {"quit", "exit"}:
                return
            question = line.strip()
            if not question:
                continue
            if question.lower() == "forget":
                conversation.forget()
                last, shown = "", 0
                click.echo("Forgotten.\n")
                continue
            try:
                if question.lower() == "more":
                    if not last:
                        click.echo("Nothing has been asked yet.\n")
                        continue
                    answer = desk.ask(last, today=today, offset=shown)
                    shown += len(answer.citations)
                    if not answer.citations:
                        click.echo("That was all.\n")
                        continue
                else:
                    answer = desk.ask(question, conversation=conversation, today=today)
                    last, shown = question, len(answer.citations)
            except BadQuestion as error:
                click.echo(f"{error}\n")
                continue
            click.echo(f"\n{worded(answer)}\n")
