"""From the archive's rows to the content of a segment. Only texts without a known vector are encoded.

A vector is known when the segments at hand, made with the same model, hold the same text (by its hash) for the same
article: after a change of an article's metadata, of the statement rules, or of the layout of the index, most are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from data.archive import Archive, StoredArticle, StoredParagraph, StoredStatement
from embeddings import words
from embeddings.encoder import Encoder, Progress, Vectors
from embeddings.segment import PARAGRAPH, STATEMENT, Content, Rows, Segment, VectorFile
from embeddings.texts import paragraph_text, statement_text, text_hash


@dataclass(frozen=True, slots=True)
class Composed:
    """The content of a segment-to-be, the articles it covers, and how many texts had to be encoded."""

    content: Content
    articles: list[StoredArticle]
    encoded: int


def compose(
    archive: Archive,
    keys: Iterable[int],
    encoder: Encoder,
    *,
    known: Sequence[Segment] = (),
    progress: Progress | None = None,
) -> Composed:
    """Read some article versions, as they stand now, and encode what is new.

    Args:
        archive: read in one snapshot, so that all that is read belongs together.
        keys: of article versions; those removed meanwhile are left out.
        known: segments whose vectors may be used again; those of other weights are passed over.
    """
    with archive.snapshot() as state:
        articles = sorted(state.articles(keys).values(), key=lambda stored: stored.key)
        by_key = {stored.key: stored for stored in articles}
        groups = state.paragraphs_of(by_key)
        statements = state.statements(article_keys=by_key, hidden=True)
    paragraphs = [one for key in by_key for one in groups.get(key, ())]
    row_of = {paragraph.key: row for row, paragraph in enumerate(paragraphs)}
    statements.sort(key=lambda one: (row_of[one.paragraph_key], one.key))

    texts = [paragraph_text(by_key[one.article_key].article.title, one.text) for one in paragraphs]
    said = [_statement_text(one, by_key[one.article_key]) for one in statements]
    outlets = sorted({stored.article.outlet for stored in articles if stored.article.outlet})
    paragraph_table = np.zeros(len(paragraphs), PARAGRAPH)
    for row, (paragraph, text) in enumerate(zip(paragraphs, texts, strict=True)):
        paragraph_table[row] = _paragraph_row(paragraph, by_key[paragraph.article_key], outlets, text)
    statement_table = np.zeros(len(statements), STATEMENT)
    for row, (statement, text) in enumerate(zip(statements, said, strict=True)):
        statement_table[row] = _statement_row(statement, row_of[statement.paragraph_key], text)

    usable = [segment for segment in known if segment.manifest.weights == encoder.weights_hash]
    vectors = _Known(usable, np.array([stored.key for stored in articles], dtype=np.int64))
    every = vectors.encode([*texts, *said], encoder, progress)
    content = Content(
        paragraphs=paragraph_table,
        statements=statement_table,
        outlets=outlets,
        words=words.build(texts),
        paragraph_vectors=[every[: len(texts)]],
        statement_vectors=[every[len(texts) :]],
    )
    return Composed(content, articles, vectors.encoded)


class _Known:
    """Vectors that segments already hold for some articles, by the hash of their texts."""

    def __init__(self, segments: Sequence[Segment], articles: Rows) -> None:
        self.encoded = 0
        self._found: dict[bytes, tuple[VectorFile, int]] = {}
        for segment in segments:
            of_article = np.isin(segment.paragraphs["article"], articles)
            if not of_article.any():
                continue
            for table, vectors, rows in (
                (segment.paragraphs, segment.paragraph_vectors, np.flatnonzero(of_article)),
                (segment.statements, segment.statement_vectors, np.flatnonzero(of_article[segment.statements["row"]])),
            ):
                for row in rows:
                    self._found[table[row]["hash"].tobytes()] = (vectors, int(row))

    def encode(self, texts: Sequence[str], encoder: Encoder, progress: Progress | None) -> Vectors:
        """(n, d) float32: known vectors, and new ones for the rest. A text that comes twice is encoded once."""
        vectors = np.empty((len(texts), encoder.dimension), dtype=np.float32)
        new: dict[bytes, list[int]] = {}
        old: dict[int, tuple[VectorFile, list[int], list[int]]] = {}
        for at, text in enumerate(texts):
            name = text_hash(text)
            if name in self._found:
                file, row = self._found[name]
                _, places, rows = old.setdefault(id(file), (file, [], []))
                places.append(at)
                rows.append(row)
            else:
                new.setdefault(name, []).append(at)
        for file, places, rows in old.values():
            vectors[places] = file.rows(np.array(rows, dtype=np.int64))
        fresh = encoder.encode([texts[places[0]] for places in new.values()], progress=progress)
        for vector, places in zip(fresh, new.values(), strict=True):
            vectors[places] = vector
        self.encoded += len(new)
        return vectors


def _statement_text(stored: StoredStatement, article: StoredArticle) -> str:
    statement = stored.statement
    text = article.article.text
    content = " ".join(text[start:end] for start, end in statement.attribution.content)
    return statement_text(statement.speaker.name if statement.speaker else None, content)


def _paragraph_row(
    paragraph: StoredParagraph, stored: StoredArticle, outlets: Sequence[str], text: str
) -> tuple[int, int, int, int, int, bytes]:
    article = stored.article
    published = article.published.toordinal() if article.published else 0
    outlet = outlets.index(article.outlet) if article.outlet else -1
    return paragraph.key, stored.key, paragraph.ordinal, published, outlet, text_hash(text)


def _statement_row(stored: StoredStatement, row: int, text: str) -> tuple[int, int, int, int, int, bool, bytes]:
    said_on = stored.statement.said_on
    return (
        stored.key,
        row,
        -1 if stored.speaker_key is None else stored.speaker_key,
        said_on.days.first.toordinal() if said_on else 0,
        said_on.days.last.toordinal() if said_on else 0,
        stored.statement.attribution.speech,
        text_hash(text),
    )
