"""Messages within Telegram's limit, split where nothing breaks.

The limit is 4,096 characters "after entities parsing" (https://core.telegram.org/bots/api#sendmessage). Lengths are
counted in UTF-16 code units, the unit of Telegram's own offsets: that is never less than the number of characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final

LIMIT: Final = 4096
MOST_LINK_BYTES: Final = 6000
"""Links in one message: Telegram refuses messages whose entities are too long together (at about 9,500 bytes)."""
MOST_ENTITIES: Final = 90

_BREAKS: Final = (re.compile(r"\n+"), re.compile(r"(?<=[.!?…»”\"])\s+"), re.compile(r"\s+"))
_JOINED: Final = re.compile(r"[\u0300-\u036f\u200d\ufe00-\ufe0f\u20d0-\u20ff]|[\U0001f3fb-\U0001f3ff]")


def units(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text) + sum(1 for character in text if character > "\uffff")


def shown(text: str) -> str:
    """A text that can be sent: lone surrogates become U+FFFD, control characters a space."""
    return re.sub(r"[\ud800-\udfff]", "\ufffd", re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", text))


def escaped(text: str) -> str:
    """A text that can stand in a message's HTML."""
    return escape(shown(text), quote=True).replace("&#x27;", "'")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a message that must stay whole: its HTML, and its length as a reader sees it."""

    html: str
    units: int
    link_bytes: int = 0
    entities: int = 0

    @classmethod
    def of(cls, html: str) -> Block:
        """Measure a piece of HTML that we wrote ourselves (only our own tags, escaped text)."""
        links = sum(len(link.encode()) for link in re.findall(r'href="([^"]*)"', html))
        plain = re.sub(r"<[^>]*>", "", html)
        plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
        return cls(html, units(plain), links, html.count("</"))


def pieces(text: str, limit: int) -> list[str]:
    """Cut a text into pieces of at most ``limit`` code units: between paragraphs, sentences, words, or characters."""
    rest = text
    cut: list[str] = []
    while units(rest) > limit:
        at = _cut(rest, limit)
        head, rest = rest[:at], rest[at:]
        if head.strip():
            cut.append(head.rstrip())
        rest = rest.lstrip()
    if rest.strip():
        cut.append(rest)
    return cut


def _cut(text: str, limit: int) -> int:
    """Where to cut a text that is too long: the last good place in its second half."""
    room, reach = limit, 0
    while reach < len(text) and (room := room - units(text[reach])) >= 0:
        reach += 1
    head = text[:reach]
    for pattern in _BREAKS:
        places = [match.end() for match in pattern.finditer(head) if match.end() > reach // 2]
        if places:
            return places[-1]
    # no space anywhere near: between characters, but not inside an emoji sequence or before a combining mark
    at = reach
    while at > reach - 32 and at > 1 and (_JOINED.match(text[at]) or text[at - 1] == "\u200d"):
        at -= 1
    return max(at, 1)


def packed(blocks: Iterable[Block], limit: int = LIMIT) -> list[str]:
    """Messages' HTML, each of as many whole blocks as fit, parted by blank lines."""
    messages: list[list[Block]] = [[]]
    for block in blocks:
        held = [*messages[-1], block]
        if messages[-1] and (
            sum(one.units for one in held) + 2 * (len(held) - 1) > limit
            or sum(one.link_bytes for one in held) > MOST_LINK_BYTES
            or sum(one.entities for one in held) > MOST_ENTITIES
        ):
            messages.append([block])
        else:
            messages[-1].append(block)
    return ["\n\n".join(block.html for block in blocks) for blocks in messages if blocks]
