"""A transformer that OpenVINO runs: token ids to token states, without torch on a question's path."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from embeddings import native
from embeddings.packed import Floats, Ids, Packed

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SHORTEST: Final = 8
"""Tokens of the shortest row of a batch."""

INPUTS: Final = ("inputs_embeds", "input_ids", "attention_mask", "token_type_ids")
"""What a transformer may be given."""

Precision = Literal["int8", "q4", "bf16", "f32"]


@dataclass(frozen=True, slots=True)
class Graph:
    """A converted transformer (an ``openvino.Model``), and how its numbers are multiplied."""

    model: Any
    precision: Precision


@dataclass(frozen=True, slots=True)
class About:
    """What a pipeline needs to know of its transformer.

    Attributes:
        weights_hash: sha256 of all that decides a vector.
        dimension: of a vector. limit: tokens of a text at most, the special ones included.
        query, document: what is put before a question and before a text of the archive.
        padding: the id that fills short rows.
        inputs: the transformer's inputs, in order.
    """

    name: str
    weights_hash: str
    dimension: int
    limit: int
    query: str
    document: str
    padding: int
    inputs: tuple[str, ...]


class Compiled:
    """A transformer that OpenVINO runs, with its tokenizer. Thread-safe: as many requests run at once as ``streams``.

    Attributes:
        about: of the model.
        tokenizer: a ``tokenizers.Tokenizer`` that truncates.
        streams: texts of the archive are encoded in so many batches at once, a thread each: threads that share a batch
            wait for one another at each layer, above all where other processes want the same cores.
    """

    one_pass = True

    def __init__(
        self, questions: Graph, documents: Graph, tokenizer: Any, about: About, packed: Packed | None, threads: int
    ) -> None:
        """Hold a transformer; it is compiled when the first question, and the first document, comes.

        Args:
            questions, documents: the same transformer: exact where one text is waited for, fast where there are many.
            packed: where word vectors come from, if not out of the graph.
            threads: 0: as many as there are cores.
        """
        self.about = about
        self.tokenizer = tokenizer
        self.streams = native.cores(threads)
        self.questions = questions
        self.documents = documents
        self.packed = packed
        self._asking = threading.Lock()
        self._question: Any = None
        self._requests: SimpleQueue[Any] | None = None
        self._opening = threading.Lock()

    def states(self, ids: Ids, mask: Ids) -> Floats:
        """Token states of a batch: (n, tokens, dimension) float32 for ids and mask of (n, tokens)."""
        with self._opening:
            if self._requests is None:
                self._requests = self._opened()
        request = self._requests.get()
        try:
            return self._run(request, ids, mask)
        finally:
            self._requests.put(request)

    def vector(self, text: str) -> Floats:
        """The vector of one question, (dimension,) float32 of length 1: the mean over its tokens."""
        ids, mask = padded([self.tokenizer.encode(self.about.query + text).ids], self.about.padding)
        with self._asking:
            if self._question is None:
                self._question = _compiled(self.questions, {"PERFORMANCE_HINT": "LATENCY"}).create_infer_request()
            (states,) = self._run(self._question, ids, mask)
        total: Floats = states[: int(mask.sum())].sum(axis=0)
        return total / np.linalg.norm(total)

    @cached_property
    def pipeline(self) -> SentenceTransformer:
        """The ``SentenceTransformer`` whose first module this is, for the texts of the archive. Loads torch."""
        from embeddings.modules import CompiledTransformer, pipeline

        return pipeline(CompiledTransformer(self), {"query": self.about.query, "document": self.about.document})

    def _run(self, request: Any, ids: Ids, mask: Ids) -> Floats:
        given: dict[str, NDArray[Any]] = {"attention_mask": mask}
        for name in self.about.inputs:
            if name == "inputs_embeds" and self.packed is not None:
                given[name] = self.packed.word_vectors(ids)
            elif name == "input_ids":
                given[name] = ids
            elif name == "token_type_ids":
                given[name] = np.zeros_like(ids)
        # Shared, not copied: copying resizes the request's own tensors, where two threads have waited for each other.
        states: Floats = request.infer([given[name] for name in self.about.inputs], share_inputs=True)[0]
        return states

    def _opened(self) -> SimpleQueue[Any]:
        streams = {"NUM_STREAMS": self.streams, "INFERENCE_NUM_THREADS": self.streams}
        compiled, requests = _compiled(self.documents, streams), SimpleQueue[Any]()
        for _ in range(self.streams):
            requests.put(compiled.create_infer_request())
        return requests


def longest(tokens: int) -> int:
    """How long the rows of a batch are made whose longest text has so many tokens: one of some twenty lengths up to
    512, each at most an eighth longer. For each new shape the runtime prepares, and remembers, every operation."""
    step = max(SHORTEST, 1 << max(0, (tokens - 1).bit_length() - 3))
    return -(-tokens // step) * step


def padded(rows: Sequence[Sequence[int]], padding: int) -> tuple[Ids, Ids]:
    """Ids of several texts as one batch, and the mask of what is no padding: (n, longest) int64 each."""
    ids = np.full((len(rows), longest(max(map(len, rows), default=0))), padding, dtype=np.int64)
    mask = np.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
        mask[place, : len(row)] = 1
    return ids, mask


def _compiled(graph: Graph, properties: dict[str, Any]) -> Any:
    hint = "bf16" if graph.precision == "bf16" else "f32"
    hints = {"INFERENCE_PRECISION_HINT": hint, "ENABLE_CPU_PINNING": False, **properties}
    return native.openvino().Core().compile_model(graph.model, "CPU", hints)
