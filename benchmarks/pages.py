"""Read real news pages and score what comes out, beside trafilatura alone.

usage: python benchmarks/pages.py [--out FOLDER] [--misses N]

Needs the shared data (``pages/`` and ``score/score_pages.py``), found by ONRECORD_SHARED (default ../shared).
Prints a table: text F1 (mean, median), date and title right, and seconds for all pages.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SHARED = Path(os.environ.get("ONRECORD_SHARED", "../shared"))
ROOT = Path(__file__).resolve().parent.parent


def ours(page: Path) -> dict[str, object]:
    """The page as ``onrecord read --json`` gives it."""
    from data.reading import as_object, read

    result = next(iter(read([str(page)])))
    if result.article is None:
        print(f"  {result.error}", file=sys.stderr)
        return {"file": page.name}
    return as_object(result) | {"file": page.name}


def alone(page: Path) -> dict[str, object]:
    """The page as trafilatura gives it by itself."""
    import trafilatura

    document = trafilatura.bare_extraction(gzip.decompress(page.read_bytes()), with_metadata=True)
    if document is None:
        return {"file": page.name}
    paragraphs = [line for line in (document.text or "").split("\n") if line.strip()]
    return {"file": page.name, "title": document.title, "published": document.date, "paragraphs": paragraphs}


def score(name: str, reader: Callable[[Path], dict[str, object]], pages: list[Path], out: Path, misses: int) -> None:
    """Read all pages, write the predictions, print their scores."""
    reader(pages[0])  # loads the libraries
    started = time.perf_counter()
    predictions = [reader(page) for page in pages]
    seconds = time.perf_counter() - started
    path = out / f"pages-{name.replace(' ', '-')}.jsonl"
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in predictions), encoding="utf-8")
    command = [sys.executable, SHARED / "score/score_pages.py", SHARED / "pages/gold.jsonl", path]
    command += ["--misses", str(misses)] if misses else []
    scored = subprocess.run(command, check=True, capture_output=True, text=True)
    print(f"{name:18} {seconds:5.1f} s  {scored.stdout.strip()}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="where the predictions go (default: a temporary folder)")
    parser.add_argument("--misses", type=int, default=0, help="show up to N pages read badly")
    options = parser.parse_args()
    pages = sorted((SHARED / "pages").glob("*.html.gz"))
    if not pages:
        print(f"no pages in {SHARED / 'pages'}: set ONRECORD_SHARED to the folder of shared data", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        out = options.out or Path(folder)
        out.mkdir(parents=True, exist_ok=True)
        score("trafilatura alone", alone, pages, out, 0)
        score("onrecord", ours, pages, out, options.misses)
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
