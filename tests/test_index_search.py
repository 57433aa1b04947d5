"""Segments and searching them: what is written is what is found, filters hold, overlays apply."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from data.errors import IndexFault
from data.model import DateRange
from embeddings import words
from embeddings.encoder import Encoder
from embeddings.search import EVERYTHING, Edit, Filter, Overlay, View
from embeddings.segment import PARAGRAPH, STATEMENT, Content, Segment, write

ODA, PIET, COUNCIL = 7, 8, 9
MAY, JUNE = date(2031, 5, 10), date(2031, 6, 20)


@dataclass
class Said:
    key: int
    speaker: int
    content: str
    on: date | None = None
    speech: bool = True


@dataclass
class Paragraph:
    key: int
    article: int
    text: str
    outlet: str | None
    published: date | None
    said: Sequence[Said] = ()


FERRY = Paragraph(
    1, 10, "The ferry will sail again in May, harbour master Oda Brun said.", "Ostrey Bell", MAY,
    [Said(101, ODA, "The ferry will sail again in May", MAY)],
)  # fmt: skip
TAX = Paragraph(
    2, 10, "Piet Vos fears that the council tax will rise; he called it theft in June.", "Ostrey Bell", MAY,
    [Said(102, PIET, "the council tax will rise", speech=False), Said(103, PIET, "called it theft", JUNE)],
)  # fmt: skip
WEATHER = Paragraph(3, 11, "Rain fell on the harbour all week.", "Larn Courier", JUNE)
VOTE = Paragraph(
    4, 12, "The council voted for a new ferry, it said.", None, None, [Said(104, COUNCIL, "voted for a new ferry")]
)


def make(folder: Path, encoder: Encoder, contents: Sequence[Paragraph]) -> Segment:
    outlets = sorted({one.outlet for one in contents if one.outlet})
    paragraphs = np.zeros(len(contents), PARAGRAPH)
    said = [(row, one) for row, paragraph in enumerate(contents) for one in paragraph.said]
    statements = np.zeros(len(said), STATEMENT)
    for row, one in enumerate(contents):
        paragraphs[row]["key"], paragraphs[row]["article"] = one.key, one.article
        paragraphs[row]["published"] = one.published.toordinal() if one.published else 0
        paragraphs[row]["outlet"] = outlets.index(one.outlet) if one.outlet else -1
    for at, (row, statement) in enumerate(said):
        day = statement.on.toordinal() if statement.on else 0
        statements[at] = (statement.key, row, statement.speaker, day, day, statement.speech, b"")
    content = Content(
        paragraphs,
        statements,
        outlets,
        words.build(one.text for one in contents),
        [encoder.encode([one.text for one in contents])],
        [encoder.encode([one.content for _, one in said])],
    )
    name, _ = write(folder, content, model=encoder.name, weights=encoder.weights_hash, dimension=encoder.dimension)
    return Segment(folder / name)


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> list[Segment]:
    folder = tmp_path_factory.mktemp("index")
    return [make(folder, encoder, [FERRY, TAX]), make(folder, encoder, [WEATHER, VOTE])]


def found(
    encoder: Encoder, view: View, question: str, where: Filter = EVERYTHING
) -> tuple[list[int], list[int | None]]:
    search = view.search(encoder.encode_query(question), question)
    return (
        [hit.paragraph for hit in search.paragraphs(9, where)],
        [hit.statement for hit in search.statements(9, where)],
    )


def test_each_field_is_searched_over_all_segments(encoder: Encoder, segments: list[Segment]) -> None:
    question = "When will the ferry sail?"
    search = View(1, segments, Overlay()).search(encoder.encode_query(question), question)
    assert search.paragraphs(1)[0].paragraph == FERRY.key
    assert search.statements(1)[0].statement == 101
    assert [hit.paragraph for hit in search.by_words(9)] == [1, 4]
    assert search.best(1)[0].paragraph == FERRY.key
    dense = [hit.dense for hit in search.paragraphs(9)]
    assert len(dense) == 4
    assert dense == sorted(dense, reverse=True)


def test_scores_on_demand_are_those_of_the_search(encoder: Encoder, segments: list[Segment]) -> None:
    question = "council tax"
    search = View(1, segments, Overlay()).search(encoder.encode_query(question), question)
    for hits in (search.paragraphs(9), search.by_words(9)):
        again = search.score(paragraphs=[hit.paragraph for hit in hits])
        assert [hit.paragraph for hit in again] == [hit.paragraph for hit in hits]
        assert [hit.dense for hit in again] == pytest.approx([hit.dense for hit in hits], abs=1e-5)
        assert [hit.words for hit in again] == [hit.words for hit in hits]
    statements = search.score(statements=[104, 999, 101])
    assert [(hit.paragraph, hit.statement) for hit in statements] == [(4, 104), (1, 101)]
    exact = encoder.encode(["voted for a new ferry"])[0] @ encoder.encode_query(question)
    assert statements[0].dense == pytest.approx(float(exact), abs=1e-3)


@pytest.mark.parametrize(
    ("where", "paragraphs", "statements"),
    [
        (Filter(speakers=frozenset({ODA})), {1}, {101}),
        (Filter(speakers=frozenset({PIET})), {2}, {102, 103}),
        (Filter(speakers=frozenset({PIET}), speech=True), {2}, {103}),
        (Filter(speakers=frozenset({ODA, COUNCIL})), {1, 4}, {101, 104}),
        (Filter(speakers=frozenset()), set(), set()),
        (Filter(outlets=frozenset({"Larn Courier"})), {3}, set()),
        (Filter(outlets=frozenset({"Nowhere Times"})), set(), set()),
        (Filter(days=DateRange(MAY, MAY)), {1, 2}, {101, 102}),
        (Filter(days=DateRange(JUNE, JUNE)), {2, 3}, {103}),
        (Filter(days=DateRange(date(1, 1, 1), date(9999, 12, 31))), {1, 2, 3}, {101, 102, 103}),
        (Filter(speakers=frozenset({PIET}), days=DateRange(JUNE, JUNE)), {2}, {103}),
        (Filter(speakers=frozenset({ODA}), days=DateRange(JUNE, JUNE)), set(), set()),
    ],
)
def test_filters(
    encoder: Encoder, segments: list[Segment], where: Filter, paragraphs: set[int], statements: set[int]
) -> None:
    view = View(1, segments, Overlay())
    hits = found(encoder, view, "ferry", where)
    assert set(hits[0]) == paragraphs
    assert set(hits[1]) == statements
    by_words = view.search(encoder.encode_query("council"), "council rain ferry").by_words(9, where)
    assert {hit.paragraph for hit in by_words} == paragraphs


def test_a_filter_is_pushed_down_not_applied_after_the_top_k(encoder: Encoder, segments: list[Segment]) -> None:
    question = "When will the ferry sail again?"
    search = View(1, segments, Overlay()).search(encoder.encode_query(question), question)
    assert [hit.paragraph for hit in search.paragraphs(1, Filter(outlets=frozenset({"Larn Courier"})))] == [3]
    assert [hit.statement for hit in search.statements(1, Filter(speakers=frozenset({PIET}), speech=True))] == [103]


def test_removed_articles_are_found_by_nothing(encoder: Encoder, segments: list[Segment]) -> None:
    view = View(1, segments, Overlay(removed=frozenset({10})))
    assert found(encoder, view, "ferry") == ([4, 3], [104])
    search = view.search(encoder.encode_query("ferry"), "ferry council tax")
    assert [hit.paragraph for hit in search.by_words(9)] == [4]
    assert search.score(paragraphs=[1, 2], statements=[101]) == []
    assert (view.paragraphs, view.statements) == (2, 1)


def test_an_article_in_a_later_segment_replaces_the_earlier(
    encoder: Encoder, segments: list[Segment], tmp_path: Path
) -> None:
    renamed = Paragraph(
        1, 10, "The ferry will not sail, Oda Brun said.", "Ostrey Post", MAY, [Said(201, ODA, "no sail")]
    )
    view = View(1, [*segments, make(tmp_path, encoder, [renamed])], Overlay())
    assert found(encoder, view, "ferry", Filter(outlets=frozenset({"Ostrey Post", "Ostrey Bell"}))) == ([1], [201])
    assert view.paragraphs == 3


def test_corrections_and_merges_hold_over_the_columns(encoder: Encoder, segments: list[Segment]) -> None:
    edits = {101: Edit(PIET, DateRange(JUNE, JUNE), hidden=False), 104: Edit(COUNCIL, None, hidden=True)}
    view = View(1, segments, Overlay(edits=edits, merged={PIET: 20, 20: 21}))
    assert set(found(encoder, view, "ferry", Filter(speakers=frozenset({21})))[1]) == {101, 102, 103}
    assert set(found(encoder, view, "ferry", Filter(speakers=frozenset({PIET})))[1]) == {101, 102, 103}
    assert set(found(encoder, view, "ferry", Filter(speakers=frozenset({ODA})))[1]) == set()
    assert set(found(encoder, view, "ferry", Filter(days=DateRange(JUNE, JUNE)))[1]) == {101, 103}
    assert found(encoder, view, "ferry", Filter(speakers=frozenset({COUNCIL}))) == ([], [])


def test_an_empty_index_finds_nothing(encoder: Encoder) -> None:
    search = View(0, [], Overlay()).search(encoder.encode_query("ferry"), "ferry")
    assert (search.paragraphs(5), search.statements(5), search.by_words(5), search.best(5)) == ([], [], [], [])
    assert search.score(paragraphs=[1], statements=[2]) == []


def test_half_precision_keeps_the_cosines(encoder: Encoder, segments: list[Segment]) -> None:
    exact = encoder.encode([FERRY.text, TAX.text])
    stored = segments[0].paragraph_vectors.rows(np.array([0, 1]))
    assert np.abs(stored - exact).max() < 1e-3
    assert np.sum(stored * exact, axis=1) == pytest.approx([1, 1], abs=1e-3)


def test_a_flipped_byte_is_found_in_every_file(encoder: Encoder, tmp_path: Path) -> None:
    segment = make(tmp_path, encoder, [FERRY, TAX])
    assert segment.check() == []
    for name in segment.manifest.files:
        file = segment.folder / name
        whole = file.read_bytes()
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert segment.check() == [f"{file} is damaged (its checksum differs)"]
        file.write_bytes(whole)
    (segment.folder / "words.rows.npy").unlink()
    assert len(segment.check()) == 1


def test_a_damaged_segment_is_an_index_fault_with_a_way_out(encoder: Encoder, tmp_path: Path) -> None:
    segment = make(tmp_path, encoder, [FERRY])
    manifest = segment.folder / "manifest.json"
    stored = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**stored, "format": 99}))
    with pytest.raises(IndexFault, match=r"newer version.*update onrecord"):
        Segment(segment.folder)
    manifest.write_text("{")
    with pytest.raises(IndexFault, match=r"manifest.json is damaged.*rebuild"):
        Segment(segment.folder)
    manifest.write_text(json.dumps(stored))
    (segment.folder / "paragraphs.faiss").write_bytes(b"no index")
    with pytest.raises(IndexFault, match=r"paragraphs.faiss is missing or damaged.*rebuild"):
        Segment(segment.folder)
    with pytest.raises(IndexFault, match=r"is missing.*rebuild"):
        Segment(tmp_path / "nowhere")


def test_a_write_that_fails_leaves_nothing_behind(encoder: Encoder, tmp_path: Path) -> None:
    def broken() -> list[np.ndarray]:
        raise OSError(28, "No space left on device")
        yield

    content = Content(np.zeros(0, PARAGRAPH), np.zeros(0, STATEMENT), [], words.build([]), broken(), [])
    with pytest.raises(IndexFault, match=r"No space left on device.*untouched"):
        write(tmp_path, content, model="m", weights="w", dimension=4)
    assert list(tmp_path.iterdir()) == []
