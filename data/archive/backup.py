"""One file that holds the whole archive, made while it is in use, and put back so that nothing gets mixed up.

The index is not in it: it is derived, and made again from the archive.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from data.archive import migrations, removal
from data.archive.archive import FILE, LOCK, Archive
from data.archive.connections import engine_of, told
from data.archive.locking import hold
from data.errors import ArchiveError

_SIDES = ("-wal", "-shm", "-journal")


def back_up(archive: Archive, target: Path) -> int:
    """Copy the archive, as it is at one moment, into the new file ``target``; returns its size in bytes.

    It appears under its name only when it is whole and on the disk.

    Raises:
        ArchiveError: there is such a file, or it can't be written.
    """
    target = Path(target)
    if target.exists():
        raise ArchiveError(f"{target} is there already", hint="give another name")
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise ArchiveError(f"{target} can't be written: {error.strerror}") from None
    try:
        with told(target), contextlib.closing(sqlite3.connect(part)) as copy:
            with archive.raw_connection() as source:
                source.backup(copy)
            # The copy says of itself that it is in WAL mode: without it, it is one file wherever it is opened.
            copy.execute("PRAGMA journal_mode = DELETE")
        _sync(part)
        part.replace(target)
        _sync(target.parent)
    finally:
        for leftover in (part, *_beside(part)):
            leftover.unlink(missing_ok=True)
    return target.stat().st_size


def restore(home: Path, source: Path) -> int:
    """Put a backup in the place of the archive in ``home``; returns how many articles it brought that had been purged
    here since and were left out.

    What is there is replaced in one transaction: a process that reads it sees the old or the new one. Keys that the
    replaced archive had given are not given again, so nothing that still knows them can point at another article.
    A damaged archive is kept beside it under another name. The index must be made again where its files are gone.

    Raises:
        ArchiveError: ``source`` is missing, damaged, no archive, or of a newer version; then nothing is changed.
        ArchiveLocked: another process is writing.
    """
    source, home = Path(source), Path(home)
    if not source.is_file():
        raise ArchiveError(f"there is no file {source}", hint="give the file that onrecord backup made")
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"{home} can't be made: {error.strerror}", hint="set ONRECORD_HOME") from None
    path = home / FILE
    with hold(home / LOCK, "restoring a backup", wait=10.0):
        prepared = home / "archive.restoring"
        _delete(prepared)
        try:
            _copy(source, prepared)
            live = _healthy(path)
            left_out = _prepare(prepared, path if live else None)
            with told(path):
                if live:
                    _overwrite(path, prepared)
                else:
                    _set_aside(path)
                    with contextlib.closing(sqlite3.connect(prepared)) as connection:
                        connection.execute("PRAGMA journal_mode = WAL")
                    _sync(prepared)
                    prepared.replace(path)
                    _sync(home)
        finally:
            _delete(prepared)
    return left_out


def _copy(source: Path, prepared: Path) -> None:
    with told(source):
        uri = f"{source.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as backup:
            if migrations.version_of(backup, source) == 0:
                raise ArchiveError(f"{source} is empty", hint="give the file that onrecord backup made")
            if backup.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise ArchiveError(f"{source} is damaged", hint="take another backup")
            os.close(os.open(prepared, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with told(prepared), contextlib.closing(sqlite3.connect(prepared)) as copy:
                backup.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")


def _prepare(prepared: Path, live: Path | None) -> int:
    """Bring the copy to today's schema and past everything that the live archive has given out."""
    engine = engine_of(prepared, "write")
    left_out = 0
    try:
        with told(prepared), engine.begin() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            migrations.migrate(connection, version)
            if live is not None:
                gone = _catch_up(connection.connection.driver_connection, live)
                left_out = len(removal.purge(connection, gone, datetime.now(UTC)).keys)
    finally:
        engine.dispose()
    with told(prepared), contextlib.closing(sqlite3.connect(prepared, isolation_level=None)) as raw:
        raw.execute("VACUUM")
        raw.execute("UPDATE state SET value = 0 WHERE name = 'erasing'")
    return left_out


def _catch_up(copy: object, live: Path) -> list[int]:
    """Take over the live archive's key sequences and change counter; returns the keys it has purged since."""
    assert isinstance(copy, sqlite3.Connection)
    with contextlib.closing(sqlite3.connect(f"{live.absolute().as_uri()}?mode=ro", uri=True)) as there:
        for table, number in there.execute("SELECT name, seq FROM sqlite_sequence").fetchall():
            known = copy.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
            if known is None:
                copy.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, number))
            else:
                copy.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (number, table))
        changes = there.execute("SELECT value FROM state WHERE name = 'changes'").fetchone()[0]
        copy.execute("UPDATE state SET value = max(value, ?) + 1 WHERE name = 'changes'", (changes,))
        # Every speaker may have changed for those who saw the other archive.
        copy.execute("UPDATE speakers SET changed = (SELECT value FROM state WHERE name = 'changes')")
        same = "SELECT archive FROM identity"
        if there.execute(same).fetchone() != copy.execute(same).fetchone():
            return []
        tombstones = there.execute("SELECT article_key, id_hash, purged FROM tombstones").fetchall()
        copy.executemany("INSERT OR IGNORE INTO tombstones (article_key, id_hash, purged) VALUES (?, ?, ?)", tombstones)
        return [row[0] for row in tombstones]


def _overwrite(path: Path, prepared: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(prepared)) as new,
        contextlib.closing(sqlite3.connect(path, timeout=30)) as live,
    ):
        live.execute("PRAGMA synchronous = FULL")
        new.backup(live)


def _healthy(path: Path) -> bool:
    """Whether there is an archive that can be written over as a database."""
    if not path.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            migrations.version_of(connection, path)
            connection.execute("SELECT value FROM state").fetchall()
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except (sqlite3.Error, ArchiveError):
        return False


def _set_aside(path: Path) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    for part in (path, *_beside(path)):
        if part.exists():
            part.replace(part.with_name(part.name.replace(path.name, f"{path.name}.damaged-{stamp}")))


def _beside(path: Path) -> Iterator[Path]:
    return (path.with_name(path.name + side) for side in _SIDES)


def _delete(path: Path) -> None:
    for part in (path, *_beside(path)):
        part.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
