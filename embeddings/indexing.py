"""Adding articles: read, stored, analysed, encoded, published. The cost is that of what is new.

First everything readable goes into the archive, in small transactions. From there on nothing can be lost: what the
index does not cover yet waits in the archive's register, and whoever comes next (this run, or the one after a crash)
takes up what waits. Then batch by batch the statements are found, the texts encoded, a segment written, a generation
published.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from data.archive import Archive, Pending, StoredArticle
from data.errors import OnRecordError, UnreadableSource
from data.model import Analysis, Article
from embeddings import generations, merging
from embeddings.composing import Composed, compose
from embeddings.encoder import Encoder
from embeddings.progress import Clock, Report
from embeddings.segment import Segment, living

if TYPE_CHECKING:
    from data.reading import ReadResult

PUT_TOGETHER = 64
"""Articles a transaction while reading."""

BATCH_PARAGRAPHS = 4096
"""Paragraphs a segment, about: what is in memory at a time, and what a crash makes us do again."""

_READ_TOGETHER = 64

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Added:
    """What became of the articles of an ``add``.

    Attributes:
        refused: sources that could not be read or stored, with the reason; the others went in.
        without_statements: ids of articles whose statements could not be found because of a fault in the rules. Their
            paragraphs are searched all the same.
        indexed: articles that were indexed, those that had waited from before included.
        paragraphs: theirs.
        encoded: texts for which no vector was known.
        generation: the number of the generation that holds them, None where nothing was indexed.
    """

    added: int = 0
    unchanged: int = 0
    joined: int = 0
    corrected: int = 0
    refused: list[UnreadableSource] = field(default_factory=list)
    without_statements: list[str] = field(default_factory=list)
    indexed: int = 0
    paragraphs: int = 0
    encoded: int = 0
    generation: int | None = None


def add(
    archive: Archive,
    encoder: Encoder,
    results: Iterable[ReadResult],
    *,
    progress: Report | None = None,
    processes: int | None = None,
    wait: float = generations.PATIENCE,
) -> Added:
    """Add articles; all that is readable is searchable when this returns.

    Args:
        results: from ``data.reading.read``; consumed once, a few at a time.
        processes: for finding statements; None takes the setting.
        wait: seconds to wait for another process that is writing.

    Raises:
        IndexFault: the index was made with another model, is damaged, or can't be written.
        ArchiveError: the archive can't be written, or another process is writing for longer than ``wait``. What was
            stored by then stays stored and is taken up by the next ``add``.
    """
    outcome = Added()
    generations.require_model(archive.current_generation(), encoder)
    store(archive, results, outcome, progress=progress, wait=wait)
    if archive.pending():
        with generations.changing(archive, "add", wait=wait):
            generations.delete_strays(archive)
            catch_up(archive, encoder, outcome, progress=progress, processes=processes)
            merge_segments(archive, budget=max(4 * outcome.paragraphs, 8 * BATCH_PARAGRAPHS), progress=progress)
    return outcome


def store(
    archive: Archive,
    results: Iterable[ReadResult],
    outcome: Added,
    *,
    progress: Report | None = None,
    wait: float = generations.PATIENCE,
) -> None:
    """Put what was read into the archive, ``PUT_TOGETHER`` articles a transaction; what is refused is noted."""
    clock = Clock("reading", None, progress)
    results = iter(results)
    while group := list(islice(results, PUT_TOGETHER)):
        readable: list[Article] = []
        for result in group:
            if result.article is not None:
                readable.append(result.article)
            elif result.error is not None:
                outcome.refused.append(result.error)
        if readable:
            with archive.writer("add", wait=wait) as writer, writer.transaction():
                for article in readable:
                    try:
                        became = writer.put(article).outcome
                    except UnreadableSource as error:
                        outcome.refused.append(error)
                    else:
                        setattr(outcome, became, getattr(outcome, became) + 1)
        clock.step(len(group))


def catch_up(
    archive: Archive,
    encoder: Encoder,
    outcome: Added,
    *,
    progress: Report | None = None,
    processes: int | None = None,
) -> None:
    """Index what waits, until nothing does. The caller is ``changing`` the index."""
    tried: set[tuple[int, int]] = set()
    while pending := [one for one in archive.pending() if (one.key, one.revision) not in tried]:
        tried |= {(one.key, one.revision) for one in pending}
        # An article that was put and analysed once is at revision 2: no segment can hold it yet. Most are such, and
        # then the segments need not be looked through for their vectors.
        changed = {one.key for one in pending if one.revision > 2}
        size = {one.key: one.paragraphs for one in pending}
        clock = indexing_clock(pending, progress)
        for keys in analysed_batches(archive, pending, outcome, clock, processes):
            current = archive.current_generation()
            known: list[Segment] = []
            steps = sum(size[key] for key in keys)
            if current and not changed.isdisjoint(keys):
                known = generations.opened(archive, current.segments)
            composed = compose(archive, keys, encoder, known=known, progress=clock.within(steps))
            if composed.articles:
                outcome.generation = _publish(archive, composed, encoder)
            outcome.indexed += len(composed.articles)
            outcome.paragraphs += len(composed.content.paragraphs)
            outcome.encoded += composed.encoded
            clock.step(steps)


def indexing_clock(work: Iterable[Pending], progress: Report | None) -> Clock:
    """A clock for articles to index: two steps for a paragraph whose statements must be found, one for another."""
    from data.analysis import RULES

    sizes = [(one.paragraphs, one.rules == RULES) for one in work]
    steps = sum(paragraphs if found else 2 * paragraphs for paragraphs, found in sizes)
    return Clock("indexing", sum(paragraphs for paragraphs, _ in sizes), progress, steps=steps)


def analysed_batches(
    archive: Archive, work: Iterable[Pending], outcome: Added, clock: Clock, processes: int | None
) -> Iterator[list[int]]:
    """Find the statements of articles where they are missing or of other rules; yield keys in batches to encode."""
    from data.analysis import RULES

    work = list(work)
    ready = [one.key for one in work if one.rules == RULES]
    size, batch = 0, list[int]()
    for stored in _articles(archive, ready):
        batch.append(stored.key)
        size += len(stored.article.paragraphs)
        if size >= BATCH_PARAGRAPHS:
            yield batch
            size, batch = 0, []
    found: list[tuple[StoredArticle, Analysis]] = []
    missing = _articles(archive, [one.key for one in work if one.rules != RULES])
    for stored, analysis in _analyses(missing, outcome, processes):
        found.append((stored, analysis))
        clock.step(len(stored.article.paragraphs))
        batch.append(stored.key)
        size += len(stored.article.paragraphs)
        if size >= BATCH_PARAGRAPHS:
            _put(archive, found)
            yield batch
            size, batch, found = 0, [], []
    if batch:
        _put(archive, found)
        yield batch


def merge_segments(archive: Archive, *, budget: int | None = None, progress: Report | None = None) -> int:
    """Merge segments while it pays and sweep what is left over; how many merges. The caller is ``changing`` the index.

    Args:
        budget: at most so many paragraphs are rewritten by each merge, and segments are not searched for dead rows.
            None: any number; segments that are mostly dead are rewritten too.
    """
    clock = Clock("merging", None, progress)
    merges = 0
    while (current := archive.current_generation()) is not None:
        if budget is None:
            segments = generations.opened(archive, current.segments)
            alive = living(segments, archive.removed())
            sizes = [(int(mask.sum()), len(mask)) for mask in alive]
        else:
            if len(current.segments) < merging.FANOUT:
                break
            sizes = [(one.paragraphs, one.paragraphs) for one in generations.manifests(archive, current.segments)]
        chosen = merging.worth_merging(sizes, budget=budget)
        if not chosen:
            break
        rewrite(archive, [current.segments[place] for place in chosen])
        merges += 1
        clock.step()
    if merges:
        generations.sweep(archive)
    return merges


def rewrite(archive: Archive, names: Iterable[str]) -> None:
    """Make one segment of some of the current generation, without what is dead, and publish. The caller is
    ``changing`` the index."""
    current = archive.current_generation()
    if current is None:
        return
    chosen = set(names)
    every = generations.opened(archive, current.segments)
    alive = living(every, archive.removed())
    parts = [(segment, mask) for segment, mask in zip(every, alive, strict=True) if segment.name in chosen]
    remaining = [segment for segment in every if segment.name not in chosen]
    covers = {key: revision for segment, mask in parts for key, revision in merging.covers(archive, segment, mask)}
    like = parts[0][0].manifest
    merged = None
    if covers:
        content = merging.joined([segment for segment, _ in parts], [mask for _, mask in parts])
        merged = generations.write_segment(
            archive, content, model=like.model, weights=like.weights, dimension=like.dimension
        )
    with archive.writer("merge", wait=generations.PATIENCE) as writer, writer.transaction():
        if merged is not None:
            generations.enter(writer, merged, covers)
            remaining.append(merged)
        generations.publish(writer, [segment.name for segment in remaining], like, based_on=current)


def _publish(archive: Archive, composed: Composed, encoder: Encoder) -> int:
    current = archive.current_generation()
    new = generations.write_segment(
        archive,
        composed.content,
        model=encoder.name,
        weights=encoder.weights_hash,
        dimension=encoder.dimension,
    )
    covers = {stored.key: stored.revision for stored in composed.articles}
    with archive.writer("add", wait=generations.PATIENCE) as writer, writer.transaction():
        generations.enter(writer, new, covers)
        names = [*(current.segments if current else ()), new.name]
        return generations.publish(writer, names, new.manifest, based_on=current)


def _articles(archive: Archive, keys: Iterable[int]) -> Iterator[StoredArticle]:
    keys = iter(keys)
    while group := list(islice(keys, _READ_TOGETHER)):
        yield from sorted(archive.articles(group).values(), key=lambda stored: stored.key)


def _analyses(
    articles: Iterator[StoredArticle], outcome: Added, processes: int | None
) -> Iterator[tuple[StoredArticle, Analysis]]:
    """Each article with its analysis, in order. Where the rules fail on an article, it gets none, and is noted."""
    from data.analysis import RULES, analyse

    handed: deque[StoredArticle] = deque()

    def feed() -> Iterator[Article]:
        for stored in articles:
            handed.append(stored)
            yield stored.article

    while True:
        try:
            for analysis in analyse(feed(), processes=processes):
                yield handed.popleft(), analysis
            return
        except OnRecordError:
            raise
        except Exception:
            # One of those that were handed over. Alone, the others get through.
            suspects, handed = list(handed), deque()
            for stored in suspects:
                try:
                    yield stored, next(analyse([stored.article], processes=1))
                except OnRecordError:
                    raise
                except Exception:
                    _log.exception("the rules fail on an article (key %d)", stored.key)
                    outcome.without_statements.append(stored.article.id)
                    yield stored, Analysis(stored.article.id, RULES, ())


def _put(archive: Archive, found: list[tuple[StoredArticle, Analysis]]) -> None:
    if found:
        with archive.writer("add", wait=generations.PATIENCE) as writer, writer.transaction():
            for stored, analysis in found:
                writer.put_analysis(stored.key, analysis, revision=stored.revision)
