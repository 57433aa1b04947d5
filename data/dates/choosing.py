"""The small network that weighs the evidence: the chance of each day, and that none of them is right.

Two perceptrons with one hidden layer and a linear path beside it score a day by its evidence and its statement's, and
"no day" by the statement's and the strongest of each evidence among the days; a softmax over all scores gives the
chances. Several of them, trained from different starts, are averaged. ``benchmarks/fit_dates.py`` trains them and
writes ``choosing.npz``: some tens of thousands of numbers and the names of the evidence, no text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
LIKELY = 0.55
"""From this chance on a day is taken: a little above where it is likelier right than not, as made-up dates do harm."""

LIKELY_OF_OTHERS = 0.65
"""The same for what others did or said two days before publication or earlier: there the chances are too high."""

PATH = Path(__file__).with_name("choosing.npz")


class Chooser:
    """The trained networks.

    Arrays (m networks, s names of evidence on a statement, d on a day, h hidden units): ``told`` (s,) and ``day`` (d,)
    are the names; ``{day,none}_linear`` (m, d + s), ``_linear_bias`` (m,), ``_in`` (m, d + s, h), ``_in_bias`` (m, h),
    ``_out`` (m, h), ``_out_bias`` (m,). Inputs are the day's evidence, then the statement's.
    """

    def __init__(self, arrays: dict[str, npt.NDArray[np.generic]]) -> None:
        self.told = [str(name) for name in arrays["told"]]
        self.day = [str(name) for name in arrays["day"]]
        self._arrays: dict[str, Floats] = {
            name: array.astype(np.float32) for name, array in arrays.items() if name not in ("told", "day")
        }

    def chances(self, told: dict[str, float], days: Sequence[dict[str, float]]) -> list[float]:
        """The chance that no day is right, then that of each day; they add up to 1."""
        if not days:
            return [1.0]
        statement = np.array([told.get(name, 0.0) for name in self.told], dtype=np.float32)
        each = np.array([[one.get(name, 0.0) for name in self.day] for one in days], dtype=np.float32)
        inputs = np.concatenate([each, np.repeat(statement[None], len(days), axis=0)], axis=1)
        strongest = np.concatenate([each.max(axis=0), statement])[None]
        scores = np.concatenate([self._scores("none", strongest), self._scores("day", inputs)], axis=1)
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return [float(chance) for chance in (scores / scores.sum(axis=1, keepdims=True)).mean(axis=0)]

    def choose(self, told: dict[str, float], days: Sequence[dict[str, float]]) -> int | None:
        """The place of the likeliest day where it is likelier than not that it is right; else None."""
        chances = self.chances(told, days)[1:]
        best = max(range(len(chances)), key=chances.__getitem__, default=None)
        if best is None:
            return None
        near = days[best].keys() & {"his own", "his day", "today", "yesterday"}
        return best if chances[best] >= (LIKELY if near else LIKELY_OF_OTHERS) else None

    def _scores(self, kind: str, inputs: Floats) -> Floats:
        """(m, n) scores of n rows of evidence."""
        w = self._arrays
        hidden = np.maximum(inputs @ w[f"{kind}_in"] + w[f"{kind}_in_bias"][:, None], 0)
        deep = np.einsum("mnh,mh->mn", hidden, w[f"{kind}_out"]) + w[f"{kind}_out_bias"][:, None]
        straight = w[f"{kind}_linear"] @ inputs.T + w[f"{kind}_linear_bias"][:, None]
        scores: Floats = deep + straight
        return scores


@cache
def chooser() -> Chooser:
    """The networks that the package ships, loaded once."""
    with np.load(PATH) as arrays:
        return Chooser(dict(arrays))
