"""An answer as the JSON object that ``onrecord ask --json`` prints: a contract that other people's programs read."""

from __future__ import annotations

from typing import Any

from bot.asking.answer import Answer, Citation
from bot.asking.wording import worded


def as_object(answer: Answer) -> dict[str, Any]:
    """The answer as plain JSON types, with the fields that docs/cli.md lists, in their order.

    ``quote`` is ``article.text[start:end]``; ``said_on.text`` the article's words that the date was read from.
    """
    query, nearest = answer.query, answer.nearest or answer.further
    return {
        "question": query.question,
        "answered": answer.answered,
        "text": worded(answer),
        "query": {
            "intent": query.intent,
            "speakers": list(query.speakers),
            "from": query.days.first.isoformat() if query.days else None,
            "to": query.days.last.isoformat() if query.days else None,
            "outlets": list(query.outlets),
            "topic": query.topic,
            "understood": query.understood,
        },
        "silence": answer.silence,
        "total": answer.total,
        "citations": [citation_object(citation, rank) for rank, citation in enumerate(answer.citations, 1)],
        "nearest": [citation_object(citation, rank) for rank, citation in enumerate(nearest, 1)],
    }


def citation_object(citation: Citation, rank: int) -> dict[str, Any]:
    """One citation as plain JSON types. ``rank`` counts from 1."""
    said = citation.said_on
    return {
        "rank": rank,
        "article": citation.article,
        "url": citation.url,
        "outlet": citation.outlet,
        "title": citation.title,
        "published": citation.published.isoformat() if citation.published else None,
        "paragraph": citation.paragraph,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "speaker": citation.speaker,
        "speaker_role": citation.speaker_role,
        "cue": citation.cue,
        "kind": citation.kind,
        "said_on": {
            "from": said.days.first.isoformat(),
            "to": said.days.last.isoformat(),
            "text": citation.said_on_words,
        }
        if said is not None
        else None,
        "reported": citation.reported,
        "score": round(citation.score, 4),
        "statement": citation.statement,
        "carried_by": list(citation.carried_by),
        "told_by": citation.told_by,
    }
