"""The progress bar of long commands, on stderr; nothing where stderr is no terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from embeddings.progress import Progress as Moment
from embeddings.progress import Report


@contextmanager
def progress_bar() -> Iterator[Report]:
    """A listener that draws each stage as a bar with the time left."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("articles"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    # Without a terminal nothing could be drawn over: only an empty line would be left in a log.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        tasks = {}

        def show(moment: Moment) -> None:
            if moment.stage not in tasks:
                tasks[moment.stage] = bars.add_task(moment.stage.capitalize(), total=moment.total)
            bars.update(tasks[moment.stage], completed=moment.done, total=moment.total)

        yield show
