"""What a citation shows of an attribution: whole sentences of the article, letter for letter."""

from __future__ import annotations

import re

from data.model import Article, Attribution, Span
from data.statements.quotes import quotes

LONGEST = 700
"""Characters a passage may hold before it is cut to the sentences of the content."""

# A sentence ends at . ! ? or an ellipsis, with closing marks after it, before white space and an opening character.
_END = re.compile(r"[.!?…][\"'”’»)\]]*\s+(?=[\"'“‘„«(\[–—-]*[A-Z0-9À-ÞЀ-Я])")
_TITLE = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Capt|Cmdr|Adm|Maj|Prof|Rev|Hon|St|Jr|Sr|vs|No|Jan|Feb|Mar|Apr|"
    r"Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Inc|Corp|Co|Ltd)|\b[A-Z])\.\s+$"
)


def sentences(text: str, start: int, end: int) -> list[Span]:
    """The sentences of ``text[start:end]`` as spans of ``text``, edges free of white space."""
    spans: list[Span] = []
    first = start
    for match in _END.finditer(text, start, end):
        if _TITLE.search(text, max(first, match.end() - 12), match.end()):
            continue
        spans.append((first, match.end()))
        first = match.end()
    spans.append((first, end))
    return [span for span in (strip(text, span) for span in spans) if span[0] < span[1]]


def strip(text: str, span: Span) -> Span:
    """A span without the white space at its edges."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def passage_of(attribution: Attribution, article: Article) -> Span:
    """The whole sentences that hold content, cue and speaker; from first to last character where a quote runs on.

    Past about :data:`LONGEST` characters the passage is cut to the sentences of the first stretch of the content.
    It never leaves the paragraphs that the attribution stands in.
    """
    text = article.text
    pieces = [*attribution.content, *(span for span in (attribution.cue, attribution.speaker) if span)]
    first, last = min(start for start, _ in pieces), max(end for _, end in pieces)
    bounds = [span for span in article.paragraphs if span[0] < last and first < span[1]]
    if not bounds:
        return first, last
    whole = [
        sentence
        for start, end in bounds
        for sentence in sentences(text, start, end)
        if sentence[0] < last and first < sentence[1]
    ]
    if not whole:
        return strip(text, (max(first, bounds[0][0]), min(last, bounds[-1][1])))
    start, end = whole[0][0], whole[-1][1]
    if end - start <= LONGEST:
        return _opened(text, bounds[0], start, end), end
    return _cut(whole, attribution)


def _opened(text: str, paragraph: Span, start: int, end: int) -> int:
    """Where a passage begins that would begin in the middle of a quotation: with the sentence that opens it.

    Without the opening mark the speaker's own words would read as the article's.
    """
    for quote in quotes(text[slice(*paragraph)]):
        first, last = quote.outer[0] + paragraph[0], quote.outer[1] + paragraph[0]
        if first < start < last:
            opening = next(s for s in sentences(text, *paragraph) if s[0] <= first < s[1])[0]
            return opening if end - opening <= LONGEST else start
    return start


def _cut(whole: list[Span], attribution: Attribution) -> Span:
    """As many neighbouring sentences as fit, grown from the one that holds the cue (else the content's first)."""
    anchor = attribution.cue or attribution.content[0]
    if not any(span[0] <= anchor[0] < span[1] for span in whole):
        anchor = attribution.content[0]
    low = high = next((i for i, span in enumerate(whole) if anchor[0] < span[1]), 0)
    content = [i for i, s in enumerate(whole) if any(c[0] < s[1] and s[0] < c[1] for c in attribution.content)]
    if content and not low <= content[0] <= high:
        nearest = min(content, key=lambda i: abs(i - low))
        if max(whole[nearest][1], whole[high][1]) - min(whole[nearest][0], whole[low][0]) <= LONGEST:
            low, high = min(low, nearest), max(high, nearest)
        else:
            low = high = nearest
    grown = True
    while grown:
        grown = False
        for wider_low, wider_high in ((low, high + 1), (low - 1, high)):
            inside = wider_low >= 0 and wider_high < len(whole)
            if inside and whole[wider_high][1] - whole[wider_low][0] <= LONGEST:
                low, high, grown = wider_low, wider_high, True
                break
    return whole[low][0], whole[high][1]
