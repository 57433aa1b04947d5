"""Backup and restore, check, and export."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from data.archive import FILE, Archive, backup, exporting
from data.archive.checking import check
from data.errors import ArchiveError
from tests.archive_texts import MARKET, STORM, article, found, said


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def archive(home: Path) -> Iterator[Archive]:
    with Archive.open(home, create=True) as opened:
        with opened.writer("test") as writer:
            of = article("a", STORM, outlet="Post", url="https://post.example/a", title="Storm, “again”")
            key = writer.put(of).key
            quist = said(of, "Nobody was hurt", "Orla Quist", on=date(2021, 3, 1), role="Harbour Master")
            writer.put_analysis(key, found(of, quist, said(of, "We will not wait", "Benno Tarrant")))
            writer.put(article("b", MARKET, outlet="Post"))
        yield opened


def test_a_backup_is_one_file_that_holds_everything(archive: Archive, home: Path, tmp_path: Path) -> None:
    target = tmp_path / "copies.backup"
    with archive.writer("test") as writer, writer.transaction():
        writer.put(article("c", "Not yet.\n\nCommitted."))
        assert backup.back_up(archive, target) == target.stat().st_size
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["copies.backup"]
    with pytest.raises(ArchiveError, match="there already"):
        backup.back_up(archive, target)
    fresh = tmp_path / "fresh"
    assert backup.restore(fresh, target) == 0
    with Archive.open(fresh) as restored:
        assert [one.article for one in restored.each_article()] == [
            one.article for one in archive.each_article() if one.article.id != "c"
        ]
        assert restored.statements(article_keys=[1]) == archive.statements(article_keys=[1])
        assert check(restored) == []


def test_a_serving_reader_sees_the_restored_state_and_keys_stay_unique(
    archive: Archive, home: Path, tmp_path: Path
) -> None:
    target = tmp_path / "copy"
    backup.back_up(archive, target)
    with archive.writer("test") as writer:
        late = writer.put(article("late", "Later words.\n\nAnd more.")).key
        newest = writer.put(article("b", MARKET + "\n\nCorrected.")).key
    seen, speakers = archive.change_counter(), archive.change_counter()
    backup.restore(home, target)
    assert archive.change_counter() != seen
    assert [one.article.id for one in archive.each_article()] == ["a", "b"]
    assert {row.name for row in archive.speakers(since=speakers)} == {"Orla Quist", "Benno Tarrant"}
    with archive.writer("test") as writer:
        after = writer.put(article("other", "Quite other words.\n\nYes.")).key
    assert after > max(late, newest), "an old index that still knows a key must not show another article for it"
    assert check(archive) == []
    assert sorted(path.name for path in home.iterdir() if "wal" not in path.name and "shm" not in path.name) == [
        "archive.lock",
        FILE,
    ]


def test_what_was_purged_since_does_not_come_back(archive: Archive, home: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    backup.back_up(archive, target)
    with archive.writer("test") as writer:
        (key,) = writer.purge(["a"]).keys
    assert backup.restore(home, target) == 1
    assert [one.article.id for one in archive.each_article()] == ["b"]
    assert key in archive.removed()
    archive.close()
    for path in home.iterdir():
        assert b"four million" not in path.read_bytes()
    assert check(archive) == []


def test_a_damaged_archive_is_kept_aside_and_replaced(archive: Archive, home: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    backup.back_up(archive, target)
    archive.close()
    (home / FILE).write_bytes(b"nothing" * 1000)
    backup.restore(home, target)
    with Archive.open(home) as restored:
        assert check(restored) == []
        assert restored.counts().articles == 2
    (aside,) = (path for path in home.glob(f"{FILE}.damaged-*") if path.name.endswith("Z"))
    assert aside.read_bytes() == b"nothing" * 1000


@pytest.mark.parametrize("content", [None, b"", b"junk" * 500])
def test_a_bad_backup_changes_nothing(archive: Archive, home: Path, tmp_path: Path, content: bytes | None) -> None:
    bad = tmp_path / "bad"
    if content is not None:
        bad.write_bytes(content)
    before = (home / FILE).read_bytes()
    with pytest.raises(ArchiveError) as error:
        backup.restore(home, bad)
    assert "\n" not in str(error.value)
    assert (home / FILE).read_bytes() == before
    assert not list(home.glob("archive.restoring*"))


def test_a_flipped_byte_in_a_backup_is_found(archive: Archive, home: Path, tmp_path: Path) -> None:
    with archive.writer("test") as writer, writer.transaction():
        for number in range(50):
            writer.put(article(f"n{number}", f"{MARKET}\n\nEdition {number}."))
    target = tmp_path / "copy"
    backup.back_up(archive, target)
    raw = bytearray(target.read_bytes())
    for at in range(4096 * 3, len(raw), 4096):
        raw[at] ^= 0xFF
    target.write_bytes(raw)
    with pytest.raises(ArchiveError, match="damaged"):
        backup.restore(home, target)
    assert archive.counts().articles == 52


@pytest.mark.parametrize(
    ("damage", "said_of_it"),
    [
        ("UPDATE texts SET text = replace(text, 'four million', 'nine million')", "text of article 1"),
        ("UPDATE paragraphs SET start = start + 1 WHERE key = 2", "paragraphs of article 1"),
        ("UPDATE statements SET passage_end = 99999 WHERE key = 1", "leaves its text"),
        ("UPDATE statements SET paragraph_key = 7 WHERE key = 1", "another article's paragraph"),
        ("UPDATE articles SET latest = 0 WHERE key = 2", "newest version"),
        ("UPDATE aliases SET statements = 5 WHERE name = 'Orla Quist'", "counts"),
        ("DELETE FROM waiting", "neither in the index nor waiting"),
        ("DELETE FROM paragraphs WHERE key = 2", "points at nothing"),
        ("INSERT INTO tombstones VALUES (1, x'00', '2021-01-01T00:00:00+00:00')", "is there again"),
    ],
)
def test_check_finds_what_is_wrong_and_says_how_to_mend_it(archive: Archive, damage: str, said_of_it: str) -> None:
    assert check(archive) == []
    with sqlite3.connect(archive.path) as connection:
        connection.execute(damage)
    findings = check(archive)
    assert any(said_of_it in finding.what for finding in findings), findings
    assert all(finding.mend for finding in findings)


def test_exported_articles_can_be_read_again(archive: Archive) -> None:
    stream = io.StringIO()
    assert exporting.write_jsonl(exporting.articles(archive), stream) == 2
    first = json.loads(stream.getvalue().splitlines()[0])
    assert first == {
        "id": "a",
        "url": "https://post.example/a",
        "outlet": "Post",
        "title": "Storm, “again”",
        "published": "2021-03-02",
        "text": STORM,
    }


def test_exported_statements_are_verbatim_and_current(archive: Archive) -> None:
    with archive.writer("test") as writer:
        writer.correct(archive.statements(article_keys=[1])[1].ref, hide=True)
    (row,) = exporting.statements(archive)
    start, end = row["content"][0]
    assert row["quote"] == STORM[start:end] == "Nobody was hurt"
    assert (row["article"], row["speaker_name"], row["speaker_role"]) == ("a", "Orla Quist", "Harbour Master")
    assert row["said_on"] == {"from": "2021-03-01", "to": "2021-03-01", "text": "", "basis": "relative"}
    stream = io.StringIO(newline="")
    assert exporting.write_csv([row], stream) == 1
    (read,) = csv.DictReader(io.StringIO(stream.getvalue(), newline=""))
    assert tuple(read) == exporting.COLUMNS
    assert (read["quote"], read["title"], read["said_from"]) == ("Nobody was hurt", "Storm, “again”", "2021-03-01")
