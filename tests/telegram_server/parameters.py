"""The parameters of each method, by name and type, and how a call's raw fields are read into them.

Anything that the documents do not name is refused: Telegram would ignore it, and a bot that relies on it would break.
"""

from __future__ import annotations

import json
from typing import Any

from tests.telegram_server.state import ApiError

_SEND = {
    "chat_id": "chat!",
    "message_thread_id": "int",
    "disable_notification": "bool",
    "protect_content": "bool",
    "reply_parameters": "json",
    "reply_markup": "json",
    "message_effect_id": "str",
    "allow_paid_broadcast": "bool",
}
_CAPTION = {"caption": "str", "parse_mode": "str", "caption_entities": "json", "show_caption_above_media": "bool"}
_EDIT = {"chat_id": "chat", "message_id": "int", "inline_message_id": "str", "reply_markup": "json"}

METHODS: dict[str, dict[str, str]] = {
    "getMe": {},
    "logOut": {},
    "getUpdates": {"offset": "int", "limit": "int", "timeout": "int", "allowed_updates": "json"},
    "setWebhook": {
        "url": "str!",
        "certificate": "file",
        "ip_address": "str",
        "max_connections": "int",
        "allowed_updates": "json",
        "drop_pending_updates": "bool",
        "secret_token": "str",
    },
    "deleteWebhook": {"drop_pending_updates": "bool"},
    "getWebhookInfo": {},
    "sendMessage": _SEND | {"text": "str!", "parse_mode": "str", "entities": "json", "link_preview_options": "json"},
    "sendPhoto": _SEND | _CAPTION | {"photo": "file!", "has_spoiler": "bool"},
    "sendDocument": _SEND
    | _CAPTION
    | {"document": "file!", "thumbnail": "file", "disable_content_type_detection": "bool"},
    "sendChatAction": {"chat_id": "chat!", "message_thread_id": "int", "action": "str!"},
    "editMessageText": _EDIT
    | {"text": "str!", "parse_mode": "str", "entities": "json", "link_preview_options": "json"},
    "editMessageReplyMarkup": _EDIT,
    "editMessageCaption": _EDIT | _CAPTION,
    "setMessageReaction": {"chat_id": "chat!", "message_id": "int!", "reaction": "json", "is_big": "bool"},
    "deleteMessage": {"chat_id": "chat!", "message_id": "int!"},
    "answerCallbackQuery": {
        "callback_query_id": "str!",
        "text": "str",
        "show_alert": "bool",
        "url": "str",
        "cache_time": "int",
    },
    "answerInlineQuery": {
        "inline_query_id": "str!",
        "results": "json!",
        "cache_time": "int",
        "is_personal": "bool",
        "next_offset": "str",
        "button": "json",
    },
    "setMyCommands": {"commands": "json!", "scope": "json", "language_code": "str"},
    "deleteMyCommands": {"scope": "json", "language_code": "str"},
    "getMyCommands": {"scope": "json", "language_code": "str"},
    "setMyDescription": {"description": "str", "language_code": "str"},
    "setMyShortDescription": {"short_description": "str", "language_code": "str"},
    "getChat": {"chat_id": "chat!"},
    "getChatMember": {"chat_id": "chat!", "user_id": "int!"},
    "getChatAdministrators": {"chat_id": "chat!"},
    "getFile": {"file_id": "str!"},
    "leaveChat": {"chat_id": "chat!"},
}


def read(method: str, fields: dict[str, Any], files: dict[str, tuple[str, bytes]]) -> dict[str, Any]:
    """A call's parameters in their types. ``file`` values become ``(name, bytes)`` or a string (a file id or URL).

    Raises:
        ApiError: 400 for an unknown, missing or unreadable parameter.
    """
    schema = METHODS[method]
    read: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in schema:
            raise ApiError(400, f'Bad Request: unknown parameter "{name}" of {method}')
        read[name] = _typed(name, schema[name].rstrip("!"), value, files)
    for name, kind in schema.items():
        if kind.startswith("file") and name in files:
            read[name] = files[name]
        if kind.endswith("!") and name not in read:
            raise ApiError(400, f'Bad Request: parameter "{name}" is required')
    return read


def _typed(name: str, kind: str, value: Any, files: dict[str, tuple[str, bytes]]) -> Any:
    text = value if isinstance(value, str) else json.dumps(value)
    try:
        match kind:
            case "int":
                return int(text)
            case "chat":
                return int(text) if text.lstrip("-").isdigit() else text
            case "bool":
                return {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False}[text]
            case "json":
                return json.loads(text)
            case "file":
                return files[text[len("attach://") :]] if text.startswith("attach://") else text
            case _:
                return text
    except (ValueError, KeyError):
        raise ApiError(400, f'Bad Request: can\'t parse parameter "{name}"') from None
