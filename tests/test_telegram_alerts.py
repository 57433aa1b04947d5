"""Alerts on the real desk: coverage added by another process, by name and topic, grouped, once, and never at night."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.telegram import alerting
from bot.telegram.app import Bot
from data.archive import Archive
from data.reading import read
from embeddings import indexing
from embeddings.encoder import Encoder
from tests.telegram_desk import RealDesk, running
from tests.telegram_server import BotApiServer, Person

KEY = "an operator's long secret"
NOON, NIGHT = datetime(2031, 6, 1, 12, tzinfo=UTC), datetime(2031, 6, 1, 23, tzinfo=UTC)

FIRST = {
    "id": "bridge",
    "outlet": "Harrow Courier",
    "title": "Harbour bridge",
    "published": "2031-03-03",
    "text": "Ilse Varga, the mayor of Harrowgate, said on Saturday that the harbour bridge will open in May.\n\n"
    "“We looked at every pillar of the bridge for a year,” Varga told reporters.",
}
LIBRARY = {
    "id": "library",
    "outlet": "Harrow Post",
    "title": "Library opens at night",
    "published": "2031-05-20",
    "text": "“Students asked for longer hours for years,” the library's director Henrik Solberg said on Monday.",
}


def article(name: str, text: str, **fields: str) -> dict[str, str]:
    return {"id": name, "outlet": "Harrow Courier", "title": name, "published": "2031-05-30", "text": text} | fields


def put(home: Path, encoder: Encoder, *articles: dict[str, str]) -> None:
    """Add articles, as another process would: into the archive that the bot has open."""
    source = home / "more.jsonl"
    source.write_text("\n".join(json.dumps(one) for one in articles), encoding="utf-8")
    with Archive.open(home, create=True) as archive:
        outcome = indexing.add(archive, encoder, read([str(source)]), processes=1)
    assert not outcome.refused


@pytest.fixture
def home(tmp_path: Path, encoder: Encoder) -> Path:
    put(tmp_path, encoder, FIRST)
    return tmp_path


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as started:
        yield started


async def watching(server: BotApiServer, person: Person, *wanted: str) -> None:
    """Set alerts, and wait for each to be confirmed."""
    for one in wanted:
        before = len(person.heard())
        person.say(f"/alerts {one}")
        await server.until(lambda before=before: len(person.heard()) > before)  # type: ignore[misc]


def alerts(person: Person) -> list[str]:
    """The alerts that somebody was sent."""
    return [message["text"] for message in person.heard() if "\N{BELL}" in message["text"]]


async def look(bot: Bot, now: datetime = NOON) -> int:
    return await alerting.tell_all(bot.app.bot, bot.service, now)


async def test_what_another_process_adds_is_told_once_and_grouped(
    server: BotApiServer, home: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`onrecord add` itself; the bot notices by itself."""
    monkeypatch.setattr("bot.telegram.app.REFRESH_SECONDS", 0.1)
    monkeypatch.setattr(alerting, "SETTLED_SECONDS", 0.5)
    monkeypatch.setattr(alerting, "is_night", lambda *_: False)
    by_name, by_topic, both, other = (server.person(name) for name in ("Name", "Topic", "Both", "Other"))
    more = [
        article("pillar", "Mayor Ilse Varga said on Friday that the harbour bridge needs a new pillar."),
        article("school", "“The school in Mill Lane will close,” Ilse Varga told parents on Friday."),
        article("boats", "“No boat will pass under the harbour bridge,” said Tomas Reyl, a docker."),
    ]
    (home / "new.jsonl").write_text("\n".join(json.dumps(one) for one in more), encoding="utf-8")
    async with running(server, home, RealDesk.over(home, encoder), telegram_reader_key=KEY):
        await watching(server, by_name, "Varga")
        await watching(server, by_topic, "about the harbour bridge")
        await watching(server, both, "Ilse Varga", "about the harbour bridge")
        await watching(server, other, "about the price of coffee")
        adding = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.cli", f"--home={home}", "add", str(home / "new.jsonl"),
            cwd=Path(__file__).parent.parent, env={**os.environ, "ONRECORD_PROCESSES": "1"},
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert await asyncio.wait_for(adding.wait(), 120) == 0
        await server.until(lambda: all(map(alerts, (by_name, by_topic, both))), 30)
        await asyncio.sleep(1.0)  # time for a second one, which there must not be
    (name,), (topic,), (grouped,) = alerts(by_name), alerts(by_topic), alerts(both)
    assert "2 new statements" in name
    assert "needs a new pillar" in name
    assert "Mill Lane" in name
    assert "2 new statements" in topic
    assert "No boat will pass" in topic
    assert "Mill Lane" not in topic
    assert "3 new statements" in grouped, "what two alerts find is told once"
    assert "who: Ilse Varga: 2" in grouped
    assert "about: the harbour bridge: 2" in grouped
    assert alerts(other) == []
    assert server.refused() == []


async def test_nights_pauses_stops_and_blocks(server: BotApiServer, home: Path, encoder: Encoder) -> None:
    day, night, paused, stopped, blocked = (server.person(name) for name in ("Day", "Night", "Paused", "Stop", "Gone"))
    async with running(server, home, RealDesk.over(home, encoder), telegram_reader_key=KEY) as bot:
        for person in (day, night, paused, stopped, blocked):
            await watching(server, person, "Ilse Varga")
        night.say("/settings")
        await server.until(lambda: len(night.heard()) == 2)
        for person, message, label in (
            (night, night.heard()[1], "Alerts at night"),
            (paused, paused.heard()[0], "1 · Pause"),
            (stopped, stopped.heard()[0], "1 · Stop"),
        ):
            press = person.press(message, label)
            await server.until(lambda press=press: press.answer is not None)  # type: ignore[misc]
        blocked.chat.closed = "bot was blocked by the user"
        put(home, encoder, article("one", "“The bridge is closed for a week,” Ilse Varga said on Friday."))
        assert await look(bot, NIGHT) == 1
        assert [len(alerts(person)) for person in (day, night, paused, stopped)] == [0, 1, 0, 0]
        assert await look(bot) == 1, "what came at night is told in the morning"
        assert bot.service.readers.of(blocked.id).is_default
        assert await look(bot) == 0
        press = paused.press(paused.heard()[0], "1 · Resume")
        await server.until(lambda: press.answer is not None)
        assert await look(bot) == 0, "a pause leaves no heap behind"
        put(home, encoder, article("two", "“The bridge is open again,” Ilse Varga said on Saturday."))
        assert await look(bot) == 3
        assert ["open again" in alerts(paused)[0], "closed for a week" in alerts(paused)[0]] == [True, False]
        assert alerts(stopped) == []


async def test_a_restart_in_between_loses_nothing(server: BotApiServer, home: Path, encoder: Encoder) -> None:
    reader = server.person()
    async with running(server, home, RealDesk.over(home, encoder), telegram_reader_key=KEY):
        await watching(server, reader, "Ilse Varga", "about longer library hours")
    put(home, encoder, LIBRARY, article("one", "“The bridge is closed for a week,” Ilse Varga said on Friday."))
    async with running(server, home, RealDesk.over(home, encoder), telegram_reader_key=KEY) as bot:
        server.faults.script("sendMessage", "502")
        assert await look(bot) == 1
        server.faults.script("sendMessage", "drop_after", times=2)
        put(home, encoder, article("two", "“The bridge is open again,” Ilse Varga said on Saturday."))
        assert await look(bot) == 1, "what may have arrived twice is not told a third time"
        assert await look(bot) == 0
    async with running(server, home, RealDesk.over(home, encoder), telegram_reader_key=KEY) as bot:
        assert await look(bot) == 0
    told = alerts(reader)
    assert "2 new statements" in told[0]
    assert "Students asked" in told[0]
    assert len(told) == 3
    assert told[1] == told[2]


async def test_what_was_removed_or_corrected_meanwhile(server: BotApiServer, home: Path, encoder: Encoder) -> None:
    reader = server.person()
    async with running(server, home, RealDesk.over(home, encoder), telegram_reader_key=KEY) as bot:
        await watching(server, reader, "Ilse Varga")
        put(home, encoder, article("gone", "“The bridge is closed for a week,” Ilse Varga said on Friday."))
        with Archive.open(home) as archive, archive.writer("remove") as writer:
            writer.remove(["gone"])
        assert await look(bot) == 0, "removed before it was told"
        corrected = FIRST | {"text": FIRST["text"] + "\n\n“The tunnel will follow in 2035,” Varga added."}
        put(home, encoder, corrected)
        assert await look(bot) == 1
        (told,) = alerts(reader)
        assert "1 new statement " in told
        assert "tunnel will follow" in told
        assert "every pillar" not in told, "that stood in the version before"
        put(home, encoder, article("other", "“The bridge is safe,” Ilse Varga said. “It is,” Tomas Reyl said."))
        with Archive.open(home) as archive:
            statements = archive.statements(article_keys=[one.key for one in archive.versions("other")])
            safe = next(one for one in statements if one.statement.speaker and "Varga" in one.statement.speaker.name)
            with archive.writer("correct") as writer:
                writer.correct(safe.ref, speaker="Marta Oduya")
        assert await look(bot) == 0, "an editor gave it to somebody else"


async def test_of_many_articles_at_once_none_is_missed(server: BotApiServer, home: Path, encoder: Encoder) -> None:
    reader = server.person(language="ru")
    async with running(server, home, RealDesk.over(home, encoder), telegram_reader_key=KEY) as bot:
        await watching(server, reader, "Ilse Varga", "about tram fares")
        many = [
            article(f"fares {number}", f"“Tram fares will rise by {number} cents,” said Jonas Aldeby.")
            for number in range(10, 70)
        ]
        put(home, encoder, *many, article("last", "“The bridge is safe,” Ilse Varga said on Sunday."))
        assert await look(bot) == 1
    told = "\n".join(message["text"] for message in reader.heard()[2:])
    assert "\N{BELL} 61 новое высказывание" in told
    assert "о чём: tram fares: 60" in told
    assert "fares 60" in told, "those that are not shown in full are listed"
    assert "/latest tram fares" in told
    assert "/timeline Ilse Varga" in told
    assert server.refused() == []


def test_new_coverage_is_told_when_it_has_settled() -> None:
    now = 0.0
    watch = alerting.Watch(lambda: now)
    seen: list[float] = []
    marks = {0: 5, 100: 6, 120: 7, 140: 8} | {800 + 10 * step: 9 + step for step in range(100)}
    newest = 0
    while now < 2600:
        newest = marks.get(int(now), newest)
        if watch.due(newest):
            seen.append(now)
        now += 2
    assert seen[0] == 30, "what came while the bot was down"
    assert seen[1] == 170, "three additions in a row are one message"
    assert seen[2] <= 770, "and now and then for those whose night is over"
    assert 1 <= len([at for at in seen if 800 < at < 1790]) <= 2, "an endless addition is told in between"
