"""The archive of one home folder: opened, read by any number of threads and processes, written by one at a time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection, Engine, select

from data.archive import figures, migrations, people, reports
from data.archive.connections import Mode, engine_of, explained, told
from data.archive.locking import hold
from data.archive.lookups import Lookups
from data.archive.records import Counts, SpeakerRow
from data.archive.reports import Fault, FaultKind
from data.archive.rows import parse_ref
from data.archive.schema import outlets
from data.errors import ArchiveError

if TYPE_CHECKING:
    from data.archive.writer import Writer

FILE = "archive.sqlite"
LOCK = "archive.lock"


class Snapshot(Lookups):
    """One state of the archive: all that is read through it belongs together, whatever is written meanwhile."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        yield self._connection


class Archive(Lookups):
    """Articles, their paragraphs and statements: the source of truth.

    Reading is thread-safe. Every call sees the newest committed state; ``snapshot`` holds one state over several calls.
    """

    def __init__(self, home: Path, path: Path, mode: Mode) -> None:
        self.home = home
        self.path = path
        self._mode = mode
        self._engine: Engine = engine_of(path, mode)
        self._epoch = 0
        self._file = self._which()

    @classmethod
    def open(cls, home: Path, *, create: bool = False) -> Self:
        """Open the archive in a home folder; an older one is migrated first, after a copy of it was made.

        Raises:
            ArchiveError: there is none (and ``create`` is false), or it is damaged, no archive, or of a newer version.
            ArchiveLocked: it must be made or migrated, and another process is writing.
        """
        home = Path(home)
        path = home / FILE
        if not path.exists():
            if not create:
                raise ArchiveError(f"there is no archive in {home}", hint="onrecord add PATH makes one")
            _make(home, path)
        mode: Mode = "read"
        version = 0
        with told(path):
            try:
                version = _version(path, mode)
            except sqlite3.OperationalError as error:
                # WAL needs a side file, which a read-only folder has no room for. Without a log, the file is complete.
                wal = Path(f"{path}-wal")
                if os.access(home, os.W_OK) or (wal.exists() and wal.stat().st_size):
                    raise explained(error, path) from error
                mode = "immutable"
                version = _version(path, mode)
        if version < migrations.VERSION:
            _migrate(home, path)
        return cls(home, path, mode)

    def close(self) -> None:
        """Close every connection. The archive can be used again afterwards: it opens new ones."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def writer(self, purpose: str, *, wait: float = 0.0) -> Iterator[Writer]:
        """Be the one writer for the block; ``purpose`` ("add") is what another process that wants to write is told.

        Raises:
            ArchiveLocked: another process (or thread) is writing, for longer than ``wait`` seconds.
            ArchiveError: the home folder can't be written to.
        """
        with hold(self.home / LOCK, purpose, wait):
            from data.archive.writer import Writer  # late: most processes only read

            engine = engine_of(self.path, "write")
            try:
                writer = Writer(engine, self.path)
                writer.finish_erasing()
                yield writer
            finally:
                engine.dispose()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Read several things of one and the same state."""
        with self._reading() as connection:
            yield Snapshot(connection)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection inside a transaction that sees one state: for what reads all of the archive (check, export)."""
        with self._reading() as connection:
            yield connection

    @contextmanager
    def raw_connection(self) -> Iterator[sqlite3.Connection]:
        """SQLite's own connection, for what SQLAlchemy has no words for (backup, integrity checks)."""
        raw = self._engine.raw_connection()
        try:
            driver = raw.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            yield driver
        finally:
            raw.close()

    def count_fault(self, ref: str, kind: FaultKind) -> bool:
        """Count a reader's word that something is wrong with a statement; nothing about the reader is kept.

        Needs no writer: it is one short transaction of SQLite's own. False where ``ref`` names nothing that is there.
        """
        parsed = parse_ref(ref)
        if parsed is None:
            return False
        engine = engine_of(self.path, "write")
        try:
            with told(self.path), engine.begin() as connection:
                return reports.count(connection, *parsed, kind, datetime.now(UTC).date())
        finally:
            engine.dispose()

    def faults(self) -> list[Fault]:
        """What readers said is wrong, the most frequent first."""
        with self._reading() as connection:
            return reports.listed(connection)

    def change_counter(self) -> int:
        """A number that changes with every commit that can change an answer, and when the file itself was replaced."""
        file = self._which()
        if file != self._file:
            self._file = file
            self._epoch += 1
            self._engine.dispose()
        return (self._epoch << 40) + super().change_counter()

    def speakers(self, since: int | None = None) -> list[SpeakerRow]:
        """All speakers, or only those that changed after ``since`` (a value of ``change_counter``)."""
        with self._reading() as connection:
            return people.rows(connection, None if since is None else since & ((1 << 40) - 1))

    def outlets(self) -> dict[str, str | None]:
        """Every outlet, with the legal notice that it prints."""
        with self._reading() as connection:
            rows = connection.execute(select(outlets).order_by(outlets.c.name))
            return {row.name: row.notice for row in rows}

    def counts(self) -> Counts:
        """The archive in numbers."""
        with self._reading() as connection:
            return figures.counts(connection, self.path)

    def by_outlet(self) -> list[figures.Row]:
        """Articles and statements by outlet, the largest first."""
        with self._reading() as connection:
            return figures.by_outlet(connection)

    def by_month(self) -> list[figures.Row]:
        """Articles and statements by month of publication."""
        with self._reading() as connection:
            return figures.by_month(connection)

    def _which(self) -> tuple[int, ...]:
        """Tells the opened file from one put in its place; an immutable one also from itself when changed."""
        try:
            status = self.path.stat()
        except OSError:
            return ()
        which = (status.st_dev, status.st_ino)
        return (*which, status.st_mtime_ns, status.st_size) if self._mode == "immutable" else which

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with told(self.path), self._engine.connect() as connection, connection.begin():
            yield connection


def _make(home: Path, path: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"{home} can't be made: {error.strerror}", hint="set ONRECORD_HOME") from None
    with hold(home / LOCK, "making the archive", wait=10.0), told(path):
        if path.exists():
            return
        # Under another name until it is whole: a process killed here leaves no half-made archive.
        new = path.with_suffix(".new")
        for part in (new, Path(f"{new}-wal"), Path(f"{new}-shm")):
            part.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        os.close(descriptor)
        engine = engine_of(new, "write")
        try:
            with engine.begin() as connection:
                migrations.begin(connection)
        finally:
            engine.dispose()
        raw = sqlite3.connect(new)
        raw.execute("PRAGMA journal_mode = WAL")
        raw.close()
        new.replace(path)
        _sync_folder(home)


def _migrate(home: Path, path: Path) -> None:
    with hold(home / LOCK, "migrating the archive", wait=60.0), told(path):
        version = _version(path, "read")
        if version == migrations.VERSION:
            return
        if version:
            migrations.backup_before(path, version)
        engine = engine_of(path, "write")
        try:
            with engine.begin() as connection:
                if version:
                    migrations.migrate(connection, version)
                else:
                    migrations.begin(connection)
        finally:
            engine.dispose()


def _version(path: Path, mode: Mode) -> int:
    engine = engine_of(path, mode)
    try:
        raw = engine.raw_connection()
        try:
            connection = raw.driver_connection
            assert isinstance(connection, sqlite3.Connection)
            return migrations.version_of(connection, path)
        finally:
            raw.close()
    finally:
        engine.dispose()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
