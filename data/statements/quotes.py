"""Where quoted speech stands in a paragraph: pairing quotation marks, also when some are missing or mixed.

Marks of all kinds are read: curly, straight, doubled single ('' '' and `` ''), guillemets, low marks, and single marks
where they can't be apostrophes. Straight marks carry no direction, so it is read from the white space around them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.model import Span

_MARK = re.compile(r"''|``|[\"“”„«»‟＂]|(?<![\w'’])[‘'](?=[\w$#@\[…])(?!\d0s|n['’]|(?:em|til|tis|twas)\b)")
_OPENING = frozenset("“„«‟")
_SINGLE_END = re.compile(r"(?<=[\w.,!?…;:\])-])['’](?!\w)")
_LONGEST_SINGLE = 600  # characters between single marks: past that the "mark" was an apostrophe


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch between quotation marks: ``outer`` with the marks, ``inner`` without, as offsets into the text read.

    ``closed`` is false where the closing mark is missing: the quote then runs to the paragraph's end.
    """

    outer: Span
    inner: Span
    closed: bool


def quotes(paragraph: str) -> list[Quote]:
    """The outermost quotes of a paragraph, in order. A mark that closes nothing is passed over.

    A line's end ends a quote as a paragraph's end does: a mark that was never closed takes no more than its line.
    """
    found: list[Quote] = []
    start = 0
    for line in paragraph.splitlines(keepends=True):
        found += _quotes_of_line(line.rstrip(), start)
        start += len(line)
    return found


def _quotes_of_line(line: str, base: int) -> list[Quote]:
    found: list[Quote] = []
    position = 0
    while match := _MARK.search(line, position):
        position = match.end()
        mark = match.group()
        if not _can_open(line, match):
            continue
        first, inner = base + match.start(), base + match.end()
        end = _close(line, match)
        if end is None:
            if mark in {"'", "‘"} or not line[match.end() :].strip():
                continue
            found.append(Quote((first, base + len(line)), (inner, base + len(line)), False))
            break
        if end[0] > match.end():
            found.append(Quote((first, base + end[1]), (inner, base + end[0]), True))
        position = end[1]
    return found


def _can_open(paragraph: str, match: re.Match[str]) -> bool:
    """A mark that leans on the word before it and not on the one after it can only close."""
    if match.group() in _OPENING:
        return True
    before = paragraph[match.start() - 1 : match.start()] if match.start() else ""
    after = paragraph[match.end() : match.end() + 1]
    if match.group() in {"”", "»"}:  # opening marks in Swedish and in German books
        return not before.strip() and after.isalnum()
    return not (before.strip() and before not in "([{-–—―/:>" and not after.strip())


def _close(paragraph: str, opening: re.Match[str]) -> Span | None:
    mark = opening.group()
    if mark in {"'", "‘"}:
        end = _SINGLE_END.search(paragraph, opening.end(), opening.end() + _LONGEST_SINGLE)
        return end.span() if end else None
    closing = {"“": '”"', "„": "“”", "«": "»", "‟": "”", "»": "«", "”": "”"}.get(mark)
    pattern = f"[{closing}]" if closing else ("''" if mark in {"''", "``"} else '["”＂]')
    depth = 0
    for match in re.finditer(rf"{pattern}|{re.escape(mark)}", paragraph[opening.end() :]):
        at = opening.end() + match.start()
        if closing and match.group() == mark != closing:
            if at == 0 or not paragraph[at - 1].isalnum():
                depth += 1  # a quote within the quote, of the same marks
            continue
        if depth and closing:
            depth -= 1
            continue
        return at, opening.end() + match.end()
    if depth and closing:  # the inner marks were never all closed: the first closing mark ends the quote
        match_ = re.search(pattern, paragraph[opening.end() :])
        if match_:
            return opening.end() + match_.start(), opening.end() + match_.end()
    return None


def opens_with_quote(paragraph: str) -> bool:
    """Whether a paragraph opens with a quotation mark: how a quote over several paragraphs goes on."""
    return re.match(r"\s*(?:''|``|[\"“„«‟])\s?\S", paragraph) is not None


def quoted_share(text: str, spans: tuple[Span, ...], marked: list[Span]) -> float:
    """The share of the letters and digits of ``spans`` that stand within ``marked``, 0 where there are none."""
    letters = sum(_letters(text, start, end) for start, end in spans)
    inside = sum(
        _letters(text, max(start, first), min(end, last))
        for start, end in spans
        for first, last in marked
        if first < end and start < last
    )
    return inside / letters if letters else 0.0


def _letters(text: str, start: int, end: int) -> int:
    return sum(map(str.isalnum, text[start:end]))
