"""Date expressions: found in a text, and resolved to the days that they mean."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.dates import expressions, portion, resolve
from data.model import DateRange

MONDAY = date(2019, 4, 1)
SUNDAY = date(2016, 9, 25)


def days(first: str, last: str | None = None) -> DateRange:
    return DateRange(date.fromisoformat(first), date.fromisoformat(last or first))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("April 1", days("2019-04-01")),
        ("1 April", days("2019-04-01")),
        ("1st of April 2018", days("2018-04-01")),
        ("April 1, 2018", days("2018-04-01")),
        ("Sept. 9", days("2018-09-09")),
        ("2018-12-31", days("2018-12-31")),
        ("12/31/2018", days("2018-12-31")),
        ("31/12/2018", days("2018-12-31")),
        ("Friday, March 29", days("2019-03-29")),
        ("today", days("2019-04-01")),
        ("this evening", days("2019-04-01")),
        ("yesterday", days("2019-03-31")),
        ("last night", days("2019-03-31")),
        ("the day before yesterday", days("2019-03-30")),
        ("Monday", days("2019-04-01")),
        ("Tuesday", days("2019-03-26")),
        ("last Monday", days("2019-03-25")),
        ("Friday evening", days("2019-03-29")),
        ("10 p.m. Wednesday", days("2019-03-27")),
        ("Tuesday of last week", days("2019-03-26")),
        ("last week", days("2019-03-25", "2019-03-31")),
        ("this week", days("2019-04-01", "2019-04-07")),
        ("last weekend", days("2019-03-30", "2019-03-31")),
        ("the weekend", days("2019-03-30", "2019-03-31")),
        ("last month", days("2019-03-01", "2019-03-31")),
        ("mid-March", days("2019-03-01", "2019-03-31")),
        ("early 2016", days("2016-01-01", "2016-12-31")),
        ("late last year", days("2018-01-01", "2018-12-31")),
        ("June last year", days("2018-06-01", "2018-06-30")),
        ("last November", days("2018-11-01", "2018-11-30")),
        ("a year ago", days("2018-01-01", "2018-12-31")),
        ("two years ago", days("2017-01-01", "2017-12-31")),
        ("three months ago", days("2019-01-01", "2019-01-31")),
        ("two weeks ago", days("2019-03-18", "2019-03-24")),
        ("10 days ago", days("2019-03-22")),
        ("the past 12 months", days("2018-04-01", "2019-04-01")),
        ("the third quarter of 2018", days("2018-07-01", "2018-09-30")),
        ("last quarter", days("2019-01-01", "2019-03-31")),
        ("fiscal 2018", days("2018-01-01", "2018-12-31")),
        ("the three months ended Sept. 30", days("2018-07-01", "2018-09-30")),
        ("the spring of 2017", days("2017-03-01", "2017-05-31")),
        ("last winter", days("2018-12-01", "2019-02-28")),
        ("the 1980s", days("1980-01-01", "1989-12-31")),
        ("the 19th century", days("1801-01-01", "1900-12-31")),
        ("nineteen ninety-six", days("1996-01-01", "1996-12-31")),
        ("Thanksgiving", days("2018-11-22")),
        ("Election Day 2016", days("2016-11-08")),
        ("Easter Monday", days("2019-04-22")),
        ("March 3-5", days("2019-03-03", "2019-03-05")),
        ("between June and August 2018", days("2018-06-01", "2018-08-31")),
        ("from 2014 to 2016", days("2014-01-01", "2016-12-31")),
        ("2014-16", days("2014-01-01", "2016-12-31")),
        ("the last week of March 2018", days("2018-03-25", "2018-03-31")),
        ("the first half of 2018", days("2018-01-01", "2018-06-30")),
        ("the week of March 6", days("2019-03-04", "2019-03-10")),
    ],
)
def test_newswire_expressions_mean_these_days(words: str, expected: DateRange) -> None:
    assert resolve(words, MONDAY, tense="past") == expected


@pytest.mark.parametrize(
    ("context", "words", "expected"),
    [
        ("The board met Friday in Lund.", "Friday", days("2016-09-23")),
        ("The board will meet Friday in Lund.", "Friday", days("2016-09-30")),
        ("The vote is scheduled for Tuesday.", "Tuesday", days("2016-09-27")),
        ("The court looked for ways around Wednesday's ruling.", "Wednesday", days("2016-09-21")),
        ("The dam will open in December.", "December", days("2016-12-01", "2016-12-31")),
        ("The dam opened in October.", "October", days("2016-10-01", "2016-10-31")),
        (
            "On May 22, 1995, she was elected, and the following year she resigned.",
            "the following year",
            days("1996-01-01", "1996-12-31"),
        ),
        ("The fire began on Sept. 14. A day later the roof fell in.", "A day later", days("2016-09-15")),
        ("Talks were held on Sept. 14 and 15.", "15", days("2016-09-15")),
    ],
)
def test_the_words_around_decide(context: str, words: str, expected: DateRange) -> None:
    assert resolve(words, SUNDAY, context=context) == expected


def test_a_leap_day_is_read_in_a_leap_year() -> None:
    assert resolve("Feb. 29", date(2019, 4, 1), tense="past") == days("2016-02-29")
    assert resolve("Feb. 29, 2019", date(2019, 4, 1)) is None


@pytest.mark.parametrize(
    "words", ["", "soon", "31 February 2019", "25-year-old", "two years", "0", "May Day parade", "1/45/2019"]
)
def test_what_is_no_date_resolves_to_nothing(words: str) -> None:
    assert resolve(words, MONDAY) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said on Tuesday that the June vote was void.", ["Tuesday", "June"]),
        ("The 25-year-old spent two years in the house for $2016.", []),
        ("Theresa May and April Ryan met in May.", ["May"]),
        ("Between June 3 and June 5, 2016, talks went on.", ["Between June 3 and June 5, 2016"]),
        (
            "It fell 3 percent in the three months ended Sept. 30, Ms. Ek wrote last week.",
            ["the three months ended Sept. 30", "last week"],
        ),
        ("On 1 April 2019, and again on the 5th, it rained.", ["1 April 2019", "the 5th"]),
        ("They may march, and the sun sat low.", []),
        ("Room 2016-B, No. 1984, 1,990 people and 2016 votes.", []),
        ("From March 3-5 and 7–9 May, 2014-16, it rained.", ["March 3-5", "7–9 May", "2014-16"]),
        ("“The Lund Tonight Show”, LUND TODAY and “Today” are shown today, not on Saturday evenings.", ["today"]),
        ("At Mar-a-Lago on Mar. 3 it rained. Today it is dry.", ["Mar. 3", "Today"]),
        ("The Sunday Times and “Saturday Night Live” said so on Saturday night.", ["Saturday night"]),
        ("In late November the Sept. 11 attacks were 15 years ago.", ["late November", "Sept. 11", "15 years ago"]),
    ],
)
def test_expressions_are_found_where_they_stand(text: str, expected: list[str]) -> None:
    found = expressions(text, 100)
    assert [expression.words for expression in found] == expected
    assert all(text[e.start - 100 : e.end - 100] == e.words for e in found)


def test_only_a_year_in_the_words_makes_an_expression_explicit() -> None:
    read = {
        e.words: e.explicit for e in expressions("On April 1, 2019, on April 2, in 2018, last week and 2019-04-03.")
    }
    assert read == {"April 1, 2019": True, "April 2": False, "2018": True, "last week": False, "2019-04-03": True}


def test_a_third_of_a_period() -> None:
    year = days("2019-01-01", "2019-12-31")
    assert portion(year, "early") == days("2019-01-01", "2019-05-01")
    assert portion(year, "late") == days("2019-09-02", "2019-12-31")
    assert portion(days("2019-04-01"), "mid") == days("2019-04-01")


@given(st.text(max_size=200), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_without_raising(text: str, reference: date) -> None:
    for expression in expressions(text):
        assert text[expression.start : expression.end] == expression.words
    resolve(text, reference, context=text)


_PIECES = st.lists(
    st.sampled_from(
        [
            *("March", "Sept.", "31", "29", "1", "2019", "0000", "9999", "last", "next", "the", "week", "of", "year"),
            *("Tuesday", "and", "to", "between", "ago", "two", "1980s", "-", ",", "early", "days", "century", "fiscal"),
            *("quarter", "third", "ended", "months", "Easter", "weekend", "99/99/2019", "February"),
        ]
    ),
    max_size=8,
)


@given(_PIECES, st.sampled_from([date.min, date(2000, 2, 29), date(2024, 12, 31), date.max]))
@settings(max_examples=300, deadline=None)
def test_odd_expressions_at_the_calendar_s_ends_never_raise(pieces: list[str], reference: date) -> None:
    resolve(" ".join(pieces), reference)
    resolve(" ".join(pieces), reference, tense="future")


@pytest.mark.parametrize(
    "words",
    [
        *("2019-04-01", "from May to June", "between 2011 and 2013", "April 1", "Tuesday", "yesterday"),
        *("tonight", "overnight", "last night", "that evening", "this morning", "the following day", "September"),
        *("last spring", "the third quarter of last year", "this century", "two weeks ago", "a fortnight ago"),
        *("three decades earlier", "the past two months", "year-end", "the end of the week", "last weekend"),
        *("Easter", "Halloween", "Juneteenth", "MLK Day", "Presidents’ Day", "the 1980s"),
        *("the nineteenth century", "nineteen ninety-six", "twenty nineteen", "two thousand and four"),
    ],
)
@pytest.mark.parametrize("asked", [False, True])
def test_every_kind_of_date_is_found_where_it_is_the_only_one(words: str, asked: bool) -> None:
    (found,) = expressions(f"The bridge was closed {words}, said the mayor.", asked=asked)
    assert found.words in words
