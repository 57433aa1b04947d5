"""Is the archive what it must be? Each fault is named with the way to mend it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, and_, exists, func, select

from data.archive import generations, tally
from data.archive.archive import Archive
from data.archive.connections import told
from data.archive.rows import digest
from data.archive.schema import (
    aliases,
    articles,
    coverage,
    generation_segments,
    paragraphs,
    state,
    statements,
    texts,
    tombstones,
    waiting,
)

_RESTORE = "restore a backup (onrecord restore FILE)"
_REBUILD = "onrecord rebuild"
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and what to do about it. Names articles by key, never by their words."""

    what: str
    mend: str


def check(archive: Archive) -> list[Finding]:
    """Read the whole archive and compare it with itself: pages, references, hashes, spans, counts, the register.

    Takes seconds for thousands of articles; texts are read one after the other.
    """
    with told(archive.path):
        with archive.raw_connection() as raw:
            found = list(_file(raw))
        if found:
            return found
        with archive.connection() as connection:
            for look in (_texts, _statements, _versions, _counts, _register):
                found.extend(look(connection))
    return found


def _file(raw: sqlite3.Connection) -> Iterator[Finding]:
    try:
        for (line,) in raw.execute(f"PRAGMA integrity_check({_SHOWN})"):
            if line != "ok":
                yield Finding(f"the database file is damaged ({line.splitlines()[0]})", _RESTORE)
        for table, number, *_ in raw.execute("PRAGMA foreign_key_check").fetchmany(_SHOWN):
            yield Finding(f"row {number} of {table} points at nothing", _RESTORE)
    except sqlite3.DatabaseError:
        yield Finding("the database file is damaged", _RESTORE)


def _texts(connection: Connection) -> Iterator[Finding]:
    after = 0
    while True:
        batch = connection.execute(
            select(articles.c.key, articles.c.text_hash, texts.c.text, articles.c.paragraphs)
            .outerjoin(texts, texts.c.article_key == articles.c.key)
            .where(articles.c.key > after)
            .order_by(articles.c.key)
            .limit(100)
        ).all()
        if not batch:
            return
        after = batch[-1].key
        spans: dict[int, list[tuple[int, int, bytes]]] = {}
        for row in connection.execute(
            select(paragraphs)
            .where(paragraphs.c.article_key.between(batch[0].key, after))
            .order_by(paragraphs.c.article_key, paragraphs.c.ordinal)
        ):
            spans.setdefault(row.article_key, []).append((row.start, row.end, row.hash))
        for row in batch:
            if row.text is None or digest(row.text) != row.text_hash:
                yield Finding(f"the text of article {row.key} is not the one that was stored", _RESTORE)
                continue
            here = spans.get(row.key, [])
            if len(here) != row.paragraphs or any(digest(row.text[start:end]) != known for start, end, known in here):
                yield Finding(f"the paragraphs of article {row.key} do not fit its text", _RESTORE)


def _statements(connection: Connection) -> Iterator[Finding]:
    length = func.length(texts.c.text)
    outside = (
        select(statements.c.article_key)
        .join(texts, texts.c.article_key == statements.c.article_key)
        # SQLite's length() stops at a NUL character: such texts are left to the hashes.
        .where(func.instr(texts.c.text, "\0") == 0)
        .where((statements.c.end > length) | (statements.c.passage_end > length))
        .distinct()
        .limit(_SHOWN)
    )
    for key in connection.execute(outside).scalars():
        yield Finding(f"a statement of article {key} leaves its text", _REBUILD)
    elsewhere = (
        select(statements.c.article_key)
        .join(paragraphs, paragraphs.c.key == statements.c.paragraph_key)
        .where(paragraphs.c.article_key != statements.c.article_key)
        .distinct()
        .limit(_SHOWN)
    )
    for key in connection.execute(elsewhere).scalars():
        yield Finding(f"a statement of article {key} stands in another article's paragraph", _REBUILD)


def _versions(connection: Connection) -> Iterator[Finding]:
    wrong = select(articles.c.key).where(articles.c.latest.is_(True), articles.c.removed.is_not(None))
    for key in connection.execute(wrong.limit(_SHOWN)).scalars():
        yield Finding(f"article {key} is both removed and shown", _RESTORE)
    newest = (
        select(articles.c.id, func.max(articles.c.version).label("version"))
        .where(articles.c.removed.is_(None))
        .group_by(articles.c.id)
        .subquery()
    )
    hidden = (
        select(articles.c.key)
        .join(newest, and_(newest.c.id == articles.c.id, newest.c.version == articles.c.version))
        .where(articles.c.latest.is_(False))
    )
    for key in connection.execute(hidden.limit(_SHOWN)).scalars():
        yield Finding(f"article {key} is the newest version but not the one shown", _RESTORE)
    back = select(articles.c.key).join(tombstones, tombstones.c.article_key == articles.c.key)
    for key in connection.execute(back.limit(_SHOWN)).scalars():
        yield Finding(f"article {key} was purged and is there again", "onrecord remove --purge")
    if connection.execute(select(state.c.value).where(state.c.name == "erasing")).scalar():
        yield Finding("a purge was interrupted before the file was rewritten", "any command that writes finishes it")


def _counts(connection: Connection) -> Iterator[Finding]:
    known = {(row.speaker_key, row.name): row.statements for row in connection.execute(select(aliases))}
    if known != tally.recount(connection):
        yield Finding("the speakers' counts are not those of their statements", "onrecord rebuild")


def _register(connection: Connection) -> Iterator[Finding]:
    current = generations.current_number(connection)
    covered = (
        exists()
        .where(coverage.c.article_key == articles.c.key, coverage.c.revision >= articles.c.revision)
        .where(generation_segments.c.segment_key == coverage.c.segment_key, generation_segments.c.generation == current)
    )
    waits = exists().where(waiting.c.article_key == articles.c.key)
    lost = select(func.count()).where(articles.c.latest.is_(True), ~covered, ~waits)
    number = connection.execute(lost).scalar_one()
    if number:
        yield Finding(f"{number} articles are neither in the index nor waiting for it", _REBUILD)
