"""How much of the words for a speaker says who it is: edges, clauses and media behind it, its head noun, a brand.

Pure functions on the text; who is meant is decided in ``data.speakers.resolving``.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from data.model import Span
from data.speakers.lexicon import PARTICLES, SPEECH_VERBS, words
from data.speakers.mentions import Token, tokens_of
from data.speakers.occupations import is_occupation
from data.speakers.spelling import fold

if TYPE_CHECKING:
    from spacy.tokens import Token as Word

_TRAILING_BRACKET = re.compile(r"\s*\([^()]*\)?$")
_EDGE = " \t\n\r\u00a0,.;:—–-\"“”'‘’()[]"
_BRAND = re.compile(r"(?:[Tt]he )?([A-Z][\w-]+['’]s)")
_CLAUSE = re.compile(
    r"(?:,| [―—–-]{1,2})\s(?:who|whose|whom|which)\b.*| (?:but|and|or)$"
    r"|,? (?:in|via|by) (?:an?|the) (?:e-?mail|statement|interview|text message|letter|(?:news|press) release)\b.*",
    re.S,
)
"""What tells more of whom a description means already, a joint that leads nowhere, and the medium."""

_BEHIND = re.compile(
    r",\s(?:an?|the|including|published|released|issued|conducted|led|based|both|all)\b.*"
    r"|\s(?:(?:released|published|taken|conducted|issued) )?(?:this|last) (?:week|month)$",
    re.S,
)
"""What is told of a description behind it: "the poll, published on Monday"."""

_LISTED = re.compile(r",[^,]*(?:, and |,? and (?:the|an?|his|her|their|other)\b)")
_SERIES = re.compile(r"(?:, [a-z][\w -]*)+,? and [a-z]")
AFTER_PRONOUN = words("himself herself themselves itself all but also just even still alone then now")
"""Words behind "he" that leave it a pronoun."""


def trimmed(text: str, span: Span) -> Span:
    """A span without marks at its edges, a bracket or a possessive ending behind it."""
    start, end = span
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE and not _abbreviated(text, end):
        end -= 1
    if (bracket := _TRAILING_BRACKET.search(text, start, end)) is not None and bracket.start() > start:
        end = bracket.start()
    for ending in ("'s", "’s"):
        if text[start:end].endswith(ending):
            end -= 2
    return start, end


def _abbreviated(text: str, end: int) -> bool:
    return text[end - 1] == "." and bool(
        re.search(r"(?:\b[A-Z]|\b(?:Jr|Sr|Inc|Corp|Co|Ltd))\.$", text[max(0, end - 6) : end])
    )


def description_ends(text: str, first: int, end: int) -> int:
    """Where a description whose first word ends at ``first`` ends, without what is told of it behind.

    A list goes on: "the mayor, a former judge, and the governor".
    """
    if (clause := _CLAUSE.search(text, first, end)) is not None:
        end = clause.start()
    if (told := _BEHIND.search(text, first, end)) is not None and not _LISTED.search(told.group()):
        end = told.start()
    return end


def opens_series(text: str, first: list[Token], comma: int, end: int) -> bool:
    """Whether the one word before a comma is the first of several: "Activists, rescue workers and medics"."""
    return len(first) == 1 and first[0].folded.endswith("s") and _SERIES.match(text, comma, end) is not None


def brand(text: str, span: Span) -> str | None:
    """ "Lovell's", a firm's whole name: a verb of speech and no thing of Lovell's stands behind it."""
    found = _BRAND.fullmatch(text, *span)
    behind = [t.folded for t in tokens_of(text, span[1], span[1] + 16)][:1]
    return found.group(1) if found and set(behind) & SPEECH_VERBS else None


def head_noun(text: str, tokens: list[Token], root: Word | None, base: int, start: int, end: int) -> str:
    """The folded head noun of a description; ``base`` is where the paragraph of its syntactic ``root`` begins."""
    if root is not None and start <= root.idx + base < end and root.pos_ in ("NOUN", "PROPN", "PRON"):
        return fold(root.text)
    phrase = re.split(r"\b(?:of|for|at|in|with|from|on|to|who|that|which|by)\b", text[start:end])[0]
    inside = tokens_of(phrase)
    return inside[-1].folded if inside else tokens[-1].folded


def unarticled(text: str, start: int, written: str) -> str:
    """A name without its article, but for one whose capital stands in mid-sentence: "as The Hill pointed out"."""
    if written.startswith("The ") and re.search(r"[a-z,] $", text[max(0, start - 2) : start]):
        return written
    return re.sub(r"^(?:the|The) ", "", written)


def name_behind_role(text: str, tokens: list[Token]) -> str | None:
    """ "His nephew Michery el Solen": a name that the scan of the text missed, behind the noun that tells whose."""
    at = next((i for i, t in enumerate(tokens) if not t.capital and is_occupation(t.folded)), None)
    if at is None or at + 2 >= len(tokens) or not tokens[at + 1].capital or not tokens[-1].capital:
        return None
    name = tokens[at + 1 :]
    gaps = [text[a.end : b.start] for a, b in pairwise(tokens[at:])]
    written = all(t.capital or t.folded in PARTICLES for t in name) and set(gaps) <= {" ", "\u00a0"}
    return text[name[0].start : name[-1].end] if written and len(name) <= 4 else None
