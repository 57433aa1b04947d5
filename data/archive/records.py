"""What the archive hands out: the domain types with their keys and the archive's own facts about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from data.model import Article, Statement

Outcome = Literal["added", "unchanged", "joined", "corrected"]
"""added: a new article; unchanged: nothing to do; joined: another source, or better metadata, of an article that is
there; corrected: a new version of it."""


@dataclass(frozen=True, slots=True)
class Put:
    """What became of an article that was put. ``key`` is the version that now holds it."""

    outcome: Outcome
    key: int


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """One version of an article. ``corrected`` is the day this version replaced an earlier one, None for a first one.

    ``story`` joins near copies carried by several outlets (None: no copy known). ``sources`` are the files and links
    it was read from. ``revision`` rises when something that an index holds of the article changed; ``rules`` names the
    rules that its statements were found with (None: not analysed yet). ``latest`` is false for a version in history.
    """

    key: int
    article: Article
    version: int
    ingested: datetime
    corrected: date | None
    story: int | None
    sources: tuple[str, ...]
    revision: int
    rules: str | None
    latest: bool
    removed: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredParagraph:
    """One paragraph; ``text`` is ``article.text[start:end]``. ``hash`` is 16 bytes of BLAKE2b over its UTF-8 text:
    the same words have the same hash in every article, version and rebuild."""

    key: int
    article_key: int
    ordinal: int
    start: int
    end: int
    text: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """One statement with its keys, an editor's correction applied.

    ``ref`` is "<article key>.<start>-<end>", the extent of its content: stable over rebuilds and new rules.
    ``speaker_key`` is the speaker's own row (see ``SpeakerRow.merged_into``), None where no speaker was named.
    ``edited`` names what an editor changed ("speaker", "said_on"); ``hidden`` statements are left out unless asked for.
    """

    key: int
    ref: str
    article_key: int
    paragraph_key: int
    statement: Statement
    speaker_key: int | None
    edited: frozenset[str] = frozenset()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class SpeakerRow:
    """One speaker across articles.

    ``aliases`` maps each name that stands for it to the number of its statements. For a speaker that others were
    merged into, ``aliases`` and ``statements`` include theirs and ``members`` lists all their keys (its own too); for
    one merged away, ``merged_into`` is the key of the speaker it now belongs to. ``edited``: an editor named it.
    """

    key: int
    name: str
    form: str
    identity: str
    aliases: dict[str, int]
    statements: int
    merged_into: int | None = None
    members: frozenset[int] = field(default_factory=frozenset)
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """The archive in numbers: latest versions that are not removed."""

    articles: int
    paragraphs: int
    statements: int
    speakers: int
    outlets: int
    versions: int
    removed: int
    waiting: int
    newest: date | None
    oldest: date | None
    bytes: int
