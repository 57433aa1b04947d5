"""A segment: an immutable part of the index, one folder.

    manifest.json        what it holds, with which model, and the sha256 of every file
    paragraphs.faiss     a vector for each paragraph        } FAISS, half precision, searched exactly (no clustering),
    statements.faiss     a vector for each statement        } read through a memory map
    paragraphs.npy       a row for each paragraph (PARAGRAPH), in the order of the vectors
    statements.npy       a row for each statement (STATEMENT)
    words.*.npy          the postings of the paragraphs (``embeddings.words``)

Half precision halves what a search must read: 4 ms instead of 9 for 191,000 paragraphs, and the cosines differ from
float32's by less than 0.0005, which moved no gold passage (``benchmarks/retrieval.py``).

A segment is written into a temporary folder, flushed to the disk, and renamed: it is there in full or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from data.errors import IndexFault
from embeddings import native, words
from embeddings.encoder import Vectors
from embeddings.texts import HASH_BYTES

FORMAT = 1
"""The version of this layout. A segment of a later one is refused with a way out."""

TEMPORARY = "tmp-"
MANIFEST = "manifest.json"

PARAGRAPH = np.dtype(
    [
        ("key", "<i8"),
        ("article", "<i8"),
        ("ordinal", "<i4"),
        ("published", "<i4"),  # proleptic Gregorian ordinal (date.toordinal), 0: unknown
        ("outlet", "<i4"),  # place in the manifest's outlets, -1: unknown
        ("hash", f"V{HASH_BYTES}"),  # of the text that was encoded
    ]
)
STATEMENT = np.dtype(
    [
        ("key", "<i8"),
        ("row", "<i4"),  # of its paragraph in this segment
        ("speaker", "<i8"),  # -1: nobody named
        ("first", "<i4"),  # said_on, ordinals; 0: unknown
        ("last", "<i4"),
        ("speech", "?"),
        ("hash", f"V{HASH_BYTES}"),
    ]
)

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Table = NDArray[np.void]


@dataclass(frozen=True)
class Content:
    """What a new segment is to hold. Vectors come in blocks, so that a merge needs memory for one of them only."""

    paragraphs: Table
    statements: Table
    outlets: Sequence[str]
    words: words.Postings
    paragraph_vectors: Iterable[Vectors]
    statement_vectors: Iterable[Vectors]


@dataclass(frozen=True)
class Manifest:
    """What a segment says of itself. ``files`` maps each file to its size in bytes and its sha256."""

    format: int
    model: str
    weights: str
    dimension: int
    words: str
    articles: int
    paragraphs: int
    statements: int
    outlets: list[str]
    files: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a segment's manifest.

        Raises:
            IndexFault: it is missing, damaged, or from a later version.
        """
        try:
            stored = json.loads((folder / MANIFEST).read_bytes())
            if stored["format"] > FORMAT:
                raise IndexFault(
                    f"{folder} was written by a newer version of onrecord",
                    hint="update onrecord, or run onrecord rebuild",
                )
            return cls(**{field.name: stored[field.name] for field in fields(cls)})
        except FileNotFoundError:
            raise IndexFault(f"{folder} is missing", hint="run onrecord rebuild") from None
        except (OSError, ValueError, KeyError, TypeError):
            raise IndexFault(f"{folder / MANIFEST} is damaged", hint="run onrecord rebuild") from None


def write(folder: Path, content: Content, *, model: str, weights: str, dimension: int) -> tuple[str, Manifest]:
    """Write a new segment below ``folder``, durable when this returns.

    Returns:
        Its name (of the folder within ``folder``) and its manifest.

    Raises:
        IndexFault: it can't be written (the disk is full, the folder read-only); nothing is left behind.
    """
    name = uuid.uuid4().hex
    temporary = folder / f"{TEMPORARY}{name}"
    try:
        temporary.mkdir(parents=True)
        _write_vectors(temporary / "paragraphs.faiss", content.paragraph_vectors, dimension)
        _write_vectors(temporary / "statements.faiss", content.statement_vectors, dimension)
        np.save(temporary / "paragraphs.npy", content.paragraphs)
        np.save(temporary / "statements.npy", content.statements)
        for field in fields(words.Postings):
            np.save(temporary / f"words.{field.name}.npy", getattr(content.words, field.name))
        manifest = Manifest(
            format=FORMAT,
            model=model,
            weights=weights,
            dimension=dimension,
            words=words.RULES,
            articles=len(np.unique(content.paragraphs["article"])),
            paragraphs=len(content.paragraphs),
            statements=len(content.statements),
            outlets=list(content.outlets),
            files={
                file.name: {"bytes": file.stat().st_size, "sha256": _sha256(file)}
                for file in sorted(temporary.iterdir())
            },
        )
        (temporary / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        for file in temporary.iterdir():
            _flush(file)
        _flush(temporary)
        temporary.rename(folder / name)
        _flush(folder)
    except (OSError, RuntimeError) as error:  # RuntimeError: what FAISS raises when it can't write
        shutil.rmtree(temporary, ignore_errors=True)
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "writing the vectors failed"
        raise IndexFault(
            f"a part of the index can't be written to {folder} ({reason}); what was there is untouched",
            hint="make room or make the folder writable, and run the same command again",
        ) from error
    except BaseException:  # an interruption must not leave half a segment either; a kill does, and a sweep removes it
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return name, manifest


class Segment:
    """A segment opened for reading. Its files are memory-mapped: opening is cheap, unlinking one in use is safe."""

    def __init__(self, folder: Path) -> None:
        """Open a segment.

        Raises:
            IndexFault: it is missing, damaged, or from a later version.
        """
        self.folder = folder
        self.name = folder.name
        self.manifest = Manifest.read(folder)
        self.paragraphs: Table = _load(folder / "paragraphs.npy")
        self.statements: Table = _load(folder / "statements.npy")
        self.words = words.Postings(
            **{field.name: _load(folder / f"words.{field.name}.npy") for field in fields(words.Postings)}
        )
        self.paragraph_vectors = _read_vectors(folder / "paragraphs.faiss", len(self.paragraphs))
        self.statement_vectors = _read_vectors(folder / "statements.faiss", len(self.statements))

    @cached_property
    def articles(self) -> Rows:
        """The keys of the articles it holds, sorted."""
        return np.unique(self.paragraphs["article"])

    def warm(self) -> None:
        """Map the vectors into memory, so that the first question does not wait for it."""
        question = np.zeros(self.manifest.dimension, dtype=np.float32)
        for vectors in (self.paragraph_vectors, self.statement_vectors):
            vectors.nearest(question, 1, None)

    def check(self) -> list[str]:
        """Read every file and compare its sha256 with the manifest's; a line for each fault."""
        faults = []
        for name, expected in self.manifest.files.items():
            file = self.folder / name
            if not file.is_file():
                faults.append(f"{file} is missing")
            elif file.stat().st_size != expected["bytes"] or _sha256(file) != expected["sha256"]:
                faults.append(f"{file} is damaged (its checksum differs)")
        return faults


class VectorFile:
    """The vectors of one field: a FAISS index over half-precision rows, searched exhaustively."""

    def __init__(self, index: Any) -> None:
        self._index = index

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def nearest(self, vector: Vectors, k: int, mask: Mask | None) -> tuple[Rows, Vectors]:
        """The k rows with the greatest inner product among those that the mask allows, best first.

        Returns:
            Rows and their inner products; fewer than k where the mask allows fewer.
        """
        faiss = native.faiss()
        allowed = len(self) if mask is None else int(np.count_nonzero(mask))
        k = min(k, allowed)
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        parameters = None
        if mask is not None and allowed < len(self):
            bits = np.packbits(mask, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        scores, rows = self._index.search(vector[None], k, params=parameters)
        return rows[0], scores[0]

    def rows(self, rows: Rows) -> Vectors:
        """The vectors of some rows, (len(rows), d) float32."""
        if len(rows) == 0:
            return np.empty((0, self._index.d), np.float32)
        vectors: Vectors = self._index.reconstruct_batch(np.ascontiguousarray(rows, dtype=np.int64))
        return vectors


def living(segments: Sequence[Segment], removed: Iterable[int]) -> list[Mask]:
    """Which paragraphs of each segment can be found: not of a removed article, nor of one that a later segment has."""
    gone: Rows = np.fromiter(removed, np.int64)
    masks: list[Mask] = []
    for segment in reversed(segments):
        masks.append(~np.isin(segment.paragraphs["article"], gone))
        if segment is not segments[0]:  # which nothing is older than
            gone = np.union1d(gone, segment.articles)
    return masks[::-1]


def _write_vectors(file: Path, blocks: Iterable[Vectors], dimension: int) -> None:
    faiss = native.faiss()
    index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    for block in blocks:
        index.add(np.ascontiguousarray(block, dtype=np.float32))
    faiss.write_index(index, str(file))


def _read_vectors(file: Path, rows: int) -> VectorFile:
    faiss = native.faiss()
    try:
        index = faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError:
        index = None
    if index is None or index.ntotal != rows:
        raise IndexFault(f"{file} is missing or damaged", hint="run onrecord rebuild")
    return VectorFile(index)


def _load(file: Path) -> Any:
    try:
        # As a plain array over the map: what numpy does for a memmap of its own at each step costs a question 1 ms.
        return np.asarray(np.load(file, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError, EOFError):
        raise IndexFault(f"{file} is missing or damaged", hint="run onrecord rebuild") from None


def _flush(path: Path) -> None:
    """Wait until the disk holds a file, or a folder's list of files."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
