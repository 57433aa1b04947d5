"""Pressed buttons: they change the message in place, and work after a restart without any stored question.

The question is read again from the message that the answer replies to; the button's data names the passage. Data can be
forged by any client, so whatever does not fit is met with one polite line.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest
from telegram.ext import ContextTypes

from bot.asking.answer import Answer, Citation
from bot.asking.conversation import Conversation
from bot.telegram import buttons
from bot.telegram.buttons import Press, checksum, read_press
from bot.telegram.leads import understood_in
from bot.telegram.questions import new_notices, question_in
from bot.telegram.rendering import Shown, copied, render_answer, understood_line
from bot.telegram.replying import edit, reply, topic_of
from bot.telegram.research import send_timeline
from bot.telegram.service import Service, service_of
from bot.telegram.splitting import escaped, pieces
from bot.telegram.views import context_view
from bot.telegram.words import Words, languages, words_in
from data.errors import OnRecordError

if TYPE_CHECKING:
    from bot.asking.desk import Context
    from data.archive.reports import FaultKind

WRONG_KINDS: Final[dict[str, FaultKind]] = {"s": "speaker", "d": "date", "q": "quote", "o": "source"}
WRONG_LABELS: Final = {"s": "Speaker", "d": "Date", "q": "Quote", "o": "Source"}


async def on_press(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Do what a button says."""
    query = update.callback_query
    if query is None:
        return
    service = service_of(context)
    message = query.message
    press = read_press(query.data)
    if not isinstance(message, Message) or press is None:
        await told(query, stale(service.words(message.chat, query.from_user)) if message else "")
        return
    words = service.words(message.chat, query.from_user)
    if press.verb in (buttons.MORE, buttons.ANSWER):
        await _show_page(query, message, press, words, context)
    elif press.verb == buttons.WRONG:
        await _ask_what_is_wrong(query, message, press, words, context)
    elif press.verb[0] == buttons.WRONG:
        await _note_what_is_wrong(query, message, press, words, context)
    elif press.verb == buttons.COPY:
        await _send_citation(query, message, press, words, context)
    elif press.verb == buttons.CONTEXT:
        await _show_context(query, message, press, words, context)
    elif press.verb == buttons.TIMELINE:
        await _send_timeline(query, message, press, words, context)
    else:
        await told(query, stale(words))


def stale(words: Words) -> str:
    """For a button that can't be followed any more."""
    return words.say("I can't follow this button any more. Please ask your question again.")


async def told(query: CallbackQuery, line: str = "") -> None:
    """Answer a press; one that is too old to be answered is let go."""
    with suppress(BadRequest):
        await query.answer(line[:200] or None)


async def asked_again(
    message: Message, offset: int, service: Service, context: ContextTypes.DEFAULT_TYPE
) -> Answer | None:
    """The answer to the question that a message of ours replies to, from a citation on; None where that can't be read,
    or would no longer be understood as it was (a follow-up whose conversation is forgotten)."""
    asked = message.reply_to_message
    question = question_in(asked, context.bot.username, context.bot.id) if asked is not None else None
    if asked is None or not question:
        return None
    before = service.memory.of(message.chat_id, topic_of(message)).before.get(asked.message_id)
    conversation = Conversation()
    if before is not None:
        conversation.remember(before)
    limit = service.reader(message.chat).citations
    try:
        answer = await service.off_loop(
            service.desk.ask, question, conversation=conversation, limit=limit, offset=offset
        )
    except OnRecordError:
        return None
    first = (message.text or "").split("\n", 1)[0]
    readings = {understood_line(understood_in(answer.query, words_in(language))) for language in languages()}
    if first.startswith(understood_line("")) and first not in readings:
        return None
    return answer


async def _show_page(
    query: CallbackQuery, message: Message, press: Press, words: Words, context: ContextTypes.DEFAULT_TYPE
) -> None:
    answer = await asked_again(message, press.offset, service_of(context), context)
    if answer is None or not (answer.citations or press.offset == 0):
        await told(query, stale(words))
        return
    memory = service_of(context).memory.of(message.chat_id, topic_of(message))
    notices = new_notices((*answer.citations, *answer.nearest), memory)
    shown = on_one_page(answer, words, press.offset, notices)
    await edit(context.bot, message, shown.messages[0], shown.buttons)
    memory.notices.update(notices)
    # a quote that no message can hold alone goes on below
    await reply(context.bot, message, shown.messages[1:], protect=service_of(context).settings.telegram_protect_content)
    await told(query)


def on_one_page(answer: Answer, words: Words, offset: int, notices: Sequence[str] = ()) -> Shown:
    """As many of the citations as one message holds (it is changed in place), at least one."""
    for number in range(len(answer.citations), 0, -1):
        fewer = replace(answer, citations=answer.citations[:number])
        shown = render_answer(fewer, words, offset=offset, notices=notices)
        if len(shown.messages) == 1:
            return shown
    return render_answer(answer, words, offset=offset, notices=notices)


async def _ask_what_is_wrong(
    query: CallbackQuery, message: Message, press: Press, words: Words, context: ContextTypes.DEFAULT_TYPE
) -> None:
    kinds = [
        InlineKeyboardButton(words.say(label), callback_data=Press(f"w{kind}", press.offset, press.passage).data)
        for kind, label in WRONG_LABELS.items()
    ]
    back = InlineKeyboardButton("◂ " + words.say("Back"), callback_data=Press(buttons.ANSWER, press.offset).data)
    keyboard = InlineKeyboardMarkup([kinds[:2], kinds[2:], [back]])
    with suppress(BadRequest):
        await context.bot.edit_message_reply_markup(message.chat_id, message.message_id, reply_markup=keyboard)
    await told(query, words.say("What is wrong?"))


async def _note_what_is_wrong(
    query: CallbackQuery, message: Message, press: Press, words: Words, context: ContextTypes.DEFAULT_TYPE
) -> None:
    service = service_of(context)
    kind = WRONG_KINDS[press.verb[1]]
    answer = await asked_again(message, press.offset, service, context)
    passage: Citation | str | None = press.passage
    if press.passage.startswith("#"):
        passage = cited(answer, press.passage)
    memory = service.memory.of(message.chat_id, topic_of(message))
    seen = f"{press.passage} {kind}"
    if passage and seen not in memory.complained:  # a press that came twice counts once
        memory.complained.add(seen)
        await service.off_loop(service.count_fault, passage, kind)
        service.metrics.feedback.labels(kind).inc()
    await told(query, words.say("Thank you. An editor will look at it; who said so is not kept."))
    if answer is not None:
        shown = on_one_page(answer, words, press.offset)
        with suppress(BadRequest):
            await context.bot.edit_message_reply_markup(message.chat_id, message.message_id, reply_markup=shown.buttons)


async def _send_citation(
    query: CallbackQuery, message: Message, press: Press, words: Words, context: ContextTypes.DEFAULT_TYPE
) -> None:
    service = service_of(context)
    around = await _found(message, press, context)
    if around is None:
        await told(query, stale(words))
        return
    citation = around.citation
    parts = [f"<code>{escaped(piece)}</code>" for piece in pieces(copied(citation, words), 3500)]
    await reply(context.bot, message, parts, protect=service.settings.telegram_protect_content)
    await told(query)


async def _show_context(
    query: CallbackQuery, message: Message, press: Press, words: Words, context: ContextTypes.DEFAULT_TYPE
) -> None:
    around = await _found(message, press, context)
    if around is None:
        await told(query, words.say("That passage is no longer in the coverage."))
        return
    first = (message.text or "").split("\n", 1)[0]
    html = context_view(around, words, first if first.startswith(understood_line("")) else "")
    if query.from_user.id in service_of(context).editors and around.citation.statement:
        html += f"\n{words.say('For /correct:')} <code>{escaped(around.citation.statement)}</code>"
    back = InlineKeyboardButton("◂ " + words.say("Back"), callback_data=Press(buttons.ANSWER, press.offset).data)
    await edit(context.bot, message, html, InlineKeyboardMarkup([[back]]))
    await told(query)


async def _send_timeline(
    query: CallbackQuery, message: Message, press: Press, words: Words, context: ContextTypes.DEFAULT_TYPE
) -> None:
    around = await _found(message, press, context)
    if around is None or not around.citation.speaker:
        await told(query, stale(words))
        return
    await told(query)
    await send_timeline(message, around.citation.speaker, None, words, context)


async def _found(message: Message, press: Press, context: ContextTypes.DEFAULT_TYPE) -> Context | None:
    """The passage that a button names, with what stands around it: by its reference, or by asking again."""
    service = service_of(context)
    if not press.passage.startswith("#"):
        return await service.off_loop(service.desk.context, press.passage) if press.passage else None
    citation = cited(await asked_again(message, press.offset, service, context), press.passage)
    return await service.off_loop(service.desk.context, citation) if citation is not None else None


def cited(answer: Answer | None, passage: str) -> Citation | None:
    """The citation that a button names, in an answer that was asked again."""
    if answer is None:
        return None
    if passage.startswith("#"):
        place, _, check = passage[1:].partition(".")
        if int(place) >= len(answer.citations):
            return None
        citation = answer.citations[int(place)]
        return citation if checksum(citation) == int(check, 16) else None
    return next((citation for citation in answer.citations if citation.statement == passage), None)
