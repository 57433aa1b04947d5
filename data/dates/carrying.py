"""Which date of the text, if any, a statement without one of its own is of.

A story reports one occasion or a few, and gives the day of each once. Every day that the text names before a statement,
or soon after it, is a candidate. What speaks for and against it (``data.dates.evidence``) is weighed by a small network
that was trained on statements dated by hand (``data.dates.choosing``), which also knows the answer "none of them". One
statement's decision is evidence for the next one's, so that they are decided in the order of the text.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from dataclasses import replace

from data.dates import calendar
from data.dates.anchors import Anchor, Speakers
from data.dates.choosing import chooser
from data.dates.evidence import CLOSED, OPENING, Candidate, Evidence, Named, Past
from data.dates.own import page_day
from data.dates.page import Page, place_of
from data.model import DateRange, SaidOn

WINDOW = 24
"""Dates before a statement that are looked at, besides those of the opening."""

FRESH = 1
"""What is judged ("condemned Friday's test") so many days before publication may date its judgement."""

AHEAD, AHEAD_OF_OPENING = 2, 8
"""Paragraphs after a statement that may date it; an opening is often dated by what follows."""

Choose = Callable[[int, Sequence[Candidate], Named, Sequence[Named]], int | None]
"""Takes a statement's position, its candidates, how it is told and the candidates' evidence; gives the place of the
right candidate in the list, or None."""


class Carrying:
    """Dates the statements of one article that have no date of their own, in the order of the text."""

    def __init__(self, page: Page, speakers: Speakers, anchors: Sequence[Anchor], own: Sequence[SaidOn | None]) -> None:
        self.page = page
        self.speakers = speakers
        self.anchors = sorted(anchors, key=lambda anchor: anchor.at)
        self.places = [anchor.at for anchor in self.anchors]
        self.own = own
        self.order = sorted(range(len(own)), key=lambda n: place_of(page.attributions[n]))
        self.evidence = Evidence(page, speakers, self.anchors)

    def all(self, choose: Choose | None = None) -> list[SaidOn | None]:
        """Every statement's date, its own or a carried one, in the order of the attributions.

        ``choose`` decides in the network's stead (when it is trained).
        """
        said, past = list(self.own), Past()
        for position in self.order:
            days = None
            if (own := said[position]) is not None:
                days = own.days
            else:
                said[position], days = self._carried(position, past, choose or _likeliest)
            past.decided(position, self.speakers.keys[position], days)
        return said

    def _carried(self, position: int, past: Past, choose: Choose) -> tuple[SaidOn | None, DateRange | None]:
        """A statement's carried date, and the days that later ones may lean on.

        On a live page only fresh dates after the clock time over the entry count, and without one it is of the page's
        day, unless it tells of words of another time.
        """
        attribution = self.page.attributions[position]
        told = self.evidence.of_statement(position, past)
        clock, found = None, self.candidates(position)
        if CLOSED in told:
            place = place_of(attribution)
            low, high = self.page.sentence_at(self.page.paragraph_at(place), place)
            found = [one for one in found if low <= one.nearest.words[0] < high]
        elif clock := page_day(self.page, attribution):
            since = clock.words[1]
            found = [one for one in found if one.nearest.words[0] >= since and not self._stale(one.nearest.days)]
        each = [self.evidence.of_candidate(position, one, told, past) for one in found]
        taken = choose(position, found, told, each)
        if taken is None:
            return clock, clock.days if clock else None
        one = found[taken]
        return SaidOn(one.days, one.nearest.words, "carried"), one.nearest.days

    def candidates(self, position: int) -> list[Candidate]:
        """The days that a statement may be of, those of the text's first dates first."""
        place = place_of(self.page.attributions[position])
        ordinal = self.page.paragraph_at(place)
        here = bisect.bisect_left(self.places, place)
        starts = self.page.starts
        opening = bisect.bisect_left(self.places, starts[OPENING]) if len(starts) > OPENING else here
        reach = ordinal + (AHEAD_OF_OPENING if ordinal < OPENING else AHEAD)
        if self.page.reference is None:
            reach = -1  # without a day of publication much of what stands before the dates that are read is not read
        groups: dict[DateRange, tuple[list[Anchor], list[Anchor]]] = {}
        for n, anchor in enumerate(self.anchors):
            if n >= here and anchor.paragraph > reach:
                break
            far = opening <= n < here - WINDOW
            if far or anchor.statement == position or (anchor.judged and self._stale(anchor.days)):
                continue
            groups.setdefault(anchor.days, ([], []))[n >= here].append(anchor)
        found = []
        for days, (earlier, later) in groups.items():
            one = Candidate(days, tuple(earlier), tuple(later))
            found.append(one)
            if wider := self._until_published(days):
                found.append(replace(one, days=wider, between=True))
        return found

    def _stale(self, days: DateRange) -> bool:
        return (self.page.age(days) or 0) > FRESH

    def _until_published(self, days: DateRange) -> DateRange | None:
        """The day before publication and that day: what is said of an event may be said between the two."""
        published = self.page.article.published
        if published is None or days.first != days.last or self.page.age(days) != FRESH:
            return None
        return calendar.between(days.first, published)


def _likeliest(_position: int, _found: Sequence[Candidate], told: Named, each: Sequence[Named]) -> int | None:
    return chooser().choose(told, each)
