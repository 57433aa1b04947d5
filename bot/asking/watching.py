"""What is new since an article: for those who asked to be told when somebody speaks, or about a topic.

A question shows the best few of what there is; an alert must miss nothing, however much was added at once. So every
article that came after the mark is looked at: all statements of the speaker, or each statement that would be answer
enough if the topic were asked for (the same ranking and the same threshold of silence as for a question).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from bot.asking.answer import Citation, day_of
from bot.asking.answering import eligible, judge
from bot.asking.citing import of_statement, passage
from bot.asking.silence import Threshold
from bot.asking.telling import as_told
from bot.asking.understanding import Understood
from bot.asking.weights import Weights
from data.archive import StoredArticle, StoredStatement
from data.archive.lookups import Lookups
from embeddings import ranking
from embeddings.ranking import Candidate, Wanted
from embeddings.search import Search, View

TOGETHER: Final = 8
"""Articles described at a time: a question asked meanwhile must not wait long."""

IN_VAIN: Final = 15
"""The articles come nearest first; after so many lots without a statement on the topic, the rest is too far off."""


SHARED: Final = 0.5
NEAR: Final = 0.6
"""A statement is told where this share of the topic's terms (by weight) stands around it, or where its cosine is this
high. Read by eye for three topics over 1,095 articles: below both hardly anything was about the topic."""


@dataclass(frozen=True, slots=True)
class News:
    """What came after a mark, by day, oldest first; ``up_to`` is the mark from which to ask next."""

    citations: tuple[Citation, ...]
    up_to: int


def newest(view: View) -> int:
    """The greatest key of an article that the index covers: keys only rise, so it marks what has been seen."""
    return max((int(part.segment.articles[-1]) for part in view.parts if len(part.segment.articles)), default=0)


def new_paragraphs(view: View, after: int) -> dict[int, list[int]]:
    """The articles with a key above ``after``, each with the keys of its paragraphs; removed ones are left out."""
    found: dict[int, list[int]] = {}
    for part in view.parts:
        articles = part.segment.paragraphs["article"]
        for row in np.flatnonzero(part.paragraph_alive & (articles > after)):
            found.setdefault(int(articles[row]), []).append(int(part.paragraph_key[row]))
    return found


def by_speaker(reading: Lookups, view: View, speakers: frozenset[int], after: int) -> tuple[Citation, ...]:
    """What some speakers say in the articles after a mark."""
    new = new_paragraphs(view, after)
    stored = [
        one
        for one in (reading.statements(article_keys=new) if new else ())
        if one.speaker_key in speakers and one.statement.attribution.speech and not one.statement.attribution.refusal
    ]
    articles = reading.articles({one.article_key for one in stored})
    return _told(_fresh(stored, articles, reading), articles, reading)


def about(
    search: Search,
    reading: Lookups,
    wanted: Wanted,
    understood: Understood,
    after: int,
    weights: Weights,
) -> tuple[Citation, ...]:
    """What anybody says about a topic in the articles after a mark."""
    found: list[Candidate] = []
    vain = 0
    for paragraphs in _nearest_first(search, new_paragraphs(search.view, after)):
        described = ranking.rank(ranking.describe(search, reading, wanted, paragraphs), weights.ranking)
        accepted = list(_accepted(described, understood, weights.silence))
        found += accepted
        vain = 0 if accepted else vain + 1
        if vain == IN_VAIN:
            break
    stored = [one.statement for one in found if one.statement is not None]
    articles = {one.article.key: one.article for one in found}
    return _told(_fresh(stored, articles, reading), articles, reading)


def _nearest_first(search: Search, new: Mapping[int, Sequence[int]]) -> Iterator[list[int]]:
    """The paragraphs of the new articles, some articles at a time, those with the nearest paragraph first."""
    every = [key for keys in new.values() for key in keys]
    hits = search.score(paragraphs=every)
    unit = 1 / max((hit.words for hit in hits), default=0.0) if any(hit.words for hit in hits) else 0.0
    near = {hit.paragraph: hit.dense + unit * hit.words for hit in hits}
    ordered = sorted(new, key=lambda article: (-max(near.get(key, -1.0) for key in new[article]), article))
    for start in range(0, len(ordered), TOGETHER):
        yield [key for article in ordered[start : start + TOGETHER] for key in new[article]]


def _accepted(ranked: Sequence[Candidate], understood: Understood, threshold: Threshold) -> Iterator[Candidate]:
    """The statements that would answer, each weighed against what in its own article is no statement."""
    good = eligible(understood, ranked)
    theirs = {id(one) for one in good}
    for one in good:
        if not _on_topic(one):
            continue
        rivals = [other for other in ranked if other.article.key == one.article.key and id(other) not in theirs]
        if judge(understood, [one, *rivals], threshold).probability >= threshold.least:
            yield one


def _on_topic(candidate: Candidate) -> bool:
    """Nobody waits for an alert's answer to tell the good from the bad: the topic's own words, or very near ones."""
    words = max(candidate.value(f"terms in {where}") for where in ("paragraph", "context", "headline"))
    near = max(candidate.value("dense paragraph"), candidate.value("dense statement"))
    return words >= SHARED or near >= NEAR


def _fresh(
    stored: Iterable[StoredStatement], articles: Mapping[int, StoredArticle], reading: Lookups
) -> list[StoredStatement]:
    """Without what stood in an earlier version of its article: who wanted to know has been told of that."""
    earlier: dict[str, list[str]] = {}
    fresh = []
    for one in stored:
        article = articles.get(one.article_key)
        if article is None:
            continue
        if article.version > 1:
            name = article.article.id
            if name not in earlier:
                before = [old for old in reading.versions(name) if old.version < article.version]
                earlier[name] = [_plain(old.article.text) for old in before]
            said = [_plain(article.article.text[slice(*span)]) for span in one.statement.attribution.content]
            if any(all(words in text for words in said) for text in earlier[name]):
                continue
        fresh.append(one)
    return fresh


def _told(
    stored: Sequence[StoredStatement], articles: Mapping[int, StoredArticle], reading: Lookups
) -> tuple[Citation, ...]:
    """The statements as citations, by day; a passage once, and copies of a story folded into the first."""
    shown: dict[tuple[str, int, int], Citation] = {}
    copies: dict[tuple[object, str | None, str], tuple[str, int, int]] = {}
    for one in stored:
        article = articles[one.article_key]
        span = article.article.paragraphs[one.statement.paragraph]
        citation = of_statement(one, article, passage(one.statement, span))
        place = (citation.article, citation.start, citation.end)
        if place in shown:
            continue
        story = article.story if article.story is not None else ("alone", article.key)
        first = copies.setdefault((story, citation.speaker, _plain(citation.quote)), place)
        if first == place:
            shown[place] = citation
        elif citation.outlet and citation.outlet not in (shown[first].outlet, *shown[first].carried_by):
            shown[first] = replace(shown[first], carried_by=(*shown[first].carried_by, citation.outlet))
    ordered = sorted(shown.values(), key=lambda one: (day_of(one), one.article, one.start))
    return as_told(ordered, reading)


def _plain(text: str) -> str:
    return " ".join(text.split())
