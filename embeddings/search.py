"""Searching the current generation: two fields (paragraphs, statements), vectors and words, filters pushed down.

A ``View`` is one state of the index: segments, and over them what the archive decides at any time (removals, editors'
corrections, merged speakers). It never changes. ``Index`` holds the newest and swaps it for the next: whoever is
searching finishes on the one it has. ``View.search`` begins a ``Search``, through which one question does all of its
looking up, so that its answer comes from one state.

    index = Index.open(archive, encoder)
    index.refresh()                     # before a question, or every second: one indexed read when nothing changed
    search = index.view.search(encoder.encode_query(question), question)
    near = search.statements(100, Filter(speakers=frozenset({7}), speech=True))
    also = search.by_words(50)
    both = search.score(paragraphs=[hit.paragraph for hit in also])
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from data.archive import Archive
from data.archive.generations import Generation
from data.errors import IndexFault
from data.model import DateRange
from embeddings import generations, words
from embeddings.encoder import Encoder, Vectors
from embeddings.segment import Mask, Rows, Segment, VectorFile, living


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reader restricted a question to. None: not restricted.

    Attributes:
        speakers: keys of speakers; those merged into one of them count as it.
        days: a statement passes when its said_on overlaps, or, where it has none, when it was published then. A
            paragraph passes when it was published then or holds a statement that passes.
        outlets: names as the archive has them.
        speech: leave out beliefs, votes and intentions (statements only).
    """

    speakers: frozenset[int] | None = None
    days: DateRange | None = None
    outlets: frozenset[str] | None = None
    speech: bool = False


EVERYTHING = Filter()

Nearness = Callable[[Vectors], Vectors]
"""Cosines on the scale that all models share."""

_ATTEMPTS = 3

POOL = 100
"""Candidates of each kind that ``Search.best`` looks at: the gold passage is among them for every question measured."""

TERMS_KEPT = 100_000
"""Words of the archive whose terms a view remembers: some 10 MB."""

WORDS_WEIGHT = 0.3
"""What the best BM25 score is worth in nearness in ``Search.best``; from 0.1 to 0.3 hardly matters (docs/index.md)."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph or a statement found. ``paragraph`` and ``statement`` are keys of the archive.

    ``dense`` is how near the question and the encoded text are, 0 for unrelated and 1 for the same; ``words`` is the
    BM25 score of the paragraph.
    """

    paragraph: int
    statement: int | None
    dense: float
    words: float


@dataclass(frozen=True, slots=True)
class Edit:
    """An editor's correction of a statement, as the index applies it over its columns."""

    speaker: int | None
    days: DateRange | None
    hidden: bool


@dataclass(frozen=True)
class Overlay:
    """What the archive decides over any generation.

    Attributes:
        removed: keys of article versions that must not be found.
        edits: by statement key, what now holds in place of the segment's columns.
        merged: speaker key to the key of the speaker it was merged into.
    """

    removed: frozenset[int] = frozenset()
    edits: Mapping[int, Edit] = field(default_factory=dict)
    merged: Mapping[int, int] = field(default_factory=dict)


class _Part:
    """A segment in a view: its columns with the overlay applied, and which of its rows can be found."""

    def __init__(self, segment: Segment, alive: Mask, overlay: Overlay) -> None:
        self.segment = segment
        paragraphs, statements = segment.paragraphs, segment.statements
        self.paragraph_key = np.ascontiguousarray(paragraphs["key"])
        self.published = np.ascontiguousarray(paragraphs["published"])
        self.outlet = np.ascontiguousarray(paragraphs["outlet"])
        self.statement_key = np.ascontiguousarray(statements["key"])
        self.row = np.ascontiguousarray(statements["row"])
        self.speaker = _merged(np.array(statements["speaker"]), overlay.merged)
        self.first = np.array(statements["first"])
        self.last = np.array(statements["last"])
        self.speech = np.ascontiguousarray(statements["speech"])
        self.paragraph_alive = alive
        self.statement_alive: Mask = self.paragraph_alive[self.row]
        self._apply(overlay)
        self.paragraph_place = _Places(self.paragraph_key)
        self.statement_place = _Places(self.statement_key)

    def _apply(self, overlay: Overlay) -> None:
        edited = np.fromiter(overlay.edits, np.int64, len(overlay.edits))
        for row in np.flatnonzero(np.isin(self.statement_key, edited)):
            edit = overlay.edits[int(self.statement_key[row])]
            speaker = -1 if edit.speaker is None else edit.speaker
            self.speaker[row] = overlay.merged.get(speaker, speaker)
            self.first[row] = edit.days.first.toordinal() if edit.days else 0
            self.last[row] = edit.days.last.toordinal() if edit.days else 0
            if edit.hidden:
                self.statement_alive[row] = False

    def statements_passing(self, where: Filter) -> Mask:
        passing = self.statement_alive.copy()
        if where.speech:
            passing &= self.speech
        if where.speakers is not None:
            passing &= np.isin(self.speaker, np.fromiter(where.speakers, np.int64, len(where.speakers)))
        if where.outlets is not None:
            passing &= self._from(where.outlets)[self.row]
        if where.days is not None:
            dated = self.first > 0
            said = _overlap(self.first, self.last, where.days)
            passing &= np.where(dated, said, self._published_in(where.days)[self.row])
        return passing

    def paragraphs_passing(self, where: Filter) -> Mask:
        passing = self.paragraph_alive.copy()
        if where.outlets is not None:
            passing &= self._from(where.outlets)
        if where.speakers is not None or where.days is not None:
            holding = np.zeros(len(passing), dtype=bool)
            holding[self.row[self.statements_passing(where)]] = True
            if where.speakers is None and where.days is not None:
                holding |= self._published_in(where.days)
            passing &= holding
        return passing

    def _from(self, outlets: frozenset[str]) -> Mask:
        numbers = [number for number, name in enumerate(self.segment.manifest.outlets) if name in outlets]
        return np.isin(self.outlet, numbers)

    def _published_in(self, days: DateRange) -> Mask:
        return _overlap(self.published, self.published, days)


class View:
    """One state of the index. Immutable, and so safe in any number of threads.

    Attributes:
        generation: its number.
        paragraphs, statements: how many can be found.
    """

    def __init__(
        self, generation: int, segments: Sequence[Segment], overlay: Overlay, nearness: Nearness = np.asarray
    ) -> None:
        """``segments``, oldest first: where two hold the same article, the later one counts. ``nearness``: the model's
        (``Encoder.nearness``)."""
        self.generation = generation
        self.nearness = nearness
        self.segments = tuple(segments)
        self.overlay = overlay
        merged = _resolved(overlay.merged)
        resolved = Overlay(overlay.removed, overlay.edits, merged)
        alive = living(self.segments, overlay.removed)
        self.parts = tuple(_Part(segment, mask, resolved) for segment, mask in zip(self.segments, alive, strict=True))
        self._merged = merged
        self._terms: dict[str, str] = {}
        self.paragraphs = sum(int(part.paragraph_alive.sum()) for part in self.parts)
        self.statements = sum(int(part.statement_alive.sum()) for part in self.parts)

    @property
    def terms(self) -> dict[str, str]:
        """Terms by token, for ``words.tokenise`` of the archive's texts, so that a word is stemmed once and not at
        each question. It outlives a question: nothing that a reader wrote may be given to it."""
        if len(self._terms) > TERMS_KEPT:
            self._terms = {}
        return self._terms

    def search(self, vector: Vectors, text: str) -> Search:
        """Begin to search for one question: its vector (from ``Encoder.encode_query``) and its words."""
        return Search(self, vector, text)

    def canonical(self, where: Filter) -> Filter:
        """The same filter with merged speakers replaced by those they were merged into."""
        if where.speakers is None or not self._merged:
            return where
        speakers = frozenset(self._merged.get(key, key) for key in where.speakers)
        return Filter(speakers, where.days, where.outlets, where.speech)


class Search:
    """The looking up for one question in one view. Safe in several threads; scores are worked out once.

    Attributes:
        view: the state that is searched.
    """

    def __init__(self, view: View, vector: Vectors, text: str) -> None:
        self.view = view
        self._vector = np.ascontiguousarray(vector, dtype=np.float32)
        self._text = text

    @cached_property
    def _words(self) -> list[words.Scores]:
        return words.score([part.segment.words for part in self.view.parts], self._text)

    def paragraphs(self, k: int, where: Filter = EVERYTHING) -> list[Hit]:
        """The k paragraphs whose vectors are nearest, best first."""
        where = self.view.canonical(where)
        return self._nearest(k, lambda part: (part.segment.paragraph_vectors, part.paragraphs_passing(where)), False)

    def statements(self, k: int, where: Filter = EVERYTHING) -> list[Hit]:
        """The k statements whose vectors are nearest, best first."""
        where = self.view.canonical(where)
        return self._nearest(k, lambda part: (part.segment.statement_vectors, part.statements_passing(where)), True)

    def by_words(self, k: int, where: Filter = EVERYTHING) -> list[Hit]:
        """The k paragraphs with the highest BM25 scores, best first; only such as hold a word of the question."""
        where = self.view.canonical(where)
        found: list[tuple[float, int, int]] = []
        for number, (part, scores) in enumerate(zip(self.view.parts, self._words, strict=True)):
            rows = np.flatnonzero((scores > 0) & part.paragraphs_passing(where))
            if len(rows) > k:
                rows = rows[np.argpartition(scores[rows], -k)[-k:]]
            found += [(-float(scores[row]), number, int(row)) for row in rows]
        found.sort()
        return self._hits([(number, row) for _, number, row in found[:k]], statements=False)

    def best(self, k: int, where: Filter = EVERYTHING) -> list[Hit]:
        """The k best paragraphs by vectors and words together, best first: the nearness plus ``WORDS_WEIGHT`` times the
        BM25 score as a part of the highest one that the filter lets through."""
        near, worded = self.paragraphs(max(k, POOL), where), self.by_words(max(k, POOL), where)
        unit = WORDS_WEIGHT / worded[0].words if worded else 0.0
        pool = {hit.paragraph: hit for hit in (*near, *worded)}
        return sorted(pool.values(), key=lambda hit: (-hit.dense - unit * hit.words, hit.paragraph))[:k]

    def score(self, *, paragraphs: Iterable[int] = (), statements: Iterable[int] = ()) -> list[Hit]:
        """Both scores of given paragraphs and statements (keys), in the order given; those that can't be found are
        left out."""
        hits = []
        for keys, of_statements in ((paragraphs, False), (statements, True)):
            wanted = np.fromiter(keys, np.int64)
            places: dict[int, tuple[int, int]] = {}
            for number, part in enumerate(self.view.parts):
                place = part.statement_place if of_statements else part.paragraph_place
                alive = part.statement_alive if of_statements else part.paragraph_alive
                for at, row in place.of(wanted):
                    if alive[row]:
                        places[at] = (number, row)
            hits += self._hits([places[at] for at in sorted(places)], of_statements)
        return hits

    def _nearest(self, k: int, field_of: Callable[[_Part], tuple[VectorFile, Mask]], statements: bool) -> list[Hit]:
        found: list[tuple[float, int, int]] = []
        for number, part in enumerate(self.view.parts):
            vectors, mask = field_of(part)
            rows, scores = vectors.nearest(self._vector, k, mask)
            found += [(-float(score), number, int(row)) for row, score in zip(rows, scores, strict=True)]
        found.sort()
        found = found[:k]
        dense = self.view.nearness(np.array([-score for score, _, _ in found], dtype=np.float32)).tolist()
        return self._hits([(number, row) for _, number, row in found], statements, dense)

    def _hits(
        self, places: Sequence[tuple[int, int]], statements: bool, dense: Sequence[float] | None = None
    ) -> list[Hit]:
        if dense is None:
            dense = self._cosines(places, statements)
        hits = []
        scores, parts = self._words, self.view.parts
        for (number, row), cosine in zip(places, dense, strict=True):
            part = parts[number]
            paragraph = int(part.row[row]) if statements else row
            statement = int(part.statement_key[row]) if statements else None
            hits.append(Hit(int(part.paragraph_key[paragraph]), statement, cosine, float(scores[number][paragraph])))
        return hits

    def _cosines(self, places: Sequence[tuple[int, int]], statements: bool) -> list[float]:
        cosines = [0.0] * len(places)
        of_part: dict[int, list[int]] = {}
        for i, (number, _) in enumerate(places):
            of_part.setdefault(number, []).append(i)
        for number, at in of_part.items():
            segment = self.view.parts[number].segment
            vectors = segment.statement_vectors if statements else segment.paragraph_vectors
            rows = np.array([places[i][1] for i in at], dtype=np.int64)
            for i, cosine in zip(at, self._nearness_of(vectors, rows), strict=True):
                cosines[i] = cosine
        return cosines

    def _nearness_of(self, vectors: VectorFile, rows: Rows) -> list[float]:
        found: list[float] = self.view.nearness(vectors.rows(rows) @ self._vector).tolist()
        return found


class Index:
    """The current generation, open for searching. Thread-safe.

    Attributes:
        view: the state to search now. Take it once a question: all of an answer comes from one state.
    """

    def __init__(self, archive: Archive, encoder: Encoder) -> None:
        self._archive = archive
        self._encoder = encoder
        self._refreshing = threading.Lock()
        self._seen: int | None = None
        self._of = archive.identity()
        self.view = View(0, [], Overlay(), encoder.nearness)

    @classmethod
    def open(cls, archive: Archive, encoder: Encoder) -> Self:
        """Open the current generation of an archive; an archive without one is searched as empty.

        Raises:
            IndexFault: it is missing, damaged, from a later version, or made with another model.
        """
        index = cls(archive, encoder)
        index.refresh()
        return index

    def refresh(self) -> bool:
        """Take up whatever has changed: a new generation, removals, corrections, merged speakers; whether anything had.

        When this raises, the view stays as it was and the next call tries again. Only where the archive's file was
        replaced by another archive's is the view then empty: keys of the one mean nothing in the other.

        Raises:
            IndexFault: as for ``open``.
        """
        if self._archive.change_counter() == self._seen:
            return False
        with self._refreshing:
            seen = self._archive.change_counter()
            if seen == self._seen:
                return False
            if (now := self._archive.identity()) != self._of:
                self.view, self._of = View(0, [], Overlay(), self._encoder.nearness), now
            self.view = self._newest()
            self._seen = seen
            return True

    def _newest(self) -> View:
        attempts = 0
        while True:
            generation, overlay = self._state()
            generations.require_model(generation, self._encoder)
            at_hand = {segment.name: segment for segment in self.view.segments}
            try:
                names = generation.segments if generation else ()
                segments = generations.opened(self._archive, names, at_hand)
            except IndexFault:
                # Between reading the register and opening the files, the generation may have been replaced and swept.
                attempts += 1
                if attempts == _ATTEMPTS or self._state()[0] == generation:
                    raise
                continue
            for segment in segments:
                if segment.name not in at_hand:
                    segment.warm()
            return View(generation.number if generation else 0, segments, overlay, self._encoder.nearness)

    def _state(self) -> tuple[Generation | None, Overlay]:
        with self._archive.snapshot() as state:
            edits = {
                one.key: Edit(
                    one.speaker_key, one.statement.said_on.days if one.statement.said_on else None, one.hidden
                )
                for one in state.edited()
            }
            return state.current_generation(), Overlay(frozenset(state.removed()), edits, state.merged())


class _Places:
    """Where keys lie in a column."""

    def __init__(self, column: Rows) -> None:
        self._order = None if np.all(column[1:] > column[:-1]) else np.argsort(column, kind="stable")
        self._sorted = column if self._order is None else column[self._order]

    def of(self, keys: Rows) -> list[tuple[int, int]]:
        """(place in ``keys``, row) for each key that the column holds."""
        if len(self._sorted) == 0:
            return []
        at = np.minimum(np.searchsorted(self._sorted, keys), len(self._sorted) - 1)
        found = np.flatnonzero(self._sorted[at] == keys)
        rows = at[found] if self._order is None else self._order[at[found]]
        return list(zip(found.tolist(), rows.tolist(), strict=True))


def _overlap(first: NDArray[Any], last: NDArray[Any], days: DateRange) -> Mask:
    mask: Mask = (last >= days.first.toordinal()) & (first <= days.last.toordinal())
    return mask


def _merged(speakers: NDArray[np.int64], merged: Mapping[int, int]) -> NDArray[np.int64]:
    changed = np.flatnonzero(np.isin(speakers, np.fromiter(merged, np.int64, len(merged))))
    speakers[changed] = [merged[int(key)] for key in speakers[changed]]
    return speakers


def _resolved(merged: Mapping[int, int]) -> dict[int, int]:
    """Merges of merges followed to their end."""
    ends = {}
    for key in merged:
        end = key
        seen = {end}
        while (following := merged.get(end)) is not None and following not in seen:
            end = following
            seen.add(end)
        ends[key] = end
    return ends
