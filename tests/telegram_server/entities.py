"""Telegram's HTML: the text and entities that a client would see, or a 400.

https://core.telegram.org/bots/api#html-style. Offsets and lengths of entities are UTF-16 code units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.telegram_server.state import ApiError

SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "span": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
MOST_ENTITIES = 100
MOST_LINK_BYTES = 9500

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>\"']+))?)*)\s*>")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+)))?")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]+));")


def units(text: str) -> int:
    """The length of a text in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(slots=True)
class _Open:
    tag: str
    start: int
    entity: dict[str, Any] | None


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The text without tags and its entities.

    Raises:
        ApiError: 400, for a tag that is unknown, unclosed, wrongly nested or lacks what it needs.
    """
    parts: list[str] = []
    length = 0
    stack: list[_Open] = []
    entities: list[dict[str, Any]] = []
    position = 0
    while position < len(source):
        character = source[position]
        if character == "<":
            match = _TAG.match(source, position)
            if match is None:
                raise _bad(f"Unexpected or unclosed tag at byte offset {_offset(source, position)}")
            closing, name, attributes = match[1] == "/", match[2].lower(), match[3]
            if closing:
                if not stack:
                    raise _bad(f"Unexpected end tag at byte offset {_offset(source, position)}")
                opened = stack.pop()
                if opened.tag != name:
                    raise _bad(
                        f'Unmatched end tag at byte offset {_offset(source, position)}, expected "</{opened.tag}>", '
                        f'found "</{name}>"'
                    )
                if opened.entity is not None and length > opened.start:
                    entities.append({**opened.entity, "offset": opened.start, "length": length - opened.start})
            else:
                entity = _start(name, attributes, stack, _offset(source, position))
                stack.append(_Open(name, length, entity))
            position = match.end()
            continue
        if character == "&" and (match := _REFERENCE.match(source, position)):
            plain = _decode(match)
            parts.append(plain)
            length += units(plain)
            position = match.end()
            continue
        parts.append(character)
        length += 2 if ord(character) > 0xFFFF else 1
        position += 1
    if stack:
        raise _bad(f'Can\'t find end tag corresponding to start tag "{stack[-1].tag}"')
    return "".join(parts), sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _offset(source: str, position: int) -> int:
    return len(source[:position].encode("utf-8", "surrogatepass"))


def _bad(reason: str) -> ApiError:
    return ApiError(400, f"Bad Request: can't parse entities: {reason}")


def _decode(match: re.Match[str]) -> str:
    if match[3]:
        return NAMED.get(match[3], match[0])  # other names are shown as they stand
    code = int(match[1]) if match[1] else int(match[2], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]


def _start(name: str, attributes: str, stack: list[_Open], offset: int) -> dict[str, Any] | None:
    if name not in SIMPLE:
        raise _bad(f'Unsupported start tag "{name}" at byte offset {offset}')
    values = {found[1].lower(): found[2] or found[3] or found[4] or "" for found in _ATTRIBUTE.finditer(attributes)}
    inside = [opened.tag for opened in stack]
    # "pre and code entities can't contain any other entities"; a code in a pre only names its language
    if any(tag in ("code", "pre") for tag in inside) and not (name == "code" and inside[-1:] == ["pre"]):
        raise _bad(f'tag "{name}" inside "{inside[-1]}" at byte offset {offset}')
    if name == "blockquote" and "blockquote" in inside:
        raise _bad(f"nested blockquote at byte offset {offset}")
    if name == "a" and "a" in inside:
        raise _bad(f"nested link at byte offset {offset}")
    allowed = {
        "a": {"href"},
        "blockquote": {"expandable"},
        "span": {"class"},
        "tg-emoji": {"emoji-id"},
        "code": {"class"},
    }.get(name, set())
    if unknown := set(values) - allowed:
        raise _bad(f'attribute "{min(unknown)}" of tag "{name}" at byte offset {offset}')
    if name == "span" and values.get("class") != "tg-spoiler":
        raise _bad(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
    if name == "tg-emoji" and not values.get("emoji-id", "").isdigit():
        raise _bad(f'Tag "tg-emoji" must have attribute "emoji-id" at byte offset {offset}')
    if name == "a":
        link = re.sub(r"&(amp|quot|lt|gt);", lambda found: NAMED[found[1]], values.get("href", ""))
        if not re.match(r"(https?://[^\s/]+|tg://|mailto:|tel:)", link):
            raise _bad(f"link without a usable address at byte offset {offset}")
        return {"type": "text_link", "url": link}
    if name == "blockquote" and "expandable" in values:
        return {"type": "expandable_blockquote"}
    return {"type": SIMPLE[name]}


def clean(text: str) -> str:
    """What the server does to any text: control characters to spaces, U+2028..U+202E (overrides among them) gone."""
    text = re.sub(r"[\u2028-\u202e]", "", text.replace("\r", ""))
    return re.sub(r"[\x00-\x09\x0b-\x1f]", " ", text)


def formatted(source: str, parse_mode: str | None, given: list[dict[str, Any]] | None, limit: int, empty: str | None,
              too_long: str) -> tuple[str, list[dict[str, Any]]]:  # fmt: skip
    """A message's text with its entities, trimmed and checked against the limit that counts after parsing.

    The documents say "characters after entities parsing"; whether those are code points or UTF-16 units is not said,
    so the double counts the larger, UTF-16.
    """
    source = clean(source)
    if parse_mode is None:
        text, entities = source, list(given or [])
    elif parse_mode.lower() == "html":
        text, entities = parse_html(source)
    else:
        raise ApiError(400, "Bad Request: unsupported parse_mode")
    trimmed = text.rstrip()
    lead = len(trimmed) - len(trimmed.lstrip())
    shift = units(trimmed[:lead])
    trimmed = trimmed.lstrip()
    whole = units(trimmed)
    if not trimmed and empty:
        raise ApiError(400, f"Bad Request: {empty}")
    if whole > limit:
        raise ApiError(400, f"Bad Request: {too_long}")
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - shift)
        end = min(whole, entity["offset"] + entity["length"] - shift)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    if len(kept) > MOST_ENTITIES or sum(len(entity.get("url", "").encode()) for entity in kept) > MOST_LINK_BYTES:
        raise ApiError(400, "Bad Request: ENTITIES_TOO_LONG")
    return trimmed, kept
