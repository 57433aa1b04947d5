"""Counts for the operator, in Prometheus' form. No label ever holds anything of a reader."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """One registry a bot, so that two in one process don't meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.answers = Counter("onrecord_answers", "Questions dealt with", ["outcome"], registry=self.registry)
        self.seconds = Histogram(
            "onrecord_answer_seconds",
            "From taking a question up to its answer being ready",
            buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
            registry=self.registry,
        )
        self.trouble = Counter("onrecord_telegram_trouble", "Calls that failed", ["kind"], registry=self.registry)
        self.repeated = Counter(
            "onrecord_messages_repeated", "Messages sent again after an ambiguous failure", registry=self.registry
        )
        self.doubtful = Counter(
            "onrecord_answers_doubtful",
            "Questions whose answer was sent twice and still may not have arrived: marked with a reaction",
            registry=self.registry,
        )
        self.feedback = Counter("onrecord_feedback", "Wrong? pressed", ["kind"], registry=self.registry)
        self.alerts = Counter("onrecord_alerts", "Alerts sent", registry=self.registry)
        self.in_hand = Gauge("onrecord_updates_in_hand", "Updates not yet dealt with", registry=self.registry)

    def page(self) -> bytes:
        """The metrics page in Prometheus' text format."""
        return generate_latest(self.registry)
