"""How an older archive becomes today's, and how a new one begins.

``schema.py`` is what a new archive gets. An older one is brought there by the numbered functions below, each in the
transaction that also writes its number, after a copy of the file was made. ``PRAGMA user_version`` holds the number.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, insert

from data.archive.schema import APPLICATION_ID, identity, metadata, state
from data.errors import ArchiveError

Migration = Callable[[Connection], None]

MIGRATIONS: list[Migration] = []
"""Migration n (counted from 1) takes an archive from version n to n + 1."""

VERSION = len(MIGRATIONS) + 1


def begin(connection: Connection) -> None:
    """Make the tables of a new archive."""
    metadata.create_all(connection)
    connection.execute(insert(state), [{"name": "changes", "value": 0}, {"name": "erasing", "value": 0}])
    connection.execute(insert(identity), {"archive": uuid.uuid4().hex})
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """The schema version of the file; 0: an empty database.

    Raises:
        ArchiveError: it is a database but no archive, or was written by a newer On Record.
    """
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    if tables == 0 and version == 0:
        return 0
    if application != APPLICATION_ID:
        raise ArchiveError(f"{path} is a database, but not an archive of On Record", hint="set ONRECORD_HOME")
    if version > VERSION:
        raise ArchiveError(
            f"{path} was written by a newer On Record (schema {version}, this one knows {VERSION})",
            hint="update On Record",
        )
    return version


def migrate(connection: Connection, version: int) -> None:
    """Run what is missing after ``version``, in the caller's transaction."""
    for number, migration in enumerate(MIGRATIONS[version - 1 :], start=version):
        migration(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {number + 1}")


def backup_before(path: Path, version: int) -> Path:
    """Copy the archive to ``archive.schema<version>.backup`` beside it, by SQLite's online backup; returns the copy."""
    target = path.with_suffix(f".schema{version}.backup")
    temporary = target.with_suffix(".part")
    temporary.unlink(missing_ok=True)
    # As private as the archive itself.
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    source = sqlite3.connect(path)
    copy = sqlite3.connect(temporary)
    try:
        source.backup(copy)
    finally:
        copy.close()
        source.close()
    temporary.replace(target)
    return target
