"""JSON Lines: an article a line, streamed, so that a file may be larger than memory.

``{"id"?, "url"?, "outlet"?, "title"?, "published"?, "author"?, "text"}``; other keys are
passed over. The text is stored exactly as it is given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from data.errors import UnreadableSource
from data.reading.fields import Fields, checked_text, line_of, published_day, web_address
from data.reading.sources import MAX_ARTICLE, Readable, Unpacked, size_error

HOPELESS = 100
"""Broken lines before the first good one, after which a file is taken for something else than JSON Lines."""

_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """One line: the article's text and fields, or the error that stands in their place."""

    line: int
    text: str = ""
    fields: Fields = field(default_factory=Fields)
    id: str | None = None
    error: UnreadableSource | None = None


def records(stream: Readable) -> Iterator[Record]:
    """Each line of a JSON Lines stream (gunzipped if need be), blank lines left out; a broken line is one record
    with an error.

    Memory is bounded by ``MAX_ARTICLE``, the longest line accepted, and 100 bytes an id given.
    """
    seen: dict[bytes, int] = {}
    good = broken = 0
    line = 0
    try:
        for line, data in enumerate(_lines(Unpacked(stream)), start=1):
            if data is not None and not data.strip():
                continue
            record = _record(line, data, seen)
            yield record
            good += record.error is None
            broken += record.error is not None
            if not good and broken >= HOPELESS:
                hint = "each line is one JSON object; other text files end in .txt, pages in .html"
                yield Record(line, error=UnreadableSource(f"no line up to {line} is an article", hint=hint))
                return
        if not good and not broken:
            yield Record(0, error=UnreadableSource("the file is empty", hint="add a file that holds an article"))
    except UnreadableSource as error:  # the stream itself: damaged gzip, a bomb
        yield Record(line + 1, error=error)


def _lines(stream: Unpacked) -> Iterator[bytes | None]:
    """The stream's lines; None stands for one that is too long to hold."""
    parts: list[bytes] = []
    length = 0
    while chunk := stream.read(_CHUNK):
        *ended, rest = chunk.split(b"\n")
        for end in ended:
            yield b"".join([*parts, end]) if length + len(end) <= MAX_ARTICLE else None
            parts, length = [], 0
        length += len(rest)
        if length <= MAX_ARTICLE:
            parts.append(rest)
        else:
            parts = []
    if length:
        yield b"".join(parts) if length <= MAX_ARTICLE else None


def _record(line: int, data: bytes | None, seen: dict[bytes, int]) -> Record:
    try:
        if data is None:
            raise size_error()
        given = _object(data.removeprefix(b"\xef\xbb\xbf") if line == 1 else data)
        text = given.get("text")
        if not isinstance(text, str):
            raise UnreadableSource('"text" is missing' if text is None else '"text" is not a string')
        if not text.strip():
            raise UnreadableSource('"text" is empty')
        fields = _fields(given)
        name = _id(given.get("id"))
        if name is not None:
            key = hashlib.blake2b(name.encode(), digest_size=12).digest()
            if (earlier := seen.setdefault(key, line)) != line:
                raise UnreadableSource(f"the id {name!r} was given on line {earlier} already", hint="ids must differ")
        return Record(line, checked_text(text), fields, name)
    except UnreadableSource as error:
        return Record(line, error=error)


def _object(data: bytes) -> dict[str, object]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:64]:
        raise UnreadableSource("JSON Lines must be UTF-8, this is not", hint="save the file as UTF-8")
    try:
        given = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UnreadableSource(f"byte {error.start + 1} is not UTF-8", hint="save the file as UTF-8") from None
    except json.JSONDecodeError as error:
        raise UnreadableSource(
            f"broken JSON at character {error.pos + 1} ({error.msg})", hint="mend or remove the line"
        ) from None
    except (RecursionError, ValueError):
        raise UnreadableSource(
            "broken JSON (nested too deep, or a number too long)", hint="mend or remove the line"
        ) from None
    if not isinstance(given, dict):
        raise UnreadableSource("the line is not a JSON object", hint='write {"title": ..., "text": ...}, one a line')
    return given


def _fields(given: dict[str, object]) -> Fields:
    url, published = _string(given, "url"), _string(given, "published")
    return Fields(
        url=web_address(url) if url else None,
        outlet=_string(given, "outlet"),
        title=_string(given, "title"),
        published=published_day(published) if published else None,
        author=_string(given, "author"),
    )


def _string(given: dict[str, object], name: str) -> str | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise UnreadableSource(f'"{name}" is {json.dumps(value)[:40]}, not a string')
    return line_of(name, value)


def _id(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is not None and not isinstance(value, str):
        raise UnreadableSource(f'"id" is {json.dumps(value)[:40]}, not a string')
    if not value:
        return None
    if line_of("id", value) != value:
        raise UnreadableSource(f'"id" is {value[:40]!r}, with line ends or stray spaces', hint="write it without them")
    return value
