"""A small fictional desk for the tests of the Telegram shell."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

from bot.asking.answer import Answer, Citation, Query
from bot.asking.conversation import Conversation
from bot.asking.desk import Desk as TheDesk
from bot.telegram.app import Bot
from data.archive import Archive
from data.errors import BadQuestion
from data.model import DateRange, SaidOn
from data.settings import Settings
from embeddings.encoder import Encoder
from embeddings.search import Index
from tests.telegram_server import BotApiServer

NOTICE = "The ministry of Veldmark calls the Courier undesirable: whoever shares its pages may be fined."

STATEMENTS = [
    ("Ilse Varga", "mayor of Harrowgate", "The bridge <b>will</b> open & stay open, said the mayor.", "harbour open"),
    ("Ilse Varga", "mayor of Harrowgate", "“We looked at it for a year — and it is safe,” she said.", "harbour safe"),
    ("Tomas Reyl", "head of the dockers' union", "“Nobody asked the dockers,” Reyl said on Monday.", "dockers asked"),
    ("Ilse Varga", None, "“It cost 12 million, not 9,” Varga told the council.", "bridge cost"),
    ("Ilse Varga", "mayor", "“Long. " + "We will look at every single pillar of the bridge. " * 120 + "”", "pillar"),
]  # fmt: skip


def citation(place: int) -> Citation:
    speaker, role, quote, _ = STATEMENTS[place]
    return Citation(
        article=f"a{place}",
        url=f"https://courier.example/bridge/{place}?a=1&b=2",
        outlet="Harrow Courier",
        title=f"Bridge & <harbour> {place}",
        published=date(2031, 3, 2 + place),
        paragraph=1,
        start=10,
        end=10 + len(quote),
        quote=quote,
        speaker=speaker,
        speaker_role=role,
        cue="said",
        kind="direct",
        said_on=SaidOn(DateRange(date(2031, 3, 1), date(2031, 3, 1)), (0, 9), "relative") if place != 3 else None,
        said_on_words="on Monday" if place != 3 else None,
        reported=place == 3,
        score=1.0 - place / 10,
        notice=NOTICE if place == 0 else None,
        statement=f"{place + 1}.10-{10 + len(quote)}",
    )


class TinyDesk:
    """Answers from five statements by the words they share; a follow-up takes over the speaker."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.broken = False
        self.places = list(range(len(STATEMENTS)))
        self.asked = 0

    def ask(
        self,
        question: str,
        *,
        conversation: Conversation | None = None,
        today: date | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Answer:
        self.asked += 1
        time.sleep(self.seconds)
        if self.broken:
            raise RuntimeError(f"the desk broke over {question}")
        if not question.strip() or len(question) > 1000:
            raise BadQuestion("That question is too long.")
        words = set(re.findall(r"\w+", question.lower()))
        speakers = tuple(dict.fromkeys(s[0] for s in STATEMENTS if words & set(s[0].lower().split())))
        if not speakers and "she" in words and conversation and conversation.last and conversation.last.speaker:
            speakers = (conversation.last.speaker,)
        found = [
            place
            for place, (speaker, _, quote, topic) in enumerate(STATEMENTS)
            if (not speakers or speaker in speakers) and (words & set(topic.split()) or (speakers and len(words) < 5))
        ]
        query = Query(question, "what", " ".join(sorted(words)), speakers=speakers)
        cited = tuple(citation(place) for place in found[offset : offset + (limit or 3)])
        answer = Answer(query, cited, silence=None if found else "no-match", total=len(found))
        if conversation is not None:
            conversation.remember(answer)
        return answer

    def who(self, name: str, *, latest: int = 3) -> Any:
        found = self.timeline(name)
        if not found:
            return SimpleNamespace(asked=name, name="", near=("Ilse Varga",), latest=())
        first = found[0]
        days = (found[0].published, found[-1].published)
        return SimpleNamespace(
            asked=name,
            name=first.speaker,
            roles=("mayor",),
            also=(),
            statements=len(found),
            first=days[0],
            last=days[1],
            latest=tuple(found[::-1][:latest]),
            near=(),
        )

    def timeline(self, name: str, topic: str | None = None, *, limit: int = 50) -> list[Citation]:
        words = set(name.lower().split())
        return [self.cited(place) for place in self.places if words & set(STATEMENTS[place][0].lower().split())][:limit]

    def latest(self, topic: str | None = None, *, limit: int = 5) -> list[Citation]:
        places = [place for place in self.places if topic is None or topic in STATEMENTS[place][3]]
        return [self.cited(place) for place in places[::-1]][:limit]

    def newest(self) -> int:
        return max((place + 1 for place in self.places), default=0)

    def news(self, *, speaker: str | None = None, topic: str | None = None, after: int = 0) -> Any:
        found = self.timeline(speaker) if speaker is not None else self.latest(topic, limit=99)[::-1]
        new = tuple(one for one in found if int(str(one.statement).split(".")[0]) > after)
        return SimpleNamespace(citations=new, up_to=max(after, self.newest()))

    def compare(self, names: Sequence[str], topic: str, *, each: int = 3) -> dict[str, list[Citation]]:
        return {name: self.timeline(name)[:each] for name in names}

    def sources(self) -> list[Any]:
        return [SimpleNamespace(outlet="Harrow <Courier>", articles=4, statements=5)]

    def context(self, reference: Citation | str, *, around: int = 1) -> Any:
        found = [
            citation(place)
            for place in range(len(STATEMENTS))
            if reference in (citation(place).statement, citation(place))
        ]
        if not found:
            return None
        before, after = "Before <it> came this.\n\n", "\n\nAfter it, that."
        text = before + found[0].quote + after
        start, end = len(before), len(before) + len(found[0].quote)
        spans = ((0, len(before) - 2), (start, end), (end + 2, len(text)))
        return SimpleNamespace(citation=found[0], text=text, paragraphs=spans, statement=(start, end))

    def cited(self, place: int) -> Citation:
        return citation(place)

    def refresh(self) -> bool:
        return True

    def close(self) -> None:
        pass


class RealDesk(TheDesk):
    """The real desk with an encoder that the tests share: closing the desk leaves the model loaded."""

    @classmethod
    def over(cls, home: Path, encoder: Encoder) -> Self:
        archive = Archive.open(home)
        return cls(archive, Index.open(archive, encoder), encoder)

    def close(self) -> None:
        self._archive.close()


@asynccontextmanager
async def running(
    server: BotApiServer,
    home: Path,
    desk: Any = None,
    *,
    webhook: str | None = None,
    port: int = 0,
    brisk: bool = True,
    clock: Callable[[], float] = time.monotonic,
    **fields: Any,
) -> AsyncIterator[Bot]:
    settings = Settings(_env_file=None, home=home, telegram_token=server.token, telegram_api=server.root, **fields)
    bot = Bot(settings, desk or TinyDesk(), clock)
    if brisk:  # a test's one chat need not keep Telegram's pace of a message a second
        bot.courier.burst = 1000
    serving = asyncio.create_task(bot.serve(webhook_url=webhook, port=port))
    up = asyncio.create_task(bot.started.wait())
    await asyncio.wait({serving, up}, return_when=asyncio.FIRST_COMPLETED)
    try:
        if serving.done():
            serving.result()
        yield bot
    finally:
        bot.stop()
        await serving
        bot.service.close()
