"""One writer at a time, across processes: an advisory lock on a file that names its holder.

The lock is the kernel's (``flock(2)``), the file only tells who has it. So a killed holder needs no clean-up: the lock
goes with the process, and the next holder writes its own name over the old one.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.errors import ArchiveError, ArchiveLocked

_POLL = 0.05


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock: process id, what for ("add", "remove"), since when (UTC, ISO)."""

    pid: int
    purpose: str
    since: str

    def __str__(self) -> str:
        return f"process {self.pid} ({self.purpose}, since {self.since})"


class _Handle:
    """An open lock file. A forked child closes its copy at once, or it would keep a dead parent's lock alive."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def close(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


_open_handles: weakref.WeakSet[_Handle] = weakref.WeakSet()


def _close_in_child() -> None:
    for handle in list(_open_handles):
        handle.close()


os.register_at_fork(after_in_child=_close_in_child)


@contextmanager
def hold(path: Path, purpose: str, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock at ``path`` for the block, waiting at most ``wait`` seconds for it.

    Raises:
        ArchiveLocked: another holder still has it; the message names it.
        ArchiveError: the folder can't be written to.
    """
    handle = _Handle(_open(path))
    _open_handles.add(handle)
    try:
        deadline = time.monotonic() + wait
        while not _try_lock(handle.descriptor):
            if time.monotonic() >= deadline:
                holder = holder_of(path)
                who = str(holder) if holder else "another process"
                raise ArchiveLocked(f"{path.parent}: {who} is writing", hint="try again when it has finished")
            time.sleep(_POLL)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        line = json.dumps(asdict(Holder(os.getpid(), purpose, since))).encode()
        os.pwrite(handle.descriptor, line, 0)
        os.ftruncate(handle.descriptor, len(line))
        yield
    finally:
        handle.close()


def holder_of(path: Path) -> Holder | None:
    """Whom the lock file names; None: nobody. It may name one that has gone: only the lock itself tells."""
    try:
        return Holder(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise ArchiveError(
                f"{path.parent} can't be written to", hint="set ONRECORD_HOME to another folder"
            ) from None
        raise ArchiveError(f"{path}: {error.strerror}") from None


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
