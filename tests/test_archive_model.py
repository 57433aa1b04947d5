"""Any sequence of puts, corrections, removals, purges, publications and roll-backs, against a model of plain dicts."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from data.archive import Archive
from data.archive.checking import check
from data.archive.tally import recount
from tests.archive_texts import article, found, said

IDS = st.sampled_from(["a", "b", "c"])
TEXTS = st.sampled_from(["One spoke.\n\nTwo wrote.", "One spoke!\n\nTwo wrote.", "Three sang.", "Two\n\nOne\n\nTwo"])
NAMES = st.sampled_from(["Orla Quist", "O. Quist", "Benno Tarrant"])


class Sequences(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.stack = ExitStack()
        self.versions: dict[str, list[tuple[int, str]]] = {}
        self.gone: set[int] = set()
        self.used: set[int] = set()
        self.covered: list[set[int]] = []
        self.segments = 0

    @initialize()
    def begin(self) -> None:
        self.archive = self.stack.enter_context(Archive.open(self.home, create=True))
        self.writer = self.stack.enter_context(self.archive.writer("test"))

    def teardown(self) -> None:
        assert check(self.archive) == []
        self.stack.close()
        shutil.rmtree(self.home)

    @rule(article_id=IDS, text=TEXTS)
    def put(self, article_id: str, text: str) -> None:
        known = self.versions.setdefault(article_id, [])
        put = self.writer.put(article(article_id, text))
        if text in (stored for _, stored in known):
            assert (put.outcome, put.key) == ("unchanged", known[-1][0])
        else:
            assert put.outcome == ("corrected" if known else "added")
            assert put.key not in self.used
            self.used.add(put.key)
            known.append((put.key, text))

    @rule(article_id=IDS, name=NAMES, other=NAMES, rules=st.sampled_from(["r1", "r2"]))
    def analyse(self, article_id: str, name: str, other: str, rules: str) -> None:
        if not self.versions.get(article_id):
            return
        key, text = self.versions[article_id][-1]
        of = article(article_id, text)
        first, last = of.paragraph(0), of.paragraph(len(of.paragraphs) - 1)
        statements = [said(of, first[:3], name), said(of, last[-3:], other)]
        assert self.writer.put_analysis(key, found(of, *statements, rules=rules))

    @rule(article_id=IDS, hide=st.booleans(), name=NAMES)
    def correct(self, article_id: str, hide: bool, name: str) -> None:
        for known in self.versions.get(article_id, [])[-1:]:
            for one in self.archive.statements(article_keys=[known[0]], hidden=True)[:1]:
                speakers = {row.key for row in self.archive.speakers() if row.name == name}
                speaker = next(iter(speakers), None)
                self.writer.correct(one.ref, hide=hide, speaker=speaker)

    @rule(article_id=IDS)
    def take_back(self, article_id: str) -> None:
        for known in self.versions.get(article_id, [])[-1:]:
            for one in self.archive.statements(article_keys=[known[0]], hidden=True):
                if one.edited or one.hidden:
                    self.writer.undo_correction(one.ref)

    @rule(one=st.integers(1, 3), other=st.integers(1, 3))
    def merge(self, one: int, other: int) -> None:
        keys = [row.key for row in self.archive.speakers()]
        if max(one, other) <= len(keys):
            self.writer.merge_speakers(keys[one - 1], [keys[other - 1]])

    @rule()
    def split(self) -> None:
        for key in self.archive.merged():
            self.writer.split_speaker(key)
            return

    @rule(article_id=IDS)
    def remove(self, article_id: str) -> None:
        keys = {key for key, _ in self.versions.pop(article_id, [])}
        assert set(self.writer.remove([article_id])) == keys
        self.gone |= keys

    @rule(article_id=IDS)
    def purge(self, article_id: str) -> None:
        self.gone |= {key for key, _ in self.versions.pop(article_id, [])}
        self.writer.purge([article_id])

    @rule(whole=st.booleans())
    def publish(self, whole: bool) -> None:
        current = self.archive.current_generation()
        wanted = self.archive.everything() if whole else self.archive.pending()
        self.segments += 1
        name = f"s{self.segments}"
        self.writer.enter_segment(name, {}, {one.key: one.revision for one in wanted})
        before = () if whole or current is None else current.segments
        based_on = current.number if current else None
        self.writer.publish([*before, name], model="m", manifest={}, based_on=based_on)
        now = {one.key for one in wanted}
        self.covered.append(now if whole or not self.covered else self.covered[-1] | now)
        del self.covered[:-2]
        assert self.archive.pending() == []

    @precondition(lambda self: len(self.covered) == 2)
    @rule()
    def roll_back(self) -> None:
        self.writer.roll_back()
        self.covered.reverse()

    @rule()
    def sweep(self) -> None:
        self.writer.sweep()

    @invariant()
    def latest_versions_are_shown(self) -> None:
        if not hasattr(self, "writer"):
            return
        shown = {one.article.id: (one.key, one.article.text) for one in self.archive.each_article()}
        assert shown == {name: known[-1] for name, known in self.versions.items() if known}

    @invariant()
    def what_the_index_must_hide_is_hidden(self) -> None:
        if not hasattr(self, "writer"):
            return
        covered = self.covered[-1] if self.covered else set()
        hidden = set(self.gone)
        for known in self.versions.values():
            keys = [key for key, _ in known]
            hidden |= {key for place, key in enumerate(keys) if covered & set(keys[place + 1 :])}
        assert self.archive.removed() == hidden

    @invariant()
    def speakers_are_counted_right(self) -> None:
        if not hasattr(self, "writer"):
            return
        with self.archive.connection() as connection:
            counted = sum(recount(connection).values())
        assert sum(row.statements for row in self.archive.speakers() if row.merged_into is None) == counted


TestSequences = Sequences.TestCase
TestSequences.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
