"""Rows of the tables to records, and records to rows."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, func, select

from data.archive.records import StoredArticle, StoredStatement
from data.archive.schema import corrections, paragraphs, speakers, statements
from data.model import Article, Attribution, DateRange, SaidOn, Span, SpeakerName, Statement

_REF = re.compile(r"(\d{1,18})\.(\d{1,12})-(\d{1,12})\Z")


def among(column: ColumnElement[Any], values: Iterable[int | str]) -> ColumnElement[bool]:
    """``column IN values`` for any number of values, by one bound parameter: SQLite limits the number of those."""
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(listed.c.value))


def digest(text: str) -> bytes:
    """16 bytes of BLAKE2b over the UTF-8 text (RFC 7693)."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def ref_of(article_key: int, start: int, end: int) -> str:
    """A statement's stable reference: the version's key and the extent of the content in its text."""
    return f"{article_key}.{start}-{end}"


def parse_ref(ref: str) -> tuple[int, int, int] | None:
    """(article key, start, end) of a reference; None where it is none."""
    match = _REF.match(ref)
    if match is None:
        return None
    key, start, end = (int(part) for part in match.groups())
    return (key, start, end) if start < end else None


def extent(content: Sequence[Span]) -> Span:
    """From the first to the last character of a statement's content."""
    return min(start for start, _ in content), max(end for _, end in content)


def article_of(row: Row[Any], text: str, paragraphs: tuple[Span, ...], sources: tuple[str, ...]) -> StoredArticle:
    """``row`` holds the columns of ``articles`` and ``outlet_notice``."""
    return StoredArticle(
        key=row.key,
        article=Article(
            id=row.id,
            text=text,
            paragraphs=paragraphs,
            url=row.url,
            outlet=row.outlet,
            title=row.title,
            author=row.author,
            published=row.published,
            language=row.language,
            notice=row.notice or row.outlet_notice,
            source=sources[0] if sources else None,
            given_id=row.given_id,
        ),
        version=row.version,
        ingested=row.ingested,
        corrected=row.corrected,
        story=row.story,
        sources=sources,
        revision=row.revision,
        rules=row.rules,
        latest=row.latest,
        removed=row.removed,
    )


STATEMENT = (
    statements.c.key,
    statements.c.article_key,
    statements.c.paragraph_key,
    paragraphs.c.ordinal,
    statements.c.start,
    statements.c.end,
    statements.c.content,
    statements.c.speaker_start,
    statements.c.speaker_end,
    statements.c.cue_start,
    statements.c.cue_end,
    statements.c.kind,
    statements.c.speech,
    statements.c.refusal,
    statements.c.confidence,
    statements.c.speaker_key,
    statements.c.name,
    statements.c.role,
    statements.c.resolved,
    statements.c.form,
    statements.c.gender,
    statements.c.said_first,
    statements.c.said_last,
    statements.c.said_start,
    statements.c.said_end,
    statements.c.said_basis,
    statements.c.passage_start,
    statements.c.passage_end,
    corrections.c.key,
    corrections.c.hidden,
    corrections.c.speaker,
    speakers.c.form.label("corrected_form"),
    corrections.c.undated,
    corrections.c.said_first.label("corrected_first"),
    corrections.c.said_last.label("corrected_last"),
)
"""What ``statement_of`` takes apart, in this order; ``speakers`` joined by the correction's speaker."""


def statement_of(row: Row[Any]) -> StoredStatement:
    """A row of the columns ``STATEMENT``. Taken apart by position: by name it would take twice as long."""
    # fmt: off
    (
        key, article_key, paragraph_key, ordinal, start, end, content, speaker_start, speaker_end, cue_start, cue_end,
        kind, speech, refusal, confidence, speaker_key, name, role, resolved, form, gender,
        said_first, said_last, said_start, said_end, basis, passage_start, passage_end,
        correction_key, hidden, corrected_name, corrected_form, undated, corrected_first, corrected_last,
    ) = tuple(row)
    # fmt: on
    speaker = None if name is None else SpeakerName(name, role, bool(resolved), form, gender)
    said_on = None
    if said_first is not None:
        said_on = SaidOn(DateRange(said_first, said_last), (said_start, said_end), basis)
    edited: frozenset[str] = frozenset()
    if correction_key is not None:
        if corrected_name is not None:
            edited |= {"speaker"}
            # The role that the article gives belongs to the name that it was found with.
            role = role if name == corrected_name else None
            speaker = SpeakerName(corrected_name, role, resolved=True, form=corrected_form)
        if undated or corrected_first is not None:
            edited |= {"said_on"}
            said_on = None
            if corrected_first is not None:
                said_on = SaidOn(DateRange(corrected_first, corrected_last), (start, start), "editor")
    attribution = Attribution(
        _span(speaker_start, speaker_end),
        _span(cue_start, cue_end),
        tuple([(first, last) for first, last in content]),
        kind,
        speech,
        confidence,
        refusal,
    )
    return StoredStatement(
        key,
        ref_of(article_key, start, end),
        article_key,
        paragraph_key,
        Statement(attribution, speaker, said_on, ordinal, (passage_start, passage_end)),
        speaker_key,
        edited,
        bool(hidden),
    )


def statement_row(article_key: int, revision: int, paragraph_key: int, statement: Statement) -> dict[str, Any]:
    """The columns of ``statements`` that a statement gives by itself; the speakers' keys come later."""
    found, name, said_on = statement.attribution, statement.speaker, statement.said_on
    start, end = extent(found.content)
    return {
        "article_key": article_key,
        "revision": revision,
        "paragraph_key": paragraph_key,
        "start": start,
        "end": end,
        "content": [list(span) for span in found.content],
        "speaker_start": found.speaker[0] if found.speaker else None,
        "speaker_end": found.speaker[1] if found.speaker else None,
        "cue_start": found.cue[0] if found.cue else None,
        "cue_end": found.cue[1] if found.cue else None,
        "kind": found.kind,
        "speech": found.speech,
        "refusal": found.refusal,
        "confidence": found.confidence,
        "name": name.name if name else None,
        "role": name.role if name else None,
        "resolved": name.resolved if name else None,
        "form": name.form if name else None,
        "gender": name.gender if name else None,
        "said_first": said_on.days.first if said_on else None,
        "said_last": said_on.days.last if said_on else None,
        "said_start": said_on.words[0] if said_on else None,
        "said_end": said_on.words[1] if said_on else None,
        "said_basis": said_on.basis if said_on else None,
        "passage_start": statement.passage[0],
        "passage_end": statement.passage[1],
    }


def first_of(rows: Iterable[Mapping[str, Any]], field: str) -> Any:
    """The first value of a field that is given at all: how several sources' metadata become one."""
    return next((row[field] for row in rows if row[field] is not None), None)


def day(value: object) -> date:
    """A column known to hold a date."""
    return cast(date, value)


def _span(start: int | None, end: int | None) -> Span | None:
    return None if start is None or end is None else (start, end)
