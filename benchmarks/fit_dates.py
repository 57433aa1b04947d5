"""Train the networks that give an undated statement a day of the text (data/dates/choosing.npz).

    python -m benchmarks.fit_dates            cross-validate by article, and print
    python -m benchmarks.fit_dates --write    train on all of it too, and write data/dates/choosing.npz
    python -m benchmarks.fit_dates --folds FOLDER    keep the networks of the folds, for benchmarks/handcheck.py
    python -m benchmarks.fit_dates --judge FOLDER    judge those again (other rules or thresholds), without training

``dates.jsonl`` has a line an article: its id and, for each statement that was dated by hand, the content's offsets and
the days that are right for it (null: none; several where the article allows several, the likeliest first); ``text`` is
"train" where they are offsets into the text of ``statements/train`` and not of ``coverage``. The articles are those of
the shared evaluation data (``ONRECORD_SHARED``, default ``../shared``); their text isn't in the repository.

The loss is the surprise at a statement's right days, all of them together, under the chances that the whole chain of
its article gives them (``data.dates.choosing``): what is asked of a single statement is what is trained, and
statements that nobody dated are summed over. The networks are trained side by side, one on a core.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.names import SHARED, article_of, rows
from data.dates.carrying import Chain, Chances
from data.dates.choosing import INPUTS, KINDS, PATH, Chooser, kind
from data.dates.choosing import rows as numbers
from data.dates.saying import prepared
from data.model import DateRange
from data.speakers.resolving import name_speakers
from data.statements import Parser, find

GOLD = Path(__file__).with_name("dates.jsonl")
FOLDS = 5
NETWORKS, EPOCHS, BATCH, RATE, DECAY = 3, 14, 24, 3e-3, 0.01
HIDDEN, HIDDEN_OF_STEPS, DROPPED = 64, 24, 0.2
DIMENSIONS, DROPPED_WORDS = 8, 0.8
"""Words say much and are many: all but a fifth are left out at every step, or they would be learnt by heart."""
SELDOM, SELDOM_WORD = 8, 120
"""Evidence that is named less often than this is left out, and words that stand beside fewer statements."""
NEVER = -1e4

Days = Sequence[DateRange | None]
Gold = dict[tuple[tuple[int, int], ...], Days]
"""The right days by the content's offsets."""


@dataclass
class Dated:
    """An article ready to be dated, and the days that are right, by the position of the statement."""

    id: str
    chain: Chain
    gold: dict[int, Days]


def load() -> list[Dated]:
    """Parse the articles of the gold, side by side; a quarter of an hour on two cores."""
    gold = {row["article"]: _days(row) for row in rows(GOLD)}
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
    work = [(sources[one], gold[one]) for one in sorted(gold) if one in sources]
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores) as pool:
        parts = pool.map(_read, [work[n::cores] for n in range(cores)])
        return sorted((one for part in parts for one in part), key=lambda one: one.id)


def _days(row: Any) -> Gold:
    return {
        tuple(map(tuple, content)): [DateRange(*map(date.fromisoformat, one)) if one else None for one in days]
        for content, days in row["dated"]
    }


def _read(work: Sequence[tuple[Any, Gold]]) -> list[Dated]:
    found = []
    for parsed, (_, gold) in zip(Parser().parse_many(article_of(row) for row, _ in work), work, strict=True):
        attributions = find(parsed)
        right = {n: gold.get(one.content) for n, one in enumerate(attributions)}
        chain = prepared(parsed, attributions, name_speakers(parsed, attributions))
        found.append(Dated(parsed.article.id, chain, {n: days for n, days in right.items() if days}))
    return found


def fits(said: DateRange, right: DateRange | None) -> bool:
    """Whether a date is right: it meets the right days and says no less."""
    return right is not None and said.overlaps(right) and said.last - said.first <= right.last - right.first


def _trained(one: DateRange, days: Days) -> bool:
    """Right, and not a day where only "between the two" is: the network is to tell them apart."""
    both = [d for d in days if d is not None and fits(one, d)]
    day = one.first == one.last
    return any(not (day and d.first == one.first and (d.last - d.first).days == 1) for d in both)


@dataclass
class Names:
    """What the inputs of the networks are."""

    told: dict[str, int]
    day: dict[str, int]
    step: dict[str, int]
    word: dict[str, int]

    @classmethod
    def of(cls, articles: Sequence[Dated]) -> Names:
        """The evidence and the words that are not seldom."""
        links = [link for article in articles for link in article.chain.links]
        return cls(
            _often((link.told for link in links), SELDOM),
            _often((day for link in links for day in link.days), SELDOM),
            _often((link.step for link in links), SELDOM),
            _often((link.words for link in links), SELDOM_WORD),
        )


def _often(found: Iterable[Iterable[str]], least: int) -> dict[str, int]:
    count = Counter(name for one in found for name in one)
    return {name: n for n, name in enumerate(sorted(name for name, times in count.items() if times >= least))}


@dataclass
class Batch:
    """Articles side by side: a articles of s statements of c states, padded; ``kinds`` (a, s, c, c) are the steps'."""

    told: Tensor
    words: Tensor
    steps: Tensor
    days: Tensor
    possible: Tensor
    right: Tensor
    kinds: Tensor

    @property
    def asked(self) -> Tensor:
        """(a, s) the statements of which something is known to be right."""
        return self.right.any(dim=2)


def batched(articles: Sequence[Dated], names: Names) -> list[Batch]:
    """Articles of like length together."""
    known = [article for article in articles if article.gold and article.chain.links]
    known.sort(key=lambda one: (len(one.chain.links) // 6, max(len(link.states) for link in one.chain.links)))
    return [_batch(known[n : n + BATCH], names) for n in range(0, len(known), BATCH)]


def _batch(articles: Sequence[Dated], names: Names) -> Batch:
    long = max(len(one.chain.links) for one in articles)
    wide = max(len(link.states) for one in articles for link in one.chain.links)
    shape = (len(articles), long)
    told, goes_on = np.zeros((*shape, len(names.told)), np.float32), np.zeros((*shape, len(names.step)), np.float32)
    words, days = np.zeros((*shape, len(names.word)), bool), np.zeros((*shape, wide, len(names.day)), np.float32)
    possible, right = np.zeros((*shape, wide), bool), np.zeros((*shape, wide), bool)
    kinds = np.zeros((*shape, wide, wide), np.int64)
    possible[:, :, 0] = True
    for a, article in enumerate(articles):
        links = article.chain.links
        told[a, : len(links)] = numbers((link.told for link in links), names.told)
        goes_on[a, : len(links)] = numbers((link.step for link in links), names.step)
        for s, (position, link) in enumerate(zip(article.chain.positions, links, strict=True)):
            words[a, s, [names.word[word] for word in link.words if word in names.word]] = True
            possible[a, s, : len(link.states)] = True
            if link.days:
                days[a, s, 1 : len(link.states)] = numbers(link.days, names.day)
            gold = article.gold.get(position)
            if gold and (undated := article.chain.undated.get(position)):
                right[a, s, : len(link.states)] = [None in gold, *(_trained(one.days, gold) for one in undated.found)]
            if s:
                before = links[s - 1].states
                kinds[a, s, : len(before), : len(link.states)] = [[kind(x, y) for y in link.states] for x in before]
    return Batch(*map(torch.tensor, (told, words, goes_on, days, possible, right, kinds)))


class Perceptron(nn.Module):
    """One hidden layer and a linear path beside it."""

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.straight = nn.Linear(inputs, outputs)
        self.deep = nn.Sequential(
            nn.Dropout(DROPPED), nn.Linear(inputs, hidden), nn.ReLU(), nn.Dropout(DROPPED), nn.Linear(hidden, outputs)
        )

    def forward(self, inputs: Tensor) -> Tensor:
        found: Tensor = self.straight(inputs) + self.deep(inputs)
        return found

    def arrays(self, of: str) -> dict[str, Tensor]:
        """As ``data.dates.choosing`` names them."""
        state = self.state_dict()
        return {
            f"{of}_linear": state["straight.weight"].T, f"{of}_linear_bias": state["straight.bias"],
            f"{of}_in": state["deep.1.weight"].T, f"{of}_in_bias": state["deep.1.bias"],
            f"{of}_out": state["deep.4.weight"].T, f"{of}_out_bias": state["deep.4.bias"],
        }  # fmt: skip


class Network(nn.Module):
    """The scores of days, of none and of steps, as ``data.dates.choosing`` computes them."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        told = len(names.told) + DIMENSIONS
        self.words = nn.Linear(len(names.word), DIMENSIONS)
        self.drop = nn.Dropout(DROPPED_WORDS)
        nn.init.normal_(self.words.weight, std=0.02)
        self.day = Perceptron(len(names.day) + told, HIDDEN, 1)
        self.none = Perceptron(len(names.day) + told, HIDDEN, 1)
        self.step = Perceptron(len(names.step) + 2 * told, HIDDEN_OF_STEPS, len(KINDS))

    def forward(self, batch: Batch) -> Tensor:
        """(a, s, c) logarithms of the chances of the states."""
        told = torch.cat([batch.told, self.words(self.drop(batch.words.float()))], dim=2)
        each = torch.cat([batch.days, told[:, :, None].expand(*batch.days.shape[:3], told.shape[2])], dim=3)
        days = batch.possible.clone()
        days[:, :, 0] = False
        strongest = batch.days.amax(dim=2)
        scores = torch.full(batch.possible.shape, NEVER)
        scores[days] = self.day(each[days])[:, 0]
        scores[:, :, 0] = self.none(torch.cat([strongest, told], dim=2))[:, :, 0]
        before = torch.cat([torch.zeros_like(told[:, :1]), told[:, :-1]], dim=1)
        steps = self.step(torch.cat([batch.steps, told, before], dim=2))
        wide = scores.shape[2]
        joints = steps.gather(2, batch.kinds.flatten(2)).unflatten(2, (wide, wide))
        return _marginals(scores, joints)

    def arrays(self) -> dict[str, Any]:
        found = {"words": self.words.weight.T, "words_bias": self.words.bias}
        for of, part in (("day", self.day), ("none", self.none), ("step", self.step)):
            found |= part.arrays(of)
        return {name: array.detach().numpy() for name, array in found.items()}


def _marginals(scores: Tensor, joints: Tensor) -> Tensor:
    """``data.dates.choosing.marginals`` of many articles, to be learnt through."""
    forth, back = [scores[:, 0]], [torch.zeros_like(scores[:, 0])]
    for s in range(1, scores.shape[1]):
        forth.append(torch.logsumexp(forth[-1][:, :, None] + joints[:, s], dim=1) + scores[:, s])
    for s in range(scores.shape[1] - 1, 0, -1):
        back.append(torch.logsumexp(joints[:, s] + (scores[:, s] + back[-1])[:, None], dim=2))
    both = torch.stack(forth, dim=1) + torch.stack(back[::-1], dim=1)
    return torch.log_softmax(both, dim=2)


def trained(articles: Sequence[Dated], names: Names, seed: int) -> dict[str, Any]:
    """The arrays of one network."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    chance = random.Random(seed)
    batches = [batch for batch in batched(articles, names) if bool(batch.asked.any())]
    network = Network(names)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=EPOCHS * len(batches), pct_start=0.1)
    for _ in range(EPOCHS):
        chance.shuffle(batches)
        for batch in batches:
            right = network(batch).masked_fill(~batch.right, NEVER)
            loss = -torch.logsumexp(right, dim=2)[batch.asked].mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            schedule.step()
    return network.arrays()


def _job(part: tuple[Sequence[Dated], int]) -> dict[str, Any]:
    articles, seed = part
    names = Names.of(articles)
    return {of: np.array(list(getattr(names, of)), dtype=str) for of in INPUTS} | trained(articles, names, seed)


def train(parts: Sequence[Sequence[Dated]]) -> list[dict[str, Any]]:
    """The arrays of networks trained on each part from ``NETWORKS`` starts."""
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        each = list(pool.map(_job, [(part, seed) for part in parts for seed in range(NETWORKS)]))
    own = (each[n : n + NETWORKS] for n in range(0, len(each), NETWORKS))
    return [
        {name: array if name in INPUTS else np.stack([one[name] for one in mine]) for name, array in mine[0].items()}
        for mine in own
    ]


def judge(articles: Iterable[Dated], chances: Chances | None = None) -> Counter[str]:
    """Count the statements that are right, rightly null, wrong, missed and made up."""
    count: Counter[str] = Counter()
    for article in articles:
        said = article.chain.all(chances)
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
        f"{(count['right'] + count['rightly null']) / max(1, whole):.3f} right or rightly null of {whole}, "
        f"made up {count['made up'] / max(1, none):.3f}: {dict(count)}"
    )


COVERAGE: dict[str, Callable[[str], bool]] = {
    "news-2022": lambda article: article.startswith("http"),
    "news-1095 and statements/train": lambda article: not article.startswith("http"),
}


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
    folds: list[dict[str, Any]]
    held = {article.id: n % FOLDS for n, article in enumerate(articles)}
    if arguments.judge:
        held = json.loads((arguments.judge / "folds.json").read_text(encoding="utf-8"))
        articles = [article for article in articles if article.id in held]
        folds = [dict(np.load(arguments.judge / f"{fold}.npz")) for fold in range(FOLDS)]
    else:
        folds = train([[article for article in articles if held[article.id] != fold] for fold in range(FOLDS)])
    if arguments.folds:
        arguments.folds.mkdir(parents=True, exist_ok=True)
        (arguments.folds / "folds.json").write_text(json.dumps(held), encoding="utf-8")
        for fold, arrays in enumerate(folds):
            np.savez_compressed(arguments.folds / f"{fold}.npz", **arrays)
    choosers = [Chooser(arrays) for arrays in folds]
    for coverage, holds in COVERAGE.items():
        whole: Counter[str] = Counter()
        for article in articles:
            if holds(article.id):
                whole += judge([article], choosers[held[article.id]].chances)
        print(f"five folds by article, {coverage}:", shown(whole))
    if arguments.write:
        (arrays,) = train([articles])
        small = {name: a if a.dtype.kind == "U" else a.astype(np.float16) for name, a in arrays.items()}
        np.savez_compressed(PATH, **small)
        print("all of it, fitted on itself:", shown(judge(articles, Chooser(small).chances)))


if __name__ == "__main__":
    main()
