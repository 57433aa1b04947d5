"""How fast an index is built, beside bare loops and other stores over the same paragraphs; adding, asking, cold start.

    python -m benchmarks.build [--paragraphs 2400] [--rounds 3] [--peers PYTHON] [--home HOME]

Needs ``coverage/news-1095.jsonl.gz`` of ``$ONRECORD_SHARED`` (default ``../shared``). A whole build is ``onrecord add``
into an empty home: reading, storing, finding, naming and dating statements, encoding, the index. The bare loops
(``benchmarks.bare``) encode the same paragraphs and put the vectors into FAISS, nothing else. Each run is a process of
its own. What is compared is the marginal cost: every system is run at a third of the size and at the whole, in turns,
and paragraphs a second are those between the two; so that starting and loading are not in it. Medians over the rounds;
ratios are taken within a round. The converted model lies in a cache, as it does from the second command on.

``--peers``: the Python of another environment with txtai, chromadb, lancedb, pymilvus and milvus-lite, for the same
figures of theirs, with all-MiniLM-L6-v2. ``--home``: a home of some size, for a whole answer beside the bare chain.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks import fiction, peers, processes
from benchmarks.processes import FailedError, Ran, Served
from data.reading import read

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ONRECORD_SHARED", ROOT.parent / "shared"))
COVERAGE = SHARED / "coverage" / "news-1095.jsonl.gz"
MEGABYTE = 1 << 20
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "true",
}
QUESTION = "What did the governor say about the new school budget?"


@dataclass(frozen=True)
class Material:
    """Articles as JSON lines, and the paragraphs that our reader makes of them, one a line."""

    articles: Path
    texts: Path
    paragraphs: int


@dataclass(frozen=True)
class Place:
    """Where a measurement works: its folder, the folder of the MiniLM model, and the environment of its processes."""

    folder: Path
    model: str
    env: dict[str, str]

    def home(self, numbers: count[int] = count()) -> Path:  # noqa: B008  # one counter for all
        """A new empty folder."""
        return self.folder / f"home-{next(numbers)}"


def material(folder: Path, wanted: int) -> Material:
    """The first articles of the coverage, up to about so many paragraphs."""
    articles, texts, paragraphs = folder / f"{wanted}.jsonl", folder / f"{wanted}.texts", 0
    with articles.open("w", encoding="utf-8") as out, texts.open("w", encoding="utf-8") as lines:
        for result in read([str(COVERAGE)]):
            if result.article is None:
                continue
            if paragraphs >= wanted:
                break
            one = result.article
            row = {"id": one.id, "outlet": one.outlet, "title": one.title, "text": one.text}
            row["published"] = one.published.isoformat() if one.published else None
            out.write(json.dumps(row) + "\n")
            for start, end in one.paragraphs:
                lines.write(json.dumps(one.text[start:end]) + "\n")
            paragraphs += len(one.paragraphs)
    return Material(articles, texts, paragraphs)


def whole(place: Place, given: Material, home: Path) -> Ran:
    """``onrecord add`` into an empty home."""
    command = [sys.executable, "-m", "bot.cli", "--home", str(home), "add", str(given.articles)]
    return processes.run(command, place.env, ROOT)


def loop(name: str, place: Place, given: Material, home: Path) -> Ran:
    """A bare loop of ``benchmarks.bare``."""
    command = [sys.executable, "-m", "benchmarks.bare", "build", name, str(home), place.model, str(given.texts)]
    return processes.run(command, place.env, ROOT)


def peer(python: str, name: str, place: Place, given: Material, home: Path) -> Ran:
    """Another store, in the Python of its environment."""
    program = str(ROOT / "benchmarks" / "peers.py")
    return processes.run([python, program, "build", name, str(home), place.model, str(given.texts)], place.env, ROOT)


def builds(place: Place, sizes: Sequence[Material], rounds: int, python: str | None) -> dict[str, Path]:
    """Print the table of builds; the home of the last whole run of each system."""
    systems = {
        "On Record, whole build": whole,
        "bare loop, all-MiniLM-L6-v2 in torch": lambda *given: loop("minilm", *given),
        "bare loop, our weights in torch": lambda *given: loop("same", *given),
        "bare loop, our encoder": lambda *given: loop("own", *given),
    }
    if python:
        for name in peers.PEERS:
            systems[name] = lambda *given, name=name: peer(python, name, *given)  # type: ignore[misc]
    pace: dict[str, list[float]] = {name: [] for name in systems}
    last: dict[str, tuple[Ran, Path]] = {}
    between = sizes[1].paragraphs - sizes[0].paragraphs
    for _ in range(rounds):
        for name, system in systems.items():
            try:
                small, large, home = system(place, sizes[0], place.home()), None, place.home()
                large = system(place, sizes[1], home)
            except FailedError as error:
                print(f"{name}: {error}", file=sys.stderr)
                continue
            pace[name].append(between / max(large.seconds - small.seconds, 1e-9))
            last[name] = large, home
    ours, mini, same = list(systems)[:3]
    print(f"\n{sizes[0].paragraphs} and {sizes[1].paragraphs} paragraphs, {rounds} rounds\n")
    print("| system | paragraphs/s (min-max) | to bare MiniLM | memory MB | disk MB |\n|---|---|---|---|---|")
    for name, (ran, home) in last.items():
        ratio = median(a / b for a, b in zip(pace[name], pace[mini], strict=False))
        print(
            f"| {name} | {median(pace[name]):.0f} ({min(pace[name]):.0f}-{max(pace[name]):.0f}) | {ratio:.2f} "
            f"| {ran.together / MEGABYTE:.0f} | {processes.size_of(home) / MEGABYTE:.0f} |"
        )
    for what, against, least in (("bare MiniLM loop", mini, 0.75), ("torch loop of our weights", same, 1.6)):
        ratio = median(a / b for a, b in zip(pace[ours], pace[against], strict=True))
        print(f"whole build to {what}: {ratio:.2f} (at least {least}): {'kept' if ratio >= least else 'MISSED'}")
    return {name: home for name, (_, home) in last.items()}


def serving(place: Place, homes: dict[str, Path], python: str | None) -> None:
    """Print the table of adding one article and asking, each in a process that is running."""
    print("\n| system | add one article ms | a question ms | resident MB, after questions | and after adding |")
    print("|---|---|---|---|---|")
    modules = {"On Record, whole build": "desk", "bare loop, all-MiniLM-L6-v2 in torch": "minilm"}
    for name, home in homes.items():
        module = modules.get(name)
        if module:
            command = [sys.executable, "-m", "benchmarks.bare", "serve", module, str(home), place.model]
        elif python and name in peers.PEERS:
            command = [python, str(ROOT / "benchmarks" / "peers.py"), "serve", name, str(home), place.model]
        else:
            continue
        try:
            print(f"| {name} | {_served(command, {**place.env, 'ONRECORD_HOME': str(home)})} |")
        except FailedError as error:
            print(f"| {name} | {error} | | | |")


def _served(command: Sequence[str], env: dict[str, str]) -> str:
    with Served(command, env, ROOT) as process:
        process.call(ask=list(fiction.QUESTIONS[:5]))
        asked = median(process.call(ask=list(fiction.QUESTIONS))["ms"])
        before = process.resident().all
        added = median(process.call(add=fiction.article(number))["ms"][0] for number in range(5))
        after = process.resident().all
    return f"{added:.0f} | {asked:.1f} | {before / MEGABYTE:.0f} | {after / MEGABYTE:.0f}"


def answers(place: Place, home: Path) -> None:
    """Print a whole answer over a home beside the bare chain over as many vectors, in turns."""
    ours = [sys.executable, "-m", "benchmarks.bare", "serve", "desk", str(home), place.model]
    bare = [sys.executable, "-m", "benchmarks.bare", "serve", "minilm", str(place.home()), place.model]
    with Served(ours, {**place.env, "ONRECORD_HOME": str(home)}, ROOT) as desk, Served(bare, place.env, ROOT) as chain:
        chain.call(fill=desk.paragraphs)
        ratios, taken = [], []
        for _ in range(6):
            one, two = (median(served.call(ask=list(fiction.QUESTIONS))["ms"]) for served in (desk, chain))
            ratios.append(one / two)
            taken.append((one, two))
        resident = desk.resident()
    one, two = (median(pair) for pair in zip(*taken[1:], strict=True))
    ratio = median(ratios[1:])
    print(
        f"\n{desk.paragraphs} paragraphs: a whole answer {one:.1f} ms, the bare chain {two:.1f} ms, ratio {ratio:.2f}"
    )
    print(f"resident {resident.all / MEGABYTE:.0f} MB, of which no file's {resident.anonymous / MEGABYTE:.0f} MB")


def cold(place: Place, home: Path) -> None:
    """Print whole processes: ``onrecord --help`` and ``onrecord ask``."""
    for words in (["--help"], ["--home", str(home), "ask", QUESTION]):
        runs = [
            processes.run([sys.executable, "-m", "bot.cli", *words], place.env, ROOT, accepted=(0, 1)) for _ in range(6)
        ]
        seconds = [run.seconds for run in runs[1:]]
        largest = max(run.largest for run in runs) / MEGABYTE
        print(f"onrecord {words[-1][:6]}: {median(seconds):.2f} s (least {min(seconds):.2f}), {largest:.0f} MB")


def main() -> int:
    """Print all of it; 2 where the coverage is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=int, default=2400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", metavar="PYTHON")
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    if not COVERAGE.is_file():
        print(f"benchmarks.build: {COVERAGE} is not there: set ONRECORD_SHARED", file=sys.stderr)
        return 2
    from embeddings.models import MINILM, find

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = {**os.environ, **OFFLINE, "ONRECORD_MODELS": os.environ.get("ONRECORD_MODELS", str(folder / "models"))}
        place = Place(folder, str(find(MINILM).model), env)
        sizes = [material(folder, given.paragraphs // 3), material(folder, given.paragraphs)]
        whole(place, material(folder, 20), place.home())  # converts the model
        homes = builds(place, sizes, given.rounds, given.peers)
        serving(place, homes, given.peers)
        answers(place, given.home or homes["On Record, whole build"])
        cold(place, homes["On Record, whole build"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
