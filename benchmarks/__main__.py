"""Every quality figure, one command after the other: ``make scores``. What needs data that is absent says so.

The quiz and the questions over ten times the coverage need archives of 190,000 paragraphs, which take an hour to make:
they are measured where these archives are, and otherwise the line that says what is missing says how to make them.
"""

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
    ("the build", ["benchmarks.build", "--home", str(HOME)]),
    ("retrieval", ["benchmarks.retrieval", "recall", "--home", str(HOME)]),
    ("answers", ["benchmarks.answers", "score", "--home", str(HOME)]),
    ("answers, refused right and wrong", ["benchmarks.answers", "silence", "--home", str(HOME)]),
    ("answers, part by part", ["benchmarks.answers", "ablation", "--home", str(HOME)]),
    ("answers, how long they take", ["benchmarks.answers", "latency", "--home", str(HOME)]),
    ("answers over ten times the coverage", ["benchmarks.answers", "drowning", "--home", str(HOME)]),
    ("the quiz", ["benchmarks.answers", "quiz"]),
)
LARGE = ("drowning", "quiz")
"""Commands whose archives this one does not make: where they are missing, that fails nothing."""


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
        code = subprocess.run([sys.executable, "-m", *command], check=False).returncode
        if not (code == 2 and command[1:2] and command[1] in LARGE):
            failed = failed or code
    return failed


if __name__ == "__main__":
    sys.exit(main())
