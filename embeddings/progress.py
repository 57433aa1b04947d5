"""How far a long piece of work is, and how long the rest will take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["reading", "indexing", "merging"]


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of long work. ``done`` and ``total`` count articles while reading and paragraphs while indexing;
    ``total`` is None while it is not known.

    ``pace`` (so many a second) and ``seconds_left`` are estimates from the work so far, None while there are none.
    """

    stage: Stage
    done: int
    total: int | None = None
    pace: float | None = None
    seconds_left: float | None = None


LEAST_SECONDS = 3.0
"""In less than that a pace tells nothing: several batches may be done at the same moment."""

Report = Callable[[Progress], None]
"""Called from the working thread, some times a second at most; must return soon."""


class Clock:
    """Turns steps of one stage into ``Progress`` for a listener. What is counted may take several steps.

    The pace is that since the first step: before it, models were loaded.
    """

    def __init__(self, stage: Stage, total: int | None, listener: Report | None, *, steps: int | None = None) -> None:
        self._stage = stage
        self._total = total
        self._steps = total if steps is None else steps
        self._listener = listener
        self._first: tuple[float, float] | None = None
        self._done = 0.0

    def step(self, steps: float = 1) -> None:
        """Say that so many more steps are done."""
        self._done += steps
        self._tell(self._done)

    def within(self, steps: int) -> Callable[[int, int], None]:
        """A listener for the encoder, whose texts are the next ``steps`` steps; ``step`` counts them afterwards."""
        return lambda count, total: self._tell(self._done + steps * count / max(total, 1))

    def _tell(self, done: float) -> None:
        if self._listener is None:
            return
        if self._total is None or not self._steps:
            self._listener(Progress(self._stage, int(done)))
            return
        part, now = min(done / self._steps, 1.0), time.monotonic()
        if self._first is None:
            self._first = part, now
        gone, seconds = part - self._first[0], now - self._first[1]
        pace = gone * self._total / seconds if gone > 0 and seconds >= LEAST_SECONDS else None
        left = 0.0 if part == 1 else (1 - part) * self._total / pace if pace else None
        self._listener(Progress(self._stage, int(part * self._total), self._total, pace, left))
