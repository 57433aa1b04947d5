"""The command line: ``python -m benchmarks.answers COMMAND``.

score      predictions with the committed weights, scored
fit        a report out of fold (folds by article), then fit on everything and write the weights into the packages
silence    refusing right against refusing wrong out of fold, as figures and as docs/plots/silence.*
ablation   what each part of the answering adds, out of fold, and what it costs
latency    percentiles of a whole answer, the model loaded (--profile: and where the time goes)
drowning   the same questions over ten times the coverage (--both HOME: news-1095 and news-2022 together)
quiz       the editors' quiz over news-2022 (--home HOME), with each miss

A home must hold the coverage that the questions are asked of; where one is missing, the line that says so says how it
is made. The gold, the coverage and the scorers come from $ONRECORD_SHARED (default ../shared), which is not part of
this repository.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from benchmarks.answers import ablation, drowning, fitting, latency, quiz, tradeoff
from benchmarks.answers.cases import FOLDS, collected
from benchmarks.answers.material import (
    COVERAGE,
    COVERAGE_2022,
    LEARN,
    QUESTIONS,
    QUIZ,
    ROOT,
    Home,
    of_coverage,
    read,
    required,
    write,
)
from benchmarks.answers.scoring import predicted, predictions, score
from bot.asking.desk import Desk
from data.errors import ModelError, OnRecordError
from data.settings import Settings
from embeddings.ranking import FEATURES

COMMANDS = ("score", "fit", "silence", "ablation", "latency", "drowning", "quiz")
NEWS_1095 = Path(".bench/news-1095")
NEWS_2022 = Path(".bench/news-2022")
BOTH = Path(".bench/both")
PLOTS = ROOT / "docs" / "plots"


def main() -> int:
    """Run a command; the exit code: 2 where something that it needs is missing."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.answers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--home", type=Path, help="default: $ONRECORD_HOME, else .bench/news-1095 or .bench/news-2022")
    parser.add_argument("--both", type=Path, default=BOTH, help="drowning: the home with both coverages")
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument(
        "--learn",
        type=Path,
        nargs="*",
        default=[LEARN] if LEARN.is_file() else [],
        help="fit: questions to learn from too",
    )
    parser.add_argument("--misses", type=int, default=0, help="how many of the missed questions are shown")
    parser.add_argument("--out", type=Path, default=Path("predictions.jsonl"))
    parser.add_argument("--profile", action="store_true", help="latency: also where the time goes")
    parser.add_argument(
        "--strength", type=float, default=fitting.STRENGTH, help="fit: the prior's variance, a question"
    )
    given = parser.parse_args()
    try:
        run(given)
    except OnRecordError as error:
        print(f"benchmarks.answers {given.command}: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def run(given: argparse.Namespace) -> None:
    """Run one command.

    Raises:
        OnRecordError: a home, the gold or the coverage is missing or unusable.
    """
    about_2022 = given.command == "quiz"
    questions = QUIZ if about_2022 else given.questions
    required(questions)
    usual = Home(NEWS_2022, (COVERAGE_2022,)) if about_2022 else Home(NEWS_1095, (COVERAGE,))
    chosen = given.home or (Path(os.environ["ONRECORD_HOME"]) if "ONRECORD_HOME" in os.environ else usual.path)
    home = Home(chosen, usual.coverage).required()
    asked = read(questions)
    with opened(home, to_fit=given.command == "fit") as desk:
        match given.command:
            case "score":
                write(given.out, predictions(desk, asked))
                print(score(questions, given.out, [COVERAGE], given.misses))
            case "fit":
                fit(desk, given)
            case "silence":
                scores = tradeoff.scored(collected(desk, asked))
                print(tradeoff.table(scores, desk.weights.silence.least))
                tradeoff.draw(scores, desk.weights.silence.least, PLOTS)
            case "ablation":
                ablation.ablation(desk, asked, questions, [COVERAGE], given.out)
            case "latency":
                latency.latency(desk, asked, profile=given.profile)
            case "drowning":
                both = Home(given.both, (COVERAGE, COVERAGE_2022)).required()
                with Desk.open(Settings(home=both)) as larger:
                    coverage = {"alone": [COVERAGE], "both": [COVERAGE, COVERAGE_2022]}
                    drowning.drowning(desk, larger, questions, asked, coverage, given.out)
            case "quiz":
                quiz.quiz(desk, asked, given.out, given.misses)


def opened(home: Path, *, to_fit: bool) -> Desk:
    """A desk over a home. To fit a model for which nothing is fitted yet, it begins with the prior: run it twice then,
    since what a follow-up refers to is an answer by the weights before."""
    try:
        return Desk.open(Settings(home=home))
    except ModelError:
        if not to_fit:
            raise
        return Desk.open(Settings(home=home), fitting.unfitted())


def fit(desk: Desk, given: argparse.Namespace) -> None:
    """Report out of fold, each file of questions apart, then fit on everything and write the weights."""
    asked = {file: of_coverage(read(file)) for file in (given.questions, *given.learn)}
    cases = collected(desk, [question for questions in asked.values() for question in questions])
    print(f"{len(cases)} questions, {sum(len(case.found) for case in cases)} candidates")
    rows = {row["id"]: row for row in (predicted(*one) for one in fitting.out_of_fold(cases, given.strength))}
    for file, questions in asked.items():
        gold, out = (
            given.out.with_suffix(f".{file.stem}.gold.jsonl"),
            given.out.with_suffix(f".{file.stem}.folds.jsonl"),
        )
        write(gold, questions)
        write(out, [rows[question["id"]] for question in questions])
        print(f"\n{file.name}, out of fold ({FOLDS} folds by article):")
        print(score(gold, out, [COVERAGE], given.misses))
    model = fitting.ranked_by(cases, given.strength)
    fitting.commit(desk.encoder_name, model, fitting.silent_by(cases, model))
    print("weights:")
    for name, weight in sorted(zip(FEATURES, model.weights, strict=True), key=lambda pair: -abs(pair[1])):
        print(f"  {weight:+.3f}  {name}")


if __name__ == "__main__":
    sys.exit(main())
