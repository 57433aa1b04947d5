"""What the server knows: the bot, its chats, messages, files, queries, and the updates that wait for it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

UPDATE_KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "message_reaction",
)
NOT_BY_DEFAULT = {"chat_member", "message_reaction"}


class ApiError(Exception):
    """An answer with ``ok: false``."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> Json:
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


@dataclass(slots=True)
class Chat:
    """A chat as the bot sees it. ``closed`` is the description of the 403 that the bot meets here, if it does."""

    id: int
    type: str
    title: str | None = None
    user: Json | None = None
    is_forum: bool = False
    topics: set[int] = field(default_factory=set)
    members: dict[int, str] = field(default_factory=dict)
    closed: str | None = None
    messages: dict[int, Json] = field(default_factory=dict)
    reactions: dict[int, list[str]] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def json(self) -> Json:
        if self.user is not None:
            kept = {name: self.user[name] for name in ("first_name", "last_name", "username") if name in self.user}
            return {"id": self.id, "type": self.type, **kept}
        body: Json = {"id": self.id, "type": self.type, "title": self.title}
        if self.is_forum:
            body["is_forum"] = True
        return body


@dataclass(slots=True)
class StoredFile:
    file_id: str
    path: str
    content: bytes
    size: int


class State:
    """Everything the server holds. Pure data: no HTTP here."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.bot: Json = {
            "id": int(token.split(":")[0]),
            "is_bot": True,
            "first_name": "On Record",
            "username": "on_record_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": True,
            "supports_inline_queries": True,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
        self.users: dict[int, Json] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.callbacks: dict[str, Json] = {}
        self.inline: dict[str, Json] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.pending: list[Json] = []
        self.allowed: set[str] = set(UPDATE_KINDS) - NOT_BY_DEFAULT
        self.webhook: Json | None = None
        self._update_ids = itertools.count(700_000_001)
        self._files = itertools.count(1)
        self._queries = itertools.count(10_000_000_001)
        self.clock = time.time

    def chat(self, wanted: int) -> Chat:
        """A chat that the bot may write to.

        Raises:
            ApiError: 400 for a chat that is not known, 403 for one that is closed to the bot.
        """
        chat = self.chats.get(wanted)
        if chat is None:
            raise ApiError(400, "Bad Request: chat not found")
        if chat.closed:
            raise ApiError(403, f"Forbidden: {chat.closed}")
        return chat

    def new_message(self, chat: Chat, sender: Json, fields: Json) -> Json:
        message: Json = {
            "message_id": next(chat.ids),
            "from": sender,
            "chat": chat.json(),
            "date": int(self.clock()),
            **fields,
        }
        chat.messages[message["message_id"]] = message
        return message

    def add_file(self, content: bytes, name: str, size: int | None = None) -> StoredFile:
        number = next(self._files)
        stored = StoredFile(f"file-{number:06d}", f"documents/file_{number}_{name}", content, size or len(content))
        self.files[stored.file_id] = stored
        return stored

    def query_id(self) -> str:
        return str(next(self._queries))

    def add_update(self, kind: str, body: Json) -> int | None:
        """Queue an update; None where the bot did not ask for its kind."""
        if kind not in self.allowed:
            return None
        number = next(self._update_ids)
        self.pending.append({"update_id": number, kind: body})
        return number

    def add_raw_update(self, fields: Json) -> int:
        """Queue an update whose body is anything at all."""
        number = next(self._update_ids)
        self.pending.append({"update_id": number, **fields})
        return number
