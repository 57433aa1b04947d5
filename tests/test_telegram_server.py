"""The Bot API double refuses what Telegram refuses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.telegram_server import ApiError, BotApiServer
from tests.telegram_server.entities import parse_html, units


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as started:
        yield started


class Client:
    """A bot that sends whatever it is told to."""

    def __init__(self, server: BotApiServer) -> None:
        self.root = f"{server.root}/bot{server.token}"

    async def __call__(self, method: str, **fields: Any) -> dict[str, Any]:
        async with httpx.AsyncClient(timeout=10) as http:
            body: dict[str, Any] = (await http.post(f"{self.root}/{method}", json=fields)).json()
            return body


async def refusal(server: BotApiServer, method: str, **fields: Any) -> str:
    answer = await Client(server)(method, **fields)
    assert answer["ok"] is False, answer
    return f"{answer['error_code']} {answer['description']}"


@pytest.mark.parametrize(
    "markup",
    [
        "<b>open",
        "</b>",
        "<b><i>crossed</b></i>",
        "<div>no</div>",
        "<br>",
        "a < b",
        "<a>no address</a>",
        '<a href="javascript:alert(1)">x</a>',
        "<span>plain</span>",
        "<blockquote>a<blockquote>b</blockquote></blockquote>",
        "<code><b>x</b></code>",
        '<b class="x">x</b>',
        "<b",
    ],
)
def test_html_that_is_refused(markup: str) -> None:
    with pytest.raises(ApiError, match="can't parse entities"):
        parse_html(markup)


def test_html_that_is_taken() -> None:
    text, entities = parse_html(
        '<blockquote expandable>“We <b>won\'t</b>”</blockquote> &lt;&amp;&#128512;&nbsp; <a href="https://x.org/?a=1&amp;b">y</a>'
    )
    assert text == "“We won't” <&\U0001f600&nbsp; y"
    assert [(one["type"], one["offset"], one["length"]) for one in entities] == [
        ("expandable_blockquote", 0, 10),
        ("bold", 4, 5),
        ("text_link", 22, 1),
    ]
    assert entities[2]["url"] == "https://x.org/?a=1&b"


@given(st.text())
def test_escaped_text_comes_back(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert parse_html(escaped) == (text, [])


async def test_the_limit_counts_after_parsing(server: BotApiServer) -> None:
    chat = server.person().id
    call = Client(server)
    fits = "<b>" + "&lt;" * 4096 + "</b>"
    assert (await call("sendMessage", chat_id=chat, text=fits, parse_mode="HTML"))["ok"]
    assert "too long" in await refusal(server, "sendMessage", chat_id=chat, text="x" * 4097)
    assert "too long" in await refusal(server, "sendMessage", chat_id=chat, text="\U0001f600" * 2049)
    assert "text is empty" in await refusal(server, "sendMessage", chat_id=chat, text=" <b> </b> ", parse_mode="HTML")
    assert units("\U0001f600a") == 3


async def test_who_may_be_written_to(server: BotApiServer) -> None:
    stranger = server.person(started=False)
    blocker = server.person()
    blocker.block()
    assert "403" in await refusal(server, "sendMessage", chat_id=stranger.id, text="x")
    assert "403 Forbidden: bot was blocked" in await refusal(server, "sendMessage", chat_id=blocker.id, text="x")
    assert "400 Bad Request: chat not found" in await refusal(server, "sendMessage", chat_id=404, text="x")
    stranger.say("/start")
    assert (await Client(server)("sendMessage", chat_id=stranger.id, text="x"))["ok"]


async def test_replies_threads_and_unknown_parameters(server: BotApiServer) -> None:
    reader = server.person()
    group = server.group("Desk", reader, topics=(7,))
    said = reader.say("hello", group, thread=7)
    call = Client(server)
    assert "replied not found" in await refusal(
        server, "sendMessage", chat_id=group.id, text="x", reply_parameters={"message_id": 99}
    )
    assert (
        await call(
            "sendMessage", chat_id=group.id, text="x",
            reply_parameters={"message_id": 99, "allow_sending_without_reply": True},
        )
    )["ok"]  # fmt: skip
    assert "thread not found" in await refusal(server, "sendMessage", chat_id=group.id, text="x", message_thread_id=8)
    answer = await call("sendMessage", chat_id=group.id, text="x", reply_parameters={"message_id": said["message_id"]})
    assert answer["result"]["message_thread_id"] == 7
    assert answer["result"]["reply_to_message"]["text"] == "hello"
    assert "unknown parameter" in await refusal(server, "sendMessage", chat_id=reader.id, text="x", mood="sunny")
    assert "parse_mode" in await refusal(server, "sendMessage", chat_id=reader.id, text="x", parse_mode="Latex")


@pytest.mark.parametrize(
    "button",
    [
        {"text": "x"},
        {"text": "", "callback_data": "a"},
        {"text": "x", "callback_data": ""},
        {"text": "x", "callback_data": "ж" * 33},
        {"text": "x", "callback_data": "a", "url": "https://x.org"},
        {"text": "x", "copy_text": {"text": ""}},
        {"text": "x", "copy_text": {"text": "x" * 257}},
        {"text": "x", "url": "javascript:alert(1)"},
        {"text": "x", "callback_data": "a", "colour": "red"},
    ],
)
async def test_buttons_that_are_refused(server: BotApiServer, button: dict[str, Any]) -> None:
    chat = server.person().id
    assert (await refusal(server, "sendMessage", chat_id=chat, text="x", reply_markup={"inline_keyboard": [[button]]})
    ).startswith("400")  # fmt: skip


async def test_rows_of_buttons(server: BotApiServer) -> None:
    chat = server.person().id
    button = {"text": "x", "callback_data": "a"}
    nine = {"inline_keyboard": [[button] * 9]}
    assert "BUTTONS" in await refusal(server, "sendMessage", chat_id=chat, text="x", reply_markup=nine)
    many = {"inline_keyboard": [[button] * 8] * 13}
    assert "TOO_LONG" in await refusal(server, "sendMessage", chat_id=chat, text="x", reply_markup=many)


async def test_edits(server: BotApiServer) -> None:
    reader = server.person()
    call = Client(server)
    sent = (await call("sendMessage", chat_id=reader.id, text="<b>a</b>", parse_mode="HTML"))["result"]
    again = {"chat_id": reader.id, "message_id": sent["message_id"]}
    assert "not modified" in await refusal(server, "editMessageText", text="<b>a</b>", parse_mode="HTML", **again)
    assert (await call("editMessageText", text="a", **again))["ok"]
    theirs = reader.say("mine")
    assert "can't be edited" in await refusal(
        server, "editMessageText", chat_id=reader.id, message_id=theirs["message_id"], text="y"
    )


async def test_polling(server: BotApiServer) -> None:
    reader = server.person()
    call = Client(server)
    reader.say("one")
    reader.say("two")
    first = (await call("getUpdates"))["result"]
    assert [update["message"]["text"] for update in first] == ["one", "two"]
    assert len((await call("getUpdates"))["result"]) == 2, "nothing is confirmed without an offset"
    left = (await call("getUpdates", offset=first[1]["update_id"]))["result"]
    assert [update["message"]["text"] for update in left] == ["two"]
    after = first[1]["update_id"] + 1
    waiting = asyncio.create_task(call("getUpdates", offset=after, timeout=5))
    await server.until(lambda: len(server.calls) == 4)
    second = asyncio.create_task(call("getUpdates", offset=after, timeout=1))
    assert (await waiting)["error_code"] == 409
    assert (await second)["result"] == []


async def test_webhook_delivers_with_its_secret_until_it_is_taken(server: BotApiServer) -> None:
    from tornado.httpserver import HTTPServer
    from tornado.netutil import bind_sockets
    from tornado.web import Application, RequestHandler

    got: list[tuple[str | None, dict[str, Any]]] = []

    class Hook(RequestHandler):
        def post(self) -> None:
            got.append((self.request.headers.get("X-Telegram-Bot-Api-Secret-Token"), json.loads(self.request.body)))
            self.set_status(500 if len(got) == 1 else 200)

    web = HTTPServer(Application([("/hook", Hook)], log_function=lambda handler: None))
    sockets = bind_sockets(0, "127.0.0.1")
    web.add_sockets(sockets)
    url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}/hook"
    call = Client(server)
    assert "HTTPS" in await refusal(server, "setWebhook", url="http://example.org/hook")
    assert "secret" in await refusal(server, "setWebhook", url=url, secret_token="no spaces")
    assert (await call("setWebhook", url=url, secret_token="s3cret"))["ok"]
    assert "409" in await refusal(server, "getUpdates")
    server.person().say("hello")
    await server.until(lambda: not server.state.pending)
    web.stop()
    assert [(secret, update["message"]["text"]) for secret, update in got] == [("s3cret", "hello")] * 2


async def test_flood_limits() -> None:
    async with BotApiServer(flood=True) as server:
        chat = server.person().id
        call = Client(server)
        answers = [await call("sendMessage", chat_id=chat, text=str(number)) for number in range(7)]
        assert answers[0]["ok"]
        assert answers[6]["error_code"] == 429
        assert answers[6]["parameters"]["retry_after"] >= 1
        group = server.group("Desk")
        told = [await call("sendMessage", chat_id=group.id, text=str(number)) for number in range(21)]
        assert [answer["ok"] for answer in told] == [True] * 20 + [False]
        assert told[20]["parameters"]["retry_after"] > 30


async def test_faults(server: BotApiServer) -> None:
    chat = server.person().id
    call = Client(server)
    server.faults.script("sendMessage", "429", retry_after=3)
    server.faults.script("sendMessage", "502")
    server.faults.script("sendMessage", "drop_before")
    server.faults.script("sendMessage", "drop_after")
    assert (await call("sendMessage", chat_id=chat, text="a"))["parameters"] == {"retry_after": 3}
    assert (await call("sendMessage", chat_id=chat, text="b"))["error_code"] == 502
    for text in ("c", "d"):
        with pytest.raises(httpx.RemoteProtocolError):
            await call("sendMessage", chat_id=chat, text=text)
    assert [one.given["text"] for one in server.made("sendMessage")] == ["d"]


async def test_tokens_methods_files_and_commands(server: BotApiServer) -> None:
    reader = server.person()
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"{server.root}/bot1:wrong/getMe")).status_code == 401
        assert (await http.get(f"{server.root}/botwrong/getMe")).status_code == 404
        assert (await http.get(f"{server.root}/bot{server.token}/getWeather")).status_code == 404
        message = reader.send_file("note.txt", b"text")
        path = (await Client(server)("getFile", file_id=message["document"]["file_id"]))["result"]["file_path"]
        assert (await http.get(f"{server.root}/file/bot{server.token}/{path}")).content == b"text"
        assert (await http.get(f"{server.root}/file/bot1:wrong/{path}")).status_code == 401
    big = reader.send_file("big.txt", b"text", size=(20 << 20) + 1)
    assert "too big" in await refusal(server, "getFile", file_id=big["document"]["file_id"])
    assert "INVALID" in await refusal(server, "setMyCommands", commands=[{"command": "Ask", "description": "x"}])
    assert "LANG" in await refusal(server, "setMyCommands", commands=[], language_code="eng")
    assert "Scope" in await refusal(server, "setMyCommands", commands=[], scope={"type": "chat"})
    assert "too old" in await refusal(server, "answerCallbackQuery", callback_query_id="1")
    assert "too long" in await refusal(server, "setMyShortDescription", short_description="x" * 121)
    assert "action" in await refusal(server, "sendChatAction", chat_id=reader.id, action="dancing")


async def test_a_recorded_chat_as_a_phone_shows_it(server: BotApiServer) -> None:
    from tests.telegram_server.picture import picture
    from tests.telegram_server.render import page, with_entities

    reader = server.person("Ada")
    asked = reader.say("Who <said> it?")
    text = "\U0001f50d <b>bold</b> &lt;it&gt;\n<blockquote expandable>“\U0001f600 <i>quoted</i>”</blockquote>\nend"
    markup = {"inline_keyboard": [[{"text": "More & more", "callback_data": "m:3:"}]]}
    reply = {"message_id": asked["message_id"]}
    sent = await Client(server)(
        "sendMessage", chat_id=reader.id, text=text, parse_mode="HTML", reply_markup=markup, reply_parameters=reply
    )
    html = with_entities(sent["result"]["text"], sent["result"]["entities"])
    assert html == (
        '\U0001f50d <b>bold</b> &lt;it&gt;<blockquote class="folded">“\U0001f600 <i>quoted</i>”</blockquote>end'
    )
    whole = page(server, reader.chat, "On Record")
    assert whole.count(html) == 2, "once light, once dark"
    assert "Who &lt;said&gt; it?" in whole
    assert "More &amp; more" in whole
    assert picture(server, reader.chat, "On Record").startswith(b"\x89PNG")
