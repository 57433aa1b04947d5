"""Two sets of answers to the same questions, question by question: who wins, and is it more than chance?

    python -m benchmarks.answers.paired GOLD.jsonl BEFORE.jsonl AFTER.jsonl

For each figure that is right or wrong for one question: how many only the one has right, how many only the other, and
the two-sided probability of so uneven a split by chance (the exact sign test).
"""

from __future__ import annotations

import argparse
import json
from math import comb
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.answers.material import Question, read, scorer

FIGURES = ("CORRECT", "hit@1", "hit@3", "refused right", "not refused wrongly")


def outcomes(question: Question, row: dict[str, Any], judge_by: ModuleType) -> dict[str, bool]:
    """Right or wrong in each figure that the question counts for."""
    gold, answered = question["gold"], row["answered"]
    shown = row["citations"] if answered else []
    if not gold:
        return {"CORRECT": not answered, "refused right": not answered}
    hits = [any(judge_by.same_passage(one, right) for right in gold) for one in shown[:3]]
    return {
        "CORRECT": bool(shown) and any(_full(shown[0], right, judge_by) for right in gold),
        "hit@1": hits[:1] == [True],
        "hit@3": any(hits),
        "not refused wrongly": bool(answered),
    }


def sign_test(won: int, lost: int) -> float:
    """The two-sided probability of a split at least as uneven, were both equally likely."""
    n, least = won + lost, min(won, lost)
    return min(1.0, 2 * sum(comb(n, k) for k in range(least + 1)) / 2**n) if n else 1.0


def _full(shown: dict[str, Any], right: dict[str, Any], judge_by: ModuleType) -> bool:
    if not (judge_by.same_passage(shown, right) and judge_by.same_speaker(shown["speaker"], right)):
        return False
    return not right.get("said_on") or bool(judge_by.same_date(judge_by.read_date(shown, {}), right["said_on"]))


def main() -> None:
    """Print a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("gold", "before", "after"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    judge_by = scorer()
    before, after = (
        {row["id"]: row for row in map(json.loads, file.read_text(encoding="utf-8").splitlines())}
        for file in (given.before, given.after)
    )
    won, lost, both = (dict.fromkeys(FIGURES, 0) for _ in range(3))
    for question in read(given.gold):
        one, two = (outcomes(question, rows[question["id"]], judge_by) for rows in (before, after))
        for figure in one:
            won[figure] += two[figure] and not one[figure]
            lost[figure] += one[figure] and not two[figure]
            both[figure] += 1
    for figure in FIGURES:
        chance = sign_test(won[figure], lost[figure])
        print(f"{figure:20} of {both[figure]:4}: won {won[figure]:3}, lost {lost[figure]:3}, p {chance:.2f}")


if __name__ == "__main__":
    main()
