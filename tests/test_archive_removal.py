"""Removing hides at once; purging erases: every byte of the home is searched for the words afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from data.archive import Archive
from data.archive.checking import check
from data.archive.writer import Writer
from data.errors import ArchiveError
from tests.archive_texts import MARKET, STORM, article, found, said


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path, create=True) as opened:
        yield opened


@pytest.fixture
def writer(archive: Archive) -> Iterator[Writer]:
    with archive.writer("test") as opened:
        yield opened


def found_in_files(home: Path, *words: str) -> list[str]:
    contents = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    return [word for word in words if any(word.encode() in content for content in contents)]


def test_a_removed_article_is_gone_from_every_view(archive: Archive, writer: Writer) -> None:
    of = article("a", outlet="Post")
    key = writer.put(of).key
    writer.put_analysis(key, found(of, said(of, "Nobody was hurt", "Orla Quist")))
    statement = archive.statements(article_keys=[key])[0]
    assert writer.remove(["a"]) == [key]
    assert archive.article("a") is None
    assert archive.articles([key]) == {}
    assert archive.paragraphs([statement.paragraph_key]) == {}
    assert archive.paragraphs_of([key]) == {}
    assert archive.statements(keys=[statement.key]) == []
    assert archive.statements(article_keys=[key]) == []
    assert statement.speaker_key is not None
    assert archive.statements(speaker=statement.speaker_key) == []
    assert archive.statement(statement.ref) is None
    assert list(archive.each_article()) == []
    assert archive.pending() == archive.everything() == archive.stale("x") == []
    assert [row for row in archive.speakers() if row.statements] == []
    assert not archive.count_fault(statement.ref, "quote")
    assert archive.removed() == {key}
    assert archive.articles([key], history=True)[key].removed is not None


def test_removal_by_outlet_and_by_date(archive: Archive, writer: Writer) -> None:
    writer.put(article("a", STORM, outlet="Post", published=date(2020, 1, 1)))
    writer.put(article("b", MARKET, outlet="Post", published=date(2021, 1, 1)))
    writer.put(article("c", STORM, outlet="Herald", published=date(2020, 1, 1)))
    writer.put(article("d", MARKET, outlet="Herald", published=None))
    writer.remove(outlet="Post", before=date(2021, 1, 1))
    assert [one.article.id for one in archive.each_article()] == ["b", "c", "d"]
    writer.remove(before=date(2030, 1, 1))
    assert [one.article.id for one in archive.each_article()] == ["d"]
    writer.remove(outlet="Herald")
    assert list(archive.each_article()) == []
    assert writer.remove(outlet="Nobody's") == []


def test_removing_takes_every_version_and_adding_again_begins_anew(archive: Archive, writer: Writer) -> None:
    keys = [writer.put(article(text=STORM + "\n\nMore." * number)).key for number in range(3)]
    assert writer.remove(["a"]) == keys
    assert writer.put(article()).outcome == "added"
    stored = archive.article("a")
    assert stored is not None
    assert stored.key not in keys
    assert archive.removed() == set(keys)
    assert check(archive) == []


def test_a_purge_leaves_no_word_in_any_file(archive: Archive, writer: Writer, tmp_path: Path) -> None:
    secret = article(
        "secret-id",
        STORM + "\n\nxylographer " * 40 + "\n\n" + STORM.replace("harbour", "zincograph") * 30,
        outlet="Quiet Courier",
        title="Quadrangle",
        url="https://quiet.example/story",
        source="whistle.txt",
    )
    for number in range(20):
        writer.put(article(f"n{number}", f"{MARKET}\n\nEdition {number}."))
    key = writer.put(secret).key
    writer.put_analysis(key, found(secret, said(secret, "Nobody was hurt", "Wilhelmina Zuurbier")))
    writer.correct(archive.statements(article_keys=[key])[0].ref, speaker="Xanthe Oblomov")
    writer.put(article("secret-id", secret.text + "\n\nA flugelhorn was added.", outlet="Quiet Courier"))
    writer.enter_segment("one", {}, {key: 2})
    writer.publish(["one"], model="m", manifest={}, based_on=None)
    words = ["xylographer", "zincograph", "Quadrangle", "Quiet Courier", "quiet.example", "whistle", "secret-id"]
    words += ["Zuurbier", "zuurbier", "Oblomov", "oblomov", "flugelhorn"]
    assert found_in_files(tmp_path, "xylographer", "Zuurbier", "Oblomov", "flugelhorn")
    writer.remove(["secret-id"])
    assert found_in_files(tmp_path, "xylographer"), "removing keeps the history"
    purged = writer.purge(["secret-id"])
    assert purged.segments == ("one",)
    assert key in purged.keys
    assert found_in_files(tmp_path, *words) == []
    assert archive.counts().articles == 20
    assert archive.removed() == set(purged.keys)
    assert check(archive) == []
    again = writer.put(secret)
    assert again.outcome == "added"
    assert again.key not in purged.keys


def test_a_purge_takes_the_copies_that_migrations_made(archive: Archive, writer: Writer, tmp_path: Path) -> None:
    writer.put(article())
    copy = tmp_path / "archive.schema1.backup"
    copy.write_bytes(b"an older archive")
    writer.purge(["a"])
    assert not copy.exists()


def test_a_reader_with_an_old_state_open_can_delay_the_erasing_but_not_the_removal(
    archive: Archive, writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.put(article())
    reading = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from data.archive import Archive\n"
            "with Archive.open(Path(sys.argv[1])).snapshot() as state:\n"
            "    state.change_counter(); print('reading', flush=True); sys.stdin.read()",
            str(tmp_path),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert reading.stdout is not None
    assert reading.stdout.readline() == b"reading\n"
    erase = writer._erase
    monkeypatch.setattr(writer, "_erase", lambda patience: erase(patience=0.2))
    with pytest.raises(ArchiveError, match="a reader keeps"):
        writer.purge(["a"])
    assert archive.article("a") is None
    assert [finding.what for finding in check(archive)] == ["a purge was interrupted before the file was rewritten"]
    reading.communicate(b"")
    assert writer.finish_erasing()
    assert found_in_files(tmp_path, "four million") == []
    assert check(archive) == []


def test_purging_nothing_does_nothing(archive: Archive, writer: Writer) -> None:
    writer.put(article())
    before = archive.change_counter()
    assert writer.purge(["nobody"]).keys == ()
    assert archive.change_counter() == before
    with pytest.raises(RuntimeError), writer.transaction():
        writer.purge(["a"])
    assert archive.article("a") is not None
