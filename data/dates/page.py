"""What stands where in an article that is being dated: expressions, quotation marks, contents, sentences, days."""

from __future__ import annotations

import bisect
import logging
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from data.dates import calendar
from data.dates.attachment import hangs_on
from data.dates.expressions import Expression, expressions
from data.dates.resolving import Tense, days
from data.model import Attribution, DateRange, Span

if TYPE_CHECKING:
    from data.statements import ParsedArticle

_log = logging.getLogger(__name__)

LONGEST_CONTENT = 2_000
"""Characters of a content that are looked through for a date that is part of it."""

_QUOTED = re.compile(r"“[^”]*”?|\"[^\"]*\"?|''.+?''|«[^»]*»?", re.DOTALL)
_DATELINE = re.compile(
    r"\s*(?:[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+)*)(?:/[A-Z][A-Z ]+)?(?:, [A-Z][\w.]+(?: [A-Z][\w.]+)?){0,2},? "
    r"(?P<date>(?:[A-Z][a-z]{2,8}\.? \d{1,2}|"
    r"\d{1,2} [A-Z][a-z]{2,8})(?:, \d{4})?)(?:,? ?\([\w /.]+\))? ?(?:—|–|--|-|_)"
)
_PREPOSITION = re.compile(r"(?:\b(?:[Oo]n|[Ii]n|[Aa]t|[Dd]uring|[Oo]ver|[Ss]ince|[Aa]fter)(?: the)?\s)$")
_STOPPED = re.compile(r"[.?!:;…][\s”’\"')\]]*$|[”’\"')\]]\s*$")
_EVERY = re.compile(r"\b(?:[Ee]very|[Ee]ach|[Mm]ost)\s+(?:other\s+)?$")
"""Words that make a set of a day: "every Friday" is no Friday."""
_VAGUE = re.compile(r"\b(?:few|several|recent|or so|other day)\b")


def place_of(attribution: Attribution) -> int:
    """Where a statement stands: at its cue, else where its content begins."""
    return attribution.cue[0] if attribution.cue else attribution.content[0][0]


class Page:
    """An article with its parses and statements, read for dates once and asked many times."""

    def __init__(self, parsed: ParsedArticle, attributions: Sequence[Attribution]) -> None:
        self.article = parsed.article
        self.docs = parsed.docs
        self.attributions = attributions
        self.starts = [start for start, _ in self.article.paragraphs]
        self.dateline = self._read_dateline()
        self.reference = self._reference()
        self.cues = [attribution.cue for attribution in attributions if attribution.cue]
        self.contents = sorted(span for attribution in attributions for span in attribution.content)
        self._expressions: dict[int, list[Expression]] = {}
        self._quotes: dict[int, list[Span]] = {}
        self._sentences: dict[int, list[Span]] = {}

    def paragraph_at(self, offset: int) -> int:
        return max(0, bisect.bisect_right(self.starts, offset) - 1)

    def expressions_of(self, ordinal: int) -> list[Expression]:
        if ordinal not in self._expressions:
            start, end = self.article.paragraphs[ordinal]
            self._expressions[ordinal] = [
                one
                for one in expressions(self.article.text[start:end], start)
                if not _EVERY.search(self.article.text, max(start, one.start - 12), one.start)
            ]
        return self._expressions[ordinal]

    def quoted(self, ordinal: int, offset: int) -> bool:
        return any(first <= offset < last for first, last in self.quotes_of(ordinal))

    def quotes_of(self, ordinal: int) -> list[Span]:
        """What stands in quotation marks in a paragraph, with the marks."""
        if ordinal not in self._quotes:
            start, end = self.article.paragraphs[ordinal]
            self._quotes[ordinal] = [
                (start + m.start(), start + m.end()) for m in _QUOTED.finditer(self.article.text[start:end])
            ]
        return self._quotes[ordinal]

    def sentence_at(self, ordinal: int, offset: int) -> Span:
        """The sentence around an offset, in article offsets; without a Doc, by full stops."""
        if ordinal not in self._sentences:
            self._sentences[ordinal] = self._read_sentences(ordinal)
        for sentence in self._sentences[ordinal]:
            if offset < sentence[1]:
                return sentence
        start, end = self.article.paragraphs[ordinal]
        text = self.article.text
        first = max((text.rfind(mark, start, offset) + 2 for mark in (". ", "? ", "! ")), default=start)
        stops = [at for mark in (". ", "? ", "! ") if (at := text.find(mark, offset, end)) >= 0]
        return max(start, first) if first > 1 else start, min(stops, default=end - 1) + 1

    def _read_sentences(self, ordinal: int) -> list[Span]:
        start, _ = self.article.paragraphs[ordinal]
        doc = self.docs.get(ordinal)
        if doc is None or not doc.has_annotation("SENT_START"):
            return []
        found: list[Span] = []
        for sentence in doc.sents:
            whole = (start + sentence.start_char, start + sentence.end_char)
            if found and not _STOPPED.search(self.article.text, *found[-1]):
                whole = found.pop()[0], whole[1]  # broken off by the parser: "Monday on the show “Nine"
            found.append(whole)
        return found

    def _read_dateline(self) -> tuple[DateRange, Span] | None:
        if self.article.published is None:
            return None
        for start, end in self.article.paragraphs[:2]:
            found = _DATELINE.match(self.article.text, start, end)
            if not found:
                continue
            read = expressions(found["date"])
            if len(read) != 1:
                continue
            of_day = days(read[0].reading, self.article.published, tense="past")
            if of_day and 0 <= (self.article.published - of_day.first).days <= 3:
                return of_day, (found.start("date"), found.end("date"))
        return None

    def _reference(self) -> date | None:
        return self.dateline[0].first if self.dateline else self.article.published

    def days_of(
        self, expression: Expression, *, tense: Tense | None = "past", anchor: DateRange | None = None
    ) -> DateRange | None:
        """The days of an expression, ended by the day of publication; None for what lies wholly after it."""
        reference = self.reference
        if reference is None:
            if not expression.explicit:
                return None
            return days(expression.reading, date(2000, 1, 1))
        if _VAGUE.search(expression.words):
            return None
        found = days(expression.reading, reference, tense=tense, anchor=anchor)
        if found is None:
            return None
        published = self.article.published or reference
        if found.first > published:
            _log.debug("article %s: a date after publication was dropped", self.article.id)
            return None
        last = min(found.last, reference if expression.reading.comparative else published)
        return calendar.between(found.first, max(found.first, last))

    def usable(self, expression: Expression, attribution: Attribution, ordinal: int, *, strict: bool = False) -> bool:
        """Outside what was said, and outside any quotation marks.

        ``strict`` allows for a content that runs on over the saying's own date ("said at an event this month"): outside
        quotation marks, an expression that hangs on the cue itself is the saying's wherever the content ends.
        """
        if self.quoted(ordinal, expression.start) or self.of_another(expression, attribution):
            return False
        if not any(first <= expression.start < last for first, last in attribution.content):
            return True
        doc = self.docs.get(ordinal)
        if not strict or doc is None or attribution.cue is None:
            return False
        start, _ = self.article.paragraphs[ordinal]
        return hangs_on(
            doc,
            (expression.start - start, expression.end - start),
            (attribution.cue[0] - start, attribution.cue[1] - start),
        )

    def of_another(self, expression: Expression, attribution: Attribution) -> bool:
        """Whether an expression stands in what somebody else is said to have said, where this cue does not stand."""
        place = place_of(attribution)
        return any(
            not span[0] <= place < span[1] and span not in attribution.content
            for span in self._contents_at(expression.start)
        )

    def inside_another(self, attribution: Attribution) -> bool:
        """Whether a statement stands in what somebody else is said to have said."""
        return any(span not in attribution.content for span in self._contents_at(place_of(attribution)))

    def of_content(self, offset: int) -> bool:
        """Whether an offset stands in what anybody is said to have said."""
        return any(True for _ in self._contents_at(offset))

    def _contents_at(self, offset: int) -> Iterator[Span]:
        """The spans of contents, anybody's, that hold an offset."""
        low = bisect.bisect_left(self.contents, (offset - LONGEST_CONTENT, 0))
        high = bisect.bisect_right(self.contents, (offset, len(self.article.text)))
        return (span for span in self.contents[low:high] if span[0] <= offset < span[1])

    def age(self, days: DateRange) -> int | None:
        """Days from a date's last to publication; None where that is not known."""
        published = self.article.published
        return (published - days.last).days if published else None

    def words(self, expression: Expression) -> Span:
        """The expression with its preposition: "on April 1"."""
        before = _PREPOSITION.search(self.article.text, max(0, expression.start - 12), expression.start)
        return (before.start() if before else expression.start), expression.end

    def anchor(self, ordinal: int, expression: Expression) -> DateRange | None:
        """The date before it that "a day earlier" or "that month" counts from, in this paragraph or the two before."""
        if not expression.reading.relative:
            return None
        for where in (ordinal, ordinal - 1, ordinal - 2):
            if where < 0:
                continue
            for other in reversed(self.expressions_of(where)):
                if (
                    other.start < expression.start
                    and not other.reading.relative
                    and not self.quoted(where, other.start)
                ):
                    return self.days_of(other)
        return None
