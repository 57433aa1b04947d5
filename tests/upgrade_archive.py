"""Makes ``tests/data/earlier-home.tar.xz``: a small home folder, written by the version before multilingual-e5-small.

The fixture is in the repository, so this is run only to make another one. It needs that earlier version (commit
c118d91, whose vectors are all-MiniLM-L6-v2's) checked out somewhere:

    git worktree add ../earlier c118d91
    PYTHONPATH=../earlier python tests/upgrade_archive.py tests/data/earlier-home.tar.xz

In the home is whatever an editor or a reader would miss after an upgrade: corrections, a merge, a split, a removed
article, a purged one, two versions of one, a story of two outlets, an article that waits, readers' "Wrong?", a reader's
settings and alert, and an earlier generation. ``buttons.json`` holds the buttons under answers that were given then,
with the words that each is about.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import chdir, closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.archive import Archive
    from data.reading import ReadResult
    from embeddings.encoder import Encoder

SAMPLE = Path(__file__).resolve().parents[1] / "data/sample/articles"
LEDGER = "https://tasmere-ledger.example/2"

RAID, REPORT, APPEAL = "023/03/14/print-works-raid", "023/04/06/lantern-report", "024/05/16/appeal"
CORRECTED, REMOVED, PURGED = "024/07/09/census", "024/02/15/budget", "024/01/11/marsh-fever"
WAITING = "024/09/19/fennick-resigns"
"""Articles of the Tasmere Ledger, by the end of their address."""

INTERVIEW, COPY, WIRE = "2023-04-13-shaft-interview.txt", "2023-03-15-presses.html", "20230314-0917"
"""An interview; an agency's article, and another outlet's copy of it."""

OFFICE = "Ilsa Varkonen's office"
MOST = 100
"""More than there are articles."""
READER_KEY, CHAT = "an operator's long secret", 4711
QUESTIONS = ("What did Mirela Tosk say about the report?", "What did Luc Amberley say?", "What did the court rule?")


def main(target: Path) -> None:
    """Build the home in a temporary folder, and pack it without what passes (logs, locks)."""
    from embeddings.encoder import Encoder

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        encoder = Encoder()
        if encoder.name != "all-MiniLM-L6-v2":
            raise SystemExit("this is not the earlier version: set PYTHONPATH to where it is checked out")
        build(home, encoder)
        newest = keep_buttons(home)
        keep_a_reader(home, newest)
        for database in home.glob("*.sqlite"):
            with closing(sqlite3.connect(database)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        target.parent.mkdir(exist_ok=True)
        with tarfile.open(target, "w:xz", preset=9) as packed:
            packed.add(home, "home", filter=_lasting)


def build(home: Path, encoder: Encoder) -> None:
    """The archive, with what editors and readers did, and its index."""
    from data.archive import Archive
    from data.model import DateRange
    from embeddings.checking import erase_dead
    from embeddings.indexing import add

    with Archive.open(home, create=True) as archive:
        ids = {one.article.url: one.article.id for one in articles() if one.article is not None}
        chosen = (RAID, REPORT, APPEAL, CORRECTED, REMOVED, PURGED, INTERVIEW, COPY, WIRE)
        add(archive, encoder, articles(*chosen), processes=1)
        with archive.writer("purge") as writer:
            writer.purge([ids[LEDGER + PURGED]])
        erase_dead(archive)
        speakers = {row.name: row.key for row in archive.speakers()}
        with archive.writer("edit") as writer:
            writer.remove([ids[LEDGER + REMOVED]])
            writer.merge_speakers(speakers["Ilsa Varkonen"], [speakers[OFFICE]])
            writer.split_speaker(speakers['Jonna "Red" Mattick'], ['Jonna "Red" Mattick'], called="Red Mattick")
            writer.correct(reference(archive, "the pumps were inspected"), speaker="Piet Sorrel")
            writer.correct(
                reference(archive, "the raid in public"), said_on=DateRange(date(2023, 3, 15), date(2023, 3, 16))
            )
            writer.correct(reference(archive, "that explanation"), hide=True)
        add(archive, encoder, articles(CORRECTED, corrections=True), processes=1)
        for _ in range(2):
            archive.count_fault(reference(archive, "“Forty-one is not"), "speaker")
        archive.count_fault(reference(archive, "At least 41 reporters"), "source")
        # An upgrade may come at any time: what follows is not indexed yet.
        (waiting,) = articles(WAITING)
        with archive.writer("edit") as writer:
            writer.correct(reference(archive, "“A door that is closed"), said_on="unknown")
            if waiting.article is not None:
                writer.put(waiting.article)


def articles(*ends: str, corrections: bool = False) -> Iterator[ReadResult]:
    """Articles of the sample, by the end of their address or source; none given: all of the first versions."""
    from data.reading import read

    ledger = "ledger_corrections.jsonl" if corrections else "ledger.jsonl"
    # By relative paths: a source's name is kept, and where this machine keeps its files is nobody's business.
    with chdir(SAMPLE):
        every = list(read([ledger, "river-wire.jsonl.gz", "harbour-post", "brask-miner"]))
    for one in every:
        names = [one.source, one.article.url if one.article else None]
        if not ends or any(name and name.endswith(ends) for name in names):
            yield one


def reference(archive: Archive, words: str) -> str:
    """The reference of the statement whose content begins with some words."""
    latest = archive.articles(range(1, MOST))
    for one in archive.statements(article_keys=latest):
        text = latest[one.article_key].article.text
        if text[one.statement.attribution.content[0][0] :].startswith(words):
            return one.ref
    raise SystemExit(f"no statement begins with {words}")


def keep_buttons(home: Path) -> int:
    """The buttons under some answers, each with the words that it is about; returns the key of the newest article."""
    from bot.asking.desk import Desk
    from bot.telegram.buttons import read_press
    from bot.telegram.rendering import render_answer
    from bot.telegram.words import words_in
    from data.settings import Settings

    kept: dict[str, str] = {}
    with Desk.open(Settings(_env_file=None, home=home)) as desk:
        for question in QUESTIONS:
            answer = desk.ask(question)
            quotes = {citation.statement: citation.quote for citation in answer.citations}
            keyboard = render_answer(answer, words_in("en")).buttons
            for button in [one for row in keyboard.inline_keyboard for one in row] if keyboard else []:
                press = read_press(button.callback_data if isinstance(button.callback_data, str) else None)
                if press is not None and press.passage in quotes:
                    kept[press.data] = quotes[press.passage]
        newest = desk.newest()
    (home / "buttons.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
    return newest


def keep_a_reader(home: Path, newest: int) -> None:
    """A reader's settings and alerts, sealed."""
    from bot.telegram.readers import Alert, Reader, Readers

    readers = Readers(home, READER_KEY)
    alerts = [Alert("speaker", "Dario Fennick", after=newest), Alert("topic", "the census", paused=True)]
    readers.keep(Reader(CHAT, language="ru", citations=2, dark=True, alerts=alerts))
    readers.close()


def _lasting(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Neither locks nor SQLite's side files, and nothing about who packed it."""
    if member.name.endswith((".lock", "-wal", "-shm")):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    main(Path(sys.argv[1]))
