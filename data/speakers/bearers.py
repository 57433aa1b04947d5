"""Which of several people of one surname is meant, by what their own words and the article let them say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.model import Span
from data.speakers.antecedents import Said
from data.speakers.cast import Cast
from data.speakers.characters import Character, Mention

_OWN_PRONOUN = re.compile(r"(?:that )?(he|she)\b")


def by_own_pronoun(cast: Cast, mention: Mention, indirect: Sequence[Span]) -> Character | None:
    """ "Falk said she would go", where there is a Mr. Falk too: whom the words' own pronoun fits.

    ``indirect`` is what is said without quotation marks.
    """
    if len(mention.words) > 1 or not indirect or indirect[0][0] < mention.end:
        return None
    told = _OWN_PRONOUN.match(cast.text, *indirect[0])
    bearers = cast.bearers(mention.words[0])
    if told is None or len({c.gender for c in bearers}) < 2:
        return None
    fitting = [c for c in bearers if c.gender == ("m" if told.group(1) == "he" else "f")]
    return fitting[0] if len(fitting) == 1 else None


def speaking_bearer(cast: Cast, mention: Mention, said: Sequence[Said]) -> Character | None:
    """The only one of those who bear a surname whom the text has let speak so far: "Falk said" is no dead Falk."""
    spoke = [c for c in cast.bearers(mention.words[-1]) if any(one.character is c for one in said)]
    return spoke[0] if len(spoke) == 1 else None
