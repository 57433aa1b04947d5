"""Fitting: the ranking's weights and the threshold of silence, from cases. What is reported is out of fold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers.cases import FOLDS, Case
from benchmarks.answers.material import ROOT
from bot.asking import silence
from bot.asking.answering import eligible
from bot.asking.weights import Weights
from embeddings import fits, ranking
from embeddings.ranking import FEATURES, Candidate, Model

NEGATIVES = 40
"""Wrong candidates a question to learn from: those that the prior ranks highest."""

STRENGTH = 0.02
"""The variance of the prior, a question, of the ranking's pairwise logistic regression; chosen out of fold."""


PRIOR = {
    "dense paragraph": 8.0,
    "dense statement": 6.0,
    "terms in context": 4.0,
    "terms in paragraph": 1.5,
    "terms in statement": 1.0,
    "speaker asked for": 3.0,
    "speaker of that surname": 2.0,
    "another speaker": -1.0,
    "speaker is the topic": -1.0,
    "role": 1.5,
    "is what is described": 0.5,
    "speaks for the one asked": 2.0,
    "verb of that kind": 0.3,
    "no statement": -1.0,
    "speech": 0.5,
    "resolved": 0.5,
    "said in period": 0.5,
    "article cited before": 1.0,
}
"""The weights before any question is seen, by raw feature: nearness in meaning and in words, the right speaker."""

LEAST_SCALE = np.array([0.05 if name.startswith(("dense", "best")) else 0.3 for name in FEATURES])
"""A feature that is seldom other than 0 must not be blown up to the rest's size: few cases would decide on it."""

NEVER_NEGATIVE = (
    "dense paragraph",
    "dense statement",
    "words",
    "speaker asked for",
    "role",
    "speech",
    "speaks for the one asked",
    "verb of that kind",
    "is what is described",
)
"""Features that may not speak against a candidate: a negative weight would be an accident of a small sample."""


def out_of_fold(cases: Sequence[Case], strength: float = STRENGTH) -> Iterator[tuple[Case, Model, silence.Threshold]]:
    """Each case with the weights and the threshold that were fitted on the other folds."""
    for fold in range(FOLDS):
        train = [case for case in cases if case.fold != fold]
        model = ranked_by(train, strength)
        threshold = silent_by(train, model)
        for case in cases:
            if case.fold == fold:
                yield case, model, threshold


def unfitted() -> Weights:
    """What candidates are collected by where nothing is fitted yet: the prior, and never silent."""
    nothing, one = np.zeros(len(FEATURES), np.float32), np.ones(len(FEATURES), np.float32)
    prior = np.array([PRIOR.get(name, 0.0) for name in FEATURES], dtype=np.float32)
    no_evidence = np.zeros(len(silence.EVIDENCE))
    return Weights(Model(nothing, one, prior), silence.Threshold(no_evidence, no_evidence + 1, no_evidence, 0.0, 0.0))


def commit(encoder: str, model: Model, threshold: silence.Threshold) -> None:
    """Write the weights into the packages that use them, for the model whose vectors they were fitted on."""
    name = f"{fits.file_name(encoder)}.json"
    for path, stored in (
        (ROOT / "embeddings" / "fitted" / name, model.as_object()),
        (ROOT / "bot" / "asking" / "fitted" / name, threshold.as_object()),
    ):
        path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def ranked_by(cases: Sequence[Case], strength: float = STRENGTH) -> Model:
    """Fit the ranking: logistic regression on differences of a right and a wrong candidate of one question."""
    used = [case for case in cases if case.grades.any()]
    every = np.concatenate([ranking.as_matrix(case.found) for case in used])
    mean, scale = every.mean(axis=0), np.maximum(every.std(axis=0), LEAST_SCALE)
    prior = np.array([PRIOR.get(name, 0.0) for name in FEATURES])
    rows, weights = [], []
    for case in used:
        features = (ranking.as_matrix(case.found) - mean) / scale
        right = np.flatnonzero(case.grades == case.grades.max())
        allowed = {id(candidate) for candidate in eligible(case.understood, case.found)}
        # The hardest by the prior, not by the present weights: those have seen the questions of every fold.
        hardest = np.argsort(-(ranking.as_matrix(case.found) @ prior), kind="stable")
        wrong = [i for i in hardest if case.grades[i] == 0 and id(case.found[i]) in allowed][:NEGATIVES]
        wrong += [i for i in hardest if case.grades[i] == 0 and id(case.found[i]) not in allowed][: NEGATIVES // 4]
        if not wrong:
            continue
        pairs = np.concatenate([features[i] - features[wrong] for i in right])
        rows.append(pairs)
        weights.append(np.full(len(pairs), 1.0 / len(pairs)))
    fitted = shrunk(np.concatenate(rows), np.concatenate(weights), prior * scale, strength * len(used))
    for name in NEVER_NEGATIVE:
        fitted[FEATURES.index(name)] = max(0.0, fitted[FEATURES.index(name)])
    return Model(mean.astype(np.float32), scale.astype(np.float32), fitted.astype(np.float32))


def shrunk(
    pairs: NDArray[np.float64], weights: NDArray[np.float64], start: NDArray[np.float64], strength: float
) -> NDArray[np.float64]:
    """Logistic regression on differences (right minus wrong), shrunk towards ``start`` instead of towards nothing.

    It is the maximum a posteriori estimate under a Gaussian prior around ``start``; ``strength`` is its variance.
    """
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = pairs @ w
        wrong = 1.0 / (1.0 + np.exp(np.clip(margin, -40, 40)))
        away = w - start
        value = float(weights @ np.logaddexp(0.0, -margin)) + float(away @ away) / (2 * strength)
        return value, -(pairs.T @ (weights * wrong)) + away / strength

    found: NDArray[np.float64] = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return found


def silent_by(cases: Sequence[Case], model: Model) -> silence.Threshold:
    """Fit the threshold of silence on answerable and unanswerable questions, and choose the least probability.

    Eighteen unanswerable questions are few, so more are made (``made_silent``).
    """
    from sklearn.linear_model import LogisticRegression

    rows, answerable, right, weight = [], [], [], []

    def add(case: Case, found: Sequence[Candidate], has_answer: bool, counts: float) -> None:
        ranked = ranking.rank(found, model)
        kept = eligible(case.understood, ranked)
        if not kept:
            return
        rows.append(silence.evidence(case.understood, kept, ranked))
        answerable.append(has_answer)
        grades = {id(candidate): grade for candidate, grade in zip(case.found, case.grades, strict=True)}
        right.append(has_answer and grades[id(kept[0])] == 2)
        weight.append(counts)

    for case in cases:
        add(case, case.found, case.answerable, 1.0)
        for asked, found in made_silent(case):
            add(asked, found, False, 0.0)
    x, y, real = np.array(rows), np.array(answerable), np.array(weight) > 0
    made = ~real
    # Real and made cases without an answer weigh the same together, and as much as those with one.
    w = np.where(y, 1.0, np.where(real, 0.5 * y.sum() / max(1, (~y & real).sum()), 0.5 * y.sum() / max(1, made.sum())))
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 0.1)
    fitted = LogisticRegression(C=0.05, max_iter=500).fit((x - mean) / scale, y, sample_weight=w)
    threshold = silence.Threshold(mean, scale, fitted.coef_[0], float(fitted.intercept_[0]), 0.5)
    probabilities = np.array([threshold.probability(row) for row in x])
    least = best_least(probabilities[real], y[real], np.array(right)[real])
    return silence.Threshold(mean, scale, threshold.weights, threshold.bias, least)


def made_silent(case: Case) -> Iterator[tuple[Case, Sequence[Candidate]]]:
    """Questions without an answer, made of one that has one: without its own articles the archive answers it nowhere,
    and asked of another speaker it mostly has no answer either."""
    if case.answerable:
        articles = {gold["article"] for gold in case.question["gold"]}
        yield case, [one for one in case.found if one.article.article.id not in articles]
    for other in case.others:
        yield other, other.found


def best_least(probabilities: NDArray[np.float64], answerable: NDArray[np.bool_], right: NDArray[np.bool_]) -> float:
    """The least probability with the most right outcomes, of those that refuse at most a tenth of the answerable."""
    best, chosen = -1.0, 0.0
    for least in np.linspace(0.02, 0.9, 89):
        answered = probabilities >= least
        if (~answered & answerable).sum() > 0.1 * answerable.sum():
            break
        gain = float((answered & right).sum() + (~answered & ~answerable).sum())
        if gain >= best:
            best, chosen = gain, float(least)
    return chosen
