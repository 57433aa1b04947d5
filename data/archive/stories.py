"""One story, several outlets: near copies of an article found by MinHash and locality-sensitive hashing.

An article's paragraphs become a set of shingles (runs of five words), the set a signature of 128 minima (Broder 1997,
by ``datasketch``), the signature 32 bands of four (Indyk and Motwani 1998; Leskovec et al., *Mining of Massive
Datasets*, ch. 3). A band is a row of an indexed table: two sets with a Jaccard similarity of 0.5 share one with a
probability of 0.87, of 0.7 with 0.9998, and looking them up does not depend on how large the archive is. Candidates
are then compared by their shingles themselves: a copy with its end cut off has a low Jaccard similarity but is
*contained* in the other, so containment decides.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select, update

from data.archive.rows import among
from data.archive.schema import articles, bands, paragraphs, signatures, texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHINGLE = 5
PERMUTATIONS = 128
BANDS = 32
CONTAINED = 0.75
"""The share of the shorter article's shingles that must be in the longer one's. Chosen by looking at the pairs of
``news-1095`` and ``news-2022`` on either side of it (see docs/archive.md)."""
DAYS_APART = 31
"""Copies of one story are published within a month of each other; a yearly page that repeats itself is not a copy."""

_FEWEST = 20
_CANDIDATES = 40
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Signature:
    """``shingles`` is the size of the set, ``minima`` its 128 MinHash values (uint32)."""

    shingles: int
    minima: NDArray[np.uint32]

    def bands(self) -> list[int]:
        """The 32 band hashes, signed 64-bit integers."""
        width = PERMUTATIONS // BANDS
        raw = self.minima.astype("<u4").tobytes()
        found = []
        for number in range(BANDS):
            part = raw[number * width * 4 : (number + 1) * width * 4]
            found.append(_integer(hashlib.blake2b(part, digest_size=8, salt=struct.pack("<I", number)).digest()))
        return found


def shingles_of(words_of: Iterable[str]) -> frozenset[bytes]:
    """The hashed shingles (4 bytes each) of an article's paragraphs, taken over the running text.

    Scripts that part no words are cut into runs of nine characters instead.
    """
    joined = " ".join(words_of).casefold()
    words = _WORD.findall(joined)
    if joined.count(" ") < len(joined) * 0.05:
        packed = "".join(words)
        parts = [packed[at : at + 9] for at in range(max(1, len(packed) - 8))]
    else:
        parts = [" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)]
    return frozenset(hashlib.blake2b(part.encode("utf-8", "surrogatepass"), digest_size=4).digest() for part in parts)


def sign(shingles: frozenset[bytes]) -> Signature | None:
    """The MinHash signature; None for a text too short to tell a copy from a coincidence."""
    if len(shingles) < _FEWEST:
        return None
    minhash = _template().copy()
    minhash.update_batch(shingles)
    return Signature(len(shingles), minhash.hashvalues.astype("uint32"))


def file(connection: Connection, key: int, signature: Signature) -> None:
    """Store a version's signature and its bands."""
    connection.execute(
        insert(signatures),
        {"article_key": key, "shingles": signature.shingles, "minima": signature.minima.astype("<u4").tobytes()},
    )
    connection.execute(
        insert(bands).prefix_with("OR IGNORE"), [{"hash": band, "article_key": key} for band in signature.bands()]
    )


def near(connection: Connection, shingles: frozenset[bytes], signature: Signature) -> dict[int, float]:
    """Keys of the latest versions that are near copies, each with the share of the shorter one's shingles in common."""
    import numpy as np

    count = func.count()
    rows = connection.execute(
        select(bands.c.article_key, signatures.c.shingles, signatures.c.minima, count)
        .join(signatures, signatures.c.article_key == bands.c.article_key)
        .join(articles, articles.c.key == bands.c.article_key)
        .where(among(bands.c.hash, signature.bands()), articles.c.latest.is_(True))
        .group_by(bands.c.article_key)
        .order_by(count.desc())
        .limit(_CANDIDATES)
    ).all()
    likely = []
    for key, size, minima, _ in rows:
        jaccard = float(np.mean(np.frombuffer(minima, dtype="<u4") == signature.minima))
        common = jaccard * (size + signature.shingles) / (1 + jaccard)
        if common / min(size, signature.shingles) > CONTAINED - 0.25:
            likely.append(key)
    found: dict[int, float] = {}
    for key in likely:
        theirs = shingles_of(paragraph_texts(connection, key))
        share = len(theirs & shingles) / max(1, min(len(theirs), len(shingles)))
        if share >= CONTAINED:
            found[key] = share
    return found


def join(connection: Connection, key: int, published: date | None, copies: Iterable[int]) -> int | None:
    """Put an article into the story of its copies; stories that it ties together become one. Returns the story."""
    others = connection.execute(
        select(articles.c.key, articles.c.story, articles.c.published).where(among(articles.c.key, copies))
    ).all()
    near_in_time = [row for row in others if _near_in_time(published, row.published)]
    if not near_in_time:
        return None
    stories = {row.story for row in near_in_time if row.story is not None}
    story: int = min(stories, default=min(row.key for row in near_in_time))
    if len(stories) > 1:
        connection.execute(update(articles).where(among(articles.c.story, stories)).values(story=story))
    connection.execute(
        update(articles).where(among(articles.c.key, [key, *(row.key for row in near_in_time)])).values(story=story)
    )
    return story


def paragraph_texts(connection: Connection, key: int) -> list[str]:
    """The words of a version's paragraphs, in order."""
    text = connection.execute(select(texts.c.text).where(texts.c.article_key == key)).scalar_one()
    spans = connection.execute(
        select(paragraphs.c.start, paragraphs.c.end)
        .where(paragraphs.c.article_key == key)
        .order_by(paragraphs.c.ordinal)
    )
    return [text[start:end] for start, end in spans]


def _near_in_time(one: date | None, other: date | None) -> bool:
    return one is None or other is None or abs((one - other).days) <= DAYS_APART


@cache
def _template() -> Any:
    # Imported here: it takes a third of a second, and only writing needs it. The scheme is named because signatures of
    # different schemes can't be compared, and the library's default has changed once.
    from datasketch import MinHash

    return MinHash(num_perm=PERMUTATIONS, seed=1, hashfunc=_as_number, scheme="affine32")


def _as_number(shingle: bytes) -> int:
    return int.from_bytes(shingle, "little")


def _integer(raw: bytes) -> int:
    return int.from_bytes(raw, "little", signed=True)
