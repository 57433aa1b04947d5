"""What the rules found in an article, stored: its statements, their speakers, the editors' corrections over them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from data.archive import corrections, people, tally
from data.archive.rows import statement_row
from data.archive.schema import articles, paragraphs, statements, texts, waiting
from data.model import Analysis, Span, Statement

_COMPARED = tuple(
    column.name
    for column in statements.columns
    if column.name not in {"key", "revision", "found_key", "speaker_key", "correction_key"}
)


def put(connection: Connection, article_key: int, analysis: Analysis, revision: int | None) -> bool:
    """Make an analysis the current one of an article version; whether it was taken.

    It is not taken where the version was removed, or where ``revision`` is given and the article has changed since:
    then the article waits to be analysed again. Statements that are the same as before keep their keys, and the
    article need not be indexed again. Earlier statements stay until ``sweep``, since an older generation may show them.

    Raises:
        ValueError: the analysis is of another article, or its spans leave the text.
    """
    row = connection.execute(
        select(articles.c.id, articles.c.revision, articles.c.analysed, articles.c.latest, texts.c.text)
        .join(texts, texts.c.article_key == articles.c.key)
        .where(articles.c.key == article_key, articles.c.removed.is_(None))
    ).one_or_none()
    if row is None or (revision is not None and row.revision != revision):
        return False
    if row.id != analysis.article:
        raise ValueError(f"an analysis of {analysis.article} put for {row.id}")
    keys: list[int] = list(
        connection.execute(
            select(paragraphs.c.key).where(paragraphs.c.article_key == article_key).order_by(paragraphs.c.ordinal)
        ).scalars()
    )
    for statement in analysis.statements:
        _validate(statement, len(row.text), len(keys))
    new_revision = row.revision + 1
    found = [statement_row(article_key, new_revision, keys[one.paragraph], one) for one in analysis.statements]
    identities = people.keys_of(connection, row.id, analysis.statements)
    for columns, statement in zip(found, analysis.statements, strict=True):
        found_key, speaker_key = identities.get(statement.speaker, (None, None)) if statement.speaker else (None, None)
        columns["found_key"], columns["speaker_key"] = found_key, speaker_key
    if row.analysed and _same(connection, article_key, row.analysed, found):
        connection.execute(update(articles).where(articles.c.key == article_key).values(rules=analysis.rules))
        return True
    if row.analysed:
        tally.leave(connection, [article_key])
    if found:
        connection.execute(insert(statements), found)
    connection.execute(
        update(articles)
        .where(articles.c.key == article_key)
        .values(revision=new_revision, analysed=new_revision, rules=analysis.rules, statements=len(found))
    )
    corrections.apply(connection, article_key, new_revision)
    tally.enter(connection, [article_key])
    if row.latest:
        connection.execute(upsert(waiting).values(article_key=article_key).on_conflict_do_nothing())
    return True


def _same(connection: Connection, article_key: int, revision: int, found: list[dict[str, Any]]) -> bool:
    stored = connection.execute(
        select(statements)
        .where(statements.c.article_key == article_key, statements.c.revision == revision)
        .order_by(statements.c.key)
    ).all()
    if len(stored) != len(found):
        return False
    names = (*_COMPARED, "found_key")
    return all(
        all(row._mapping[name] == columns[name] for name in names) for row, columns in zip(stored, found, strict=True)
    )


def _validate(statement: Statement, length: int, paragraphs_there: int) -> None:
    found = statement.attribution
    spans: list[Span] = [*found.content, statement.passage]
    spans += [span for span in (found.speaker, found.cue) if span is not None]
    if statement.said_on is not None:
        spans.append(statement.said_on.words)
    if not 0 <= statement.paragraph < paragraphs_there:
        raise ValueError(f"a statement in paragraph {statement.paragraph} of {paragraphs_there}")
    if any(not 0 <= start <= end <= length for start, end in spans):
        raise ValueError("a statement's span leaves the article's text")
