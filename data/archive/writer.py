"""The one writer: everything that changes the archive, each call all or nothing, durable when it returns."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, update

from data.archive import analysing, corrections, people, putting, removal
from data.archive.connections import told
from data.archive.lookups import Lookups
from data.archive.records import Put
from data.archive.removal import Purged
from data.archive.schema import state
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
        """All calls inside take effect together, or, when the block raises, none of them. Nested: the inner block alone.

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
        """Undo the merge of ``key``, or split the statements under ``names`` off it; the key that stands for itself now.

        Raises:
            ArchiveError: it is merged into nobody, or has none of these names.
        """
        with self._writing() as connection:
            apart = people.split(connection, key, names, called)
            self._changed = True
            return apart

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
