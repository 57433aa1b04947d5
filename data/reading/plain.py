"""Plain text: typed, cleaned, or copied from a web page with its menus and footers.

A file may open with header lines (``title:``, ``outlet:``, ``url:``, ``published:``, ``author:``) and with ``date
YYYY-MM-DD`` before the first
words. Headers, headline and page furniture stay in the stored text and are left out of the paragraphs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.errors import UnreadableSource
from data.model import Span
from data.reading.copied import of_page
from data.reading.fields import Fields, checked_text, line_of, published_day, web_address
from data.reading.paragraphs import blocks, lines, parted, split

_HEADER = re.compile(r"[ \t]*(title|outlet|url|published|date|author)[ \t]*:[ \t]*(.*?)[ \t]*\Z", re.I)
_DATE = re.compile(r"\s*date:?[ \t]+(\d{4}-\d{2}-\d{2})(?![\d-])[ \t]*", re.I)


@dataclass(frozen=True, slots=True)
class Document:
    """A source as it was read: the text to store, its paragraphs, and what it says of itself."""

    text: str
    paragraphs: tuple[Span, ...]
    fields: Fields
    notice: str | None = None
    language: str | None = None
    """What the source declares; what its text shows goes before it."""


def read_text(text: str) -> Document:
    """The article in a plain text.

    Raises:
        UnreadableSource: there is no text, or a header gives an impossible date or address.
    """
    checked_text(text)
    fields, start = _headers(text)
    if found := _DATE.match(text, start):
        day = published_day(found.group(1))
        if fields.published not in (None, day):
            raise UnreadableSource(f"two dates are given, {fields.published} and {day}", hint="keep one of them")
        fields = fields.or_else(Fields(published=day))
        start = found.end()
    parts = [part for run in blocks(text, start) for part in parted(text, run)]
    spans = split(text, start) if len(parts) < 2 else [(part[0][0], part[-1][1]) for part in parts]
    page = of_page(text, spans, title=fields.title)
    if not page.paragraphs:
        raise UnreadableSource("there is no text in it", hint="add a file that holds an article")
    return Document(text, tuple(page.paragraphs), fields.or_else(page.fields), page.notice)


def _headers(text: str) -> tuple[Fields, int]:
    """The header lines at the top, and where the text after them starts."""
    given: dict[str, str] = {}
    start = 0
    for line_start, line_end in lines(text):
        line = text[line_start:line_end]
        header = _HEADER.match(line)
        if header is None:
            if line.strip():
                break
            continue
        name = header.group(1).lower().replace("date", "published")
        if name in given:
            raise UnreadableSource(f"the header {name}: is given twice", hint="keep one of them")
        given[name] = header.group(2)
        start = min(line_end + 1, len(text))
    return (
        Fields(
            url=web_address(given["url"]) if given.get("url") else None,
            outlet=line_of("outlet", given.get("outlet", "")),
            title=line_of("title", given.get("title", "")),
            published=published_day(given["published"]) if given.get("published") else None,
            author=line_of("author", given.get("author", "")),
        ),
        start,
    )
