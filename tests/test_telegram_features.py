"""Commands, buttons, settings, alerts and editors, over HTTP."""

from __future__ import annotations

import ast
import string
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import bot.telegram
from bot.asking.language import ENGLISH_ONLY
from bot.asking.wording import LEADS
from bot.telegram import alerting, commands, editors, leads, presses
from bot.telegram.menus import EDITORS_MENU
from bot.telegram.pictures import timeline_picture
from bot.telegram.preferences import change
from bot.telegram.readers import Alert, Reader, Readers
from bot.telegram.words import LOCALE, languages, words_in
from data.errors import SettingsError
from tests.telegram_desk import NOTICE, TinyDesk, citation, running
from tests.telegram_server import BotApiServer, Person

KEY = "an operator's long secret"


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as started:
        yield started


async def told(server: BotApiServer, person: Person, text: str, answers: int = 1) -> list[str]:
    """Say something and wait for so many messages; their texts."""
    before = len(person.heard())
    person.say(text)
    await server.until(lambda: len(person.heard()) >= before + answers)
    return [str(message.get("text", message.get("caption"))) for message in person.heard()[before:]]


async def test_looking_people_up(server: BotApiServer, tmp_path: Path) -> None:
    desk = TinyDesk()
    desk.places = [0, 1, 2, 3]
    async with running(server, tmp_path, desk):
        reader = server.person()
        (who,) = await told(server, reader, "/who Varga")
        assert "Ilse Varga" in who
        assert "3 statements" in who
        (nobody,) = await told(server, reader, "/who <b>Nobody</b>")
        assert "nobody of that name: <b>Nobody</b>" in nobody
        assert "Did you mean Ilse Varga?" in nobody
        latest = await told(server, reader, "/latest")
        assert "Latest statements" in latest[0]
        (compared, *_) = await told(server, reader, "/compare Varga, Reyl about the bridge", 2)
        assert "the bridge" in compared
        (sources,) = await told(server, reader, "/sources")
        assert "Harrow <Courier>: 4 articles, 5 statements" in sources
        for command in ("/who", "/timeline", "/compare Varga"):
            (usage,) = await told(server, reader, command)
            assert command.split()[0] in usage
    assert server.refused() == []


async def test_a_timeline_is_a_picture_and_the_same_as_text(server: BotApiServer, tmp_path: Path) -> None:
    async with running(server, tmp_path):
        reader = server.person()
        reader.say("/timeline Varga about the bridge")
        await server.until(lambda: len(reader.heard()) >= 3)
        photo, *texts = reader.heard()
        size = photo["photo"][-1]
        assert size["width"] == 1080
        assert 400 < size["height"] < 4000
        assert "4 statements over time" in photo["caption"]
        assert "1. Ilse Varga" in texts[0]["text"]
        assert any(call.given["action"] == "upload_photo" for call in server.made("sendChatAction"))
        assert NOTICE in texts[0]["text"]
    assert server.refused() == []


@pytest.mark.parametrize("dark", [False, True])
def test_pictures_hold_any_text(dark: bool) -> None:
    from dataclasses import replace

    odd = [replace(citation(0), speaker="$x_{1}$ 名前 \U0001f600", quote="$$\\frac \u202e\x00 " + "слово " * 99)] * 3
    assert timeline_picture("Odd $ title " * 20, odd, words_in("ru"), dark=dark)
    assert timeline_picture("None dated", [replace(citation(3), published=None)], words_in("en")) is None


async def test_context_in_place_and_back(server: BotApiServer, tmp_path: Path) -> None:
    async with running(server, tmp_path):
        reader = server.person()
        await told(server, reader, "What did Varga say?")
        answer = reader.heard()[0]
        before = answer["text"]
        press = reader.press(answer, "1 · Context")
        await server.until(lambda: press.answer is not None)
        assert "Before <it> came this." in answer["text"]
        marked = [one for one in answer["entities"] if one["type"] == "bold"]
        assert any(one["length"] > 20 for one in marked), "the statement is marked"
        back = reader.press(answer, "Back")
        await server.until(lambda: back.answer is not None)
        assert answer["text"].split("\n")[0] == before.split("\n")[0]
        assert "2. Ilse Varga" in answer["text"]
        wrong = reader.press(answer, "2 · Wrong?")
        await server.until(lambda: wrong.answer is not None)
        assert {button["text"] for row in answer["reply_markup"]["inline_keyboard"] for button in row} >= {
            "Speaker",
            "Date",
        }
        timeline = reader.press(answer, data="t:0:2.10-70")
        await server.until(lambda: timeline.answer is not None)
        gone = reader.press(answer, data="c:0:99.1-2")
        await server.until(lambda: gone.answer is not None)
        assert gone.answer is not None
        assert "no longer" in gone.answer["text"]
    assert server.refused() == []


async def test_settings_by_buttons_and_kept_over_a_restart(server: BotApiServer, tmp_path: Path) -> None:
    reader = server.person(language="ru")
    async with running(server, tmp_path, telegram_reader_key=KEY):
        (shown,) = await told(server, reader, "/settings")
        assert "Настройки" in shown
        for label in ("English", "1", "Dark pictures", "Alerts at night", "+ 1 h"):
            press = reader.press(reader.heard()[0], label)
            await server.until(lambda press=press: press.answer is not None)
        forged = reader.press(reader.heard()[0], data="s:citations:999")
        await server.until(lambda: forged.answer is not None)
    async with running(server, tmp_path, telegram_reader_key=KEY):
        (privacy,) = await told(server, reader, "/privacy")
        assert "language: en, citations: 1" in privacy
        (answer,) = await told(server, reader, "What did Varga say?")
        assert "1 of 4" in answer
        await told(server, reader, "/forget")
        (privacy,) = await told(server, reader, "/privacy")
        assert "Об этом чате ничего не хранится" in privacy
    assert server.refused() == []


async def test_a_groups_settings_are_its_admins(server: BotApiServer, tmp_path: Path) -> None:
    member, admin = server.person("Member"), server.person("Admin")
    group = server.group("Desk", member, admins=(admin,))
    async with running(server, tmp_path):
        member.say("/settings", group)
        await server.until(lambda: len(group.heard()) == 1)
        assert "admins" in group.heard()[0]["text"]
        admin.say("/settings", group)
        await server.until(lambda: len(group.heard()) == 2)
        press = member.press(group.heard()[1], "Русский")
        await server.until(lambda: press.answer is not None)
        assert press.answer is not None
        assert "admins" in press.answer["text"]
        press = admin.press(group.heard()[1], "Русский")
        await server.until(lambda: "Настройки" in group.heard()[1]["text"])


async def test_only_admins_forget_for_a_group(server: BotApiServer, tmp_path: Path) -> None:
    member, admin = server.person("Member"), server.person("Admin")
    group = server.group("Desk", member, admins=(admin,))
    async with running(server, tmp_path, telegram_reader_key=KEY) as bot:
        bot.service.readers.keep(Reader(group.id, citations=1))
        member.say("/forget", group)
        await server.until(lambda: len(group.heard()) == 1)
        assert bot.service.readers.of(group.id).citations == 1
        admin.say("/forget", group)
        await server.until(lambda: len(group.heard()) == 2)
        assert bot.service.readers.of(group.id).is_default


async def test_menus_by_scope_and_language(server: BotApiServer, tmp_path: Path) -> None:
    editor, new = server.person("Editor"), server.person("New", started=False)
    async with running(server, tmp_path, telegram_editors=frozenset({editor.id, new.id})):
        await server.until(lambda: len(server.state.texts) == 4)
    menus = {
        (next(kind for kind in ("private", "group", "'chat'") if kind in scope), language): {
            one["command"]: one["description"] for one in menu
        }
        for (scope, language), menu in server.state.commands.items()
    }
    assert set(menus) == {(scope, code) for scope in ("private", "group", "'chat'") for code in ("", "ru")}
    assert "add" not in menus["private", ""]
    assert "forget" not in menus["group", "ru"]
    assert menus["'chat'", "ru"]["add"] == "добавить по ссылке (или просто пришлите файл)"
    assert menus["private", "ru"]["who"] != menus["private", ""]["who"]
    assert not any(str(new.id) in scope for scope, _ in server.state.commands), "who has not started the bot yet"


async def test_alerts_are_told_once_and_not_at_night(server: BotApiServer, tmp_path: Path) -> None:
    desk = TinyDesk()
    desk.places = [0, 1]
    reader, gone, left = server.person(), server.person("Gone"), server.person("Left")
    noon, night = datetime(2031, 5, 1, 12, tzinfo=UTC), datetime(2031, 5, 1, 23, tzinfo=UTC)
    async with running(server, tmp_path, desk, telegram_reader_key=KEY) as bot:
        (none,) = await told(server, reader, "/alerts")
        assert "No alerts" in none
        (added,) = await told(server, reader, "/alerts Varga")
        assert "who: Ilse Varga" in added
        (unknown,) = await told(server, reader, "/alerts Nobody")
        assert "Did you mean" in unknown
        await told(server, reader, "/alerts about cost")
        await told(server, gone, "/alerts Varga")
        await told(server, left, "/alerts Varga")
        gone.chat.closed = "bot was blocked by the user"  # and the update about it is lost
        left.block()
        await server.until(lambda: bot.service.readers.of(left.id).is_default)
        heard = len(reader.heard())
        assert await alerting.tell_all(bot.app.bot, bot.service, noon) == 0
        desk.places = [0, 1, 3, 4]
        assert await alerting.tell_all(bot.app.bot, bot.service, night) == 0
        assert await alerting.tell_all(bot.app.bot, bot.service, noon) == 1
        assert await alerting.tell_all(bot.app.bot, bot.service, noon) == 0
        fresh = reader.heard()[heard:]
        assert "2 new statements" in fresh[0]["text"]
        assert bot.service.readers.of(gone.id).is_default, "nothing is kept of somebody who left"
        (listed,) = await told(server, reader, "/alerts")
        assert "about: cost" in listed
        message = reader.heard()[-1]
        for label in ("1 · Pause", "1 · Stop", "1 · Stop"):
            press = reader.press(message, label)
            await server.until(lambda press=press: press.answer is not None)
        assert "No alerts" in message["text"]


async def test_without_a_key_nothing_is_kept(server: BotApiServer, tmp_path: Path) -> None:
    async with running(server, tmp_path):
        reader = server.person()
        (off,) = await told(server, reader, "/alerts Varga")
        assert "off here" in off
        await told(server, reader, "/settings")
    assert not (tmp_path / "readers.sqlite").exists()


def test_what_is_kept_is_sealed(tmp_path: Path) -> None:
    readers = Readers(tmp_path, KEY)
    kept = Reader(5_100_000_017, "ru", 2, alerts=[Alert("speaker", "Ilse Varga", after=7)])
    readers.keep(kept)
    assert readers.of(kept.chat) == kept
    readers.close()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Varga" not in written
    assert b"5100000017" not in written
    with pytest.raises(SettingsError, match="not the key"):
        Readers(tmp_path, "quite another long secret")
    with pytest.raises(SettingsError, match="too short"):
        Readers(tmp_path, "short")
    again = Readers(tmp_path, KEY)
    assert [one.chat for one in again.with_alerts()] == [kept.chat]
    assert again.forget(kept.chat)
    assert again.of(kept.chat).is_default
    again.close()


@pytest.mark.parametrize(
    ("setting", "value"), [("citations", "4"), ("language", "xx"), ("dark", "2"), ("clock", "5"), ("nights", "-1")]
)
def test_settings_take_only_what_a_button_carries(setting: str, value: str) -> None:
    reader = Reader(1)
    assert not change(reader, setting, value)
    assert reader.is_default


async def test_strangers_get_a_polite_no_and_editors_work(server: BotApiServer, tmp_path: Path) -> None:
    editor, other, stranger = server.person("Editor"), server.person("Other"), server.person("Stranger")
    async with running(server, tmp_path, telegram_editors=frozenset({editor.id, other.id})):
        for name in (
            "add https://x.example",
            "remove a1",
            "correct 1.2-3 hide",
            "rebuild",
            "status",
            "feedback",
            "speakers",
        ):
            (no,) = await told(server, stranger, f"/{name}")
            assert "editors only" in no
        stranger.send_file("news.jsonl", b"{}")
        await server.until(lambda: len(stranger.heard()) == 8)
        assert "type your question" in stranger.heard()[-1]["text"]
        assert "correct REFERENCE" in (await told(server, editor, "/correct 1.2-3 nonsense"))[0]
        assert "Which article" in (await told(server, editor, "/remove"))[0]
        assert "Send a link" in (await told(server, editor, "/add /etc/passwd"))[0], "never a path"
        editor.send_file("big.jsonl", b"x", size=(20 << 20) + 1)
        before = len(editor.heard())
        await server.until(lambda: len(editor.heard()) > before)
        assert "20 MB" in editor.heard()[-1]["text"]


@pytest.mark.parametrize(
    ("given", "options"),
    [
        (["1.2-3", "speaker", "Ilse", "Varga"], ["--speaker=Ilse Varga"]),
        (["1.2-3", "speaker", "--hide"], ["--speaker=--hide"]),
        (["1.2-3", "date", "2031-04-01"], ["--said-on=2031-04-01"]),
        (["1.2-3", "hide"], ["--hide"]),
        (["1.2-3", "undo"], ["--undo"]),
        (["--home=/", "hide"], None),
        (["1.2-3"], None),
        (["1.2-3", "hide", "x"], None),
    ],
)
def test_corrections(given: list[str], options: list[str] | None) -> None:
    assert editors.correction(given) == options


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\x.html", "", None, "-rf.txt", "a" * 300 + ".jsonl.gz", "é\x00.txt"]
)
def test_file_names_lead_nowhere(name: str | None) -> None:
    safe = editors.safe_name(name)
    assert "/" not in safe
    assert "\x00" not in safe
    assert not safe.startswith((".", "-"))
    assert safe
    assert len(safe) <= 80


async def test_inline_mode_is_off_unless_turned_on(server: BotApiServer, tmp_path: Path) -> None:
    reader = server.person()
    async with running(server, tmp_path):
        reader.inline("harbour bridge open")
        await server.until(lambda: not server.state.pending)
    assert server.made("answerInlineQuery") == []
    async with running(server, tmp_path, telegram_inline=True):
        reader.inline("harbour bridge open")
        await server.until(lambda: bool(server.made("answerInlineQuery")))
    assert len(server.made("answerInlineQuery")[0].given["results"]) == 3
    assert server.refused() == []


async def test_help_shows_examples_from_this_archive(server: BotApiServer, tmp_path: Path) -> None:
    async with running(server, tmp_path):
        (shown,) = await told(server, server.person(), "/help")
    assert "What did Ilse Varga say?" in shown


async def test_protected_content(server: BotApiServer, tmp_path: Path) -> None:
    async with running(server, tmp_path, telegram_protect_content=True):
        reader = server.person()
        await told(server, reader, "harbour")
    assert reader.heard()[0]["has_protected_content"] is True


def phrases() -> set[str]:
    """Every phrase that the code says."""
    found = (
        set(leads.SILENT.values())
        | set(LEADS.values()) - {""}
        | {ENGLISH_ONLY}
        | set(commands.EXAMPLES)
        | set(presses.WRONG_LABELS.values())
    )
    found |= {about for _, about in (*commands.everybodys(), *EDITORS_MENU)}
    for path in Path(bot.telegram.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name == "note":
                found |= {
                    one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
            plural = name == "count" and len(node.args) == 3
            for argument in node.args[: 2 if plural else 1] if plural or name == "say" else []:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    found.add(argument.value)
    return found


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_a_catalogue_says_every_phrase(language: str) -> None:
    from babel.messages.pofile import read_po

    with (LOCALE / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    known: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        said = (message.string,) if isinstance(message.string, str) else tuple(message.string)
        for phrase in (message.id,) if isinstance(message.id, str) else message.id:
            known[phrase] = said
    assert sorted(phrases() - set(known)) == []
    assert sorted(set(known) - phrases() - {""}) == [], "nobody says these any more"
    for phrase, said in known.items():
        fields = {name for _, name, _, _ in string.Formatter().parse(phrase) if name}
        for one in said if phrase else ():
            assert one, phrase
            assert {name for _, name, _, _ in string.Formatter().parse(one) if name} == fields, phrase
