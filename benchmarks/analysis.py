"""How fast statements are found, named and dated, all of it included: paragraphs a second, and the memory it takes.

    python -m benchmarks.analysis [--articles 400] [--processes 2]

Needs ``coverage/news-1095.jsonl.gz`` of ``$ONRECORD_SHARED`` (default ``../shared``). Starting the workers (each loads
spaCy) is timed apart: it is paid once an ``add``, not by the article.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from itertools import islice
from pathlib import Path

from data.analysis import analyse
from data.reading import read


def main() -> int:
    """Print the figures as one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    source = Path(os.environ.get("ONRECORD_SHARED", "../shared")) / "coverage/news-1095.jsonl.gz"
    if not source.is_file():
        print(f"benchmarks.analysis: {source} is not there: set ONRECORD_SHARED", file=sys.stderr)
        return 2
    articles = [result.article for result in islice(read([str(source)]), args.articles) if result.article is not None]
    paragraphs = [len(article.paragraphs) for article in articles]
    warm = 40
    statements, done, began, start = 0, 0, time.monotonic(), 0.0
    for number, analysis in enumerate(analyse(articles, processes=args.processes)):
        statements += len(analysis.statements)
        if number == warm:
            start = time.monotonic()
        elif number > warm:
            done += paragraphs[number]
    seconds = time.monotonic() - start
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(
        f"{len(articles)} articles, {sum(paragraphs)} paragraphs, {statements} statements: {done / seconds:.0f} "
        f"paragraphs a second with {args.processes} processes; the first {warm} articles with the start of the workers "
        f"{start - began:.1f} s; at most {peak:.0f} MB a process"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
