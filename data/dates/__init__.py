"""Dates: expressions in newswire, the days they mean, when a statement was said, and the period a question asks about."""

from __future__ import annotations

from data.dates.expressions import Expression, expressions
from data.dates.resolving import portion, resolve

__all__ = ["Expression", "expressions", "portion", "resolve"]
