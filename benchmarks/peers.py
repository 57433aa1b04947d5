"""Other stores of texts and vectors, each used in its ordinary way, and the protocol in which all systems are measured.

``benchmarks.build`` starts this file in the Python of another environment, so it imports nothing of this project and a
peer's package only inside the peer's function. A system is a function that opens (or makes) its store in a folder. In a
process of its own it then either builds from a file of texts, or serves: it reads commands, one JSON a line, times
itself and answers with one JSON a line.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from itertools import count
from pathlib import Path
from typing import Any, TextIO

TOP = 10
"""Passages that a question gets."""

CHUNK = 2048
"""Texts handed over at a time where a store takes them so: Chroma refuses more than some 5,000."""

NICE = 10
"""The priority at which all build: ``onrecord add`` gives itself this one."""


@dataclass(frozen=True)
class Store:
    """A store that is open.

    Attributes:
        add: texts, findable afterwards.
        ask: a question; whether something was found.
        save: write what ``add`` did not.
        fill: take so many random vectors instead of texts, for timing searches.
        paragraphs: how many it holds, where it can tell.
    """

    add: Callable[[Sequence[str]], object]
    ask: Callable[[str], bool]
    save: Callable[[], object] = lambda: None
    fill: Callable[[int], object] = lambda _: None
    paragraphs: Callable[[], int] = lambda: 0


Opener = Callable[[Path, str], Store]


def txtai(home: Path, model: str) -> Store:
    """txtai with its content store; what is added is saved, as txtai keeps it in memory until then."""
    from txtai import Embeddings

    embeddings = Embeddings(path=model, content=True, gpu=False)
    if (home / "config").exists() or (home / "config.json").exists():
        embeddings.load(str(home))
    numbers = count(embeddings.count() if embeddings.config and embeddings.ann else 0)

    def add(texts: Sequence[str]) -> None:
        embeddings.upsert((next(numbers), text) for text in texts)
        embeddings.save(str(home))

    return Store(add, lambda question: bool(embeddings.search(question, TOP)))


def chroma(home: Path, model: str) -> Store:
    """Chroma, persistent, with its sentence-transformers function."""
    import chromadb
    from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

    client = chromadb.PersistentClient(str(home), chromadb.Settings(anonymized_telemetry=False))
    function: Any = SentenceTransformerEmbeddingFunction(model, device="cpu")
    collection = client.get_or_create_collection(
        "paragraphs", embedding_function=function, metadata={"hnsw:space": "cosine"}
    )
    numbers = count(collection.count())

    def add(texts: Sequence[str]) -> None:
        for chunk in chunks(texts):
            collection.add(ids=[str(next(numbers)) for _ in chunk], documents=list(chunk))

    return Store(add, lambda question: bool(collection.query(query_texts=[question], n_results=TOP)["ids"][0]))


def lance(home: Path, model: str) -> Store:
    """LanceDB with its sentence-transformers function."""
    import lancedb
    from lancedb.embeddings import get_registry
    from lancedb.pydantic import LanceModel, Vector

    function = get_registry().get("sentence-transformers").create(name=model, device="cpu")

    class Row(LanceModel):  # type: ignore[misc]
        text: str = function.SourceField()
        vector: Vector(function.ndims()) = function.VectorField()  # type: ignore[valid-type]

    table = lancedb.connect(str(home)).create_table("paragraphs", schema=Row, exist_ok=True)
    return Store(
        lambda texts: table.add([{"text": text} for text in texts]),
        lambda question: bool(table.search(question).limit(TOP).to_list()),
    )


def milvus(home: Path, model: str) -> Store:
    """Milvus Lite; it encodes nothing itself, so sentence-transformers does."""
    from pymilvus import MilvusClient
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(model, device="cpu")
    client = MilvusClient(str(home / "milvus.db"))
    if not client.has_collection("paragraphs"):
        client.create_collection("paragraphs", dimension=384, metric_type="COSINE", auto_id=True)
    client.load_collection("paragraphs")

    def add(texts: Sequence[str]) -> None:
        for chunk in chunks(texts):
            vectors = encoder.encode(list(chunk), batch_size=32)
            client.insert("paragraphs", [{"vector": one, "text": text} for one, text in zip(vectors, chunk)])  # noqa: B905

    def ask(question: str) -> bool:
        vector = encoder.encode([question])
        return bool(client.search("paragraphs", data=vector, limit=TOP, output_fields=["text"])[0])

    return Store(add, ask, save=client.close)


PEERS: dict[str, Opener] = {"txtai": txtai, "chromadb": chroma, "lancedb": lance, "pymilvus": milvus}
"""By the name of the package."""


def chunks(texts: Sequence[str]) -> list[Sequence[str]]:
    """Texts, some thousand at a time."""
    return [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]


def versions() -> dict[str, str]:
    """The versions of the packages that are installed here."""
    found = {}
    for name in (*PEERS, "milvus-lite", "sentence-transformers", "torch"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def build(store: Store, texts: Path) -> None:
    """Build from a file of texts, one JSON string a line."""
    with texts.open(encoding="utf-8") as lines:
        store.add([json.loads(line) for line in lines])
    store.save()


def serve(store: Store, commands: TextIO, answers: TextIO) -> None:
    """Do what each line says until there are no more: {"ask": [...]}, {"add": [...]} or {"fill": n}."""
    print(json.dumps({"paragraphs": store.paragraphs()}), file=answers, flush=True)
    for line in commands:
        command = json.loads(line)
        taken, found = [], 0
        for question in command.get("ask", ()):
            start = time.perf_counter()
            found += store.ask(question)
            taken.append(1000 * (time.perf_counter() - start))
        if "add" in command:
            start = time.perf_counter()
            store.add(command["add"])
            taken.append(1000 * (time.perf_counter() - start))
        if "fill" in command:
            store.fill(command["fill"])
        print(json.dumps({"ms": taken, "found": found}), file=answers, flush=True)


def run(openers: Mapping[str, Opener], arguments: Sequence[str]) -> None:
    """``build NAME HOME MODEL TEXTS``, ``serve NAME HOME MODEL`` or ``versions``."""
    # Libraries print: what they say must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    what, *rest = arguments
    if what == "versions":
        print(json.dumps(versions()), file=answers, flush=True)
        return
    name, home, model = rest[:3]
    Path(home).mkdir(parents=True, exist_ok=True)
    if what == "build":
        os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
        build(openers[name](Path(home), model), Path(rest[3]))
    else:
        serve(openers[name](Path(home), model), sys.stdin, answers)


if __name__ == "__main__":
    run(PEERS, sys.argv[1:])
