"""The model that finds statements: a small network over dependency trees, run with numpy alone.

It works in the manner of semantic role labelling (a predicate is found, then its arguments are labelled token by
token; He et al. 2017, "Deep Semantic Role Labeling"): the predicate is a cue, the arguments are source and content.

1. Each token is embedded (hashed word, affix, shape, tag, dependency, entity, quotation state; a static word vector;
   the parser's own tensor) and mixed with its neighbours, its governor and its dependents (residual blocks).
2. Each token gets a probability that it anchors a cue.
3. For each anchor, every token near it gets a label, from both tokens' vectors and the way between them in the tree;
   the best sequence of labels is decoded (a linear-chain conditional random field: Lafferty et al. 2001).

The arrays are made by ``benchmarks/train_statements.py``; no text can be read back from them but single hashed words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from data.statements.features import HASHED, Floats, Ints, Relations, Tokens

OUTSIDE, SOURCE_FIRST, SOURCE, CONTENT_FIRST, CONTENT, CUE = range(6)
DILATIONS = (1, 2, 4)
PADDING = max(DILATIONS)
"""Rows of zeros between paragraphs, so that none sees its neighbour."""

ALLOWED = np.ones((6, 6), dtype=bool)
"""``ALLOWED[a, b]``: label b may follow label a. A span goes on only from its own first token."""
for _follower, _first in ((SOURCE, SOURCE_FIRST), (CONTENT, CONTENT_FIRST)):
    ALLOWED[:, _follower] = False
    ALLOWED[_first, _follower] = ALLOWED[_follower, _follower] = True

_CASES_AT_ONCE = 64  # few enough for memory to stay flat where a paragraph has hundreds of anchors

_FORBIDDEN = np.float32(-1e4)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch of paragraphs: one row a token, ``offsets[i]`` being the first row of paragraph i."""

    vectors: Floats
    anchors: Floats
    offsets: list[int]


@dataclass(frozen=True, slots=True)
class Labelling:
    """The labels of the tokens from ``first`` on, and the probability that the anchor has arguments at all."""

    first: int
    labels: npt.NDArray[np.int64]
    holds: float


class Network:
    """The trained arrays and their forward pass."""

    def __init__(self, arrays: dict[str, npt.NDArray[np.generic]]) -> None:
        self.word_keys: npt.NDArray[np.uint32] = arrays["word_keys"].astype(np.uint32)
        self.word_vectors = arrays["word_vectors"].astype(np.float32) / 32
        self._weights = {
            name: array.astype(np.float32)
            for name, array in arrays.items()
            if name not in {"word_keys", "word_vectors"}
        }
        transitions = self._weights["transitions"]
        self._transitions = np.where(ALLOWED, transitions, _FORBIDDEN)
        starts = self._weights["starts"].copy()
        starts[[SOURCE, CONTENT]] = _FORBIDDEN
        self._starts = starts

    @classmethod
    def load(cls, path: Path) -> Network:
        with np.load(path, allow_pickle=False) as arrays:
            return cls({name: arrays[name] for name in arrays.files})

    def encode(self, paragraphs: Sequence[Tokens]) -> Encoded:
        """Vectors and anchor probabilities of every token."""
        w = self._weights
        offsets, total = [], PADDING
        for tokens in paragraphs:
            offsets.append(total)
            total += len(tokens) + PADDING
        mask = np.zeros((total, 1), dtype=np.float32)
        inputs = np.zeros((total, w["input"].shape[0]), dtype=np.float32)
        heads = np.arange(total)
        for offset, tokens in zip(offsets, paragraphs, strict=True):
            rows = slice(offset, offset + len(tokens))
            inputs[rows] = self._inputs(tokens)
            heads[rows] = offset + tokens.head
            mask[rows] = 1
        vectors = np.maximum(inputs @ w["input"] + w["input_bias"], 0) * mask
        order = np.argsort(heads, kind="stable")
        governors, begins, counts = np.unique(heads[order], return_index=True, return_counts=True)
        for block, dilation in enumerate(DILATIONS):
            children = np.zeros_like(vectors)
            children[governors] = np.add.reduceat(vectors[order], begins, axis=0) / counts[:, None].astype(np.float32)
            around = [np.roll(vectors, dilation, axis=0), vectors, np.roll(vectors, -dilation, axis=0)]
            mixed = np.concatenate([*around, vectors[heads], children], axis=1) @ w[f"block{block}"]
            vectors = _normalise(vectors + np.maximum(mixed + w[f"block{block}_bias"], 0))
            vectors = (vectors * w[f"scale{block}"] + w[f"shift{block}"]) * mask
        hidden = np.maximum(vectors @ w["anchor"] + w["anchor_bias"], 0)
        return Encoded(vectors, _sigmoid(hidden @ w["anchor_out"] + w["anchor_out_bias"])[:, 0], offsets)

    def _inputs(self, tokens: Tokens) -> Floats:
        w = self._weights
        parts = [w[f"embed_{name}"][tokens.hashed[:, i]] for i, name in enumerate(HASHED)]
        parts.append(w["embed_quote"][tokens.quote])
        return np.concatenate([*parts, self.lookup(tokens.keys), tokens.tensor, tokens.flags], axis=1)

    def lookup(self, keys: npt.NDArray[np.uint64]) -> Floats:
        """The static vectors of words by their hashes; zeros for a word that has none."""
        low = (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        at = np.minimum(np.searchsorted(self.word_keys, low), len(self.word_keys) - 1)
        known = self.word_keys[at] == low
        return np.where(known[:, None], self.word_vectors[at], np.float32(0))

    def label(self, encoded: Encoded, cases: Sequence[tuple[int, int, Relations]]) -> list[Labelling]:
        """Label the tokens around anchors. A case is a paragraph's number, the anchor's token, its relations."""
        tokens = encoded.vectors @ self._weights["token"]
        parts = (cases[at : at + _CASES_AT_ONCE] for at in range(0, len(cases), _CASES_AT_ONCE))
        return [labelling for part in parts for labelling in self._label(encoded, tokens, part)]

    def _label(self, encoded: Encoded, tokens: Floats, cases: Sequence[tuple[int, int, Relations]]) -> list[Labelling]:
        w = self._weights
        lengths = [case[2].last - case[2].first for case in cases]
        size = sum(lengths) + len(cases) + 1  # a row of zeros around each case
        rows: Ints = np.zeros(size, dtype=np.int64)
        owner: Ints = np.zeros(size, dtype=np.int64)
        related: Ints = np.zeros((3, size), dtype=np.int64)
        mask = np.zeros((size, 1), dtype=np.float32)
        begins, at = [], 1
        for number, ((paragraph, _, relations), length) in enumerate(zip(cases, lengths, strict=True)):
            offset = encoded.offsets[paragraph]
            part = slice(at, at + length)
            rows[part] = np.arange(offset + relations.first, offset + relations.last)
            owner[part] = number
            related[:, part] = relations.branch, relations.distance, relations.place
            mask[part] = 1
            begins.append(at)
            at += length + 1
        anchors = np.array([encoded.offsets[paragraph] + anchor for paragraph, anchor, _ in cases])
        cues = (encoded.vectors[anchors] @ w["cue"] + w["cue_bias"])[owner]
        hidden = tokens[rows] + cues
        for i, name in enumerate(("branch", "distance", "place")):
            hidden += w[f"embed_{name}"][related[i]]
        hidden = np.maximum(hidden, 0) * mask
        around = np.concatenate([np.roll(hidden, 1, axis=0), hidden, np.roll(hidden, -1, axis=0)], axis=1)
        hidden = hidden + np.maximum(around @ w["around"] + w["around_bias"], 0)
        scores = hidden @ w["labels"] + w["labels_bias"]
        return self._decode(scores, begins, lengths, [case[2].first for case in cases])

    def _decode(self, scores: Floats, begins: list[int], lengths: list[int], firsts: list[int]) -> list[Labelling]:
        """Viterbi and the forward sum, over all cases at once: step t of every case that is longer than t."""
        order = np.argsort([-length for length in lengths], kind="stable")
        sorted_lengths = np.array(lengths)[order]
        sorted_begins = np.array(begins)[order]
        longest = int(sorted_lengths[0])
        count = len(order)
        best = scores[sorted_begins] + self._starts
        total = best.copy()
        empty = best[:, OUTSIDE].copy()
        back = np.zeros((longest, count, 6), dtype=np.int8)
        for step in range(1, longest):
            alive = int(np.searchsorted(-sorted_lengths, -step, side="left"))
            emission = scores[sorted_begins[:alive] + step]
            ways = best[:alive, :, None] + self._transitions
            back[step, :alive] = ways.argmax(axis=1)
            best[:alive] = ways.max(axis=1) + emission
            sums = total[:alive, :, None] + self._transitions
            peak = sums.max(axis=1)
            total[:alive] = peak + np.log(np.exp(sums - peak[:, None, :]).sum(axis=1)) + emission
            empty[:alive] += self._transitions[OUTSIDE, OUTSIDE] + emission[:, OUTSIDE]
        peak = total.max(axis=1)
        normaliser = peak + np.log(np.exp(total - peak[:, None]).sum(axis=1))
        holds = 1 - np.exp(np.minimum(empty - normaliser, 0))
        found: list[Labelling | None] = [None] * count
        for position, number in enumerate(order.tolist()):
            length = int(sorted_lengths[position])
            labels = np.zeros(length, dtype=np.int64)
            label = int(best[position].argmax())
            for step in range(length - 1, -1, -1):
                labels[step] = label
                label = int(back[step, position, label])
            found[number] = Labelling(firsts[number], labels, float(holds[position]))
        return [labelling for labelling in found if labelling is not None]


@cache
def network() -> Network:
    """The network that comes with the package, loaded once."""
    return Network.load(Path(__file__).with_name("network.npz"))


def _normalise(rows: Floats) -> Floats:
    """Layer normalisation: each row to mean 0 and variance 1 (Ba et al. 2016)."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    scaled: Floats = centred / np.sqrt((centred * centred).mean(axis=1, keepdims=True) + np.float32(1e-5))
    return scaled


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), dtype=np.float32)
