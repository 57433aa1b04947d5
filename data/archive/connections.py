"""Connections to the archive's SQLite file, and SQLite's errors told in the archive's words.

Readers and the writer never wait for each other: the file is in WAL mode, a reader sees the state in which its
transaction began (https://www.sqlite.org/wal.html, section 2.2). ``synchronous=FULL`` makes a commit durable before it
returns; ``secure_delete`` overwrites what is deleted, so that a purge leaves nothing in free pages.
"""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from data.errors import ArchiveError, ArchiveLocked

Mode = Literal["read", "immutable", "write"]
"""read: no writes; immutable: the same where not even SQLite's own side files can be made; write: the one writer."""

BUSY_MS = 15_000
LOG_BYTES = 16 << 20

_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def _forget_in_child() -> None:
    # SQLite connections must not cross a fork: the child opens its own and leaves the parent's untouched.
    for engine in list(_engines):
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_in_child)


def engine_of(path: Path, mode: Mode) -> Engine:
    """An engine over the file. Connections are pooled, one to a thread at a time, without an upper limit."""
    query = {"read": "mode=ro", "immutable": "mode=ro&immutable=1", "write": "mode=rw"}[mode]
    uri = f"file:{quote(str(path.absolute()))}?{query}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False)

    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=-1,
        # Parameters hold texts and names: they must not show up in an error or a log.
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA cache_size = -16000")
        if mode == "write":
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA secure_delete = ON")
            # A log that one large commit made long does not stay long.
            cursor.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
        else:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if mode == "write" else "BEGIN")

    _engines.add(engine)
    return engine


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn SQLite's errors inside the block into one clear line about the archive at ``path``."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        cause = _first_sqlite_error(error)
        if cause is None:
            raise
        raise explained(cause, path) from error


def explained(error: sqlite3.Error, path: Path) -> ArchiveError:
    """The archive's own error for one of SQLite's, by its primary result code (https://www.sqlite.org/rescode.html)."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ArchiveLocked(f"{path} is in use by another process", hint="try again when it has finished")
    if code == sqlite3.SQLITE_FULL:
        return ArchiveError(
            f"{path}: the disk is full; nothing of this batch was stored, all that was acknowledged is safe",
            hint="make room and run the same command again",
        )
    if code == sqlite3.SQLITE_READONLY:
        return ArchiveError(f"{path} can only be read", hint="make it writable or set ONRECORD_HOME to another folder")
    if code == sqlite3.SQLITE_NOTADB:
        return ArchiveError(f"{path} is not an archive (not an SQLite file)", hint="restore a backup")
    if code == sqlite3.SQLITE_CORRUPT:
        return ArchiveError(f"{path} is damaged", hint="restore a backup (onrecord restore)")
    if code == sqlite3.SQLITE_CANTOPEN:
        return ArchiveError(f"{path} can't be opened", hint="check that it exists and that you may read its folder")
    if code == sqlite3.SQLITE_IOERR:
        return ArchiveError(f"{path}: reading or writing failed", hint="check the disk, then run onrecord check")
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return ArchiveError(f"{path}: the database refused ({name})", hint="run onrecord check")


def _first_sqlite_error(error: BaseException) -> sqlite3.Error | None:
    # The first of a chain is the cause: a full disk ends the transaction, and then the rollback fails as well.
    found = None
    seen: BaseException | None = error
    while seen is not None:
        original = getattr(seen, "orig", seen)
        if isinstance(original, sqlite3.Error):
            found = original
        seen = seen.__cause__ or seen.__context__
    return found
