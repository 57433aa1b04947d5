"""Which person of the cast a pronoun or a bare description means: a linear ranking of the people named so far.

The features are those of classical pronoun resolution (Lappin and Leass 1994: recency, subjecthood, salience that
fades) with what quotations add: whoever spoke last is likely to go on, and people named inside somebody's quote are
unlikely to be the one quoted. ``WEIGHTS`` were fitted by ``benchmarks/names.py --fit`` (conditional logit); the
figures in the results are from folds that the weights had not seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from data.model import Span
from data.speakers.cast import Cast
from data.speakers.characters import Character, Mention
from data.speakers.lexicon import SAYINGS, Gender
from data.speakers.mentions import tokens_of

WEIGHTS: dict[str, float] = {
    "same_sentence": -0.91,
    "same_paragraph": 0.65,
    "paragraphs": -1.35,
    "subject": 2.03,
    "opens_paragraph": 1.13,
    "last_speaker": 0.73,
    "last_speaker_here": 0.87,
    "spoke_near": 0.59,
    "latest": 0.86,
    "after_latest": -0.84,
    "possessive": -0.89,
    "quoted_only": -2.0,
    "gender_told": 1.27,
    "mentions": 0.64,
    "bare_name": -1.14,
    "never_before": -3.04,
    "owns_saying": 0.49,
    "own_content": -2.5,
    "goes_on": 1.02,
}

_NEAR = 90
"""Characters behind a pronoun within which a possessive of the same person would be odd."""

_MANY = 8
"""Mentions from which on more say no more: else whom the article is about would win over any plain subject."""

REACH = 60
"""Mentions back from a pronoun that its antecedent may lie."""

SURE = 0.7
"""A ranking is a resolution where the best candidate has at least this share of the odds."""


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody spoke before: which character, where."""

    offset: int
    paragraph: int
    character: Character


@dataclass(frozen=True, slots=True)
class Sought:
    """A word whose person is sought: where it stands, its gender, and what is known of the statement it makes.

    ``quoted`` and ``indirect`` are what is said, in quotation marks and without; ``goes_on`` tells a cue such as
    "added"; ``never`` are people whom the word can't mean.
    """

    offset: int
    gender: Gender | None = None
    quoted: tuple[Span, ...] = ()
    indirect: tuple[Span, ...] = ()
    goes_on: bool = False
    never: tuple[Character, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """The best candidate and its share of the odds against all the others, 0 to 1."""

    character: Character
    share: float


def candidates(cast: Cast, gender: Gender | None) -> list[Character]:
    """The people whom a pronoun of that gender may mean."""
    return [c for c in cast.people() if gender is None or c.gender in (gender, None)]


def people_before(cast: Cast, sought: Sought) -> list[Mention]:
    """The last mentions before a word, at most ``REACH``, of people whom it may mean.

    Whoever is named in quotation marks by the one who is sought counts only where nobody else is named.
    """
    possible = {id(character) for character in candidates(cast, sought.gender)}
    people = [m for m in cast.before(sought.offset) if id(m.character) in possible][-REACH:]
    return [m for m in people if not _inside(m, sought.quoted)] or people


def features(
    cast: Cast, sought: Sought, character: Character, said: list[Said], people: list[Mention]
) -> dict[str, float]:
    """What speaks for and against a character as the person sought; names as in ``WEIGHTS``.

    ``people`` is ``people_before(cast, sought)``, the same for all candidates.
    """
    offset, gender = sought.offset, sought.gender
    paragraph = cast.paragraph_of(offset)
    mine = [m for m in people if m.character is character]
    plain = [m for m in mine if not m.quoted]
    found = {
        "gender_told": float(gender is not None and character.gender == gender),
        "bare_name": float(not character.full),
        "mentions": math.log1p(min(_MANY, sum(not m.quoted for m in character.mentions))),
    }
    last = plain[-1] if plain else mine[-1] if mine else None
    spoken = [s for s in said if s.offset < offset]
    if last is None:
        found["never_before"] = 1.0
        found["paragraphs"] = 2.0
    else:
        found["paragraphs"] = math.log1p(max(0, paragraph - last.paragraph))
        found["quoted_only"] = float(not plain)
        found["subject"] = float(last.subject)
        found["possessive"] = float(last.possessive)
        found["same_paragraph"] = float(last.paragraph == paragraph)
        found["same_sentence"] = float(last.paragraph == paragraph and not _sentence_between(cast, last, offset))
        found["opens_paragraph"] = float(_opens(cast, mine, people))
        unquoted = [m for m in people if not m.quoted]
        found["owns_saying"] = float(last.possessive and _owns_saying(cast, last))
        if _inside(last, sought.indirect):
            # "Ms. Falk found it cold, she said" may be Ms. Falk; "Falk found it cold, she added" hardly is.
            found["own_content"] = 0.8 if last.subject and not sought.goes_on else 1.0
        found["latest"] = float(bool(unquoted) and unquoted[-1].character is character)
        others = {id(m.character) for m in unquoted if m.start > last.end and m.character is not character}
        found["after_latest"] = float(len(others))
    if spoken and spoken[-1].character is character:
        found["last_speaker"] = 1.0
        found["last_speaker_here"] = float(paragraph - spoken[-1].paragraph <= 1)
        found["goes_on"] = float(sought.goes_on and paragraph - spoken[-1].paragraph <= 1)
    found["spoke_near"] = float(any(s.character is character and paragraph - s.paragraph <= 3 for s in spoken))
    return found


def rank(cast: Cast, sought: Sought, said: list[Said], among: Sequence[Character] | None = None) -> Ranked | None:
    """The likeliest person whom a word means, ``among`` some where given; None where nobody of its gender is named."""
    people = people_before(cast, sought)
    near = {id(m.character) for m in people}
    # Somebody named only later, or long ago, is weighed where nobody else can be meant.
    possible = [c for c in candidates(cast, sought.gender) if c not in sought.never and (id(c) in near or not near)]
    if among is not None:
        possible = [c for c in possible if c in among]
    scored = [
        (sum(WEIGHTS[name] * value for name, value in features(cast, sought, c, said, people).items()), c)
        for c in possible
    ]
    if not scored:
        return None
    best, character = max(scored, key=lambda pair: pair[0])
    return Ranked(character, 1 / sum(math.exp(score - best) for score, _ in scored))


def likelier(cast: Cast, fitting: Sequence[Character], sought: Sought, said: list[Said]) -> Character | None:
    """ "The senator" where the article has several: whom a pronoun would mean, or the one beside it."""
    among = rank(cast, sought, said, fitting)
    anybody = rank(cast, sought, said)
    if among is None or anybody is None or among.share < SURE:
        return None
    here = cast.paragraph_of(sought.offset)
    beside = any(m.paragraph == here and m.end <= sought.offset and not m.quoted for m in among.character.mentions)
    if anybody.character is among.character:
        return among.character if anybody.share >= SURE or beside else None
    return among.character if beside and anybody.share < SURE else None


def _owns_saying(cast: Cast, mention: Mention) -> bool:
    """ "Falk's statement": it is Falk who speaks."""
    return next((t.folded in SAYINGS for t in tokens_of(cast.text, mention.end + 2, mention.end + 24)), False)


def _inside(mention: Mention, spans: Sequence[Span]) -> bool:
    return any(start <= mention.start < end for start, end in spans)


def disjoint(cast: Cast, offset: int, content: Sequence[Span] = ()) -> list[Character]:
    """Who "he" at ``offset`` can't be: whom its clause, or what he says indirectly, goes on to name.

    A pronoun is never the subject of a clause that names its antecedent (Principle C of the binding theory, Chomsky
    1981): in "He praised Falk" and "He said that Falk was right" he isn't Falk. "When Falk spoke, he smiled" bars
    nobody.
    """
    ordinal = cast.paragraph_of(offset)
    # "Falk was cold as a child, he said" may well be Falk: only what follows the pronoun counts.
    spans = [span for span in content if span[0] > offset]
    doc = cast.docs.get(ordinal)
    if doc is not None:
        start = cast.starts[ordinal]
        word = next((w for w in doc if w.idx == offset - start), None)
        if word is not None and word.dep_ in ("nsubj", "nsubjpass") and word.head is not word:
            last = doc[word.head.right_edge.i]
            end = start + last.idx + len(last)
            source = cast.text.find("according to", offset, end)  # "he told them, according to Falk's aide"
            spans.append((offset + len(word), source if source > 0 else end))
    return [
        m.character
        for begin, end in spans
        for m in cast.within(begin, end)
        if m.character is not None
        and not m.ambiguous
        and not m.quoted
        and m.character.form == "person"
        # Far on, news names him again for clearness: "he is careful, recalling how they used Mr. Falk's remark".
        and (not m.possessive or m.start - offset < _NEAR)
    ]


def _sentence_between(cast: Cast, mention: Mention, offset: int) -> bool:
    between = cast.text[mention.end : offset]
    return any(mark in between for mark in (". ", "? ", "! ", '."', ".”"))


def _opens(cast: Cast, mine: list[Mention], people: list[Mention]) -> bool:
    """Whether the character is the first one named in the paragraph of its last mention."""
    last = mine[-1]
    first = next(m for m in people if m.paragraph == last.paragraph)
    return first.character is last.character and first.start - cast.starts[first.paragraph] < 60
