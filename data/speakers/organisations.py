"""The organisations that an article names: one for each name, with its short forms tied to it.

"HRW" is Human Rights Watch, "the Post" the one paper before it that ends so, "Samsung" the Samsung Electronics Co.,
"HuffPost" the Huffington Post.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.speakers.characters import Character, Mention
from data.speakers.lexicon import DEMONYMS, LEGAL_FORMS, ORG_NOUNS, PLACES
from data.speakers.mentions import Token, tokens_of
from data.speakers.spelling import fold

_BRACKETED = re.compile(r" \((?:the )?[“\"]?([A-Z][A-Za-z&.\-]{1,9})[”\"]?[,;)]")
_FIRMS = (
    ORG_NOUNS
    - {"foundation", "campaign", "administration", "university", "school", "institute", "center", "centre", "library"}
) | frozenset(
    {"electronics", "motor", "oil", "steel", "foods", "brands", "chemical", "software", "financial", "research"}
)
"""What follows in the name of a firm that is called by its first word; "the Marsh Foundation" is not "Marsh"."""
_UNTOLD = frozenset({"of", "the", "and", "for", "on", "in", "to", "a", "de", "la"})
_CAMEL = re.compile(r"^(?!Mc|Mac|De|Di|Du|La|Le|Van|O['’])[A-Z][a-z]+[A-Z]")
_HUMPS = re.compile(r"[A-Z][a-z]+")
_LEAST_SHORT = 2
_LEAST_HUMP = 3
_OFTEN = 3


class Organisations:
    """The organisations of one article, in the order in which their names were read."""

    def __init__(self, text: str) -> None:
        """``text`` is the article's."""
        self.text = text
        self.all: list[Character] = []
        self._named: dict[tuple[str, ...], Character] = {}
        self._acronyms: dict[str, Character] = {}

    def name(self, mention: Mention, name: str, tokens: Sequence[Token]) -> None:
        """Give a mention to the organisation of that name, a new one if need be.

        ``tokens`` are the words of its paragraph: the initials in brackets behind a name tell where it begins.
        """
        folded = tuple(token.folded for token in tokens_of(name))
        character = self._named.get(folded) or self._shortened(folded, mention)
        if character is None:
            if (
                len(folded) == 1
                and not name.isupper()
                and re.search(r"[a-z,] The $", self.text[max(0, mention.start - 6) : mention.start])
            ):
                name = f"The {name}"  # a capital in mid-sentence: "as The Hill pointed out"
            character = self._named[folded] = Character(name, "organisation")
            self.all.append(character)
        mention.words = folded
        self.give(mention, character)
        bracket = _BRACKETED.match(self.text, mention.end)
        if bracket:
            character.acronyms.add(bracket.group(1))
            self._acronyms.setdefault(fold(bracket.group(1)), character)
            begin = self._spelt_before(bracket.group(1), mention, tokens)
            if begin is not None and begin < mention.start:
                mention.start = begin
                character.name = self.text[begin : mention.end]

    def _shortened(self, words: tuple[str, ...], mention: Mention) -> Character | None:
        """The one longer name that "the Daily News" or "the Supreme Court" ends or, before "of", begins."""
        if len(words) < _LEAST_SHORT or self.text[mention.start - 4 : mention.start] not in ("the ", "The "):
            return None
        longer = [
            character
            for folded, character in self._named.items()
            if len(folded) > len(words)
            and (folded[-len(words) :] == words or folded[: len(words) + 1] == (*words, "of"))
        ]
        return longer[0] if len(longer) == 1 else None

    def give(self, mention: Mention, character: Character) -> None:
        """Give a mention to an organisation that is known."""
        mention.character = character
        character.mentions.append(mention)

    def spelt_out(self, token: Token) -> Character | None:
        """The organisation that an acronym stands for, by its brackets or its initials."""
        known = self._acronyms.get(token.folded)
        if known is not None:
            return known
        for character in self.all:
            words = [w for w in character.mentions[0].words if w not in _UNTOLD - {"a", "de", "la"} | {"&"}]
            # "the US Food and Drug Administration"
            short = words[1:] if words and words[0] in PLACES | DEMONYMS else words
            initials = ["".join(w[0] for w in those) for those in (words, short) if len(those) > 1]
            # The CDC, the Centers for Disease Control and Prevention, leaves one out.
            cut = [letters[:-1] for letters in initials if len(letters) > len("cdc")]
            if words and words[-1] == "department":  # the DOJ, the Justice Department
                cut.append("do" + "".join(w[0] for w in words[:-1]))
            if token.folded in initials + cut:
                character.acronyms.add(token.text)
                return character
        return None

    def newsroom(self, word: str) -> Character | None:
        """ "CBS" after "CBS News"."""
        return next((c for c in self.all if c.mentions[0].words == (word, "news")), None)

    def clipped(self, word: str) -> Character | None:
        """What "HuffPost" clips: the one longer name whose words begin with its humps."""
        humps = [fold(hump) for hump in _HUMPS.findall(word)]
        if len(humps) < 2 or "".join(humps) != fold(word) or min(map(len, humps)) < _LEAST_HUMP:
            return None
        longer = [
            c
            for c in self.all
            if len(words := [w for w in c.mentions[0].words if w not in _UNTOLD]) == len(humps)
            and all(full.startswith(hump) for full, hump in zip(words, humps, strict=True))
        ]
        return longer[0] if len(longer) == 1 else None

    def called(self, word: str, times: int, people: bool) -> Character | None:
        """Whose first word a bare name is that might be a person's: it stands ``times`` times, taken for ``people``."""
        longer = self.starting_with(word)
        if longer is None or (
            (people or times >= _OFTEN) and not set(longer.mentions[0].words[1:]) & (_FIRMS | LEGAL_FORMS)
        ):
            return None
        return longer

    def starting_with(self, word: str) -> Character | None:
        """The first longer name that begins with a word: "Samsung" for "Samsung Electronics"."""
        if word in PLACES or word in DEMONYMS:
            return None
        longer = [c for c in self.all if len(c.mentions[0].words) > 1 and c.mentions[0].words[0] == word]
        if word in ORG_NOUNS:  # "State said" after "the State Department", "the Academy" after "the Academy of Arts"
            of = [c for c in longer if c.mentions[0].words[1] == "of"]
            longer = [c for c in longer if c.mentions[0].words[1:] in (("department",), ("ministry",))]
            longer = longer or (of if len(of) == 1 else [])
        # "Brackwater" is its own name beside "Brackwater Corp.": the legal form adds nothing.
        longer = [c for c in longer if set(c.mentions[0].words[1:]) - LEGAL_FORMS]
        return longer[0] if longer else None

    def ending_with(self, word: str, mention: Mention) -> Character | None:
        """ "The Post" after "The Washington Post": the one name before it that ends so."""
        if self.text[max(0, mention.start - 4) : mention.start].lower() != "the ":
            return None
        longer = {
            id(c): c
            for c in self.all
            if len(c.mentions[0].words) > 1 and c.mentions[0].words[-1] == word and c.mentions[0].start < mention.start
        }
        return next(iter(longer.values())) if len(longer) == 1 else None

    def _spelt_before(self, acronym: str, mention: Mention, paragraph: Sequence[Token]) -> int | None:
        """Where the name begins whose initials "(PG&E)" gives: "Pacific Gas and Electric Company"."""
        letters = [c for c in fold(acronym) if c.isalnum()]
        tokens = [t for t in paragraph if t.end <= mention.end]
        telling = [t for t in tokens[-2 * len(letters) - 4 :] if t.folded not in _UNTOLD]
        for length in (len(letters), len(letters) + 1):
            window = telling[-length:]
            if [t.folded[0] for t in window][: len(letters)] == letters and window[0].capital:
                return window[0].start
        return None


def looks_like_one(word: str) -> bool:
    """Whether a capital inside a word tells a brand: "HuffPost", not "McAllister"."""
    return _CAMEL.search(word) is not None
