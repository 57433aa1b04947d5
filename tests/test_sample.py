"""The sample coverage is what its README says, and its gold fits its texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from data.model import Article
from data.reading import read

SAMPLE = Path(__file__).parent.parent / "data/sample"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLE / "gold" / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    found = []
    for result in read([str(SAMPLE / "articles")]):
        assert result.article is not None, result.error
        found.append(result.article)
    return found


def test_there_is_enough_of_it(articles: list[Article]) -> None:
    days = [article.published for article in articles if article.published]
    assert len(articles) >= 42
    assert (max(days) - min(days)).days > 18 * 30
    assert len({article.outlet for article in articles} - {None}) >= 6
    assert {article.language for article in articles} == {"en", "de"}


def test_furniture_is_no_paragraph_and_the_notice_is_kept(articles: list[Article]) -> None:
    pages = [article for article in articles if article.outlet == "Radio Lenn"]
    assert len(pages) >= 5
    for article in pages:
        shown = "\n".join(article.paragraph(ordinal) for ordinal in range(len(article.paragraphs)))
        assert "16x9 Image" in article.text
        for furniture in (
            "16x9 Image",
            "Accessibility links",
            "Radio Lenn reports in four languages",
            "unwanted organization",
        ):
            assert furniture not in shown
        assert article.notice is not None
        assert "can lead to a fine or a prison sentence" in article.notice


def test_gold_statements_fit_their_articles(articles: list[Article]) -> None:
    texts = {article.id: article.text for article in articles}
    gold = rows("statements.jsonl")
    assert len(gold) > 130
    for row in gold:
        text = texts[row["article"]]
        if row["speaker"]:
            assert text[slice(*row["speaker"])] == row["speaker_text"]
        for start, end in row["content"]:
            assert text[start:end].strip() == text[start:end] != ""
        if row["said_on"]:
            assert row["said_on"]["text"] in text


def test_gold_passages_stand_in_their_paragraphs(articles: list[Article]) -> None:
    by_id = {article.id: article for article in articles}
    gold = rows("questions.jsonl")
    assert sum(not row["gold"] for row in gold) >= 7
    assert {row["kind"] for row in gold} == {"who", "what", "when", "dated", "list", "followup", "unanswerable"}
    for row in gold:
        for wanted in row["gold"]:
            article = by_id[wanted["article"]]
            start = article.text.index(wanted["passage"])
            assert article.paragraphs[wanted["paragraph"]][0] <= start < article.paragraphs[wanted["paragraph"]][1]
