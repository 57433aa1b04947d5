"""An understood question and its ranked candidates to an answer, or to a silence that says what there is instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from bot.asking.answer import Answer, Citation, Lead, LeadKind, Query, Silence, day_of
from bot.asking.citing import citations, cite
from bot.asking.conversation import Turn
from bot.asking.facts import by_topic
from bot.asking.language import polite_word
from bot.asking.silence import Threshold, evidence
from bot.asking.understanding import Understood
from bot.asking.verbs import DEEDS, kin, told_of
from bot.asking.wording import lead_in_english
from embeddings.ranking import Candidate
from embeddings.roles import Description
from embeddings.words import tokenise

LIST_SCORE: Final = 2.5
"""A list leaves out who scores so much less than the best."""

DECLINED_SCORE: Final = 1.0
"""A refusal to speak scores at most so much less than the best words of that speaker to be the answer."""

ON_TOPIC: Final = 0.3
"""The part of a topic's terms that must stand near a statement that scores lower."""

LIST_TERMS: Final = 0.5
"""Voices of a list stand where at least this part of the most of the question's terms that any passage holds are."""

FITTING: Final = 0.5
"""More of a description than this must be said of a speaker that it means."""

OLD_DAYS: Final = 180
"""Words said so long before they were reported are no reaction to the news."""

LISTED: Final = 12
"""Speakers that a list names at most."""

CONSIDERED: Final = 60
NEAREST: Final = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """What a decision is made on: all candidates, those within the reader's restrictions, and the probability.

    ``declined``: the speaker asked for would not speak about it, as an article says.
    """

    ranked: list[Candidate]
    eligible: list[Candidate]
    probability: float
    declined: Candidate | None = None


def eligible(understood: Understood, ranked: Sequence[Candidate]) -> list[Candidate]:
    """The candidates that keep to what the reader asked for: speech, by whom, when, where."""
    query = understood.query
    # "the prime minister" is one; "which pastor" and "other musicians" are whoever said it, called what they may be
    definite = query.described and not query.speakers and not query.many and query.intent != "who"
    described = Description(query.described or "") if definite else None
    deed = _deed(understood)
    deed_terms = told_of(deed) if deed is not None else None
    kept = []
    for candidate in ranked:
        if not (candidate.author if candidate.statement is None else _says(candidate)):
            continue
        if (query.speakers or query.unknown) and not any(candidate.value(feature) for feature in _THEIRS):
            continue
        if query.days is not None and candidate.value("out of period"):
            continue
        if query.outlets and candidate.article.article.outlet not in query.outlets:
            continue
        if candidate.name in understood.besides:
            continue
        if described is not None and not _may_be(candidate, described):
            continue
        if deed_terms is not None and deed_terms.isdisjoint(tokenise(candidate.paragraph.text)):
            # "when did she resign" is not answered by the day on which she said something else
            continue
        kept.append(candidate)
    return kept


def _deed(understood: Understood) -> str | None:
    """The verb of a question for who did a thing, or when, that may be no saying at all."""
    return understood.verb if understood.verb in DEEDS and understood.query.intent in ("who", "when") else None


_THEIRS: Final = (
    "speaker asked for",
    "speaker of that surname",
    "speaks for the one asked",
    "written by the one asked",
)
"""What makes words those of the speaker asked for: one of these."""


def _may_be(candidate: Candidate, described: Description) -> bool:
    """May this be the speaker described? "The prime minister" is no finance minister, "the president" no former one.

    A speaker without a role is judged by the words around, and so is who speaks for a body.
    """
    speaker = candidate.speaker
    if speaker is None or candidate.value("role") > FITTING or candidate.value("is what is described"):
        return True
    if described.head is None:
        # "the Kremlin": a name, which is said of its bearer or of whoever speaks for it
        return False
    told = (speaker.role is None and speaker.form == "person") or not described.of_person
    return told and candidate.value("role in context") > FITTING


def _says(candidate: Candidate) -> bool:
    """Is it speech by somebody, and no "declined to comment"?"""
    if candidate.statement is None or candidate.speaker is None:
        return False
    attribution = candidate.statement.statement.attribution
    return attribution.speech and not attribution.refusal


def judge(understood: Understood, ranked: list[Candidate], threshold: Threshold) -> Judged:
    """How probable it is that the best candidate within the restrictions answers the question."""
    kept = eligible(understood, ranked)
    declined = _declined(understood, kept, ranked)
    probability = threshold.probability(evidence(understood, kept, ranked)) if kept and not declined else 0.0
    return Judged(ranked, kept, probability, declined)


def _declined(understood: Understood, kept: Sequence[Candidate], ranked: Sequence[Candidate]) -> Candidate | None:
    """The passage where the speaker asked for declines to speak about what is asked: it is nearly as good as the best,
    and names more of the topic than the best does."""
    if not understood.query.speakers:
        return None
    best = kept[0] if kept else None
    topic = frozenset(tokenise(understood.query.topic))
    for one in ranked:
        if best is not None and one.score < best.score - DECLINED_SCORE:
            return None
        statement = one.statement
        if statement is None or not statement.statement.attribution.refusal or not one.value("speaker asked for"):
            continue
        if best is not None and len(understood.query.speakers) > 1 and one.name != best.name:
            continue  # of two of that surname one may decline and the other speak
        if best is None or _told(one, topic) > _told(best, topic):
            return one
    return None


def _told(candidate: Candidate, topic: frozenset[str]) -> int:
    """How many of a topic's terms the sentences of a statement name."""
    statement = candidate.statement
    return (
        len(topic.intersection(tokenise(candidate.article.article.text[slice(*statement.statement.passage)])))
        if statement
        else 0
    )


def answer(understood: Understood, judged: Judged, threshold: Threshold, *, limit: int, offset: int = 0) -> Answer:
    """The answer: citations with a lead, or a silence with the nearest passages.

    Args:
        limit: citations at most; offset: how many of them to pass over.
    """
    query = understood.query
    if understood.fact or not judged.eligible or (judged.probability < threshold.least and not understood.period_only):
        return refuse(understood, judged)
    in_time = query.every or understood.period_only
    pool = _voices(judged) if query.many and not in_time else judged.eligible
    if not pool:
        return refuse(understood, judged)
    best = pool[0].score
    if query.every:
        pool = [one for one in pool if _on_topic(one, best)]
    found = citations(pool[:CONSIDERED])
    if query.unknown and found[0].speaker:
        # a name that no row bears, but that an article's words do
        query = replace(query, unknown=(), speakers=(found[0].speaker,))
    if in_time:
        found.sort(key=day_of)
    elif query.many:
        found = _listed(found, best, limit)
    else:
        found = [one for one in found if one.score > best - 2 * LIST_SCORE]
    shown = tuple(found[offset : offset + limit])
    lead = Lead("oldest-first") if in_time and len(found) > 1 else _lead(query, found)
    if lead is not None and lead.kind == "speakers" and kin(understood.verb):
        # "who criticised": passages are shown, but only of those whose verb says so is it said that they did
        sure = {one.name for one in pool if one.value("verb of that kind")}
        named = tuple(name for name in lead.names if name in sure)
        lead = replace(lead, names=named) if len(named) > 1 else None
    return led(_politely(lead, query), Answer(query, shown, total=len(found), further=_further(query, judged, shown)))


def _on_topic(candidate: Candidate, best: float) -> bool:
    """Does a statement belong to all that its speaker said about a topic?"""
    if candidate.score > best - LIST_SCORE:
        return True
    return candidate.score > best - 2 * LIST_SCORE and candidate.value("terms in context") >= ON_TOPIC


def _voices(judged: Judged) -> list[Candidate]:
    """Whose words a list is made of: people and bodies with a name, not those that the question is about, nor words
    that were old when they were reported. Where nothing is left, all of them."""
    most = max(one.value("terms in context") for one in judged.ranked)
    found = [one for one in judged.eligible if one.value("terms in context") >= LIST_TERMS * most]
    kept = [
        one
        for one in found
        if one.speaker is not None
        and (one.speaker.resolved or one.linked)
        and one.speaker.form in ("person", "organisation")
        and not one.value("speaker is the topic")
        and not _old(one)
    ]
    described = [one for one in kept if one.value("is what is described")]
    if len({one.name for one in described}) > 1:
        # "which senators": those of whom an article says so, where there are any
        kept = described
    return kept or found


def _old(candidate: Candidate) -> bool:
    said = candidate.statement.statement.said_on if candidate.statement else None
    published = candidate.article.article.published
    return said is not None and published is not None and (published - said.days.last).days > OLD_DAYS


def _listed(found: Sequence[Citation], best: float, page: int) -> list[Citation]:
    """One citation a speaker: the page's best speakers oldest first, then the next page's; then what else they said."""
    first: dict[str | None, Citation] = {}
    for one in found:
        if one.score > best - LIST_SCORE and len(first) < LISTED:
            first.setdefault(one.speaker, one)
    heads = list(first.values())
    pages = [sorted(heads[at : at + page], key=day_of) for at in range(0, len(heads), max(1, page))]
    ordered = [one for group in pages for one in group]
    chosen = {id(one) for one in ordered}
    rest = [one for one in found if id(one) not in chosen and one.speaker in first and one.score > best - LIST_SCORE]
    return [*ordered, *rest]


def led(lead: Lead | None, given: Answer) -> Answer:
    """An answer with the phrase before it, as data and in English."""
    return given if lead is None else replace(given, lead=lead_in_english(lead), told=lead)


def _politely(lead: Lead | None, query: Query) -> Lead | None:
    """The phrase behind a word in the question's own language, where that is not the coverage's."""
    return lead if query.language == "en" else replace(lead or Lead("language"), polite=polite_word(query.language))


def _lead(query: Query, found: Sequence[Citation]) -> Lead | None:
    best = found[0]
    if query.many:
        speakers = tuple(dict.fromkeys(one.speaker for one in found if one.speaker))
        if len(speakers) > 1:
            return Lead("speakers", speakers)
    if query.intent == "who":
        return Lead("who", citation=best)
    if query.intent == "when":
        if best.said_on is None:
            return Lead("undated-reported", citation=best) if best.published else Lead("undated")
        return Lead("when", citation=best)
    if query.intent == "whether":
        return Lead("whether", name=str(best.speaker))
    if query.days is not None and best.said_on is None:
        return Lead("published-then")
    return None


def again(understood: Understood, previous: Turn) -> Answer:
    """What was cited last, read for another question: "when was that?", "who said that?"."""
    found = previous.citations[:1]
    lead = _politely(_lead(understood.query, found), understood.query)
    return led(lead, Answer(understood.query, found, total=1))


def _further(query: Query, judged: Judged, shown: Sequence[Citation]) -> tuple[Citation, ...]:
    """Passages of other articles near a question that names no speaker."""
    if query.speakers:
        return ()
    return _of_each_article(by_topic(judged.ranked, query.days), [one.article for one in shown])


def refuse(understood: Understood, judged: Judged) -> Answer:
    """A silence, of the kind that tells the reader most, with the nearest passages that are no answer."""
    query = understood.query
    kind, lead = _silence(understood, judged)
    pool = judged.eligible[:2] if kind != "other-speaker" and not understood.fact else []
    told = [judged.declined] if judged.declined is not None else []
    nearest = _of_each_article((*told, *pool, *by_topic(judged.ranked, understood.around)))
    return led(_politely(lead, query), Answer(query, (), nearest, kind))


def _of_each_article(found: Iterable[Candidate], besides: Iterable[str] = ()) -> tuple[Citation, ...]:
    """The first candidate of each article, a handful of them, without the articles named."""
    first: dict[str, Candidate] = {}
    for candidate in found:
        first.setdefault(candidate.article.article.id, candidate)
    for article in besides:
        first.pop(article, None)
    return tuple(cite(candidate) for candidate in islice(first.values(), NEAREST))


def _silence(understood: Understood, judged: Judged) -> tuple[Silence, Lead]:
    query = understood.query
    if not judged.ranked and query.days is None:
        return "no-match", Lead("nothing-near")
    names = query.speakers[:3]
    if query.unknown:
        name, near = query.unknown[0]
        return "unknown-name", Lead("unknown-name-near" if near else "unknown-name", near, name)
    if query.days is not None and names and not judged.eligible:
        return "outside-period", Lead(
            "outside-period-about" if query.topic else "outside-period", names, days=query.days
        )
    if query.days is not None and not judged.eligible:
        return "outside-period", Lead("nobody-in-period-about" if query.topic else "nobody-in-period", days=query.days)
    if _deed(understood):
        return "no-match", Lead("no-match")
    if names:
        best = judged.ranked[0]
        if best.speaker is not None and not best.value("speaker asked for") and best.value("another speaker"):
            kind: LeadKind = "other-speaker-about" if query.topic else "other-speaker"
            return "other-speaker", Lead(kind, names, best.speaker.name)
        return "no-statement", Lead("no-statement-about" if query.topic else "no-statement", names)
    if not understood.saying:
        return "not-coverage", Lead("not-coverage")
    return "no-match", Lead("no-match")
