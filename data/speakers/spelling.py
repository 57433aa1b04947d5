"""How a name is spelt: folding, and a person's name into titles, given names, surname and suffix."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from data.speakers.first_names import FIRST_NAMES, same_first_name
from data.speakers.lexicon import (
    ABBREVIATIONS,
    DEMONYMS,
    GENERATIONS,
    HONORIFICS,
    OFFICES,
    PARTICLES,
    PERSON_MODIFIERS,
    SUFFIXES,
)

_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ı": "i", "æ": "ae", "Æ": "ae", "œ": "oe", "ð": "d"}
    | {"þ": "th", "’": "'", "‘": "'", "ʼ": "'", "‑": "-", "–": "-"}
)
_GARBLED = (
    r"(?:(?<=[ÂÃÄÅ\u0300-\u036f\x80-\x9f])(?:[\x80-\x9f¡-ª¬-º¼-¿€‚ƒ„…†‡ˆ‰Š‹Œ›œžŸ™š˜]|[‘’“”–—](?=[^\W_]))"
    r"|(?<=[Ã\u0303][13])⁄[24]|(?<=[Ã\u0303]) [\u0300-\u0338]"
    r"|(?<=[Ã\x80-\x9f])[«»](?=[^\W_])|(?<=[^\W_])\ufffd+(?=[^\W_]))"
)
LETTERS = rf"[^\W_]+(?:(?:[\u0300-\u036f]|{_GARBLED})+[^\W_]*)*"
"""Letters in a row, as a pattern. Letters that were decoded wrongly count ("SarukhÃ¡n"), and so do accents that stand
beside their letter as a character of their own: a name is not cut at them."""

_PLURAL_TITLES = frozenset(
    {
        "senators",
        "representatives",
        "governors",
        "presidents",
        "justices",
        "judges",
        "professors",
        "messrs",
        "ministers",
    }
)
_MODIFIERS = (DEMONYMS | PERSON_MODIFIERS) - FIRST_NAMES
_POSSESSIVE = re.compile(r"(?:['’]|â€™|\ufffd(?=s))s?$")
_WORD = re.compile(rf"{LETTERS}(?:['’\-‑.]{LETTERS})*")


def fold(text: str) -> str:
    """Lower case without accents, full stops or curly apostrophes: for comparing spellings, never for showing.

    Without a cache, which would keep the words of questions; for plain letters there is nothing to gain from one.
    """
    if text.isascii():
        return text.replace(".", "").lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(c for c in decomposed if not unicodedata.combining(c) and c != ".").casefold()


def without_possessive(word: str) -> str:
    """ "Clinton's" to "Clinton"; "Jones'" to "Jones"; "D'Souza" stays."""
    return _POSSESSIVE.sub("", word)


def words_of(name: str) -> list[str]:
    """The folded words of a name, without possessive endings."""
    return [fold(without_possessive(word)) for word in _WORD.findall(name)]


@dataclass(frozen=True, slots=True)
class PersonName:
    """The folded parts of a person's name. ``given`` may be empty ("Mr. Trump") and so may ``titles``."""

    titles: tuple[str, ...]
    given: tuple[str, ...]
    surname: str
    suffix: str | None

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.given, self.surname)


def is_title(word: str) -> bool:
    """Whether a folded word is an honorific or an office, abbreviated or not; "Senators" too, before two names.

    So is a compound of such words, "director-general".
    """
    if word in _PLURAL_TITLES or word in HONORIFICS or word in ABBREVIATIONS or word in OFFICES:
        return True
    first, *rest = word.split("-")
    return (
        bool(rest)
        and (first in OFFICES or first in ("co", "ex"))
        and all(part in OFFICES or part in ("in", "at") for part in rest)
    )


def person_name(name: str) -> PersonName | None:
    """Split a person's name as written, with or without titles; None where no word is left for a surname.

    Particles stay out of the surname's key but in the given part: "Bill de Blasio" has surname "blasio".
    """
    words = words_of(name)
    suffix = None
    while len(words) > 1 and words[-1] in SUFFIXES:
        suffix = words.pop() if words[-1] in GENERATIONS else (words.pop() and suffix)
    cut = 0
    for position, word in enumerate(words[:-1]):
        if is_title(word) and not (word in FIRST_NAMES and position == 0 and len(words) == 2):
            cut = position + 1
    while cut < len(words) - 1 and words[cut] in _MODIFIERS:
        cut += 1
    rest = words[cut:]
    if not rest:
        return None
    return PersonName(tuple(words[:cut]), tuple(rest[:-1]), rest[-1], suffix)


def may_be_same(one: PersonName, other: PersonName) -> bool:
    """Whether two names may be one person's, judged by spelling alone.

    Surnames and first names must agree (a nickname or an initial will do); middle names must not contradict each
    other; a generational suffix on both must be the same. "Suu Kyi" agrees with "Aung San Suu Kyi".
    """
    if one.suffix and other.suffix and one.suffix != other.suffix:
        return False
    short, long = sorted((one, other), key=lambda n: len(n.words))
    if short.surname != long.surname:
        return False
    if not short.given or not long.given:
        return True
    if same_first_name(short.given[0], long.given[0]):
        return _middles_agree(short.given[1:], long.given[1:])
    return len(short.words) > 1 and long.words[-len(short.words) :] == short.words


def _middles_agree(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    one = tuple(w for w in one if w not in PARTICLES)
    other = tuple(w for w in other if w not in PARTICLES)
    if not one or not other:
        return True
    return one[0] == other[0] or (min(len(one[0]), len(other[0])) == 1 and one[0][0] == other[0][0])
