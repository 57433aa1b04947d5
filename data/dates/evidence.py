"""What speaks for and against each day that an undated statement may be of, as named numbers.

The evidence is of three kinds: how the statement is told ("had said", "replied", "in an interview"), how a day stands
to its speaker and its place ("his own", "same sentence", "first date"), and how the statement goes on from the one
before it. ``data.dates.choosing`` weighs it.
"""

from __future__ import annotations

import bisect
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from data.dates.anchors import Anchor, Speakers
from data.dates.attachment import DOCUMENTS, OCCASIONS
from data.dates.page import Page, place_of
from data.dates.words import listed
from data.model import Attribution, DateRange

Named = dict[str, float]
"""Numbers by the name of the evidence; what is not named is 0."""

CLOSED = "closed"
"""Evidence on a statement: words of another time ("had said", "said years ago") close the occasion that is reported."""

OPENING = 3
"""Paragraphs of an article that may date the whole of it."""

_THINGS = OCCASIONS | DOCUMENTS
_KINDS = {
    "a debate": frozenset(listed("debate forum")),
    "a speech": frozenset(
        listed("rally rallies speech event address remarks stop gathering convention appearance ceremony conference")
    ),
    "an interview": frozenset(listed("interview interviews show program programme podcast broadcast")),
    "a survey": frozenset(listed("poll polls survey surveys report study analysis")),
    "a sitting": frozenset(listed("hearing testimony meeting session trial ruling decision order sentencing summit")),
    "a vote": frozenset(listed("primary")),
}
"""Occasions and documents that are told alike."""

_LEADS = {
    "goes on": r"added|adding|continued|continuing|went on|concluded|concluding|reiterated|elaborated|noted|further",
    "replies": r"repl(?:ied|ying)|respond(?:ed|ing)|answer(?:ed|ing)|countered|retorted|quipped|shot back|fired back|"
    r"interjected|interrupted|agreed|joked",
    "asks": r"asked|asking|pressed|inquired|wondered|question",
    "to an audience": r"crowds?|supporters|audience|attendees|rally|delegates|lawmakers|senators|committee|jurors|jury|"
    r"graduates|moderators?|on ?stage|chant\w*|shouted|yelled|cheer\w*|applause|booed|podium|lectern|ovation|panel|"
    r"town hall|room|guests|hosts?",
    "to the press": r"reporters|journalists|the press|news conference",
    "through a medium": r"interview|phone|telephone|e-?mail(?:ed)?|podcast|radio|spokes\w+|statement",
    "in writing": r"wrote|writes|tweet\w*|posted|writing|letter|op-ed|twitter|facebook|instagram|blog",
    "in sequence": r"later|afterwards?|then|next|meanwhile|before|after|earlier|during|ahead",
    "by an expert": r"professor|analyst|scientist|historian|strategist|author|fellow|economist|pollster|experts?|"
    r"scholar|researchers?|consultant|lawyer|attorney|columnist|editor|critics?|commentator|lecturer|founder|"
    r"director of|executive|owner|residents?|voters?|retired|student|teacher|aged?|old",
    "by an official": r"sen|rep|gov|senators?|representative|congress\w*|governor|president|minister|secretary|mayor|"
    r"speaker|chair\w+|judge|justice|sheriff|police|attorney general|candidates?|nominee|former",
    "by an aide": r"spokes\w+|campaign|aides?|advis[eo]rs?|officials?",
    "at that time": r"at the time|that (?:day|night|evening|morning)|the same day|also",
    "at many times": r"recently|in recent|lately|often|frequently|repeatedly|always|regularly|long|once|earlier|"
    r"previously|has said|in the past",
    "at another time": r"previously|once|earlier|formerly|in the past|long|years ago|repeatedly|often|frequently",
    "later": r"later|afterwards?|since then|subsequently|then",
    "aged": r"\d\d,",
}
"""How the words around a statement tell it, by patterns of whole words."""

_LEAD_PATTERNS = {name: re.compile(rf"\b(?:{pattern})(?!\w)", re.IGNORECASE) for name, pattern in _LEADS.items()}
_LONG_AGO = re.compile(r"\b(?:(?:years|months|decades|long) ago|once|formerly|in the past)\b")
_AWAITS = re.compile(
    r"\b(?:will|would|scheduled|expected|ahead of|upcoming|plans?|planning|set to|before|until|fac(?:ing|es)|next|"
    r"heading into|going into)\b"
)
_PERFECT = re.compile(r"\b(?:has|have|'s|’s|'ve|’ve)\s+(?:\w+\s+){0,2}$")
_HAS = re.compile(r"\b(?:has|have|'ve|’ve)\s+(?:\w+\s+)?$")
_PLUPERFECT = re.compile(r"\b(?:had|'d|’d)\s+(?:\w+\s+){0,2}$")
_NAMING = re.compile(r"\bin what (?:\S+ ){1,16}$")
_BOUNDS = re.compile(r"\W*(?:By|Until|Since|Before|Prior to|Up to)\s+(?:\w+\s+){0,2}")
_PRESENT = re.compile(r"\b(?:\w+[^s\W]s|say|argue|claim|insist|warn|believe|is \w+ing|are \w+ing)$")
_NOT_PRESENT = re.compile(r"\b(?:remarks|comments|words|was|details|terms|news)$")
_FIRST_PERSON = re.compile(r"\s*(?:I|we|my|our|me)\b", re.IGNORECASE)
_VENUE = re.compile(
    r"\b(?:in|during|at|on|via|by|through)\s+(?:an?|separate|another|several)\s+(?:[\w’'-]+\s+){0,3}?([a-z-]+)\b"
)
_AGAIN = re.compile(r"\b(?:[Tt]he|[Tt]hat|[Tt]his|[Hh]is|[Hh]er|[Tt]heir)\s+(?:[\w’'-]+\s+){0,2}?([a-z-]+)\b")
_NOW = re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening)|so far|right now)\b", re.IGNORECASE)
_BEFORE_NOW = re.compile(r"\b(?:yesterday|last night)\b", re.IGNORECASE)
_OWNED = re.compile(r"['’]s\s+(?:[\w’'-]+\s+){0,3}?([a-z]{4,})\b")
""" "Sunday's game": what a day owns, by its first word of four letters or more in lower case."""
_NAME = re.compile(r"\b[A-Z][a-z]{2,}")
_WORD = re.compile(r"[A-Za-z]{4,}")
_LOWER = re.compile(r"(?<![\w’'])(?:[a-z]{2,}(?:['’][a-z]+)?|\d+)(?!\w)|[$%?:]")
_PRONOUNS = frozenset(listed("he she they it"))


def _names_in(text: str) -> frozenset[str]:
    return frozenset(_NAME.findall(text))


def _words_in(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A day, or a range, that a statement may be of.

    ``earlier`` are the places before the statement that date something so, ``later`` those after it. ``days`` is wider
    than theirs in a candidate that was said ``between`` what came about the day before publication and publication.
    """

    days: DateRange
    earlier: tuple[Anchor, ...]
    later: tuple[Anchor, ...]
    between: bool = False

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        return self.earlier + self.later

    @property
    def nearest(self) -> Anchor:
        """The last place before the statement, else the first after it."""
        return self.earlier[-1] if self.earlier else self.later[0]

    @property
    def first(self) -> Anchor:
        return self.earlier[0] if self.earlier else self.later[0]


@dataclass(frozen=True, slots=True)
class Setting:
    """What stands around a statement: its sentence ``outside`` of what is said, and the names and words to compare."""

    attribution: Attribution
    key: str | None
    place: int
    ordinal: int
    start: int
    end: int
    speaker: str
    content: str
    outside: str
    names: frozenset[str]
    words: frozenset[str]


class Evidence:
    """The evidence of one article."""

    def __init__(self, page: Page, speakers: Speakers, anchors: Sequence[Anchor]) -> None:
        self.page = page
        self.speakers = speakers
        self.anchors = anchors
        self._places = [place_of(attribution) for attribution in page.attributions]
        self._sentences = sorted(
            page.starts[ordinal] + sentence.start_char
            for ordinal, doc in page.docs.items()
            if doc.has_annotation("SENT_START")
            for sentence in doc.sents
        )
        title = page.article.title or ""
        self._title = title.lower()
        self._title_names = _names_in(title)
        self._title_words = _words_in(title)
        self._days = {anchor.days for anchor in anchors}
        singles = [days.last for days in self._days if days.first == days.last]
        self._latest = max(singles, default=None)
        self._dating = Counter(anchor.days for anchor in anchors)
        self._saying = Counter(anchor.days for anchor in anchors if anchor.statement is not None)
        self._settings: dict[int, Setting] = {}
        self._at = [anchor.at for anchor in anchors]
        order = sorted(range(len(self._places)), key=self._places.__getitem__)
        first = {key: n for n in reversed(order) if (key := speakers.keys[n])}
        self._first_words = frozenset(first.values())

    def _setting(self, position: int) -> Setting:
        """Read once for a statement and all of its candidates."""
        if position not in self._settings:
            attribution, place = self.page.attributions[position], self._places[position]
            ordinal = self.page.paragraph_at(place)
            start, end = self.page.sentence_at(ordinal, place)
            text = self.page.article.text
            speaker = text[slice(*attribution.speaker)] if attribution.speaker else ""
            outside = self._outside(start, end, attribution)
            content = " ".join(text[slice(*span)] for span in attribution.content)
            self._settings[position] = Setting(
                attribution, self.speakers.keys[position], place, ordinal, start, end, speaker, content, outside,
                _names_in(outside) - _names_in(speaker), _words_in(f"{content} {outside}"),
            )  # fmt: skip
        return self._settings[position]

    def of_statement(self, position: int) -> Named:
        """How a statement is told, whatever the day."""
        setting = self._setting(position)
        attribution, key, ordinal = setting.attribution, setting.key, setting.ordinal
        speaker, outside = setting.speaker, setting.outside
        found: Named = {attribution.kind: 1.0}
        found |= {name: 1.0 for name, pattern in _LEAD_PATTERNS.items() if pattern.search(outside)}
        found |= self._of_cue(attribution, setting.start, outside)
        if any(match[1] in _THINGS for match in _VENUE.finditer(outside)):
            found["new occasion"] = 1.0
        if key is None:
            found["nobody known"] = 1.0
        elif key.endswith("?"):
            found["unnamed"] = 1.0
        if position in self._first_words:
            found["first words"] = 1.0
        spoken = (("of now", _NOW), ("of before", _BEFORE_NOW))
        found |= {name: 1.0 for name, words in spoken if words.search(setting.content)}
        if attribution.speaker and attribution.cue and attribution.cue[0] < attribution.speaker[0]:
            found["introduced"] = 1.0
        if not speaker:
            found["no speaker"] = 1.0
        elif speaker.lower() in _PRONOUNS:
            found["a pronoun"] = 1.0
        if _FIRST_PERSON.match(speaker):
            found["first person"] = 1.0
        if "," in speaker:
            found["described"] = 1.0
        found["speaker's words"] = min(1.0, len(speaker) / 60)
        found["words outside"] = min(1.5, len(outside.split()) / 20)
        if self.page.inside_another(attribution):
            found["inside another's words"] = 1.0
        if len(self._days) == 1:
            found["only date"] = 1.0
        if ordinal < 2:
            found["lead" if ordinal else "headline"] = 1.0
        found["length"] = math.log1p(len(self.page.starts)) / 4
        found["dates in all"] = math.log1p(len(self._days)) / 3
        found["depth"] = ordinal / max(1, len(self.page.starts))
        found["paragraphs before"] = math.log1p(ordinal)
        if key and self._title_names & {word.title() for word in key.split()}:
            found["speaker in title"] = 1.0
        times = [e.start for e in self.page.expressions_of(ordinal) if not self.page.quoted(ordinal, e.start)]
        if times:
            found["time in paragraph"] = 1.0
            if any(setting.start <= at < setting.end for at in times):
                found["time in sentence"] = 1.0
        if key and any(a.statement is not None and key in a.who and a.at > setting.place for a in self.anchors):
            found["dated words follow"] = 1.0
        return found

    def _of_cue(self, attribution: Attribution, start: int, outside: str) -> Named:
        """The tense of the cue, and words of another time."""
        if attribution.cue is None:
            return {"no cue": 1.0}
        text, found = self.page.article.text, Named()
        cue = text[slice(*attribution.cue)]
        lead = text[max(start, attribution.cue[0] - 40) : attribution.cue[0]]
        had = bool(_PLUPERFECT.search(lead))
        if had or cue.startswith("had "):
            found["had said"] = 1.0
        elif _PERFECT.search(lead) or cue.startswith(("has ", "have ")):
            found["has said"] = 1.0
        elif _PRESENT.search(cue) and not _NOT_PRESENT.search(cue):
            found["says"] = 1.0
        if cue.lower().startswith("according"):
            found["according to"] = 1.0
        if cue.lower() in ("said", "told"):
            found["plainly said"] = 1.0
        if _NAMING.search(text[start : attribution.cue[0]]):
            found["names a thing"] = 1.0
        if attribution.kind != "direct" and self._in_perfect(attribution.cue[0]):
            found["until now"] = 1.0
        if had or "until now" in found or _LONG_AGO.search(outside) or self._bounded(start, attribution):
            found[CLOSED] = 1.0
        return found

    def _in_perfect(self, start: int) -> bool:
        """ "Has railed against": what somebody has said until now, unless in these very words, is of no one day."""
        text = self.page.article.text
        if text.startswith(("has ", "have "), start):
            return True
        return bool(_HAS.search(text, max(0, start - 24), start))

    def _bounded(self, start: int, attribution: Attribution) -> bool:
        """ "By early 2012, she was telling": the sentence opens with a time of its own that bounds what it tells."""
        for expression in self.page.expressions_of(self.page.paragraph_at(start)):
            if expression.start >= start:
                lead = self.page.article.text[start : expression.start]
                mine = any(first <= expression.start < last for first, last in attribution.content)
                return bool(_BOUNDS.fullmatch(lead)) and not mine
        return False

    def of_step(self, position: int, previous: int | None) -> Named:
        """How a statement goes on from the one before it in the text."""
        if previous is None:
            return {}
        here, there = self._setting(position), self._setting(previous)
        paragraphs = max(0, here.ordinal - there.ordinal)
        dates = bisect.bisect_left(self._at, here.place) - bisect.bisect_right(self._at, there.place)
        found: Named = {"near": 1 / (1 + paragraphs), "dates between": math.log1p(max(0, dates))}
        if paragraphs < 2:
            found["next paragraph" if paragraphs else "same paragraph"] = 1.0
        if here.start == there.start:
            found["same sentence"] = 1.0
        if there.key is None:
            found["after nobody known"] = 1.0
        if here.key is not None:
            if here.key == there.key:
                found["same speaker"] = 1.0
            elif position not in self._first_words:
                found["back to the speaker"] = 1.0
        return found

    def words(self, position: int) -> frozenset[str]:
        """The words in lower case of the sentence around what is said, with "#" for a number, "$", "%", "?" and ":"."""
        found = _LOWER.findall(self._setting(position).outside)
        return frozenset("#" if word[0].isdigit() else word for word in found)

    def of_candidate(self, position: int, one: Candidate, told: Named, previous: int | None) -> Named:
        """How a day stands to a statement that is ``told`` so (``of_statement``)."""
        setting = self._setting(position)
        found = self._of_days(one)
        found |= self._of_relation(setting.key, one)
        found |= self._of_place(setting, one)
        found |= self._of_things(setting.outside, one)
        found |= self._of_words(setting, one)
        if one.earlier and (previous is None or one.nearest.at > self._places[previous]):
            found["dated since"] = 1.0
        distance = 1 / (1 + self._sentences_between(one, setting.start))
        if "his own" not in found:
            found |= {f"another's, {name}": 1.0 for name in ("today", "yesterday", "days ago") if name in found}
            if "first words" in told:
                found["another's, first words"] = 1.0
        for name in ("of now", "of before"):
            if name in told:
                found |= {f"{name}, {other}": 1.0 for other in ("today", "yesterday", "latest day") if other in found}
        for name in ("says", "has said", "at that time", "a pronoun"):
            if name in told:
                found[f"{name}, distance"] = distance
                found |= {f"{name}, {other}": 1.0 for other in ("opening", "his own") if other in found}
        return found

    def _of_days(self, one: Candidate) -> Named:
        """How long the days are, and how long ago; how much else the article dates so."""
        days, width = one.nearest.days, one.nearest.width
        found = {
            "share": self._dating[days] / max(1, len(self.anchors)),
            "share of said": self._saying[days] / (1 + self._saying.total()),
            "mentions": min(4, len(one.earlier)) / 4,
            "width": math.log1p(width),
            "between": float(one.between),
        }
        if width == 0:
            found["one day"] = 1.0
            if days.last == self._latest:
                found["latest day"] = 1.0
        elif width > 40:
            found["a year"] = 1.0
        elif width > 7:
            found["a month"] = 1.0
        if (age := self.page.age(days)) is not None:
            found["age"] = math.log1p(max(0, age))
            if age <= 3:
                found["today" if age <= 0 else "yesterday" if age == 1 else "days ago"] = 1.0
        return found

    def _of_relation(self, key: str | None, one: Candidate) -> Named:
        """Whose a day is to a speaker: his own, an occasion's, an event's, somebody else's words'."""
        found: Named = {}
        if key is not None:
            for side, anchors in (("", one.earlier), (" after", one.later)):
                if any(key in a.who and a.statement is not None for a in anchors):
                    found[f"said by{side}"] = 1.0
                if any(key in a.who and a.act and not a.cued for a in anchors):
                    found[f"act of{side}"] = 1.0
                if any(key in a.near for a in anchors):
                    found[f"named{side}"] = 1.0
            named = [a for a in one.earlier if key in a.near]
            if named and len(named[-1].near) == 1:
                found["named alone"] = 1.0
            if any(key in a.near and a.things & OCCASIONS for a in one.earlier):
                found["named at an occasion"] = 1.0
            if any(key in a.who for a in one.anchors):
                found["his own"] = 1.0
        if any((a.act and not a.cued) or a.judged for a in one.anchors):
            found["an event"] = 1.0
        if any(a.judged for a in one.anchors):
            found["judged"] = 1.0
        if any(a.statement is not None or a.cued for a in one.anchors) and "his own" not in found:
            found["another's words"] = 1.0
        if any(a.chorus for a in one.earlier):
            found["chorus"] = 1.0
        if all(a.told for a in one.anchors):
            found["told"] = 1.0
        if not one.nearest.who:
            found["nobody acts"] = 1.0
        return found

    def _of_place(self, setting: Setting, one: Candidate) -> Named:
        """Where the text dates something so: how far from the statement, and what stands between."""
        nearest, first = one.nearest, one.first
        place, ordinal, start = setting.place, setting.ordinal, setting.start
        between = self._sentences_between(one, start)
        found = {
            "distance": math.log1p(max(0, ordinal - nearest.paragraph)),
            "distance of first": math.log1p(max(0, ordinal - first.paragraph)),
            "paragraph of first": math.log1p(first.paragraph),
            "sentences": math.log1p(between),
        }
        if first.paragraph < OPENING:
            found["opening"] = 1.0
            if self._title_names & _names_in(self.page.article.text[slice(*first.sentence)]):
                found["opening as titled"] = 1.0
        if first.at == self.anchors[0].at:
            found["first date"] = 1.0
        if any(a.sentence[0] <= place < a.sentence[1] for a in one.anchors):
            found["same sentence"] = 1.0
        elif one.earlier and between <= 2:
            found["sentence before" if between == 1 else "two sentences before"] = 1.0
        if not one.earlier:
            found["only after"] = 1.0
            found["distance after"] = math.log1p(max(0, nearest.paragraph - ordinal))
            if ordinal < OPENING:
                found["after the opening"] = 1.0
                if nearest.at == self.anchors[0].at:
                    found["first date after"] = 1.0
            return found
        since = [a for a in self.anchors if nearest.at < a.at < place and a.days != nearest.days and not a.told]
        found["dates between"] = math.log1p(len({a.days for a in since}))
        if not since:
            found["nearest date"] = 1.0
        if any(a.days.last < nearest.days.first for a in since if a.act or a.thing or a.statement is not None):
            found["turned back"] = 1.0
        others = {
            key
            for at, key in zip(self._places, self.speakers.keys, strict=True)
            if nearest.at < at < start and key is not None
        }
        found["speakers between"] = min(3, len(others)) / 3
        return found

    def _sentences_between(self, one: Candidate, start: int) -> int:
        """Sentences from the nearest date to the statement's; many for a date that follows."""
        if not one.earlier:
            return 9
        low, high = one.nearest.sentence[0], start
        return bisect.bisect_left(self._sentences, high) - bisect.bisect_left(self._sentences, low)

    def _of_things(self, outside: str, one: Candidate) -> Named:
        """The occasion or document that a day belongs to, and whether the statement or the title takes it up."""
        found: Named = {}
        own = {a.thing for a in one.anchors if a.thing}
        things = frozenset(own).union(*(a.things for a in one.anchors))
        if own & OCCASIONS:
            found["an occasion"] = 1.0
        if own & DOCUMENTS:
            found["a document"] = 1.0
        if things & OCCASIONS:
            found["occasion near"] = 1.0
        found |= {name: 1.0 for name, kind in _KINDS.items() if things & kind}
        again = {match[1] for match in _AGAIN.finditer(outside)} & _THINGS
        if again:
            found["taken up again" if again & own else "near it again" if again & things else "another thing"] = 1.0
        if things & set(re.findall(r"[a-z-]+", outside)):
            found["named with it"] = 1.0
        if things & self._title_words:
            found["thing in title"] = 1.0
        return found

    def _of_words(self, setting: Setting, one: Candidate) -> Named:
        """The words that a statement shares with the sentence of a date, and how that sentence gives the date."""
        text, nearest, first = self.page.article.text, one.nearest, one.first
        there = text[slice(*nearest.sentence)]
        both = there + " " + text[slice(*first.sentence)]
        names = _names_in(both)
        found = {
            "shared words": min(5, len(setting.words & _words_in(there))) / 5,
            "shared names": min(2, len(setting.names & names)) / 2,
            "title's words": min(4, len(self._title_words & _words_in(both))) / 4,
        }
        if setting.names - names:
            found["new names"] = 1.0
        before = text[nearest.sentence[0] : max(nearest.sentence[0], nearest.words[0])]
        if _AWAITS.search(before[-40:]):
            found["awaited"] = 1.0
        elif _AWAITS.search(there):
            found["awaited in sentence"] = 1.0
        if text.startswith(("'s", "’s"), nearest.words[1]):
            found["of a thing"] = 1.0
        if owned := _OWNED.match(text, nearest.words[1]):
            since = text[nearest.sentence[1] : setting.start].lower()
            places = {
                "its thing said": setting.outside.lower(),
                "its thing since": since,
                "its thing titled": self._title,
            }
            found |= {name: 1.0 for name, place in places.items() if owned[1] in place}
        if nearest.words[0] - nearest.sentence[0] < 18:
            found["opens its sentence"] = 1.0
        if any(nearest.sentence[0] <= cue[0] < nearest.sentence[1] for cue in self.page.cues):
            found["beside words"] = 1.0
        return found

    def _outside(self, start: int, end: int, attribution: Attribution) -> str:
        """A sentence without what is said in it, by this statement or in quotation marks."""
        text = list(self.page.article.text[start:end])
        for first, last in (*self.page.quotes_of(self.page.paragraph_at(start)), *attribution.content):
            for n in range(max(0, first - start), max(0, min(end, last) - start)):
                text[n] = " "
        return "".join(text)
