"""When a statement was said: from its own sentence, or from a date that the text carries on to it.

A date of the content is never taken, nor the published date by itself. What has no words of the article for it has no
date. The rules are applied in this order, the first that finds something wins:

1. an expression of the cue's sentence that is tied to the saying (``data.dates.attachment``);
2. an expression in the sentence before that only introduces it ("On July 6, Sanders made the following comment:");
3. carried: the same speaker's dated statement, or a dated act of the speaker, just before;
4. carried: the occasion that the cue names again ("during the summit", "after the meeting", "in the letter");
5. carried back: an undated opening whose speaker says more, dated, right after it;
6. carried: an event of the day before publication, to what is said of it in the paragraphs after: said
   between the two;
7. the clock time over an entry of a live page; carried: the day of the dateline.
"""

from __future__ import annotations

import bisect
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from data.dates import calendar
from data.dates.attachment import DOCUMENTS, OCCASIONS, hangs_on, tie
from data.dates.events import PRONOUNS, actors, chorus, host, names, occasions, of_judged
from data.dates.expressions import Expression, expressions
from data.dates.resolving import Tense, days
from data.model import Attribution, DateRange, SaidOn, Span

if TYPE_CHECKING:
    from data.statements import ParsedArticle

_log = logging.getLogger(__name__)

Basis = Literal["explicit", "relative", "carried"]

REACH = 3
"""Paragraphs over which a date is carried on from one statement of a speaker to the next."""

LONGEST_CONTENT = 2_000
"""Characters of a content that are looked through for a date that is part of it."""

FRESH, NEAR, FAR = 1, 2, 10
"""An event so many days before publication dates what is said of it so many paragraphs after (``NEAR``), and on to
``FAR`` where no paragraph between them turns to a time before the event."""

CHAIN = 12
"""Paragraphs between a date and the last statement that it is carried to, from statement to statement."""

_QUOTED = re.compile(r"“[^”]*”?|\"[^\"]*\"?|''.+?''|«[^»]*»?", re.DOTALL)
_CLOCK_HEADING = re.compile(
    r"\s*\d{1,2}(?::\d\d)?\s*(?:[ap]\.?m\.?|noon|midnight)(?:\s+[A-Z]{2,4})?\.?\s*", re.IGNORECASE
)
_PAST_CUE = re.compile(r"(?:ed|said|told|wrote|spoke|swore|made|put|gave|took|went|read|lit)\b", re.IGNORECASE)
_ANOTHER_TIME = re.compile(
    r"\b(?:later|earlier|previously|once|long|has|have|had|often|repeatedly|always|never)\b[^.]*$", re.IGNORECASE
)
_NEW_ENTRY = re.compile(r"\s*(?:_{2,}|-{3,}|\*\s?\*\s?\*)\.?\s*")
_DATELINE = re.compile(
    r"\s*(?:[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+)*)(?:/[A-Z][A-Z ]+)?(?:, [A-Z][\w.]+(?: [A-Z][\w.]+)?){0,2},? "
    r"(?P<date>(?:[A-Z][a-z]{2,8}\.? \d{1,2}|"
    r"\d{1,2} [A-Z][a-z]{2,8})(?:, \d{4})?)(?:,? ?\([\w /.]+\))? ?(?:—|–|--|-|_)"
)
_PREPOSITION = re.compile(r"(?:\b(?:[Oo]n|[Ii]n|[Aa]t|[Dd]uring|[Oo]ver|[Ss]ince|[Aa]fter)(?: the)?\s)$")
_VAGUE = re.compile(r"\b(?:few|several|recent|or so|other day)\b")
_INTRODUCES = re.compile(
    r"\b(?:following|this|these|comment|statement|remark|tweet|post|wrote|said|tweeted|posted|"
    r"declared|responded|replied)\b[^.]*:\s*$"
)
_FUTURE_CUE = re.compile(
    r"\b(?:will|would|shall|'ll|’ll|expected to|scheduled to|plans? to|set to|due to|going to)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Dated:
    """Something dated that a later statement may lean on. ``cued``: its verb is the cue of a saying."""

    at: int
    paragraph: int
    days: DateRange
    words: Span
    names: frozenset[str]
    occasions: frozenset[str]
    said: bool
    origin: int
    chorus: bool = False
    cued: bool = True


def date_statements(parsed: ParsedArticle, attributions: Sequence[Attribution]) -> list[SaidOn | None]:
    """When each statement was said, in the order given; None where the article has no words for it.

    Without a published date only expressions that name their year are read. A day after publication is dropped (and
    logged, without text, at debug level); a period that runs on past it ends with it.
    """
    return _Dating(parsed, attributions).all()


class _Dating:
    def __init__(self, parsed: ParsedArticle, attributions: Sequence[Attribution]) -> None:
        self.article = parsed.article
        self.docs = parsed.docs
        self.attributions = attributions
        self.starts = [start for start, _ in self.article.paragraphs]
        self.dateline = self._dateline()
        self.reference = self._reference()
        self.cues = [attribution.cue for attribution in attributions if attribution.cue]
        self.contents = sorted(span for attribution in attributions for span in attribution.content)
        self._expressions: dict[int, list[Expression]] = {}
        self._quotes: dict[int, list[Span]] = {}

    # What stands where

    def paragraph_at(self, offset: int) -> int:
        return max(0, bisect.bisect_right(self.starts, offset) - 1)

    def expressions_of(self, ordinal: int) -> list[Expression]:
        if ordinal not in self._expressions:
            start, end = self.article.paragraphs[ordinal]
            self._expressions[ordinal] = expressions(self.article.text[start:end], start)
        return self._expressions[ordinal]

    def quoted(self, ordinal: int, offset: int) -> bool:
        if ordinal not in self._quotes:
            start, end = self.article.paragraphs[ordinal]
            self._quotes[ordinal] = [
                (start + m.start(), start + m.end()) for m in _QUOTED.finditer(self.article.text[start:end])
            ]
        return any(first <= offset < last for first, last in self._quotes[ordinal])

    def sentence_at(self, ordinal: int, offset: int) -> Span:
        """The sentence around an offset, in article offsets; without a Doc, by full stops."""
        start, end = self.article.paragraphs[ordinal]
        doc = self.docs.get(ordinal)
        if doc is not None and doc.has_annotation("SENT_START"):
            token = doc.char_span(offset - start, min(offset - start + 1, len(doc.text)), alignment_mode="expand")
            if token is not None and len(token):
                sentence = token[0].sent
                return start + sentence.start_char, start + sentence.end_char
        text = self.article.text
        first = max((text.rfind(mark, start, offset) + 2 for mark in (". ", "? ", "! ")), default=start)
        stops = [at for mark in (". ", "? ", "! ") if (at := text.find(mark, offset, end)) >= 0]
        return max(start, first) if first > 1 else start, min(stops, default=end - 1) + 1

    # The days of reading

    def _dateline(self) -> tuple[DateRange, Span] | None:
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

    # Dating

    def all(self) -> list[SaidOn | None]:
        dated: list[SaidOn | None] = [self.own(attribution) for attribution in self.attributions]
        order = sorted(range(len(dated)), key=lambda n: _place(self.attributions[n]))
        events = sorted(
            (*self._events(), *(event for n in order if (event := self._saying(n, dated[n])))),
            key=lambda event: event.at,
        )
        for position in order:
            attribution = self.attributions[position]
            if dated[position] is None and (found := self.carried(attribution, events)) is not None:
                said_on, origin = found
                dated[position] = said_on
                event = self._saying(position, said_on, origin)
                if event:
                    bisect.insort(events, event, key=lambda event: event.at)
        for position in order:
            if dated[position] is None:
                attribution = self.attributions[position]
                dated[position] = (
                    self.carried_back(attribution, events)
                    or self.reaction(attribution, events)
                    or self.page_day(attribution)
                )
        return dated

    def own(self, attribution: Attribution) -> SaidOn | None:
        """Rules 1 and 2: the date that the cue's own sentence, or the words that introduce it, give the saying."""
        place = attribution.cue[0] if attribution.cue else attribution.content[0][0]
        ordinal = self.paragraph_at(place)
        if attribution.cue is None:
            return self.introduced(attribution, ordinal)
        start, end = self.sentence_at(ordinal, place)
        if _FUTURE_CUE.search(self.article.text[max(start, place - 30) : place]):
            return None
        best: tuple[int, SaidOn] | None = None
        for expression in self.expressions_of(ordinal):
            if not (start <= expression.start < end) or not self._usable(expression, attribution, ordinal, strict=True):
                continue
            tied = self.tie(ordinal, expression, attribution.cue)
            if tied is None:
                continue
            found = self.days_of(expression, anchor=self.anchor(ordinal, expression))
            if found is None:
                continue
            if tied == "after":
                found = self.followed(found)
            distance = min(abs(expression.start - attribution.cue[1]), abs(attribution.cue[0] - expression.end))
            # the narrower of two that are tied is the one that says more
            rank = 1000 * (found.last - found.first).days + distance
            if best is None or rank < best[0]:
                best = rank, SaidOn(found, self.words(expression), "explicit" if expression.explicit else "relative")
        return best[1] if best else self.introduced(attribution, ordinal)

    def tie(self, ordinal: int, expression: Expression, cue: Span) -> Literal["said", "after"] | None:
        start, _ = self.article.paragraphs[ordinal]
        doc = self.docs.get(ordinal)
        if doc is not None:
            return tie(doc, (expression.start - start, expression.end - start), (cue[0] - start, cue[1] - start))
        # without a tree: only what stands right beside the cue
        low, high = (cue[1], expression.start) if expression.start >= cue[1] else (expression.end, cue[0])
        gap = self.article.text[low:high]
        return (
            "said"
            if low <= high and re.fullmatch(r"[\s,]*(?:on|in|late|early|earlier|at)?\s*", gap, re.IGNORECASE)
            else None
        )

    def followed(self, found: DateRange) -> DateRange:
        """What came after something of a day was said that day or the next."""
        if found.first != found.last:
            return found
        published = self.article.published or found.last
        after = calendar.shifted(found.last, 1)
        return DateRange(found.first, min(after, published)) if after and after <= published else found

    def introduced(self, attribution: Attribution, ordinal: int) -> SaidOn | None:
        """ "On July 6, 2015, Sanders made the following comment:" before the quote, at the end of a paragraph too."""
        first = attribution.content[0][0]
        start, _ = self.article.paragraphs[ordinal]
        low = (
            self.article.paragraphs[ordinal - 1][0]
            if ordinal and not self.article.text[start:first].strip(" “\"'‘")
            else start
        )
        lead = self.article.text[low:first].rstrip(" “\"'‘\n")
        if not _INTRODUCES.search(lead[-240:]):
            return None
        where = self.paragraph_at(low)
        sentence_start, _ = self.sentence_at(where, max(low, low + len(lead) - 2))
        for expression in reversed(self.expressions_of(where)):
            if sentence_start <= expression.start < low + len(lead) and self._usable(expression, attribution, where):
                before = self.article.text[max(low, expression.start - 8) : expression.start]
                if re.search(r"\b(?:by|until|before|since|for|of|from)\s+(?:the\s+)?$", before):
                    continue
                found = self.days_of(expression, anchor=self.anchor(where, expression))
                if found:
                    return SaidOn(found, self.words(expression), "explicit" if expression.explicit else "relative")
        return None

    def _usable(self, expression: Expression, attribution: Attribution, ordinal: int, *, strict: bool = False) -> bool:
        """Outside what was said, and outside any quotation marks.

        ``strict`` allows for a content that runs on over the saying's own date ("said at an event this month"): outside
        quotation marks, an expression that hangs on the cue itself is the saying's wherever the content ends.
        """
        if self.quoted(ordinal, expression.start) or self._of_another(expression, attribution):
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

    def _of_another(self, expression: Expression, attribution: Attribution) -> bool:
        """Whether an expression stands in what somebody else is said to have said, where this cue does not stand."""
        place = _place(attribution)
        low = bisect.bisect_left(self.contents, (expression.start - LONGEST_CONTENT, 0))
        high = bisect.bisect_right(self.contents, (expression.start, len(self.article.text)))
        return any(
            first <= expression.start < last and not first <= place < last
            for first, last in self.contents[low:high]
            if (first, last) not in attribution.content
        )

    def _of_content(self, offset: int) -> bool:
        """Whether an offset stands in what anybody is said to have said."""
        low = bisect.bisect_left(self.contents, (offset - LONGEST_CONTENT, 0))
        high = bisect.bisect_right(self.contents, (offset, len(self.article.text)))
        return any(first <= offset < last for first, last in self.contents[low:high])

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

    # Carrying

    def _saying(self, position: int, said: SaidOn | None, origin: int | None = None) -> _Dated | None:
        """A dated statement, as something that later ones may lean on."""
        if said is None:
            return None
        attribution = self.attributions[position]
        place = _place(attribution)
        ordinal = self.paragraph_at(place)
        start, end = self.sentence_at(ordinal, place)
        return _Dated(
            place,
            ordinal,
            said.days,
            said.words,
            self.names_of(attribution.speaker),
            occasions(self.article.text[start:end]) if origin is None else frozenset(),
            True,
            ordinal if origin is None else origin,
        )

    def _events(self) -> Iterator[_Dated]:
        """What the text dates besides sayings: past main clauses with an expression of their own, who acts in them."""
        wanted = {
            ordinal
            for attribution in self.attributions
            for ordinal in range(
                max(0, self.paragraph_at(_place(attribution)) - FAR), self.paragraph_at(_place(attribution)) + 1
            )
        }
        for ordinal in sorted(wanted):
            doc = self.docs.get(ordinal)
            if doc is None:
                continue
            start, _ = self.article.paragraphs[ordinal]
            for expression in self.expressions_of(ordinal):
                if self.quoted(ordinal, expression.start):
                    continue
                place = (expression.start - start, expression.end - start)
                verb, judged = host(doc, *place), False
                if verb is None:
                    verb, judged = of_judged(doc, *place), True
                if verb is None:
                    continue
                found = self.days_of(expression, tense="past", anchor=self.anchor(ordinal, expression))
                if found is None:
                    continue
                sentence = verb.sent
                if judged:  # "condemned Friday's test": nobody's own act or saying, only an event to react to
                    nothing: frozenset[str] = frozenset()
                    at = start + sentence.start_char
                    yield _Dated(
                        at, ordinal, found, self.words(expression), nothing, nothing, False, ordinal, cued=False
                    )
                    continue
                yield _Dated(
                    expression.start,
                    ordinal,
                    found,
                    self.words(expression),
                    frozenset(actors(verb)),
                    occasions(sentence.text),
                    False,
                    ordinal,
                    chorus(verb),
                    any(first <= start + verb.idx < last for first, last in self.cues),
                )

    def names_of(self, speaker: Span | None) -> frozenset[str]:
        """The words that a speaker is known by again: names and heads, lower case, without titles."""
        if speaker is None:
            return frozenset()
        return names(self.article.text[speaker[0] : speaker[1]])

    def carried(self, attribution: Attribution, events: Sequence[_Dated]) -> tuple[SaidOn, int] | None:
        """Rules 3 and 4; the int is the paragraph that the date comes from."""
        place = _place(attribution)
        ordinal = self.paragraph_at(place)
        names = self.names_of(attribution.speaker)
        unnamed = attribution.speaker is not None and not names and self._unnamed(attribution.speaker)
        start, end = self.sentence_at(ordinal, place)
        again = self._named_again(start, end, attribution)
        for event in events[bisect.bisect_left(events, place, key=lambda event: event.at) - 1 :: -1] if events else ():
            away = ordinal - event.paragraph
            if event.at >= place:
                continue
            if away > REACH:
                break
            if ordinal - event.origin > CHAIN:
                continue
            brief = (event.days.last - event.days.first).days <= 7
            reach = REACH if event.said and brief else REACH - 1 if brief else 1
            alone = away <= 1 and self._nobody_between(event.at, place)
            if (
                (names & event.names and away <= reach)
                or (unnamed and alone and (event.said or brief) and event.at < start)
                or (names and event.said and not event.names and away == 0 and alone and event.at < start)
                or (again & event.occasions and away < REACH and event.at < start)
                or (event.chorus and away < REACH)
            ):
                return SaidOn(event.days, event.words, "carried"), event.origin
        return None

    def _unnamed(self, speaker: Span) -> bool:
        """ "He", "the senator", "the group": somebody whom the text has named before."""
        words = self.article.text[slice(*speaker)].strip().lower()
        return words in PRONOUNS or (words.startswith(("the ", "his ", "her ", "their ")) and len(words.split()) <= 4)

    def _named_again(self, start: int, end: int, attribution: Attribution) -> frozenset[str]:
        """Occasions and documents that the sentence takes up again with "the", outside what was said."""
        text = self.article.text
        found = set()
        for match in re.finditer(
            r"\b(?:[Tt]he|[Tt]hat|[Tt]his|[Hh]is|[Hh]er|[Tt]heir)\s+(?:[\w-]+\s+){0,2}?([a-z-]+)\b", text[start:end]
        ):
            at = start + match.start()
            if match[1] in OCCASIONS | DOCUMENTS and not any(a <= at < b for a, b in attribution.content):
                found.add(match[1])
        return frozenset(found)

    def _nobody_between(self, first: int, last: int) -> bool:
        """Whether no other speaker stands between two places."""
        return not any(
            a.speaker and first < a.speaker[0] < last - 40 and self.names_of(a.speaker) for a in self.attributions
        )

    def carried_back(self, attribution: Attribution, events: Sequence[_Dated]) -> SaidOn | None:
        """Rule 5: an opening is of the day that its speaker's next statement has."""
        place = _place(attribution)
        ordinal = self.paragraph_at(place)
        if ordinal > 1:
            return None
        names = self.names_of(attribution.speaker)
        for event in events:
            if event.at > place and event.paragraph - ordinal <= 1 and event.said and names & event.names:
                return SaidOn(event.days, event.words, "carried")
        return None

    def reaction(self, attribution: Attribution, events: Sequence[_Dated]) -> SaidOn | None:
        """Rule 6: what is said of an event of the days before publication, in the paragraph of its date or the next,
        was said between the two."""
        published = self.article.published
        place = _place(attribution)
        if published is None or attribution.cue is None or not self.names_of(attribution.speaker):
            return None
        cue = self.article.text[max(0, attribution.cue[0] - 20) : attribution.cue[1]]
        if not _PAST_CUE.search(cue) or _ANOTHER_TIME.search(cue):
            return None
        ordinal = self.paragraph_at(place)
        for event in events[: bisect.bisect_left(events, place, key=lambda event: event.at)][::-1]:
            if ordinal - event.paragraph > FAR:
                break
            if event.cued or event.origin != event.paragraph:
                continue
            if event.days.first != event.days.last or (published - event.days.last).days > FRESH:
                return None
            if ordinal - event.paragraph > NEAR and self._turns_back(event, ordinal):
                return None
            return SaidOn(DateRange(event.days.first, published), event.words, "carried")
        return None

    def _turns_back(self, event: _Dated, ordinal: int) -> bool:
        """Whether the text between an event's paragraph and the end of a later one, but for what somebody is quoted or
        reported with, names a time before the event or one that cannot be read."""
        for where in range(event.paragraph + 1, ordinal + 1):
            for expression in self.expressions_of(where):
                if not self.quoted(where, expression.start) and not self._of_content(expression.start):
                    found = self.days_of(expression, anchor=self.anchor(where, expression))
                    if found is None or found.last < event.days.first:
                        return True
        return False

    def page_day(self, attribution: Attribution) -> SaidOn | None:
        """Rule 7: the clock time over an entry of a live page."""
        if self.article.published is None:
            return None
        place = _place(attribution)
        ordinal = self.paragraph_at(place)
        low, high = self.sentence_at(ordinal, place)
        dateline = self.dateline[1][0] if self.dateline else -1
        times = (e.start for e in self.expressions_of(ordinal) if low <= e.start < high and e.start != dateline)
        if any(not self.quoted(ordinal, start) for start in times):
            return None  # a sentence with a time of its own, of whatever, is not of the page's day by default
        for where in range(ordinal, -1, -1):
            start, end = self.article.paragraphs[where]
            if _CLOCK_HEADING.fullmatch(self.article.text, start, end):
                day = DateRange(self.article.published, self.article.published)
                stripped = self.article.text[start:end].strip()
                first = self.article.text.index(stripped, start)
                return SaidOn(day, (first, first + len(stripped)), "relative")
            if where != ordinal and _NEW_ENTRY.fullmatch(self.article.text, start, end):
                break
        return None


def _place(attribution: Attribution) -> int:
    return attribution.cue[0] if attribution.cue else attribution.content[0][0]
