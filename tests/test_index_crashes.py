"""Killed at any moment, the index is the old one or the new one. ``benchmarks/index_life.py`` does it 200 times."""

from __future__ import annotations

from pathlib import Path

from data.archive import Archive
from embeddings.encoder import Encoder
from embeddings.search import Index
from tests.index_crashes import Ledger, Victims, trial


def test_what_was_acknowledged_survives_kills(tmp_path: Path, encoder: Encoder) -> None:
    ledger = Ledger()
    with Archive.open(tmp_path, create=True) as archive, Victims(tmp_path) as victims:
        index = Index.open(archive, encoder)
        faults = [fault for seed in range(6) for fault in trial(victims, archive, index, encoder, ledger, seed)]
    assert faults == []
    assert ledger.there, "nothing was done before the kills"
