"""Many articles at once: the same statements in the same order, whoever does the work."""

from __future__ import annotations

from data.analysis import RULES, WORTH_A_WORKER, analyse
from data.model import Article
from data.reading.paragraphs import split


def article(number: int, *, language: str = "en") -> Article:
    quote = f"“We waited {number} hours,” said Ada Molnar, the gatekeeper."
    text = f"Gate {number} closed on Friday.\n\n{quote}\n\nMolnar blamed the frost."
    return Article(id=f"gate-{number}", text=text, paragraphs=tuple(split(text)), language=language)


def test_workers_find_what_one_process_finds_in_order() -> None:
    articles = [article(number) for number in range(WORTH_A_WORKER + 8)]
    alone = list(analyse(articles, processes=1))
    together = list(analyse(iter(articles), processes=2))
    assert together == alone
    assert [analysis.article for analysis in alone] == [one.id for one in articles]
    assert all(analysis.rules == RULES for analysis in alone)
    for one, analysis in zip(articles, alone, strict=True):
        names = {statement.speaker.name for statement in analysis.statements if statement.speaker}
        assert names == {"Ada Molnar"}
        quoted = [one.text[slice(*statement.passage)] for statement in analysis.statements]
        assert any("We waited" in passage for passage in quoted)


def test_other_languages_get_no_statements() -> None:
    found = list(analyse([article(1, language="de"), article(2)], processes=1))
    assert found[0].statements == ()
    assert found[1].statements


def test_no_articles_no_work() -> None:
    assert list(analyse([], processes=2)) == []
