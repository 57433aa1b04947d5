"""The main line, end to end: a question over HTTP to the Bot API double and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.telegram_desk import NOTICE, STATEMENTS, TinyDesk, running
from tests.telegram_server import BotApiServer


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as started:
        yield started


async def test_a_question_is_answered_with_a_cited_quote(server: BotApiServer, tmp_path: Path) -> None:
    async with running(server, tmp_path):
        reader = server.person()
        asked = reader.say("Was the harbour bridge called safe?")
        await server.until(lambda: len(reader.heard()) == 1)
    (answer,) = reader.heard()
    assert server.refused() == []
    assert answer["reply_to_message"]["message_id"] == asked["message_id"]
    lines = answer["text"].split("\n")
    assert lines[0].startswith("\N{LEFT-POINTING MAGNIFYING GLASS}")
    assert NOTICE in answer["text"], "the outlet's notice stands before its quotes"
    assert answer["text"].index(NOTICE) < answer["text"].index(STATEMENTS[0][2])
    assert "The bridge <b>will</b> open & stay open, said the mayor." in answer["text"], "letter for letter"
    assert "Ilse Varga, mayor of Harrowgate" in answer["text"]
    assert "Said: 1 March 2031 (“on Monday”)" in answer["text"]
    assert "Harrow Courier · published 2 March 2031" in answer["text"]
    links = [entity["url"] for entity in answer["entities"] if entity["type"] == "text_link"]
    assert links[0].startswith("https://courier.example/bridge/0?a=1&b=2#:~:text=The%20bridge%20%3Cb%3Ewill")
    assert [call.given["link_preview_options"]["is_disabled"] for call in server.made("sendMessage")] == [True]
    typing = server.made("sendChatAction")
    assert typing
    assert typing[0].at <= server.made("sendMessage")[0].at


async def test_more_pages_in_place_and_after_a_restart(server: BotApiServer, tmp_path: Path) -> None:
    reader = server.person()
    async with running(server, tmp_path):
        reader.say("What did Varga say?")
        await server.until(lambda: len(reader.heard()) == 1)
        assert "1–3 of 4" in reader.heard()[0]["text"]
    async with running(server, tmp_path):
        press = reader.press(reader.heard()[0], "More")
        await server.until(lambda: press.answer is not None)
    answer, *rest = reader.heard()
    assert "More" not in str(answer["reply_markup"])
    assert "4 of 4" in rest[-1]["text"]
    whole = "".join(message["text"] for message in (answer, *rest))
    assert whole.count("every single pillar") == 120, "a long quote goes on in replies"
    assert server.refused() == []


async def test_a_follow_up_and_its_buttons_after_a_restart(server: BotApiServer, tmp_path: Path) -> None:
    reader = server.person()
    async with running(server, tmp_path):
        reader.say("What did Varga say?")
        reader.say("What did she say about the cost?")
        await server.until(lambda: len(reader.heard()) == 2)
        assert "12 million" in reader.heard()[1]["text"]
        back = reader.press(reader.heard()[1], data="a:0:")
        await server.until(lambda: back.answer is not None)
        assert not back.answer.get("text"), "the conversation is remembered"
    async with running(server, tmp_path):
        press = reader.press(reader.heard()[1], data="a:0:")
        await server.until(lambda: press.answer is not None)
        assert "ask your question again" in press.answer["text"], "better none than another question's answer"


async def test_webhook_with_its_secret(server: BotApiServer, tmp_path: Path) -> None:
    from tornado.httpclient import AsyncHTTPClient, HTTPRequest

    port = 18_437
    url = f"http://127.0.0.1:{port}/hook"
    async with running(server, tmp_path, webhook=url, port=port):
        reader = server.person()
        reader.say("harbour")
        await server.until(lambda: len(reader.heard()) == 1 and not server.state.pending)
        client = AsyncHTTPClient(force_instance=True)
        forged = await client.fetch(HTTPRequest(url, "POST", body='{"update_id": 1}'), raise_error=False)
        assert forged.code == 403
        health = await client.fetch(f"http://127.0.0.1:{port}/health")
        assert b"ok" in health.body
        secret = server.state.webhook["secret"] if server.state.webhook else ""
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        bad = await client.fetch(HTTPRequest(url, "POST", headers, body="{"), raise_error=False)
        assert bad.code == 400


async def test_a_broken_desk_apologises(server: BotApiServer, tmp_path: Path) -> None:
    desk = TinyDesk()
    desk.broken = True
    async with running(server, tmp_path, desk):
        reader = server.person()
        reader.say("harbour")
        await server.until(lambda: len(reader.heard()) == 1)
        assert "Sorry" in reader.heard()[0]["text"]
        desk.broken = False
        reader.say("harbour")
        await server.until(lambda: len(reader.heard()) == 2)
        assert "bridge" in reader.heard()[1]["text"]
