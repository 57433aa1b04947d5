"""Texts to unit vectors, each read once: a paragraph's vector and those of the statements in it come from one pass.

A statement's vector is the mean of the states of its own tokens and its speaker's, out of the pass over its paragraph
(late chunking: Günther et al. 2024), so that nothing is encoded twice and a statement is read in its surroundings.

A few threads encode for the whole process, over a bounded queue: encoding from many executor threads makes memory grow
without end. With OpenVINO a question has a thread of its own, and batches one a core; with torch, which is parallel
within a batch, there is one thread, and a question goes before the batches of a running ``add``.
"""

from __future__ import annotations

import itertools
import math
import re
import sys
import threading
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from queue import PriorityQueue
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from data.errors import ModelError
from embeddings import models, native
from embeddings.compiled import longest
from embeddings.models import E5, Backend, InTorch

if TYPE_CHECKING:
    from data.settings import Settings

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with how much is encoded and how much there is, in characters: texts of like length come together, the longest
first, so that their number would tell little of the time."""

BATCH_TOKENS = 1024
"""Tokens of a batch, padding included: on a CPU more buys nothing, and with torch a question waits for one batch."""

BLOCK_TEXTS = 4096
"""Texts that are tokenised and sorted by length together: batches of like length waste no work on padding."""

SWITCH_SECONDS = 0.0005
"""How long Python code of another thread may run before it must let torch's thread go on.

torch gives up the interpreter's lock in each of a hundred operations of a question. With Python's 5 ms, and articles
being parsed in the same process, a question of 8 ms took 300.
"""

QUEUED_BATCHES = 8

HEAD_START = 16
"""So many questions at most go before a batch that came earlier: many askers must not stop an ``add`` for good."""

_HALVES = re.compile("[\ud800-\udfff]")

CACHE = "models"
"""The folder of converted models, in the home."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch ``text[start:end]`` of one of several texts, which counts for the whole numbered ``of``."""

    text: int
    start: int
    end: int
    of: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A text ready to be encoded: its place, its tokens, and which of them (first, last) count for which whole."""

    place: int
    ids: list[int]
    parts: list[tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class _Encoded:
    """What came of a batch: a vector a text, and for each part the sum of its token states and their number."""

    vectors: Vectors
    sums: list[tuple[int, Vectors, int]]


@dataclass(order=True)
class _Job:
    """Work in the order of ``turn``: a question's is its arrival, a batch's ``HEAD_START`` later."""

    turn: float
    question: str | None = field(compare=False)
    rows: list[_Row] = field(compare=False)
    done: Future[Any] = field(compare=False, default_factory=Future)


class Encoder:
    """A sentence encoder. Thread-safe; loading takes seconds, so a process holds one.

    Attributes:
        name: of the model, as a generation remembers it.
        weights_hash: sha256 of all that decides a vector; a generation made with another is refused.
        dimension: of the vectors.
    """

    def __init__(
        self, model: str = E5, *, backend: Backend = "auto", threads: int = 0, cache: Path | None = None
    ) -> None:
        """Load a model: "e5", "minilm", a sentence-transformers name, or a folder.

        Args:
            threads: for one call; 0: as many as there are cores.
            cache: a folder where a converted model is kept for the next process; None: nowhere.

        Raises:
            ModelError: the weights are missing or not what they should be, or the backend is not installed.
        """
        self._model = models.load(model, backend, cache, threads)
        self.name = self._model.about.name
        self.weights_hash = self._model.about.weights_hash
        self.dimension = self._model.about.dimension
        self._threads = threads
        self._batches: PriorityQueue[_Job] = PriorityQueue()
        self._in_torch = isinstance(self._model, InTorch)
        self._questions: PriorityQueue[_Job] = self._batches if self._in_torch else PriorityQueue()
        self._room = threading.Semaphore(QUEUED_BATCHES)  # for batches; a question never waits for room
        self._arrivals = itertools.count()
        self._closed = False
        self._starting = threading.Lock()
        self._workers = [self._worker(self._questions, "encoder")]

    @classmethod
    def from_settings(cls, settings: Settings) -> Encoder:
        """The encoder that the settings name; a converted model is kept where they say, else in the home."""
        backend: Backend = settings.backend  # type: ignore[assignment]  # the settings allow no other
        cache = settings.models or settings.home / CACHE
        return cls(settings.model, backend=backend, threads=settings.threads, cache=cache)

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Encode texts, in the order given.

        Returns:
            (n, dimension) float32 rows of length 1.
        """
        return self.encode_parts(texts, (), 0, progress=progress)[0]

    def encode_parts(
        self, texts: Sequence[str], parts: Sequence[Part], wholes: int, *, progress: Progress | None = None
    ) -> tuple[Vectors, Vectors, NDArray[np.bool_]]:
        """Encode texts, and in the same pass what parts of them make up.

        Args:
            parts: stretches of the texts; each whole is the mean of the tokens of all its parts.
            wholes: how many wholes the parts make up.

        Returns:
            (n, dimension) and (wholes, dimension) float32 rows of length 1, and which wholes were read: not one whose
            parts all lie beyond what the model reads of a text, or any with a model that pools otherwise.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        sums = np.zeros((wholes, self.dimension), dtype=np.float32)
        counts = np.zeros(wholes, dtype=np.int64)
        of_text: dict[int, list[Part]] = defaultdict(list)
        for part in parts:
            of_text[part.text].append(part)
        done, total = 0, sum(len(text) for text in texts)

        def collect(batch: list[_Row], future: Future[_Encoded]) -> None:
            nonlocal done
            encoded = future.result()
            vectors[[row.place for row in batch]] = encoded.vectors
            for whole, states, count in encoded.sums:
                sums[whole] += states
                counts[whole] += count
            done += sum(len(texts[row.place]) for row in batch)
            if progress:
                progress(done, total)

        waiting: list[tuple[list[_Row], Future[_Encoded]]] = []
        for batch in self._in_batches(texts, of_text):
            waiting.append((batch, self._submit(rows=batch)))
            if len(waiting) >= QUEUED_BATCHES:
                collect(*waiting.pop(0))
        for pair in waiting:
            collect(*pair)
        read = counts > 0
        sums[read] /= np.linalg.norm(sums[read], axis=1, keepdims=True)
        return vectors, sums, read

    def encode_query(self, text: str) -> Vectors:
        """Encode a question, before any batches that wait. Nothing of it is kept.

        Returns:
            (dimension,) float32 of length 1.
        """
        vector: Vectors = self._submit(question=_whole(text)).result()
        return vector

    def nearness(self, cosines: Vectors) -> Vectors:
        """Cosines of this model's vectors on the scale that all models share: 0 for unrelated texts, 1 for the same."""
        return models.nearness(cosines, self.name)

    def close(self) -> None:
        """Stop the threads; what is queued is encoded first."""
        with self._starting:
            self._closed = True
        for _ in self._workers[1:]:
            self._batches.put(_Job(math.inf, None, []))
        self._questions.put(_Job(math.inf, None, []))
        for worker in self._workers:
            worker.join()

    def _in_batches(self, texts: Sequence[str], parts: dict[int, list[Part]]) -> Iterator[list[_Row]]:
        """Texts as tokens, longest first within a block, in batches of at most ``BATCH_TOKENS`` with padding."""
        prompt = self._model.about.document
        for start in range(0, len(texts), BLOCK_TEXTS):
            block = texts[start : start + BLOCK_TEXTS]
            encodings = self._model.tokenizer.encode_batch([prompt + _whole(text) for text in block])
            rows = [
                _Row(place, one.ids, _tokens_of(parts[place], one, len(prompt)) if place in parts else [])
                for place, one in enumerate(encodings, start)
            ]
            rows.sort(key=lambda row: len(row.ids), reverse=True)
            at = 0
            while at < len(rows):
                size = max(1, BATCH_TOKENS // max(longest(len(rows[at].ids)), 1))
                yield rows[at : at + size]
                at += size

    def _submit(self, *, question: str | None = None, rows: Sequence[_Row] = ()) -> Future[Any]:
        if self._closed:
            raise ModelError("the encoder is closed")
        if question is None:
            self._start_for_batches()
            self._room.acquire()
        arrival = next(self._arrivals)
        job = _Job(arrival if question is not None else arrival + HEAD_START, question, list(rows))
        (self._batches if question is None else self._questions).put(job)
        return job.done

    def _start_for_batches(self) -> None:
        """Load what only the archive's texts need, and start their threads, at the first of them."""
        with self._starting:
            if self._closed:
                raise ModelError("the encoder is closed")
            if self._in_torch or len(self._workers) > 1:
                return
            assert self._model.pipeline is not None
            native.torch().set_num_threads(1)  # the threads share no batch
            self._workers += [self._worker(self._batches, f"encoder-{n}") for n in range(self._model.streams)]

    def _worker(self, jobs: PriorityQueue[_Job], name: str) -> threading.Thread:
        thread = threading.Thread(target=self._work, args=(jobs,), name=name, daemon=True)
        thread.start()
        return thread

    def _work(self, jobs: PriorityQueue[_Job]) -> None:
        if self._in_torch:
            native.set_threads(self._threads)
            sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_SECONDS))
        while (job := jobs.get()).turn < math.inf:
            if job.question is None:
                self._room.release()
            try:
                job.done.set_result(self._encoded(job.rows) if job.question is None else self._vector(job.question))
            except Exception as error:
                job.done.set_exception(error)
            del job  # a waiting thread must not hold the last question

    def _vector(self, question: str) -> Vectors:
        return np.ascontiguousarray(self._model.vector(question), dtype=np.float32)

    def _encoded(self, rows: list[_Row]) -> _Encoded:
        from embeddings.modules import features

        about, pipeline = self._model.about, self._model.pipeline
        given = features([row.ids for row in rows], padding=about.padding, types="token_type_ids" in about.inputs)
        with native.torch().inference_mode():
            out = pipeline(given)
        vectors = out["sentence_embedding"].float().numpy()
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        sums: list[tuple[int, Vectors, int]] = []
        if self._model.one_pass:
            states = out["token_embeddings"].float().numpy()
            for place, row in enumerate(rows):
                for whole, first, last in row.parts:
                    sums.append((whole, states[place, first:last].sum(axis=0), last - first))
        return _Encoded(np.ascontiguousarray(vectors, dtype=np.float32), sums)


def _tokens_of(parts: Sequence[Part], encoding: Any, before: int) -> list[tuple[int, int, int]]:
    """(whole, first token, token after the last) for each part that is read; ``before``: the prompt's length."""
    special: list[int] = encoding.special_tokens_mask
    first = special.index(0) if 0 in special else len(special)
    offsets = [offset for offset, is_special in zip(encoding.offsets, special, strict=True) if not is_special]
    starts, ends = [start for start, _ in offsets], [end for _, end in offsets]
    found = []
    for part in parts:
        begin, end = bisect_right(ends, before + part.start), bisect_left(starts, before + part.end)
        if begin < end:
            found.append((part.of, first + begin, first + end))
    return found


def _whole(text: str) -> str:
    """A text of the same length with a mark for each half of a character (a broken file's): no tokenizer takes one."""
    return text if text.isascii() else _HALVES.sub("\N{REPLACEMENT CHARACTER}", text)
