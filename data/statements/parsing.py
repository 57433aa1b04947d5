"""Paragraphs to dependency trees: the articles of a batch to spaCy and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.model import Article, Span
from data.settings import settings
from data.statements.pipeline import pipeline

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

LONGEST = 100_000
"""Characters. A longer "paragraph" is a broken file, not prose; parsing it would take minutes and gigabytes."""

_ARTICLES_AT_ONCE = 16  # enough paragraphs to fill a batch, few enough to keep memory flat
_WORD = re.compile(r"[^\W\d_]{2,}")
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """An article with the spaCy ``Doc`` of each paragraph that can hold a statement, by the paragraph's ordinal.

    A Doc is of exactly ``article.text[start:end]``: an offset in it plus the paragraph's start is an article offset.
    """

    article: Article
    docs: dict[int, Doc] = field(default_factory=dict)
    pipeline: str = ""


def extent(token: Token, base: int) -> Span:
    """What a token's subtree covers, in article offsets; ``base`` is where its Doc begins."""
    last = token.doc[token.right_edge.i]
    return base + token.doc[token.left_edge.i].idx, base + last.idx + len(last)


def can_hold_statement(paragraph: str) -> bool:
    """Whether a statement could stand in a paragraph: two words at the least, and no broken file's megabyte."""
    if len(paragraph) > LONGEST:
        return False
    words = _WORD.finditer(paragraph)
    return next(words, None) is not None and next(words, None) is not None


class Parser:
    """Parses articles with a spaCy pipeline; the pipeline is loaded at first use and shared within the process."""

    def __init__(self, name: str | None = None) -> None:
        """``name`` is a spaCy package or folder; None takes the one of the settings."""
        self.pipeline = name or settings().spacy

    def parse(self, article: Article) -> ParsedArticle:
        """Parse one article.

        Raises:
            SettingsError: the pipeline is not installed.
        """
        return next(self.parse_many([article]))

    def parse_many(self, articles: Iterable[Article]) -> Iterator[ParsedArticle]:
        """Parse articles in order, a few at a time, batched across them.

        Raises:
            SettingsError: the pipeline is not installed.
        """
        waiting: list[Article] = []
        for article in articles:
            waiting.append(article)
            if len(waiting) == _ARTICLES_AT_ONCE:
                yield from self._parse_batch(waiting)
                waiting = []
        if waiting:
            yield from self._parse_batch(waiting)

    def _parse_batch(self, articles: list[Article]) -> Iterator[ParsedArticle]:
        wanted = [
            (position, ordinal, paragraph)
            for position, article in enumerate(articles)
            for ordinal in range(len(article.paragraphs))
            if can_hold_statement(paragraph := article.paragraph(ordinal))
        ]
        parsed = [ParsedArticle(article, pipeline=self.pipeline) for article in articles]
        texts = [_SURROGATES.sub("\ufffd", paragraph) for _, _, paragraph in wanted]
        for (position, ordinal, _), doc in zip(wanted, pipeline(self.pipeline).parse(texts), strict=True):
            parsed[position].docs[ordinal] = doc
        yield from parsed
