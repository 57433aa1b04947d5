"""Predictions as ``onrecord ask --batch`` gives them, and the scorers' figures for them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.answers.cases import LIMIT, Case
from benchmarks.answers.material import QUIZ, SHARED, Question, asked_on, required
from bot.asking.answering import answer, judge
from bot.asking.contract import as_object
from bot.asking.conversation import Conversation
from bot.asking.desk import Desk
from bot.asking.silence import Threshold
from embeddings import ranking
from embeddings.ranking import Model

FIGURES = (
    "CORRECT",
    "hit@1",
    "hit@3",
    "speaker@1",
    "date@1",
    "dates made up",
    "list recall",
    "refused right",
    "refused wrong",
    "verbatim",
)
"""What the scorer of answers prints, in the order of our tables."""


def predictions(desk: Desk, questions: Sequence[Question]) -> list[dict[str, Any]]:
    """An answer a question, by the committed weights."""
    rows = []
    for question in questions:
        conversation = Conversation()
        for turn in question["turns"]:
            given = desk.ask(turn, conversation=conversation, today=asked_on(question), limit=LIMIT)
        rows.append({"id": question["id"], **as_object(given)})
    return rows


def predicted(case: Case, model: Model, threshold: Threshold) -> dict[str, Any]:
    """The prediction for a case by given weights."""
    if case.fixed is not None:
        return case.fixed
    ranked = ranking.rank(case.found, model)
    given = answer(case.understood, judge(case.understood, ranked, threshold), threshold, limit=LIMIT)
    return {"id": case.question["id"], **as_object(given)}


def score(questions: Path, found: Path, coverage: Sequence[Path], misses: int = 0) -> str:
    """What the scorer of answers prints."""
    program = SHARED / "score" / "score_answers.py"
    required(program, questions, *coverage)
    command = [program, questions, found, "--archive", *coverage, "--misses", str(misses)]
    return subprocess.run([sys.executable, *map(str, command)], check=True, stdout=subprocess.PIPE, text=True).stdout


def figures(printed: str) -> dict[str, float]:
    """The figures in what the scorer printed, by name."""
    found = {name: re.search(rf"^{re.escape(name)} +([\d.]+)$", printed, re.MULTILINE) for name in FIGURES}
    return {name: float(match.group(1)) for name, match in found.items() if match is not None}


def score_quiz(found: Path) -> str:
    """What the scorer of the quiz prints."""
    program = SHARED / "score" / "score_quiz.py"
    required(program, QUIZ)
    command = [sys.executable, str(program), str(QUIZ), str(found)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def right(question: Question, row: dict[str, Any], judge_by: ModuleType) -> bool:
    """Is a prediction CORRECT, as the scorer counts: the first citation's passage, speaker and date, or a refusal?"""
    answered = bool(row["answered"] and row["citations"])
    if not answered or not question["gold"]:
        return answered == bool(question["gold"])
    first = row["citations"][0]
    said = judge_by.read_date(first, {})
    return any(
        judge_by.same_passage(first, one)
        and judge_by.same_speaker(first["speaker"], one)
        and (not one.get("said_on") or judge_by.same_date(said, one["said_on"]))
        for one in question["gold"]
    )
