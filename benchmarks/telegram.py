"""The Telegram shell under load, against the Bot API double: many chats at once, and a long soak with trouble.

    python -m benchmarks.telegram chats [--chats 200] [--home HOME]
    python -m benchmarks.telegram soak [--updates 20000]
    python -m benchmarks.telegram kills [--updates 2000] [--home HOME]
    python -m benchmarks.telegram editors [--articles 20]

``chats`` answers from the archive in HOME (a real desk; without HOME the tests' small one). ``soak`` drives the small
one through 429, 502, cut connections and restarts. Pacing is lifted for the soak: it would only make it long. ``kills``
starts `onrecord bot` itself and kills it at random moments. Both end with 1 where a promise is broken. ``editors`` asks
the sample coverage one question after the other, first alone and then while an editor's file is added.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from bot.telegram import logs
from data.settings import Settings
from tests.telegram_desk import TinyDesk, running
from tests.telegram_server import BotApiServer, Person
from tests.telegram_server.faults import Kind

ONRECORD: Final = (sys.executable, "-m", "bot.cli")
TROUBLE: Final[dict[Kind, float]] = {"429": 0.01, "502": 0.02, "drop_before": 0.01, "drop_after": 0.01}
SAMPLE_QUESTIONS: Final = (
    "Who called the raid on the print works an act of cowardice?",
    "What did Osric Halvane say about the Lennish language?",
    "What did Noor Esterhaze say?",
    "Who compared censorship to a removal van?",
)
QUESTIONS = (
    "Who called the harbour bridge safe?",
    "What did Varga say?",
    "Who asked the dockers?",
    "What about the cost?",
)


async def chats(number: int, home: Path | None) -> None:
    """Every chat asks once, at once; then from an update taken in to the first call out."""
    desk: Any = TinyDesk()
    questions = QUESTIONS if home is None else SAMPLE_QUESTIONS
    if home is not None:
        from bot.asking.desk import Desk

        desk = Desk.open(Settings(home=home))
    with tempfile.TemporaryDirectory() as folder:
        async with BotApiServer() as server:
            readers = [server.person(f"Reader {place}") for place in range(number)]
            async with running(server, home or Path(folder), desk) as bot:
                working: list[float] = []
                bot.metrics.seconds.observe = working.append  # type: ignore[assignment,method-assign]
                began = time.monotonic()
                for place, reader in enumerate(readers):
                    reader.say(questions[place % len(questions)])
                await server.until(lambda: all(reader.heard() for reader in readers), 300)
                took = time.monotonic() - began
                sent = {call.given["chat_id"]: call.at for call in reversed(server.made("sendMessage"))}
        waits = [sent[reader.id] - began for reader in readers]
        print(f"{number} chats at once: all answered in {took:.1f} s")
        print(f"first answer call out, pace included: median {statistics.median(waits):.2f} s, last {max(waits):.2f} s")
        print(
            f"update in to answer ready: median {statistics.median(working):.2f} s, slowest {max(working):.2f} s; "
            f"Telegram's pace alone: {number / 26:.1f} s for the last, {number / 52:.1f} s for the median"
        )
        print(f"calls refused: {len(server.refused())}; peak memory {_peak():.0f} MB")


async def soak(updates: int) -> bool:
    """Questions from 100 chats through random trouble, with a restart after every tenth of them."""
    dice = random.Random(5)
    with tempfile.TemporaryDirectory() as folder:
        async with BotApiServer() as server:
            readers = [server.person(f"Reader {place}") for place in range(100)]
            server.faults.at_random(5, TROUBLE, frozenset({"sendMessage", "getUpdates"}))
            asked, memory = 0, []
            told = Told()
            began = time.monotonic()
            for turn in range(10):
                async with running(server, Path(folder)) as bot:
                    bot.app.bot.rate_limiter._base_limiter = None
                    for _ in range(updates // 10):
                        dice.choice(readers).say(f"harbour {asked}")
                        asked += 1
                    if turn == 9:
                        server.faults.calm()
                    most = 400 if turn < 9 else 0  # some are left to the next start
                    await server.until(lambda most=most: len(server.state.pending) <= most, 3600)  # type: ignore[misc]
                    if turn == 9:
                        await asyncio.sleep(2)
                told.repeated += int(bot.metrics.repeated._value.get())
                told.take(readers)
                server.calls.clear()  # what the double remembers is not the bot's memory
                memory.append(_now())
            took = time.monotonic() - began
        dropped = server.faults.met.get("drop_after", 0)
        print(
            f"{asked} questions in {took:.0f} s; trouble met: {server.faults.met} ({dropped} cut after it took effect)"
        )
        print("memory after each tenth, MB: " + " ".join(f"{one:.0f}" for one in memory))
        return told.holds(asked)


async def kills(updates: int, home: Path | None) -> bool:
    """Questions to `onrecord bot` itself, over the sample coverage, while it is killed (SIGKILL) at random moments and
    started again, with the soak's trouble on top."""
    dice = random.Random(9)
    told, deaths, asked = Told(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        place = home or Path(folder) / "home"
        if home is None:
            _command("add", "data/sample/articles", home=place)
        async with BotApiServer(flood=True) as server:
            server.faults.at_random(9, TROUBLE, frozenset({"sendMessage", "getUpdates"}))
            readers = [server.person(f"Reader {number}") for number in range(80)]
            log = Path(folder) / "stderr"
            began = time.monotonic()
            while True:
                with log.open("ab") as stderr:
                    bot = await asyncio.create_subprocess_exec(
                        *ONRECORD, "bot", stderr=stderr, env=_environment(place, server)
                    )
                try:
                    seen = len(server.calls)
                    await server.until(lambda seen=seen: any(  # type: ignore[misc]
                        call.method == "getUpdates" for call in server.calls[seen:]
                    ), 120)  # fmt: skip
                    life = time.monotonic() + dice.uniform(0.1, 4.0)
                    while asked < updates and time.monotonic() < life:
                        for _ in range(4):
                            question = SAMPLE_QUESTIONS[asked % len(SAMPLE_QUESTIONS)]
                            dice.choice(readers).say(f"{question} ({asked})")
                            asked += 1
                        await asyncio.sleep(0.12)
                    if asked >= updates:
                        server.faults.calm()
                        await server.until(lambda: not server.state.pending, 600)
                        break
                finally:
                    if asked < updates:
                        bot.kill()
                        deaths += 1
                    else:
                        bot.terminate()
                    await bot.wait()
                server.calls.clear()
            took = time.monotonic() - began
            told.take(readers)
        lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
        told.repeated = sum(1 for line in lines if line["event"] == "sent once more")
        print(f"{asked} questions in {took:.0f} s, {deaths} kills; trouble met: {server.faults.met}")
        print(f"calls over Telegram's limits: {server.flood.refused}")
        return told.holds(asked)


async def editors(articles: int) -> None:
    """From a question to the first call of its answer, alone and beside an editor's addition."""
    from bot.asking.desk import Desk

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _command("add", "data/sample/articles", home=home)
        lines = _command("read", "--json", "data/sample/articles", home=home).splitlines()
        read = [one for one in map(json.loads, lines) if one.get("paragraphs")]
        fresh = [
            {"id": f"new-{place}", "outlet": "New Post", "title": one["title"], "text": "\n\n".join(one["paragraphs"])}
            for place, one in enumerate(read * (articles // len(read) + 1))
        ][:articles]
        async with BotApiServer() as server:
            editor, readers = server.person("Editor"), [server.person(f"Reader {place}") for place in range(60)]
            desk = Desk.open(Settings(home=home))
            async with running(server, home, desk, telegram_editors=frozenset({editor.id})):

                async def ask(place: int) -> float:
                    began, before = time.monotonic(), len(server.made("sendMessage"))
                    readers[place % len(readers)].say(SAMPLE_QUESTIONS[place % len(SAMPLE_QUESTIONS)])
                    await server.until(lambda: len(server.made("sendMessage")) > before)
                    return server.made("sendMessage")[-1].at - began

                for place in range(20):
                    await ask(place)
                alone = [await ask(place) for place in range(150)]
                editor.send_file("new.jsonl", "\n".join(map(json.dumps, fresh)).encode())
                await server.until(lambda: bool(editor.heard()))
                beside: list[float] = []
                began = time.monotonic()
                while "Done." not in editor.heard()[0]["text"]:
                    beside.append(await ask(len(beside)))
                took = time.monotonic() - began
    for label, seconds in (("alone", alone), ("beside", beside)):
        ordered = sorted(1000 * one for one in seconds)
        median, most = statistics.median(ordered), ordered[-1]
        print(
            f"{label}: {len(ordered)} questions, median {median:.0f} ms, "
            f"p99 {ordered[int(len(ordered) * 0.99)]:.0f} ms, slowest {most:.0f} ms"
        )
    print(f"{articles} articles from an editor's file were added in {took:.1f} s")


class Told:
    """What became of each question: how many messages it got, and whether it was marked as in doubt."""

    def __init__(self) -> None:
        self.messages: Counter[str] = Counter()
        self.marked: set[str] = set()
        self.repeated = 0

    def take(self, readers: Sequence[Person]) -> None:
        """Count what readers have heard, and clear it away."""
        for reader in readers:
            for number in reader.chat.reactions:
                if number in reader.chat.messages:
                    self.marked.add(reader.chat.messages[number]["text"])
            for one in reader.heard():
                # a long answer has several parts; the last has the buttons, or it is the only one
                self.messages[one["reply_to_message"]["text"]] += 1
                del reader.chat.messages[one["message_id"]]

    def holds(self, asked: int) -> bool:
        """Print the figures; whether every question was answered or apologised for, none more than twice, and no more
        of them twice than were counted."""
        silent = asked - len(set(self.messages) | self.marked)
        twice = sum(1 for count in self.messages.values() if count == 2)
        most = max(self.messages.values(), default=0)
        only_marked = len(self.marked - set(self.messages))
        print(f"answered once: {len(self.messages) - twice}; twice: {twice}; most messages for one question: {most}")
        print(f"marked as in doubt: {len(self.marked)}, of them without any message: {only_marked}; silent: {silent}")
        print(f"repeated, as the bot counted them: {self.repeated}")
        well = silent == 0 and most <= 2 and twice <= self.repeated
        print("as it should be" if well else "NOT AS IT SHOULD BE")
        return well


def _environment(home: Path, server: BotApiServer) -> dict[str, str]:
    return {
        **os.environ,
        "ONRECORD_HOME": str(home),
        "TELEGRAM_BOT_TOKEN": server.token,
        "ONRECORD_TELEGRAM_API": server.root,
    }


def _command(*arguments: str, home: Path) -> str:
    ran = subprocess.run([*ONRECORD, f"--home={home}", *arguments], check=True, capture_output=True, text=True)
    return ran.stdout


def _now() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("chats", "soak", "kills", "editors"))
    parser.add_argument("--articles", type=int, default=20)
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--updates", type=int)
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        logs.set_up(nowhere)
        sys.exit(0 if run(given) else 1)


def run(given: argparse.Namespace) -> bool:
    """Run what was asked for; whether every promise was kept."""
    if given.what == "chats":
        asyncio.run(chats(given.chats, given.home))
    elif given.what == "editors":
        asyncio.run(editors(given.articles))
    elif given.what == "soak":
        return asyncio.run(soak(given.updates or 20_000))
    elif given.what == "kills":
        return asyncio.run(kills(given.updates or 2000, given.home))
    return True


if __name__ == "__main__":
    main()
