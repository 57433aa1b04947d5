"""/settings and /alerts: what a reader may set, with buttons; in groups, for the group's admins."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from telegram import Chat, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.telegram.alerting import alert_words
from bot.telegram.presses import stale, told
from bot.telegram.readers import MOST_ALERTS, Alert, Reader
from bot.telegram.rendering import one_line
from bot.telegram.replying import edit, reply, typing
from bot.telegram.research import arguments
from bot.telegram.service import Service, service_of
from bot.telegram.splitting import escaped
from bot.telegram.words import DEFAULT, NAMES, Words, languages, words_in

PATTERN: Final = re.compile(
    r"s:(?P<setting>language|citations|dark|nights|clock):(?P<value>[a-z]{2}|-?\d{1,3})|l:(?P<act>[prd]):(?P<mark>[0-9a-f]{8})",
    re.ASCII,
)
TOPIC: Final = re.compile(r"(?:about|on|о|об|про)(?:\s+|$)", re.IGNORECASE)


async def on_settings(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """``/settings``: the settings as buttons."""
    message = update.effective_message
    if message is None or not await may_set(message, update, context):
        return
    service = service_of(context)
    words = service.words(message.chat, update.effective_user)
    html, keyboard = settings_view(service.reader(message.chat), words, kept=service.readers.kept)
    await reply(context.bot, message, [html], keyboard)


async def on_alerts(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """``/alerts``, ``/alerts NAME``, ``/alerts about TOPIC``."""
    message = update.effective_message
    if message is None or not await may_set(message, update, context):
        return
    service = service_of(context)
    words = service.words(message.chat, update.effective_user)
    if not service.readers.kept:
        line = words.say("Alerts are off here: the operator has not set a key to keep them safe with.")
        await reply(context.bot, message, [escaped(line)])
        return
    reader = service.reader(message.chat)
    wanted = arguments(message)[:200]
    if wanted:
        async with typing(context.bot, message):
            refused = await _add_alert(reader, wanted, service, words)
        if refused is not None:
            await reply(context.bot, message, [escaped(refused)])
            return
    html, keyboard = alerts_view(reader, words)
    await reply(context.bot, message, [html], keyboard)


async def on_membership(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Blocked, or thrown out of a group: nothing is kept of who left."""
    change_of = update.my_chat_member
    if change_of is None or change_of.new_chat_member.status not in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT):
        return
    service = service_of(context)
    service.readers.forget(change_of.chat.id)
    service.memory.forget(change_of.chat.id)


async def on_preference(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """A pressed button of either."""
    query = update.callback_query
    if query is None or not isinstance(query.message, Message):
        return
    message, service = query.message, service_of(context)
    words = service.words(message.chat, query.from_user)
    match = PATTERN.fullmatch(query.data or "")
    if match is None:
        await told(query, stale(words))
        return
    if not await may_set(message, update, context):
        await told(query, words.say("Only this group's admins can change that."))
        return
    reader = service.reader(message.chat)
    keyboard: InlineKeyboardMarkup | None
    if match["setting"]:
        if not change(reader, match["setting"], match["value"]):
            await told(query, stale(words))
            return
        service.readers.keep(reader)
        words = service.words(message.chat, query.from_user)
        html, keyboard = settings_view(reader, words, kept=service.readers.kept)
    else:
        alert = next((one for one in reader.alerts if one.mark == match["mark"]), None)
        if alert is None:
            await told(query, stale(words))
            return
        if match["act"] == "d":
            reader.alerts.remove(alert)
        else:
            alert.paused = match["act"] == "p"
            if not alert.paused:  # a pause is no heap to come home to: what counts is from now on
                alert.after = await service.off_loop(service.desk.newest)
        service.readers.keep(reader)
        html, keyboard = alerts_view(reader, words)
    await edit(context.bot, message, html, keyboard)
    await told(query, words.say("Done."))


def change(reader: Reader, setting: str, value: str) -> bool:
    """Change one setting, if the value is one that a button could have carried."""
    number = int(value) if value.lstrip("-").isdigit() else None
    if setting == "language" and value in languages():
        reader.language = value
    elif setting == "citations" and number in (1, 2, 3):
        reader.citations = number
    elif setting in ("dark", "nights") and number in (0, 1):
        setattr(reader, setting, bool(number))
    elif setting == "clock" and number in (-60, 60):
        reader.offset_minutes = (reader.offset_minutes + number + 720) % 1440 - 720
    else:
        return False
    return True


def settings_view(reader: Reader, words: Words, *, kept: bool) -> tuple[str, InlineKeyboardMarkup]:
    """The settings and their buttons."""

    def button(label: str, setting: str, value: object, chosen: bool = False) -> InlineKeyboardButton:
        return InlineKeyboardButton(("✓ " if chosen else "") + label, callback_data=f"s:{setting}:{value}")

    clock = (datetime.now(UTC) + timedelta(minutes=reader.offset_minutes)).strftime("%H:%M")
    lines = [
        f"<b>{escaped(words.say('Settings'))}</b>",
        escaped(
            words.say("The interface's language; citations in an answer; pictures light or dark; alerts at night.")
        ),
        escaped(words.say("Your clock shows {time}? If not, move it: it says when night is.", time=clock)),
    ]
    if not kept:
        lines.append(
            escaped(words.say("The operator has set no key to keep settings with: they last until a restart."))
        )
    rows = [
        [
            button(NAMES.get(code, code), "language", code, words.language == code)
            for code in languages()
        ],
        [button(str(number), "citations", number, reader.citations == number) for number in (1, 2, 3)],
        [
            button(words.say("Light pictures"), "dark", 0, not reader.dark),
            button(words.say("Dark pictures"), "dark", 1, reader.dark),
        ],
        [
            button(words.say("Quiet at night"), "nights", 0, not reader.nights),
            button(words.say("Alerts at night"), "nights", 1, reader.nights),
        ],
        [button("− 1 h", "clock", -60), button("+ 1 h", "clock", 60)],
    ]  # fmt: skip
    return "\n".join(lines), InlineKeyboardMarkup(rows)


def alerts_view(reader: Reader, words: Words) -> tuple[str, InlineKeyboardMarkup | None]:
    """The alerts and their buttons."""
    if not reader.alerts:
        return escaped(words.say("No alerts. To be told: /alerts NAME, or /alerts about TOPIC")), None
    lines = [f"<b>{escaped(words.say('Alerts'))}</b>"]
    rows = []
    for number, alert in enumerate(reader.alerts, 1):
        state = f" ({escaped(words.say('paused'))})" if alert.paused else ""
        lines.append(f"{number}. {escaped(alert_words(alert, words))}{state}")
        act, label = ("r", words.say("Resume")) if alert.paused else ("p", words.say("Pause"))
        rows.append(
            [
                InlineKeyboardButton(f"{number} · {label}", callback_data=f"l:{act}:{alert.mark}"),
                InlineKeyboardButton(f"{number} · {words.say('Stop')}", callback_data=f"l:d:{alert.mark}"),
            ]
        )
    return "\n".join(lines), InlineKeyboardMarkup(rows)


async def _add_alert(reader: Reader, wanted: str, service: Service, words: Words) -> str | None:
    """Add an alert; or what stands against it."""
    if len(reader.alerts) >= MOST_ALERTS:
        return words.say("That is the most I can watch for you. Stop one first.")
    about = TOPIC.match(wanted)
    if about is not None:
        alert = Alert("topic", wanted[about.end() :].strip())
    else:
        profile = await service.off_loop(service.desk.who, wanted)
        if not profile.name:
            near = ", ".join(profile.near)
            none = words.say("I have nobody of that name: {name}", name=wanted)
            return f"{none}. {words.say('Did you mean {names}?', names=near)}" if near else none
        alert = Alert("speaker", profile.name)
    if not alert.words or any(one.mark == alert.mark for one in reader.alerts):
        return None
    alert.after = await service.off_loop(service.desk.newest)
    reader.alerts.append(alert)
    if reader.language is None and words.language != DEFAULT:
        reader.language = words.language  # an alert comes without a message whose sender's language could be followed
    service.readers.keep(reader)
    return None


async def may_set(message: Message, update: Update, context: ContextTypes.DEFAULT_TYPE) -> bool:
    """In private, everybody for themselves; in a group, its admins. Says so where a command is refused."""
    if message.chat.type == Chat.PRIVATE:
        return True
    user = update.effective_user
    if message.sender_chat is not None and message.sender_chat.id == message.chat_id:
        return True  # an admin who writes as the group
    try:
        member = await context.bot.get_chat_member(message.chat_id, user.id) if user is not None else None
    except TelegramError:
        member = None
    if member is not None and member.status in (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR):
        return True
    if update.callback_query is None:
        words = words_in(service_of(context).reader(message.chat).language)
        await reply(context.bot, message, [one_line(words.say("Only this group's admins can change that."), 200)])
    return False
