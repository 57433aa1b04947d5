"""The upgrade to another model: a home of the version before is brought over, and nothing of anybody's work is lost.

The home is a real one, written by that version (``tests/upgrade_archive.py``).
"""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import tarfile
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.telegram.buttons import read_press
from bot.telegram.readers import Alert, Reader, Readers
from data import analysis
from data.archive import Archive
from data.errors import IndexFault
from data.reading import read
from embeddings import generations, indexing, models
from embeddings.checking import check
from embeddings.encoder import Encoder
from embeddings.progress import Progress
from embeddings.rebuilding import rebuild
from embeddings.search import Index
from tests.command_line import Run, one_line
from tests.telegram_desk import RealDesk, running
from tests.telegram_server import BotApiServer
from tests.upgrade_archive import CHAT, READER_KEY, SAMPLE

PACKED = Path(__file__).parent / "data/earlier-home.tar.xz"
SAYS = "made with the model all-MiniLM-L6-v2, not with multilingual-e5-small as it is installed now"

CORRECTED, EARLIER_VERSION, REMOVED, PURGED, WAITING = 10, 6, 4, 3, 11
"""Keys of articles in it."""

REGISTER = {"state", "generations", "generation_segments", "segments", "coverage", "waiting", "sqlite_sequence"}
"""Tables of the index's register and of counters: these a rebuild is there to change."""

Tables = dict[str, list[dict[str, Any]]]


class EarlierModel:
    """The model that the index was made with, as a process of the earlier version has it loaded."""

    name, dimension = "all-MiniLM-L6-v2", 384
    weights_hash = models.MINILM_SHA256

    @staticmethod
    def nearness(cosines: Any) -> Any:
        return cosines


def unpacked(folder: Path) -> Path:
    """The home of the earlier version, in a folder."""
    with tarfile.open(PACKED) as packed:
        packed.extractall(folder, filter="data")
    return folder / "home"


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    return unpacked(tmp_path / "earlier")


@dataclass(frozen=True)
class BroughtOver:
    """A home after its rebuild, and its tables and its readers' file before that."""

    home: Path
    before: Tables
    readers: bytes


@pytest.fixture(scope="module")
def brought_over(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> BroughtOver:
    home = unpacked(tmp_path_factory.mktemp("upgrade"))
    before, readers = tables(home), (home / "readers.sqlite").read_bytes()
    with pytest.MonkeyPatch.context() as patch, Archive.open(home) as archive:
        patch.setattr(analysis, "RULES", rules_of(archive))
        outcome = rebuild(archive, encoder, processes=1)
        assert (outcome.indexed, outcome.without_statements) == (8, [])
        assert check(archive) == []
    return BroughtOver(home, before, readers)


def tables(home: Path) -> Tables:
    """Every row of the archive."""
    with closing(sqlite3.connect(home / "archive.sqlite")) as connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in names}


def rules_of(archive: Archive) -> str:
    """The rules that its statements were found with: what later ones change is another matter than the upgrade."""
    (rules,) = {one.rules for one in archive.everything() if one.rules}
    return rules


def files(home: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    """The files of some segments."""
    folders = [home / generations.FOLDER / name for name in names]
    return {str(file): file.read_bytes() for folder in folders for file in folder.iterdir()}


def found(index: Index, archive: Archive) -> set[int]:
    """The keys of all articles that a search can come to."""
    search = index.view.search(np.full(384, 0.05, dtype=np.float32), "the")
    hits = [*search.paragraphs(1000), *search.statements(1000)]
    return {one.article_key for one in archive.paragraphs([hit.paragraph for hit in hits]).values()}


# --- before the rebuild


def test_until_the_rebuild_one_line_says_what_to_run(earlier: Path, encoder: Encoder, run: Run) -> None:
    before = tables(earlier)
    with Archive.open(earlier) as archive:
        with pytest.raises(IndexFault, match=f"{SAYS}: run onrecord rebuild"):
            Index.open(archive, encoder)
        with pytest.raises(IndexFault, match=f"{SAYS}: run onrecord rebuild"):
            indexing.add(archive, encoder, read([str(SAMPLE / "mixed.jsonl")]), processes=1)
    for command in (("ask", "What did Mirela Tosk say?"), ("add", SAMPLE / "mixed.jsonl")):
        assert f"{SAYS}: run onrecord rebuild" in one_line(run(*command, home=earlier))
    assert tables(earlier) == before


def test_what_needs_no_model_works_before_the_rebuild(earlier: Path, run: Run, tmp_path: Path) -> None:
    before = tables(earlier)
    facts = json.loads(run("status", "--json", home=earlier).out)
    assert (facts["articles"], facts["model"], facts["waiting"]) == (8, "all-MiniLM-L6-v2", 2)
    assert run("check", home=earlier).code == 0
    assert len(run("export", "articles", home=earlier).out.splitlines()) == 8
    rows = csv.DictReader(run("export", "statements", "--format", "csv", home=earlier).out.splitlines())
    speakers = {row["quote"]: row["speaker"] for row in rows}
    assert speakers["the pumps were inspected in February"] == "Piet Sorrel", "as corrected"
    assert "that explanation" not in speakers, "hidden"
    assert run("backup", tmp_path / "copy", home=earlier).code == 0
    assert (tmp_path / "copy").stat().st_size > 100_000
    assert tables(earlier) == before


def test_editors_go_on_working_before_the_rebuild(earlier: Path, run: Run) -> None:
    assert run("correct", "2.148-209", "--speaker", "Noor Esterhaze", home=earlier).code == 0
    assert run("remove", "--purge", "--yes", "--outlet", "Brask Miner", home=earlier).code == 0
    assert run("check", home=earlier).code == 0


def test_the_earlier_model_set_back_is_told_apart_by_its_weights(earlier: Path) -> None:
    class Other(EarlierModel):
        weights_hash = "0" * 64

    with (
        Archive.open(earlier) as archive,
        pytest.raises(IndexFault, match=r"other weights of the model all-MiniLM-L6-v2, .*: run onrecord rebuild"),
    ):
        generations.require_model(archive.current_generation(), Other())


# --- what is kept


def test_every_row_that_the_rebuild_has_no_business_with_is_as_it_was(brought_over: BroughtOver) -> None:
    before, after = brought_over.before, tables(brought_over.home)
    assert set(before) == set(after)
    # The waiting article's statements were found by the way: new statements and speakers, and more of known ones.
    touched = REGISTER | {"articles", "statements", "speakers", "aliases"}
    assert {name for name in before if before[name] != after[name]} <= touched
    for name in ("articles", "statements"):
        column = "key" if name == "articles" else "article_key"
        assert [row for row in after[name] if row[column] != WAITING] == [
            row for row in before[name] if row[column] != WAITING
        ]
    kept = ("key", "identity", "form", "first_name", "name", "merged_into")
    known = [tuple(row[column] for column in kept) for row in before["speakers"]]
    assert [tuple(row[column] for column in kept) for row in after["speakers"]][: len(known)] == known
    counted = {(row["speaker_key"], row["name"]): row["statements"] for row in after["aliases"]}
    assert all(counted[row["speaker_key"], row["name"]] >= row["statements"] for row in before["aliases"])
    assert before["waiting"]
    assert not after["waiting"]


def test_what_editors_did_holds_in_the_new_index(brought_over: BroughtOver, encoder: Encoder) -> None:
    with Archive.open(brought_over.home) as archive:
        index = Index.open(archive, encoder)
        by_key = {row["key"]: row for part in index.view.parts for row in part.segment.statements}
        speakers = {row.name: row.key for row in archive.speakers()}

        def indexed(ref: str) -> Any:
            one = archive.statement(ref)
            assert one is not None
            return by_key[one.key]

        assert indexed("9.373-409")["speaker"] == speakers["Piet Sorrel"], "corrected; it was the mine"
        assert date.fromordinal(indexed("1.735-753")["first"]) == date(2023, 3, 15)
        assert date.fromordinal(indexed("1.735-753")["last"]) == date(2023, 3, 16)
        assert indexed("5.161-220")["first"] == 0, "the correction that was not indexed before"
        assert indexed("9.285-351")["speaker"] == speakers["Red Mattick"], "split off"
        merged = archive.merged()
        assert merged == {speakers["Ilsa Varkonen's office"]: speakers["Ilsa Varkonen"]}
        (hidden,) = [one for one in archive.edited() if one.hidden]
        assert hidden.ref == "1.587-603"
        search = index.view.search(encoder.encode_query("an explanation"), "explanation")
        assert hidden.key not in {hit.statement for hit in search.statements(1000)}


def test_nothing_removed_is_found(brought_over: BroughtOver, encoder: Encoder) -> None:
    with Archive.open(brought_over.home) as archive:
        index = Index.open(archive, encoder)
        assert found(index, archive) == {one.key for one in archive.everything()}
        held = {int(key) for segment in index.view.segments for key in segment.articles}
        assert held.isdisjoint({REMOVED, PURGED, EARLIER_VERSION})
        assert {CORRECTED, WAITING} <= held
        assert archive.purged() == {PURGED}
    for file in brought_over.home.rglob("*"):
        assert not file.is_file() or b"marsh fever" not in file.read_bytes().lower(), "a purged word is in no file"


def test_readers_keep_their_settings_and_alerts(brought_over: BroughtOver, encoder: Encoder) -> None:
    assert (brought_over.home / "readers.sqlite").read_bytes() == brought_over.readers
    readers = Readers(brought_over.home, READER_KEY)
    reader = readers.of(CHAT)
    readers.close()
    alert = Alert("speaker", "Dario Fennick", after=CORRECTED)
    other = Alert("topic", "the census", paused=True)
    assert reader == Reader(CHAT, language="ru", citations=2, dark=True, alerts=[alert, other])
    with RealDesk.over(brought_over.home, encoder) as desk:
        news = desk.news(speaker=alert.words, after=alert.after)
    assert {int(str(one.statement).split(".")[0]) for one in news.citations} == {WAITING}, "nothing is told again"


# --- buttons under answers that were given before


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as started:
        yield started


def test_old_buttons_find_their_passages(brought_over: BroughtOver, encoder: Encoder) -> None:
    buttons = json.loads((brought_over.home / "buttons.json").read_text(encoding="utf-8"))
    assert len(buttons) > 15
    with RealDesk.over(brought_over.home, encoder) as desk:
        for data, quote in buttons.items():
            press = read_press(data)
            assert press is not None
            around = desk.context(press.passage)
            assert around is not None
            assert around.citation.quote == quote


async def test_old_buttons_do_what_they_say(
    brought_over: BroughtOver, encoder: Encoder, server: BotApiServer, tmp_path: Path
) -> None:
    home = shutil.copytree(brought_over.home, tmp_path / "home")
    async with running(server, home, RealDesk.over(home, encoder)):
        reader = server.person()
        reader.say("What did Mirela Tosk say?")
        await server.until(lambda: bool(reader.heard()))
        old = reader.heard()[0]
        for data in ("w:0:2.148-209", "ws:0:2.148-209", "c:0:2.148-209"):
            press = reader.press(old, data=data)
            await server.until(lambda press=press: press.answer is not None)  # type: ignore[misc]
        assert "Forty-one is not a misunderstanding" in old["text"]
    with Archive.open(home) as archive:
        assert ("2.148-209", "speaker", 3) in [(one.ref, one.kind, one.count) for one in archive.faults()]
    assert server.refused() == []


# --- interrupted, and beside a bot that serves


def test_interrupted_it_goes_on_and_the_earlier_index_serves_until_the_end(
    earlier: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BATCH_PARAGRAPHS", 8)  # an article or two
    with Archive.open(earlier) as archive:
        monkeypatch.setattr(analysis, "RULES", rules_of(archive))
        serving = Index.open(archive, EarlierModel())  # type: ignore[arg-type]
        was = archive.current_generation()
        assert was is not None
        content, shown = files(earlier, was.segments), found(serving, archive)

        def staged() -> int:
            return sum(one.articles for one in archive.segments() if one.staged_for)

        def interrupt(_: Progress) -> None:
            if staged() >= 4:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            rebuild(archive, encoder, processes=1, progress=interrupt)
        done = staged()
        assert archive.current_generation() == was
        assert files(earlier, was.segments) == content
        with archive.writer("remove") as writer:  # an editor goes on working, and the bot sees it
            (taken,) = writer.remove([archive.articles([2])[2].article.id])
        assert serving.refresh()
        assert found(serving, archive) == shown - {taken}

        outcome = rebuild(archive, encoder, processes=1)
        assert outcome.indexed == 8 - done
        states = {one.state: one for one in archive.generations()}
        assert (states["current"].model, states["previous"].number) == ("multilingual-e5-small", was.number)
        assert files(earlier, was.segments) == content
        with archive.writer("remove") as writer:
            (taken_too,) = writer.remove([archive.articles([7])[7].article.id])
        with pytest.raises(IndexFault, match="run onrecord rebuild"):
            serving.refresh()
        assert serving.view.generation == was.number, "what was being served is served on"
        assert found(serving, archive) == shown - {taken, taken_too}, "but for what is removed since"
        assert found(Index.open(archive, encoder), archive) == {one.key for one in archive.everything()}
        assert check(archive) == []


def test_other_rules_keep_what_people_said_about_statements(
    earlier: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis, "RULES", "rules of tomorrow")
    before = tables(earlier)
    with Archive.open(earlier) as archive:
        edited = {one.ref for one in archive.edited()}
        rebuild(archive, encoder, processes=1)
        assert {one.ref for one in archive.edited()} == edited
        assert all(archive.statement(one.ref) for one in archive.faults())
        assert check(archive) == []
    after = tables(earlier)
    for name in ("corrections", "splits", "faults", "tombstones", "texts", "sources", "paragraphs", "signatures"):
        assert after[name] == before[name]


# --- and back


def test_a_rollback_to_another_model_is_refused(earlier: Path, encoder: Encoder, run: Run) -> None:
    for _ in range(2):  # before the rebuild, and after it
        before = tables(earlier)
        assert f"nothing was rolled back, for the index before was {SAYS}" in one_line(run("rollback", home=earlier))
        assert tables(earlier) == before
        if before["generations"][-1]["model"] == EarlierModel.name:
            assert run("rebuild", home=earlier).code == 0
    assert run("ask", "What did Mirela Tosk say?", home=earlier).code == 0


def test_whose_model_is_set_can_roll_back(brought_over: BroughtOver, tmp_path: Path) -> None:
    home = shutil.copytree(brought_over.home, tmp_path / "home")
    with Archive.open(home) as archive:
        number = generations.rollback(archive, EarlierModel())
        assert number == 4
        index = Index.open(archive, EarlierModel())  # type: ignore[arg-type]
        assert found(index, archive) == {one.key for one in archive.everything()} - {WAITING}
        assert {one.key for one in archive.pending()} == {5, WAITING}, "they waited before, and wait again"


def test_before_a_rebuild_it_is_said_how_much_there_is_to_do(earlier: Path, run: Run) -> None:
    said = run("rebuild", home=earlier).err.splitlines()
    assert said[0] == "to index: 8 articles, 41 paragraphs"
