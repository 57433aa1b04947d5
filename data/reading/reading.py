"""Any source to articles: a file, a folder, a zip archive, standard input, a link. One result an article, in order.

One bad article never stops the rest: it is a result with an error that says what is wrong, where, and what to do.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from data.errors import UnreadableSource
from data.model import Article
from data.reading import furniture, identity, sources
from data.reading.decoding import decode
from data.reading.fields import Fields, line_of, published_day, web_address
from data.reading.jsonl import Record, records
from data.reading.language import language_of
from data.reading.notices import notice_in
from data.reading.paragraphs import split
from data.reading.plain import Document, read_text

if TYPE_CHECKING:
    from data.reading.links import Fetcher

_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:<!--.*?-->\s*)*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)


MAX_PARAGRAPHS = 20_000
"""Paragraphs of one article: a whole book has fewer."""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """An article, or the error that stands in its place.

    ``source`` names where it came from as a user would ("news.jsonl line 512", a link); ``file`` is the file's path as
    it was given, None for links and standard input.
    """

    source: str
    article: Article | None = None
    error: UnreadableSource | None = None
    file: str | None = None


def read(
    paths: Iterable[str],
    *,
    outlet: str | None = None,
    url: str | None = None,
    published: date | str | None = None,
    fetcher: Fetcher | None = None,
) -> Iterator[ReadResult]:
    """Read files, folders, zip archives, links ("http://...", "https://...") and standard input ("-").

    Args:
        paths: what to read, in order; a folder is read recursively, in sorted order, files of known suffixes only.
        outlet, url, published: what a source does not say itself. ``url`` is for a single article.
        fetcher: fetches links; by default one that reaches the public web only.

    Raises:
        UnreadableSource: at the call, when ``url`` or ``published`` is not one. Never for an article.
    """
    missing = Fields(
        url=web_address(url) if url else None,
        outlet=line_of("outlet", outlet) if outlet else None,
        published=published_day(published) if isinstance(published, str) else published,
    )
    return _results(paths, missing, fetcher)


def as_object(result: ReadResult) -> dict[str, object]:
    """What ``onrecord read --json`` prints for an article: paragraphs as strings, the file as it was named.

    Raises:
        ValueError: the result is an error.
    """
    article = result.article
    if article is None:
        raise ValueError("an error has no article to show")
    return {
        "file": result.file,
        "url": article.url,
        "title": article.title,
        "outlet": article.outlet,
        "author": article.author,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "paragraphs": [article.paragraph(ordinal) for ordinal in range(len(article.paragraphs))],
        "notice": article.notice,
    }


def _results(paths: Iterable[str], missing: Fields, fetcher: Fetcher | None) -> Iterator[ReadResult]:
    for path in paths:
        if path.lower().startswith(("http://", "https://")):
            if fetcher is None:
                from data.reading.links import Fetcher  # late: files need no HTTP client

                fetcher = Fetcher()
            yield _one(path, partial(_fetched, path, fetcher), missing, file=None)
        elif path == "-":
            yield from _stream("-", "standard input", sys.stdin.buffer, missing, file=None)
        else:
            yield from _path(path, missing)


def _path(path: str, missing: Fields) -> Iterator[ReadResult]:
    try:
        if Path(path).is_dir():
            yield from _folder(path, missing)
            return
        with sources.open_file(Path(path)) as stream:
            if sources.suffix(path) in sources.ZIP_SUFFIXES:
                yield from _zip(path, stream, missing)
            else:
                yield from _stream(path, path, stream, missing, file=path)
    except UnreadableSource as error:
        yield _failed(path, error, path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        yield _failed(path, UnreadableSource(f"can't be read ({reason.lower()})", hint="check the path"), path)


def _folder(path: str, missing: Fields) -> Iterator[ReadResult]:
    if missing.url:
        raise UnreadableSource("--url names one article, this is a folder", hint="give a file, or leave --url out")
    found = False
    for file in sources.files_in(Path(path)):
        found = True
        yield from _path(str(file), missing)
    if not found:
        known = ", ".join(sources.KNOWN_SUFFIXES)
        raise UnreadableSource("no file in the folder can be read", hint=f"known kinds: {known}, also with .gz")


def _stream(
    name: str, source: str, stream: sources.Readable, missing: Fields, *, file: str | None
) -> Iterator[ReadResult]:
    """The articles of one open file, by its suffix; by its first bytes where the suffix does not say."""
    kind = sources.suffix(name)
    if kind not in sources.KNOWN_SUFFIXES:
        unpacked = sources.Unpacked(stream)
        opening = unpacked.peek()
        stream = unpacked
        kind = ".jsonl" if opening.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else kind
    if kind in sources.JSONL_SUFFIXES:
        yield from _jsonl(source, stream, missing, file)
    else:
        yield _one(source, lambda: _document(sources.read_bounded(stream), kind), missing, file)


def _zip(path: str, stream: BinaryIO, missing: Fields) -> Iterator[ReadResult]:
    if missing.url:
        raise UnreadableSource("--url names one article, this is an archive", hint="unpack it, or leave --url out")
    found = False
    for name, member in sources.zip_members(stream):
        found = True
        try:
            yield from _stream(name, f"{path}/{name}", member, missing, file=f"{path}/{name}")
        except UnreadableSource as error:
            yield _failed(f"{path}/{name}", error, path)
    if not found:
        raise UnreadableSource(
            "no file in the zip archive can be read", hint="it should hold texts, pages or JSON Lines"
        )


def _jsonl(source: str, stream: sources.Readable, missing: Fields, file: str | None) -> Iterator[ReadResult]:
    if missing.url:
        error = UnreadableSource("--url names one article, this holds many", hint="write the url into the file")
        yield _failed(source, error, file)
        return
    for record in records(stream):
        where = f"{source} line {record.line}" if record.line else source
        if record.error:
            yield _failed(where, record.error, file)
        else:
            yield _one(where, partial(_of_record, record), missing, file, given_id=record.id, stored=source)


def _of_record(record: Record) -> Document:
    spans = furniture.without(record.text, split(record.text))
    if not spans:
        raise UnreadableSource('"text" holds no words', hint="mend or remove the line")
    notice = notice_in(record.text, spans)
    if notice:
        spans = [span for ordinal, span in enumerate(spans) if ordinal not in notice.ordinals]
    return Document(record.text, tuple(spans), record.fields, notice.text if notice else None)


def _document(data: bytes, kind: str) -> Document:
    """The article in a file's bytes: a page if its suffix or its opening says so, else plain text."""
    if not data.strip():
        raise UnreadableSource("the file is empty", hint="add a file that holds an article")
    if kind in sources.HTML_SUFFIXES or _PAGE.match(data[:2048].replace(b"\x00", b"")):
        return _page(decode(data, html=True))
    return read_text(decode(data))


def _fetched(url: str, fetcher: Fetcher) -> Document:
    page = fetcher.fetch(url)
    if not page.data.strip():
        raise UnreadableSource("the page is empty", hint="give the article's own address")
    if page.media_type.lower().strip().startswith("text/plain"):
        document = read_text(decode(page.data, declared=page.charset))
    else:
        document = _page(decode(page.data, declared=page.charset, html=True), address=page.address)
    named = document.fields.url
    # A page may call itself by another address, but only by one of its own site: a stranger must not pass for it.
    own = named if named and identity.same_site(named, page.address) else page.address
    return replace(document, fields=replace(document.fields, url=own))


def _page(html: str, *, address: str | None = None) -> Document:
    from data.reading.page import read_page  # late: texts and JSON Lines need no parser of HTML

    return read_page(html, address=address)


def _one(
    source: str,
    document: Callable[[], Document],
    missing: Fields,
    file: str | None,
    *,
    given_id: str | None = None,
    stored: str | None = None,
) -> ReadResult:
    try:
        article = _article(document(), missing, given_id)
    except UnreadableSource as error:
        return _failed(source, error, file)
    except (RecursionError, MemoryError):
        return _failed(
            source, UnreadableSource("it is too deeply nested or too large", hint="save it as plain text"), file
        )
    return ReadResult(source, replace(article, source=stored or source), None, file)


def _article(document: Document, missing: Fields, given_id: str | None) -> Article:
    if len(document.paragraphs) > MAX_PARAGRAPHS:
        raise UnreadableSource(
            f"{len(document.paragraphs):,} paragraphs are no single article", hint="split it, or write JSON Lines"
        )
    fields = document.fields.or_else(missing)
    text = document.text
    return Article(
        id=given_id or identity.article_id(url=fields.url, outlet=fields.outlet, text=text),
        text=text,
        paragraphs=document.paragraphs,
        url=fields.url,
        outlet=fields.outlet,
        title=fields.title,
        author=fields.author,
        published=fields.published,
        language=language_of("\n".join(text[start:end] for start, end in document.paragraphs)) or document.language,
        notice=document.notice,
        given_id=given_id is not None,
    )


def _failed(source: str, error: UnreadableSource, file: str | None) -> ReadResult:
    """The error with its place before it: every message stands for itself."""
    message = f"{source}: {error.args[0]}"
    return ReadResult(source, None, UnreadableSource(message, hint=error.hint), file)
