"""A transformer compiled by OpenVINO: converted once from the torch module, kept in a cache, loaded without torch.

The cache is a folder a model (``models/NAME-HASH`` in the home): the graph, the tokenizer, and ``about.json`` with the
sha256 of both, written aside and renamed, so that it is there in full or not at all. Two processes that convert at once
do so for nothing; one that can't write works from memory.

How numbers are multiplied depends on the processor, and is checked against torch before it is kept:

- bfloat16 where the processor multiplies tiles of it (AMX);
- else, for weights that come in 4 bits, those very weights with the activations in 8 bits, block by block, as the
  format has it: nothing is rounded a second time, and it is faster than float32;
- else float32.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import uuid
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from logging import getLogger
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from data.errors import ModelError
from embeddings import native
from embeddings.packed import BLOCK, Floats, Ids, Packed

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

FORMAT: Final = 1
"""The version of the cache's layout and of what is converted how."""

SHORTEST: Final = 8
"""Tokens of the shortest row of a batch."""

LEAST_COSINE: Final = 0.9995
"""What is compiled must give torch's vectors: no text of ``PROOF`` may differ by more."""

PROOF: Final = (
    "query: Who called the raid on the print works an act of cowardice?",
    "passage: “They came with a saw and without a warrant,” the editor told reporters outside the building on Tuesday.",
    "passage: Редактор газеты назвал обыск в типографии трусостью и сказал, что печатать её не перестанут.",
    "passage: Herring. " + "The council met again and put the vote off until the autumn, as it had in spring. " * 12,
)

INPUTS: Final = ("inputs_embeds", "input_ids", "attention_mask", "token_type_ids")
"""What a transformer may be given."""

_GRAPH, _WEIGHTS, _TOKENIZER, _ABOUT = "graph.xml", "graph.bin", "tokenizer.json", "about.json"

_log = getLogger(__name__)

Precision = Literal["bf16", "q4", "f32"]


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
        self, graph: Any, tokenizer: Any, about: About, precision: Precision, packed: Packed | None, threads: int
    ) -> None:
        self.about = about
        self.tokenizer = tokenizer
        self.streams = native.cores(threads)
        self.packed = packed
        self.graph = graph
        self.precision = precision
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
                self._question = self._compile({"PERFORMANCE_HINT": "LATENCY"}).create_infer_request()
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

    def _compile(self, properties: dict[str, Any]) -> Any:
        hint = "bf16" if self.precision == "bf16" else "f32"
        hints = {"INFERENCE_PRECISION_HINT": hint, "ENABLE_CPU_PINNING": False, **properties}
        return native.openvino().Core().compile_model(self.graph, "CPU", hints)

    def _opened(self) -> SimpleQueue[Any]:
        streams = {"NUM_STREAMS": self.streams, "INFERENCE_NUM_THREADS": self.streams}
        compiled, requests = self._compile(streams), SimpleQueue[Any]()
        for _ in range(self.streams):
            requests.put(compiled.create_infer_request())
        return requests


def longest(tokens: int) -> int:
    """How long the rows of a batch are made whose longest text has so many tokens: one of some twenty lengths up to 512,
    each at most an eighth longer. For each new shape the runtime prepares, and remembers, every operation."""
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


def from_cache(folder: Path, packed: Packed | None, threads: int) -> Compiled | None:
    """What an earlier conversion left; None where there is nothing whole of this version."""
    from tokenizers import Tokenizer

    try:
        stored = json.loads((folder / _ABOUT).read_bytes())
        if (stored["format"], stored["openvino"], stored["wanted"]) != (
            FORMAT,
            native.openvino().__version__,
            precision(packed),
        ):
            return None
        contents = {name: (folder / name).read_bytes() for name in (_GRAPH, _WEIGHTS, _TOKENIZER)}
        if any(_sha256(content) != stored["files"][name] for name, content in contents.items()):
            _log.warning("%s is damaged: the model is converted anew", folder)
            return None
        about = About(**{**stored["about"], "inputs": tuple(stored["about"]["inputs"])})
        graph = native.openvino().Core().read_model(contents[_GRAPH], contents[_WEIGHTS])
        tokenizer = Tokenizer.from_buffer(contents[_TOKENIZER])
    except FileNotFoundError:
        return None
    except Exception:  # whatever the libraries raise for a file that another version, or nobody, wrote
        _log.warning("%s can't be read: the model is converted anew", folder)
        return None
    return Compiled(graph, tokenizer, about, stored["precision"], packed, threads)


def converted(
    pipeline: SentenceTransformer, tokenizer: Any, about: About, packed: Packed | None, threads: int
) -> Compiled:
    """Convert a pipeline's transformer and prove it against torch.

    Args:
        pipeline: a transformer, the mean over its tokens, and length 1 (``embeddings.models`` sees to that).
        packed: where the word vectors and the 4-bit weights come from, if they do.

    Raises:
        ModelError: OpenVINO can't convert it, or gives other vectors.
    """
    try:
        graph = _graph(pipeline[0], about, packed)
    except Exception as error:  # OpenVINO has a dozen of its own
        reason = str(error).strip().split("\n")[0][:200]
        raise ModelError(
            f"OpenVINO can't convert {about.name} ({reason})", hint="set ONRECORD_BACKEND=torch"
        ) from error
    chosen = precision(packed)
    for tried in dict.fromkeys((chosen, "f32")):
        exact = _with_packed_weights(graph.clone(), packed) if tried == "q4" and packed is not None else graph
        made = Compiled(exact, tokenizer, about, tried, packed, threads)
        cosine = _least_cosine(made, pipeline)
        if cosine >= LEAST_COSINE:
            return made
        _log.warning("%s in %s differs from torch (cosine %.5f)", about.name, tried, cosine)
    raise ModelError(f"OpenVINO gives other vectors for {about.name} than torch", hint="set ONRECORD_BACKEND=torch")


def keep(compiled: Compiled, folder: Path) -> None:
    """Write a conversion into the cache; where that is not possible, the next process converts again."""
    aside = folder.with_name(f".{folder.name}-{uuid.uuid4().hex[:8]}")
    try:
        aside.mkdir(parents=True)
        native.openvino().save_model(compiled.graph, aside / _GRAPH, compress_to_fp16=False)
        compiled.tokenizer.save(str(aside / _TOKENIZER), pretty=False)
        stored = {
            "format": FORMAT,
            "openvino": native.openvino().__version__,
            "wanted": precision(compiled.packed),
            "precision": compiled.precision,
            "about": asdict(compiled.about),
            "files": {name: _sha256((aside / name).read_bytes()) for name in (_GRAPH, _WEIGHTS, _TOKENIZER)},
        }
        (aside / _ABOUT).write_text(json.dumps(stored, indent=1), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except OSError as error:
        _log.info("the converted model is not kept (%s)", error.strerror)
        shutil.rmtree(aside, ignore_errors=True)


def precision(packed: Packed | None) -> Precision:
    """How this processor is to multiply."""
    able = native.openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    if "BF16" in able and _multiplies_tiles():
        return "bf16"
    return "q4" if packed is not None and "INT8" in able else "f32"


def _multiplies_tiles() -> bool:
    """Does the processor have AMX? Without it, bfloat16 was slower than float32 (benchmarks/RESULTS.md)."""
    try:
        return " amx_bf16" in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False


def _graph(first: Any, about: About, packed: Packed | None) -> Any:
    from embeddings.modules import Core, quiet

    torch = native.torch()
    quiet()
    shape = 2, 16
    examples = {  # no tensor twice: tracing would take two inputs for one
        "inputs_embeds": torch.zeros(*shape, about.dimension),
        "input_ids": torch.ones(shape, dtype=torch.int64),
        "attention_mask": torch.ones(shape, dtype=torch.int64),
        "token_type_ids": torch.zeros(shape, dtype=torch.int64),
    }
    given = tuple(examples[name] for name in about.inputs)
    model = Core(first.bert if packed is not None else first.auto_model, about.inputs)
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # tracing warns about each branch of the model's code
        return native.openvino().convert_model(model, example_input=given)


def _with_packed_weights(graph: Any, packed: Packed | None) -> Any:
    """The graph with each decoded matrix replaced by its codes and scales, which OpenVINO multiplies as they are."""
    assert packed is not None
    ov = native.openvino()
    from openvino import opset13 as ops

    shape = packed.shape
    known = {}
    for layer in range(shape.layers):
        for short in ("q", "k", "v", "ao", "fi", "fo"):
            name, columns = f"l{layer}.{short}.w", shape.inner if short == "fo" else shape.hidden
            known[_head(packed.matrix(name, columns))] = (name, columns)
    for node in graph.get_ordered_ops():
        constant = node.input_value(1).get_node() if node.get_type_name() == "MatMul" else None
        if constant is None or constant.get_type_name() != "Constant":
            continue
        name, columns = known[_head(constant.data)]
        codes, scales = packed.codes(name, columns)
        pairs = codes.reshape(-1, 2)
        halves = np.ascontiguousarray(pairs[:, 0] | pairs[:, 1] << 4)
        weights, middle = (
            ov.op.Constant(ov.Tensor(data, ov.Shape(of), ov.Type.u4), shared_memory=False)
            for data, of in ((halves, codes.shape), (np.array([0x88], np.uint8), (1, 1, 1)))
        )
        decoded = ops.subtract(ops.convert(weights, "f16"), ops.convert(middle, "f16"))
        decoded = ops.multiply(decoded, ops.constant(scales[..., None]))
        flat = ops.reshape(decoded, ops.constant(np.array([len(codes), codes.shape[1] * BLOCK])), special_zero=False)
        node.input(1).replace_source_output(ops.convert(flat, "f32").output(0))
    graph.validate_nodes_and_infer_types()
    return graph


def _head(matrix: Floats) -> bytes:
    """What tells one matrix from all others: its shape and its first rows."""
    return repr(matrix.shape).encode() + np.ascontiguousarray(matrix[:2], dtype=np.float32).tobytes()


def _least_cosine(compiled: Compiled, pipeline: SentenceTransformer) -> float:
    with native.torch().inference_mode():
        right = pipeline.encode(list(PROOF), prompt="", normalize_embeddings=True, show_progress_bar=False)
    ids, mask = padded([one.ids for one in compiled.tokenizer.encode_batch(list(PROOF))], compiled.about.padding)
    found = (compiled.states(ids, mask) * mask[..., None]).sum(axis=1)
    return float(((found * right).sum(axis=1) / np.linalg.norm(found, axis=1)).min())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
