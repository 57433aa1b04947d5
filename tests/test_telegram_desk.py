"""The whole way: a real archive, index and model behind the bot, over HTTP; editors add and mend from a chat."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.asking.desk import Desk
from data.archive import Archive
from data.reading import read
from data.settings import Settings
from embeddings import indexing
from embeddings.encoder import Encoder
from tests.telegram_desk import running
from tests.telegram_server import BotApiServer

ARTICLES = [
    {
        "id": "bridge",
        "url": "https://courier.example/bridge?a=1&b=2",
        "outlet": "Harrow Courier",
        "title": "Harbour bridge & its <friends>",
        "published": "2031-03-03",
        "text": "HARROWGATE - Ilse Varga, the mayor of Harrowgate, said on Saturday that the bridge will open in May."
        "\n\n“We looked at every pillar for a year, and the bridge is safe,” Varga told reporters.\n\nTomas Reyl, head "
        "of the dockers' union, said nobody had asked the dockers. “It cost 12 million, not nine,” he added.",
    },
    {
        "id": "school",
        "url": "https://post.example/school",
        "outlet": "Harrow Post",
        "title": "School to close",
        "published": "2031-04-10",
        "text": "The old school in Mill Lane will close in July, Ilse Varga said on Tuesday.\n\n“The roof is beyond "
        "repair,” Varga said. Parents reacted angrily.\n\n“Our children will walk for an hour,” said Marta Oduya, who "
        "speaks for the parents.",
    },
]
MORE = {
    "id": "library",
    "url": "https://post.example/library",
    "outlet": "Harrow Post",
    "title": "Library opens at night",
    "published": "2031-05-20",
    "text": "The library will stay open until midnight, its director Henrik Solberg said on Monday.\n\n“Students asked "
    "for it for years,” Solberg said.",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    source = folder / "articles.jsonl"
    source.write_text("\n".join(json.dumps(article) for article in ARTICLES), encoding="utf-8")
    with Archive.open(folder, create=True) as archive:
        indexing.add(
            archive, Encoder.from_settings(Settings(_env_file=None, home=folder)), read([str(source)]), processes=1
        )
    return folder


@pytest.fixture
def desk(home: Path) -> Desk:
    return Desk.open(Settings(_env_file=None, home=home))  # the bot closes it


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as started:
        yield started


async def test_answers_context_and_feedback(server: BotApiServer, home: Path, desk: Desk) -> None:
    editor = server.person("Editor")
    async with running(server, home, desk, telegram_editors=frozenset({editor.id})):
        reader = server.person()
        reader.say("What did Ilse Varga say about the bridge?")
        await server.until(lambda: bool(reader.heard()))
        answer = reader.heard()[0]
        assert "Varga" in answer["text"].split("\n")[0]
        assert any(quote in answer["text"] for quote in ("bridge is safe", "will open in May"))
        assert "https://courier.example/bridge?a=1&b=2#:~:text=" in str(answer["entities"])
        context = reader.press(answer, "Context")
        await server.until(lambda: context.answer is not None)
        assert "In context" in answer["text"]
        assert "Tomas Reyl" in answer["text"] or "every pillar" in answer["text"]
        back = reader.press(answer, "Back")
        await server.until(lambda: back.answer is not None)
        wrong = reader.press(answer, "Wrong?")
        await server.until(lambda: wrong.answer is not None)
        speaker = reader.press(answer, "Speaker")
        await server.until(lambda: speaker.answer is not None)
        editor.say("What did Ilse Varga say about the bridge?")
        await server.until(lambda: bool(editor.heard()))
        shown = editor.press(editor.heard()[0], "Context")
        await server.until(lambda: shown.answer is not None)
        assert "For /correct: 1." in editor.heard()[0]["text"], "editors see what to name"
        assert "/correct" not in answer["text"]
        editor.say("/feedback")
        await server.until(lambda: len(editor.heard()) == 2)
        assert "1 × speaker" in editor.heard()[1]["text"]
        reader.say("/timeline Varga")
        await server.until(lambda: any("photo" in message for message in reader.heard()))
        reader.say("/who Varga")
        await server.until(lambda: "Ilse Varga" in reader.heard()[-1].get("text", ""))
        reader.say("/latest")
        reader.say("/compare Varga, Reyl about the bridge")
        for said, answered in (
            ("/timeline Elmer Quist about the moon", "nobody of that name: Elmer Quist"),
            ("/compare Varga, Elmer Quist about the bridge", "I don't know anybody of that name"),
            ("hello", "Ask who said something"),
        ):
            before = len(reader.heard())
            reader.say(said)
            await server.until(
                lambda answered=answered, before=before: answered in str(reader.heard()[before:]), 30  # type: ignore[misc]
            )  # fmt: skip
        assert reader.heard()[-1]["text"].startswith("Ask who"), "a greeting was not read as anything"
        reader.say("/sources")
        await server.until(lambda: "Harrow Post: 1 article" in reader.heard()[-1].get("text", ""))
        reader.say("What did Elmer Quist say about the moon?")
        await server.until(lambda: not server.state.pending)
    assert [call.error.description for call in server.refused() if call.error] == []


async def test_an_editor_adds_a_file_and_it_is_answered_from(server: BotApiServer, home: Path, desk: Desk) -> None:
    editor = server.person("Editor")
    async with running(server, home, desk, telegram_editors=frozenset({editor.id})):
        editor.send_file("more.jsonl", json.dumps(MORE).encode())
        await server.until(lambda: "Done." in str([message["text"] for message in editor.heard()]), 120)
        assert "added: 1" in editor.heard()[0]["text"]
        editor.say("Who said that students asked for it for years?")
        await server.until(lambda: len(editor.heard()) == 2)

        def answered() -> bool:
            if "Henrik Solberg" in editor.heard()[-1]["text"]:
                return True
            if not server.state.pending:
                editor.say(
                    "Who said that students asked for it for years?"
                )  # the index is read again every two seconds
            return False

        await server.until(answered, 30)
        editor.say("/remove nonsense")
        await server.until(lambda: "no such article" in str(editor.heard()[-1]["text"]), 60)
    assert server.refused() == []
