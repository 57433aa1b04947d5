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
    r".{0,40}\b(?:undesirable|unwanted|extremist|foreign agent|terrorist|banned|illegal|prohibited)",
    re.I | re.S,
)
# A warning speaks to its reader, names a penalty, and what is punished with the outlet's own words; in any order.
_SPOKEN_TO = re.compile(
    r"\bif you\b|\bplease (?:note|be aware|be advised|remember)\b|"
    r"\b(?:you|readers?|users?) (?:could|may|might|can|risk)\b",
    re.I,
)
_PENALTY = re.compile(
    r"\b(?:fines|fined|a fine|prison|imprison\w*|prosecut\w+|arrest\w*|detain\w*|detention|jail\w*|"
    r"liab\w+|penalt\w+)\b",
    re.I,
)
_PUNISHED = re.compile(
    r"\b(?:shar(?:e|ing)|lik(?:e|ing)|re-?post(?:ing)?|comment(?:ing)?|sav(?:e|ing)|donat\w+|"
    r"distribut\w+|follow(?:ing)?|link(?:ing)?)\b",
    re.I,
)
_OURS = re.compile(
    r"\bour (?:\w+ )?(?:content|reports?|reporting|articles?|materials?|(?:web)?site|pages?|posts?|stories|work)\b|"
    r"\bthis (?:content|material|article|page|post|(?:web)?site)\b|\b(?:contact\w*|writ(?:e|ing) to) us\b",
    re.I,
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
        if not _is_warning(block):
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


def _is_warning(block: str) -> bool:
    quoted = block.startswith(('"', "'")) or any(mark in block for mark in "“«„")
    return not quoted and all(kind.search(block) for kind in (_SPOKEN_TO, _PENALTY, _PUNISHED, _OURS))
