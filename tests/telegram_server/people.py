"""People who use the bot: what they do becomes updates as Telegram would make them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.telegram_server.entities import units
from tests.telegram_server.state import Chat, Json

if TYPE_CHECKING:
    from tests.telegram_server.server import BotApiServer

_MARKS = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]+)?|(?<![\w@])@[A-Za-z0-9_]{4,32}|https?://\S+")


def marks(text: str) -> list[Json]:
    """The entities that a client finds by itself: commands, mentions, links."""
    found = []
    for match in _MARKS.finditer(text):
        kind = {"/": "bot_command", "@": "mention"}.get(match[0][0], "url")
        found.append({"type": kind, "offset": units(text[: match.start()]), "length": units(match[0])})
    return found


@dataclass(slots=True)
class Press:
    """A pressed button: the query's id, and the answer once the bot gave one."""

    server: BotApiServer
    query: str

    @property
    def answer(self) -> Json | None:
        for call in self.server.calls:
            if call.method == "answerCallbackQuery" and call.given.get("callback_query_id") == self.query:
                return call.given if call.result is not None else None
        return None


class Group:
    """A supergroup, perhaps with topics."""

    def __init__(self, server: BotApiServer, chat: Chat) -> None:
        self.server = server
        self.chat = chat

    @property
    def id(self) -> int:
        return self.chat.id

    def heard(self) -> list[Json]:
        """The bot's messages here, as they stand now."""
        bot = self.server.state.bot["id"]
        return [message for message in self.chat.messages.values() if message["from"]["id"] == bot]


class Person:
    """Somebody with a private chat with the bot."""

    def __init__(self, server: BotApiServer, user: Json) -> None:
        self.server = server
        self.user = user

    @property
    def id(self) -> int:
        return int(self.user["id"])

    @property
    def chat(self) -> Chat:
        return self.server.state.chats[self.id]

    def heard(self) -> list[Json]:
        """The bot's messages in the private chat, as they stand now."""
        bot = self.server.state.bot["id"]
        return [message for message in self.chat.messages.values() if message["from"]["id"] == bot]

    def say(
        self, text: str, group: Group | None = None, *, reply_to: Json | None = None, thread: int | None = None
    ) -> Json:
        """Send a text; the message comes back as Telegram stores it."""
        fields: Json = {"text": text}
        if entities := marks(text):
            fields["entities"] = entities
        return self.send(fields, group, reply_to=reply_to, thread=thread)

    def send(self, fields: Json, group: Group | None = None, *, reply_to: Json | None = None,
             thread: int | None = None) -> Json:  # fmt: skip
        """Send a message with any content."""
        chat = group.chat if group else self.chat
        if group is None and chat.closed and "initiate" in chat.closed:
            chat.closed = None
        if reply_to is not None:
            fields = fields | {"reply_to_message": {k: v for k, v in reply_to.items() if k != "reply_to_message"}}
        if thread is not None:
            fields = fields | {"message_thread_id": thread, "is_topic_message": True}
        message = self.server.state.new_message(chat, self.user, fields)
        self.server.state.add_update("message", message)
        return message

    def edit(self, message: Json, text: str) -> Json:
        message |= {"text": text, "edit_date": message["date"] + 1}
        message.pop("entities", None)
        if entities := marks(text):
            message["entities"] = entities
        self.server.state.add_update("edited_message", dict(message))
        return message

    def send_file(self, name: str, content: bytes, *, mime: str = "text/plain", caption: str | None = None,
                  size: int | None = None) -> Json:  # fmt: skip
        stored = self.server.state.add_file(content, name, size)
        document = {
            "file_id": stored.file_id,
            "file_unique_id": "u" + stored.file_id,
            "file_name": name,
            "mime_type": mime,
            "file_size": stored.size,
        }
        return self.send({"document": document} | ({"caption": caption} if caption else {}))

    def send_media(self, kind: str, group: Group | None = None) -> Json:
        """A voice message, photo, sticker, video..."""
        stored = self.server.state.add_file(b"\x00", kind)
        body: Any = {"file_id": stored.file_id, "file_unique_id": "u" + stored.file_id, "duration": 3}
        if kind == "photo":
            body = [{"file_id": stored.file_id, "file_unique_id": "u", "width": 90, "height": 90}]
        if kind == "sticker":
            body |= {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        if kind == "video":
            body |= {"width": 90, "height": 90}
        if kind == "location":
            body = {"latitude": 51.5, "longitude": 7.4}
        return self.send({kind: body}, group)

    def press(self, message: Json, label: str | None = None, *, data: str | None = None) -> Press:
        """Press the button whose text contains ``label``, or send forged ``data`` as any client can."""
        if data is None:
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            buttons = [button for row in rows for button in row if label is not None and label in button["text"]]
            assert buttons, f"no button {label!r} in {[b['text'] for row in rows for b in row]}"
            data = buttons[0]["callback_data"]
        query = self.server.state.query_id()
        body = {
            "id": query,
            "from": self.user,
            "message": dict(message),
            "chat_instance": "4242424242",
            "data": data,
        }
        self.server.state.callbacks[query] = body
        self.server.state.add_update("callback_query", body)
        return Press(self.server, query)

    def inline(self, text: str) -> str:
        query = self.server.state.query_id()
        body = {"id": query, "from": self.user, "query": text, "offset": ""}
        self.server.state.inline[query] = body
        self.server.state.add_update("inline_query", body)
        return query

    def block(self) -> None:
        self._membership("member", "kicked")
        self.chat.closed = "bot was blocked by the user"

    def unblock(self) -> None:
        self.chat.closed = None
        self._membership("kicked", "member")

    def _membership(self, before: str, after: str) -> None:
        bot = {name: self.server.state.bot[name] for name in ("id", "is_bot", "first_name", "username")}
        extra = {"kicked": {"until_date": 0}}
        self.server.state.add_update(
            "my_chat_member",
            {
                "chat": self.chat.json(),
                "from": self.user,
                "date": int(self.server.state.clock()),
                "old_chat_member": {"user": bot, "status": before, **extra.get(before, {})},
                "new_chat_member": {"user": bot, "status": after, **extra.get(after, {})},
            },
        )
