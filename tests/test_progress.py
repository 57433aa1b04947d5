"""How far long work is: the pace and what is left, as a line now and then where there is no terminal."""

from __future__ import annotations

import pytest

from bot.cli.progress import EVERY_SECONDS, FIRST_SECONDS, Lines, worded
from embeddings import progress
from embeddings.progress import Clock, Progress


def test_the_pace_counts_from_the_first_step_on(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter((60.0, 70.0, 80.0, 80.0, 90.0))  # the first minute went by with loading
    monkeypatch.setattr(progress.time, "monotonic", moments.__next__)
    seen: list[Progress] = []
    clock = Clock("indexing", 1000, seen.append, steps=2000)
    clock.step(500)
    clock.step(250)
    clock.step(250)
    clock.within(1000)(1, 4)
    clock.step(1000)
    assert [(one.done, one.pace, one.seconds_left) for one in seen] == [
        (250, None, None),
        (375, 12.5, 50.0),
        (500, 12.5, 40.0),
        (625, 18.75, 20.0),
        (1000, 25.0, 0.0),
    ]


def test_a_line_when_the_pace_is_known_and_then_one_now_and_then() -> None:
    moments = iter((0.0, FIRST_SECONDS - 1, FIRST_SECONDS, 6.0, 20.0, 6.0 + EVERY_SECONDS, 40.0))
    written: list[str] = []
    lines = Lines(written.append, moments.__next__)
    lines(Progress("indexing", 160, 9000, 40.0, 221.0))
    lines(Progress("indexing", 200, 9000))
    assert written == [], "too early, or nothing to tell"
    for done in (240, 800, 1440, 1600):
        lines(Progress("indexing", done, 9000, 40.0, (9000 - done) / 40))
    assert written == [
        "indexing: 240 of 9,000 paragraphs, 40 a second, about 4 minutes left",
        "indexing: 1,440 of 9,000 paragraphs, 40 a second, about 3 minutes left",
    ]


@pytest.mark.parametrize(
    ("moment", "line"),
    [
        (Progress("reading", 1280), "reading: 1,280 articles"),
        (Progress("merging", 2), "merging: 2 merges"),
        (Progress("indexing", 1, 2, 0.5, 2.0), "indexing: 1 of 2 paragraphs, 0.5 a second, a minute or less left"),
        (Progress("indexing", 1, 9, 12.0, 9e4), "indexing: 1 of 9 paragraphs, 12 a second, about 25 hours left"),
    ],
)
def test_what_a_line_says(moment: Progress, line: str) -> None:
    assert worded(moment) == line
