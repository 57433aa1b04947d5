"""What a desk judges by: the weights of the ranking and the threshold of silence, fitted together for one encoder."""

from __future__ import annotations

from dataclasses import dataclass

from bot.asking import silence
from embeddings import ranking


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of the ranking, and when to keep silent."""

    ranking: ranking.Model
    silence: silence.Threshold


def fitted(encoder: str) -> Weights:
    """What the packages carry for an encoder's model.

    Raises:
        ModelError: nothing.
    """
    return Weights(ranking.fitted(encoder), silence.fitted(encoder))
