"""A saved or fetched web page to its article, by trafilatura (Barbaresi 2021), with what it misses mended.

The stored text of a page is its extracted text: the article's paragraphs in order, with blank lines between. A page
is data: no script is run, nothing it
names is fetched, and a page too large or nested too deep is refused.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import date
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from data.errors import UnreadableSource
from data.model import Span
from data.reading.fields import Fields, checked_text
from data.reading.furniture import is_furniture
from data.reading.metadata import Head, head_of, short_text
from data.reading.notices import LONGEST, notice_in
from data.reading.plain import Document

MAX_ELEMENTS = 100_000
"""Elements of a page: the largest news pages have a tenth of it."""

MAX_DEPTH = 250
"""Levels of nesting, beyond which tree code written for people's pages runs out of stack."""

_XML = re.compile(r"\A\s*<\?xml[^>]{0,500}\?>")
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]」]*\Z")
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
_STATED_DATES = {"original_date": True, "extensive_search": False}  # a date guessed from the running text does harm
_BLOCKS = ("p", "h2", "h3", "h4", "li", "div", "section", "span", "strong")
_ASIDE = frozenset(("nav", "footer", "aside", "figure", "script", "style", "noscript", "button", "form"))


def read_page(html: str, *, address: str | None = None) -> Document:
    """The article in a page.

    Args:
        html: the page, decoded.
        address: where it was fetched from, if it was.

    Raises:
        UnreadableSource: no article is found in it, or it is too large or too deep.
    """
    tree = _parse(html.replace("\x00", ""))
    head = head_of(tree)
    visible = list(_visible(tree))
    parts, found = _extracted(tree, address)
    fields = head.fields.or_else(found)
    parts = _without_furniture(parts, head, fields, _apart(tree))
    if head.body and (len(head.body) > 3 * sum(map(len, parts)) or (len(parts) == 1 and "\n" in head.body)):
        # The page shows its article by a script, and holds it whole in its data.
        parts = [part for part in (line.strip() for line in head.body.splitlines()) if part]
    elif summary := _standfirst(visible, head, parts):
        parts.insert(0, summary)
    text, spans = _joined(parts)
    notice = notice_in(text, spans)
    if notice:
        spans = [span for ordinal, span in enumerate(spans) if ordinal not in notice.ordinals]
    else:
        notice = notice_in(*_joined(visible))
    if not spans:
        raise UnreadableSource("no article is found on the page", hint="save its text as a .txt file")
    fields = fields.or_else(Fields(outlet=notice.outlet if notice else None))
    return Document(checked_text(text), tuple(spans), fields, notice.text if notice else None, head.language)


def _parse(html: str) -> HtmlElement:
    parser = HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    try:
        # A string can't have an encoding any more, and lxml refuses one that says it has.
        tree = document_fromstring(_XML.sub("", html), parser=parser)
    except (etree.LxmlError, ValueError):
        raise UnreadableSource("the page is empty or no HTML", hint="save its text as a .txt file") from None
    elements = depth = deepest = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
        elements += event == "start"
        if elements > MAX_ELEMENTS or deepest > MAX_DEPTH:
            raise UnreadableSource("the page is too large or nested too deep", hint="save its text as a .txt file")
    return tree


def _extracted(tree: HtmlElement, address: str | None) -> tuple[list[str], Fields]:
    """What trafilatura makes of the page: its blocks, and fields where the head has none."""
    # Imported here: they are slow to load, and most sources are no pages.
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs addresses
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    # The headline is known from the head, and a caption is no part of the running text.
    for element in list(tree.iter("h1", "figcaption")):
        if element.getparent() is not None:
            element.drop_tree()
    try:
        document = trafilatura.bare_extraction(
            tree, url=address, with_metadata=True, include_comments=False, date_extraction_params=_STATED_DATES
        )
    except Exception:
        # A page is untrusted, and the libraries' ways to fail on a malformed one are many.
        raise UnreadableSource("the page is malformed", hint="save its text as a .txt file") from None
    if document is None:
        return [], Fields()
    # Items of a list come with a hyphen that the page does not have.
    lines = (line.strip().removeprefix("- ").strip() for line in (document.text or "").split("\n"))
    return [line for line in lines if line], Fields(
        url=document.url or None,
        outlet=document.sitename or None,
        title=" ".join((document.title or "").split()) or None,
        published=_day(document.date),
        author=(document.author or "").replace("; ", ", ") or None,
    )


def _without_furniture(parts: list[str], head: Head, fields: Fields, apart: frozenset[str]) -> list[str]:
    authors = {_folded(fields.author or ""), *(_folded(name) for name in (fields.author or "").split(","))}
    kept: list[str] = []
    for part in parts:
        folded = _folded(part)
        repeated = bool(kept) and part == kept[-1]
        if (
            not folded
            or folded in head.titles
            or folded in authors
            or folded in apart
            or repeated
            or is_furniture(part)
        ):
            continue
        if len(kept) < 3 and _is_stamp(part, fields):
            continue
        kept.append(part)
    return kept


def _is_stamp(part: str, fields: Fields) -> bool:
    """A line above the article that says only who wrote it or when."""
    if len(part) > 100 or _SENTENCE_END.search(part):
        return False
    authors = [_folded(name) for name in (fields.author or "").split(",") if name.strip()]
    others = _folded(part)
    for author in authors:
        others = others.replace(author, "")
    if others != _folded(part) and len(others) <= 25:
        return True
    year = str(fields.published.year) if fields.published else ""
    return bool(year) and year in part and bool(_CLOCK.search(part)) and len(part) <= 70


def _apart(tree: HtmlElement) -> frozenset[str]:
    """The folded texts of blocks that are one link and nothing else (ways to other articles), and of captions."""
    found = set()
    for element in tree.iter("p", "li", "h2", "h3", "h4"):
        links = [_folded(short_text(link)) for link in islice(element.iter("a"), 2)]
        if len(links) == 1 and len(links[0].split()) >= 3 and links[0] == _folded(short_text(element)):
            found.add(links[0])
    # Captions, where they are no figcaption.
    for element in tree.xpath("//figure//*[not(*)] | //*[contains(@class, 'caption')]"):
        if len(element) < 6:
            found.add(_folded(short_text(element)))
    return frozenset(found)


def _visible(tree: HtmlElement) -> Iterator[str]:
    """The texts of small blocks outside menus and footers' forms, in order."""
    for element in tree.iter(*_BLOCKS):
        if len(element) > 8 or any(parent.tag in _ASIDE for parent in element.iterancestors()):
            continue
        block = short_text(element, LONGEST)
        if len(block) >= 40:
            yield block


def _standfirst(visible: list[str], head: Head, parts: list[str]) -> str | None:
    """The sentence under the headline, which many pages keep outside the article's body: the description that is
    also shown."""
    known = " ".join(map(_folded, parts))
    for summary in head.summaries:
        folded = _folded(summary)
        if folded in known or folded in head.titles:
            return None
        for block in visible:
            if _folded(block) == folded:
                return block
    return None


def _joined(parts: list[str]) -> tuple[str, list[Span]]:
    spans: list[Span] = []
    end = -2
    for part in parts:
        spans.append((end + 2, end + 2 + len(part)))
        end = spans[-1][1]
    return "\n\n".join(parts), spans


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
