"""One pass: a statement's vector comes out of its paragraph's, wherever its words stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from data.archive import Archive
from data.model import Article
from data.reading import ReadResult
from embeddings.composing import compose
from embeddings.encoder import Encoder, Vectors
from embeddings.indexing import add
from embeddings.search import Index
from embeddings.texts import paragraph_text, statement_text

SHORT = "“The ferry will never sail again,” Oda Brun, the mayor of Larn, told reporters on Monday."
OVER_TWO = (
    "Piet Vos, who leads the port, spoke next. “We asked for a new pier and were sent a bill,” he told the council.\n\n"
    "“And the bill was for the old one.”"
)
LONG = "The council met again, and put the vote off until autumn. " * 120


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "home", create=True) as opened:
        yield opened


def article(text: str) -> Article:
    spans, at = [], 0
    for paragraph in text.split("\n\n"):
        spans.append((at, at + len(paragraph)))
        at += len(paragraph) + 2
    return Article(
        id="https://news.example/1",
        text=text,
        paragraphs=tuple(spans),
        url="https://news.example/1",
        outlet="Ostrey Bell",
        title="Ferry stays in port",
        published=date(2031, 1, 1),
        language="en",
        source="1.txt",
    )


def composed(archive: Archive, encoder: Encoder, text: str) -> tuple[Vectors, Vectors]:
    """The vectors of the statements of an article, and those of the same statements encoded by themselves."""
    add(archive, encoder, iter([ReadResult(source="1.txt", article=article(text))]), processes=1)
    keys = [one.key for one in archive.everything()]
    (made,) = compose(archive, keys, encoder).content.statement_vectors
    alone = []
    for stored in archive.statements(article_keys=keys):
        content = " ".join(text[start:end] for start, end in stored.statement.attribution.content)
        speaker = stored.statement.speaker
        alone.append(encoder.encode([statement_text(speaker.name if speaker else None, content)])[0])
    assert len(made) == len(alone) > 0
    return made, np.stack(alone)


def test_a_statements_vector_is_the_mean_of_its_own_tokens(archive: Archive, encoder: Encoder) -> None:
    made, alone = composed(archive, encoder, SHORT)
    assert np.linalg.norm(made, axis=1) == pytest.approx(np.ones(len(made)), abs=1e-5)
    whole = encoder.encode([paragraph_text("Ferry stays in port", SHORT)])[0]
    assert 0.8 < made[0] @ whole < 0.999  # read in its surroundings, and yet not the paragraph
    assert made[0] @ alone[0] < 0.999


def test_a_quotation_over_two_paragraphs_is_found_by_its_end_too(archive: Archive, encoder: Encoder) -> None:
    composed(archive, encoder, SHORT + "\n\n" + OVER_TWO)
    index = Index.open(archive, encoder)
    for question in ("Who was sent a bill instead of a new pier?", "Who said the bill was for the old one?"):
        (hit,) = index.view.search(encoder.encode_query(question), question).statements(1)
        assert hit.statement is not None
        (stored,) = archive.statements(keys=[hit.statement])
        assert stored.statement.speaker is not None
        assert stored.statement.speaker.name == "Piet Vos"


def test_what_the_model_does_not_read_of_a_paragraph_is_encoded_by_itself(archive: Archive, encoder: Encoder) -> None:
    made, alone = composed(archive, encoder, LONG + SHORT)
    at = int(np.argmax(made @ encoder.encode_query("Who said that the ferry will never sail again?")))
    assert made[at] @ alone[at] == pytest.approx(1.0, abs=1e-3)


def test_another_headline_is_another_vector(archive: Archive, encoder: Encoder) -> None:
    made, _ = composed(archive, encoder, SHORT)
    renamed = replace(article(SHORT), title="A night of storms")
    add(archive, encoder, iter([ReadResult(source="1.txt", article=renamed)]), processes=1)
    keys = [one.key for one in archive.everything()]
    (again,) = compose(archive, keys, encoder).content.statement_vectors
    assert made.shape == again.shape
