"""Who "A" and "Q" are in a printed interview, and who "I" is within an answer or a labelled turn."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter

from data.model import SpeakerName
from data.speakers.byline import sole_author
from data.speakers.cast import Cast
from data.speakers.characters import Character, Mention
from data.speakers.descriptions import abbreviates
from data.speakers.mentions import tokens_of
from data.speakers.spelling import fold

_WITH = re.compile(
    r"(?:interview(?:s|ed)?|conversation|talk(?:s|ed)?|chat(?:s|ted)?|spoke|speaks|sat down|sits down|caught up|asked)"
    r"(?: with| to|:)?\s",
    re.I,
)
_LABEL = re.compile(r"\s*[*_]{0,2}[QA][*_]{0,2} ?[:.]")
_TURN = re.compile(r"\s*[*_]{0,2}([QA]|[A-Z][\w.’'\-]+(?: [A-Z][\w.’'\-]+){0,3})[*_]{0,2} ?:")
_INITIALS = re.compile(r"[A-Z]{2}")
_LABELLED = re.compile(r"\W{0,4}([A-Z]{2})\b")
_BRACKETED = re.compile(r"\(\(([A-Z][a-z]\w+)\)\)")
_PRESS = frozenset(
    {"reporter", "writer", "correspondent", "editor", "columnist", "journalist", "anchor", "host", "interviewer"}
    | {"moderator", "broadcaster", "presenter", "contributor"}
)
_TURNS_LEAST = 3

Found = tuple[SpeakerName, Character | None]


def interviewed(cast: Cast, label: str, offset: int) -> Found | None:
    """Whom a label stands for: "A" for the one person whom the introduction presents, "Q" for the one who asks.

    None where the introduction leaves a doubt: then the label stays as written.
    """
    first = next(
        (s for s, e in cast.article.paragraphs if s <= offset and _LABEL.match(cast.text, s, e)),
        offset,
    )
    opening = [m for m in cast.before(first) if m.character is not None and m.character.form == "person"]
    author = sole_author(cast.article.author)
    if label == "Q":
        return _asking(cast, opening, author)
    answering = _answering(cast, opening)
    return (_named(answering), answering) if answering else None


def behind_initials(cast: Cast, label: str, offset: int) -> Found | None:
    """Whose initials a label is that opens several paragraphs of an interview: "NH" for Ned Harrow, "LP" for Lenn Post.

    People by the first letters of their first name and surname; else the one longer label in the same brackets.
    """
    if not _INITIALS.fullmatch(label):
        return None
    opens = re.compile(r"\W{0,4}" + re.escape(label) + r"\b")
    turns = [start for start, end in cast.article.paragraphs if opens.match(cast.text, start, end)]
    if len(turns) < _TURNS_LEAST - 1 or cast.starts[cast.paragraph_of(offset)] not in turns:
        return None
    people = [
        c for c in cast.people() if c.full and c.parsed and c.parsed.words[0][0] + c.parsed.surname[0] == fold(label)
    ]
    if len(people) == 1:
        return _named(people[0]), people[0]
    longer = {match.group(1) for match in _BRACKETED.finditer(cast.text)}
    spelt = [word for word in longer if abbreviates(fold(label), [fold(word)])]
    return (SpeakerName(spelt[0], None, True, "organisation"), None) if len(spelt) == 1 and not people else None


def initials_before(cast: Cast, offset: int) -> str | None:
    """The initials that open the paragraph of an offset: "NH" for the "we" of "NH: This is what we found"."""
    if not cast.starts:
        return None
    label = _LABELLED.match(cast.text, cast.starts[cast.paragraph_of(offset)], offset)
    return label.group(1) if label else None


def turn_of(cast: Cast, offset: int) -> str | None:
    """The label of the labelled turn that holds an offset ("A", "Q", "Tobias Wren"); None outside a transcript."""
    paragraphs = cast.article.paragraphs
    ordinal = bisect_right(cast.starts, offset) - 1
    labels = [match.group(1) if (match := _TURN.match(cast.text, s, e)) else None for s, e in paragraphs[: ordinal + 1]]
    times = Counter(label for label in labels if label)
    spoken = [label for label in labels if label and (label in ("Q", "A") or times[label] > 1)]
    return spoken[-1] if len(spoken) >= _TURNS_LEAST else None


def _asking(cast: Cast, opening: list[Mention], author: str | None) -> Found | None:
    """The byline, or the one journalist whom the introduction presents; None where two may have asked."""
    answering = _answering(cast, opening)
    known = fold(author or "")
    press: list[Character] = []
    for mention in opening:
        character = mention.character
        if character is None or character is answering or character in press or fold(character.name) == known:
            continue
        if any(role.head in _PRESS for role in character.roles):
            press.append(character)
    if author is not None:
        return (SpeakerName(author, None, True), None) if not press else None
    return (_named(press[0]), press[0]) if len(press) == 1 and not cast.article.author else None


def _answering(cast: Cast, opening: list[Mention]) -> Character | None:
    title = cast.article.title or ""
    author = fold(cast.article.author or "")
    people: set[Character] = {m.character for m in opening if m.character and fold(m.character.name) not in author}
    if not people:
        return None
    presented: set[Character] = {
        m.character for m in opening if m.character and m.character in people and _presented(cast.text, m.start)
    }
    titled = {c for c in people if c.parsed and any(t.folded == c.parsed.surname for t in tokens_of(title))}
    for found in (titled, presented, people):
        if len(found) == 1:
            (character,) = found
            return character
    named = Counter(m.character for m in opening if m.character in people).most_common(2)
    leads = opening[0].character
    if leads is not None and named[0][0] is leads and (len(named) == 1 or named[0][1] > named[1][1]):
        return leads
    return None


def _named(character: Character) -> SpeakerName:
    return SpeakerName(character.name, character.role, True, "person", character.gender)


def _presented(text: str, start: int) -> bool:
    """Whether "spoke to" or "an interview with" stands before a name, at most 40 characters off."""
    return any(match.end() >= start - 40 for match in _WITH.finditer(text, max(0, start - 80), start))
