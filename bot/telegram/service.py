"""All that the handlers share: the desk and its threads, what is remembered and kept, the words, the counts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar, cast

from telegram import Chat, User
from telegram.ext import ContextTypes

from bot.asking.answer import Citation
from bot.telegram.desk import Desk
from bot.telegram.memory import Memory
from bot.telegram.metrics import Metrics
from bot.telegram.readers import Reader, Readers
from bot.telegram.words import Words, words_in
from data.errors import ArchiveError
from data.settings import Settings

if TYPE_CHECKING:
    from data.archive.reports import Fault, FaultKind

P = ParamSpec("P")
T = TypeVar("T")

KEY: Final = "service"


class Service:
    """One a bot, in ``Application.bot_data``; made before the first update."""

    def __init__(self, desk: Desk, settings: Settings, metrics: Metrics, clock: Callable[[], float] = time.monotonic):
        self.desk = desk
        self.settings = settings
        self.metrics = metrics
        self.memory = Memory(clock)
        secret = settings.telegram_reader_key
        self.readers = Readers(settings.home, secret.get_secret_value() if secret else None)
        self.editors = settings.telegram_editors
        # as many as can really work at once: more would only take each other's time
        self._threads = ThreadPoolExecutor(settings.telegram_threads, thread_name_prefix="desk")

    async def off_loop(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do blocking work on one of the desk's threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args, **kwargs))

    def reader(self, chat: Chat) -> Reader:
        """A chat's settings."""
        return self.readers.of(chat.id)

    def words(self, chat: Chat, user: User | None) -> Words:
        """The interface's words for a chat: as set; else, in private, as the user's app; else English."""
        chosen = self.reader(chat).language
        if chosen is None and user is not None and chat.type == Chat.PRIVATE:
            chosen = user.language_code
        return words_in(chosen)

    def count_fault(self, passage: Citation | str, kind: FaultKind) -> bool:
        """Count a reader's "Wrong?" on a statement or a cited paragraph; blocking.

        Returns:
            False where the passage is no longer there.
        """
        from data.archive import Archive

        with Archive.open(self.settings.home) as archive:
            if isinstance(passage, Citation):
                stored = archive.article(passage.article)
                if stored is None:
                    return False
                passage = passage.statement or f"{stored.key}.{passage.start}-{passage.end}"
            return archive.count_fault(passage, kind)

    def notices(self) -> list[str]:
        """The outlets' legal notices; blocking. None where there is no archive yet."""
        from data.archive import Archive

        try:
            with Archive.open(self.settings.home) as archive:
                return list(dict.fromkeys(notice for notice in archive.outlets().values() if notice))
        except ArchiveError:
            return []

    def faults(self) -> list[Fault]:
        """What readers called wrong, most often first; blocking."""
        from data.archive import Archive

        with Archive.open(self.settings.home) as archive:
            return archive.faults()

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        self.readers.close()
        self.desk.close()


def service_of(context: ContextTypes.DEFAULT_TYPE) -> Service:
    """The service of the application that handles an update."""
    return cast(Service, cast("dict[str, Any]", context.bot_data)[KEY])
