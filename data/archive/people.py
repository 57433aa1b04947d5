"""Speakers across articles: one row an identity, merged and split by editors.

The rules name a speaker within an article; ``data.speakers.identity`` says which names are one speaker everywhere.
Editors' merges hang on the speaker's row and their splits on identity and name, so both outlive new rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from data.archive import tally
from data.archive.records import SpeakerRow
from data.archive.rows import among
from data.archive.schema import aliases, corrections, speakers, splits, statements
from data.errors import ArchiveError
from data.model import SpeakerName, Statement
from data.speakers.across import identity

_ACROSS_ARTICLES = {"person", "organisation"}


def identity_of(name: SpeakerName, article_id: str) -> str:
    """The speaker's identity. Groups and documents ("residents", "the report") are one only within an article."""
    found = identity(name)
    return found if name.form in _ACROSS_ARTICLES else f"{found} @{article_id}"


def keys_of(connection: Connection, article_id: str, found: Sequence[Statement]) -> dict[SpeakerName, tuple[int, int]]:
    """For each name of an analysis, the key of its speaker as found, and the one that holds after editors' splits."""
    names = {one.speaker: identity_of(one.speaker, article_id) for one in found if one.speaker is not None}
    if not names:
        return {}
    first = {identity: name for name, identity in reversed(names.items())}
    keys = _keys(connection, first)
    missing = [identity for identity in first if identity not in keys]
    if missing:
        changed = tally.next_change(connection)
        connection.execute(
            insert(speakers),
            [
                {
                    "identity": identity,
                    "form": first[identity].form,
                    "first_name": first[identity].name,
                    "changed": changed,
                }
                for identity in missing
            ],
        )
        keys = _keys(connection, first)
    ruled = {
        (identity, name): key
        for identity, name, key in connection.execute(select(splits).where(among(splits.c.identity, first)))
    }
    return {
        name: (keys[identity], ruled.get((identity, name.name), keys[identity])) for name, identity in names.items()
    }


def key_for(connection: Connection, name: str, form: str) -> int:
    """The speaker that an editor's name means: the one speaker known by it, else one of its identity, made if need be.

    Raises:
        ArchiveError: several speakers go by that name.
    """
    known = connection.execute(
        select(speakers.c.key)
        .outerjoin(aliases, aliases.c.speaker_key == speakers.c.key)
        .where(or_(aliases.c.name == name, speakers.c.name == name, speakers.c.first_name == name))
        .where(speakers.c.form.in_(_ACROSS_ARTICLES))
        .distinct()
    ).scalars()
    roots = {root_of(connection, key) for key in known}
    if len(roots) > 1:
        raise ArchiveError(f"{len(roots)} speakers are called {name}", hint="give the speaker's key instead")
    if roots:
        return roots.pop()
    kept = form if form in _ACROSS_ARTICLES else "person"
    identity = identity_of(SpeakerName(name, resolved=True, form="organisation" if kept != "person" else "person"), "")
    connection.execute(
        upsert(speakers)
        .values(identity=identity, form=kept, first_name=name, changed=tally.next_change(connection))
        .on_conflict_do_nothing()
    )
    return int(connection.execute(select(speakers.c.key).where(speakers.c.identity == identity)).scalar_one())


def root_of(connection: Connection, key: int) -> int:
    """The speaker that this one was merged into, over any number of merges; itself where it was not.

    Raises:
        ArchiveError: there is no such speaker.
    """
    while True:
        row = connection.execute(select(speakers.c.merged_into).where(speakers.c.key == key)).one_or_none()
        if row is None:
            raise ArchiveError(f"there is no speaker {key}", hint="onrecord speakers lists them")
        if row.merged_into is None:
            return key
        key = row.merged_into


def merge(connection: Connection, into: int, others: Iterable[int], name: str | None) -> None:
    """Make ``others`` the same speaker as ``into``; ``name``: what to call it. ``split`` takes a merge back."""
    root = root_of(connection, into)
    touched = {root}
    for other in others:
        top = root_of(connection, other)
        if top == root:
            continue
        connection.execute(update(speakers).where(speakers.c.key == top).values(merged_into=root))
        touched.add(top)
    if name is not None:
        connection.execute(update(speakers).where(speakers.c.key == root).values(name=name))
    tally.touch(connection, touched)


def split(connection: Connection, key: int, names: Sequence[str], called: str | None) -> int:
    """Take a speaker apart; returns the key that now stands for itself.

    Without ``names``, undoes the merge of ``key`` into another. With them, statements under those names become another
    speaker's, now and whenever the rules find them again.

    Raises:
        ArchiveError: it was merged into nobody, or has no such names.
    """
    if not names:
        row = connection.execute(select(speakers).where(speakers.c.key == key)).one_or_none()
        if row is None or row.merged_into is None:
            raise ArchiveError(f"speaker {key} is merged into nobody", hint="say which names to split off")
        tally.touch(connection, [key, root_of(connection, key)])
        connection.execute(update(speakers).where(speakers.c.key == key).values(merged_into=None))
        return key
    members = members_of(connection, root_of(connection, key))
    found = connection.execute(
        select(speakers.c.identity, speakers.c.form, statements.c.name, speakers.c.key)
        .join(statements, statements.c.found_key == speakers.c.key)
        .where(among(speakers.c.key, members), among(statements.c.name, names))
        .distinct()
    ).all()
    if not found:
        raise ArchiveError(f"speaker {key} has none of these names", hint="onrecord speakers NAME lists them")
    identity = f"{found[0].identity} / {names[0].casefold()}"
    connection.execute(
        upsert(speakers)
        .values(
            identity=identity,
            form=found[0].form,
            first_name=names[0],
            name=called,
            changed=tally.next_change(connection),
        )
        .on_conflict_do_nothing()
    )
    apart = int(connection.execute(select(speakers.c.key).where(speakers.c.identity == identity)).scalar_one())
    connection.execute(update(speakers).where(speakers.c.key == apart).values(merged_into=None))
    ruled = upsert(splits)
    connection.execute(
        ruled.on_conflict_do_update(
            index_elements=[splits.c.identity, splits.c.name], set_={"speaker_key": ruled.excluded.speaker_key}
        ),
        [{"identity": row.identity, "name": row.name, "speaker_key": apart} for row in found],
    )
    for row in found:
        _give(connection, row.key, row.name, apart)
    tally.touch(connection, {*members, apart})
    return apart


def rows(connection: Connection, since: int | None = None) -> list[SpeakerRow]:
    """All speakers, or those changed after change counter ``since`` with the whole of what they are merged with."""
    if since is None:
        return _rows(connection, None)
    changed = connection.execute(select(speakers.c.key).where(speakers.c.changed > since)).scalars().all()
    return _rows(connection, changed)


def row_of(connection: Connection, key: int) -> SpeakerRow:
    """One speaker.

    Raises:
        ArchiveError: there is no such speaker.
    """
    root_of(connection, key)
    return next(row for row in _rows(connection, [key]) if row.key == key)


def _rows(connection: Connection, keys: Iterable[int] | None) -> list[SpeakerRow]:
    listed, counted = select(speakers).order_by(speakers.c.key), select(aliases)
    if keys is not None:
        wanted = set().union(*(members_of(connection, root) for root in {root_of(connection, key) for key in keys}))
        listed = listed.where(among(speakers.c.key, wanted))
        counted = counted.where(among(aliases.c.speaker_key, wanted))
    everyone = connection.execute(listed).all()
    own: dict[int, dict[str, int]] = defaultdict(dict)
    for key, name, number in connection.execute(counted):
        own[key][name] = number
    parents = {row.key: row.merged_into for row in everyone}
    roots: dict[int, int] = {}
    members: dict[int, set[int]] = defaultdict(set)
    for key in parents:
        root = key
        while (parent := parents[root]) is not None:
            root = parent
        roots[key] = root
        members[root].add(key)
    found = []
    for row in everyone:
        names = dict(own.get(row.key, {}))
        if roots[row.key] == row.key:
            for member in members[row.key] - {row.key}:
                for name, number in own.get(member, {}).items():
                    names[name] = names.get(name, 0) + number
        found.append(
            SpeakerRow(
                key=row.key,
                name=row.name or _most_frequent(names, row.first_name),
                form=row.form,
                identity=row.identity,
                aliases=names,
                statements=sum(names.values()),
                merged_into=roots[row.key] if roots[row.key] != row.key else None,
                members=frozenset(members[row.key]) if roots[row.key] == row.key else frozenset(),
                edited=row.name is not None,
            )
        )
    return found


def members_of(connection: Connection, root: int) -> set[int]:
    """A speaker's own key and those of all that were merged into it."""
    found = {root}
    edge = found
    while edge:
        below = connection.execute(select(speakers.c.key).where(among(speakers.c.merged_into, edge))).scalars()
        edge = set(below) - found
        found |= edge
    return found


def _give(connection: Connection, found_key: int, name: str, to: int) -> None:
    """Give the statements found under one identity and name to another speaker, but for those an editor corrected."""
    theirs = (
        (statements.c.found_key == found_key)
        & (statements.c.name == name)
        & or_(
            statements.c.correction_key.is_(None),
            statements.c.correction_key.in_(select(corrections.c.key).where(corrections.c.speaker_key.is_(None))),
        )
    )
    concerned = connection.execute(select(statements.c.article_key).where(theirs).distinct()).scalars().all()
    tally.leave(connection, concerned)
    connection.execute(update(statements).where(theirs).values(speaker_key=to))
    tally.enter(connection, concerned)


def _keys(connection: Connection, identities: Iterable[str]) -> dict[str, int]:
    rows = connection.execute(select(speakers.c.identity, speakers.c.key).where(among(speakers.c.identity, identities)))
    return {row.identity: row.key for row in rows}


def _most_frequent(names: dict[str, int], otherwise: str) -> str:
    return max(names, key=lambda name: (names[name], len(name), name), default=otherwise)
