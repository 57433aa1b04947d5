"""Inline keyboards: what Telegram accepts in ``reply_markup``.

https://core.telegram.org/bots/api#inlinekeyboardbutton. Rows hold at most 8 buttons and a keyboard at most 100.
"""

from __future__ import annotations

import re
from typing import Any

from tests.telegram_server.state import ApiError

ACTIONS = {
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
}


def check_markup(markup: Any) -> dict[str, Any] | None:
    """The keyboard as stored.

    Raises:
        ApiError: 400 for anything that Telegram does not take.
    """
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise ApiError(400, "Bad Request: object expected as reply markup")
    if set(markup) & {"remove_keyboard", "force_reply", "keyboard"}:
        return None
    if set(markup) != {"inline_keyboard"} or not isinstance(markup["inline_keyboard"], list):
        raise ApiError(400, "Bad Request: can't parse reply keyboard markup JSON object")
    count = 0
    for row in markup["inline_keyboard"]:
        if not isinstance(row, list) or not 1 <= len(row) <= 8:
            raise ApiError(400, "Bad Request: BUTTONS_INVALID: a row holds 1 to 8 buttons")
        for button in row:
            _check_button(button)
            count += 1
    if count > 100:
        raise ApiError(400, "Bad Request: REPLY_MARKUP_TOO_LONG")
    return markup if count else None


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"].strip():
        raise ApiError(400, "Bad Request: can't parse inline keyboard button: Text is empty")
    if unknown := set(button) - ACTIONS - {"text", "style", "icon_custom_emoji_id"}:
        raise ApiError(400, f'Bad Request: can\'t parse inline keyboard button: unknown field "{min(unknown)}"')
    actions = set(button) & ACTIONS
    if len(actions) != 1:
        raise ApiError(400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed")
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= 64:
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    if "copy_text" in button:
        copied = button["copy_text"]
        if not isinstance(copied, dict) or set(copied) != {"text"} or not 1 <= len(copied["text"]) <= 256:
            raise ApiError(400, "Bad Request: BUTTON_COPY_TEXT_INVALID")
    if "url" in button and not re.match(r"(https?|tg)://[^\s]+$", str(button["url"])):
        raise ApiError(400, "Bad Request: BUTTON_URL_INVALID")
