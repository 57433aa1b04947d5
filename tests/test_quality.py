"""Quality is tested like behaviour: floors under the scores on the sample coverage. Raise them; never lower them.

The sample is small and fiction; ``benchmarks/RESULTS.md`` has the figures on real, annotated news.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.asking.contract import as_object
from bot.asking.conversation import Conversation
from bot.asking.desk import Desk
from data.analysis import analyse
from data.archive import Archive
from data.contract import statement_object
from data.reading import read
from data.settings import Settings
from embeddings.encoder import Encoder
from embeddings.indexing import add
from tests.scoring import StatementScore, right_answer, score_statements

SAMPLE = Path(__file__).parent.parent / "data/sample"


def gold(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLE / "gold" / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def statements() -> StatementScore:
    wanted = gold("statements.jsonl")
    annotated = {row["article"] for row in wanted}
    articles = [result.article for result in read([str(SAMPLE / "articles")]) if result.article is not None]
    articles = [article for article in articles if article.id in annotated]
    found = [
        statement_object(statement, article)
        for article, analysis in zip(articles, analyse(articles, processes=1), strict=True)
        for statement in analysis.statements
    ]
    return score_statements(wanted, found)


@pytest.mark.parametrize(
    ("figure", "floor"),
    [("f1", 0.86), ("precision", 0.85), ("recall", 0.86), ("names", 0.85), ("roles", 0.75), ("dates", 0.8)],
)
def test_statements_keep_their_floor(statements: StatementScore, figure: str, floor: float) -> None:
    assert getattr(statements, figure) >= floor


def test_dates_are_not_made_up(statements: StatementScore) -> None:
    assert statements.made_up <= 0.03


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> dict[str, dict[str, Any]]:
    home = tmp_path_factory.mktemp("quality")
    with Archive.open(home, create=True) as archive:
        add(archive, encoder, read([str(SAMPLE / "articles")]), processes=1)
    found = {}
    with Desk.open(Settings(home=home)) as desk:
        for row in gold("questions.jsonl"):
            conversation = Conversation()
            for turn in row["turns"]:
                answer = desk.ask(turn, conversation=conversation, today=date(2024, 12, 1), limit=5)
            found[row["id"]] = as_object(answer)
    return found


def test_answers_keep_their_floor(answers: dict[str, dict[str, Any]]) -> None:
    questions = gold("questions.jsonl")
    right = [row["id"] for row in questions if right_answer(answers[row["id"]], row["gold"])]
    assert len(right) >= 0.7 * len(questions), sorted({row["id"] for row in questions} - set(right))


def test_silence_keeps_its_floor(answers: dict[str, dict[str, Any]]) -> None:
    questions = gold("questions.jsonl")
    silent = [row["id"] for row in questions if not row["gold"]]
    refused_right = [one for one in silent if not answers[one]["answered"]]
    refused_wrong = [row["id"] for row in questions if row["gold"] and not answers[row["id"]]["answered"]]
    assert len(refused_right) >= 0.7 * len(silent), refused_right
    assert len(refused_wrong) <= 0.12 * (len(questions) - len(silent)), refused_wrong


def test_every_word_shown_is_the_articles(answers: dict[str, dict[str, Any]]) -> None:
    texts = {}
    for result in read([str(SAMPLE / "articles")]):
        if result.article is not None:
            texts.setdefault(result.article.id, []).append(result.article.text)
    shown = 0
    for answer in answers.values():
        for citation in [*answer["citations"], *answer["nearest"]]:
            shown += 1
            versions = texts[citation["article"]]
            assert any(text[citation["start"] : citation["end"]] == citation["quote"] for text in versions)
            if citation["said_on"] and citation["said_on"]["text"]:
                assert any(citation["said_on"]["text"] in text for text in versions)
    assert shown > 100
