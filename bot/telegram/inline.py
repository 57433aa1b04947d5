"""Inline mode, ``@bot question`` in any chat: off unless the operator turns it on, since it shares publicly."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from telegram import InlineQueryResultArticle, InputTextMessageContent, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest
from telegram.ext import ContextTypes

from bot.asking.answer import Citation
from bot.telegram.buttons import checksum
from bot.telegram.rendering import citation_blocks, notice_blocks
from bot.telegram.replying import NO_PREVIEW
from bot.telegram.service import service_of
from bot.telegram.splitting import packed, shown
from bot.telegram.words import Words, words_in
from data.errors import OnRecordError

SHORTEST: Final = 8
"""Characters of a question worth searching for: a query comes with almost every letter typed."""


async def on_inline(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Offer an answer's citations, one of which can be sent."""
    query = update.inline_query
    if query is None:
        return
    service = service_of(context)
    words = words_in(query.from_user.language_code)
    found: tuple[Citation, ...] = ()
    if len(query.query.strip()) >= SHORTEST:
        with suppress(OnRecordError):
            found = (await service.off_loop(service.desk.ask, query.query, limit=5)).citations
    results = [_result(place, citation, words) for place, citation in enumerate(found)]
    with suppress(BadRequest):  # typed on meanwhile: Telegram no longer wants this one
        await query.answer(results, cache_time=0, is_personal=True)


def _result(place: int, citation: Citation, words: Words) -> InlineQueryResultArticle:
    notices = [citation.notice] if citation.notice else []
    html = packed([*notice_blocks(notices, words), *citation_blocks(citation, words, None)])[0]
    return InlineQueryResultArticle(
        id=f"{place}-{checksum(citation):08x}",
        title=shown(citation.speaker or citation.title or words.say("From the coverage"))[:100],
        description=" ".join(shown(citation.quote).split())[:200],
        input_message_content=InputTextMessageContent(html, ParseMode.HTML, link_preview_options=NO_PREVIEW),
    )
