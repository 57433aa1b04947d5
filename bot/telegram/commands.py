"""The commands that everybody has: /start, /help, /ask, /privacy, /forget."""

from __future__ import annotations

from typing import Final

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot.telegram.attempts import IN_DOUBT
from bot.telegram.preferences import may_set
from bot.telegram.questions import answer_question, without_command
from bot.telegram.rendering import notice_blocks
from bot.telegram.replying import reply
from bot.telegram.service import Service, service_of
from bot.telegram.splitting import Block, escaped, packed
from bot.telegram.words import Words
from data.errors import OnRecordError

EXAMPLES: Final = (
    "Who said that …?",
    "What did … say about …?",
    "When did … say that …?",
    "What was said about … in May 2024?",
)
"""Shown until the archive itself gives some."""


async def on_start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """A welcome: what this is, an example, what is kept."""
    if (opened := _opened(update, context)) is None:
        return
    message, _, words = opened
    blocks = [
        f"<b>{escaped(words.say('On Record: who said what, and when'))}</b>",
        escaped(
            words.say(
                "Ask me in your own words. I answer with the passages themselves, letter for letter, with the speaker, "
                "the date and a link to the article. I write nothing of my own."
            )
        ),
        escaped(words.say("Nothing you ask is stored. /help shows examples, /privacy what is kept.")),
    ]
    await reply(context.bot, message, packed(map(Block.of, blocks)))


async def on_help(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """What the bot can do, with examples."""
    if (opened := _opened(update, context)) is None:
        return
    message, service, words = opened
    lines = [f"• <code>{escaped(example)}</code>" for example in await _examples(service, words)]
    listed = [f"/{name} — {escaped(words.say(about))}" for name, about in everybodys()]
    blocks = [
        f"<b>{escaped(words.say('Ask, for example:'))}</b>\n" + "\n".join(lines),
        f"<b>{escaped(words.say('Commands'))}</b>\n" + "\n".join(listed),
        escaped(words.say("You can ask on: “And in May?”, “Who else?”. In groups, mention me or reply to me.")),
        escaped(
            words.say(
                "{sign} on your question: I sent the answer but could not make sure that it arrived. Please ask again.",
                sign=IN_DOUBT,
            )
        ),
    ]
    await reply(context.bot, message, packed(map(Block.of, blocks)))


async def on_ask(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """``/ask QUESTION``, the way to ask in groups."""
    if (opened := _opened(update, context)) is None:
        return
    message, _, words = opened
    question = without_command(message.text or "")
    if not question:
        await reply(
            context.bot, message, [escaped(words.say("Put your question behind the command: /ask Who said …?"))]
        )
        return
    await answer_question(message, question, context)


async def on_privacy(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """What is kept of a reader, and the notices of the outlets."""
    if (opened := _opened(update, context)) is None:
        return
    message, service, words = opened
    kept = words.say(
        "Your questions are not stored or logged. For follow-up questions I remember your last one, in memory only, "
        "for 30 minutes."
    )
    reader = service.reader(message.chat)
    if reader.is_default:
        state = words.say("Nothing is stored about this chat.")
    else:
        state = words.say(
            "Stored, encrypted: your settings (language: {language}, citations: {citations}) and {alerts}.",
            language=reader.language or "–",
            citations=reader.citations,
            alerts=words.count("{n} alert", "{n} alerts", len(reader.alerts)),
        )
    blocks = [
        f"<b>{escaped(words.say('Privacy'))}</b>",
        escaped(kept),
        escaped(state),
        escaped(words.say("/forget deletes all of it at once.")),
        escaped(
            words.say(
                "Telegram itself sees what you write to a bot. Messages to bots are not end-to-end encrypted; delete "
                "the chat if your phone may be looked at."
            )
        ),
    ]
    notices = await service.off_loop(service.notices)
    await reply(context.bot, message, packed([*map(Block.of, blocks), *notice_blocks(notices, words)]))


async def on_forget(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Forget the conversation and delete what is stored."""
    if (opened := _opened(update, context)) is None:
        return
    message, service, words = opened
    if not await may_set(message, update, context):  # a group's settings are its admins'
        return
    service.memory.forget(message.chat_id)
    service.readers.forget(message.chat_id)
    line = words.say(
        "Forgotten: our conversation, your settings and your alerts. The messages in this chat are yours to delete."
    )
    await reply(context.bot, message, [escaped(line)])


async def _examples(service: Service, words: Words) -> list[str]:
    """Questions that this very archive answers; general ones where it gives none."""
    try:
        latest = await service.off_loop(service.desk.latest, None, limit=12)
    except OnRecordError:
        latest = []
    names = list(dict.fromkeys(one.speaker for one in latest if one.speaker and one.resolved))[:3]
    found = [words.say("What did {name} say?", name=name) for name in names[:2]]
    found += [f"/timeline {names[-1]}"] if names else []
    found += [f"/compare {names[0]}, {names[1]} about …"] if len(names) > 1 else []
    return found or [words.say(example) for example in EXAMPLES]


def everybodys() -> list[tuple[str, str]]:
    """Name and description of every reader's command, in the menu's order."""
    return [
        ("ask", "ask a question (in groups)"),
        ("who", "who somebody is, and their latest words"),
        ("timeline", "what somebody said when: NAME about TOPIC"),
        ("latest", "the newest statements, on a topic if you like"),
        ("compare", "NAME, NAME about TOPIC"),
        ("sources", "the coverage I answer from"),
        ("help", "examples and commands"),
        ("alerts", "be told when somebody speaks, or about a topic"),
        ("settings", "language, citations, pictures"),
        ("privacy", "what is kept of you"),
        ("forget", "delete what is kept of you"),
    ]


def _opened(update: Update, context: ContextTypes.DEFAULT_TYPE) -> tuple[Message, Service, Words] | None:
    """The message of a command with the service and the words to answer in."""
    message = update.effective_message
    if message is None:
        return None
    service = service_of(context)
    return message, service, service.words(message.chat, message.from_user)
