"""The register of the index: which segments there are, which articles each holds, which generation is current.

The index writes a segment's files, flushes them, and only then enters the segment here; a generation is a list of
entered segments, and making one current is one transaction, together with what follows from it: which articles no
longer wait, and which older versions are now to be hidden. So the disk may hold files that are not entered (a process
was killed; they can be deleted) but never lacks one that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, and_, delete, exists, func, insert, literal, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from data.archive.rows import among
from data.archive.schema import articles, coverage, generation_segments, generations, segments, statements, waiting
from data.errors import ArchiveError

Files = Mapping[str, Mapping[str, Any]]
"""File name to its ``sha256`` and ``bytes``."""


class Overtaken(ArchiveError):
    """Another generation was published since the work on this one began: it must be worked in first."""


@dataclass(frozen=True, slots=True)
class Segment:
    """An immutable part of the index as entered. ``staged_for`` names the unfinished work that it was written for."""

    name: str
    files: Files
    articles: int
    created: datetime
    staged_for: str | None


@dataclass(frozen=True, slots=True)
class Generation:
    """One published state of the index; ``segments`` oldest first. ``created``: when the work on it began."""

    number: int
    state: Literal["current", "previous", "retired"]
    model: str
    created: datetime
    published: datetime
    manifest: Mapping[str, Any]
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """An article version that the current generation does not cover as it now is. ``rules``: those its statements were
    found with, None where it must be analysed (again). ``paragraphs``: how many it has."""

    key: int
    id: str
    revision: int
    rules: str | None
    paragraphs: int


def enter(
    connection: Connection,
    name: str,
    files: Files,
    covers: Mapping[int, int],
    moment: datetime,
    staged_for: str | None,
) -> None:
    """Enter a segment whose files are on the disk. ``covers``: article key to the revision that it holds."""
    inserted = connection.execute(
        insert(segments), {"name": name, "files": files, "created": moment, "staged_for": staged_for}
    ).inserted_primary_key
    assert inserted is not None
    analysed = _analysed(connection, covers)
    rows = [
        {"segment_key": inserted[0], "article_key": key, "revision": revision, "analysed": analysed.get(key, 0)}
        for key, revision in covers.items()
    ]
    if rows:
        connection.execute(insert(coverage), rows)


def publish(
    connection: Connection,
    names: Sequence[str],
    moment: datetime,
    *,
    model: str,
    manifest: Mapping[str, Any],
    created: datetime | None,
    based_on: int | None,
) -> int:
    """Make these segments the current generation; returns its number. The one before is kept, older ones retire.

    Raises:
        Overtaken: the current generation is not ``based_on`` any more.
        ArchiveError: a segment is not entered.
    """
    current = current_number(connection)
    if current != based_on:
        raise Overtaken("another index was published meanwhile", hint="run the command again")
    keys = {
        row.name: row.key
        for row in connection.execute(select(segments.c.name, segments.c.key).where(among(segments.c.name, names)))
    }
    missing = [name for name in names if name not in keys]
    if missing:
        raise ArchiveError(f"the index segment {missing[0]} is not entered", hint="run onrecord rebuild")
    _set_state(connection, "previous", "retired")
    _set_state(connection, "current", "previous")
    values: dict[str, Any] = {"state": "current", "model": model, "manifest": dict(manifest)}
    values |= {"created": created or moment, "published": moment}
    inserted = connection.execute(insert(generations), values).inserted_primary_key
    assert inserted is not None
    number = int(inserted[0])
    if names:
        connection.execute(
            insert(generation_segments),
            [{"generation": number, "segment_key": keys[name], "position": place} for place, name in enumerate(names)],
        )
        connection.execute(update(segments).where(among(segments.c.name, names)).values(staged_for=None))
    _settle(connection, _difference(connection, current, number), number)
    return number


def roll_back(connection: Connection) -> int:
    """Make the generation before current again, and the current one the one before; returns its number.

    Raises:
        ArchiveError: there is none before.
    """
    current = current_number(connection)
    before = connection.execute(select(generations.c.number).where(generations.c.state == "previous")).scalar()
    if before is None:
        raise ArchiveError("there is no earlier index to go back to", hint="onrecord rebuild makes a new one")
    _set_state(connection, "current", "leaving")
    _set_state(connection, "previous", "current")
    _set_state(connection, "leaving", "previous")
    _settle(connection, _difference(connection, current, before), before)
    return int(before)


def forget(connection: Connection) -> list[str]:
    """Strike every generation and segment from the register (their files are lost): everything waits to be indexed.
    Returns the names of the segments."""
    names = list(connection.execute(select(segments.c.name)).scalars())
    connection.execute(delete(generations))
    connection.execute(delete(segments))
    connection.execute(update(articles).where(articles.c.superseded.is_(True)).values(superseded=False))
    connection.execute(
        upsert(waiting)
        .from_select(["article_key"], select(articles.c.key).where(articles.c.latest.is_(True)))
        .on_conflict_do_nothing()
    )
    return names


def sweep(connection: Connection, *, keep_staged_for: Iterable[str] = ()) -> list[str]:
    """Strike what nothing needs any more: retired generations, segments of none and not staged for work that goes on,
    statements of earlier rules that no kept generation shows. Returns the names of the segments: their files can go."""
    connection.execute(delete(generations).where(generations.c.state == "retired"))
    used = select(generation_segments.c.segment_key)
    kept = and_(segments.c.staged_for.is_not(None), among(segments.c.staged_for, keep_staged_for))
    gone = and_(segments.c.key.not_in(used), or_(segments.c.staged_for.is_(None), ~kept))
    names = list(connection.execute(select(segments.c.name).where(gone)).scalars())
    connection.execute(delete(segments).where(among(segments.c.name, names)))
    current = exists().where(articles.c.key == statements.c.article_key, articles.c.analysed == statements.c.revision)
    shown = exists().where(
        coverage.c.article_key == statements.c.article_key, coverage.c.analysed == statements.c.revision
    )
    connection.execute(delete(statements).where(~current, ~shown))
    return names


def unstage(connection: Connection, names: Iterable[str]) -> None:
    """Strike staged segments that no generation has: they are damaged, or others have taken their place."""
    used = select(generation_segments.c.segment_key)
    connection.execute(delete(segments).where(among(segments.c.name, names), segments.c.key.not_in(used)))


def current_number(connection: Connection) -> int | None:
    """The number of the current generation."""
    number: int | None = connection.execute(
        select(generations.c.number).where(generations.c.state == "current")
    ).scalar()
    return number


def listed(connection: Connection) -> list[Generation]:
    """The generations that are kept, the newest first."""
    names: dict[int, list[str]] = {}
    for row in connection.execute(
        select(generation_segments.c.generation, segments.c.name)
        .join(segments, segments.c.key == generation_segments.c.segment_key)
        .order_by(generation_segments.c.generation, generation_segments.c.position)
    ):
        names.setdefault(row.generation, []).append(row.name)
    rows = connection.execute(select(generations).order_by(generations.c.number.desc()))
    return [
        Generation(
            row.number, row.state, row.model, row.created, row.published, row.manifest, tuple(names.get(row.number, ()))
        )
        for row in rows
    ]


def entered(connection: Connection, staged_for: str | None = None) -> list[Segment]:
    """Every entered segment, oldest first; or those staged for one piece of work."""
    covered = select(func.count()).where(coverage.c.segment_key == segments.c.key).scalar_subquery()
    query = select(segments, covered.label("covered")).order_by(segments.c.key)
    if staged_for is not None:
        query = query.where(segments.c.staged_for == staged_for)
    return [Segment(row.name, row.files, row.covered, row.created, row.staged_for) for row in connection.execute(query)]


def covered_by(connection: Connection, name: str) -> dict[int, int]:
    """The articles that a segment holds: key to revision."""
    rows = connection.execute(
        select(coverage.c.article_key, coverage.c.revision)
        .join(segments, segments.c.key == coverage.c.segment_key)
        .where(segments.c.name == name)
    )
    return {row.article_key: row.revision for row in rows}


def pending(connection: Connection) -> list[Pending]:
    """The latest versions that the current generation does not cover as they are, by key."""
    query = _work().join(waiting, waiting.c.article_key == articles.c.key).where(articles.c.latest.is_(True))
    return [Pending(*row) for row in connection.execute(query)]


def stale(connection: Connection, rules: str) -> list[Pending]:
    """The latest versions whose statements were found with other rules than these, or not yet, by key."""
    query = _work().where(articles.c.latest.is_(True), func.coalesce(articles.c.rules, "") != rules)
    return [Pending(*row) for row in connection.execute(query)]


def everything(connection: Connection) -> list[Pending]:
    """Every latest version, by key: what a rebuild must cover."""
    return [Pending(*row) for row in connection.execute(_work().where(articles.c.latest.is_(True)))]


def _work() -> Any:
    columns = (articles.c.key, articles.c.id, articles.c.revision, articles.c.rules, articles.c.paragraphs)
    return select(*columns).order_by(articles.c.key)


def _difference(connection: Connection, one: int | None, other: int) -> list[int]:
    """Articles in segments that only one of two generations has."""
    held: list[set[int]] = []
    for number in (one, other):
        query = select(generation_segments.c.segment_key).where(generation_segments.c.generation == number)
        held.append(set(connection.execute(query).scalars()))
    query = select(coverage.c.article_key).where(among(coverage.c.segment_key, held[0] ^ held[1])).distinct()
    return list(connection.execute(query).scalars())


def _settle(connection: Connection, keys: list[int], number: int) -> None:
    """Say again of these articles whether they wait and which of their versions are superseded."""
    covering = (
        select(literal(1))
        .select_from(coverage)
        .join(generation_segments, generation_segments.c.segment_key == coverage.c.segment_key)
        .where(generation_segments.c.generation == number)
    )
    as_it_is = exists(
        covering.where(coverage.c.article_key == articles.c.key, coverage.c.revision >= articles.c.revision)
    ).correlate(articles)
    chosen = and_(among(articles.c.key, keys), articles.c.latest.is_(True))
    connection.execute(delete(waiting).where(waiting.c.article_key.in_(select(articles.c.key).where(chosen, as_it_is))))
    connection.execute(
        upsert(waiting)
        .from_select(["article_key"], select(articles.c.key).where(chosen, ~as_it_is))
        .on_conflict_do_nothing()
    )
    newer = articles.alias("newer")
    superseded = exists(
        select(literal(1))
        .select_from(newer)
        .join(coverage, coverage.c.article_key == newer.c.key)
        .join(generation_segments, generation_segments.c.segment_key == coverage.c.segment_key)
        .where(generation_segments.c.generation == number)
        .where(newer.c.id == articles.c.id, newer.c.version > articles.c.version, newer.c.removed.is_(None))
    ).correlate(articles)
    ids = select(newer.c.id).where(among(newer.c.key, keys))
    for value in (True, False):
        holds = superseded if value else ~superseded
        connection.execute(
            update(articles)
            .where(articles.c.id.in_(ids), articles.c.superseded.is_(not value), holds)
            .values(superseded=value)
        )


def _analysed(connection: Connection, covers: Mapping[int, int]) -> dict[int, int]:
    """For each article, the revision of the statements that a segment of its covered revision shows."""
    found: dict[int, int] = {}
    query = (
        select(statements.c.article_key, statements.c.revision)
        .where(among(statements.c.article_key, covers))
        .distinct()
        .order_by(statements.c.revision)
    )
    for key, revision in connection.execute(query):
        if revision <= covers[key]:
            found[key] = revision
    return found


def _set_state(connection: Connection, old: str, new: str) -> None:
    connection.execute(update(generations).where(generations.c.state == old).values(state=new))
