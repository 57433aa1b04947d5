"""A question to a query: intent, whose words, when, in which outlets, and the topic that is left.

The shape of the question (``grammar``) says which phrase stands in the speaker's place; the speakers' table says
whom it
names; the dates say which days. What can't be tied to the archive stays visible in the query: a name that nobody bears
here, a speaker that is only described.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from bot.asking.answer import Intent, Query
from bot.asking.conversation import Turn
from bot.asking.facts import asks_fact
from bot.asking.grammar import Shape, asks_many, shape
from bot.asking.language import language_of
from bot.asking.names import Match, NameMention, SpeakerNames
from data.dates import asked_period
from data.errors import BadQuestion
from data.model import DateRange, Span
from data.speakers.first_names import FIRST_NAMES
from data.speakers.lexicon import DOCUMENT_NOUNS, GROUP_NOUNS, ORG_NOUNS, ROLE_NOUNS
from data.speakers.spelling import fold, is_title

LONGEST: Final = 1000
"""Characters of a question that are read. A longer text is no question but a page, and is refused with a word."""

FEWEST_SHARE: Final = 0.08
"""Of several speakers with one surname, those with less than this share of the most quoted one's are left out."""

MOST_SPEAKERS: Final = 5
NEAREST_NAMES: Final = 3
SURE_NAME: Final = 72.0
"""From this score (0..100) on, a phrase in the speaker's place that is spelt otherwise is taken for the name."""

_SUFFIXED: Final = re.compile(r"\b(?:Jr|Sr|II|III|IV)\b\.?$", re.IGNORECASE)
_COMMON: Final = ROLE_NOUNS | ORG_NOUNS | GROUP_NOUNS | DOCUMENT_NOUNS
_JOINED: Final = re.compile(r"\b(?:and|or|vs|versus)\b|&|,", re.IGNORECASE)
_EVERY: Final = re.compile(
    r"\beverything\b|\ball\s+(?:of\s+)?(?:the\s+|his\s+|her\s+|their\s+)?(?:statements?|quotes?|remarks?|comments?|words|things|that)\b|"
    r"\bevery\s+(?:single\s+)?(?:statement|quote|remark|comment|time|word)\b|^list\b|\b(?:complete|full)\s+list\b|\btimeline\b|"
    r"\bchang(?:ed?|ing)\s+(?:his|her|their|its)\s+(?:mind|position|views?|stance|tune|tone|opinion)\b|"
    r"\b(?:position|views?|stance|opinion|attitude|line|tune|tone|thinking)\b.*\b(?:chang\w+|evolv\w+|shift\w*|differ\w*|develop\w*)\b|"
    r"\bcontradict\w*\s+(?:himself|herself|themselves|itself)\b|\bover\s+(?:time|the\s+(?:years|months))\b|\bu-turn\b|"
    r"\bflip-?flop\w*|\bthen\s+and\s+now\b|\bbackpedal\w*",
    re.IGNORECASE,
)
_EVERY_LEFT: Final = re.compile(
    r"\b(?:everything|all|every|list|timeline|over\s+(?:time|the\s+(?:years|months))|chang(?:ed?|ing)|evolv(?:ed?|ing)|shift(?:ed)?|differ(?:ed)?|"
    r"developed|(?:his|her|their|its)\s+(?:mind|position|views?|stance|tune|tone|opinion)|himself|herself|themselves|itself|then\s+and\s+now)\b",
    re.IGNORECASE,
)
_WHO_IS: Final = re.compile(r"^\W*who(?:['’]s|\s+is|\s+was|\s+are)\s+([^?.!]+?)\s*[?.!]*$", re.IGNORECASE)
_WHAT_ABOUT: Final = re.compile(r"^\W*(?:and\s+)?(?:what|how)\s+about\s+([^?.!]+?)\s*[?.!]*$", re.IGNORECASE)
_ELSE: Final = re.compile(r"\b(?:else|others?)\b", re.IGNORECASE)
_PLAIN: Final = frozenset("say tell speak talk comment mention discuss think state make give".split())  # noqa: SIM905
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_OUTLET_BEFORE: Final = (
    r"(?:(?:as\s+)?(?:reported|published|printed|carried|quoted)\s+(?:in|by|on)|in|on|by|from|via)\s+(?:the\s+)?"
)
_LEFT_OVER: Final = re.compile(
    r"^(?:[\s,;:.!?–—-]+|(?:about|on|of|anything|something|that|to|for|regarding|was|is|were|in\s+reply|and|when|it|he|she|they|out|into|in\s+on|up|at\s+first|"
    r"officially|with|whether|back|down)\b)+",
    re.IGNORECASE,
)
_RIGHT_OVER: Final = re.compile(
    r"(?:[\s,;:.!?–—-]+|\b(?:about|on|of|in|at|during|to|the|since|after|before|by|from|back|on\s+the)\b)+$",
    re.IGNORECASE,
)
_GREETING: Final = re.compile(
    r"^(?:hi|hello|hey|yo|thanks?(?:\s+you)?|thank\s+you(?:\s+\w+){0,3}|good\s+(?:morning|evening|night|day|afternoon)|ok(?:ay)?|bye|goodbye|"
    r"test|testing|ping|start|help|how\s+are\s+you|who\s+are\s+you|what\s+are\s+you|what\s+can\s+you\s+do|lol|cool|nice|great|"
    r"are\s+you\s+(?:a\s+)?(?:bot|human|real)|what(?:'s|\s+is)\s+your\s+name|how\s+does\s+this\s+work)\b[\s\w!.,]{0,14}$",
    re.IGNORECASE,
)
_WEATHER: Final = re.compile(
    r"\b(?:(?:will|is)\s+it\s+(?:going\s+to\s+)?(?:be\s+)?(?:rain|snow|sunny|hot|cold|raining|snowing|warm|windy|dry|wet)|"
    r"what(?:'s|’s|\s+is|\s+will)\s+(?:be\s+)?the\s+(?:weather|forecast|temperature|time|date)\b)",
    re.IGNORECASE,
)
_ORDERS: Final = re.compile(
    r"^(?:please\s+)?(?:write|sing|draw|play|translate|calculate|compute|solve|cook|order|book|buy|open|ignore|forget\s+all|pretend|act\s+as|"
    r"tell\s+me\s+a\s+(?:joke|story)|set\s+(?:a|an)\s+(?:alarm|timer)|remind\s+me\s+to|how\s+do\s+i|how\s+can\s+i|how\s+to)\b",
    re.IGNORECASE,
)
_PAPERS: Final = frozenset(
    ["times", "post", "journal", "guardian", "herald", "tribune", "news", "gazette", "chronicle", "today"]
)
_THIN: Final = frozenset(
    str.split(
        "he she him her his they them their it its that this those these so one there then again reply response a "
        "an the of to in on "
        "about for with at by from and or but who what when was is were did do does has have anyone anybody "
        "someone else too also way "
        "like framing make made think thought say said answer ought not no any some him him me you we us as up out if "
        "something anything everything happened happen been spoken"
    )
)
_WORD: Final = re.compile(r"\w[\w'’.&-]*")


_ANAPHOR: Final = re.compile(
    r"\b(?:he|she|him|her|his|hers|they|them|their|it|its|that|this|those|these|so|one|there|then|again|reply|response|"
    r"the\s+(?:comparison|claim|remark|remarks|comment|comments|statement|criticism|accusation|decision|idea|proposal|quote|same))\b",
    re.IGNORECASE,
)
_OPENS_FOLLOWING: Final = re.compile(r"^(?:and|but|so|or|then|what\s+about|how\s+about|also)\b", re.IGNORECASE)
_PERSON: Final = re.compile(r"\b(?:he|she|him|her|his|they|them|their)\b", re.IGNORECASE)
_SHE: Final = re.compile(r"\b(?:she|her|hers)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Understood:
    """A query, and what only the search and the answer need of it.

    ``search_text`` is what is encoded and looked up by words: the question, a follow-up's gaps filled from the turn
    before. ``saying`` is true where the question has the form of one about coverage (who, what X said, when);
    ``chatter`` where it surely has not ("hello"). ``refers`` is true where "that" stands for what was cited last, so
    that nothing new is to be searched. ``period_only`` is true where days or outlets are all that is asked.
    ``besides`` are speakers left out: "did anybody object?" does not ask for the one objected to.
    ``fact`` is true where a fact is asked for and nobody's words (``facts``); the days in such a question are when it
    happened (``around``), which restricts nothing.
    """

    query: Query
    search_text: str
    saying: bool
    chatter: bool = False
    refers: bool = False
    besides: frozenset[str] = frozenset()
    verb: str | None = None
    previous: Turn | None = None
    fact: bool = False
    around: DateRange | None = None
    period_only: bool = False


def clean(question: str) -> str:
    """The question in one line, without control characters.

    Raises:
        BadQuestion: it is empty, or longer than ``LONGEST`` characters.
    """
    text = " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", question)).split())
    if not text:
        raise BadQuestion(
            "the question is empty", hint="ask what somebody said, who said something, or when", kind="empty"
        )
    if len(text) > LONGEST:
        raise BadQuestion(
            f"the question has {len(text):,} characters, and at most {LONGEST:,} are read",
            hint="ask it in one or two sentences",
            kind="long",
            given=str(len(text)),
        )
    return text


def understand(
    question: str,
    *,
    names: SpeakerNames,
    outlets: Sequence[str],
    today: date,
    previous: Turn | None = None,
) -> Understood:
    """Read a question against the archive's speakers and outlets.

    Args:
        question: as typed.
        names: the archive's speakers.
        outlets: the archive's outlets, as they are spelt there.
        today: what "yesterday" is counted from.
        previous: the turn that a follow-up may refer to.

    Raises:
        BadQuestion: it is empty or too long, or asks for an impossible day.
    """
    text = clean(question)
    language = language_of(text)
    if not any(c.isalnum() for c in text) or _GREETING.match(text) or _WEATHER.search(text) or _ORDERS.match(text):
        return Understood(Query(text, "other", text, language=language), text, saying=False, chatter=True)
    days, days_span = asked_period(text, today)
    asked_outlets, outlet_span = _outlet(text, outlets)
    hidden = [span for span in (days_span, outlet_span) if span is not None]
    stands_alone = previous is None or not (_ANAPHOR.search(text) or _OPENS_FOLLOWING.match(text))
    if stands_alone and asks_fact(text):
        topic = _topic(text, [outlet_span] if outlet_span else [])
        query = Query(text, "other", topic, outlets=asked_outlets, language=language)
        return Understood(query, text, saying=False, fact=True, around=days)
    read = shape(_masked(text, hidden))
    intent: Intent = read.intent
    mentions = names.mentions(_masked(text, hidden))
    subject = _subject(text, read, names, mentions, hidden)
    if who := _WHO_IS.match(text) or (_WHAT_ABOUT.match(text) if previous is not None else None):
        # "who is X?" is answered with X's own words, not with those of whoever speaks of X; so is "what about X?"
        asked = [mention for mention in mentions if mention.span == who.span(1) and mention.candidates]
        matches = likely(asked[0].candidates) if asked else []
        if matches:
            subject = _Subject(tuple(one.name for one in matches), frozenset(one.key for one in matches))
            read = Shape("what", who.span(1), spent=((0, who.start(1)),))
            intent = "what"
    about = [
        mention
        for mention in mentions
        if mention.candidates
        and (read.subject is None or mention.span[1] <= read.subject[0] or mention.span[0] >= read.subject[1])
    ]
    spent = [*read.spent, *hidden, *([read.subject] if read.subject is not None else [])]
    topic = _topic(text, spent)
    every = bool(subject.keys) and _EVERY.search(text) is not None
    if every:
        topic = _topic(_EVERY_LEFT.sub(" ", topic), ())
    if not topic and intent == "whether" and read.verb and read.verb not in _PLAIN:
        topic = read.verb
    query = Query(
        question=text,
        intent=intent,
        topic=topic,
        speakers=subject.names,
        days=days,
        outlets=asked_outlets,
        unknown=((subject.unknown, subject.nearest),) if subject.unknown else (),
        language=language,
        described=subject.described,
        speaker_keys=subject.keys,
        about=tuple(dict.fromkeys(mention.candidates[0].name for mention in about)),
        about_keys=frozenset(match.key for mention in about for match in likely(mention.candidates)),
        many=asks_many(text, read) and not every,
        every=every,
    )
    if intent == "other" and subject.keys:
        query = replace(query, topic="", intent="what")
    saying = intent in ("who", "when", "what", "whether") and (
        read.verb is not None or read.subject is not None or intent in ("who", "when") or query.many
    )
    saying = saying or bool(subject.keys) or days is not None
    content = any(fold(word) not in _THIN for word in _WORD.findall(topic))
    anybody = not (query.speakers or query.unknown or query.described)
    unsaid = read.subject is None or read.pronoun is not None
    if previous is None and anybody and unsaid and not content and not about and days is None and not asked_outlets:
        # "what did she say?" where nobody was spoken of
        return Understood(query, text, saying=False, chatter=True)
    period_only = anybody and unsaid and not content and not about and (days is not None or bool(asked_outlets))
    if period_only:
        query = replace(query, topic="")  # "what was said last week": the words left over only carry the asking
    # days and outlets restrict the search; as words they would only draw it towards papers and years
    plain = _masked(text, hidden) if content else text
    search = f"What did {' and '.join(query.speakers)} say about {topic}?" if every and topic else plain
    understood = Understood(query, search, saying=saying, verb=read.verb, period_only=period_only)
    return _follow_up(understood, read, previous) if previous is not None else understood


def likely(candidates: Sequence[Match]) -> list[Match]:
    """Of those that a name may mean, the ones to search for: the likeliest, and others not much less quoted."""
    if not candidates:
        return []
    best = candidates[0]
    most = max(match.statements for match in candidates if match.score >= best.score - 5)
    kept = [m for m in candidates if m.score >= best.score - 5 or m.statements >= FEWEST_SHARE * most]
    if best.how in ("name", "acronym"):
        kept = [match for match in candidates if match.score >= best.score - 5]
    plain = [match for match in kept if not _SUFFIXED.search(match.name)]
    return (plain or kept)[:MOST_SPEAKERS] if not _SUFFIXED.search(best.name) else kept[:MOST_SPEAKERS]


@dataclass(frozen=True, slots=True)
class _Subject:
    names: tuple[str, ...] = ()
    keys: frozenset[int] = frozenset()
    described: str | None = None
    unknown: str | None = None
    nearest: tuple[str, ...] = ()


def _subject(
    text: str, read: Shape, names: SpeakerNames, mentions: Sequence[NameMention], hidden: Sequence[Span]
) -> _Subject:
    """Who stands in the speaker's place: speakers of the archive, a description, or a name that nobody bears here."""
    if read.subject is None or read.pronoun:
        return _Subject()
    start, end = read.subject
    for first, last in hidden:
        if first < end and last > start:
            start, end = (start, first) if first > start else (last, end)
    phrase = text[start:end].strip(" ,;-–—'’")
    if not phrase:
        return _Subject()
    if read.described:
        return _Subject(described=phrase)
    start = text.index(phrase, start)
    end = start + len(phrase)
    inside = [mention for mention in mentions if mention.span[0] >= start and mention.span[1] <= end]
    heads = [one for one in inside if _is_head(text[start : one.span[0]], one.text, text[one.span[1] : end])]
    if len(heads) > 1 and not _JOINED.search(text[heads[0].span[1] : heads[-1].span[0]]):
        apposed = text[heads[0].span[1] : end].lstrip().startswith((",", "of ", "from ", "("))
        heads = heads[:1] if apposed else heads[-1:]
    titled = (
        re.search(r"\b(?:pope|king|queen|prince|princess|sheikh|emperor|saint)\s*$", text[: heads[0].span[0]], re.I)
        if heads
        else None
    )
    if titled and heads[0].candidates and heads[0].candidates[0].how == "first name":
        # "Pope Francis" is no Francis D'Souza
        return _Subject(described=phrase, unknown=heads[0].text)
    known = [match for head in heads for match in likely(head.candidates)]
    described = _is_description(phrase)
    if not known and not described and read.intent != "other":
        known = [match for match in likely(names.match(phrase)) if match.score >= SURE_NAME]
    if known:
        more = phrase if any(head.text != phrase for head in heads) else None
        return _Subject(tuple(dict.fromkeys(one.name for one in known)), frozenset(one.key for one in known), more)
    if read.intent == "other":
        return _Subject()
    if heads or (_looks_like_name(phrase) and not described):
        unknown = heads[0].text if heads else _without_titles(phrase)
        near = [
            match.name for match in (*(heads[0].nearest if heads else ()), *names.match(unknown, limit=NEAREST_NAMES))
        ]
        return _Subject(described=phrase, unknown=unknown, nearest=tuple(dict.fromkeys(near))[:NEAREST_NAMES])
    return _Subject(described=phrase)


def _is_head(before: str, name: str, after: str) -> bool:
    """Does a name in a subject stand for the whole of it? Not in "Tulsa's police chief" or "the Clinton campaign"."""
    before, after = before.strip().lower(), after.strip()
    if before.endswith((" of", " for", " from", " to", " by", " in", " at")):
        return False
    words = [fold(word) for word in _WORD.findall(name)]
    if len(words) == 1 and (words[0] in _COMMON or is_title(words[0])):
        # "Stein's campaign", "the king of Norway": some campaign or king of the archive, but not that one
        return not before and not after and words[0] not in ROLE_NOUNS
    return (
        not after
        or after[0] in ",(;–—-"
        or re.match(r"(?:of|from|for|at|in|and|or|with)\b", after, re.IGNORECASE) is not None
    )


def _is_description(phrase: str) -> bool:
    words = [fold(word) for word in _WORD.findall(phrase)]
    if not words:
        return False
    head = re.split(r"\b(?:of|for|on|at|in|from|by)\b", " ".join(words), maxsplit=1)[0].split()
    return bool(head) and not {head[-1], head[-1].rstrip("s")}.isdisjoint(_COMMON)


def _looks_like_name(phrase: str) -> bool:
    """Could these words be somebody's name? Capitals say so; in lower case a known first name does."""
    words = [word for word in _WORD.findall(phrase) if not is_title(fold(word).rstrip("."))]
    if not words or len(words) > 5 or any("&" in word or (word.isupper() and len(word) > 1) for word in words):
        return False
    if any(word[0].isupper() for word in words):
        return bool(words[-1][0].isupper())
    return len(words) > 1 or fold(words[0]) in FIRST_NAMES


def _without_titles(phrase: str) -> str:
    """The name in "UC San Diego chancellor Khosla": what follows the last title."""
    words = list(_WORD.finditer(phrase))
    titles = [word.end() for word in words[:-1] if is_title(fold(word.group()).rstrip("."))]
    return phrase[titles[-1] :].strip() if titles else phrase


def _outlet(text: str, outlets: Sequence[str]) -> tuple[tuple[str, ...], Span | None]:
    """Outlets that a question is restricted to ("in the Times"), and where it says so."""
    for match in re.finditer(_OUTLET_BEFORE + r"((?:[\w.&'’-]+\s?){1,5})", text, re.IGNORECASE):
        words = match.group(1).split()
        for size in range(len(words), 0, -1):
            asked = [fold(word).removesuffix("'s") for word in words[:size]]
            chosen = tuple(outlet for outlet in outlets if _is_outlet(asked, outlet))
            if not chosen:
                continue
            end = match.start(1) + list(re.finditer(r"\S+", match.group(1)))[size - 1].end()
            following = text[end:].strip(" ?.!,")
            if not following or re.match(
                r"(?:on|about|in|last|this|yesterday|since|during|after|before|that|said|say)\b", following
            ):
                return chosen, (match.start(), end)
            break
    return (), None


def _is_outlet(asked: list[str], outlet: str) -> bool:
    own = [fold(word) for word in _WORD.findall(outlet) if fold(word) != "the"]
    if asked == own or "".join(asked) == "".join(own):
        return True
    # "the Times" for "The New York Times", "the Post": the last word, where it is a paper's kind of word
    return len(asked) == 1 < len(own) and asked[0] == own[-1] and asked[0] in _PAPERS


def _masked(text: str, spans: Sequence[Span]) -> str:
    """The text with some spans blanked, so that offsets stay true."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _named_as(name: str) -> Callable[[re.Match[str]], str]:
    """Puts a name in a pronoun's place: "who told him" as "who told Howard Dean", "his" with the 's."""
    return lambda found: f"{name}'s" if found.group().lower() in ("his", "their") else name


def _topic(text: str, spent: Sequence[Span]) -> str:
    kept = list(text)
    for start, end in spent:
        kept[start:end] = " " * (end - start)
    topic = " ".join("".join(kept).split())
    topic = _LEFT_OVER.sub("", topic)
    return _RIGHT_OVER.sub("", topic).strip(" \"“”'")


def _follow_up(understood: Understood, read: Shape, previous: Turn) -> Understood:
    """Fill a follow-up's gaps from the turn before: the speaker that "she" means, the topic that "that" means, the
    days.

    Nothing is carried into a question that stands on its own feet.
    """
    query, text, before = understood.query, understood.query.question, previous.query
    content = [word for word in _WORD.findall(query.topic) if fold(word) not in _THIN]
    anybody = read.subject is None and query.intent in ("who", "whether")
    anaphor = _ANAPHOR.search(_masked(text, [*read.spent[:1], *([read.subject] if read.subject else [])]))
    opens = _OPENS_FOLLOWING.match(text) is not None
    bare = not content or (anybody and len(content) < 2)
    named = bool(query.speakers or query.unknown)
    if not (anaphor or opens or bare or read.pronoun) or (named and len(content) > 3 and not anaphor):
        return replace(understood, previous=previous)
    carried: list[str] = []
    last = previous.citations[0] if previous.citations else None
    # "when was that?", "who said that?": about what was cited, nothing new
    if (
        last is not None
        and not content
        and not named
        and query.days is None
        and query.intent in ("when", "who")
        and not read.dissents
        and not _ELSE.search(text)
    ):
        return replace(
            understood,
            query=replace(
                query,
                follow_up=True,
                carried=("citation",),
                topic=before.topic,
                speakers=(last.speaker,) if last.speaker else (),
            ),
            refers=True,
            previous=previous,
        )
    speakers, keys, described = query.speakers, query.speaker_keys, query.described
    asks_days_only = query.days is not None and not content and not named
    # "and about the budget?" asks the same person about something else
    only_topic = opens and read.subject is None and read.verb is None and query.intent == "what"
    same = bool(read.pronoun) or asks_days_only or only_topic or not content
    if not named and described is None and not anybody and same:
        if before.speakers:
            speakers, keys = before.speakers, before.speaker_keys
        elif previous.speaker:
            speakers, keys = (previous.speaker,), frozenset()
        else:
            described = before.described
        carried.append("speaker")
    text = text if query.every else understood.search_text
    topic, search = query.topic, text
    if read.pronoun and read.subject is not None and speakers:
        search = f"{text[: read.subject[0]]}{speakers[0]}{text[read.subject[1] :]}"
    elif previous.speaker and previous.speaker not in speakers:
        search = _PERSON.sub(_named_as(previous.speaker), text)
    if anaphor or bare:
        search = f"{search} {before.topic or before.question}"
        if bare:
            topic = before.topic
        carried.append("topic")
    days = query.days
    if days is None and asks_days_only is False and before.days is not None and bare and named:
        days = before.days
        carried.append("days")
    # after "what did the scientists say?" the one cited first may be the very one who disagrees
    cited_first = previous.speaker if before.speakers or not before.described else None
    answered_to = (*before.speakers, *([cited_first] if cited_first else [])) if anybody else ()
    besides = frozenset(answered_to)
    return replace(
        understood,
        query=replace(
            query,
            speakers=speakers,
            speaker_keys=keys,
            described=described,
            topic=topic,
            days=days,
            follow_up=True,
            carried=tuple(carried),
            intent="what" if query.intent == "other" else query.intent,
        ),
        search_text=search,
        saying=True,
        besides=besides,
        previous=previous,
    )
