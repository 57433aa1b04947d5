"""The life of an index at scale: kills, additions to a large archive, questions while everything changes, removal.

    python benchmarks/index_life.py crash [--kills 200]
        SIGKILL at random moments of add, correct, remove, merge, rebuild; then: check, and what was acknowledged
    python benchmarks/index_life.py grow [--paragraphs 191000]
        adding one article to a small and to a large archive
    python benchmarks/index_life.py serve [--questions 1000] [--inside]
        questions while another process (or this one) adds 500 articles, removes 100, and rebuilds once
    python benchmarks/index_life.py remove [--articles 5000]
        removing one outlet
    python benchmarks/index_life.py resume --home HOME
        over a copy of an indexed home (of news-1095, say): as after a change of the rules, every article is analysed
        again, stopped when half is staged, and taken up again

All but the last need nothing outside the repository: their articles are fictional.
Each prints one JSON line of figures and exits with 1
when something that must not happen has happened.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from data.archive import Archive  # noqa: E402
from data.model import Analysis  # noqa: E402
from data.reading import ReadResult  # noqa: E402
from embeddings import generations, indexing, native  # noqa: E402
from embeddings.checking import check  # noqa: E402
from embeddings.encoder import Encoder, Progress, Vectors  # noqa: E402
from embeddings.indexing import add  # noqa: E402
from embeddings.progress import Progress as Moment  # noqa: E402
from embeddings.rebuilding import rebuild  # noqa: E402
from embeddings.search import Hit, Index  # noqa: E402
from embeddings.segment import Manifest  # noqa: E402
from tests.index_crashes import Ledger, Victims, trial  # noqa: E402
from tests.index_texts import OUTLETS, article, read  # noqa: E402

PARAGRAPHS_EACH = 36


class Filler:
    """Stands in for the model while a large archive is only being filled: unit vectors drawn at random.

    What is measured afterwards (additions, questions, removals) is done with the real one.
    """

    def __init__(self, like: Encoder) -> None:
        self.name, self.dimension, self.weights_hash = like.name, like.dimension, like.weights_hash
        self._random = np.random.default_rng(1)

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:  # noqa: ARG002
        vectors = self._random.standard_normal((len(texts), self.dimension), dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def crash(kills: int) -> bool:
    """Whether anything was lost, broken or brought back by ``kills`` kills."""
    ledger, faults = Ledger(), []
    encoder = Encoder()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Archive.open(home, create=True) as archive, Victims(home) as victims:
            index = Index.open(archive, encoder)
            for seed in range(kills):
                faults += trial(victims, archive, index, encoder, ledger, seed)
                print(f"\r{seed + 1} of {kills} kills, {len(faults)} faults", end="", file=sys.stderr)
    print(file=sys.stderr)
    for fault in faults:
        print(fault)
    print(json.dumps({"kills": kills, "during": ledger.kills, "articles": len(ledger.there), "faults": len(faults)}))
    return not faults


def grow(paragraphs: int) -> bool:
    """Whether adding one article to a large archive takes at most 1.5 times what it takes in one of 2,000.

    The two take turns, so that what else the machine does falls on both alike.
    """
    encoder = Encoder()
    sizes = {"small": 2_000, "large": paragraphs}
    seconds: dict[str, list[float]] = {name: [] for name in sizes}
    written: dict[str, list[int]] = {name: [] for name in sizes}
    with tempfile.TemporaryDirectory() as folder:
        homes = {name: Path(folder) / name for name in sizes}
        archives = {name: Archive.open(home, create=True) for name, home in homes.items()}
        for name, size in sizes.items():
            fill(archives[name], encoder, size // PARAGRAPHS_EACH)
        for number in range(10_000_000, 10_000_030):
            for name, archive in archives.items():
                before, start = size_of(homes[name]), time.monotonic()
                add(archive, encoder, read([number]), processes=1)
                seconds[name].append(time.monotonic() - start)
                written[name].append(size_of(homes[name]) - before)
    figures = {
        name: {
            "paragraphs": sizes[name],
            "seconds_median": round(statistics.median(seconds[name][2:]), 3),
            "seconds_worst": round(max(seconds[name][2:]), 3),
            "index_bytes_median": int(statistics.median(written[name][2:])),
        }
        for name in sizes
    }
    ratio = statistics.median(seconds["large"][2:]) / statistics.median(seconds["small"][2:])
    print(json.dumps({**figures, "ratio": round(ratio, 2)}))
    return ratio <= 1.5 and max(seconds["large"][2:]) <= 2.0


def serve(questions: int, inside: bool) -> bool:
    """Whether no question fails, none sees a removed article, and the slowest is at most 5 times the median.

    Questions are spread over all of the changing, and it is all of them that count. The changes are made by another
    process, as the commands are, or ``inside`` this one, as an editor's files sent to the bot are.
    """
    encoder = Encoder()
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder), create=True) as archive:
        fill(archive, encoder, 600)
        index = Index.open(archive, encoder)
        removed: set[str] = set()
        changing = threading.Event()
        work = change if inside else change_elsewhere
        busy = threading.Thread(target=work, args=(archive, encoder, removed, changing))
        took, wrong, number = [], 0, 0
        ask(index, encoder, 0)  # the first question loads what all share
        busy.start()
        changing.wait()
        while number < questions or busy.is_alive():
            number += 1
            gone, start = set(removed), time.monotonic()
            hits = ask(index, encoder, number)
            took.append(time.monotonic() - start)
            keys = {one.article_key for one in archive.paragraphs({hit.paragraph for hit in hits}).values()}
            wrong += bool({one.article.id for one in archive.articles(keys, history=True).values()} & gone)
            time.sleep(0.05)
        busy.join()
        faults = check(archive)
    median, slowest = statistics.median(took), max(took)
    figures = {
        "questions": len(took),
        "inside": inside,
        "median_ms": round(median * 1e3, 1),
        "p99_ms": round(float(np.percentile(took, 99)) * 1e3, 1),
        "slowest_ms": round(slowest * 1e3, 1),
        "saw_removed": wrong,
        "faults": faults,
    }
    print(json.dumps(figures))
    return not wrong and not faults and slowest <= 5 * median


def ask(index: Index, encoder: Encoder, number: int) -> list[Hit]:
    """What one question finds, the newest state of the index taken up first."""
    index.refresh()
    question = f"What will be repaired in district {number * 7 % 2_500}?"
    search = index.view.search(encoder.encode_query(question), question)
    return [*search.best(20), *search.statements(20)]


def change_elsewhere(archive: Archive, encoder: Encoder, removed: set[str], changing: threading.Event) -> None:  # noqa: ARG001
    """``change`` in a process of its own, at the priority that the commands give themselves."""
    here, there = get_context("spawn").Pipe(duplex=False)
    process = get_context("spawn").Process(target=_changing_process, args=(archive.home, there))
    process.start()
    there.close()
    with contextlib.suppress(EOFError):
        changing_there = here.recv()
        assert changing_there == []
        changing.set()
        while True:
            removed.update(here.recv())
    process.join()


def _changing_process(home: Path, tell: Connection) -> None:
    class Told(set[str]):
        def update(self, *gone: Iterable[str]) -> None:
            for several in gone:
                tell.send(list(several))

    native.give_way()
    encoder, begun = Encoder(), threading.Event()
    tell.send([])
    with Archive.open(home) as archive:
        change(archive, encoder, Told(), begun)
    tell.close()


def change(archive: Archive, encoder: Encoder, removed: set[str], changing: threading.Event) -> None:
    """Add 500 articles, remove 100, rebuild once."""
    changing.set()
    for start in range(20_000, 20_500, 50):
        add(archive, encoder, read(range(start, start + 50)), processes=1)
        gone = [article(number).id for number in range(start - 20_000, start - 20_000 + 10)]
        with archive.writer("remove", wait=60) as writer:
            writer.remove(gone)
        removed.update(gone)
    rebuild(archive, encoder, processes=1)


def remove(articles: int) -> bool:
    """Whether removing one outlet of so many articles takes seconds, and leaves nothing of it to be found."""
    encoder = Encoder()
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder), create=True) as archive:
        fill(archive, encoder, articles * len(OUTLETS))
        index = Index.open(archive, encoder)
        before, start = index.view.paragraphs, time.monotonic()
        with archive.writer("remove") as writer:
            keys = writer.remove(outlet=OUTLETS[0])
        removing = time.monotonic() - start
        index.refresh()
        seconds = time.monotonic() - start
        left = index.view.paragraphs
    print(json.dumps({"articles": len(keys), "remove_s": round(removing, 2), "with_refresh_s": round(seconds, 2)}))
    return left == before - PARAGRAPHS_EACH * len(keys) and seconds < 5


def resume(home: Path) -> bool:
    """Whether a rebuild under other rules encodes only what the rules changed, and goes on where it was stopped."""
    from data import analysis

    if not (home / "archive.sqlite").is_file():
        print(f"no archive in {home}: give --home with one, made by onrecord add from the coverage", file=sys.stderr)
        return False
    encoder = Encoder()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(home, Path(folder) / "home"))
        analysis.RULES += "+another"
        with Archive.open(copy) as archive:
            texts, total = sum(one.paragraphs for one in manifests(archive)), len(archive.everything())

            def stop_at_half(_: Moment) -> None:
                covered = sum(len(archive.covered_by(one.name)) for one in archive.segments() if one.staged_for)
                if 2 * covered >= total:
                    raise KeyboardInterrupt

            start = time.monotonic()
            with contextlib.suppress(KeyboardInterrupt):
                rebuild(archive, encoder, progress=stop_at_half, processes=1)
            stopped = time.monotonic() - start
            staged = sum(len(archive.covered_by(one.name)) for one in archive.segments() if one.staged_for)
            outcome = rebuild(archive, encoder, processes=1)
            faults = check(archive)
    figures = {
        "articles": total,
        "paragraphs": texts,
        "staged_when_stopped": staged,
        "seconds_until_stopped": round(stopped, 1),
        "indexed_afterwards": outcome.indexed,
        "encoded_afterwards": outcome.encoded,
        "faults": faults,
    }
    print(json.dumps(figures))
    return not faults and outcome.indexed + staged == total


def manifests(archive: Archive) -> list[Manifest]:
    """What the segments of the current generation say of themselves."""
    current = archive.current_generation()
    return generations.manifests(archive, current.segments) if current else []


def fill(archive: Archive, encoder: Encoder, articles: int) -> None:
    """Fill an archive and its index with articles without statements, quickly."""
    from data import analysis

    found = analysis.analyse

    def nothing(articles: Iterable[object], *, processes: int | None = None) -> Iterator[Analysis]:  # noqa: ARG001
        return (Analysis(one.id, analysis.RULES, ()) for one in articles)  # type: ignore[attr-defined]

    batch = indexing.BATCH_PARAGRAPHS
    analysis.analyse, indexing.BATCH_PARAGRAPHS = nothing, 32_768
    try:
        add(archive, Filler(encoder), map(long, range(articles)), processes=1)  # type: ignore[arg-type]
    finally:
        analysis.analyse, indexing.BATCH_PARAGRAPHS = found, batch


def long(number: int) -> ReadResult:
    """Article ``number`` with ``PARAGRAPHS_EACH`` paragraphs of its own words: it is no copy of any other."""
    short, chance = article(number), random.Random(number)
    paragraphs = [
        " ".join(f"w{chance.randrange(40_000)}" for _ in range(30)) + f" in district {number}."
        for _ in range(PARAGRAPHS_EACH)
    ]
    text, spans, at = "\n\n".join(paragraphs), [], 0
    for paragraph in paragraphs:
        spans.append((at, at + len(paragraph)))
        at += len(paragraph) + 2
    return ReadResult(source=f"{number}.txt", article=replace(short, text=text, paragraphs=tuple(spans)))


def size_of(home: Path) -> int:
    """Bytes of the index on the disk."""
    return sum(file.stat().st_size for file in (home / "index").rglob("*") if file.is_file())


def main() -> int:
    """Run one of the commands; 0 when all held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("crash").add_argument("--kills", type=int, default=200)
    commands.add_parser("grow").add_argument("--paragraphs", type=int, default=191_000)
    serving = commands.add_parser("serve")
    serving.add_argument("--questions", type=int, default=1000)
    serving.add_argument("--inside", action="store_true")
    commands.add_parser("remove").add_argument("--articles", type=int, default=5000)
    commands.add_parser("resume").add_argument("--home", type=Path, required=True)
    options = vars(parser.parse_args())
    command = {"crash": crash, "grow": grow, "serve": serve, "remove": remove, "resume": resume}[options.pop("command")]
    return 0 if command(**options) else 1


if __name__ == "__main__":
    sys.exit(main())
