"""The bot's menus and descriptions, by scope and language, set at every start."""

from __future__ import annotations

import logging

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import TelegramError

from bot.telegram.commands import everybodys
from bot.telegram.words import DEFAULT, languages, words_in

_log = logging.getLogger(__name__)


async def set_menus(bot: Bot) -> None:
    """Tell Telegram the commands and descriptions. A failure costs a menu, not the bot."""
    try:
        for language in languages():
            words = words_in(language)
            code = None if language == DEFAULT else language
            menu = [BotCommand(name, words.say(about)[:256]) for name, about in everybodys()]
            await bot.set_my_commands(menu, BotCommandScopeAllPrivateChats(), language_code=code)
            in_groups = [command for command in menu if command.command != "forget"]
            await bot.set_my_commands(in_groups, BotCommandScopeAllGroupChats(), language_code=code)
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
