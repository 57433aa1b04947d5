"""Small fictional articles and what was said in them, for the tests of the archive."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from data.model import Analysis, Article, Attribution, DateRange, SaidOn, SpeakerName, Statement

STORM = """The harbour of Vellin was closed on Monday after a storm tore two ferries from their moorings.

“Nobody was hurt, and that is the only good news,” said Harbour Master Orla Quist.

Quist asked the owners of small boats to stay away until the divers had looked at the piers.

The regional council of Ostmark put the damage at four million crowns and promised help before the winter.

“We will not wait for the insurers,” council leader Benno Tarrant told reporters in Vellin."""

MARKET = """Traders at the old fish market will have to leave by the end of June, the city of Vellin said on Friday.

Their spokeswoman, Ilka Brandt, called the decision “a slap in the face of four generations”.

The city wants to build a library on the site, which has been empty on most weekdays for several years now.

Mayor Tomas Rehn said that every trader had been offered a new stall in the hall beside the railway station."""


def article(article_id: str = "a", text: str = STORM, *, given: bool = True, **fields: Any) -> Article:
    """An article whose paragraphs are parted by blank lines."""
    spans = tuple(match.span() for match in re.finditer(r"\S.*", text))
    fields.setdefault("published", date(2021, 3, 2))
    fields.setdefault("source", f"{article_id}.txt")
    return Article(article_id, text, spans, given_id=given, **fields)


def said(
    of: Article,
    words: str,
    speaker: str | None = None,
    *,
    on: date | None = None,
    form: Any = "person",
    role: str | None = None,
) -> Statement:
    """A direct statement whose content is the first place of ``words`` in the article."""
    start = of.text.index(words)
    ordinal = next(number for number, (first, last) in enumerate(of.paragraphs) if first <= start < last)
    return Statement(
        Attribution(None, None, ((start, start + len(words)),), "direct", confidence=0.75),
        SpeakerName(speaker, role, resolved=True, form=form) if speaker else None,
        SaidOn(DateRange(on, on), of.paragraphs[ordinal][:1] * 2, "relative") if on else None,
        ordinal,
        of.paragraphs[ordinal],
    )


def found(of: Article, *statements: Statement, rules: str = "rules-1") -> Analysis:
    return Analysis(of.id, rules, tuple(statements))
