"""One speaker across articles: keys, proposals to merge, linked surnames."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from data.model import SpeakerName
from data.speakers import identity, link_surnames, propose_merges
from data.speakers.spelling import fold, may_be_same, person_name


@dataclass(frozen=True)
class Row:
    key: int
    name: str
    statements: int = 1
    form: str = "person"
    resolved: bool = True
    aliases: dict[str, int] = field(default_factory=dict)
    merged_into: int | None = None
    gender: str | None = None

    @property
    def identity(self) -> str:
        return identity(SpeakerName(self.name, None, self.resolved, self.form, self.gender))  # type: ignore[arg-type]


def key(name: str, form: str = "person", *, resolved: bool = True) -> str:
    return identity(SpeakerName(name, None, resolved, form))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Desmond Crale", "Desmond J. Crale"),
        ("Orla Rose Brannigan", "Sen. Orla Brannigan"),
        ("Łukasz Żółty", "Lukasz Zolty"),
        ("Jean-Luc O’Dea", "Jean-Luc O'Dea"),
    ],
)
def test_one_person_has_one_key(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Desmond Crale", "Desmond Crale Jr."),
        ("Gordon W. Ash", "Gordon H. W. Ash"),
        ("Bill Crale", "William Crale"),
        ("Desmond Crale", "Crale"),
    ],
)
def test_what_may_be_two_people_has_two_keys(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_what_is_no_full_name_is_marked() -> None:
    assert key("Crale") == "crale?"
    assert key("the mayor", resolved=False).endswith("?")
    assert key("Crale Shipping Inc.", "organisation") == key("the Crale Shipping", "organisation") == "crale shipping"


def test_merges_are_proposed_and_ambiguous_ones_refused() -> None:
    rows = [
        Row(1, "William Crale", 9),
        Row(2, "Bill Crale", 3),
        Row(3, "Gordon W. Ash", 9),
        Row(4, "Gordon H. W. Ash", 9),
        Row(5, "Gordon Ash", 2),
        Row(6, "Pia Lund", 4),
        Row(7, "Pia Lund Jr.", 4),
        Row(8, "Northern Rivers Trust", 5, "organisation"),
        Row(9, "NRT", 2, "organisation"),
    ]
    assert {(m.speaker, m.into) for m in propose_merges(rows)} == {(2, 1), (9, 8)}


def test_a_surname_is_linked_to_its_one_bearer_only() -> None:
    crale, brannigan = Row(1, "Desmond Crale", 40), Row(2, "Orla Brannigan", 30)
    bare = [Row(3, "Crale", 5), Row(4, "Brannigan", 5)]
    assert link_surnames([crale, brannigan, *bare]) == {3: 1, 4: 2}
    rival = Row(5, "Agnes Crale", 12)
    assert link_surnames([crale, brannigan, rival, *bare]) == {4: 2}
    assert link_surnames([crale, rival, *bare], {3: "m"}) == {3: 1}
    assert link_surnames([Row(1, "Desmond Crale", 2), Row(3, "Crale", 5)]) == {}


def test_a_husbands_and_a_wifes_surname_are_linked_each() -> None:
    couple = [Row(1, "Desmond Crale", 40), Row(2, "Agnes Crale", 30)]
    bare = [Row(3, "Crale", 5, gender="m"), Row(4, "Crale", 5, gender="f"), Row(5, "Crale", 5)]
    assert len({row.identity for row in bare}) == 3
    assert link_surnames([*couple, *bare]) == {3: 1, 4: 2}


def test_names_are_compared_by_their_parts() -> None:
    def same(one: str, other: str) -> bool:
        a, b = person_name(one), person_name(other)
        return a is not None and b is not None and may_be_same(a, b)

    assert same("Bill Crale", "Mr. William Crale")
    assert same("D. Crale", "Desmond Crale")
    assert not same("Orla Crale", "Desmond Crale")
    assert not same("Desmond Adam Crale", "Desmond Bryce Crale")
    assert fold("Erdoğan’s") == "erdogan's"
