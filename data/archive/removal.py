"""Taking articles out: hidden at once, and, when asked, erased.

``remove`` marks every version of an article; from that commit on nothing returns it, whatever generation is current.
Its text stays in the archive's history. ``purge`` deletes all that is known of it and leaves a tombstone: the key, so
that an older index can't show it, and a hash of its id. ``erase`` then makes the bytes unreadable: what was deleted is
overwritten (``secure_delete``), the file is rewritten without its free pages (``VACUUM``), the write-ahead log emptied.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from data.archive import tally
from data.archive.rows import among
from data.archive.schema import (
    articles,
    corrections,
    coverage,
    outlets,
    segments,
    speakers,
    splits,
    state,
    statements,
    tombstones,
    waiting,
)

_TO_REWRITE, _TO_EMPTY_LOG = 1, 2
"""How far an erasing is, in the archive's state; 0: there is none."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge took: the keys of all versions, and the names of the segments that still hold vectors and words of
    them: these must be rewritten, and their files deleted, before the words are gone from the index too."""

    keys: tuple[int, ...]
    segments: tuple[str, ...]


def chosen(
    connection: Connection,
    *,
    ids: Iterable[str] = (),
    outlet: str | None = None,
    before: date | None = None,
    removed: bool = False,
) -> list[int]:
    """Keys of the latest versions that are meant: these ids; or this outlet, this age, or both.

    ``before``: published earlier than that day (undated articles never). With ``removed``, versions removed earlier
    are meant too.
    """
    wanted: list[ColumnElement[bool]] = []
    if outlet is not None:
        wanted.append(articles.c.outlet == outlet)
    if before is not None:
        wanted.append(articles.c.published < before)
    named = among(articles.c.id, ids)
    query = select(articles.c.key).where(or_(named, and_(*wanted)) if wanted else named)
    there = articles.c.latest.is_(True)
    query = query.where(or_(there, articles.c.removed.is_not(None)) if removed else there)
    return list(connection.execute(query.order_by(articles.c.key)).scalars())


def remove(connection: Connection, keys: Iterable[int], moment: datetime) -> list[int]:
    """Remove these articles, each with all its versions; returns the keys of the versions that are now gone."""
    tops = list(keys)
    ids = select(articles.c.id).where(among(articles.c.key, tops))
    every = list(
        connection.execute(select(articles.c.key).where(articles.c.id.in_(ids), articles.c.removed.is_(None))).scalars()
    )
    if not every:
        return []
    tally.leave(connection, every)
    connection.execute(update(articles).where(among(articles.c.key, every)).values(removed=moment, latest=False))
    connection.execute(delete(waiting).where(among(waiting.c.article_key, every)))
    return every


def purge(connection: Connection, keys: Iterable[int], moment: datetime) -> Purged:
    """Delete all that is known of these articles, every version, removed earlier or now; leave tombstones."""
    named = select(articles.c.id).where(among(articles.c.key, keys))
    rows = connection.execute(select(articles.c.key, articles.c.id).where(articles.c.id.in_(named))).all()
    every = [row.key for row in rows]
    if not every:
        return Purged((), ())
    remove(connection, every, moment)
    holding = connection.execute(
        select(segments.c.name)
        .join(coverage, coverage.c.segment_key == segments.c.key)
        .where(among(coverage.c.article_key, every))
        .distinct()
    ).scalars()
    purged = Purged(tuple(every), tuple(holding))
    connection.execute(
        upsert(tombstones).on_conflict_do_nothing(),
        [
            {"article_key": row.key, "id_hash": hashlib.sha256(row.id.encode()).digest(), "purged": moment}
            for row in rows
        ],
    )
    # Corrections first: they point at speakers, and statements at them.
    connection.execute(update(statements).where(among(statements.c.article_key, every)).values(correction_key=None))
    connection.execute(delete(corrections).where(among(corrections.c.article_key, every)))
    connection.execute(delete(articles).where(among(articles.c.key, every)))
    _forget_speakers(connection)
    connection.execute(
        delete(outlets).where(outlets.c.name.not_in(select(articles.c.outlet).where(articles.c.outlet.is_not(None))))
    )
    connection.execute(update(state).where(state.c.name == "erasing").values(value=_TO_REWRITE))
    return purged


def erase(connection: sqlite3.Connection, path: Path, patience: float = 20.0) -> bool:
    """Rewrite the file without what was deleted and empty the log; whether all of it is done.

    It is not while a reader keeps an old state open for longer than ``patience`` seconds: the next writer tries again.
    Copies of the archive that a migration made are deleted: they hold the words too.
    """
    if connection.execute("SELECT value FROM state WHERE name = 'erasing'").fetchone()[0] == _TO_REWRITE:
        connection.execute("VACUUM")
        connection.execute("UPDATE state SET value = ? WHERE name = 'erasing'", (_TO_EMPTY_LOG,))
    deadline = time.monotonic() + patience
    # SQLite would wait for the readers itself, and far longer: every writer comes through here until it is done.
    (timeout,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {timeout}")
    for copy in path.parent.glob(f"{path.stem}.schema*.backup"):
        copy.unlink()
    connection.execute("UPDATE state SET value = 0 WHERE name = 'erasing'")
    return True


def _forget_speakers(connection: Connection) -> None:
    """Delete the speakers that nothing names any more: a name can be what had to go."""
    still = (
        select(statements.c.key).where(
            or_(statements.c.found_key == speakers.c.key, statements.c.speaker_key == speakers.c.key)
        ),
        select(corrections.c.key).where(corrections.c.speaker_key == speakers.c.key),
        select(splits.c.identity).where(splits.c.speaker_key == speakers.c.key),
    )
    other = speakers.alias()
    merged = select(other.c.key).where(other.c.merged_into == speakers.c.key)
    unnamed = delete(speakers).where(speakers.c.merged_into.is_(None), ~merged.exists())
    for query in still:
        unnamed = unnamed.where(~query.exists())
    connection.execute(unnamed)
