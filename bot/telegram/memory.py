"""What the process remembers of a chat: in memory only, half an hour, bounded. Gone with the process or by /forget."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.asking.answer import Answer
from bot.asking.conversation import EXPIRY_SECONDS, Conversation

MOST_CHATS: Final = 10_000
MOST_QUESTIONS: Final = 20


@dataclass(slots=True)
class ChatMemory:
    """One chat's conversation; which outlets' notices it has seen; and, for its last questions, by message id, the
    answer that stood before them (so that a button can ask a follow-up question again)."""

    conversation: Conversation
    at: float
    last: Answer | None = None
    notices: set[str] = field(default_factory=set)
    before: OrderedDict[int, Answer | None] = field(default_factory=OrderedDict)
    complained: set[str] = field(default_factory=set)

    def asked(self, message_id: int) -> None:
        """Note what stood before a question."""
        self.before[message_id] = self.last
        while len(self.before) > MOST_QUESTIONS:
            self.before.popitem(last=False)


class Memory:
    """The chats' memories. Used on the event loop only.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._chats: OrderedDict[tuple[int, int], ChatMemory] = OrderedDict()

    def of(self, chat: int, thread: int | None = None) -> ChatMemory:
        """A chat's (or topic's) memory; a fresh one when the old has lain for half an hour."""
        now = self._clock()
        while self._chats and next(iter(self._chats.values())).at < now - EXPIRY_SECONDS:
            self._chats.popitem(last=False)
        key = (chat, thread or 0)
        kept = self._chats.pop(key, None) or ChatMemory(Conversation(clock=self._clock), now)
        kept.at = now
        self._chats[key] = kept
        while len(self._chats) > MOST_CHATS:
            self._chats.popitem(last=False)
        return kept

    def forget(self, chat: int) -> None:
        """Forget a chat and all its topics."""
        for key in [key for key in self._chats if key[0] == chat]:
            self._chats.pop(key).conversation.forget()
