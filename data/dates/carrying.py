"""Which date of the text, if any, a statement without one of its own is of.

A story reports one occasion or a few, and gives the day of each once. Every day that the text names before a statement
(and the day that its speaker's next words have) is a candidate. What speaks for and against it is weighed by a logistic
model, fitted on statements that people dated (``benchmarks/fit_dates.py``). The plain rules (``data.dates.rules``) go
first where the model doesn't find their date unlikely; the model alone takes what is likely. One statement's decision
is evidence for the next one's, so that they are decided in the order of the text.
"""

from __future__ import annotations

import bisect
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from data.dates.anchors import Anchor, Speakers
from data.dates.attachment import DOCUMENTS, OCCASIONS
from data.dates.own import page_day
from data.dates.page import Page, place_of
from data.dates.rules import Ruled, Rules
from data.dates.weights import LIKELY, UNLIKELY, UNLIKELY_REACTION, WEIGHTS
from data.model import Attribution, DateRange, SaidOn, Span

WINDOW = 24
"""Dates before a statement that are looked at, besides those of the opening."""

OPENING = 3
"""Paragraphs of an article that may date the whole of it."""

AHEAD = 2
"""Paragraphs after a statement in which its speaker's next words may date it too."""

_BEFORE = re.compile(r"\b(?:previously|once|earlier|formerly|in the past|long|years ago|repeatedly|often|frequently)\b")
_LATER = re.compile(r"\b(?:later|afterwards?|since then|subsequently|then)\b")
_PERFECT = re.compile(r"\b(?:has|have|'s|’s|'ve|’ve)\s+(?:\w+\s+){0,2}$")
_HAS = re.compile(r"\b(?:has|have|'ve|’ve)\s+(?:\w+\s+)?$")
_PLUPERFECT = re.compile(r"\b(?:had|'d|’d)\s+(?:\w+\s+){0,2}$")
_COMMENT = re.compile(r"\bin what (?:\S+ ){1,16}$")
_BOUNDS = re.compile(r"\W*(?:By|Until|Since|Before|Prior to|Up to)\s+(?:\w+\s+){0,2}")
_PRESENT = re.compile(r"\b(?:\w+[^s\W]s|say|argue|claim|insist|warn|believe|is \w+ing|are \w+ing)$")
_NOT_PRESENT = re.compile(r"\b(?:remarks|comments|words|was|details|terms|news)$")
_FIRST_PERSON = re.compile(r"\s*(?:I|we|my|our|me)\b", re.IGNORECASE)
_VENUE = re.compile(
    r"\b(?:in|during|at|on|via|by|through)\s+(?:an?|separate|another|several)\s+(?:[\w’'-]+\s+){0,3}?([a-z-]+)\b"
)
_AGAIN = re.compile(r"\b(?:[Tt]he|[Tt]hat|[Tt]his|[Hh]is|[Hh]er|[Tt]heir)\s+(?:[\w’'-]+\s+){0,2}?([a-z-]+)\b")
_THINGS = OCCASIONS | DOCUMENTS


class Carrying:
    """Dates the statements of one article that have no date of their own, in the order of the text."""

    def __init__(self, page: Page, speakers: Speakers, anchors: Sequence[Anchor], own: Sequence[SaidOn | None]) -> None:
        self.page = page
        self.speakers = speakers
        self.anchors = sorted(anchors, key=lambda anchor: anchor.at)
        self.places = [anchor.at for anchor in self.anchors]
        self.own = own
        self.order = sorted(range(len(own)), key=lambda n: place_of(page.attributions[n]))
        self.single = len({anchor.days for anchor in self.anchors}) == 1
        self.restart()

    def restart(self) -> None:
        """Forget every decision."""
        self.rules = Rules(self.page, self.speakers, self.anchors)
        self.given: dict[int, DateRange | None] = {}
        self.last: int | None = None
        self.last_of: dict[str, int] = {}
        self.given_of: dict[str, DateRange] = {}
        self.reactions: set[tuple[str, DateRange]] = set()

    def all(self) -> list[SaidOn | None]:
        """Every statement's date, its own or a carried one, in the order of the attributions."""
        said = list(self.own)
        for position in self.order:
            own, carried = said[position], None
            if own is None:
                habit = self._in_perfect(self.page.attributions[position])
                clock = None if habit else page_day(self.page, self.page.attributions[position])
                carried = self.decide(position, clock.words[1] if clock else 0)
                said[position] = own = SaidOn(carried.days, carried.anchor.words, "carried") if carried else clock
            if carried:
                self.rules.learn(position, replace(carried.anchor, days=carried.days))
                key = self.speakers.keys[position]
                if key and carried.days != carried.anchor.days:
                    self.reactions.add((key, carried.anchor.days))
            self.pass_by(position, carried.anchor.days if carried else own.days if own else None)
        return said

    def pass_by(self, position: int, days: DateRange | None) -> None:
        """Go on to the next statement, once this one is decided."""
        self.given[position] = days
        self.last = position
        key = self.speakers.keys[position]
        if key:
            self.last_of[key] = position
            if days:
                self.given_of[key] = days

    def decide(self, position: int, since: int = 0) -> Ruled | None:
        """The date that a rule takes, where nothing speaks against it, else the likeliest candidate that is likely.

        On a live page only dates after the clock time over the entry (``since``) count.
        """
        weighed = [(likelihood(evidence), one) for one, evidence in self.candidates(position)]
        if closed := self._speaks_of_before(position):
            start, end = self._sentence(position)
            weighed = [(chance, one) for chance, one in weighed if start <= one.anchor.words[0] < end]
        weighed = [(chance, one) for chance, one in weighed if one.anchor.words[0] >= since]
        if self._comments(position):
            closed, weighed = True, [(chance, one) for chance, one in weighed if one.anchor.width <= 7]
        for rule in (self.rules.carried, self.rules.back, self.rules.reaction):
            if rule == self.rules.back and weighed:
                chance, one = max(weighed, key=lambda pair: pair[0])
                if chance >= LIKELY:
                    return one
            ruled = None if closed else rule(position)
            if ruled and ruled.anchor.words[0] >= since:
                chances = [chance for chance, one in weighed if one.anchor.days.first == ruled.days.first]
                if max(chances, default=LIKELY) >= (UNLIKELY_REACTION if rule == self.rules.reaction else UNLIKELY):
                    return ruled
        return None

    def _sentence(self, position: int) -> Span:
        place = place_of(self.page.attributions[position])
        return self.page.sentence_at(self.page.paragraph_at(place), place)

    def _speaks_of_before(self, position: int) -> bool:
        """ "Had said", "once said", "said years ago": words of another time close the occasion that is reported."""
        attribution = self.page.attributions[position]
        if attribution.cue is None:
            return False
        start, end = self._sentence(position)
        text = self.page.article.text
        lead = text[max(start, attribution.cue[0] - 40) : attribution.cue[0]]
        if _PLUPERFECT.search(lead) or _BEFORE.search(self._outside(start, end, attribution)):
            return True
        return self._in_perfect(attribution) or self._bounded(start, attribution)

    def _in_perfect(self, attribution: Attribution) -> bool:
        """ "Has railed against": what somebody has said until now, not in these words, is of no one day."""
        if attribution.cue is None or attribution.kind == "direct":
            return False
        text, start = self.page.article.text, attribution.cue[0]
        if text.startswith(("has ", "have "), start):
            return True
        return bool(_HAS.search(text, max(0, start - 24), start))

    def _comments(self, position: int) -> bool:
        """ "In 1976, in what Holm called a fight": the name for a thing is given at another time than the thing."""
        attribution = self.page.attributions[position]
        if attribution.cue is None:
            return False
        start, _ = self._sentence(position)
        return bool(_COMMENT.search(self.page.article.text[start : attribution.cue[0]]))

    def _bounded(self, start: int, attribution: Attribution) -> bool:
        """ "By early 2012, she was telling": the sentence opens with a time of its own that bounds what it tells."""
        ordinal = self.page.paragraph_at(start)
        for expression in self.page.expressions_of(ordinal):
            if expression.start >= start:
                lead = self.page.article.text[start : expression.start]
                mine = any(first <= expression.start < last for first, last in attribution.content)
                return bool(_BOUNDS.fullmatch(lead)) and not mine
        return False

    def candidates(self, position: int) -> Iterator[tuple[Ruled, dict[str, float]]]:
        """The days that a statement may be of, each with what speaks for and against it."""
        attribution = self.page.attributions[position]
        place = place_of(attribution)
        here = bisect.bisect_left(self.places, place)
        ordinal = self.page.paragraph_at(place)
        key = self.speakers.keys[position]
        opening = (
            bisect.bisect_left(self.places, self.page.starts[OPENING]) if len(self.page.starts) > OPENING else here
        )
        before = [
            self.anchors[n]
            for n in range(here)
            if (n >= here - WINDOW or n < opening) and self.anchors[n].statement != position
        ]
        after = []
        for anchor in self.anchors[here:]:
            if anchor.paragraph > ordinal + AHEAD:
                break
            mine = anchor.statement != position and (key is not None and key in anchor.who)
            if mine or anchor.sentence[0] <= place < anchor.sentence[1]:
                after.append(anchor)
        published = self.page.article.published
        groups: dict[DateRange, tuple[list[Anchor], list[Anchor]]] = {}
        for side, anchors in enumerate((before, after)):
            for anchor in anchors:
                if not anchor.judged or _age(anchor.days, published) <= 1:
                    groups.setdefault(anchor.days, ([], []))[side].append(anchor)
        shared = self._of_statement(position, attribution, place, ordinal)
        for days, (earlier, later) in groups.items():
            evidence = shared | self._of_candidate(position, place, ordinal, days, earlier, later)
            for one in ("says", "has said", "first words", "new occasion", "another time"):
                for other in ("chain", "said by", "reaction", "opening"):
                    if one in evidence and other in evidence:
                        evidence[f"{one}, {other}"] = 1.0
            mine = any(name in evidence for name in ("said by", "act of", "said next", "occasion again"))
            mine = mine or ("chain" in evidence and (key, days) not in self.reactions)
            nearest = (earlier or later)[-1 if earlier else 0]
            if not mine and any(name in evidence for name in ("later", "another time", "had said")):
                continue  # what others did that day is no sign for what was said at another time
            yield self._widened(nearest, reaction=not mine), evidence

    def _widened(self, anchor: Anchor, *, reaction: bool) -> Ruled:
        """What others said of an event of the day before publication was said between the two."""
        published, days = self.page.article.published, anchor.days
        if reaction and published and days.first == days.last and (published - days.last).days == 1:
            return Ruled(DateRange(days.first, published), anchor)
        return Ruled(days, anchor)

    def _of_statement(self, position: int, attribution: Attribution, place: int, ordinal: int) -> dict[str, float]:
        """What the statement itself says of when it was said, whatever the candidate."""
        text = self.page.article.text
        start, end = self.page.sentence_at(ordinal, place)
        outside = self._outside(start, end, attribution)
        key = self.speakers.keys[position]
        found: dict[str, float] = {"": 1.0}
        if attribution.cue:
            cue = text[slice(*attribution.cue)]
            lead = text[max(start, attribution.cue[0] - 40) : attribution.cue[0]]
            if _PLUPERFECT.search(lead) or cue.startswith("had "):
                found["had said"] = 1.0
            elif _PERFECT.search(lead) or cue.startswith(("has ", "have ")):
                found["has said"] = 1.0
            elif _PRESENT.search(cue) and not _NOT_PRESENT.search(cue):
                found["says"] = 1.0
            if cue.lower().startswith("according"):
                found["according to"] = 1.0
        else:
            found["no cue"] = 1.0
        if _BEFORE.search(outside):
            found["another time"] = 1.0
        if _LATER.search(outside):
            found["later"] = 1.0
        if any(match[1] in _THINGS for match in _VENUE.finditer(outside)):
            found["new occasion"] = 1.0
        if key is None:
            found["nobody known"] = 1.0
        elif key.endswith("?") and key not in self.given_of:
            found["unnamed"] = 1.0
        if key is not None and key not in self.last_of:
            found["first words"] = 1.0
            if attribution.speaker and attribution.cue and attribution.cue[0] < attribution.speaker[0]:
                found["introduced"] = 1.0
        if attribution.speaker and _FIRST_PERSON.match(text, *attribution.speaker):
            found["first person"] = 1.0
        if self.page.inside_another(attribution):
            found["inside another's words"] = 1.0
        if self.single:
            found["only date"] = 1.0
        return found

    def _of_candidate(
        self,
        position: int,
        place: int,
        ordinal: int,
        days: DateRange,
        earlier: Sequence[Anchor],
        later: Sequence[Anchor],
    ) -> dict[str, float]:
        """What speaks for and against one day."""
        attribution = self.page.attributions[position]
        key = self.speakers.keys[position]
        start, end = self.page.sentence_at(ordinal, place)
        found: dict[str, float] = {}
        for name, of in (
            ("said by", [a for a in earlier if a.statement is not None]),
            ("act of", [a for a in earlier if a.act and not a.cued]),
        ):
            mine = [anchor for anchor in of if key is not None and key in anchor.who]
            if mine:
                found[name] = 1.0
                found[f"{name}, near"] = _near(ordinal - mine[-1].paragraph)
        if any(anchor.statement is not None and key in anchor.who for anchor in later):
            found["said next"] = 1.0
        last_mine = self.last_of.get(key) if key else None
        given_mine = self.given_of.get(key) if key else None
        if last_mine is not None and given_mine is not None:
            near = _near(ordinal - self.page.paragraph_at(place_of(self.page.attributions[last_mine])))
            if given_mine == days:
                found["chain"] = 1.0
                found["chain, near"] = near
            else:
                found["chain of another"] = 1.0
                found["chain of another, near"] = near
        if self.last is not None and self.last != last_mine:
            given = self.given[self.last]
            near = _near(ordinal - self.page.paragraph_at(place_of(self.page.attributions[self.last])))
            found["after same" if given == days else "after none" if given is None else "after another"] = near
        if self.last is not None and self.last == last_mine:
            found["goes on"] = 1.0
        nearest = earlier[-1] if earlier else None
        if nearest:
            since = [
                anchor
                for anchor in self.anchors[
                    bisect.bisect_right(self.places, nearest.at) : bisect.bisect_left(self.places, place)
                ]
                if not anchor.told and anchor.days != days
            ]
            solid = [anchor for anchor in since if anchor.act or anchor.thing or anchor.statement is not None]
            found["dates between"] = min(3.0, float(len({anchor.days for anchor in solid})))
            if any(anchor.days.last < days.first for anchor in solid):
                found["turned back"] = 1.0
            published = self.page.article.published
            fresh = published is not None and days.first == days.last and (published - days.last).days <= 1
            if fresh and key and self._is_event(earlier) and "chain" not in found:
                if ordinal - nearest.paragraph <= 2:
                    found["reaction"] = 1.0
                elif ordinal - nearest.paragraph <= 10 and "turned back" not in found:
                    found["far reaction"] = 1.0
            kind = self._kind(found, earlier)
            found[kind] = 1.0
            found[f"{kind}, near"] = _near(ordinal - nearest.paragraph)
            if any(anchor.paragraph < OPENING for anchor in earlier):
                found[f"{kind}, opening"] = 1.0
            if solid:
                found[f"{kind}, dates between"] = 1.0
            if start <= nearest.at < end:
                found["same sentence"] = 1.0
                found[f"{kind}, same sentence"] = 1.0
            elif nearest.paragraph == ordinal:
                found["same paragraph"] = 1.0
            if nearest.judged:
                found["judged"] = 1.0
            if all(anchor.told for anchor in earlier):
                found["told"] = 1.0
            if key and any(key in anchor.near and key not in anchor.who for anchor in earlier):
                found["named there"] = 1.0
                if any(key in anchor.near and anchor.things & OCCASIONS for anchor in earlier):
                    found["named at an occasion"] = 1.0
            if any(anchor.chorus and ordinal - anchor.paragraph <= 3 for anchor in earlier):
                found["chorus"] = 1.0
            if self.last is not None and place_of(self.page.attributions[self.last]) < nearest.at:
                found["first after"] = 1.0
        if not earlier and any(start <= anchor.at < end for anchor in later):
            found["later in sentence"] = 1.0
        again = {match[1] for match in _AGAIN.finditer(self._outside(start, end, attribution))} & _THINGS
        things = frozenset().union(*(anchor.things for anchor in earlier)) if earlier else frozenset()
        own = {anchor.thing for anchor in earlier}
        if again & own:
            found["occasion again"] = 1.0
        elif again & things:
            found["occasion near again"] = 1.0
        elif again:
            found["other occasion"] = 1.0
        his = any(name in found for name in ("said by", "act of", "chain", "said next", "occasion again"))
        found |= self._of_width(days, mine=his, inside="same sentence" in found)
        found["share"] = sum(1 for a in self.anchors if a.days == days) / max(1, len(self.anchors))
        return found

    def _of_width(self, days: DateRange, *, mine: bool, inside: bool) -> dict[str, float]:
        """How much a day says, and how long ago it was: a far month is seldom meant by what somebody else says."""
        width = (days.last - days.first).days
        found = {}
        if width > 7:
            found[
                "his own, wide" if mine else "wide, same sentence" if inside else "a year" if width > 40 else "a month"
            ] = 1.0
        elif width > 0 and not mine and not inside:
            found["a week"] = 1.0
        published = self.page.article.published
        if published and not mine and not inside:
            age = (published - days.last).days
            found["today" if age <= 0 else "yesterday" if age == 1 else "this week" if age <= 7 else "long ago"] = 1.0
        return found

    def _kind(self, found: dict[str, float], earlier: Sequence[Anchor]) -> str:
        """Whose a day is to a speaker: his own, an occasion's, an event's, somebody else's words', nobody's."""
        if "said by" in found or "act of" in found or "chain" in found:
            return "his own"
        if any(anchor.thing in OCCASIONS for anchor in earlier):
            return "an occasion"
        if self._is_event(earlier):
            return "an event"
        if any(anchor.statement is not None or anchor.cued for anchor in earlier):
            return "another's words"
        return "no act"

    @staticmethod
    def _is_event(anchors: Sequence[Anchor]) -> bool:
        """Whether a day is that of something that happened, not only of what somebody said."""
        return any((anchor.act and not anchor.cued) or anchor.judged for anchor in anchors)

    def _outside(self, start: int, end: int, attribution: Attribution) -> str:
        """A sentence without what is said in it, by this statement or in quotation marks."""
        text = list(self.page.article.text[start:end])
        for first, last in (*self.page.quotes_of(self.page.paragraph_at(start)), *attribution.content):
            for n in range(max(0, first - start), max(0, min(end, last) - start)):
                text[n] = " "
        return "".join(text)


def _age(days: DateRange, published: date | None) -> int:
    """Days from a date to publication; 0 where that is not known."""
    return (published - days.last).days if published else 0


def _near(paragraphs: int) -> float:
    return 1.0 / (1 + max(0, paragraphs))


def likelihood(evidence: dict[str, float]) -> float:
    """The chance, 0..1, that a statement is of a day."""
    return 1.0 / (1.0 + math.exp(-sum(WEIGHTS.get(name, 0.0) * value for name, value in evidence.items())))
