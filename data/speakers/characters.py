"""Somebody or something that an article names, and each mention of it: what they are, and what a gender is told by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from data.speakers import roles
from data.speakers.first_names import first_name_gender, same_first_name
from data.speakers.lexicon import FEMALE_NOUNS, HONORIFICS, MALE_NOUNS, PARTICLES, WEAK_FIRST, Gender
from data.speakers.spelling import PersonName, may_be_same

Form = Literal["person", "organisation"]


@dataclass(eq=False, slots=True)
class Mention:
    """A name in the text, without its title. ``subject`` and ``quoted`` weigh in when pronouns are resolved."""

    start: int
    end: int
    words: tuple[str, ...]
    title: tuple[str, ...] = ()
    paragraph: int = -1
    quoted: bool = False
    possessive: bool = False
    subject: bool = False
    character: Character | None = None
    ambiguous: bool = False

    @property
    def gender(self) -> Gender | None:
        """What the title before this mention tells."""
        for word in self.title:
            told = HONORIFICS.get(word)
            if told or word in FEMALE_NOUNS or word in MALE_NOUNS:
                return told or ("f" if word in FEMALE_NOUNS else "m")
        return None


@dataclass(eq=False, slots=True)
class Character:
    """Somebody or something that the article names. ``name`` is a piece of the text: the fullest form there."""

    name: str
    form: Form
    parsed: PersonName | None = None
    mentions: list[Mention] = field(default_factory=list)
    roles: list[roles.Role] = field(default_factory=list)
    votes: dict[Gender, float] = field(default_factory=lambda: {"f": 0.0, "m": 0.0})
    acronyms: set[str] = field(default_factory=set)

    @property
    def gender(self) -> Gender | None:
        """By titles, role nouns, first name and pronouns, in this order of weight; None where they don't tell."""
        f, m = self.votes["f"], self.votes["m"]
        if max(f, m) < 1 or min(f, m) * 2 > max(f, m):
            return None
        return "f" if f > m else "m"

    @property
    def full(self) -> bool:
        """Whether the name has more than a surname."""
        return self.parsed is not None and bool(self.parsed.given)

    @property
    def role(self) -> str | None:
        """The role that tells most: one beside the name before one in a title, the earlier before the later."""
        telling = [role for role in self.roles if role.weight]
        best = max(telling, key=lambda role: (role.weight, -role.start), default=None)
        return best.text if best else None

    def tell_gender(self) -> None:
        """Count anew what titles, roles and the first name tell."""
        votes = self.votes
        votes["f"] = votes["m"] = 0.0
        for mention in self.mentions:
            if mention.gender:
                votes[mention.gender] += 5
        for role in self.roles:
            if role.gender:
                votes[role.gender] += 4
        if self.full and self.parsed and (told := first_name_gender(self.parsed.given[0])):
            votes[told] += 1 if self.parsed.given[0] in WEAK_FIRST else 2
        elif not self.full and self.parsed and (told := first_name_gender(self.parsed.surname)):
            votes[told] += 1


def same(one: PersonName, other: PersonName) -> bool:
    """Within one article "Donald Trump Jr." and "Donald Trump" are two men."""
    return one.suffix == other.suffix and may_be_same(one, other) and bool(one.given) == bool(other.given)


def fuller(one: PersonName, other: PersonName) -> bool:
    def weight(name: PersonName) -> tuple[int, int]:
        words = [w for w in name.words if w not in PARTICLES]
        return len(words), sum(map(len, words))

    if one.given and other.given and same_first_name(one.given[0], other.given[0]) and len(one.given[0]) == 1:
        return False
    return weight(one) > weight(other)
