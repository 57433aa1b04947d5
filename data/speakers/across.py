"""One speaker across articles: a conservative key, proposals to merge, and surnames linked to their one bearer.

Nothing here merges by itself: a key is equal only where the spellings leave no doubt, a proposal is for an editor,
and a link is marked as a link. Two people under one name do more harm than one person under two.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from data.model import SpeakerName
from data.speakers.first_names import first_name_gender
from data.speakers.lexicon import LEGAL_FORMS, ORG_NOUNS, PARTICLES, SMALL, Gender
from data.speakers.mentions import ARABIC_ARTICLE
from data.speakers.spelling import PersonName, fold, may_be_same, person_name, words_of

UNRESOLVED = "?"
"""Ends the key of a speaker known by a surname, a role or a description only."""

_LINKING = 0.95
_LINKING_LEAST = 5
_ARTICLE = frozenset({"the", "a", "an"})


class SpeakerRow(Protocol):
    """What is needed of a row of the archive's table of speakers. ``aliases`` counts each spelling."""

    @property
    def key(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def form(self) -> str: ...
    @property
    def identity(self) -> str: ...
    @property
    def aliases(self) -> Mapping[str, int]: ...
    @property
    def statements(self) -> int: ...
    @property
    def merged_into(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Merge:
    """Two speakers (keys) that are probably one, and why, for an editor to decide; ``into`` has more statements."""

    speaker: int
    into: int
    reason: str


def identity(name: SpeakerName) -> str:
    """The key under which a speaker's statements are gathered across articles.

    A person: the first given name and the surname, folded, with particles and a generational suffix kept and middle
    names and initials dropped, so "Donald J. Trump" is "donald trump" and "Donald Trump Jr." is "donald trump jr".
    A middle initial is dropped, a middle name too; two presidents named George Bush stay apart because a second
    initial ("George H. W. Bush") is kept. An organisation: its folded words without article and legal form. Whatever
    is no full name ("Trump", "the minister", "residents") gets a key that ends in ``?`` and is never merged; that of a
    bare surname has the gender that the article tells, so that a husband's and a wife's stay apart ("falk (f)?").
    """
    if name.form == "person":
        parsed = person_name(name.name) if _names_a_person(name.name) else None
        if parsed is not None and parsed.given and name.resolved:
            return _person_key(parsed)
        bare = parsed is not None and not parsed.given and name.gender is not None
        told = f" ({name.gender})" if bare else ""
        return " ".join(_unarticled(words_of(name.name))) + told + UNRESOLVED
    words = _unarticled(words_of(name.name))
    key = " ".join(words)
    if name.form == "organisation":
        while len(words) > 1 and words[-1] in LEGAL_FORMS:
            words.pop()
        key = " ".join(words)
        return key if name.resolved and key else key + UNRESOLVED
    return f"{key}{UNRESOLVED}"


def propose_merges(rows: Iterable[SpeakerRow]) -> list[Merge]:
    """Pairs of speakers whose spellings say that they are probably one, the safest first.

    Refused: names that differ in a generational suffix or contradict each other in a middle name, and any name that
    fits two different others ("George Bush" beside George W. and George H. W.).
    """
    live = [row for row in rows if row.merged_into is None]
    merges = _person_merges([row for row in live if row.form == "person"])
    merges += _organisation_merges([row for row in live if row.form == "organisation"])
    return merges


def link_surnames(rows: Iterable[SpeakerRow], genders: Mapping[int, Gender | None] | None = None) -> dict[int, int]:
    """Speakers known by a surname only, each with the one person whom it means throughout the archive: key to key.

    A surname is linked where at least five statements are made under full names with it and one bearer has 95 in a
    hundred of them; with two bearers of any weight there is no link. A link is a guess by frequency: whoever shows it
    must say so.

    Args:
        rows: the speakers table.
        genders: what articles tell of a speaker's gender ("Mrs.", "he"), by key, beside what the identity of a bare
            surname tells: a bearer whose first name speaks against it doesn't count, so "Mr. Obama" may be linked
            although two people named Obama are quoted.
    """
    told = genders or {}
    live = [row for row in rows if row.merged_into is None and row.form == "person"]
    bearers: dict[str, list[tuple[SpeakerRow, PersonName]]] = defaultdict(list)
    unresolved = []
    for row in live:
        if row.identity.endswith(UNRESOLVED):
            unresolved.append(row)
            continue
        parsed = person_name(row.name)
        if parsed and parsed.given:
            bearers[parsed.surname].append((row, parsed))
    links = {}
    for row in unresolved:
        parsed = person_name(row.name)
        if parsed is None or parsed.given or not _names_a_person(row.name):
            continue
        gender = told.get(row.key) or _gender_of(row.identity)
        holders = [
            (holder, name)
            for holder, name in bearers.get(parsed.surname, [])
            if gender is None or (told.get(holder.key) or first_name_gender(name.given[0])) in (gender, None)
        ]
        total = sum(holder.statements for holder, _ in holders)
        if not holders or total < _LINKING_LEAST:
            continue
        best = max((holder for holder, _ in holders), key=lambda holder: holder.statements)
        if best.statements >= _LINKING * total:
            links[row.key] = best.key
    return links


def _gender_of(key: str) -> Gender | None:
    """The gender that the key of a bare surname ends with."""
    return "f" if key.endswith(f" (f){UNRESOLVED}") else "m" if key.endswith(f" (m){UNRESOLVED}") else None


def acronym(name: str) -> str:
    """The folded initials of an organisation's name, small words left out: "hrw" for Human Rights Watch."""
    return "".join(word[0] for word in words_of(name) if word not in SMALL)


def _person_key(parsed: PersonName) -> str:
    particles = [word for word in parsed.given[1:] if word in PARTICLES]
    initials = [word for word in parsed.given[1:] if len(word) == 1]
    kept = initials if len(initials) > 1 else []
    suffix = [parsed.suffix] if parsed.suffix else []
    return " ".join([parsed.given[0], *kept, *particles, parsed.surname, *suffix])


def _names_a_person(name: str) -> bool:
    """Whether a name is written as one: capitals but for particles ("the London mayor", "he" and "police" are not)."""
    words = re.findall(r"[^\W_][^\s]*", name)
    return bool(words) and all(
        word[0].isupper() or fold(word) in PARTICLES or ARABIC_ARTICLE.match(word) for word in words
    )


def _unarticled(words: list[str]) -> list[str]:
    return words[1:] if len(words) > 1 and words[0] in _ARTICLE else words


def _person_merges(rows: list[SpeakerRow]) -> list[Merge]:
    by_surname: dict[str, list[tuple[SpeakerRow, PersonName]]] = defaultdict(list)
    for row in rows:
        parsed = person_name(row.name)
        if parsed and parsed.given and not row.identity.endswith(UNRESOLVED):
            by_surname[parsed.surname].append((row, parsed))
    merges = []
    for group in by_surname.values():
        for row, parsed in group:
            fits = [(r, p) for r, p in group if r is not row and p.suffix == parsed.suffix and may_be_same(p, parsed)]
            # A name that fits two people who are not one another is nobody's in particular.
            if not fits or any(not may_be_same(p, q) for _, p in fits for _, q in fits):
                continue
            best = max(fits, key=lambda pair: pair[0].statements)[0]
            if (best.statements, -best.key) > (row.statements, -row.key):
                merges.append(Merge(row.key, best.key, f"{row.name} and {best.name} are spelt as one person"))
    return merges


def _organisation_merges(rows: list[SpeakerRow]) -> list[Merge]:
    by_acronym: dict[str, list[SpeakerRow]] = defaultdict(list)
    for row in rows:
        if len(words_of(row.name)) > 1:
            by_acronym[acronym(row.name)].append(row)
    merges = []
    for row in rows:
        words = words_of(row.name)
        if len(words) != 1 or not 2 <= len(words[0]) <= 8:
            continue
        spelt = [r for r in by_acronym.get(words[0], []) if set(words_of(r.name)) & ORG_NOUNS or r.statements > 1]
        if len(spelt) == 1:
            small, large = sorted((row, spelt[0]), key=lambda r: (r.statements, -r.key))
            merges.append(Merge(small.key, large.key, f"{row.name} are the initials of {spelt[0].name}"))
    return merges
