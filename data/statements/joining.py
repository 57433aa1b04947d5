"""Quotes over several paragraphs: joined to their cue, announced by a colon, or standing alone after their speaker."""

from __future__ import annotations

from dataclasses import replace

from data.model import Article, Span, overlap
from data.statements.proposals import Proposal
from data.statements.quotes import Quote, opens_with_quote, quoted_share, quotes
from data.statements.speech import is_speech

_LONGEST = 40  # paragraphs that one quote may run over
_BLOCK = 2_500  # characters of an unquoted paragraph that "He wrote:" may announce
ALONE = 0.5
"""Confidence of a quote that stands alone: its speaker is the one before it, by custom and not by a word."""


class Marked:
    """An article's paragraphs with their quotes, as article offsets; paired once and asked often."""

    def __init__(self, article: Article) -> None:
        self.text = article.text
        self.spans = article.paragraphs
        self.quotes = [_moved(quotes(article.paragraph(i)), start) for i, (start, _) in enumerate(article.paragraphs)]

    def within(self, spans: tuple[Span, ...]) -> list[Span]:
        """The quotes, marks included, of the paragraphs that ``spans`` stand in."""
        return [
            quote.outer
            for paragraph, found in zip(self.spans, self.quotes, strict=True)
            if found and any(overlap(paragraph, span) for span in spans)
            for quote in found
        ]

    def runs_on(self, ordinal: int) -> bool:
        """Whether the paragraph's last quote is left open and the next paragraph opens with a mark."""
        if ordinal + 1 >= len(self.spans) or not self.quotes[ordinal] or self.quotes[ordinal][-1].closed:
            return False
        return self.opens(ordinal + 1)

    def opens(self, ordinal: int) -> bool:
        start, end = self.spans[ordinal]
        return bool(self.quotes[ordinal]) and opens_with_quote(self.text[start:end])

    def run_from(self, ordinal: int) -> list[tuple[int, Span]]:
        """The quote that opens paragraph ``ordinal``, with its parts in the paragraphs after."""
        parts = [(ordinal, self.quotes[ordinal][0].outer)]
        while len(parts) < _LONGEST and len(self.quotes[ordinal]) == 1 and self.runs_on(ordinal):
            ordinal += 1
            parts.append((ordinal, self.quotes[ordinal][0].outer))
        return parts


def join(marked: Marked, proposals: list[Proposal]) -> list[Proposal]:
    """Proposals with their contents carried over paragraph ends, and those that have no content left out."""
    joined = _run_on(marked, [p for p in proposals if p.content])
    joined += _announced(marked, joined, [p for p in proposals if not p.content])
    return joined + _alone(marked, joined)


def _run_on(marked: Marked, proposals: list[Proposal]) -> list[Proposal]:
    ordinal = 0
    while ordinal + 1 < len(marked.spans):
        if not marked.runs_on(ordinal):
            ordinal += 1
            continue
        parts = [(ordinal, marked.quotes[ordinal][-1].outer), *marked.run_from(ordinal + 1)]
        owner = next((p for _, part in parts for p in [_owner(proposals, part)] if p), None)
        if owner:
            missing = [part for _, part in parts if not any(overlap(part, span) for span in owner.content)]
            whole = replace(owner, content=tuple(sorted([*owner.content, *missing])))
            proposals = [whole if p is owner else p for p in proposals]
        ordinal = parts[-1][0]
    return proposals


def _owner(proposals: list[Proposal], part: Span) -> Proposal | None:
    """Of the proposals whose content takes up most of a quote, and whose cue stands outside it, the surest."""
    fitting = [
        p for p in proposals
        if sum(_shared(part, span) for span in p.content) > 0.6 * (part[1] - part[0])
        and not (p.cue and part[0] <= p.cue[0] < part[1])
    ]  # fmt: skip
    return max(fitting, key=lambda p: p.confidence, default=None)


def _announced(marked: Marked, proposals: list[Proposal], empty: list[Proposal]) -> list[Proposal]:
    """ "She wrote:" at a paragraph's end: the quote, or the paragraph, that comes next."""
    found: dict[int, Proposal] = {}
    for proposal in empty:
        start, end = marked.spans[proposal.ordinal]
        following = proposal.ordinal + 1
        if proposal.cue is None or following >= len(marked.spans) or not marked.text[start:end].rstrip().endswith(":"):
            continue
        speaker = marked.text[slice(*proposal.speaker)] if proposal.speaker else ""
        if not is_speech(marked.text[slice(*proposal.cue)], speaker):
            continue
        if marked.opens(following):
            content = tuple(part for _, part in marked.run_from(following))
            if any(_owner(proposals, part) for part in content):
                continue
        elif marked.spans[following][1] - marked.spans[following][0] <= _BLOCK and not any(
            p.ordinal == following for p in proposals
        ):
            content = (marked.spans[following],)
        else:
            continue
        best = found.get(proposal.ordinal)
        if best is None or proposal.confidence > best.confidence:
            found[proposal.ordinal] = replace(proposal, content=content)
    return list(found.values())


def _alone(marked: Marked, proposals: list[Proposal]) -> list[Proposal]:
    """Paragraphs that are one quote and have no cue: the next words of whoever was quoted last, just before."""
    found: list[Proposal] = []
    last: dict[int, Proposal] = {}
    for proposal in sorted(proposals, key=lambda p: (p.content[0], -p.confidence)):
        quoted = quoted_share(marked.text, proposal.content, [q.outer for q in marked.quotes[proposal.ordinal]])
        if quoted >= 0.5 and proposal.speaker:
            for ordinal in {proposal.ordinal, *_ordinals(marked, proposal)}:
                last[ordinal] = proposal
    taken = {ordinal for p in proposals for ordinal in _ordinals(marked, p) if not _nested(marked, p)}
    for ordinal in range(1, len(marked.spans)):
        before = last.get(ordinal - 1)
        if before is None or ordinal in taken or not marked.opens(ordinal):
            continue
        marks = [quote.outer for quote in marked.quotes[ordinal]]
        if quoted_share(marked.text, (marked.spans[ordinal],), marks) < 0.97:
            continue
        run = marked.run_from(ordinal) if len(marks) == 1 else [(ordinal, span) for span in marks]
        content = tuple(span for i, span in run if i not in taken)
        alone = Proposal(ordinal, None, before.speaker, None, content, min(ALONE, before.confidence))
        for i, _ in run:
            last[i] = alone
            taken.add(i)
        found.append(alone)
    return found


def _nested(marked: Marked, proposal: Proposal) -> bool:
    """Whether a proposal's own cue stands within quotation marks: somebody quoted quotes somebody."""
    cue = proposal.cue
    return cue is not None and any(q.inner[0] <= cue[0] < q.inner[1] for q in marked.quotes[proposal.ordinal])


def _ordinals(marked: Marked, proposal: Proposal) -> list[int]:
    near = range(max(0, proposal.ordinal - _LONGEST), min(len(marked.spans), proposal.ordinal + _LONGEST + 1))
    return [i for i in near if any(overlap(marked.spans[i], span) for span in proposal.content)]


def _moved(found: list[Quote], by: int) -> list[Quote]:
    return [
        Quote((q.outer[0] + by, q.outer[1] + by), (q.inner[0] + by, q.inner[1] + by), q.closed) for q in found
    ]  # fmt: skip


def _shared(a: Span, b: Span) -> int:
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))
