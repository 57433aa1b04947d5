"""The bot's menus and descriptions, by scope and language, set at every start."""

from __future__ import annotations

import logging
from collections.abc import Collection
from contextlib import suppress
from typing import Final

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.telegram.commands import everybodys
from bot.telegram.words import DEFAULT, languages, words_in

_log = logging.getLogger(__name__)

EDITORS_MENU: Final = (
    ("add", "add a link (or just send a file)"),
    ("remove", "remove an article: ID"),
    ("correct", "correct a statement: REFERENCE speaker NAME, date DATE, hide, undo"),
    ("rebuild", "build the index anew"),
    ("status", "what is in the archive"),
    ("feedback", "what readers called wrong"),
    ("speakers", "speakers, and merging them"),
)


async def set_menus(bot: Bot, editors: Collection[int] = ()) -> None:
    """Tell Telegram the commands and descriptions. A failure costs a menu, not the bot.

    Args:
        editors: users whose own chat with the bot shows the editors' commands too.
    """
    try:
        for language in languages():
            words = words_in(language)
            code = None if language == DEFAULT else language
            menu = [BotCommand(name, words.say(about)[:256]) for name, about in everybodys()]
            await bot.set_my_commands(menu, BotCommandScopeAllPrivateChats(), language_code=code)
            in_groups = [command for command in menu if command.command != "forget"]
            await bot.set_my_commands(in_groups, BotCommandScopeAllGroupChats(), language_code=code)
            theirs = [*menu, *(BotCommand(name, words.say(about)[:256]) for name, about in EDITORS_MENU)]
            for editor in editors:
                with suppress(BadRequest, Forbidden):  # somebody who has not started the bot yet
                    await bot.set_my_commands(theirs, BotCommandScopeChat(editor), language_code=code)
            await bot.set_my_short_description(
                words.say("Who said what, and when: answers in the coverage's own words, with links.")[:120],
                language_code=code,
            )
            await bot.set_my_description(
                words.say(
                    "Ask who said what, and when. I answer with passages of news coverage, letter for letter, with "
                    "speaker, date and link. Your questions are not stored."
                )[:512],
                language_code=code,
            )
    except TelegramError as error:
        _log.warning("the menus could not be set", extra={"kind": type(error).__name__})
