"""The role that a text gives beside a name: a title, an apposition after or before it, "X is the director of".

A role is a clean piece of the text: no article in front, no comma behind.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from data.model import Span
from data.speakers.lexicon import (
    ABBREVIATIONS,
    FEMALE_NOUNS,
    HONORIFICS,
    MALE_NOUNS,
    OFFICES,
    PERSON_MODIFIERS,
    PLURAL_PRONOUNS,
    PREPOSITIONS,
    ROLE_NOUNS,
    SENTENCE_OPENERS,
    SPEECH_VERBS,
    VERBS,
    Gender,
)
from data.speakers.mentions import Token
from data.speakers.occupations import is_occupation
from data.speakers.spelling import fold

LONGEST = 160
"""Characters. A longer "apposition" is a clause that the commas don't show."""

_OPENING = re.compile(r"(?:,| [–—-]{1,2}) (?:aged )?(?:\d{1,3}, )?(?:who (?:is|was|serves as|works as) )?|, \d{1,3}, ")
_BEFORE = re.compile(
    r"\s*(?:(?:but|and|said|says|by|to|when|as|while|with|according to|former)\s)*"
    r"((?:the|an?|his|her|their|its|my|our|one|another|[A-Z][\w.]*(?: [A-Z][\w.]*)*['’]s?)\s)",
    re.I,
)
_COPULA = re.compile(r" (?:is|was) (?=(?:an?|the|now|also) )")
_END = re.compile(
    r"[,;:“”\"()\n–—!?]| -- | - |\.(?=\s|$|[”\"'])|"
    r"(?=\s(?:who|whose|which|said|says|told|tells|added|wrote|argued|explained|warned|noted|also)\b)"
)
_OFFICE_OF = re.compile(r"(?:(?:[A-Z][\w.]*|former|vice|deputy|senior) ){1,6}(?:of|to|for|at)(?: the)? $")
_ONLY_LAST = frozenset(
    {"major", "general", "chief", "first", "prime", "vice", "foreign", "finance", "health", "interior"}
) | {"defence", "defense", "environment", "education", "majority", "minority", "senior", "junior", "justice", "deputy"}
_TRAILING = re.compile(r"(?:[\s,;:]+|\s(?:of|for|at|in|with|from|on|to|and|the|a|an|by|or|as|who|is|was))+$")
_DETERMINER = re.compile(
    r"(?:(?:an?|the|his|her|their|its|our|my|one|another|also|now|then|formerly|currently)\s+)+", re.I
)
_ABBREVIATED = re.compile(r"(?:\b[A-Z]|\b(?:St|Dr|Mr|Mrs|Ms|Sen|Rep|Gov|Gen|Inc|Corp|Co|Ltd|Jr|Sr|No|Fla|Va|Calif))$")
_WORD = re.compile(r"[^\W\d_][\w'’.\-]*")
_SOMEBODY = re.compile(r"([A-Z][\w-]+\.?) [A-Z][\w'’-]+")
_ENDS_HEAD = PREPOSITIONS | {
    "over",
    "about",
    "into",
    "between",
    "than",
    "through",
    "without",
    "within",
    "behind",
    "like",
}
_RELATION = frozenset({"rival", "opponent", "successor", "predecessor", "friend", "colleague", "member", "star"}) | {
    "server", "native", "fellow", "incumbent", "guest", "mate", "contender", "counterpart", "ally"
}  # fmt: skip
"""Heads that tell what somebody is to another, or nothing at all without what they are of."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role as it stands in the text at ``start``.

    ``weight`` ranks it: 3 beside the name, 2 a title, 1 a copula or "as a young lawyer", 0 what tells too little to be
    shown ("rival") but may be what a description goes by.
    """

    text: str
    start: int
    weight: int
    head: str

    @property
    def gender(self) -> Gender | None:
        words = {fold(word) for word in _WORD.findall(self.text)[:8]}
        if self.head in FEMALE_NOUNS or (self.weight == 2 and words & FEMALE_NOUNS):
            return "f"
        if self.head in MALE_NOUNS or (self.weight == 2 and words & MALE_NOUNS):
            return "m"
        return None


def head_of(phrase: str) -> str | None:
    """The folded role noun that heads a noun phrase ("director of defence studies": "director"), None without one."""
    head = None
    for match in _WORD.finditer(phrase):
        if match.group().endswith(("'s", "’s", "s'", "s’")):
            continue
        word = fold(match.group().rstrip("."))
        if word in _ENDS_HEAD:
            break
        if head in _ONLY_LAST:
            head = None
        noun = ABBREVIATIONS.get(word, word)
        if is_occupation(noun):
            head = noun
    return head


def _clean(text: str, start: int, end: int) -> Span:
    opening = _DETERMINER.match(text, start, end)
    if opening:
        start = opening.end()
    trailing = _TRAILING.search(text[start:end])
    if trailing:
        end = start + trailing.start()
    return start, end


def _phrase_end(text: str, start: int, limit: int) -> int:
    position = start
    limit = min(limit, start + LONGEST)
    while match := _END.search(text, position, limit):
        if match.group().startswith(".") and _ABBREVIATED.search(text[start : match.start()]) and match.end() < limit:
            position = match.end()
            continue
        return match.start()
    return limit if limit < start + LONGEST else start


def after(text: str, end: int, limit: int) -> Role | None:
    """The apposition behind a name that ends at ``end``: ", director of ...," or ", 43, a farmer,"."""
    opening = _OPENING.match(text, end, limit)
    if not opening:
        return None
    start = opening.end()
    return _role(text, start, _phrase_end(text, start, limit), 3)


def _names_another(phrase: str, head: str) -> bool:
    """ "Falk, former harbour mayor Ned Harrow said, was late": behind the comma a clause of its own begins."""
    found = list(_WORD.finditer(phrase))
    for one, other, last in zip(found, found[1:], found[2:], strict=False):
        title = fold(one.group().rstrip("."))
        if ABBREVIATIONS.get(title, title) == head and not one.group().endswith(("'s", "’s")):
            gaps = phrase[one.end() : other.start()], phrase[other.end() : last.start()]
            bare = fold(other.group()) not in OFFICES
            return gaps == (" ", " ") and other.group()[0].isupper() and last.group()[0].isupper() and bare
    return False


def _is_somebody(phrase: str) -> bool:
    """ "Falk, Governor Marsh, ...": a title and a surname are the next one of a list."""
    match = _SOMEBODY.fullmatch(phrase)
    title = fold(match.group(1)) if match else ""
    last = fold(phrase.split()[-1])
    return (title in OFFICES or title in ABBREVIATIONS or title in HONORIFICS) and not is_occupation(last)


def _tells_little(phrase: str, head: str) -> bool:
    words = phrase.split()
    part = head in _ONLY_LAST and (phrase.islower() or head in ("senior", "junior"))
    return (len(words) == 1 and (head in _RELATION or part)) or (
        len(words) == 2 and head in ("rival", "opponent", "mate")
    )


def _role(text: str, start: int, end: int, weight: int) -> Role | None:
    clean_start, clean_end = _clean(text, start, end)
    if clean_end - clean_start < 3:
        return None
    phrase = text[clean_start:clean_end]
    head = head_of(phrase)
    if head is None or (weight == 3 and (_names_another(phrase, head) or _is_somebody(phrase))):
        return None
    if weight == 3 and re.match(r"\s*as\b", text[max(0, start - 3) : clean_start], re.I):
        weight = 1
    first = fold(_WORD.match(phrase).group()) if _WORD.match(phrase) else ""  # type: ignore[union-attr]
    if first in SENTENCE_OPENERS - PERSON_MODIFIERS - ROLE_NOUNS and (clean_start == start or first in VERBS):
        return None
    return Role(phrase, clean_start, 0 if _tells_little(phrase, head) else weight, head)


def of_mention(
    text: str, tokens: Sequence[Token], paragraph: Span, start: int, end: int, title: Sequence[Token]
) -> list[Role]:
    """The roles that stand beside a name at ``text[start:end]`` whose capitalised title words are ``title``."""
    found = []
    limit = paragraph[1]
    if behind := after(text, end, limit):
        found.append(behind)
    elif copula := _COPULA.match(text, end, limit):
        role = _role(text, copula.end(), _phrase_end(text, copula.end(), limit), 1)
        if role and re.match(r"(?:an?|the|now|also) ", text[copula.end() : copula.end() + 5]):
            found.append(role)
    at = bisect_left(tokens, title[0].start if title else start, key=lambda token: token.start)
    if title:
        office = [token for token in title if not (token.folded in HONORIFICS and token.folded not in OFFICES)]
        if office and not any(
            t.folded in OFFICES or t.folded in ABBREVIATIONS or is_occupation(t.folded) for t in office
        ):
            behind_of = _OFFICE_OF.search(text, max(paragraph[0], office[0].start - LONGEST), office[0].start)
            if behind_of and head_of(behind_of.group()):
                head = head_of(behind_of.group()) or ""
                found.append(Role(text[behind_of.start() : office[-1].end], behind_of.start(), 2, head))
        elif office:
            first = _titled_from(text, tokens, at)
            stop = office[-1].end + (1 if text[office[-1].end : office[-1].end + 1] == "." else 0)
            head = next((ABBREVIATIONS.get(t.folded, t.folded) for t in reversed(office)), "")
            found.append(Role(text[first:stop], first, 0 if _tells_little(text[first:stop], head) else 2, head))
    elif at > 0:
        previous = tokens[at - 1]
        gap = text[previous.end : start]
        if gap == " " and is_occupation(previous.folded) and not previous.possessive:
            first = _titled_from(text, tokens, at)
            phrase = text[first : previous.end]
            little = _tells_little(phrase, previous.folded)
            found.append(Role(phrase, first, 0 if little else 2, previous.folded))
        elif gap == ", " and (ahead := _before_comma(text, tokens, at, paragraph[0])):
            found.append(ahead)
    return found


def _titled_from(text: str, tokens: Sequence[Token], at: int) -> int:
    """Where a title that ends before token ``at`` begins: back over modifiers, capitals, "of the", possessives."""
    first = at
    while first > 0 and at - first < 9:
        token = tokens[first - 1]
        gap = text[token.end : tokens[first].start] if first < len(tokens) else " "
        if gap not in (" ", ". ", "'s ", "’s ", "' ", "’ ") or (gap == ". " and token.folded not in ABBREVIATIONS):
            break
        modifier = is_occupation(token.folded) or token.folded in PERSON_MODIFIERS or token.possessive
        name = token.capital and token.folded not in SENTENCE_OPENERS
        if not (modifier or name) or token.folded in PLURAL_PRONOUNS | SPEECH_VERBS:
            break
        first -= 1
    return tokens[first].start


def _before_comma(text: str, tokens: Sequence[Token], at: int, paragraph_start: int) -> Role | None:
    """ "The mayor of London," before "Sadiq Khan": from a determiner to the comma, headed by a role noun."""
    begin = max(
        paragraph_start,
        tokens[at - 1].end - LONGEST,
        *(text.rfind(mark, paragraph_start, tokens[at - 1].end) + 1 for mark in ',.;“”":—'),
    )
    opening = _BEFORE.match(text, begin, tokens[at - 1].end)
    return _role(text, opening.start(1), tokens[at - 1].end, 3) if opening else None
