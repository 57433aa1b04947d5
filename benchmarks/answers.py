"""Measure the answers, and fit what they lean on: the ranking's weights and the threshold of silence.

    python benchmarks/answers.py score   [--home HOME]   predictions with the committed weights, scored
    python benchmarks/answers.py fit     [--home HOME]   k-fold report (by article), then fit on everything and write
                                                         embeddings/ranking.json and bot/asking/silence.json
    python benchmarks/answers.py ablation [--home HOME]  what each part adds, out of fold
    python benchmarks/answers.py latency [--home HOME]   percentiles of a whole answer, the model loaded
    python benchmarks/answers.py quiz    [--home HOME]   predictions for the editors' quiz, scored

The home must hold the coverage that the questions are asked of (``onrecord --home HOME add
.../news-1095.jsonl.gz``). The
gold, the coverage and the scorers come from ``$ONRECORD_SHARED`` (default ``../shared``), which is not part of
this repository.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.asking import silence  # noqa: E402
from bot.asking.answering import answer, eligible, judge  # noqa: E402
from bot.asking.citing import cite  # noqa: E402
from bot.asking.contract import as_object, citation_object  # noqa: E402
from bot.asking.conversation import Conversation  # noqa: E402
from bot.asking.desk import Desk  # noqa: E402
from bot.asking.understanding import Understood  # noqa: E402
from data.settings import Settings  # noqa: E402
from embeddings import ranking  # noqa: E402
from embeddings.ranking import FEATURES, Candidate, Model  # noqa: E402

SHARED = Path(os.environ.get("ONRECORD_SHARED", ROOT.parent / "shared"))
TODAY = date(2020, 1, 1)
"""What "yesterday" is counted from: after the whole coverage."""

FOLDS = 7
NEGATIVES = 40
"""Wrong candidates a question to learn from: those that the prior ranks highest."""


@dataclass(slots=True)
class Case:
    """One question with its candidates, each with its grade (0; 1: passage and speaker are right; 2: the date too)."""

    question: dict[str, Any]
    understood: Understood
    found: list[Candidate]
    grades: NDArray[np.int64]
    fold: int
    others: list[Case] = field(default_factory=list)

    @property
    def answerable(self) -> bool:
        return bool(self.question["gold"])


def main() -> None:
    """Run a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["score", "fit", "ablation", "latency", "quiz"])
    parser.add_argument("--home", type=Path, default=Path(os.environ.get("ONRECORD_HOME", ROOT / ".home-news-1095")))
    parser.add_argument("--questions", type=Path, default=SHARED / "questions" / "dev.jsonl")
    parser.add_argument("--coverage", type=Path, nargs="+", default=[SHARED / "coverage" / "news-1095.jsonl.gz"])
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("predictions.jsonl"))
    parser.add_argument(
        "--strength",
        type=float,
        default=0.02,
        help="variance of the prior, a question, of the ranking's pairwise logistic regression",
    )
    given = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit(f"answers.py: no {SHARED}: set ONRECORD_SHARED to the folder with questions, coverage and scorers")
    with Desk.open(Settings(home=given.home)) as desk:
        if given.command == "score":
            write(given.out, predictions(desk, read(given.questions)))
            score(given.questions, given.out, given.coverage, given.misses)
        elif given.command == "quiz":
            write(given.out, predictions(desk, read(SHARED / "questions" / "quiz-2022.jsonl")))
            subprocess.run(
                [
                    sys.executable,
                    SHARED / "score" / "score_quiz.py",
                    SHARED / "questions" / "quiz-2022.jsonl",
                    given.out,
                ],
                check=True,
            )
        elif given.command == "ablation":
            ablation(desk, read(given.questions), given)
        elif given.command == "latency":
            latency(desk, read(given.questions))
        else:
            fit(desk, read(given.questions), given)


def read(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Rows as JSONL."""
    with path.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def score(questions: Path, found: Path, coverage: Sequence[Path], misses: int) -> None:
    """Run the scorer."""
    command = [SHARED / "score" / "score_answers.py", questions, found, "--archive", *coverage, "--misses", str(misses)]
    subprocess.run([sys.executable, *map(str, command)], check=True)


def predictions(desk: Desk, questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """An answer a question, by the committed weights, as ``onrecord ask --batch`` gives it."""
    rows = []
    for question in questions:
        conversation = Conversation()
        today = date.fromisoformat(question["asked"]) if "asked" in question else TODAY
        for turn in question["turns"]:
            given = desk.ask(turn, conversation=conversation, today=today, limit=5)
        rows.append({"id": question["id"], **as_object(given)})
    return rows


def latency(desk: Desk, questions: Sequence[dict[str, Any]], rounds: int = 3) -> None:
    """Print the percentiles of a whole answer in milliseconds; the first round warms up and does not count."""
    taken: list[float] = []
    for number in range(rounds + 1):
        for question in questions:
            start = time.perf_counter()
            desk.ask(question["turns"][0], today=TODAY)
            if number:
                taken.append(1000 * (time.perf_counter() - start))
    cut = statistics.quantiles(taken, n=100)
    print(f"answers {len(taken)}  median {cut[49]:.0f} ms  p90 {cut[89]:.0f}  p95 {cut[94]:.0f}  p99 {cut[98]:.0f}")


def fit(desk: Desk, questions: Sequence[dict[str, Any]], given: argparse.Namespace) -> None:
    """Report out of fold, then fit on everything and write the weights."""
    cases = collected(desk, questions)
    print(f"{len(cases)} questions, {sum(len(case.found) for case in cases)} candidates")
    rows: dict[str, dict[str, Any]] = {}
    for fold in range(FOLDS):
        train = [case for case in cases if case.fold != fold]
        model = ranked_by(train, given.strength)
        threshold = silent_by(train, model)
        for case in cases:
            if case.fold == fold:
                rows[case.question["id"]] = predicted(case, model, threshold)
    out = given.out.with_suffix(".folds.jsonl")
    write(out, rows.values())
    print(f"\nOut of fold ({FOLDS} folds by article):")
    score(given.questions, out, given.coverage, given.misses)
    model = ranked_by(cases, given.strength)
    threshold = silent_by(cases, model)
    folder = ROOT / "embeddings" / "ranking.json"
    folder.write_text(json.dumps(model.as_object(), indent=1) + "\n", encoding="utf-8")
    (ROOT / "bot" / "asking" / "silence.json").write_text(
        json.dumps(threshold.as_object(), indent=1) + "\n", encoding="utf-8"
    )
    print("\nweights:")
    for name, weight in sorted(zip(FEATURES, model.weights, strict=True), key=lambda pair: -abs(pair[1])):
        print(f"  {weight:+.3f}  {name}")


STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("paragraph vectors", ("dense paragraph", "no statement", "speech", "resolved", "confidence", "refusal")),
    ("+ words", ("words", "terms in paragraph", "terms in context", "terms in headline")),
    ("+ statements", ("dense statement", "terms in statement", "quoted", "length", "same verb", "not a person")),
    ("+ neighbours", ("best of article", "best neighbour", "place in article", "article cited before")),
    ("+ who speaks", tuple(name for name in FEATURES if "speaker" in name or name.startswith(("role", "beside")))),
    ("+ dates", tuple(name for name in FEATURES if "period" in name or name.startswith("dated"))),
)
"""What each step of the ablation adds. The restriction to the asked speaker and period begins with its step."""


def ablation(desk: Desk, questions: Sequence[dict[str, Any]], given: argparse.Namespace) -> None:
    """Print the scores, out of fold, as the parts are added one after the other."""
    full = collected(desk, questions)
    used: set[str] = set()
    for name, features in STEPS:
        used |= set(features)
        masked = np.array([feature in used for feature in FEATURES], dtype=np.float32)
        cases = []
        for case in full:
            query = case.understood.query
            if "speaker asked for" not in used:
                query = replace(query, speakers=(), unknown=())
            if "said in period" not in used:
                query = replace(query, days=None)
            found = [replace(one, features=one.features * masked) for one in case.found]
            cases.append(replace(case, understood=replace(case.understood, query=query), found=found, others=[]))
        rows = []
        for fold in range(FOLDS):
            train = [case for case in cases if case.fold != fold]
            model = ranked_by(train, given.strength)
            threshold = silent_by(train, model)
            rows += [predicted(case, model, threshold) for case in cases if case.fold == fold]
        out = given.out.with_suffix(".ablation.jsonl")
        write(out, rows)
        print(f"\n{name}", flush=True)
        score(given.questions, out, given.coverage, 0)


def collected(desk: Desk, questions: Sequence[dict[str, Any]]) -> list[Case]:
    """Every question's candidates with their grades; earlier turns are answered with the committed weights."""
    judge_by = scorer()
    folds = by_article(questions)
    cases = []
    for question in questions:
        conversation = Conversation()
        *before, last = question["turns"]
        for turn in before:
            desk.ask(turn, conversation=conversation, today=TODAY, limit=5)
        understood = desk.understand(last, today=TODAY, previous=conversation.last)
        if understood.chatter or understood.refers:
            given = desk.ask(last, conversation=conversation, today=TODAY, limit=5)
            case = Case(question, understood, [], np.zeros(0, np.int64), folds[question["id"]])
            case.question = {**question, "fixed": {"id": question["id"], **as_object(given)}}
            cases.append(case)
            continue
        found = in_order(desk.judged(understood))
        grades = np.array([grade(candidate, question["gold"], judge_by) for candidate in found], dtype=np.int64)
        case = Case(question, understood, found, grades, folds[question["id"]])
        if case.answerable:
            case.others = asked_of_others(desk, case)
        cases.append(case)
    return cases


def in_order(found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates in the archive's order, so that nothing that is fitted leans on the present weights."""
    return sorted(found, key=lambda one: (one.paragraph.key, one.statement.key if one.statement else 0))


def by_article(questions: Sequence[dict[str, Any]]) -> dict[str, int]:
    """A fold for each question; questions with a gold article in common share one."""
    group: dict[str, str] = {}
    for question in questions:
        articles = [gold["article"] for gold in question["gold"]] or [question["id"]]
        roots = {group.get(article, article) for article in articles}
        root = min(roots)
        for article, old in list(group.items()):
            if old in roots:
                group[article] = root
        for article in articles:
            group[article] = root
    names = sorted({group[(question["gold"] or [{"article": question["id"]}])[0]["article"]] for question in questions})
    order = np.random.default_rng(0).permutation(len(names))
    fold = {name: int(place) % FOLDS for name, place in zip(names, order, strict=True)}
    return {q["id"]: fold[group[(q["gold"] or [{"article": q["id"]}])[0]["article"]]] for q in questions}


def grade(candidate: Candidate, gold: Sequence[dict[str, Any]], judge_by: ModuleType) -> int:
    """0: wrong; 1: passage and speaker are right; 2: the date too, where gold has one."""
    if not any(one["article"] == candidate.article.article.id for one in gold):
        return 0
    shown = citation_object(cite(candidate), 1)
    best = 0
    for one in gold:
        if judge_by.same_passage(shown, one) and judge_by.same_speaker(shown["speaker"], one):
            said = judge_by.read_date(shown, {})
            best = max(best, 2 if not one.get("said_on") or judge_by.same_date(said, one["said_on"]) else 1)
    return best


def scorer() -> ModuleType:
    """The scorer as a module: fitting must judge as it does."""
    spec = importlib.util.spec_from_file_location("score_answers", SHARED / "score" / "score_answers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ranked_by(cases: Sequence[Case], strength: float) -> Model:
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
    from scipy.optimize import minimize

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = pairs @ w
        wrong = 1.0 / (1.0 + np.exp(np.clip(margin, -40, 40)))
        away = w - start
        value = float(weights @ np.logaddexp(0.0, -margin)) + float(away @ away) / (2 * strength)
        return value, -(pairs.T @ (weights * wrong)) + away / strength

    found: NDArray[np.float64] = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return found


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
    "no statement": -1.0,
    "speech": 0.5,
    "resolved": 0.5,
    "said in period": 0.5,
    "article cited before": 1.0,
}
"""The weights before any question is seen, by raw feature: nearness in meaning and in words, the right speaker."""

LEAST_SCALE = np.array([0.05 if name.startswith(("dense", "best")) else 0.3 for name in FEATURES])
"""A feature that is seldom other than 0 must not be blown up to the rest's size: few cases would decide on it."""

NEVER_NEGATIVE = ("dense paragraph", "dense statement", "words", "speaker asked for", "role", "speech")
"""Features that may not speak against a candidate: a negative weight would be an accident of a small sample."""


def silent_by(cases: Sequence[Case], model: Model) -> silence.Threshold:
    """Fit the threshold of silence on answerable and unanswerable questions, and choose the least probability.

    Eighteen unanswerable questions are few. More are made: a question whose articles are left out of the archive has no
    answer in the rest, and a question asked of another speaker mostly has none either (``asked_of_others``).
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
        if case.answerable:
            articles = {gold["article"] for gold in case.question["gold"]}
            add(case, [one for one in case.found if one.article.article.id not in articles], False, 0.0)
        for other in case.others:
            add(other, other.found, False, 0.0)
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


def asked_of_others(desk: Desk, case: Case, number: int = 2) -> list[Case]:
    """The question of a case with other speakers in place of its own, who are quoted in the archive on other things."""
    query = case.understood.query
    if not query.speakers or len(case.question["turns"]) > 1:
        return []
    text, name = query.question, case.question["gold"][0]["speaker"].split()[-1]
    place = text.lower().find(name.lower())
    start = text.rfind(query.described or "", 0, place) if query.described else place
    if place < 0:
        return []
    golden = {gold["speaker"] for gold in case.question["gold"]}
    near = [
        one.speaker.name for one in case.found if one.speaker and one.speaker.resolved and one.speaker.form == "person"
    ]
    others = [
        other for other in dict.fromkeys(near) if other not in golden and name not in other and len(other.split()) > 1
    ]
    first = text.rfind(" ", 0, max(0, place - 1)) + 1
    begin = first if text[first : first + 1].isupper() or text.islower() else place
    if start >= 0:
        begin = min(begin, start)
    cases = []
    for other in others[:: max(1, len(others) // number)][:number]:
        changed = f"{text[:begin]}{other} {text[place + len(name) :].lstrip()}"
        understood = desk.understand(changed, today=TODAY)
        found = in_order(desk.judged(understood)) if understood.query.speakers else []
        cases.append(Case({**case.question, "gold": []}, understood, found, np.zeros(len(found), np.int64), case.fold))
    return cases


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


def predicted(case: Case, model: Model, threshold: silence.Threshold) -> dict[str, Any]:
    """The prediction for a case by given weights."""
    if "fixed" in case.question:
        fixed: dict[str, Any] = case.question["fixed"]
        return fixed
    ranked = ranking.rank(case.found, model)
    given = answer(case.understood, judge(case.understood, ranked, threshold), threshold, limit=5)
    return {"id": case.question["id"], **as_object(given)}


if __name__ == "__main__":
    main()
