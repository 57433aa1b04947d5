"""How far a long command is, on stderr: a bar in a terminal; elsewhere, in a log say, a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from embeddings.progress import Progress as Moment
from embeddings.progress import Report

FIRST_SECONDS: Final = 5.0
"""After so long the pace tells something."""

EVERY_SECONDS: Final = 30.0

_UNITS: Final = {"reading": "articles", "indexing": "paragraphs", "merging": "merges"}


@contextmanager
def progress_bar() -> Iterator[Report]:
    """A listener that shows each stage, with the time left."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines(lambda line: click.echo(line, err=True))
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        tasks = {}

        def show(moment: Moment) -> None:
            if moment.stage not in tasks:
                tasks[moment.stage] = bars.add_task(
                    moment.stage.capitalize(), total=moment.total, unit=_UNITS[moment.stage]
                )
            bars.update(tasks[moment.stage], completed=moment.done, total=moment.total)

        yield show


class Lines:
    """A listener that writes a line when the pace is known, and then one now and then."""

    def __init__(self, write: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._write = write
        self._clock = clock
        self._next = clock() + FIRST_SECONDS

    def __call__(self, moment: Moment) -> None:
        now = self._clock()
        estimated = moment.pace is not None or moment.total is None
        if estimated and now >= self._next:
            self._next = now + EVERY_SECONDS
            self._write(worded(moment))


def worded(moment: Moment) -> str:
    """A moment as a line: "indexing: 1,200 of 9,000 paragraphs, 40 a second, about 3 minutes left"."""
    of = f" of {moment.total:,}" if moment.total is not None else ""
    parts = [f"{moment.stage}: {moment.done:,}{of} {_UNITS[moment.stage]}"]
    if moment.pace is not None:
        parts.append(f"{moment.pace:.0f} a second" if moment.pace >= 10 else f"{moment.pace:.1f} a second")
    if moment.seconds_left is not None:
        parts.append(f"{_duration(moment.seconds_left)} left")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 2:
        return "a minute or less"
    return f"about {minutes} minutes" if minutes < 120 else f"about {round(minutes / 60)} hours"
