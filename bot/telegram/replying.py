"""Sending: as a reply, in the right topic, without link previews; and "typing" while something is worked out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, TelegramError

TYPING_SECONDS: Final = 4.5
"""Telegram shows "typing" for five seconds, or until a message comes."""

NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)


def topic_of(message: Message) -> int | None:
    """The forum topic that a message stands in; None outside of forums and in their general topic."""
    return message.message_thread_id if message.is_topic_message else None


async def reply(
    bot: Bot,
    to: Message,
    messages: Sequence[str],
    buttons: InlineKeyboardMarkup | None = None,
    *,
    protect: bool = False,
) -> list[Message]:
    """Answer a message with one or more messages of HTML, the buttons under the last.

    Each part is a reply: so the question can be read again from any of them.
    """
    sent = []
    for place, html in enumerate(messages):
        last = place == len(messages) - 1
        sent.append(await _send(bot, to, html, buttons if last else None, protect))
    return sent


async def _send(bot: Bot, to: Message, html: str, buttons: InlineKeyboardMarkup | None, protect: bool) -> Message:
    chat, thread = to.chat_id, topic_of(to)
    answered: ReplyParameters | None = ReplyParameters(to.message_id, allow_sending_without_reply=True)
    for _ in range(3):
        try:
            return await bot.send_message(
                chat,
                html,
                parse_mode=ParseMode.HTML,
                link_preview_options=NO_PREVIEW,
                reply_parameters=answered,
                message_thread_id=thread,
                reply_markup=buttons,
                protect_content=protect or None,
            )
        except ChatMigrated as error:
            chat, thread, answered = error.new_chat_id, None, None
        except BadRequest as error:
            if thread is None or "thread not found" not in str(error).lower():
                raise
            thread = None
    raise BadRequest("the chat keeps moving")


async def edit(bot: Bot, message: Message, html: str, buttons: InlineKeyboardMarkup | None) -> None:
    """Change a message of ours in place; no harm where it already says so (a press or a call that came twice)."""
    try:
        await bot.edit_message_text(
            html,
            message.chat_id,
            message.message_id,
            parse_mode=ParseMode.HTML,
            link_preview_options=NO_PREVIEW,
            reply_markup=buttons,
        )
    except BadRequest as error:
        reason = str(error).lower()
        if "can't be edited" in reason or "to edit not found" in reason:  # too old, or deleted: below it then
            await reply(bot, message, [html], buttons)
        elif "not modified" not in reason:
            raise


@asynccontextmanager
async def typing(bot: Bot, message: Message, action: str = ChatAction.TYPING) -> AsyncIterator[None]:
    """Show that something is being worked out, for as long as it is."""
    done = asyncio.Event()

    async def show() -> None:
        while not done.is_set():
            with suppress(TelegramError):  # a hint only
                await bot.send_chat_action(message.chat_id, action, message_thread_id=topic_of(message))
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), TYPING_SECONDS)

    showing = asyncio.create_task(show())
    try:
        yield
    finally:
        done.set()
        # let a call on its way arrive before the answer does: "typing" after it would stay for five seconds
        finished, _ = await asyncio.wait({showing}, timeout=0.3)
        if not finished:
            showing.cancel()
