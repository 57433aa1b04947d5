"""Attributions in a parsed article."""

from __future__ import annotations

from typing import Any

from data.model import Attribution, Kind, Span
from data.statements.parsing import ParsedArticle
from data.statements.passages import strip

RULES = "0"
_CUES = frozenset(
    "said says say saying told tells wrote added asked announced argued warned claimed called noted insisted urged "
    "explained declared denied promised suggested tweeted replied responded acknowledged stated testified predicted "
    "reported confirmed continued criticized accused vowed pledged complained admitted concluded recalled".split()
)


def find(parsed: ParsedArticle) -> list[Attribution]:
    """The attributions of an article, in the order of their content."""
    found: list[Attribution] = []
    for ordinal in sorted(parsed.docs):
        base = parsed.article.paragraphs[ordinal][0]
        for token in parsed.docs[ordinal]:
            if token.lower_ in _CUES and token.pos_ in {"VERB", "AUX"}:
                attribution = _attribution(token, base, parsed.article.text)
                if attribution:
                    found.append(attribution)
    return sorted(found, key=lambda a: a.content[0])


def _attribution(verb: Any, base: int, text: str) -> Attribution | None:
    subject = next((c for c in verb.children if c.dep_ in {"nsubj", "nsubjpass"}), None)
    content = next((c for c in verb.children if c.dep_ in {"ccomp", "parataxis", "dobj", "xcomp"}), None)
    if content is None:
        return None
    speaker = None
    if subject is not None:
        speaker = _span(list(subject.subtree), base)
    span = strip(text, _span([t for t in content.subtree if t.i != verb.i], base))
    if span[0] >= span[1] or span[0] < base + verb.idx < span[1]:
        return None
    quoted = any(mark in text[max(0, span[0] - 1) : span[1]] for mark in '"“”')
    kind: Kind = "mixed" if quoted else "indirect"
    return Attribution(speaker, (base + verb.idx, base + verb.idx + len(verb)), (span,), kind)


def _span(tokens: list[Any], base: int) -> Span:
    return base + tokens[0].idx, base + tokens[-1].idx + len(tokens[-1])
