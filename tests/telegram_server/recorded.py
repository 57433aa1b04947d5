"""Record a conversation with the sample coverage and render it as a phone shows it, light and dark.

    python -m tests.telegram_server.recorded [FOLDER]

writes ``conversation.html`` and ``conversation.png`` into ``docs/`` (or FOLDER): the real bot, over HTTP, against the
Bot API double.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.telegram_desk import running
from tests.telegram_server.picture import picture
from tests.telegram_server.render import page
from tests.telegram_server.server import BotApiServer

SAMPLE = Path("data/sample/articles")
QUESTIONS = (
    "Who called the raid on the print works an act of cowardice?",
    "What did Osric Halvane say about the Lennish language?",
    "What did Osric Halvane say about fishing quotas?",
    "/timeline Osric Halvane about the Lennish language",
)


async def record(home: Path, folder: Path) -> None:
    """Ask the questions and write what a phone shows."""
    from bot.asking.desk import Desk
    from data.archive import Archive
    from data.reading import read
    from data.settings import Settings
    from embeddings import indexing
    from embeddings.encoder import Encoder

    settings = Settings(home=home)
    with Archive.open(home, create=True) as archive:
        indexing.add(archive, Encoder.from_settings(settings), read([str(SAMPLE)]))
    async with BotApiServer() as server, running(server, home, Desk.open(settings)):
        reader = server.person("Ada")
        for question in QUESTIONS:
            before = len(reader.heard())
            reader.say(question)
            await server.until(lambda before=before: len(reader.heard()) > before, 60)  # type: ignore[misc]
        await server.until(lambda: not server.state.pending, 60)
        await asyncio.to_thread(_write, server, reader.chat.id, folder)


def _write(server: BotApiServer, chat: int, folder: Path) -> None:
    (folder / "conversation.html").write_text(page(server, server.state.chats[chat], "On Record"), encoding="utf-8")
    (folder / "conversation.png").write_bytes(picture(server, server.state.chats[chat], "On Record"))


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(record(Path(home), folder))


if __name__ == "__main__":
    main()
