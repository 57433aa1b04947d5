"""What a button carries: in at most 64 bytes, and without a stored question.

``<verb>:<offset>:<passage>``: the verb is a letter; the offset is where the shown page of citations begins; the passage
names article and statement by the statement's reference ("<article key>.<start>-<end>"). A cited paragraph without a
statement has no reference: it is named by its place and a checksum, and found by asking again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from bot.asking.answer import Citation

MORE: Final = "m"
CONTEXT: Final = "c"
TIMELINE: Final = "t"
COPY: Final = "q"
WRONG: Final = "w"
ANSWER: Final = "a"
"""Back to the answer."""

_DATA: Final = re.compile(
    r"(?P<verb>w[sdqo]|[mctqwa]):(?P<offset>\d{1,4}):(?P<passage>\d{1,12}\.\d{1,9}-\d{1,9}|#\d{1,2}\.[0-9a-f]{8})?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Press:
    """A button's data, read. ``passage`` is empty where the button is about the whole answer."""

    verb: str
    offset: int
    passage: str = ""

    @property
    def data(self) -> str:
        return f"{self.verb}:{self.offset}:{self.passage}"


def read_press(data: str | None) -> Press | None:
    """The data of a pressed button; None for anything that no button of ours carries."""
    match = _DATA.fullmatch(data or "")
    if match is None:
        return None
    return Press(match["verb"], int(match["offset"]), match["passage"] or "")


def passage_name(citation: Citation, place: int) -> str:
    """How a button names a citation. ``place`` is its place on the shown page, from 0."""
    if citation.statement and len(citation.statement) <= 36:
        return citation.statement
    return f"#{place}.{checksum(citation):08x}"


def checksum(citation: Citation) -> int:
    """Tells one passage from another (CRC-32 of article and offsets)."""
    return crc32(f"{citation.article}\n{citation.start}-{citation.end}".encode("utf-8", "replace"))
