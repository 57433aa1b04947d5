"""What a page's head says of its article: title, author, outlet, date, address. Read as data; nothing in a page is
ever run.

Publishers write it up to three times: as JSON-LD (schema.org's NewsArticle), as Open Graph and other ``meta`` elements
(ogp.me), and in the visible page. Where they differ, two that agree outvote the third.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape
from itertools import islice
from urllib.parse import urljoin

from lxml.html import HtmlElement

from data.errors import UnreadableSource
from data.reading.fields import MAX_FIELD, Fields, published_day, web_address

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review)\Z")
_SEPARATOR = re.compile(r"\s+[|\u2013\u2014-]\s+|\s*[:\uff5c]\s+")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?!\d)")
_ADDRESS = re.compile(r"https?://|@|\bwww\.", re.I)

MAX_NODES = 5000
"""JSON-LD nodes looked at: a page holds a few dozen."""


@dataclass(frozen=True, slots=True)
class Head:
    """A page's account of its article. ``titles`` are all that it was called; ``summaries`` its descriptions."""

    fields: Fields
    titles: frozenset[str]
    summaries: tuple[str, ...]
    body: str | None
    language: str | None


def head_of(tree: HtmlElement) -> Head:
    """Read the head of a parsed page."""
    article = next(_articles(tree), {})
    meta = _meta(tree)
    headings = [short_text(heading) for heading in islice(tree.iter("h1"), 10)]
    headings = [heading for heading in headings if heading]
    linked, open_graph = _text(article.get("headline")) or _text(article.get("name")), _line(meta.get("og:title", ""))
    outlet = _outlet(_line(meta.get("og:site_name", "")), _name(article.get("publisher")))
    titles = [title for title in (linked, open_graph, *headings) if title]
    title = _without_outlet(_title(linked, open_graph, headings) or _line(tree.findtext(".//title") or ""), outlet)
    body = article.get("articleBody")
    return Head(
        fields=Fields(
            url=_address(tree, meta, article),
            outlet=outlet or None,
            title=title or None,
            published=_day(article.get("datePublished")) or _meta_day(meta),
            author=_authors(article.get("author")) or _authors(meta.get("author")) or None,
        ),
        titles=frozenset(_folded(one) for one in (*titles, title) if one),
        summaries=tuple(
            dict.fromkeys(
                summary
                for summary in (
                    _text(article.get("description")),
                    _line(meta.get("og:description", "")),
                    _line(meta.get("description", "")),
                )
                if summary
            )
        ),
        body=unescape(body) if isinstance(body, str) else None,
        language=_language(tree),
    )


def short_text(element: HtmlElement, limit: int = MAX_FIELD) -> str:
    """The text within an element on one line, or nothing when it is longer than ``limit``.

    It stops looking there: in a page made to be slow, every level of nesting would hold the whole page.
    """
    pieces: list[str] = []
    length = 0
    for piece in islice(element.itertext(), limit):
        words = " ".join(piece.split())
        length += len(words) + 1
        if length > limit:
            return ""
        pieces.append(piece)
    return " ".join("".join(pieces).split())


def _articles(tree: HtmlElement) -> Iterator[dict[str, object]]:
    """The JSON-LD nodes that describe an article, in order; broken JSON is passed over."""
    seen = 0
    for script in tree.iter("script"):
        if (script.get("type") or "").split(";")[0].strip().lower() != "application/ld+json" or not script.text:
            continue
        try:
            waiting = [json.loads(script.text.strip().rstrip(";"), strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting and seen < MAX_NODES:
            node = waiting.pop(0)
            seen += 1
            if isinstance(node, list):
                waiting[:0] = node
            elif isinstance(node, dict):
                kinds = node.get("@type")
                if any(_ARTICLE.search(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds])):
                    yield node
                waiting += [node[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in node]


def _meta(tree: HtmlElement) -> dict[str, str]:
    """The ``meta`` elements by lower-case name, the first of each that says something."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        if name and (content := (element.get("content") or "").strip()):
            found.setdefault(name, content[: 4 * MAX_FIELD])
    return found


def _title(linked: str, open_graph: str, headings: list[str]) -> str:
    """Open Graph's title, unless JSON-LD and a visible heading agree on another."""
    folded = {_folded(heading): heading for heading in reversed(headings)}
    if linked and _folded(linked) in folded:
        return linked if _folded(linked) != _folded(open_graph) else open_graph
    return open_graph or linked or (headings[0] if headings else "")


def _without_outlet(title: str, outlet: str) -> str:
    """The title without "| The Outlet" at its end."""
    parts = list(_SEPARATOR.finditer(title))
    if outlet and parts and _folded(title[parts[-1].end() :]) == _folded(outlet):
        return title[: parts[-1].start()]
    return title


def _outlet(site: str, publisher: str) -> str:
    """The site's name; the publisher's where the site's is only a slug ("canada")."""
    if site and not (site.islower() and publisher):
        return site
    return publisher


def _address(tree: HtmlElement, meta: dict[str, str], article: dict[str, object]) -> str | None:
    canonical = next(
        (link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()), None
    )
    for value in (canonical, meta.get("og:url"), article.get("url")):
        if not isinstance(value, str):
            continue
        try:
            return web_address(urljoin(meta.get("og:url", ""), value))
        except (UnreadableSource, ValueError):
            continue
    return None


def _meta_day(meta: dict[str, str]) -> date | None:
    for name in (
        "article:published_time",
        "og:published_time",
        "datepublished",
        "parsely-pub-date",
        "sailthru.date",
        "dc.date.issued",
        "dcterms.created",
        "pubdate",
        "publish-date",
        "cxenseparse:recs:publishtime",
    ):
        if day := _day(meta.get(name)):
            return day
    return None


def _day(value: object) -> date | None:
    """The day that a time names, in its own zone; None for what is no ISO date."""
    found = _DAY.match(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    try:
        return published_day(found.group(1))
    except UnreadableSource:
        return None


def _authors(value: object) -> str:
    """The names of one or several authors, joined by commas; addresses are no names."""
    people = value if isinstance(value, list) else [value]
    names = [name for name in map(_name, people[:20]) if name and not _ADDRESS.search(name)]
    joined = ", ".join(dict.fromkeys(names))
    return joined if len(joined) <= MAX_FIELD else ""


def _name(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
        if isinstance(value, list):
            value = ", ".join(one for one in value if isinstance(one, str))
    return _text(value)


def _text(value: object) -> str:
    return _line(value) if isinstance(value, str) else ""


def _line(value: str) -> str:
    """One line; JSON-LD is often escaped once too often."""
    line = " ".join(unescape(value).split())
    return line if len(line) <= MAX_FIELD else ""


def _folded(value: str) -> str:
    return " ".join(re.findall(r"\w+", value.casefold()))


def _language(tree: HtmlElement) -> str | None:
    declared = re.match(r"[a-z]{2}(?![a-z])", (tree.get("lang") or "").strip().lower())
    return declared.group() if declared else None
