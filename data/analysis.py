"""Find, name and date the statements of many articles, on all cores, in order, with bounded memory.

Worker processes are started by "spawn": forking a process that has loaded torch or opened SQLite is unsafe. Few
articles are analysed in this process, since starting a worker costs more (it loads spaCy again).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from itertools import chain, islice
from multiprocessing import get_context

from data import dates, speakers, statements
from data.dates.saying import date_statements
from data.deadline import deadline
from data.errors import OnRecordError
from data.model import Analysis, Article, Statement
from data.settings import settings
from data.speakers.resolving import name_speakers
from data.workers import one_thread

RULES = f"{statements.RULES}+{speakers.RULES}+{dates.RULES}"
"""The version of the rules: statements found by another one are out of date and are found anew by a rebuild."""

CHUNK_ARTICLES = 8
"""Articles handed to a worker at a time: enough to batch the parsing, few enough to share the work evenly."""

AHEAD_CHUNKS = 32
"""Chunks handed to the workers before the first is taken back. While whoever takes them encodes a batch, the workers go
on with the articles of the next: both want all cores, and neither waits for the other."""

WORTH_A_WORKER = 24
"""With fewer articles than this, starting workers takes longer than the work."""

LONGEST_SECONDS = 300.0
"""Computing time for one article. A long one takes seconds: beyond this lies a fault of the rules, not more work."""

CHUNKS_A_WORKER = 400
"""A worker is replaced after this many chunks: spaCy keeps every new word it meets, and memory must stay bounded."""


def analyse(articles: Iterable[Article], *, processes: int | None = None) -> Iterator[Analysis]:
    """Yield an ``Analysis`` for each article, in the order given.

    Args:
        articles: read lazily; at most a few chunks are held at a time.
        processes: workers; None takes ``settings().processes``, 1 analyses in this process.

    Raises:
        OnRecordError: a worker was killed (out of memory, most likely).
    """
    workers = settings().processes if processes is None else processes
    articles = iter(articles)
    first = list(islice(articles, WORTH_A_WORKER))
    if workers < 2 or len(first) < WORTH_A_WORKER:
        for chunk in _chunks(chain(first, articles)):
            yield from analyse_chunk(chunk)
        return
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), max_tasks_per_child=CHUNKS_A_WORKER, initializer=one_thread
    ) as pool:
        waiting: deque[Future[list[Analysis]]] = deque()
        try:
            for chunk in _chunks(chain(first, articles)):
                waiting.append(pool.submit(analyse_chunk, chunk))
                if len(waiting) > AHEAD_CHUNKS:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BrokenProcessPool:
            raise OnRecordError(
                "a process that was finding statements was killed",
                hint="free some memory, or set ONRECORD_PROCESSES=1, and run the command again",
            ) from None
        finally:
            for future in waiting:
                future.cancel()


def analyse_chunk(articles: list[Article]) -> list[Analysis]:
    """Analyse a few articles in this process. An article in another language than English gets no statements.

    Raises:
        TimeoutError: an article took ``LONGEST_SECONDS``.
    """
    readable = [article for article in articles if article.language in (None, "en")]
    parsed = _parser().parse_many(readable)
    return [
        Analysis(article.id, RULES, _statements(next(parsed)) if article.language in (None, "en") else ())
        for article in articles
    ]


def _statements(parsed: statements.ParsedArticle) -> tuple[Statement, ...]:
    with deadline(LONGEST_SECONDS):
        return _found(parsed)


def _found(parsed: statements.ParsedArticle) -> tuple[Statement, ...]:
    article = parsed.article
    attributions = statements.find(parsed)
    names = name_speakers(parsed, attributions)
    days = date_statements(parsed, attributions, names)
    starts = [start for start, _ in article.paragraphs]
    found = []
    for attribution, name, said_on in zip(attributions, names, days, strict=True):
        passage = statements.passage_of(attribution, article)
        paragraph = max(i for i, start in enumerate(starts) if start <= attribution.content[0][0])
        found.append(Statement(attribution, name, said_on, paragraph, passage))
    found.sort(key=lambda statement: statement.attribution.content)
    return tuple(found)


def _chunks(articles: Iterable[Article]) -> Iterator[list[Article]]:
    articles = iter(articles)
    while chunk := list(islice(articles, CHUNK_ARTICLES)):
        yield chunk


@cache
def _parser() -> statements.Parser:
    return statements.Parser()
