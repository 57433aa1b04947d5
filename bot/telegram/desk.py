"""What the shell asks of the desk that answers questions (``bot.asking.desk.Desk`` is one)."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from bot.asking.answer import Answer
from bot.asking.conversation import Conversation


class Desk(Protocol):
    """Thread-safe; every call may take seconds and is made off the event loop."""

    def ask(
        self,
        question: str,
        *,
        conversation: Conversation | None = None,
        today: date | None = None,
        limit: int = 3,
        offset: int = 0,
    ) -> Answer: ...

    def refresh(self) -> bool: ...

    def close(self) -> None: ...
