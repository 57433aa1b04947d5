"""Editors: links and files to add, and the commands that mend the coverage; everyone else gets a polite no.

What an editor does here is the command line's own command, run as a process of its own: a hostile file can't take the
bot down, its work does not slow the answers, and the running bot notices what changed by itself. Only what is listed
here can be run, with arguments as a list (no shell), values bound to their options, and never a path from a chat.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any, Final

from telegram import Bot, Message, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.telegram.replying import edit, reply
from bot.telegram.service import Service, service_of
from bot.telegram.splitting import Block, escaped, packed, pieces
from bot.telegram.words import Words, words_in

_log = logging.getLogger(__name__)

Handler = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]

MOST_BYTES: Final = 20 << 20
"""The largest file that the Bot API lets a bot download (https://core.telegram.org/bots/api#getfile)."""
LONGEST_RUN: Final = 6 * 3600.0
PROGRESS_SECONDS: Final = 5.0
LAST: Final = 19
"""The lowest scheduling priority (``nice(1)``): a question that is asked meanwhile goes first."""
MOST_SHOWN: Final = 6000
_LINK: Final = re.compile(r"https?://\S+")
_FIELD: Final = re.compile(r"^\s*(outlet|url|published)\s*:\s*(\S.*)$", re.IGNORECASE | re.MULTILINE)
_PROGRAM: Final = "import sys; sys.argv[0] = 'onrecord'; from bot.cli import main; main()"


def editors_only(handler: Handler) -> Handler:
    """Let only editors through; in groups too, by the user and not the chat."""

    async def checked(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message, user = update.effective_message, update.effective_user
        if message is None:
            return
        service = service_of(context)
        if user is None or user.id not in service.editors:
            words = service.words(message.chat, user)
            await reply(context.bot, message, [escaped(words.say("That is for this bot's editors only."))])
            return
        await handler(update, context)

    return checked


async def on_add(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """``/add LINK...``."""
    message, words = _at(update, context)
    links = _LINK.findall(message.text or "")
    if not links:
        await _say(message, words.say("Send a link behind the command: /add https://…, or just a file."), context)
        return
    _in_background(context, _add(message, links, _fields(""), words, context))


async def on_link(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """A link on its own from an editor: to be added. (Anybody else's is a question.)"""
    message, words = _at(update, context)
    _in_background(context, _add(message, (message.text or "").split(), [], words, context))


async def on_file(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """A file from an editor, with ``outlet:``, ``url:`` and ``published:`` lines in its caption where it lacks them."""
    message, words = _at(update, context)
    document = message.document
    if document is None:
        return
    if (document.file_size or 0) > MOST_BYTES:
        await _say(
            message,
            words.say("Telegram lets me take files of up to 20 MB only. Split it, or use onrecord add."),
            context,
        )
        return
    _in_background(context, _add_file(message, words, context))


async def on_remove(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """``/remove ARTICLE``."""
    message, words = _at(update, context)
    given = _arguments(message)
    if len(given) != 1:
        await _say(message, words.say("Which article? /remove ID"), context)
        return
    await _show(message, ["remove", "--", given[0]], words, context)


async def on_correct(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """``/correct REFERENCE speaker NAME | date DATE | hide | undo``."""
    message, words = _at(update, context)
    given = _arguments(message)
    options = correction(given)
    if options is None:
        usage = [f"/correct REFERENCE {how}" for how in ("speaker NAME", "date 2024-05-01", "hide", "undo")]
        await _say(message, "\n".join([words.say("What shall be corrected?"), *usage]), context)
        return
    await _show(message, ["correct", *options, "--", given[0]], words, context)


async def on_speakers(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """``/speakers [NAME]``, ``/speakers merge A, B``."""
    message, words = _at(update, context)
    given = _arguments(message)
    if given[:1] == ["merge"]:
        names = [name.strip() for name in " ".join(given[1:]).split(",") if name.strip()]
        if len(names) < 2:
            await _say(message, "/speakers merge NAME, NAME", context)
            return
        await _show(message, ["speakers", "merge", "--", *names], words, context)
        return
    await _show(message, ["speakers", "list", "--limit=30", "--", *given], words, context)


async def on_status(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """``/status``."""
    message, words = _at(update, context)
    await _show(message, ["status"], words, context)


async def on_rebuild(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """``/rebuild``: answers go on from the current index until the new one is there."""
    message, words = _at(update, context)
    _in_background(context, _work(message, ["rebuild"], words, context))


async def on_feedback(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """``/feedback``: what readers called wrong, most often first."""
    message, words = _at(update, context)
    service = service_of(context)
    faults = await service.off_loop(service.faults)
    if not faults:
        await _say(message, words.say("Nobody has called anything wrong."), context)
        return
    lines = [f"{fault.count} × {fault.kind}: <code>{escaped(fault.ref)}</code>" for fault in faults[:50]]
    blocks = [Block.of("\n".join(lines[start : start + 20])) for start in range(0, len(lines), 20)]
    await reply(context.bot, message, packed(blocks))


def correction(given: list[str]) -> list[str] | None:
    """The command line's options for ``REFERENCE speaker NAME`` and the like; None for anything else."""
    if len(given) < 2 or not re.fullmatch(r"\d{1,12}\.\d{1,9}-\d{1,9}", given[0]):
        return None
    what, value = given[1].lower(), " ".join(given[2:])
    if what == "speaker" and value:
        return [f"--speaker={value}"]
    if what == "date" and value:
        return [f"--said-on={value}"]
    if what in ("hide", "undo") and not value:
        return [f"--{what}"]
    return None


async def run(arguments: list[str], home: Path, seconds: float = LONGEST_RUN) -> tuple[int, str, list[str]]:
    """Run a command of the command line: its exit code, what it printed, and its lines of complaint."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _PROGRAM,
        f"--home={home}",
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    if hasattr(os, "setpriority"):  # from its first moment: even loading the libraries takes seconds
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, LAST)
    try:
        printed, complained = await asyncio.wait_for(process.communicate(), seconds)
    except BaseException:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    told = [
        line.removeprefix("onrecord: ")
        for line in complained.decode("utf-8", "replace").splitlines()
        if line.startswith("onrecord: ")
    ]
    return process.returncode or 0, printed.decode("utf-8", "replace"), told


async def _add_file(message: Message, words: Words, context: ContextTypes.DEFAULT_TYPE) -> None:
    document = message.document
    assert document is not None
    try:
        file = await document.get_file()
        content = bytes(await file.download_as_bytearray())
    except TelegramError as error:
        _log.warning("a file could not be fetched", extra={"kind": type(error).__name__})
        await _say(message, words.say("Telegram did not give me that file. Please send it again."), context)
        return
    with tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
        path = Path(folder) / safe_name(document.file_name)
        await asyncio.to_thread(path.write_bytes, content)
        await _add(message, [str(path)], _fields(message.caption or ""), words, context)


def safe_name(given: str | None) -> str:
    """A file's own name without any way out of the folder; its suffixes tell its format."""
    name = PurePosixPath((given or "file.txt").replace("\\", "/")).name
    name = re.sub(r"[^\w.-]", "_", name).lstrip(".-")[-80:].lstrip(".-")
    return name or "file.txt"


def _fields(caption: str) -> list[str]:
    return [f"--{name.lower()}={value.strip()}" for name, value in _FIELD.findall(caption)]


async def _add(
    message: Message, sources: list[str], fields: list[str], words: Words, context: ContextTypes.DEFAULT_TYPE
) -> None:
    await _work(message, ["add", "--json", *fields, "--", *sources], words, context)


async def _work(message: Message, arguments: list[str], words: Words, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Run something long, with one message that tells how it goes and how it ended."""
    service = service_of(context)
    began = time.monotonic()
    (progress,) = await reply(context.bot, message, [escaped(words.say("Working on it…"))])
    working = asyncio.create_task(run(arguments, service.settings.home))
    while True:
        done, _ = await asyncio.wait({working}, timeout=PROGRESS_SECONDS)
        if done:
            break
        seconds = int(time.monotonic() - began)
        with suppress(TelegramError):
            await edit(context.bot, progress, escaped(words.say("Working on it… {seconds} s", seconds=seconds)), None)
    code, printed, told = working.result()
    lines = _outcome(printed, words) if arguments[0] == "add" else printed
    html = _report(code, lines, told, words)
    with suppress(TelegramError):
        await edit(context.bot, progress, html[0], None)
    await reply(context.bot, message, html[1:])
    if code:
        user = message.from_user.id if message.from_user else 0
        await note(context.bot, service, "An editor's “{what}” did not work.", user, what=arguments[0])


def _outcome(printed: str, words: Words) -> str:
    """What ``add --json`` says became of the articles."""
    try:
        outcome: dict[str, Any] = json.loads(printed)
    except ValueError:
        return printed
    labels = {
        "added": words.say("added"),
        "unchanged": words.say("unchanged"),
        "joined": words.say("joined to an article that is there"),
        "corrected": words.say("a new version"),
    }
    return "\n".join(f"{label}: {outcome[name]}" for name, label in labels.items() if outcome.get(name))


def _report(code: int, printed: str, told: list[str], words: Words) -> list[str]:
    head = words.say("Done.") if code == 0 else words.say("Not everything worked.")
    blocks = [Block.of(f"<b>{escaped(head)}</b>")]
    text = "\n".join([*([printed.strip()] if printed.strip() else []), *told])[:MOST_SHOWN]
    blocks += [Block.of(f"<pre>{escaped(piece)}</pre>") for piece in pieces(text, 3500)]
    return packed(blocks)


async def note(bot: Bot, service: Service, phrase: str, but: int = 0, **fields: object) -> None:
    """A note to the editors (all but one) that something failed."""
    for editor in sorted(service.editors - {but}):
        words = words_in(service.readers.of(editor).language)
        with suppress(TelegramError):  # who never started the bot can't be written to
            await bot.send_message(editor, words.say(phrase, **fields))


async def _show(message: Message, arguments: list[str], words: Words, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Run something short and show what it says."""
    code, printed, told = await run(arguments, service_of(context).settings.home, 120.0)
    await reply(context.bot, message, _report(code, printed, told, words))


def _in_background(context: ContextTypes.DEFAULT_TYPE, work: Any) -> None:
    """Long work must hold up neither the chat's next question nor the confirmation of updates."""
    context.application.create_task(work)


def _arguments(message: Message) -> list[str]:
    text = (message.text or "").partition(" ")[2]
    try:
        return shlex.split(text.replace("“", '"').replace("”", '"'))
    except ValueError:
        return text.split()


def _at(update: Update, context: ContextTypes.DEFAULT_TYPE) -> tuple[Message, Words]:
    message = update.effective_message
    assert message is not None
    return message, service_of(context).words(message.chat, update.effective_user)


async def _say(message: Message, line: str, context: ContextTypes.DEFAULT_TYPE) -> None:
    await reply(context.bot, message, [escaped(line)])
