"""What speaks for and against a day: the evidence of small fictional articles, and the networks that weigh it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.dates.carrying import Carrying
from data.dates.choosing import LIKELY, LIKELY_OF_OTHERS, Chooser, chooser
from data.dates.evidence import Candidate, Named
from data.dates.saying import prepared
from data.speakers import name_speakers
from data.statements import Parser
from tests.test_dates_saying import article

ON_TUESDAY = "[s1:Ada Holm] [c1:said] on Tuesday that [q1:the dam was safe]."


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser()


def ready(parser: Parser, marked: str) -> Carrying:
    made, attributions = article(marked)
    parsed = parser.parse(made)
    return prepared(parsed, attributions, name_speakers(parsed, attributions))


def last_case(parser: Parser, marked: str) -> tuple[Sequence[Candidate], Named, dict[tuple[str, str], Named]]:
    """The last statement's candidates, how it is told, and the evidence of each by its days; nothing is carried."""
    seen: list[tuple[Sequence[Candidate], Named, Sequence[Named]]] = []

    def watch(_position: int, found: Sequence[Candidate], told: Named, each: Sequence[Named]) -> None:
        seen.append((found, told, each))

    ready(parser, marked).all(watch)
    found, told, each = seen[-1]
    of_days = {(str(one.days.first), str(one.days.last)): named for one, named in zip(found, each, strict=True)}
    return found, told, of_days


SUNDAY, TUESDAY = ("2019-03-31", "2019-03-31"), ("2019-03-26", "2019-03-26")


@pytest.mark.parametrize(
    ("who", "his"),
    [
        ("Holm", True),
        ("Holm’s statement", True),
        ("Holm’s lawyer", False),
        ("His wife, Bea Holm", False),
        ("Cy Lund, a historian", False),
    ],
)
def test_whose_a_day_is(parser: Parser, who: str, his: bool) -> None:
    _, _, evidence = last_case(parser, f"{ON_TUESDAY}\n[s2:{who}] [c2:said]: [q2:“It is not.”]")
    assert ("his own" in evidence[TUESDAY]) is his


@pytest.mark.parametrize(
    ("opening", "his"),
    [
        ("Ada Holm took questions at Sunday's hearing.", True),
        ("Ada Holm criticized Sunday's rally.", False),
        ("Ada Holm will not attend Sunday's rally.", False),
    ],
)
def test_who_is_at_an_occasion(parser: Parser, opening: str, his: bool) -> None:
    _, _, evidence = last_case(parser, f"{opening}\n“[q1:Nobody need move],” [s1:Holm] [c1:said].")
    assert ("his own" in evidence[SUNDAY]) is his


def test_who_is_only_introduced(parser: Parser) -> None:
    said = "“[q1:It was wrong],” [s1:Senator Ada Holm] [c1:said]."
    _, _, evidence = last_case(parser, f"The top senators went before reporters in Lund Sunday to denounce it.\n{said}")
    assert "chorus" in evidence[SUNDAY]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("[s2:Holm] [c2:says] [q2:it is safe].", "says"),
        ("[s2:Holm] had [c2:said] [q2:it was safe].", "had said"),
        ("[s2:Holm] [c2:replied] that [q2:it was safe].", "replies"),
        ("[s2:Holm] [c2:told] the crowd that [q2:it was safe].", "to an audience"),
        ("[s2:Bo Ek], a professor in Lund, [c2:said] [q2:it was safe].", "by an expert"),
        ("In a telephone interview, [s2:Holm] [c2:said] [q2:it was safe].", "through a medium"),
    ],
)
def test_how_a_statement_is_told(parser: Parser, words: str, name: str) -> None:
    assert name in last_case(parser, f"{ON_TUESDAY}\n{words}")[1]


def test_the_words_of_a_quote_tell_nothing(parser: Parser) -> None:
    _, told, _ = last_case(parser, f"{ON_TUESDAY}\n“[q2:I had told the crowd years ago],” [s2:Holm] [c2:said].")
    assert not {"had said", "to an audience", "closed"} & told.keys()


def test_an_occasion_taken_up_again(parser: Parser) -> None:
    text = "Mayors attended a summit in Lund on Tuesday.\n{}, [s1:Ada Holm] [c1:said] [q1:it would hold]."
    assert "taken up again" in last_case(parser, text.format("During the summit"))[2][TUESDAY]
    assert "another thing" in last_case(parser, text.format("During the hearing"))[2][TUESDAY]


def test_an_opening_may_be_dated_by_what_follows_and_a_later_paragraph_by_little(parser: Parser) -> None:
    later = "\n".join(["The dam is old."] * 5 + ["The mill burnt down on Tuesday."])
    words = "[s1:Ada Holm] [c1:said] [q1:it would hold]."
    assert "only after" in last_case(parser, f"{words}\n{later}")[2][TUESDAY]
    deep = "\n".join(["The road is wet."] * 4)
    assert not last_case(parser, f"{deep}\n{words}\n{later}")[0]


def test_the_day_before_publication_and_the_two_days(parser: Parser) -> None:
    found, _, _ = last_case(parser, "The dam broke on Sunday.\n[s1:Per Ek] [c1:said] [q1:he had feared it].")
    assert [(str(one.days.first), str(one.days.last), one.between) for one in found] == [
        (*SUNDAY, False),
        ("2019-03-31", "2019-04-01", True),
    ]


named = st.dictionaries(
    st.sampled_from([*chooser().told, *chooser().day, "a name that nobody has"]), st.floats(0, 3, width=32), max_size=40
)


@given(named, st.lists(named, max_size=6))
def test_chances_add_up_and_a_day_is_taken_only_where_it_is_likely(told: Named, days: list[Named]) -> None:
    chances = chooser().chances(told, days)
    assert len(chances) == len(days) + 1
    assert abs(sum(chances) - 1) < 1e-3
    taken = chooser().choose(told, days)
    if taken is None:
        assert all(chance < LIKELY_OF_OTHERS for chance in chances[1:])
    else:
        assert chances[1 + taken] == max(chances[1:]) >= LIKELY


def test_what_others_did_days_ago_has_to_be_likelier() -> None:
    network = Chooser(arrays_of(1.0, np.log(0.55 / 0.45)))
    assert network.choose({}, [{"d": 1.0, "his own": 1.0}]) == 0
    assert network.choose({}, [{"d": 1.0, "yesterday": 1.0}]) == 0
    assert network.choose({}, [{"d": 1.0}]) is None


def test_the_order_of_the_days_changes_nothing() -> None:
    told, days = {"says": 1.0}, [{"his own": 1.0}, {"opening": 1.0, "an event": 1.0}, {"a year": 1.0}]
    there = chooser().chances(told, days)
    back = chooser().chances(told, days[::-1])
    assert np.allclose(there[1:], back[:0:-1], atol=1e-6)


def arrays_of(linear: float, bias: float, *, deep: float = 0.0) -> dict[str, np.ndarray]:
    """A network of two hidden units: a day scores ``linear`` (d - 1) + ``bias`` + ``deep`` |d|, none scores t."""
    one = np.ones(1, dtype=np.float32)
    arrays: dict[str, np.ndarray] = {"told": np.array(["t"]), "day": np.array(["d"])}
    for kind, weights, start, out in (("day", [linear, 0.0], bias - linear, deep), ("none", [0.0, 1.0], 0.0, 0.0)):
        arrays |= {
            f"{kind}_linear": np.array([weights], dtype=np.float32),
            f"{kind}_linear_bias": start * one,
            f"{kind}_in": np.array([[[1.0, -1.0], [0.0, 0.0]]], dtype=np.float32),
            f"{kind}_in_bias": np.zeros((1, 2), dtype=np.float32),
            f"{kind}_out": np.full((1, 2), out, dtype=np.float32),
            f"{kind}_out_bias": 0 * one,
        }
    return arrays


def test_a_network_computes_what_its_arrays_say() -> None:
    day, none = 2.0 * 3 - 1.5 + 0.5 * 3, 0.5
    expected = 1 / (1 + np.exp(none - day))
    chances = Chooser(arrays_of(2.0, 0.5, deep=0.5)).chances({"t": 0.5}, [{"d": 3.0}])
    assert chances[1] == pytest.approx(expected, abs=1e-5)
