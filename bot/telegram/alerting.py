"""Alerts out: new statements by a speaker or about a topic, grouped into one message, once, and not at night."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Final

from telegram import Bot, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.asking.answer import Citation
from bot.telegram.desk import Desk
from bot.telegram.readers import Alert, Reader
from bot.telegram.rendering import citation_blocks, notice_blocks
from bot.telegram.replying import NO_PREVIEW
from bot.telegram.service import Service
from bot.telegram.splitting import Block, escaped, packed
from bot.telegram.words import words_in
from data.errors import OnRecordError

_log = logging.getLogger(__name__)

MOST_SHOWN: Final = 5
NIGHT: Final = (22, 8)
"""From and to, in hours of the reader's clock."""


def key_of(citation: Citation) -> int:
    """The key of the article in a statement's reference ("<article key>.<start>-<end>"); 0 without one."""
    head = (citation.statement or "").partition(".")[0]
    return int(head) if head.isdigit() else 0


def watched(desk: Desk, alert: Alert) -> list[Citation]:
    """What an alert looks at, newest last."""
    if alert.kind == "speaker":
        return desk.timeline(alert.words, limit=2000)
    return desk.latest(alert.words, limit=40)[::-1]


def newest_key(desk: Desk, alert: Alert) -> int:
    """The key of the newest article that an alert has nothing to say about any more."""
    return max((key_of(one) for one in watched(desk, alert)), default=0)


def news(desk: Desk, reader: Reader) -> list[Citation]:
    """What is new for a reader; moves the alerts' marks on."""
    fresh: dict[str, Citation] = {}
    for alert in reader.alerts:
        if alert.paused:
            continue
        try:
            found = [one for one in watched(desk, alert) if key_of(one) > alert.after]
        except OnRecordError:
            continue
        alert.after = max((key_of(one) for one in found), default=alert.after)
        fresh |= {one.statement or "": one for one in found}
    return list(fresh.values())


def is_night(reader: Reader, now: datetime) -> bool:
    """Whether it is night on the reader's clock."""
    hour = (now.astimezone(UTC) + timedelta(minutes=reader.offset_minutes)).hour
    return hour >= NIGHT[0] or hour < NIGHT[1]


async def tell_all(bot: Bot, service: Service, now: datetime | None = None) -> int:
    """Tell every reader what is new for them; how many were told."""
    count = 0
    for reader in list(service.readers.with_alerts()):
        if not reader.nights and is_night(reader, now or datetime.now(UTC)):
            continue
        fresh = await service.off_loop(news, service.desk, reader)
        if not fresh:
            continue
        try:
            await _tell(bot, reader, fresh, service)
        except Forbidden:
            # blocked, or thrown out: nothing is kept of somebody who left
            service.readers.forget(reader.chat)
            _log.info("alerts stopped: the bot was blocked")
            continue
        except TelegramError as error:
            _log.warning("an alert could not be sent", extra={"kind": type(error).__name__})
            if not isinstance(error, BadRequest):
                continue  # told at the next turn
        _moved_on(service, reader)
        count += 1
        service.metrics.alerts.inc()
    return count


def _moved_on(service: Service, told: Reader) -> None:
    """Keep the marks; settings may have changed meanwhile, and stopped alerts stay stopped."""
    reader = service.readers.of(told.chat)
    marks = {alert.mark: alert.after for alert in told.alerts}
    for alert in reader.alerts:
        alert.after = max(alert.after, marks.get(alert.mark, 0))
    service.readers.keep(reader)


async def _tell(bot: Bot, reader: Reader, fresh: list[Citation], service: Service) -> list[Message]:
    words = words_in(reader.language)
    shown = fresh[-MOST_SHOWN:]
    heading = words.count("{n} new statement for your alerts", "{n} new statements for your alerts", len(fresh))
    notices = list(dict.fromkeys(one.notice for one in shown if one.notice))
    blocks = [Block.of(f"\N{BELL} <b>{escaped(heading)}</b>"), *notice_blocks(notices, words)]
    for citation in shown:
        blocks += citation_blocks(citation, words, None)
    if len(fresh) > len(shown):
        blocks.append(Block.of(escaped(words.say("To see all: /latest"))))
    return [
        await bot.send_message(
            reader.chat,
            html,
            parse_mode=ParseMode.HTML,
            link_preview_options=NO_PREVIEW,
            protect_content=service.settings.telegram_protect_content or None,
        )
        for html in packed(blocks)
    ]
