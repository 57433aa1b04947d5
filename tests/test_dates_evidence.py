"""What speaks for and against a day: the evidence of small fictional articles, and the networks that weigh it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from itertools import pairwise, product

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.fit_dates import Dated, Names, Network, batched
from data.dates.anchors import Anchor
from data.dates.carrying import LIKELY, Chain, Undated
from data.dates.choosing import INPUTS, KINDS, Chooser, Link, State, chooser, marginals
from data.dates.evidence import Candidate, Named
from data.dates.saying import prepared
from data.model import DateRange, SaidOn
from data.speakers.resolving import name_speakers
from data.statements import Parser
from tests.test_dates_saying import article

ON_TUESDAY = "[s1:Ada Holm] [c1:said] on Tuesday that [q1:the dam was safe]."


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser()


def chain(parser: Parser, marked: str) -> Chain:
    made, attributions = article(marked)
    parsed = parser.parse(made)
    return prepared(parsed, attributions, name_speakers(parsed, attributions))


def last_case(parser: Parser, marked: str) -> tuple[Sequence[Candidate], Named, dict[tuple[str, str], Named]]:
    """The last statement's candidates, how it is told, and the evidence of each by its days."""
    ready = chain(parser, marked)
    found, link = ready.undated[ready.positions[-1]].found, ready.links[-1]
    of_days = {(str(one.days.first), str(one.days.last)): named for one, named in zip(found, link.days, strict=True)}
    return found, link.told, of_days


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


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("\n“[q2:It holds],” [s2:Holm] [c2:added].", {"same speaker", "next paragraph"}),
        (" “[q2:It leaks],” [s2:Per Ek] [c2:said].", {"same paragraph"}),
        ("\nIt rained.\nThe dam broke in 1950. “[q2:It leaks],” [s2:Per Ek] [c2:said].", {"dates between"}),
        ("\n“[q2:It leaks],” [s2:Ek] [c2:said].\n“[q3:No],” [s3:Holm] [c3:said].", {"back to the speaker"}),
        (
            "\n[s2:Holm] [c2:said] on Friday [q2:it leaks].\n[s3:Holm] [c3:said] [q3:no].",
            {"same speaker", "after its own date"},
        ),
        ("\n[s2:They] [c2:said] [q2:it leaks].\n[s3:Per Ek] [c3:said] [q3:no].", {"after nobody known"}),
    ],
)  # fmt: skip
def test_how_a_statement_goes_on(parser: Parser, text: str, names: set[str]) -> None:
    links = chain(parser, f"“[q1:It is old],” [s1:Ada Holm] [c1:said].{text}").links
    assert not links[0].step
    all_names = {"same speaker", "same paragraph", "next paragraph", "dates between", "back to the speaker",
                 "after its own date", "after nobody known"}  # fmt: skip
    found = {name for name in all_names if links[-1].step.get(name)}
    assert names <= found
    assert found - names <= {"next paragraph", "dates between"}


@pytest.mark.parametrize(
    ("words", "name"), [("It breaks today", "of now"), ("It broke last night", "of before"), ("It breaks", "")]
)
def test_what_is_said_of_now(parser: Parser, words: str, name: str) -> None:
    _, told, evidence = last_case(parser, f"The dam broke on Monday.\n“[q1:{words}],” [s1:Ada Holm] [c1:said].")
    assert {one for one in ("of now", "of before") if one in told} == ({name} if name else set())
    (today,) = evidence.values()
    assert ("of now, today" in today) is (name == "of now")
    assert "dated since" in today


def test_words_are_those_around_what_is_said(parser: Parser) -> None:
    words = chain(parser, "“[q1:Nobody need move],” [s1:Ada Holm] [c1:told] 12 reporters by phone.").links[0].words
    assert words == {"told", "#", "reporters", "by", "phone"}


def test_a_day_owns_something_that_is_named_again(parser: Parser) -> None:
    text = "Sunday's game was long.\nAfter the game, [s1:Ada Holm] [c1:said] [q1:she was tired]."
    assert "its thing said" in last_case(parser, text)[2][SUNDAY]


named = st.dictionaries(
    st.sampled_from([*chooser().told, *chooser().day, *chooser().step, "a name that nobody has"]),
    st.floats(0, 3, width=32),
    max_size=30,
)
ranges = st.dates(date(2018, 1, 1), date(2019, 4, 1)).map(lambda day: DateRange(day, day))


@st.composite
def links(draw: st.DrawFn) -> Link:
    told, goes_on, words = draw(named), draw(named), frozenset(draw(st.lists(st.sampled_from(list(chooser().word)))))
    if draw(st.booleans()):
        return Link([(draw(ranges), False)], [], told, words, goes_on)
    days = draw(st.lists(ranges, max_size=5, unique=True))
    return Link([None, *((day, False) for day in days)], [draw(named) for _ in days], told, words, goes_on)


@given(st.lists(links(), max_size=6))
def test_chances_add_up(chained: list[Link]) -> None:
    found = chooser().chances(chained)
    assert [len(one) for one in found] == [len(link.states) for link in chained]
    assert all(sum(one) == pytest.approx(1, abs=1e-3) and min(one) >= 0 for one in found)


@given(st.data())
def test_the_chain_is_summed_as_its_definition_says(data: st.DataObject) -> None:
    """Against every path, one by one."""
    number = st.floats(-4, 4, width=32)
    sizes = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    scores = [np.array(data.draw(st.lists(number, min_size=n, max_size=n))) for n in sizes]
    joints = [
        np.array(data.draw(st.lists(st.lists(number, min_size=n, max_size=n), min_size=m, max_size=m)))
        for m, n in pairwise(sizes)
    ]
    expected = [np.zeros(n) for n in sizes]
    for path in product(*map(range, sizes)):
        total = sum(one[at] for one, at in zip(scores, path, strict=True))
        total += sum(one[step] for one, step in zip(joints, pairwise(path), strict=True))
        for one, at in zip(expected, path, strict=True):
            one[at] += np.exp(total)
    for one, right in zip(marginals(scores, joints), expected, strict=True):
        assert np.allclose(one, right / right.sum(), atol=1e-6)


DAY, OTHER = DateRange(date(2019, 3, 31), date(2019, 3, 31)), DateRange(date(2019, 3, 26), date(2019, 3, 26))


def link_of(*days: Named, told: Named | None = None, words: Sequence[str] = ()) -> Link:
    states: list[State] = [None, *((day, False) for day in (DAY, OTHER)[: len(days)])]
    return Link(states, days, told or {}, frozenset(words), {})


def test_a_day_is_taken_only_where_it_is_likely() -> None:
    undated = {0: Undated([Candidate(DAY, (Anchor(0, 0, (0, 1), DAY, (0, 1)),), ())], None)}
    ready = Chain([None], [0], [link_of({"d": 1.0})], undated)
    assert ready.all(lambda _: [[0.9 - LIKELY, LIKELY + 0.1]]) == [SaidOn(DAY, (0, 1), "carried")]
    assert ready.all(lambda _: [[1.1 - LIKELY, LIKELY - 0.1]]) == [None]


def test_the_day_and_the_days_up_to_publication_are_likely_together() -> None:
    anchors, wider = (Anchor(0, 0, (0, 1), DAY, (0, 1)),), DateRange(DAY.first, date(2019, 4, 1))
    found = [Candidate(DAY, anchors, ()), Candidate(wider, anchors, (), between=True)]
    link = Link([None, (DAY, False), (DAY, True)], [{}, {}], {}, frozenset(), {})
    ready = Chain([None], [0], [link], {0: Undated(found, None)})
    assert ready.all(lambda _: [[0.1, 0.5, 0.4]]) == [SaidOn(DAY, (0, 1), "carried")]
    assert ready.all(lambda _: [[0.1, 0.4, 0.5]]) == [SaidOn(wider, (0, 1), "carried")]
    assert ready.all(lambda _: [[0.5, 0.3, 0.2]]) == [None]


def test_the_order_of_the_days_changes_nothing() -> None:
    one, other = {"his own": 1.0}, {"opening": 1.0, "an event": 1.0}
    there = Link([None, (DAY, False), (OTHER, False)], [one, other], {"says": 1.0}, frozenset(), {})
    back = Link([None, (OTHER, False), (DAY, False)], [other, one], {"says": 1.0}, frozenset(), {})
    (none, first, second), (none_again, second_again, first_again) = (
        chooser().chances([there])[0],
        chooser().chances([back])[0],
    )
    assert (none, first, second) == pytest.approx((none_again, first_again, second_again), abs=1e-6)


def arrays_of(linear: float, bias: float, *, deep: float = 0.0, same: float = 0.0) -> dict[str, np.ndarray]:
    """A network of two hidden units: a day scores ``linear`` (d - 1) + ``bias`` + ``deep`` |d|, none scores t.

    A step to the same day scores ``same``; the word "phone" is one more t.
    """
    arrays: dict[str, np.ndarray] = {
        "told": np.array(["t"]), "day": np.array(["d"]), "step": np.array(["p"]), "word": np.array(["phone"]),
        "words": np.ones((1, 1, 1)), "words_bias": np.zeros((1, 1)),
    }  # fmt: skip
    goes_on = [0.0] * len(KINDS)
    goes_on[KINDS.index("the same day")] = same
    for of, weights, start, out in (
        ("day", [[linear], [0.0], [0.0]], [bias - linear], [[deep]] * 2),
        ("none", [[0.0], [1.0], [1.0]], [0.0], [[0.0]] * 2),
        ("step", [[0.0] * len(KINDS)] * 5, goes_on, [[0.0] * len(KINDS)] * 2),
    ):
        inputs = len(weights)
        arrays |= {
            f"{of}_linear": np.array([weights]),
            f"{of}_linear_bias": np.array([start]),
            f"{of}_in": np.array([[[1.0, -1.0], *[[0.0, 0.0]] * (inputs - 1)]]),
            f"{of}_in_bias": np.zeros((1, 2)),
            f"{of}_out": np.array([out]),
            f"{of}_out_bias": np.zeros((1, len(start))),
        }
    return arrays


def test_a_network_computes_what_its_arrays_say() -> None:
    day, none = 2.0 * 3 - 1.5 + 0.5 * 3, 0.5 + 1
    expected = 1 / (1 + np.exp(none - day))
    links = [link_of({"d": 3.0}, told={"t": 0.5}, words=["phone", "unknown"])]
    assert Chooser(arrays_of(2.0, 0.5, deep=0.5)).chances(links)[0][1] == pytest.approx(expected, abs=1e-5)


def test_a_day_is_likelier_where_what_follows_is_of_it() -> None:
    network, undecided = Chooser(arrays_of(1.0, 0.0, same=2.0)), link_of({"d": 1.0})
    of_the_day = Link([(DAY, False)], [], {}, frozenset(), {})
    alone, before = network.chances([undecided])[0][1], network.chances([undecided, of_the_day])[0][1]
    assert alone == pytest.approx(0.5, abs=1e-5)
    assert before == pytest.approx(1 / (1 + np.exp(-2.0)), abs=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_trained_is_what_is_computed(seed: int) -> None:
    """The network of the training, on articles padded side by side, and the product's on each of them."""
    chance = random.Random(seed)

    def evidence(*names: str) -> Named:
        return {name: chance.random() for name in names if chance.random() < 0.7}

    def link() -> Link:
        words = frozenset(word for word in ("phone", "crowd", "rally") if chance.random() < 0.5)
        told, step = evidence("t", "u"), evidence("p", "q")
        if chance.random() < 0.2:
            return Link([(DAY, False)], [], told, words, step)
        days: list[State] = [(DAY, False), (DAY, True), (OTHER, False)][: chance.randrange(4)]
        return Link([None, *days], [evidence("d", "e") for _ in days], told, words, step)

    articles = [
        Dated(str(n), Chain([None] * size, range(size), [link() for _ in range(size)], {}), {0: [None]})
        for n, size in enumerate((1, 8, 14))
    ]
    torch.manual_seed(seed)
    names = Names(*({name: n for n, name in enumerate(of)} for of in ("tu", "de", "pq", ("crowd", "phone"))))
    network = Network(names).eval()
    arrays = {name: array[None] for name, array in network.arrays().items()}
    arrays |= {of: np.array(list(getattr(names, of))) for of in INPUTS}
    (batch,) = batched(articles, names)
    trained = network(batch).exp().detach().numpy()
    for row, dated in zip(trained, articles, strict=True):
        for one, chances in zip(row, Chooser(arrays).chances(dated.chain.links), strict=False):
            assert one[: len(chances)] == pytest.approx(chances, abs=1e-5)
            assert one[len(chances) :] == pytest.approx(0, abs=1e-6)
