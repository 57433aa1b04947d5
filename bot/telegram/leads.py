"""What the desk says in phrases of its own, in the interface's language: the line before an answer, how a question was
read, why one can't be read. Names, quotes and the article's own words for a date stay as they are."""

from __future__ import annotations

from typing import Final

from bot.asking.answer import Answer, Citation, Lead, Query, shortened
from bot.asking.understanding import LONGEST
from bot.asking.wording import LEADS, lead_in_english
from bot.telegram.words import DEFAULT, Words
from data.errors import BadQuestion

SILENT: Final = {
    "no-statement": "I have no statement by them about that.",
    "other-speaker": "I have no such statement by them; somebody else said it.",
    "outside-period": "I have nothing from that time.",
    "unknown-name": "I don't know anybody of that name in this coverage.",
    "no-match": "I found nothing that answers this in the coverage I have.",
    "not-coverage": "I answer questions about who said what, and when, in news coverage.",
    "empty-archive": "There is no coverage here yet.",
}
"""For a silence without a phrase of its own."""


def lead_of(answer: Answer, words: Words) -> str:
    """The line before an answer, in plain text; empty where there is none."""
    if answer.told is not None:
        return lead_in_english(answer.told) if words.language == DEFAULT else _lead(answer.told, words)
    if not answer.lead and answer.silence is not None:
        return words.say(SILENT[answer.silence])
    return answer.lead


def _lead(lead: Lead, words: Words) -> str:
    one = lead.citation
    said = (
        words.say(
            LEADS[lead.kind],
            number=len(lead.names),
            names=_listed(lead.names, words, every=lead.kind == "speakers"),
            name=lead.name,
            who=_who(one, words) if one is not None else "",
            when=_when(one, words) if one is not None else "",
            days=words.days(lead.days) if lead.days is not None else "",
        )
        if LEADS[lead.kind]
        else ""
    )
    return f"{words.say(lead.polite) if lead.polite else ''} {said}".strip()


def _listed(names: tuple[str, ...], words: Words, *, every: bool) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {words.say('and') if every else words.say('or')} {names[-1]}"


def _who(citation: Citation, words: Words) -> str:
    name, role = citation.speaker or words.say("From the coverage"), citation.speaker_role
    if citation.told_by:
        return f"{name} ({words.say('as told by {name}', name=citation.told_by)})"
    if citation.called and citation.called not in name:
        return f"{name} ({words.say('“{called}” in the article', called=citation.called)})"
    return f"{name} ({role})" if role and role.lower() not in name.lower() else name


def _when(citation: Citation, words: Words) -> str:
    if citation.said_on is None or citation.reported:
        if citation.published is None:
            return words.say("Date unknown")
        return words.say("Reported on {day}", day=words.day(citation.published))
    day = words.days(citation.said_on.days)
    if citation.said_on_words:
        return f"{day} (“{' '.join(citation.said_on_words.split())}”)"
    return f"{day} ({words.say('dated by an editor')})" if citation.said_on.basis == "editor" else day


def understood_in(query: Query, words: Words) -> str:
    """How the question was read, for the reader to check: "Marie Struthers · April 2019"."""
    if words.language == DEFAULT:
        return query.understood
    parts = [*query.speakers]
    if query.described and not query.speakers and query.described not in dict(query.unknown):
        parts.append(query.described)
    parts += [words.say("{name} (not known here)", name=name) for name, _ in query.unknown]
    if query.topic:
        parts.append(shortened(query.topic, 80))
    if query.days is not None:
        parts.append(words.days(query.days))
    if query.outlets:
        parts.append(words.say("in {outlets}", outlets=", ".join(query.outlets)))
    return " · ".join(parts)


def refused(error: BadQuestion, words: Words) -> str:
    """Why a question can't be read, and what to ask instead."""
    match error.kind:
        case "empty":
            return words.say("That is no question yet. Ask what somebody said, who said something, or when.")
        case "long":
            return words.say(
                "That has {length} characters; I read up to {most}. Please ask it in one or two sentences.",
                length=error.given,
                most=LONGEST,
            )
        case "no day":
            return words.say("There is no {day} in the calendar. Please ask for another day.", day=error.given)
        case "year 0":
            return words.say("There was no year 0. Please ask for a year from 1 on.")
        case _:
            return words.say(str(error))
