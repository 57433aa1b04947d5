"""Legal notices that outlets print with their pages: "readers may be fined for sharing this".

They are no part of the article, and they matter to readers at risk, so they are kept word for word as the article's
notice. A report *about* such a
designation is no notice: a notice speaks to its reader, or of "this material".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.model import Span

_DESIGNATED = re.compile(
    r"\A(?P<outlet>[^.!?\"“”\n]{2,60}?) (?:has been|was|is) (?:declared|designated|labell?ed|recogni[sz]ed|listed)\b"
    r".{0,40}"
    r"\b(?:undesirable|extremist|foreign agent|terrorist)",
    re.I | re.S,
)
_WARNING = re.compile(
    r"\b(?:you|readers?|users?)\b.{0,80}\b(?:could|may|might|can|risk)\b.{0,40}"
    r"\b(?:fines?|fined|imprison\w*|prosecut\w+|arrest\w*|detain\w*|jail\w*|liab\w+|penalt\w+)\b.{0,80}"
    r"\b(?:sharing|share|liking|reposting|repost|commenting|saving|donat\w+|reading|distribut\w+|accessing|following)",
    re.I | re.S,
)
_RUSSIAN = re.compile(
    r"(?:настоящ\w+|данн\w+)\s+(?:материал|сообщени|информаци).{0,200}иностранн\w+\s+агент"
    r"|(?:призна|объявл|внес)\w+.{0,60}нежелательн\w+\s+организаци.{0,300}(?:штраф|ответственност|преследовани)",
    re.I | re.S,
)

LONGEST = 1500
"""Characters: longer paragraphs are reports."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice's text, word for word; which spans (by ordinal) hold it; and the outlet that it names."""

    text: str
    ordinals: frozenset[int]
    outlet: str | None


def notice_in(text: str, spans: Sequence[Span]) -> Notice | None:
    """The legal notice among a text's blocks, if there is one.

    A warning to the reader is one by itself. A designation is part of it only right before such a warning: on its
    own it may be news.
    """
    for ordinal, (start, end) in enumerate(spans):
        if end - start > LONGEST:
            continue
        block = text[start:end]
        if _RUSSIAN.search(block):
            return Notice(block, frozenset({ordinal}), None)
        if not _WARNING.search(block) or "“" in block:
            continue
        designated = _DESIGNATED.match(block)
        first = ordinal
        if designated is None and ordinal:
            before = text[slice(*spans[ordinal - 1])]
            designated = _DESIGNATED.match(before) if len(before) < 300 else None
            first = ordinal - 1 if designated else ordinal
        outlet = " ".join(designated["outlet"].split()) if designated else None
        return Notice(text[spans[first][0] : end], frozenset(range(first, ordinal + 1)), outlet)
    return None
