"""Merging segments, so that their number stays small while no addition rewrites the whole.

The policy is tiered, as Lucene's (TieredMergePolicy) and log-structured merge trees' in general (O'Neil et al., "The
Log-Structured Merge-Tree", 1996): a tier holds segments of like size, and when it holds ``FANOUT`` of them they become
one of the next tier. A paragraph is so rewritten a logarithmic number of times. A merge needs neither the texts nor the
encoder: vectors, postings and columns are copied, what is dead is left behind.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from data.archive import Archive
from embeddings import words
from embeddings.encoder import Vectors
from embeddings.segment import Content, Mask, Rows, Segment, VectorFile

FANOUT = 8
FLOOR = 512
"""Paragraphs up to which segments are of the lowest tier."""

DEAD = 0.5
"""A segment with a greater part of its paragraphs dead is rewritten by itself."""

BLOCK = 8192
"""Vectors in memory at a time while merging."""


def worth_merging(sizes: Sequence[tuple[int, int]], *, budget: int | None = None) -> list[int]:
    """Which segments to make one, by their (living, all) paragraphs; their places, none where nothing is worth it.

    Args:
        budget: at most so many paragraphs may be rewritten; None: any number.
    """
    tiers: dict[int, list[int]] = defaultdict(list)
    for place, (living, every) in enumerate(sizes):
        if every and living < (1 - DEAD) * every:
            if budget is None or living <= budget:
                return [place]
            continue
        tiers[_tier(living)].append(place)
    for _, places in sorted(tiers.items()):
        if len(places) >= FANOUT:
            chosen = sorted(places, key=lambda place: sizes[place][0])
            if budget is None or sum(sizes[place][0] for place in chosen) <= budget:
                return sorted(chosen)
    return []


def joined(segments: Sequence[Segment], alive: Sequence[Mask]) -> Content:
    """Several segments as one, with only the paragraphs that the masks keep, and their statements."""
    outlets = sorted({name for segment in segments for name in segment.manifest.outlets})
    paragraphs, statements = [], []
    first = 0
    kept_statements: list[Mask] = []
    for segment, keep in zip(segments, alive, strict=True):
        table = segment.paragraphs[keep]
        numbers = np.array([*(outlets.index(name) for name in segment.manifest.outlets), -1], dtype=np.int32)
        table["outlet"] = numbers[table["outlet"]]  # -1 (unknown) is the last place
        paragraphs.append(table)
        rows = np.asarray(segment.statements["row"])
        kept_statements.append(keep[rows])
        said = segment.statements[kept_statements[-1]]
        said["row"] = (np.cumsum(keep) - 1 + first)[said["row"]]
        statements.append(said)
        first += len(table)
    return Content(
        paragraphs=np.concatenate(paragraphs),
        statements=np.concatenate(statements),
        outlets=outlets,
        words=words.join([(segment.words, keep) for segment, keep in zip(segments, alive, strict=True)]),
        paragraph_vectors=_blocks([segment.paragraph_vectors for segment in segments], alive),
        statement_vectors=_blocks([segment.statement_vectors for segment in segments], kept_statements),
    )


def covers(archive: Archive, segment: Segment, alive: Mask) -> Iterator[tuple[int, int]]:
    """The articles that live in a segment, each with the revision that the segment holds."""
    living = set(np.unique(segment.paragraphs["article"][alive]).tolist())
    return ((key, revision) for key, revision in archive.covered_by(segment.name).items() if key in living)


def _blocks(files: Sequence[VectorFile], keep: Sequence[Mask]) -> Iterator[Vectors]:
    for file, mask in zip(files, keep, strict=True):
        rows: Rows = np.flatnonzero(mask)
        for start in range(0, len(rows), BLOCK):
            yield file.rows(rows[start : start + BLOCK])


def _tier(living: int) -> int:
    return 0 if living <= FLOOR else math.ceil(math.log(living / FLOOR, FANOUT))
