"""Messages out: paced as Telegram asks, repeated when that is safe, and at most once more when it may not be.

A sent message has no idempotency key. When the connection breaks after a request left, nobody can know whether it took
effect: "at least once" is the truth then. Such a message is sent once more, counted and logged; what can be repeated
without harm (an edit, an answer to a button, a reaction) is repeated. An update's answer has one such repetition in
all (``attempts``): where that too is in doubt, the reader's question gets a reaction instead of a third message.
"""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, Final

import httpx
from telegram.error import BadRequest, NetworkError, RetryAfter
from telegram.ext import AIORateLimiter

from bot.telegram.attempts import CURRENT, Attempt
from bot.telegram.metrics import Metrics

_log = logging.getLogger(__name__)

Json = dict[str, Any]

ATTEMPTS: Final = 8
LONGEST_WAIT: Final = 30.0
ONE_CHAT_BURST: Final = 3

PACED: Final = frozenset({"sendMessage", "sendPhoto", "sendDocument", "editMessageText", "editMessageReplyMarkup"})
ONCE: Final = frozenset({"sendMessage", "sendPhoto", "sendDocument"})
"""What must not be repeated blindly."""

_GATEWAY_TIMEOUT: Final = "(504)"
"""How PTB ends the message of a 504, which says no more than that an answer was waited for in vain."""

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Courier(AIORateLimiter):
    """PTB's rate limiter, with limits that hold over any window, and with retries.

    Its leaky buckets let through a full bucket and, in the same period, what leaks: twice the rate. So they are set
    small enough for the sum to stay within Telegram's limits (core.telegram.org/bots/faq: 30 a second over all chats,
    20 in a minute to a group) with some room for jitter on the way: 1 + 26 in a second, 5 + 14 in a minute.
    """

    __slots__ = ("_metrics", "_next_at", "burst")

    def __init__(self, metrics: Metrics, burst: int = ONE_CHAT_BURST) -> None:
        super().__init__(
            overall_max_rate=1,
            overall_time_period=1 / 26,
            group_max_rate=5,
            group_time_period=5 * 60 / 14,
            max_retries=0,
        )
        self._metrics = metrics
        self.burst = burst
        self._next_at: dict[int, float] = {}

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, bool | Json | list[Json]]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> bool | Json | list[Json]:
        """Send a request, again and again where that is right.

        Raises:
            TelegramError: Telegram refused it, or it could not be delivered.
        """
        if endpoint == "sendChatAction":  # a hint that is stale in five seconds: never worth a second try
            return await callback(*args, **kwargs)
        answering = CURRENT.get() or Attempt()
        again = False

        async def leaving(*args: Any, **kwargs: Any) -> bool | Json | list[Json]:
            """Counted at the last moment: a message that still waits for its turn has not gone out."""
            nonlocal again
            if endpoint in ONCE and (answering.again() if again else answering.starts()):
                again = False
                _log.warning("sent once more", extra={"method": endpoint})
                self._metrics.repeated.inc()
            return await callback(*args, **kwargs)

        for attempt in range(1, ATTEMPTS + 1):
            try:
                if endpoint not in PACED:
                    return await callback(*args, **kwargs)
                await self._one_chat(data.get("chat_id"))
                return await super().process_request(leaving, args, kwargs, endpoint, data, rate_limit_args)
            except RetryAfter as error:
                seconds = wait_of(error) + 0.1
                self._metrics.trouble.labels("flood").inc()
            except BadRequest:
                raise
            except NetworkError as error:
                cause = error.__cause__
                ambiguous = str(error).endswith(_GATEWAY_TIMEOUT) or (
                    isinstance(cause, httpx.HTTPError) and not isinstance(cause, _NOT_SENT)
                )
                self._metrics.trouble.labels("ambiguous" if ambiguous else "network").inc()
                if ambiguous and endpoint in ONCE:
                    _log.warning(
                        "a message may or may not have arrived", extra={"method": endpoint, "attempt": attempt}
                    )
                    if answering.spent:
                        raise
                    again = True
                seconds = min(0.25 * 2**attempt, LONGEST_WAIT)
                if attempt == ATTEMPTS:
                    raise
            if attempt == ATTEMPTS:
                raise NetworkError("flooded for too long")
            await asyncio.sleep(seconds)
        raise AssertionError("unreachable")

    async def _one_chat(self, chat: object) -> None:
        """About one message a second to one private chat, after a short burst (groups have their own limit)."""
        if not isinstance(chat, int) or chat < 0:
            return
        now = asyncio.get_running_loop().time()
        if len(self._next_at) > 10_000:
            self._next_at = {one: at for one, at in self._next_at.items() if at > now - self.burst}
        at = max(self._next_at.get(chat, 0.0), now - self.burst) + 1.0
        self._next_at[chat] = at
        if at > now + 0.001:
            await asyncio.sleep(at - now)


def wait_of(error: RetryAfter) -> float:
    """Telegram's ``retry_after`` in seconds (PTB is changing its type from a number to a timedelta, and warns)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
