"""The shapes that every shell (command line, terminal chat, Telegram) shows: a question understood, and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal

from data.model import DateRange, Kind, SaidOn, Span

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

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

    ``speakers`` are names as the archive spells them, ``speaker_keys`` their rows in the archive; ``described`` is a
    speaker given by description ("the city's police chief"), to be found by role; ``unknown`` are names that the
    archive does not know, each with the nearest names that it does. ``many`` is true where several people's words are
    asked for; ``every`` where all that the speakers said is, as it changed with time. ``about`` are the speakers named
    as a topic, not as the one who speaks. ``carried`` names what a follow-up took over from the question before
    ("speaker", "topic", "days", "citation"). A restriction (days, speakers, outlets) is never loosened in silence.
    """

    question: str
    intent: Intent
    topic: str
    speakers: tuple[str, ...] = ()
    days: DateRange | None = None
    outlets: tuple[str, ...] = ()
    unknown: tuple[tuple[str, tuple[str, ...]], ...] = ()
    language: str = "en"
    described: str | None = None
    speaker_keys: frozenset[int] = frozenset()
    about: tuple[str, ...] = ()
    about_keys: frozenset[int] = frozenset()
    many: bool = False
    follow_up: bool = False
    carried: tuple[str, ...] = ()
    every: bool = False

    @property
    def understood(self) -> str:
        """The reading in a line, for the reader to check: "Marie Struthers · April 2019"."""
        parts = [*self.speakers]
        if self.described and not self.speakers:
            parts.append(self.described)
        parts.extend(f"{name} (not known here)" for name, _ in self.unknown)
        if self.topic:
            parts.append(shortened(self.topic, 80))
        if self.days is not None:
            parts.append(spoken_days(self.days))
        if self.outlets:
            parts.append("in " + ", ".join(self.outlets))
        return " · ".join(parts)


def spoken_day(day: date) -> str:
    """A day as a reader says it: "1 April 2019"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def spoken_days(days: DateRange) -> str:
    """A range of days as shortly as can be said: "1 April 2019", "April 2019", "2019", "28 March to 3 April 2019"."""
    first, last = days.first, days.last
    if first == last:
        return spoken_day(first)
    starts, ends = first.day == 1, (last + timedelta(days=1)).day == 1 if last < date.max else True
    if starts and ends and first.year == last.year:
        if (first.month, last.month) == (1, 12):
            return str(first.year)
        if first.month == last.month:
            return f"{_MONTHS[first.month - 1]} {first.year}"
        return f"{_MONTHS[first.month - 1]} to {_MONTHS[last.month - 1]} {first.year}"
    if starts and ends:
        if first.month == 1 and last.month == 12:
            return f"{first.year} to {last.year}"
        return f"{_MONTHS[first.month - 1]} {first.year} to {_MONTHS[last.month - 1]} {last.year}"
    if first.year == last.year and first.month == last.month:
        return f"{first.day} to {spoken_day(last)}"
    if first.year == last.year:
        return f"{first.day} {_MONTHS[first.month - 1]} to {spoken_day(last)}"
    return f"{spoken_day(first)} to {spoken_day(last)}"


def shortened(text: str, length: int) -> str:
    """The text in one line, cut at a word with "…" where it is longer than ``length`` characters."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1].rsplit(" ", 1)[0] if " " in line[: length - 1] else line[: length - 1]
    return cut.rstrip(",;:.-– ") + "…"


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage with all that a reader needs to check it. ``quote`` is ``article.text[start:end]``, letter for letter.

    ``said_on`` is None where the article has no words for it; then ``reported`` is true and the published date is shown
    as "reported on". ``highlight`` are the spans of the content within the article's text (the statement's own words).
    ``carried_by`` lists other outlets with the same story. ``statement`` is the stable reference of the statement
    ("<article key>.<start>-<end>"), None where a whole paragraph is cited. ``called`` is what the article calls the
    speaker where that is only a surname and ``speaker`` the one person whom it means throughout this archive.
    ``told_by`` is who told it, where the statement stands inside what somebody else said ("A said that B threatened").
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
    called: str | None = None
    told_by: str | None = None
    explain: dict[str, float] = field(default_factory=dict)


LeadKind = Literal[
    "speakers",
    "who",
    "when",
    "undated",
    "undated-reported",
    "whether",
    "published-then",
    "newest-first",
    "oldest-first",
    "language",  # only that the coverage is in another language than the question
    "greeting",
    "empty-archive",
    "nothing-near",
    "unknown-name",
    "unknown-name-near",
    "outside-period",
    "outside-period-about",
    "nobody-in-period",
    "nobody-in-period-about",
    "other-speaker",
    "other-speaker-about",
    "no-statement",
    "no-statement-about",
    "not-coverage",
    "no-match",
]


@dataclass(frozen=True, slots=True)
class Lead:
    """The phrase before an answer as data, so that a shell can say it in its reader's language (``wording.LEADS`` has
    the phrases). ``names`` are those it lists, ``name`` the one it is about, ``days`` the period, ``citation`` the
    passage that it speaks of; ``polite`` is the sentence in the question's own language that the coverage is English.
    """

    kind: LeadKind
    names: tuple[str, ...] = ()
    name: str = ""
    days: DateRange | None = None
    citation: Citation | None = None
    polite: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The citations, best first, or a refusal (``silence``) with the nearest passages.

    ``lead`` is the one phrase before the citations ("No statement by Y here; X said:"), made of names and fixed words,
    in English; ``told`` is the same as data. ``total`` counts all the citations there are; ``citations`` holds at most
    the number asked for. ``further`` are passages of other articles near an answered question, on which the answer does
    not rest: for programs, no shell shows them.
    """

    query: Query
    citations: tuple[Citation, ...]
    nearest: tuple[Citation, ...] = ()
    silence: Silence | None = None
    lead: str = ""
    total: int = 0
    told: Lead | None = None
    further: tuple[Citation, ...] = ()

    @property
    def answered(self) -> bool:
        return self.silence is None and bool(self.citations)


def day_of(citation: Citation) -> date:
    """The day a citation is ordered by: when it was said, else published; ``date.min`` where neither is known."""
    if citation.said_on is not None:
        return citation.said_on.days.first
    return citation.published or date.min
