"""The register of the index: what waits, what is covered, what is current, and what an older generation may show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.archive import Archive, Overtaken
from data.archive.checking import check
from data.archive.writer import Writer
from data.errors import ArchiveError
from tests.archive_texts import MARKET, STORM, article, found, said

FILES = {"paragraphs.faiss": {"sha256": "00", "bytes": 12}}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path, create=True) as opened:
        yield opened


@pytest.fixture
def writer(archive: Archive) -> Iterator[Writer]:
    with archive.writer("test") as opened:
        yield opened


def index(archive: Archive, writer: Writer, name: str, *before: str) -> int:
    """Cover what waits with a new segment and publish it after the segments ``before``."""
    waiting = archive.pending()
    current = archive.current_generation()
    writer.enter_segment(name, FILES, {one.key: one.revision for one in waiting})
    return writer.publish([*before, name], model="m", manifest={"dim": 3}, based_on=current.number if current else None)


def waiting(archive: Archive) -> list[int]:
    return [one.key for one in archive.pending()]


def test_what_is_put_waits_until_a_generation_covers_it(archive: Archive, writer: Writer) -> None:
    key = writer.put(article()).key
    assert waiting(archive) == [key]
    number = index(archive, writer, "one")
    assert waiting(archive) == []
    generation = archive.current_generation()
    assert generation is not None
    assert (generation.number, generation.segments, generation.manifest) == (number, ("one",), {"dim": 3})
    assert [(one.name, one.files, one.articles) for one in archive.segments()] == [("one", FILES, 1)]
    assert archive.covered_by("one") == {key: 1}


def test_a_corrected_article_is_shown_until_its_new_version_is_indexed(archive: Archive, writer: Writer) -> None:
    old = writer.put(article()).key
    index(archive, writer, "one")
    new = writer.put(article(text=STORM + "\n\nMore.")).key
    assert (archive.removed(), waiting(archive)) == (set(), [new])
    index(archive, writer, "two", "one")
    assert (archive.removed(), waiting(archive)) == ({old}, [])
    writer.roll_back()
    assert (archive.removed(), waiting(archive)) == (set(), [new]), "the older generation knows the old version only"
    writer.roll_back()
    assert (archive.removed(), waiting(archive)) == ({old}, [])


def test_a_roll_back_brings_nothing_removed_back(archive: Archive, writer: Writer) -> None:
    gone = writer.put(article("a")).key
    purged = writer.put(article("b", MARKET)).key
    index(archive, writer, "one")
    writer.put(article("c", "Something else.\n\nEntirely."))
    index(archive, writer, "two", "one")
    writer.remove(["a"])
    writer.purge(["b"])
    for _ in range(3):
        assert archive.removed() == {gone, purged}
        assert archive.articles([gone, purged]) == {}
        writer.roll_back()


def test_a_change_during_the_indexing_waits_for_the_next(archive: Archive, writer: Writer) -> None:
    of = article(published=None)
    key = writer.put(of).key
    read = {one.key: one.revision for one in archive.pending()}
    writer.put_analysis(key, found(of, said(of, "Nobody was hurt", "Orla Quist")))
    writer.enter_segment("one", FILES, read)
    writer.publish(["one"], model="m", manifest={}, based_on=None)
    assert waiting(archive) == [key]


def test_statements_of_a_kept_generation_survive_a_sweep(archive: Archive, writer: Writer) -> None:
    of = article()
    key = writer.put(of).key
    writer.put_analysis(key, found(of, said(of, "Nobody was hurt", "Orla Quist")))
    old = archive.statements(article_keys=[key])[0].key
    index(archive, writer, "one")
    writer.put_analysis(key, found(of, said(of, "Nobody was", "Orla Quist"), rules="rules-2"))
    index(archive, writer, "two")
    writer.sweep()
    assert [one.key for one in archive.statements(keys=[old])] == [old], "needed for a roll-back"
    writer.put_analysis(key, found(of, rules="rules-3"))
    index(archive, writer, "three")
    assert writer.sweep() == ["one"]
    assert archive.statements(keys=[old]) == []
    assert [one.state for one in archive.generations()] == ["current", "previous"]


def test_a_merge_covers_what_its_parts_did(archive: Archive, writer: Writer) -> None:
    old = writer.put(article("a")).key
    other = writer.put(article("b", MARKET)).key
    index(archive, writer, "one")
    new = writer.put(article("a", STORM + "\n\nMore.")).key
    index(archive, writer, "two", "one")
    number = archive.generations()[0].number
    writer.enter_segment("merged", FILES, {other: 1, new: 1})
    writer.publish(["merged"], model="m", manifest={}, based_on=number)
    assert (archive.removed(), waiting(archive)) == ({old}, [])
    assert writer.sweep() == []
    writer.enter_segment("again", FILES, {other: 1})
    writer.publish(["again"], model="m", manifest={}, based_on=number + 1)
    assert waiting(archive) == [new], "a generation that lacks an article leaves it waiting"
    assert sorted(writer.sweep()) == ["one", "two"]


def test_whoever_publishes_must_know_the_current_generation(archive: Archive, writer: Writer) -> None:
    writer.put(article())
    index(archive, writer, "one")
    with pytest.raises(Overtaken):
        writer.publish(["one"], model="m", manifest={}, based_on=None)
    with pytest.raises(ArchiveError, match="two is not entered"):
        writer.publish(["two"], model="m", manifest={}, based_on=1)
    assert len(archive.generations()) == 1


def test_staged_segments_wait_for_the_work_to_go_on(archive: Archive, writer: Writer) -> None:
    key = writer.put(article()).key
    writer.enter_segment("half", FILES, {key: 1}, staged_for="rebuild m2")
    assert [one.name for one in archive.segments(staged_for="rebuild m2")] == ["half"]
    assert writer.sweep(keep_staged_for=["rebuild m2"]) == []
    assert writer.sweep() == ["half"]


def test_nothing_to_go_back_to(archive: Archive, writer: Writer) -> None:
    with pytest.raises(ArchiveError, match="no earlier index"):
        writer.roll_back()
    writer.put(article())
    index(archive, writer, "one")
    with pytest.raises(ArchiveError, match="no earlier index"):
        writer.roll_back()
    assert archive.current_generation() is not None


def test_a_lost_index_leaves_everything_waiting(archive: Archive, writer: Writer) -> None:
    old = writer.put(article()).key
    index(archive, writer, "one")
    new = writer.put(article(text=STORM + "\n\nMore.")).key
    index(archive, writer, "two", "one")
    assert old in archive.removed()
    assert sorted(writer.forget_index()) == ["one", "two"]
    assert (waiting(archive), archive.generations(), archive.segments()) == ([new], [], [])
    assert check(archive) == []


def test_every_change_of_an_answer_changes_the_counter_and_nothing_else_does(archive: Archive, writer: Writer) -> None:
    seen = [archive.change_counter()]

    def changed() -> bool:
        seen.append(archive.change_counter())
        return seen[-1] != seen[-2]

    of = article()
    key = writer.put(of).key
    assert changed()
    writer.put(of)
    assert not changed()
    writer.put_analysis(key, found(of, said(of, "Nobody was hurt", "Orla Quist")))
    assert changed()
    writer.enter_segment("one", FILES, {key: 2})
    assert not changed()
    writer.publish(["one"], model="m", manifest={}, based_on=None)
    assert changed()
    writer.correct(archive.statements(article_keys=[key])[0].ref, hide=True)
    assert changed()
    writer.remove(["nobody"])
    assert not changed()
    writer.remove(["a"])
    assert changed()
    with writer.transaction():
        writer.put(of)
        writer.remove(["a"])
    assert changed()
