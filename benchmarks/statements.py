"""Find the statements of the annotated articles and score them against the annotations.

    python -m benchmarks.statements                   # ../shared/statements/dev
    python -m benchmarks.statements --names           # ../shared/names, with the names of the speakers
    python -m benchmarks.statements --part train --limit 100

The articles and annotations are not part of this repository: ``ONRECORD_SHARED`` names the folder that holds them
(default ``../shared``). Predictions are written as ``onrecord statements --json`` prints them.
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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data.model import Article, Attribution, SpeakerName
from data.reading.paragraphs import split
from data.statements import Parser, find

SHARED = Path(os.environ.get("ONRECORD_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))


def read_articles(path: Path) -> Iterator[Article]:
    """The articles of a gzipped JSONL file, with the paragraphs that the readers see."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Article(row["id"], row["text"], tuple(split(row["text"])), title=row.get("title"))


def row(article: Article, attribution: Attribution, name: SpeakerName | None = None) -> dict[str, Any]:
    """One line of ``onrecord statements --json``."""
    speaker = attribution.speaker
    return {
        "article": article.id,
        "speaker": speaker,
        "speaker_text": article.text[slice(*speaker)] if speaker else None,
        "speaker_name": name.name if name else None,
        "speaker_role": name.role if name else None,
        "resolved": bool(name and name.resolved),
        "cue": attribution.cue,
        "content": attribution.content,
        "kind": attribution.kind,
        "speech": attribution.speech,
        "confidence": round(attribution.confidence, 3),
        "said_on": None,
    }


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--part", default="dev", choices=["dev", "train"])
    options.add_argument("--names", action="store_true", help="the articles with resolved names instead")
    options.add_argument("--limit", type=int, help="only so many articles")
    options.add_argument("--out", type=Path, help="keep the predictions here")
    chosen = options.parse_args()
    if chosen.names:
        articles_path, gold_path = SHARED / "names/articles.jsonl.gz", SHARED / "names/gold.jsonl.gz"
    else:
        articles_path = SHARED / f"statements/{chosen.part}.articles.jsonl.gz"
        gold_path = SHARED / f"statements/{chosen.part}.gold.jsonl.gz"
    if not articles_path.exists():
        print(
            f"no annotated articles at {articles_path}: set ONRECORD_SHARED to the folder that holds them",
            file=sys.stderr,
        )
        return 2
    articles = list(read_articles(articles_path))[: chosen.limit]
    parser = Parser()
    next(iter(parser.parse_many(articles[:1])))  # the pipeline's loading is not what is timed
    rows, finding, started = [], 0.0, time.perf_counter()
    for parsed in parser.parse_many(articles):
        before = time.perf_counter()
        attributions = find(parsed)
        finding += time.perf_counter() - before
        if chosen.names:  # these annotations know speech only
            attributions = [attribution for attribution in attributions if attribution.speech]
        names = _names(parsed, attributions) if chosen.names else [None] * len(attributions)
        rows += [row(parsed.article, a, name) for a, name in zip(attributions, names, strict=True)]
    took = time.perf_counter() - started
    count = sum(len(article.paragraphs) for article in articles)
    print(
        f"{len(articles)} articles, {count} paragraphs, {len(rows)} attributions in {took:.1f} s on one process: "
        f"{count / took:.0f} paragraphs/s (finding alone {count / finding:.0f})"
    )
    with tempfile.TemporaryDirectory() as folder:
        predictions = chosen.out or Path(folder) / "predictions.jsonl"
        predictions.write_text("".join(json.dumps(line) + "\n" for line in rows), encoding="utf-8")
        scored = Path(folder) / "articles.jsonl"
        scored.write_text("".join(json.dumps({"id": a.id, "text": a.text}) + "\n" for a in articles), encoding="utf-8")
        scorer = [sys.executable, str(SHARED / "score/score_statements.py"), "--gold", str(gold_path)]
        scorer += ["--articles", str(scored), "--pred", str(predictions)]
        return subprocess.run([*scorer, *(["--gendergap"] if chosen.names else [])], check=False).returncode


def _names(parsed: Any, attributions: list[Attribution]) -> list[SpeakerName | None]:
    from data.speakers.resolving import name_speakers

    return name_speakers(parsed, attributions)


if __name__ == "__main__":
    sys.exit(main())
