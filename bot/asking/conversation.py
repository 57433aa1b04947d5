"""What a chat remembers between questions: in memory only, for half an hour, or until it is told to forget."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.asking.answer import Answer, Citation, Query

EXPIRY_SECONDS: Final = 30 * 60


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what was shown for it. ``citations`` are those cited, best first (none after a refusal);
    ``shown`` is the passage that stood first, be it cited or only nearest."""

    query: Query
    citations: tuple[Citation, ...]
    shown: Citation | None = None

    @property
    def speaker(self) -> str | None:
        """Whom "he" or "she" most likely means: the one asked about, else the one cited first."""
        if self.query.speakers:
            return self.query.speakers[0]
        return self.citations[0].speaker if self.citations else None


class Conversation:
    """The last turn of one chat. Thread-safe; nothing is written down.

    Args:
        clock: seconds that only go forward (``time.monotonic``); a wall clock could bring back what is forgotten.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._turn: Turn | None = None
        self._at = 0.0

    def remember(self, answer: Answer) -> None:
        """Keep an answer as what the next question may refer to.

        A refusal is kept too: "and what did she say about the budget?" follows a question, answered or not.
        """
        with self._lock:
            shown = (*answer.citations, *answer.nearest)[:1]
            self._turn = Turn(answer.query, answer.citations, shown[0] if shown else None)
            self._at = self._clock()

    @property
    def last(self) -> Turn | None:
        """The last turn, or None where there was none or it is older than half an hour."""
        with self._lock:
            if self._turn is not None and self._clock() - self._at > EXPIRY_SECONDS:
                self._turn = None
            return self._turn

    def forget(self) -> None:
        """Forget at once."""
        with self._lock:
            self._turn = None
