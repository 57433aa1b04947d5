"""Converting a torch transformer for OpenVINO: proven against torch, kept in a cache, loaded from there without torch.

The cache is a folder a model (``models/NAME-HASH`` in the home): the graphs, the tokenizer, and ``about.json`` with the
sha256 of each, written aside and renamed, so that it is there in full or not at all. Two processes that convert at once
do so for nothing; one that can't write works from memory.

How numbers are multiplied depends on the processor and on the weights. Each way is tried in turn until one gives
torch's vectors:

- documents: in 8 bits where ranges of the activations come with the weights; else as questions;
- questions: bfloat16 where the processor multiplies tiles of it (AMX); else, for weights that come in 4 bits, those
  very weights; else float32.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
import warnings
from collections.abc import Iterable
from dataclasses import asdict
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from data.errors import ModelError
from embeddings import native
from embeddings.compiled import About, Compiled, Graph, Precision, padded
from embeddings.eightbit import in_eight_bits, ranges
from embeddings.fourbit import in_four_bits
from embeddings.packed import Packed

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

FORMAT: Final = 1
"""The version of the cache's layout and of what is converted how."""

LEAST_COSINE: Final[dict[Precision, float]] = {"int8": 0.997, "q4": 0.9995, "bf16": 0.9995, "f32": 0.9999}
"""How near to torch's the vectors of ``PROOF`` must be: what each way of multiplying was measured to give, and a little
less."""

PROOF: Final = (
    "query: Who called the raid on the print works an act of cowardice?",
    "passage: “They came with a saw and without a warrant,” the editor told reporters outside the building on Tuesday.",
    "passage: Редактор газеты назвал обыск в типографии трусостью и сказал, что печатать её не перестанут.",
    "passage: Herring. " + "The council met again and put the vote off until the autumn, as it had in spring. " * 12,
)

_QUESTIONS, _DOCUMENTS, _TOKENIZER, _ABOUT = "questions", "documents", "tokenizer.json", "about.json"

_log = getLogger(__name__)


def from_cache(folder: Path, packed: Packed | None, threads: int) -> Compiled | None:
    """What an earlier conversion left; None where there is nothing whole of this version for this processor."""
    from tokenizers import Tokenizer

    try:
        stored = json.loads((folder / _ABOUT).read_bytes())
        if stored["made"] != _made(packed):
            return None
        contents = {name: (folder / name).read_bytes() for name in stored["files"]}
        if any(_sha256(content) != stored["files"][name] for name, content in contents.items()):
            _log.warning("%s is damaged: the model is converted anew", folder)
            return None
        about = About(**{**stored["about"], "inputs": tuple(stored["about"]["inputs"])})
        read = native.openvino().Core().read_model
        graphs = {
            name: Graph(read(contents[f"{name}.xml"], contents[f"{name}.bin"]), how)
            for name, how in stored["precision"].items()
        }
        questions = graphs[_QUESTIONS]
        tokenizer = Tokenizer.from_buffer(contents[_TOKENIZER])
    except FileNotFoundError:
        return None
    except Exception:  # whatever the libraries raise for a file that another version, or nobody, wrote
        _log.warning("%s can't be read: the model is converted anew", folder)
        return None
    return Compiled(questions, graphs.get(_DOCUMENTS, questions), tokenizer, about, packed, threads)


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
        exact = _graph(pipeline[0], about, packed)
    except Exception as error:  # OpenVINO has a dozen of its own
        reason = str(error).strip().split("\n")[0][:200]
        raise ModelError(
            f"OpenVINO can't convert {about.name} ({reason})", hint="set ONRECORD_BACKEND=torch"
        ) from error
    with native.torch().inference_mode():
        right = pipeline.encode(list(PROOF), prompt="", normalize_embeddings=True, show_progress_bar=False)

    def proven(ways: Iterable[Precision]) -> Graph:
        for way in ways:
            graph = Graph(_multiplied(exact.clone(), way, packed), way)
            cosine = _least_cosine(Compiled(graph, graph, tokenizer, about, packed, threads), right)
            if cosine >= LEAST_COSINE[way]:
                return graph
            _log.warning("%s in %s differs from torch (cosine %.5f)", about.name, way, cosine)
        raise ModelError(f"OpenVINO gives other vectors for {about.name} than torch", hint="set ONRECORD_BACKEND=torch")

    ways = precisions(packed)
    questions = proven(way for way in ways if way != "int8")
    documents = proven(ways) if ways[0] == "int8" else questions
    return Compiled(questions, documents, tokenizer, about, packed, threads)


def keep(compiled: Compiled, folder: Path) -> None:
    """Write a conversion into the cache; where that is not possible, the next process converts again."""
    aside = folder.with_name(f".{folder.name}-{uuid.uuid4().hex[:8]}")
    graphs = {_QUESTIONS: compiled.questions}
    if compiled.documents is not compiled.questions:
        graphs[_DOCUMENTS] = compiled.documents
    try:
        aside.mkdir(parents=True)
        for name, graph in graphs.items():
            native.openvino().save_model(graph.model, aside / f"{name}.xml", compress_to_fp16=False)
        compiled.tokenizer.save(str(aside / _TOKENIZER), pretty=False)
        stored = {
            "made": _made(compiled.packed),
            "precision": {name: graph.precision for name, graph in graphs.items()},
            "about": asdict(compiled.about),
            "files": {file.name: _sha256(file.read_bytes()) for file in sorted(aside.iterdir())},
        }
        (aside / _ABOUT).write_text(json.dumps(stored, indent=1), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except OSError as error:
        _log.info("the converted model is not kept (%s)", error.strerror)
        shutil.rmtree(aside, ignore_errors=True)


def precisions(packed: Packed | None) -> list[Precision]:
    """The ways in which this processor could multiply, best first; "int8" is for documents only."""
    able = native.openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    ways: list[Precision] = []
    if packed is not None and "INT8" in able:
        ways.append("int8")
    if "BF16" in able and _multiplies_tiles():
        ways.append("bf16")
    elif packed is not None and "INT8" in able:
        ways.append("q4")
    return [*ways, "f32"]


def _made(packed: Packed | None) -> dict[str, Any]:
    """What a kept conversion depends on, beside the weights."""
    return {"format": FORMAT, "openvino": native.openvino().__version__, "ways": precisions(packed)}


def _multiplied(graph: Any, way: Precision, packed: Packed | None) -> Any:
    if way == "int8":
        return in_eight_bits(graph, ranges())
    return in_four_bits(graph, packed) if way == "q4" and packed is not None else graph


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


def _least_cosine(compiled: Compiled, right: Any) -> float:
    ids, mask = padded([one.ids for one in compiled.tokenizer.encode_batch(list(PROOF))], compiled.about.padding)
    found = (compiled.states(ids, mask) * mask[..., None]).sum(axis=1)
    return float(((found * right).sum(axis=1) / np.linalg.norm(found, axis=1)).min())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
