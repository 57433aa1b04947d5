"""Operations: health, metrics, a graceful stop; and updates mutated at random."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.telegram_desk import TinyDesk, running
from tests.telegram_server import BotApiServer
from tests.telegram_server.people import marks


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as started:
        yield started


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def test_metrics_and_health_tell_nothing_of_readers(server: BotApiServer, tmp_path: Path) -> None:
    port = free_port()
    async with running(server, tmp_path, telegram_metrics_port=port), httpx.AsyncClient() as http:
        reader = server.person("Evelyn")
        reader.say("harbour quokka")
        await server.until(lambda: bool(reader.heard()))
        page = (await http.get(f"http://127.0.0.1:{port}/metrics")).text
        health = await http.get(f"http://127.0.0.1:{port}/health")
    assert 'onrecord_answers_total{outcome="answered"} 1.0' in page
    assert health.json() == {"status": "ok"}
    for secret in ("quokka", "Evelyn", str(reader.id), server.token):
        assert secret not in page


async def test_sigterm_answers_what_is_in_hand_and_ends_well(server: BotApiServer, tmp_path: Path) -> None:
    script = (
        "from bot.telegram import run\nfrom data.settings import settings\nfrom tests.telegram_desk import TinyDesk\n"
        "run(settings(), open_desk=lambda _: TinyDesk(seconds=1.0))\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        script,
        cwd=Path(__file__).parent.parent,
        stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "TELEGRAM_BOT_TOKEN": server.token,
            "ONRECORD_TELEGRAM_API": server.root,
            "ONRECORD_HOME": str(tmp_path),
        },
    )
    reader = server.person()
    reader.say("harbour")
    await server.until(lambda: bool(server.made("sendChatAction")), 30)
    process.send_signal(signal.SIGTERM)
    _, complained = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    assert len(reader.heard()) == 1
    assert server.state.pending == []
    lines = [json.loads(line) for line in complained.decode().splitlines()]
    assert [line["event"] for line in lines] == ["the bot is up", "the bot has stopped"]


ODD: list[Any] = [
    None,
    "",
    "x" * 5000,
    -1,
    0,
    2**70,
    1.5,
    True,
    [],
    {},
    [None],
    {"id": None},
    "\u202e\x00",
    "/ask",
    "null",
]


def mutated(update: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """An update with one to three fields, at any depth, taken out or made odd."""
    changed = copy.deepcopy(update)
    for _ in range(dice.randint(1, 3)):
        place: Any = changed
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = dice.choice(keys)
            if isinstance(place[key], dict | list) and place[key] and dice.random() < 0.75:
                place = place[key]
                continue
            if dice.random() < 0.4:
                del place[key]
            else:
                place[key] = dice.choice(ODD)
            break
    return changed


async def test_updates_mutated_at_random_harm_nobody(server: BotApiServer, tmp_path: Path) -> None:
    dice = random.Random(17)
    reader = server.person("Ada")
    group = server.group("Desk", reader, topics=(7,))
    question = {
        "message_id": 9, "date": 1_900_000_000, "chat": reader.chat.json(), "from": reader.user,
        "text": "@on_record_bot /ask harbour", "entities": marks("@on_record_bot /ask harbour"),
    }  # fmt: skip
    seeds: list[dict[str, Any]] = [
        {"message": question},
        {"edited_message": question | {"edit_date": 1_900_000_001}},
        {"message": question | {"chat": group.chat.json(), "message_thread_id": 7, "is_topic_message": True}},
        {"message": question | {"text": "/settings", "entities": marks("/settings")}},
        {"message": question | {"text": "/timeline Varga", "entities": marks("/timeline Varga")}},
        {"message": question | {"reply_to_message": question}},
        {"callback_query": {"id": "1", "from": reader.user, "message": question, "chat_instance": "1", "data": "m:0:"}},
        {
            "callback_query": {
                "id": "2",
                "from": reader.user,
                "message": question,
                "chat_instance": "1",
                "data": "s:dark:1",
            }
        },
        {"inline_query": {"id": "3", "from": reader.user, "query": "harbour bridge", "offset": ""}},
    ]
    async with running(server, tmp_path, telegram_inline=True) as bot:
        for _ in range(300):
            server.state.add_raw_update(mutated(dice.choice(seeds), dice))
        await server.until(lambda: not server.state.pending, 60)
        other = server.person("Other")
        other.say("harbour")
        await server.until(lambda: bool(other.heard()))
        await server.until(lambda: bot.intake.in_hand == 0)
        assert bot.app.running


async def test_a_slow_desk_does_not_stop_the_loop(server: BotApiServer, tmp_path: Path) -> None:
    desk = TinyDesk(seconds=0.5)
    async with running(server, tmp_path, desk):
        readers = [server.person(f"Reader {number}") for number in range(8)]
        for reader in readers:
            reader.say("harbour")
        await server.until(lambda: len(server.made("sendChatAction")) == 8, 20)
        assert sum(len(reader.heard()) for reader in readers) < 8, "typing is shown to all before all are answered"
        await server.until(lambda: all(reader.heard() for reader in readers), 20)
