"""Nothing lost: flood control, bad gateways, cut connections, restarts; one chat in order, many at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Update

from bot.telegram.app import JOURNAL
from bot.telegram.attempts import DEALT_WITH, IN_DOUBT, REMEMBERED, Journal
from tests.telegram_desk import TinyDesk, running
from tests.telegram_server import BotApiServer


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as started:
        yield started


async def test_after_429_and_502_the_answer_comes_once(server: BotApiServer, tmp_path: Path) -> None:
    server.faults.script("sendMessage", "429", retry_after=1)
    server.faults.script("sendMessage", "502")
    server.faults.script("getUpdates", "502")
    async with running(server, tmp_path):
        reader = server.person()
        reader.say("harbour")
        await server.until(lambda: bool(reader.heard()))
    assert len(reader.heard()) == 1
    calls = [call for call in server.calls if call.method == "sendMessage"]
    assert [call.fault for call in calls] == ["429", "502", None]
    assert calls[1].at - calls[0].at >= 1.0, "retry_after is honoured"


async def test_an_ambiguous_failure_repeats_at_most_once(server: BotApiServer, tmp_path: Path) -> None:
    server.faults.script("sendMessage", "drop_after", times=2)
    async with running(server, tmp_path) as bot:
        reader = server.person()
        asked = reader.say("harbour")
        await server.until(lambda: bool(reader.chat.reactions))
        await server.until(lambda: not server.state.pending)
        repeated, doubtful = bot.metrics.repeated._value.get(), bot.metrics.doubtful._value.get()
    assert len(reader.heard()) == 2, "no third message: not even an apology"
    assert (repeated, doubtful) == (1, 1)
    assert reader.chat.reactions == {asked["message_id"]: [IN_DOUBT]}


async def test_where_both_tries_are_lost_the_question_is_marked(server: BotApiServer, tmp_path: Path) -> None:
    server.faults.script("sendMessage", "drop_before", times=2)
    server.faults.script("setMessageReaction", "drop_after")
    async with running(server, tmp_path):
        reader = server.person()
        reader.say("harbour")
        await server.until(lambda: len(server.made("setMessageReaction")) == 2)
    assert reader.heard() == []
    assert list(reader.chat.reactions.values()) == [[IN_DOUBT]]


async def test_an_apology_counts_as_the_second_message(server: BotApiServer, tmp_path: Path) -> None:
    desk = TinyDesk()
    desk.broken = True
    server.faults.script("sendMessage", "drop_after", times=2)
    async with running(server, tmp_path, desk):
        reader = server.person()
        reader.say("harbour")
        await server.until(lambda: bool(reader.chat.reactions))
    assert ["Sorry" in message["text"] for message in reader.heard()] == [True, True]


@pytest.mark.parametrize(("times", "messages"), [(0, 1), (1, 1), (2, 0), (DEALT_WITH, 0)])
async def test_what_went_out_before_a_kill_counts(
    server: BotApiServer, tmp_path: Path, times: int, messages: int
) -> None:
    """The journal as a killed process leaves it: so many tries were noted, and the update was not confirmed."""
    reader = server.person()
    reader.say("harbour")
    journal = Journal(tmp_path / JOURNAL, server.token)
    if times:
        journal.note(as_read(server.state.pending[0]), times)
    journal.close()
    if times == 1:  # and the one more try that is left fails as well
        server.faults.script("sendMessage", "drop_after")
    async with running(server, tmp_path) as bot:
        await server.until(lambda: not server.state.pending)
        repeated = bot.metrics.repeated._value.get()
    assert len(reader.heard()) == messages
    assert bool(reader.chat.reactions) == (times in (1, 2))
    assert repeated == (times == 1)


async def test_what_is_confirmed_is_forgotten(server: BotApiServer, tmp_path: Path) -> None:
    reader = server.person()
    async with running(server, tmp_path):
        reader.say("harbour")
        await server.until(lambda: bool(reader.heard()) and not server.state.pending)
    assert (tmp_path / JOURNAL).read_bytes() == b""
    journal = Journal(tmp_path / JOURNAL, server.token)
    old = {"update_id": 7, "message": {"message_id": 1, "date": 1_900_000_000, "chat": reader.chat.json()}}
    journal.note(as_read(old), DEALT_WITH)
    assert journal.state(as_read(old)) == DEALT_WITH
    new = old | {"message": old["message"] | {"date": 1_900_000_060}}  # type: ignore[operator]
    assert journal.state(as_read(new)) == 0, "numbers begin anew now and then"
    journal.confirmed(8)
    assert journal.state(as_read(old)) == 0
    journal.close()


def as_read(raw: dict[str, object]) -> Update:
    update = Update.de_json(raw, None)
    assert update is not None
    return update


def test_the_journal_survives_and_stays_small(tmp_path: Path) -> None:
    file = tmp_path / JOURNAL
    journal = Journal(file, "1:token")
    for number in range(700_000_000, 700_000_000 + REMEMBERED + 10):
        journal.note(Update(number), 1)
        journal.note(Update(number), DEALT_WITH)
    journal.close()
    file.write_bytes(file.read_bytes() + b"torn")
    again = Journal(file, "1:token")
    assert again.state(Update(700_000_000)) == 0, "long confirmed"
    assert again.state(Update(700_000_000 + REMEMBERED)) == DEALT_WITH
    again.note(Update(1), 2)
    again.close()
    assert file.stat().st_size <= (REMEMBERED + 1) * 9
    assert Journal(file, "1:token").state(Update(1)) == 2, "what follows a torn note is read"
    assert Journal(file, "2:other").state(Update(1)) == 0
    (tmp_path / "no folder").write_text("")
    broken = Journal(tmp_path / "no folder" / JOURNAL, "1:token")
    broken.note(Update(1), 1)
    assert broken.state(Update(1)) == 1, "without its file it counts for as long as the process lives"


async def test_a_call_that_never_left_is_sent_again(server: BotApiServer, tmp_path: Path) -> None:
    server.faults.script("sendMessage", "drop_before")
    async with running(server, tmp_path):
        reader = server.person()
        reader.say("harbour")
        await server.until(lambda: bool(reader.heard()))
    assert len(reader.heard()) == 1


async def test_unanswered_updates_stay_with_telegram_over_a_crash(server: BotApiServer, tmp_path: Path) -> None:
    reader = server.person()
    slow = TinyDesk(seconds=1.0)
    async with running(server, tmp_path, slow) as bot:
        reader.say("harbour")
        await server.until(lambda: slow.asked == 1)
        polls = len(server.calls)
        await server.until(lambda: len(server.calls) > polls + 2)
        assert server.state.pending, "not confirmed before it is answered"
        offsets = {int(call.given["offset"]) for call in server.calls if call.method == "getUpdates"}
        assert max(offsets) <= server.state.pending[0]["update_id"]
        assert bot.intake.in_hand == 1
    assert len(reader.heard()) == 1, "a graceful stop answers what is in hand"
    assert server.state.pending == []
    assert slow.asked == 1, "what is polled again is not asked again"


async def test_one_chat_in_order_and_many_at_once(server: BotApiServer, tmp_path: Path) -> None:
    readers = [server.person(f"Reader {number}") for number in range(40)]
    async with running(server, tmp_path, TinyDesk(seconds=0.005)):
        for topic in ("harbour", "dockers"):
            for reader in readers:
                reader.say(f"{topic}?")
        await server.until(lambda: all(len(reader.heard()) == 2 for reader in readers), 60)
    for reader in readers:
        assert [message["reply_to_message"]["text"] for message in reader.heard()] == ["harbour?", "dockers?"]
    sends = [call for call in server.calls if call.method == "sendMessage"]
    order = [call.given["chat_id"] for call in sends]
    assert order != sorted(order, key=order.index) or len(set(order[:40])) > 20, "chats do not wait for each other"


async def test_telegrams_limits_are_kept(tmp_path: Path) -> None:
    async with BotApiServer(flood=True) as server:
        readers = [server.person(f"Reader {number}") for number in range(45)]
        async with running(server, tmp_path, brisk=False):
            for reader in readers:
                reader.say("harbour")
            for _ in range(7):
                readers[0].say("harbour")
            await server.until(lambda: len(readers[0].heard()) == 8 and all(reader.heard() for reader in readers), 30)
        assert server.flood.refused == 0


async def test_a_flood_from_one_chat_does_not_hold_up_the_others(
    server: BotApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.intake.HOLD_SECONDS", 1.0)
    monkeypatch.setattr("bot.telegram.app.STOP_SECONDS", 0.5)  # the flood need not be answered to its end
    flooder, reader = server.person("Flood"), server.person("Reader")
    for number in range(150):
        flooder.say(f"harbour {number}")
    reader.say("dockers")
    async with running(server, tmp_path, TinyDesk(seconds=0.02), brisk=False):
        await server.until(lambda: bool(reader.heard()), 30)
        before = len(flooder.heard())
        flooder.block()
    assert before < 20, "the reader did not wait for the flood to end"


async def test_random_trouble_and_restarts(server: BotApiServer, tmp_path: Path) -> None:
    """A small soak; benchmarks/telegram.py runs the long one."""
    readers = [server.person(f"Reader {number}") for number in range(30)]
    server.faults.at_random(
        11,
        {"429": 0.02, "502": 0.03, "drop_before": 0.02, "drop_after": 0.02},
        frozenset({"sendMessage", "getUpdates"}),
    )
    asked = 0
    for _ in range(3):
        async with running(server, tmp_path):
            for reader in readers:
                reader.say(f"harbour {asked}")
                asked += 1
            await asyncio.sleep(0.5)
    server.faults.calm()
    async with running(server, tmp_path):
        await server.until(lambda: not server.state.pending, 60)
    answered: Counter[str] = Counter()
    for reader in readers:
        answered.update(message["reply_to_message"]["text"] for message in reader.heard())
        answered.update({reader.chat.messages[number]["text"]: 0 for number in reader.chat.reactions})
    assert len(answered) == asked, "every question was answered or apologised for"
    dropped = server.faults.met.get("drop_after", 0)
    assert sum(answered.values()) <= asked + dropped
    assert max(answered.values()) <= 2
