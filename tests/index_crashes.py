"""Killing a process that changes the index, at random moments, and looking at what it left.

``Victims`` runs a process that has loaded everything; for each trial it forks one that works on the home folder (adds,
corrects, removes, merges, rebuilds, as its seed says) and tells what it begins and what it has done. ``trial`` kills
that one with SIGKILL at a random moment and then holds the index to what was acknowledged.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from data.archive import Archive
from embeddings import generations, indexing
from embeddings.checking import check
from embeddings.encoder import Encoder
from embeddings.rebuilding import rebuild
from embeddings.search import Index
from tests.index_texts import article, read

OPERATIONS = ("add", "add", "correct", "remove", "merge", "rebuild")
ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Ledger:
    """What the killed processes acknowledged: article numbers that must be there, and such as must not.

    ``unsettled`` are those whose correction was not acknowledged: the new version may wait, the old one answers.
    """

    there: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    unsettled: set[int] = field(default_factory=set)
    kills: dict[str, int] = field(default_factory=dict)

    @property
    def next_number(self) -> int:
        return max(self.there | self.gone, default=0) + 1

    def begun(self, operation: str, numbers: set[int]) -> None:
        if operation == "remove":  # from here on it may be either
            self.there -= numbers
        elif operation == "correct":
            self.unsettled |= numbers

    def done(self, operation: str, numbers: set[int]) -> None:
        if operation == "remove":
            self.gone |= numbers
        elif operation == "add":
            self.there |= numbers
        if operation in ("add", "correct", "rebuild"):  # whatever waited is indexed now
            self.unsettled.clear()


class Victims:
    """The process that the victims are forked from."""

    def __init__(self, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.index_crashes", str(home)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def kill_one(self, seed: int, ledger: Ledger) -> str:
        """Fork a victim, let it finish a few operations, kill it at a moment of the next; what it was doing then."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        chance = random.Random(seed)
        there = ",".join(map(str, sorted(ledger.there)))
        print(f"{seed} {ledger.next_number} {there or '-'}", file=self._process.stdin, flush=True)
        pid = int(self._process.stdout.readline())
        assert self._process.stdout.readline() == "ready\n"
        started, finished, doing = time.monotonic(), 0, "nothing"
        spared = chance.randint(0, 2)
        while (line := self._process.stdout.readline().split()) != ["gone"]:
            what, operation, *numbers = line
            doing = operation if what == "begin" else "nothing"
            (ledger.begun if what == "begin" else ledger.done)(operation, {int(number) for number in numbers})
            finished += what == "done"
            if what == "begin" and finished == spared:
                pace = (time.monotonic() - started) / finished if finished else 0.5
                time.sleep(chance.uniform(0.0, 1.2 * pace))
                os.kill(pid, signal.SIGKILL)
        ledger.kills[doing] = ledger.kills.get(doing, 0) + 1
        return doing


def trial(victims: Victims, archive: Archive, index: Index, encoder: Encoder, ledger: Ledger, seed: int) -> list[str]:
    """Kill one victim; what is wrong afterwards (nothing, if all is well)."""
    doing = victims.kill_one(seed, ledger)
    faults = check(archive)
    index.refresh()
    waiting = {one.id for one in archive.pending()}
    for number in ledger.there:
        wanted = article(number).id
        if archive.article(wanted) is None:
            faults.append(f"article {number} is lost")
        elif wanted in waiting and number not in ledger.unsettled:
            faults.append(f"article {number} was acknowledged and is not indexed")
        elif not _found(archive, index, encoder, number):
            faults.append(f"article {number} is not found")
    faults += [f"article {number} is back" for number in ledger.gone if archive.article(article(number).id)]
    return [f"seed {seed}, killed during {doing}: {fault}" for fault in faults]


def _found(archive: Archive, index: Index, encoder: Encoder, number: int) -> bool:
    question = f"district {number}"
    search = index.view.search(encoder.encode_query("a district"), question)
    keys = [hit.paragraph for hit in search.by_words(12)]
    return any(f"district {number} " in one.text for one in archive.paragraphs(keys).values())


def _victim(home: Path, seed: int, number: int, there: list[int], say: Callable[[str], None]) -> None:
    indexing.BATCH_PARAGRAPHS = 6  # many steps, so that a kill can fall between any two
    chance = random.Random(seed)
    archive, encoder = Archive.open(home, create=True), Encoder()
    say("ready")
    while True:
        operation = chance.choice(OPERATIONS) if there else "add"
        numbers: list[int] = []
        if operation == "add":
            numbers = list(range(number, number + chance.randint(1, 5)))
            number = numbers[-1] + 1
        elif operation in ("correct", "remove"):
            numbers = chance.sample(there, min(len(there), 2))
        named = " ".join(map(str, numbers))
        say(f"begin {operation} {named}")
        if operation == "add":
            indexing.add(archive, encoder, read(numbers), processes=1)
            there += numbers
        elif operation == "correct":
            indexing.add(archive, encoder, read(numbers, version=chance.randint(2, 90)), processes=1)
        elif operation == "remove":
            with archive.writer("remove", wait=10) as writer:
                writer.remove([article(one).id for one in numbers])
            there = [one for one in there if one not in numbers]
        elif operation == "merge":
            with generations.changing(archive, "merge"):
                indexing.merge_segments(archive)
        else:
            rebuild(archive, encoder, processes=1)
        say(f"done {operation} {named}")


def _main(home: Path) -> None:
    from data.analysis import analyse
    from embeddings import native

    native.torch()
    import sentence_transformers  # noqa: F401 (loaded before the fork, so that a victim starts at once)

    list(analyse([article(0)], processes=1))
    for line in sys.stdin:
        seed, number, there = line.split()
        pid = os.fork()
        if pid == 0:
            kept = [] if there == "-" else [int(one) for one in there.split(",")]
            _victim(home, int(seed), int(number), kept, lambda text: print(text, flush=True))
        print(pid, flush=True)
        os.waitpid(pid, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
