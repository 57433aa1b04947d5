"""Attributions in a parsed article: the network proposes, quotation marks and labels settle, speech is told apart."""

from __future__ import annotations

import re
from dataclasses import replace

from data.model import Attribution, Kind, Span, overlap
from data.statements.joining import Marked, join
from data.statements.labels import is_furniture, labelled, signed
from data.statements.mending import apart, mended
from data.statements.nested import nested
from data.statements.parsing import ParsedArticle
from data.statements.proposals import Proposal, propose
from data.statements.quotes import quoted_share
from data.statements.speech import is_refusal, is_speech

RULES = "4"
"""The version of what finds statements: it changes whenever the same article could give others."""

ACCEPT = 0.55
"""Attributions with a smaller confidence are dropped."""

PARTED = 80
"""Characters of quoted sentences after "..., she said." that are a statement of their own: enough to be cited alone."""

_NEW_SENTENCE = re.compile(r"[.!?]\s+['\"“«„‘`]\Z")


def find(parsed: ParsedArticle) -> list[Attribution]:
    """The attributions of an article, in the order of their content.

    Every span lies within the article's paragraphs, is not empty and has no white space at its edges; the spans of one
    content are in order and apart.
    """
    article = parsed.article
    marked = Marked(article)
    turns = labelled(article)
    proposals = [p for p in _settle(propose(parsed)) if not _is_label(article.text, p, turns)]
    proposals = apart(marked, mended(parsed, marked, proposals))
    proposals += signed(marked, proposals)
    joined = [part for p in join(marked, proposals) for part in _parted(article.text, p)]
    inner = [p for p in nested(parsed, joined) if not any(_both_overlap(p.cue, other.cue) for other in joined)]
    found = [_attribution(parsed, marked, proposal) for proposal in [*joined, *inner, *turns]]
    return sorted(found, key=lambda a: (a.content[0], a.cue or (0, 0)))


def _settle(proposals: list[Proposal]) -> list[Proposal]:
    """Of proposals whose cues overlap the surest is kept; those not sure enough go."""
    kept: list[Proposal] = []
    for proposal in sorted(proposals, key=lambda p: -p.confidence):
        if proposal.confidence >= ACCEPT and not any(_both_overlap(p.cue, proposal.cue) for p in kept):
            kept.append(proposal)
    return kept


def _parted(text: str, proposal: Proposal) -> list[Proposal]:
    """ "A," she said. "B.": where B is long it is a statement of its own, with the same speaker and cue.

    A quote that goes on in the cue's own sentence ("A," she said, "b.") is never parted.
    """
    if proposal.cue is None:
        return [proposal]
    end = proposal.cue[1]
    before = tuple(span for span in proposal.content if span[0] < end)
    after = tuple(span for span in proposal.content if span[0] >= end)
    if not before or sum(last - first for first, last in after) < PARTED:
        return [proposal]
    if not _NEW_SENTENCE.search(text[end : after[0][0] + 1]):
        return [proposal]
    return [replace(proposal, content=before), replace(proposal, content=after)]


def _is_label(text: str, proposal: Proposal, turns: list[Proposal]) -> bool:
    """Whether a proposal is a labelled turn over again, or a part of the page ("Photo: ...") taken for one."""
    if proposal.speaker and is_furniture(text[slice(*proposal.speaker)]):
        return True
    if _heads_an_item(text, proposal) and not any(turn.ordinal == proposal.ordinal for turn in turns):
        return True
    return any(
        turn.ordinal == proposal.ordinal
        and (_both_overlap(proposal.cue, turn.cue) or _both_overlap(proposal.speaker, turn.speaker))
        for turn in turns
    )


_QUOTED = re.compile(r"[\"“”«»„]|(?<!\w)['‘][^'‘’]{3,}['’](?!\w)")
"""Quotation marks, single ones only around something: "Falk: Brack is 'the favoured choice'"."""


def _heads_an_item(text: str, proposal: Proposal) -> bool:
    """ "Monroeville: The owner of a mill said ...": what opens a paragraph before a colon and no quote is a heading."""
    if proposal.cue is None or proposal.speaker is None or text[slice(*proposal.cue)] != ":":
        return False
    begins = proposal.ordinal > 1 and text[proposal.speaker[0] - 1] == "\n"  # a headline says "Falk: No more taxes"
    words = text[slice(*proposal.speaker)]
    quoted = any(_QUOTED.search(text, first, last) for first, last in proposal.content)
    return begins and proposal.speaker[1] <= proposal.cue[0] and not quoted and not words.isupper()


def _attribution(parsed: ParsedArticle, marked: Marked, proposal: Proposal) -> Attribution:
    text = parsed.article.text
    cue = text[slice(*proposal.cue)] if proposal.cue else ""
    speaker = text[slice(*proposal.speaker)] if proposal.speaker else ""
    refusal = is_refusal(cue)
    anchor = None if proposal.anchor is None else parsed.docs[proposal.ordinal][proposal.anchor]
    speech = bool(speaker) and (proposal.anchor is None or is_speech(cue, speaker, anchor))
    share = quoted_share(text, proposal.content, marked.within(proposal.content))
    return Attribution(
        proposal.speaker,
        proposal.cue,
        proposal.content,
        kind_of(share),
        speech and not refusal,
        proposal.confidence,
        refusal,
    )


def kind_of(share: float) -> Kind:
    """The kind of a content, from the share of its letters and digits that stands in quotation marks."""
    if share >= 0.95:
        return "direct"
    return "mixed" if share else "indirect"


def _both_overlap(a: Span | None, b: Span | None) -> bool:
    return a is not None and b is not None and overlap(a, b)
