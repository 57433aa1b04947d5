"""Whom the byline names: the one person who is "I" outside quotations, and who asks in a printed interview."""

from __future__ import annotations

import re

from data.speakers.lexicon import ORG_NOUNS, OUTLETS, PARTICLES, PLACES
from data.speakers.occupations import is_occupation
from data.speakers.spelling import fold

_BY = re.compile(r"^(?:by|from|interview(?:ed)? by)\s+", re.I)
_PARTING = re.compile(r",\s*(?:and\s+)?|\s+(?:and|&|with)\s+|[;|/]|(?<=\w{3})\.\s+", re.I)
_NAME = re.compile(r"[^\W\d_][\w.’'\-]*(?: [^\W\d_][\w.’'\-]*){1,3}")


def sole_author(author: str | None) -> str | None:
    """The byline's one person, as written there; None for an outlet, for two people and for none.

    Outlets, places, trades, handles and addresses beside the name don't count ("Dana Kell, KELMORE GAZETTE").
    """
    parts = [_BY.sub("", part.strip()).strip(" .") for part in _PARTING.split(author or "")]
    people = [part for part in parts if _is_person(part)]
    return people[0] if len(people) == 1 else None


def _is_person(part: str) -> bool:
    words = [fold(word) for word in part.split()]
    if not _NAME.fullmatch(part) or any(word in ORG_NOUNS or word in OUTLETS for word in words):
        return False
    capitals = all(word[0].isupper() or fold(word) in PARTICLES for word in part.split())
    return capitals and not (words[0] == "the" or words[-1] in PLACES or is_occupation(words[-1]))
