"""What each Bot API method does to the state: a function a method, raising ``ApiError`` where Telegram refuses."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from typing import Any

from tests.telegram_server.entities import formatted
from tests.telegram_server.keyboards import check_markup
from tests.telegram_server.state import UPDATE_KINDS, ApiError, Chat, Json, State

TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
MOST_DOCUMENT, MOST_PHOTO, MOST_DOWNLOAD = 50 << 20, 10 << 20, 20 << 20
CHAT_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip
SCOPES = {
    "default": set(), "all_private_chats": set(), "all_group_chats": set(), "all_chat_administrators": set(),
    "chat": {"chat_id"}, "chat_administrators": {"chat_id"}, "chat_member": {"chat_id", "user_id"},
}  # fmt: skip
REACTIONS = set(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡"
)
"""The emoji that can be reactions (core.telegram.org/bots/api#reactiontypeemoji), those of one code point."""
PREVIEW = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}


def send_message(state: State, given: Json) -> Json:
    chat, fields = _opening(state, given)
    text, entities = formatted(
        given["text"], given.get("parse_mode"), given.get("entities"), TEXT_LIMIT,
        "message text is empty", "message is too long",
    )  # fmt: skip
    _check_preview(given)
    return state.new_message(chat, _bot(state), fields | {"text": text} | _with(entities=entities))


def send_photo(state: State, given: Json) -> Json:
    chat, fields = _opening(state, given)
    name, content = _upload(state, given["photo"], MOST_PHOTO)
    width, height = _dimensions(content)
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise ApiError(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    stored = state.add_file(content, name)
    size = {"file_id": stored.file_id, "file_unique_id": "u" + stored.file_id, "width": width, "height": height}
    return state.new_message(chat, _bot(state), fields | {"photo": [size]} | _caption(given))


def send_document(state: State, given: Json) -> Json:
    chat, fields = _opening(state, given)
    name, content = _upload(state, given["document"], MOST_DOCUMENT)
    stored = state.add_file(content, name)
    document = {"file_id": stored.file_id, "file_unique_id": "u" + stored.file_id, "file_name": name}
    return state.new_message(chat, _bot(state), fields | {"document": document} | _caption(given))


def send_chat_action(state: State, given: Json) -> bool:
    chat = _writable(state, given)
    if given["action"] not in CHAT_ACTIONS:
        raise ApiError(400, "Bad Request: wrong parameter action in request")
    _thread(chat, given)
    return True


def edit_message_text(state: State, given: Json) -> Json:
    message = _editable(state, given)
    if "text" not in message:
        raise ApiError(400, "Bad Request: there is no text in the message to edit")
    text, entities = formatted(
        given["text"], given.get("parse_mode"), given.get("entities"), TEXT_LIMIT,
        "message text is empty", "message is too long",
    )  # fmt: skip
    _check_preview(given)
    return _changed(message, {"text": text} | _with(entities=entities), given, drops={"entities"})


def edit_message_caption(state: State, given: Json) -> Json:
    return _changed(_editable(state, given), _caption(given), given, drops={"caption", "caption_entities"})


def edit_message_reply_markup(state: State, given: Json) -> Json:
    return _changed(_editable(state, given), {}, given, drops=set())


def set_message_reaction(state: State, given: Json) -> bool:
    chat = _writable(state, given)
    wanted = given.get("reaction", [])
    if not isinstance(wanted, list) or len(wanted) > 1:
        raise ApiError(400, "Bad Request: REACTIONS_TOO_MANY")
    for one in wanted:
        if one.get("type") != "emoji" or one.get("emoji") not in REACTIONS:
            raise ApiError(400, "Bad Request: REACTION_INVALID")
    if given["message_id"] not in chat.messages:
        raise ApiError(400, "Bad Request: message to react not found")
    chat.reactions[given["message_id"]] = [one["emoji"] for one in wanted]
    return True


def delete_message(state: State, given: Json) -> bool:
    chat = _writable(state, given)
    if chat.messages.pop(given["message_id"], None) is None:
        raise ApiError(400, "Bad Request: message to delete not found")
    return True


def answer_callback_query(state: State, given: Json) -> bool:
    if state.callbacks.pop(given["callback_query_id"], None) is None:
        raise ApiError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    if len(given.get("text", "")) > 200:
        raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
    return True


def answer_inline_query(state: State, given: Json) -> bool:
    if state.inline.pop(given["inline_query_id"], None) is None:
        raise ApiError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    results = given["results"]
    if not isinstance(results, list) or len(results) > 50:
        raise ApiError(400, "Bad Request: RESULTS_TOO_MUCH")
    ids = [result.get("id", "") for result in results]
    if any(not 1 <= len(str(one).encode()) <= 64 for one in ids) or len(set(ids)) != len(ids):
        raise ApiError(400, "Bad Request: RESULT_ID_INVALID")
    for result in results:
        if result.get("type") != "article" or not result.get("title"):
            raise ApiError(400, "Bad Request: ARTICLE_TITLE_EMPTY")
        content = result.get("input_message_content") or {}
        formatted(
            content.get("message_text", ""), content.get("parse_mode"), None, TEXT_LIMIT,
            "MESSAGE_EMPTY", "MESSAGE_TOO_LONG",
        )  # fmt: skip
        check_markup(result.get("reply_markup"))
    return True


def set_my_commands(state: State, given: Json) -> bool:
    commands = given["commands"]
    if not isinstance(commands, list) or len(commands) > 100:
        raise ApiError(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command.get("command", "")):
            raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= 256:
            raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    state.commands[_scope(state, given)] = commands
    return True


def get_my_commands(state: State, given: Json) -> list[Json]:
    return state.commands.get(_scope(state, given), [])


def delete_my_commands(state: State, given: Json) -> bool:
    state.commands.pop(_scope(state, given), None)
    return True


def set_my_description(state: State, given: Json) -> bool:
    return _set_text(state, "description", given, 512)


def set_my_short_description(state: State, given: Json) -> bool:
    return _set_text(state, "short_description", given, 120)


def get_chat(state: State, given: Json) -> Json:
    return _writable(state, given).json() | {"accent_color_id": 0, "max_reaction_count": 11}


def get_chat_member(state: State, given: Json) -> Json:
    chat = _writable(state, given)
    status = chat.members.get(given["user_id"])
    if status is None:
        raise ApiError(400, "Bad Request: PARTICIPANT_ID_INVALID")
    return _member(state.users[given["user_id"]], status)


def get_chat_administrators(state: State, given: Json) -> list[Json]:
    chat = _writable(state, given)
    if chat.type == "private":
        raise ApiError(400, "Bad Request: there are no administrators in the private chat")
    return [
        _member(state.users[user], status)
        for user, status in chat.members.items()
        if status in ("creator", "administrator")
    ]


def get_file(state: State, given: Json) -> Json:
    stored = state.files.get(given["file_id"])
    if stored is None:
        raise ApiError(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    if stored.size > MOST_DOWNLOAD:
        raise ApiError(400, "Bad Request: file is too big")
    return {
        "file_id": stored.file_id,
        "file_unique_id": "u" + stored.file_id,
        "file_size": stored.size,
        "file_path": stored.path,
    }


def set_webhook(state: State, given: Json) -> bool:
    url = given["url"]
    # Telegram itself wants HTTPS; its local Bot API server takes HTTP, which a test on loopback needs
    if url and not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", url):
        raise ApiError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", given.get("secret_token", "")):
        raise ApiError(400, "Bad Request: secret token contains unallowed characters")
    if not 1 <= given.get("max_connections", 40) <= 100:
        raise ApiError(400, "Bad Request: max_connections must be between 1 and 100")
    set_allowed(state, given)
    if given.get("drop_pending_updates"):
        state.pending.clear()
    state.webhook = {"url": url, "secret": given.get("secret_token", "")} if url else None
    return True


def delete_webhook(state: State, given: Json) -> bool:
    if given.get("drop_pending_updates"):
        state.pending.clear()
    state.webhook = None
    return True


def get_webhook_info(state: State, given: Json) -> Json:
    return {
        "url": state.webhook["url"] if state.webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(state.pending),
    }


def set_allowed(state: State, given: Json) -> None:
    if "allowed_updates" not in given:
        return
    wanted = given["allowed_updates"]
    if not isinstance(wanted, list) or set(wanted) - set(UPDATE_KINDS):
        raise ApiError(400, "Bad Request: can't parse allowed_updates")
    from tests.telegram_server.state import NOT_BY_DEFAULT

    state.allowed = set(wanted) if wanted else set(UPDATE_KINDS) - NOT_BY_DEFAULT


def _bot(state: State) -> Json:
    return {name: state.bot[name] for name in ("id", "is_bot", "first_name", "username")}


def _with(**fields: Any) -> Json:
    return {name: value for name, value in fields.items() if value}


def _writable(state: State, given: Json) -> Chat:
    if not isinstance(given.get("chat_id"), int):
        raise ApiError(400, "Bad Request: chat not found")
    return state.chat(given["chat_id"])


def _opening(state: State, given: Json) -> tuple[Chat, Json]:
    """The chat to send to, and the fields that every sent message has."""
    chat = _writable(state, given)
    fields: Json = {}
    if (markup := check_markup(given.get("reply_markup"))) is not None:
        fields["reply_markup"] = markup
    thread = _thread(chat, given)
    if (reply := given.get("reply_parameters")) is not None:
        known = {
            "message_id", "chat_id", "allow_sending_without_reply", "quote", "quote_parse_mode", "quote_entities",
            "quote_position", "checklist_task_id",
        }  # fmt: skip
        if not isinstance(reply, dict) or set(reply) - known or not isinstance(reply.get("message_id"), int):
            raise ApiError(400, "Bad Request: can't parse reply parameters JSON object")
        target = chat.messages.get(reply["message_id"])
        if target is None and not reply.get("allow_sending_without_reply"):
            raise ApiError(400, "Bad Request: message to be replied not found")
        if target is not None:
            fields["reply_to_message"] = {key: value for key, value in target.items() if key != "reply_to_message"}
            thread = thread or (target.get("message_thread_id") if chat.is_forum else None)
    if thread:
        fields |= {"message_thread_id": thread, "is_topic_message": True}
    if given.get("protect_content"):
        fields["has_protected_content"] = True
    return chat, fields


def _thread(chat: Chat, given: Json) -> int | None:
    thread = given.get("message_thread_id")
    if thread is not None and thread not in chat.topics:
        raise ApiError(400, "Bad Request: message thread not found")
    return thread


def _check_preview(given: Json) -> None:
    preview = given.get("link_preview_options")
    if preview is not None and (not isinstance(preview, dict) or set(preview) - PREVIEW):
        raise ApiError(400, "Bad Request: can't parse link preview options")


def _caption(given: Json) -> Json:
    text, entities = formatted(
        given.get("caption", ""), given.get("parse_mode"), given.get("caption_entities"), CAPTION_LIMIT, None,
        "message caption is too long",
    )  # fmt: skip
    return _with(caption=text, caption_entities=entities)


def _upload(state: State, given: Any, limit: int) -> tuple[str, bytes]:
    if isinstance(given, str):
        stored = state.files.get(given)
        if stored is None:
            raise ApiError(400, "Bad Request: wrong remote file identifier specified: Wrong string length")
        return stored.path.rsplit("_", 1)[-1], stored.content
    name, content = given
    if not content:
        raise ApiError(400, "Bad Request: file must be non-empty")
    if len(content) > limit:
        raise ApiError(413, "Request Entity Too Large")
    return name, content


def _dimensions(content: bytes) -> tuple[int, int]:
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        width, height = struct.unpack(">II", content[16:24])
        return int(width), int(height)
    raise ApiError(400, "Bad Request: IMAGE_PROCESS_FAILED")


def _editable(state: State, given: Json) -> Json:
    chat = _writable(state, given)
    message = chat.messages.get(given.get("message_id", 0))
    if message is None:
        raise ApiError(400, "Bad Request: message to edit not found")
    if message["from"]["id"] != state.bot["id"]:
        raise ApiError(400, "Bad Request: message can't be edited")
    return message


def _changed(message: Json, fields: Json, given: Json, drops: set[str]) -> Json:
    markup = check_markup(given.get("reply_markup"))
    fresh = {name: value for name, value in message.items() if name not in drops | {"reply_markup", "edit_date"}}
    fresh |= fields | _with(reply_markup=markup)
    if fresh == {name: value for name, value in message.items() if name != "edit_date"}:
        raise ApiError(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
            "same as a current content and reply markup of the message",
        )
    message.clear()
    message.update(fresh | {"edit_date": fresh["date"] + 1})
    return message


def _member(user: Json, status: str) -> Json:
    member: Json = {"user": user, "status": status}
    if status == "creator":
        member["is_anonymous"] = False
    if status == "administrator":
        rights = (
            "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats "
            "can_restrict_members can_promote_members can_change_info can_invite_users can_post_stories "
            "can_edit_stories can_delete_stories"
        )
        member |= dict.fromkeys(rights.split(), False)
    return member


def _scope(state: State, given: Json) -> tuple[str, str]:
    scope = given.get("scope") or {"type": "default"}
    kind = scope.get("type")
    if kind not in SCOPES or set(scope) - {"type"} != SCOPES[kind]:
        raise ApiError(400, "Bad Request: can't parse BotCommandScope")
    if "chat_id" in scope:
        state.chat(scope["chat_id"])
    return str(sorted(scope.items())), _language(given)


def _language(given: Json) -> str:
    code = given.get("language_code", "")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise ApiError(400, "Bad Request: LANG_CODE_INVALID")
    return str(code)


def _set_text(state: State, name: str, given: Json, limit: int) -> bool:
    if len(given.get(name, "")) > limit:
        raise ApiError(400, f"Bad Request: {name} is too long")
    state.texts[name, _language(given)] = given.get(name, "")
    return True


HANDLERS: dict[str, Callable[[State, Json], Any]] = {
    "getMe": lambda state, given: state.bot,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendChatAction": send_chat_action,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "setMessageReaction": set_message_reaction,
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyDescription": set_my_description,
    "setMyShortDescription": set_my_short_description,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getFile": get_file,
    "logOut": lambda state, given: True,
    "leaveChat": lambda state, given: True,
}
COUNTED = frozenset(
    {"sendMessage", "sendPhoto", "sendDocument", "editMessageText", "editMessageCaption", "editMessageReplyMarkup"}
)
"""What the flood limits count."""
