"""What becomes of an article that is put: the identity rules of the design, on real SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from data.archive import Archive, Put
from data.archive.writer import Writer
from data.errors import UnreadableSource
from data.model import Article
from tests.archive_texts import MARKET, STORM, article, found, said

CORRECTED = STORM.replace("four million", "five million")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path, create=True) as opened:
        yield opened


@pytest.fixture
def writer(archive: Archive) -> Iterator[Writer]:
    with archive.writer("test") as opened:
        yield opened


def test_an_article_comes_back_as_it_was_put(archive: Archive, writer: Writer) -> None:
    put = article(
        text="\ufeff \r\nTabs\tand “quotes” \u202eabc\u202c 👩‍👩‍👧\r\n\nSecond e\u0301 é \x00 paragraph\n",
        url="https://x.example/a?b=1",
        outlet="The Vellin Post",
        title="A title",
        author="A. Writer",
        language="en",
        notice="Readers may be fined.",
    )
    assert writer.put(put) == Put("added", 1)
    stored = archive.article("a")
    assert stored is not None
    assert stored.article == put
    assert (stored.key, stored.version, stored.corrected, stored.sources) == (1, 1, None, ("a.txt",))
    assert [one.text for one in archive.paragraphs_of([1])[1]] == [put.paragraph(0), put.paragraph(1), put.paragraph(2)]


def test_the_same_again_changes_nothing(archive: Archive, writer: Writer) -> None:
    writer.put(article())
    before = archive.change_counter()
    assert writer.put(article()) == Put("unchanged", 1)
    assert archive.change_counter() == before


def test_given_ids_are_never_merged_even_with_the_same_text(archive: Archive, writer: Writer) -> None:
    writer.put(article("a", outlet="Post"))
    assert writer.put(article("b", outlet="Post")).outcome == "added"
    assert archive.counts().articles == 2


def test_a_new_text_at_the_same_address_is_a_new_version(archive: Archive, writer: Writer) -> None:
    first = article("u1", given=False, url="https://www.post.example/storm?utm_source=x", title="Storm", outlet="Post")
    second = article("u2", CORRECTED, given=False, url="http://post.example/storm", published=date(2021, 3, 4))
    writer.put(first)
    assert writer.put(second) == Put("corrected", 2)
    stored = archive.article("u1")
    assert stored is not None
    assert (stored.article.text, stored.version, stored.corrected) == (CORRECTED, 2, date(2021, 3, 4))
    # What only the first source knew is still known.
    assert (stored.article.title, stored.article.outlet) == ("Storm", "Post")
    history = archive.versions("u1")
    assert [(one.article.text, one.latest) for one in history] == [(STORM, False), (CORRECTED, True)]
    keys = [{one.key for one in archive.paragraphs_of([key])[key]} for key in (1, 2)]
    assert not keys[0] & keys[1]


def test_a_text_of_the_history_does_not_become_a_version_again(archive: Archive, writer: Writer) -> None:
    for _ in range(3):
        writer.put(article(text=STORM))
        writer.put(article(text=CORRECTED))
    assert [one.article.text for one in archive.versions("a")] == [STORM, CORRECTED]


def test_two_copies_without_an_address_are_one_article_with_the_best_of_both(archive: Archive, writer: Writer) -> None:
    """One has the headline and page furniture, the other the date; one opens inside the first paragraph."""
    page = article(
        "t1", "Menu\n\n" + STORM, given=False, published=None, title="Storm shuts harbour", source="page.txt"
    )
    page = replace(page, paragraphs=page.paragraphs[1:])
    clean = article("t2", STORM, given=False, outlet="Post", source="clean.txt")
    assert writer.put(page).outcome == "added"
    assert writer.put(clean) == Put("joined", 1)
    assert writer.put(clean) == Put("unchanged", 1)
    stored = archive.article("t1")
    assert stored is not None
    assert stored.article.text == page.text
    assert stored.article.title == "Storm shuts harbour"
    assert (stored.article.published, stored.article.outlet) == (date(2021, 3, 2), "Post")
    assert stored.sources == ("page.txt", "clean.txt")


def test_a_joined_date_makes_the_article_wait_for_the_rules(archive: Archive, writer: Writer) -> None:
    first = article("t1", given=False, published=None)
    key = writer.put(first).key
    writer.put_analysis(key, found(first))
    assert [one.rules for one in archive.pending()] == ["rules-1"]
    writer.put(article("t2", given=False, source="other.txt"))
    assert [one.rules for one in archive.pending()] == [None]


def test_near_copies_join_only_within_an_outlet_and_a_day(archive: Archive, writer: Writer) -> None:
    text = STORM + "\n\n" + MARKET
    trimmed = text + "\n\nThis story was updated."
    writer.put(article("t1", text, given=False, outlet="Post"))
    elsewhere = article("t2", trimmed, given=False, outlet="Herald", source="b")
    later = article(
        "t3", text + "\n\nMore to follow.", given=False, outlet="Post", published=date(2021, 3, 9), source="c"
    )
    same = article("t4", trimmed, given=False, outlet="Post", source="d")
    assert writer.put(same).outcome == "joined"
    assert writer.put(elsewhere).outcome == "added"
    assert writer.put(later).outcome == "added"


def test_a_copy_without_an_outlet_joins_neither_of_two(archive: Archive, writer: Writer) -> None:
    writer.put(article("a", outlet="Post"))
    writer.put(article("b", outlet="Herald"))
    assert writer.put(article("t", given=False, source="x")).outcome == "added"


def test_one_text_in_several_outlets_is_one_story(archive: Archive, writer: Writer) -> None:
    end = STORM.rindex("\n\n")
    writer.put(article("m", MARKET, outlet="Post"))
    writer.put(article("a", STORM, outlet="Post", title="Storm shuts harbour"))
    writer.put(article("b", STORM[:end], outlet="Herald", title="Ferries torn loose"))
    writer.put(article("c", "VELLIN (OP) - " + STORM, outlet="Courier"))
    stories = {one.article.id: one.story for one in archive.each_article()}
    assert stories["a"] is not None
    assert stories["a"] == stories["b"] == stories["c"]
    assert stories["m"] is None
    assert [one.article.outlet for one in archive.story(stories["a"])] == ["Post", "Herald", "Courier"]


def test_the_same_words_a_year_later_are_no_copy(archive: Archive, writer: Writer) -> None:
    writer.put(article("a", outlet="Post"))
    writer.put(article("b", outlet="Herald", published=date(2022, 3, 2)))
    assert [one.story for one in archive.each_article()] == [None, None]


def test_scripts_without_spaces_have_stories_too(archive: Archive, writer: Writer) -> None:
    text = "港は月曜日に閉鎖された。嵐が二隻の渡し船を流したためである。けが人はいなかったと港長は述べた。"
    text += "評議会は被害額を四百万と見積もった。"
    writer.put(article("a", text, outlet="Post"))
    writer.put(article("b", text + "\n\n続報を待ちたい。", outlet="Herald"))
    assert len({one.story for one in archive.each_article()} - {None}) == 1


def test_reading_a_source_again_replaces_what_it_said(archive: Archive, writer: Writer) -> None:
    writer.put(article(published=date(2020, 1, 1)))
    assert writer.put(article(published=date(2021, 1, 1))).outcome == "joined"
    stored = archive.article("a")
    assert stored is not None
    assert stored.article.published == date(2021, 1, 1)


def test_an_outlets_notice_holds_for_all_its_articles(archive: Archive, writer: Writer) -> None:
    writer.put(article("a", STORM, outlet="Post"))
    writer.put(article("b", MARKET, outlet="Post", notice="Sharing may be punished."))
    stored = archive.article("a")
    assert stored is not None
    assert stored.article.notice == "Sharing may be punished."
    assert archive.outlets() == {"Post": "Sharing may be punished."}


@pytest.mark.parametrize(
    "bad",
    [
        Article("a", "text", ()),
        Article("a", "   ", ((0, 2),)),
        Article("a", "text", ((0, 9),)),
        Article("a", "two parts", ((0, 5), (3, 9))),
        Article("a", "half \ud83d pair", ((0, 4),)),
        Article("", "text", ((0, 4),)),
    ],
)
def test_what_could_not_be_quoted_is_refused_and_leaves_nothing(archive: Archive, writer: Writer, bad: Article) -> None:
    with writer.transaction():
        writer.put(article("good"))
        with pytest.raises(UnreadableSource):
            writer.put(bad)
    assert archive.counts().articles == 1


def test_a_batch_is_stored_as_a_whole_or_not_at_all(archive: Archive, writer: Writer) -> None:
    def interrupted() -> None:
        with writer.transaction():
            writer.put(article("a"))
            writer.put(article("b", MARKET))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        interrupted()
    assert archive.counts().articles == 0
    with writer.transaction():
        writer.put(article("a"))
        assert archive.counts().articles == 0, "readers see nothing of it before the commit"
        assert writer.article("a") is not None, "the writer sees what it wrote"
    assert archive.counts().articles == 1


def test_the_archive_in_numbers(archive: Archive, writer: Writer) -> None:
    first = article("a", STORM, outlet="Post", published=date(2021, 3, 2))
    key = writer.put(first).key
    writer.put_analysis(key, found(first, said(first, "Nobody was hurt", "Orla Quist")))
    writer.put(article("b", MARKET, outlet="Post", published=date(2021, 4, 1)))
    writer.put(article("c", MARKET, published=None))
    writer.put(article("d", MARKET, outlet="Herald", published=date(2019, 1, 1)))
    writer.remove(["d"])
    writer.put(article("b", MARKET + "\n\nMore.", outlet="Post", published=date(2021, 4, 1)))
    counts = archive.counts()
    assert (counts.articles, counts.paragraphs, counts.statements, counts.speakers) == (3, 14, 1, 1)
    assert (counts.outlets, counts.versions, counts.removed, counts.waiting) == (1, 4, 1, 3)
    assert (counts.oldest, counts.newest) == (date(2021, 3, 2), date(2021, 4, 1))
    assert counts.bytes > 0
    assert [(row.name, row.articles, row.statements) for row in archive.by_outlet()] == [("Post", 2, 1), (None, 1, 0)]
    assert [(row.name, row.articles) for row in archive.by_month()] == [(None, 1), ("2021-03", 1), ("2021-04", 1)]
