"""Measure dates: expressions against newswire annotations, said_on against the gold questions, and the speed.

usage: python benchmarks/dates.py [--misses N] [--dateparser]

Needs the shared data (ONRECORD_SHARED, default ../shared): ``dates/timex-dev.jsonl``, ``questions/dev.jsonl``,
``coverage/news-1095.jsonl.gz`` and the scorers beside them. ``--dateparser`` adds what dateparser reads alone, and what
it would add to ours.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from data.dates import expressions, resolve
from data.dates.saying import date_statements
from data.model import Article, Attribution, DateRange, SaidOn
from data.speakers.resolving import name_speakers
from data.statements import Parser, find

SHARED = Path(os.environ.get("ONRECORD_SHARED", "../shared"))
Row = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", type=int, default=0, help="show so many misses of each part")
    parser.add_argument("--dateparser", action="store_true", help="measure dateparser too (slow)")
    options = parser.parse_args()
    if not (SHARED / "dates" / "timex-dev.jsonl").exists():
        print(f"no shared data at {SHARED}: set ONRECORD_SHARED to the folder that holds dates/ and questions/")
        return 2
    measure_expressions(options.misses, with_dateparser=options.dateparser)
    measure_statements(options.misses)
    return 0


def lines(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf8") if path.suffix == ".gz" else path.open(encoding="utf8") as source:
        yield from (json.loads(line) for line in source if line.strip())


# Expressions


def measure_expressions(misses: int, *, with_dateparser: bool) -> None:
    gold = SHARED / "dates" / "timex-dev.jsonl"
    rows = list(lines(gold))

    def ours(row: Row) -> DateRange | None:
        return resolve(row["expression"], date.fromisoformat(row["published"][:10]), context=row["context"])

    started = time.perf_counter()
    for row in rows:
        ours(row)
    print(f"expressions: {len(rows) / (time.perf_counter() - started):,.0f} resolved a second")
    score("our grammar", gold, rows, ours, misses)
    if with_dateparser:
        score("dateparser alone", gold, rows, theirs, 0)
        score("ours, else dateparser", gold, rows, lambda row: ours(row) or theirs(row), 0)


def theirs(row: Row) -> DateRange | None:
    import dateparser

    published = datetime.fromisoformat(row["published"][:10])
    settings = {"RELATIVE_BASE": published, "PREFER_DATES_FROM": "past"}
    found = dateparser.parse(row["expression"], languages=["en"], settings=settings)
    return DateRange(found.date(), found.date()) if found else None


def score(name: str, gold: Path, rows: list[Row], read: Callable[[Row], DateRange | None], misses: int) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf8") as predictions:
        for row in rows:
            if (days := read(row)) is not None:
                predictions.write(json.dumps({"id": row["id"], "from": str(days.first), "to": str(days.last)}) + "\n")
        predictions.flush()
        command = [sys.executable, str(SHARED / "score" / "score_dates.py"), str(gold), predictions.name]
        if misses:
            command += ["--misses", str(misses)]
        print(name, subprocess.run(command, check=True, capture_output=True, text=True).stdout, sep="\n")


# Statements


def articles(wanted: set[str]) -> Iterator[Article]:
    for row in lines(SHARED / "coverage" / "news-1095.jsonl.gz"):
        if row["id"] in wanted:
            text, spans, at = row["text"], [], 0
            for part in text.split("\n\n"):
                stripped = part.strip()
                if stripped:
                    start = at + part.index(stripped)
                    spans.append((start, start + len(stripped)))
                at += len(part) + 2
            yield Article(row["id"], text, tuple(spans), published=date.fromisoformat(row["published"][:10]))


def measure_statements(misses: int) -> None:
    spec = importlib.util.spec_from_file_location("score_answers", SHARED / "score" / "score_answers.py")
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    gold = {(g["article"], g["passage"]): g for row in lines(SHARED / "questions" / "dev.jsonl") for g in row["gold"]}
    dated: dict[str, tuple[Article, list[Attribution], list[SaidOn | None]]] = {}
    paragraphs, seconds = 0, 0.0
    for parsed in Parser().parse_many(articles({article for article, _ in gold})):
        attributions = find(parsed)
        speakers = name_speakers(parsed, attributions)
        started = time.perf_counter()
        dated[parsed.article.id] = parsed.article, attributions, date_statements(parsed, attributions, speakers)
        seconds += time.perf_counter() - started
        paragraphs += len(parsed.docs)
    count: Counter[str] = Counter()
    by_basis: Counter[str] = Counter()
    shown: list[str] = []
    for passage in gold.values():
        said = said_on(*dated[passage["article"]], passage["passage"])
        outcome = judged(scorer, said, passage["said_on"])
        count[outcome] += 1
        if not isinstance(said, str):
            by_basis[f"{said.basis if said else 'none'}: {outcome}"] += 1
        if outcome in ("wrong", "made up", "missed"):
            shown.append(f"- {outcome}: gold {passage['said_on']}, {said}: {passage['passage'][:100]}")
    with_date = count["right"] + count["wrong"] + count["missed"]
    without = count["made up"] + count["rightly none"]
    print(f"statements: {dict(count)}")
    print(f"  by basis: {dict(sorted(by_basis.items()))}")
    print(f"  right among gold dates {count['right'] / max(1, with_date):.3f} ({with_date})")
    print(
        f"  right among dates given {count['right'] / max(1, count['right'] + count['wrong'] + count['made up']):.3f}"
    )
    print(f"  made up where gold has none {count['made up'] / max(1, without):.3f} ({without})")
    print(f"  {paragraphs / seconds:,.0f} paragraphs dated a second")
    scanned = time.perf_counter()
    for article, _, _ in dated.values():
        for start, end in article.paragraphs:
            expressions(article.text[start:end], start)
    every = sum(len(article.paragraphs) for article, _, _ in dated.values())
    print(f"  {every / (time.perf_counter() - scanned):,.0f} paragraphs scanned for expressions a second")
    print("\n".join(shown[:misses]))


def said_on(
    article: Article, attributions: list[Attribution], dated: list[SaidOn | None], passage: str
) -> SaidOn | str | None:
    """The date of the attribution that shares most with a gold passage; "no statement" where none does."""
    start = article.text.find(passage)
    end = start + len(passage)
    best, most = None, 0
    for attribution, said in zip(attributions, dated, strict=True):
        shared = sum(max(0, min(end, last) - max(start, first)) for first, last in attribution.content)
        if attribution.speech and shared > most:
            best, most = (said,), shared
    return best[0] if best else "no statement"


def judged(scorer: Any, said: SaidOn | str | None, gold: str | None) -> str:
    if isinstance(said, str):
        return said
    if gold is None:
        return "made up" if said else "rightly none"
    if said is None:
        return "missed"
    return "right" if scorer.same_date((said.days.first, said.days.last), gold) else "wrong"


if __name__ == "__main__":
    sys.exit(main())
