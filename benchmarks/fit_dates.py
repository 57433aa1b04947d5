"""Train the networks that give an undated statement a day of the text (data/dates/choosing.npz).

    python -m benchmarks.fit_dates            cross-validate by article, and print
    python -m benchmarks.fit_dates --write    train on all of it too, and write data/dates/choosing.npz
    python -m benchmarks.fit_dates --folds FOLDER    keep the networks of the folds, for benchmarks/handcheck.py
    python -m benchmarks.fit_dates --judge FOLDER    judge those again (other rules or thresholds), without training

``dates.jsonl`` has a line a statement: the article's id, the content's offsets and the days that are right for it,
given by hand (null: none; several where the article allows several, the likeliest first); ``text`` is "train" where
they are offsets into the text of ``statements/train`` and not of ``coverage``. The articles are those of the
shared evaluation data (``ONRECORD_SHARED``, default ``../shared``); their text isn't in the repository.

The loss is the surprise at the right days, all of them together, under a softmax over a statement's candidates and
"none". What was decided on the statements before is evidence: in training that is what is right, where it is known.
Cross-validation decides as the product does, statement by statement on its own decisions.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.names import SHARED, article_of, rows
from data.dates.carrying import Carrying, Choose
from data.dates.choosing import PATH, Chooser
from data.dates.evidence import Candidate, Named
from data.dates.saying import prepared
from data.model import DateRange
from data.speakers import name_speakers
from data.statements import Parser, find

GOLD = Path(__file__).with_name("dates.jsonl")
HIDDEN, NETWORKS, EPOCHS, DROPPED, RATE, DECAY = 64, 4, 200, 0.2, 3e-3, 0.01
SELDOM = 8
"""Evidence that is named less often than this is left out."""

Days = Sequence[DateRange | None]


@dataclass
class Dated:
    """An article ready to be dated, and the days that are right, by the position of the statement."""

    id: str
    ready: Carrying
    gold: dict[int, Days]


@dataclass
class Case:
    """A statement's evidence, and which of its candidates is right."""

    told: Named
    each: Sequence[Named]
    right: list[bool]
    none: bool


def load() -> list[Dated]:
    """Parse the articles of the gold; a few minutes."""
    gold: dict[str, dict[tuple[tuple[int, int], ...], Days]] = defaultdict(dict)
    for row in rows(GOLD):
        days = [DateRange(*map(date.fromisoformat, one)) if one else None for one in row["said_on"]]
        gold[row["article"]][tuple(map(tuple, row["content"]))] = days
    of_train = {row["article"] for row in rows(GOLD) if row.get("text") == "train"}
    sources = {
        row["id"]: row
        for coverage in ("news-2022", "news-1095")
        for row in rows(SHARED / "coverage" / f"{coverage}.jsonl.gz")
        if row["id"] in gold
    }
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


def fits(said: DateRange, right: DateRange | None) -> bool:
    """Whether a date is right: it meets the right days and says no less."""
    return right is not None and said.overlaps(right) and said.last - said.first <= right.last - right.first


def cases(articles: Iterable[Dated]) -> list[Case]:
    """Every statement of the gold without a date of its own, as it looks when the gold decides on those before."""
    found: list[Case] = []
    for article in articles:
        article.ready.all(_Knowing(article, found))
    return found


class _Knowing:
    """Decides on one article's statements by the gold (none where that is silent), and keeps the cases."""

    def __init__(self, article: Dated, found: list[Case]) -> None:
        self.gold, self.found = article.gold, found

    def __call__(
        self, position: int, candidates: Sequence[Candidate], told: Named, each: Sequence[Named]
    ) -> int | None:
        days = self.gold.get(position)
        right = [_trained(one, days) for one in candidates] if days else []
        if days and (None in days or any(right)):
            self.found.append(Case(told, each, right, None in days))
        if not days or days[0] is None:
            return None
        return right.index(True) if any(right) else None


def _trained(one: Candidate, days: Days) -> bool:
    """Right, and not a day where only "between the two" is: the network is to tell them apart."""
    both = [d for d in days if d is not None and fits(one.days, d)]
    day = one.days.first == one.days.last
    return any(not (day and d.first == one.days.first and (d.last - d.first).days == 1) for d in both)


class Network(nn.Module):
    """Scores of days and of none, as ``data.dates.choosing`` computes them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        for kind in ("day", "none"):
            deep = nn.Sequential(
                nn.Dropout(DROPPED), nn.Linear(width, HIDDEN), nn.ReLU(), nn.Dropout(DROPPED), nn.Linear(HIDDEN, 1)
            )
            self.add_module(f"{kind}_linear", nn.Linear(width, 1))
            self.add_module(f"{kind}_deep", deep)

    def scores(self, kind: str, inputs: Tensor) -> Tensor:
        straight, deep = self.get_submodule(f"{kind}_linear"), self.get_submodule(f"{kind}_deep")
        found: Tensor = (straight(inputs) + deep(inputs))[:, 0]
        return found

    def arrays(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for kind in ("day", "none"):
            state = self.get_submodule(f"{kind}_deep").state_dict()
            straight = self.get_submodule(f"{kind}_linear").state_dict()
            found |= {
                f"{kind}_linear": straight["weight"][0], f"{kind}_linear_bias": straight["bias"][0],
                f"{kind}_in": state["1.weight"].T, f"{kind}_in_bias": state["1.bias"],
                f"{kind}_out": state["4.weight"][0], f"{kind}_out_bias": state["4.bias"][0],
            }  # fmt: skip
        return {name: array.numpy() for name, array in found.items()}


def train(found: Sequence[Case]) -> dict[str, Any]:
    """The arrays of networks trained on cases from ``NETWORKS`` starts."""
    told = _names(case.told for case in found)
    day = _names(one for case in found for one in case.each)
    statements = np.array([[case.told.get(name, 0.0) for name in told] for case in found], dtype=np.float32)
    each = [np.array([[one.get(n, 0.0) for n in day] for one in case.each], np.float32) for case in found]
    each = [one.reshape(-1, len(day)) for one in each]
    strongest = np.stack([one.max(axis=0) if len(one) else np.zeros(len(day), np.float32) for one in each])
    owner = torch.tensor(np.repeat(np.arange(len(found)), [len(one) for one in each]))
    days = torch.tensor(np.concatenate([np.concatenate(each), statements[owner.numpy()]], axis=1))
    none = torch.tensor(np.concatenate([strongest, statements], axis=1))
    right = torch.tensor([float(one) for case in found for one in case.right])
    rightly = torch.tensor([float(case.none) for case in found])
    trained = []
    for seed in range(NETWORKS):
        torch.manual_seed(seed)
        network = Network(days.shape[1])
        optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
        for _ in range(EPOCHS):
            of_days, of_none = network.scores("day", days), network.scores("none", none)
            top = of_none.detach().scatter_reduce(0, owner, of_days.detach(), "amax")
            weight, weight_of_none = torch.exp(of_days - top[owner]), torch.exp(of_none - top)
            total = weight_of_none.index_add(0, owner, weight)
            good = (weight_of_none * rightly).index_add(0, owner, weight * right)
            loss = (total.log() - (good + 1e-9).log()).mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        trained.append(network.arrays())
    arrays = {name: np.stack([one[name] for one in trained]) for name in trained[0]}
    return {"told": np.array(told), "day": np.array(day)} | arrays


def _names(found: Iterable[Named]) -> list[str]:
    count = Counter(name for one in found for name in one)
    return sorted(name for name, times in count.items() if times >= SELDOM)


def chosen_by(arrays: dict[str, Any]) -> Choose:
    """Decide by networks, as the product does."""
    chooser = Chooser(arrays)

    def choose(_position: int, _found: Sequence[Candidate], told: Named, each: Sequence[Named]) -> int | None:
        return chooser.choose(told, each)

    return choose


def judge(articles: Iterable[Dated], choose: Choose | None = None) -> Counter[str]:
    """Count the statements that are right, rightly null, wrong, missed and made up."""
    count: Counter[str] = Counter()
    for article in articles:
        said = article.ready.all(choose)
        for position, right in article.gold.items():
            one = said[position]
            if one is None:
                count["rightly null" if None in right else "missed"] += 1
            elif any(fits(one.days, days) for days in right):
                count["right"] += 1
            else:
                count["made up" if list(right) == [None] else "wrong"] += 1
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
    parser.add_argument("--folds", type=Path, help="folder for the networks of the folds, outside the repository")
    parser.add_argument("--judge", type=Path, help="the folder of an earlier --folds")
    arguments = parser.parse_args()
    if not (SHARED / "coverage").exists():
        sys.exit(f"no shared data at {SHARED}: set ONRECORD_SHARED to the folder that holds coverage/")
    articles = load()
    random.Random(7).shuffle(articles)
    whole: Counter[str] = Counter()
    for fold in range(5):
        if arguments.judge:
            arrays = dict(np.load(arguments.judge / f"{fold}.npz"))
        else:
            arrays = train(cases(article for n, article in enumerate(articles) if n % 5 != fold))
        whole += judge((article for n, article in enumerate(articles) if n % 5 == fold), chosen_by(arrays))
        if arguments.folds:
            arguments.folds.mkdir(parents=True, exist_ok=True)
            np.savez_compressed(arguments.folds / f"{fold}.npz", **arrays)
    print("five folds by article:", shown(whole))
    if arguments.folds:
        held = {article.id: n % 5 for n, article in enumerate(articles)}
        (arguments.folds / "folds.json").write_text(json.dumps(held), encoding="utf-8")
    if arguments.write:
        arrays = train(cases(articles))
        small = {name: a if a.dtype.kind == "U" else a.astype(np.float16) for name, a in arrays.items()}
        np.savez_compressed(PATH, **small)
        print("all of it, fitted on itself:", shown(judge(articles, chosen_by(small))))


if __name__ == "__main__":
    main()
