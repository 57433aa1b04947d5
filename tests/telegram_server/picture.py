"""A recorded chat as a picture, light and dark side by side, for pages that can't hold HTML. Only Pillow."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from tests.telegram_server.server import BotApiServer
from tests.telegram_server.state import Chat, Json

WIDTH, MARGIN, PAD, LINE = 780, 20, 20, 38
SIZE, SMALL = 28, 22
FOLDED_LINES = 5


@dataclass(frozen=True, slots=True)
class Look:
    back: str
    theirs: str
    mine: str
    ink: str
    faint: str
    bar: str
    quote: str
    key: str


LIGHT = Look("#dfe8d9", "#ffffff", "#effdde", "#111111", "#667077", "#3390ec", "#eaf3fd", "#c3cfbc")
DARK = Look("#0e1621", "#182533", "#2b5278", "#f2f5f7", "#9aabb8", "#6ab3f3", "#1f3246", "#24323f")

Run = tuple[str, frozenset[str]]


def picture(server: BotApiServer, chat: Chat, title: str) -> bytes:
    """A PNG of the whole chat."""
    columns = [_column(server, chat, title, look) for look in (LIGHT, DARK)]
    whole = Image.new("RGB", (2 * WIDTH + 3 * MARGIN, max(one.height for one in columns) + 2 * MARGIN), "#8a94a0")
    for place, one in enumerate(columns):
        whole.paste(one, (MARGIN + place * (WIDTH + MARGIN), MARGIN))
    buffer = io.BytesIO()
    whole = whole.resize((whole.width * 2 // 3, whole.height * 2 // 3), Image.Resampling.LANCZOS)
    whole.quantize(colors=32, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _font(size: int, style: frozenset[str]) -> Any:
    from matplotlib import get_data_path  # it brings DejaVu Sans along

    name = {(True, False): "-Bold", (False, True): "-Oblique", (True, True): "-BoldOblique"}.get(
        ("bold" in style, "italic" in style), ""
    )
    return ImageFont.truetype(str(Path(get_data_path()) / "fonts" / "ttf" / f"DejaVuSans{name}.ttf"), size)


def _column(server: BotApiServer, chat: Chat, title: str, look: Look) -> Any:
    image = Image.new("RGB", (WIDTH, 60_000), look.back)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 70), fill=look.theirs)
    draw.text((PAD, 18), title, font=_font(SIZE, frozenset({"bold"})), fill=look.ink)
    y = 90
    for message in chat.messages.values():
        y = _message(server, image, draw, message, y, look) + 16
    return image.crop((0, 0, WIDTH, y + 10))


def _message(server: BotApiServer, image: Any, draw: Any, message: Json, y: int, look: Look) -> int:
    ours = message["from"]["id"] == server.state.bot["id"]
    left, width = (PAD, WIDTH - 90) if ours else (130, WIDTH - 130 - PAD)
    inner = width - 2 * PAD
    text, entities = message.get("text"), message.get("entities", [])
    if text is None:
        text, entities = message.get("caption", ""), message.get("caption_entities", [])
    text = text.replace(
        "\N{LEFT-POINTING MAGNIFYING GLASS}", "\N{RIGHTWARDS ARROW} "
    )  # the font has no such sign; two units as well
    lines = _lines(text, entities if ours else [], inner)
    photos = []
    for photo in message.get("photo", []):
        shown = Image.open(io.BytesIO(server.state.files[photo["file_id"]].content)).convert("RGB")
        photos.append(shown.resize((inner, shown.height * inner // shown.width)))
    height = 2 * 12 + LINE * len(lines) + sum(one.height + 10 for one in photos)
    draw.rounded_rectangle((left, y, left + width, y + height), 18, fill=look.theirs if ours else look.mine)
    at = y + 12
    for one in photos:
        image.paste(one, (left + PAD, at))
        at += one.height + 10
    for line in lines:
        if any("quote" in style for _, style in line):
            draw.rectangle((left + PAD - 8, at, left + width - PAD, at + LINE), fill=look.quote)
            draw.rectangle((left + PAD - 8, at, left + PAD - 4, at + LINE), fill=look.bar)
        x = left + PAD + (4 if any("quote" in style for _, style in line) else 0)
        for word, style in line:
            font = _font(SIZE - 4, style)
            draw.text((x, at + 4), word, font=font, fill=look.bar if "link" in style else look.ink)
            x += draw.textlength(word, font=font)
        at += LINE
    at = y + height + 8
    for row in message.get("reply_markup", {}).get("inline_keyboard", []):
        each = (width - 8 * (len(row) - 1)) / len(row)
        for place, button in enumerate(row):
            x = left + place * (each + 8)
            draw.rounded_rectangle((x, at, x + each, at + 48), 12, fill=look.key)
            font = _font(SMALL, frozenset())
            draw.text((x + (each - draw.textlength(button["text"], font=font)) / 2, at + 10), button["text"], font=font,
                      fill=look.ink)  # fmt: skip
        at += 56
    return at


def _lines(text: str, entities: list[dict[str, Any]], width: int) -> list[list[Run]]:
    """The text broken into lines of styled words; a folded quote shows its first lines."""
    measure = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    styles = _styles(text, entities)
    lines: list[list[Run]] = []
    start = 0
    folded = 0
    for paragraph in text.split("\n"):
        line: list[Run] = []
        used = 0.0
        place = start
        for word in paragraph.split(" "):
            style = styles[place] if place < len(styles) else frozenset()
            shown = word + " "
            length = measure.textlength(shown, font=_font(SIZE - 4, style))
            if used + length > width and line:
                lines.append(line)
                line, used = [], 0.0
            line.append((shown, style))
            used += length
            place += len(word) + 1
        start += len(paragraph) + 1
        lines.append(line)
    kept: list[list[Run]] = []
    for line in lines:
        folded = folded + 1 if any("folded" in style for _, style in line) else 0
        if folded <= FOLDED_LINES:
            kept.append(line)
    return kept


def _styles(text: str, entities: list[dict[str, Any]]) -> list[frozenset[str]]:
    """The styles of every character; entities count UTF-16 code units."""
    names = {
        "bold": "bold",
        "italic": "italic",
        "text_link": "link",
        "blockquote": "quote",
        "expandable_blockquote": "quote",
    }
    styles: list[frozenset[str]] = []
    at = 0
    for character in text:
        held = {
            names[one["type"]]
            for one in entities
            if one["type"] in names and one["offset"] <= at < one["offset"] + one["length"]
        }
        if any(
            one["type"] == "expandable_blockquote" and one["offset"] <= at < one["offset"] + one["length"]
            for one in entities
        ):
            held.add("folded")
        styles.append(frozenset(held))
        at += 2 if character > "\uffff" else 1
    return styles
