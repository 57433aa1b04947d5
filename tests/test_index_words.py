"""BM25 against a computation that knows no segments and no arrays."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import words

WORD = st.sampled_from(
    [
        "harbour",
        "harbours",
        "mayor",
        "Mayor",
        "U.S.",
        "us",
        "1,000",
        "1000",
        "café",
        "cafe",
        "the",
        "who",
        "O'Neill",
        "x" * 50,
    ]
)
TEXT = st.lists(WORD, max_size=12).map(" ".join)


def naive(texts: list[str], query: str) -> list[float]:
    documents = [words.tokenise(text) for text in texts]
    average = sum(map(len, documents)) / max(len(documents), 1)
    scores = []
    for document in documents:
        total = 0.0
        for term in words.tokenise(query):
            holding = sum(term in other for other in documents)
            count = Counter(document)[term]
            if count:
                weight = math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))
                total += weight * count / (count + words.K1 * (1 - words.B + words.B * len(document) / average))
        scores.append(total)
    return scores


@given(st.lists(st.lists(TEXT, max_size=6), min_size=1, max_size=4), TEXT)
def test_scores_are_those_of_a_naive_computation_however_the_texts_are_split(
    split: list[list[str]], query: str
) -> None:
    scores = words.score([words.build(texts) for texts in split], query)
    flat = [text for texts in split for text in texts]
    assert np.concatenate(scores) == pytest.approx(naive(flat, query), rel=1e-4, abs=1e-6)


@given(st.lists(st.lists(st.tuples(TEXT, st.booleans()), max_size=6), min_size=1, max_size=4))
def test_joined_postings_are_those_of_the_kept_texts(split: list[list[tuple[str, bool]]]) -> None:
    parts = [
        (words.build(text for text, _ in texts), np.array([keep for _, keep in texts], dtype=bool)) for texts in split
    ]
    joined = words.join(parts)
    fresh = words.build(text for texts in split for text, keep in texts if keep)
    assert joined.vocabulary.tolist() == fresh.vocabulary.tolist()
    for name in ("indptr", "rows", "counts", "lengths"):
        assert getattr(joined, name).tolist() == getattr(fresh, name).tolist(), name


@given(st.text())
def test_any_text_is_tokenised_into_terms_that_fit(text: str) -> None:
    for term in words.tokenise(text):
        assert 0 < len(term.encode()) <= words.TERM_BYTES
        assert "\0" not in term


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("U.S. senators", "us Senator"),
        ("Café owners'", "cafe owner"),
        ("1,000 ferries", "1000 ferry"),
        ("MAYORS", "mayor"),
    ],
)
def test_spellings_of_one_thing_are_one_term(one: str, other: str) -> None:
    assert words.tokenise(one) == words.tokenise(other)


def test_what_only_puts_a_question_is_no_term() -> None:
    assert words.tokenise("What did she, who isn't there, do about it?") == []
    assert words.tokenise("3.5 and 35") == ["3.5", "35"]
