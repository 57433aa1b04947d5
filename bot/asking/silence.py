"""Whether to answer at all: a small fitted model over how good the best passage is and who else comes near.

A wrong quote does harm, a refusal costs the reader a minute; so the decision is calibrated on questions with and
without
an answer (``python -m benchmarks.answers fit``), not picked by eye. The weights lie in ``fitted/``, a file for each
encoder's model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.asking.understanding import Understood
from embeddings import fits
from embeddings.ranking import Candidate

EVIDENCE: Final = (
    "best score",
    "others score higher by",
    "dense paragraph",
    "dense statement",
    "terms in paragraph",
    "terms in statement",
    "terms in context",
    "best of article",
    "speaker named",
    "speaker of that surname",
    "name unknown",
    "role",
    "days asked for",
    "few words",
    "not the form of a question",
    "somebody speaks for them",
    "is what is described",
    "declined there",
    "verb of that kind",
    "more of the terms elsewhere",
)


@dataclass(frozen=True)
class Threshold:
    """A logistic model of "the coverage answers this", and the probability from which on an answer is given."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float
    least: float

    def probability(self, evidence: NDArray[np.float64]) -> float:
        """The probability that the best passage answers the question, 0..1."""
        z = float((evidence - self.mean) / self.scale @ self.weights) + self.bias
        return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, z))))

    @classmethod
    def from_object(cls, stored: dict[str, Any]) -> Threshold:
        """From its JSON object; evidence that it does not know weighs nothing."""
        rows = np.array([stored["evidence"].get(name, [0.0, 1.0, 0.0]) for name in EVIDENCE], dtype=np.float64)
        return cls(rows[:, 0], rows[:, 1], rows[:, 2], float(stored["bias"]), float(stored["least"]))

    def as_object(self) -> dict[str, Any]:
        """The JSON object: evidence to [mean, scale, weight], the bias, and the least probability."""
        rows = zip(EVIDENCE, self.mean, self.scale, self.weights, strict=True)
        return {
            "evidence": {name: [round(float(value), 5) for value in values] for name, *values in rows},
            "bias": round(self.bias, 5),
            "least": round(self.least, 4),
        }


@cache
def fitted(encoder: str) -> Threshold:
    """The threshold that the package carries for an encoder's model.

    Raises:
        ModelError: it carries none.
    """
    return Threshold.from_object(fits.stored("bot.asking", encoder))


def evidence(understood: Understood, eligible: Sequence[Candidate], ranked: Sequence[Candidate]) -> NDArray[np.float64]:
    """What speaks for and against answering, as ``EVIDENCE`` names it.

    Args:
        eligible: candidates within the reader's restrictions, best first; at least one.
        ranked: all candidates, best first.
    """
    query, best = understood.query, eligible[0]
    same = {id(candidate) for candidate in eligible}
    rivals = (one.score for one in ranked if id(one) not in same and one.name not in understood.besides)
    other = max(rivals, default=best.score - 3.0)
    return np.array(
        [
            best.score,
            max(-3.0, min(3.0, other - best.score)),
            best.value("dense paragraph"),
            best.value("dense statement"),
            best.value("terms in paragraph"),
            best.value("terms in statement"),
            best.value("terms in context"),
            best.value("best of article"),
            float(bool(query.speakers)),
            best.value("speaker of that surname"),
            float(bool(query.unknown)),
            best.value("role") if query.described else 0.0,
            float(query.days is not None),
            float(len(query.topic.split()) < 2),
            float(not understood.saying),
            best.value("speaks for the one asked"),
            best.value("is what is described") if query.described else 0.0,
            float(any(_declines(one, best) for one in ranked)),
            best.value("verb of that kind"),
            max(one.value("terms in context") for one in ranked) - best.value("terms in context"),
        ]
    )


def _declines(candidate: Candidate, best: Candidate) -> bool:
    """Does the speaker asked for decline to speak in the article of the best passage?"""
    one = candidate.statement
    return (
        one is not None
        and one.statement.attribution.refusal
        and candidate.article.key == best.article.key
        and candidate.name == best.name
        and bool(candidate.value("speaker asked for"))
    )
