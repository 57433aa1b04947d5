"""How far a long piece of work is, and how long the rest will take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["reading", "indexing", "merging"]


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of long work. ``done`` and ``total`` count articles; ``total`` is None while it is not known.

    ``seconds_left`` is an estimate from the pace so far, None while there is none.
    """

    stage: Stage
    done: int
    total: int | None = None
    seconds_left: float | None = None


Report = Callable[[Progress], None]
"""Called from the working thread, some times a second at most; must return soon."""


class Clock:
    """Turns steps of one stage into ``Progress`` for a listener. An article may take several steps."""

    def __init__(self, stage: Stage, total: int | None, listener: Report | None, *, steps: int | None = None) -> None:
        self._stage = stage
        self._total = total
        self._steps = total if steps is None else steps
        self._listener = listener
        self._start = time.monotonic()
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
        part = min(done / self._steps, 1.0)
        left = (time.monotonic() - self._start) * (1 - part) / part if part else None
        self._listener(Progress(self._stage, int(part * self._total), self._total, left))
