"""BM25 over immutable segments, with document frequencies of the whole collection.

The formula is Lucene's (``BM25Similarity``), after Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25
and Beyond" (2009), without the constant factor ``k1 + 1``, which changes no ranking:

    score(q, d) = sum over t in q of  ln(1 + (N - df + 0.5) / (df + 0.5)) * tf / (tf + k1 * (1 - b + b * |d| / avgdl))

N, df and avgdl are summed over the segments that are searched, so that a paragraph's score does not depend on the
segment it lies in. As in Lucene, removed paragraphs count in them until a merge drops them.
"""

from __future__ import annotations

import math
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RULES = "words-1"
"""The version of ``tokenise``: segments made with another one are made anew by a rebuild."""

K1 = 0.9
B = 0.4

TERM_BYTES = 32
"""Longer terms are cut: the vocabulary is an array of fixed width, searched by bisection where it lies on the disk."""

# Words that say how a question is put, or nothing. "us" is not among them: "U.S." is folded to it.
STOP_WORDS = frozenset(
    """a about an and any are aren as at be been being but by can could couldn did didn do does doesn doing don for from
    had hadn has hasn have haven having he her hers herself him himself his how i if in into is isn it its itself let ll
    me my myself no nor not of off on once or our ours ourselves out over own re s same she should shouldn so some such
    t than that the their theirs them themselves then there these they this those through to too until up ve very was
    wasn we were weren what when where which while who whom whose why will with won would wouldn you your yours yourself
    yourselves""".split()  # noqa: SIM905
)

_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[,.]\d+)*")
_local = threading.local()

Rows = NDArray[np.int32]
Scores = NDArray[np.float32]


def tokenise(text: str, memo: dict[str, str] | None = None) -> list[str]:
    """The terms of a text: lower case, accents folded, stop words dropped, stemmed (Snowball English).

    Args:
        memo: terms by token, kept by a caller with many texts of like words: a token is then stemmed once.
    """
    if memo is None:
        return [term for token in _tokens(text) if (term := _term(token))]
    terms = []
    for token in _tokens(text):
        known = memo.get(token)
        if term := _remembered(token, memo) if known is None else known:
            terms.append(term)
    return terms


@dataclass(frozen=True)
class Postings:
    """Which rows hold which term, as plain arrays that can lie in memory-mapped files.

    Attributes:
        vocabulary: (v,) bytes of fixed width, sorted.
        indptr: (v + 1,) int64; the postings of term i are ``indptr[i]:indptr[i + 1]``.
        rows: (p,) int32, ascending within a term.
        counts: (p,) uint16, how often the term occurs in the row.
        lengths: (n,) int32, terms in each row.
    """

    vocabulary: NDArray[np.bytes_]
    indptr: NDArray[np.int64]
    rows: Rows
    counts: NDArray[np.uint16]
    lengths: Rows

    def of(self, term: bytes) -> slice:
        """Where the postings of a term lie; an empty slice where it does not occur."""
        at = int(np.searchsorted(self.vocabulary, term))
        if at == len(self.vocabulary) or self.vocabulary[at] != term:
            return slice(0, 0)
        return slice(int(self.indptr[at]), int(self.indptr[at + 1]))


def build(texts: Iterable[str]) -> Postings:
    """The postings of texts, one row a text."""
    numbers: dict[str, int] = {}
    memo: dict[str, str] = {}
    terms: list[int] = []
    rows: list[int] = []
    counts: list[int] = []
    lengths: list[int] = []
    for row, text in enumerate(texts):
        found = Counter(tokenise(text, memo))
        lengths.append(found.total())
        for term, count in found.items():
            terms.append(numbers.setdefault(term, len(numbers)))
            rows.append(row)
            counts.append(min(count, 65535))
    return _sorted(
        np.array([term.encode() for term in numbers], dtype=f"S{TERM_BYTES}"),
        np.array(terms, dtype=np.int64),
        np.array(rows, dtype=np.int32),
        np.array(counts, dtype=np.uint16),
        np.array(lengths, dtype=np.int32),
    )


def join(parts: Sequence[tuple[Postings, NDArray[np.bool_]]]) -> Postings:
    """Several postings as one, with only the rows that each mask keeps, renumbered in order."""
    vocabulary: list[NDArray[np.bytes_]] = []
    terms: list[NDArray[np.int64]] = []
    rows: list[Rows] = []
    counts: list[NDArray[np.uint16]] = []
    lengths: list[Rows] = []
    first_term = first_row = 0
    for postings, keep in parts:
        renumbered = np.cumsum(keep, dtype=np.int32) - 1 + first_row
        kept = keep[postings.rows]
        term_of = np.repeat(np.arange(len(postings.vocabulary), dtype=np.int64), np.diff(postings.indptr))
        vocabulary.append(np.asarray(postings.vocabulary))
        terms.append(term_of[kept] + first_term)
        rows.append(renumbered[postings.rows[kept]])
        counts.append(postings.counts[kept])
        lengths.append(postings.lengths[keep])
        first_term += len(postings.vocabulary)
        first_row += int(keep.sum())
    return _sorted(*(np.concatenate(arrays) for arrays in (vocabulary, terms, rows, counts, lengths)))  # type: ignore[arg-type]


def score(segments: Sequence[Postings], query: str) -> list[Scores]:
    """BM25 of every row of every segment for a query; (n,) float32 a segment, 0 where no term of the query occurs."""
    scores = [np.zeros(len(segment.lengths), dtype=np.float32) for segment in segments]
    rows = sum(len(segment.lengths) for segment in segments)
    average = sum(int(segment.lengths.sum(dtype=np.int64)) for segment in segments) / max(rows, 1)
    for term, times in Counter(tokenise(query)).items():
        where = [segment.of(term.encode()) for segment in segments]
        frequency = sum(place.stop - place.start for place in where)
        if not frequency:
            continue
        weight = times * math.log(1 + (rows - frequency + 0.5) / (frequency + 0.5))
        for segment, place, total in zip(segments, where, scores, strict=True):
            at = segment.rows[place]
            count = segment.counts[place].astype(np.float32)
            norm = K1 * (1 - B + B / average * segment.lengths[at].astype(np.float32))
            total[at] += weight * count / (count + norm)
    return scores


def _sorted(
    vocabulary: NDArray[np.bytes_],
    terms: NDArray[np.int64],
    rows: Rows,
    counts: NDArray[np.uint16],
    lengths: Rows,
) -> Postings:
    # A term of two segments comes twice: one entry.
    vocabulary, number = np.unique(vocabulary, return_inverse=True)
    terms = number.reshape(-1)[terms] if len(terms) else terms
    order = np.lexsort((rows, terms))
    terms, rows, counts = terms[order], rows[order], counts[order]
    used, first = np.unique(terms, return_index=True)
    indptr = np.append(first, len(terms)).astype(np.int64)
    return Postings(vocabulary[used], indptr, rows, counts, lengths)


def _tokens(text: str) -> list[str]:
    folded = text.casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded)
        if marks := [char for char in set(folded) if unicodedata.combining(char)]:
            folded = folded.translate(dict.fromkeys(map(ord, marks)))
    return _TOKEN.findall(folded)


def _term(token: str) -> str:
    """The term of a token, "" for a stop word. "u.s." is "us", "1,000" is "1000", "3.5" stays."""
    plain = token.replace(",", "") if token[0].isdigit() else token.replace(".", "")
    if plain in STOP_WORDS:
        return ""
    term: str = _stemmer().stemWord(plain)
    return term if len(term) * 4 <= TERM_BYTES else term.encode()[:TERM_BYTES].decode(errors="ignore")


def _remembered(token: str, memo: dict[str, str]) -> str:
    term = memo[token] = _term(token)
    return term


def _stemmer() -> Any:
    # Not thread-safe, so one a thread; without its cache, which would keep the words of questions.
    if not hasattr(_local, "stemmer"):
        import Stemmer

        _local.stemmer = Stemmer.Stemmer("english", 0)
    return _local.stemmer
