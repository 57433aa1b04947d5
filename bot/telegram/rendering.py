"""An answer as Telegram messages: escaped HTML, the quote in a blockquote, each within the limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.asking.answer import Answer, Citation
from bot.telegram.buttons import CONTEXT, COPY, MORE, TIMELINE, WRONG, Press, passage_name
from bot.telegram.fragments import link_to
from bot.telegram.leads import lead_of, understood_in
from bot.telegram.splitting import Block, escaped, packed, pieces, shown, units
from bot.telegram.words import Words

LONG_QUOTE: Final = 320
"""Code units from which a quote is folded (about six lines on a phone)."""
QUOTE_PIECE: Final = 3000
COPY_LIMIT: Final = 256
MOST_NEAREST: Final = 3
"""Passages shown beside a refusal, so that nobody takes them for the answer."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer ready to be sent: one or more messages' HTML, and the buttons under the last."""

    messages: tuple[str, ...]
    buttons: InlineKeyboardMarkup | None = None


def render_answer(
    answer: Answer, words: Words, *, offset: int = 0, notices: Sequence[str] = (), with_buttons: bool = True
) -> Shown:
    """The answer from the citation at ``offset`` on.

    The first line says how the question was understood. ``notices`` are outlets' legal notices, which a reader must see
    before the quotes.
    """
    blocks: list[Block] = []
    opening = []
    total = max(answer.total, offset + len(answer.citations))
    greeted = answer.told is not None and answer.told.kind == "greeting"
    if (understood := understood_in(answer.query, words)) and not greeted:
        opening.append(f"<i>{escaped(understood_line(understood))}</i>")
    if lead := lead_of(answer, words):
        opening.append(f"<b>{one_line(lead, 800)}</b>")
    if opening:
        blocks.append(Block.of("\n".join(opening)))
    blocks += notice_blocks(notices, words)
    for place, citation in enumerate(answer.citations):
        blocks += citation_blocks(citation, words, offset + place + 1 if total > 1 else None)
    if answer.citations and total > len(answer.citations):
        first, last = offset + 1, offset + len(answer.citations)
        span = str(first) if first == last else f"{first}–{last}"
        blocks.append(Block.of(f"<i>{words.say('{shown} of {total}', shown=span, total=total)}</i>"))
    if answer.nearest:
        blocks.append(Block.of(f"<i>{words.say('The nearest passages, which do not answer it:')}</i>"))
        for citation in answer.nearest[:MOST_NEAREST]:
            blocks += citation_blocks(citation, words, None)
    if not blocks:
        blocks.append(Block.of(words.say("I found nothing that answers this in the coverage I have.")))
    buttons = answer_buttons(answer, words, offset) if with_buttons else None
    return Shown(tuple(packed(blocks)), buttons)


def understood_line(understood: str) -> str:
    """The first line of an answer, in plain text."""
    return f"\N{LEFT-POINTING MAGNIFYING GLASS} {_plain(understood, 300)}"


def notice_blocks(notices: Sequence[str], words: Words) -> list[Block]:
    """Outlets' legal notices, before what they may touch."""
    head = words.say("Before you read on: a notice of the outlet")
    return [
        Block.of(
            (f"\N{WARNING SIGN}\N{VARIATION SELECTOR-16} <b>{head}</b>\n" if place == 0 else "")
            + f"<blockquote>{escaped(piece)}</blockquote>"
        )
        for notice in notices
        for place, piece in enumerate(pieces(shown(notice), QUOTE_PIECE))
    ]


def citation_blocks(citation: Citation, words: Words, number: int | None) -> list[Block]:
    """One citation: who, the quote letter for letter, when, where. More than one block where the quote is very long."""
    head = who_line(citation, words)
    if number is not None:
        head = f"{number}. {head}"
    foot = "\n".join((when_line(citation, words), *source_lines(citation, words)))
    quoted = pieces(shown(citation.quote), QUOTE_PIECE)
    blocks = []
    for place, piece in enumerate(quoted):
        html = quote_html(piece)
        if place == 0:
            html = f"{head}\n{html}"
        if place == len(quoted) - 1:
            html = f"{html}\n{foot}"
        blocks.append(Block.of(html))
    return blocks


def quote_html(text: str) -> str:
    """A quote in a blockquote, folded where it is long."""
    folded = units(text) > LONG_QUOTE or text.count("\n") > 5
    return f"<blockquote{' expandable' if folded else ''}>{escaped(text)}</blockquote>"


def who_line(citation: Citation, words: Words) -> str:
    """The speaker in bold, and the role; or what stands for one where none was named."""
    if not citation.speaker:
        return f"<b>{words.say('From the coverage')}</b>"
    line = f"<b>{one_line(citation.speaker, 200)}</b>"
    if citation.speaker_role:
        line += f", {one_line(citation.speaker_role, 300)}"
    if citation.told_by:
        line += f" ({words.say('as told by {name}', name=one_line(citation.told_by, 200))})"
    return line


def when_line(citation: Citation, words: Words) -> str:
    """When it was said, with the article's own words for it; else when it was reported."""
    if citation.said_on is not None and not citation.reported:
        when = words.say("Said: {day}", day=f"<b>{words.days(citation.said_on.days)}</b>")
        if citation.said_on_words:
            when += f" (“{one_line(citation.said_on_words, 120)}”)"
        elif citation.said_on.basis == "editor":
            when += f" ({words.say('dated by an editor')})"
        return when
    if citation.published is not None:
        return words.say("Reported on {day}", day=f"<b>{words.day(citation.published)}</b>")
    return words.say("Date unknown")


def source_lines(citation: Citation, words: Words) -> list[str]:
    """Outlet, published date, the headline with a link that lands on the quote, and what else to know of it."""
    parts = []
    if citation.outlet:
        parts.append(one_line(citation.outlet, 120))
    if citation.published is not None:
        parts.append(words.say("published {day}", day=words.day(citation.published)))
    lines = [" · ".join(parts)] if parts else []
    link = link_to(citation.url, citation.quote)
    title = one_line(citation.title, 300) if citation.title else ""
    if link:
        lines.append(f'<a href="{escaped(link)}">{title or words.say("Read it in the article")}</a>')
    elif title:
        lines.append(f"<i>{title}</i>")
    if citation.carried_by:
        outlets = ", ".join(one_line(outlet, 80) for outlet in citation.carried_by[:6])
        lines.append(words.say("Also carried by {outlets}", outlets=outlets))
    if citation.corrected is not None:
        lines.append(words.say("The article was corrected on {day}", day=words.day(citation.corrected)))
    if citation.edited:
        lines.append(words.say("Checked and corrected by an editor"))
    if citation.speaker and not citation.resolved:
        lines.append(words.say("The article does not give the speaker's full name"))
    return lines


def answer_buttons(answer: Answer, words: Words, offset: int) -> InlineKeyboardMarkup | None:
    """The buttons under an answer: for each citation Context, Copy and Wrong?; below them Timeline and More."""
    rows: list[list[InlineKeyboardButton]] = []
    several = len(answer.citations) > 1
    for place, citation in enumerate(answer.citations):
        name = passage_name(citation, place)
        mark = f"{offset + place + 1} · " if several else ""
        rows.append(
            [
                _button(mark + words.say("Context"), Press(CONTEXT, offset, name)),
                copy_button(citation, words, mark, Press(COPY, offset, name)),
                _button(mark + words.say("Wrong?"), Press(WRONG, offset, name)),
            ]
        )
    last: list[InlineKeyboardButton] = []
    if answer.citations and answer.citations[0].speaker:
        name = passage_name(answer.citations[0], 0)
        last.append(_button(words.say("Timeline"), Press(TIMELINE, offset, name)))
    if offset > 0:
        back = max(0, offset - len(answer.citations))
        last.append(_button("◂ " + words.say("Back"), Press(MORE, back)))
    if answer.citations and offset + len(answer.citations) < answer.total:
        last.append(_button(words.say("More") + " ▸", Press(MORE, offset + len(answer.citations))))
    if last:
        rows.append(last)
    return InlineKeyboardMarkup(rows) if rows else None


def copy_button(citation: Citation, words: Words, mark: str, otherwise: Press) -> InlineKeyboardButton:
    """Copies the citation in a journalist's form; one too long for a button comes as a message."""
    text = copied(citation, words)
    label = mark + words.say("Copy")
    if units(text) <= COPY_LIMIT:
        return InlineKeyboardButton(label, copy_text=CopyTextButton(text))
    return _button(label, otherwise)


def copied(citation: Citation, words: Words) -> str:
    """Speaker, role: quote (outlet, headline, dates, address): what a journalist pastes into a draft."""
    quoted = " ".join(shown(citation.quote).split())
    if not any(mark in quoted for mark in '“”"«»„'):
        quoted = f"“{quoted}”"
    who = ", ".join(part for part in (citation.speaker, citation.speaker_role) if part)
    if citation.told_by:
        who += f", {words.say('as told by {name}', name=citation.told_by)}"
    elif who and citation.kind == "indirect" and citation.outlet:
        who += f", {words.say('as reported by {outlet}', outlet=citation.outlet)}"
    said = words.days(citation.said_on.days) if citation.said_on is not None and not citation.reported else None
    where = [
        citation.outlet,
        f"“{citation.title}”" if citation.title else None,
        words.day(citation.published) if citation.published else None,
        citation.url if link_to(citation.url, "") else None,
    ]
    source = ", ".join(part for part in where if part)
    text = (f"{who}: " if who else "") + quoted
    if said:
        text += f" ({words.say('said {day}', day=said)})"
    return shown(f"{text} — {source}" if source else text)


def _button(label: str, press: Press) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=press.data)


def one_line(text: str, length: int) -> str:
    """One line of somebody else's text, escaped."""
    return escaped(_plain(text, length))


def _plain(text: str, length: int) -> str:
    """One line of somebody else's text; isolated where it could turn the line around (Unicode UAX #9)."""
    line = " ".join(shown(text).split())
    if units(line) > length:
        line = pieces(line, length - 1)[0] + "…"
    if any("\u0590" <= character <= "\u08ff" or "\u202a" <= character <= "\u2069" for character in line):
        line = f"\u2068{line}\u2069"
    return line
