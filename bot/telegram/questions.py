"""Questions in, answers out: in private chats any text; in groups what is meant for the bot."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import Final

from telegram import Chat, Message, MessageEntity, Update, User
from telegram.ext import ContextTypes

from bot.asking.answer import Citation
from bot.telegram.leads import refused
from bot.telegram.memory import ChatMemory
from bot.telegram.rendering import render_answer
from bot.telegram.replying import reply, topic_of, typing
from bot.telegram.service import service_of
from bot.telegram.splitting import escaped
from bot.telegram.words import Words
from data.errors import BadQuestion, OnRecordError

_log = logging.getLogger(__name__)

MEDIA: Final = (
    "voice",
    "video_note",
    "photo",
    "sticker",
    "video",
    "animation",
    "audio",
    "document",
    "location",
    "poll",
)


async def on_text(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer a text, new or edited, if it is meant for the bot."""
    message = update.effective_message
    if message is None or not message.text or not _from_somebody(message):
        return
    question = question_in(message, context.bot.username, context.bot.id)
    if question is None:
        return
    await answer_question(message, question, context)


async def on_media(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """A friendly line for what is not text (in private only)."""
    message = update.effective_message
    if message is None or update.edited_message is not None or not _from_somebody(message):
        return
    if not any(getattr(message, kind, None) for kind in MEDIA) and not message.caption:
        return
    words = service_of(context).words(message.chat, message.from_user)
    if message.voice or message.video_note:
        line = words.say("I can't listen yet. Please type your question.")
    else:
        line = words.say("I read only text. Please type your question, for example as in /help.")
    await reply(context.bot, message, [escaped(line)])


async def on_unknown_command(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """A command that there is not."""
    message = update.effective_message
    if message is None or message.chat.type != Chat.PRIVATE:
        return
    words = service_of(context).words(message.chat, message.from_user)
    await reply(context.bot, message, [escaped(words.say("I don't know that command. /help lists what I can do."))])


async def answer_question(message: Message, question: str, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer one question as a reply, remembering the conversation."""
    began = time.monotonic()
    service = service_of(context)
    words = service.words(message.chat, message.from_user)
    memory = service.memory.of(message.chat_id, topic_of(message))
    memory.asked(message.message_id)
    limit = service.reader(message.chat).citations
    async with typing(context.bot, message):
        try:
            answer = await service.off_loop(service.desk.ask, question, conversation=memory.conversation, limit=limit)
            service.metrics.seconds.observe(time.monotonic() - began)
        except BadQuestion as error:
            service.metrics.answers.labels("bad question").inc()
            await reply(context.bot, message, [escaped(refused(error, words))])
            return
        except OnRecordError as error:
            _log.warning("a question could not be answered", extra={"kind": type(error).__name__})
            service.metrics.answers.labels("failed").inc()
            await reply(context.bot, message, [escaped(sorry(words))])
            return
    memory.last = answer
    notices = new_notices((*answer.citations, *answer.nearest), memory)
    shown = render_answer(answer, words, notices=notices)
    service.metrics.answers.labels("answered" if answer.answered else "silent").inc()
    await reply(context.bot, message, shown.messages, shown.buttons, protect=service.settings.telegram_protect_content)
    memory.notices.update(notices)


def sorry(words: Words) -> str:
    """What a reader is told when something broke."""
    return words.say("Sorry, something went wrong on my side. Please ask again in a moment.")


def new_notices(citations: Iterable[Citation], memory: ChatMemory) -> list[str]:
    """The notices of the outlets cited that this chat has not been shown yet. Note them as shown once they are."""
    fresh: dict[str, None] = {}
    for citation in citations:
        if citation.notice and citation.notice not in memory.notices:
            fresh[citation.notice] = None
    return list(fresh)


def question_in(message: Message, username: str, bot_id: int) -> str | None:
    """The question that a message puts to the bot; None where it is not meant for it.

    In a private chat every text is. In a group: a text that mentions the bot, or a reply to the bot's message. The
    mention itself is no part of the question; ``/ask`` is taken off either.
    """
    text = message.text or ""
    asked = without_command(text)
    if asked != text:
        return asked
    if message.chat.type == Chat.PRIVATE:
        return text
    mentions = [
        (entity, word)
        for entity, word in message.parse_entities([MessageEntity.MENTION]).items()
        if word.lower() == f"@{username.lower()}"
    ]
    if mentions:
        for _, word in mentions:
            text = text.replace(word, " ")
        return " ".join(text.split()).strip(" ,:;—-")
    replied = message.reply_to_message
    if replied is not None and replied.from_user is not None and replied.from_user.id == bot_id:
        return text
    return None


def without_command(text: str) -> str:
    """The question behind ``/ask`` or ``/ask@bot``."""
    head, _, rest = text.partition(" ") if " " in text.split("\n", 1)[0] else text.partition("\n")
    return rest.strip() if head.split("@", 1)[0].lower() == "/ask" else text


def _from_somebody(message: Message) -> bool:
    """False for other bots; an anonymous group admin writes as a bot, but with a sender chat."""
    user: User | None = message.from_user
    return message.via_bot is None and (user is None or not user.is_bot or message.sender_chat is not None)
