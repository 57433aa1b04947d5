"""What an article dates, and who acts in it: everything whose day an undated statement may be of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from data.dates.attachment import OCCASIONS
from data.dates.events import PRONOUNS, actors, attending, chorus, host, occasions, of_judged, thing_of
from data.dates.page import Page, place_of
from data.dates.resolving import tense_of
from data.model import DateRange, SaidOn, Span, SpeakerName
from data.speakers import identity
from data.speakers.spelling import words_of

_UNRESOLVED = "?"
_AHEAD = re.compile(r"(?:over |in |for )?(?:the )?(?:next|coming) ", re.IGNORECASE)
"""What is still to come dates nothing that was said: "the next 10 years"."""
_BOUND = re.compile(
    r"\b(?:until|till|by|before|since|ahead of|prior to|back to|forward to|from|between|through)\s+(?:\w+\s)?$",
    re.IGNORECASE,
)
"""Words that bound or measure with a date and date nothing: "since 2012", "until late Friday"."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A date of the text and what it dates.

    ``who``: the keys (``Speakers``) of those who say or do it. ``near``: the keys of all whom its sentence names.
    ``things``: the occasions and documents that its sentence names; ``thing``: the one that the date belongs to
    ("Thursday's debate", "a letter of May 5"). ``act``: it dates a main clause in the past. ``judged``: it dates what a
    past verb judges ("condemned Friday's test"), and stands for the sentence from its start. ``chorus``: it dates a
    clause that only introduces what several people are quoted with. ``told``: it stands in what somebody is said to
    have said. ``cued``: its verb is the cue of a saying. ``statement``: the position of the statement that it dates.
    """

    at: int
    paragraph: int
    sentence: Span
    days: DateRange
    words: Span
    who: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    thing: str | None = None
    act: bool = False
    judged: bool = False
    chorus: bool = False
    told: bool = False
    cued: bool = False
    statement: int | None = None

    @property
    def width(self) -> int:
        """From the first to the last of its days."""
        return (self.days.last - self.days.first).days


_AT_THE = re.compile(
    r"\b(?:[Aa]t|[Ii]n|[Dd]uring)\s+the\s+(?:[a-z-]+\s+)?([a-z-]+)\b(?!\s+(?:about|between|for|in|of|on|over|with)\b)"
)
"""An occasion taken up again as a place to act at."""

_AROUND = 1_000
"""Characters of a sentence on each side of an expression that tell its tense: a list of dates may have no end."""


class Speakers:
    """Who says what, by keys that two mentions share only where the article's own names make them one speaker."""

    def __init__(self, page: Page, speakers: Sequence[SpeakerName | None]) -> None:
        named = [identity(one) if one else None for one in speakers]
        self._known = {key: frozenset(words_of(key)) for key in named if key and not key.endswith(_UNRESOLVED)}
        self.keys = [self._key(one, key) for one, key in zip(speakers, named, strict=True)]
        self._spans = [
            (attribution.speaker, key)
            for attribution, key in zip(page.attributions, self.keys, strict=True)
            if attribution.speaker and key
        ]
        self._last = {key: words_of(key)[-1] for key, known in self._known.items() if known}
        self._named: dict[str, frozenset[str]] = {}

    def _key(self, name: SpeakerName | None, key: str | None) -> str | None:
        """None for somebody of whom nothing is known: "he"."""
        if name is None or key is None or not key.rstrip(_UNRESOLVED) or name.name.strip().lower() in PRONOUNS:
            return None
        if key.endswith(_UNRESOLVED) and name.form == "person" and name.name[:1].isupper():
            return self._only(frozenset(words_of(name.name)))
        return key

    def _only(self, words: frozenset[str]) -> str:
        """The key of the one speaker whose name holds these words; a key of their own if there are none or several."""
        fits = [key for key, known in self._known.items() if words and words <= known]
        return fits[0] if len(fits) == 1 else " ".join(sorted(words)) + _UNRESOLVED

    def acting(self, names: Sequence[tuple[int, str]]) -> frozenset[str]:
        """The keys of the names (with their offsets) that act in a clause; words of one name stand side by side."""
        found: set[str] = set()
        run: list[str] = []
        end = -1
        for at, name in sorted(names):
            spoken = next((key for (low, high), key in self._spans if low <= at < high), None)
            if spoken:
                found.add(spoken)
                continue
            if run and at > end + 1:
                found.add(self._only(frozenset(run)))
                run = []
            run += words_of(name)
            end = at + len(name)
        if run:
            found.add(self._only(frozenset(run)))
        return frozenset(found)

    def named_in(self, text: str) -> frozenset[str]:
        """The keys of the speakers whose last name or only name stands in a text."""
        if text not in self._named:  # a sentence with several dates is asked for several times
            words = set(words_of(text))
            self._named[text] = frozenset(key for key, last in self._last.items() if last in words)
        return self._named[text]


def anchors_of(page: Page, speakers: Speakers) -> Iterator[Anchor]:
    """What the text dates besides sayings, outside quotation marks."""
    for ordinal in range(len(page.article.paragraphs)):
        start, _ = page.article.paragraphs[ordinal]
        doc = page.docs.get(ordinal)
        for expression in page.expressions_of(ordinal):
            if page.quoted(ordinal, expression.start) or (page.dateline and expression.start == page.dateline[1][0]):
                continue
            if _BOUND.search(page.article.text[max(start, expression.start - 24) : expression.start]):
                continue
            if _AHEAD.match(page.article.text, expression.start):
                continue
            sentence = page.sentence_at(ordinal, expression.start)
            text = page.article.text[slice(*sentence)]
            place = (expression.start - start, expression.end - start)
            verb = host(doc, *place) if doc is not None else None
            around = slice(max(sentence[0], expression.start - _AROUND), min(sentence[1], expression.end + _AROUND))
            if verb is None and tense_of(page.article.text[around], expression.words) == "future":
                continue
            found = page.days_of(expression, tense="past", anchor=page.anchor(ordinal, expression))
            if found is None:
                continue
            near, words = speakers.named_in(text), page.words(expression)
            if doc is None:
                yield Anchor(expression.start, ordinal, sentence, found, words, near=near, things=occasions(text))
                continue
            judged = verb is None and of_judged(doc, *place) is not None
            names = list(actors(verb)) if verb is not None else [] if judged else list(attending(doc, *place))
            there = verb is None and bool(names)
            yield Anchor(
                sentence[0] if judged else expression.start,
                ordinal,
                sentence,
                found,
                words,
                speakers.acting([(start + at, name) for at, name in names]),
                near,
                occasions(text),
                thing_of(doc, *place),
                verb is not None or there,
                judged,
                verb is not None and chorus(verb),
                page.of_content(expression.start),
                verb is not None and any(low <= start + verb.idx < high for low, high in page.cues),
            )


def taken_up(page: Page, speakers: Speakers, anchors: Sequence[Anchor]) -> Iterator[Anchor]:
    """What is done at an occasion that the text has dated before: "At the news conference, Holm begged reporters".

    Only where all that the text has dated of such an occasion until then is of one day, and the sentence has no time
    of its own.
    """
    for ordinal in sorted(page.docs):
        start, _ = page.article.paragraphs[ordinal]
        doc = page.docs[ordinal]
        for sentence in doc.sents if doc.has_annotation("SENT_START") else ():
            low, high = start + sentence.start_char, start + sentence.end_char
            for match in _AT_THE.finditer(page.article.text, low, high):
                noun = match[1]
                if noun not in OCCASIONS or page.quoted(ordinal, match.start()) or page.of_content(match.start()):
                    continue
                if any(low <= one.start < high for one in page.expressions_of(ordinal)):
                    continue
                dated = [
                    one for one in anchors if one.at < low and (one.thing == noun or (one.act and noun in one.things))
                ]
                who = speakers.acting([(start + at, name) for at, name in actors(sentence.root)])
                if not who or len({one.days for one in dated}) != 1 or dated[-1].days.first != dated[-1].days.last:
                    continue
                yield replace(
                    dated[-1],
                    at=match.start(),
                    paragraph=ordinal,
                    sentence=(low, high),
                    who=who,
                    near=speakers.named_in(page.article.text[low:high]),
                    thing=noun,
                    act=True,
                    judged=False,
                    chorus=False,
                    told=False,
                    cued=False,
                    statement=None,
                )


def anchor_of(page: Page, speakers: Speakers, position: int, said: SaidOn) -> Anchor:
    """A statement that its own words date, as an anchor of later ones."""
    attribution = page.attributions[position]
    place = place_of(attribution)
    ordinal = page.paragraph_at(place)
    sentence = page.sentence_at(ordinal, place)
    text = page.article.text[slice(*sentence)]
    key = speakers.keys[position]
    return Anchor(
        place,
        ordinal,
        sentence,
        said.days,
        said.words,
        frozenset([key]) if key else frozenset(),
        speakers.named_in(text),
        occasions(text),
        statement=position,
    )
