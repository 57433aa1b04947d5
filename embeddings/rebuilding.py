"""Rebuilding the index beside those who search it: another model, other statement rules, repair.

The new segments are staged: written and entered in the register under the name of what is being built ("these weights,
these rules"), but part of no generation. Killed or interrupted, the next rebuild of the same name goes on where it
stopped. Articles that are added, corrected or removed meanwhile are taken up before the new generation is published.
What has not changed is used again: statements that were found with the same rules, vectors of the same texts by the
same model.

The index is locked for the moments of entering a segment, not while it is worked out: ``add`` and a rebuild go on
side by side.
"""

from __future__ import annotations

from data.archive import Archive
from data.archive.generations import Pending
from data.archive.locking import hold
from data.errors import IndexFault
from embeddings import generations, indexing, merging, segment, words
from embeddings.checking import erase_dead, holds_purged
from embeddings.composing import Composed, compose
from embeddings.encoder import Encoder
from embeddings.indexing import Added
from embeddings.progress import Report
from embeddings.segment import Manifest, Segment, living

LOCK = "rebuild.lock"

_STAGED = "rebuild"


def rebuild(
    archive: Archive,
    encoder: Encoder,
    *,
    progress: Report | None = None,
    processes: int | None = None,
    wait: float = generations.PATIENCE,
) -> Added:
    """Make a whole new generation from the archive and publish it.

    Returns:
        What was done; ``indexed`` counts the articles of this run (those staged before an interruption are not
        counted again), ``encoded`` the texts whose vectors could not be used again.

    Raises:
        ArchiveLocked: another rebuild is running, or something else changes the index for longer than ``wait`` seconds.
        IndexFault: a segment can't be written.
    """
    outcome = Added()
    name = staged_name(encoder)
    with hold(archive.home / LOCK, "rebuild", 0.0):
        others = {one.staged_for for one in archive.segments() if one.staged_for} - {name}
        with generations.changing(archive, "rebuild", wait=wait):
            _discard_damaged(archive, name)
            generations.sweep(archive, dropping=others)
        sound = _Sound(archive)
        while True:
            _stage(archive, encoder, name, sound, outcome, progress, processes, wait)
            with generations.changing(archive, "rebuild", wait=wait):
                if _missing(archive, name):
                    continue  # something was added between the last look and the lock
                _merge_staged(archive, name)
                outcome.generation = _publish(archive, encoder, name)
                generations.sweep(archive)
                break
        if holds_purged(archive):  # in the generation before: a purge was killed before it came to the index
            erase_dead(archive, wait=wait)
    return outcome


def to_do(archive: Archive, encoder: Encoder) -> tuple[int, int]:
    """How many articles and paragraphs a rebuild has before it: not those that an interrupted one has done."""
    missing = _missing(archive, staged_name(encoder))
    return len(missing), sum(one.paragraphs for one in missing)


def staged_name(encoder: Encoder) -> str:
    """What a rebuild with this encoder and these rules is called in the register."""
    from data.analysis import RULES

    return f"{_STAGED} {encoder.weights_hash[:16]} {RULES} {words.RULES} {segment.FORMAT}"


def _stage(
    archive: Archive,
    encoder: Encoder,
    name: str,
    sound: _Sound,
    outcome: Added,
    progress: Report | None,
    processes: int | None,
    wait: float,
) -> None:
    """Write segments for whatever the staged ones do not cover yet."""
    tried: set[tuple[int, int]] = set()
    while missing := [one for one in _missing(archive, name) if (one.key, one.revision) not in tried]:
        tried |= {(one.key, one.revision) for one in missing}
        size = {one.key: one.paragraphs for one in missing}
        clock = indexing.indexing_clock(missing, progress)
        for keys in indexing.analysed_batches(archive, missing, outcome, clock, processes):
            steps = sum(size[key] for key in keys)
            composed = compose(archive, keys, encoder, known=sound.segments(), progress=clock.within(steps))
            if composed.articles:
                with generations.changing(archive, "rebuild", wait=wait):
                    _enter(archive, composed, encoder, name)
            outcome.indexed += len(composed.articles)
            outcome.paragraphs += len(composed.content.paragraphs)
            outcome.encoded += composed.encoded
            clock.step(steps)


def _missing(archive: Archive, name: str) -> list[Pending]:
    """The articles that no staged segment covers as they are now."""
    from data.analysis import RULES

    covered: dict[int, int] = {}
    for staged in archive.segments(staged_for=name):
        covered |= archive.covered_by(staged.name)
    return [one for one in archive.everything() if covered.get(one.key, 0) < one.revision or one.rules != RULES]


def _enter(archive: Archive, composed: Composed, encoder: Encoder, name: str) -> None:
    written = generations.write_segment(
        archive, composed.content, model=encoder.name, weights=encoder.weights_hash, dimension=encoder.dimension
    )
    with archive.writer("rebuild", wait=generations.PATIENCE) as writer:
        generations.enter(writer, written, {one.key: one.revision for one in composed.articles}, staged_for=name)


def _merge_staged(archive: Archive, name: str) -> None:
    """Make the staged segments few before they are published."""
    while True:
        staged = generations.opened(archive, [one.name for one in archive.segments(staged_for=name)])
        alive = living(staged, archive.removed())
        chosen = merging.worth_merging([(int(mask.sum()), len(mask)) for mask in alive])
        if not chosen:
            return
        parts, masks = [staged[place] for place in chosen], [alive[place] for place in chosen]
        like = parts[0].manifest
        covers = {
            key: revision
            for part, mask in zip(parts, masks, strict=True)
            for key, revision in merging.covers(archive, part, mask)
        }
        merged = None
        if covers:
            merged = generations.write_segment(
                archive,
                merging.joined(parts, masks),
                model=like.model,
                weights=like.weights,
                dimension=like.dimension,
            )
        with archive.writer("rebuild", wait=generations.PATIENCE) as writer, writer.transaction():
            writer.unstage([part.name for part in parts])
            if merged is not None:
                generations.enter(writer, merged, covers, staged_for=name)


def _publish(archive: Archive, encoder: Encoder, name: str) -> int:
    staged = [one.name for one in archive.segments(staged_for=name)]
    like = Manifest(segment.FORMAT, encoder.name, encoder.weights_hash, encoder.dimension, words.RULES, 0, 0, 0, [], {})
    current = archive.current_generation()
    with archive.writer("rebuild", wait=generations.PATIENCE) as writer:
        return generations.publish(writer, staged, like, based_on=current)


def _discard_damaged(archive: Archive, name: str) -> None:
    """Unstage what an earlier run staged and the disk did not keep."""
    damaged = [one for one in archive.segments(staged_for=name) if _sound(archive, one.name) is None]
    if damaged:
        with archive.writer("rebuild", wait=generations.PATIENCE) as writer:
            writer.unstage([one.name for one in damaged])


class _Sound:
    """The segments of the current generation whose checksums hold: vectors are taken from no other."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._checked: dict[str, Segment | None] = {}

    def segments(self) -> list[Segment]:
        current = self._archive.current_generation()
        names = current.segments if current else ()
        for name in names:
            if name not in self._checked:
                self._checked[name] = _sound(self._archive, name)
        return [found for name in names if (found := self._checked[name]) is not None]


def _sound(archive: Archive, name: str) -> Segment | None:
    """A segment, opened, if every checksum holds."""
    try:
        (opened,) = generations.opened(archive, [name])
    except IndexFault:
        return None
    return None if opened.check() else opened
