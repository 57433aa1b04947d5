"""Statements, their speakers, and what editors do to both: kept over new rules, new versions and removals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from data.archive import Archive, SpeakerRow
from data.archive.tally import recount
from data.archive.writer import Writer
from data.errors import ArchiveError
from data.model import Article, Attribution, DateRange, SaidOn, SpeakerName, Statement
from tests.archive_texts import MARKET, STORM, article, found, said

HURT = "Nobody was hurt"
WAIT = "We will not wait for the insurers"
SLAP = "a slap in the face of four generations"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path, create=True) as opened:
        yield opened


@pytest.fixture
def writer(archive: Archive) -> Iterator[Writer]:
    with archive.writer("test") as opened:
        yield opened


def add(writer: Writer, of: Article, *statements: Statement, rules: str = "rules-1") -> int:
    key = writer.put(of).key
    assert writer.put_analysis(key, found(of, *statements, rules=rules))
    return key


def named(archive: Archive) -> dict[str, SpeakerRow]:
    return {row.name: row for row in archive.speakers() if row.statements}


def refs(archive: Archive, key: int) -> list[str]:
    return [one.ref for one in archive.statements(article_keys=[key])]


def assert_counts_hold(archive: Archive) -> None:
    with archive.connection() as connection:
        counted = recount(connection)
    own: dict[tuple[int, str], int] = {}
    rows = {row.key: row for row in archive.speakers()}
    for row in rows.values():
        if row.members <= {row.key}:
            own |= {(row.key, name): number for name, number in row.aliases.items()}
    assert own == {key: number for key, number in counted.items() if key in own}


def test_a_statement_comes_back_with_every_field(archive: Archive, writer: Writer) -> None:
    of = article()
    full = Statement(
        Attribution((10, 14), (15, 19), ((0, 5), (20, 30)), "mixed", speech=False, confidence=0.375, refusal=True),
        SpeakerName("Orla Quist", "Harbour Master", resolved=True, form="person", gender="f"),
        SaidOn(DateRange(date(2021, 2, 22), date(2021, 2, 28)), (3, 9), "relative"),
        0,
        (0, 40),
    )
    bare = Statement(Attribution(None, None, ((40, 50),), "indirect"), None, None, 0, (0, 60))
    key = add(writer, of, full, bare)
    one, two = archive.statements(article_keys=[key])
    assert (one.statement, two.statement) == (full, bare)
    assert one.ref == f"{key}.0-30"
    assert archive.statement(one.ref) == one
    assert archive.statements(keys=[one.key]) == [one]
    assert archive.statements(paragraph_keys=[one.paragraph_key]) == [one, two]
    assert archive.statements(speaker=one.speaker_key) == [one]
    assert two.speaker_key is None


@pytest.mark.parametrize(
    "ref", ["", "1", "1.2", "1.9-3", "999.0-5", "1.0-5; DROP", "-1.0-5", "1.0-5\n", "9" * 30 + ".0-1"]
)
def test_a_reference_to_nothing_names_nothing(archive: Archive, writer: Writer, ref: str) -> None:
    add(writer, article(), said(article(), WAIT, "Benno Tarrant"))
    assert archive.statement(ref) is None
    with pytest.raises(ArchiveError):
        writer.correct(ref, hide=True)


def test_unchanged_findings_keep_their_keys_and_cost_no_new_index(archive: Archive, writer: Writer) -> None:
    of = article()
    key = add(writer, of, said(of, HURT, "Orla Quist"))
    before = archive.statements(article_keys=[key])
    revision = archive.pending()[0].revision
    writer.put_analysis(key, found(of, said(of, HURT, "Orla Quist"), rules="rules-2"))
    assert archive.statements(article_keys=[key]) == before
    assert archive.pending()[0].revision == revision
    assert archive.stale("rules-2") == []
    assert [one.key for one in archive.stale("rules-3")] == [key]


def test_findings_of_new_rules_replace_the_old_ones(archive: Archive, writer: Writer) -> None:
    of = article()
    key = add(writer, of, said(of, HURT, "Orla Quist"))
    old = archive.statements(article_keys=[key])[0]
    writer.put_analysis(key, found(of, said(of, WAIT, "Benno Tarrant"), rules="rules-2"))
    assert [one.ref for one in archive.statements(article_keys=[key])] == [
        f"{key}.{STORM.index(WAIT)}-{STORM.index(WAIT) + len(WAIT)}"
    ]
    assert archive.statements(keys=[old.key]) == [old], "an index of the generation before may still show it"
    assert list(named(archive)) == ["Benno Tarrant"]
    assert writer.sweep() == []
    assert archive.statements(keys=[old.key]) == []


def test_an_analysis_of_what_changed_meanwhile_is_not_taken(archive: Archive, writer: Writer) -> None:
    of = article(published=None)
    key = writer.put(of).key
    revision = archive.pending()[0].revision
    writer.put(article(published=date(2021, 3, 2)))
    assert not writer.put_analysis(key, found(of), revision=revision)
    writer.remove(["a"])
    assert not writer.put_analysis(key, found(of))


def test_an_analysis_that_does_not_fit_is_a_mistake(archive: Archive, writer: Writer) -> None:
    of = article()
    key = writer.put(of).key
    with pytest.raises(ValueError, match="analysis of b"):
        writer.put_analysis(key, found(article("b")))
    outside = Statement(Attribution(None, None, ((0, 5000),), "direct"), None, None, 0, (0, 5))
    with pytest.raises(ValueError, match="leaves"):
        writer.put_analysis(key, found(of, outside))
    with pytest.raises(ValueError, match="paragraph 70"):
        writer.put_analysis(key, found(of, replace(said(of, HURT), paragraph=70)))
    assert archive.statements(article_keys=[key]) == []


def test_speakers_are_one_across_articles_and_counted_by_name(archive: Archive, writer: Writer) -> None:
    storm, market = article("a", STORM), article("b", MARKET)
    add(writer, storm, said(storm, HURT, "Orla Quist"), said(storm, WAIT, "Benno Tarrant"))
    add(writer, market, said(market, SLAP, "Orla Quist"))
    quist = named(archive)["Orla Quist"]
    assert (quist.aliases, quist.statements) == ({"Orla Quist": 2}, 2)
    writer.remove(["a"])
    assert {name: row.statements for name, row in named(archive).items()} == {"Orla Quist": 1}


def test_groups_and_documents_stay_within_their_article(archive: Archive, writer: Writer) -> None:
    storm, market = article("a", STORM), article("b", MARKET)
    add(writer, storm, said(storm, HURT, "residents", form="group"))
    add(writer, market, said(market, SLAP, "residents", form="group"))
    assert sorted(row.statements for row in archive.speakers()) == [1, 1]


def test_only_changed_speakers_are_told(archive: Archive, writer: Writer) -> None:
    storm, market = article("a", STORM), article("b", MARKET)
    add(writer, storm, said(storm, HURT, "Orla Quist"), said(storm, WAIT, "Benno Tarrant"))
    seen = archive.change_counter()
    assert archive.speakers(since=seen) == []
    add(writer, market, said(market, SLAP, "Orla Quist"))
    assert [(row.name, row.statements) for row in archive.speakers(since=seen)] == [("Orla Quist", 2)]


def test_merged_speakers_count_as_one_until_split(archive: Archive, writer: Writer) -> None:
    storm, market = article("a", STORM), article("b", MARKET)
    add(writer, storm, said(storm, HURT, "Orla Quist"), said(storm, WAIT, "O. Quist-Maar"))
    one, two = (named(archive)[name].key for name in ("Orla Quist", "O. Quist-Maar"))
    writer.merge_speakers(one, [two], name="Orla Quist-Maar")
    assert archive.merged() == {two: one}
    # The merge holds for what the rules find later, in any article.
    add(writer, market, said(market, SLAP, "O. Quist-Maar"))
    rows = {row.key: row for row in archive.speakers()}
    assert rows[one].name == "Orla Quist-Maar"
    assert rows[one].aliases == {"Orla Quist": 1, "O. Quist-Maar": 2}
    assert rows[one].members == {one, two}
    assert rows[two].merged_into == one
    assert writer.split_speaker(two) == two
    rows = {row.key: row for row in archive.speakers()}
    assert (rows[one].statements, rows[two].statements, archive.merged()) == (1, 2, {})
    with pytest.raises(ArchiveError):
        writer.split_speaker(two)


def test_merging_in_a_circle_or_with_nobody(archive: Archive, writer: Writer) -> None:
    of = article()
    add(writer, of, said(of, HURT, "Orla Quist"), said(of, WAIT, "Benno Tarrant"))
    one, two = (named(archive)[name].key for name in ("Orla Quist", "Benno Tarrant"))
    writer.merge_speakers(one, [two])
    writer.merge_speakers(two, [one, two])
    assert archive.merged() == {two: one}
    with pytest.raises(ArchiveError, match="no speaker 999"):
        writer.merge_speakers(one, [999])


def test_names_split_off_stay_split_under_new_rules(archive: Archive, writer: Writer) -> None:
    storm, market = article("a", STORM), article("b", MARKET)
    key = add(writer, storm, said(storm, HURT, "Jan Moor"), said(storm, WAIT, "Jan  Moor"))
    speaker = archive.statements(article_keys=[key])[0].speaker_key
    assert speaker is not None
    apart = writer.split_speaker(speaker, ["Jan  Moor"], called="Jan Moor (council)")
    assert apart != speaker
    add(writer, market, said(market, SLAP, "Jan  Moor"))
    writer.put_analysis(
        key, found(storm, said(storm, HURT, "Jan Moor"), said(storm, WAIT, "Jan  Moor"), rules="rules-2")
    )
    rows = {row.key: row for row in archive.speakers()}
    assert (rows[speaker].statements, rows[apart].statements, rows[apart].name) == (1, 2, "Jan Moor (council)")
    assert {one.speaker_key for one in archive.edited()} == {apart}
    assert_counts_hold(archive)


def test_a_correction_outlives_new_rules_and_shows(archive: Archive, writer: Writer) -> None:
    of = article()
    key = add(writer, of, said(of, HURT, "Benno Tarrant", on=date(2021, 3, 1)))
    ref = refs(archive, key)[0]
    writer.correct(ref, speaker="Orla Quist", said_on=DateRange(date(2021, 2, 27), date(2021, 2, 28)))
    longer = said(of, HURT + ", and that is", "Benno Tarrant", on=date(2021, 3, 1))
    for rules, again in (("rules-2", said(of, HURT, "B. Tarrant")), ("rules-3", longer)):
        writer.put_analysis(key, found(of, again, rules=rules))
        one = archive.statements(article_keys=[key])[0]
        assert one.statement.speaker is not None
        assert one.statement.said_on is not None
        assert (one.statement.speaker.name, one.statement.speaker.resolved) == ("Orla Quist", True)
        assert one.statement.said_on.days == DateRange(date(2021, 2, 27), date(2021, 2, 28))
        assert one.statement.said_on.basis == "editor"
        assert one.edited == {"speaker", "said_on"}
    assert {name: row.statements for name, row in named(archive).items()} == {"Orla Quist": 1}
    assert one.key in {each.key for each in archive.edited()}


def test_a_correction_goes_with_its_words_to_the_next_version(archive: Archive, writer: Writer) -> None:
    of = article()
    key = add(writer, of, said(of, WAIT, "Orla Quist"))
    writer.correct(refs(archive, key)[0], speaker="Benno Tarrant")
    later = article(text="An added first line.\n\n" + STORM.replace("four million", "six million"))
    key = add(writer, later, said(later, WAIT, "Orla Quist"))
    one = archive.statements(article_keys=[key])[0]
    assert one.statement.speaker is not None
    assert one.statement.speaker.name == "Benno Tarrant"


def test_a_correction_survives_removal_and_return(archive: Archive, writer: Writer) -> None:
    of = article()
    key = add(writer, of, said(of, WAIT, "Orla Quist"), said(of, HURT, "Orla Quist"))
    writer.correct(refs(archive, key)[1], hide=True)
    writer.remove(["a"])
    key = add(writer, of, said(of, WAIT, "Orla Quist"), said(of, HURT, "Orla Quist"))
    assert [one.statement for one in archive.statements(article_keys=[key])] == [said(of, HURT, "Orla Quist")]


def test_a_hidden_statement_stays_hidden_when_new_rules_cut_it_up(archive: Archive, writer: Writer) -> None:
    of = article()
    whole = "Nobody was hurt, and that is the only good news"
    key = add(writer, of, said(of, whole, "Orla Quist"))
    writer.correct(refs(archive, key)[0], hide=True)
    assert archive.statements(article_keys=[key]) == []
    parts = [said(of, HURT, "Orla Quist"), said(of, "that is the only good news", "Orla Quist")]
    writer.put_analysis(key, found(of, *parts, said(of, WAIT, "Benno Tarrant"), rules="rules-2"))
    assert [one.statement.speaker.name for one in archive.statements(article_keys=[key]) if one.statement.speaker] == [
        "Benno Tarrant"
    ]
    assert len(archive.statements(article_keys=[key], hidden=True)) == 3
    assert list(named(archive)) == ["Benno Tarrant"]


def test_a_correction_taken_back_leaves_what_the_rules_found(archive: Archive, writer: Writer) -> None:
    of = article()
    key = add(writer, of, said(of, HURT, "Benno Tarrant", on=date(2021, 3, 1)))
    before = archive.statements(article_keys=[key])
    revision = archive.pending()[0].revision
    writer.correct(before[0].ref, speaker="Orla Quist", said_on="unknown", hide=True)
    corrected = archive.statements(article_keys=[key], hidden=True)[0]
    assert (corrected.statement.said_on, corrected.hidden) == (None, True)
    writer.undo_correction(before[0].ref)
    assert archive.statements(article_keys=[key]) == before
    assert archive.edited() == before, "an index built with the correction must learn that it is gone"
    assert archive.pending()[0].revision > revision
    assert {name: row.statements for name, row in named(archive).items()} == {"Benno Tarrant": 1}


def test_a_correction_to_a_name_that_two_speakers_bear_asks_which(archive: Archive, writer: Writer) -> None:
    of = article()
    key = add(writer, of, said(of, HURT, "Jan Moor"), said(of, WAIT, "Benno Tarrant"))
    first = archive.statements(article_keys=[key])[0]
    assert first.speaker_key is not None
    other = article("b", MARKET)
    add(writer, other, said(other, SLAP, "Jan Moor"))
    apart = writer.split_speaker(first.speaker_key, ["Jan Moor"])
    writer.correct(first.ref, speaker=first.speaker_key)
    with pytest.raises(ArchiveError, match="2 speakers"):
        writer.correct(refs(archive, key)[1], speaker="Jan Moor")
    writer.correct(refs(archive, key)[1], speaker=apart)
    assert archive.statements(article_keys=[key])[1].speaker_key == apart


def test_faults_are_counted_without_a_writer(archive: Archive, writer: Writer) -> None:
    of = article()
    key = add(writer, of, said(of, HURT, "Benno Tarrant"))
    ref = refs(archive, key)[0]
    assert archive.count_fault(ref, "speaker")
    assert archive.count_fault(ref, "speaker")
    assert archive.count_fault(ref, "date")
    assert not archive.count_fault("77.0-3", "date")
    assert not archive.count_fault("nonsense", "date")
    assert [(one.ref, one.article, one.kind, one.count) for one in archive.faults()] == [
        (ref, "a", "speaker", 2),
        (ref, "a", "date", 1),
    ]
