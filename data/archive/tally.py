"""How many statements each name of each speaker has, kept as they change instead of counted when asked.

Whatever changes which statements count does it between ``leave`` and ``enter`` for the articles concerned. Counted are
the current, not hidden statements of latest versions. ``recount`` says what the counts must be.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from data.archive.rows import among
from data.archive.schema import aliases, articles, corrections, speakers, state, statements

_NAME = func.coalesce(corrections.c.speaker, statements.c.name)
_GONE = delete(aliases).where(aliases.c.statements == 0)
_ADD = upsert(aliases).values(speaker_key=bindparam("key"), name=bindparam("alias"), statements=bindparam("number"))
_ADD = _ADD.on_conflict_do_update(
    index_elements=[aliases.c.speaker_key, aliases.c.name],
    set_={"statements": aliases.c.statements + _ADD.excluded.statements},
)


def leave(connection: Connection, article_keys: Iterable[int]) -> None:
    """Take these articles' statements out of the counts, as they stand now."""
    _shift(connection, list(article_keys), -1)


def enter(connection: Connection, article_keys: Iterable[int]) -> None:
    """Count these articles' statements, as they stand now."""
    _shift(connection, list(article_keys), 1)


def touch(connection: Connection, speaker_keys: Iterable[int]) -> None:
    """Mark speakers as changed by the commit that is being made."""
    connection.execute(
        update(speakers).where(among(speakers.c.key, speaker_keys)).values(changed=next_change(connection))
    )


def next_change(connection: Connection) -> int:
    """What the change counter will be after this commit."""
    return 1 + int(connection.execute(select(state.c.value).where(state.c.name == "changes")).scalar_one())


def recount(connection: Connection) -> dict[tuple[int, str], int]:
    """The counts by (speaker key, name), from the statements themselves."""
    return {(row[0], row[1]): row[2] for row in connection.execute(_counted(articles.c.latest.is_(True)))}


def _shift(connection: Connection, article_keys: list[int], sign: int) -> None:
    if not article_keys:
        return
    counted = connection.execute(_counted(among(statements.c.article_key, article_keys))).all()
    if not counted:
        return
    connection.execute(_ADD, [{"key": key, "alias": name, "number": sign * number} for key, name, number in counted])
    if sign < 0:
        connection.execute(_GONE)
    touch(connection, {key for key, _, _ in counted})


def _counted(wanted: ColumnElement[bool]) -> Select[Any]:
    return (
        select(statements.c.speaker_key, _NAME, func.count())
        .join(articles, articles.c.key == statements.c.article_key)
        .outerjoin(corrections, corrections.c.key == statements.c.correction_key)
        .where(
            wanted,
            articles.c.latest.is_(True),
            statements.c.revision == articles.c.analysed,
            statements.c.speaker_key.is_not(None),
            and_(_NAME.is_not(None), or_(corrections.c.key.is_(None), corrections.c.hidden.is_(False))),
        )
        .group_by(statements.c.speaker_key, _NAME)
    )
