"""Readers' "Wrong?": counted by statement and kind of fault. Who said so is never known here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from data.archive.rows import ref_of
from data.archive.schema import articles, faults

FaultKind = Literal["speaker", "date", "quote", "source"]


@dataclass(frozen=True, slots=True)
class Fault:
    """How often readers called something wrong with the statement ``ref``, and on which day last."""

    ref: str
    article: str
    kind: FaultKind
    count: int
    last: date


def count(connection: Connection, article_key: int, start: int, end: int, kind: FaultKind, today: date) -> bool:
    """Count one report; False where the article is not there any more.

    Raises:
        ValueError: there is no such kind of fault.
    """
    if kind not in get_args(FaultKind):
        raise ValueError(f"no kind of fault: {kind}")
    there = select(articles.c.key).where(articles.c.key == article_key, articles.c.removed.is_(None))
    if connection.execute(there).scalar() is None:
        return False
    first = upsert(faults).values(article_key=article_key, start=start, end=end, kind=kind, times=1, last=today)
    connection.execute(
        first.on_conflict_do_update(
            index_elements=[faults.c.article_key, faults.c.start, faults.c.end, faults.c.kind],
            set_={"times": faults.c.times + 1, "last": today},
        )
    )
    return True


def listed(connection: Connection) -> list[Fault]:
    """Every counted fault of articles that are there, the most frequent first."""
    rows = connection.execute(
        select(faults, articles.c.id)
        .join(articles, articles.c.key == faults.c.article_key)
        .where(articles.c.removed.is_(None))
        .order_by(faults.c.times.desc(), faults.c.last.desc(), faults.c.article_key, faults.c.start)
    )
    return [Fault(ref_of(row.article_key, row.start, row.end), row.id, row.kind, row.times, row.last) for row in rows]
