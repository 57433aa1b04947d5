"""From candidates to one ranked list: every statement near the question, judged by who speaks, about what, and when.

Each candidate (a statement, or a paragraph that holds none) is described by a few dozen features; a linear model,
fitted on pairs of a right and a wrong candidate of one question (RankSVM's idea: Joachims 2002, with logistic loss),
weighs them. It is small on purpose: its parts can be shown to an editor, and few questions are enough to fit it
(``python -m benchmarks.answers fit``). The weights lie in ``fitted/``, a file for each encoder's model.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.archive import StoredArticle, StoredParagraph, StoredStatement
from data.archive.lookups import Lookups
from data.model import DateRange, SpeakerName
from data.speakers.first_names import same_first_name
from data.speakers.spelling import fold, words_of
from embeddings import fits
from embeddings.roles import Description, speaks_for
from embeddings.search import Filter, Search
from embeddings.words import tokenise

Features = NDArray[np.float32]

FEATURES: Final = (
    "dense paragraph",
    "dense statement",
    "words",
    "terms in paragraph",
    "terms in statement",
    "terms in context",
    "terms in headline",
    "best of article",
    "best neighbour",
    "speaker asked for",
    "speaker of that surname",
    "another speaker",
    "speaker unknown",
    "asked speaker in paragraph",
    "speaker is the topic",
    "role",
    "role in context",
    "no statement",
    "speech",
    "quoted",
    "confidence",
    "refusal",
    "resolved",
    "said in period",
    "published in period",
    "out of period",
    "dated, and asked when",
    "length",
    "same verb",
    "article cited before",
    "beside what was cited",
    "speaker answered to",
    "place in article",
    "not a person",
    "speaks for the one asked",
    "written by the one asked",
    "is what is described",
    "verb of that kind",
)
"""What the columns of a feature matrix mean, in order."""

PARAGRAPHS: Final = 60
STATEMENTS: Final = 60
BY_WORDS: Final = 30
OF_SPEAKER: Final = 60
"""Candidates from each search. The gold passage is among the first 100 for 98 % of questions."""

ELSEWHERE: Final = 0.8
"""What a role counts that only other articles give a speaker."""

OF_HOLDERS: Final = 30
"""Statements of those whose role fits a description ("which senator")."""

BEFORE: Final = 12
"""Characters before a speaker's name that may hold a title ("said the Rev.")."""

WRITTEN: Final = 20
"""Articles by an author asked for whose paragraphs are looked at."""

_UNUSUAL: Final = re.compile(r"[^\x00-\x7f“”‘’—–]")
"""What is neither ASCII nor a quotation mark or a dash: it may be a letter to be folded."""

_SPOKEN_FOR: Final = frozenset(
    str.split("spokesman spokeswoman spokesperson campaign aide adviser advisor representative lawyer attorney")
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is sought, in terms that the ranking knows.

    Attributes:
        text: what was encoded; its terms are looked for.
        speakers: keys of the speakers asked for; empty: anybody.
        names: their names, for statements whose speaker could not be tied to a row.
        bodies: those of the names that are no person's: their spokespeople speak for them.
        described: a speaker given by description ("the city's police chief").
        about: keys of speakers that the question mentions as its topic.
        days, outlets: the reader's restriction.
        when: the question asks for a date.
        verb: base form of the question's verb of saying. kin: verbs that say the same ("deny", "dispute").
        holders: keys of speakers whose role, somewhere in the archive, is the one described.
        roles: what the archive's articles call speakers, by key.
        written: keys of articles by an author of the name asked for.
        after: keys of the article and paragraph that a follow-up refers to.
        besides: names of those whose words a follow-up does not ask for.
        linked: speakers known by a surname only, by key, with the full name of the one person it means in this archive.
    """

    text: str
    speakers: frozenset[int] = frozenset()
    names: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    described: str | None = None
    about: frozenset[int] = frozenset()
    days: DateRange | None = None
    outlets: frozenset[str] | None = None
    when: bool = False
    verb: str | None = None
    kin: frozenset[str] = frozenset()
    holders: frozenset[int] = frozenset()
    roles: Mapping[int, str] = field(default_factory=dict)
    written: frozenset[int] = frozenset()
    after: tuple[int, int] | None = None
    besides: frozenset[str] = frozenset()
    linked: Mapping[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Candidate:
    """A statement, or a paragraph without one, that may answer. ``features`` is a row as ``FEATURES`` describes it.

    ``author`` is set where the paragraph's own author is asked for; ``beside`` are the paragraph's other statements.
    """

    paragraph: StoredParagraph
    article: StoredArticle
    statement: StoredStatement | None
    features: Features
    score: float = 0.0
    parts: dict[str, float] = field(default_factory=dict)
    linked: str | None = None
    author: str | None = None
    beside: tuple[StoredStatement, ...] = ()

    @property
    def name(self) -> str | None:
        """The speaker's full name: as the article gives it, else the one that its surname means in this archive, else
        the author whose own words are asked for."""
        return self.linked or (self.speaker.name if self.speaker else self.author)

    @property
    def speaker(self) -> SpeakerName | None:
        return self.statement.statement.speaker if self.statement else None

    def value(self, feature: str) -> float:
        """One feature by its name."""
        return float(self.features[_AT[feature]])


@dataclass(frozen=True)
class Model:
    """A linear model over standardised features: ``score = (x - mean) / scale @ weights``."""

    mean: Features
    scale: Features
    weights: Features

    def parts(self, features: Features) -> Features:
        """Each feature's part of the score, for (n, f) features."""
        parts: Features = (features - self.mean) / self.scale * self.weights
        return parts

    @classmethod
    def from_object(cls, stored: dict[str, dict[str, list[float]]]) -> Model:
        """A model from its JSON object; a feature that it does not know weighs nothing."""
        known = stored["features"]
        columns = np.array([known.get(name, [0.0, 1.0, 0.0]) for name in FEATURES], dtype=np.float32)
        return cls(columns[:, 0], columns[:, 1], columns[:, 2])

    def as_object(self) -> dict[str, dict[str, list[float]]]:
        """The JSON object: feature to [mean, scale, weight]."""
        rows = zip(FEATURES, self.mean, self.scale, self.weights, strict=True)
        return {"features": {name: [round(float(v), 5) for v in values] for name, *values in rows}}


@cache
def fitted(encoder: str) -> Model:
    """The model that the package carries for an encoder's model.

    Raises:
        ModelError: it carries none.
    """
    return Model.from_object(fits.stored("embeddings", encoder))


def candidates(search: Search, archive: Lookups, wanted: Wanted) -> list[Candidate]:
    """Everything that may answer, with its features.

    The reader's days and outlets are pushed down into the searches; so is the speaker, beside a search for
    anybody, since what others said decides whether to answer at all.
    """
    where = Filter(days=wanted.days, outlets=wanted.outlets)
    # FAISS searches for one question on one core: paragraphs on this one, all else meanwhile on another. The thread
    # ends with the question, so that nothing of it is left behind.
    with ThreadPoolExecutor(1) as other_core:
        near = other_core.submit(search.paragraphs, PARAGRAPHS, where)
        hits = [*search.by_words(BY_WORDS, where), *search.statements(STATEMENTS, where)]
        if wanted.speakers:
            theirs = Filter(speakers=wanted.speakers, days=wanted.days, outlets=wanted.outlets)
            hits += search.statements(OF_SPEAKER, theirs)
            hits += search.by_words(BY_WORDS, theirs)
        if wanted.holders:
            held = Filter(speakers=wanted.holders, days=wanted.days, outlets=wanted.outlets)
            hits += search.statements(OF_HOLDERS, held)
        hits += near.result()
    keys = {hit.paragraph for hit in hits}
    if wanted.written:
        newest = sorted(wanted.written, reverse=True)[:WRITTEN]
        keys.update(one.key for found in archive.paragraphs_of(newest).values() for one in found)
    if wanted.after is not None:
        keys.update(paragraph.key for paragraph in archive.paragraphs_of([wanted.after[0]]).get(wanted.after[0], ()))
    return describe(search, archive, wanted, keys)


def rank(found: Iterable[Candidate], model: Model) -> list[Candidate]:
    """The candidates, best first, with their scores and what each feature contributed."""
    ranked = list(found)
    if not ranked:
        return []
    parts = model.parts(np.stack([candidate.features for candidate in ranked]))
    for candidate, score, row in zip(ranked, (float(row.sum()) for row in parts), parts.tolist(), strict=True):
        candidate.score = score
        candidate.parts = {name: part for name, part in zip(FEATURES, row, strict=True) if part}
    ranked.sort(key=lambda candidate: (-candidate.score, candidate.paragraph.key, _start(candidate)))
    return ranked


def describe(search: Search, archive: Lookups, wanted: Wanted, paragraph_keys: Collection[int]) -> list[Candidate]:
    """The candidates within some paragraphs, with their features."""
    paragraphs, articles = archive.passages(paragraph_keys)
    statements = archive.statements(paragraph_keys=list(paragraphs))
    hits = search.score(paragraphs=list(paragraphs), statements=[one.key for one in statements])
    dense = {hit.paragraph: hit.dense for hit in hits if hit.statement is None}
    words = {hit.paragraph: hit.words for hit in hits if hit.statement is None}
    dense_said = {hit.statement: hit.dense for hit in hits if hit.statement is not None}
    best_of_article: dict[int, float] = defaultdict(float)
    place: dict[tuple[int, int], int] = {}
    for key, paragraph in paragraphs.items():
        best_of_article[paragraph.article_key] = max(best_of_article[paragraph.article_key], dense.get(key, 0.0))
        place[paragraph.article_key, paragraph.ordinal] = key
    terms = Terms(search, _topic_terms(wanted), paragraphs.values(), articles)
    sought = _Sought(wanted)
    by_paragraph: dict[int, list[StoredStatement | None]] = defaultdict(list)
    for statement in statements:
        by_paragraph[statement.paragraph_key].append(statement)
    found: list[Candidate] = []
    for key, paragraph in paragraphs.items():
        article = articles.get(paragraph.article_key)
        if article is None or key not in dense:
            continue
        around = [place.get((paragraph.article_key, paragraph.ordinal + step)) for step in (-1, 1)]
        shared = np.zeros(len(FEATURES), dtype=np.float32)
        shared[_AT["dense paragraph"]] = dense[key]
        shared[_AT["words"]] = math.log1p(words[key])
        shared[_AT["terms in paragraph"]] = terms.in_paragraph(key)
        shared[_AT["terms in context"]] = terms.in_context(key)
        shared[_AT["terms in headline"]] = terms.in_headline(paragraph.article_key)
        shared[_AT["best of article"]] = best_of_article[paragraph.article_key]
        shared[_AT["best neighbour"]] = max(
            (dense.get(other, 0.0) for other in around if other is not None), default=0.0
        )
        shared[_AT["asked speaker in paragraph"]] = sought.named_in(paragraph.text)
        shared[_AT["role in context"]] = sought.role_in(paragraph.text)
        shared[_AT["place in article"]] = math.log1p(paragraph.ordinal)
        if wanted.after is not None and paragraph.article_key == wanted.after[0]:
            shared[_AT["article cited before"]] = 1.0
            cited = paragraphs.get(wanted.after[1])
            if cited is not None:
                shared[_AT["beside what was cited"]] = 1.0 / (1 + abs(paragraph.ordinal - cited.ordinal))
        for one in by_paragraph.get(key) or [None]:
            row = shared.copy()
            if one is None:
                author = sought.author_of(article)
                _describe_paragraph(row, paragraph, article, wanted, by_them=author is not None)
                found.append(Candidate(paragraph, article, None, row, author=author))
                continue
            _describe_statement(row, one, paragraph, article, wanted, sought, terms)
            row[_AT["dense statement"]] = dense_said.get(one.key, dense[key])
            linked = wanted.linked.get(one.speaker_key) if one.speaker_key is not None else None
            beside = tuple(other for other in by_paragraph[key] if other is not None and other is not one)
            found.append(Candidate(paragraph, article, one, row, linked=linked, beside=beside))
    return found


def _topic_terms(wanted: Wanted) -> list[str]:
    """The terms of the question that say what it is about: not the speaker's name, who need not name themselves."""
    idle = set(tokenise(" ".join((*wanted.names, wanted.verb or "", "say said tell told think"))))
    every = list(dict.fromkeys(tokenise(wanted.text)))
    return [term for term in every if term not in idle] or every


_AT: Final = {name: column for column, name in enumerate(FEATURES)}


def _describe_paragraph(
    row: Features, paragraph: StoredParagraph, article: StoredArticle, wanted: Wanted, *, by_them: bool
) -> None:
    """``by_them``: its author is the one asked for, whose own words it then is, as good as a quote."""
    own = ("written by the one asked", "speaker asked for", "resolved", "quoted", "confidence", "speech")
    for feature in own if by_them else ("no statement",):
        row[_AT[feature]] = 1.0
    row[_AT["dense statement"]] = row[_AT["dense paragraph"]]
    row[_AT["terms in statement"]] = row[_AT["terms in paragraph"]]
    row[_AT["speaker unknown"]] = float(bool(wanted.speakers) and not by_them)
    row[_AT["length"]] = math.log(30 + paragraph.end - paragraph.start) - 5
    _describe_days(row, None, article.article.published, wanted.days)


def _describe_statement(
    row: Features,
    one: StoredStatement,
    paragraph: StoredParagraph,
    article: StoredArticle,
    wanted: Wanted,
    sought: _Sought,
    terms: Terms,
) -> None:
    statement, text = one.statement, article.article.text
    attribution, speaker = statement.attribution, statement.speaker
    content = " ".join(text[start:end] for start, end in attribution.content)
    row[_AT["terms in statement"]] = terms.in_text(content, paragraph.key)
    if wanted.speakers or wanted.names:
        if one.speaker_key is not None and one.speaker_key in wanted.speakers:
            row[_AT["speaker asked for"]] = 1.0
        elif speaker is None:
            row[_AT["speaker unknown"]] = 1.0
        elif sought.like(speaker.name):
            row[_AT["speaker of that surname"]] = 1.0
        elif speaker.resolved or speaker.form != "person":
            row[_AT["another speaker"]] = 1.0
        else:
            row[_AT["speaker unknown"]] = 1.0
        if not row[_AT["speaker asked for"]] and speaker is not None:
            row[_AT["speaks for the one asked"]] = float(speaks_for(speaker.name, speaker.role, wanted.bodies))
    elif speaker is not None and (one.speaker_key in wanted.about or sought.mentions(speaker)):
        row[_AT["speaker is the topic"]] = 1.0
    if speaker is not None:
        here = (
            text[max(paragraph.start, attribution.speaker[0] - BEFORE) : attribution.speaker[1]]
            if attribution.speaker
            else ""
        )
        row[_AT["role"]], row[_AT["is what is described"]] = sought.role_of(speaker, one.speaker_key, here)
        # "the government of American Samoa" names no person, and is just the one asked for
        row[_AT["resolved"]] = float(speaker.resolved or sought.is_called(speaker.name))
        row[_AT["not a person"]] = float(speaker.form != "person")
        row[_AT["speaker answered to"]] = float(speaker.name in wanted.besides)
    row[_AT["speech"]] = float(attribution.speech)
    row[_AT["quoted"]] = {"direct": 1.0, "mixed": 1.0, "indirect": 0.0}[attribution.kind]
    row[_AT["confidence"]] = attribution.confidence
    row[_AT["refusal"]] = float(attribution.refusal)
    row[_AT["dated, and asked when"]] = float(wanted.when and statement.said_on is not None)
    row[_AT["length"]] = math.log(30 + len(content)) - 5
    if wanted.verb and attribution.cue is not None:
        cue = terms.of(text[slice(*attribution.cue)])
        row[_AT["same verb"]] = float(not sought.verb.isdisjoint(cue))
        row[_AT["verb of that kind"]] = float(not wanted.kin.isdisjoint(cue))
    _describe_days(row, statement.said_on.days if statement.said_on else None, article.article.published, wanted.days)


def _describe_days(row: Features, said: DateRange | None, published: date | None, days: DateRange | None) -> None:
    if days is None:
        return
    if said is not None:
        row[_AT["said in period"]] = float(said.overlaps(days))
        row[_AT["out of period"]] = float(not said.overlaps(days))
    else:
        within = published is not None and days.first <= published <= days.last
        row[_AT["published in period"]] = float(within)
        row[_AT["out of period"]] = float(not within)


class _Sought:
    """The speaker asked for, in words: a surname for names that no row stands for, the terms of a description."""

    def __init__(self, wanted: Wanted) -> None:
        names = [words_of(name) for name in wanted.names]
        self._asked = frozenset(words_of(wanted.text))
        self.verb = frozenset(tokenise(wanted.verb or ""))
        self._names = [name for name in names if name]
        self._surnames = frozenset(name[-1] for name in self._names)
        self._described = Description(wanted.described) if wanted.described else None
        self._roles = wanted.roles
        self._alike: dict[str, bool] = {}
        self._known: dict[tuple[SpeakerName, int | None, str], tuple[float, float]] = {}

    def like(self, name: str) -> bool:
        """Could this be one of them, or several with one of them: the surname alone, the same first and last word, or a
        single name within it?"""
        if (known := self._alike.get(name)) is None:
            known = self._alike[name] = any(self._is_like(words_of(member)) for member in authors(name))
        return known

    def _is_like(self, words: Sequence[str]) -> bool:
        if not words or _SPOKEN_FOR & set(words):
            return False
        if any(len(own) == 1 and own[0] in words for own in self._names):
            return True
        if words[-1] not in self._surnames:
            return False
        return len(words) == 1 or any(own[-1] == words[-1] and same_first_name(own[0], words[0]) for own in self._names)

    def mentions(self, speaker: SpeakerName) -> bool:
        """Does the question itself name this person? Then it mostly asks what others said of them."""
        words = words_of(speaker.name) if speaker.form == "person" else []
        return bool(words) and words[-1] in self._asked

    def named_in(self, text: str) -> float:
        """1 where a surname of theirs stands in the text."""
        if not self._surnames:
            return 0.0
        folded = text.lower()
        if not text.isascii():
            if _UNUSUAL.search(text):
                folded = fold(text)
            else:
                folded = folded.replace(".", "").replace("’", "'").replace("‘", "'").replace("–", "-")
        if not any(surname in folded for surname in self._surnames):
            return 0.0
        return float(not self._surnames.isdisjoint(words_of(text)))

    def role_in(self, text: str) -> float:
        """The share of the description's terms in the text, 0..1."""
        return self._described.fits(text) if self._described else 0.0

    def role_of(self, speaker: SpeakerName, key: int | None, words: str) -> tuple[float, float]:
        """How well a speaker fits the description, 0..1, and 1 where they are what it is headed by ("senator").

        What other articles call them counts a little less than what this one does. Whoever is named in the description
        of somebody else ("Jill Stein's campaign") does not fit it.

        Args:
            words: what the article has in the speaker's place ("the Rev. Peter Wherry, of Mayfield Church").
        """
        if self._described is None or self._described.owned_by(speaker.name):
            return 0.0, 0.0
        if (known := self._known.get((speaker, key, words))) is not None:
            return known
        here, elsewhere = (speaker.role or "", speaker.name, words), self._roles.get(key or 0, "")
        fits, headed = self._described.fits(*here), float(self._described.is_headed(*here))
        if elsewhere and speaker.form == "person":
            fits = max(fits, ELSEWHERE * self._described.fits(*here, elsewhere))
            headed = max(headed, ELSEWHERE * self._described.is_headed(elsewhere))
        if self._described.is_past(speaker.role) or self._described.is_spoken_for(speaker.name):
            fits, headed = 0.3 * fits, 0.0
        self._known[speaker, key, words] = fits, headed
        return fits, headed

    def is_called(self, name: str) -> bool:
        """Is a speaker without a name called as the description has it?"""
        return self._described is not None and self._described.head is not None and self._described.fits(name) == 1.0

    def author_of(self, article: StoredArticle) -> str | None:
        """The author of an article, where it is the one asked for."""
        if not article.article.author or not self._names:
            return None
        for author in authors(article.article.author):
            if any(words_of(author) == own for own in self._names):
                return author
        return None


class Terms:
    """How much of a question's terms a paragraph holds, each weighed by how rare it is in the archive (BM25's idf).

    Read off the postings, so that no paragraph has to be split into words.
    """

    def __init__(
        self,
        search: Search,
        terms: Sequence[str],
        paragraphs: Collection[StoredParagraph],
        articles: dict[int, StoredArticle],
    ) -> None:
        self._memo = search.view.terms
        keys = np.array(sorted(paragraph.key for paragraph in paragraphs), dtype=np.int64)
        self._row = {int(key): row for row, key in enumerate(keys)}
        held = np.zeros((len(keys), len(terms)), dtype=bool)
        near = np.zeros((len(keys), len(terms)), dtype=bool)
        frequency = np.zeros(len(terms))
        total = 0
        for part in search.view.parts:
            postings = part.segment.words
            total += len(postings.lengths)
            places = part.paragraph_place.of(keys)
            at = np.array([place for place, _ in places], dtype=np.int64)
            rows = np.array([row for _, row in places], dtype=np.int64)
            article = np.asarray(part.segment.paragraphs["article"])
            for column, term in enumerate(terms):
                having = np.asarray(postings.rows[postings.of(term.encode())])
                frequency[column] += len(having)
                if not len(having) or not len(rows):
                    continue
                held[at, column] |= _among(rows, having)
                for step in (-1, 1):
                    beside = np.clip(rows + step, 0, len(article) - 1)
                    near[at, column] |= _among(beside, having) & (article[beside] == article[rows])
        rarity = np.log1p((total - frequency + 0.5) / (frequency + 0.5))
        self._weights = rarity / (rarity.sum() or 1.0)
        self._held, self._near, self._terms = held, near, terms
        self._titles = {key: self._of(stored.article.title or "") for key, stored in articles.items()}
        self._article_of = {paragraph.key: paragraph.article_key for paragraph in paragraphs}

    def of(self, text: str) -> list[str]:
        """The terms of a text of the archive; never of a question, since their words are remembered."""
        return tokenise(text, self._memo)

    def _of(self, text: str) -> NDArray[np.bool_]:
        present = set(self.of(text))
        return np.array([term in present for term in self._terms], dtype=bool)

    def in_paragraph(self, key: int) -> float:
        return float(self._weights @ self._held[self._row[key]])

    def in_context(self, key: int) -> float:
        """In the paragraph, those beside it, or the headline."""
        row = self._row[key]
        title = self._titles.get(self._article_of.get(key, -1))
        held = self._held[row] | self._near[row]
        return float(self._weights @ (held if title is None else held | title))

    def in_headline(self, article_key: int) -> float:
        title = self._titles.get(article_key)
        return float(self._weights @ title) if title is not None else 0.0

    def in_text(self, text: str, paragraph_key: int) -> float:
        """In a part of a paragraph."""
        if not self._held[self._row[paragraph_key]].any():
            return 0.0
        return float(self._weights @ self._of(text))


def _among(rows: NDArray[np.int64], sorted_rows: NDArray[np.int32]) -> NDArray[np.bool_]:
    at = np.minimum(np.searchsorted(sorted_rows, rows), len(sorted_rows) - 1)
    found: NDArray[np.bool_] = sorted_rows[at] == rows
    return found


def _start(candidate: Candidate) -> int:
    return candidate.statement.statement.attribution.content[0][0] if candidate.statement else candidate.paragraph.start


def authors(byline: str) -> list[str]:
    """The names in an article's byline: "By A and B, C" is A, B and C."""
    bare = re.sub(r"^\s*by\s+", "", byline, flags=re.IGNORECASE)
    return [name.strip() for name in re.split(r",|;|&|\band\b", bare) if name.strip()]


def as_matrix(found: Sequence[Candidate]) -> Features:
    """(n, f) features of candidates."""
    return np.stack([candidate.features for candidate in found]) if found else np.zeros((0, len(FEATURES)), np.float32)
