"""The tables of the archive, as they are today. ``migrations.py`` says how older archives get here.

Three rules hold everywhere:

* Keys are integers and are never used twice (``AUTOINCREMENT``): an index of any older state can be masked by them.
* An article row is one *version* of an article. Its text is never rewritten; a new text is a new row with a new key.
* What an index covers is remembered by ``revision``, a number that rises whenever something an index holds of the
  article (its statements, its headline, its dates) has changed.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

APPLICATION_ID = 0x4F6E5265
"""``PRAGMA application_id`` of an archive ("OnRe"): tells it from any other SQLite file."""

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """A point in time with its zone, kept as ISO text in UTC."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromisoformat(value)


state = Table(
    # One row a fact about the whole archive: 'changes' (the change counter), 'erasing' (a purge is not finished).
    "state",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Integer, nullable=False),
    sqlite_with_rowid=False,
)

identity = Table(
    # The archive's own random name: tells a restored backup of this archive from somebody else's.
    "identity",
    metadata,
    Column("archive", Text, primary_key=True),
    sqlite_with_rowid=False,
)

outlets = Table(
    "outlets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("notice", Text),
    sqlite_with_rowid=False,
)

articles = Table(
    "articles",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("given_id", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("canonical_url", Text),
    Column("url", Text),
    Column("outlet", Text),
    Column("title", Text),
    Column("author", Text),
    Column("published", Date),
    Column("language", Text),
    Column("notice", Text),
    Column("ingested", Moment, nullable=False),
    Column("corrected", Date),
    Column("story", Integer),
    Column("text_hash", LargeBinary, nullable=False),
    Column("body_hash", LargeBinary, nullable=False),
    Column("paragraphs", Integer, nullable=False),
    Column("statements", Integer, nullable=False, server_default="0"),
    Column("revision", Integer, nullable=False, server_default="1"),
    # The revision that the current statements were put with; 0: never analysed.
    Column("analysed", Integer, nullable=False, server_default="0"),
    Column("rules", Text),
    # The newest version of its id that is not removed.
    Column("latest", Boolean, nullable=False),
    # A newer version is covered by the current generation: the index must not show this one any more.
    Column("superseded", Boolean, nullable=False, server_default="0"),
    Column("removed", Moment),
    UniqueConstraint("id", "version"),
    sqlite_autoincrement=True,
)
Index("articles_latest", articles.c.id, unique=True, sqlite_where=text("latest = 1"))
Index("articles_url", articles.c.canonical_url, sqlite_where=text("canonical_url IS NOT NULL"))
Index("articles_body", articles.c.body_hash)
Index("articles_outlet", articles.c.outlet, articles.c.published)
Index("articles_published", articles.c.published)
Index("articles_story", articles.c.story, sqlite_where=text("story IS NOT NULL"))
Index("articles_masked", articles.c.key, sqlite_where=text("removed IS NOT NULL OR superseded = 1"))

texts = Table(
    # Apart from the articles, so that lists and counts do not read texts.
    "texts",
    metadata,
    Column("article_key", Integer, ForeignKey("articles.key", ondelete="CASCADE"), primary_key=True),
    Column("text", Text, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("article_key", Integer, ForeignKey("articles.key", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("url", Text),
    Column("outlet", Text),
    Column("title", Text),
    Column("author", Text),
    Column("published", Date),
    Column("language", Text),
    Column("notice", Text),
    # Of this source's own paragraphs: a copy that differs a little is known again without comparing.
    Column("body_hash", LargeBinary, nullable=False),
    Column("added", Moment, nullable=False),
    UniqueConstraint("article_key", "name"),
)

Index("sources_body", sources.c.body_hash)

paragraphs = Table(
    "paragraphs",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("article_key", Integer, ForeignKey("articles.key", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("article_key", "ordinal"),
    sqlite_autoincrement=True,
)

signatures = Table(
    # MinHash of the shingles of an article's paragraphs (see stories.py).
    "signatures",
    metadata,
    Column("article_key", Integer, ForeignKey("articles.key", ondelete="CASCADE"), primary_key=True),
    Column("shingles", Integer, nullable=False),
    Column("minima", LargeBinary, nullable=False),
)

bands = Table(
    # Locality-sensitive hashing: one row for each band of a signature, so that finding near copies of one
    # article is a few index lookups, whatever the size of the archive.
    "bands",
    metadata,
    Column("hash", Integer, primary_key=True),
    Column("article_key", Integer, ForeignKey("articles.key", ondelete="CASCADE"), primary_key=True),
    sqlite_with_rowid=False,
)
Index("bands_article", bands.c.article_key)

speakers = Table(
    "speakers",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("identity", Text, nullable=False, unique=True),
    Column("form", Text, nullable=False),
    # The name it was first found under: shown while none of its statements count.
    Column("first_name", Text, nullable=False),
    # Set by an editor (a merge or a split); else the most frequent alias is shown.
    Column("name", Text),
    Column("merged_into", Integer, ForeignKey("speakers.key")),
    # The change counter when this row or its counts last changed.
    Column("changed", Integer, nullable=False),
    sqlite_autoincrement=True,
)
Index("speakers_changed", speakers.c.changed)
Index("speakers_merged", speakers.c.merged_into, sqlite_where=text("merged_into IS NOT NULL"))

aliases = Table(
    # How often each name stands for a speaker in the current statements of the latest versions.
    "aliases",
    metadata,
    Column("speaker_key", Integer, ForeignKey("speakers.key", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("statements", Integer, nullable=False),
    sqlite_with_rowid=False,
)

Index("aliases_gone", aliases.c.statements, sqlite_where=text("statements = 0"))

splits = Table(
    # An editor's rule: under this identity, this name is another speaker.
    "splits",
    metadata,
    Column("identity", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("speaker_key", Integer, ForeignKey("speakers.key"), nullable=False),
    sqlite_with_rowid=False,
)

corrections = Table(
    # Kept by article version and offsets, never by statement key, so that new rules can't lose them.
    "corrections",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("article_key", Integer, ForeignKey("articles.key", ondelete="CASCADE"), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("speaker_key", Integer, ForeignKey("speakers.key")),
    Column("speaker", Text),
    Column("said_first", Date),
    Column("said_last", Date),
    Column("undated", Boolean, nullable=False, server_default="0"),
    Column("hidden", Boolean, nullable=False, server_default="0"),
    Column("made", Moment, nullable=False),
    UniqueConstraint("article_key", "start", "end"),
    sqlite_autoincrement=True,
)

statements = Table(
    "statements",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("article_key", Integer, ForeignKey("articles.key", ondelete="CASCADE"), nullable=False),
    # The article's revision that these statements came with: they are current while articles.analysed equals it.
    Column("revision", Integer, nullable=False),
    Column("paragraph_key", Integer, ForeignKey("paragraphs.key", ondelete="CASCADE"), nullable=False),
    # The extent of the content: first to last character.
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("content", JSON, nullable=False),
    Column("speaker_start", Integer),
    Column("speaker_end", Integer),
    Column("cue_start", Integer),
    Column("cue_end", Integer),
    Column("kind", Text, nullable=False),
    Column("speech", Boolean, nullable=False),
    Column("refusal", Boolean, nullable=False),
    Column("confidence", Float, nullable=False),
    # As the rules found it; speaker_key is what holds after splits and corrections.
    Column("found_key", Integer, ForeignKey("speakers.key")),
    Column("speaker_key", Integer, ForeignKey("speakers.key")),
    Column("name", Text),
    Column("role", Text),
    Column("resolved", Boolean),
    Column("form", Text),
    Column("gender", Text),
    Column("said_first", Date),
    Column("said_last", Date),
    Column("said_start", Integer),
    Column("said_end", Integer),
    Column("said_basis", Text),
    Column("passage_start", Integer, nullable=False),
    Column("passage_end", Integer, nullable=False),
    Column("correction_key", Integer, ForeignKey("corrections.key", ondelete="SET NULL")),
    sqlite_autoincrement=True,
)
Index("statements_article", statements.c.article_key, statements.c.revision)
Index("statements_paragraph", statements.c.paragraph_key)
Index("statements_speaker", statements.c.speaker_key)
Index("statements_found", statements.c.found_key)
Index(
    "statements_edited",
    statements.c.key,
    sqlite_where=text("correction_key IS NOT NULL OR speaker_key IS NOT found_key"),
)
Index("statements_corrected", statements.c.correction_key, sqlite_where=text("correction_key IS NOT NULL"))

tombstones = Table(
    # What a purge leaves: the key, so that no index may show it again; a hash of the id, so that nobody can read it.
    "tombstones",
    metadata,
    Column("article_key", Integer, primary_key=True),
    Column("id_hash", LargeBinary, nullable=False),
    Column("purged", Moment, nullable=False),
)

faults = Table(
    # Readers' "Wrong?" taps: what was wrong with which statement, how often; not who said so.
    "faults",
    metadata,
    Column("article_key", Integer, ForeignKey("articles.key", ondelete="CASCADE"), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("end", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("last", Date, nullable=False),
    sqlite_with_rowid=False,
)

generations = Table(
    "generations",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("published", Moment, nullable=False),
    Column("manifest", JSON, nullable=False),
    sqlite_autoincrement=True,
)
Index("generations_current", generations.c.state, unique=True, sqlite_where=text("state IN ('current', 'previous')"))

segments = Table(
    "segments",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    # {file name: {"sha256": ..., "bytes": ...}}
    Column("files", JSON, nullable=False),
    Column("created", Moment, nullable=False),
    # Names the unfinished work (a rebuild) that this segment was written for; NULL once it belongs to a generation.
    Column("staged_for", Text),
    sqlite_autoincrement=True,
)

generation_segments = Table(
    "generation_segments",
    metadata,
    Column("generation", Integer, ForeignKey("generations.number", ondelete="CASCADE"), primary_key=True),
    Column("segment_key", Integer, ForeignKey("segments.key"), primary_key=True),
    # Oldest first: where two hold the same article, the later one counts.
    Column("position", Integer, nullable=False),
    sqlite_with_rowid=False,
)
Index("generation_segments_segment", generation_segments.c.segment_key)

coverage = Table(
    # Which articles a segment holds, and at which revision. No foreign key to the articles: a purged one stays listed.
    "coverage",
    metadata,
    Column("segment_key", Integer, ForeignKey("segments.key", ondelete="CASCADE"), primary_key=True),
    Column("article_key", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("analysed", Integer, nullable=False),
    sqlite_with_rowid=False,
)
Index("coverage_article", coverage.c.article_key)

waiting = Table(
    # Latest versions whose present revision the current generation does not cover.
    "waiting",
    metadata,
    Column("article_key", Integer, ForeignKey("articles.key", ondelete="CASCADE"), primary_key=True),
)
