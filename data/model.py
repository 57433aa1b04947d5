"""The domain types. Everything that is quoted is a span of an article's stored text, never a copy of it.

Offsets are Python string offsets (code points) into ``Article.text``, half open: ``text[start:end]``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Span = tuple[int, int]
"""A half-open range of Python string offsets into ``Article.text``."""


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one[0] < other[1] and other[0] < one[1]


Kind = Literal["direct", "indirect", "mixed"]
"""direct: the content stands in quotation marks; indirect: none of it does; mixed: some of it does."""


@dataclass(frozen=True, slots=True)
class Article:
    """One published text as it was read. ``text`` is stored once and never rewritten.

    ``paragraphs`` are the spans that are searched; page furniture lies outside them. ``given_id`` is true where the
    source named the id itself: such an article is never merged into another. ``notice`` is a legal notice that the
    outlet prints with its pages ("readers may be fined for sharing"), kept for the reader's safety.
    """

    id: str
    text: str
    paragraphs: tuple[Span, ...]
    url: str | None = None
    outlet: str | None = None
    title: str | None = None
    author: str | None = None
    published: date | None = None
    language: str | None = None
    notice: str | None = None
    source: str | None = None
    given_id: bool = False

    def paragraph(self, ordinal: int) -> str:
        start, end = self.paragraphs[ordinal]
        return self.text[start:end]


@dataclass(frozen=True, slots=True)
class DateRange:
    """A closed range of days; a single day has ``first == last``."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a date range must not end before it starts: {self.first} to {self.last}")

    def overlaps(self, other: DateRange) -> bool:
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class SaidOn:
    """When something was said: a range of days, the words it was read from, and how it was worked out.

    ``words`` is a span of the article's text ("on April 1", "last week"). ``basis`` names the rule for the reader and
    the editor: "explicit" (a full date in the text), "relative" (worked out from the published date), "carried"
    (an earlier date of the same paragraph or event), "editor" (an editor's correction; ``words`` may then be empty).
    """

    days: DateRange
    words: Span
    basis: Literal["explicit", "relative", "carried", "editor"]


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who said what, as spans, before the speaker is named and the saying dated (PARC: source, cue, content).

    ``content`` holds several spans where a quote is split around its cue or runs over several paragraphs. ``speech`` is
    false for beliefs, hopes, votes, intentions and refusals to speak: found and kept, never an answer to "what did X
    say". ``refusal`` marks "declined to comment". ``confidence`` is a probability in 0..1.
    """

    speaker: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    kind: Kind
    speech: bool = True
    confidence: float = 1.0
    refusal: bool = False

    def __post_init__(self) -> None:
        if not self.content:
            raise ValueError("an attribution needs content")


@dataclass(frozen=True, slots=True)
class SpeakerName:
    """The fullest name and role that the article itself gives a speaker.

    ``resolved`` is false where the words could not be tied to a name: then ``name`` is the speaker as written.
    ``form`` is "person", "organisation", "document" or "group" ("the couple", "residents"): only the first two are
    merged across articles. ``gender`` is "f", "m" or None, from titles and pronouns of the article only.
    """

    name: str
    role: str | None = None
    resolved: bool = False
    form: Literal["person", "organisation", "document", "group"] = "person"
    gender: Literal["f", "m"] | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """An attribution with its speaker named and its saying dated. ``passage`` is the span that a citation shows."""

    attribution: Attribution
    speaker: SpeakerName | None
    said_on: SaidOn | None
    paragraph: int
    passage: Span


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the rules found in one article, with the version of the rules that found it."""

    article: str
    rules: str
    statements: tuple[Statement, ...] = field(default=())
