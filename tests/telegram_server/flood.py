"""Flood limits, from core.telegram.org/bots/faq: about one message a second to a chat (short bursts pass), 20 a minute
to a group, 30 a second over all chats. A call over a limit gets 429 with ``retry_after``."""

from __future__ import annotations

import math
from collections import defaultdict, deque

from tests.telegram_server.state import ApiError

BURST = 5
PER_GROUP, GROUP_SECONDS = 20, 60.0
OVERALL, OVERALL_SECONDS = 30, 1.0


class Flood:
    """Counts what is sent; ``enabled`` switches it."""

    def __init__(self, enabled: bool = False) -> None:
        self.enabled = enabled
        self._tokens: dict[int, tuple[float, float]] = {}
        self._groups: defaultdict[int, deque[float]] = defaultdict(deque)
        self._all: deque[float] = deque()
        self.refused = 0

    def check(self, chat: int, now: float) -> None:
        """Count one message to a chat at a time in seconds.

        Raises:
            ApiError: 429.
        """
        if not self.enabled:
            return
        wait = max(self._overall(now), self._group(chat, now) if chat < 0 else self._private(chat, now))
        if wait > 0:
            self.refused += 1
            seconds = max(1, math.ceil(wait))
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        self._all.append(now)
        if chat < 0:
            self._groups[chat].append(now)
        else:
            tokens, then = self._tokens.get(chat, (float(BURST), now))
            self._tokens[chat] = (min(BURST, tokens + now - then) - 1, now)

    def _overall(self, now: float) -> float:
        while self._all and now - self._all[0] >= OVERALL_SECONDS:
            self._all.popleft()
        return self._all[0] + OVERALL_SECONDS - now if len(self._all) >= OVERALL else 0.0

    def _group(self, chat: int, now: float) -> float:
        sent = self._groups[chat]
        while sent and now - sent[0] >= GROUP_SECONDS:
            sent.popleft()
        return sent[0] + GROUP_SECONDS - now if len(sent) >= PER_GROUP else 0.0

    def _private(self, chat: int, now: float) -> float:
        tokens, then = self._tokens.get(chat, (float(BURST), now))
        available = min(BURST, tokens + now - then)
        return 1 - available if available < 1 else 0.0
