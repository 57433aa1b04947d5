"""The shape of a question: what is asked for, and which of its words say whose words are wanted.

"What did Pence say about Cuban" asks for Pence's words and mentions Cuban; "who told Cuban off" asks for anybody's.
The reading is by position, not by names, so that it works in lower case, for misspelt names, and for speakers that are
only described ("the city's police chief"). Spans are offsets into the question as given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from bot.asking.answer import Intent
from bot.asking.verbs import BASE, FINITE, FORMS, GERUNDS, STANCE, may_be_noun
from data.model import Span


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOKEN: Final = re.compile(r"[@#]?\w+(?:[.&'’/-]\w+)*(?:['’](?!\w))?|[,;:?!–—-]|[^\w\s]")
_AUX: Final = _words(
    "did do does has have had was is are were will would can could should might didn't doesn't don't hasn't "
    "haven't hadn't "
    "wasn't isn't weren't won't"
)
_DO: Final = _words("did do does didn't doesn't don't")
_LEAD_IN: Final = re.compile(
    r"(?:(?:and|but|so|also|ok|okay|well|hi|hello|hey|please|pls|now|then|um|uh|there|bot|thanks|yes|no|@\w+)\b[\s,.!:-]*"
    r"|(?:can|could|would|will)\s+you\s+(?:please\s+)?(?:tell|show|give|find|remind)\s+(?:me|us)\s+"
    r"|(?:please\s+)?(?:tell|show|give|find|remind|get)\s+(?:me|us)\s+"
    r"|do\s+you\s+(?:happen\s+to\s+)?(?:know|remember)\s+(?:if\s+)?"
    r"|(?:i(?:['’]d|\s+would)?\s+(?:like|want|need)\s+to\s+know|i(?:['’]m| am)\s+looking\s+for|i\s+wonder"
    r"|remind\s+me)\s+)+",
    re.IGNORECASE,
)
_TIME_ASKED: Final = re.compile(
    r"(?:when|since\s+when|how\s+long\s+ago|(?:on\s+|in\s+|at\s+)?(?:what|which)\s+(?:\w+\s+)?(?:day|date|year|month|week|time|weekday)|"
    r"what\s+was\s+the\s+(?:date|day)|date\s+(?:of|when|on))\b",
    re.IGNORECASE,
)
_ACCORDING: Final = re.compile(r"\baccording\s+to\s+", re.IGNORECASE)
_WORDS_BY: Final = re.compile(
    r"\b(?:quotes?|quotations?|statements?|remarks?|comments?|anything|something|words|reactions?|responses?|tweets?|speeche?s?|"
    r"promises?|claims?|views?|opinions?|position|stance)\s+(?:(?:made|said|given|posted|issued)\s+)?(?:by|from|of)\s+",
    re.IGNORECASE,
)
_REACTION: Final = (
    r"(?:reactions?|response|reply|replies|views?|opinions?|reasons?|answers?|stance|position|take|message|verdict|comments?|"
    r"advice|explanation|excuse|arguments?|prediction|promises?|warnings?|statements?|words?|remarks?|thoughts?|line|"
    r"assessment|criticisms?|complaints?|defence|defense|pledge|plan|proposal|demands?|account|version|conclusion|"
    r"quotes?|tweets?|objections?|concerns?|feelings?|attitude|suggestion|point|case|recommendations?)"
)
_POSSESSED: Final = re.compile(
    r"['’]s?\s+(?:(?:own|first|initial|main|public|official|latest|last)\s+)?" + _REACTION + r"\b", re.IGNORECASE
)
_REACTION_OF: Final = re.compile(_REACTION + r"\s+(?:of|from|by)\s+", re.IGNORECASE)
_ABOUT: Final = _words("on about regarding concerning re over")
_BOUNDARY: Final = _words(
    "about regarding concerning when after before during that whether if because while since then back on for "
    "over in at by"
)
_WH: Final = _words("who whom whose what which when where why how")
_PRONOUNS: Final = _words("he she they it him her them his their hers theirs himself herself themselves")
_NOBODY: Final = _words(
    "anyone anybody someone somebody everyone everybody people others other they we you i one nobody there "
    "this that these those "
    "it been any some all many most"
)
_AFTER_VERB: Final = _words(
    "a an the that this these those to about for on when as in at with against by his her their its him them "
    "it he she they how "
    "why what whether over down out off up back not no"
)
_DISSENT: Final = _words(
    "agree disagree object dissent respond reply react answer criticise criticize condemn dispute defend "
    "oppose support counter rebut "
    "deny reject doubt question challenge contradict dismiss like dislike attack mock praise"
)
_STANDS: Final = {
    "sceptical": "doubt", "skeptical": "doubt", "doubtful": "doubt", "unconvinced": "doubt", "unimpressed": "doubt",
    "critical": "criticise", "dismissive": "dismiss", "opposed": "oppose", "against": "oppose", "unhappy": "complain",
    "angry": "condemn", "furious": "condemn", "outraged": "condemn", "supportive": "support", "enthusiastic": "praise",
}  # fmt: skip
"""Adjectives that say how somebody stands to a thing, with the verb that says the same."""

_QUANTIFIERS: Final = _words("other others some many most all any several few")
_IDLE: Final = _words(
    "the a an , and - also then ever again has have is was reportedly really actually officially publicly "
    "first originally not "
    "else exactly once later just"
)
_MANY: Final = re.compile(
    r"\b(?:people|politicians|senators|leaders|lawmakers|officials|experts|countries|governments|groups|republicans|democrats|"
    r"musicians|scientists|critics|candidates|celebrities|companies|members|parties|governors|mayors|judges|actors|athletes|"
    r"players|economists|analysts|ministers|presidents|congressmen|organi[sz]ations|bodies|unions|newspapers|colleagues|fans|"
    r"residents|witnesses|everyone|everybody|others|allies|opponents|supporters|rivals|neighbou?rs|doctors|lawyers|teachers|"
    r"\w{3,}(?:ians|ists|women|workers|makers|holders|owners|leaders|men))$",
    re.IGNORECASE,
)
_SAYS_WHAT: Final = re.compile(r"^\W*(?:\w+\W+){0,3}?\w+\s+that\b", re.IGNORECASE)
_MANY_WORDED: Final = re.compile(
    r"\bwho\s+(?:all|else)\b|\bwhat\s+(?:did|do|have)\s+people\b|\b(?:everyone|everybody)\b|"
    r"\b(?:reactions|responses|opinions|views)\s+(?:to|on|about)\b|what\s+(?:has|have|had|was|were|is)\s+(?:been\s+)?said\b|"
    r"what\s+(?:were|are)\s+(?:the\s+)?(?:reactions|responses|views)\b|^compare\b|\ball\s+(?:the\s+)?(?:quotes|statements|reactions)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the words of a question do. All spans are offsets into the question.

    ``subject`` is the phrase that says whose words are wanted ("the city's police chief"), ``described`` is true where
    it follows "which" or "who on" and so describes a speaker that is to be found. ``pronoun`` holds a bare pronoun in
    the subject's place ("she"). ``spent`` are the spans that only carry the asking ("what did ... say about").
    """

    intent: Intent
    subject: Span | None = None
    described: bool = False
    pronoun: str | None = None
    verb: str | None = None
    spent: tuple[Span, ...] = field(default=())

    @property
    def dissents(self) -> bool:
        """True where the verb asks for a second voice: "who disagreed", "did anybody object"."""
        return self.verb in _DISSENT

    @property
    def stance(self) -> bool:
        """True where the verb says how somebody stood to a thing, and nothing of what they said."""
        return self.verb in STANCE


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return self.text.lower().replace("’", "'")


def shape(question: str) -> Shape:
    """Read the shape of a question.

    Args:
        question: as typed, of any case; whitespace may be anything.
    """
    lead = _LEAD_IN.match(question)
    at = lead.end() if lead and lead.end() < len(question.rstrip(" ?!.")) else 0
    tokens = [_Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(question, at)]
    while tokens and tokens[-1].text in "?!.,;:…\"'":
        tokens.pop()
    if not tokens:
        return Shape("other")
    spent: list[Span] = [(0, at)] if at else []
    ahead = _topicalised(tokens)
    if ahead is not None:
        inner = shape(question[tokens[ahead].start :])
        shift = tokens[ahead].start
        moved = tuple((s + shift, e + shift) for s, e in inner.spent)
        if inner.subject is None or inner.pronoun:
            stop = ahead - 1 if tokens[ahead - 1].text in ",;:–—-" else ahead
            subject = _trim(tokens[:stop])
            return Shape(inner.intent, subject, verb=inner.verb, spent=(*spent, *moved))
        return Shape(
            inner.intent,
            (inner.subject[0] + shift, inner.subject[1] + shift),
            inner.described,
            inner.pronoun,
            inner.verb,
            (*spent, *moved),
        )
    reading = _read(question, tokens)
    return Shape(
        reading.intent, reading.subject, reading.described, reading.pronoun, reading.verb, (*spent, *reading.spent)
    )


def asks_many(question: str, read: Shape) -> bool:
    """True where the wording asks for several people's words ("which senators", "reactions to", "who criticised")."""
    if _MANY_WORDED.search(question):
        return True
    if read.subject is not None:
        return _MANY.search(question[slice(*read.subject)]) is not None
    return read.intent == "who" and read.stance and not _SAYS_WHAT.search(question)


def _read(question: str, tokens: list[_Token]) -> Shape:
    first, low = tokens[0], [token.low for token in tokens]
    text = question[first.start : tokens[-1].end]
    intent: Intent
    timed = _TIME_ASKED.match(text)
    if timed:
        intent = "when"
        rest = next((i for i, token in enumerate(tokens) if token.start >= first.start + timed.end()), len(tokens))
    elif low[0] in _WH or (low[0] in ("on", "in", "by", "to", "for", "with") and len(low) > 1 and low[1] in _WH):
        intent = "who" if low[0] in ("who", "whom", "whose", "who's") else "what"
        rest = 1
    elif low[0] in ("what's", "how's", "where's", "why's"):
        intent, rest = "what", 1
    elif low[0] in ("who's", "whos"):
        intent, rest = "who", 1
    elif low[0] in _AUX:
        intent, rest = "whether", 0
    else:
        return _fragment(question, tokens)

    according = _ACCORDING.search(question, first.start)
    if according:
        subject = _phrase_after(tokens, according.end())
        if subject:
            kind: Intent = "what" if intent == "who" else intent
            return Shape(kind, subject, spent=((according.start(), according.end()), (first.start, first.end)))

    aux = next((i for i in range(rest, min(len(tokens), rest + 7)) if low[i] in _AUX), None)
    wh_noun = intent != "when" and aux != 1 and (low[0] == "which" or (low[0] == "what" and aux is not None))
    if aux is not None and (intent != "who" or low[aux] in _DO):
        between = low[rest:aux]
        if wh_noun and low[aux] not in _DO and not _subject_follows(tokens, aux):
            return _described(tokens, 1, spent_to=first.end)
        verb_before = any(word in FINITE and not may_be_noun(word) for word in between)
        if not (wh_noun and verb_before):
            clause = _clause(question, tokens, aux)
            if clause is not None:
                found, pronoun, verb_at = clause
                verb = FORMS.get(low[verb_at]) if verb_at is not None else None
                end = tokens[verb_at].end if verb_at is not None else tokens[aux].end
                if verb_at is None and found is not None:
                    # "what was Judge Ito's reaction": the noun is spent too
                    noun = _POSSESSED.match(question, found[1])
                    end = noun.end() if noun else found[1]
                kept = _noun_asked_for(tokens, rest, aux) if wh_noun else None
                spent = [(first.start, tokens[aux].end), (tokens[aux].end, end)]
                if kept is not None:
                    spent[0] = (first.start, kept)
                kind = "what" if intent == "who" else intent
                return Shape(kind, found, pronoun=pronoun, verb=verb, spent=tuple(spent))
    if intent == "who" or wh_noun:
        return _described(tokens, 1, spent_to=first.end)
    possessed = _POSSESSED.search(question, first.start)
    if possessed:
        start = _noun_phrase_start(tokens, possessed.start())
        if start is not None and question[start : possessed.start()].strip():
            return Shape(
                intent, (start, possessed.start()), spent=((first.start, start), (possessed.start(), possessed.end()))
            )
    pattern = _REACTION_OF.search(question, first.start)
    if pattern:
        subject = _phrase_after(tokens, pattern.end())
        if subject:
            return Shape(intent, subject, spent=((first.start, pattern.end()),))
    verb_at = next((i for i in range(1, len(tokens)) if low[i] in FINITE and not may_be_noun(low[i])), None)
    if verb_at is not None and verb_at > rest:
        # "what X said about Y", as it stands after "tell me"
        subject = _trim(tokens[rest:verb_at])
        if subject and low[rest] not in _NOBODY and low[rest] not in _BOUNDARY:
            pronoun = low[rest] if verb_at == rest + 1 and low[rest] in _PRONOUNS else None
            return Shape(
                intent,
                subject,
                pronoun=pronoun,
                verb=FORMS[low[verb_at]],
                spent=((first.start, tokens[rest - 1].end), (tokens[verb_at].start, tokens[verb_at].end)),
            )
    return Shape(intent, spent=((first.start, first.end),))


def _clause(question: str, tokens: list[_Token], aux: int) -> tuple[Span | None, str | None, int | None] | None:
    """Subject and verb of "did SUBJECT VERB": the subject's span, its pronoun, the verb's place."""
    low = [token.low for token in tokens]
    start = aux + 1
    if start >= len(tokens):
        return None
    while (
        start < len(tokens)
        and low[start] in ("not", "n't", "also", "ever", "then", "it", "there")
        and start + 1 < len(tokens)
    ):
        if low[start] == "it" and low[start + 1] not in ("that", "when"):
            break
        start += 2 if low[start] == "it" else 1
    if low[start] in _PRONOUNS:
        verb = next((i for i in range(start + 1, min(len(tokens), start + 4)) if low[i] in FORMS), None)
        return (tokens[start].start, tokens[start].end), low[start], verb
    quantified = low[start] in _QUANTIFIERS and start + 1 < len(tokens) and low[start + 1] not in FORMS | {"of": ""}
    if low[start] in _NOBODY and not quantified:
        verb = next((i for i in range(start + 1, min(len(tokens), start + 5)) if low[i] in FORMS), None)
        return None, None, verb
    support = low[aux] in _DO or low[aux] in ("will", "would", "can", "could", "should", "might", "won't")
    wanted = (
        BASE
        if support
        else (FINITE | GERUNDS if low[aux] in ("was", "is", "are", "were", "wasn't", "isn't") else FINITE)
    )
    limit = min(len(tokens), start + 16)
    if not support:
        # "what was Judge Ito's reaction", before a later verb of the sentence misleads
        possessed = _POSSESSED.search(question, tokens[start].start, tokens[limit - 1].end)
        if possessed and question[tokens[start].start : possessed.start()].strip():
            head = question[tokens[start].start : possessed.start()]
            if not any(word.lower() in _BOUNDARY for word in head.split()):
                return (tokens[start].start, possessed.start()), None, None
        reaction = _REACTION_OF.search(question, tokens[start].start)
        if reaction and reaction.start() <= tokens[start].end + 4:
            subject = _phrase_after(tokens, reaction.end())
            if subject:
                return subject, None, None
    for i in range(start + 1, limit):
        if low[i] not in wanted or (tokens[i].text[0].isupper() and i > start and not question.isupper()):
            continue
        if low[i] == low[i - 1]:
            continue
        if support and may_be_noun(low[i]) and not _verb_by_company(tokens, i):
            continue
        if low[i - 1] in ("the", "a", "an", "of", "in", "for", "to"):
            continue
        subject = _trim(tokens[start:i])
        if subject is not None:
            return subject, None, i
    # no verb that we know: the words up to the first preposition or clause are the subject, its last word the verb
    stop = next((i for i in range(start + 1, limit) if low[i] in _BOUNDARY or low[i] in (",", "to")), len(tokens))
    if support and stop - start >= 2:
        subject = _trim(tokens[start : stop - 1])
        if subject is not None and not tokens[stop - 1].text[0].isupper():
            return subject, None, stop - 1
    if support and stop - start >= 1 and stop < len(tokens):
        subject = _trim(tokens[start:stop])
        return (subject, None, None) if subject else None
    return None


def _noun_asked_for(tokens: list[_Token], rest: int, aux: int) -> int | None:
    """Where "what pledge did", "which advice does" leaves a noun that belongs to the topic: its start, else None."""
    return (
        tokens[rest].start
        if aux - rest == 1 and tokens[rest].low not in ("grounds", "way", "words", "exactly")
        else None
    )


def _verb_by_company(tokens: list[_Token], i: int) -> bool:
    """True where the word after (or the lack of one) shows that a word like "report" is a verb here."""
    if i + 1 >= len(tokens):
        return True
    following = tokens[i + 1].low
    if following in BASE and not may_be_noun(following):
        return False
    return following in _AFTER_VERB or not any(t.low in BASE for t in tokens[i + 1 : i + 6])


def _subject_follows(tokens: list[_Token], aux: int) -> bool:
    """After "has", "was", ...: does a subject stand between it and a participle?"""
    if aux + 1 >= len(tokens):
        return False
    following = tokens[aux + 1].low
    idle = (
        "not",
        "also",
        "been",
        "so",
        "in",
        "at",
        "on",
        "quick",
        "a",
        "the",
        "rather",
        "like",
        "prefer",
        "be",
        "have",
        "never",
    )
    return following not in FORMS and following not in idle


def _described(tokens: list[_Token], start: int, *, spent_to: int) -> Shape:
    """ "Which House delegate complained", "who on the senator's team accused": the description before the verb."""
    low = [token.low for token in tokens]
    stop = next(
        (
            i
            for i in range(start, min(len(tokens), start + 12))
            if low[i] in FINITE or low[i] in _AUX or (i > start and low[i].endswith("ed") and len(low[i]) > 4)
        ),
        None,
    )
    verb = None
    spent = [(tokens[0].start, spent_to)]
    if stop is not None:
        at = stop
        while at < len(tokens) - 1 and (low[at] in _AUX or low[at] in ("not", "been", "ever", "also")):
            at += 1
        verb = FORMS.get(low[at]) or _STANDS.get(low[at])
        if verb is not None:
            spent.append((tokens[stop].start, tokens[at].end))
    subject = _trim(tokens[start:stop]) if stop is not None and stop > start else None
    if subject is not None and low[start] in (",", "else", "all"):
        subject = None
    return Shape("who", subject, described=subject is not None, verb=verb, spent=tuple(spent))


def _fragment(question: str, tokens: list[_Token]) -> Shape:
    """No question word in front: "pence on cuban", "quotes by pence", "judge ito's reason", "pence said what"."""
    low = [token.low for token in tokens]
    words_by = _WORDS_BY.search(question, tokens[0].start)
    if words_by:
        subject = _phrase_after(tokens, words_by.end())
        if subject:
            return Shape("what", subject, spent=((words_by.start(), words_by.end()),))
    according = _ACCORDING.search(question, tokens[0].start)
    if according:
        subject = _phrase_after(tokens, according.end())
        if subject:
            return Shape("what", subject, spent=((according.start(), according.end()),))
    if low[0] in ("about", "on", "regarding") and len(tokens) > 1:
        return Shape("what", spent=((tokens[0].start, tokens[0].end),))
    possessed = _POSSESSED.search(question, tokens[0].start)
    if possessed:
        return Shape("what", (tokens[0].start, possessed.start()), spent=((possessed.start(), possessed.end()),))
    for i in range(1, min(len(tokens), 9)):
        if low[i] in FINITE and not may_be_noun(low[i]):
            subject = _trim(tokens[:i])
            pronoun = low[0] if i == 1 and low[0] in _PRONOUNS else None
            return Shape(
                "what", subject, pronoun=pronoun, verb=FORMS[low[i]], spent=((tokens[i].start, tokens[i].end),)
            )
    for i in range(1, min(len(tokens), 7)):
        if low[i] in ("on", "about", "regarding") and i + 1 < len(tokens):
            return Shape("what", _trim(tokens[:i]), spent=((tokens[i].start, tokens[i].end),))
    return Shape("other", _trim(tokens) if len(tokens) <= 8 else None)


def _topicalised(tokens: list[_Token]) -> int | None:
    """Where the question proper starts after a speaker put in front: "Sadiq Khan, in May - what did he say"."""
    if (
        tokens[0].low in _WH
        or tokens[0].low in _AUX
        or tokens[0].low in ("on", "in", "at", "by", "to", "after", "before")
    ):
        return None
    for i in range(1, min(len(tokens) - 1, 10)):
        if tokens[i].low in _WH or (tokens[i].low in _AUX and tokens[i - 1].text in ",;:–—-"):
            before = tokens[i - 1].text
            if before not in (",", ";", ":", "-", "–", "—", "?", ".", "!"):
                return None
            return i
        if tokens[i].low in FINITE:
            return None
    return None


def _phrase_after(tokens: list[_Token], at: int) -> Span | None:
    """The noun phrase that starts at an offset: up to a preposition of topic, a comma, or the end."""
    chosen: list[_Token] = []
    for token in tokens:
        if token.start < at:
            continue
        if chosen and (token.low in _BOUNDARY - {"in", "at", "for"} or token.text in ",;:?!–—"):
            break
        if chosen and token.low in (*_WH, *_AUX, "to"):
            break
        chosen.append(token)
        if len(chosen) > 9:
            break
    return _trim(chosen)


def _noun_phrase_start(tokens: list[_Token], end: int) -> int | None:
    before = [token for token in tokens if token.end <= end]
    start = None
    for token in reversed(before):
        if token.low in _AUX or token.low in _WH or token.low in _BOUNDARY or token.text in ",;:":
            break
        start = token.start
    return start


def _trim(tokens: list[_Token]) -> Span | None:
    """The span of some tokens without articles, adverbs and commas at its ends."""
    left, right = 0, len(tokens)
    while left < right and tokens[left].low in _IDLE:
        left += 1
    while right > left and tokens[right - 1].low in _IDLE:
        right -= 1
    if left >= right:
        return None
    return tokens[left].start, tokens[right - 1].end
