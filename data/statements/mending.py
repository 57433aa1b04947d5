"""Proposals set right where the tree or the punctuation plainly says otherwise.

The network reads habits; these are the cases in which a habit misleads it: the agent of a passive is who speaks, a
dateline is nobody's words, a quote that ends in a comma belongs to the words after it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from data.model import Span
from data.statements.joining import Marked
from data.statements.parsing import ParsedArticle, extent
from data.statements.passages import strip
from data.statements.proposals import Proposal
from data.statements.speech import is_speech

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_DATELINE = re.compile(
    r"(?:[A-Z][\w.'’-]*,? ){0,4}?[A-Z][\w.'’-]*(?:, \w+\.? \d{1,2}(?:, \d{4})?)?(?: \([A-Z][\w /]{1,20}\))?"
    r" ?(?:--|[-–—]) +"
)
_DAY = re.compile(
    r"(?:late |early |earlier )?(?:on )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"(?: (?:morning|afternoon|evening|night))?,? (?:that )?(?=[\w“\"])"
    r"(?!(?:would|will|could|might|may|was|is|had|has|and|or|to|through|night|morning|that)\b)"
)
_TOLD = re.compile(r"(?: (?:the |his |her )?[\w.’'-]+){0,3}\s*")
"""Whom somebody tells: words between a cue and what is said."""
_POINTER = re.compile(
    r"(?:it|this|that|these|those|them|him|her|so|such|which|what|who|whom|one|nothing|something|anything|more|"
    r"(?:this|that|the same|those|these) (?:comments?|remarks?|views?|claims?|words?|statements?|sentiments?|"
    r"points?|things?|questions?|messages?|concerns?))(?: (?:too|again|twice|often|repeatedly|before|now|then))?",
    re.IGNORECASE,
)
_TARGETS = """
accused advised applauded asked assailed assured attacked berated blasted blamed briefed called cautioned
challenged characterised characterized chided condemned congratulated criticised criticized decried denounced
derided described dismissed dubbed hailed informed instructed interviewed labelled labeled lambasted lampooned
lauded likened mocked notified ordered praised pressed questioned rebuked rebuffed rejected reminded reprimanded
ridiculed scolded slammed summoned taunted thanked told touted urged warned welcomed
"""
_TARGETED = frozenset(_TARGETS.split())
"""Passives whose subject is talked to or about and never the one who speaks ("was urged to", "was told that")."""

_CALLED = frozenset(["call", "called", "calling", "calls", "phoned", "telephoned"])
_WON = frozenset(["claim", "claimed", "claiming", "claims"])
_PRIZE = re.compile(
    r"(?:(?:a|an|the|his|her|their|its|\d+|two|three|several|\w+-place|first|second|third|back-to-back) )*"
    r"(?:\w+ ){0,2}(?:gold|silver|bronze|victory|victories|wins?|titles?|medals?|lives|life|crown|trophy"
    r"|championships?)(?: (?:in|at|for|on|over|from|of)\b.*)?",
    re.IGNORECASE,
)
"""What is claimed without a word: "claimed silver", "claimed 12 lives"."""
_TERMINAL = re.compile(r"[.!?…][\"'”’»“)\]]*$")
_COMMA_END = re.compile(r"[,，][\"'”’»“)\]]*$")


def mended(parsed: ParsedArticle, marked: Marked, proposals: list[Proposal]) -> list[Proposal]:
    """The proposals with speakers and contents set right; those that hold no words of anybody left out."""
    text = parsed.article.text
    found: list[Proposal] = []
    for proposal in proposals:
        doc = parsed.docs[proposal.ordinal]
        anchor = doc[proposal.anchor] if proposal.anchor is not None else None
        base, end = parsed.article.paragraphs[proposal.ordinal]
        content = tuple(_after_day(text, _trimmed(text, span, base), proposal.cue) for span in proposal.content)
        content = tuple(_ended(text, span, marked, proposal) for span in content)
        kept = [span for span in content if span[0] < span[1] and not _another(text, span, proposal, end)]
        kept = [span for span in kept if not _closed_off(text, span, proposal)] or kept
        one = replace(proposal, content=tuple(kept))
        if anchor is not None:
            one = _spoken_by(text, _about(one, anchor, base, marked), anchor, base, doc)
        if proposal.content and (not one.content or _says_nothing(text, one, base, doc)):
            continue
        found.append(one)
    return found


def apart(marked: Marked, proposals: list[Proposal]) -> list[Proposal]:
    """Proposals that share no span of content: one that two claim goes to one of them, unless it is all the other has.

    A content also ends at the semicolon before somebody else's claim ("... a trillion; the bank puts it at half that").
    Between two cues, a whole sentence of quote goes on with the cue before it, unless the cue after it has no other
    words; what ends in a comma belongs to the cue after it. With both cues on one side the nearer has it.
    """
    found = list(proposals)
    for i, one in enumerate(found):
        others = [other for other in found if other is not one and other.ordinal == one.ordinal]
        kept = tuple(span for span in one.content if not any(_taken(marked, span, one, other) for other in others))
        kept = tuple(_up_to_claim(marked.text, span, one, others) for span in kept)
        if kept and kept != one.content:
            found[i] = replace(one, content=kept)
    return found


def _up_to_claim(text: str, span: Span, one: Proposal, others: list[Proposal]) -> Span:
    """A span up to the semicolon after which another proposal's speaker and cue stand, within the span."""
    at = text.find(";", *span)
    if at < 0 or (one.cue and one.cue[0] > at):
        return span
    own = any(
        other.speaker
        and other.cue
        and at < other.speaker[0]
        and at < other.cue[0] < span[1]
        and other.speaker[1] <= span[1]
        for other in others
    )
    return strip(text, (span[0], at)) if own else span


def _taken(marked: Marked, span: Span, one: Proposal, other: Proposal) -> bool:
    """Whether ``span``, which both claim, belongs to ``other``."""
    if one.cue is None or other.cue is None or len(one.content) < 2:
        return False
    around = next((whole for whole in other.content if whole[0] <= span[0] and span[1] <= whole[1]), None)
    if around is None or around[0] <= one.cue[0] < around[1]:
        return False  # nobody else's, or a claim within a claim
    if around != span:  # a piece of what the other says, torn out of its quote
        return any(first < span[0] < last for first, last in marked.within((span,)))
    before_one, before_other = span[1] <= one.cue[0], span[1] <= other.cue[0]
    if before_one == before_other:
        return _gap(span, other.cue) < _gap(span, one.cue)
    later = one.cue if before_one else other.cue
    ending = _TERMINAL.search(marked.text[span[0] : span[1]])
    whole = ending is not None and (ending.group()[0] in ".…" or "." in marked.text[span[1] : later[0]])
    if before_one:
        return whole
    return not whole or len(other.content) == 1


def _gap(a: Span, b: Span) -> int:
    return max(0, a[0] - b[1], b[0] - a[1])


def _trimmed(text: str, span: Span, base: int) -> Span:
    """A span without the dateline that a paragraph opens with."""
    if span[0] == base:
        dateline = _DATELINE.match(text, span[0], span[1])
        if dateline and _is_dateline(dateline.group()):
            return dateline.end(), span[1]
    return span


def _is_dateline(opening: str) -> bool:
    """ "JERUSALEM - ", "Tarnby, March 3 - ": capitals, a day or an agency; not "Falk - "."""
    return opening.split(",")[0].split("(")[0].strip(" -–—").isupper() or bool(re.search(r"\d|\(", opening))


def _after_day(text: str, span: Span, cue: Span | None) -> Span:
    """A span without the day of the saying that it opens with: "told reporters [Friday the yard would close]"."""
    if cue is None or span[0] < cue[1] or not _TOLD.fullmatch(text, cue[1], span[0]):
        return span
    day = _DAY.match(text, *span)
    return (day.end(), span[1]) if day else span


def _ended(text: str, span: Span, marked: Marked, proposal: Proposal) -> Span:
    """A span that opens with a quote and goes on in a new, unquoted sentence ends where its quote does."""
    for quote in marked.quotes[proposal.ordinal]:
        start, end = quote.outer
        if abs(start - span[0]) <= 1 and quote.closed and end < span[1] and _TERMINAL.search(text[start:end]):
            rest = text[end : span[1]].lstrip()
            if rest[:1].isupper() and proposal.cue is not None and proposal.cue[1] <= span[0]:
                return span[0], end
    return span


def _another(text: str, span: Span, proposal: Proposal, end: int) -> bool:
    """Whether a later sentence's quote ends in a comma: the words after it say whose it is, not the cue before it."""
    if proposal.cue is None or span[0] < proposal.cue[1] or not _COMMA_END.search(text[span[0] : span[1]]):
        return False
    between = text[proposal.cue[1] : span[0]].rstrip()
    return between.endswith((".", "!", "?")) and text[span[1] : min(end, span[1] + 2)].strip()[:1].islower()


def _closed_off(text: str, span: Span, proposal: Proposal) -> bool:
    """Whether a semicolon parts a span from the speaker after it ("X hopes for rain; Y says ..." is not said by Y)."""
    speaker = proposal.speaker
    return speaker is not None and span[1] <= speaker[0] and text[span[1] : speaker[0]].lstrip("\"'”’ ").startswith(";")


def _about(proposal: Proposal, anchor: Token, base: int, marked: Marked) -> Proposal:
    """A proposal without the words about the cue: when, where and to whom it was said."""
    if len(proposal.content) < 2 or proposal.cue is None:
        return proposal
    quoted = marked.within(proposal.content)
    kept = list(proposal.content)
    direct = [span for span in kept if any(q[0] <= span[0] + 1 and span[1] - 1 <= q[1] for q in quoted)]
    for span in proposal.content:
        token = _head(anchor.doc, span, base)
        if span in direct or token is None or any(q[0] < span[1] and span[0] < q[1] for q in quoted):
            continue
        if (
            direct
            and span[0] >= proposal.cue[1]
            and (_hangs_as(token, anchor, _CIRCUMSTANCES) or _is_name(span, token, base))
        ):
            kept.remove(span)  # '"A," she said of [the plan]', 'he told [Jane Roe], "B."'
        elif span[1] <= proposal.cue[0] and _hangs_as(token, anchor, {"advcl"}) and _has_clause(anchor, kept, base):
            kept.remove(span)  # "[Before the vote was held], she said that ..."
    return replace(proposal, content=tuple(kept)) if kept else proposal


_CIRCUMSTANCES = frozenset(["prep", "advcl", "npadvmod", "advmod"])


def _is_name(span: Span, token: Token, base: int) -> bool:
    """Whether a span is a person's name and no more."""
    return any(
        ent.label_ == "PERSON" and ent.start <= token.i < ent.end and ent.end_char + base == span[1]
        and ent.start_char + base == span[0] for ent in token.doc.ents
    )  # fmt: skip


def _head(doc: Doc, span: Span, base: int) -> Token | None:
    part = doc.char_span(span[0] - base, span[1] - base, alignment_mode="contract")
    return part.root if part is not None and len(part) else None


def _hangs_as(token: Token, anchor: Token, labels: frozenset[str] | set[str]) -> bool:
    """Whether a token, or the preposition it is the object of, hangs on the anchor by one of ``labels``."""
    if token.dep_ == "pobj" and token.head.dep_ == "prep":
        token = token.head
    return token.head.i == anchor.i and token.i != anchor.i and token.dep_ in labels


def _has_clause(anchor: Token, spans: list[Span], base: int) -> bool:
    """Whether a clause that is the object of the anchor stands in one of ``spans``."""
    places = [base + child.idx for child in anchor.children if child.dep_ in {"ccomp", "xcomp"} and child.i > anchor.i]
    return any(start <= place < end for place in places for start, end in spans)


def _spoken_by(text: str, proposal: Proposal, anchor: Token, base: int, doc: Doc) -> Proposal:
    """A proposal with the speaker that the tree and the commas plainly name."""
    speaker = proposal.speaker
    if any(child.dep_ == "auxpass" for child in anchor.children):
        agent = next((child for child in anchor.children if child.dep_ == "agent"), None)
        by = next((child for child in agent.children if child.dep_ == "pobj"), None) if agent else None
        subject = next((child for child in anchor.children if child.dep_ == "nsubjpass"), None)
        targeted = speaker is not None and subject is not None and anchor.lower_ in _TARGETED
        if by is not None and (speaker is None or (targeted and _within(subject, speaker, base))):
            content = tuple(part for span in proposal.content for part in _without(text, span, extent(by.head, base)))
            if len(content) == 1 and _POINTER.fullmatch(text[slice(*content[0])]):  # "it was called by X [a disgrace]"
                content += tuple(extent(child, base) for child in anchor.children if _names(child, by))
            return replace(proposal, speaker=strip(text, extent(by, base)), content=content)
        if targeted and _within(subject, speaker, base):
            return replace(proposal, speaker=None)
    if speaker is None:
        return proposal
    return replace(proposal, speaker=_last_named(text, _trimmed(text, speaker, base), proposal.cue, base, doc))


def _names(token: Token, after: Token) -> bool:
    """Whether a token of a passive, after its agent, is what somebody is called or described as."""
    return bool(token.i > after.i and (token.dep_ == "oprd" or (token.dep_ == "prep" and token.lower_ == "as")))


def _last_named(text: str, speaker: Span, cue: Span | None, base: int, doc: Doc) -> Span:
    """ "For his wife Jane Roe, former mayor John Roe said": a comma before the cue's subject parts it from others.

    An apposition would have a comma after it too. Symbols at the end ("Jane Roe 😀") are no part of a name.
    """
    while speaker[1] - speaker[0] > 1 and unicodedata.category(text[speaker[1] - 1]) in {"So", "Cf", "Zs"}:
        speaker = speaker[0], speaker[1] - 1
    if cue is None or not speaker[1] <= cue[0] or text[speaker[1] : cue[0]].strip() or text[speaker[1] - 1] == ",":
        return speaker
    people = [
        (base + ent.start_char, base + ent.end_char) for ent in doc.ents
        if ent.label_ == "PERSON" and speaker[0] <= base + ent.start_char and base + ent.end_char <= speaker[1]
    ]  # fmt: skip
    if len(people) != 2 or people[1][1] != speaker[1]:
        return speaker
    between = text[people[0][1] : people[1][0]]
    comma = re.match(r", (?:(?!and |or )[\w.’'-]+ ){0,5}$", between)
    if comma is None or " and " in between:
        return speaker
    return people[0][1] + 2, speaker[1]


def _within(token: Token | None, span: Span | None, base: int) -> bool:
    return token is not None and span is not None and span[0] <= base + token.idx < span[1]


def _without(text: str, span: Span, hole: Span) -> list[Span]:
    """What is left of a span when ``hole`` is cut out of it."""
    if hole[1] <= span[0] or span[1] <= hole[0]:
        return [span]
    parts = [strip(text, (span[0], min(span[1], hole[0]))), strip(text, (max(span[0], hole[1]), span[1]))]
    return [part for part in parts if part[0] < part[1]]


def _says_nothing(text: str, proposal: Proposal, base: int, doc: Doc) -> bool:
    """Whether a content holds no words: it points at others ("said so", "echoed that view"), or who was phoned."""
    if len(proposal.content) != 1 or proposal.cue is None:
        return False
    start, end = proposal.content[0]
    content, cue = text[start:end].strip(" ,;.)("), text[slice(*proposal.cue)].casefold()
    if not any(map(str.isalnum, content)):
        return True
    if _POINTER.fullmatch(content):
        return is_speech(cue, text[slice(*proposal.speaker)] if proposal.speaker else "")
    if cue in _WON and _PRIZE.fullmatch(content):
        return True
    return cue in _CALLED and any(
        ent.label_ == "PERSON" and (base + ent.start_char, base + ent.end_char) == (start, end) for ent in doc.ents
    )
