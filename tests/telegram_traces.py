"""Looks for what must not be written: every byte of folders, logs and pages, in the forms that a secret may take."""

from __future__ import annotations

import base64
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from spacy.lang.en.stop_words import STOP_WORDS

_WORD = re.compile(r"[^\W_]{4,}")


def telling_words(questions: Iterable[str], known: Iterable[str]) -> set[str]:
    """The words of questions that could tell on a reader: no stop words, and none that the coverage holds itself."""
    common: set[str] = set(STOP_WORDS) | {word for text in known for word in _WORD.findall(text.lower())}
    return {word for question in questions for word in _WORD.findall(question.lower())} - common


def forms_of_text(text: str) -> Iterator[bytes]:
    """A text as it may stand in a file: UTF-8, UTF-16, hex and base64 (in each of its three alignments). Lower case, as
    everything is compared, but for base64."""
    for encoded in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
        yield encoded
        yield encoded.hex().encode()
        for shift in range(3):
            whole = base64.b64encode(b"\0" * shift + encoded)
            # without the letters that also depend on what stands before and behind
            first = -(-shift * 8 // 6) if shift else 0
            inner = whole[first : (shift + len(encoded)) * 8 // 6]
            if len(inner) >= 6:
                yield inner


def forms_of_number(number: int) -> Iterator[bytes]:
    """An id in decimal, hex, bytes of either order, and in base64."""
    size = (abs(number).bit_length() + 7) // 8
    yield from forms_of_text(str(abs(number)))
    yield f"{abs(number):x}".encode()
    for order in ("big", "little"):
        yield abs(number).to_bytes(size, "big" if order == "big" else "little")
        yield number.to_bytes(8, "big" if order == "big" else "little", signed=True)


def found_in(places: dict[str, bytes], words: Iterable[str], numbers: Iterable[int]) -> list[str]:
    """Which secrets stand in which places (name to bytes): "WORD in PLACE"."""
    secrets = {word: set(forms_of_text(word)) | set(forms_of_text(word.capitalize())) for word in words}
    secrets |= {str(number): set(forms_of_number(number)) for number in numbers}
    found = []
    for place, content in places.items():
        lowered = content.lower()
        for secret, forms in secrets.items():
            if any(form in content or form in lowered for form in forms):
                found.append(f"{secret} in {place}")
    return found


def bytes_under(*folders: Path) -> dict[str, bytes]:
    """Every file's bytes, its name, and for SQLite files their cells too (a text may lie over several pages)."""
    places: dict[str, bytes] = {}
    for folder in folders:
        for path in folder.rglob("*"):
            places.setdefault(f"names under {folder.name}", b"")
            places[f"names under {folder.name}"] += str(path).encode("utf-8", "surrogateescape") + b"\n"
            try:
                content = path.read_bytes() if path.is_file() else b""
            except FileNotFoundError:
                continue
            places[str(path)] = content
            if content.startswith(b"SQLite format 3"):
                places[f"cells of {path}"] = cells_of(path)
    return places


def cells_of(path: Path) -> bytes:
    """Every cell of every table of a SQLite file, as it would be printed, bytes as they are."""
    cells: list[bytes] = []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):
                cells += [cell if isinstance(cell, bytes) else str(cell).encode() for cell in row]
    return b"\n".join(cells)
