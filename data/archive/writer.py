"""The one writer: everything that changes the archive, each call all or nothing, durable when it returns."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, select, update

from data.archive import analysing, corrections, generations, people, putting, removal
from data.archive.connections import told
from data.archive.generations import Files
from data.archive.lookups import Lookups
from data.archive.records import Put
from data.archive.removal import Purged
from data.archive.schema import state
from data.errors import ArchiveError
from data.model import Analysis, Article, DateRange


class Writer(Lookups):
    """Changes the archive. Got from ``Archive.writer``, used by one thread.

    A call commits by itself; inside ``transaction`` several calls commit together, which is many times faster. What it
    reads is what it has written.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self._path = path
        self._connection: Connection | None = None
        self._changed = False
        self._thread = threading.get_ident()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All calls inside take effect together or, when the block raises, none of them (nested: of the inner block).

        Raises:
            ArchiveError: the commit failed (disk full, read-only, ...); then nothing of the block was stored.
        """
        with self._writing():
            yield

    def put(self, article: Article) -> Put:
        """Store an article: see ``data.archive.putting`` for what becomes of it.

        Raises:
            UnreadableSource: it can't be stored so that it can be quoted; nothing of it was stored.
        """
        with self._writing() as connection:
            result = putting.put(connection, article, datetime.now(UTC))
            self._changed |= result.outcome != "unchanged"
            return result

    def put_analysis(self, article_key: int, analysis: Analysis, *, revision: int | None = None) -> bool:
        """Store what the rules found in an article version: see ``data.archive.analysing.put``."""
        with self._writing() as connection:
            taken = analysing.put(connection, article_key, analysis, revision)
            self._changed |= taken
            return taken

    def remove(self, ids: Iterable[str] = (), *, outlet: str | None = None, before: date | None = None) -> list[int]:
        """Remove articles, gone from every answer when this returns; the keys of all their versions.

        Chosen by ids; or by outlet, by published before a day, or both.
        """
        with self._writing() as connection:
            keys = removal.chosen(connection, ids=ids, outlet=outlet, before=before)
            removed = removal.remove(connection, keys, datetime.now(UTC))
            self._changed |= bool(removed)
            return removed

    def correct(
        self,
        ref: str,
        *,
        speaker: str | int | None = None,
        said_on: DateRange | Literal["unknown"] | None = None,
        hide: bool | None = None,
    ) -> None:
        """Correct a statement: its speaker (a name, or a speaker's key), its day, or hide it. Outlives new rules.

        Raises:
            ArchiveError: there is no such statement or speaker, or several speakers go by that name.
        """
        with self._writing() as connection:
            corrections.correct(connection, ref, datetime.now(UTC), speaker=speaker, said_on=said_on, hide=hide)
            self._changed = True

    def undo_correction(self, ref: str) -> None:
        """Let the rules' own findings hold again for a statement.

        Raises:
            ArchiveError: there is no such statement, or nobody corrected it.
        """
        with self._writing() as connection:
            corrections.undo(connection, ref, datetime.now(UTC))
            self._changed = True

    def merge_speakers(self, into: int, others: Iterable[int], *, name: str | None = None) -> None:
        """Make speakers one. Holds for whatever the rules find later; ``split_speaker`` takes it back.

        Raises:
            ArchiveError: there is no such speaker.
        """
        with self._writing() as connection:
            people.merge(connection, into, others, name)
            self._changed = True

    def split_speaker(self, key: int, names: Sequence[str] = (), *, called: str | None = None) -> int:
        """Undo the merge of ``key``, or split the statements under ``names`` off it; the key of the one split off.

        Raises:
            ArchiveError: it is merged into nobody, or has none of these names.
        """
        with self._writing() as connection:
            apart = people.split(connection, key, names, called)
            self._changed = True
            return apart

    def purge(self, ids: Iterable[str] = (), *, outlet: str | None = None, before: date | None = None) -> Purged:
        """Erase articles, chosen as in ``remove`` and also among those removed before: every version, every word.

        They are gone from answers with the first commit; then the file is rewritten without them and the write-ahead
        log emptied. What is left of an article is its key and a hash of its id. ``Purged.segments`` names the parts of
        the index that must be rewritten too. Backups made elsewhere are out of reach.

        Raises:
            ArchiveError: the file could not be rewritten (disk full), or a reader kept the log open; the articles are
                gone from answers all the same, and the next writer finishes the erasing.
        """
        if self._connection is not None:
            raise RuntimeError("a purge rewrites the file and can't be part of a transaction")
        with self._writing() as connection:
            keys = removal.chosen(connection, ids=ids, outlet=outlet, before=before, removed=True)
            purged = removal.purge(connection, keys, datetime.now(UTC))
            self._changed = bool(purged.keys)
        if purged.keys and not self._erase(patience=20.0):
            raise ArchiveError(
                f"{self._path}: {len(purged.keys)} article versions are purged, but a reader keeps the write-ahead log",
                hint="stop what has read from it for so long; the next command that writes finishes the erasing",
            )
        return purged

    def enter_segment(
        self, name: str, files: Files, covers: Mapping[int, int], *, staged_for: str | None = None
    ) -> None:
        """Enter a segment of the index whose files are written and flushed.

        Args:
            name: of the segment; used once and never again.
            files: file name to its ``sha256`` and ``bytes``.
            covers: key of each article version in it to the revision that was read.
            staged_for: names unfinished work (a rebuild) that will publish it later.
        """
        with self._writing() as connection:
            generations.enter(connection, name, files, covers, datetime.now(UTC), staged_for)

    def publish(
        self,
        segments: Sequence[str],
        *,
        model: str,
        manifest: Mapping[str, Any],
        based_on: int | None,
        created: datetime | None = None,
    ) -> int:
        """Make these segments (oldest first: where two hold an article, the later counts) the current generation.

        Args:
            segments: names of entered segments.
            model: what encoded them.
            manifest: whatever else the index wants to remember (JSON).
            based_on: the number of the generation that was current when the work began, None where there was none.
            created: when the work began.

        Returns:
            The number of the generation.

        Raises:
            Overtaken: another generation was published since.
            ArchiveError: a segment was not entered.
        """
        with self._writing() as connection:
            number = generations.publish(
                connection,
                segments,
                datetime.now(UTC),
                model=model,
                manifest=manifest,
                created=created,
                based_on=based_on,
            )
            self._changed = True
            return number

    def unstage(self, names: Iterable[str]) -> None:
        """Strike staged segments from the register: they are damaged, or others have taken their place."""
        with self._writing() as connection:
            generations.unstage(connection, names)

    def roll_back(self) -> int:
        """Make the generation before current again (and the current one the one before); returns its number.

        Raises:
            ArchiveError: there is none before.
        """
        with self._writing() as connection:
            number = generations.roll_back(connection)
            self._changed = True
            return number

    def sweep(self, *, keep_staged_for: Iterable[str] = ()) -> list[str]:
        """Strike from the register what nothing needs: returns the names of segments whose files can now be deleted."""
        with self._writing() as connection:
            return generations.sweep(connection, keep_staged_for=keep_staged_for)

    def forget_index(self) -> list[str]:
        """Strike the whole index from the register (its files are lost or foreign): everything waits to be indexed."""
        with self._writing() as connection:
            names = generations.forget(connection)
            self._changed = True
            return names

    def finish_erasing(self) -> bool:
        """Finish a purge that was interrupted, if there is one; whether nothing is left to do."""
        with self._reading() as connection:
            unfinished = connection.execute(select(state.c.value).where(state.c.name == "erasing")).scalar()
        return not unfinished or self._erase(patience=0.0)

    def _erase(self, patience: float) -> bool:
        with told(self._path):
            raw = self._engine.raw_connection()
            try:
                driver = raw.driver_connection
                assert isinstance(driver, sqlite3.Connection)
                return removal.erase(driver, self._path, patience)
            finally:
                raw.close()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if threading.get_ident() != self._thread:
            raise RuntimeError("a Writer belongs to the thread that opened it")
        if self._connection is not None:
            before = self._changed
            try:
                with self._connection.begin_nested():
                    yield self._connection
            except BaseException:
                self._changed = before
                raise
            return
        with told(self._path), self._engine.begin() as connection:
            self._connection, self._changed = connection, False
            try:
                yield connection
                if self._changed:
                    connection.execute(update(state).where(state.c.name == "changes").values(value=state.c.value + 1))
            finally:
                self._connection = None

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._connection is not None:
            yield self._connection
        else:
            with told(self._path), self._engine.begin() as connection:
                yield connection
