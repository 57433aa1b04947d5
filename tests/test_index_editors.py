"""What editors do at the command line while others read and write: purges that a reader delays, writers that wait."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot.cli
from data.archive import Archive
from data.archive.writer import Writer
from data.settings import settings
from embeddings import generations
from embeddings.checking import check, holds_purged
from embeddings.encoder import Encoder
from embeddings.indexing import add
from tests.index_texts import article, read

READER = """
import sys
from pathlib import Path
from data.archive import Archive
with Archive.open(Path(sys.argv[1])).snapshot() as state:
    state.change_counter()
    print("reading", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def archive(tmp_path: Path, encoder: Encoder) -> Iterator[Archive]:
    with Archive.open(tmp_path / "home", create=True) as opened:
        add(opened, encoder, read([1, 2]), processes=1)
        yield opened


def onrecord(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, str]:
    """Run a command in this process: exit code, standard output, standard error."""
    monkeypatch.setenv("ONRECORD_HOME", str(archive.home))
    monkeypatch.setattr(sys, "argv", ["onrecord", *words])
    settings.cache_clear()
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        bot.cli.main()
    settings.cache_clear()
    out, err = capsys.readouterr()
    assert isinstance(stopped.value.code, int)
    return stopped.value.code, out, err


def test_a_purge_that_a_reader_delays_still_empties_the_index(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    erase = Writer._erase
    monkeypatch.setattr(Writer, "_erase", lambda writer, patience: erase(writer, min(patience, 0.2)))
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(archive.home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reading:
        assert reading.stdout is not None
        assert reading.stdout.readline() == b"reading\n"
        code, _, err = onrecord(archive, monkeypatch, capsys, "remove", "--purge", "--yes", article(2).id)
        assert code == 2
        assert err.count("\n") == 1
        assert "1 article versions are purged, but a reader keeps the write-ahead log" in err
        assert not holds_purged(archive)
        for one in archive.segments():
            (segment,) = generations.opened(archive, [one.name])
            assert not {b"school", b"roof"} & set(segment.words.vocabulary.tolist())
        reading.communicate(b"")
    code, out, err = onrecord(archive, monkeypatch, capsys, "remove", "--purge", "--yes", article(2).id)
    assert (code, out, err) == (2, "no such article\n", "")
    assert check(archive) == []


@pytest.mark.parametrize("command", ["merge", "split", "correct", "remove"])
def test_an_editor_waits_for_a_short_writer(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    keys = [row.key for row in archive.speakers()]
    if command == "split":
        with archive.writer("merge") as writer:
            writer.merge_speakers(keys[0], [keys[1]])
    words = {
        "merge": ["speakers", "merge", f"#{keys[0]}", f"#{keys[1]}"],
        "split": ["speakers", "split", f"#{keys[1]}"],
        "correct": ["correct", archive.statements(speaker=keys[0])[0].ref, "--hide"],
        "remove": ["remove", article(1).id],
    }[command]
    held, release = threading.Event(), threading.Event()

    def write() -> None:
        with archive.writer("a short one"):
            held.set()
            release.wait()

    writing = threading.Thread(target=write)
    writing.start()
    held.wait()
    timer = threading.Timer(0.5, release.set)
    timer.start()
    code, _, err = onrecord(archive, monkeypatch, capsys, *words)
    writing.join()
    assert (code, err) == (0, "")
