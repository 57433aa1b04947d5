"""The scorers score: gold against itself is perfect, and each kind of fault costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.scoring import right_answer, score_statements

GOLD = Path(__file__).parent.parent / "data/sample/gold"


@pytest.fixture
def gold() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GOLD / "statements.jsonl").read_text(encoding="utf-8").splitlines()]


def test_gold_against_itself_is_perfect(gold: list[dict[str, Any]]) -> None:
    score = score_statements(gold, gold)
    assert (score.f1, score.names, score.roles, score.dates) == (1, 1, 1, 1)
    assert score.made_up == 0


@pytest.mark.parametrize(
    ("field", "value", "figure"),
    [
        ("speaker", [0, 1], "f1"),
        ("speaker_name", "Nobody", "names"),
        ("said_on", {"from": "1999-01-01", "to": "1999-01-01"}, "dates"),
    ],
)
def test_each_fault_costs(gold: list[dict[str, Any]], field: str, value: object, figure: str) -> None:
    assert getattr(score_statements(gold, [{**row, field: value} for row in gold]), figure) < 0.2


def test_content_cut_to_a_third_is_no_match(gold: list[dict[str, Any]]) -> None:
    cut = [{**row, "content": [[start, start + (end - start) // 3] for start, end in row["content"]]} for row in gold]
    assert score_statements(gold, cut).f1 < 0.1


def test_an_answer_needs_passage_speaker_and_day() -> None:
    wanted = {
        "article": "a",
        "passage": "the river rose by two metres",
        "speaker": "Ada Mol",
        "said_on": {"from": "2024-05-02", "to": "2024-05-02"},
    }
    cited = {
        "article": "a",
        "quote": "the river rose by two metres",
        "speaker": "Ada Mol",
        "said_on": {"from": "2024-05-02", "to": "2024-05-02", "text": "on Thursday"},
    }
    assert right_answer({"answered": True, "citations": [cited]}, [wanted])
    for fault in ({"article": "b"}, {"quote": "nothing of the kind was said"}, {"speaker": "Mol"}, {"said_on": None}):
        assert not right_answer({"answered": True, "citations": [{**cited, **fault}]}, [wanted])
    assert not right_answer({"answered": False, "citations": []}, [wanted])
    assert right_answer({"answered": False, "citations": []}, [])
    assert not right_answer({"answered": True, "citations": [cited]}, [])
