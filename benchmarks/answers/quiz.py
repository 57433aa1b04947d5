"""The editors' quiz: is the article that a question is about among the first five that are shown?

A quiz question asks for a fact, not for anybody's words, so most are refused; what counts then is what the refusal
offers as nearest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.answers.latency import line, milliseconds
from benchmarks.answers.material import Question, write
from benchmarks.answers.scoring import predictions, score_quiz
from bot.asking.desk import Desk


def quiz(desk: Desk, questions: Sequence[Question], out: Path, misses: int) -> None:
    """Print the scorer's figures, how the questions were taken, and the first misses."""
    rows = predictions(desk, questions)
    write(out, rows)
    print(score_quiz(out).strip())
    kinds: Counter[str] = Counter()
    found: Counter[str] = Counter()
    missed = []
    for question, row in zip(questions, rows, strict=True):
        kind = "answered" if row["answered"] else str(row["silence"])
        articles = list(dict.fromkeys(one["article"] for one in (*row["citations"], *row["nearest"])))[:5]
        hit = any(article in question["gold_articles"] for article in articles)
        kinds[kind] += 1
        found[kind] += hit
        if not hit:
            missed.append((question, row, kind))
    for kind, number in kinds.most_common():
        print(f"  {kind:16} article@5 {found[kind]}/{number}")
    for question, row, kind in missed[:misses]:
        print(f"- {question['id']} {question['turns'][-1]}\n    {kind}; {row['query']['understood']}")
        print(f"    gold {question['gold_articles'][0]}")
        for one in [*row["citations"], *row["nearest"]][:5]:
            print(f"    {one['published']} {one['title']}: {one['quote'][:80]!r}")
    print(line("over this coverage", milliseconds({"": desk}, questions, rounds=1)[""]))
