"""Dates: expressions in newswire, the days they mean, when a statement was said, the period a question asks about.

``data.dates.saying`` is not imported here: only whoever analyses articles needs it.
"""

from __future__ import annotations

from data.dates.asked import asked_period
from data.dates.expressions import Expression, expressions
from data.dates.resolving import portion, resolve

RULES = "dates-10"
"""The version of the rules: part of the version that statements are stored with."""

__all__ = ["RULES", "Expression", "asked_period", "expressions", "portion", "resolve"]
