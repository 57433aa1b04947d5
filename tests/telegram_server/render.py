"""A recorded chat as one HTML page that looks like a phone, light and dark side by side."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from html import escape
from typing import Any

from PIL import Image

from tests.telegram_server.server import BotApiServer
from tests.telegram_server.state import Chat, Json

_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ('<blockquote class="folded">', "</blockquote>"),
    "spoiler": ("<span>", "</span>"),
}

STYLE = """
body{margin:0;padding:24px;background:#8a94a0;font:15px/1.35 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
display:flex;gap:24px;flex-wrap:wrap;justify-content:center}
.phone{width:390px;border-radius:28px;overflow:hidden;box-shadow:0 6px 24px #0006}
.light{--back:#dfe8d9;--in:#fff;--out:#effdde;--ink:#111;--faint:#667;--bar:#3390ec;--quote:#3390ec18;--head:#fff;--key:#0002}
.dark{--back:#0e1621;--in:#182533;--out:#2b5278;--ink:#f2f5f7;--faint:#9ab;--bar:#6ab3f3;--quote:#6ab3f322;--head:#17212b;
--key:#fff2}
.phone header{background:var(--head);color:var(--ink);padding:14px 18px;font-weight:600}
.chat{background:var(--back);padding:12px;min-height:600px}
.m{max-width:86%;width:fit-content;margin:0 0 8px;color:var(--ink)}
.m.out{margin-left:auto}.b{background:var(--in);border-radius:14px;padding:7px 11px;
overflow-wrap:anywhere;white-space:pre-wrap}
.out .b{background:var(--out)}.re{border-left:3px solid var(--bar);padding-left:7px;color:var(--faint);font-size:13px;
white-space:nowrap;overflow:hidden;text-overflow:ellipsis;display:block;margin-bottom:3px}
blockquote{margin:4px 0;padding:4px 8px;border-left:3px solid var(--bar);background:var(--quote);border-radius:5px}
blockquote.folded{max-height:7.6em;overflow:hidden;-webkit-mask-image:linear-gradient(#000 70%,#0003)}
a{color:var(--bar)}pre{white-space:pre-wrap;margin:0}img{width:100%;border-radius:10px;display:block;margin-bottom:5px}
.k{display:flex;gap:4px;margin-top:4px}.k span{flex:1;text-align:center;background:var(--key);border-radius:8px;
padding:7px 2px;font-size:13px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
"""


def page(server: BotApiServer, chat: Chat, title: str) -> str:
    """The chat's messages as they stand now."""
    body = "".join(_message(server, message) for message in chat.messages.values())
    phones = "".join(
        f'<section class="phone {mode}"><header>{escape(title)}</header><div class="chat">{body}</div></section>'
        for mode in ("light", "dark")
    )
    pictures = "".join(
        _picture(server, photo["file_id"]) for one in chat.messages.values() for photo in one.get("photo", [])
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}{pictures}</style><body>{phones}</body></html>\n"
    )


def _picture(server: BotApiServer, file_id: str) -> str:
    """A picture's bytes once, for both phones, in few colours."""
    buffer = io.BytesIO()
    shown = Image.open(io.BytesIO(server.state.files[file_id].content)).convert("RGB").quantize(32)
    shown.save(buffer, "PNG", optimize=True)
    return f".{file_id}{{content:url(data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()})}}"


def _message(server: BotApiServer, message: Json) -> str:
    ours = message["from"]["id"] == server.state.bot["id"]
    parts = []
    if ours and (asked := message.get("reply_to_message")):
        parts.append(f'<span class="re">{escape(asked.get("text", "…")[:60])}</span>')
    for photo in message.get("photo", []):
        parts.append(f'<img alt="a timeline; the same as text below" class="{photo["file_id"]}">')
    text, entities = message.get("text"), message.get("entities", [])
    if text is None:
        text, entities = message.get("caption", ""), message.get("caption_entities", [])
    parts.append(with_entities(text, entities if ours else []))
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    keys = "".join(
        '<div class="k">' + "".join(f"<span>{escape(button['text'])}</span>" for button in row) + "</div>"
        for row in rows
    )
    return f'<div class="m{"" if ours else " out"}"><div class="b">{"".join(parts)}</div>{keys}</div>'


def with_entities(text: str, entities: Iterable[dict[str, Any]]) -> str:
    """A message's text with its entities (offsets in UTF-16 code units) as HTML."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    marks: list[tuple[int, int, int, str]] = []
    for place, entity in enumerate(entities):
        start, end = entity["offset"], entity["offset"] + entity["length"]
        before, after = _TAGS.get(entity["type"], ("", ""))
        if entity["type"] == "text_link":
            before, after = f'<a href="{escape(entity["url"], quote=True)}">', "</a>"
        marks.append((start, 1, place, before))
        marks.append((end, 0, -place, after))
    html, position = [], 0
    for where, _, _, tag in sorted(marks):
        html.append(escape(encoded[2 * position : 2 * where].decode("utf-16-le", "replace"), quote=False))
        html.append(tag)
        position = where
    html.append(escape(encoded[2 * position :].decode("utf-16-le", "replace"), quote=False))
    # a block ends its own line
    return "".join(html).replace("</blockquote>\n", "</blockquote>").replace("\n<blockquote", "<blockquote")
