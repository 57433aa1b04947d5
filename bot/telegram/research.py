"""The commands that look things up by name: /who, /timeline, /latest, /compare, /sources."""

from __future__ import annotations

import re
from collections.abc import Sequence

from telegram import InputFile, Message, ReplyParameters, Update
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest
from telegram.ext import ContextTypes

from bot.asking.answer import Citation
from bot.telegram.leads import refused
from bot.telegram.pictures import chosen, timeline_picture
from bot.telegram.questions import new_notices
from bot.telegram.rendering import one_line
from bot.telegram.replying import reply, topic_of, typing
from bot.telegram.service import Service, service_of
from bot.telegram.splitting import escaped
from bot.telegram.views import comparison_view, list_view, profile_view, sources_view
from bot.telegram.words import Words
from data.errors import BadQuestion

ABOUT = re.compile(r"(?:^|\s)(?:about|on|о|об|про)\s+", re.IGNORECASE)


def arguments(message: Message) -> str:
    """What stands behind a command, in one line."""
    parts = (message.text or "").split(maxsplit=1)
    return " ".join(parts[1].split()) if len(parts) > 1 else ""


def name_and_topic(text: str) -> tuple[str, str | None]:
    """ "NAME about TOPIC" in its two parts."""
    parts = ABOUT.split(text, maxsplit=1)
    topic = parts[1].strip() if len(parts) > 1 else ""
    return parts[0].strip(" ,"), topic or None


async def on_who(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """``/who NAME``."""
    if (message := update.effective_message) is None:
        return
    service, words = _at(message, context)
    name = arguments(message)
    if not name:
        await _say(message, words.say("Whom do you mean? For example: /who Ada Lovelace"), context)
        return
    async with typing(context.bot, message):
        try:
            profile = await service.off_loop(service.desk.who, name)
        except BadQuestion as error:
            await _say(message, refused(error, words), context)
            return
    await _reply(message, profile_view(profile, words, _notices(message, profile.latest, service)), context)


async def on_latest(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """``/latest [TOPIC]``."""
    if (message := update.effective_message) is None:
        return
    service, words = _at(message, context)
    topic = arguments(message)
    async with typing(context.bot, message):
        try:
            found = await service.off_loop(service.desk.latest, topic or None)
        except BadQuestion as error:
            await _say(message, refused(error, words), context)
            return
    if not found:
        await _say(message, words.say("I found no statements."), context)
        return
    heading = words.say("Latest: {topic}", topic=topic[:200]) if topic else words.say("Latest statements")
    await _reply(message, list_view(heading, found, words, _notices(message, found, service)), context)


async def on_compare(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """``/compare NAME, NAME about TOPIC``."""
    if (message := update.effective_message) is None:
        return
    service, words = _at(message, context)
    listed, topic = name_and_topic(arguments(message))
    names = [name.strip() for name in re.split(r",|;|\s(?:and|и|vs\.?)\s", listed) if name.strip()]
    if not 2 <= len(names) <= 4 or topic is None:
        await _say(
            message, words.say("Two to four names and a topic, please: /compare NAME, NAME about TOPIC"), context
        )
        return
    async with typing(context.bot, message):
        try:
            said = await service.off_loop(service.desk.compare, names, topic)
        except BadQuestion as error:
            await _say(message, refused(error, words), context)
            return
    every = [citation for citations in said.values() for citation in citations]
    if len({citation.speaker for citation in every}) > 1:
        dark = service.reader(message.chat).dark
        picture = await service.off_loop(timeline_picture, f"{', '.join(said)}: {topic}", every, words, dark=dark)
        if picture is not None:
            await _send_picture(message, picture, f"<b>{one_line(topic, 200)}</b>", context)
    unknown = {
        name for name, citations in said.items()
        if not citations and not (await service.off_loop(service.desk.who, name)).name
    }  # fmt: skip
    await _reply(message, comparison_view(said, words, _notices(message, every, service), unknown), context)


async def on_sources(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """``/sources``."""
    if (message := update.effective_message) is None:
        return
    service, words = _at(message, context)
    sources = await service.off_loop(service.desk.sources)
    await _reply(message, sources_view(sources, words), context)


async def on_timeline(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """``/timeline NAME [about TOPIC]``."""
    if (message := update.effective_message) is None:
        return
    _, words = _at(message, context)
    name, topic = name_and_topic(arguments(message))
    if not name:
        await _say(message, words.say("Whose words? For example: /timeline NAME about TOPIC"), context)
        return
    await send_timeline(message, name, topic, words, context)


async def send_timeline(
    message: Message, name: str, topic: str | None, words: Words, context: ContextTypes.DEFAULT_TYPE
) -> None:
    """A picture of what somebody said when, and the numbered quotes as text for whoever can't see it."""
    service = service_of(context)
    async with typing(context.bot, message, ChatAction.UPLOAD_PHOTO):
        try:
            found = await service.off_loop(service.desk.timeline, name, topic)
        except BadQuestion as error:
            await _say(message, refused(error, words), context)
            return
        title = name if topic is None else f"{name}: {topic}"
        dark = service.reader(message.chat).dark
        picture = await service.off_loop(timeline_picture, title, found, words, dark=dark) if found else None
    if not found:
        profile = await service.off_loop(service.desk.who, name)
        if profile.name:
            await _say(message, words.say("I found no statements."), context)
        else:  # nobody of that name: with the names that are like it
            await _reply(message, profile_view(profile, words, ()), context)
        return
    if picture is not None:
        caption = f"<b>{one_line(title, 200)}</b>\n" + escaped(
            words.count("{n} statement over time; the same as text below.",
                        "{n} statements over time; the same as text below.", len(found))
        )  # fmt: skip
        await _send_picture(message, picture, caption, context)
    numbered = chosen(found) or found[:8]
    views = list_view(title[:300], numbered, words, _notices(message, numbered, service))
    await _reply(message, views, context)


async def _send_picture(message: Message, picture: bytes, caption: str, context: ContextTypes.DEFAULT_TYPE) -> None:
    settings = service_of(context).settings
    try:
        await context.bot.send_photo(
            message.chat_id,
            InputFile(picture, filename="timeline.png"),
            caption=caption,
            parse_mode=ParseMode.HTML,
            reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
            message_thread_id=topic_of(message),
            protect_content=settings.telegram_protect_content or None,
        )
    except BadRequest as error:
        # Telegram takes no odd shapes as photos, and some groups no photos: the text says the same
        if "PHOTO" not in str(error).upper() and "rights" not in str(error).lower():
            raise


def _at(message: Message, context: ContextTypes.DEFAULT_TYPE) -> tuple[Service, Words]:
    service = service_of(context)
    return service, service.words(message.chat, message.from_user)


def _notices(message: Message, citations: Sequence[Citation], service: Service) -> list[str]:
    memory = service.memory.of(message.chat_id, topic_of(message))
    notices = new_notices(citations, memory)
    memory.notices.update(notices)
    return notices


async def _say(message: Message, line: str, context: ContextTypes.DEFAULT_TYPE) -> None:
    await reply(context.bot, message, [escaped(line)])


async def _reply(message: Message, views: Sequence[str], context: ContextTypes.DEFAULT_TYPE) -> None:
    await reply(context.bot, message, views, protect=service_of(context).settings.telegram_protect_content)
