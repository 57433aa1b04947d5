"""The plain cases of a date that the text carries on to a statement: what stands near enough to need no weighing."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from data.dates.anchors import Anchor, Speakers
from data.dates.attachment import DOCUMENTS, OCCASIONS
from data.dates.events import PRONOUNS
from data.dates.page import Page, place_of
from data.model import Attribution, DateRange, Span

REACH = 3
"""Paragraphs over which a date is carried on from one statement of a speaker to the next."""

CHAIN = 12
"""Paragraphs between a date and the last statement that it is carried to, from statement to statement."""

FRESH, NEAR, FAR = 1, 2, 10
"""An event so many days before publication dates what is said of it so many paragraphs after (``NEAR``), and on to
``FAR`` where no paragraph between them turns to a time before the event."""

_PAST_CUE = re.compile(r"(?:ed|said|told|wrote|spoke|swore|made|put|gave|took|went|read|lit)\b", re.IGNORECASE)
_ANOTHER_TIME = re.compile(
    r"\b(?:later|earlier|previously|once|long|has|have|had|often|repeatedly|always|never)\b[^.]*$", re.IGNORECASE
)
_AGAIN = re.compile(r"\b(?:[Tt]he|[Tt]hat|[Tt]his|[Hh]is|[Hh]er|[Tt]heir)\s+(?:[\w-]+\s+){0,2}?([a-z-]+)\b")


_ASKED = re.compile(r"\b(?:(?:asked|pressed|interrupted)|(?:put|putting|posed|posing)\s+(?:a|the)\s+question\s+to)\b")


@dataclass(frozen=True, slots=True)
class Ruled:
    """A date taken by a rule. ``anchor`` is what it was taken from, ``days`` may be wider: a reaction's two days."""

    days: DateRange
    anchor: Anchor


class Rules:
    """The rules over one article; a statement that was dated is made known by ``learn``, in the order of the text."""

    def __init__(self, page: Page, speakers: Speakers, anchors: Iterable[Anchor]) -> None:
        self.page = page
        self.speakers = speakers
        self.anchors = sorted(
            (anchor for anchor in anchors if anchor.act or anchor.judged or anchor.statement is not None),
            key=lambda anchor: anchor.at,
        )

    def learn(self, position: int, anchor: Anchor) -> None:
        """A statement has got a carried date: its speaker's next one may lean on it."""
        attribution = self.page.attributions[position]
        place, key = place_of(attribution), self.speakers.keys[position]
        dated = replace(
            anchor,
            at=place,
            paragraph=self.page.paragraph_at(place),
            who=frozenset([key]) if key else frozenset(),
            things=frozenset(),
            act=False,
            judged=False,
            chorus=False,
            statement=position,
            origin=anchor.paragraph if anchor.origin is None else anchor.origin,
        )
        bisect.insort(self.anchors, dated, key=lambda one: one.at)

    def carried(self, position: int) -> Ruled | None:
        """From the same speaker's statement or act, or the same occasion, a few paragraphs before."""
        attribution = self.page.attributions[position]
        place, key = place_of(attribution), self.speakers.keys[position]
        ordinal = self.page.paragraph_at(place)
        start, end = self.page.sentence_at(ordinal, place)
        again = self._named_again(start, end, attribution)
        described = attribution.speaker is not None and self._described(attribution.speaker)
        asked = self._asked(start, end, attribution)
        for anchor in reversed(self._before(place)):
            away = ordinal - anchor.paragraph
            if away > REACH:
                break
            if anchor.origin is not None and ordinal - anchor.origin > CHAIN:
                continue
            said = anchor.statement is not None
            brief = anchor.width <= 7
            reach = REACH if said and brief else REACH - 1 if brief else 1
            alone = away <= 1 and anchor.at < start and self._nobody_between(anchor.at, place, key)
            if (
                (key in anchor.who and away <= reach)
                or (described and alone and (said or brief) and (key is None or not anchor.who))
                or (key and said and not anchor.who and away == 0 and alone)
                or (again & anchor.things and away < REACH and anchor.at < start)
                or (anchor.chorus and away < REACH)
                or (said and away <= 1 and asked & anchor.who)
            ):
                return Ruled(anchor.days, anchor)
        return None

    def back(self, position: int) -> Ruled | None:
        """An opening is of the day that its speaker's next statement has."""
        place, key = place_of(self.page.attributions[position]), self.speakers.keys[position]
        ordinal = self.page.paragraph_at(place)
        if ordinal > 1 or key is None:
            return None
        for anchor in self.anchors:
            said = anchor.statement is not None
            if anchor.at > place and anchor.paragraph - ordinal <= 1 and said and key in anchor.who:
                return Ruled(anchor.days, anchor)
        return None

    def reaction(self, position: int) -> Ruled | None:
        """What is said of an event of the day before publication was said between the two."""
        attribution = self.page.attributions[position]
        published, place = self.page.article.published, place_of(attribution)
        if published is None or attribution.cue is None or self.speakers.keys[position] is None:
            return None
        cue = self.page.article.text[max(0, attribution.cue[0] - 20) : attribution.cue[1]]
        if not _PAST_CUE.search(cue) or _ANOTHER_TIME.search(cue):
            return None
        ordinal = self.page.paragraph_at(place)
        for anchor in reversed(self._before(place)):
            if ordinal - anchor.paragraph > FAR:
                break
            if anchor.cued or anchor.statement is not None:
                continue
            if anchor.days.first != anchor.days.last or (published - anchor.days.last).days > FRESH:
                return None
            if ordinal - anchor.paragraph > NEAR and self._turns_back(anchor, ordinal):
                return None
            return Ruled(DateRange(anchor.days.first, published), anchor)
        return None

    def _before(self, place: int) -> list[Anchor]:
        return self.anchors[: bisect.bisect_left(self.anchors, place, key=lambda anchor: anchor.at)]

    def _described(self, speaker: Span) -> bool:
        """ "He", "the senator", "his lawyer": somebody whom the text has named before."""
        words = self.page.article.text[slice(*speaker)].strip().split()
        if len(words) == 1:
            return words[0].lower() in PRONOUNS
        return len(words) <= 4 and words[0].lower() in ("the", "his", "her", "their") and words[-1].islower()

    def _named_again(self, start: int, end: int, attribution: Attribution) -> frozenset[str]:
        """Occasions and documents that the sentence takes up again with "the", outside what was said."""
        found = set()
        for match in _AGAIN.finditer(self.page.article.text[start:end]):
            at = start + match.start()
            if match[1] in OCCASIONS | DOCUMENTS and not any(a <= at < b for a, b in attribution.content):
                found.add(match[1])
        return frozenset(found)

    def _asked(self, start: int, end: int, attribution: Attribution) -> frozenset[str]:
        """Whom a question is put to: "Reyes said in posing the question to Holm" goes with what Holm has just said."""
        first, last = attribution.content[0][0], attribution.content[-1][1]
        text = self.page.article.text
        outside = f"{text[start : max(start, first)]} {text[min(end, last) : end]}"
        return self.speakers.named_in(outside) if _ASKED.search(outside) else frozenset()

    def _nobody_between(self, first: int, last: int, key: str | None) -> bool:
        """Whether no other known speaker stands between two places."""
        return not any(
            attribution.speaker and first < attribution.speaker[0] < last - 40 and other not in (None, key)
            for attribution, other in zip(self.page.attributions, self.speakers.keys, strict=True)
        )

    def _turns_back(self, event: Anchor, ordinal: int) -> bool:
        """Whether the text between an event's paragraph and the end of a later one, but for what somebody is quoted or
        reported with, names a time before the event or one that cannot be read."""
        for where in range(event.paragraph + 1, ordinal + 1):
            for expression in self.page.expressions_of(where):
                if not self.page.quoted(where, expression.start) and not self.page.of_content(expression.start):
                    found = self.page.days_of(expression, anchor=self.page.anchor(where, expression))
                    if found is None or found.last < event.days.first:
                        return True
        return False
