"""Who acts in what a text dates, and at what occasion: what a later statement can lean on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from data.dates.attachment import DOCUMENTS, OCCASIONS, made
from data.dates.words import listed

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

PRONOUNS = frozenset(listed("he she they it who which i we him her them his their its"))
_NO_NAME = frozenset(
    listed(
        "the a an and of for in on at to by his her its their this that these those who which mr mrs ms dr "
        "sen rep gov president senator secretary minister prime former spokesman spokeswoman spokesperson "
        "judge justice chief mayor governor attorney general director campaign republican democrat democratic "
        "candidate nominee presidential rev lt gen col capt sir lord lady house white professor officials "
        "official chairman chairwoman leader company group government police court"
    )
)


def _fold(word: str) -> str:
    return re.sub(r"['’]s?$", "", word.lower())


def occasions(sentence: str) -> frozenset[str]:
    """The occasions and documents that a sentence names."""
    return frozenset(re.findall(r"[a-z-]+", sentence)) & (OCCASIONS | DOCUMENTS)


def host(doc: Doc, start: int, end: int) -> Token | None:
    """The finite verb of a main clause in the past that an expression dates, or None."""
    words = doc.char_span(start, end, alignment_mode="expand")
    if words is None or not len(words):
        return None
    at = words.start - 1
    if at >= 0 and doc[at].lower_ in ("until", "by", "before", "since", "for", "of", "from", "till", "than"):
        return None
    if words.root.dep_ in ("poss", "compound", "nummod", "nmod") or (
        words.end < len(doc) and doc[words.end].tag_ == "POS"
    ):
        return None
    token = words.root
    for _ in range(8):
        if token.pos_ in ("VERB", "AUX") and not (token.dep_ in ("acl", "relcl") and made(token)):
            break
        if token.dep_ in ("nsubj", "nsubjpass") or token.head.i == token.i:
            return None
        token = token.head
    if token.pos_ not in ("VERB", "AUX"):
        return None
    if token.dep_ not in ("ROOT", "conj", "advcl", "relcl", "ccomp"):
        return None
    if any(
        child.lower_ in ("will", "would", "could", "may", "might", "should", "to", "can", "wo", "'ll", "’ll")
        and child.dep_ in ("aux",)
        for child in token.children
    ):
        return None
    if token.tag_ not in ("VBD", "VBN", "VBZ", "VBP", "VB"):
        return None
    return token if token.dep_ in ("ROOT", "conj") else None


def actors(verb: Token) -> Iterator[tuple[int, str]]:
    """The names that act in a clause, word by word with their offsets in the Doc: its subject, its agent."""
    for child in verb.children:
        if child.dep_ in ("nsubj", "nsubjpass", "agent"):
            for token in child.subtree:
                folded = _fold(token.text)
                if token.pos_ == "PROPN" and folded not in _NO_NAME and len(folded) > 2 and abs(token.i - child.i) < 8:
                    yield token.idx, token.text
    if (
        verb.dep_ == "conj"
        and not any(child.dep_ in ("nsubj", "nsubjpass") for child in verb.children)
        and verb.head.i != verb.i
    ):
        yield from actors(verb.head)


def thing_of(doc: Doc, start: int, end: int) -> str | None:
    """The occasion or document that an expression belongs to: "Thursday's debate", "a speech in Lund on Sunday"."""
    words = doc.char_span(start, end, alignment_mode="expand")
    if words is None or not len(words):
        return None
    noun = words.root
    for _ in range(4):
        if (
            noun.pos_ in ("NOUN", "PROPN")
            and noun.i not in range(words.start, words.end)
            and noun.lower_ in OCCASIONS | DOCUMENTS
        ):
            return str(noun.lower_)
        if noun.dep_ not in ("poss", "compound", "nmod", "nummod", "amod", "npadvmod", "pobj", "prep", "acl"):
            return None
        noun = noun.head
    return None


_JUDGED = frozenset(
    listed(
        "applauded blasted bemoaned celebrated condemned decried denounced deplored hailed lamented mourned praised "
        "protested regretted slammed welcomed"
    )
)
"""Verbs for what has come about: nobody condemns or welcomes in the past tense what is still to come."""


def of_judged(doc: Doc, start: int, end: int) -> Token | None:
    """The verb of "condemned Friday's test", where an expression owns what is judged; else None."""
    words = doc.char_span(start, end, alignment_mode="expand")
    if words is None or not len(words) or words.root.dep_ not in ("poss", "compound", "nmod", "npadvmod"):
        return None
    noun = words.root.head
    verb = noun.head
    if noun.dep_ != "dobj" or noun.ent_type_ == "PERSON" or noun.lower_ in DOCUMENTS:
        return None
    return verb if verb.lower_ in _JUDGED and verb.tag_ in ("VBD", "VBN") else None


_CHORUS = frozenset(
    listed(
        "weighed reacted responded spoke commented joined testified replied appeared gathered debated piled protested"
    )
)


def chorus(verb: Token) -> bool:
    """ "Other officials weighed in Friday": a clause that only introduces what several people are then quoted with."""
    return verb.lower_ in _CHORUS and any(
        child.dep_ == "nsubj"
        and (child.tag_ in ("NNS", "NNPS") or child.lower_ in ("others", "many", "several", "some"))
        for child in verb.children
    )
