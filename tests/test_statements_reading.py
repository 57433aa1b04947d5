"""Quotation marks, speech acts, labels and passages: the parts of finding statements that need no parse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.model import Article, Attribution
from data.reading.paragraphs import split
from data.statements.labels import labelled
from data.statements.parsing import LONGEST, can_hold_statement
from data.statements.passages import LONGEST as LONGEST_PASSAGE
from data.statements.passages import passage_of, sentences
from data.statements.quotes import quoted_share, quotes
from data.statements.speech import is_refusal, is_speech


def inner(text: str) -> list[str]:
    return [text[slice(*quote.inner)] for quote in quotes(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('She said "one" and "two".', ["one", "two"]),
        ("She said “one” and ‘two’.", ["one", "two"]),
        ("''One,'' she said, ``two''.", ["One,", "two"]),
        ("«Un», dit-elle, „zwei“.", ["Un", "zwei"]),
        ("“He told me ‘never’ twice,” she said.", ["He told me ‘never’ twice,"]),
        ("“He said “never” again,” she said.", ["He said “never” again,"]),
        ("“One\" and \"two”", ["One", "two"]),
        ("It's the boys' own, isn't it? '90s rock 'n' roll", []),
        ("He is 6'2\" tall and she is 5'4\" tall.", []),
        ("A mark that closes” nothing.", []),
        ("“Left open to the end", ["Left open to the end"]),
        ("“Left open\nand a new line", ["Left open"]),
    ],
)  # fmt: skip
def test_quotes(text: str, expected: list[str]) -> None:
    assert inner(text) == expected


@given(st.text(alphabet="ab \"“”‘’'«»„`.\n", max_size=60))
def test_quotes_are_apart_and_inside(text: str) -> None:
    position = 0
    for quote in quotes(text):
        assert position <= quote.outer[0] <= quote.inner[0] < quote.inner[1] <= quote.outer[1] <= len(text)
        position = quote.outer[1]


def test_quoted_share_counts_letters_only() -> None:
    text = 'ab "cd" !!'
    assert quoted_share(text, ((0, len(text)),), [(3, 7)]) == 0.5
    assert quoted_share(text, ((8, 10),), [(3, 7)]) == 0.0


@pytest.mark.parametrize(
    "cue",
    [
        "said",
        "has told",
        "according to",
        "tweeted",
        "denied",
        "made it clear",
        "called for",
        "fired back",
        ":",
        "—",
        "’s claim that",
    ],
)
def test_acts_of_speech(cue: str) -> None:
    assert is_speech(cue, "the minister")


@pytest.mark.parametrize(
    "cue",
    [
        "believes",
        "hopes",
        "wanted",
        "voted for",
        "supports",
        "is expected to say",
        "plans to say",
        "declined to say",
        "",
    ],
)
def test_beliefs_votes_plans_and_refusals_are_no_speech(cue: str) -> None:
    assert not is_speech(cue, "the minister")


def test_what_a_poll_shows_is_stated_and_what_a_person_finds_is_not() -> None:
    assert is_speech("showed", "a Lenn University poll")
    assert is_speech("found", "the appeals court")
    assert not is_speech("found", "the hikers")


@pytest.mark.parametrize(
    "cue",
    [
        "declined to comment",
        "refused to say",
        "did not respond to",
        "didn’t immediately return",
        "has not commented on",
        "no comment",
    ],
)
def test_refusals(cue: str) -> None:
    assert is_refusal(cue)


@pytest.mark.parametrize("cue", ["said", "denied", "responded", "refuted", "told"])
def test_answers_are_no_refusals(cue: str) -> None:
    assert not is_refusal(cue)


def article_of(text: str) -> Article:
    return Article("a", text, tuple(split(text)))


def test_labels_in_ordinary_letters_count_when_they_come_again() -> None:
    text = "Ida Tervo: We open in May.\n\nErik Hall: And the cranes?\n\nIda Tervo: All new.\n\nErik Hall: Thank you."
    turns = labelled(article_of(text))
    assert [text[slice(*turn.speaker)] for turn in turns if turn.speaker] == ["Ida Tervo", "Erik Hall"] * 2


def test_name_that_initials_stand_for_is_a_label_and_questions_take_no_answer() -> None:
    text = (
        "((WN)) When do you open?\n\nNora Tamm: In May.\n\n((WN)) And the cranes?\n\nNT: All new.\n\n"
        "((WN)) Who pays?\n\nThe town does, she says.\n\nNT: As it always did."
    )
    turns = [(text[slice(*turn.speaker or (0, 0))], len(turn.content)) for turn in labelled(article_of(text))]
    assert turns == [("((WN))", 1), ("Nora Tamm", 1), ("((WN))", 1), ("NT", 1), ("((WN))", 1), ("NT", 1)]


def test_headings_with_colons_are_no_labels() -> None:
    text = "ENERGY: Oil fell 42 cents.\n\nCURRENCIES: The dollar rose.\n\nCorrection: An earlier version was wrong."
    assert labelled(article_of(text)) == []


def test_heads_of_a_list_are_no_labels() -> None:
    text = (
        "Winner: Ida Tervo, Lenn High School.\n\nWhy she won: Tervo ran the mile alone.\n\nFinalists: Mia Hall.\n\n"
        "Winner: Erik Hall, Aasen High School.\n\nWhy he won: Hall threw the farthest.\n\nFinalists: Tor Lund."
    )
    assert labelled(article_of(text)) == []
    text = "Hall v. Tervo: A long case.\n\nHall v. Tervo: It goes on."
    assert labelled(article_of(text)) == []


def test_paragraphs_that_cannot_hold_a_statement() -> None:
    assert not can_hold_statement("")
    assert not can_hold_statement("* * *")
    assert not can_hold_statement("Advertisement")
    assert not can_hold_statement("a " * LONGEST)
    assert can_hold_statement("She agreed.")
    assert can_hold_statement("x" * (LONGEST - 20) + " and so on") is True


def test_sentences_keep_titles_and_initials_together() -> None:
    text = "Mr. Hall met Dr. A. B. Lund in the U.S. on Sunday. “It went well.” She left."
    assert [text[s:e] for s, e in sentences(text, 0, len(text))][1:] == ["“It went well.”", "She left."]


def test_passage_of_a_long_quote_is_cut_at_sentences() -> None:
    sentence = "The ice road is closed and the harbour is open to every boat that can reach it. "
    text = "Tervo said: “" + sentence * 30 + "”"
    start = text.index("The ice")
    article = article_of(text)
    attribution = Attribution((0, 5), (6, 10), ((start, len(text)),), "direct")
    first, last = passage_of(attribution, article)
    assert last - first <= LONGEST_PASSAGE
    assert text[first:last].startswith("Tervo said:")
    assert text[first:last].endswith(".")


def test_passage_spans_the_paragraphs_of_one_quote() -> None:
    text = "Intro.\n\nTervo said: “One is enough.\n\n“Two is better.” The end."
    one, two = text.index("“One"), text.index("“Two")
    attribution = Attribution((8, 13), (14, 18), ((one, one + 15), (two, two + 16)), "direct")
    first, last = passage_of(attribution, article_of(text))
    assert text[first:last] == "Tervo said: “One is enough.\n\n“Two is better.”"


def test_passage_never_begins_inside_a_quotation() -> None:
    text = "It rained. “I lost once. I planted pears,” Tervo said."
    content = text.index("I planted")
    attribution = Attribution((43, 48), (49, 53), ((content, content + 15),), "direct")
    first, last = passage_of(attribution, article_of(text))
    assert text[first:last] == "“I lost once. I planted pears,” Tervo said."
