"""Updates in: long polling that confirms an update only when it has been dealt with.

PTB's own updater confirms a batch before it is handled, so a crash loses questions. Here Telegram's queue is the
durable store: ``getUpdates`` is called with the oldest unfinished update as its offset. A crash then repeats at most
what was in hand; nothing is lost and nothing of a reader is written to a disk.
"""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from collections import OrderedDict
from typing import Any, Final

from telegram import Bot, Message, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.telegram.attempts import DEALT_WITH, Journal
from bot.telegram.delivery import wait_of

_log = logging.getLogger(__name__)

LONG_POLL: Final = 25
HOLD_SECONDS: Final = 10.0
"""How long an unfinished update holds the offset back. Telegram gives 100 updates from the offset: without an end to
it, one chat's flood would keep all others waiting."""
MOST_IN_HAND: Final = 2000
"""Unfinished updates from which on nothing is let go any more, so that memory stays bounded."""
REMEMBERED: Final = 4096
CONFIRMATIONS: Final = 5
"""Tries to confirm the last updates before leaving; where all fail, they are answered again after the next start."""

WANTED: Final = ["message", "edited_message", "callback_query", "inline_query", "my_chat_member"]


class Intake:
    """Takes updates as JSON, hands each one on once, and knows which are unfinished."""

    def __init__(self, bot: Bot, queue: asyncio.Queue[object], journal: Journal) -> None:
        self._bot = bot
        self._journal = journal
        self._queue = queue
        self._unfinished: dict[int, float] = {}
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._next = 0
        self._progress = asyncio.Event()
        self._waiters: dict[int, asyncio.Event] = {}

    def finished(self, update_id: int) -> None:
        """An update has been dealt with: it may be confirmed."""
        self._unfinished.pop(update_id, None)
        self._progress.set()
        if (waiter := self._waiters.pop(update_id, None)) is not None:
            waiter.set()

    @property
    def in_hand(self) -> int:
        return len(self._unfinished)

    @property
    def offset(self) -> int:
        """What to confirm up to, exclusive: the oldest unfinished update that is not held too long already."""
        long_ago = time.monotonic() - HOLD_SECONDS
        crowded = len(self._unfinished) > MOST_IN_HAND
        held = (number for number, since in self._unfinished.items() if crowded or since > long_ago)
        return min(held, default=self._next)

    def take(self, raw: Any) -> int | None:
        """Hand an update on, unless it came before; its id, or None for something that is no update."""
        number = raw.get("update_id") if isinstance(raw, dict) else None
        if not isinstance(number, int) or isinstance(number, bool):
            _log.warning("something that is no update came in")
            return None
        if number in self._seen:
            return number
        self._seen[number] = None
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        self._next = max(self._next, number + 1)
        try:
            update = Update.de_json(raw, self._bot)
            _check(update)
        except Exception as error:
            # a field that is missing or odd: nothing can be answered, and the next ones must not wait for it
            _log.warning("an update could not be read", extra={"kind": type(error).__name__})
            return number
        if self._journal.state(update) == DEALT_WITH:
            return number  # answered by a process that was killed before it could confirm it
        self._unfinished[number] = time.monotonic()
        self._queue.put_nowait(update)
        return number

    async def take_and_wait(self, raw: Any, seconds: float) -> bool:
        """Hand an update on and wait until it is dealt with; whether it was read as one (for the webhook)."""
        number = self.take(raw)
        if number is None:
            return False
        if number in self._unfinished:
            waiter = self._waiters.setdefault(number, asyncio.Event())
            try:
                await asyncio.wait_for(waiter.wait(), seconds)
            except TimeoutError:
                _log.info("an update takes long; taken from Telegram before it was answered")
        return True

    async def poll(self, stop: asyncio.Event) -> None:
        """Poll until told to stop, through every kind of trouble but a wrong token.

        Raises:
            InvalidToken: Telegram no longer knows the token.
        """
        trouble = 0
        while not stop.is_set():
            self._progress.clear()
            asking = asyncio.create_task(self._get(0 if self._unfinished else LONG_POLL))
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not asking.done():
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
                return
            try:
                updates = asking.result()
                trouble = 0
            except InvalidToken:
                raise
            except RetryAfter as error:
                await _pause(stop, wait_of(error) + 0.1)
                continue
            except TelegramError as error:
                trouble += 1
                kind = "another instance polls with this token" if isinstance(error, Conflict) else "getUpdates failed"
                _log.warning(kind, extra={"attempt": trouble, "kind": type(error).__name__})
                await _pause(stop, min(0.25 * 2**trouble, 30.0))
                continue
            before = self._next
            for raw in updates:
                self.take(raw)
            if self._unfinished and self._next == before:
                await _first(self._progress, 0.25)
            # many updates finish together: one call may confirm them all
            await asyncio.sleep(0.01)

    async def emptied(self, seconds: float) -> None:
        """Wait until nothing is in hand, but no longer than so many seconds."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self._unfinished and (left := deadline - asyncio.get_running_loop().time()) > 0:
            self._progress.clear()
            await _first(self._progress, left)

    async def confirm(self) -> None:
        """Confirm all that has been dealt with, before leaving."""
        if not self._next:
            return
        for attempt in range(1, CONFIRMATIONS + 1):
            try:
                await self._get(0, limit=1)
                return
            except TelegramError as error:
                _log.warning(
                    "the last updates could not be confirmed", extra={"kind": type(error).__name__, "attempt": attempt}
                )
                await asyncio.sleep(0.1 * attempt)

    async def _get(self, seconds: int, limit: int = 100) -> list[Any]:
        with warnings.catch_warnings():
            # the raw call is wanted: one odd update must not spoil its batch
            warnings.simplefilter("ignore")
            offset = self.offset
            asked = {"offset": offset, "timeout": seconds, "limit": limit, "allowed_updates": WANTED}
            answer = await self._bot.do_api_request("getUpdates", api_kwargs=asked, read_timeout=seconds + 10)
        self._journal.confirmed(offset)
        return answer if isinstance(answer, list) else []


def _check(update: Update) -> None:
    """PTB takes a field as it comes; what handlers rely on is looked at here, once.

    Raises:
        TypeError: an id is no number, or a text no text.
    """
    message, query, inline = update.effective_message, update.callback_query, update.inline_query
    chat, user = update.effective_chat, update.effective_user
    replied = message.reply_to_message if message is not None else None
    ids = [chat.id if chat else 0, user.id if user else 0]
    ids += [one.message_id for one in (message, replied) if one is not None]
    texts: list[object] = [chat.type if chat else "", user.language_code if user else None]
    for one in (message, replied):
        if isinstance(one, Message):
            texts += [one.text, one.caption]
    texts += [query.id, query.data] if query is not None else []
    texts += [inline.id, inline.query] if inline is not None else []
    if any(type(one) is not int or abs(one) >= 2**63 for one in ids):
        raise TypeError("an id is no number")
    if any(not isinstance(one, str | None) for one in texts):
        raise TypeError("a text is no text")


async def _first(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    await _first(stop, seconds)
