"""Fit what the evidence for a carried date weighs, on statements that people dated; writes data/dates/weights.py.

    python -m benchmarks.fit_dates            cross-validate by article, and print
    python -m benchmarks.fit_dates --write    fit on all of it too, and write data/dates/weights.py

``dates.jsonl`` has a line a statement: the article's id, the content's offsets and the days that are right for it
(null: none; several where the article allows several); ``text`` is "train" where they are offsets into the text of
``statements/train`` and not of ``coverage/news-1095``. The articles are those of the shared evaluation data
(``ONRECORD_SHARED``, default ``../shared``); their text isn't in the repository.

The model is a logistic regression whose weights are drawn towards ``PRIOR``, what one would say before seeing figures
(a Gaussian prior around them instead of around 0): some evidence is telling and too rare to be learnt. Each
statement's evidence holds the decision on the one before it, so that the fit is made twice: with the right decisions,
then with its own.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.dates import within
from benchmarks.names import SHARED, article_of, rows
from data.dates import weights
from data.dates.carrying import Carrying, likelihood
from data.dates.saying import prepared
from data.model import DateRange
from data.speakers import name_speakers
from data.statements import Parser, find

GOLD = Path(__file__).with_name("dates.jsonl")
WEIGHTS = Path(weights.__file__)
STRENGTH = 10.0
"""How strongly weights are drawn to the prior (the inverse of its variance)."""

PRIOR = {
    "his own": 2.0, "his own, near": 1.0, "his own, opening": 0.7, "his own, wide": -0.3, "chain, near": 1.0,
    "an occasion, near": 0.7, "an occasion, opening": 0.7, "an occasion, same sentence": 1.5, "an event": -0.5,
    "an event, near": 1.0, "an event, opening": 0.3, "an event, same sentence": 0.5, "another's words": -1.5,
    "no act": -1.5, "no act, near": 0.7, "dates between": -0.5, "turned back": -0.5, "told": -0.7, "a month": -0.5,
    "a year": -1.0, "long ago": -0.7, "yesterday": 0.5, "had said": -1.5, "has said": -1.5, "another time": -1.0,
    "says": -0.5, "according to": -1.0, "introduced": -0.7, "first person": -2.0, "inside another's words": -1.0,
    "same sentence": 0.7, "same paragraph": 0.5, "chain of another, near": -1.0, "unnamed": -0.3, "reaction": 0.5,
    "said next": 1.5, "occasion again": 1.5, "occasion near again": 1.0, "named at an occasion": 1.0, "chorus": 1.5,
    "new occasion": -0.5,
}  # fmt: skip


@dataclass
class Dated:
    """An article ready to be dated, and the days that are right, by the position of the statement."""

    id: str
    ready: Carrying
    gold: dict[int, list[DateRange | None]]


def load() -> list[Dated]:
    """Parse the articles of the gold; a minute or two."""
    gold: dict[str, dict[tuple[tuple[int, int], ...], list[DateRange | None]]] = defaultdict(dict)
    for row in rows(GOLD):
        days = [DateRange(*map(date.fromisoformat, one)) if one else None for one in row["said_on"]]
        gold[row["article"]][tuple(map(tuple, row["content"]))] = days
    of_train = {row["article"] for row in rows(GOLD) if row.get("text") == "train"}
    sources = {row["id"]: row for row in rows(SHARED / "coverage" / "news-1095.jsonl.gz")}
    sources |= {
        row["id"]: row for row in rows(SHARED / "statements" / "train.articles.jsonl.gz") if row["id"] in of_train
    }
    found = []
    for parsed in Parser().parse_many(article_of(sources[one]) for one in sorted(gold) if one in sources):
        attributions = find(parsed)
        right = {n: gold[parsed.article.id].get(one.content) for n, one in enumerate(attributions)}
        ready = prepared(parsed, attributions, name_speakers(parsed, attributions))
        found.append(Dated(parsed.article.id, ready, {n: days for n, days in right.items() if days}))
    return found


def examples(article: Dated, *, told: bool) -> Iterable[tuple[dict[str, float], bool, float]]:
    """Each candidate of each statement: its evidence, whether it is right, its weight. ``told``: right decisions."""
    ready = article.ready
    ready.restart()
    for position in ready.order:
        own = ready.own[position]
        if own is not None:
            ready.pass_by(position, own.days)
            continue
        chosen, best = None, 0.5
        right = article.gold.get(position)
        for one, evidence in ready.candidates(position):
            good = right is not None and any(days and within(one.days, days) for days in right)
            chance = 1.0 + likelihood(evidence) if told and good else 0.0 if told and right else likelihood(evidence)
            if chance > best:
                best, chosen = chance, one.anchor.days
            if right is not None and not (good and None in right):
                yield evidence, good, len(article.gold) ** -0.5
        ready.pass_by(position, chosen)


def fit(articles: Iterable[Dated]) -> dict[str, float]:
    """The weights; they are in force afterwards."""
    articles = list(articles)
    weights.WEIGHTS.clear()
    weights.WEIGHTS[""] = -9.0
    for told in (True, False):
        seen = [example for article in articles for example in examples(article, told=told)]
        names = sorted({name for evidence, _, _ in seen for name in evidence} - {""})
        matrix = np.array([[evidence.get(name, 0.0) for name in names] + [1.0] for evidence, _, _ in seen])
        right = np.array([float(good) for _, good, _ in seen])
        share = np.array([weight for _, _, weight in seen])
        prior = np.array([PRIOR.get(name, 0.0) for name in names])
        found = _minimum(matrix, right, share / share.mean(), prior)
        weights.WEIGHTS.clear()
        weights.WEIGHTS.update(zip([*names, ""], map(float, found), strict=True))
    return dict(weights.WEIGHTS)


def _minimum(matrix: Any, right: Any, share: Any, prior: Any) -> Any:
    """The weights of least loss, by Newton's method; ``matrix`` (n, m + 1) ends with the constant, which is free."""
    pull = np.append(np.full(len(prior), STRENGTH), 1e-6)
    centre = np.append(prior, 0.0)
    found = np.append(prior, -1.5)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(matrix @ found, -30, 30)))
        slope = matrix.T @ (share * (chance - right)) + pull * (found - centre)
        bend = (matrix.T * (share * chance * (1 - chance))) @ matrix + np.diag(pull)
        step = np.linalg.solve(bend, slope)
        found = found - step
        if float(np.abs(step).max()) < 1e-8:
            break
    return found


def judge(articles: Iterable[Dated]) -> Counter[str]:
    """Count the statements that are right, rightly null, wrong, missed and made up."""
    count: Counter[str] = Counter()
    for article in articles:
        article.ready.restart()
        said = article.ready.all()
        for position, right in article.gold.items():
            one = said[position]
            if one is None:
                count["rightly null" if None in right else "missed"] += 1
            elif any(days and within(one.days, days) for days in right):
                count["right"] += 1
            else:
                count["made up" if right == [None] else "wrong"] += 1
    return count


def shown(count: Counter[str]) -> str:
    whole, none = sum(count.values()), count["made up"] + count["rightly null"]
    return (
        f"{(count['right'] + count['rightly null']) / whole:.3f} right or rightly null of {whole}, "
        f"made up {count['made up'] / max(1, none):.3f}: {dict(count)}"
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    if not (SHARED / "coverage").exists():
        sys.exit(f"no shared data at {SHARED}: set ONRECORD_SHARED to the folder that holds coverage/")
    articles = load()
    print("weights of the repository:", shown(judge(articles)))
    random.Random(7).shuffle(articles)
    whole: Counter[str] = Counter()
    for fold in range(5):
        fit(article for n, article in enumerate(articles) if n % 5 != fold)
        whole += judge(article for n, article in enumerate(articles) if n % 5 == fold)
    print("five folds by article:", shown(whole))
    if arguments.write:
        found = fit(articles)
        head = WEIGHTS.read_text(encoding="utf-8").split("WEIGHTS: ")[0]
        body = "".join(f"    {json.dumps(k)}: {v:.2f},\n" for k, v in sorted(found.items()) if abs(v) >= 0.05)
        tail = '"""Log odds by the name of the evidence; the empty name is the constant."""\n'
        WEIGHTS.write_text(f"{head}WEIGHTS: dict[str, float] = {{\n{body}}}\n{tail}", encoding="utf-8")
        print("all of it, fitted on itself:", shown(judge(articles)))


if __name__ == "__main__":
    main()
