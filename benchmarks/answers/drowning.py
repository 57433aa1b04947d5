"""The same questions over the same coverage with ten times as much beside it: does more coverage drown an answer?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.answers.cases import LIMIT, grade
from benchmarks.answers.latency import line, milliseconds
from benchmarks.answers.material import Question, asked_on, scorer, write
from benchmarks.answers.scoring import FIGURES, figures, predictions, right, score
from bot.asking.answering import judge
from bot.asking.conversation import Conversation
from bot.asking.desk import Desk

MOST_LOST = 0.05
"""By how much CORRECT may fall."""


def drowning(
    alone: Desk,
    both: Desk,
    gold: Path,
    questions: Sequence[Question],
    coverage: Mapping[str, Sequence[Path]],
    out: Path,
) -> None:
    """Print all figures over both archives with the committed weights, the questions that are answered otherwise, and
    how long answers take.

    Args:
        coverage: the files that each of the two holds, by "alone" and "both".
        out: where predictions are written.
    """
    judge_by = scorer()
    found: dict[str, dict[str, dict[str, Any]]] = {}
    table: dict[str, dict[str, float]] = {}
    for name, desk in (("alone", alone), ("both", both)):
        rows = predictions(desk, questions)
        write(out.with_suffix(f".{name}.jsonl"), rows)
        table[name] = figures(score(gold, out.with_suffix(f".{name}.jsonl"), coverage[name]))
        found[name] = {row["id"]: row for row in rows}
    print("| figure | alone | with ten times as much | difference |\n|---|---|---|---|")
    for figure in FIGURES:
        one, two = table["alone"][figure], table["both"][figure]
        print(f"| {figure} | {one:.3f} | {two:.3f} | {two - one:+.3f} |")
    lost = table["alone"]["CORRECT"] - table["both"]["CORRECT"]
    print(f"CORRECT falls by {lost:.3f}; at most {MOST_LOST} is allowed: {'kept' if lost <= MOST_LOST else 'MISSED'}")
    for question in questions:
        one, two = (right(question, found[name][question["id"]], judge_by) for name in ("alone", "both"))
        if one != two:
            print(f"{'lost' if one else 'won '} {question['id']} [{question['kind']}] {' | '.join(question['turns'])}")
            print(f"     {_instead(both, question, found['both'][question['id']], judge_by)}")
    for name, taken in milliseconds({"alone": alone, "both": both}, questions).items():
        print(line(name, taken))


def _instead(desk: Desk, question: Question, row: dict[str, Any], judge_by: Any) -> str:
    """What stands first now, and where the right one went."""
    conversation = Conversation()
    *before, last = question["turns"]
    for turn in before:
        desk.ask(turn, conversation=conversation, today=asked_on(question), limit=LIMIT)
    understood = desk.understand(last, today=asked_on(question), previous=conversation.last)
    judged = judge(understood, desk.judged(understood), desk.weights.silence)
    rank = next((n for n, one in enumerate(judged.eligible, 1) if grade(one, question["gold"], judge_by)), None)
    shown = row["citations"][0] if row["answered"] and row["citations"] else None
    first = (
        f"{shown['outlet']}, {shown['speaker']}: {shown['quote'][:90]!r}" if shown else f"refused ({row['silence']})"
    )
    place = f"ranks {rank}" if rank else "is no candidate" if question["gold"] else "does not exist"
    return f"first: {first}; the right one {place}; probability {judged.probability:.2f}; {row['query']['understood']}"
