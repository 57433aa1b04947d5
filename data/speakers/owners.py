"""Whose the thing is that speaks: "his campaign", and "the email" by whoever sent it a sentence before.

A document that is taken up again ("the report") speaks for its author where the sentence that brought it up tells one:
"the council's report", "a report by the council", "the council published a report". Pure look-ups in a ``Cast``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from data.model import Span
from data.speakers.antecedents import SURE, Said, Sought, rank
from data.speakers.cast import Cast
from data.speakers.characters import Character
from data.speakers.lexicon import NOT_IN_NAMES, Gender, words
from data.speakers.mentions import Token
from data.speakers.spelling import fold

if TYPE_CHECKING:
    from spacy.tokens import Token as Word

_KIN = frozenset({"son", "daughter", "father", "mother", "husband", "wife", "brother", "sister", "widow", "widower"})

_REACH = 3
"""Paragraphs back that a document may have been brought up."""

_SAME = (
    words("email e-mail message letter"),
    words("lawsuit suit motion filing complaint petition"),
    words("study report paper research analysis findings"),
    words("poll survey"),
    words("statement release press-release"),
    words("tweet tweets post"),
    words("article story editorial column op-ed"),
    words("memo memorandum"),
)
"""Nouns that take each other up: "a lawsuit ... the motion"."""

_POSTED = words("post posts tweet tweets email e-mail message video website ad")
"""Documents that bear the name of where they stand: "a Facebook post"."""

_ISSUES = words(
    """
    sent send sends wrote write writes written filed file files issued issue issues released release releases
    published publish publishes posted post posts tweeted penned circulated produced conducted commissioned
    """
)
_SPOKE = words("said says told wrote writes stated announced warned argued")
_CAMPAIGN = re.compile(r"\b([A-Z][\w-]+)(?:['’]s?)? (?:presidential )?campaign\b")
_NEW = frozenset({"a", "an", "another", "one"})
_MEANT_BY = re.compile(r"(?:researchers|scientists)", re.I)


def issuer(cast: Cast, offset: int, noun: str) -> Span | None:
    """The words for whoever wrote, sent or published what "the report" at an offset takes up again.

    None where nothing says it. A document that is new there ("a report") and that no author is told of stays unknown:
    an earlier one is another document.
    """
    alike = next((nouns for nouns in _SAME if noun in nouns), frozenset({noun}))
    for word, start in _earlier(cast, offset, alike):
        maker = _maker(word)
        if maker is not None:
            return _phrase(maker, start)
        if fold(word.text) not in _POSTED and any(map(_names, word.children)):
            return start + word.doc[word.left_edge.i].idx, start + word.idx + len(word)  # "a Kelmore University poll"
        if any(fold(child.text) in _NEW for child in word.children):
            return None
    return None


def runs(cast: Cast, owner: Character, offset: int, owned: str) -> bool:
    """Whether "his campaign" may be somebody's: not where the campaign spoken of right before is another man's."""
    if owned != "campaign" or owner.parsed is None:
        return True
    near = cast.starts[max(0, cast.paragraph_of(offset) - 1)]
    named = {fold(match.group(1)) for match in _CAMPAIGN.finditer(cast.text, near, offset)}
    alike = [c for c in cast.people() if c.parsed and c.parsed.surname in named and c.gender in (owner.gender, None)]
    return not alike or owner in alike


def _earlier(cast: Cast, offset: int, nouns: frozenset[str]) -> Iterator[tuple[Word, int]]:
    """The words of the nouns before an offset, the nearest first, each with the start of its paragraph."""
    here = cast.paragraph_of(offset)
    limit = cast.prose_ordinal(offset) - _REACH
    for ordinal in range(here, -1, -1):
        start = cast.starts[ordinal]
        if cast.prose_ordinal(start) < limit:
            return
        doc = cast.docs.get(ordinal)
        if doc is None:
            continue
        for word in reversed(list(doc)):
            if word.idx + start < offset and fold(word.text) in nouns and not cast.is_quoted(word.idx + start):
                yield word, start


def _maker(word: Word) -> Word | None:
    """The head of the phrase for who made the document that a word stands for."""
    for child in word.children:
        if child.dep_ == "prep" and fold(child.text) in ("by", "from"):
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    verb = word.head
    if word.dep_ == "pobj" and fold(verb.text) == "in" and fold(verb.head.text) in _SPOKE:
        return next((c for c in verb.head.children if c.dep_ == "nsubj"), None)
    if (
        owner := next((c for c in word.children if c.dep_ == "poss" and c.tag_ not in ("PRP$", "WP$")), None)
    ) is not None:
        return owner
    if word.dep_ == "dobj" and fold(verb.text) in _ISSUES:
        return next((c for c in verb.children if c.dep_ == "nsubj"), None)
    if word.dep_ == "nsubjpass" and fold(verb.text) in _ISSUES:
        agent = next((c for c in verb.children if c.dep_ == "agent"), None)
        return next((c for c in agent.children if c.dep_ == "pobj"), None) if agent is not None else None
    return None


def _names(child: Word) -> bool:
    """Whether a word before a document's noun is part of a name that tells whose it is: no pronoun, no day."""
    first = child.doc[child.head.left_edge.i]
    named = child.dep_ == "compound" and child.tag_ in ("NNP", "NNPS") and fold(child.text) not in NOT_IN_NAMES
    return named and first.tag_ != "PRP$"


def _phrase(head: Word, start: int) -> Span:
    """What a noun stands for with its modifiers, without clauses behind it, in offsets of the article."""
    doc = head.doc
    behind = [
        c.left_edge.i for c in head.children if c.i > head.i and c.dep_ in ("relcl", "acl", "appos", "punct", "case")
    ]
    last = doc[min(behind) - 1] if behind else doc[head.right_edge.i]
    return start + doc[head.left_edge.i].idx, start + last.idx + len(last)


def introduced_group(cast: Cast, offset: int) -> Span | None:
    """ "Researchers from Kelmore University" before "the researchers", where the text brings up no others."""
    found: list[Span] = []
    for ordinal in range(cast.paragraph_of(offset) + 1):
        doc = cast.docs.get(ordinal)
        for word in doc or ():
            start = cast.starts[ordinal]
            if word.idx + start >= offset or not _MEANT_BY.fullmatch(word.text) or cast.is_quoted(word.idx + start):
                continue
            of = [c for c in word.children if c.dep_ == "prep" and fold(c.text) in ("from", "at")]
            if of and any(c.dep_ == "pobj" and c.tag_ in ("NNP", "NNPS") for c in of[0].children):
                found.append(_phrase(word, start))
    return found[0] if len(found) == 1 else None


def owned(owner: str, thing: str) -> str:
    """ "Ned Harrow's campaign", "Rosa Lopes' office"."""
    return f"{owner}' {thing}" if owner.endswith("s") else f"{owner}'s {thing}"


def kin_meant(
    cast: Cast, said: list[Said], tokens: Sequence[Token], noun: str, gender: Gender | None
) -> Character | None:
    """ "His son" after "Pavel Ostrander Sr.": the one other bearer of the surname whom nothing speaks against."""
    if noun not in _KIN or len(tokens) != 2 or tokens[0].folded not in ("his", "her"):
        return None
    if any(role.head == noun for c in cast.people() for role in c.roles):
        return None  # the text says who the brother is
    best = rank(cast, Sought(tokens[0].start, "m" if tokens[0].folded == "his" else "f"), said)
    if best is None or best.share < SURE or best.character.parsed is None:
        return None
    owner = best.character.parsed
    kin = [c for c in cast.bearers(owner.surname) if c is not best.character]
    kin = [c for c in kin if gender is None or c.gender in (gender, None)]
    if len(kin) != 1 or kin[0].parsed is None:
        return None
    # A father is not his "Jr.", nor a son his "Sr.".
    wrong = {"father": "jr", "son": "sr"}.get(noun)
    described = {role.head for role in kin[0].roles} & _KIN - {noun}
    return None if (kin[0].parsed.suffix and kin[0].parsed.suffix == wrong) or described else kin[0]
