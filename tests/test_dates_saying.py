"""When a statement was said: real parses of small fictional articles."""

from __future__ import annotations

import re
from datetime import date

import pytest

from data.dates.saying import date_statements
from data.model import Article, Attribution, SaidOn
from data.speakers.resolving import name_speakers
from data.statements import ParsedArticle, Parser

PUBLISHED = date(2019, 4, 1)  # a Monday


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser()


def article(marked: str, published: date | None = PUBLISHED) -> tuple[Article, list[Attribution]]:
    """An article and its attributions from text marked [s1:speaker], [c1:cue], [q1:content]; numbered."""
    text = ""
    spans: dict[str, dict[str, list[tuple[int, int]]]] = {}
    for part in re.split(r"(\[[scq]\d:[^\]]*\])", marked):
        found = re.fullmatch(r"\[([scq])(\d):([^\]]*)\]", part)
        if found:
            spans.setdefault(found[2], {}).setdefault(found[1], []).append((len(text), len(text) + len(found[3])))
        text += found[3] if found else part
    paragraphs = tuple((m.start(), m.end()) for m in re.finditer(r"[^\n]+", text))
    attributions = [
        Attribution(
            speaker=(of.get("s") or [None])[0], cue=(of.get("c") or [None])[0], content=tuple(of["q"]), kind="direct"
        )
        for _, of in sorted(spans.items())
    ]
    return Article("a", text, paragraphs, published=published), attributions


def dated(parser: Parser, marked: str, published: date | None = PUBLISHED) -> list[tuple[str, str, str, str] | None]:
    made, attributions = article(marked, published)
    parsed = parser.parse(made)
    said = date_statements(parsed, attributions, name_speakers(parsed, attributions))
    return [shown(made, one) for one in said]


def shown(made: Article, said: SaidOn | None) -> tuple[str, str, str, str] | None:
    if said is None:
        return None
    return str(said.days.first), str(said.days.last), made.text[slice(*said.words)], said.basis


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "[s1:Ada Holm] [c1:said] on Thursday that [q1:the dam built in 1987 was unsafe].",
            ("2019-03-28", "2019-03-28", "on Thursday", "relative"),
        ),
        (
            "On Friday in Lund, at a rally, [s1:Holm] [c1:said], [q1:“We will win.”]",
            ("2019-03-29", "2019-03-29", "On Friday", "relative"),
        ),
        (
            "“[q1:It is over],” [s1:Holm] [c1:told] reporters Tuesday.",
            ("2019-03-26", "2019-03-26", "Tuesday", "relative"),
        ),
        (
            "In a statement on April 1, [s1:the union] [c1:said] [q1:it would strike].",
            ("2019-04-01", "2019-04-01", "on April 1", "relative"),
        ),
        (
            "The worry was plain Friday when [s1:Ada Holm] [c1:called] [q1:the dam unsafe].",
            ("2019-03-29", "2019-03-29", "Friday", "relative"),
        ),
        (
            "Since March 16, when [s1:Ada Holm] [c1:asked] [q1:farmers to leave], many have gone.",
            ("2019-03-16", "2019-03-16", "Since March 16", "relative"),
        ),
        (
            "This weekend, [s1:Ada Holm] [c1:complained] [q1:that nobody listened].",
            ("2019-03-30", "2019-03-31", "This weekend", "relative"),
        ),
        (
            "[s1:Ada Holm] [c1:said] at the Mar-a-Lago estate last Friday that [q1:the dam was unsafe].",
            ("2019-03-29", "2019-03-29", "last Friday", "relative"),
        ),
        (
            "[s1:A court] [c1:ruled] last week that [q1:the dam must go].",
            ("2019-03-25", "2019-03-31", "last week", "relative"),
        ),
        (
            "[s1:Holm] [c1:wrote] in a letter dated May 5, 2017, that [q1:the dam was safe].",
            ("2017-05-05", "2017-05-05", "May 5, 2017", "explicit"),
        ),
        (
            "“[q1:I was wrong],” [s1:Holm] [c1:wrote] in her 1994 autobiography.",
            ("1994-01-01", "1994-12-31", "1994", "explicit"),
        ),
        (
            "In a March 2016 meeting with farmers, [s1:Holm] [c1:said] [q1:the dam would hold].",
            ("2016-03-01", "2016-03-31", "March 2016", "explicit"),
        ),
        (
            "Speaking at a rally on Saturday, [s1:Holm] [c1:said] [q1:the dam would hold].",
            ("2019-03-30", "2019-03-30", "on Saturday", "relative"),
        ),
        (
            "[s1:Holm] [c1:argued] [q1:that the mayor has “got to come a long way,” because “it pays him. "
            "He’s got to be for it, right?”] during a speech in Lund on Friday.",
            ("2019-03-29", "2019-03-29", "on Friday", "relative"),
        ),
        (
            "Ada Holm, the fierce, tireless walker and lawyer, endorsed Ek’s approach Saturday, [c1:saying] "
            "[q1:she hadn’t yet asked for the mayor to go].",
            ("2019-03-30", "2019-03-30", "Saturday", "relative"),
        ),
        (
            "[s1:Holm] [c1:said] in January that [q1:the dam would hold].",
            ("2019-01-01", "2019-01-31", "in January", "relative"),
        ),
        (
            "[s1:Holm] [c1:said] this month that [q1:the dam would hold].",
            ("2019-04-01", "2019-04-01", "this month", "relative"),
        ),
    ],
)
def test_an_expression_of_the_cue_dates_the_saying(
    parser: Parser, marked: str, expected: tuple[str, str, str, str]
) -> None:
    assert dated(parser, marked) == [expected]


@pytest.mark.parametrize(
    "marked",
    [
        "[s1:Ada Holm] [c1:said] [q1:the dam was built in 1987].",
        "“[q1:I told them on Tuesday],” [s1:Holm] [c1:said].",
        "[s1:Holm], who has led the party since 2012, [c1:said] [q1:the dam would hold].",
        "[s1:Holm] [c1:condemned] [q1:Friday's flood].",
        "[s1:Ek, who led the party four years ago], [c1:said] [q1:the dam would hold].",
        "[s1:Ek, the 2012 nominee], [c1:said] [q1:the dam would hold].",
        "[s1:Holm] [c1:called] [q1:the debates], at times such as Saturday evenings, a farce.",
        "In the interview, which will be on television Tuesday night, [s1:Holm] [c1:says] [q1:it is safe].",
        "[s1:Holm] [c1:said] [q1:nothing] about the vote planned for Tuesday.",
        "[s1:Holm] [c1:said] [q1:the dam would hold].",
        "[s1:Holm] [c1:has urged] [q1:“a long war”] in a Sunday Times article.",
        "The dam opened in 1987. [s1:Holm] [c1:says] [q1:it is unsafe].",
    ],
)
def test_without_words_for_it_there_is_no_date(parser: Parser, marked: str) -> None:
    assert dated(parser, marked) == [None]


def test_a_day_in_a_clause_of_its_own_is_not_the_participle_s(parser: Parser) -> None:
    marked = "[s1:Holm] spoke of Per Ek, who grabbed a reporter last month, [c1:calling] [q1:it a mistake]."
    assert all(said is None or said[3] == "carried" for said in dated(parser, marked))


def test_a_date_after_publication_is_dropped(parser: Parser) -> None:
    assert dated(parser, "[s1:Holm] [c1:said] on May 5, 2021, that [q1:the dam would hold].") == [None]
    assert dated(parser, "[s1:Holm] will [c1:say] on Tuesday that [q1:the dam will hold].") == [None]


def test_without_a_published_date_only_full_dates_are_read(parser: Parser) -> None:
    marked = "[s1:Holm] [c1:said] on Thursday [q1:it would hold]. [s2:Ek] [c2:said] on May 5, 2017, [q2:it would not]."
    assert dated(parser, marked, None) == [None, ("2017-05-05", "2017-05-05", "on May 5, 2017", "explicit")]


def test_a_date_is_carried_to_the_same_speaker(parser: Parser) -> None:
    marked = (
        "[s1:Ada Holm] [c1:told] farmers on Tuesday that [q1:the dam would hold].\n\n"
        "“[q2:Nobody need move],” [s2:Holm] [c2:said]. [s3:She] [c3:added]: “[q3:Trust me.]”"
    )
    tuesday = ("2019-03-26", "2019-03-26", "on Tuesday")
    assert dated(parser, marked) == [(*tuesday, "relative"), (*tuesday, "carried"), (*tuesday, "carried")]


OF_THE_DAY_BEFORE = [("2019-03-31", "2019-03-31"), ("2019-03-31", "2019-04-01")]
"""What is said of an event of the day before publication: that day's, or said between the two."""


def test_what_is_said_of_an_event_of_the_day_before(parser: Parser) -> None:
    marked = (
        "The dam broke on Sunday.\n\n“[q1:All are safe],” [s1:Per Ek], the chief, [c1:told] reporters at the scene. "
        "“[q2:Nobody was there],” [s2:he] [c2:added]."
    )
    assert [said and said[:2] in OF_THE_DAY_BEFORE for said in dated(parser, marked)] == [True, True]


def test_an_opening_is_of_the_day_that_its_speaker_s_next_words_have(parser: Parser) -> None:
    marked = (
        "[s1:Ada Holm] [c1:called on] the council [q1:to close the dam].\n\n"
        "“[q2:It must go],” [s2:Holm] [c2:told] farmers on Tuesday."
    )
    tuesday = ("2019-03-26", "2019-03-26", "on Tuesday")
    assert dated(parser, marked) == [(*tuesday, "carried"), (*tuesday, "relative")]


def test_words_that_introduce_a_quote_date_it(parser: Parser) -> None:
    marked = "On July 6, 2015, Holm made the following comment:\n\n“[q1:The dam will hold.]”"
    assert dated(parser, marked) == [("2015-07-06", "2015-07-06", "On July 6, 2015", "explicit")]


def test_an_entry_of_a_timeline_is_of_the_day_that_opens_it(parser: Parser) -> None:
    text = "May 20, 2018 - Sworn in as mayor. [s1:Holm] also [c1:announces] [q1:her intention to close the yard]."
    assert dated(parser, text) == [("2018-05-20", "2018-05-20", "May 20, 2018", "explicit")]
    text = "May 20, 2018 was a bright day. [s1:Holm] [c1:announces] [q1:her intention to close the yard]."
    assert dated(parser, text) != [("2018-05-20", "2018-05-20", "May 20, 2018", "explicit")]


def test_years_to_come_date_nothing(parser: Parser) -> None:
    text = "The yard is closed to them for the next 10 years. [q1:“It is a long time,”] [s1:Holm] [c1:said]."
    assert dated(parser, text) == [None]


def test_an_occasion_named_again_carries_its_date(parser: Parser) -> None:
    marked = (
        "Mayors from the valley attended a summit in Lund on Tuesday.\n\n"
        "During the summit, [s1:Ada Holm] [c1:said] [q1:the dam would hold]."
    )
    assert dated(parser, marked) == [("2019-03-26", "2019-03-26", "on Tuesday", "carried")]


def test_the_dateline_dates_nothing(parser: Parser) -> None:
    marked = "LUND, March 31 (NP) — [s1:Ada Holm] [c1:said] [q1:the dam would hold]."
    assert dated(parser, marked) == [None]


def test_the_clock_time_over_an_entry_of_a_live_page(parser: Parser) -> None:
    marked = "2:45 p.m.\n\n[s1:Ada Holm] [c1:says] [q1:the dam will hold]."
    assert dated(parser, marked) == [("2019-04-01", "2019-04-01", "2:45 p.m.", "relative")]


def test_a_paragraph_that_was_not_parsed_is_read_by_its_words_alone() -> None:
    made, attributions = article("“[q1:It is over],” [s1:Holm] [c1:said] on Tuesday. It rained in 1987.")
    said = date_statements(ParsedArticle(made), attributions, [None])
    assert [shown(made, one) for one in said] == [("2019-03-26", "2019-03-26", "on Tuesday", "relative")]


def test_the_words_are_the_article_s_own_with_odd_characters_around(parser: Parser) -> None:
    marked = "🌧️ Ünïcode — [s1:Ada Holm] [c1:said] on Thursday\u00a0that [q1:the dam 🏞️ was unsafe]."
    assert dated(parser, marked) == [("2019-03-28", "2019-03-28", "on Thursday", "relative")]


def test_a_sentence_without_a_verb_comes_to_an_end(parser: Parser) -> None:
    marked = "The [c1:answer] of [s1:Ada Holm] to the mayor in Monday’s interview: [q1:“No.”]"
    assert dated(parser, marked) == [("2019-04-01", "2019-04-01", "in Monday", "relative")]


def test_nothing_to_date(parser: Parser) -> None:
    made, _ = article("It rained.")
    assert date_statements(parser.parse(made), [], []) == []


@pytest.mark.parametrize("between", ["A ferry sank there in 2016.", "Engineers warned of it last month."])
def test_a_reaction_ends_where_the_text_turns_to_a_time_before(parser: Parser, between: str) -> None:
    marked = (
        f"A bridge fell in Lund on Sunday.\nIt was old.\nIt was long.\n{between}\n"
        "[s1:Ada Holm] [c1:said] that [q1:it was a disgrace]."
    )
    assert dated(parser, marked) == [None]


def test_what_is_condemned_has_happened(parser: Parser) -> None:
    said = dated(
        parser,
        "[s1:Ada Holm] [c1:condemned] Sunday’s attack as [q1:“cowardly”].\n"
        "[s2:Bo Lind] [c2:called] [q2:the bombing a crime].",
    )
    assert [one and one[:2] in OF_THE_DAY_BEFORE for one in said] == [True, True]


def test_what_was_condemned_long_ago_has_no_day(parser: Parser) -> None:
    assert dated(parser, "[s1:Ada Holm] [c1:condemned] the March 3 attack as [q1:“cowardly”].") == [None]


def test_days_earlier_count_from_a_date_two_paragraphs_before(parser: Parser) -> None:
    said = dated(
        parser,
        "Ada Holm spoke in Lund on Wednesday.\nThe hall was full.\n"
        "Two days earlier, [s1:Holm] [c1:said] [q1:it was over].",
    )
    assert said == [("2019-03-25", "2019-03-25", "Two days earlier", "relative")]


TUESDAY = ("2019-03-26", "2019-03-26", "on Tuesday")


def test_a_speaker_s_date_stays_over_a_story_that_stays_with_her(parser: Parser) -> None:
    more = "".join(f"\n“[q{n}:The dam is old],” [s{n}:Holm] [c{n}:said].\nIt was built of stone." for n in range(2, 8))
    said = dated(parser, f"At a meeting on Tuesday, [s1:Ada Holm] [c1:told] farmers [q1:the dam was safe].{more}")
    assert said == [(*TUESDAY, "relative"), *[(*TUESDAY, "carried")] * 6]


@pytest.mark.parametrize(
    "after",
    [
        "[s2:Holm] had [c2:said] years ago that [q2:it would fall].",
        "In 2012, [s2:Holm] [c2:said] [q2:it would fall].",
    ],
)
def test_a_date_is_not_carried_to_another_time(parser: Parser, after: str) -> None:
    first, second = dated(parser, f"[s1:Carl Holm] [c1:said] on Tuesday that [q1:the dam was safe].\n{after}")
    assert first == (*TUESDAY, "relative")
    assert second is None or second[2] == "In 2012"


def test_a_pronoun_takes_the_date_of_whom_it_stands_for(parser: Parser) -> None:
    said = dated(
        parser,
        "[s1:Ada Holm] [c1:told] farmers on Tuesday that [q1:the dam was safe].\nHer voice was calm.\n"
        "“[q2:Nobody need move],” [s2:she] [c2:said].",
    )
    assert said == [(*TUESDAY, "relative"), (*TUESDAY, "carried")]


def test_looking_back_to_a_year_is_not_speaking_in_it(parser: Parser) -> None:
    assert dated(parser, "Looking back to 2008, [s1:Ada Holm] [c1:argued] that [q1:the dam had been safe].") == [None]
