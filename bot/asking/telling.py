"""A claim inside a claim: what B said as A tells it is shown as told by A, never as B's words plain and simple."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.asking.answer import Citation
from data.archive import StoredStatement
from data.archive.lookups import Lookups
from data.archive.rows import parse_ref
from data.model import Attribution, Span


def as_told(citations: Sequence[Citation], reading: Lookups) -> tuple[Citation, ...]:
    """The citations, each that stands inside another speaker's statement with that speaker as ``told_by``."""
    keys = {key for citation in citations if (key := _article_key(citation)) is not None}
    beside: dict[int, list[StoredStatement]] = {}
    for one in reading.statements(article_keys=keys) if keys else []:
        beside.setdefault(one.article_key, []).append(one)
    return tuple(_told(citation, beside) for citation in citations)


def _told(citation: Citation, beside: dict[int, list[StoredStatement]]) -> Citation:
    key = _article_key(citation)
    if key is None:
        return citation
    others = beside.get(key, [])
    own = next((one for one in others if one.ref == citation.statement), None)
    if own is None:
        return citation
    teller = _teller(own, others)
    return replace(citation, told_by=teller) if teller else citation


def _article_key(citation: Citation) -> int | None:
    """The key of the article whose statement is cited; None where a whole paragraph is."""
    parsed = parse_ref(citation.statement) if citation.statement else None
    return parsed[0] if parsed else None


def _teller(own: StoredStatement, others: Iterable[StoredStatement]) -> str | None:
    """Who said the shortest statement around this one, where that is somebody else."""
    inner = own.statement.attribution
    around = [
        one
        for one in others
        if one.statement.attribution.speech
        and one.statement.speaker is not None
        and own.statement.speaker is not None
        and one.statement.speaker.name != own.statement.speaker.name
        and _holds(one.statement.attribution, inner)
    ]
    if not around:
        return None
    nearest = min(around, key=lambda one: sum(end - start for start, end in one.statement.attribution.content))
    return nearest.statement.speaker.name if nearest.statement.speaker else None


def _holds(outer: Attribution, inner: Attribution) -> bool:
    """Does the cue of one statement, and what it introduces, stand inside the content of the other?"""
    parts = [*inner.content, *([inner.cue] if inner.cue else [])]
    return inner.cue is not None and all(any(_inside(part, whole) for whole in outer.content) for part in parts)


def _inside(part: Span, whole: Span) -> bool:
    return whole[0] <= part[0] and part[1] <= whole[1] and part != whole
