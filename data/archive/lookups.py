"""Reading the archive: by key, by id, by reference. Removed articles are not returned unless history is asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select, union_all

from data.archive import generations
from data.archive.generations import Generation, Pending, Segment
from data.archive.records import StoredArticle, StoredParagraph, StoredStatement
from data.archive.rows import STATEMENT, among, article_of, parse_ref, statement_of
from data.archive.schema import (
    articles,
    corrections,
    identity,
    outlets,
    paragraphs,
    sources,
    speakers,
    state,
    statements,
    texts,
    tombstones,
)
from data.model import Span

_BATCH = 200


class Lookups(ABC):
    """What can be read. An ``Archive`` reads each time anew, a ``Snapshot`` and a ``Writer`` within one transaction."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]:
        """A connection inside a transaction that sees one state of the archive."""

    def change_counter(self) -> int:
        """A number that changes with every commit that can change an answer; one indexed read."""
        with self._reading() as connection:
            return int(connection.execute(_CHANGES).scalar_one())

    def article(self, article_id: str) -> StoredArticle | None:
        """The latest version of the article with this id; None where there is none, or it was removed."""
        with self._reading() as connection:
            found = _articles(connection, and_(articles.c.id == article_id, articles.c.latest.is_(True)))
            return found[0] if found else None

    def articles(self, keys: Iterable[int], *, history: bool = False) -> dict[int, StoredArticle]:
        """The article versions with these keys. With ``history`` also those that were removed (but not purged)."""
        with self._reading() as connection:
            wanted = among(articles.c.key, keys)
            if not history:
                wanted = and_(wanted, articles.c.removed.is_(None))
            return {found.key: found for found in _articles(connection, wanted)}

    def versions(self, article_id: str) -> list[StoredArticle]:
        """Every version of an article, oldest first, removed ones included."""
        with self._reading() as connection:
            return _articles(connection, articles.c.id == article_id)

    def story(self, story: int) -> list[StoredArticle]:
        """The latest versions of all articles of one story, oldest key first."""
        with self._reading() as connection:
            return _articles(connection, and_(articles.c.story == story, articles.c.latest.is_(True)))

    def each_article(self, after: int = 0) -> Iterator[StoredArticle]:
        """Every latest version by rising key, from the one after key ``after``; few are in memory at a time."""
        while True:
            with self._reading() as connection:
                wanted = and_(articles.c.latest.is_(True), articles.c.key > after)
                batch = _articles(connection, wanted, limit=_BATCH)
            yield from batch
            if len(batch) < _BATCH:
                return
            after = batch[-1].key

    def paragraphs(self, keys: Iterable[int]) -> dict[int, StoredParagraph]:
        """The paragraphs with these keys, with their words; of removed articles none."""
        with self._reading() as connection:
            return {found.key: found for found in _paragraphs(connection, among(paragraphs.c.key, keys))}

    def passages(self, keys: Iterable[int]) -> tuple[dict[int, StoredParagraph], dict[int, StoredArticle]]:
        """``paragraphs`` with these keys and the ``articles`` that they stand in; each article's words read once."""
        with self._reading() as connection:
            rows = connection.execute(_paragraph_rows(among(paragraphs.c.key, keys))).all()
            inside = among(articles.c.key, {row.article_key for row in rows})
            stored = {one.key: one for one in _articles(connection, and_(inside, articles.c.removed.is_(None)))}
        return {row.key: _paragraph(row, stored[row.article_key].article.text) for row in rows}, stored

    def paragraphs_of(self, article_keys: Iterable[int]) -> dict[int, list[StoredParagraph]]:
        """The paragraphs of these article versions, in order."""
        found: dict[int, list[StoredParagraph]] = {}
        with self._reading() as connection:
            for paragraph in _paragraphs(connection, among(paragraphs.c.article_key, article_keys)):
                found.setdefault(paragraph.article_key, []).append(paragraph)
        return found

    def statements(
        self,
        *,
        keys: Iterable[int] | None = None,
        paragraph_keys: Iterable[int] | None = None,
        article_keys: Iterable[int] | None = None,
        speaker: int | Iterable[int] | None = None,
        hidden: bool = False,
    ) -> list[StoredStatement]:
        """Statements, a correction applied, ordered by article and place in it.

        By ``keys`` those of earlier rules are found too (an index may still hold them); otherwise the current ones,
        and by ``speaker`` (one key or several; merged speakers are not followed) those of latest versions.
        """
        wanted: list[ColumnElement[bool]] = []
        current = statements.c.revision == articles.c.analysed
        if keys is not None:
            wanted.append(among(statements.c.key, keys))
        else:
            wanted.append(current)
        if paragraph_keys is not None:
            wanted.append(among(statements.c.paragraph_key, paragraph_keys))
        if article_keys is not None:
            wanted.append(among(statements.c.article_key, article_keys))
        if speaker is not None:
            wanted.append(among(statements.c.speaker_key, [speaker] if isinstance(speaker, int) else speaker))
            wanted.append(articles.c.latest.is_(True))
        if len(wanted) == 1 and keys is None:
            raise ValueError("say which statements: keys, paragraph_keys, article_keys or speaker")
        with self._reading() as connection:
            found = [statement_of(row) for row in connection.execute(_statement_rows(and_(*wanted))).all()]
        return found if hidden else [statement for statement in found if not statement.hidden]

    def statement(self, ref: str) -> StoredStatement | None:
        """The statement that a reference names: the one at these offsets, else the one that overlaps them most.

        None where the reference is none, the article was removed, or nothing (or only a hidden statement) is there.
        """
        parsed = parse_ref(ref)
        if parsed is None:
            return None
        key, start, end = parsed
        found = self.statements(article_keys=[key])
        best = max(found, key=lambda one: _overlap(_extent_of(one), (start, end)), default=None)
        return best if best and _overlap(_extent_of(best), (start, end)) > 0 else None

    def edited(self) -> list[StoredStatement]:
        """Every statement that an editor corrected, hid or gave to another speaker, those of earlier rules and those
        whose correction was taken back included: an index applies these over the columns of its segments."""
        with self._reading() as connection:
            touched = or_(
                statements.c.correction_key.is_not(None), statements.c.speaker_key.is_not(statements.c.found_key)
            )
            return [statement_of(row) for row in connection.execute(_statement_rows(touched))]

    def merged(self) -> dict[int, int]:
        """For each speaker that an editor merged into another, the key of the speaker it counts as now."""
        with self._reading() as connection:
            rows = connection.execute(
                select(speakers.c.key, speakers.c.merged_into).where(speakers.c.merged_into.is_not(None))
            )
            parents = {row.key: row.merged_into for row in rows}
        roots = {}
        for key, parent in parents.items():
            while parent in parents:
                parent = parents[parent]
            roots[key] = parent
        return roots

    def roles(self) -> dict[int, dict[str, int]]:
        """The roles that articles give each speaker, by key (merges not followed), with the number of statements."""
        found: dict[int, dict[str, int]] = defaultdict(dict)
        with self._reading() as connection:
            for key, role, count in connection.execute(_ROLES):
                found[key][role] = count
        return dict(found)

    def bylines(self) -> dict[int, str]:
        """The author as the source gives it, by the key of the latest version, of articles that have one."""
        with self._reading() as connection:
            wanted = and_(articles.c.author.is_not(None), articles.c.latest.is_(True))
            return {
                row.key: row.author
                for row in connection.execute(select(articles.c.key, articles.c.author).where(wanted))
            }

    def pending(self) -> list[Pending]:
        """Latest versions that the current generation does not cover as they are now, by key: new ones, corrected ones,
        and those whose metadata or statements have changed. ``rules`` None: to be analysed first."""
        with self._reading() as connection:
            return generations.pending(connection)

    def stale(self, rules: str) -> list[Pending]:
        """Latest versions whose statements were not found with these rules, by key."""
        with self._reading() as connection:
            return generations.stale(connection, rules)

    def everything(self) -> list[Pending]:
        """Every latest version, by key: what a full rebuild covers."""
        with self._reading() as connection:
            return generations.everything(connection)

    def generations(self) -> list[Generation]:
        """The generations in the register, the newest first."""
        with self._reading() as connection:
            return generations.listed(connection)

    def current_generation(self) -> Generation | None:
        """The generation that answers come from; None before the first was published."""
        return next((one for one in self.generations() if one.state == "current"), None)

    def segments(self, *, staged_for: str | None = None) -> list[Segment]:
        """Every segment in the register, oldest first, or those staged for one piece of unfinished work."""
        with self._reading() as connection:
            return generations.entered(connection, staged_for)

    def covered_by(self, segment: str) -> dict[int, int]:
        """The article versions that a segment holds: key to the revision it was built from."""
        with self._reading() as connection:
            return generations.covered_by(connection, segment)

    def identity(self) -> str:
        """What tells this archive from any other; a backup that is restored keeps it."""
        with self._reading() as connection:
            return str(connection.execute(select(identity.c.archive)).scalar_one())

    def purged(self) -> set[int]:
        """Keys of article versions that were erased: no file may hold their words."""
        with self._reading() as connection:
            return set(connection.execute(select(tombstones.c.article_key)).scalars())

    def removed(self) -> set[int]:
        """Keys of article versions that no index may show: removed, purged, or superseded by a version that the
        current generation covers."""
        with self._reading() as connection:
            hidden = select(articles.c.key).where(
                or_(articles.c.removed.is_not(None), articles.c.superseded == True)  # noqa: E712 (the index's words)
            )
            both = union_all(hidden, select(tombstones.c.article_key))
            return set(connection.execute(both).scalars())


_ROLES = (
    select(statements.c.speaker_key, statements.c.role, func.count())
    .join(articles, articles.c.key == statements.c.article_key)
    .where(
        statements.c.role.is_not(None),
        statements.c.speaker_key.is_not(None),
        # A role was found with a name: it is not an editor's other speaker's.
        statements.c.speaker_key == statements.c.found_key,
        statements.c.revision == articles.c.analysed,
        articles.c.latest.is_(True),
    )
    .group_by(statements.c.speaker_key, statements.c.role)
)

_CHANGES = select(state.c.value).where(state.c.name == "changes")


def _articles(connection: Connection, wanted: ColumnElement[bool], *, limit: int | None = None) -> list[StoredArticle]:
    query = (
        select(articles, outlets.c.notice.label("outlet_notice"), texts.c.text)
        .join(texts, texts.c.article_key == articles.c.key)
        .outerjoin(outlets, outlets.c.name == articles.c.outlet)
        .where(wanted)
        .order_by(articles.c.key)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    keys = [row.key for row in rows]
    # A question's articles have thousands of paragraphs: a row an article is read in half the time of a row each.
    extents = func.group_concat(paragraphs.c.start.concat(" ").concat(paragraphs.c.end), " ")
    spans: dict[int, tuple[Span, ...]] = {
        key: _spans(joined)
        for key, joined in connection.execute(
            select(paragraphs.c.article_key, extents)
            .where(among(paragraphs.c.article_key, keys))
            .group_by(paragraphs.c.article_key)
        ).all()
    }
    named: dict[int, list[str]] = defaultdict(list)
    for key, name in connection.execute(
        select(sources.c.article_key, sources.c.name).where(among(sources.c.article_key, keys)).order_by(sources.c.key)
    ):
        named[key].append(name)
    return [article_of(row, row.text, spans.get(row.key, ()), tuple(named[row.key])) for row in rows]


def _spans(joined: str) -> tuple[Span, ...]:
    """Spans in the order of the text, of "start end start end ..." in any order."""
    numbers = list(map(int, joined.split()))
    spans = zip(numbers[::2], numbers[1::2], strict=True)
    # mostly they come in order, which takes numbers less time to see than pairs
    return tuple(spans) if numbers == sorted(numbers) else tuple(sorted(spans))


def _paragraphs(connection: Connection, wanted: ColumnElement[bool]) -> Iterator[StoredParagraph]:
    rows = connection.execute(_paragraph_rows(wanted)).all()
    wanted_texts = {row.article_key for row in rows}
    stored: dict[int, str] = {
        row.article_key: row.text
        for row in connection.execute(
            select(texts.c.article_key, texts.c.text).where(among(texts.c.article_key, wanted_texts))
        )
    }
    for row in rows:
        yield _paragraph(row, stored[row.article_key])


def _paragraph_rows(wanted: ColumnElement[bool]) -> Select[Any]:
    return (
        select(paragraphs)
        .join(articles, articles.c.key == paragraphs.c.article_key)
        .where(wanted, articles.c.removed.is_(None))
        .order_by(paragraphs.c.article_key, paragraphs.c.ordinal)
    )


def _paragraph(row: Row[Any], text: str) -> StoredParagraph:
    """``text`` is the article's."""
    return StoredParagraph(
        row.key, row.article_key, row.ordinal, row.start, row.end, text[row.start : row.end], row.hash
    )


def _statement_rows(wanted: ColumnElement[bool]) -> Select[Any]:
    return (
        select(*STATEMENT)
        .join(articles, articles.c.key == statements.c.article_key)
        .join(paragraphs, paragraphs.c.key == statements.c.paragraph_key)
        .outerjoin(corrections, corrections.c.key == statements.c.correction_key)
        .outerjoin(speakers, speakers.c.key == corrections.c.speaker_key)
        .where(wanted, articles.c.removed.is_(None))
        .order_by(statements.c.article_key, statements.c.start, statements.c.key)
    )


def _extent_of(statement: StoredStatement) -> Span:
    content = statement.statement.attribution.content
    return min(start for start, _ in content), max(end for _, end in content)


def _overlap(one: Span, other: Span) -> float:
    """Intersection over union of two spans."""
    common = min(one[1], other[1]) - max(one[0], other[0])
    return max(0.0, common / (max(one[1], other[1]) - min(one[0], other[0])))
