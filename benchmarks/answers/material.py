"""The questions, the coverage and the scorers. They are third parties' and lie outside this repository."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

from data.errors import OnRecordError

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("ONRECORD_SHARED", ROOT.parent / "shared"))
"""The folder with ``questions``, ``coverage`` and ``score``."""

QUESTIONS = SHARED / "questions" / "dev.jsonl"
LEARN = SHARED / "questions" / "blind" / "train.jsonl"
"""Questions written without sight of the program, to learn from; those of its validation and test parts judge."""

QUIZ = SHARED / "questions" / "quiz-2022.jsonl"
COVERAGE = SHARED / "coverage" / "news-1095.jsonl.gz"
COVERAGE_2022 = SHARED / "coverage" / "news-2022.jsonl.gz"

TODAY = date(2020, 1, 1)
"""What "yesterday" is counted from where a question does not say when it was asked: after the whole coverage."""

Question = dict[str, Any]
"""A line of a questions file: ``id``, ``kind``, ``turns``, ``gold``, and for the quiz ``asked``."""


class Absent(OnRecordError):
    """What a measurement needs is not there. The text says what it is and how to get it."""


@dataclass(frozen=True, slots=True)
class Home:
    """A home that a measurement needs: where it is kept between runs, and the coverage to make it of."""

    path: Path
    coverage: tuple[Path, ...]

    def required(self) -> Path:
        """Its path.

        Raises:
            Absent: there is no archive in it.
        """
        if (self.path / "archive.sqlite").is_file():
            return self.path
        files = " ".join(map(str, self.coverage))
        raise Absent(f"no archive in {self.path}", hint=f"make it: onrecord --home {self.path} add {files}")


def of_coverage(questions: Iterable[Question]) -> list[Question]:
    """Those in English about the coverage that the development questions are of."""
    return [
        one for one in questions if one.get("archive", "news-1095") == "news-1095" and one.get("language", "en") == "en"
    ]


def required(*paths: Path) -> None:
    """Nothing where all of the paths exist.

    Raises:
        Absent: one doesn't.
    """
    for path in paths:
        if not path.exists():
            raise Absent(
                f"{path} is not there",
                hint="set ONRECORD_SHARED to the folder with the questions, the coverage and the scorers",
            )


def read(path: Path) -> list[Question]:
    """The lines of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Rows as JSONL."""
    with path.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def asked_on(question: Question) -> date:
    """The day from which a question counts "yesterday"."""
    return date.fromisoformat(question["asked"]) if "asked" in question else TODAY


def scorer() -> ModuleType:
    """The scorer of answers as a module: whoever fits must judge as it does."""
    path = SHARED / "score" / "score_answers.py"
    required(path)
    spec = importlib.util.spec_from_file_location("score_answers", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
