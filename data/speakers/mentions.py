"""Runs of capitalised words in an article's text: where people and organisations are mentioned.

Works on the bare text, so that names in paragraphs that were not parsed and in the headline count too. Where spaCy did
parse, its entity labels are one vote among others (``data.speakers.cast``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from data.speakers.first_names import FIRST_NAMES
from data.speakers.lexicon import (
    ABBREVIATIONS,
    GRAMMAR,
    GROUP_NOUNS,
    HONORIFICS,
    NOT_IN_NAMES,
    ORG_NOUNS,
    PARTICLES,
    SENTENCE_OPENERS,
    SUFFIXES,
)
from data.speakers.occupations import is_occupation
from data.speakers.spelling import LETTERS, fold, without_possessive

TOKEN = re.compile(
    rf"(?:[^\W\d_]\.){{2,}}(?:[^\W\d_]\b\.?)?|{LETTERS}(?:(?:['’\-‑&]|(?<=[A-Z])\$(?=[A-Z])|\.(?=[a-z])|(?<=â)€™){LETTERS})*"
)
_SPACE = re.compile(r"[ \u00a0\u200b]{1,2}")
_STOP_SPACE = re.compile(r"\.[ \u00a0]{1,2}")
_SUFFIX_GAP = re.compile(r",? ")
_NICKNAME = re.compile(r"\.? (?:[“\"'‘(])([^\W\d_][\w.\-]{1,15}(?: [^\W\d_][\w.\-]{1,12})?)[”\"'’)] (?=[^\W\d_])")
_CONNECTOR = re.compile(r" (?:of|for|on|against|in|to)(?: the)? | & | and (?:the )?")
ARABIC_ARTICLE = re.compile(r"(?:a[lsdnrtz]|ash|e[lsz]|ul)[-‑][A-Z]")
"""The Arabic article before a surname, in small letters: "al-", "el-" and as it sounds before other letters."""

_NUMBERED = frozenset({"local", "lodge", "chapter", "channel", "unit", "district"})
_OF_PEOPLE = frozenset({"' ", "’ ", "'s ", "’s "})
_QUESTION = re.compile(r"[^.!?\n]*\?")
_SENTENCE_END = re.compile(r"[.!?:;][”\"’')\]]*\s*$|[“\"‘(\[—–•]\s*$")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text with its offsets, as written (without a possessive ending) and folded."""

    start: int
    end: int
    text: str
    folded: str
    possessive: bool

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def acronym(self) -> bool:
        return len(self.text) > 1 and self.text.replace(".", "").replace("&", "").isupper()


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring capitalised words ("Senate Majority Leader Mitch McConnell"), openers of a sentence stripped."""

    tokens: tuple[Token, ...]
    opens_sentence: bool

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end

    @property
    def possessive(self) -> bool:
        return self.tokens[-1].possessive


def tokens_of(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The words of ``text[start:end]``; offsets are those of ``text``."""
    found = []
    for match in TOKEN.finditer(text, start, len(text) if end is None else end):
        word = match.group()
        bare = without_possessive(word) if word[-1] in "'’" or word[-2:-1] in ("'", "’", "™", "\ufffd") else word
        if not bare:
            continue
        owning = len(bare) < len(word) or (bare[-1] == "s" and text[match.end() : match.end() + 2] in ("' ", "’ "))
        found.append(Token(match.start(), match.start() + len(bare), bare, fold(bare), owning))
    return found


def runs_of(text: str, tokens: list[Token], start: int) -> Iterator[Run]:
    """Yield the runs among the tokens of one paragraph, which begins at ``start``, in order."""
    position = 0
    while position < len(tokens):
        if not _begins(tokens, position):
            position += 1
            continue
        first = position
        run = [tokens[position]]
        position += 1
        while position < len(tokens) and (step := _joins(text, run, tokens, position)):
            run.extend(tokens[position : position + step])
            position += step
        opens = first == 0 or _SENTENCE_END.search(text, max(start, run[0].start - 6), run[0].start) is not None
        stripped = list(run)
        while (
            stripped
            and stripped[0].folded in SENTENCE_OPENERS
            and not (len(stripped[0].text) > 1 and stripped[0].acronym)
            and not (stripped[0] is run[0] and _is_will(text, stripped, opens))
        ):
            stripped.pop(0)
        while stripped and not _ends(stripped[-1]):
            stripped.pop()
        if stripped:
            yield Run(tuple(stripped), opens and stripped[0] is run[0])


def _is_will(text: str, run: list[Token], opens: bool) -> bool:
    """Whether "Will" is a first name: with a capital it is a verb only where it opens a question."""
    if run[0].folded != "will" or len(run) < 2:
        return False
    return not opens or _QUESTION.match(text, run[0].start) is None


def _ends(token: Token) -> bool:
    """Whether a name may end with a word: "el-Kadry" as well as "Kadry", "Local 12", never "van"."""
    return token.capital or token.text[0].isdigit() or ARABIC_ARTICLE.match(token.text) is not None


def _begins(tokens: list[Token], position: int) -> bool:
    token = tokens[position]
    if token.folded in NOT_IN_NAMES and not (
        token.folded in ("may", "april", "june") and _next_capital(tokens, position)
    ):
        return False
    if token.capital:
        return True
    if token.folded in PARTICLES and token.folded not in ("le", "la", "e", "y", "den", "ten", "san", "del"):
        ahead = position + 1
        while (
            ahead < min(position + 3, len(tokens) - 1)
            and tokens[ahead].folded in PARTICLES
            and not tokens[ahead].capital
        ):
            ahead += 1
        return (
            _next_capital(tokens, ahead - 1)
            and tokens[ahead].start - token.end == sum(len(t.text) + 1 for t in tokens[position + 1 : ahead]) + 1
        )
    return ARABIC_ARTICLE.match(token.text) is not None


def _surname_like_month(last: Token, token: Token) -> bool:
    """ "Theresa May", "Ms. May": a month's name after a first name or an honorific is a surname."""
    return token.capital and (last.folded in FIRST_NAMES or last.folded in HONORIFICS) and not token.acronym


def _next_capital(tokens: list[Token], position: int) -> bool:
    return (
        position + 1 < len(tokens) and tokens[position + 1].capital and tokens[position + 1].folded not in NOT_IN_NAMES
    )


def _joins(text: str, run: list[Token], tokens: list[Token], position: int) -> int:
    """How many tokens from ``position`` on belong to the run; 0 ends it."""
    last, token = run[-1], tokens[position]
    gap = text[last.end : token.start]
    if last.possessive:
        return int(token.capital and gap in _OF_PEOPLE and _names_members(text, run, tokens, position))
    if token.folded in SUFFIXES and token.capital and _SUFFIX_GAP.fullmatch(gap):
        return 1
    nickname = _NICKNAME.match(text, last.end)
    if nickname and token.capital:
        inside = sum(1 for t in tokens[position : position + 3] if t.end < nickname.end())
        after = position + inside
        if after < len(tokens) and tokens[after].start == nickname.end() and tokens[after].capital:
            return inside + 1
    abbreviated = last.folded in ABBREVIATIONS or last.folded in HONORIFICS or len(last.text) == 1
    if not (_SPACE.fullmatch(gap) or (abbreviated and _STOP_SPACE.fullmatch(gap))):
        return 0
    paper = token.text == "TODAY" and last.text == "USA"
    if token.folded in NOT_IN_NAMES and not paper and not _surname_like_month(last, token):
        return 0
    if token.capital:
        # "Human Rights Watch", "Michael Every": inside a name only mere grammar ends it.
        return 0 if token.folded in GRAMMAR and len(token.text) > 1 and not token.acronym else 1
    if token.folded in PARTICLES:
        ahead = 1
        while position + ahead < len(tokens) and tokens[position + ahead].folded in PARTICLES and ahead < 3:
            ahead += 1
        if position + ahead < len(tokens) and tokens[position + ahead].capital:
            return ahead + 1 if text[token.end : tokens[position + ahead].start].count(" ") == ahead else 0
        return 0
    if ARABIC_ARTICLE.match(token.text):
        return 1
    if not token.text[0].isdigit() or len(token.text) > 4:
        return 0
    return 1 if last.folded in _NUMBERED or _next_capital(tokens, position) else 0


def _names_members(text: str, run: list[Token], tokens: list[Token], position: int) -> bool:
    """Whether a possessive is part of a name: "Miners' Union", "Children's Hospital", "St. John's College".

    "Jones' Department" and "Kenya's Supreme Court" only tell whose it is.
    """
    last = run[-1]
    ahead = position
    while ahead < len(tokens) and tokens[ahead].capital and ahead - position < 4:
        if ahead > position and text[tokens[ahead - 1].end : tokens[ahead].start] != " ":
            break
        ahead += 1
    heads = {token.folded for token in tokens[position:ahead]}
    if not heads & ORG_NOUNS:
        return False
    if len(run) > 1 and run[-2].folded in ("st", "saint"):
        return True
    plural = last.folded.endswith("s") and text[last.end : last.end + 2] in ("' ", "’ ")
    members = is_occupation(last.folded[:-1]) or (last.folded in GROUP_NOUNS and last.folded not in FIRST_NAMES)
    office = last.folded in ("sheriff", "coroner") and len(run) > 1  # "Lenn County Sheriff's Department"
    return (plural and members) or office or last.folded in ("men", "women", "children", "people")


def longer_organisation(text: str, end: int, limit: int) -> int:
    """Where an organisation's name really ends: the "Department" that ends at ``end``, with "of Health and Welfare"."""
    of = False
    while True:
        joint = _CONNECTOR.match(text, end, limit)
        if not joint or (joint.group().startswith(" and") and not of):
            return end
        of = of or joint.group().startswith((" of", " for"))
        following = TOKEN.match(text, joint.end(), limit)
        if not following or not following.group()[0].isupper() or fold(following.group()) in NOT_IN_NAMES:
            return end
        word = following.group()
        end = following.start() + len(
            without_possessive(word) if word[-1] in "'’s" and ("'" in word or "’" in word) else word
        )
        if len(word) != end - following.start():
            return end
        while (more := TOKEN.match(text, end + 1, limit)) and text[end : end + 1] == " " and more.group()[0].isupper():
            bare = without_possessive(more.group()) if "'" in more.group() or "’" in more.group() else more.group()
            end = more.start() + len(bare)
            if bare != more.group():
                return end
