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
from data.speakers.lexicon import Gender

WEIGHTS: dict[str, float] = {
    "same_sentence": -0.93,
    "same_paragraph": 0.63,
    "paragraphs": -1.35,
    "subject": 1.98,
    "opens_paragraph": 1.01,
    "last_speaker": 0.74,
    "last_speaker_here": 1.02,
    "spoke_near": 0.57,
    "latest": 0.81,
    "after_latest": -0.82,
    "possessive": -1.05,
    "quoted_only": -2.0,
    "gender_told": 1.35,
    "mentions": 0.74,
    "bare_name": -1.15,
    "never_before": -3.02,
}

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
class Ranked:
    """The best candidate and its share of the odds against all the others, 0 to 1."""

    character: Character
    share: float


def candidates(cast: Cast, gender: Gender | None) -> list[Character]:
    """The people whom a pronoun of that gender may mean."""
    return [c for c in cast.people() if gender is None or c.gender in (gender, None)]


def people_before(cast: Cast, offset: int, gender: Gender | None) -> list[Mention]:
    """The last mentions before an offset, at most ``REACH``, of people whom a pronoun of that gender may mean."""
    possible = {id(character) for character in candidates(cast, gender)}
    return [m for m in cast.before(offset) if id(m.character) in possible][-REACH:]


def features(
    cast: Cast, offset: int, gender: Gender | None, character: Character, said: list[Said], people: list[Mention]
) -> dict[str, float]:
    """What speaks for and against a character as the antecedent of a word at ``offset``; names as in ``WEIGHTS``.

    ``people`` is ``people_before(cast, offset, gender)``, the same for all candidates.
    """
    paragraph = cast.paragraph_of(offset)
    mine = [m for m in people if m.character is character]
    plain = [m for m in mine if not m.quoted]
    found = {
        "gender_told": float(gender is not None and character.gender == gender),
        "bare_name": float(not character.full),
        "mentions": math.log1p(sum(not m.quoted for m in character.mentions)),
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
        found["latest"] = float(bool(unquoted) and unquoted[-1].character is character)
        others = {id(m.character) for m in unquoted if m.start > last.end and m.character is not character}
        found["after_latest"] = float(len(others))
    if spoken and spoken[-1].character is character:
        found["last_speaker"] = 1.0
        found["last_speaker_here"] = float(paragraph - spoken[-1].paragraph <= 1)
    found["spoke_near"] = float(any(s.character is character and paragraph - s.paragraph <= 3 for s in spoken))
    return found


def rank(
    cast: Cast,
    offset: int,
    gender: Gender | None,
    said: list[Said],
    never: Character | None = None,
    content: Sequence[Span] = (),
) -> Ranked | None:
    """The likeliest antecedent of a word at ``offset``, not ``never``; None where nobody of that gender is named.

    Whoever is named inside ``content``, what the one who is sought says, counts as little as in quotation marks.
    """
    people = people_before(cast, offset, gender)
    people = [m for m in people if not any(start <= m.start < end for start, end in content)] or people
    near = {id(m.character) for m in people}
    # Somebody named only later, or long ago, is weighed where nobody else can be meant.
    possible = [c for c in candidates(cast, gender) if c is not never and (id(c) in near or not near)]
    scored = [
        (sum(WEIGHTS[name] * value for name, value in features(cast, offset, gender, c, said, people).items()), c)
        for c in possible
    ]
    if not scored:
        return None
    best, character = max(scored, key=lambda pair: pair[0])
    return Ranked(character, 1 / sum(math.exp(score - best) for score, _ in scored))


def _sentence_between(cast: Cast, mention: Mention, offset: int) -> bool:
    between = cast.text[mention.end : offset]
    return any(mark in between for mark in (". ", "? ", "! ", '."', ".”"))


def _opens(cast: Cast, mine: list[Mention], people: list[Mention]) -> bool:
    """Whether the character is the first one named in the paragraph of its last mention."""
    last = mine[-1]
    first = next(m for m in people if m.paragraph == last.paragraph)
    return first.character is last.character and first.start - cast.starts[first.paragraph] < 60
