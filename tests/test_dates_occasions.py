"""Dates of who speaks at a dated occasion, and words that keep a date from being carried: small fictional articles."""

from __future__ import annotations

import pytest

from data.dates.saying import date_statements
from data.model import Article, Attribution
from data.speakers.resolving import name_speakers
from data.statements import Parser
from tests.test_dates_saying import PUBLISHED, article, dated, shown

SUNDAY, TUESDAY = ("2019-03-31", "2019-03-31"), ("2019-03-26", "2019-03-26")


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser()


def days(parser: Parser, marked: str) -> list[tuple[str, str] | None]:
    return [one and one[:2] for one in dated(parser, marked)]


def days_of_kind(parser: Parser, marked: str, kind: str) -> list[tuple[str, str] | None]:
    """The same, where every statement is of one kind."""
    made, attributions = article(marked)
    of_kind = [Attribution(one.speaker, one.cue, one.content, kind) for one in attributions]  # type: ignore[arg-type]
    parsed = parser.parse(Article("a", made.text, made.paragraphs, published=PUBLISHED))
    found = [shown(made, one) for one in date_statements(parsed, of_kind, name_speakers(parsed, of_kind))]
    return [one and one[:2] for one in found]


@pytest.mark.parametrize(
    "opening",
    [
        "Ada Holm gave those attending a March 31 rally in Lund some advice.",
        "Ada Holm's tone at a news conference here Sunday morning was calm.",
        "Ada Holm took questions at Sunday's hearing.",
    ],
)
def test_who_speaks_at_an_occasion_speaks_on_its_day_alone(parser: Parser, opening: str) -> None:
    assert days(parser, f"{opening}\n“[q1:Nobody need move],” [s1:Holm] [c1:said].")[0] == SUNDAY


def test_a_day_at_the_head_of_a_sentence_that_the_parser_cuts(parser: Parser) -> None:
    said = "Sunday on Lund News channel’s “Sunday Morning Talk,” Sen. Ada Holm [c1:said] [q1:the dam is unsafe]."
    assert days(parser, said.replace("Sen. Ada Holm", "[s1:Sen. Ada Holm]"))[0] == SUNDAY


def test_every_friday_is_no_friday(parser: Parser) -> None:
    told = "at noon, [s1:Ada Holm] [c1:told] the Lund Post, [q1:the mill would close]."
    assert days(parser, f"And yet every Friday, {told}") == [None]
    assert days(parser, f"And yet on Friday, {told}") == [("2019-03-29", "2019-03-29")]


ON_TUESDAY = "[s1:Ada Holm] [c1:said] on Tuesday that [q1:the dam was safe]."


@pytest.mark.parametrize("kind", ["indirect", "mixed"])
def test_what_somebody_has_said_until_now_is_of_no_day(parser: Parser, kind: str) -> None:
    perfect = f"{ON_TUESDAY} [s2:Holm] [c2:has railed against] [q2:the mill]."
    assert days_of_kind(parser, perfect, kind) == [TUESDAY, None]
    assert days_of_kind(parser, perfect.replace("has railed", "railed"), kind) == [TUESDAY, TUESDAY]


def test_an_owner_s_s_is_no_perfect(parser: Parser) -> None:
    entry = "12:30 p.m.\n{} [c1:{}] [q1:the dam is safe]."
    assert days_of_kind(parser, entry.format("[s1:Lund’s dam warden]", "says"), "indirect")[0] == ("2019-04-01",) * 2
    assert days_of_kind(parser, entry.format("[s1:The dam warden]", "has said"), "indirect") == [None]


def test_an_entry_of_a_live_page_is_not_of_what_it_remembers(parser: Parser) -> None:
    told = "Last September somebody broke a window. [s1:Per Ek], a neighbor, [c1:says] [q1:he called his cousin]."
    assert days(parser, f"12:30 p.m.\n{told}") == [("2019-04-01", "2019-04-01")]
    assert days(parser, "12:30 p.m.\n[s1:Ek] had [c1:said] [q1:the dam was safe].") == [None]


@pytest.mark.parametrize("bound", ["By early Sunday", "Until Sunday", "Before Sunday"])
def test_a_sentence_that_opens_with_a_bound_takes_no_date_from_before(parser: Parser, bound: str) -> None:
    after = "[s2:Holm] [c2:insisted] [q2:nobody need move]."
    assert days(parser, f"{ON_TUESDAY}\n{bound}, {after}") == [TUESDAY, None]
    assert days(parser, f"{ON_TUESDAY}\n{after}") == [TUESDAY, TUESDAY]


def test_the_name_for_a_thing_is_not_of_the_year_of_the_thing(parser: Parser) -> None:
    text = "Carl Lund built the last dam in 1976, in what [s1:Ada Holm], a historian, [c1:called] [q1:a fight]."
    assert days(parser, f"{text}\n“[q2:It was hard],” [s2:Holm] [c2:said].") == [None, None]


def test_another_s_words_in_the_cue_s_sentence_are_not_the_cue_s(parser: Parser) -> None:
    quoted = "“It happened 40 years ago,” [s2:Holm] [c2:said] by phone. “[q2:Nobody need move].”"
    assert days(parser, f"{ON_TUESDAY}\n{quoted}") == [TUESDAY, TUESDAY]
    told = f"{ON_TUESDAY}\n“[q2:It was safe],” [s2:Holm] [c2:said] years ago."
    assert days(parser, told) == [TUESDAY, None]


FAR = "\n".join(f"The {what} is old." for what in ("dam", "mill", "bridge", "town", "road", "wall"))
AGAIN = "At the news conference, Ada Holm all but begged reporters to go.\n“[q1:We move on],” [s1:she] [c1:said]."


def test_an_occasion_taken_up_far_on_has_its_day(parser: Parser) -> None:
    once = "Carl Lund spoke at a news conference on Tuesday."
    assert days(parser, f"{once}\n{FAR}\n{AGAIN}") == [TUESDAY]
    assert days(parser, f"{once}\n{FAR}\n{AGAIN.replace('the news conference', 'the hearing')}") == [None]


def test_one_of_two_occasions_is_not_guessed(parser: Parser) -> None:
    both = "Carl Lund spoke at a news conference on Monday.\nCy Reyes spoke at a news conference on Tuesday."
    assert days(parser, f"{both}\n{FAR}\n{AGAIN}") == [None]
