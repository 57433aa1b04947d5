"""The shapes that every shell (command line, terminal chat, Telegram) shows: a question understood, and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from data.model import DateRange, Kind, SaidOn, Span

Intent = Literal["who", "what", "when", "list", "whether", "other"]
"""who said it; what X said; when it was said; everybody's word on it; did X say it; anything else."""

Silence = Literal[
    "no-statement",  # nothing by the speaker about the topic
    "other-speaker",  # somebody else said it
    "outside-period",  # something, but not in the period asked for
    "unknown-name",  # nobody of that name
    "no-match",  # nothing near enough
    "not-coverage",  # no question about coverage
    "empty-archive",
]


@dataclass(frozen=True, slots=True)
class Query:
    """A question understood. ``topic`` is what is left of it and what is searched for.

    ``speakers`` are names as the archive spells them; ``unknown`` are names that the archive does not know, each with
    the nearest names that it does. A restriction (speakers, days, outlets) is never loosened in silence.
    """

    question: str
    intent: Intent
    topic: str
    speakers: tuple[str, ...] = ()
    days: DateRange | None = None
    outlets: tuple[str, ...] = ()
    unknown: tuple[tuple[str, tuple[str, ...]], ...] = ()
    language: str = "en"

    @property
    def understood(self) -> str:
        """The reading in a line, for the reader to check: "Marie Struthers · April 2019"."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage with all that a reader needs to check it. ``quote`` is ``article.text[start:end]``, letter for letter.

    ``said_on`` is None where the article has no words for it; then ``reported`` is true and the published date is shown
    as "reported on". ``highlight`` are the spans of the content within the article's text (the statement's own words).
    ``carried_by`` lists other outlets with the same story. ``statement`` is the stable reference of the statement
    ("<article key>.<start>-<end>"), None where a whole paragraph is cited.
    """

    article: str
    url: str | None
    outlet: str | None
    title: str | None
    published: date | None
    paragraph: int
    start: int
    end: int
    quote: str
    speaker: str | None
    speaker_role: str | None
    cue: str | None
    kind: Kind | None
    said_on: SaidOn | None
    said_on_words: str | None
    reported: bool
    score: float
    highlight: tuple[Span, ...] = ()
    carried_by: tuple[str, ...] = ()
    corrected: date | None = None
    notice: str | None = None
    statement: str | None = None
    edited: bool = False
    resolved: bool = True
    explain: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The citations, best first, or a refusal (``silence``) with the nearest passages.

    ``lead`` is the one phrase before the citations ("No statement by Y here; X said:"), made of names and fixed words.
    ``total`` counts all the citations there are; ``citations`` holds at most the number asked for.
    """

    query: Query
    citations: tuple[Citation, ...]
    nearest: tuple[Citation, ...] = ()
    silence: Silence | None = None
    lead: str = ""
    total: int = 0

    @property
    def answered(self) -> bool:
        return self.silence is None and bool(self.citations)
