"""A desk that answers while its archive and index change, break or are replaced underneath it."""

from __future__ import annotations

import io
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import bot.cli
from bot import chat
from bot.asking.answer import Answer
from bot.asking.desk import Desk
from data.archive import Archive
from data.archive.archive import FILE
from data.archive.backup import back_up, restore
from data.errors import IndexFault, OnRecordError
from data.settings import Settings, settings
from embeddings import generations
from embeddings.checking import check
from embeddings.encoder import Encoder
from embeddings.indexing import add
from embeddings.rebuilding import rebuild
from embeddings.search import Index
from tests.index_texts import article, read


@pytest.fixture
def home(tmp_path: Path, encoder: Encoder) -> Path:
    fill(tmp_path / "home", encoder, 1, 2)
    return tmp_path / "home"


@pytest.fixture
def desk(home: Path, encoder: Encoder) -> Iterator[Desk]:
    with Archive.open(home) as archive:
        yield Desk(archive, Index.open(archive, encoder), encoder)  # not closed: the encoder is everybody's


def fill(home: Path, encoder: Encoder, *numbers: int) -> None:
    with Archive.open(home, create=True) as archive:
        add(archive, encoder, read(numbers), processes=1)


def cited(answer: Answer) -> set[str]:
    return {one.article for one in (*answer.citations, *answer.nearest)}


def test_an_answer_knows_what_was_published_a_moment_ago(desk: Desk, home: Path, encoder: Encoder) -> None:
    question = "What did Jonas Reek say about the herring quota of district 3?"
    assert article(3).id not in cited(desk.ask(question))
    fill(home, encoder, 3)
    assert article(3).id in cited(desk.ask(question))
    with Archive.open(home) as other, other.writer("remove") as writer:
        writer.remove([article(3).id])
    assert article(3).id not in cited(desk.ask(question))


def test_the_terminal_chat_answers_from_what_was_published_between_two_questions(
    home: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Typed(io.StringIO):
        """Two questions; the second is typed after another article was added."""

        asked = 0

        def readline(self, size: int | None = -1, /) -> str:
            self.asked += 1
            if self.asked == 2:
                capsys.readouterr()
                fill(home, encoder, 3)
            return "What did Jonas Reek say about the herring quota?\n" if self.asked < 3 else ""

    monkeypatch.setattr(sys, "stdin", Typed())
    chat.converse(Settings(home=home))
    assert "We have waited 4 years for the herring quota" in capsys.readouterr().out


def test_another_model_published_underneath_is_told_once_and_the_old_state_serves(
    desk: Desk, home: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    question = "What did Piet Vos say about the harbour wall?"
    before = cited(desk.ask(question))
    with Archive.open(home) as archive:
        current = archive.current_generation()
        assert current is not None
        like = replace(generations.manifests(archive, current.segments)[0], model="another", weights="f" * 64)
        with archive.writer("rebuild") as writer:
            generations.publish(writer, current.segments, like, based_on=current)
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert cited(desk.ask(question)) == before
    assert len(caplog.records) == 1
    assert "made with the model another" in caplog.text
    with pytest.raises(IndexFault):
        desk.refresh()
    with Archive.open(home) as archive:
        rebuild(archive, encoder, processes=1)
    fill(home, encoder, 3)
    assert desk.refresh()
    assert article(3).id in cited(desk.ask("What did Jonas Reek say about the herring quota of district 3?"))


def test_a_segment_from_the_future_is_told_once_and_the_old_state_serves(
    desk: Desk, home: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    fill(home, encoder, 3)
    with Archive.open(home) as archive:
        newest = archive.current_generation()
        assert newest is not None
        manifest = home / generations.FOLDER / newest.segments[-1] / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 1000'))
        with caplog.at_level(logging.WARNING):
            assert article(1).id in cited(desk.ask("What did Piet Vos say about the harbour wall?"))
            desk.ask("What did Piet Vos say about the harbour wall?")
        assert [one.getMessage() for one in caplog.records] == [
            f"answering from the state before: {manifest.parent} was written by a newer version of onrecord: "
            "update onrecord, or run onrecord rebuild"
        ]
        with pytest.raises(IndexFault, match="newer version"):
            Index.open(archive, encoder)
        rebuild(archive, encoder, processes=1)
        fill(home, encoder, 4)  # the generation from the future is not the one before any more
        assert check(archive) == []
    assert article(3).id in cited(desk.ask("What did Jonas Reek say about the herring quota of district 3?"))


def test_a_restored_archive_serves_on(desk: Desk, home: Path, encoder: Encoder, tmp_path: Path) -> None:
    with Archive.open(home) as archive:
        back_up(archive, tmp_path / "backup")
    fill(home, encoder, 3)
    question = "What did Jonas Reek say about the herring quota of district 3?"
    assert article(3).id in cited(desk.ask(question))
    restore(home, tmp_path / "backup")
    assert article(3).id not in cited(desk.ask(question))
    with Archive.open(home) as archive:
        rebuild(archive, encoder, processes=1)
        assert check(archive) == []
    assert article(1).id in cited(desk.ask("What did Piet Vos say about the harbour wall of district 1?"))


def test_a_swapped_archive_is_never_answered_from_the_old_ones_index(
    desk: Desk, home: Path, encoder: Encoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill(tmp_path / "other", encoder, 5, 6)
    assert cited(desk.ask("What did Piet Vos say about the harbour wall?"))
    with sqlite3.connect(tmp_path / "other" / FILE) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for side in ("-wal", "-shm"):
        (home / (FILE + side)).unlink(missing_ok=True)
    shutil.copy(tmp_path / "other" / FILE, home / "coming")
    (home / "coming").replace(home / FILE)
    with caplog.at_level(logging.WARNING):
        assert cited(desk.ask("What did Piet Vos say about the harbour wall?")) == set()
        assert cited(desk.ask("What did Piet Vos say about the harbour wall?")) == set()
    assert len(caplog.records) == 1
    assert "run onrecord rebuild" in caplog.text
    with Archive.open(home) as archive:
        assert any("rebuild" in fault for fault in check(archive))
        rebuild(archive, encoder, processes=1)
        fill(home, encoder, 7)
        assert check(archive) == []
    assert article(6).id in cited(desk.ask("What did Piet Vos say about the school roof of district 6?"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mount("-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)):
        pytest.skip("a file system of its own can't be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_disk_that_is_really_full_loses_nothing_that_was_acknowledged(small_disk: Path, encoder: Encoder) -> None:
    home, safe, told = small_disk / "home", 0, ""
    fill(home, encoder, 0)
    with Archive.open(home) as archive:
        index = Index.open(archive, encoder)
        for start in range(1, 2_000, 20):
            try:
                add(archive, encoder, read(range(start, start + 20)), processes=1)
            except OnRecordError as error:
                told = str(error)
                break
            safe = start + 19
        assert told.count("\n") == 0
        assert "make room" in told, told
        there = {one.article.id for one in archive.each_article()}
        assert {article(number).id for number in range(safe + 1)} <= there
        index.refresh()
        assert index.view.paragraphs >= 3 * (safe + 1), "what was searchable is searchable"
        assert check(archive) == []
        subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
        add(archive, encoder, read(range(start, start + 20)), processes=1)
        index.refresh()
        assert index.view.paragraphs == 3 * (start + 20)
        assert check(archive) == []


@pytest.fixture
def read_only(home: Path, tmp_path: Path) -> Iterator[Path]:
    """The home where nothing can be written: for root, who may write anywhere, it takes a read-only mount."""
    parts = [home, *home.rglob("*")]
    if os.geteuid() != 0:
        for part in parts:
            part.chmod(0o500 if part.is_dir() else 0o400)
        yield home
        for part in parts:
            part.chmod(0o700)
        return
    folder = tmp_path / "read-only"
    folder.mkdir()
    if not mount("--bind", "-o", "ro", str(home), str(folder)):
        pytest.skip("a read-only file system can't be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_read_only_home_answers_and_refuses_changes_in_one_line(
    read_only: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def onrecord(*words: str) -> tuple[object, str, str]:
        monkeypatch.setenv("ONRECORD_HOME", str(read_only))
        monkeypatch.setattr(sys, "argv", ["onrecord", *words])
        settings.cache_clear()
        with pytest.raises(SystemExit) as stopped:
            bot.cli.main()
        settings.cache_clear()
        return stopped.value.code, *capsys.readouterr()

    code, out, err = onrecord("ask", "What did Piet Vos say about the harbour wall of district 1?")
    assert (code, err) == (0, "")
    assert "harbour wall" in out
    assert onrecord("check") == (0, "archive and index agree\n", "")
    news = tmp_path / "news.txt"
    news.write_text("The ferry to Quern stopped on Friday.\n\n“We have no oil,” said Ada Molnar, who runs the line.\n")
    for words in (
        ["add", str(news)],
        ["remove", article(1).id],
        ["remove", "--purge", "--yes", article(1).id],
        ["rebuild"],
    ):
        code, _, err = onrecord(*words)
        assert (code, err.count("\n")) == (2, 1), err
        assert "can't be written to" in err
    assert onrecord("check") == (0, "archive and index agree\n", "")


def mount(*words: str) -> bool:
    """Whether ``mount`` could do it: only root may, and not in every container."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0
