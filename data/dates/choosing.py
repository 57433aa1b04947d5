"""The chances of each day, and that none of them is right, for all undated statements of an article at once.

The statements are a chain in the order of the text: a conditional random field (Lafferty, McCallum and Pereira 2001)
whose scores come from small perceptrons. Each has one hidden layer and a linear path beside it. One scores a day by
its evidence and its statement's, one scores "no day" by the statement's and the strongest of each evidence among the
days, and one scores how a statement goes on from the one before it: of the same day, of another, from a day to none
and so on (``KINDS``). The words around what is said join the statement's evidence through a few summed dimensions. The
forward-backward algorithm gives the chances, so that what follows counts as much as what went before and no early
mistake is handed on as a fact. Several networks, trained from different starts, are averaged.
``benchmarks/fit_dates.py`` trains them and writes ``choosing.npz``: numbers, the names of the evidence and the
commonest words, no text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from data.dates.evidence import Named
from data.model import DateRange

Floats = npt.NDArray[np.float32]

PATH = Path(__file__).with_name("choosing.npz")

INPUTS = ("told", "day", "step", "word")
"""The arrays that name the inputs: evidence on a statement, a day and a step, and words."""

KINDS = ("another day", "none again", "a day after none", "none after a day", "the same day", "the same day, one wider")
"""How one statement's day follows the one's before it."""

State = tuple[DateRange, bool] | None
"""The day that a statement may be of and whether it is the wider one, "between" it and publication; None: no day."""


@dataclass(frozen=True, slots=True)
class Link:
    """A statement in the chain.

    ``states`` are the answers to choose from: a statement with a date of its own has that one only, one without
    candidates has None only. ``days`` is the evidence on each candidate, ``told`` that on the statement, ``words`` are
    those around what is said, ``step`` is how it goes on from the statement before it.
    """

    states: Sequence[State]
    days: Sequence[Named]
    told: Named
    words: frozenset[str]
    step: Named

    @property
    def fixed(self) -> bool:
        """Whether there is nothing to choose."""
        return len(self.states) == 1


def kind(before: State, after: State) -> int:
    """The place in ``KINDS`` of a step from one state to another."""
    if before is None:
        return 1 if after is None else 2
    if after is None:
        return 3
    if before[0] != after[0]:
        return 0
    return 4 if before[1] == after[1] else 5


class Chooser:
    """The trained networks.

    Arrays (m networks; t names of evidence on a statement, d on a day, p on a step; v words in e dimensions; h hidden
    units of a kind): ``told`` (t,), ``day`` (d,), ``step`` (p,) and ``word`` (v,) are the names; ``words`` (m, v, e)
    and ``words_bias`` (m, e) turn words into evidence on a statement. For x of ``day``, ``none`` and ``step``, with n
    inputs and o outputs: ``{x}_linear`` (m, n, o), ``{x}_linear_bias`` (m, o), ``{x}_in`` (m, n, h), ``{x}_in_bias``
    (m, h), ``{x}_out`` (m, h, o), ``{x}_out_bias`` (m, o). Inputs of ``day`` and ``none`` are a day's evidence (the
    strongest of all days), then the statement's and its words'; of ``step`` the step's, then the statement's with its
    words, then the same of the statement before.
    """

    def __init__(self, arrays: dict[str, npt.NDArray[Any]]) -> None:
        self.told, self.day, self.step, self.word = (
            {str(name): n for n, name in enumerate(arrays[of])} for of in INPUTS
        )
        self._arrays: dict[str, Floats] = {
            name: array.astype(np.float32) for name, array in arrays.items() if name not in INPUTS
        }
        self._networks = len(self._arrays["words"])

    def chances(self, links: Sequence[Link]) -> list[list[float]]:
        """For each statement the chance of each of its states; they add up to 1."""
        if not links:
            return []
        told = rows((link.told for link in links), self.told)
        days = rows((day for link in links for day in link.days), self.day)
        goes_on = rows((link.step for link in links), self.step)
        words = [[self.word[word] for word in link.words if word in self.word] for link in links]
        counts = [len(link.days) for link in links]
        ends, owner = np.cumsum(counts)[:-1], np.repeat(np.arange(len(links)), counts)
        each = np.split(days, ends)
        strongest = np.stack([one.max(axis=0) if len(one) else np.zeros(days.shape[1], np.float32) for one in each])
        kinds = [[[kind(a, b) for b in after.states] for a in before.states] for before, after in pairwise(links)]
        total: list[npt.NDArray[np.float64]] = [np.zeros(len(link.states)) for link in links]
        for n in range(self._networks):
            embedded = np.stack([self._arrays["words"][n, one].sum(axis=0) for one in words])
            statements = np.concatenate([told, embedded + self._arrays["words_bias"][n]], axis=1)
            before = np.concatenate([np.zeros_like(statements[:1]), statements[:-1]])
            of_days = self._scores(n, "day", np.concatenate([days, statements[owner]], axis=1))[:, 0]
            of_none = self._scores(n, "none", np.concatenate([strongest, statements], axis=1))[:, 0]
            of_steps = self._scores(n, "step", np.concatenate([goes_on, statements, before], axis=1))
            scores = [
                np.zeros(1) if link.fixed else np.concatenate([none[None], own])
                for link, none, own in zip(links, of_none, np.split(of_days, ends), strict=True)
            ]
            joints = [scored[of] for scored, of in zip(of_steps[1:], kinds, strict=True)]
            for sum_, found in zip(total, marginals(scores, joints), strict=True):
                sum_ += found / self._networks
        return [[float(chance) for chance in one] for one in total]

    def _scores(self, n: int, of: str, inputs: Floats) -> Floats:
        """(rows, outputs) scores of rows of evidence by one network."""
        w = {
            part: self._arrays[f"{of}_{part}"][n]
            for part in ("in", "in_bias", "out", "out_bias", "linear", "linear_bias")
        }
        hidden = np.maximum(inputs @ w["in"] + w["in_bias"], 0)
        scores: Floats = hidden @ w["out"] + w["out_bias"] + inputs @ w["linear"] + w["linear_bias"]
        return scores


def rows(each: Iterable[Named], names: dict[str, int]) -> Floats:
    """(n, names) evidence as numbers; names that are not known are left out."""
    found = list(each)
    array = np.zeros((len(found), len(names)), np.float32)
    for at, one in enumerate(found):
        for name, number in one.items():
            if name in names:
                array[at, names[name]] = number
    return array


def marginals(scores: Sequence[npt.NDArray[Any]], joints: Sequence[npt.NDArray[Any]]) -> list[npt.NDArray[np.float64]]:
    """The chances of each state of each statement in a chain (forward-backward), in logarithms until the end.

    Args:
        scores: (states,) per statement.
        joints: (states before, states) per statement but the first.
    """
    forth = [np.asarray(scores[0], np.float64)]
    for joint, own in zip(joints, scores[1:], strict=True):
        forth.append(np.logaddexp.reduce(forth[-1][:, None] + joint, axis=0) + own)
    back = [np.zeros(len(scores[-1]))]
    for joint, own in zip(reversed(joints), reversed(scores[1:]), strict=True):
        back.append(np.logaddexp.reduce(joint + (own + back[-1])[None], axis=1))
    found = []
    for ahead, behind in zip(forth, reversed(back), strict=True):
        both = ahead + behind
        weights = np.exp(both - both.max())
        found.append(weights / weights.sum())
    return found


@cache
def chooser() -> Chooser:
    """The networks that the package ships, loaded once."""
    with np.load(PATH) as arrays:
        return Chooser(dict(arrays))
