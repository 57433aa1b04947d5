"""Groups, edits, media, odd updates; and that nothing the bot writes tells on a reader."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.telegram import logs
from bot.telegram.buttons import Press, read_press
from tests.telegram_desk import TinyDesk, running
from tests.telegram_server import BotApiServer


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as started:
        yield started


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that the process logs, as the bot sets its logs up."""
    root = logging.getLogger()
    before = list(root.handlers), root.level
    stream = io.StringIO()
    logs.set_up(stream, logging.DEBUG)
    yield stream
    root.handlers, root.level = before[0], before[1]
    logging.captureWarnings(False)


def every_byte(folder: Path) -> str:
    return "".join(path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file())


async def settled(server: BotApiServer) -> None:
    """Wait until all that was sent has been dealt with."""
    await server.until(lambda: not server.state.pending)
    await asyncio.sleep(0.05)


async def test_in_groups_only_what_is_meant_for_the_bot(server: BotApiServer, tmp_path: Path) -> None:
    reader = server.person("Ada")
    group = server.group("Desk", reader, topics=(7,))
    async with running(server, tmp_path):
        reader.say("did anybody see the harbour?", group)
        reader.say("@other_bot harbour?", group)
        reader.say("/ask@other_bot harbour?", group)
        reader.send_media("sticker", group)
        reader.say("talk to on_record_bot about the harbour", group)
        await settled(server)
        assert group.heard() == []
        reader.say("@On_Record_Bot, what about the harbour?", group, thread=7)
        await server.until(lambda: len(group.heard()) == 1)
        answer = group.heard()[0]
        assert answer["message_thread_id"] == 7, "the answer stays in its topic"
        reader.say("/ask dockers?", group)
        await server.until(lambda: len(group.heard()) == 2)
        assert "message_thread_id" not in group.heard()[1]
        reader.say("cost?", group, reply_to=group.heard()[1])
        await server.until(lambda: len(group.heard()) == 3)
        press = reader.press(answer, "Wrong?")
        await server.until(lambda: press.answer is not None)
        assert all(call.given.get("message_thread_id") in (7, None) for call in server.calls)
    assert server.refused() == []


async def test_a_group_never_hears_more_than_twenty_in_a_minute(tmp_path: Path) -> None:
    async with BotApiServer(flood=True) as server:
        readers = [server.person(f"Reader {number}") for number in range(3)]
        group = server.group("Desk", *readers)
        async with running(server, tmp_path):
            for number in range(6):
                readers[number % 3].say("/ask harbour?", group)
            await server.until(lambda: len(group.heard()) == 6, 30)
            assert server.flood.refused == 0


async def test_an_edited_question_is_answered_anew(server: BotApiServer, tmp_path: Path) -> None:
    async with running(server, tmp_path):
        reader = server.person()
        asked = reader.say("harbour?")
        await server.until(lambda: len(reader.heard()) == 1)
        reader.edit(asked, "dockers?")
        await server.until(lambda: len(reader.heard()) == 2)
        assert "Nobody asked the dockers" in reader.heard()[1]["text"]


@pytest.mark.parametrize("kind", ["voice", "photo", "sticker", "video", "location"])
async def test_what_is_not_text_gets_a_friendly_line(server: BotApiServer, tmp_path: Path, kind: str) -> None:
    async with running(server, tmp_path):
        reader = server.person()
        reader.send_media(kind)
        await server.until(lambda: len(reader.heard()) == 1)
        assert "type your question" in reader.heard()[0]["text"]


async def test_commands_of_the_base(server: BotApiServer, tmp_path: Path) -> None:
    async with running(server, tmp_path):
        reader = server.person("<b>Eve</b>")
        for number, text in enumerate(
            ("/start", "/help", "/privacy", "/forget", "/nonsense", "/ask", "/ask harbour"), 1
        ):
            reader.say(text)
            await server.until(lambda number=number: len(reader.heard()) == number)
        texts = [message["text"] for message in reader.heard()]
    assert "who said what" in texts[0]
    assert "/privacy" in texts[1]
    assert "not stored" in texts[2]
    assert "Forgotten" in texts[3]
    assert "/help" in texts[4]
    assert "behind the command" in texts[5]
    assert "bridge" in texts[6]
    assert server.refused() == []
    menus = {scope for scope, _ in server.state.commands}
    assert any("private" in scope for scope in menus)
    assert any("group" in scope for scope in menus)


async def test_updates_of_every_odd_shape_harm_nobody(server: BotApiServer, tmp_path: Path) -> None:
    odd: list[Any] = [
        {},
        {"message": None},
        {"message": {}},
        {"message": {"message_id": "x", "date": None, "chat": 5}},
        {"message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "harbour"}},
        {"message": {"message_id": 1, "date": 10**18, "chat": {"id": 5, "type": "private"}}},
        {"message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "moon"}, "text": "\ud800 harbour"}},
        {"callback_query": {"id": "1", "from": {"id": 1, "is_bot": False, "first_name": ""}, "chat_instance": "1"}},
        {"inline_query": {"id": "1"}},
        {"edited_message": [1, 2]},
        {"something_new": {"a": 1}},
    ]
    async with running(server, tmp_path):
        for fields in odd:
            server.state.add_raw_update(fields)
        reader = server.person()
        reader.say("harbour")
        await server.until(lambda: len(reader.heard()) == 1)
        await settled(server)
        assert server.state.pending == []


async def test_forged_buttons_and_strangers_presses(server: BotApiServer, tmp_path: Path) -> None:
    async with running(server, tmp_path):
        reader, stranger = server.person("Reader"), server.person("Stranger")
        reader.say("harbour")
        await server.until(lambda: len(reader.heard()) == 1)
        for data in (
            "",
            "x",
            "m:99999:",
            "m:-1:",
            "c:0:1.1-2;drop",
            "m:9:",
            "q:0:#9.00000000",
            "w:0:" + "9" * 50,
            "é" * 30,
        ):
            press = stranger.press(reader.heard()[0], data=data)
            await server.until(lambda press=press: press.answer is not None)
        assert len(reader.heard()) == 1
        assert stranger.heard() == []


@given(st.text(max_size=64))
def test_button_data_is_read_or_refused(data: str) -> None:
    press = read_press(data)
    assert press is None or read_press(press.data) == press


def test_button_data_fits() -> None:
    longest = Press("ws", 9999, "999999999999.999999999-999999999")
    assert read_press(longest.data) == longest
    assert len(longest.data) <= 64


async def test_nothing_written_tells_on_a_reader(
    server: BotApiServer, tmp_path: Path, written: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    desk = TinyDesk()
    server.faults.script("sendMessage", "429")
    server.faults.script("sendMessage", "drop_after")
    secrets = ["zanzibar", "quokka", "harbour", "Evelyn", "Wintermute"]
    async with running(server, tmp_path, desk, telegram_reader_key="an operator's long secret"):
        readers = [server.person("Evelyn", username="evelyn_w"), server.person("Wintermute")]
        for reader in readers:
            reader.say("what about zanzibar and the harbour?")
            await server.until(lambda reader=reader: bool(reader.heard()))
            reader.say("/forget")
        desk.broken = True
        readers[0].say("quokka?")
        await server.until(lambda: any("Sorry" in message["text"] for message in readers[0].heard()))
        readers[1].block()
        readers[1].say("quokka?")
        server.state.add_raw_update({"message": {"text": "quokka", "chat": readers[0].id}})
        logging.getLogger("somebody.else").error("asked %s by %s", "quokka", readers[0].id)
        await settled(server)
    assert "the bot is up" in written.getvalue(), "the logs do work"
    secrets += [str(person.id) for person in readers] + [
        server.token,
        server.token.split(":")[1],
        str(server.state.bot["id"]),
    ]
    everything = written.getvalue() + "".join(capfd.readouterr())
    everything += await asyncio.to_thread(every_byte, tmp_path)
    assert [secret for secret in secrets if secret.lower() in everything.lower()] == []


@pytest.mark.parametrize(
    ("token", "says"),
    [("", "TELEGRAM_BOT_TOKEN is not set"), ("nonsense", "does not look like"), ("1:" + "x" * 35, "does not know")],
)
async def test_a_wrong_token_is_one_clear_line(server: BotApiServer, tmp_path: Path, token: str, says: str) -> None:
    script = (
        "import sys\nfrom bot.telegram import run\nfrom data.errors import OnRecordError\n"
        "from data.settings import settings\nfrom tests.telegram_desk import TinyDesk\n"
        "try: run(settings(), open_desk=lambda _: TinyDesk())\n"
        "except OnRecordError as error: print(error, file=sys.stderr); sys.exit(error.exit_code)\n"
    )
    environment = {
        **os.environ,
        "TELEGRAM_BOT_TOKEN": token,
        "ONRECORD_TELEGRAM_API": server.root,
        "ONRECORD_HOME": str(tmp_path),
    }

    def start() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60,
            cwd=Path(__file__).parent.parent,
        )  # fmt: skip

    ended = await asyncio.to_thread(start)
    assert ended.returncode == 2
    assert says in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert not token or token not in ended.stderr


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=5))
def test_questions_in_every_script_get_an_answer(texts: list[str], tmp_path: Path) -> None:
    async def ask() -> None:
        async with BotApiServer() as server, running(server, tmp_path):
            reader = server.person()
            for text in texts:
                reader.say(text.encode("utf-8", "replace").decode() + " harbour")
            await server.until(lambda: len(reader.heard()) >= len([t for t in texts if not t.startswith("/")]))
            assert [call.error.description for call in server.refused() if call.error] == []

    asyncio.run(ask())
