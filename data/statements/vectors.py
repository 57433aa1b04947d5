"""The vectors of tokens in context that a spaCy pipeline computes, the same ones in half the time.

It is the forward pass of spaCy's ``Tok2Vec`` with ``MultiHashEmbed`` and ``MaxoutWindowEncoder``: each word is embedded
(hashed features, one maxout layer), then layers of maxout over a token and its two neighbours are added up. Here a word
is embedded once a batch however often it stands there, and the steps are numpy's on arrays that are used again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from thinc.api import Model

Floats = npt.NDArray[np.float32]

_KNOWN = re.compile(
    r"extract_features list2ragged(?: ints-getitem hashembed)+ maxout layernorm dropout ragged2list"
    r"(?: expand_window maxout layernorm dropout)+"
)
"""The layers that are known here, by their names, in order."""

_MIXED = np.array([0x9E3779B97F4A7C15 * (2 * n + 1) % 2**64 | 1 for n in range(16)], dtype=np.uint64)
"""Odd factors that make one number of a word's features, so that equal words are found by one sort."""


@dataclass(frozen=True, slots=True)
class _Maxout:
    """A maxout layer and the normalisation after it; the rows of ``weights`` are sorted by piece, then by output."""

    weights: Floats
    bias: Floats
    scale: Floats
    shift: Floats

    def __call__(self, rows: Floats) -> Floats:
        width = len(self.scale)
        pieces = rows @ self.weights.T
        pieces += self.bias
        best: Floats = pieces[:, :width].copy()
        for start in range(width, len(self.bias), width):
            np.maximum(best, pieces[:, start : start + width], out=best)
        best -= best.mean(axis=1, keepdims=True)
        best *= (np.square(best).mean(axis=1, keepdims=True) + 1e-8) ** -0.5
        best *= self.scale
        best += self.shift
        return best


class TokenVectors:
    """The forward pass of a ``Tok2Vec`` model."""

    def __init__(self, model: Model[Any, Any]) -> None:
        """``model`` has the layers that ``knows`` asks for."""
        embed, encode = model.layers
        leaves = _leaves(model)
        maxouts = [leaf for leaf in leaves if leaf.name == "maxout"]
        norms = [leaf for leaf in leaves if leaf.name == "layernorm"]
        self._read = embed.layers[0]
        self._hashed = embed.layers[2].layers[0]
        self._embedded, *self._layers = map(_maxout_of, maxouts, norms)
        self._padding: int = encode.attrs["pad"]

    def __call__(self, docs: list[Doc]) -> list[Floats]:
        """One row a token, one array a Doc."""
        features = np.concatenate(self._read.predict(docs))
        words = (features * _MIXED[: features.shape[1]]).sum(axis=1)
        _, first, back = np.unique(words, return_index=True, return_inverse=True)
        rows = self._embedded(self._hashed.predict(features[first]))
        lengths = np.array([len(doc) for doc in docs])
        ends = np.cumsum(lengths + self._padding)
        vectors = np.zeros((int(ends[-1]) + self._padding, rows.shape[1]), dtype=np.float32)
        owner = np.repeat(np.arange(len(docs)), lengths)
        vectors[np.arange(len(owner)) + self._padding * (owner + 1)] = rows[back]
        self._encode(vectors)
        return [vectors[end - length : end] for end, length in zip(ends.tolist(), lengths.tolist(), strict=True)]

    def _encode(self, vectors: Floats) -> None:
        """Add to each token's vector what each layer makes of it and of its neighbours."""
        width = vectors.shape[1]
        windows = np.zeros((len(vectors), 3 * width), dtype=np.float32)
        for layer in self._layers:
            windows[1:, :width] = vectors[:-1]
            windows[:, width : 2 * width] = vectors
            windows[:-1, 2 * width :] = vectors[1:]
            vectors += layer(windows)


def quicker(model: Model[Any, Any]) -> Model[Any, Any]:
    """A model that predicts what ``model`` does, in less time where its layers are known; it can't be trained."""
    from thinc.api import Model

    if not knows(model):
        return model
    vectors = TokenVectors(model)

    def forward(_model: Model[Any, Any], docs: list[Doc], is_train: bool) -> tuple[list[Floats], Any]:  # noqa: ARG001
        return vectors(docs), None

    return Model("token_vectors", forward, dims={"nO": model.get_dim("nO")})


def knows(model: Model[Any, Any]) -> bool:
    """Whether a model is a ``Tok2Vec`` of the usual kind, on a processor that numpy computes on."""
    from thinc.api import NumpyOps

    leaves = _leaves(model)
    windows = {leaf.attrs["window_size"] for leaf in leaves if leaf.name == "expand_window"}
    usual = _KNOWN.fullmatch(" ".join(leaf.name for leaf in leaves)) is not None
    return usual and windows == {1} and isinstance(model.ops, NumpyOps)


def _leaves(model: Model[Any, Any]) -> list[Model[Any, Any]]:
    """The layers without layers of their own, in the order in which they run."""
    return [layer for layer in model.walk(order="dfs_pre") if not layer.layers]


def _maxout_of(maxout: Model[Any, Any], norm: Model[Any, Any]) -> _Maxout:
    weights = np.asarray(maxout.get_param("W"))  # (outputs, pieces, inputs)
    return _Maxout(
        np.ascontiguousarray(weights.transpose(1, 0, 2).reshape(-1, weights.shape[2])),
        np.ascontiguousarray(np.asarray(maxout.get_param("b")).T.reshape(-1)),
        np.asarray(norm.get_param("G")),
        np.asarray(norm.get_param("b")),
    )
