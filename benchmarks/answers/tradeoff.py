"""Refusing right against refusing wrong: what each least probability of an answer would do, and a picture of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers.cases import Case
from benchmarks.answers.fitting import made_silent, out_of_fold
from benchmarks.answers.material import scorer
from benchmarks.answers.scoring import predicted, right
from bot.asking.answering import judge
from embeddings import ranking

LEAST_RIGHT = 0.70
MOST_WRONG = 0.12
"""The floor under the one and the limit of the other (docs/asking.md)."""


@dataclass(frozen=True)
class Scores:
    """Questions by the probability that the coverage answers them, each judged by weights that never saw it.

    Attributes:
        probability: (n,) of the best passage; 0 where nothing keeps to the reader's restrictions.
        answerable: (n,) whether gold has an answer.
        right: (n,) whether the answer is CORRECT where one is given.
        made: (m,) the probabilities of made questions without an answer.
    """

    probability: NDArray[np.float64]
    answerable: NDArray[np.bool_]
    right: NDArray[np.bool_]
    made: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Point:
    """What a least probability does: the shares of the unanswerable, of the made and of the answerable questions that
    are refused, and CORRECT."""

    least: float
    refused_right: float
    refused_made: float
    refused_wrong: float
    correct: float


def scored(cases: Sequence[Case]) -> Scores:
    """Every case with its probability out of fold, and whether its answer would be right."""
    judge_by = scorer()
    probability, answerable, rights, made = [], [], [], []
    for case, model, threshold in out_of_fold(cases):
        answerable.append(case.answerable)
        if case.fixed is not None:
            probability.append(float(bool(case.fixed["answered"])))
            rights.append(right(case.question, case.fixed, judge_by))
            continue
        ranked = ranking.rank(case.found, model)
        probability.append(judge(case.understood, ranked, threshold).probability)
        given = predicted(case, model, replace(threshold, least=0.0))
        rights.append(case.answerable and right(case.question, given, judge_by))
        for asked, found in made_silent(case):
            made.append(judge(asked.understood, ranking.rank(found, model), threshold).probability)
    return Scores(np.array(probability), np.array(answerable), np.array(rights), np.array(made))


def over_all(scores: Scores) -> list[Point]:
    """A point for each least probability at which something changes, from answering everything to answering nothing."""
    return [at(scores, float(least)) for least in np.unique(np.concatenate([[0.0, 1.0], scores.probability]))]


def at(scores: Scores, least: float) -> Point:
    """What one least probability does: an answer is given from it on, and never where the probability is 0."""
    refused, made = ((p < least) | (p == 0.0) for p in (scores.probability, scores.made))
    return Point(
        least,
        refused_right=_share(refused[~scores.answerable]),
        refused_made=_share(made),
        refused_wrong=_share(refused[scores.answerable]),
        correct=_share(np.where(scores.answerable, ~refused & scores.right, refused)),
    )


def draw(scores: Scores, committed: float, folder: Path) -> None:
    """Write ``silence.png`` and ``silence.svg``: the trade-off, and CORRECT by the least probability.

    Args:
        committed: the least probability that the package carries.
    """
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.hashsalt": "silence", "font.size": 10})
    from matplotlib import patches, pyplot

    points = over_all(scores)
    chosen = at(scores, committed)
    few, many, made = int((~scores.answerable).sum()), int(scores.answerable.sum()), len(scores.made)
    figure, (trade, by_least) = pyplot.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    wrong = [point.refused_wrong for point in points]
    trade.add_patch(
        patches.Rectangle((0, LEAST_RIGHT), MOST_WRONG, 1 - LEAST_RIGHT, color="#2a7f62", alpha=0.12, linewidth=0)
    )
    trade.text(MOST_WRONG + 0.008, 0.965, "asked for", color="#1d5a45")
    trade.plot(
        wrong,
        [point.refused_made for point in points],
        color="#8a8a8a",
        linestyle="--",
        label=f"{made} made questions without an answer",
    )
    trade.step(
        wrong,
        [point.refused_right for point in points],
        where="post",
        color="#1f4e9c",
        linewidth=2,
        label=f"{few} questions without an answer",
    )
    trade.plot([chosen.refused_wrong], [chosen.refused_right], "o", color="#b3261e", markersize=9, zorder=5)
    trade.annotate(
        f"committed: {chosen.refused_right:.2f} right,\n{chosen.refused_wrong:.2f} wrong",
        (chosen.refused_wrong, chosen.refused_right),
        (chosen.refused_wrong + 0.10, chosen.refused_right - 0.16),
        color="#b3261e",
        arrowprops={"arrowstyle": "-", "color": "#b3261e"},
    )
    trade.set(
        xlim=(0, 0.6),
        ylim=(0, 1.01),
        xlabel=f"refused wrong: share of the {many} answerable questions",
        ylabel="refused right: share of those without an answer",
        title="What a refusal costs",
    )
    trade.legend(loc="lower right", frameon=False)
    least = [point.least for point in points]
    for values, colour, style, label in (
        ([point.correct for point in points], "#1f4e9c", "-", "CORRECT"),
        ([point.refused_right for point in points], "#2a7f62", "--", "refused right"),
        (wrong, "#c77700", ":", "refused wrong"),
    ):
        by_least.step(least, values, where="pre", color=colour, linestyle=style, linewidth=2, label=label)
    by_least.axvline(committed, color="#b3261e", linewidth=1)
    by_least.annotate(
        f"committed {committed:.2f}: CORRECT {chosen.correct:.3f}", (committed + 0.015, 0.01), color="#b3261e"
    )
    by_least.set(
        xlim=(0, 1),
        ylim=(0, 1.01),
        xlabel="least probability from which on an answer is given",
        ylabel="share of the questions",
        title="Where the line is drawn",
    )
    by_least.legend(loc="upper left", bbox_to_anchor=(0.33, 0.45), frameon=False)
    for axes in (trade, by_least):
        axes.grid(color="#dddddd", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "silence.svg", metadata={"Date": None})
    figure.savefig(folder / "silence.png", dpi=150)
    pyplot.close(figure)


def _share(mask: NDArray[np.bool_]) -> float:
    return float(mask.mean()) if len(mask) else 0.0


def table(scores: Scores, committed: float) -> str:
    """The trade-off at the committed least probability and around it."""
    rows = [
        "| least probability | refused right | of made questions | refused wrong | CORRECT |",
        "|---|---|---|---|---|",
    ]
    for least in sorted({0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, committed}):
        point = at(scores, least)
        mark = " (committed)" if least == committed else ""
        rows.append(
            f"| {least:.2f}{mark} | {point.refused_right:.3f} | {point.refused_made:.3f} "
            f"| {point.refused_wrong:.3f} | {point.correct:.3f} |"
        )
    return "\n".join(rows)
