"""Archive and index against each other, and every checksum; and taking purged articles out of the index's files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np

from data.archive import Archive
from data.archive.generations import Generation
from data.errors import IndexFault
from embeddings import generations, indexing, merging
from embeddings.segment import Mask, Segment, living

_TOGETHER = 200
_MEND = "onrecord rebuild mends it"


def check(archive: Archive) -> list[str]:
    """Compare what is on the disk, what the register says, and what the archive holds.

    Returns:
        A line for each fault that says what is wrong and what mends it; none when all is well. What waits to be indexed
        is no fault.
    """
    faults: list[str] = []
    registered = {one.name: one for one in archive.segments()}
    for generation in archive.generations():
        if generation.state == "retired":
            continue
        segments: list[Segment] = []
        for name in generation.segments:
            try:
                (segment,) = generations.opened(archive, [name])
            except IndexFault as fault:
                faults.append(f"generation {generation.number}: {fault}")
                continue
            segments.append(segment)
            faults += [f"generation {generation.number}: {fault}; {_MEND}" for fault in segment.check()]
            if segment.manifest.files != registered[name].files:
                faults.append(f"generation {generation.number}: {segment.folder} is not the one entered; {_MEND}")
        if generation.state == "current" and not faults:
            faults += [f"{fault}; {_MEND}" for fault in _against_archive(archive, generation, segments)]
    if holds_purged(archive):
        faults.append(f"the index still holds vectors and words of purged articles; {_MEND}")
    return list(dict.fromkeys(faults))


def holds_purged(archive: Archive) -> bool:
    """Whether segments in the register were built from articles that have been purged: a purge was interrupted, or has
    not come to the index yet. ``erase_dead`` takes them out."""
    purged = archive.purged()
    return bool(purged) and any(not purged.isdisjoint(archive.covered_by(one.name)) for one in archive.segments())


def erase_dead(archive: Archive, *, wait: float = generations.PATIENCE) -> None:
    """Rewrite the segments that hold words or vectors of removed articles, and delete every file that did: the earlier
    generation, and unfinished rebuilds that hold some. To be called after ``Writer.purge``; there is then nothing to
    roll back to.

    Raises:
        IndexFault: a segment can't be read or written.
        ArchiveLocked: another process changes the index for longer than ``wait`` seconds.
    """
    with generations.changing(archive, "purge", wait=wait):
        current = archive.current_generation()
        removed, purged = archive.removed(), archive.purged()
        if current is not None:
            segments = generations.opened(archive, current.segments)
            alive = living(segments, removed)
            dead = [
                segment
                for segment, mask in zip(segments, alive, strict=True)
                if not mask.all() or not purged.isdisjoint(archive.covered_by(segment.name))
            ]
            for segment in dead:
                indexing.rewrite(archive, [segment.name])
            newest = archive.current_generation()
            if newest is not None and segments:
                # Published once more, so that the generation kept for a rollback is one without them too.
                with archive.writer("purge", wait=wait) as writer:
                    generations.publish(writer, newest.segments, segments[0].manifest, based_on=newest)
        unfinished = {
            one.staged_for
            for one in archive.segments()
            if one.staged_for and not removed.isdisjoint(archive.covered_by(one.name))
        }
        generations.sweep(archive, dropping=unfinished)


def _against_archive(archive: Archive, generation: Generation, segments: list[Segment]) -> Iterator[str]:
    alive = living(segments, archive.removed())
    held: dict[int, int] = {}
    for segment, mask in zip(segments, alive, strict=True):
        covered = dict(merging.covers(archive, segment, mask))
        listed = set(np.unique(segment.paragraphs["article"][mask]).tolist())
        if lost := listed - set(covered):
            yield f"{segment.folder} holds {len(lost)} articles that the register does not list"
        held |= covered
        yield from _rows_against_archive(archive, segment, mask, covered)
    waiting = {one.key for one in archive.pending()}
    missing = [one for one in archive.everything() if one.key not in waiting and held.get(one.key, 0) < one.revision]
    if missing:
        yield f"generation {generation.number} lacks {len(missing)} articles (the first: {missing[0].id})"


def _rows_against_archive(archive: Archive, segment: Segment, alive: Mask, covered: Iterable[int]) -> Iterator[str]:
    keys = iter(sorted(covered))
    paragraphs = segment.paragraphs[alive]
    said = segment.statements[alive[segment.statements["row"]]]
    while group := list(islice(keys, _TOGETHER)):
        stored = {one.key for several in archive.paragraphs_of(group).values() for one in several}
        indexed = set(paragraphs["key"][np.isin(paragraphs["article"], group)].tolist())
        if stored != indexed:
            yield f"{segment.folder}: {len(stored ^ indexed)} paragraphs are not those of the archive"
        of_group = np.isin(segment.paragraphs["article"][said["row"]], group)
        shown = set(said["key"][of_group].tolist())
        known = {one.key for one in archive.statements(keys=shown, hidden=True)}
        if shown - known:
            yield f"{segment.folder}: {len(shown - known)} statements are not in the archive"
