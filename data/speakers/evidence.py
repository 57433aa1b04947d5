"""Is a run of capitalised words a person's name? Evidence from the words, from around them, and from all over the text.

A first name, a title, an age or an apposition speak for a person; an article ("the Hurricanes"), a place or an
organisation's noun against; spaCy's entity label is one vote, since a small model errs on unknown names.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from data.model import Article, Span
from data.speakers import roles
from data.speakers.first_names import FIRST_NAMES
from data.speakers.lexicon import (
    DEMONYMS,
    DOCUMENT_NOUNS,
    GENERATIONS,
    GENERIC_ORGS,
    GROUP_NOUNS,
    HONORIFICS,
    NOT_PEOPLE,
    ORG_NOUNS,
    PARTICLES,
    PERSON_MODIFIERS,
    PLACES,
    SPEECH_VERBS,
    WEAK_FIRST,
    Gender,
)
from data.speakers.mentions import Run, Token, runs_of, tokens_of
from data.speakers.occupations import ALSO_NAMES, is_occupation
from data.speakers.organisations import looks_like_one
from data.speakers.spelling import is_title

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.tokens import Token as Word

PERSON = 1.5
"""Evidence from which a run of capitalised words is taken for a person's name."""

_NEVER_SURNAMES = frozenset(
    {"foundation", "administration", "campaign", "university", "committee", "organization", "organisation", "institute"}
    | {"association", "commission", "department", "agency", "corporation", "company", "council", "federation"}
    | {"ministry", "network", "airlines", "alliance", "coalition", "congress", "senate", "parliament", "government"}
    | {"police"}
)
_FROM = re.compile(r"-(?:based|born|raised|area|native|trained|educated)$")
_GENERAL = frozenset({"electric", "motors", "mills", "dynamics", "assembly", "atomics", "foods", "services", "council"})
"""What "General" is no rank before."""
_UNIONS = frozenset({"us", "uk", "un", "eu"})
_OFTEN_CAPITAL = PARTICLES & frozenset({"le", "de", "la", "di", "du", "del", "von", "el", "da"}) - FIRST_NAMES
_OFFICES_IN_NAMES = frozenset({"executive", "contributor", "councilmember", "meteorologist", "commentator", "member"})
"""Nouns with which what stands before a name may end, though they aren't offices wherever they stand."""
_NOT_A_NOUN = re.compile(
    r"[.,;:!?)”\"]| (?:is|was|are|were|has|have|had|will|would|said|say|says)\b"
    r"| (?:to|in|on|for|and|at|with|from|by|that|who)\b|$"
)
_AGE = re.compile(r",? (?:aged )?\(?\d{1,3}\b(?! (?:per|percent|million|billion|years ago))|, (?:who|whose)\b")
_INITIALS = frozenset("jp jd aj cj dj jj tj rj pj bj".split())  # noqa: SIM905


class Evidence:
    """What an article's whole text tells about its capitalised words.

    ``tokens`` are the words of each paragraph; ``runs`` the runs of capitalised words with their paragraph's ordinal,
    headlines left out; ``speaking`` the last words of the speakers as written; ``inside`` the last words of runs in
    mid-sentence; ``pairs`` the runs of two words; ``singles`` counts those of one.
    """

    def __init__(self, article: Article, docs: Mapping[int, Doc], speakers: Iterable[Span]) -> None:
        """Read every paragraph once."""
        self.text = article.text
        self.article = article
        self.tokens = [tokens_of(self.text, start, end) for start, end in article.paragraphs]
        self.starts = [start for start, _ in article.paragraphs]
        self.runs: list[tuple[int, Run]] = []
        self.lower = {t.folded for tokens in self.tokens for t in tokens if not t.capital}
        self.with_article: set[str] = set()
        self.titled: dict[str, set[Gender]] = defaultdict(set)
        self.singles: dict[str, int] = defaultdict(int)
        self.inside: set[str] = set()
        self.pairs: set[tuple[str, str]] = set()
        self.speaking = {
            words[-1].folded for span in speakers if (words := tokens_of(self.text, *span)) and words[-1].capital
        }
        self._docs = docs
        self._labels = {ordinal: entity_labels(doc, self.starts[ordinal]) for ordinal, doc in docs.items()}
        self._bodies = {
            self.starts[ordinal] + e.end_char: self.starts[ordinal] + e.start_char
            for ordinal, doc in docs.items()
            for e in doc.ents
            if e.label_ == "ORG"
        }
        self.labels_of: dict[str, list[str]] = defaultdict(list)
        for ordinal, tokens in enumerate(self.tokens):
            if is_headline(tokens):
                continue
            for run in runs_of(self.text, tokens, self.starts[ordinal]):
                self.runs.append((ordinal, run))
                if len(run.tokens) == 2 and (told := HONORIFICS.get(run.tokens[0].folded)):
                    self.titled[run.tokens[1].folded].add(told)
                if not run.opens_sentence:
                    self.inside.add(run.tokens[-1].folded)
                if len(run.tokens) == 2:
                    self.pairs.add((run.tokens[0].folded, run.tokens[1].folded))
                if len(run.tokens) == 1:
                    self.singles[run.tokens[0].folded] += 1
                    self.labels_of[run.tokens[0].folded].append(self.label(ordinal, run.end) or "")
                if self._after_the(run):
                    self.with_article.add(run.tokens[-1].folded)

    def label(self, ordinal: int, end: int) -> str | None:
        """spaCy's label of the entity that ends at an offset of the text, if any."""
        return self._labels.get(ordinal, {}).get(end)

    def joined_before(self, run: Run) -> int | None:
        """Where "the Food and Drug Administration" begins, of which a run is the end, by spaCy's entities."""
        begin = self._bodies.get(run.end, run.start)
        joint = re.fullmatch(
            r"(?:[Tt]he )?((?:[A-Z][\w.’'-]*[a-z],? |U\.?S\.? )+(?:and|&) )", self.text[begin : run.start]
        )
        return begin + joint.start(1) if joint else None

    def opened_by_verb(self, ordinal: int, run: Run) -> bool:
        """Whether a run of several words opens a sentence with a verb: "Cue Ines Falk", "Denying Brackwater"."""
        token = run.tokens[0]
        if not run.opens_sentence or len(run.tokens) < 2 or token.folded in FIRST_NAMES or token.folded in self.inside:
            return False
        word = self._word(ordinal, token)
        return word is not None and word.tag_ in ("VB", "VBG", "VBD") and word.dep_ not in ("compound", "amod")

    def _word(self, ordinal: int, token: Token) -> Word | None:
        """spaCy's token for a word of a paragraph, where that was parsed."""
        doc = self._docs.get(ordinal)
        start = self.starts[ordinal]
        span = doc.char_span(token.start - start, token.end - start) if doc else None
        return None if span is None else span.root

    def names_a_group(self, run: Run) -> bool:
        """ "Establishment Republicans": people of a kind, unless the words begin a longer name."""
        first, last = run.tokens[0].folded, run.tokens[-1].folded
        group = (
            len(run.tokens) > 1
            and last in GROUP_NOUNS - ORG_NOUNS - FIRST_NAMES - NOT_PEOPLE
            and first not in FIRST_NAMES
        )
        party = last in ("republican", "democrat") and self.text[max(0, run.start - 4) : run.start].lower() == "the "
        if party and len(run.tokens) > 1:
            return True  # "the Kentucky Republican"
        return group and not re.match(r" (?:of|for|without|in|against) [A-Z]| \(", self.text[run.end : run.end + 12])

    def only_opens(self, ordinal: int, run: Run) -> bool:
        """Whether a word has its capital from the beginning of its sentence only: "Critics said", "Spurns offer"."""
        token = run.tokens[-1]
        if not run.opens_sentence or token.folded in self.inside or token.folded in FIRST_NAMES or token.acronym:
            return False
        if token.folded in GROUP_NOUNS | DOCUMENT_NOUNS:
            return True
        word = self._word(ordinal, token)
        return word is not None and word.tag_[:2] in ("VB", "JJ", "RB", "IN", "DT", "WD", "CD", "PR")

    def _after_the(self, run: Run) -> bool:
        """ "The Hurricanes have": a name that takes an article is no person's, unless it qualifies a noun."""
        if self.text[max(0, run.start - 4) : run.start].lower() != "the " or run.possessive:
            return False
        return _NOT_A_NOUN.match(self.text, run.end) is not None

    def organisation_before(self, run: Run) -> bool:
        """Whether an organisation's noun stands right before the name: "the newspaper Novaya Gazeta"."""
        noun = re.search(r"\b([a-z-]+) $", self.text[max(0, run.start - 20) : run.start])
        return noun is not None and noun.group(1) in GENERIC_ORGS

    def begins_organisation(self, run: Run) -> bool:
        """ "Society" before "of Motor Manufacturers": one capitalised word that an organisation's name begins with."""
        following = self.text[run.end : run.end + 9]
        return (
            run.tokens[0].folded in ORG_NOUNS
            and not run.possessive
            and bool(re.match(r" (?:of|for) (?:the )?[A-Z]", following))
        )

    def person(self, ordinal: int, run: Run, cut: int, label: str | None) -> float:
        """How much speaks for the run, from word ``cut`` on, being a person's name; compare with ``PERSON``."""
        name = run.tokens[cut:]
        bare = bare_words(name)
        if len([t for t in bare if t.folded not in PARTICLES]) > 4:
            return 0
        words = [token.folded for token in bare]
        if len(words) > 1 and words[-1] in _NEVER_SURNAMES:
            return 0  # "Ned Harrow Foundation"
        plain = len(words) <= 3 and not any(token.acronym or "&" in token.text for token in bare)
        evidence = 0.5 if plain else 0.0
        if words[0] in FIRST_NAMES:
            evidence += 1 if words[0] in WEAK_FIRST or (words[0] == "al" and label == "ORG") else 2
        elif len(words[0]) == 1 or words[0].replace("-", "") in _INITIALS:
            evidence += 1.5
        titled = any(token.folded not in DEMONYMS for token in run.tokens[:cut])
        if titled or (run.opens_sentence is False and self.role_before(ordinal, run, cut)):
            evidence += 2
        elif cut:
            evidence += 1  # "American Tom Marsh", but "U.S. Figure Skating"
        elif self.organisation_before(run):
            evidence -= 3
        if any(len(word) == 1 for word in words[1:-1]) or len(words) < len(name):
            evidence += 1.5
        if self.singles.get(words[-1], 0) and words[-1] not in PLACES | DEMONYMS | ORG_NOUNS:
            evidence += 1 if self.singles[words[-1]] == 1 else 2
        if words[-1] in self.titled:
            evidence += 2
        if words[0] not in FIRST_NAMES and not cut and {words[0], words[-1]} & self.lower:
            evidence -= 2
        if words[-1] in self.speaking:
            evidence += 1
        if label == "PERSON":
            evidence += 1.5
        elif label in ("ORG", "GPE", "LOC", "FAC", "NORP", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW"):
            evidence -= 0.5 if words[0] in FIRST_NAMES else 1
        if _AGE.match(self.text, run.end):
            evidence += 1.5
        elif roles.after(self.text, run.end, self.article.paragraphs[ordinal][1]) is not None:
            evidence += 1
        following = self.text[run.end : run.end + 14].split()
        if following and following[0].strip(",.;:") in SPEECH_VERBS:
            evidence += 1
        inner = words if words[0] not in FIRST_NAMES else words[1:]
        if any(word in ORG_NOUNS for word in words[1:]) or (words[0] in ORG_NOUNS and words[0] not in FIRST_NAMES):
            evidence -= 3 if words[-1] in ORG_NOUNS else 1.5
        if words[0] in PLACES and words[0] in FIRST_NAMES and label != "PERSON" and not cut:
            evidence -= 1.5
        if not cut and words[-1] in self.with_article:
            evidence -= 3
        if is_title(words[-1]) and words[0] not in FIRST_NAMES:
            evidence -= 2
        if any(word in PLACES for word in inner):
            evidence -= 2 if words[0] not in FIRST_NAMES else (1 if words[0] in WEAK_FIRST else 0)
        if any(word in DEMONYMS for word in words):
            evidence -= 2
        if any(token.acronym and len(token.folded) > 2 for token in bare) and not all(t.acronym for t in bare):
            evidence -= 1.5
        brand = words[0] in self.singles and words[0] not in FIRST_NAMES and looks_like_one(bare[0].text)
        if brand or any(token.text[0].isdigit() for token in bare):
            evidence -= 3
        return evidence

    def role_before(self, ordinal: int, run: Run, cut: int) -> bool:
        """Whether a role noun stands right before the name: "spokesman Ryan"."""
        tokens = self.tokens[ordinal]
        at = bisect_left([token.start for token in tokens], run.tokens[cut].start)
        return (
            at > 0
            and is_occupation(tokens[at - 1].folded)
            and self.text[tokens[at - 1].end : run.tokens[cut].start] == " "
        )


def quoted_spans(text: str, start: int, end: int) -> list[Span]:
    """The stretches inside quotation marks in ``text[start:end]``; one left open runs to the end."""
    spans: list[Span] = []
    opened: int | None = None
    for match in re.compile(r"[“”\"«»]|''|``").finditer(text, start, end):
        mark = match.group()
        if opened is None:
            if mark not in "”»":
                opened = match.start()
        elif mark not in ("“", "«", "``"):
            spans.append((opened, match.end()))
            opened = None
    if opened is not None:
        spans.append((opened, end))
    return spans


def entity_labels(doc: Doc, start: int) -> dict[int, str]:
    """spaCy's entity labels by where the entity ends in the article, a possessive ending left out."""
    labels = {}
    for entity in doc.ents:
        text = entity.text
        cut = 2 if text.endswith(("'s", "’s")) else 0
        labels[start + entity.end_char - cut] = entity.label_
    return labels


def is_headline(tokens: list[Token]) -> bool:
    """A line with a capital on nearly every word: capitals tell no names there."""
    long = [token for token in tokens if len(token.text) > 3]
    return len(long) >= 5 and sum(token.capital for token in long) >= 0.85 * len(long)


def bare_words(tokens: Sequence[Token]) -> list[Token]:
    """A name's words without generational suffixes and without particles in front: "Hoeven" of "van der Hoeven"."""
    kept = [token for token in tokens if token.folded not in GENERATIONS or len(tokens) == 1]
    while len(kept) > 1 and kept[0].folded in (_OFTEN_CAPITAL if kept[0].capital else PARTICLES):
        kept.pop(0)
    return kept


def name_begins(run: Run) -> int:
    """Index of the first word of the name within the run: what stands before it is title, office, nationality."""
    tokens = run.tokens
    last = len(tokens) - 1
    while last > 0 and tokens[last].folded in GENERATIONS:
        last -= 1
    cut = 0
    while cut < last and _FROM.search(tokens[cut].folded):
        cut += 1  # "Lenn-based Ilie Marsh"
    for position in range(cut, last):
        word = tokens[position].folded
        if not is_title(word) or (word == "general" and tokens[position + 1].folded in _GENERAL):
            continue
        if position == 0 and word in FIRST_NAMES and last == 1 and not HONORIFICS.get(word):
            continue
        cut = position + 1
    first = tokens[0].folded
    if not cut and last > 1 and tokens[0].acronym and tokens[1].folded in FIRST_NAMES:
        if first in _UNIONS:
            return 1  # "ambassador to the U.S. Anatol Tervo"
        if len(first) > len("us"):
            return 0 if tokens[1].acronym else 1  # "SEAL Ty Woods"
    if not cut and last and is_occupation(first) and first not in FIRST_NAMES and not tokens[0].acronym:
        # "Printer Ambrus Kell"; "Foreman Crane" only where the trade is no first name or surname.
        company = any(token.folded in ORG_NOUNS for token in tokens[1:])
        cut = int(not company and (first not in ALSO_NAMES or (last > 1 and tokens[1].folded not in PARTICLES)))
    for position in range(cut + 1, last):
        word, before = tokens[position].folded, tokens[position - 1].folded
        if word in FIRST_NAMES and (
            (word not in WEAK_FIRST and before in ORG_NOUNS | PLACES)
            or (before not in FIRST_NAMES and (before in _OFFICES_IN_NAMES or (is_occupation(before) and position > 1)))
            or (before.endswith("s") and is_occupation(before[:-1]) and before not in FIRST_NAMES)
        ):
            cut = position  # "Lenn County Executive Rich Marsh"
            break
    while cut < last and tokens[cut].folded in (DEMONYMS | PERSON_MODIFIERS | {"democrat", "ex"}) - FIRST_NAMES:
        cut += 1
    return cut
