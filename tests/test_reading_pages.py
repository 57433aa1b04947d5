"""Web pages: the article in them, what their head says, and pages that mean harm."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import UnreadableSource
from data.reading import as_object, read
from data.reading.page import read_page
from data.reading.plain import Document

SENTENCES = [
    "The harbour council of Velmar voted on Tuesday to close the old ferry line, which loses money every year.",
    "“We can’t go on paying for empty boats,” said Ada Lorrin, the council's chairwoman, after a long meeting.",
    "Fishermen said that they would block the quay until the line reopens, and that the coast guard was with them.",
    "The line was opened in 1911 and carried a million passengers a year before the bridge at Lenn was built.",
]
SUMMARY = "The oldest line on the coast is to stop in autumn, and the fishermen of the north quay are angry about it."


def page(
    *, head: str = "", title: str = "Velmar closes its oldest ferry line", extra: str = "", body: str | None = None
) -> str:
    text = body if body is not None else "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    return (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>{title} | Velmar Post</title>{head}</head><body>"
        "<nav><ul><li><a href='/'>Home</a></li><li><a href='/coast'>News from the coast</a></li></ul></nav>"
        f"<main><article><h1>{title}</h1>{extra}{text}</article></main>"
        "<footer><p>© 2031 Velmar Post. All rights reserved.</p></footer></body></html>"
    )


def linked(**fields: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', **fields})}</script>"


def paragraphs(document: Document) -> list[str]:
    return [document.text[start:end] for start, end in document.paragraphs]


def test_a_page_becomes_its_paragraphs(tmp_path: Path) -> None:
    head = (
        "<link rel='canonical' href='https://post.example/ferry'><meta property='og:site_name' content='Velmar Post'>"
        "<meta property='og:title' content='Velmar closes its oldest ferry line'>"
        + linked(
            headline="Velmar closes its oldest ferry line",
            datePublished="2031-05-06T23:30:00-05:00",
            author=[{"@type": "Person", "name": "Tam Ossip"}, {"@type": "Person", "name": "Ina Brask"}],
        )
    )
    path = tmp_path / "ferry.html.gz"
    path.write_bytes(gzip.compress(page(head=head).encode()))
    (result,) = read([str(path)])
    assert as_object(result) == {
        "file": str(path), "url": "https://post.example/ferry", "title": "Velmar closes its oldest ferry line",
        "outlet": "Velmar Post",
        "author": "Tam Ossip, Ina Brask", "published": "2031-05-06", "language": "en",
        "paragraphs": SENTENCES, "notice": None,
    }  # fmt: skip
    assert result.article is not None
    assert result.article.text == "\n\n".join(SENTENCES)


def test_page_without_a_suffix_is_known_by_its_opening(tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    path.write_text("\n<!-- saved -->" + page())
    (result,) = read([str(path)])
    assert result.article is not None
    assert result.article.text == "\n\n".join(SENTENCES)


def test_two_titles_outvote_the_third() -> None:
    head = "<meta property='og:title' content='Ferry shock!'>" + linked(headline="Velmar closes its oldest ferry line")
    assert read_page(page(head=head)).fields.title == "Velmar closes its oldest ferry line"
    head = "<meta property='og:site_name' content='Velmar Post'>"
    head += "<meta property='og:title' content='Ferry shock! | Velmar Post'>"
    assert read_page(page(head=head)).fields.title == "Ferry shock!"


def test_dates_are_read_not_guessed() -> None:
    head = (
        linked(datePublished="2031-02-30") + "<meta property='article:published_time' content='2031-05-06T01:00:00Z'>"
    )
    assert read_page(page(head=head)).fields.published == date(2031, 5, 6)


def test_standfirst_bylines_and_links_to_other_articles() -> None:
    head = f"<meta name='description' content='{SUMMARY}'>" + linked(
        author={"name": "Tam Ossip"}, datePublished="2031-05-06", headline="x"
    )
    other = "<p><a href='/2'>LENN BRIDGE TURNS FIFTY THIS WEEK</a></p>"
    body = (
        f"<p>By Tam Ossip</p><p>6.5.2031, 10:15</p><p>{SENTENCES[0]}</p>{other}<p>{SENTENCES[1]}</p>"
        f"<figure><img src='x.png'><figcaption>Empty boats at the quay on Tuesday</figcaption></figure>"
        f"<ul><li>{SENTENCES[2]}</li></ul><p>{SENTENCES[3]}</p>"
    )
    source = page(head=head, body=body).replace("<main>", f"<main><header><p>{SUMMARY}</p></header>")
    assert paragraphs(read_page(source)) == [SUMMARY, *SENTENCES]


def test_a_description_that_the_page_does_not_show_is_not_quoted() -> None:
    head = f"<meta name='description' content='{SUMMARY}'>"
    assert SUMMARY not in read_page(page(head=head)).text


def test_legal_notice_of_a_page() -> None:
    warning = (
        "If you are on the north shore, please note that you could face fines or imprisonment for sharing our content."
    )
    source = page().replace("<footer>", f"<div class='legal'><p>{warning}</p></div><footer>")
    found = read_page(source)
    assert found.notice == warning
    assert warning not in paragraphs(found)


def test_article_that_only_the_data_hold() -> None:
    head = linked(headline="Ferry", articleBody="\n".join(SENTENCES))
    assert paragraphs(read_page(page(head=head, body="<div id='app'></div>"))) == SENTENCES


@pytest.mark.parametrize(
    "source",
    [
        "<html></html>",
        "<html><body></body></html>",
        "<!doctype html><html><body><p></p></body></html>",
        "<html" + "<" * 5000,
    ],
)
def test_pages_without_an_article_are_one_clear_error(source: str) -> None:
    with pytest.raises(UnreadableSource):
        read_page(source)


@pytest.mark.parametrize(
    "source",
    [
        "<html><body>" + "<div>" * 100_000 + "x",
        "<html><body>" + "<p>x" * 300_000,
        "<html><body>" + "<b>" * 3000 + SENTENCES[0] + "</b>" * 3000,
    ],
)
def test_monstrous_pages_are_refused(source: str) -> None:
    with pytest.raises(UnreadableSource, match="too large or nested too deep"):
        read_page(source)


def test_head_of_a_hostile_page() -> None:
    head = (
        "<script type='application/ld+json'>" + "[" * 100_000 + "</script>"
        + linked(headline=["a", {"b": 1}], author={"name": {"x": []}}, datePublished=7, articleBody=[1], publisher=[[]])
        + "<link rel='canonical' href='javascript:alert(1)'><meta property='og:url' content='http://[bad'>"
    )  # fmt: skip
    found = read_page(page(head=head))
    assert paragraphs(found) == SENTENCES
    assert found.fields.url is None
    assert found.fields.published is None


def test_nothing_on_a_page_is_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the coast guard is kept here in this file")
    entity = f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file://{secret}">]>'
    source = entity + page(
        body=f"<p>{SENTENCES[0]} &x;</p><iframe src='file://{secret}'></iframe><p>{SENTENCES[1]}</p>"
    )
    assert "secret of the coast guard" not in read_page(source).text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["<p>", "</p>", "<div>", "<a href=x>", "</a>", "<li>", "<table><tr><td>", "<h1>", "<!--", "<script>"]
            ),
            st.sampled_from(
                ["<meta property='og:title' content='", "'>", "<link rel=canonical href=", "&#0;", "&#xD800;", "\x00"]
            ),
            st.sampled_from(SENTENCES),
            st.text(max_size=20),
        ),
        max_size=40,
    )
)
def test_wild_pages_are_read_or_refused(parts: list[str]) -> None:
    try:
        found = read_page("<html><body>" + "".join(parts))
    except UnreadableSource:
        return
    end = 0
    for start, stop in found.paragraphs:
        assert end <= start < stop
        assert found.text[start:stop].strip() == found.text[start:stop]
        end = stop
