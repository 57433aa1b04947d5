"""The period that a question asks about, told apart from a time of its topic."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.dates import asked_period
from data.errors import BadQuestion

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("question", "words", "first", "last"),
    [
        ("What did Ada Holm say in September 2016?", "in September 2016", "2016-09-01", "2016-09-30"),
        (
            "What did Holm say in the last week of March 2019?",
            "in the last week of March 2019",
            "2019-03-25",
            "2019-03-31",
        ),
        ("what did holm say on 12 may", "on 12 may", "2026-05-12", "2026-05-12"),
        ("What did Holm say on 24 December?", "on 24 December", "2025-12-24", "2025-12-24"),
        ("What did Holm say on 29 February?", "on 29 February", "2024-02-29", "2024-02-29"),
        ("Who criticised the plan two years ago?", "two years ago", "2024-01-01", "2024-12-31"),
        ("What did Holm say yesterday?", "yesterday", "2026-11-21", "2026-11-21"),
        ("What did Holm say on Sunday?", "on Sunday", "2026-11-22", "2026-11-22"),
        ("What has the union said about pay since 2018?", "since 2018", "2018-01-01", "2026-11-22"),
        ("What did Holm say about pay before April 2019?", "before April 2019", "0001-01-01", "2019-03-31"),
        ("What did Holm say after 1 April 2019?", "after 1 April 2019", "2019-04-02", "2026-11-22"),
        ("What did Holm say between June and August 2016?", "between June and August 2016", "2016-06-01", "2016-08-31"),
        ("What did Holm say in the spring of 2019?", "in the spring of 2019", "2019-03-01", "2019-05-31"),
        ("What did Holm say this month?", "this month", "2026-11-01", "2026-11-30"),
        (
            "What did Holm say about the dam at her rally on 29 March 2019?",
            "on 29 March 2019",
            "2019-03-29",
            "2019-03-29",
        ),
        ("ada holm, september 2019 - what did she say?", "september 2019", "2019-09-01", "2019-09-30"),
        (
            "What did Holm say on 4 October 2016 she would do about the dam?",
            "on 4 October 2016",
            "2016-10-04",
            "2016-10-04",
        ),
        ("What did Holm say about the dam in March 2019?", "in March 2019", "2019-03-01", "2019-03-31"),
        ("what was holm saying about the dam back in 2013", "back in 2013", "2013-01-01", "2013-12-31"),
        ("In 2016, what did Holm say about the dam?", "In 2016", "2016-01-01", "2016-12-31"),
        ("who said what about the dam in early 2019", "in early 2019", "2019-01-01", "2019-05-01"),
        ("What did Holm say in 2017 and 2018?", "in 2017 and 2018", "2017-01-01", "2018-12-31"),
        (
            "What did Holm say after March 2019 and before June 2019?",
            "after March 2019 and before June 2019",
            "2019-04-01",
            "2019-05-31",
        ),
        ("What did Holm say in Septmber 2016 about the dam?", "in Septmber 2016", "2016-09-01", "2016-09-30"),
        ("And in March?", "in March", "2026-03-01", "2026-03-31"),
        ("What about last week?", "last week", "2026-11-09", "2026-11-15"),
        ("What did Holm say in the year 9999?", "in the year 9999", "9999-01-01", "9999-12-31"),
        ("Who resigned as envoy in September 2019?", "in September 2019", "2019-09-01", "2019-09-30"),
    ],
)
def test_a_restriction_is_read_with_its_words(question: str, words: str, first: str, last: str) -> None:
    period, span = asked_period(question, TODAY)
    assert period is not None
    assert span is not None
    assert (str(period.first), str(period.last)) == (first, last)
    assert question[slice(*span)].removeprefix("and ") in (words, words.removeprefix("And "))


@pytest.mark.parametrize(
    "question",
    [
        "What did Holm say about the spring of 2017?",
        "What did Holm say about the 2016 election?",
        "Who spoke about the September 11 attacks?",
        "what did holm say about the March 2019 report",
        "What did Holm say about last week?",
        "What did Holm say about last week's vote?",
        "Who criticised Holm's October 2019 decision to close the dam?",
        "What did Holm say about the law passed in 2010?",
        "What did residents say about the fire that destroyed the church in April 2019?",
        "What did Holm say she would do in 2017?",
        "What did Holm say about plans for 2030?",
        "What did Holm want her party to do after Ek fell ill on September 11?",
        "What did Holm say before the debate?",
        "What did Theresa May say about April Ryan?",
        "who said may the river be with you",
        "Who won Euro 2016?",
        "What did Holm say?",
        "",
        "🌧️🌧️",
        "¿Qué dijo Ana Ruiz en marzo?",
    ],
)
def test_a_time_of_the_topic_is_no_restriction(question: str) -> None:
    assert asked_period(question, TODAY) == (None, None)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("on 31 February", "31 February"),
        ("on February 30, 2019", "30 February 2019"),
        ("on 29 February 2019", "29 February 2019"),
        ("on 2019-02-31", "2019-02-31"),
        ("on 32 March", "32 March"),
        ("in the year 0", "year 0"),
    ],
)
def test_a_day_that_no_calendar_has_is_refused_in_a_clear_line(words: str, named: str) -> None:
    with pytest.raises(BadQuestion, match=named) as refused:
        asked_period(f"What did Ada Holm say {words}?", TODAY)
    assert "Holm" not in str(refused.value)
    assert "\n" not in str(refused.value)


_PIECES = [
    *("what", "did", "she", "say", "about", "the", "in", "on", "since", "before", "until", "May", "march", "31", "29"),
    *("February", "2019", "0", "9999", "last", "week", "ago", "two", "and", ",", "?", "'"),
]


@given(st.lists(st.sampled_from(_PIECES), max_size=10).map(" ".join) | st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_question_is_read_or_refused(question: str) -> None:
    for today in (TODAY, date.min, date.max):
        try:
            period, span = asked_period(question, today)
        except BadQuestion:
            continue
        assert (period is None) == (span is None)
        if span is not None:
            assert 0 <= span[0] < span[1] <= len(question)
