"""What ``benchmarks.build`` compares with, and a desk, each in a process of its own (the protocol is in ``peers``).

The bare loops encode the paragraphs as they stand and put the vectors into FAISS. They store no text, find no
statements, write no headline before a paragraph: less work than ours, in what they leave out and in what they encode.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks import peers
from benchmarks.peers import TOP, Store

BATCH = 32


def minilm(home: Path, model: str) -> Store:
    """all-MiniLM-L6-v2 in torch through sentence-transformers, and an exhaustive index."""
    import faiss  # noqa: F401  # before torch
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(model, device="cpu")
    return _bare(
        home,
        384,
        lambda texts: encoder.encode(texts, batch_size=BATCH),
        lambda text: encoder.encode([text]),
    )


def same(home: Path, _model: str) -> Store:
    """The weights that On Record uses by default, in torch through sentence-transformers."""
    from embeddings import models

    loaded = models.load(models.E5, "torch", None, 0)
    pipeline: Any = loaded.pipeline
    return _bare(
        home,
        loaded.about.dimension,
        lambda texts: pipeline.encode_document(texts, batch_size=BATCH),
        lambda text: pipeline.encode_query([text]),
    )


def own(home: Path, _model: str) -> Store:
    """On Record's own encoder and nothing else of it."""
    from data.settings import settings
    from embeddings.encoder import Encoder

    encoder = Encoder.from_settings(settings())
    return _bare(home, encoder.dimension, encoder.encode, lambda text: encoder.encode_query(text)[None])


def desk(home: Path, _model: str) -> Store:
    """A desk over a home; what it is given to add goes the whole way of an article, in this process."""
    from bot.asking.desk import Desk
    from data.archive import Archive
    from data.reading import read
    from data.settings import settings
    from embeddings.encoder import Encoder
    from embeddings.indexing import add
    from embeddings.search import Index

    archive = Archive.open(home)
    encoder = Encoder.from_settings(settings())
    index = Index.open(archive, encoder)
    opened = Desk(archive, index, encoder)
    folder = tempfile.TemporaryDirectory()
    numbers = count()

    def added(texts: Sequence[str]) -> None:
        file = Path(folder.name) / f"{next(numbers)}.jsonl"
        file.write_text(record(texts), encoding="utf-8")
        outcome = add(archive, encoder, read([str(file)]))
        assert outcome.added == 1, outcome

    return Store(
        added,
        lambda question: bool(opened.ask(question).answered),
        paragraphs=lambda: index.view.paragraphs,
    )


def record(texts: Sequence[str]) -> str:
    """An article of these paragraphs as a line of JSON. Its id is its text's: two articles are never one."""
    text = "\n\n".join(texts)
    fields = {"id": f"fiction/{hash(text)}", "outlet": "Ostrey Bell", "title": "The council of Ostrey met again"}
    return json.dumps({**fields, "published": "2016-03-01", "text": text}) + "\n"


def _bare(
    home: Path, dimension: int, encode: Callable[[list[str]], Any], encode_question: Callable[[str], Any]
) -> Store:
    import faiss
    import numpy as np

    file = home / "index.faiss"
    index: Any = faiss.read_index(str(file)) if file.exists() else faiss.IndexFlatIP(dimension)

    def fill(rows: int) -> None:
        vectors = np.random.default_rng(1).standard_normal((rows, dimension), dtype=np.float32)
        index.add(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

    return Store(
        lambda texts: index.add(encode(list(texts))),
        lambda question: bool(index.search(encode_question(question), TOP)[1][0][0] >= 0),
        save=lambda: faiss.write_index(index, str(file)),
        fill=fill,
        paragraphs=lambda: index.ntotal,
    )


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        peers.run({"minilm": minilm, "same": same, "own": own, "desk": desk}, sys.argv[1:])
