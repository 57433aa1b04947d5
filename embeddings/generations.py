"""Generations: published states of the index. Files first, flushed; then one transaction in the archive's register.

The index lies in ``index/`` below the home folder, a folder a segment. Which segments make up the current generation,
and which articles each covers, stands in the archive's SQLite file (``data.archive.generations``), and changes there in
one transaction with what follows from it. So a process killed at any instant leaves the old generation or the new one,
and perhaps folders that no register knows: ``sweep`` deletes those.

Whoever changes the index holds ``index.lock``: one process at a time, named to others who want it, freed by the kernel
when its holder is killed. The archive itself is locked for moments only, so that an editor's correction or removal goes
through while a long ``add`` works.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from data.archive import Archive
from data.archive.generations import Generation
from data.archive.locking import hold
from data.errors import IndexFault
from embeddings import segment as segments_on_disk
from embeddings import words
from embeddings.segment import Content, Manifest, Segment

if TYPE_CHECKING:
    from data.archive.writer import Writer

FOLDER = "index"
LOCK = "index.lock"

PATIENCE = 60.0
"""Seconds to wait for the archive, which others lock for moments."""

_log = logging.getLogger(__name__)


@contextmanager
def changing(archive: Archive, purpose: str, *, wait: float = PATIENCE) -> Iterator[None]:
    """Be the one process that changes the index.

    Raises:
        ArchiveLocked: another one is, for longer than ``wait`` seconds; the message names it.
    """
    with hold(archive.home / LOCK, purpose, wait):
        yield


def opened(archive: Archive, names: Iterable[str], reuse: Mapping[str, Segment] | None = None) -> list[Segment]:
    """Open segments by name, in order; those in ``reuse`` are open already.

    Raises:
        IndexFault: one is missing, damaged, or from a later version.
    """
    ready = reuse or {}
    return [ready[name] if name in ready else Segment(archive.home / FOLDER / name) for name in names]


def manifests(archive: Archive, names: Iterable[str]) -> list[Manifest]:
    """What segments say of themselves, without opening the rest of their files."""
    return [Manifest.read(archive.home / FOLDER / name) for name in names]


class Model(Protocol):
    """Who encodes: an ``Encoder``, or a model that was found and not loaded (``embeddings.models.Source``)."""

    @property
    def name(self) -> str: ...

    @property
    def weights_hash(self) -> str | None: ...


def require_model(generation: Generation | None, model: Model) -> None:
    """Refuse to search or extend a generation with another model than made it.

    Raises:
        IndexFault: the weights differ.
    """
    if generation is not None and (why := _misfit(generation, model)):
        raise IndexFault(f"the index {why}", hint="run onrecord rebuild, or set ONRECORD_MODEL back if it was changed")


def _misfit(generation: Generation, model: Model) -> str | None:
    """Why a generation can't be searched with a model; None where it can."""
    if generation.manifest.get("weights") != model.weights_hash:
        if generation.model == model.name:
            return f"was made with other weights of the model {model.name}, or by an earlier version"
        return f"was made with the model {generation.model}, not with {model.name} as it is installed now"
    if generation.manifest.get("words") != words.RULES:
        return "was made by another version of onrecord"
    return None


def write_segment(archive: Archive, content: Content, *, model: str, weights: str, dimension: int) -> Segment:
    """Write a segment and open it. It is not in the register yet: a sweep would delete it."""
    folder = archive.home / FOLDER
    name, _ = segments_on_disk.write(folder, content, model=model, weights=weights, dimension=dimension)
    return Segment(folder / name)


def enter(writer: Writer, segment: Segment, covers: Mapping[int, int], *, staged_for: str | None = None) -> None:
    """Enter a written segment in the register; ``covers`` maps article keys to revisions."""
    writer.enter_segment(segment.name, segment.manifest.files, covers, staged_for=staged_for)


def publish(writer: Writer, names: Sequence[str], like: Manifest, *, based_on: Generation | None) -> int:
    """Make entered segments, oldest first, the current generation; its number.

    Args:
        like: the manifest of any of its segments: all are made with one model and one version of the words.
        based_on: the generation that was current when the work began.
    """
    return writer.publish(
        names,
        model=like.model,
        manifest={
            "format": like.format,
            "weights": like.weights,
            "dimension": like.dimension,
            "words": like.words,
            "changes": writer.change_counter(),
        },
        based_on=based_on.number if based_on else None,
    )


def rollback(archive: Archive, model: Model, *, wait: float = PATIENCE) -> int:
    """Make the generation before the current one current again; its number. Removed articles stay removed, and articles
    added since wait for the next ``add``.

    Args:
        model: the one that questions will be encoded with.

    Raises:
        ArchiveError: there is none before.
        IndexFault: its files are missing or damaged, or another model made it: no question could be answered from it.
    """
    with changing(archive, "rollback", wait=wait):
        before = next((one for one in archive.generations() if one.state == "previous"), None)
        if before is not None:
            if why := _misfit(before, model):
                raise IndexFault(
                    f"nothing was rolled back, for the index before {why}",
                    hint="docs/running.md says how to go back to another model or version",
                )
            opened(archive, before.segments)
        with archive.writer("rollback", wait=wait) as writer:
            return writer.roll_back()


def sweep(archive: Archive, *, dropping: Iterable[str] = ()) -> int:
    """Delete what no kept generation and no unfinished rebuild needs; how many folders. The caller is ``changing``.

    A reader that still searches a deleted segment is not disturbed: its files stay until it closes them. Where a system
    does not allow that, the folder stays for the next sweep.

    Args:
        dropping: unfinished work (``staged_for``) that is given up.
    """
    given_up = set(dropping)
    staged = {one.staged_for for one in archive.segments() if one.staged_for} - given_up
    with archive.writer("sweep", wait=PATIENCE) as writer:
        writer.sweep(keep_staged_for=staged)
    return delete_strays(archive)


def delete_strays(archive: Archive) -> int:
    """Delete the folders that are not in the register; how many. The caller is ``changing``."""
    folder = archive.home / FOLDER
    if not folder.is_dir():
        return 0
    kept = {one.name for one in archive.segments()}
    strays = [stray for stray in folder.iterdir() if stray.name not in kept]
    for stray in strays:
        shutil.rmtree(stray, ignore_errors=True)
    if strays:
        _log.info("deleted %d index folders that nothing needs", len(strays))
    return len(strays)


def bytes_on_disk(archive: Archive) -> int:
    """What all segments take on the disk, those of the earlier generation and of unfinished rebuilds included."""
    folder = archive.home / FOLDER
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else 0
