"""Kinds of question over fictional coverage: roles in other words, who speaks for whom, authors, lists, declining."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.asking.answer import Answer, day_of
from bot.asking.conversation import Conversation
from bot.asking.desk import Desk
from data.archive import Archive
from data.reading import read
from embeddings import indexing
from embeddings.encoder import Encoder
from embeddings.search import Index

TODAY = date(2033, 1, 10)

ARTICLES = [
    {
        "id": "bells",
        "outlet": "The Norvale Gazette",
        "title": "Bells of Lower Hask to fall silent",
        "published": "2032-03-02",
        "author": "Kirsten Moe",
        "text": "The bells of Lower Hask will not be rung at night any more, the council decided on Monday.\n\n"
        "“A village that cannot bear its own bells will not bear its own dead,” said the Rev. Tomas Eide, of St. "
        "Olav's Church.\n\n"
        "Sen. Britt Hauge, D-Norvale, said the senate would look at the rule. “Nobody dies of a bell,” Hauge said.\n\n"
        "Mayor Gunnar Foss would not comment on the decision about the bells. He told reporters that the new bus "
        "shelter would be painted green.",
    },
    {
        "id": "leak",
        "outlet": "Harbour Post",
        "title": "Oil in the Sund after tanker leaks",
        "published": "2032-05-11",
        "author": "Arne Dahl",
        "text": "A tanker of Sundfjord Oil leaked for six hours on Sunday night.\n\n"
        "“We stopped the pump within minutes of the alarm,” said Hanne Lie, a spokeswoman for Sundfjord Oil, on "
        "Monday.\n\n"
        "Oskar Tveit, head of the seamen's union, disputed that. “The alarm rang for three hours,” Tveit said.\n\n"
        "The former prime minister, Eskil Rask, said on Monday that he had warned of old tankers for years.",
    },
    {
        "id": "bridge-1",
        "outlet": "The Norvale Gazette",
        "title": "Foss rules out a bridge to the island",
        "published": "2030-02-05",
        "author": "Kirsten Moe",
        "text": "Mayor Gunnar Foss ruled out a bridge to the island on Monday.\n\n"
        "“There will be no bridge to the island while I am mayor,” Foss said on 4 February 2030.",
    },
    {
        "id": "bridge-2",
        "outlet": "Harbour Post",
        "title": "Foss now wants the bridge",
        "published": "2032-09-08",
        "author": "Arne Dahl",
        "text": "Mayor Gunnar Foss has changed his mind about the bridge.\n\n"
        "“The island needs a bridge, and it needs one soon,” Foss told the council on 7 September 2032.\n\n"
        "Councillor Berit Nygaard welcomed the turn. “I have waited ten years for that sentence,” Nygaard said.",
    },
    {
        "id": "recordings",
        "outlet": "Harbour Post",
        "title": "Minister calls recordings a forgery",
        "published": "2031-11-04",
        "author": "Arne Dahl",
        "text": "The finance minister, Liv Tangen, has called the recordings of her office “a clumsy forgery”.\n\n"
        "“Whoever made them has never heard me laugh,” Tangen said on Monday.\n\n"
        "Olav Tangen, a lawyer and the minister's husband, refused to discuss the recordings.",
    },
    {
        "id": "column",
        "outlet": "The Norvale Gazette",
        "title": "Against the toll on the harbour road",
        "published": "2031-06-20",
        "author": "Ragnhild Strand",
        "text": "The toll on the harbour road is a tax on everybody who rises before the sun.\n\n"
        "I have driven that road for thirty years. A toll there will empty the fish market, not the road.\n\n"
        "Let the council toll the yachts instead.",
    },
]


@pytest.fixture(scope="module")
def desk(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home: Path = tmp_path_factory.mktemp("kinds")
    source = home / "articles.jsonl"
    source.write_text("\n".join(json.dumps(article) for article in ARTICLES), encoding="utf-8")
    with Archive.open(home / "archive", create=True) as archive:
        indexing.add(archive, encoder, read([str(source)]), processes=1)
        yield Desk(archive, Index.open(archive, encoder), encoder)


def ask(desk: Desk, question: str, conversation: Conversation | None = None, limit: int | None = None) -> Answer:
    return desk.ask(question, today=TODAY, conversation=conversation, limit=limit)


@pytest.mark.parametrize(
    ("question", "speaker"),
    [
        ("Which pastor spoke about the bells?", "Tomas Eide"),
        ("Which lawmaker said that nobody dies of a bell?", "Britt Hauge"),
        ("What did the union leader say about the alarm?", "Oskar Tveit"),
        ("What did the mayor say about the bridge?", "Gunnar Foss"),
    ],
)
def test_a_role_may_be_said_in_other_words(desk: Desk, question: str, speaker: str) -> None:
    answer = ask(desk, question)
    assert answer.answered, answer.lead
    assert answer.citations[0].speaker == speaker


def test_an_office_that_nobody_here_holds_is_not_answered_by_another_one(desk: Desk) -> None:
    answer = ask(desk, "What did the prime minister say about old tankers?")
    assert not answer.answered
    former = ask(desk, "What did the former prime minister say about old tankers?")
    assert former.citations[0].speaker == "Eskil Rask"


def test_a_body_is_spoken_for_but_a_person_is_not(desk: Desk) -> None:
    answer = ask(desk, "How did Sundfjord Oil respond to the leak of its tanker?")
    assert answer.answered, answer.lead
    assert answer.citations[0].speaker == "Hanne Lie"


def test_an_author_is_answered_with_their_own_words(desk: Desk) -> None:
    answer = ask(desk, "What did Ragnhild Strand write about the toll on the harbour road?")
    assert answer.answered, answer.lead
    first = answer.citations[0]
    assert (first.article, first.speaker, first.speaker_role) == ("column", "Ragnhild Strand", "author of the article")
    assert (first.said_on, first.reported) == (None, True)
    reported = ask(desk, "What did Gunnar Foss write about the toll on the harbour road?")
    assert "column" not in {citation.article for citation in reported.citations}


def test_an_author_is_no_unknown_name(desk: Desk) -> None:
    answer = ask(desk, "What did Ragnhild Strand write about the bells of Lower Hask?")
    assert answer.silence != "unknown-name"
    assert answer.query.unknown == ()


def test_who_declined_to_speak_is_not_answered_with_other_words(desk: Desk) -> None:
    answer = ask(desk, "What did Gunnar Foss say about the decision about the bells?")
    assert not answer.answered
    assert answer.silence == "no-statement"
    assert "would not comment" in answer.nearest[0].quote


@pytest.mark.parametrize(
    "question",
    [
        "Everything Gunnar Foss said about the bridge to the island",
        "How has Gunnar Foss's position on the bridge changed?",
        "List all statements by Gunnar Foss about the bridge",
        "Did Gunnar Foss change his mind about the bridge?",
    ],
)
def test_all_that_somebody_said_comes_oldest_first(desk: Desk, question: str) -> None:
    answer = ask(desk, question, limit=10)
    assert answer.answered, answer.lead
    assert answer.query.every
    assert {citation.speaker for citation in answer.citations} == {"Gunnar Foss"}
    days = [day_of(citation) for citation in answer.citations]
    assert days == sorted(days)
    quotes = " ".join(citation.quote for citation in answer.citations)
    assert "no bridge to the island" in quotes
    assert "needs a bridge" in quotes


def test_a_period_alone_asks_for_all_that_was_said_in_it(desk: Desk) -> None:
    for question in ("What was said in May 2032?", "May 2032", "in May 2032"):
        answer = ask(desk, question, limit=10)
        assert answer.answered, answer.lead
        assert {citation.article for citation in answer.citations} == {"leak"}


@pytest.mark.parametrize("question", ["What did she say?", "who said that?", "when was that?", "and then?"])
def test_a_pronoun_without_anybody_before_is_asked_back(desk: Desk, question: str) -> None:
    answer = ask(desk, question, Conversation())
    assert (answer.answered, answer.citations, answer.nearest) == (False, (), ())
    assert answer.lead


def test_a_pronoun_stands_for_the_one_before(desk: Desk) -> None:
    conversation = Conversation()
    ask(desk, "What did Hanne Lie say about the pump?", conversation)
    answer = ask(desk, "Who contradicted her about the alarm?", conversation)
    assert answer.citations[0].speaker == "Oskar Tveit"


def test_a_doubter_is_not_the_one_who_is_doubted(desk: Desk) -> None:
    conversation = Conversation()
    ask(desk, "What did Sundfjord Oil say about the alarm?", conversation)
    answer = ask(desk, "Who was sceptical?", conversation)
    assert answer.citations[0].speaker == "Oskar Tveit"


def test_one_day_is_on_and_a_month_is_in(desk: Desk) -> None:
    assert " on 3 May 2031." in ask(desk, "What did Oskar Tveit say on 3 May 2031?").lead
    assert " in May 2031." in ask(desk, "What did Oskar Tveit say in May 2031?").lead


def test_the_words_of_an_outlet_do_not_count_as_a_topic(desk: Desk) -> None:
    answer = ask(desk, "What did Gunnar Foss say about the bridge in the Harbour Post?")
    assert answer.answered, answer.lead
    assert {citation.outlet for citation in answer.citations} == {"Harbour Post"}
    assert "Harbour" not in answer.query.topic


def test_who_somebody_is_is_told_by_their_own_words(desk: Desk) -> None:
    answer = ask(desk, "Who is Oskar Tveit?")
    assert {citation.speaker for citation in answer.citations} == {"Oskar Tveit"}


def test_a_name_without_a_role_is_not_answered_by_whoever_speaks_near(desk: Desk) -> None:
    answer = ask(desk, "Did the Kremsmuir Palace comment on the bridge to the island?")
    assert not answer.answered


def test_a_list_leaves_out_who_speaks_of_other_things(desk: Desk) -> None:
    answer = ask(desk, "Who spoke about the bridge?", limit=10)
    assert {citation.speaker for citation in answer.citations} == {"Gunnar Foss", "Berit Nygaard"}


def test_a_new_topic_takes_over_the_speaker_only(desk: Desk) -> None:
    conversation = Conversation()
    ask(desk, "What did Gunnar Foss say about the bridge in 2032?", conversation)
    answer = ask(desk, "And about the bells?", conversation)
    assert answer.query.speakers == ("Gunnar Foss",)
    assert answer.query.topic == "the bells"


def test_who_else_leaves_out_the_one_before(desk: Desk) -> None:
    conversation = Conversation()
    ask(desk, "What did Gunnar Foss say about the bridge in September 2032?", conversation)
    answer = ask(desk, "Who else spoke about it?", conversation)
    assert "Gunnar Foss" not in {citation.speaker for citation in answer.citations}


def test_what_about_somebody_asks_for_their_words_on_the_same(desk: Desk) -> None:
    conversation = Conversation()
    ask(desk, "What did Hanne Lie say about the alarm?", conversation)
    answer = ask(desk, "What about Tveit?", conversation)
    assert answer.query.speakers == ("Oskar Tveit",)
    assert "three hours" in answer.citations[0].quote


def test_of_two_with_one_surname_one_declines_and_the_other_is_cited(desk: Desk) -> None:
    assert ask(desk, "What did Tangen say about the recordings?").citations[0].speaker == "Liv Tangen"
    assert not ask(desk, "What did Olav Tangen say about the recordings?").answered


@pytest.mark.parametrize("question", ["When did Liv Tangen resign?", "Who shot Liv Tangen?"])
def test_a_deed_that_no_passage_tells_of_is_not_dated_by_other_words(desk: Desk, question: str) -> None:
    given = ask(desk, question)
    assert not given.answered
    assert given.told is not None
    assert given.told.kind == "no-match"


def test_nobody_is_named_as_a_critic_whose_verb_does_not_say_so(desk: Desk) -> None:
    given = ask(desk, "Who criticised the rule about the bells?")
    assert given.citations
    assert given.told is None or given.told.kind != "speakers"
