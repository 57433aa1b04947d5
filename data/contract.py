"""The JSON object of one statement, as `onrecord statements --json` prints it and scorers read it."""

from __future__ import annotations

from typing import Any

from data.model import Article, SaidOn, Statement


def statement_object(statement: Statement, article: Article) -> dict[str, Any]:
    """Offsets are Python string offsets into ``article.text``; ``docs/cli.md`` lists the fields."""
    found, speaker = statement.attribution, statement.speaker
    return {
        "article": article.id,
        "speaker": list(found.speaker) if found.speaker else None,
        "speaker_text": article.text[slice(*found.speaker)] if found.speaker else None,
        "speaker_name": speaker.name if speaker else None,
        "speaker_role": speaker.role if speaker else None,
        "resolved": speaker.resolved if speaker else False,
        "cue": list(found.cue) if found.cue else None,
        "content": [list(span) for span in found.content],
        "kind": found.kind,
        "speech": found.speech,
        "refusal": found.refusal,
        "confidence": round(found.confidence, 4),
        "said_on": said_on_object(statement.said_on, article.text),
    }


def said_on_object(said_on: SaidOn | None, text: str) -> dict[str, Any] | None:
    """``text`` of the object is the article's own words that the date was read from."""
    if said_on is None:
        return None
    return {
        "from": said_on.days.first.isoformat(),
        "to": said_on.days.last.isoformat(),
        "text": text[slice(*said_on.words)],
        "basis": said_on.basis,
    }
