"""Alerts out: new statements by a speaker or about a topic, grouped into one message, once, and not at night.

The desk says what came after a mark (``bot.asking.watching``); each alert keeps its mark, so a restart, a night or a
day without the bot loses nothing, and nothing is told twice. New coverage is told when it has settled: articles that
are added in a row make one message.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.asking.answer import Citation, shortened
from bot.telegram.attempts import CURRENT, Attempt
from bot.telegram.desk import Desk
from bot.telegram.fragments import link_to
from bot.telegram.pictures import day_of
from bot.telegram.readers import Alert, Reader
from bot.telegram.rendering import citation_blocks, notice_blocks, one_line
from bot.telegram.replying import NO_PREVIEW
from bot.telegram.service import Service
from bot.telegram.splitting import Block, escaped, packed
from bot.telegram.words import Words, words_in
from data.errors import OnRecordError

_log = logging.getLogger(__name__)

MOST_SHOWN: Final = 5
"""Statements that an alert shows in full, the newest ones."""
MOST_LISTED: Final = 40
"""Further ones that it lists, a line each; what is left is counted, with the command that shows it."""
NIGHT: Final = (22, 8)
"""From and to, in hours of the reader's clock."""
SETTLED_SECONDS: Final = 30.0
LONGEST_WAIT: Final = 600.0
"""Coverage that never settles is told after so long; and so often it is looked whose night is over."""

Told = dict[str, int]
"""How many statements each alert has to tell, by its mark."""


class Watch:
    """Says when to look for news: once what was added has settled, and now and then for those whose night is over.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._newest = -1
        self._changed: float | None = None
        self._first: float | None = None
        self._looked = clock()

    def due(self, newest: int) -> bool:
        """Whether to look now.

        Args:
            newest: the mark of the newest coverage. The first one seen counts as new: it may have come while the bot
                was down.
        """
        now = self._clock()
        if newest != self._newest:
            self._newest = newest
            self._changed = now
            self._first = now if self._first is None else self._first
        settled = self._changed is not None and now - self._changed >= SETTLED_SECONDS
        waited = now - (self._looked if self._first is None else self._first) >= LONGEST_WAIT
        if not (settled or waited):
            return False
        self._changed = self._first = None
        self._looked = now
        return True


class News:
    """What is new, worked out once for all readers with the same alert from the same mark. Blocking."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[tuple[str, str, int], tuple[tuple[Citation, ...], int]] = {}

    def of(self, reader: Reader) -> tuple[list[Citation], Told]:
        """What is new for a reader, by day, and how much of it each alert found; moves the alerts' marks on."""
        fresh: dict[str, Citation] = {}
        told: Told = {}
        for alert in reader.alerts:
            if alert.paused:
                continue
            try:
                found, alert.after = self._since(alert)
            except OnRecordError as error:
                _log.warning("an alert could not be looked up", extra={"kind": type(error).__name__})
                continue
            told[alert.mark] = len(found)
            fresh |= {one.statement or f"{one.article} {one.start}": one for one in found}
        return sorted(fresh.values(), key=lambda one: (day_of(one) or datetime.min.date(), one.article)), told

    def _since(self, alert: Alert) -> tuple[tuple[Citation, ...], int]:
        wanted = (alert.kind, alert.words, alert.after)
        if wanted not in self._known:
            by_name = alert.kind == "speaker"
            news = self._desk.news(
                speaker=alert.words if by_name else None, topic=None if by_name else alert.words, after=alert.after
            )
            self._known[wanted] = (news.citations, news.up_to)
        return self._known[wanted]


def is_night(reader: Reader, now: datetime) -> bool:
    """Whether it is night on the reader's clock."""
    hour = (now.astimezone(UTC) + timedelta(minutes=reader.offset_minutes)).hour
    return hour >= NIGHT[0] or hour < NIGHT[1]


async def tell_all(bot: Bot, service: Service, now: datetime | None = None) -> int:
    """Tell every reader what is new for them; how many were told."""
    count = 0
    news = News(service.desk)
    for reader in list(service.readers.with_alerts()):
        if not reader.nights and is_night(reader, now or datetime.now(UTC)):
            continue
        before = [alert.after for alert in reader.alerts]
        fresh, told = await service.off_loop(news.of, reader)
        if not fresh:
            if before != [alert.after for alert in reader.alerts]:
                _move_on(service, reader)
            continue
        try:
            arrived = await _tell(bot, service, reader, fresh, told)
        except ChatMigrated as error:
            service.readers.move(reader.chat, error.new_chat_id)
            continue  # told at the next look, in the chat's new place
        except Forbidden:
            # blocked, or thrown out: nothing is kept of somebody who left
            service.readers.forget(reader.chat)
            _log.info("alerts stopped: the bot was blocked")
            continue
        if arrived:
            _move_on(service, reader)
            count += 1
            service.metrics.alerts.inc()
    return count


def _move_on(service: Service, told: Reader) -> None:
    """Keep the marks; settings may have changed meanwhile, and stopped alerts stay stopped."""
    reader = service.readers.of(told.chat)
    marks = {alert.mark: alert.after for alert in told.alerts}
    for alert in reader.alerts:
        alert.after = max(alert.after, marks.get(alert.mark, 0))
    service.readers.keep(reader)


async def _tell(bot: Bot, service: Service, reader: Reader, fresh: list[Citation], told: Told) -> bool:
    """Send an alert; False where none of it arrived and it shall be told at the next look.

    Raises:
        Forbidden, ChatMigrated: the chat is closed to the bot, or has moved.
    """
    attempt = Attempt()
    token = CURRENT.set(attempt)
    sent = 0
    try:
        for html in alert_view(reader, fresh, told, words_in(reader.language)):
            await bot.send_message(
                reader.chat,
                html,
                parse_mode=ParseMode.HTML,
                link_preview_options=NO_PREVIEW,
                protect_content=service.settings.telegram_protect_content or None,
            )
            sent += 1
    except (Forbidden, ChatMigrated):
        raise
    except TelegramError as error:
        _log.warning("an alert could not be sent", extra={"kind": type(error).__name__})
        # what may have arrived is not sent once more, nor what Telegram refuses
        return sent > 0 or attempt.spent or isinstance(error, BadRequest)
    finally:
        CURRENT.reset(token)
    return True


def alert_view(reader: Reader, fresh: list[Citation], told: Told, words: Words) -> list[str]:
    """The messages of an alert: how much is new for which alert, the newest statements in full, the others as lines."""
    shown, rest = fresh[-MOST_SHOWN:], fresh[:-MOST_SHOWN][::-1]
    heading = words.count("{n} new statement for your alerts", "{n} new statements for your alerts", len(fresh))
    lines = [f"\N{BELL} <b>{escaped(heading)}</b>"]
    if len(told) > 1:
        lines += [
            f"• {one_line(alert_words(alert, words), 200)}: {told[alert.mark]}"
            for alert in reader.alerts
            if told.get(alert.mark)
        ]
    notices = list(dict.fromkeys(one.notice for one in (*shown, *rest[:MOST_LISTED]) if one.notice))
    blocks = [Block.of("\n".join(lines)), *notice_blocks(notices, words)]
    for citation in shown:
        blocks += citation_blocks(citation, words, None)
    if rest:
        blocks.append(Block.of(f"<i>{escaped(words.say('Also new:'))}</i>"))
    blocks += [Block.of(_line(citation, words)) for citation in rest[:MOST_LISTED]]
    if len(rest) > MOST_LISTED:
        more = words.count("And {n} more:", "And {n} more:", len(rest) - MOST_LISTED)
        ways = [
            f"/timeline {alert.words}" if alert.kind == "speaker" else f"/latest {alert.words}"
            for alert in reader.alerts
            if told.get(alert.mark)
        ]
        blocks.append(Block.of("\n".join([escaped(more), *(one_line(way, 200) for way in ways)])))
    return packed(blocks)


def alert_words(alert: Alert, words: Words) -> str:
    """An alert as its reader knows it: "who: Ilse Varga"."""
    if alert.kind == "speaker":
        return words.say("who: {words}", words=alert.words)
    return words.say("about: {words}", words=alert.words)


def _line(citation: Citation, words: Words) -> str:
    """A statement in a line: who, when, where, with a link to the words."""
    day = day_of(citation)
    parts = [citation.speaker or words.say("From the coverage"), words.day(day) if day else "", citation.outlet or ""]
    if citation.title:
        parts.append(shortened(citation.title, 80))
    line = one_line(" · ".join(part for part in parts if part), 300)
    link = link_to(citation.url, citation.quote)
    return f'• <a href="{escaped(link)}">{line}</a>' if link else f"• {line}"
