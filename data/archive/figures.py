"""The archive in numbers, for ``onrecord status``. Counted are latest versions that are not removed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, union

from data.archive.records import Counts
from data.archive.schema import aliases, articles, tombstones, waiting


@dataclass(frozen=True, slots=True)
class Row:
    """One outlet or month ("2022-03"; None: undated) with its articles and statements."""

    name: str | None
    articles: int
    statements: int


def counts(connection: Connection, path: Path) -> Counts:
    """Everything in one look. ``bytes`` is the archive's size on disk with its write-ahead log."""
    row = connection.execute(
        select(
            func.count(),
            func.coalesce(func.sum(articles.c.paragraphs), 0),
            func.coalesce(func.sum(articles.c.statements), 0),
            func.count(func.distinct(articles.c.outlet)),
            func.max(articles.c.published),
            func.min(articles.c.published),
        ).where(articles.c.latest.is_(True))
    ).one()
    gone = union(
        select(articles.c.key).where(articles.c.removed.is_not(None)), select(tombstones.c.article_key)
    ).subquery()
    return Counts(
        articles=row[0],
        paragraphs=row[1],
        statements=row[2],
        speakers=connection.execute(select(func.count(func.distinct(aliases.c.speaker_key)))).scalar_one(),
        outlets=row[3],
        versions=connection.execute(select(func.count()).where(articles.c.removed.is_(None))).scalar_one(),
        removed=connection.execute(select(func.count()).select_from(gone)).scalar_one(),
        waiting=connection.execute(select(func.count()).select_from(waiting)).scalar_one(),
        newest=row[4],
        oldest=row[5],
        bytes=sum(part.stat().st_size for part in (path, Path(f"{path}-wal")) if part.exists()),
    )


def by_outlet(connection: Connection) -> list[Row]:
    """Outlets, the one with the most articles first."""
    return _grouped(connection, articles.c.outlet, func.count().desc())


def by_month(connection: Connection) -> list[Row]:
    """Months of publication, the earliest first."""
    month = func.strftime("%Y-%m", articles.c.published)
    return _grouped(connection, month, month)


def _grouped(connection: Connection, column: ColumnElement[Any], order: ColumnElement[Any]) -> list[Row]:
    counted = select(column, func.count(), func.coalesce(func.sum(articles.c.statements), 0))
    query = counted.where(articles.c.latest.is_(True)).group_by(column).order_by(order, column)
    return [Row(*row) for row in connection.execute(query)]
