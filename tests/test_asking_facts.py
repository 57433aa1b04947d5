"""A question that asks for a fact, and for nobody's words, is answered by no quotation."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from bot.asking.answer import Citation
from bot.asking.contract import as_object
from bot.asking.conversation import Conversation
from bot.asking.desk import Desk
from bot.asking.facts import asks_fact
from data.archive import Archive
from embeddings.encoder import Encoder
from embeddings.search import Index
from tests.asking_coverage import build

TODAY = date(2031, 4, 2)


@pytest.fixture(scope="module")
def desk(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home: Path = tmp_path_factory.mktemp("facts")
    build(home, encoder)
    archive = Archive.open(home)
    yield Desk(archive, Index.open(archive, encoder), encoder)
    archive.close()  # the encoder is everybody's


@pytest.mark.parametrize(
    "question",
    [
        "Who won the harbour race?",
        "Which rower won the harbour race this week?",
        "How many boats were lost in the storm of 2030?",
        "The night ferry starts in June. How much does a ticket cost?",
        "A new ferry sailed on Monday. How many people does it carry?",
        "What did the harbour board buy in May?",
        "A storm flooded the quay. Which other places lost power?",
        "Who is the minister of transport?",
    ],
)
def test_a_fact_is_asked_for(question: str) -> None:
    assert asks_fact(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who said the race was a farce?",
        "Who called the ferry reckless?",
        "What did Tveit say about the race?",
        "What was the mayor's reaction to the storm?",
        "How many boats were lost, according to the harbour board?",
        "How many jobs did the minister promise?",
        "Which rower would rather swim than race for the mayor?",
        "Who was against the ferry?",
        "What did the study by the U.N. Harbour Institute report about the fleet?",
        "When did Brannock announce the ferry?",
        "Brannock's reason for closing the school?",
        "quotes by Tveit about the ferry",
        "Oskar Tveit",
    ],
)
def test_words_are_asked_for(question: str) -> None:
    assert not asks_fact(question)


def test_a_fact_is_refused_with_the_nearest_passages_of_distinct_articles(desk: Desk) -> None:
    given = desk.ask("How many people does the night ferry across the Sund carry?", today=TODAY)
    assert given.silence == "not-coverage"
    assert not given.citations
    articles = [one.article for one in given.nearest]
    assert articles[0] in ("ferry", "ferry-copy")
    assert len(articles) == len(set(articles)) > 2


def place_of_ferry(nearest: Sequence[Citation]) -> int:
    return [one.article for one in nearest].index("ferry")


def test_the_days_of_a_fact_restrict_nothing_but_bring_their_articles_nearer(desk: Desk) -> None:
    plain = desk.ask("Which village school had only nine pupils?", today=TODAY)
    dated = desk.ask("Which village school had only nine pupils in May 2030?", today=TODAY)
    assert plain.nearest[0].article == dated.nearest[0].article == "school"
    assert dated.query.days is None
    assert place_of_ferry(dated.nearest) < place_of_ferry(plain.nearest)


def test_a_follow_up_is_no_question_of_fact(desk: Desk) -> None:
    conversation = Conversation()
    desk.ask("What did Oskar Tveit say about the night ferry?", today=TODAY, conversation=conversation)
    given = desk.ask("And what did he make of it?", today=TODAY, conversation=conversation)
    assert given.silence != "not-coverage"


def test_an_answer_brings_further_articles_for_programs_and_cites_none_of_them(desk: Desk) -> None:
    given = desk.ask("Who called the night ferry reckless?", today=TODAY)
    assert given.answered
    cited = {one.article for one in given.citations}
    assert given.further
    assert cited.isdisjoint(one.article for one in given.further)
    shown = as_object(given)
    assert [one["article"] for one in shown["nearest"]] == [one.article for one in given.further]
    assert not given.nearest


def test_full_collections_pass_over_what_a_desk_holds_for_good(encoder: Encoder, desk: Desk, tmp_path: Path) -> None:
    build(tmp_path, encoder)
    before = gc.get_freeze_count()
    with Archive.open(tmp_path) as archive:
        another = Desk(archive, Index.open(archive, encoder), encoder)
        assert gc.get_freeze_count() > before
        assert another.ask("Who called the night ferry reckless?", today=TODAY).answered
