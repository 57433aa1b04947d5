"""Links that land on the quote: text fragments.

https://wicg.github.io/scroll-to-text-fragment/: ``#:~:text=start[,end]``, parts percent-encoded; dash, comma and
ampersand are the directive's own syntax and are encoded too.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

SHORT: Final = 80
"""Characters up to which a quote is named whole; a longer one by its first and last words."""
EDGE_WORDS: Final = 8
LONGEST: Final = 2000
"""Bytes of an address that every browser and client takes."""


def link_to(url: str | None, quoted: str) -> str | None:
    """The article's address, landing on a quote; None where the address can't be linked (not http or https)."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    own = parts.fragment.split(":~:", 1)[0]
    safe = urlunsplit(
        (
            parts.scheme,
            _encoded(parts.netloc, "@:[]"),
            _encoded(parts.path, "/:@!$&'()*+,;=~"),
            _encoded(parts.query, "/?:@!$&'()*+,;=~[]"),
            "",
        )
    )
    plain = f"{safe}#{_encoded(own, '/?:@!$&()*+,;=~')}" if own else safe
    if len(plain) > LONGEST:
        return None
    directive = text_directive(quoted)
    landing = f"{plain}{'' if own else '#'}:~:{directive}"
    return landing if directive and len(landing) <= LONGEST else plain


def text_directive(quoted: str) -> str:
    """``text=...`` for a quote. A quote over several paragraphs or a long one is a range: a browser matches the start
    and the end each within one block of the page, so neither may cross a line."""
    lines = [" ".join(line.split()) for line in quoted.splitlines() if line.strip()]
    if not lines:
        return ""
    if len(lines) == 1 and len(lines[0]) <= SHORT:
        return "text=" + _part(lines[0])
    start, end = lines[0].split(" "), lines[-1].split(" ")
    if len(lines) == 1:
        edge = min(EDGE_WORDS, len(start) // 2)
        if edge == 0:
            return "text=" + _part(lines[0])
        return "text=" + _part(" ".join(start[:edge])) + "," + _part(" ".join(end[-edge:]))
    return "text=" + _part(" ".join(start[:EDGE_WORDS])) + "," + _part(" ".join(end[-EDGE_WORDS:]))


def _part(text: str) -> str:
    return quote(text.encode("utf-8", "replace"), safe="").replace("-", "%2D")


def _encoded(text: str, safe: str) -> str:
    """Percent-encode what may not stand in an address, leaving what is encoded already."""
    return quote(text.encode("utf-8", "replace"), safe=safe + "%")
