"""Opening, refusing, locking: what another process, another version, a broken file or a full disk does."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection

from data.archive import FILE, Archive, migrations
from data.archive.schema import metadata
from data.errors import ArchiveError, ArchiveLocked
from tests.archive_texts import MARKET, article

HOLDER = """
import sys, time
from pathlib import Path
from data.archive import Archive
with Archive.open(Path(sys.argv[1])).writer("adding for long"):
    print("holding", flush=True)
    time.sleep(60)
"""


def holder(home: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(home)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "holding\n"
    return process


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Archive.open(tmp_path, create=True) as archive, archive.writer("test") as writer:
        writer.put(article())
    return tmp_path


def one_line(error: pytest.ExceptionInfo[ArchiveError], *words: str) -> None:
    line = str(error.value)
    assert "\n" not in line
    assert all(word in line for word in words), line


def test_no_archive_is_an_error_unless_it_is_to_be_made(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError) as error:
        Archive.open(tmp_path / "nowhere")
    one_line(error, "no archive", "onrecord add")
    assert not (tmp_path / "nowhere").exists()
    with Archive.open(tmp_path / "no" / "where", create=True) as archive:
        assert archive.counts().articles == 0


def test_the_archive_is_for_its_owner_only(home: Path) -> None:
    assert (home / FILE).stat().st_mode & 0o077 == 0


def test_a_second_process_is_told_who_is_writing(home: Path) -> None:
    process = holder(home)
    try:
        with Archive.open(home) as archive:
            with pytest.raises(ArchiveLocked) as error, archive.writer("remove"):
                pass
            one_line(error, str(process.pid), "adding for long", "since")
            assert archive.article("a") is not None, "reading goes on"
    finally:
        process.kill()
        process.wait()


def test_a_killed_holder_leaves_no_lock(home: Path) -> None:
    process = holder(home)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with Archive.open(home) as archive, archive.writer("after") as writer:
        assert writer.put(article("b", MARKET)).outcome == "added"


def test_a_child_forked_by_the_holder_does_not_keep_its_lock(home: Path) -> None:
    script = HOLDER.replace('print("holding"', 'import os\n    if os.fork() == 0: time.sleep(30)\n    print("holding"')
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(home)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        process.kill()
        process.wait()
        with Archive.open(home) as archive, archive.writer("after", wait=5):
            pass
    finally:
        os.killpg(process.pid, signal.SIGKILL)


def test_a_writer_can_wait_for_another(home: Path) -> None:
    archive = Archive.open(home)
    got = threading.Event()

    def second() -> None:
        with archive.writer("second", wait=30):
            got.set()

    with archive.writer("first"):
        thread = threading.Thread(target=second)
        thread.start()
        assert not got.wait(0.2)
    thread.join()
    assert got.is_set()


def test_a_writer_belongs_to_its_thread(home: Path) -> None:
    caught: list[BaseException] = []
    with Archive.open(home) as archive, archive.writer("test") as writer:

        def elsewhere() -> None:
            try:
                writer.put(article("b"))
            except RuntimeError as error:
                caught.append(error)

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert caught


def test_many_threads_read_while_one_writes(home: Path) -> None:
    archive = Archive.open(home)
    stop = threading.Event()
    wrong: list[object] = []

    def read() -> None:
        while not stop.is_set():
            with archive.snapshot() as state:
                articles = list(state.each_article())
                covered = state.paragraphs_of([one.key for one in articles])
                if any(len(covered.get(one.key, ())) != len(one.article.paragraphs) for one in articles):
                    wrong.append(articles)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    with archive.writer("test") as writer:
        for number in range(40):
            writer.put(article(f"n{number % 7}", f"{MARKET}\n\nEdition {number}."))
            if number % 5 == 4:
                writer.remove([f"n{number % 7}"])
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(b"not a database at all, but long enough to look at" * 40)
    with pytest.raises(ArchiveError) as error:
        Archive.open(tmp_path)
    one_line(error, "not an archive")
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE wine (name TEXT)")
    with pytest.raises(ArchiveError) as error:
        Archive.open(tmp_path, create=True)
    one_line(error, "not an archive of On Record")


def test_a_newer_archive_is_refused(home: Path) -> None:
    with sqlite3.connect(home / FILE) as connection:
        connection.execute(f"PRAGMA user_version = {migrations.VERSION + 1}")
    with pytest.raises(ArchiveError) as error:
        Archive.open(home)
    one_line(error, "newer", "update On Record")


def test_a_damaged_page_is_told_as_one_line(home: Path) -> None:
    with Archive.open(home) as archive, archive.writer("test") as writer, writer.transaction():
        for number in range(60):
            writer.put(article(f"n{number}", f"{MARKET}\n\nEdition {number}."))
    with sqlite3.connect(home / FILE) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    raw = bytearray((home / FILE).read_bytes())
    raw[size * 2 :] = b"\xa5" * (len(raw) - size * 2)
    (home / FILE).write_bytes(raw)
    with pytest.raises(ArchiveError) as error, Archive.open(home) as archive:
        list(archive.each_article())
    one_line(error, "damaged", "restore")


def test_a_full_disk_loses_nothing_that_was_acknowledged(home: Path) -> None:
    archive = Archive.open(home)

    def fill() -> None:
        with archive.writer("add") as writer, writer.transaction():
            connection = writer._connection
            assert connection is not None
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 5}")
            for number in range(200):
                writer.put(article(f"n{number}", f"{MARKET}\n\n" + f"Edition {number}. " * 400))

    with pytest.raises(ArchiveError) as error:
        fill()
    one_line(error, "the disk is full", "make room")
    assert [one.article.id for one in archive.each_article()] == ["a"]
    with archive.writer("again") as writer:
        assert writer.put(article("b", MARKET)).outcome == "added"


def test_a_read_only_home_is_read_and_refuses_writers(home: Path) -> None:
    """In a process of its own without root's rights: root may write anywhere."""
    script = """
import os, sys
from pathlib import Path
from data.archive import Archive
from data.errors import ArchiveError
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)
archive = Archive.open(Path(sys.argv[1]))
print(archive.article("a").article.id, archive.counts().articles)
try:
    with archive.writer("add"):
        print("written")
except ArchiveError as error:
    print(error)
try:
    archive.count_fault("1.0-4", "date")
except ArchiveError as error:
    print(error)
"""
    folder = Path("/var/tmp" if os.geteuid() == 0 else home.parent) / f"onrecord-read-only-{os.getpid()}"
    shutil.copytree(home, folder)
    try:
        for part in (*folder.iterdir(), folder):
            part.chmod(0o555 if part.is_dir() else 0o444)
        ran = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=False)
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)
    assert ran.returncode == 0, ran.stderr
    first, second, third = ran.stdout.splitlines()
    assert first == "a 1"
    assert "can't be written to" in second
    assert "can only be read" in third


def test_a_replaced_file_is_noticed(home: Path, tmp_path: Path) -> None:
    """Somebody puts another archive in the place of the one that a bot is serving from."""
    other = tmp_path / "other"
    with Archive.open(other, create=True) as archive, archive.writer("test") as writer:
        writer.put(article("b", MARKET))
    with Archive.open(home) as serving:
        seen = serving.change_counter()
        assert serving.article("a") is not None
        for side in ("-wal", "-shm"):
            (home / (FILE + side)).unlink(missing_ok=True)
        (other / FILE).replace(home / FILE)
        assert serving.change_counter() != seen
        assert serving.article("a") is None
        assert serving.article("b") is not None


def test_every_column_of_a_new_archive_stands_in_the_schema(home: Path) -> None:
    with sqlite3.connect(home / FILE) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert tables - {"sqlite_sequence"} == set(metadata.tables)
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert connection.execute("PRAGMA user_version").fetchone()[0] == migrations.VERSION


def test_an_older_archive_is_copied_and_then_migrated(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = migrations.VERSION

    def add_a_column(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE outlets ADD COLUMN country TEXT")

    monkeypatch.setattr(migrations, "MIGRATIONS", [*migrations.MIGRATIONS, add_a_column])
    monkeypatch.setattr(migrations, "VERSION", before + 1)
    with Archive.open(home) as archive:
        assert archive.article("a") is not None
    with sqlite3.connect(home / FILE) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == before + 1
        connection.execute("SELECT country FROM outlets")
    with sqlite3.connect(home / f"archive.schema{before}.backup") as copy:
        assert copy.execute("PRAGMA user_version").fetchone()[0] == before
        assert copy.execute("SELECT count(*) FROM articles").fetchone()[0] == 1


def test_a_migration_that_fails_leaves_the_archive_as_it_was(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = migrations.VERSION

    def break_off(connection: Connection) -> None:
        connection.exec_driver_sql("DROP TABLE faults")
        connection.exec_driver_sql("ALTER TABLE nothing ADD COLUMN x")

    monkeypatch.setattr(migrations, "MIGRATIONS", [*migrations.MIGRATIONS, break_off])
    monkeypatch.setattr(migrations, "VERSION", before + 1)
    with pytest.raises(ArchiveError) as error:
        Archive.open(home)
    one_line(error, str(home))
    monkeypatch.undo()
    with Archive.open(home) as archive:
        assert archive.faults() == []
