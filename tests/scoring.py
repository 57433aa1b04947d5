"""Small scorers for the sample gold: attributions, names, dates, answers. The floors of ``test_quality.py`` use them.

Attributions follow the full-attribution measure used for PARC and PolNeAR corpora: a predicted one is right when its
content overlaps a gold one's by a Jaccard index of a half or more and its speaker shares a character with the gold
speaker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Row = Mapping[str, Any]


def covered(spans: Sequence[Sequence[int]]) -> set[int]:
    return {i for start, end in spans for i in range(start, end)}


def overlap(one: Sequence[int] | None, other: Sequence[int] | None) -> bool:
    if one is None or other is None:
        return one is None and other is None
    return max(one[0], other[0]) < min(one[1], other[1])


def matched(gold: Sequence[Row], predicted: Sequence[Row]) -> list[tuple[Row, Row]]:
    """One-to-one pairs of the same article, best overlap first."""
    pairs = []
    for i, g in enumerate(gold):
        inside = covered(g["content"])
        for j, p in enumerate(predicted):
            if p["article"] != g["article"]:
                continue
            said = covered(p["content"])
            share = len(inside & said) / len(inside | said)
            if share >= 0.5 and overlap(g["speaker"], p["speaker"]):
                pairs.append((share, i, j))
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    taken_gold: set[int] = set()
    taken: set[int] = set()
    found = []
    for _, i, j in pairs:
        if i not in taken_gold and j not in taken:
            taken_gold.add(i)
            taken.add(j)
            found.append((gold[i], predicted[j]))
    return found


@dataclass(frozen=True)
class StatementScore:
    precision: float
    recall: float
    names: float
    roles: float
    dates: float
    made_up: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def same_name(predicted: str | None, gold: str | None) -> bool:
    def folded(name: str | None) -> list[str]:
        return [word.strip(".,\"“”'").lower() for word in (name or "").split() if word.lower() != "the"]

    return folded(predicted) == folded(gold)


def same_days(predicted: Row | None, gold: Row | None) -> bool:
    if predicted is None or gold is None:
        return predicted is None and gold is None
    return (predicted["from"], predicted["to"]) == (gold["from"], gold["to"])


def score_statements(gold: Sequence[Row], predicted: Sequence[Row]) -> StatementScore:
    """Scores over the gold's speech; a name, a role and a date are judged among the matched.

    The gold dates a statement only by words of its own sentence, so a date that was carried from elsewhere is not
    judged where the gold has none.
    """
    pairs = matched(gold, predicted)
    speech = [row for row in predicted if row["speech"]]
    right = sum(p["speech"] for g, p in pairs if g["speech"])
    beside = sum(p["speech"] for g, p in pairs if not g["speech"])
    named = [(g, p) for g, p in pairs if g["speaker_name"]]
    roles = [(g, p) for g, p in pairs if g["speaker_role"]]
    dated = [(g, p) for g, p in pairs if g["said_on"]]
    dateless = [(g, p) for g, p in pairs if not g["said_on"]]
    wanted = sum(g["speech"] for g in gold)
    return StatementScore(
        precision=right / max(1, len(speech) - beside),
        recall=right / max(1, wanted),
        names=sum(same_name(p["speaker_name"], g["speaker_name"]) for g, p in named) / max(1, len(named)),
        roles=sum(bool(p["speaker_role"]) for _, p in roles) / max(1, len(roles)),
        dates=sum(same_days(p["said_on"], g["said_on"]) for g, p in dated) / max(1, len(dated)),
        made_up=sum(bool(p["said_on"]) and p["said_on"].get("basis") != "carried" for _, p in dateless)
        / max(1, len(dateless)),
    )


def words(text: str) -> list[str]:
    return "".join(c.lower() if c.isalnum() else " " for c in text).split()


def same_passage(citation: Row, gold: Row) -> bool:
    """60 % of the shorter one's words are shared, and the quote is not much longer than needed."""
    if citation["article"] != gold["article"] or len(citation["quote"]) > max(700, 4 * len(gold["passage"])):
        return False
    shown, wanted = words(citation["quote"]), words(gold["passage"])
    pool = list(wanted)
    shared = 0
    for word in shown:
        if word in pool:
            pool.remove(word)
            shared += 1
    return shared >= 0.6 * min(len(shown), len(wanted)) > 0


def right_answer(answer: Row, gold: Sequence[Row]) -> bool:
    """The first citation has the passage, the speaker and the day; or there is no gold and it was rightly refused."""
    if not gold:
        return not answer["answered"]
    if not answer["answered"] or not answer["citations"]:
        return False
    first = answer["citations"][0]
    for wanted in gold:
        if not same_passage(first, wanted) or not same_name(first["speaker"], wanted["speaker"]):
            continue
        days = wanted["said_on"]
        if days is None:
            return True
        said = first["said_on"]
        if said is None:
            continue
        lo, hi = date.fromisoformat(said["from"]), date.fromisoformat(said["to"])
        if lo <= date.fromisoformat(days["to"]) and date.fromisoformat(days["from"]) <= hi and (hi - lo).days <= 31:
            return True
    return False
