"""The life of an index: growing, correcting, removing, rebuilding, rolling back, being damaged and killed."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from data import analysis
from data.archive import Archive
from data.errors import ArchiveError, ArchiveLocked, IndexFault, UnreadableSource
from data.reading import ReadResult
from embeddings import generations, indexing, merging
from embeddings.checking import check, erase_dead, holds_purged
from embeddings.encoder import Encoder
from embeddings.indexing import Added, add, merge_segments
from embeddings.progress import Progress
from embeddings.rebuilding import rebuild
from embeddings.search import Filter, Index
from tests.conftest import MODELS
from tests.index_texts import article, read


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "home", create=True) as opened:
        yield opened


def put(archive: Archive, encoder: Encoder, *numbers: int, version: int = 1) -> Added:
    return add(archive, encoder, read(numbers, version=version), processes=1)


def district(archive: Archive, encoder: Encoder, index: Index, number: int) -> str | None:
    """The text of the first paragraph found for a district, if it is of that district."""
    question = f"What happens in district {number}?"
    index.refresh()
    for hit in index.view.search(encoder.encode_query(question), question).by_words(5):
        text = archive.paragraphs([hit.paragraph])[hit.paragraph].text
        if f"district {number} " in text:
            return text
    return None


def test_what_was_added_is_found_and_what_is_unchanged_costs_nothing(archive: Archive, encoder: Encoder) -> None:
    index = Index.open(archive, encoder)
    assert (index.view.generation, index.view.paragraphs) == (0, 0)
    outcome = put(archive, encoder, 1, 2, 3)
    assert (outcome.added, outcome.indexed, outcome.refused) == (3, 3, [])
    assert index.refresh()
    assert index.view.paragraphs == 9
    assert index.view.statements >= 3
    assert district(archive, encoder, index, 2)
    again = put(archive, encoder, 1, 2, 3)
    assert (again.unchanged, again.indexed, again.encoded, again.generation) == (3, 0, 0, None)
    assert not index.refresh()
    assert check(archive) == []


def test_one_bad_article_is_reported_and_the_others_go_in(archive: Archive, encoder: Encoder) -> None:
    broken = replace(article(2), paragraphs=((0, 10_000),))
    results = [
        *read([1]),
        ReadResult(source="line 2", error=UnreadableSource("line 2: no text")),
        ReadResult(source="2.txt", article=broken),
        *read([3]),
    ]
    outcome = add(archive, encoder, results, processes=1)
    assert (outcome.added, outcome.indexed, len(outcome.refused)) == (2, 2, 2)
    assert check(archive) == []


def test_rules_that_fail_on_one_article_cost_its_statements_only(
    archive: Archive, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = analysis.analyse

    def failing(articles, *, processes=None):  # type: ignore[no-untyped-def]
        for one in articles:
            if one.id.endswith("/2"):
                raise ZeroDivisionError("a fault in the rules")
            yield from sound([one], processes=1)

    monkeypatch.setattr(analysis, "analyse", failing)
    outcome = put(archive, encoder, 1, 2, 3)
    assert outcome.without_statements == [article(2).id]
    assert outcome.indexed == 3
    index = Index.open(archive, encoder)
    assert index.view.paragraphs == 9
    assert index.view.statements >= 2
    assert check(archive) == []


def test_a_correction_replaces_the_earlier_version(archive: Archive, encoder: Encoder) -> None:
    put(archive, encoder, 1, 2)
    index = Index.open(archive, encoder)
    outcome = put(archive, encoder, 2, version=7)
    assert (outcome.corrected, outcome.indexed) == (1, 1)
    index.refresh()
    assert index.view.paragraphs == 6
    texts = {archive.paragraphs([key])[key].text for key in every_paragraph(encoder, index)}
    assert any("waited 9 years" in text for text in texts)
    assert not any("waited 3 years" in text for text in texts)
    assert check(archive) == []


def every_paragraph(encoder: Encoder, index: Index) -> list[int]:
    search = index.view.search(encoder.encode_query("district"), "district")
    return [hit.paragraph for hit in search.paragraphs(10_000)]


def test_removed_is_gone_at_once_and_stays_gone_over_rollback_and_rebuild(archive: Archive, encoder: Encoder) -> None:
    put(archive, encoder, 1, 2, 3)
    put(archive, encoder, 4)
    index = Index.open(archive, encoder)
    with archive.writer("remove") as writer:
        writer.remove([article(2).id])
    assert index.refresh()
    assert district(archive, encoder, index, 2) is None
    assert index.view.paragraphs == 9
    generations.rollback(archive, encoder)
    assert district(archive, encoder, index, 2) is None
    assert district(archive, encoder, index, 4) is None, "the earlier generation did not have it"
    assert [one.id for one in archive.pending()] == [article(4).id]
    rebuild(archive, encoder, processes=1)
    assert district(archive, encoder, index, 2) is None
    assert district(archive, encoder, index, 4)
    assert check(archive) == []


def test_an_editors_word_holds_over_the_index_and_over_a_rebuild(archive: Archive, encoder: Encoder) -> None:
    put(archive, encoder, 1, 2)
    index = Index.open(archive, encoder)
    keys = [key for part in index.view.parts for key in part.statement_key.tolist()]
    first, second = archive.statements(keys=keys)[:2]
    with archive.writer("correct") as writer:
        writer.correct(first.ref, speaker="Alda Winter")
        writer.correct(second.ref, hide=True)
    for _ in range(2):
        index.refresh()
        (named,) = archive.statements(
            keys=[key for part in index.view.parts for key in part.statement_key[:1].tolist()]
        )
        where = Filter(speakers=frozenset({named.speaker_key or 0}))
        hits = index.view.search(encoder.encode_query("repair"), "repair").statements(50, where)
        assert [archive.statements(keys=[hit.statement or 0])[0].ref for hit in hits] == [first.ref]
        every = index.view.search(encoder.encode_query("repair"), "repair").statements(50)
        refs = {one.ref for hit in every for one in archive.statements(keys=[hit.statement or 0], hidden=True)}
        assert second.ref not in refs
        rebuild(archive, encoder, processes=1)


def test_a_rebuild_of_what_is_unchanged_encodes_nothing(archive: Archive, encoder: Encoder) -> None:
    put(archive, encoder, 1, 2, 3)
    outcome = rebuild(archive, encoder, processes=1)
    assert (outcome.indexed, outcome.encoded) == (3, 0)
    assert check(archive) == []


def test_new_rules_encode_only_what_they_changed(
    archive: Archive, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(archive, encoder, *range(1, 6))
    index = Index.open(archive, encoder)
    before = index.view.statements
    monkeypatch.setattr(analysis, "RULES", "rules of tomorrow")
    sound = analysis.analyse

    def without_first(articles, *, processes=None):  # type: ignore[no-untyped-def]
        for found in sound(articles, processes=1):
            yield replace(found, rules="rules of tomorrow", statements=found.statements[1:])

    monkeypatch.setattr(analysis, "analyse", without_first)
    outcome = rebuild(archive, encoder, processes=1)
    assert (outcome.indexed, outcome.encoded) == (5, 0)
    index.refresh()
    assert index.view.statements == before - 5
    assert check(archive) == []


def test_an_interrupted_rebuild_goes_on_where_it_stopped(
    archive: Archive, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BATCH_PARAGRAPHS", 6)  # two articles
    put(archive, encoder, *range(8))
    index = Index.open(archive, encoder)
    generation = index.view.generation

    def interrupt(progress: Progress) -> None:
        if progress.done >= 15:  # paragraphs: of five articles
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(archive, encoder, processes=1, progress=interrupt)
    assert check(archive) == []
    index.refresh()
    assert index.view.generation == generation
    put(archive, encoder, 20)  # a rebuild that was broken off is in nobody's way
    outcome = rebuild(archive, encoder, processes=1)
    assert 0 < outcome.indexed <= 5
    index.refresh()
    assert index.view.paragraphs == 27
    assert district(archive, encoder, index, 20)
    assert check(archive) == []


def test_many_small_additions_are_merged_and_swept(archive: Archive, encoder: Encoder) -> None:
    for number in range(merging.FANOUT + 2):
        put(archive, encoder, number)
    current = archive.current_generation()
    assert current is not None
    assert len(current.segments) == 3
    index = Index.open(archive, encoder)
    assert index.view.paragraphs == 3 * (merging.FANOUT + 2)
    folders = {folder.name for folder in (archive.home / generations.FOLDER).iterdir()}
    assert folders == {one.name for one in archive.segments()}
    with archive.writer("remove") as writer:
        writer.remove([article(number).id for number in range(6)])
    with generations.changing(archive, "merge"):
        assert merge_segments(archive) >= 1
    segments = generations.opened(archive, (archive.current_generation() or current).segments)
    assert sum(len(one.paragraphs) for one in segments) == 3 * (merging.FANOUT + 2 - 6)
    for number in range(6, merging.FANOUT + 2):
        assert district(archive, encoder, index, number)
    assert check(archive) == []


def test_a_search_under_way_is_not_disturbed_by_what_replaces_its_generation(
    archive: Archive, encoder: Encoder
) -> None:
    put(archive, encoder, 1, 2)
    index = Index.open(archive, encoder)
    search = index.view.search(encoder.encode_query("ferry"), "ferry of district 1")
    before = search.paragraphs(9)
    rebuild(archive, encoder, processes=1)
    rebuild(archive, encoder, processes=1)
    assert not (archive.home / generations.FOLDER / index.view.segments[0].name).exists()
    assert search.paragraphs(9) == before
    assert search.by_words(9)
    index.refresh()
    assert index.view.generation > search.view.generation


def test_purged_words_are_in_no_file(archive: Archive, encoder: Encoder) -> None:
    put(archive, encoder, 1, 2)
    put(archive, encoder, 3)
    with archive.writer("purge") as writer:
        writer.purge([article(2).id])
    erase_dead(archive)
    assert check(archive) == []
    index = Index.open(archive, encoder)
    assert index.view.paragraphs == 6
    for name in [one.name for one in archive.segments()]:
        (segment,) = generations.opened(archive, [name])
        assert not {b"school", b"roof"} & set(segment.words.vocabulary.tolist())
    assert len(list((archive.home / generations.FOLDER).iterdir())) == len(archive.segments())


def test_a_purge_that_was_killed_before_it_came_to_the_index_is_finished(archive: Archive, encoder: Encoder) -> None:
    put(archive, encoder, 1, 2)
    with archive.writer("purge") as writer:
        writer.purge([article(2).id])
    assert [fault for fault in check(archive) if "purged" in fault and "rebuild" in fault]
    rebuild(archive, encoder, processes=1)
    assert check(archive) == []
    assert not holds_purged(archive)


def test_purging_all_there_is_leaves_an_empty_index(archive: Archive, encoder: Encoder) -> None:
    put(archive, encoder, 1)
    with archive.writer("purge") as writer:
        writer.purge([article(1).id])
    erase_dead(archive)
    assert check(archive) == []
    assert list((archive.home / generations.FOLDER).iterdir()) == []
    put(archive, encoder, 2)
    assert district(archive, encoder, Index.open(archive, encoder), 2)


def test_without_an_earlier_generation_a_rollback_says_so(archive: Archive, encoder: Encoder) -> None:
    with pytest.raises(ArchiveError, match=r"no earlier index.*rebuild"):
        generations.rollback(archive, encoder)


def test_another_model_is_an_error_with_the_way_out(archive: Archive, encoder: Encoder) -> None:
    put(archive, encoder, 1)
    other = Encoder("minilm", cache=MODELS)
    says = r"made with the model multilingual-e5-small, not with all-MiniLM-L6-v2.*run onrecord rebuild"
    with pytest.raises(IndexFault, match=says):
        Index.open(archive, other)
    with pytest.raises(IndexFault, match=says):
        put(archive, other, 2)
    serving = Index.open(archive, encoder)
    outcome = rebuild(archive, other, processes=1)
    assert outcome.encoded > 0
    assert Index.open(archive, other).view.paragraphs == 3
    with pytest.raises(IndexFault, match="made with the model all-MiniLM-L6-v2"):
        serving.refresh()
    assert serving.view.paragraphs == 3, "what was being served is served on"
    other.close()


@pytest.mark.parametrize("fault", ["flipped byte", "file gone", "folder gone", "from the future"])
def test_damage_is_found_and_a_rebuild_mends_it(archive: Archive, encoder: Encoder, fault: str) -> None:
    put(archive, encoder, 1, 2)
    name = archive.segments()[0].name
    folder = archive.home / generations.FOLDER / name
    if fault == "flipped byte":
        file = folder / "paragraphs.faiss"
        file.write_bytes(file.read_bytes()[:-1] + b"\xff")
    elif fault == "file gone":
        (folder / "statements.npy").unlink()
    elif fault == "folder gone":
        shutil.rmtree(folder)
    else:
        stored = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps({**stored, "format": 1000}))
    faults = check(archive)
    assert faults
    assert all("rebuild" in line and "\n" not in line for line in faults)
    rebuild(archive, encoder, processes=1)
    put(archive, encoder, 3)  # the damaged generation is not the one before any more
    assert check(archive) == []
    index = Index.open(archive, encoder)
    assert district(archive, encoder, index, 1)


def test_a_second_writer_is_told_who_the_first_is(archive: Archive, encoder: Encoder) -> None:
    with generations.changing(archive, "add"), pytest.raises(ArchiveLocked, match=r"process \d+ \(add, since"):
        add(archive, encoder, read([1]), processes=1, wait=0.0)
    assert [one.id for one in archive.pending()] == [article(1).id], "it was stored and waits"
    outcome = put(archive, encoder)
    assert (outcome.indexed, outcome.added) == (1, 0)


def test_a_full_disk_leaves_the_index_as_it_was(
    archive: Archive, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(archive, encoder, 1)
    from embeddings import segment

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(segment, "_flush", full)
        with pytest.raises(IndexFault, match="No space left on device"):
            put(archive, encoder, 2)
    assert check(archive) == []
    index = Index.open(archive, encoder)
    assert index.view.paragraphs == 3
    put(archive, encoder)
    assert district(archive, encoder, index, 2)


def test_progress_reaches_its_end_and_never_falls(archive: Archive, encoder: Encoder) -> None:
    seen: list[Progress] = []
    add(archive, encoder, read(range(5)), processes=1, progress=seen.append)
    indexing_ = [one for one in seen if one.stage == "indexing"]
    assert indexing_[-1].done == indexing_[-1].total == 15
    assert [one.done for one in indexing_] == sorted(one.done for one in indexing_)
    assert indexing_[-1].seconds_left == 0


def test_questions_asked_while_the_index_changes_never_fail(archive: Archive, encoder: Encoder) -> None:
    put(archive, encoder, *range(4))
    index = Index.open(archive, encoder)
    removed: set[str] = set()
    wrong: list[str] = []
    stop = threading.Event()

    def ask() -> None:
        try:
            while not stop.is_set():
                gone = set(removed)
                index.refresh()
                search = index.view.search(encoder.encode_query("Who repairs it?"), "district ferry repaired")
                keys = {hit.paragraph for hit in (*search.best(20), *search.statements(20))}
                articles = {part.article_key for part in archive.paragraphs(keys).values()}
                cited = {one.article.id for one in archive.articles(articles, history=True).values()}
                wrong.extend(cited & gone)
                time.sleep(0.02)
        except Exception as error:
            wrong.append(repr(error))

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    for number in range(4, 12):
        put(archive, encoder, number)
        if number % 3 == 0:
            with archive.writer("remove", wait=10) as writer:
                writer.remove([article(number - 4).id])
            removed.add(article(number - 4).id)
    rebuild(archive, encoder, processes=1)
    stop.set()
    for thread in asking:
        thread.join()
    assert wrong == []
    assert check(archive) == []
