"""Bytes from disk and archives, with every size bounded before it is believed."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from data.errors import UnreadableSource

MIB = 1024 * 1024

MAX_ARTICLE = 20 * MIB
"""Bytes of one article's source (a text, a page, a line of JSONL), unpacked. The longest news article is a
hundredth of it."""

MAX_RATIO = 200
"""Unpacked to packed bytes. Text packs 3 to 20 times smaller; what packs better than this is a bomb."""

FREE_OF_RATIO = 4 * MIB
"""Unpacked bytes before the ratio is looked at: short runs of one letter pack very well."""

MAX_MEMBERS = 50_000
"""Files in a zip archive."""

MAX_UNPACKED = 4096 * MIB
"""Bytes of all members of a zip archive together."""

_CHUNK = 64 * 1024
_GZIP = b"\x1f\x8b"

JSONL_SUFFIXES = (".jsonl", ".ndjson")
TEXT_SUFFIXES = (".txt", ".text", ".md")
HTML_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")
ZIP_SUFFIXES = (".zip",)
KNOWN_SUFFIXES = JSONL_SUFFIXES + TEXT_SUFFIXES + HTML_SUFFIXES + ZIP_SUFFIXES


class Readable(Protocol):
    """Anything that gives bytes: a file, a pipe, a zip member."""

    def read(self, size: int, /) -> bytes: ...


def suffix(name: str) -> str:
    """The suffix that says what a file holds, in lower case, ".gz" left aside: ".jsonl" for "News.JSONL.gz"."""
    lower = name.lower()
    return Path(lower.removesuffix(".gz")).suffix


def size_error(size: int | None = None) -> UnreadableSource:
    """The error for a source over ``MAX_ARTICLE``."""
    measured = f"is {size / MIB:,.0f} MB" if size else "is too large"
    return UnreadableSource(
        f"{measured}: one article may have {MAX_ARTICLE // MIB} MB",
        hint="split it, or write many articles as JSON Lines (.jsonl), which may have any size",
    )


class Unpacked(io.RawIOBase):
    """A stream read through: gunzipped if its content is gzip (whatever its name), as it is otherwise.

    Raises on reading:
        UnreadableSource: the gzip data are damaged or cut off, or are a decompression bomb.
    """

    def __init__(self, stream: Readable) -> None:
        super().__init__()
        self._stream = stream
        self._packed = self._produced = 0
        self._waiting = stream.read(_CHUNK)
        self._gunzip = zlib.decompressobj(wbits=31) if self._waiting.startswith(_GZIP) else None
        self._ahead = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._ahead:
            data, self._ahead = self._ahead[: len(buffer)], self._ahead[len(buffer) :]
        elif self._gunzip is None:
            data = self._waiting[: len(buffer)] or self._stream.read(len(buffer))
            self._waiting = self._waiting[len(data) :]
        else:
            data = self._next(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def peek(self, size: int = 4096) -> bytes:
        """The next bytes, without taking them: fewer than ``size`` at the end."""
        ahead = b""
        while len(ahead) < size and (part := self.read(size - len(ahead))):
            ahead += part
        self._ahead = ahead
        return ahead

    def _next(self, size: int) -> bytes:
        assert self._gunzip is not None
        while True:
            if self._gunzip.eof:
                # gzip files may hold several members one after the other; zeros after the last are padding.
                rest = (self._gunzip.unused_data or self._stream.read(_CHUNK)).lstrip(b"\x00")
                if not rest:
                    return b""
                self._gunzip, self._waiting = zlib.decompressobj(wbits=31), rest
            if not self._waiting:
                self._waiting = self._stream.read(_CHUNK)
                if not self._waiting:
                    raise UnreadableSource("the gzip data are cut off", hint="fetch or copy the file again")
            before = len(self._waiting)
            try:
                data = self._gunzip.decompress(self._waiting, size)
            except zlib.error:
                raise UnreadableSource("the gzip data are damaged", hint="fetch or copy the file again") from None
            self._waiting = self._gunzip.unconsumed_tail
            self._packed += before - len(self._waiting)
            self._produced += len(data)
            if self._produced > FREE_OF_RATIO and self._produced > MAX_RATIO * self._packed:
                raise UnreadableSource(
                    f"the gzip data grow more than {MAX_RATIO} times when unpacked: a decompression bomb",
                    hint="unpack the file yourself if you trust it",
                )
            if data:
                return data


def read_bounded(stream: Readable) -> bytes:
    """All of a stream, unpacked, if that is no more than ``MAX_ARTICLE`` bytes.

    Raises:
        UnreadableSource: it is larger, damaged, or a bomb.
    """
    unpacked = Unpacked(stream)
    parts: list[bytes] = []
    total = 0
    while part := unpacked.read(_CHUNK):
        total += len(part)
        if total > MAX_ARTICLE:
            raise size_error()
        parts.append(part)
    return b"".join(parts)


def open_file(path: Path) -> BinaryIO:
    """The file, open for reading.

    Raises:
        UnreadableSource: there is none, it may not be read, or it is no plain file (a device or pipe could be endless).
    """
    try:
        if not path.is_file():
            kind = "is no plain file" if path.exists() else "does not exist"
            raise UnreadableSource(kind, hint="check the path")
        return path.open("rb")
    except OSError as error:
        raise UnreadableSource(
            f"can't be opened ({_reason(error)})", hint="check the path and its permissions"
        ) from None
    except ValueError:
        raise UnreadableSource("is no path", hint="check the path") from None


def files_in(folder: Path) -> Iterator[Path]:
    """Every plain file with a known suffix under ``folder``, sorted by path; hidden files and folders are passed over.

    Links to folders are not followed: they could lead in circles or out of the folder.

    Raises:
        UnreadableSource: the folder can't be listed.
    """

    def refuse(error: OSError) -> None:
        raise UnreadableSource(f"can't be listed ({_reason(error)})", hint="check the permissions") from None

    for root, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and suffix(name) in KNOWN_SUFFIXES:
                yield Path(root) / name


def zip_members(stream: BinaryIO) -> Iterator[tuple[str, Readable]]:
    """Name and open stream of every member of a zip archive with a known suffix, sorted by name; nothing is written
    to disk.

    Raises:
        UnreadableSource: damaged, encrypted, too many members, or larger than ``MAX_UNPACKED`` by its own account.
        A member that
            lies about its size is caught when it is read, by the bounds there.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            members = [member for member in archive.infolist() if _wanted(member)]
            if len(archive.infolist()) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
                raise UnreadableSource(
                    "the zip archive is too large when unpacked", hint="unpack it and add the folder"
                )
            for member in sorted(members, key=lambda member: member.filename):
                if member.flag_bits & 1:
                    raise UnreadableSource(f"{member.filename} in it is encrypted", hint="unpack it and add the folder")
                if member.file_size > max(FREE_OF_RATIO, MAX_RATIO * member.compress_size):
                    raise UnreadableSource(f"{member.filename} in it is a decompression bomb", hint="leave it out")
                with archive.open(member) as opened:
                    yield member.filename, opened
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise UnreadableSource("the zip archive is damaged or of an unknown kind", hint="pack it again") from None


def _wanted(member: zipfile.ZipInfo) -> bool:
    parts = Path(member.filename).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return not member.is_dir() and not hidden and suffix(member.filename) in KNOWN_SUFFIXES[:-1]


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
