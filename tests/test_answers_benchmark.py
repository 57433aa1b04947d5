"""The benchmark of answers measures what it says: whole rows are the desk itself, every feature has its row, figures
are read as printed, and what is absent is said in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks.answers import ablation, cases, fitting, scoring, tradeoff
from bot.asking.desk import Desk
from data.archive import Archive
from embeddings.encoder import Encoder
from embeddings.ranking import FEATURES
from embeddings.search import Index
from tests.asking_coverage import build

ROOT = Path(__file__).parent.parent
TODAY = date(2031, 4, 2)
QUESTIONS = (
    "Who called the night ferry reckless?",
    "What did Edda Brannock say about the school?",
    "What did Tveit say in February 2031?",
    "What did Petra Quandt say about the ferry?",
)


@pytest.fixture(scope="module")
def desk(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home: Path = tmp_path_factory.mktemp("benchmark")
    build(home, encoder)
    archive = Archive.open(home)
    yield Desk(archive, Index.open(archive, encoder), encoder)
    archive.close()  # the encoder is everybody's


def test_every_feature_belongs_to_one_row() -> None:
    rows = ablation.steps()
    assert rows[-1].features == set(FEATURES)
    assert all(one.features <= two.features for one, two in pairwise(rows))


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_last_row_is_the_desk_itself(desk: Desk, question: str) -> None:
    partial = ablation.PartialDesk(desk, ablation.steps()[-1])
    assert partial.ask(question, today=TODAY) == desk.ask(question, today=TODAY)


def test_without_who_speaks_no_speaker_restricts(desk: Desk) -> None:
    question = "What did Oskar Tveit say about the school?"
    without = ablation.PartialDesk(desk, ablation.steps()[3]).understand(question, today=TODAY)
    assert desk.understand(question, today=TODAY).query.speakers
    assert not without.query.speakers


def test_questions_of_one_article_share_a_fold() -> None:
    asked = [{"id": str(n), "gold": [{"article": f"a{n // 3}"}, {"article": f"a{n // 3 + 20}"}]} for n in range(40)]
    folds = cases.by_article(asked)
    of_article: dict[str, set[int]] = {}
    for question in asked:
        for gold in question["gold"]:
            of_article.setdefault(gold["article"], set()).add(folds[question["id"]])
    assert all(len(found) == 1 for found in of_article.values())
    assert len(set(folds.values())) > 1


def test_the_least_probability_gains_most_within_a_tenth_refused() -> None:
    probability = np.array([0.1] * 8 + [0.3] * 5 + [0.9] * 87)
    answerable = np.array([False] * 8 + [True] * 92)
    right = answerable.copy()
    assert 0.1 < fitting.best_least(probability, answerable, right) <= 0.3


def test_the_trade_off_runs_from_answering_all_to_refusing_all() -> None:
    scores = tradeoff.Scores(
        probability=np.array([0.0, 0.2, 0.4, 0.6, 0.8]),
        answerable=np.array([False, False, True, True, True]),
        right=np.array([False, False, False, True, True]),
        made=np.array([0.1, 0.5]),
    )
    points = tradeoff.over_all(scores)
    assert [
        (points[0].refused_right, points[0].refused_wrong),
        (points[-1].refused_right, points[-1].refused_wrong),
    ] == [
        (0.5, 0.0),
        (1.0, 1.0),
    ]
    best = tradeoff.at(scores, 0.3)
    assert (best.refused_right, best.refused_made, best.refused_wrong, best.correct) == (1.0, 0.5, 0.0, 0.8)


def test_the_picture_is_drawn(tmp_path: Path) -> None:
    scores = tradeoff.Scores(
        np.array([0.1, 0.9]), np.array([False, True]), np.array([False, True]), np.array([0.2, 0.3])
    )
    tradeoff.draw(scores, 0.5, tmp_path)
    assert (tmp_path / "silence.png").read_bytes().startswith(b"\x89PNG")
    assert "committed" in (tmp_path / "silence.svg").read_text(encoding="utf-8")


def test_figures_are_read_as_the_scorer_prints_them() -> None:
    printed = "questions 9  answerable 8\nhit@1          0.674\ndates made up  0.058\n  who  3/4\nCORRECT 0.569\n"
    assert scoring.figures(printed) == {"hit@1": 0.674, "dates made up": 0.058, "CORRECT": 0.569}


@pytest.mark.parametrize("command", ["score", "quiz", "drowning"])
def test_absent_data_gives_one_line_and_exit_code_2(tmp_path: Path, command: str) -> None:
    given = subprocess.run(
        [sys.executable, "-m", "benchmarks.answers", command],
        cwd=ROOT,
        env={**os.environ, "ONRECORD_SHARED": str(tmp_path / "nowhere")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert given.returncode == 2
    assert given.stderr.count("\n") == 1
    assert "ONRECORD_SHARED" in given.stderr
