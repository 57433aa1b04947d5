"""Editors' corrections of single statements, kept by article version and offsets and laid over what the rules find."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from data.archive import people, tally
from data.archive.rows import parse_ref
from data.archive.schema import articles, corrections, speakers, splits, statements, texts, waiting
from data.errors import ArchiveError
from data.model import DateRange

_ENOUGH = 0.5
"""Overlap (intersection over union) from which a statement of new rules is the one that was corrected."""


def correct(
    connection: Connection,
    ref: str,
    moment: datetime,
    *,
    speaker: str | int | None = None,
    said_on: DateRange | Literal["unknown"] | None = None,
    hide: bool | None = None,
) -> None:
    """Correct the statement that ``ref`` names; what is None stays as it is.

    Raises:
        ArchiveError: there is no such statement or speaker.
    """
    row = _statement_at(connection, ref)
    values: dict[str, Any] = {"made": moment}
    if speaker is not None:
        if isinstance(speaker, int):
            key = people.root_of(connection, speaker)
            name = people.row_of(connection, key).name
        else:
            key, name = people.key_for(connection, speaker, row.form or "person"), speaker
        values |= {"speaker_key": key, "speaker": name}
    if said_on == "unknown":
        values |= {"said_first": None, "said_last": None, "undated": True}
    elif said_on is not None:
        values |= {"said_first": said_on.first, "said_last": said_on.last, "undated": False}
    if hide is not None:
        values["hidden"] = hide
    _change(connection, row, values)


def undo(connection: Connection, ref: str, moment: datetime) -> None:
    """Take back every correction of the statement that ``ref`` names.

    The row stays, empty, so that an index that was built with the correction learns that it no longer holds.

    Raises:
        ArchiveError: there is no such statement, or nobody corrected it.
    """
    row = _statement_at(connection, ref)
    if row.correction_key is None:
        raise ArchiveError(f"statement {ref} was not corrected")
    empty = {"speaker_key": None, "speaker": None, "said_first": None, "said_last": None}
    _change(connection, row, {"made": moment, "undated": False, "hidden": False, **empty})


def apply(connection: Connection, article_key: int, revision: int) -> None:
    """Lay an article's corrections over the statements that came with ``revision``.

    One with the very offsets of a statement is that statement's; another goes to the statement that overlaps it most.
    A hidden span hides, besides, every statement that lies within it: new rules may cut it up, not bring it back.
    """
    made = connection.execute(select(corrections).where(corrections.c.article_key == article_key)).all()
    if not made:
        return
    found = connection.execute(
        select(statements).where(statements.c.article_key == article_key, statements.c.revision == revision)
    ).all()
    for correction in made:
        for row in _meant(correction, found):
            _lay(connection, row, correction.key, correction.speaker_key)


def carry(connection: Connection, old_key: int, new_key: int, new_text: str) -> None:
    """Copy the corrections of one version to the next, to where the same words stand in its text."""
    made = connection.execute(select(corrections).where(corrections.c.article_key == old_key)).all()
    if not made:
        return
    old_text = connection.execute(select(texts.c.text).where(texts.c.article_key == old_key)).scalar_one()
    for row in made:
        words = old_text[row.start : row.end]
        places = _places(new_text, words)
        if not places:
            continue
        start = min(places, key=lambda place: abs(place - row.start))
        values = dict(row._mapping) | {"article_key": new_key, "start": start, "end": start + len(words)}
        values.pop("key")
        connection.execute(upsert(corrections).values(values).on_conflict_do_nothing())


def _statement_at(connection: Connection, ref: str) -> Row[Any]:
    parsed = parse_ref(ref)
    if parsed is not None:
        key, start, end = parsed
        row = connection.execute(
            select(statements)
            .join(articles, articles.c.key == statements.c.article_key)
            .where(statements.c.article_key == key, statements.c.revision == articles.c.analysed)
            .where(statements.c.start == start, statements.c.end == end, articles.c.removed.is_(None))
            .order_by(statements.c.confidence.desc(), statements.c.key)
        ).first()
        if row is not None:
            return row
    raise ArchiveError(f"there is no statement {ref}", hint="onrecord ask --json shows each statement's reference")


def _change(connection: Connection, row: Row[Any], values: dict[str, Any]) -> None:
    tally.leave(connection, [row.article_key])
    place = {"article_key": row.article_key, "start": row.start, "end": row.end}
    key = row.correction_key
    if key is None:
        key = connection.execute(select(corrections.c.key).filter_by(**place)).scalar()
    if key is None:
        inserted = connection.execute(insert(corrections), place | values).inserted_primary_key
        assert inserted is not None
        key = int(inserted[0])
    else:
        connection.execute(update(corrections).where(corrections.c.key == key).values(values))
    speaker_key = connection.execute(select(corrections.c.speaker_key).where(corrections.c.key == key)).scalar()
    # A correction may hold for several statements of one place: of other rules, or within a hidden span.
    concerned = connection.execute(select(statements).where(statements.c.correction_key == key)).all()
    for one in {other.key: other for other in [*concerned, row]}.values():
        _lay(connection, one, key, speaker_key)
    tally.enter(connection, [row.article_key])
    # What an index holds of the statement (its speaker is embedded with it; a hidden one is left out) is out of date.
    again = update(articles).where(articles.c.key == row.article_key)
    connection.execute(again.values(revision=articles.c.revision + 1))
    here = select(articles.c.key).where(articles.c.key == row.article_key, articles.c.latest.is_(True))
    connection.execute(upsert(waiting).from_select(["article_key"], here).on_conflict_do_nothing())


def _lay(connection: Connection, row: Row[Any], correction_key: int, speaker_key: int | None) -> None:
    if speaker_key is None:
        speaker_key = _ruled(connection, row)
    connection.execute(
        update(statements)
        .where(statements.c.key == row.key)
        .values(correction_key=correction_key, speaker_key=speaker_key)
    )


def _ruled(connection: Connection, row: Row[Any]) -> int | None:
    """The speaker that holds without a correction: as found, or as split by an editor."""
    split = connection.execute(
        select(splits.c.speaker_key)
        .join(speakers, speakers.c.identity == splits.c.identity)
        .where(speakers.c.key == row.found_key, splits.c.name == row.name)
    ).scalar()
    found: int | None = row.found_key if split is None else split
    return found


def _meant(correction: Row[Any], found: list[Row[Any]] | Any) -> list[Row[Any]]:
    exact = [row for row in found if (row.start, row.end) == (correction.start, correction.end)]
    if exact:
        return exact
    best = max(found, key=lambda row: _overlap(row, correction), default=None)
    meant = {best.key: best} if best is not None and _overlap(best, correction) >= _ENOUGH else {}
    if correction.hidden:
        within = (row for row in found if correction.start <= row.start and row.end <= correction.end)
        meant |= {row.key: row for row in within}
    return list(meant.values())


def _overlap(one: Row[Any], other: Row[Any]) -> float:
    common: int = min(one.end, other.end) - max(one.start, other.start)
    return max(0.0, float(common / (max(one.end, other.end) - min(one.start, other.start))))


def _places(text: str, words: str) -> list[int]:
    places = []
    at = text.find(words)
    while at >= 0:
        places.append(at)
        at = text.find(words, at + 1)
    return places
