"""What the shell asks of the desk that answers questions (``bot.asking.desk.Desk`` is the one there is).

A protocol, so that starting the bot, and its tests, need not load a model before the first question.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol

from bot.asking.answer import Answer, Citation
from bot.asking.conversation import Conversation

if TYPE_CHECKING:
    from bot.asking.desk import Context, Profile, Source
    from bot.asking.watching import News


class Desk(Protocol):
    """Thread-safe; every call may take seconds and is made off the event loop."""

    def ask(
        self,
        question: str,
        *,
        conversation: Conversation | None = None,
        today: date | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Answer: ...

    def who(self, name: str, *, latest: int = 3) -> Profile: ...

    def timeline(self, name: str, topic: str | None = None, *, limit: int = 50) -> list[Citation]: ...

    def latest(self, topic: str | None = None, *, limit: int = 5) -> list[Citation]: ...

    def newest(self) -> int: ...

    def news(self, *, speaker: str | None = None, topic: str | None = None, after: int = 0) -> News: ...

    def compare(self, names: Sequence[str], topic: str, *, each: int = 3) -> dict[str, list[Citation]]: ...

    def sources(self) -> list[Source]: ...

    def context(self, reference: Citation | str, *, around: int = 1) -> Context | None: ...

    def refresh(self) -> bool: ...

    def close(self) -> None: ...
