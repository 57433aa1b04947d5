"""A scripted hour of conversation with everything in it, and then a search of every byte that the bot wrote."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import random
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.telegram import alerting, logs
from bot.telegram.app import Bot
from data.archive import Archive
from data.errors import OnRecordError
from data.reading import read
from embeddings import indexing
from embeddings.encoder import Encoder
from tests.telegram_desk import RealDesk, running
from tests.telegram_server import BotApiServer, Person
from tests.telegram_traces import bytes_under, forms_of_number, forms_of_text, found_in, telling_words
from tests.test_telegram_alerts import FIRST, LIBRARY, article
from tests.test_telegram_operations import free_port

KEY = "an operator's long secret"
ARTICLES = [
    FIRST,
    LIBRARY,
    article("school", "“The school in Mill Lane will close,” Ilse Varga told parents.", url="https://p.example/s"),
    article("boats", "“No boat will pass under the bridge,” said Tomas Reyl, a docker. Ilse Varga denied it."),
]  # fmt: skip
NEW = article("tram", "“Tram fares will rise,” said Jonas Aldeby. Ilse Varga said on Monday that they would not.")
RARE = """
    quokkafarm zanzibarian ombudsperson whistleblowing marmaladefactory gooseberries pterodactyls embezzlement
    lighthousekeeper cryptography informants sabbaticals xylophones asparagus kaleidoscope velociraptor mayonnaise
    watermelons ultramarine tarpaulins sasquatches rhododendron parliamentarium jabberwocky flibbertigibbet
""".split()  # noqa: SIM905
TEMPLATES = (
    "What did Ilse Varga say about {}?",
    "Who said the bridge was {}?",
    "When did Tomas Reyl mention {} in May 2031?",
    "What about {}?",
    "Что сказала Ilse Varga про {}?",
)


class Hour:
    """The clock of the conversation, and everything that readers wrote in it."""

    def __init__(self, server: BotApiServer) -> None:
        self.server = server
        self.minutes = 0
        self.dice = random.Random(60)
        self.written: list[str] = []
        self.began = datetime(2031, 6, 1, 12, 30, tzinfo=UTC)
        server.state.clock = lambda: self.now.timestamp()

    @property
    def now(self) -> datetime:
        return self.began + timedelta(minutes=self.minutes)

    def seconds(self) -> float:
        return 60.0 * self.minutes

    def question(self) -> str:
        words = " and ".join(self.dice.sample(RARE, 2))
        self.written.append(self.dice.choice(TEMPLATES).format(words))
        return self.written[-1]

    async def quiet(self) -> None:
        await self.server.until(lambda: not self.server.state.pending, 60)


class FrailDesk(RealDesk):
    """The real desk, which can be made to break with the question in its complaint."""

    broken: type[Exception] | None = None

    def ask(self, question: str, **given: object) -> object:  # type: ignore[override]
        if self.broken is not None:
            raise self.broken(f"broke over {question}")
        return super().ask(question, **given)  # type: ignore[arg-type]


@pytest.fixture
def home(tmp_path: Path, encoder: Encoder) -> Path:
    place = tmp_path / "home"
    source = tmp_path / "articles.jsonl"
    source.write_text("\n".join(json.dumps(one) for one in ARTICLES), encoding="utf-8")
    with Archive.open(place, create=True) as archive:
        indexing.add(archive, encoder, read([str(source)]), processes=1)
    return place


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, of this process and its children."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


LOUD = ("", "httpx", "httpcore", "telegram", "telegram.ext.AIORateLimiter", "asyncio", "tornado")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Where ``log_everything`` writes to; the levels are put back afterwards."""
    before = {name: logging.getLogger(name).level for name in LOUD}
    yield io.StringIO()
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(False)


def log_everything(stream: io.StringIO) -> None:
    """All that any library of this process logs, at level debug, as the bot's logs would show it."""
    logs.set_up(stream, logging.DEBUG)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.DEBUG)


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as started:
        yield started


async def test_an_hour_of_conversation_leaves_nothing_of_the_readers(
    server: BotApiServer,
    home: Path,
    scratch: Path,
    written: io.StringIO,
    encoder: Encoder,
    capfd: pytest.CaptureFixture[str],
) -> None:
    log_everything(written)
    hour = Hour(server)
    readers = [server.person(f"Firstname{letter}", username=f"handle_{letter}{letter}") for letter in "qwxzjk"]
    editor = server.person("Editrixia", username="handle_editor")
    group = server.group("Quillfeather newsroom", readers[0], readers[1], admins=(readers[2],), topics=(7,))
    watcher = server.person("Watcherina", username="handle_watch")
    watcher.say("/alerts Ilse Varga")
    seen: dict[str, bytes] = {}

    async def look(metrics_port: int) -> None:
        """What lies on the disk, and on the metrics page, at this moment."""
        async with httpx.AsyncClient() as http:
            page = (await http.get(f"http://127.0.0.1:{metrics_port}/metrics")).content
        assert b"onrecord_answers" in page
        seen[f"metrics at {hour.minutes}"] = page
        for place, content in (await asyncio.to_thread(bytes_under, home, scratch)).items():
            seen[f"{place} at {hour.minutes}"] = content

    for turn in range(4):
        port, metrics = free_port(), free_port()
        hook = f"http://127.0.0.1:{port}/hook" if turn == 2 else None
        server.faults.at_random(
            turn, {"429": 0.01, "502": 0.03, "drop_before": 0.02, "drop_after": 0.02},
            frozenset({"sendMessage", "getUpdates", "editMessageText"}),
        )  # fmt: skip
        desk = FrailDesk.over(home, encoder)
        async with running(
            server, home, desk, webhook=hook, port=port, clock=hour.seconds, telegram_reader_key=KEY,
            telegram_editors=frozenset({editor.id}), telegram_inline=True, telegram_metrics_port=metrics,
        ) as bot:  # fmt: skip
            _without_pace(bot)
            for minute in range(15):
                hour.minutes += 1
                for reader in readers:
                    _act(hour, reader, minute)
                if minute % 3 == 0:
                    readers[0].say(f"/ask {hour.question()}", group, thread=7)
                    readers[1].say(f"@on_record_bot {hour.question()}", group)
                    readers[1].say(hour.question(), group)  # not meant for the bot
                    readers[2].say("/settings", group)
                    readers[3].inline(hour.question())
                if minute == 5:
                    desk.broken = RuntimeError if turn % 2 else OnRecordError
                if minute == 7:
                    await hour.quiet()
                    desk.broken = None
                    server.state.add_raw_update({"message": {"text": hour.question(), "chat": readers[0].id}})
                if minute == 9 and turn == 1:
                    editor.send_file("more.jsonl", json.dumps(NEW).encode())
                    editor.say("/remove nonsense")
                if minute == 10:
                    server.faults.calm()
                    await hour.quiet()
                    await alerting.tell_all(bot.app.bot, bot.service, hour.now)
                    _press(hour, readers)
                if minute == 12 and turn == 3:
                    readers[5].block()
                    readers[5].say(hour.question())
                if minute == 13:
                    await hour.quiet()
                    await look(metrics)
            await hour.quiet()
            if turn == 1:
                await server.until(lambda: "Done." in str([one["text"] for one in editor.heard()]), 60)
    assert hour.minutes == 60
    everybody = [*readers, editor, watcher]
    heard = [str(message) for person in everybody for message in person.heard()]
    assert len(heard) > 150
    assert any("\N{BELL}" in text for text in heard), "alerts were sent"
    assert "Sorry" in str(heard)
    assert len({call.method for call in server.calls}) > 10
    log = written.getvalue()
    assert log.count("\n") > 1000, "the logs do work"
    assert '"debug"' in log
    out, err = capfd.readouterr()
    seen |= {"log": log.encode(), "stdout": out.encode(), "stderr": err.encode()}
    seen |= await asyncio.to_thread(bytes_under, home, scratch)
    assert b"SQLite format 3" in seen[str(home / "readers.sqlite")]
    words = telling_words(hour.written, [json.dumps(one) for one in (*ARTICLES, NEW)])
    assert words >= set(RARE)
    words |= {str(person.user["first_name"]).lower() for person in everybody}
    words |= {str(person.user["username"]).lower() for person in everybody if "username" in person.user}
    words |= {"quillfeather", server.token.lower(), server.token.split(":")[1].lower()}
    numbers = [person.id for person in everybody] + [group.id, int(server.token.split(":")[0])]
    numbers += [call.given["offset"] for call in server.calls if call.given.get("offset")]  # updates
    assert found_in(seen, words, numbers) == []


def _without_pace(bot: Bot) -> None:
    """Telegram's limits would make a group's part of the hour take minutes."""
    bot.courier.burst = 10_000
    bot.courier._base_limiter = None
    bot.courier._group_max_rate = 0


def _act(hour: Hour, reader: Person, minute: int) -> None:
    """What one reader does in one minute."""
    say: list[Callable[[], object]] = [
        lambda: reader.say(hour.question()),
        lambda: reader.say(hour.question()),
        lambda: reader.edit(reader.say(hour.question()), hour.question()),
        lambda: reader.say(f"/ask {hour.question()}"),
        lambda: reader.say("/who Varga"),
        lambda: reader.say(f"/who {_noted(hour)}"),
        lambda: reader.say(f"/timeline Ilse Varga about {_noted(hour)}"),
        lambda: reader.say(f"/latest {_noted(hour)}"),
        lambda: reader.say(f"/compare Varga, Reyl about {_noted(hour)}"),
        lambda: reader.say(f"/alerts about bridge {_noted(hour)}"),
        lambda: reader.say("/alerts Ilse Varga"),
        lambda: reader.send_media(hour.dice.choice(["voice", "photo", "sticker"])),
        lambda: reader.say(hour.dice.choice(["/sources", "/help", "/privacy", "/start", "/settings", "/nonsense"])),
        lambda: reader.say("/forget"),
        lambda: reader.send({"contact": {"phone_number": "+100200300", "first_name": _noted(hour)}}),
    ]
    if hour.dice.random() < 0.45:
        hour.dice.choice(say if minute < 12 else say[:9])()


def _noted(hour: Hour) -> str:
    hour.written.append(hour.dice.choice(RARE))
    return hour.written[-1]


def _press(hour: Hour, readers: list[Person]) -> None:
    """Everybody presses a few of the buttons that they have."""
    for reader in readers:
        for message in reader.heard()[-6:]:
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            data = [button["callback_data"] for row in rows for button in row if "callback_data" in button]
            for one in hour.dice.sample(data, min(3, len(data))):
                reader.press(message, data=one)


async def test_the_process_itself_killed_and_started_again_leaves_nothing(
    server: BotApiServer, home: Path, tmp_path: Path, scratch: Path
) -> None:
    """`onrecord bot` with its own standard streams, working folder and temporary files; SIGKILL in the middle."""
    questions = [f"Who said that the bridge was full of {word}?" for word in RARE[:8]]
    reader, folder = server.person("Wintermutia", username="handle_winter"), tmp_path / "elsewhere"
    (folder / "cache").mkdir(parents=True)
    environment = {
        **os.environ, "TELEGRAM_BOT_TOKEN": server.token, "ONRECORD_TELEGRAM_API": server.root,
        "ONRECORD_HOME": str(home), "ONRECORD_TELEGRAM_READER_KEY": KEY, "TMPDIR": str(scratch), "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"), "ONRECORD_DEBUG": "1", "PYTHONPATH": str(Path(__file__).parent.parent),
    }  # fmt: skip
    for turn in (0, 1):
        with (tmp_path / f"out{turn}").open("wb") as out, (tmp_path / f"err{turn}").open("wb") as err:
            bot = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.cli", "bot", stdout=out, stderr=err, cwd=folder, env=environment
            )
            for question in questions[4 * turn : 4 * turn + 4]:
                reader.say(question)
            reader.say(f"/alerts about {RARE[9]}")
            await server.until(lambda turn=turn: len(reader.heard()) >= 2 + 3 * turn, 120)  # type: ignore[misc]
            if turn:
                await server.until(lambda: not server.state.pending, 60)
            bot.send_signal(signal.SIGTERM if turn else signal.SIGKILL)
            await asyncio.wait_for(bot.wait(), 60)
    answered = [message["reply_to_message"]["text"] for message in reader.heard() if "reply_to_message" in message]
    assert set(questions) <= set(answered)
    assert max(map(answered.count, questions)) <= 2
    seen = await asyncio.to_thread(bytes_under, home, scratch, folder)
    seen |= {place.rsplit("/", 1)[-1]: content for place, content in bytes_under(tmp_path).items()}
    assert b"the bot is up" in seen["err0"]
    words = telling_words([*questions, RARE[9]], [json.dumps(one) for one in ARTICLES])
    words |= {"wintermutia", "handle_winter", server.token.lower(), server.token.split(":")[1].lower()}
    assert found_in(seen, words, [reader.id, server.state.bot["id"]]) == []


@pytest.mark.parametrize("secret", ["quokkafarm", 5_100_000_017, -1_002_000_007_919])
def test_the_search_finds_what_is_there(secret: str | int, tmp_path: Path) -> None:
    forms = forms_of_text(secret) if isinstance(secret, str) else forms_of_number(secret)
    words, numbers = ([secret], []) if isinstance(secret, str) else ([], [secret])
    for number, form in enumerate(forms):
        (tmp_path / f"{number}").write_bytes(b"\x00before" + form + b"behind")
        assert found_in({"here": b"\x00before" + form + b"behind"}, words, numbers)
    assert len(found_in(bytes_under(tmp_path), words, numbers)) >= 3
    assert found_in({"here": b"nothing of it"}, words, numbers) == []
