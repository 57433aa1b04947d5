"""A parsed paragraph as arrays: what the model reads of each token, and how each token hangs on a cue in the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from data.statements.quotes import Quote

if TYPE_CHECKING:
    from spacy.tokens import Doc

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

TENSOR = 96
"""Width of ``Doc.tensor`` of the default pipeline: its own reading of each token in context."""

HASHED = {"word": 8192, "word2": 8192, "suffix": 2048, "shape": 512, "tag": 512, "dep": 512, "entity": 256}
"""Buckets of the hashed features. Words are hashed twice into two tables, so that few words share both rows."""

QUOTE_STATES = 6
BRANCHES = 4096
DISTANCES = 48
PLACES = 5 * 7 * 7
"""Part of a subtree (5), sentence (7) and quote (7) of a token beside an anchor's, in one number."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one paragraph; every array has one row a token.

    ``hashed``: (n, 7) bucket numbers in the order of :data:`HASHED`; ``quote``: where the token stands to quotation
    marks; ``keys``: the 64-bit hash of the lower-cased word; ``tensor``: (n, 96) or zeros; ``head``: the governor's
    index; ``flags``: (n, 5) zeros and ones; ``left``, ``right``: the subtree's first token and the one after its last;
    ``sentence`` and ``stretch``: numbers of the sentence and of the quote (0: outside any).
    """

    hashed: Ints
    quote: Ints
    keys: npt.NDArray[np.uint64]
    tensor: Floats
    head: Ints
    flags: Floats
    left: Ints
    right: Ints
    sentence: Ints
    stretch: Ints
    start: Ints
    end: Ints
    dep: Ints

    def __len__(self) -> int:
        return len(self.head)


def tokens_of(doc: Doc, marked: list[Quote], *, title: bool, goes_on: bool, with_tensor: bool) -> Tokens:
    """Read a paragraph's tokens.

    ``marked`` are the paragraph's quotes. ``title`` marks an article's first paragraph, ``goes_on`` a paragraph that
    opens with a quotation mark after one whose quote was left open. ``with_tensor`` is false for pipelines whose
    tensors the model does not know.
    """
    from spacy import attrs

    n = len(doc)
    raw: Any = doc.to_array(
        [
            attrs.LOWER, attrs.SUFFIX, attrs.SHAPE, attrs.TAG, attrs.DEP, attrs.ENT_TYPE, attrs.HEAD, attrs.SENT_START,
            attrs.IDX, attrs.LENGTH,
        ]
    )  # fmt: skip
    raw = raw.reshape(n, 10)
    mixed = raw[:, :6] * np.uint64(0x9E3779B97F4A7C15)
    columns = [mixed[:, 0] >> np.uint64(40), mixed[:, 0] & np.uint64(0xFFFFFF)]
    columns += [mixed[:, i] >> np.uint64(40) for i in range(1, 6)]
    sizes = np.array(list(HASHED.values()), dtype=np.uint64)
    hashed = (np.stack(columns, axis=1) % sizes).astype(np.int64)
    head = np.arange(n) + raw[:, 6].astype(np.int64)
    begins = raw[:, 7].astype(np.int64) == 1
    if n:
        begins[0] = True
    start, length = raw[:, 8].astype(np.int64), raw[:, 9].astype(np.int64)
    quote, stretch = _quote_states(marked, start, start + length)
    left, right = _subtrees(head)
    flags = np.zeros((n, 5), dtype=np.float32)
    flags[:, 0] = begins
    flags[:, 1] = title
    flags[:, 2] = goes_on
    flags[: min(n, 3), 3] = 1
    flags[max(0, n - 3) :, 4] = 1
    if with_tensor and doc.tensor.shape == (n, TENSOR):
        tensor = np.asarray(doc.tensor, dtype=np.float32)
    else:
        tensor = np.zeros((n, TENSOR), dtype=np.float32)
    return Tokens(
        hashed, quote, raw[:, 0].astype(np.uint64), tensor, head, flags, left, right, np.cumsum(begins), stretch,
        start, start + length, hashed[:, 5],
    )  # fmt: skip


def _quote_states(marked: list[Quote], start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """0 outside, 1 inside, 2 opening mark, 3 closing mark, 4 inside an unclosed quote, 5 opening mark of one."""
    state = np.zeros(len(start), dtype=np.int64)
    stretch = np.zeros(len(start), dtype=np.int64)
    for number, quote in enumerate(marked, 1):
        first = int(np.searchsorted(end, quote.outer[0], side="right"))
        last = int(np.searchsorted(start, quote.outer[1], side="left"))
        if first >= last:
            continue
        state[first:last] = 1 if quote.closed else 4
        stretch[first:last] = number
        if start[first] < quote.inner[0]:
            state[first] = 2 if quote.closed else 5
        if quote.closed and end[last - 1] > quote.inner[1]:
            state[last - 1] = 3
    return state, stretch


def _subtrees(head: Ints) -> tuple[Ints, Ints]:
    """The first token of each subtree and the token after its last, read off the heads."""
    n = len(head)
    left, right = list(range(n)), list(range(1, n + 1))
    heads = head.tolist()
    order = _bottom_up(heads)
    for i in order:
        h = heads[i]
        if h != i:
            left[h] = min(left[h], left[i])
            right[h] = max(right[h], right[i])
    return np.array(left, dtype=np.int64), np.array(right, dtype=np.int64)


def _bottom_up(heads: list[int]) -> list[int]:
    depth = [-1] * len(heads)
    for i in range(len(heads)):
        chain = []
        while depth[i] < 0 and heads[i] != i:
            chain.append(i)
            i = heads[i]
        if depth[i] < 0:
            depth[i] = 0
        for step, j in enumerate(reversed(chain), 1):
            depth[j] = depth[i] + step
    return sorted(range(len(heads)), key=lambda i: -depth[i])


@dataclass(frozen=True, slots=True)
class Relations:
    """How the tokens ``first`` to ``last`` of a paragraph stand to one anchor: bucket numbers, one a token.

    ``branch`` names the subtree the token is in by the way from the anchor (steps up, then the dependency down);
    ``place`` says whether it is that subtree's head, first or last token, how many sentences it is from the anchor, and
    whether both stand in the same quote, the nearest one or none.
    """

    first: int
    last: int
    branch: Ints
    distance: Ints
    place: Ints


WINDOW = (180, 260)
"""Tokens before and after an anchor that can belong to its attribution: bounds the work for endless paragraphs."""

_STEPS = 5  # steps up from the anchor that are told apart


def relations_of(tokens: Tokens, anchor: int, children: list[list[int]]) -> Relations:
    """The relations of the tokens around ``anchor``; ``children`` lists each token's dependents."""
    n = len(tokens)
    first, last = max(0, anchor - WINDOW[0]), min(n, anchor + WINDOW[1])
    branch = np.zeros(n, dtype=np.int64)
    inner = np.zeros(n, dtype=np.int64)
    node, below, steps = anchor, -1, 0
    left, right, dep = tokens.left, tokens.right, tokens.dep
    while True:
        level = min(steps, _STEPS)
        for child in children[node]:
            if child == below:
                continue
            begin, end = left[child], right[child]
            if end <= first or begin >= last:
                continue
            if begin <= anchor < end:  # a crossing parse: the anchor's own branch stays with the anchor
                begin, end = (anchor + 1, end) if child > anchor else (begin, anchor)
            if begin >= end:
                continue
            code = 1 + (level * 1031 + int(dep[child]) * 2 + (child > node)) % (BRANCHES - 1)
            branch[begin:end] = code
            inner[begin:end] = 1
            inner[begin] = 3
            inner[end - 1] = 4
            inner[child] = 2
        branch[node] = 1 + (level * 1031 + 1029) % (BRANCHES - 1)
        inner[node] = 2
        above = int(tokens.head[node])
        if above == node or steps > 40:
            break
        node, below, steps = above, node, steps + 1
    window = np.arange(first, last) - anchor
    size = np.abs(window)
    distance = np.where(size < 8, size, np.minimum(8 + np.log2(np.maximum(size, 8) / 8) * 3, 22)).astype(np.int64)
    distance = np.where(window < 0, 23 - distance, 23 + distance)
    sentence = np.clip(tokens.sentence[first:last] - tokens.sentence[anchor], -3, 3) + 3
    stretch = tokens.stretch[first:last]
    own = tokens.stretch[anchor]
    opened = np.abs(np.maximum(stretch, 0) - _nearest_quote(tokens.stretch, anchor)[first:last])
    quote = np.where(stretch == 0, 0, np.where(stretch == own, 1, 2 + np.minimum(opened, 2)))
    quote = np.where((own > 0) & (stretch != own), np.where(stretch == 0, 5, 6), quote)
    place = (inner[first:last] * 7 + sentence) * 7 + quote
    return Relations(first, last, branch[first:last], distance, place)


def _nearest_quote(stretch: Ints, anchor: int) -> Ints:
    """For each token the number of the quote nearest to the anchor on that token's side of it (0: none)."""
    before = stretch[:anchor]
    after = stretch[anchor + 1 :]
    nearest = np.zeros(len(stretch), dtype=np.int64)
    if before.any():
        nearest[:anchor] = before.max()
    if after.any():
        nearest[anchor + 1 :] = after[after > 0].min()
    return nearest


def children_of(head: Ints) -> list[list[int]]:
    """Each token's dependents, in order."""
    children: list[list[int]] = [[] for _ in range(len(head))]
    for i, h in enumerate(head.tolist()):
        if h != i:
            children[h].append(i)
    return children
