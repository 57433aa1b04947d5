"""The Telegram shell under load, against the Bot API double: many chats at once, and a long soak with trouble.

    python -m benchmarks.telegram chats [--chats 200] [--home HOME]
    python -m benchmarks.telegram soak [--updates 20000]

``chats`` answers from the archive in HOME (a real desk; without HOME the tests' small one). ``soak`` drives the small
one through 429, 502, cut connections and restarts. Pacing is lifted for the soak: it would only make it long.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import resource
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from data.settings import Settings
from tests.telegram_desk import TinyDesk, running
from tests.telegram_server import BotApiServer

QUESTIONS = (
    "Who called the harbour bridge safe?",
    "What did Varga say?",
    "Who asked the dockers?",
    "What about the cost?",
)


async def chats(number: int, home: Path | None) -> None:
    """Every chat asks once, at once; then from an update taken in to the first call out."""
    desk: Any = TinyDesk()
    if home is not None:
        from bot.asking.desk import Desk

        desk = Desk.open(Settings(home=home))
    with tempfile.TemporaryDirectory() as folder:
        async with BotApiServer() as server:
            readers = [server.person(f"Reader {place}") for place in range(number)]
            async with running(server, home or Path(folder), desk) as bot:
                began = time.monotonic()
                for place, reader in enumerate(readers):
                    reader.say(QUESTIONS[place % len(QUESTIONS)])
                await server.until(lambda: all(reader.heard() for reader in readers), 300)
                took = time.monotonic() - began
                sent = {call.given["chat_id"]: call.at for call in reversed(server.made("sendMessage"))}
                observed = bot.metrics.seconds
                working = observed._sum.get() / max(1.0, sum(bucket.get() for bucket in observed._buckets))
        waits = [sent[reader.id] - began for reader in readers]
        print(f"{number} chats at once: all answered in {took:.1f} s")
        print(f"first answer call out, pace included: median {statistics.median(waits):.2f} s, last {max(waits):.2f} s")
        print(f"update in to answer ready: mean {working:.2f} s; Telegram's pace alone: {number / 26:.1f} s")
        print(f"calls refused: {len(server.refused())}; peak memory {_peak():.0f} MB")


async def soak(updates: int) -> None:
    """Questions from 100 chats through random trouble, with a restart after every tenth of them."""
    dice = random.Random(5)
    with tempfile.TemporaryDirectory() as folder:
        async with BotApiServer() as server:
            readers = [server.person(f"Reader {place}") for place in range(100)]
            server.faults.at_random(
                5,
                {"429": 0.01, "502": 0.02, "drop_before": 0.01, "drop_after": 0.01},
                frozenset({"sendMessage", "getUpdates"}),
            )
            asked, repeated, memory = 0, 0.0, []
            answers: Counter[str] = Counter()
            began = time.monotonic()
            for turn in range(10):
                async with running(server, Path(folder)) as bot:
                    bot.app.bot.rate_limiter._base_limiter = None  # type: ignore[union-attr]
                    for _ in range(updates // 10):
                        dice.choice(readers).say(f"harbour {asked}")
                        asked += 1
                    if turn == 9:
                        server.faults.calm()
                    most = 400 if turn < 9 else 0  # some are left to the next start
                    await server.until(lambda most=most: len(server.state.pending) <= most, 3600)  # type: ignore[misc]
                    if turn == 9:
                        await asyncio.sleep(2)
                repeated += bot.metrics.repeated._value.get()
                for reader in readers:
                    for one in reader.heard():
                        answers[one["reply_to_message"]["text"]] += 1
                        del reader.chat.messages[one["message_id"]]
                server.calls.clear()  # what the double remembers is not the bot's memory
                memory.append(_now())
            took = time.monotonic() - began
        dropped = server.faults.met.get("drop_after", 0)
        print(f"{asked} questions in {took:.0f} s; trouble met: {server.faults.met}")
        print(f"answered or apologised for: {len(answers)}; silent: {asked - len(answers)}")
        print(f"answered twice: {sum(1 for count in answers.values() if count > 1)}; dropped after handling: {dropped}")
        print(f"repeated after an ambiguous failure, counted: {repeated:.0f}; most for one: {max(answers.values())}")
        print("memory after each tenth, MB: " + " ".join(f"{one:.0f}" for one in memory))


def _now() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("chats", "soak"))
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--updates", type=int, default=20_000)
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    asyncio.run(chats(given.chats, given.home) if given.what == "chats" else soak(given.updates))


if __name__ == "__main__":
    main()
