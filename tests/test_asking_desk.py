"""Answers from a real archive, index and model over fictional coverage: cited word for word, or politely silent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.asking.answer import Answer, Citation
from bot.asking.contract import as_object
from bot.asking.conversation import EXPIRY_SECONDS, Conversation
from bot.asking.desk import Desk
from bot.asking.wording import explained, worded
from data.archive import Archive
from data.errors import BadQuestion
from embeddings.encoder import Encoder
from embeddings.search import Index
from tests.asking_coverage import ARTICLES, build

TODAY = date(2031, 4, 2)
TEXTS = {article["id"]: article["text"] for article in ARTICLES}


@pytest.fixture(scope="module")
def desk(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home: Path = tmp_path_factory.mktemp("asking")
    build(home, encoder)
    archive = Archive.open(home)
    yield Desk(archive, Index.open(archive, encoder), encoder)
    archive.close()  # the encoder is everybody's


def ask(desk: Desk, question: str, **more: object) -> Answer:
    return desk.ask(question, today=TODAY, **more)  # type: ignore[arg-type]


def all_of(answer: Answer) -> tuple[Citation, ...]:
    return (*answer.citations, *answer.nearest)


@pytest.mark.parametrize(
    ("question", "speaker", "words"),
    [
        ("Who said that nobody who works late should sleep on the quay?", "Edda Brannock", "sleep on the quay"),
        ("What did Oskar Tveit say about the crews of the night ferry?", "Oskar Tveit", "up since dawn"),
        ("what did solheim say about the bus", "Marit Solheim", "two hours a day"),
        ("What did Jonas Lindqvist say about the boats?", "Jonas Lindqvist", "nothing left to fish"),
        ("Which biologist warned that nothing will be left to fish?", "Jonas Lindqvist", "nothing left to fish"),
    ],
)
def test_the_right_words_by_the_right_speaker_come_first(desk: Desk, question: str, speaker: str, words: str) -> None:
    answer = ask(desk, question)
    assert answer.answered, answer.lead
    assert answer.citations[0].speaker == speaker
    assert words in answer.citations[0].quote


@pytest.mark.parametrize(
    "question",
    [
        "What did Edda Brannock say about the ferry?",
        "Who disagreed with the biologists?",
        "What did Tveit say about the moon landing?",
        "herring",
        "Edda Brannock",
        "Who wants to DROP TABLE statements; -- <b>",
    ],
)
def test_every_quote_stands_in_its_article_letter_for_letter(desk: Desk, question: str) -> None:
    for citation in all_of(ask(desk, question)):
        text = TEXTS[citation.article]
        assert text[citation.start : citation.end] == citation.quote
        if citation.said_on_words:
            assert citation.said_on_words in text
        assert all(citation.start <= start <= end <= citation.end for start, end in citation.highlight)


def test_copies_of_a_story_are_one_citation_with_both_outlets(desk: Desk) -> None:
    answer = ask(desk, "Who said that nobody who works late should sleep on the quay?", limit=10)
    quoting = [citation for citation in answer.citations if "sleep on the quay" in citation.quote]
    assert len(quoting) == 1
    assert {quoting[0].outlet, *quoting[0].carried_by} == {"The Norvale Gazette", "Harbour Post"}


def test_when_leads_with_the_date_and_the_words_it_was_read_from(desk: Desk) -> None:
    answer = ask(desk, "When did Edda Brannock say that the school in Lower Hask will close?")
    assert answer.answered
    said = answer.citations[0].said_on
    assert said is not None
    assert said.days.first == said.days.last == date(2030, 9, 2)
    assert answer.lead.startswith("On 2 September 2030")


def test_who_leads_with_the_name(desk: Desk) -> None:
    assert ask(desk, "Who called the night ferry plan reckless?").lead.startswith("Oskar Tveit")


def test_a_period_is_never_loosened_in_silence(desk: Desk) -> None:
    inside = ask(desk, "What did Oskar Tveit say in February 2031?")
    assert inside.answered
    assert {citation.article for citation in inside.citations} == {"fishery"}
    outside = ask(desk, "What did Oskar Tveit say in 2019?")
    assert not outside.answered
    assert outside.silence == "outside-period"
    assert "2019" in outside.lead


def test_an_outlet_is_a_restriction(desk: Desk) -> None:
    answer = ask(desk, "What did Edda Brannock say about the ferry in the Harbour Post?")
    assert {citation.outlet for citation in answer.citations} == {"Harbour Post"}


def test_a_name_that_nobody_bears(desk: Desk) -> None:
    answer = ask(desk, "What did Petra Quandt say about the ferry?")
    assert not answer.answered
    assert answer.silence == "unknown-name"
    assert "Petra Quandt" in answer.lead
    assert answer.citations == ()


def test_a_speaker_without_a_word_on_the_topic(desk: Desk) -> None:
    answer = ask(desk, "What did Marit Solheim say about herring stocks in the Sund?")
    assert not answer.answered or answer.citations[0].speaker == "Marit Solheim"
    assert all(citation.speaker == "Marit Solheim" for citation in answer.citations)


@pytest.mark.parametrize("question", ["hello", "🙂", "What's the weather like in Norvale?"])
def test_what_is_no_question_about_coverage(desk: Desk, question: str) -> None:
    answer = ask(desk, question)
    assert (answer.answered, answer.silence, answer.nearest) == (False, "not-coverage", ())
    assert answer.lead


def test_only_a_name_gives_the_latest_words_first(desk: Desk) -> None:
    answer = ask(desk, "Oskar Tveit", limit=5)
    assert [citation.speaker for citation in answer.citations] == ["Oskar Tveit"] * len(answer.citations)
    assert answer.citations[0].article == "fishery"


def test_pages_of_an_answer_do_not_overlap(desk: Desk) -> None:
    first, second = ask(desk, "Edda Brannock", limit=2), ask(desk, "Edda Brannock", limit=2, offset=2)
    assert first.total == second.total > 2
    assert not {c.statement for c in first.citations} & {c.statement for c in second.citations}


def test_another_language_is_met_politely(desk: Desk) -> None:
    answer = ask(desk, "Was hat die Ministerin über die Nachtfähre gesagt?")
    assert "Die hier durchsuchte Berichterstattung ist auf Englisch." in answer.lead
    assert all_of(answer)


def test_bad_questions(desk: Desk) -> None:
    for question in ("", " \n", "x" * 5000, "What did Brannock say on 31 February 2030?"):
        with pytest.raises(BadQuestion):
            ask(desk, question)


def test_follow_ups(desk: Desk) -> None:
    conversation = Conversation()
    first = ask(desk, "What did Oskar Tveit say about the crews of the night ferry?", conversation=conversation)
    assert first.answered
    when = ask(desk, "When was that?", conversation=conversation)
    assert when.citations[0].statement == first.citations[0].statement
    assert when.query.follow_up
    other = ask(desk, "And what did he say about the biologists?", conversation=conversation)
    assert other.query.speakers == ("Oskar Tveit",)
    assert "wrong place" in other.citations[0].quote


def test_a_follow_up_may_change_the_period(desk: Desk) -> None:
    conversation = Conversation()
    ask(desk, "What did Edda Brannock say in May 2030?", conversation=conversation)
    later = ask(desk, "and in September 2030?", conversation=conversation)
    assert later.query.speakers == ("Edda Brannock",)
    assert later.query.days is not None
    assert {citation.article for citation in later.citations} <= {"school"}


def test_who_disagreed_leaves_out_the_one_disagreed_with(desk: Desk) -> None:
    conversation = Conversation()
    ask(desk, "What did Jonas Lindqvist say about the boats?", conversation=conversation)
    answer = ask(desk, "Who disagreed?", conversation=conversation)
    assert "Jonas Lindqvist" not in {citation.speaker for citation in answer.citations}
    assert answer.citations[0].speaker == "Oskar Tveit"


def test_a_question_on_its_own_feet_takes_nothing_over(desk: Desk) -> None:
    conversation = Conversation()
    ask(desk, "What did Oskar Tveit say about the night ferry?", conversation=conversation)
    answer = ask(desk, "What did Marit Solheim say about the bus to school?", conversation=conversation)
    assert answer.query.carried == ()
    assert answer.query.speakers == ("Marit Solheim",)


def test_memory_is_forgotten_after_half_an_hour_or_on_request(desk: Desk) -> None:
    now = [0.0]
    conversation = Conversation(clock=lambda: now[0])
    ask(desk, "What did Oskar Tveit say about the night ferry?", conversation=conversation)
    now[0] = EXPIRY_SECONDS - 1.0
    assert conversation.last is not None
    now[0] = EXPIRY_SECONDS + 1.0
    assert conversation.last is None
    ask(desk, "What did Oskar Tveit say about the night ferry?", conversation=conversation)
    conversation.forget()
    assert conversation.last is None


def test_the_contract(desk: Desk) -> None:
    found = as_object(ask(desk, "When did Edda Brannock say that the school in Lower Hask will close?"))
    assert json.loads(json.dumps(found)) == found
    assert list(found)[:4] == ["question", "answered", "text", "query"]
    assert set(found["query"]) >= {"intent", "speakers", "from", "to", "outlets", "topic"}
    first = found["citations"][0]
    wanted = "rank article url outlet title published paragraph start end quote speaker speaker_role cue kind said_on"
    assert list(first)[:17] == [*wanted.split(), "reported", "score"]
    assert first["said_on"]["from"] == "2030-09-02"
    assert first["said_on"]["text"] in TEXTS["school"]
    assert first["reported"] is False


def test_an_answer_as_text_and_explained(desk: Desk) -> None:
    answer = ask(desk, "What did Oskar Tveit say about the crews of the night ferry?")
    text = worded(answer)
    assert answer.citations[0].quote.split("\n")[0] in text
    assert "https://" in text
    assert "Oskar Tveit" in text
    assert "dense paragraph" in explained(answer)


def test_look_ups(desk: Desk) -> None:
    profile = desk.who("tveit")
    assert (profile.name, profile.statements > 1) == ("Oskar Tveit", True)
    assert desk.who("Petra Quandt").name == ""
    days = [citation.published for citation in desk.timeline("Oskar Tveit")]
    assert days == sorted(days, key=str)
    assert desk.timeline("Petra Quandt") == []
    assert desk.latest(limit=2)[0].published == date(2031, 3, 1)
    compared = desk.compare(["Oskar Tveit", "Edda Brannock", "Petra Quandt"], "the night ferry")
    assert list(compared) == ["Oskar Tveit", "Edda Brannock", "Petra Quandt"]
    assert compared["Petra Quandt"] == []
    assert {source.outlet for source in desk.sources()} == {"The Norvale Gazette", "Harbour Post"}


def test_context_of_a_citation(desk: Desk) -> None:
    citation = ask(desk, "What did Oskar Tveit say about the crews of the night ferry?").citations[0]
    for reference in (citation, citation.statement or ""):
        context = desk.context(reference)
        assert context is not None
        assert context.text[slice(*context.statement)] == citation.quote
        assert len(context.paragraphs) == 3
    assert desk.context("999.1-2") is None
    assert desk.context("nonsense") is None


def test_many_threads_get_the_answers_that_one_gets(desk: Desk) -> None:
    questions = ["Who called the night ferry plan reckless?", "what did solheim say about the bus", "Edda Brannock"] * 4
    alone = [ask(desk, question) for question in questions]
    together: dict[int, Answer] = {}

    def work(place: int) -> None:
        together[place] = ask(desk, questions[place])

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(questions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[place] for place in range(len(questions))] == alone


def test_an_empty_archive(encoder: Encoder, tmp_path: Path) -> None:
    with Archive.open(tmp_path, create=True) as archive:
        answer = Desk(archive, Index.open(archive, encoder), encoder).ask("What did Edda Brannock say?", today=TODAY)
    assert (answer.silence, answer.lead) == ("empty-archive", "There is no coverage here yet.")


def test_a_removed_article_is_cited_no_more(encoder: Encoder, tmp_path: Path) -> None:
    build(tmp_path, encoder)
    with Archive.open(tmp_path) as archive:
        desk = Desk(archive, Index.open(archive, encoder), encoder)
        question = "What did Jonas Lindqvist say about the boats?"
        assert ask(desk, question).citations[0].article == "fishery"
        with archive.writer("remove") as writer:
            writer.remove(["fishery"])
        assert desk.refresh()
        assert not desk.refresh()
        assert "fishery" not in {citation.article for citation in all_of(ask(desk, question))}
