"""How often an answer to one update may have been sent: at most twice, also where the process was killed between.

A sent message has no idempotency key. When the connection breaks after a request left, or the process is killed while
it waits for the reply, nobody can know whether the message arrived. One more try is made then, and no third. So that
the count outlives a kill, a small file notes each update when its first message goes out, when one goes out again, and
when it has been dealt with: 9 bytes a note, a truncated HMAC of the update's number and time under a key derived from
the bot's token, and one byte for the state. It names no reader, no chat and no words, says nothing without the token,
and is emptied as Telegram is told what need not come again.
"""

from __future__ import annotations

import hmac
import logging
import os
from collections import OrderedDict
from contextvars import ContextVar
from pathlib import Path
from typing import Final

from telegram import Message, Update

_log = logging.getLogger(__name__)

MOST: Final = 2
"""Times that a message for one update may be sent."""
DEALT_WITH: Final = MOST + 1
IN_DOUBT: Final = "\N{CRYING FACE}"
"""The reaction on a question whose answer may not have arrived; /help explains it."""

REMEMBERED: Final = 8192
"""Updates that are remembered; Telegram gives 100 at a time, from the oldest that is not confirmed."""
_NAME: Final = 8
_NOTE: Final = _NAME + 1
_COMPACTED_AT: Final = 8 * REMEMBERED


class Journal:
    """The states of the last updates, in memory and in a file. Used on the event loop; a note is one small write.

    Notes are not flushed to the disk's platter: they outlive the process, not the power. Where the file can't be
    written, the bot goes on without it.

    Args:
        file: where to keep it; made if it is missing.
        token: the bot's token; only a key is derived from it.
    """

    def __init__(self, file: Path, token: str) -> None:
        self._key = hmac.digest(token.encode(), b"on record updates", "sha256")
        self._file = file
        self._states: OrderedDict[bytes, int] = OrderedDict()
        self._numbers: dict[bytes, int] = {}
        self._open: int | None = None
        self._notes = 0
        try:
            if file.exists():
                self._read(file.read_bytes())
            self._compact()
        except OSError as error:
            _unkept(error)

    def state(self, update: Update) -> int:
        """How often something went out for an update (0, 1, 2), or ``DEALT_WITH``."""
        name = self._name(update)
        state = self._states.get(name, 0)
        if state:
            self._numbers[name] = update.update_id
        return state

    def note(self, update: Update, state: int) -> None:
        """Note an update's state."""
        name = self._name(update)
        self._numbers[name] = update.update_id
        self._states.pop(name, None)
        self._states[name] = state
        self._forget_oldest()
        if self._open is None:
            return
        try:
            os.write(self._open, name + bytes([state]))
            self._notes += 1
            if self._notes > _COMPACTED_AT:
                self._compact()
        except OSError as error:
            _unkept(error)
            self.close()

    def confirmed(self, offset: int) -> None:
        """Forget the updates before an offset that Telegram has taken: they do not come again."""
        gone = [name for name, number in self._numbers.items() if number < offset]
        for name in gone:
            del self._numbers[name]
            self._states.pop(name, None)
        if gone and not self._states and self._open is not None:
            try:
                os.ftruncate(self._open, 0)
                self._notes = 0
            except OSError as error:
                _unkept(error)

    def close(self) -> None:
        if self._open is not None:
            os.close(self._open)
            self._open = None

    def _name(self, update: Update) -> bytes:
        """An update is known by its number and its time: numbers begin anew now and then."""
        message, query = update.effective_message, update.callback_query or update.inline_query
        when = (message.edit_date or message.date) if isinstance(message, Message) else None
        told = f"{update.update_id} {when.timestamp() if when else ''} {query.id if query else ''}"
        return hmac.digest(self._key, told.encode("utf-8", "replace"), "sha256")[:_NAME]

    def _read(self, content: bytes) -> None:
        # what is left of a note that was cut off is passed over
        for at in range(0, len(content) - _NOTE + 1, _NOTE):
            name, state = content[at : at + _NAME], content[at + _NAME]
            if 1 <= state <= DEALT_WITH:
                self._states.pop(name, None)
                self._states[name] = state
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        while len(self._states) > REMEMBERED:
            oldest, _ = self._states.popitem(last=False)
            self._numbers.pop(oldest, None)

    def _compact(self) -> None:
        """Write what is remembered anew, and go on behind it."""
        self.close()
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        fresh.write_bytes(b"".join(name + bytes([state]) for name, state in self._states.items()))
        fresh.replace(self._file)
        self._open = os.open(self._file, os.O_WRONLY | os.O_APPEND)
        self._notes = len(self._states)


def _unkept(error: OSError) -> None:
    _log.warning("the journal of updates can't be kept", extra={"kind": type(error).__name__})


class Attempt:
    """What went out for one update so far. Without a journal: for one message that answers no update (an alert)."""

    __slots__ = ("_journal", "_started", "_update", "times")

    def __init__(self, journal: Journal | None = None, update: Update | None = None) -> None:
        self._journal = journal
        self._update = update
        self.times = journal.state(update) if journal is not None and update is not None else 0
        self._started = False

    @property
    def spent(self) -> bool:
        """Nothing may be sent any more that could arrive once too often."""
        return self.times >= MOST

    def starts(self) -> bool:
        """A message is about to go out; whether that is the second time, after a process that was killed."""
        if self._started:
            return False
        self._started = True
        self._count()
        return self.times > 1

    def again(self) -> bool:
        """A message that may have arrived is about to go out once more: it always is, and is counted here."""
        self._count()
        return True

    def finished(self) -> None:
        """The update has been dealt with: if it comes again, it is passed over."""
        if self.times:
            self._note(DEALT_WITH)

    def _count(self) -> None:
        self.times += 1
        self._note(self.times)

    def _note(self, state: int) -> None:
        if self._journal is not None and self._update is not None:
            self._journal.note(self._update, state)


CURRENT: Final[ContextVar[Attempt | None]] = ContextVar("attempt", default=None)
"""The attempt of the update that this task deals with."""
