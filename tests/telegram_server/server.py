"""The HTTP side: methods under ``/bot<token>/``, files under ``/file/bot<token>/``; every call is recorded."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from tests.telegram_server.faults import Faults
from tests.telegram_server.flood import Flood
from tests.telegram_server.methods import COUNTED, HANDLERS, set_allowed
from tests.telegram_server.parameters import METHODS, read
from tests.telegram_server.people import Group, Person
from tests.telegram_server.state import ApiError, Chat, Json, State

TOKEN = "123456789:AAfictionalTokenForTestsOnly_0123456789"


@dataclass(slots=True)
class Call:
    """One call as it came, and what it was told. ``result`` is None where it was refused or cut off before."""

    method: str
    given: Json
    at: float
    result: Any = None
    error: ApiError | None = None
    fault: str | None = None
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)


class BotApiServer:
    """``async with BotApiServer() as server``: then ``server.root`` is what ``ONRECORD_TELEGRAM_API`` takes."""

    def __init__(self, token: str = TOKEN, *, flood: bool = False) -> None:
        self.token = token
        self.state = State(token)
        self.faults = Faults()
        self.flood = Flood(flood)
        self.calls: list[Call] = []
        self.changed = asyncio.Event()
        self._poller: asyncio.Future[None] | None = None
        self._http: HTTPServer | None = None
        self._port = 0
        self._posting: asyncio.Task[None] | None = None
        self.webhook_answers: list[int] = []
        self._people = 0

    async def __aenter__(self) -> BotApiServer:
        routes = [
            (r"/bot([^/]+)/(\w+)", _Method, {"server": self}),
            (r"/file/bot([^/]+)/(.+)", _File, {"server": self}),
        ]
        self._http = HTTPServer(Application(routes, log_function=lambda handler: None), max_body_size=60 << 20)
        sockets = bind_sockets(0, "127.0.0.1")
        self._http.add_sockets(sockets)
        self._port = sockets[0].getsockname()[1]
        self._posting = asyncio.create_task(self._post_updates())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._http is not None
        assert self._posting is not None
        self._posting.cancel()
        self._http.stop()
        if self._poller is not None and not self._poller.done():
            self._poller.cancel()
        await self._http.close_all_connections()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    # people

    def person(self, first_name: str = "Ada", *, language: str | None = "en", username: str | None = None,
               started: bool = True) -> Person:  # fmt: skip
        """Somebody with a private chat. Ids are long and odd, so that a search of logs can't hit one by chance."""
        self._people += 1
        user: Json = {"id": 5_100_000_017 + 7_919 * self._people, "is_bot": False, "first_name": first_name}
        if language:
            user["language_code"] = language
        if username:
            user["username"] = username
        self.state.users[user["id"]] = user
        chat = Chat(user["id"], "private", user=user)
        if not started:
            chat.closed = "bot can't initiate conversation with a user"
        self.state.chats[chat.id] = chat
        return Person(self, user)

    def group(
        self, title: str, *members: Person, admins: tuple[Person, ...] = (), topics: tuple[int, ...] = ()
    ) -> Group:
        self._people += 1
        chat = Chat(-1_002_000_000_000 - 7_919 * self._people, "supergroup", title=title, is_forum=bool(topics))
        chat.topics = set(topics)
        chat.members = {person.id: "member" for person in members} | {person.id: "administrator" for person in admins}
        chat.members[self.state.bot["id"]] = "member"
        self.state.users.setdefault(self.state.bot["id"], self.state.bot)
        self.state.chats[chat.id] = chat
        return Group(self, chat)

    # what happened

    def made(self, *methods: str, chat: int | None = None) -> list[Call]:
        """The calls of these methods that took effect, in order; all but getUpdates without a name."""
        return [
            call
            for call in self.calls
            if call.result is not None
            and (call.method in methods if methods else call.method != "getUpdates")
            and (chat is None or call.given.get("chat_id") == chat)
        ]

    def refused(self) -> list[Call]:
        """Calls that the bot should not have made; 429 and scripted faults are not its fault."""
        return [call for call in self.calls if call.error is not None and call.error.code in (400, 403, 404, 409, 413)]

    async def until(self, condition: Callable[[], bool], seconds: float = 20.0) -> None:
        """Wait for something that calls or deliveries bring about."""
        deadline = time.monotonic() + seconds
        while not condition():
            self.changed.clear()
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError("it did not come about in time")
            try:
                await asyncio.wait_for(self.changed.wait(), min(left, 0.25))
            except TimeoutError:
                continue

    def notify(self) -> None:
        self.changed.set()

    # calls

    async def handle(self, call: Call) -> Any:
        if call.method == "getUpdates":
            return await self._get_updates(call.given)
        if call.method in COUNTED and isinstance(call.given.get("chat_id"), int):
            self.flood.check(call.given["chat_id"], time.monotonic())
        return HANDLERS[call.method](self.state, call.given)

    async def _get_updates(self, given: Json) -> list[Json]:
        if self.state.webhook is not None:
            raise ApiError(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
                "webhook first",
            )  # fmt: skip
        limit, timeout, offset = given.get("limit", 100), given.get("timeout", 0), given.get("offset", 0)
        if not 1 <= limit <= 100 or timeout < 0:
            raise ApiError(400, "Bad Request: wrong limit or timeout")
        set_allowed(self.state, given)
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(
                ApiError(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            )  # fmt: skip
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poller = mine
        if offset > 0:
            self.state.pending = [update for update in self.state.pending if update["update_id"] >= offset]
        elif offset < 0:
            self.state.pending = self.state.pending[offset:]
        deadline = time.monotonic() + timeout
        try:
            while not self.state.pending and (left := deadline - time.monotonic()) > 0:
                waiter = asyncio.ensure_future(asyncio.sleep(min(left, 0.02)))
                await asyncio.wait({waiter, mine}, return_when=asyncio.FIRST_COMPLETED)
                waiter.cancel()
                if mine.done():
                    break
            if mine.done():
                mine.result()
            return self.state.pending[:limit]
        finally:
            if not mine.done():
                mine.cancel()

    async def _post_updates(self) -> None:
        """Deliver to the webhook, again and again until it answers 2xx, as Telegram does."""
        client = AsyncHTTPClient(force_instance=True)
        while True:
            await asyncio.sleep(0.01)
            hook = self.state.webhook
            if hook is None or not self.state.pending:
                continue
            batch = self.state.pending[:40]

            async def post(update: Json, hook: Json = hook) -> None:
                headers = {"Content-Type": "application/json"}
                if hook["secret"]:
                    headers["X-Telegram-Bot-Api-Secret-Token"] = hook["secret"]
                try:
                    answer = await client.fetch(
                        HTTPRequest(hook["url"], "POST", headers, json.dumps(update), request_timeout=60)
                    )
                    code = answer.code
                except HTTPClientError as error:
                    code = error.code
                except OSError:
                    code = 599
                self.webhook_answers.append(code)
                if 200 <= code < 300 and update in self.state.pending:
                    self.state.pending.remove(update)
                elif not 200 <= code < 300:
                    await asyncio.sleep(0.1)

            await asyncio.gather(*(post(update) for update in batch))
            self.notify()


class _Method(RequestHandler):
    def initialize(self, server: BotApiServer) -> None:
        self.server = server
        self.answering: asyncio.Future[Any] | None = None

    async def get(self, token: str, method: str) -> None:
        await self._answer(token, method)

    async def post(self, token: str, method: str) -> None:
        await self._answer(token, method)

    def on_connection_close(self) -> None:
        """A client that leaves during its long poll no longer polls."""
        if self.answering is not None:
            self.answering.cancel()

    async def _answer(self, token: str, method: str) -> None:
        server = self.server
        call = Call(method, {}, time.monotonic())
        try:
            if token != server.token:
                raise ApiError(401, "Unauthorized") if ":" in token else ApiError(404, "Not Found")
            if method not in METHODS:
                raise ApiError(404, "Not Found")
            server.calls.append(call)
            call.files = {
                name: (uploads[0]["filename"], uploads[0]["body"]) for name, uploads in self.request.files.items()
            }
            call.given = read(method, self._fields(), call.files)
            fault = server.faults.next(method, call.given)
            if fault is not None:
                call.fault = fault.kind
                if fault.kind == "429":
                    raise ApiError(429, f"Too Many Requests: retry after {fault.retry_after}",
                                   retry_after=fault.retry_after)  # fmt: skip
                if fault.kind == "502":
                    raise ApiError(502, "Bad Gateway")
                if fault.kind == "drop_before":
                    self._cut()
                    return
            self.answering = asyncio.ensure_future(server.handle(call)) if method == "getUpdates" else None
            try:
                call.result = await (self.answering or server.handle(call))
            except asyncio.CancelledError:
                self._cut()
                return
            if fault is not None and fault.kind == "hang_after":
                server.notify()
                await asyncio.sleep(fault.seconds)
            if fault is not None and fault.kind in ("drop_after", "hang_after"):
                self._cut()
                return
            body: Json = {"ok": True, "result": call.result}
        except ApiError as error:
            call.error = error
            self.set_status(error.code)
            body = error.body()
        finally:
            server.notify()
        self.set_header("Content-Type", "application/json")
        try:
            await self.finish(json.dumps(body))
        except StreamClosedError:
            return

    def _fields(self) -> Json:
        if self.request.headers.get("Content-Type", "").startswith("application/json"):
            loaded = json.loads(self.request.body or b"{}")
            if not isinstance(loaded, dict):
                raise ApiError(400, "Bad Request: object expected")
            return loaded
        return {name: values[-1].decode("utf-8") for name, values in self.request.arguments.items()}

    def _cut(self) -> None:
        connection: Any = self.request.connection
        connection.stream.close()
        self._finished = True


class _File(RequestHandler):
    def initialize(self, server: BotApiServer) -> None:
        self.server = server

    def get(self, token: str, path: str) -> None:
        if token != self.server.token:
            self.set_status(401)
            return
        for stored in self.server.state.files.values():
            if stored.path == path:
                self.set_header("Content-Type", "application/octet-stream")
                self.write(stored.content)
                return
        self.set_status(404)
