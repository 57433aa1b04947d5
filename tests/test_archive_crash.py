"""A process killed at any moment leaves whole batches only, and all of those that it had acknowledged."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.archive import Archive
from data.archive.checking import check

BATCH = 5
WRITING = f"""
import sys
from pathlib import Path
from data.archive import Archive
from tests.archive_texts import MARKET, article, found, said
with Archive.open(Path(sys.argv[1])) as archive, archive.writer("test") as writer:
    for batch in range(1000):
        with writer.transaction():
            for number in range({BATCH}):
                of = article(f"{{batch}}-{{number}}", f"{{MARKET}}\\n\\nEdition {{batch}} {{number}}.")
                key = writer.put(of).key
                writer.put_analysis(key, found(of, said(of, "the decision", f"Speaker {{number}}")))
        print(batch, flush=True)
        if batch % 3 == 2:
            print(-1 - writer.remove([f"{{batch}}-0"])[0], flush=True)
"""


@pytest.mark.parametrize("seed", range(5))
def test_killed_in_the_middle_of_a_batch(tmp_path: Path, seed: int) -> None:
    Archive.open(tmp_path, create=True).close()
    process = subprocess.Popen([sys.executable, "-c", WRITING, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = [int(process.stdout.readline())]
    time.sleep(random.Random(seed).uniform(0.0, 0.15))
    process.send_signal(signal.SIGKILL)
    lines += [int(line) for line in process.stdout.read().splitlines()]
    process.wait()
    removed = {-1 - line for line in lines if line < 0}
    acknowledged = {f"{line}-{number}" for line in lines if line >= 0 for number in range(BATCH)}
    with Archive.open(tmp_path) as archive:
        assert check(archive) == []
        every = archive.articles(range(1, 5001), history=True)
        there = {one.article.id for one in every.values()}
        assert acknowledged <= there
        assert len(there) % BATCH == 0, "a batch is there as a whole or not at all"
        assert removed <= archive.removed()
        assert all(one.rules == "rules-1" for one in every.values())
        with archive.writer("after") as writer:
            writer.remove(there)
