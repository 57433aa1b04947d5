"""An answer as plain text, for the terminal and the contract: the archive's words and a few fixed phrases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.asking.answer import Answer, Citation, Lead, LeadKind, spoken_day, spoken_days

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

LEADS: Final[dict[LeadKind, str]] = {
    "speakers": "{number} speakers, oldest first: {names}.",
    "who": "{who}.",
    "when": "{when}.",
    "undated": "The article does not say when.",
    "undated-reported": "The article does not say when; {when}.",
    "whether": "Nearest to it, in the words of {name}:",
    "published-then": "The article gives no day for it; it was published in that time.",
    "newest-first": "Newest first:",
    "oldest-first": "Oldest first:",
    "language": "",
    "greeting": "Ask who said something, what somebody said, or when: for example “What did {name} say?”",
    "empty-archive": "There is no coverage here yet.",
    "nothing-near": "Nothing in this coverage comes near.",
    "unknown-name": "Nobody called “{name}” is quoted here.",
    "unknown-name-near": "Nobody called “{name}” is quoted here. Did you mean {names}?",
    "outside-period": "No statement by {names} here in {days}.",
    "outside-period-about": "No statement by {names} about this in {days}.",
    "nobody-in-period": "No statement here in {days}.",
    "nobody-in-period-about": "No statement about this in {days}.",
    "other-speaker": "No statement by {names} here in this coverage. The nearest words are by {name}.",
    "other-speaker-about": "No statement by {names} about this in this coverage. The nearest words are by {name}.",
    "no-statement": "No statement by {names} here in this coverage.",
    "no-statement-about": "No statement by {names} about this in this coverage.",
    "not-coverage": "This coverage tells who said what, and when; it does not answer that.",
    "no-match": "Nothing in this coverage answers that.",
}
"""The phrases before an answer; other languages' catalogues translate these."""

_NEAREST: Final = "Nearest in the coverage, which is no answer:"


def worded(answer: Answer) -> str:
    """The answer as a person reads it in a terminal: the lead, then each citation with its speaker, date and source."""
    blocks: list[str] = []
    understood = answer.query.understood
    if understood and (answer.query.speakers or answer.query.days or answer.query.outlets or answer.query.carried):
        blocks.append(f"[{understood}]")
    if answer.lead:
        blocks.append(answer.lead)
    blocks.extend(cited(citation, number) for number, citation in enumerate(answer.citations, 1))
    if answer.answered and answer.total > len(answer.citations):
        blocks.append(f"{len(answer.citations)} of {answer.total}.")
    if answer.nearest:
        blocks.append(_NEAREST)
        blocks.extend(cited(citation) for citation in answer.nearest)
    for notice in dict.fromkeys(c.notice for c in (*answer.citations, *answer.nearest) if c.notice):
        blocks.append(f"Notice of the outlet: {notice}")
    return "\n\n".join(blocks)


def lead_in_english(lead: Lead) -> str:
    """The phrase before an answer."""
    one = lead.citation
    when = dated(one) if one is not None else ""
    phrase = LEADS[lead.kind]
    if lead.days is not None and lead.days.first == lead.days.last:
        phrase = phrase.replace(" in {days}", " on {days}")
    said = phrase.format(
        number=len(lead.names),
        names=listed(lead.names, "and" if lead.kind == "speakers" else "or"),
        name=lead.name,
        who=attributed(one) if one is not None else "",
        when=sentence_case(when) if lead.kind == "when" else when,
        days=spoken_days(lead.days) if lead.days is not None else "",
    )
    return f"{lead.polite} {said}".strip()


def cited(citation: Citation, number: int | None = None) -> str:
    """One citation in plain text: who and when, the quote, where it stands.

    Args:
        number: its place in the answer, from 1; None for a nearest passage.
    """
    head = f"{number}. " if number is not None else "- "
    indent = " " * len(head)
    who = attributed(citation)
    lines = [f"{who}, {dated(citation)}" if citation.speaker else sentence_case(dated(citation))]
    # A bar, not quotation marks: a passage is the article's words, and only those in its own marks are the speaker's.
    lines.append(f"│ {plain(citation.quote)}")
    lines.append(sourced(citation))
    if citation.url:
        lines.append(citation.url)
    return head + ("\n" + indent).join(line for line in lines if line)


def attributed(citation: Citation) -> str:
    """The speaker with the role that the article gives: "Marie Struthers, director for Eastern Europe"."""
    if not citation.speaker:
        return ""
    if citation.told_by:
        return f"{citation.speaker}, as told by {citation.told_by}"
    if citation.called and citation.called not in citation.speaker:
        return f"{citation.speaker} (“{citation.called}” in the article)"
    role = citation.speaker_role
    return f"{citation.speaker} ({role})" if role and role.lower() not in citation.speaker.lower() else citation.speaker


def dated(citation: Citation) -> str:
    """When it was said, with the article's words for it, or when it was reported."""
    said = citation.said_on
    if said is None or citation.reported:
        return f"reported on {spoken_day(citation.published)}" if citation.published else "of unknown date"
    days = said.days
    if days.first == days.last:
        when = f"on {spoken_day(days.first)}"
    elif (days.last - days.first).days < 27:
        when = f"between {spoken_day(days.first)} and {spoken_day(days.last)}"
    else:
        when = f"in {spoken_days(days)}" if " to " not in spoken_days(days) else spoken_days(days)
    words = " ".join((citation.said_on_words or "").split())
    if said.basis == "editor" and not words:
        return f"{when} (dated by an editor)"
    return f"{when} (“{words}”)" if words and words.lower() not in when.lower() else when


def sourced(citation: Citation) -> str:
    """Outlet, published date and headline, and the other outlets that carry the same story."""
    parts = [part for part in (citation.outlet, spoken_day(citation.published) if citation.published else None) if part]
    source = ", ".join(parts)
    if citation.title:
        source = f"{source}: {plain(citation.title)}" if source else plain(citation.title)
    if citation.corrected:
        source += f" (corrected {spoken_day(citation.corrected)})"
    if citation.edited:
        source += " (attribution corrected by an editor)"
    if citation.carried_by:
        source += f" (also in {listed(citation.carried_by)})"
    return source


def listed(names: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def sentence_case(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def explained(answer: Answer) -> str:
    """How the question was read and why each passage ranked, for editors: a line a feature, its part of the score."""
    query = answer.query
    lines = [
        f"question   {query.question}",
        f"intent     {query.intent}{' (several people)' if query.many else ''}",
        f"speakers   {', '.join(query.speakers) or '-'}",
        f"described  {query.described or '-'}",
        f"mentioned  {', '.join(query.about) or '-'}",
        f"days       {spoken_days(query.days) if query.days else '-'}",
        f"outlets    {', '.join(query.outlets) or '-'}",
        f"topic      {query.topic or '-'}",
        f"language   {query.language}",
        f"follow-up  {', '.join(query.carried) or ('yes' if query.follow_up else 'no')}",
        f"outcome    {'answered' if answer.answered else answer.silence}",
    ]
    for unknown, near in query.unknown:
        lines.append(f"unknown    {unknown}{' (nearest: ' + ', '.join(near) + ')' if near else ''}")
    for label, citations in (("citation", answer.citations), ("nearest", answer.nearest)):
        for number, citation in enumerate(citations, 1):
            lines.append("")
            lines.append(
                f"{label} {number}  score {citation.score:.3f}  {citation.article} [{citation.start}:{citation.end}]"
            )
            lines.append(cited(citation, number))
            parts = sorted(citation.explain.items(), key=lambda part: -abs(part[1]))
            lines.extend(f"    {value:+.3f}  {name}" for name, value in parts if abs(value) >= 0.005)
    return "\n".join(lines)


def plain(text: str) -> str:
    """A text in one line that a terminal may show: without the control characters that could steer it."""
    return _CONTROL.sub("", " ".join(text.split()))
