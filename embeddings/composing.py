"""From the archive's rows to the content of a segment. Only what has no known vector is encoded, each paragraph once.

A vector is known when the segments at hand, made with the same model, hold the same text, or the same stretches of it,
for the same article: after a change of an article's metadata, of the statement rules, or of the layout of the index,
most are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data.archive import Archive, StoredArticle, StoredParagraph, StoredStatement
from embeddings import words
from embeddings.encoder import Encoder, Part, Progress, Vectors
from embeddings.segment import PARAGRAPH, STATEMENT, Content, Rows, Segment, VectorFile
from embeddings.texts import Piece, before_paragraph, paragraph_text, pieces_hash, statement_text, text_hash


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
    places = _Pieces(by_key, groups, row_of)
    said = [_Said(_statement_text(one, by_key[one.article_key]), tuple(places.of(one))) for one in statements]
    names = [text_hash(text) for text in texts]
    said_names = [pieces_hash((names[row], start, end) for row, start, end in one.pieces) for one in said]
    outlets = sorted({stored.article.outlet for stored in articles if stored.article.outlet})
    paragraph_table = np.zeros(len(paragraphs), PARAGRAPH)
    for row, (paragraph, name) in enumerate(zip(paragraphs, names, strict=True)):
        paragraph_table[row] = _paragraph_row(paragraph, by_key[paragraph.article_key], outlets, name)
    statement_table = np.zeros(len(statements), STATEMENT)
    for row, (statement, name) in enumerate(zip(statements, said_names, strict=True)):
        statement_table[row] = _statement_row(statement, row_of[statement.paragraph_key], name)

    usable = [segment for segment in known if segment.manifest.weights == encoder.weights_hash]
    at_hand = _Known(usable, np.array([stored.key for stored in articles], dtype=np.int64))
    vectors = _vectors(texts, names, said, said_names, at_hand, encoder, progress)
    content = Content(
        paragraphs=paragraph_table,
        statements=statement_table,
        outlets=outlets,
        words=words.build(texts),
        paragraph_vectors=[vectors.paragraphs],
        statement_vectors=[vectors.statements],
    )
    return Composed(content, articles, vectors.encoded)


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement as it is encoded: out of its pieces, or by its text where the model reads none of them."""

    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Vectors:
    paragraphs: Vectors
    statements: Vectors
    encoded: int


def _vectors(
    texts: Sequence[str],
    names: Sequence[bytes],
    said: Sequence[_Said],
    said_names: Sequence[bytes],
    known: _Known,
    encoder: Encoder,
    progress: Progress | None,
) -> _Vectors:
    """The vectors that are known, and new ones for the rest. A paragraph that comes twice is encoded once."""
    paragraphs, missing = known.take(names, encoder.dimension)
    statements, missing_said = known.take(said_names, encoder.dimension)
    needed = dict.fromkeys(missing)
    for row in missing_said:
        needed.update(dict.fromkeys(piece[0] for piece in said[row].pieces))
    place: dict[bytes, int] = {}
    for row in needed:
        place.setdefault(names[row], len(place))
    first = {names[row]: row for row in reversed(list(needed))}
    parts = [
        Part(place[names[row]], start, end, of)
        for of, whole in enumerate(missing_said)
        for row, start, end in said[whole].pieces
    ]
    fresh, made, read = encoder.encode_parts(
        [texts[first[name]] for name in place], parts, len(missing_said), progress=progress
    )
    for row in missing:
        paragraphs[row] = fresh[place[names[row]]]
    for at, row in enumerate(missing_said):
        statements[row] = made[at]
    unread = [row for at, row in enumerate(missing_said) if not read[at]]
    if unread:
        statements[unread] = encoder.encode([said[row].text for row in unread])
    return _Vectors(paragraphs, statements, len(place) + len(unread))


class _Pieces:
    """Where the parts of a statement stand in the texts that are encoded: its content, and its speaker beside it."""

    def __init__(
        self,
        articles: Mapping[int, StoredArticle],
        groups: Mapping[int, Sequence[StoredParagraph]],
        rows: dict[int, int],
    ) -> None:
        self._articles = articles
        self._groups = groups
        self._rows = rows

    def of(self, stored: StoredStatement) -> Iterator[Piece]:
        """Pieces in the order of the text. A quotation may run over several paragraphs."""
        attribution = stored.statement.attribution
        spans = [*attribution.content, *([attribution.speaker] if attribution.speaker else [])]
        before = len(before_paragraph(self._articles[stored.article_key].article.title))
        for paragraph in self._groups.get(stored.article_key, ()):
            for start, end in sorted(spans):
                start, end = max(start, paragraph.start), min(end, paragraph.end)
                if start < end:
                    yield self._rows[paragraph.key], before + start - paragraph.start, before + end - paragraph.start


class _Known:
    """Vectors that segments already hold for some articles, by the names of what was encoded."""

    def __init__(self, segments: Sequence[Segment], articles: Rows) -> None:
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

    def take(self, names: Sequence[bytes], dimension: int) -> tuple[Vectors, list[int]]:
        """(n, dimension) float32 with the known vectors filled in, and the rows that are not known."""
        vectors = np.empty((len(names), dimension), dtype=np.float32)
        files: dict[int, tuple[VectorFile, list[int], list[int]]] = {}
        missing = []
        for at, name in enumerate(names):
            if name in self._found:
                file, row = self._found[name]
                _, places, rows = files.setdefault(id(file), (file, [], []))
                places.append(at)
                rows.append(row)
            else:
                missing.append(at)
        for file, places, rows in files.values():
            vectors[places] = file.rows(np.array(rows, dtype=np.int64))
        return vectors, missing


def _statement_text(stored: StoredStatement, article: StoredArticle) -> str:
    statement = stored.statement
    text = article.article.text
    content = " ".join(text[start:end] for start, end in statement.attribution.content)
    return statement_text(statement.speaker.name if statement.speaker else None, content)


def _paragraph_row(
    paragraph: StoredParagraph, stored: StoredArticle, outlets: Sequence[str], name: bytes
) -> tuple[int, int, int, int, int, bytes]:
    article = stored.article
    published = article.published.toordinal() if article.published else 0
    outlet = outlets.index(article.outlet) if article.outlet else -1
    return paragraph.key, stored.key, paragraph.ordinal, published, outlet, name


def _statement_row(stored: StoredStatement, row: int, name: bytes) -> tuple[int, int, int, int, int, bool, bytes]:
    said_on = stored.statement.said_on
    return (
        stored.key,
        row,
        -1 if stored.speaker_key is None else stored.speaker_key,
        said_on.days.first.toordinal() if said_on else 0,
        said_on.days.last.toordinal() if said_on else 0,
        stored.statement.attribution.speech,
        name,
    )
