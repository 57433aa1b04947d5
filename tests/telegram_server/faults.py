"""Trouble on purpose: scripted or at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["429", "502", "drop_before", "drop_after", "hang_after"]
"""Refused for flooding; a bad gateway; the connection cut before or after the call took effect; an effect without a
reply (the client's time-out)."""


@dataclass(slots=True)
class Fault:
    kind: Kind
    retry_after: int = 1
    seconds: float = 30.0


@dataclass(slots=True)
class Faults:
    """Which fault, if any, the next call of a method meets. Scripted ones come first, in order."""

    scripted: list[tuple[str, Fault, Callable[[dict[str, object]], bool] | None]] = field(default_factory=list)
    rates: dict[str, float] = field(default_factory=dict)
    methods: frozenset[str] | None = None
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    met: dict[str, int] = field(default_factory=dict)

    def script(self, method: str, kind: Kind, times: int = 1, *, retry_after: int = 1, seconds: float = 30.0,
               when: Callable[[dict[str, object]], bool] | None = None) -> None:  # fmt: skip
        self.scripted += [(method, Fault(kind, retry_after, seconds), when)] * times

    def at_random(self, seed: int, rates: dict[Kind, float], methods: frozenset[str] | None = None) -> None:
        self.dice = random.Random(seed)
        self.rates = dict(rates)
        self.methods = methods

    def calm(self) -> None:
        self.scripted.clear()
        self.rates.clear()

    def next(self, method: str, parameters: dict[str, object]) -> Fault | None:
        fault = self._next(method, parameters)
        if fault is not None:
            self.met[fault.kind] = self.met.get(fault.kind, 0) + 1
        return fault

    def _next(self, method: str, parameters: dict[str, object]) -> Fault | None:
        for position, (name, fault, when) in enumerate(self.scripted):
            if name in (method, "*") and (when is None or when(parameters)):
                del self.scripted[position]
                return fault
        if not self.rates or (self.methods is not None and method not in self.methods):
            return None
        roll = self.dice.random()
        for kind, rate in self.rates.items():
            if roll < rate:
                return Fault(kind)  # type: ignore[arg-type]
            roll -= rate
        return None
