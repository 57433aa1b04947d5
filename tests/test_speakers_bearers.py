"""Names that are easily misread: several bearers, verbs and offices run into a name, firms, offices of somebody."""

from __future__ import annotations

import pytest

from data.speakers.resolving import name_speakers
from data.statements import find
from data.statements.parsing import Parser
from tests.test_speakers_naming import article, names, parser

__all__ = ["parser"]


def test_the_headline_tells_whom_a_shared_surname_means(parser: Parser) -> None:
    text = (
        "Ilie Marsh fell off his bicycle on Saturday. His wife, Jana Marsh, was riding ahead.\n\n"
        "It was a warm day in Lenn.\n\nThe road was dry.\n\n{Marsh} said the strap had caught his shoe."
    )
    assert names(parser, text, title="Ilie Marsh is fine after a fall") == ["Ilie Marsh"]
    assert names(parser, text, title="Jana Marsh on the road") == ["Jana Marsh"]


def test_a_pronoun_in_the_words_tells_which_bearer_speaks(parser: Parser) -> None:
    text = "Ilie Marsh, the mayor, and his wife, Jana Marsh, spoke.\n\nMarsh said {} was tired of it."
    for pronoun, name in [("she", "Jana Marsh"), ("he", "Ilie Marsh")]:
        parsed = parser.parse(article(text.format(pronoun)))
        assert [one.name for one in name_speakers(parsed, find(parsed)) if one] == [name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The room rose for Will Falk of Lenn.\n\n“I am sorry,” {Falk} said.", "Will Falk"),
        ("“I was tired,” Will Falk said. “I am sorry,” {Falk} said.", "Will Falk"),
        (
            "The voters of the valley liked their mayor Claire Le Prigent.\n\n“I will stay,” {Le Prigent} said.",
            "Claire Le Prigent",
        ),
        ("“It broke,” Lenn County Executive Rich Aasen said.\n\n“It is gone,” {Aasen} said.", "Rich Aasen"),
        (
            "Orsa Director-General Tedra Holm spoke.\n\n“It spreads,” {Orsa Director-General Tedra Holm} said.",
            "Tedra Holm",
        ),
        ("Ines Falk won at dawn.\n\n“It took all night,” {a tired Falk} said.", "Ines Falk"),
        ("The court heard {testimony from the former aide Ines Falk}.", "Ines Falk"),
        ("“We are sorry,” said {a Brackwater spokesperson in an email}.", "a Brackwater spokesperson"),
        ("A thorough study finds no maker, {Ines Falk} said. “None,” {she} said.", "Ines Falk"),
    ],
)
def test_the_name_alone(parser: Parser, text: str, name: str) -> None:
    assert names(parser, text)[-1] == name


def test_will_that_opens_a_question_is_no_name(parser: Parser) -> None:
    assert names(parser, "Will Falk win?\n\nInes Falk thinks so. “I will,” {Falk} said.") == ["Ines Falk"]


def test_two_speakers_though_something_is_told_of_the_first(parser: Parser) -> None:
    text = "{Film star Mila Kunze and her husband, Anton Kersh,} said they would help."
    assert names(parser, text) == ["Mila Kunze and Anton Kersh"]
    text = "{Former Lenn candidate Senator Tod Krull and fellow Republican Representative Frank Roon} proposed limits."
    assert names(parser, text) == ["Tod Krull and Frank Roon"]


def test_an_office_is_its_holder_s(parser: Parser) -> None:
    text = "Lenn Gov. Eric Holm called a session.\n\nIn a statement, {the governor's office} said it would be short."
    assert names(parser, text) == ["Eric Holm's office"]
    text = "Ned Harrow, a candidate, spoke in Lenn.\n\n{The candidate's speech} praised the town."
    assert names(parser, text) == ["The candidate's speech"]


def test_an_acronym_and_a_first_word_stand_for_the_longer_name(parser: Parser) -> None:
    text = "The US Fish and Drug Administration met on Monday.\n\n{The FDA} said the fish was safe."
    assert names(parser, text) == ["US Fish and Drug Administration"]
    text = "The prize of the Academy of Harbour Arts was given to nobody.\n\n{The Academy} said it was sorry."
    assert names(parser, text) == ["Academy of Harbour Arts"]


def test_the_company_is_no_office_and_no_newspaper(parser: Parser) -> None:
    text = (
        "The Lenn Drug Agency banned the pods of Brackwater Labs Inc. on Monday.\n\n"
        "They can't be sold, the Drug Agency said. In 2019, {the company} said it would stop."
    )
    assert names(parser, text, title="Agency bans Brackwater pods") == ["Brackwater Labs Inc"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{The study, published in the Lenn Journal on Wednesday,} found that it was cold.", "The study"),
        ("{A study out of Lenn this week} says it is cold.", "A study out of Lenn"),
        ("{Activists, rescue workers and medics} said it was cold.", "Activists, rescue workers and medics"),
        ("{Some groups, including the Lenn Guild,} said it was cold.", "Some groups"),
        ("{The head of the harbour service Ilie Marsh} said it was cold.", "Ilie Marsh"),
        ("{Russian Ambassador to the U.S. Anatoly Tervo} said it was cold.", "Anatoly Tervo"),
        ("As the cold came, {Lovell's} said it would close early.", "Lovell's"),
        ("The Liberal-led Lenn Finance Committee met. {The committee} said it was cold.", "Lenn Finance Committee"),
    ],
)
def test_what_is_told_of_a_speaker_is_no_part_of_the_name(parser: Parser, text: str, name: str) -> None:
    assert names(parser, text) == [name]


def test_an_official_is_the_one_introduced_last_in_these_words(parser: Parser) -> None:
    text = (
        "“No,” {one senior harbour official} said.\n\n“Yes,” {a bridge official} said.\n\n"
        "“Perhaps,” {the official} said. “Never,” {the harbour official} said."
    )
    assert names(parser, text)[2:] == ["a bridge official", "one senior harbour official"]


def test_the_country_and_the_state_are_the_only_ones_named_nearby(parser: Parser) -> None:
    text = "It was dry in {}. In spring, {{the {}}} said it would be drier."
    assert names(parser, text.format("Japan", "country")) == ["Japan"]
    assert names(parser, text.format("South Carolina", "state")) == ["South Carolina"]
    assert names(parser, text.format("Japan and in France", "country")) == ["the country"]


def test_of_two_bearers_the_one_who_speaks(parser: Parser) -> None:
    text = (
        "“He is dead,” said {police spokeswoman Sheila Marsh}.\n\nThe gunman, Ethan Marsh, came at noon.\n\n"
        "The shop was full.\n\n{Marsh} said there were several calls."
    )
    assert names(parser, text) == ["Sheila Marsh", "Sheila Marsh"]


def test_a_bare_surname_before_the_junior_is_not_the_junior(parser: Parser) -> None:
    text = "Falk spoke first. Even Tor Falk Jr., his son, was quiet.\n\n“No,” {Falk} said."
    assert names(parser, text) == ["Falk"]
    text = "Even Tor Falk Jr. was quiet.\n\n“No,” {Falk} said."
    assert names(parser, text) == ["Tor Falk Jr."]
    text = "Tor Falk and Tor Falk Jr. were quiet.\n\n“No,” {Falk} said."
    assert names(parser, text) == ["Tor Falk"]


def test_they_may_be_one_official(parser: Parser) -> None:
    text = "“We are worried,” {one senior harbour official} told reporters. “It matters,” {they} said."
    assert names(parser, text) == ["one senior harbour official"] * 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Chief of Detectives Brendan Aasen came. {Aasen} said no.", "Brendan Aasen"),
        ("The Justice Department filed its answer. {The DOJ} said it was late.", "Justice Department"),
        ("The San Lenn County Sheriff's Department came late. {The department} said it was cold.",
         "San Lenn County Sheriff's Department"),
        ("In a letter, {Falk a self-described “friend of the sea,”} hinted at it. Ines Falk is 40.", "Ines Falk"),
        ("The papers went to {the National Archives}.", "National Archives"),
    ],
)  # fmt: skip
def test_titles_and_departments(parser: Parser, text: str, name: str) -> None:
    assert names(parser, text) == [name]
