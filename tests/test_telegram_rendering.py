"""Rendering: what Telegram takes, whatever the coverage holds; links that land on the quote; safe splitting."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.asking.answer import Answer, Citation, Lead, LeadKind, Query
from bot.asking.wording import LEADS, lead_in_english
from bot.telegram.fragments import link_to, text_directive
from bot.telegram.leads import lead_of, refused, understood_in
from bot.telegram.rendering import copied, render_answer
from bot.telegram.splitting import LIMIT, Block, escaped, packed, pieces, units
from bot.telegram.words import words_in
from data.errors import BadQuestion
from data.model import DateRange
from tests.telegram_desk import citation
from tests.telegram_server.entities import formatted
from tests.telegram_server.entities import units as server_units
from tests.telegram_server.keyboards import check_markup

ENGLISH = words_in("en")
QUERY = Query("who?", "who", "bridge")


def taken(html: str) -> str:
    """The text that the Bot API server makes of a message; raises where it refuses."""
    return formatted(html, "HTML", None, LIMIT, "message text is empty", "message is too long")[0]


wild = st.text(max_size=400) | st.sampled_from(
    [
        "<b>&amp;</b>",
        "\u202eevil",
        "\u200b\u200d",
        "שלום (עולם)",
        "😀👩‍👩‍👧‍👦" * 50,
        "&lt;",
        "\x00\x07",
        "a\n\n\nb",
        "x" * 5000,
    ]
)


@settings(deadline=None)
@given(quote=wild, speaker=wild, role=wild, outlet=wild, title=wild, url=wild, said=wild, lead=wild)
def test_whatever_the_coverage_holds_is_taken(
    quote: str, speaker: str, role: str, outlet: str, title: str, url: str, said: str, lead: str
) -> None:
    one = replace(
        citation(0), quote=quote or "x", speaker=speaker, speaker_role=role, outlet=outlet, title=title,
        url="https://x.example/" + url, said_on_words=said, carried_by=(outlet, title), statement=None,
    )  # fmt: skip
    shown = render_answer(Answer(QUERY, (one, one, one), lead=lead, total=9), ENGLISH, notices=[title] if title else [])
    for html in shown.messages:
        taken(html)
    assert shown.buttons is not None
    check_markup(shown.buttons.to_dict())


def test_the_quote_is_letter_for_letter() -> None:
    one = replace(citation(0), quote='He said: “A < B & C > D”, didn\'t he?  "Yes".\n\nSecond — paragraph.')
    text = taken(render_answer(Answer(QUERY, (one,), total=1), ENGLISH).messages[0])
    assert one.quote in text


@pytest.mark.parametrize(
    ("quote", "directive"),
    [
        ("Short quote", "text=Short%20quote"),
        ("a, b - c & d", "text=a%2C%20b%20%2D%20c%20%26%20d"),
        ("“Да”,  она\tтам", "text=%E2%80%9C%D0%94%D0%B0%E2%80%9D%2C%20%D0%BE%D0%BD%D0%B0%20%D1%82%D0%B0%D0%BC"),
        ("One.\n\nTwo three.", "text=One.,Two%20three."),
        ("", ""),
    ],
)
def test_text_directives(quote: str, directive: str) -> None:
    assert text_directive(quote) == directive


def test_a_long_quote_is_named_by_its_edges() -> None:
    quote = " ".join(f"word{number}" for number in range(60))
    start, end = text_directive(quote).removeprefix("text=").split(",")
    assert quote.startswith(unquote(start))
    assert quote.endswith(unquote(end))


@given(st.text(min_size=1, max_size=300))
def test_directives_hold_nothing_of_the_syntax(quote: str) -> None:
    directive = text_directive(quote)
    assert re.fullmatch(r"(text=[A-Za-z0-9_.~%]+(,[A-Za-z0-9_.~%]+)?)?", directive)


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (None, None),
        ("", None),
        ("javascript:alert(1)", None),
        ("ftp://x.example/a", None),
        ("https://", None),
        ("//x.example/a", None),
        ("https://x.example/a b?q=é#part", "https://x.example/a%20b?q=%C3%A9#part:~:text=hi"),
        ("https://x.example/a%20b", "https://x.example/a%20b#:~:text=hi"),
        ("https://x.example/a#:~:text=old", "https://x.example/a#:~:text=hi"),
        ('https://x.example/"><b>', "https://x.example/%22%3E%3Cb%3E#:~:text=hi"),
        ("http://[bad", None),
    ],
)
def test_links(url: str | None, link: str | None) -> None:
    assert link_to(url, "hi") == link


@given(st.text(min_size=1, max_size=3000), st.integers(20, 500))
def test_pieces_lose_only_white_space(text: str, limit: int) -> None:
    cut = pieces(text, limit)
    assert all(units(piece) <= limit for piece in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())


def test_pieces_keep_emoji_and_marks_whole() -> None:
    family = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
    for piece in pieces(family * 100, 50):
        assert piece.replace(family, "") == ""
    assert all(not piece.startswith("\u0301") for piece in pieces("e\u0301" * 300, 51))


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=1500), max_size=12))
def test_packed_messages_fit(texts: list[str]) -> None:
    blocks = [Block.of(f"<blockquote>{escaped(piece)}</blockquote>") for text in texts for piece in pieces(text, 1000)]
    messages = packed(blocks)
    for html in messages:
        assert server_units(re.sub(r"<[^>]*>", "", html)) >= 0
        if re.sub(r"<[^>]*>", "", html).strip():
            formatted(html, "HTML", None, LIMIT, None, "message is too long")


def test_no_link_without_an_address_and_reported_dates() -> None:
    one = replace(citation(3), url=None)
    shown = render_answer(Answer(QUERY, (one,), total=1), ENGLISH)
    assert "<a " not in shown.messages[0]
    assert "Reported on 5 March 2031" in taken(shown.messages[0])


def test_copies_are_cut_to_the_button_or_sent() -> None:
    short = replace(citation(3), title="B", speaker_role=None, url=None)
    shown = render_answer(Answer(QUERY, (short, citation(4)), total=2), ENGLISH)
    assert shown.buttons is not None
    first, second = (row[1] for row in shown.buttons.inline_keyboard[:2])
    assert first.copy_text is not None
    assert first.copy_text.text == copied(short, ENGLISH) == "Ilse Varga: “It cost 12 million, not 9,” Varga told the council. — Harrow Courier, “B”, 5 March 2031"  # fmt: skip  # noqa: E501
    assert second.callback_data == "q:0:" + str(citation(4).statement)


def test_dates_in_both_languages() -> None:
    russian = words_in("ru-RU")
    assert ENGLISH.day(date(2031, 4, 1)) == "1 April 2031"
    assert russian.day(date(2031, 4, 1)) == "1 апреля 2031"
    assert russian.days(DateRange(date(2031, 4, 1), date(2031, 4, 30))) == "апрель 2031"
    assert ENGLISH.days(DateRange(date(2031, 1, 1), date(2031, 12, 31))) == "2031"
    assert words_in("xx").language == "en"


def test_silence_always_says_something() -> None:
    for silence in ("no-match", "unknown-name", "empty-archive", "outside-period"):
        answer = Answer(QUERY, (), nearest=(citation(1),), silence=silence)
        shown = render_answer(answer, ENGLISH)
        assert len(taken(shown.messages[0]).split("\n")) > 3
        assert "do not answer" in shown.messages[0]


def test_names_that_turn_lines_around_are_isolated() -> None:
    one: Citation = replace(citation(1), speaker="שרה \u202eevil", outlet="العربية")
    text = taken(render_answer(Answer(QUERY, (one,), total=1), ENGLISH).messages[0])
    assert "\u2068שרה evil\u2069" in text
    assert "\u2068العربية\u2069" in text


@pytest.mark.parametrize("kind", [kind for kind, phrase in LEADS.items() if phrase])
def test_the_line_before_an_answer_is_in_the_readers_language(kind: LeadKind) -> None:
    """The desk's phrases in Russian: of Latin letters only names and the article's own words are left."""
    lead = Lead(kind, ("Ilse Varga", "Tomas Reyl"), "Marta Oduya", DateRange(date(2031, 4, 1), date(2031, 4, 30)),
                citation(0))  # fmt: skip
    answer = Answer(QUERY, (), lead=lead_in_english(lead), told=lead)
    assert lead_of(answer, ENGLISH) == answer.lead
    said = lead_of(answer, words_in("ru"))
    left = said
    for own in ("Ilse Varga", "Tomas Reyl", "Marta Oduya", "mayor of Harrowgate", "on Monday", "What did", "say?"):
        left = left.replace(own, "")
    assert not re.search(r"[A-Za-z{}]", left), said
    assert re.search(r"[А-я]", said) or kind == "who", said
    for name in lead.names if "{names}" in LEADS[kind] else ():
        assert name in said


def test_a_question_that_cant_be_read_is_refused_in_the_readers_language() -> None:
    from bot.asking.understanding import clean
    from data.dates import asked_period

    russian = words_in("ru")
    for question, reads in (("", clean), ("x" * 1001, clean), ("on 31 February", asked), ("in the year 0", asked)):
        with pytest.raises(BadQuestion) as met:
            reads(question)
        said = refused(met.value, russian)
        assert re.search(r"[А-я]", said)
        assert not re.search(r"[A-Za-z{}]", said.replace("31 February", "")), said
        assert refused(met.value, ENGLISH) != said
    assert asked_period("in May 2031", date(2031, 6, 1))[0] is not None


def asked(question: str) -> object:
    from data.dates import asked_period

    return asked_period(question, date(2031, 6, 1))


def test_how_a_question_was_read_is_said_in_the_readers_language() -> None:
    query = replace(
        QUERY, speakers=("Ilse Varga",), unknown=(("Elmer Quist", ()),), outlets=("Harrow Post",),
        days=DateRange(date(2031, 4, 1), date(2031, 4, 30)),
    )  # fmt: skip
    assert understood_in(query, ENGLISH) == query.understood
    assert understood_in(query, words_in("ru")) == (
        "Ilse Varga · Elmer Quist (здесь неизвестно) · bridge · апрель 2031 · издание: Harrow Post"
    )
