"""What a read article is to the archive: new, unchanged, another source of one that is there, or a new version.

* The same id (given, or derived from the canonical URL) is the same article. An id that was given is never merged
  into another; a source without one joins the article at its URL, given id or not.
* Without a URL in common, two sources of the same text are one article where their outlets are the same or one names
  none. Where the text fits articles of two outlets, it joins neither.
* The same article with a new text is a new version. A text that is in its history already changes nothing, so adding
  a folder that holds both the old and the corrected page is stable.
* Metadata are the first that any source gave, source by source in the order they came; reading the same source again
  replaces what that source gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from data.archive import corrections, stories, tally
from data.archive.records import Put
from data.archive.rows import among, digest, first_of
from data.archive.schema import articles, outlets, paragraphs, sources, texts, waiting
from data.errors import UnreadableSource
from data.model import Article
from data.reading.identity import canonical_url, compare

_FIELDS = ("url", "outlet", "title", "author", "published", "language", "notice")
_READ_BY_THE_RULES = ("title", "published", "language")


def put(connection: Connection, article: Article, moment: datetime) -> Put:
    """Store an article by the rules above, in the caller's transaction.

    Raises:
        UnreadableSource: it has no paragraph, its spans leave the text, or its text is no valid Unicode.
    """
    validate(article)
    body = body_hash(article)
    found = _same_article(connection, article, body)
    if found is None:
        return Put("added", _insert(connection, article, body, moment, before=None))
    key = _version_with(connection, found, body)
    if key is not None or not _same_identity(found, article):
        changed = _join(connection, found, key if key is not None else found.key, article, body, moment)
        return Put("joined" if changed else "unchanged", found.key)
    return Put("corrected", _insert(connection, article, body, moment, before=found))


def validate(article: Article) -> None:
    """Refuse what could not be quoted letter for letter.

    Raises:
        UnreadableSource: see ``put``.
    """
    where = article.source or article.id
    if not article.id or not article.paragraphs or not article.text.strip():
        raise UnreadableSource(f"{where}: no text", hint="nothing was stored of it")
    at = 0
    for start, end in article.paragraphs:
        if not at <= start < end <= len(article.text):
            raise UnreadableSource(f"{where}: a paragraph lies outside the text or in another", hint="report this")
        at = end
    given = (article.id, article.text, article.url, article.outlet, article.title, article.author, article.source)
    try:
        for value in given:
            (value or "").encode()
    except UnicodeEncodeError:
        raise UnreadableSource(f"{where}: half a surrogate pair in the text", hint="mend the file's encoding") from None


def body_hash(article: Article) -> bytes:
    """What of the text is searched: its paragraphs, runs of white space made one space."""
    return digest("\n".join(" ".join(article.text[start:end].split()) for start, end in article.paragraphs))


def _same_article(connection: Connection, article: Article, body: bytes) -> Row[Any] | None:
    same_id = connection.execute(select(articles).where(articles.c.id == article.id, articles.c.latest.is_(True)))
    found = same_id.one_or_none()
    if found is not None or article.given_id:
        return found
    address = canonical_url(article.url) if article.url else None
    if address is not None:
        at_url = _latest(connection, articles.c.canonical_url == address)
        if len(at_url) > 1:
            at_url = [row for row in at_url if row.body_hash == body]
        if len(at_url) == 1:
            return at_url[0]
    same_text = _latest(
        connection,
        or_(
            articles.c.body_hash == body,
            articles.c.key.in_(select(sources.c.article_key).where(sources.c.body_hash == body)),
        ),
    )
    return _only(article, same_text) or _only(article, _near_identical(connection, article, address))


def _near_identical(connection: Connection, article: Article, address: str | None) -> list[Row[Any]]:
    """Latest versions with nearly the same text, of the same day, where at most one of the two has an address."""
    shingles = stories.shingles_of(article.paragraph(ordinal) for ordinal in range(len(article.paragraphs)))
    signature = stories.sign(shingles)
    if signature is None:
        return []
    candidates = _latest(connection, among(articles.c.key, stories.near(connection, shingles, signature)))
    found = []
    for row in candidates:
        if address is not None and row.canonical_url is not None:
            continue
        if article.published is not None and row.published not in (None, article.published):
            continue
        if compare(_as_article(connection, row), article).same_text:
            found.append(row)
    return found


def _only(article: Article, candidates: list[Row[Any]]) -> Row[Any] | None:
    """The one that an article without an id of its own belongs to: of its outlet, or where either names none."""
    named = {row.outlet for row in candidates if row.outlet is not None}
    if article.outlet is not None:
        fitting = [row for row in candidates if _same_outlet(row.outlet, article.outlet)]
        return fitting[0] if fitting else next((row for row in candidates if row.outlet is None), None)
    # The text ran in several outlets: which of them this copy came from nobody can tell.
    return candidates[0] if candidates and len(named) <= 1 else None


def _same_outlet(one: str | None, other: str) -> bool:
    return one is not None and one.casefold().removeprefix("www.") == other.casefold().removeprefix("www.")


def _same_identity(found: Row[Any], article: Article) -> bool:
    """Whether it is the same id or address: then another text is another version, not another source."""
    if found.id == article.id:
        return True
    return bool(article.url and found.canonical_url and canonical_url(article.url) == found.canonical_url)


def _version_with(connection: Connection, found: Row[Any], body: bytes) -> int | None:
    """The version of this article that has, or was also read as, this body."""
    query = (
        select(articles.c.key)
        .outerjoin(sources, and_(sources.c.article_key == articles.c.key, sources.c.body_hash == body))
        .where(articles.c.id == found.id, articles.c.removed.is_(None))
        .where(or_(articles.c.body_hash == body, sources.c.key.is_not(None)))
        .order_by(articles.c.key.desc())
        .limit(1)
    )
    key = connection.execute(query).scalar()
    return None if key is None else int(key)


def _insert(connection: Connection, article: Article, body: bytes, moment: datetime, *, before: Row[Any] | None) -> int:
    """A new version: of a new article, or (``before``) in place of an earlier one."""
    fields = _own_fields(article)
    article_id = article.id if before is None else before.id
    corrected = None
    carried = before
    if before is not None:
        corrected = _corrected_on(article, before, moment)
        fields = {name: fields[name] if fields[name] is not None else before._mapping[name] for name in fields}
        tally.leave(connection, [before.key])
        connection.execute(update(articles).where(articles.c.key == before.key).values(latest=False))
        connection.execute(delete(waiting).where(waiting.c.article_key == before.key))
    else:
        # Added again after a removal: an editor's corrections of the last version that had words still hold.
        carried = connection.execute(
            select(articles).where(articles.c.id == article_id).order_by(articles.c.version.desc()).limit(1)
        ).one_or_none()
    version = 1 + int(
        connection.execute(select(func.max(articles.c.version)).where(articles.c.id == article_id)).scalar() or 0
    )
    row = {
        **fields,
        "id": article_id,
        "given_id": article.given_id or (before is not None and bool(before.given_id)),
        "version": version,
        "canonical_url": canonical_url(fields["url"]) if fields["url"] else None,
        "ingested": moment,
        "corrected": corrected,
        "story": before.story if before is not None else None,
        "text_hash": digest(article.text),
        "body_hash": body,
        "paragraphs": len(article.paragraphs),
        "latest": True,
    }
    inserted = connection.execute(insert(articles), row).inserted_primary_key
    assert inserted is not None
    key = int(inserted[0])
    connection.execute(insert(texts), {"article_key": key, "text": article.text})
    connection.execute(
        insert(paragraphs),
        [
            {
                "article_key": key,
                "ordinal": ordinal,
                "start": start,
                "end": end,
                "hash": digest(article.text[start:end]),
            }
            for ordinal, (start, end) in enumerate(article.paragraphs)
        ],
    )
    _note_source(connection, key, article, body, moment)
    _note_outlet(connection, fields["outlet"], fields["notice"])
    connection.execute(insert(waiting), {"article_key": key})
    shingles = stories.shingles_of(article.paragraph(ordinal) for ordinal in range(len(article.paragraphs)))
    signature = stories.sign(shingles)
    if signature is not None:
        copies = stories.near(connection, shingles, signature)
        stories.file(connection, key, signature)
        copies.pop(key, None)
        stories.join(connection, key, fields["published"], copies)
    if carried is not None:
        corrections.carry(connection, carried.key, key, article.text)
    return key


def _join(connection: Connection, found: Row[Any], key: int, article: Article, body: bytes, moment: datetime) -> bool:
    """Note another source of version ``key`` and take its metadata where they are better; whether anything changed."""
    noted = _note_source(connection, key, article, body, moment)
    given = article.given_id and not found.given_id and found.id == article.id
    if not noted and not given:
        return False
    known = connection.execute(select(sources).where(sources.c.article_key == key).order_by(sources.c.key)).mappings()
    rows: list[Mapping[str, Any]] = [dict(row) for row in known]
    old = connection.execute(select(articles).where(articles.c.key == key)).one()._mapping
    merged = {name: first_of(rows, name) for name in _FIELDS}
    # What an earlier version of the article knew stays known.
    merged = {name: old[name] if value is None else value for name, value in merged.items()}
    changed = {name: value for name, value in merged.items() if value != old[name]}
    values: dict[str, Any] = dict(changed)
    if given:
        values["given_id"] = True
    if "url" in changed:
        values["canonical_url"] = canonical_url(changed["url"])
    if any(name in changed for name in _READ_BY_THE_RULES):
        # Statements are dated from the published date, and paragraphs are embedded under their headline.
        values["revision"] = articles.c.revision + 1
        values["rules"] = None
    if values:
        connection.execute(update(articles).where(articles.c.key == key).values(values))
        _note_outlet(connection, merged["outlet"], merged["notice"])
    if "revision" in values and old["latest"]:
        connection.execute(upsert(waiting).values(article_key=key).on_conflict_do_nothing())
    return True


def _note_source(connection: Connection, key: int, article: Article, body: bytes, moment: datetime) -> bool:
    name = article.source or article.url or article.id
    given = {**_own_fields(article), "body_hash": body}
    known = connection.execute(
        select(sources).where(sources.c.article_key == key, sources.c.name == name)
    ).one_or_none()
    if known is None:
        connection.execute(insert(sources), {**given, "article_key": key, "name": name, "added": moment})
        return True
    if all(known._mapping[field] == value for field, value in given.items()):
        return False
    connection.execute(update(sources).where(sources.c.key == known.key).values(given))
    return True


def _note_outlet(connection: Connection, outlet: str | None, notice: str | None) -> None:
    if outlet is None:
        return
    noted = upsert(outlets).values(name=outlet, notice=notice)
    if notice is None:
        connection.execute(noted.on_conflict_do_nothing())
    else:
        connection.execute(noted.on_conflict_do_update(index_elements=[outlets.c.name], set_={"notice": notice}))


def _own_fields(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) or None for name in _FIELDS}


def _corrected_on(article: Article, before: Row[Any], moment: datetime) -> date:
    """The day of a correction: the new version's own date where it is later than the old one's, else today."""
    if article.published and before.published and article.published > before.published:
        return article.published
    return moment.date()


def _latest(connection: Connection, wanted: ColumnElement[bool]) -> list[Row[Any]]:
    query = select(articles).where(wanted, articles.c.latest.is_(True)).order_by(articles.c.key)
    return list(connection.execute(query).all())


def _as_article(connection: Connection, row: Row[Any]) -> Article:
    text = connection.execute(select(texts.c.text).where(texts.c.article_key == row.key)).scalar_one()
    spans = connection.execute(
        select(paragraphs.c.start, paragraphs.c.end)
        .where(paragraphs.c.article_key == row.key)
        .order_by(paragraphs.c.ordinal)
    )
    return Article(row.id, text, tuple((start, end) for start, end in spans), title=row.title)
