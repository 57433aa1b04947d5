"""The date that a statement has by itself: its cue's sentence, the words before or behind a quote, a page's clock."""

from __future__ import annotations

import re
from typing import Literal

from data.dates import calendar
from data.dates.attachment import tie
from data.dates.events import occasions
from data.dates.expressions import Expression
from data.dates.page import Page, place_of
from data.model import Attribution, DateRange, SaidOn, Span

_CLOCK_HEADING = re.compile(
    r"\s*\d{1,2}(?::\d\d)?\s*(?:[ap]\.?m\.?|noon|midnight)(?:\s+[A-Z]{2,4})?\.?\s*", re.IGNORECASE
)
_NEW_ENTRY = re.compile(r"\s*(?:_{2,}|-{3,}|\*\s?\*\s?\*)\.?\s*")
_INTRODUCES = re.compile(
    r"\b(?:following|this|these|comment|statement|remark|tweet|post|wrote|said|tweeted|posted|"
    r"declared|responded|replied)\b[^.]*:\s*$"
)
_DATED_ENTRY = re.compile(r"\s*[-–—:]\s+\S")
_FUTURE_CUE = re.compile(
    r"\b(?:will|would|shall|'ll|’ll|expected to|scheduled to|plans? to|set to|due to|going to)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)


_ENDED = re.compile(r"[”\"]")
_SETTING = re.compile(
    r"\s*(?:(?:during|at|in|on|via|through|to|while)\s"
    r"(?:(?!(?:who|which|that|and|but|because|after|where|when|as|if|since|for|until)\b)[\w’'.-]+\s){1,10}?)?"
    r"(?:(?:on|in|late|early|earlier)\s)*"
)
""" "... during a speech in Lund on" between the end of a quotation and its day: no clause, no comma."""
_STOP = re.compile(r"[.?!;](?:\s|$)")
_GOES_ON = re.compile(r",\s+(?:then\s+)?")
_BOUNDED = re.compile(
    r"\b(?:until|till|by|before|since|for|from|of|after|following)\s+(?:\w+\s+){0,2}$|,\s+(?:who|which|whose|where)\b[^,]*$"
)
"""Words that bound or measure with a day, or keep it in a clause of their own ("a man who left last week, saying")."""


def own(page: Page, attribution: Attribution) -> SaidOn | None:
    """The date that the cue's own sentence, words that introduce it, or its entry give the saying."""
    place = place_of(attribution)
    ordinal = page.paragraph_at(place)
    if attribution.cue is None:
        return _introduced(page, attribution, ordinal)
    start, end = page.sentence_at(ordinal, place)
    if _FUTURE_CUE.search(page.article.text[max(start, place - 30) : place]):
        return None
    best: tuple[int, SaidOn] | None = None
    for expression in page.expressions_of(ordinal):
        if not (start <= expression.start < end) or not page.usable(expression, attribution, ordinal, strict=True):
            continue
        tied = _tie(page, ordinal, expression, attribution.cue)
        if tied is None:
            continue
        found = page.days_of(expression, anchor=page.anchor(ordinal, expression))
        if found is None or _describes(page, expression, found, attribution):
            continue
        if tied == "after":
            found = _followed(page, found)
        distance = min(abs(expression.start - attribution.cue[1]), abs(attribution.cue[0] - expression.end))
        # the narrower of two that are tied is the one that says more
        rank = 1000 * (found.last - found.first).days + distance
        if best is None or rank < best[0]:
            best = rank, _said(page, expression, found)
    if best:
        return best[1]
    return (
        _behind(page, attribution, ordinal) or _introduced(page, attribution, ordinal) or _entry(page, ordinal, place)
    )


def _behind(page: Page, attribution: Attribution, ordinal: int) -> SaidOn | None:
    """ "argued that “...” during a speech in Lund on Friday": what stands behind the quotation belongs to the cue.

    Long quotations break the parser's sentences, so that its tree doesn't tell.
    """
    text, (_, end) = page.article.text, page.article.paragraphs[ordinal]
    last = attribution.content[-1][1]
    if attribution.cue is None or attribution.cue[1] > attribution.content[0][0] or ordinal != page.paragraph_at(last):
        return None
    if not _ENDED.fullmatch(text, last - 1, last):
        return None
    stop = _STOP.search(text, last, end)
    for expression in page.expressions_of(ordinal):
        if last <= expression.start < (stop.start() if stop else end) and not page.quoted(ordinal, expression.start):
            found = page.days_of(expression, anchor=page.anchor(ordinal, expression))
            return (
                _said(page, expression, found) if found and _SETTING.fullmatch(text, last, expression.start) else None
            )
    return None


def _entry(page: Page, ordinal: int, place: int) -> SaidOn | None:
    """ "May 20, 2019 - Sworn in. ... He also announces ...": an entry of a timeline is of the day that opens it."""
    start, end = page.article.paragraphs[ordinal]
    first = next(iter(page.expressions_of(ordinal)), None)
    if first is None or first.start - start > 1 or not _DATED_ENTRY.match(page.article.text, first.end, end):
        return None
    low, high = page.sentence_at(ordinal, place)
    if any(low <= one.start < high for one in page.expressions_of(ordinal) if one is not first):
        return None
    found = page.days_of(first, anchor=page.anchor(ordinal, first))
    return _said(page, first, found) if found else None


def _said(page: Page, expression: Expression, found: DateRange) -> SaidOn:
    return SaidOn(found, page.words(expression), "explicit" if expression.explicit else "relative")


def _describes(page: Page, expression: Expression, found: DateRange, attribution: Attribution) -> bool:
    """Whether a time only tells who the speaker is: "the 2012 nominee", "who led the party four years ago".

    A day among the speaker's words is the saying's more often than not ("the candidates Thursday lashed out"), and what
    stands in a document's or an occasion's is its date ("a 2015 study found").
    """
    speaker = attribution.speaker
    if speaker is None or not speaker[0] <= expression.start < speaker[1]:
        return False
    long = (found.last - found.first).days > 7 or expression.reading.relative
    return long and not occasions(page.article.text[slice(*speaker)].lower())


def _tie(page: Page, ordinal: int, expression: Expression, cue: Span) -> Literal["said", "after"] | None:
    start, _ = page.article.paragraphs[ordinal]
    doc = page.docs.get(ordinal)
    if doc is not None:
        tied = tie(doc, (expression.start - start, expression.end - start), (cue[0] - start, cue[1] - start))
        return tied or ("said" if _shared(page.article.text, expression, cue) else None)
    # without a tree: only what stands right beside the cue
    low, high = (cue[1], expression.start) if expression.start >= cue[1] else (expression.end, cue[0])
    gap = page.article.text[low:high]
    return (
        "said"
        if low <= high and re.fullmatch(r"[\s,]*(?:on|in|late|early|earlier|at)?\s*", gap, re.IGNORECASE)
        else None
    )


def _shared(text: str, expression: Expression, cue: Span) -> bool:
    """ "endorsed the plan Saturday, saying": the day of a clause is its participle's too, whatever the tree says."""
    if not text[slice(*cue)].endswith("ing") or not _GOES_ON.fullmatch(text, expression.end, cue[0]):
        return False
    return not _BOUNDED.search(text[max(0, expression.start - 120) : expression.start])


def _followed(page: Page, found: DateRange) -> DateRange:
    """What came after something of a day was said that day or the next."""
    if found.first != found.last:
        return found
    published = page.article.published or found.last
    after = calendar.shifted(found.last, 1)
    return DateRange(found.first, min(after, published)) if after and after <= published else found


def _introduced(page: Page, attribution: Attribution, ordinal: int) -> SaidOn | None:
    """ "On July 6, 2015, Sanders made the following comment:" before the quote, at the end of a paragraph too."""
    first = attribution.content[0][0]
    start, _ = page.article.paragraphs[ordinal]
    low = (
        page.article.paragraphs[ordinal - 1][0]
        if ordinal and not page.article.text[start:first].strip(" “\"'‘")
        else start
    )
    lead = page.article.text[low:first].rstrip(" “\"'‘\n")
    if not _INTRODUCES.search(lead[-240:]):
        return None
    where = page.paragraph_at(low)
    sentence_start, _ = page.sentence_at(where, max(low, low + len(lead) - 2))
    for expression in reversed(page.expressions_of(where)):
        if sentence_start <= expression.start < low + len(lead) and page.usable(expression, attribution, where):
            before = page.article.text[max(low, expression.start - 8) : expression.start]
            if re.search(r"\b(?:by|until|before|since|for|of|from)\s+(?:the\s+)?$", before):
                continue
            found = page.days_of(expression, anchor=page.anchor(where, expression))
            if found:
                return _said(page, expression, found)
    return None


def page_day(page: Page, attribution: Attribution) -> SaidOn | None:
    """The clock time over an entry of a live page."""
    if page.article.published is None:
        return None
    place = place_of(attribution)
    ordinal = page.paragraph_at(place)
    low, high = page.sentence_at(ordinal, place)
    dateline = page.dateline[1][0] if page.dateline else -1
    times = (e.start for e in page.expressions_of(ordinal) if low <= e.start < high and e.start != dateline)
    if any(not page.quoted(ordinal, start) and not page.of_content(start) for start in times):
        return None  # a sentence with a time of its own, of whatever, is not of the page's day by default
    for where in range(ordinal, -1, -1):
        start, end = page.article.paragraphs[where]
        if _CLOCK_HEADING.fullmatch(page.article.text, start, end):
            day = DateRange(page.article.published, page.article.published)
            stripped = page.article.text[start:end].strip()
            first = page.article.text.index(stripped, start)
            return SaidOn(day, (first, first + len(stripped)), "relative")
        if where != ordinal and _NEW_ENTRY.fullmatch(page.article.text, start, end):
            break
    return None
