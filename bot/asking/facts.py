"""Questions that ask for a fact and for nobody's words: what no quotation answers, and what is shown instead.

"Who won the runoff?" has the form of "who called the runoff a farce?", but its answer is no speaker: whoever is quoted
near it would be shown as the winner. So such a question is refused, and the passages nearest in topic are offered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.asking.grammar import shape
from data.model import DateRange
from embeddings.ranking import Candidate

TERMS: Final = 0.2
"""What the question's terms, all of them in a passage and its surroundings, are worth in cosine."""

THEN: Final = 0.2
"""What it is worth that an article was published when the question says that it happened."""

BEFORE, AFTER = timedelta(days=4), timedelta(days=1)
"""How much sooner or later: a reader's "this week" reaches back to the weekend."""

_SENTENCE_END: Final = re.compile(r"(?<=[?!])\s+|(?<=\w{3}[.”\"])\s+(?=[A-Z])")
_WORD: Final = re.compile(r"[\w'’]+")
_WORDS_ASKED: Final = re.compile(
    r"\baccording\s+to\b|\b(?:said|told|spoken)\b|\b(?:quotes?|words|statements?|remarks?|comments?)\s+(?:by|from|of)\b|"
    r"\b(?:should|ought)\b|\bwho(?:['’]s|\s+(?:is|was|are|were))\s+(?!the\b|an?\b)|\bwould\s+(?:rather|prefer|like)\b|['’]s?\s+(?:reaction|response|reason|view|opinion|stance)",
    re.IGNORECASE,
)
_AMOUNT_ASKED: Final = re.compile(
    r"\W*(?:(?:about|approximately|roughly|on\s+average)\W+)?"
    r"(?:how\s+(?:many|much|old|big|tall|large|far|fast)\b|where\b|"
    r"what\s+(?:is|was|are|were)\s+(?:(?:the|his|her|its|their)\s+names?\b|it\b)|what\s+(?:percentage|share|number)\b)",
    re.IGNORECASE,
)
_DID: Final = frozenset(["did", "do", "does", "didn't", "didn’t"])


def asks_fact(question: str) -> bool:
    """True where a question asks who did a thing, where, or how many, and no verb of saying makes it one about words.

    Of several sentences the last is the question.
    """
    last = [part for part in _SENTENCE_END.split(question.strip()) if part][-1:] or [question]
    words = [word.lower() for word in _WORD.findall(last[0])]
    if len(words) < 3 or _WORDS_ASKED.search(last[0]):
        return False
    read = shape(last[0])
    if read.verb is not None or read.intent not in ("who", "what", "other"):
        return _AMOUNT_ASKED.match(last[0]) is not None and read.subject is None
    # "what was her plan for the harbour" names a speaker without a verb; "what did the club win" names none
    return read.subject is None or read.described or not _DID.isdisjoint(words[:6])


def by_topic(ranked: Sequence[Candidate], days: DateRange | None = None) -> list[Candidate]:
    """Candidates by nearness in meaning and terms alone, whoever speaks in them and whether anybody does.

    Args:
        days: when what the question tells of happened; articles of that time go before others as near.
    """

    def near(candidate: Candidate) -> float:
        published = candidate.article.article.published
        then = days is not None and published is not None and days.first - BEFORE <= published <= days.last + AFTER
        return candidate.value("dense paragraph") + TERMS * candidate.value("terms in context") + THEN * then

    return sorted(ranked, key=lambda candidate: (-near(candidate), candidate.paragraph.key))
