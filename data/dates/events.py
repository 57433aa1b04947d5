"""Who acts in what a text dates, and at what occasion: what a later statement can lean on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from data.dates.attachment import DOCUMENTS, OCCASIONS, broken_off, made
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
        if token.head.i == token.i and (onward := broken_off(words)) is not None:
            return onward
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


def _names_of(head: Token) -> Iterator[Token]:
    """The words of names in what hangs on a word, itself included."""
    for token in head.subtree:
        folded = _fold(token.text)
        if token.pos_ == "PROPN" and folded not in _NO_NAME and len(folded) > 2:
            yield token


def actors(verb: Token) -> Iterator[tuple[int, str]]:
    """The names that act in a clause, word by word with their offsets in the Doc: its subject, its agent."""
    for child in verb.children:
        if child.dep_ in ("nsubj", "nsubjpass", "agent"):
            yield from ((token.idx, token.text) for token in _names_of(child) if abs(token.i - child.i) < 8)
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


def attending(doc: Doc, start: int, end: int) -> Iterator[tuple[int, str]]:
    """The names that act at the occasion that an expression dates, word by word with their offsets in the Doc.

    "Holm addressed those attending a Jan. 7 rally", "Holm's tone at a news conference Tuesday": who speaks there.
    """
    words = doc.char_span(start, end, alignment_mode="expand")
    if words is None or not len(words):
        return
    noun = words.root.head
    if noun.dep_ == "nsubj":  # hung on the subject, whose occasion stands between the two
        between = {token.lower_ for token in doc[noun.i : words.start]}
        if noun.i < words.start and between & OCCASIONS and between & {"in", "at", "during"}:
            yield from _owners(noun)
        return
    for _ in range(3):
        if noun.pos_ in ("NOUN", "PROPN") and noun.lower_ in OCCASIONS:
            break
        noun = noun.head
    else:
        return
    verb = noun.head
    if noun.dep_ == "pobj" and verb.lower_ in ("at", "in", "during"):
        verb = verb.head
        if verb.dep_ == "nsubj":
            yield from _owners(verb)
            return
    elif not (noun.dep_ == "dobj" and verb.lower_ in _HELD):
        return
    for _ in range(4):
        if verb.pos_ == "VERB" and verb.dep_ in ("ROOT", "conj"):
            if verb.tag_ in ("VBD", "VBN", "VBZ") and not any(
                child.dep_ == "neg" or child.tag_ == "MD" or child.lower_ == "to" for child in verb.children
            ):
                yield from actors(verb)
            return
        verb = verb.head


_HELD = frozenset(
    listed("addressed addressing attended attending held holding hosted hosting gave giving headlined headlining")
)
"""What one does with an occasion at which one speaks, or to those who are at it."""


def _owners(noun: Token) -> Iterator[tuple[int, str]]:
    for child in noun.children:
        if child.dep_ == "poss" and child.pos_ == "PROPN":
            yield from ((token.idx, token.text) for token in _names_of(child))


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
    before_people = verb.lower_ in ("went", "appeared", "stood") and any(
        child.lower_ == "before" and child.dep_ == "prep" for child in verb.children
    )
    return (before_people or verb.lower_ in _CHORUS) and any(
        child.dep_ == "nsubj"
        and (child.tag_ in ("NNS", "NNPS") or child.lower_ in ("others", "many", "several", "some"))
        for child in verb.children
    )
