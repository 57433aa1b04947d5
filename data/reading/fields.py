"""What a source says about its article (title, outlet, url, date, author), checked strictly before anything is stored.

A wrong date or link does harm, so nothing here guesses: a value is a plain ISO date, a web address, a string, or an
error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from data.errors import UnreadableSource

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?\Z", re.I)
_UNPRINTABLE = re.compile("[\x00\ud800-\udfff]")

MAX_FIELD = 2000
"""Characters of a title, outlet, author or address: longer ones are no titles but text in the wrong place."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What is known of an article beside its text. Every field may be missing."""

    url: str | None = None
    outlet: str | None = None
    title: str | None = None
    published: date | None = None
    author: str | None = None

    def or_else(self, other: Fields) -> Fields:
        """These fields, the missing ones taken from ``other``."""
        return Fields(
            url=self.url or other.url,
            outlet=self.outlet or other.outlet,
            title=self.title or other.title,
            published=self.published or other.published,
            author=self.author or other.author,
        )


def published_day(value: str) -> date:
    """The day of an ISO date (``2019-04-01``) or ISO time (``2019-04-01T23:30:00-05:00``), in the time's own zone.

    Raises:
        UnreadableSource: anything else, and days that do not exist.
    """
    value = value.strip()
    try:
        if _DAY.match(value):
            return date.fromisoformat(value)
        if _TIME.match(value):
            return datetime.fromisoformat(
                value.replace(",", ".").replace("z", "Z").replace(" ", "T", 1).replace(" ", "")
            ).date()
    except ValueError:
        pass
    raise UnreadableSource(
        f"published is {_shown(value)}, which is no date", hint="write it as YYYY-MM-DD or as an ISO time"
    )


def web_address(value: str) -> str:
    """``value`` if it is an http(s) address with a host.

    Raises:
        UnreadableSource: it is something else ("javascript:", a path, an address with a space in it).
    """
    value = value.strip()
    try:
        parts = urlsplit(value)
        good = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s<>\"]", value)
    except ValueError:
        good = False
    if not good or len(value) > MAX_FIELD:
        raise UnreadableSource(
            f"url is {_shown(value)}, which is no web address", hint="it starts with http:// or https://"
        )
    return value


def line_of(name: str, value: str) -> str | None:
    """``value`` on one line, without outer white space; None when nothing is left.

    Raises:
        UnreadableSource: it is longer than ``MAX_FIELD`` or holds characters that can't be stored.
    """
    line = " ".join(value.split())
    if len(line) > MAX_FIELD:
        raise UnreadableSource(f"{name} has {len(line):,} characters", hint=f"at most {MAX_FIELD:,} are accepted")
    if _UNPRINTABLE.search(line):
        raise UnreadableSource(f"{name} holds characters that can't be stored (NUL or half a surrogate pair)")
    return line or None


def checked_text(text: str) -> str:
    """``text`` itself, if it can be stored.

    Raises:
        UnreadableSource: a NUL character or half a surrogate pair, neither of which a database or a message can hold.
    """
    if _UNPRINTABLE.search(text):
        raise UnreadableSource(
            "the text holds characters that can't be stored (NUL or half a surrogate pair)",
            hint="save it as clean UTF-8",
        )
    return text


def _shown(value: str) -> str:
    return repr(value if len(value) <= 40 else value[:37] + "...")
