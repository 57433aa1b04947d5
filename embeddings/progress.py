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
    """Turns counts of one stage into ``Progress`` for a listener."""

    def __init__(self, stage: Stage, total: int | None, listener: Report | None) -> None:
        self._stage = stage
        self._total = total
        self._listener = listener
        self._start = time.monotonic()

    def at(self, done: float) -> None:
        """Say that ``done`` articles (or parts of one) are done."""
        if self._listener is None:
            return
        left = None
        if self._total is not None and done > 0:
            left = (time.monotonic() - self._start) / done * max(self._total - done, 0.0)
        self._listener(Progress(self._stage, int(done), self._total, left))

    def part(self, done: int, step: int) -> Callable[[int, int], None]:
        """A listener for the encoder: its texts are the next ``step`` articles after ``done``."""
        return lambda count, total: self.at(done + step * count / max(total, 1))
