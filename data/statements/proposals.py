"""What the network proposes, paragraph by paragraph, before anything is settled across them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.model import Span
from data.settings import Settings
from data.statements.features import Tokens, children_of, relations_of, tokens_of
from data.statements.network import CONTENT, CONTENT_FIRST, CUE, SOURCE, SOURCE_FIRST, Labelling, network
from data.statements.parsing import ParsedArticle
from data.statements.quotes import opens_with_quote, quotes

ANCHOR = 0.15
"""Tokens with a smaller probability of anchoring a cue are not looked at further."""

_AT_ONCE = 8_000
"""Tokens that are run through the network together: bounds the memory that an endless article takes."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A possible attribution, in article offsets. ``content`` is empty where a cue announces the next paragraph.

    ``anchor`` is the cue's token in the Doc of paragraph ``ordinal``; both it and ``cue`` are None where a quote stands
    alone and its speaker was taken from the paragraph before.
    """

    ordinal: int
    anchor: int | None
    speaker: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    confidence: float


def tokens_of_article(parsed: ParsedArticle) -> dict[int, Tokens]:
    """The tokens of every parsed paragraph that has any, by its ordinal."""
    found: dict[int, Tokens] = {}
    open_before = False
    known = parsed.pipeline == Settings.model_fields["spacy"].default
    for ordinal in sorted(parsed.docs):
        doc = parsed.docs[ordinal]
        text = parsed.article.paragraph(ordinal)
        marked = quotes(text)
        goes_on = open_before and opens_with_quote(text)
        if len(doc):
            found[ordinal] = tokens_of(doc, marked, title=ordinal == 0, goes_on=goes_on, with_tensor=known)
        open_before = bool(marked) and not marked[-1].closed
    return found


def propose(parsed: ParsedArticle) -> list[Proposal]:
    """Every attribution that the network sees in the article's paragraphs, sure or not."""
    found: list[Proposal] = []
    batch: dict[int, Tokens] = {}
    for ordinal, tokens in tokens_of_article(parsed).items():
        if batch and sum(map(len, batch.values())) + len(tokens) > _AT_ONCE:
            found += _propose(parsed, batch)
            batch = {}
        batch[ordinal] = tokens
    return found + _propose(parsed, batch) if batch else found


def _propose(parsed: ParsedArticle, tokens: dict[int, Tokens]) -> list[Proposal]:
    ordinals = list(tokens)
    model = network()
    encoded = model.encode(list(tokens.values()))
    cases = []
    for number, ordinal in enumerate(ordinals):
        part, offset = tokens[ordinal], encoded.offsets[number]
        anchors = np.flatnonzero(encoded.anchors[offset : offset + len(part)] > ANCHOR).tolist()
        if anchors:
            children = children_of(part.head)
            cases += [(number, anchor, relations_of(part, anchor, children)) for anchor in anchors]
    found = []
    for (number, anchor, _), labelling in zip(cases, model.label(encoded, cases), strict=True):
        ordinal = ordinals[number]
        probability = float(encoded.anchors[encoded.offsets[number] + anchor])
        base = parsed.article.paragraphs[ordinal][0]
        found.append(read(tokens[ordinal], base, ordinal, anchor, labelling, probability))
    return found


def read(tokens: Tokens, base: int, ordinal: int, anchor: int, labelling: Labelling, probability: float) -> Proposal:
    """The spans that a labelling names, ``base`` being where the paragraph starts."""
    content = _spans(tokens, base, labelling, {CONTENT_FIRST}, {CONTENT})
    sources = _spans(tokens, base, labelling, {SOURCE_FIRST}, {SOURCE})
    at = base + int(tokens.start[anchor]), base + int(tokens.end[anchor])
    cues = [span for span in _spans(tokens, base, labelling, set(), {CUE}) if span[0] <= at[0] < span[1]]
    speaker = max(sources, key=lambda span: span[1] - span[0], default=None)
    return Proposal(ordinal, anchor, speaker, cues[0] if cues else at, tuple(content), probability * labelling.holds)


def _spans(tokens: Tokens, base: int, labelling: Labelling, first: set[int], later: set[int]) -> list[Span]:
    spans: list[Span] = []
    previous = -2
    for i, label in enumerate(labelling.labels.tolist()):
        if label not in first and label not in later:
            continue
        start, end = base + int(tokens.start[labelling.first + i]), base + int(tokens.end[labelling.first + i])
        if label in first or i != previous + 1:
            spans.append((start, end))
        else:
            spans[-1] = (spans[-1][0], end)
        previous = i
    return spans
