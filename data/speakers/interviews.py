"""Who "A" and "Q" are in a printed interview: whom it is with, and the byline."""

from __future__ import annotations

import re
from collections import Counter

from data.model import SpeakerName
from data.speakers.cast import Cast
from data.speakers.characters import Character
from data.speakers.mentions import tokens_of
from data.speakers.spelling import fold

_WITH = re.compile(
    r"(?:interview(?:s|ed)?|conversation|talk(?:s|ed)?|chat(?:s|ted)?|spoke|speaks|sat down|sits down|caught up|asked)"
    r"(?: with| to|:)?\s",
    re.I,
)
_LABEL = re.compile(r"\s*[*_]{0,2}[QA][*_]{0,2} ?[:.]")


def interviewed(cast: Cast, label: str, offset: int) -> tuple[SpeakerName, Character | None] | None:
    """Whom a label stands for: "A" for the one person whom the introduction presents, "Q" for the byline.

    None where the introduction leaves a doubt: then the label stays as written.
    """
    if label == "Q":
        author = cast.article.author
        return (SpeakerName(author, None, True), None) if author else None
    first = next(
        (s for s, e in cast.article.paragraphs if s <= offset and _LABEL.match(cast.text, s, e)),
        offset,
    )
    title = cast.article.title or ""
    opening = [m for m in cast.before(first) if m.character is not None and m.character.form == "person"]
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
            return SpeakerName(character.name, character.role, True, "person", character.gender), character
    named = Counter(m.character for m in opening if m.character in people).most_common(2)
    leads = opening[0].character
    if leads is not None and named[0][0] is leads and (len(named) == 1 or named[0][1] > named[1][1]):
        return SpeakerName(leads.name, leads.role, True, "person", leads.gender), leads
    return None


def _presented(text: str, start: int) -> bool:
    """Whether "spoke to" or "an interview with" stands before a name, at most 40 characters off."""
    return any(match.end() >= start - 40 for match in _WITH.finditer(text, max(0, start - 80), start))
