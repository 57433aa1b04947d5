"""What each part of the answering adds to the figures, out of fold, and what it costs a whole answer.

Each row is a desk that does only the searches of that row and weighs only its features. Weights and threshold are
fitted anew for every row, in the same way as the committed ones.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.answers.cases import collected
from benchmarks.answers.fitting import out_of_fold, ranked_by
from benchmarks.answers.latency import milliseconds
from benchmarks.answers.material import Question, write
from benchmarks.answers.scoring import figures, predicted, score
from bot.asking.conversation import Turn
from bot.asking.desk import Desk
from bot.asking.understanding import Understood
from data.archive.lookups import Lookups
from embeddings import ranking, words
from embeddings.ranking import FEATURES, Candidate
from embeddings.search import EVERYTHING, Filter, Hit, Search

BASE, WORDS, STATEMENTS, NEIGHBOURS, SPEAKERS, DATES, FOLDING = (
    "paragraph vectors",
    "+ words",
    "+ statements",
    "+ neighbours",
    "+ who speaks",
    "+ dates",
    "+ folding copies",
)

_ADDED_BY = {
    BASE: {"dense paragraph", "no statement", "speech", "confidence", "refusal"},
    WORDS: {"words", "terms in paragraph", "terms in context", "terms in headline"},
    STATEMENTS: {"dense statement", "terms in statement", "quoted", "length", "same verb", "verb of that kind"},
    NEIGHBOURS: {"best of article", "best neighbour", "place in article", "article cited before"},
    SPEAKERS: {
        "resolved",
        "not a person",
        "beside what was cited",
        "speaks for the one asked",
        "written by the one asked",
        "is what is described",
    },
    DATES: {"dated, and asked when"},
}
SHOWN = ("CORRECT", "hit@1", "hit@3", "speaker@1", "date@1", "list recall")


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table: the parts that are on in it, and the features that they give."""

    name: str
    parts: frozenset[str]
    features: frozenset[str]


def steps() -> list[Step]:
    """The rows, each with one part more than the one before."""
    rows: list[Step] = []
    parts: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    for name in (BASE, WORDS, STATEMENTS, NEIGHBOURS, SPEAKERS, DATES, FOLDING):
        parts |= {name}
        known |= {feature for feature in FEATURES if part_of(feature) == name}
        rows.append(Step(name, parts, known))
    return rows


def part_of(feature: str) -> str:
    """The part of the answering that a feature belongs to.

    Raises:
        KeyError: to none; then the table lacks a row.
    """
    for name, features in _ADDED_BY.items():
        if feature in features:
            return name
    if "period" in feature:
        return DATES
    if "speaker" in feature or feature.startswith("role"):
        return SPEAKERS
    raise KeyError(feature)


class PartialSearch(Search):
    """A search of which some parts are off: they find nothing, and cost nothing."""

    def __init__(self, whole: Search, parts: Collection[str]) -> None:
        super().__init__(whole.view, whole._vector, whole._text)
        self._parts = parts

    @cached_property
    def _words(self) -> list[words.Scores]:
        if WORDS in self._parts:
            return words.score([part.segment.words for part in self.view.parts], self._text)
        return [np.zeros(len(part.segment.words.lengths), np.float32) for part in self.view.parts]

    def by_words(self, k: int, where: Filter = EVERYTHING) -> list[Hit]:
        return super().by_words(k, where) if WORDS in self._parts else []

    def statements(self, k: int, where: Filter = EVERYTHING) -> list[Hit]:
        return super().statements(k, where) if STATEMENTS in self._parts else []


class PartialDesk(Desk):
    """A desk that answers with some parts only. It shares archive, index, encoder and weights with a whole one."""

    def __init__(self, whole: Desk, step: Step) -> None:
        super().__init__(whole._archive, whole._index, whole._encoder, whole.weights)
        self._step = step
        self._mask = np.array([feature in step.features for feature in FEATURES], dtype=np.float32)

    def understand(self, question: str, *, today: date, previous: Turn | None = None) -> Understood:
        return self._reduced(super().understand(question, today=today, previous=previous))

    def _ranked(self, understood: Understood, reading: Lookups, state: Any) -> list[Candidate]:
        vector = self._encoder.encode_query(understood.search_text)
        whole = self._index.view.search(vector, understood.search_text)
        wanted = self._wanted(understood, reading, state)
        if WORDS not in self._step.parts:
            wanted = replace(wanted, text="")
        found = ranking.candidates(PartialSearch(whole, self._step.parts), reading, wanted)
        for candidate in found:
            candidate.features = candidate.features * self._mask
            if FOLDING not in self._step.parts:
                candidate.article = replace(candidate.article, story=None)
        return ranking.rank(found, self.weights.ranking)

    def _reduced(self, understood: Understood) -> Understood:
        query = understood.query
        if SPEAKERS not in self._step.parts:
            query = replace(query, speakers=(), speaker_keys=frozenset(), unknown=(), described=None)
        if DATES not in self._step.parts:
            query = replace(query, days=None)
        return replace(understood, query=query)


def ablation(desk: Desk, questions: Sequence[Question], gold: Path, coverage: Sequence[Path], out: Path) -> None:
    """Print the table: for each row its figures out of fold, and the median of a whole answer, taken in turns."""
    rows: dict[str, dict[str, float]] = {}
    desks: dict[str, Desk] = {}
    for step in steps():
        desks[step.name] = partial = PartialDesk(desk, step)
        cases = collected(partial, questions)
        write(out, [predicted(*judged) for judged in out_of_fold(cases)])
        rows[step.name] = figures(score(gold, out, coverage))
        partial.weights = replace(partial.weights, ranking=ranked_by(cases))
    taken = milliseconds(desks, questions)
    print(f"| the answer uses | {' | '.join(SHOWN)} | median ms |\n|{'---|' * (len(SHOWN) + 2)}")
    for name, row in rows.items():
        print(f"| {name} | {' | '.join(f'{row[figure]:.3f}' for figure in SHOWN)} | {median(taken[name]):.1f} |")
