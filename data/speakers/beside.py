"""Who speaks beside a quotation whose speaker was not seen: a name right behind it, a pronoun before it."""

from __future__ import annotations

from data.speakers.cast import Cast
from data.speakers.characters import Mention
from data.speakers.lexicon import PREPOSITIONS, SAYING_AS, SPEECH_VERBS
from data.speakers.mentions import Token, tokens_of


def named_behind(cast: Cast, end: int) -> Mention | None:
    """The name in ``," said Blair`` right behind a quotation whose speaker was not seen."""
    if not cast.starts:
        return None
    limit = cast.article.paragraphs[cast.paragraph_of(end - 1)][1]
    for mention in cast.within(end, min(limit, end + 60)):
        between = [t.folded for t in tokens_of(cast.text, end, mention.start)]
        behind = [t.folded for t in tokens_of(cast.text, mention.end, min(limit, mention.end + 16))][:1]
        person = mention.character is not None and mention.character.form == "person" and not mention.quoted
        governed = set(between) & PREPOSITIONS - {"as"}
        spoke = not governed and bool(between) and between[0] in SPEECH_VERBS
        if person and (spoke or (not between and set(behind) & SPEECH_VERBS)):
            return mention
    return None


def pronoun_subject(cast: Cast, since: int, offset: int) -> Token | None:
    """The last unquoted "he" or "she" between two offsets: the subject of "he accused ..., adding that"."""
    found = [t for t in tokens_of(cast.text, since, offset) if t.folded in ("he", "she")]
    subject = next((t for t in reversed(found) if not cast.is_quoted(t.start)), None)
    if subject is None:
        return None
    verbs = {t.folded for t in tokens_of(cast.text, subject.end, offset)}
    return subject if verbs & (SPEECH_VERBS | SAYING_AS) else None
