"""Every quality figure, one command after the other: ``make scores``. What needs data that is absent says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HOME = Path(".bench/news-1095")
"""Where the archive of the questions' coverage is kept between runs."""

COMMANDS = (
    ("pages", ["benchmarks.pages"]),
    ("statements", ["benchmarks.statements"]),
    ("statements, with names", ["benchmarks.statements", "--names"]),
    ("names", ["benchmarks.names", "names"]),
    ("dates", ["benchmarks.dates"]),
    ("retrieval", ["benchmarks.retrieval", "recall", "--home", str(HOME)]),
    ("answers", ["benchmarks.answers", "score", "--home", str(HOME)]),
    ("answers, how long they take", ["benchmarks.answers", "latency", "--home", str(HOME)]),
)


def main() -> int:
    """Run them all; the exit code is that of the first that failed."""
    shared = Path(os.environ.get("ONRECORD_SHARED", "../shared"))
    if not shared.is_dir():
        print(f"benchmarks: the evaluation data is not at {shared}: set ONRECORD_SHARED", file=sys.stderr)
        return 2
    add = [sys.executable, "-m", "bot.cli", "--home", str(HOME), "add", str(shared / "coverage/news-1095.jsonl.gz")]
    failed = subprocess.run(add, check=False).returncode
    for title, command in COMMANDS:
        print(f"\n## {title}: python -m {' '.join(command)}", flush=True)
        failed = failed or subprocess.run([sys.executable, "-m", *command], check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
