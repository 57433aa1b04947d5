"""The network: what is trained in torch and what runs in numpy are the same function, and the weights hold no text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.train_statements import Example, Trained, batch_of, pairs_of
from data.model import Article
from data.statements import Parser
from data.statements.features import Tokens, children_of, relations_of
from data.statements.network import ALLOWED, CONTENT, SOURCE, Network, network
from data.statements.proposals import tokens_of_article

TEXT = "“The harbour stays open,” Mayor Ida Tervo said on Monday, “and the ice road will be closed before the thaw.”"


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return tokens_of_article(Parser().parse(Article("a", TEXT, ((0, len(TEXT)),))))[0]


def test_numpy_runs_what_torch_trained(tokens: Tokens) -> None:
    torch.manual_seed(3)
    random = np.random.default_rng(3)
    words = {
        "keys": np.sort((tokens.keys & np.uint64(0xFFFFFFFF)).astype(np.uint32)[:5]),
        "vectors": random.integers(-90, 90, (5, 40)).astype(np.int8),
    }
    model = Trained(words).eval()
    model.load_state_dict({name: value.half().float() for name, value in model.state_dict().items()})
    ours = Network(model.arrays(words))
    encoded = ours.encode([tokens])
    anchor = 9
    example = Example("a", 0, tokens, {anchor: np.zeros(len(tokens), dtype=np.int64)}, {}, children_of(tokens.head))

    def rows(keys: np.ndarray) -> np.ndarray:
        low = (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        at = np.minimum(np.searchsorted(words["keys"], low), 4)
        return np.where(words["keys"][at] == low, at, -1)

    with torch.no_grad():
        vectors, anchors = model.encode(batch_of([example], rows))
        pairs = pairs_of([example], None)
        assert pairs is not None
        empty = float(torch.exp(-model.loss(model.emissions(vectors, pairs), pairs["gold"], pairs["mask"]))[0])
    inside = slice(encoded.offsets[0], encoded.offsets[0] + len(tokens))
    assert np.allclose(encoded.vectors[inside], vectors.numpy()[inside], atol=1e-3)
    assert np.allclose(encoded.anchors[inside], torch.sigmoid(anchors).numpy()[inside], atol=1e-3)
    labelling = ours.label(encoded, [(0, anchor, relations_of(tokens, anchor, example.children))])[0]
    assert labelling.holds == pytest.approx(1 - empty, abs=1e-3)
    assert len(labelling.labels) == len(tokens)


def test_a_span_goes_on_only_from_its_own_beginning() -> None:
    for later in (SOURCE, CONTENT):
        assert set(np.flatnonzero(ALLOWED[:, later])) == {later - 1, later}


def test_weights_are_small_and_hold_no_text() -> None:
    path = Path(network.__wrapped__.__code__.co_filename).with_name("network.npz")
    assert path.stat().st_size < 6_000_000
    with np.load(path, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fiu" for name in arrays.files)
