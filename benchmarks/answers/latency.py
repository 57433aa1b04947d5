"""How long a whole answer takes, the model loaded, and where the time goes."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.answers.material import ROOT, Question, asked_on
from bot.asking.desk import Desk

ROUNDS = 3


def latency(desk: Desk, questions: Sequence[Question], *, profile: bool = False) -> None:
    """Print the percentiles of a whole answer in milliseconds; the first round warms up and does not count."""
    view_of = f"{sum(source.articles for source in desk.sources())} articles"
    print(line(view_of, milliseconds({"": desk}, questions)[""]))
    if profile:
        print(steps(lambda: _ask_all(desk, questions), len(questions)))


def milliseconds(desks: dict[str, Desk], questions: Sequence[Question], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """What each answer took, by desk. The desks take turns at every question, so that whatever else the machine does
    befalls them alike; the first round warms up and does not count."""
    taken: dict[str, list[float]] = {name: [] for name in desks}
    for number in range(rounds + 1):
        for question in questions:
            for name, desk in desks.items():
                start = time.perf_counter()
                desk.ask(question["turns"][0], today=asked_on(question))
                if number:
                    taken[name].append(1000 * (time.perf_counter() - start))
    return taken


def line(name: str, taken: Sequence[float]) -> str:
    """The percentiles in one line."""
    median, p90, p95, p99 = np.percentile(taken, (50, 90, 95, 99))
    return f"{name:24} answers {len(taken)}  median {median:.1f} ms  p90 {p90:.1f}  p95 {p95:.1f}  p99 {p99:.1f}"


def steps(run: Callable[[], None], answers: int, shown: int = 28) -> str:
    """Milliseconds an answer spends in our functions and in what they call, the costliest first. The profiler itself
    slows small functions down: read the order and the proportions."""
    profiler = cProfile.Profile()
    profiler.runcall(run)
    rows = []
    for (path, _, function), (_, _, own, cumulative, _) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        if path.startswith(str(ROOT)) and ".venv" not in path and "benchmarks" not in path:
            rows.append((cumulative, own, f"{path.removeprefix(str(ROOT) + '/')}:{function}"))
    rows.sort(reverse=True)
    lines = [
        f"{1000 * cumulative / answers:8.2f} {1000 * own / answers:8.2f}  {name}" for cumulative, own, name in rows
    ]
    return "\n".join([f"{'whole ms':>8} {'own ms':>8}", *lines[:shown]])


def _ask_all(desk: Desk, questions: Sequence[Question]) -> None:
    for question in questions:
        desk.ask(question["turns"][0], today=asked_on(question))
