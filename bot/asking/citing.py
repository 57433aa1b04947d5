"""From ranked candidates to citations: the passage to show, one citation for what belongs together, copies folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from bot.asking.answer import Citation
from data.archive import StoredArticle, StoredStatement
from data.model import Span, Statement
from embeddings.ranking import Candidate
from embeddings.words import tokenise

SHORT: Final = 480
"""A paragraph of at most so many characters is shown whole: who speaks, to whom and why mostly stand there too."""

LONGEST: Final = 690
"""A passage that is cited is not longer, if it can be cut at the statement's own sentences."""

ALIKE: Final = 0.7
"""Share of the shorter passage's terms that two passages of one story have in common when they are copies."""


def passage(statement: Statement, paragraph: Span, beside: Sequence[StoredStatement] = ()) -> Span:
    """The span to show for a statement: its paragraph where that is short, else the statement's own sentences, with
    what its speaker says right before and after as long as that is not too long.

    Args:
        beside: the other statements of the paragraph.
    """
    start, end = statement.passage
    if not (start >= paragraph[0] and end <= paragraph[1]):
        return start, end
    if paragraph[1] - paragraph[0] <= SHORT:
        return paragraph
    name = statement.speaker.name if statement.speaker else None
    others = [one.statement for one in beside]
    theirs = [one.passage for one in others if name is not None and one.speaker and one.speaker.name == name]
    foreign = [
        one.attribution.content[0][0]
        for one in others
        if one.attribution.speech and one.speaker is not None and one.speaker.name != name
    ]
    for first, last in sorted(theirs, key=lambda span: max(span[0] - end, start - span[1])):
        wider = min(start, first), max(end, last)
        within = paragraph[0] <= wider[0] and wider[1] <= paragraph[1] and wider[1] - wider[0] <= LONGEST
        if within and not any(wider[0] <= place < wider[1] for place in foreign if not start <= place < end):
            start, end = wider
    return start, end


def cite(candidate: Candidate, *, also: Iterable[StoredStatement] = ()) -> Citation:
    """A candidate as a citation.

    Args:
        also: further statements of the same speaker in the passage, for the highlight.
    """
    stored, article = candidate.article, candidate.article.article
    paragraph = (candidate.paragraph.start, candidate.paragraph.end)
    one = candidate.statement
    if one is None:
        return Citation(
            article=article.id,
            url=article.url,
            outlet=article.outlet,
            title=article.title,
            published=article.published,
            paragraph=candidate.paragraph.ordinal,
            start=paragraph[0],
            end=paragraph[1],
            quote=article.text[slice(*paragraph)],
            speaker=candidate.author,
            speaker_role="author of the article" if candidate.author else None,
            cue=None,
            kind=None,
            said_on=None,
            said_on_words=None,
            reported=True,
            score=candidate.score,
            corrected=stored.corrected,
            notice=article.notice,
            explain=candidate.parts,
        )
    start, end = passage(one.statement, paragraph, candidate.beside)
    citation = of_statement(one, stored, (start, end), score=candidate.score, explain=candidate.parts, also=also)
    if candidate.linked is not None:
        return replace(citation, speaker=candidate.linked, called=citation.speaker, resolved=False)
    return citation


def of_statement(
    one: StoredStatement,
    stored: StoredArticle,
    shown: Span,
    *,
    score: float = 0.0,
    explain: dict[str, float] | None = None,
    also: Iterable[StoredStatement] = (),
) -> Citation:
    """A statement as a citation that shows the given span of its article."""
    article, statement = stored.article, one.statement
    attribution, said, speaker = statement.attribution, statement.said_on, statement.speaker
    spans = [*attribution.content, *(span for other in also for span in other.statement.attribution.content)]
    words = article.text[slice(*said.words)] if said and said.words[1] > said.words[0] else None
    return Citation(
        article=article.id,
        url=article.url,
        outlet=article.outlet,
        title=article.title,
        published=article.published,
        paragraph=statement.paragraph,
        start=shown[0],
        end=shown[1],
        quote=article.text[slice(*shown)],
        speaker=speaker.name if speaker else None,
        speaker_role=speaker.role if speaker else None,
        cue=article.text[slice(*attribution.cue)] if attribution.cue else None,
        kind=attribution.kind,
        said_on=said,
        said_on_words=words,
        reported=said is None,
        score=score,
        highlight=tuple(sorted(span for span in set(spans) if span[0] >= shown[0] and span[1] <= shown[1])),
        corrected=stored.corrected,
        notice=article.notice,
        statement=one.ref,
        edited=bool(one.edited),
        resolved=speaker.resolved if speaker else False,
        explain=explain or {},
    )


def citations(ranked: Sequence[Candidate]) -> list[Citation]:
    """One citation for each passage and speaker, copies of a story folded into the best of them, in the order given."""
    chosen: list[tuple[Candidate, Citation]] = []
    for candidate in ranked:
        if any(_same(candidate, other) for other, _ in chosen):
            continue
        also = [
            other.statement
            for other in ranked
            if other.statement is not None
            and other is not candidate
            and other.paragraph.key == candidate.paragraph.key
            and other.name == candidate.name
        ]
        citation = cite(candidate, also=also)
        copy = next((at for at, (other, shown) in enumerate(chosen) if _copy(candidate, citation, other, shown)), None)
        if copy is None:
            chosen.append((candidate, citation))
            continue
        other, shown = chosen[copy]
        outlet = citation.outlet
        if outlet and outlet != shown.outlet and outlet not in shown.carried_by:
            chosen[copy] = (other, replace(shown, carried_by=(*shown.carried_by, outlet)))
    return [citation for _, citation in chosen]


def _same(candidate: Candidate, other: Candidate) -> bool:
    """Would both be shown as the same passage of the same speaker?"""
    if candidate.paragraph.key != other.paragraph.key or candidate.name != other.name:
        return False
    if candidate.statement is None or other.statement is None:
        return True
    paragraph = (candidate.paragraph.start, candidate.paragraph.end)
    one = passage(candidate.statement.statement, paragraph, candidate.beside)
    two = passage(other.statement.statement, paragraph, other.beside)
    return one[0] < two[1] and two[0] < one[1]


def _copy(candidate: Candidate, citation: Citation, other: Candidate, shown: Citation) -> bool:
    if candidate.article.key == other.article.key:
        return False
    if candidate.article.story is None or candidate.article.story != other.article.story:
        return False
    one, two = set(tokenise(citation.quote)), set(tokenise(shown.quote))
    return len(one & two) >= ALIKE * max(1, min(len(one), len(two)))
