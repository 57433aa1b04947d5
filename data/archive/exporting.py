"""The archive's content as plain data: articles as the JSONL that is read, statements as JSONL or CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

from data.archive.archive import Archive
from data.archive.records import StoredArticle, StoredStatement
from data.contract import statement_object

COLUMNS = (
    "statement",
    "article",
    "url",
    "outlet",
    "title",
    "published",
    "speaker",
    "role",
    "resolved",
    "form",
    "kind",
    "speech",
    "quote",
    "cue",
    "said_from",
    "said_to",
    "said_words",
    "said_basis",
    "confidence",
    "edited",
)
"""The columns of the CSV. ``quote`` is the article's text from the first to the last character of the content."""


def articles(archive: Archive) -> Iterator[dict[str, Any]]:
    """Every latest version as an object of the JSONL that ``onrecord add`` reads; ids are kept."""
    for stored in archive.each_article():
        article = stored.article
        fields = {
            "id": article.id,
            "url": article.url,
            "outlet": article.outlet,
            "title": article.title,
            "published": article.published.isoformat() if article.published else None,
            "author": article.author,
            "text": article.text,
        }
        yield {name: value for name, value in fields.items() if value is not None}


def statements(archive: Archive) -> Iterator[dict[str, Any]]:
    """Every current statement that is not hidden, as ``onrecord statements --json`` prints it, with its reference
    ("statement"), its words ("quote"), and the article's outlet and date."""
    for stored, statement in _statements(archive):
        article, found = stored.article, statement.statement.attribution
        name = statement.statement.speaker
        yield {
            "statement": statement.ref,
            **statement_object(statement.statement, article),
            "url": article.url,
            "outlet": article.outlet,
            "title": article.title,
            "published": article.published.isoformat() if article.published else None,
            "form": name.form if name else None,
            "cue_text": article.text[slice(*found.cue)] if found.cue else None,
            "quote": _quote(stored, statement),
            "edited": sorted(statement.edited),
        }


def write_jsonl(rows: Iterable[Mapping[str, Any]], stream: TextIO) -> int:
    """Write a line a row; returns how many."""
    number = 0
    for row in rows:
        stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        number += 1
    return number


def write_csv(rows: Iterable[Mapping[str, Any]], stream: TextIO) -> int:
    """Write statements as CSV (RFC 4180); returns how many. ``stream`` must be opened with ``newline=""``."""
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    number = 0
    for row in rows:
        writer.writerow(_flat(row))
        number += 1
    return number


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    said_on = row["said_on"] or {}
    return {
        "statement": row["statement"],
        "article": row["article"],
        "url": row["url"],
        "outlet": row["outlet"],
        "title": row["title"],
        "published": row["published"],
        "speaker": row["speaker_name"],
        "role": row["speaker_role"],
        "resolved": row["resolved"],
        "form": row["form"],
        "kind": row["kind"],
        "speech": row["speech"],
        "quote": row["quote"],
        "cue": row["cue_text"],
        "said_from": said_on.get("from"),
        "said_to": said_on.get("to"),
        "said_words": said_on.get("text"),
        "said_basis": said_on.get("basis"),
        "confidence": row["confidence"],
        "edited": " ".join(row["edited"]),
    }


def _statements(archive: Archive) -> Iterator[tuple[StoredArticle, StoredStatement]]:
    for stored in archive.each_article():
        for statement in archive.statements(article_keys=[stored.key]):
            yield stored, statement


def _quote(stored: StoredArticle, statement: StoredStatement) -> str:
    content = statement.statement.attribution.content
    return stored.article.text[min(start for start, _ in content) : max(end for _, end in content)]
