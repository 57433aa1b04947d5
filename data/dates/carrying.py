"""Which date of the text, if any, a statement without one of its own is of.

A story reports one occasion or a few, and gives the day of each once. Every day that the text names before a statement,
or soon after it, is a candidate. What speaks for and against it (``data.dates.evidence``) is weighed by small networks
that were trained on statements dated by hand (``data.dates.choosing``), which also know the answer "none of them" and
decide on all statements of an article together.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from data.dates import calendar
from data.dates.anchors import Anchor, Speakers
from data.dates.choosing import Link, State, chooser
from data.dates.evidence import CLOSED, OPENING, Candidate, Evidence
from data.dates.own import page_day
from data.dates.page import Page, place_of
from data.model import DateRange, SaidOn

WINDOW = 24
"""Dates before a statement that are looked at, besides those of the opening."""

FRESH = 1
"""What is judged ("condemned Friday's test") so many days before publication may date its judgement."""

AHEAD, AHEAD_OF_OPENING = 2, 8
"""Paragraphs after a statement that may date it; an opening is often dated by what follows."""

LIKELY = 0.75
"""A day is taken that has this chance, alone or with the days up to publication: made-up dates do harm."""

Chances = Callable[[Sequence[Link]], Sequence[Sequence[float]]]
"""Takes an article's statements in the order of the text; gives the chance of each of their states."""


@dataclass(frozen=True, slots=True)
class Undated:
    """What is to be chosen from for a statement: its candidates, and the day of its page's clock if none is taken."""

    found: Sequence[Candidate]
    clock: SaidOn | None


@dataclass(frozen=True, slots=True)
class Chain:
    """An article's statements ready to be dated: ``links`` and their ``positions`` in the order of the text."""

    own: Sequence[SaidOn | None]
    positions: Sequence[int]
    links: Sequence[Link]
    undated: dict[int, Undated]

    def all(self, chances: Chances | None = None) -> list[SaidOn | None]:
        """Every statement's date, its own or a carried one, in the order of the attributions.

        ``chances`` judges in the shipped networks' stead (those of a fold).
        """
        said = list(self.own)
        if not self.undated:
            return said
        judged = (chances or chooser().chances)(self.links)
        for position, chance in zip(self.positions, judged, strict=True):
            if undated := self.undated.get(position):
                said[position] = _taken(undated, chance) or undated.clock
        return said


def _taken(undated: Undated, chances: Sequence[float]) -> SaidOn | None:
    """The likeliest day where it is likely enough, the same day "between" it and publication counted in."""
    best = max(range(len(undated.found)), key=lambda n: chances[n + 1], default=None)
    if best is None:
        return None
    taken = undated.found[best]
    alike = (
        chance for one, chance in zip(undated.found, chances[1:], strict=True) if one.nearest.days == taken.nearest.days
    )
    return SaidOn(taken.days, taken.nearest.words, "carried") if sum(alike) >= LIKELY else None


class Carrying:
    """Finds what the undated statements of one article may be of, and what speaks for it."""

    def __init__(self, page: Page, speakers: Speakers, anchors: Sequence[Anchor], own: Sequence[SaidOn | None]) -> None:
        self.page = page
        self.anchors = sorted(anchors, key=lambda anchor: anchor.at)
        self.places = [anchor.at for anchor in self.anchors]
        self.own = own
        self.order = sorted(range(len(own)), key=lambda n: place_of(page.attributions[n]))
        self.evidence = Evidence(page, speakers, self.anchors)

    def chain(self) -> Chain:
        """The article's statements with the evidence on each."""
        undated: dict[int, Undated] = {}
        if all(own is not None for own in self.own):
            return Chain(self.own, self.order, [], undated)
        before = [None, *self.order[:-1]]
        links = [self._link(n, previous, undated) for n, previous in zip(self.order, before, strict=True)]
        return Chain(self.own, self.order, links, undated)

    def _link(self, position: int, previous: int | None, undated: dict[int, Undated]) -> Link:
        told = self.evidence.of_statement(position)
        words, goes_on = self.evidence.words(position), self.evidence.of_step(position, previous)
        if previous is not None and self.own[previous] is not None:
            goes_on["after its own date"] = 1.0
        if (own := self.own[position]) is not None:
            return Link([(own.days, False)], [], told, words, goes_on)
        undated[position] = self._undated(position, CLOSED in told)
        found = undated[position].found
        states: list[State] = [None, *((one.nearest.days, one.between) for one in found)]
        days = [self.evidence.of_candidate(position, one, told, previous) for one in found]
        return Link(states, days, told, words, goes_on)

    def _undated(self, position: int, closed: bool) -> Undated:
        """The days to choose from.

        On a live page only fresh dates after the clock time over the entry count, and without one it is of the page's
        day, unless it tells of words of another time.
        """
        attribution = self.page.attributions[position]
        clock, found = None, self.candidates(position)
        if closed:
            place = place_of(attribution)
            low, high = self.page.sentence_at(self.page.paragraph_at(place), place)
            found = [one for one in found if low <= one.nearest.words[0] < high]
        elif clock := page_day(self.page, attribution):
            since = clock.words[1]
            found = [one for one in found if one.nearest.words[0] >= since and not self._stale(one.nearest.days)]
        return Undated(found, clock)

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
