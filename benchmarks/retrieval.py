"""How often searching finds the gold passage's paragraph, and how long it takes.

    python benchmarks/retrieval.py recall --home HOME       questions/dev.jsonl over an archive that holds news-1095
    python benchmarks/retrieval.py latency [--paragraphs 191000] [--statements 250000]

``recall`` needs ``$ONRECORD_SHARED`` (default ``../shared``), which is not part of this repository, and a home folder
into which ``onrecord add $ONRECORD_SHARED/coverage/news-1095.jsonl.gz`` was run. A follow-up is asked with its earlier
turns before it, as plain search has nothing else to understand it by. Each line of the table is one way to rank; the
columns are the part of the answerable questions whose gold paragraph is among the first k.

``latency`` needs nothing: an index of the size wanted is made of random vectors and words with a natural spread (the
time of an exhaustive search does not depend on the values), the questions are encoded by the real model.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from data.archive import Archive  # noqa: E402
from data.model import DateRange  # noqa: E402
from embeddings import search as searching  # noqa: E402
from embeddings import words  # noqa: E402
from embeddings.encoder import Encoder  # noqa: E402
from embeddings.search import Filter, Hit, Index, Overlay, Search, View  # noqa: E402
from embeddings.segment import PARAGRAPH, STATEMENT, Content, Segment, write  # noqa: E402

SHARED = Path(os.environ.get("ONRECORD_SHARED", ROOT.parent / "shared"))
RUSSIAN = Path(__file__).with_name("questions-ru.jsonl")
"""Forty of the questions in Russian, worded by a reader who saw no code; by their ids."""

Result = TypeVar("Result")
DEPTHS = (1, 3, 10, 20, 100)
QUESTIONS = (
    "What did the mayor say about the harbour?",
    "Who called the new budget irresponsible?",
    "When did the minister announce that the school would close?",
    "What did the opposition leader say about the tax on imported goods last year?",
    "Did anybody deny that the talks had failed?",
)


def recall(home: Path) -> None:
    """Print recall at each depth for each way to rank, and by kind of question for the blend."""
    file = SHARED / "questions" / "dev.jsonl"
    if not file.is_file():
        sys.exit(f"retrieval.py: no {file}: set ONRECORD_SHARED to the folder with the questions")
    questions = [one for one in map(json.loads, file.read_text("utf-8").splitlines()) if one.get("gold")]
    encoder = Encoder()
    with Archive.open(home) as archive:
        view = Index.open(archive, encoder).view
        gold = [_gold(archive, one["gold"]) for one in questions]
        searches = [view.search(encoder.encode_query(text), text) for text in map(_text, questions)]
        weight = searching.WORDS_WEIGHT
        ways: dict[str, Callable[[Search], list[int]]] = {
            "paragraph vectors": lambda one: _paragraphs(one.paragraphs(200)),
            "statement vectors": lambda one: _paragraphs(one.statements(400)),
            "BM25": lambda one: _paragraphs(one.by_words(200)),
            "reciprocal ranks": lambda one: _fused([_paragraphs(one.paragraphs(200)), _paragraphs(one.by_words(200))]),
        }
        for part in (0.1, 0.2, 0.3, 0.4):
            ways[f"vectors + {part} BM25"] = lambda one, part=part: _blend(one, part, 0.0)  # type: ignore[misc]
            ways[f"... + 0.2 statements, {part}"] = lambda one, part=part: _blend(one, part, 0.2)  # type: ignore[misc]
        lacking = sum(not one for one in gold)
        print(f"{len(questions)} questions, {lacking} of them without a gold paragraph in the archive")
        print(f"{view.paragraphs} paragraphs, {view.statements} statements")
        print(f"{'':28}" + "".join(f"{f'@{k}':>8}" for k in DEPTHS) + f"{'MRR':>8}")
        for name, way in ways.items():
            _line(name, [_rank(way(one), wanted) for one, wanted in zip(searches, gold, strict=True)])
        unrelated = _unrelated(view, [encoder.encode_query(text) for text in map(_text, questions)])
        print(
            f"{encoder.name}: a question and a paragraph drawn at random have a cosine of {unrelated:.3f} in the mean"
        )
        _in_russian(archive, encoder, view, {one["id"]: one for one in questions})
        print(f"the blend (+ {weight} BM25) by kind of question")
        for kind in sorted({one["kind"] for one in questions}):
            chosen = [place for place, one in enumerate(questions) if one["kind"] == kind]
            ranks = [_rank(_paragraphs(searches[place].best(200)), gold[place]) for place in chosen]
            _line(f"{kind} ({len(chosen)})", ranks)


def _in_russian(archive: Archive, encoder: Encoder, view: View, questions: dict[str, dict[str, Any]]) -> None:
    """The vectors alone for those questions that were put into Russian, in both languages."""
    asked = [json.loads(line) for line in RUSSIAN.read_text("utf-8").splitlines()]
    gold = [_gold(archive, questions[one["id"]]["gold"]) for one in asked]
    for language, texts in (
        ("English", [_text(questions[one["id"]]) for one in asked]),
        ("Russian", [_text(one) for one in asked]),
    ):
        searches = [view.search(encoder.encode_query(text), text) for text in texts]
        for name, way in (
            ("paragraphs", lambda one: one.paragraphs(200)),
            ("statements", lambda one: one.statements(400)),
        ):
            ranks = [_rank(_paragraphs(way(one)), right) for one, right in zip(searches, gold, strict=True)]
            _line(f"{len(asked)} in {language}, {name}", ranks)


def _unrelated(view: View, vectors: Sequence[np.ndarray]) -> float:
    """The mean cosine of questions and paragraphs that have nothing to do with each other, most likely."""
    part = view.parts[0].segment.paragraph_vectors
    rows = np.random.default_rng(0).choice(len(part), min(1000, len(part)), replace=False)
    return float((part.rows(np.sort(rows)) @ np.stack(vectors).T).mean())


def latency(paragraphs: int, statements: int) -> None:
    """Print median and 95th percentile of each step of a question, in milliseconds."""
    encoder = Encoder()
    with tempfile.TemporaryDirectory() as folder:
        segment = _large(Path(folder), encoder, paragraphs, statements)
        start = time.perf_counter()
        view = View(1, [segment], Overlay())
        opening = time.perf_counter() - start
        segment.warm()
        days = DateRange(_day(200), _day(400))
        where = {"": Filter(), ", filtered": Filter(frozenset(range(50)), days, speech=True)}
        took: dict[str, list[float]] = {}
        for round_ in range(40):
            question = QUESTIONS[round_ % len(QUESTIONS)]
            whole = time.perf_counter()
            vector = _timed(took, "encoding", lambda question=question: encoder.encode_query(question))
            for name, one in where.items():
                search = view.search(vector, question)
                _timed(took, f"BM25{name}", lambda search=search, one=one: search.by_words(100, one))
                near = _timed(took, f"paragraphs{name}", lambda search=search, one=one: search.paragraphs(100, one))
                _timed(took, f"statements{name}", lambda search=search, one=one: search.statements(100, one))
                keys = [hit.paragraph for hit in near]
                _timed(took, f"scoring 100{name}", lambda search=search, keys=keys: search.score(paragraphs=keys))
                if not name:
                    took.setdefault("all of it, unfiltered", []).append(time.perf_counter() - whole)
    print(f"{paragraphs} paragraphs, {statements} statements; a view is made in {opening * 1e3:.0f} ms")
    for name, seconds in took.items():
        rest = np.array(seconds[5:]) * 1e3
        print(f"{name:28} median {np.median(rest):7.1f} ms   95th percentile {np.percentile(rest, 95):7.1f} ms")


def _gold(archive: Archive, gold: Sequence[dict[str, str]]) -> set[int]:
    """Keys of the paragraphs that hold the gold passages: by their words, since a reader may leave out furniture."""
    keys = set()
    for one in gold:
        stored = archive.article(one["article"])
        if stored is not None:
            (paragraphs,) = archive.paragraphs_of([stored.key]).values()
            begins = _plain(one["passage"])[:60]
            keys |= {found.key for found in paragraphs if begins in _plain(found.text)}
    return keys


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _text(question: dict[str, Sequence[str]]) -> str:
    return " ".join(question["turns"])


def _paragraphs(hits: Sequence[Hit]) -> list[int]:
    return list(dict.fromkeys(hit.paragraph for hit in hits))


def _fused(rankings: Sequence[list[int]]) -> list[int]:
    """Reciprocal rank fusion with k = 60 (Cormack, Clarke and Buettcher, SIGIR 2009)."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for place, key in enumerate(ranking, 1):
            scores[key] = scores.get(key, 0.0) + 1 / (60 + place)
    return sorted(scores, key=lambda key: -scores[key])


def _blend(search: Search, part_of_words: float, part_of_statements: float) -> list[int]:
    near, worded = search.paragraphs(200), search.by_words(200)
    said = search.statements(400) if part_of_statements else []
    keys = list(dict.fromkeys(hit.paragraph for hit in (*near, *worded, *said)))
    unit = part_of_words / worded[0].words if worded else 0.0
    scores = {hit.paragraph: hit.dense + unit * hit.words for hit in search.score(paragraphs=keys)}
    best: dict[int, float] = {}
    for hit in said:
        best.setdefault(hit.paragraph, hit.dense)
    floor = min(best.values(), default=0.0)
    return sorted(scores, key=lambda key: -scores[key] - part_of_statements * best.get(key, floor))


def _rank(ranking: Sequence[int], gold: set[int]) -> float:
    return next((place for place, key in enumerate(ranking, 1) if key in gold), float("inf"))


def _line(name: str, ranks: Sequence[float]) -> None:
    found = np.array(ranks)
    cells = "".join(f"{np.mean(found <= k):8.3f}" for k in DEPTHS)
    print(f"{name:28}{cells}{np.mean(1 / found):8.3f}")


def _timed(took: dict[str, list[float]], name: str, call: Callable[[], Result]) -> Result:
    start = time.perf_counter()
    result = call()
    took.setdefault(name, []).append(time.perf_counter() - start)
    return result


def _day(number: int) -> date:
    return date(2020, 1, 1) + timedelta(days=number)


def _large(folder: Path, encoder: Encoder, paragraphs: int, statements: int) -> Segment:
    """A segment of random vectors, Zipf-distributed words, 500 speakers and 600 days."""
    chance = np.random.default_rng(1)
    table = np.zeros(paragraphs, PARAGRAPH)
    table["key"] = np.arange(paragraphs) + 1
    table["article"] = np.arange(paragraphs) // 35 + 1
    table["published"] = _day(0).toordinal() + table["article"] % 600
    said = np.zeros(statements, STATEMENT)
    said["key"] = np.arange(statements) + 1
    said["row"] = np.sort(chance.integers(0, paragraphs, statements))
    said["speaker"] = chance.zipf(1.3, statements) % 500
    said["speech"] = chance.random(statements) < 0.8
    asked = " ".join(QUESTIONS).replace("?", "").split()

    def texts() -> Iterator[str]:
        for _ in range(paragraphs):
            drawn = " ".join(f"w{number}" for number in chance.zipf(1.2, 40) % 60_000)
            yield f"{drawn} {' '.join(chance.choice(asked, 2))}"

    def vectors(rows: int) -> Iterator[np.ndarray]:
        for start in range(0, rows, 16_384):
            block = chance.standard_normal((min(16_384, rows - start), encoder.dimension), dtype=np.float32)
            yield block / np.linalg.norm(block, axis=1, keepdims=True)

    content = Content(table, said, [], words.build(texts()), vectors(paragraphs), vectors(statements))
    name, _ = write(folder, content, model=encoder.name, weights=encoder.weights_hash, dimension=encoder.dimension)
    return Segment(folder / name)


def main() -> None:
    """Run one of the two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("recall").add_argument("--home", type=Path, required=True)
    timing = commands.add_parser("latency")
    timing.add_argument("--paragraphs", type=int, default=191_000)
    timing.add_argument("--statements", type=int, default=250_000)
    options = vars(parser.parse_args())
    {"recall": recall, "latency": latency}[options.pop("command")](**options)


if __name__ == "__main__":
    main()
