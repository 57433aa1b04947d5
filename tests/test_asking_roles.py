"""Descriptions of speakers against what articles call them, and names that are surnames of somebody better known."""

from __future__ import annotations

import pytest

from bot.asking.citing import LONGEST, SHORT, passage
from bot.asking.names import SpeakerNames
from bot.asking.verbs import kin
from data.archive import SpeakerRow, StoredStatement
from data.model import Attribution, SpeakerName, Statement
from embeddings.ranking import authors
from embeddings.roles import Description, speaks_for


@pytest.mark.parametrize(
    ("description", "called"),
    [
        ("pastor", "the Rev. Tomas Eide"),
        ("Norvale Democrat", "Sen. Britt Hauge, D-Norvale"),
        ("congressman", "Rep. Aksel Rud (R-Hask)"),
        ("former foreign minister", "ex-foreign minister"),
        ("academic", "law professor"),
        ("former CBO chief", "an economist who was director of the Coastal Budget Office, now retired"),
        ("Poland's premier", "Polish Prime Minister"),
        ("head of state", "President"),
    ],
)
def test_a_description_fits_what_an_article_says(description: str, called: str) -> None:
    assert Description(description).fits(called) == 1.0
    assert Description(description).is_headed(called)


@pytest.mark.parametrize(
    ("description", "called"),
    [
        ("prime minister", "Finance Minister"),
        ("teachers' union", "leader of the Miners' Union"),
        ("vice president", "President"),
        ("senator", "Mayor"),
    ],
)
def test_half_an_office_is_not_the_office(description: str, called: str) -> None:
    assert not Description(description).is_headed(called)


def test_the_past_is_not_the_present() -> None:
    assert Description("the president").is_past("Former President")
    assert not Description("the former president").is_past("Former President")
    assert not Description("the head of the mission").is_past("former judge")


def test_the_owner_is_not_the_one_described() -> None:
    assert Description("Hanne Lie's campaign").owned_by("Hanne Lie")
    assert not Description("government of West Samara").owned_by("The government of West Samara")


def test_holders_have_every_term() -> None:
    index = {"mayor": {1, 2}, "norvale": {2, 3}, "minister": {3}}
    assert Description("mayor of Norvale").holders(index) == {2}
    assert Description("Norvale").holders(index) == frozenset()


@pytest.mark.parametrize(
    ("name", "role", "speaks"),
    [
        ("A spokeswoman for Sundfjord Oil", None, True),
        ("Hanne Lie", "Sundfjord Oil spokeswoman", True),
        ("Hanne Lie", "chief executive of Sundfjord Oil", True),
        ("Oskar Tveit", "head of the seamen's union", False),
        ("Sundfjord Oil", None, False),
        ("a customer of Sundfjord Oil", None, False),
    ],
)
def test_who_speaks_for_a_body(name: str, role: str | None, speaks: bool) -> None:
    assert speaks_for(name, role, ["Sundfjord Oil"]) is speaks


def test_a_campaign_is_spoken_for_by_its_candidates_people() -> None:
    assert speaks_for("a spokesman for Harold Foss", None, ["Foss campaign"])
    assert not speaks_for("Harold Foss", None, ["Foss campaign"])


def test_verbs_of_one_kind() -> None:
    assert {"deni", "disput"} <= kin("dispute")
    assert kin("say") == frozenset()
    assert kin(None) == frozenset()


def test_bylines() -> None:
    assert authors("By Kirsten Moe and Arne Dahl, Ragnhild Strand") == ["Kirsten Moe", "Arne Dahl", "Ragnhild Strand"]


def _rows() -> list[SpeakerRow]:
    people = [
        ("Harold Foss", "person", 90),
        ("FOSS", "organisation", 1),
        ("Harold", "organisation", 1),
        ("Lie", "organisation", 9),
        ("Hanne Lie", "person", 4),
        ("Arne Harold", "person", 1),
    ]
    return [SpeakerRow(key, name, form, name.lower(), {name: n}, n) for key, (name, form, n) in enumerate(people, 1)]


@pytest.mark.parametrize(
    ("typed", "name"), [("Foss", "Harold Foss"), ("harold", "Harold Foss"), ("Lie", "Lie"), ("FOSS", "Harold Foss")]
)
def test_a_name_misread_for_a_body_once_means_the_person(typed: str, name: str) -> None:
    names = SpeakerNames(_rows())
    assert names.match(typed)[0].name == name
    (mention,) = names.mentions(f"What did {typed} say about the ferry?")
    assert mention.candidates[0].name == name


def test_an_office_tells_two_people_of_one_surname_apart() -> None:
    rows = [
        SpeakerRow(1, "Troy Dahl", "person", "troy dahl", {"Troy Dahl": 3}, 3),
        SpeakerRow(2, "Amy Dahl", "person", "amy dahl", {"Amy Dahl": 3}, 3),
    ]
    assert SpeakerNames(rows, roles={2: ["District Judge"]}).match("Judge Dahl")[0].name == "Amy Dahl"


def _stored(name: str, start: int, end: int) -> StoredStatement:
    attribution = Attribution((start, start + 3), (start + 4, start + 8), ((start + 9, end),), "indirect")
    statement = Statement(attribution, SpeakerName(name, resolved=True), None, 0, (start, end))
    return StoredStatement(start, f"1.{start}-{end}", 1, 1, statement, 1)


def test_a_long_paragraph_is_cited_by_the_speakers_turn() -> None:
    paragraph = (0, 4 * SHORT)
    one, two = _stored("Hanne Lie", 0, 200), _stored("Hanne Lie", 200, 420)
    other, last = _stored("Oskar Tveit", 420, 600), _stored("Hanne Lie", 600, 680)
    assert passage(one.statement, paragraph, [two, other, last]) == (0, 420)
    assert passage(last.statement, paragraph, [one, two, other]) == (600, 680)
    assert passage(one.statement, paragraph, [_stored("Hanne Lie", 300, LONGEST + 1)]) == (0, 200)
    assert passage(one.statement, (0, SHORT), [two]) == (0, SHORT)


def test_a_regal_title_and_one_name_are_the_whole_name() -> None:
    people = [
        SpeakerRow(1, "Pope Anselm", "person", "pope anselm", {"Pope Anselm": 3}, 3),
        SpeakerRow(2, "Kirk Anselm", "person", "kirk anselm", {"Kirk Anselm": 9}, 9),
    ]
    (mention,) = SpeakerNames(people).mentions("What did Pope Anselm say about the bells?")
    assert [match.name for match in mention.candidates] == ["Pope Anselm"]
    (mention,) = SpeakerNames(people).mentions("What did Mr. Anselm say about the bells?")
    assert mention.candidates[0].name == "Kirk Anselm"
