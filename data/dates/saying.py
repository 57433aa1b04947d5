"""When a statement was said: from its own sentence, or from a date that the text carries on to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from data.dates.anchors import Speakers, anchor_of, anchors_of, taken_up
from data.dates.carrying import Carrying, Chain
from data.dates.own import own
from data.dates.page import Page
from data.model import Attribution, SaidOn, SpeakerName

if TYPE_CHECKING:
    from data.statements import ParsedArticle


def date_statements(
    parsed: ParsedArticle, attributions: Sequence[Attribution], speakers: Sequence[SpeakerName | None]
) -> list[SaidOn | None]:
    """When each statement was said, in the order given; None where the article has no words for it.

    Args:
        parsed: the article with its parses.
        attributions: its statements.
        speakers: who makes them, in the same order (``data.speakers.resolving.name_speakers``).

    Without a published date only expressions that name their year are read. A day after publication is dropped (and
    logged, without text, at debug level); a period that runs on past it ends with it.
    """
    return prepared(parsed, attributions, speakers).all()


def prepared(
    parsed: ParsedArticle, attributions: Sequence[Attribution], speakers: Sequence[SpeakerName | None]
) -> Chain:
    """The statements' own dates, and what else the text may date them by."""
    page = Page(parsed, attributions)
    known = Speakers(page, speakers)
    dated = [own(page, attribution) for attribution in attributions]
    anchors = [
        *anchors_of(page, known),
        *(anchor_of(page, known, n, said) for n, said in enumerate(dated) if said is not None),
    ]
    anchors.sort(key=lambda anchor: anchor.at)
    return Carrying(page, known, [*anchors, *taken_up(page, known, anchors)], dated).chain()
