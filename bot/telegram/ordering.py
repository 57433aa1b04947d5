"""One answer at a time in a chat, in order; many chats at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.telegram.attempts import CURRENT, Attempt, Journal

MOST_AT_ONCE = 512
MOST_WAITING = 100
"""Updates of one chat that may wait; more are turned away politely, so that nobody fills the memory."""


class InOrder(BaseUpdateProcessor):
    """Runs a chat's updates one after the other, as they came; different chats' at the same time.

    ``finished`` is told each update's id when it is done with, whatever came of it; ``turned_away`` gets the updates
    that are too many, ``given_up`` those whose answer has gone out as often as it may.
    """

    __slots__ = ("_chats", "_finished", "_given_up", "_journal", "_turned_away", "_waiting")

    def __init__(
        self,
        journal: Journal,
        finished: Callable[[int], None],
        turned_away: Callable[[Update], Awaitable[None]],
        given_up: Callable[[Update], Awaitable[None]],
    ) -> None:
        super().__init__(MOST_AT_ONCE)
        self._journal = journal
        self._finished = finished
        self._turned_away = turned_away
        self._given_up = given_up
        self._chats: dict[int, asyncio.Lock] = {}
        self._waiting: dict[int, int] = {}

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        if not isinstance(update, Update):
            await coroutine
            return
        attempt = Attempt(self._journal, update)
        CURRENT.set(attempt)  # each update has a task, and so a context, of its own
        try:
            if attempt.spent:
                _close(coroutine)
                await self._given_up(update)
            else:
                await self._in_turn(update, coroutine)
            attempt.finished()
        finally:
            self._finished(update.update_id)

    async def _in_turn(self, update: Update, coroutine: Awaitable[Any]) -> None:
        where = update.effective_chat or update.effective_user
        if where is None:
            await coroutine
            return
        waiting = self._waiting.get(where.id, 0)
        if waiting >= MOST_WAITING:
            _close(coroutine)
            await self._turned_away(update)
            return
        lock = self._chats.setdefault(where.id, asyncio.Lock())
        self._waiting[where.id] = waiting + 1
        try:
            async with lock:  # asyncio's locks are fair: first come, first served
                await coroutine
        finally:
            self._waiting[where.id] -= 1
            if not self._waiting[where.id]:
                del self._waiting[where.id], self._chats[where.id]

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to give back."""


def _close(coroutine: Awaitable[Any]) -> None:
    """Let go of what will not be run."""
    getattr(coroutine, "close", lambda: None)()
