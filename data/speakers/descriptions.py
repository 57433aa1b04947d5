"""Whom a description means: "the Kentucky senator", "the agency", "the city", "several executives" before "they".

Pure look-ups in a ``Cast``; what the words of a speaker are is decided in ``data.speakers.resolving``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.model import Span
from data.speakers.cast import Cast
from data.speakers.characters import Character, Mention
from data.speakers.lexicon import (
    ABBREVIATIONS,
    DEMONYMS,
    DOCUMENT_NOUNS,
    GENERIC_ORGS,
    GROUP_NOUNS,
    LEGAL_FORMS,
    OFFICES,
    SPEECH_VERBS,
    STATES,
    Gender,
)
from data.speakers.mentions import Token, tokens_of
from data.speakers.spelling import fold

_ANY_BODY = frozenset(
    {"company", "firm", "group", "organization", "organisation", "agency", "nonprofit", "non-profit", "institution"}
    | {"body", "charity", "business", "corporation", "association", "think-tank", "giant", "alliance", "cooperative"}
    | {"retailer", "automaker", "airline", "manufacturer", "maker", "lender", "carrier", "operator", "developer"}
)
"""Nouns for which the only organisation in sight will do: a union or a bank says so in its name or beside it."""

_FIRMS = frozenset(
    {"company", "firm", "business", "corporation", "retailer", "automaker", "airline", "manufacturer", "maker"}
    | {"lender", "carrier", "operator", "developer", "giant", "startup", "start-up", "chain", "bank"}
)
"""Nouns for whoever trades: no office, court, party or newspaper."""
_NO_FIRM = frozenset(
    {"administration", "department", "agency", "ministry", "commission", "congress", "senate", "court", "bureau"}
    | {"police", "committee", "party", "university", "college", "association", "council", "board", "house", "cabinet"}
    | {"workers", "teamsters", "federation", "school", "times"}
    | {"army", "navy", "force", "government", "union", "states", "kingdom", "nations", "treasury", "fbi", "eu", "un"}
    | {"ceo", "cfo", "coo", "ceos", "tv", "pr", "ipo", "fda", "epa", "sec", "ftc", "cdc", "irs", "nato", "gop", "ap"}
    | {"cnn", "bbc", "nbc", "abc", "cbs", "reuters", "bloomberg", "afp", "cnbc", "npr", "pbs", "wsj", "fox"}
)

_PLACE_REACH = 8
"""Paragraphs from which "the city of Lenn" is still the city."""
_PLACE_LEAD = re.compile(r"\b(?:New|North|South|West|Saudi|Rhode) $")

_ELDER = frozenset({"elder", "older", "senior"})
_YOUNGER = frozenset({"younger", "junior"})
_OF_SOMETHING = frozenset(
    {"secretary", "director", "chief", "head", "minister", "chairman", "chairwoman", "chair", "officer", "manager"}
    | {"president", "leader", "editor", "attorney", "general", "commissioner", "executive", "adviser", "member"}
)
"""Offices that mean little without what they are of."""
_PLAIN = frozenset(
    {"former", "current", "new", "then", "longtime", "of", "for", "the", "a", "an", "to", "at", "in", "s"}
)
_LEGISLATORS = frozenset({"congressman", "congresswoman", "congressperson", "representative", "lawmaker", "legislator"})
_ENVOYS = frozenset({"envoy", "ambassador"})
_SEATED = _LEGISLATORS | frozenset({"senator", "governor", "leader", "speaker", "whip", "candidate"})
ANY_PERSON = frozenset(
    {"man", "woman", "boy", "girl", "lady", "guy", "gentleman", "teenager", "teen", "child", "youth", "person"}
    | {"interviewer", "reporter", "questioner", "narrator", "moderator", "host", "anchor", "official", "supporter"}
    | {"employee", "worker", "attendee", "customer", "caller", "visitor", "guest", "witness", "fan", "protester"}
)
"""Nouns that tell nobody from anybody else: they need a role beside a name that says so."""
_LEAD = 2
"""Paragraphs, a headline among them, that may speak of somebody whom only the next one names."""
_PARTIES = {"republican": "R", "democrat": "D", "independent": "I"}
_SEAT = re.compile(r" ?\(([RDI])[-–—]([A-Z][\w.]*(?: [A-Z][\w.]*)?)[,)]|, ?([RDI])[-–—]([A-Z][\w.]*)")
_MODIFIERS = OFFICES | DEMONYMS | frozenset(ABBREVIATIONS)
_LESSER = frozenset({"vice", "deputy", "assistant", "associate", "acting", "aspiring", "would-be"})
_ALIKE = {
    "union": frozenset({"association", "federation", "brotherhood", "guild", "workers", "teamsters", "alliance"}),
    "league": frozenset({"association", "conference"}),
    "watchdog": frozenset({"commission", "inspectorate", "office", "authority"}),
}
"""Nouns of names for which another noun stands: "the union" may be an association."""

_PRESS = frozenset(
    {"newspaper", "paper", "magazine", "website", "site", "outlet", "publication", "network", "station", "broadcaster"}
)
_PAPERS = frozenset(
    {"times", "post", "herald", "journal", "gazette", "news", "tribune", "daily", "advocate", "ledger", "star"}
    | {"independent", "mail", "express", "mirror", "echo", "standard", "review", "courier", "register", "sentinel"}
    | {"inquirer", "examiner", "dispatch", "monitor", "insider", "politico", "reuters", "bloomberg", "axios"}
    | {"chronicle", "observer", "guardian", "telegraph", "press", "globe", "radio", "tv", "media", "broadcasting"}
)
_SITE = re.compile(r"\w\.(?:com|org|net|ru|uk|ca|de|info)$", re.I)
_RULED = frozenset({"administration", "campaign", "government", "regime", "presidency"})
"""Nouns of bodies that are called after whoever leads them: "the Trump administration"."""

_PEOPLE_ENDINGS = ("ers", "ors", "ists", "ians", "ants", "ives", "als")


def fit(
    cast: Cast, character: Character, noun: str, words: set[str], offset: int, proper: frozenset[str] = frozenset()
) -> float:
    """How well a character's roles fit a description: the head noun must; each other word and nearness add.

    ``proper`` are the description's names ("Florida"): a role that has others instead is somebody else's.
    """
    noun = ABBREVIATIONS.get(noun, noun)
    best = 0.0
    for role in character.roles:
        if role.head != noun and not any({role.head, noun} <= alike for alike in (_LEGISLATORS, _ENVOYS)):
            continue
        theirs = {t.folded for t in tokens_of(role.text) if t.capital} - _MODIFIERS - {noun}
        if proper and theirs and not proper & theirs:
            continue
        inside = {ABBREVIATIONS.get(w, w) for w in (t.folded for t in tokens_of(role.text))}
        if (inside - words) & _LESSER:
            continue  # a vice president is not "the president"
        if (
            noun in _OF_SOMETHING
            and words - _PLAIN - {noun}
            and inside - _PLAIN - {noun}
            and not words & inside - {noun}
        ):
            continue  # nor is a press secretary "the secretary of state"
        best = max(best, 1 + len(words & inside) - 0.2 * len(words - inside))
    if best <= 0:
        return 0
    before = [m for m in character.mentions if m.end <= offset]
    gap = cast.paragraph_of(offset) - before[-1].paragraph if before else 6
    return best + max(0.0, 2 - 0.5 * gap)


def proper_words(tokens: Sequence[Token]) -> frozenset[str]:
    """The names within a description, folded: "florida" of "the former Florida senator"."""
    return frozenset(t.folded for t in tokens[1:] if t.capital) - _MODIFIERS


def introduced_unnamed(cast: Cast, noun: str, offset: int) -> bool:
    """ "The official" after "a law enforcement official": somebody whom this paragraph or the last leaves unnamed."""
    here = cast.paragraph_of(offset)
    start = cast.starts[max(0, here - 1)] if cast.starts else 0
    before = cast.text[start:offset]
    phrase = rf"\b(?:an?|one|another|one of the)\s(?:[\w.'’\-]+\s){{0,6}}{re.escape(noun)}s?\b"
    last = max(re.finditer(phrase, before, re.I), key=re.Match.end, default=None)
    if last is None:
        return False
    behind = before[last.end() : last.end() + 40]
    return not re.match(r",? (?:named |called )?[A-Z]", behind) and not re.search(
        r"[A-Z][\w’'-]+,\s$", before[: last.start()]
    )


def party_member(cast: Cast, noun: str, tokens: Sequence[Token], offset: int) -> list[Character] | None:
    """Who "the Kentucky Republican" may be, by party and seat beside the names; None where it is no such phrase."""
    letter = _PARTIES.get(noun)
    if letter is None or len(tokens) < 2 or tokens[-1].folded != noun:
        return None
    place = [t.folded for t in tokens[1:-1] if t.capital]
    found = []
    for character in cast.people():
        held = seats(cast, character)
        told = any(
            set(place) & {t.folded for t in tokens_of(role.text)} and noun in {t.folded for t in tokens_of(role.text)}
            for role in character.roles
        )
        if told or any(party == letter and (not place or abbreviates(seat, place)) for party, seat in held):
            found.append(character)
    near = [c for c in found if any(m.end <= offset for m in c.mentions)]
    return near or found


def seats(cast: Cast, character: Character) -> list[tuple[str, str]]:
    """Party and state, as they stand behind a legislator's name: "(R-Ky.)" gives ("R", "ky")."""
    found = [seat for m in character.mentions if (seat := _SEAT.match(cast.text, m.end))]
    return [((s.group(1) or s.group(3)), fold(s.group(2) or s.group(4))) for s in found]


def legislators(cast: Cast, offset: int) -> list[Character]:
    """Who near an offset may be called by party and state though no seat stands behind the name: "the Ohio Republican".

    A president or a judge is not called so.
    """
    here = cast.paragraph_of(offset)
    return [
        c
        for c in cast.people()
        if any(here - m.paragraph <= 2 and m.end <= offset and not m.quoted for m in c.mentions)
        and any(role.head in _SEATED for role in c.roles)
        and not any(role.head == "president" for role in c.roles)
        and not seats(cast, c)
    ]


def abbreviates(seat: str, place: Sequence[str]) -> bool:
    """ "ky" for Kentucky, "ny" for New York: the letters stand in this order, the first one first."""
    letters = iter("".join(place))
    short = seat.replace(" ", "")
    return bool(place) and short[:1] == place[0][:1] and all(letter in letters for letter in short)


def elder_meant(cast: Cast, tokens: list[Token]) -> Character | None:
    """Who "the elder Ostrander" is: the bearer called "Sr.", or the one known besides a "Jr."."""
    if len(tokens) != 3 or tokens[0].folded != "the" or tokens[1].folded not in _ELDER | _YOUNGER:
        return None
    bearers = cast.bearers(tokens[2].folded)
    suffixes = {c.parsed.suffix: c for c in bearers if c.parsed}
    elder, younger = suffixes.get("sr"), suffixes.get("jr")
    plain = [c for c in bearers if c.parsed and c.parsed.suffix not in ("sr", "jr")]
    if tokens[1].folded in _ELDER:
        return elder or (plain[0] if younger and len(plain) == 1 else None)
    return younger or (plain[0] if elder and len(plain) == 1 else None)


def introduced_after(cast: Cast, noun: str, words: set[str], end: int, gender: Gender | None) -> Character | None:
    """ "A spokeswoman for X says ...": the X spokeswoman whom the next two paragraphs name for the first time."""
    here = cast.prose_ordinal(end - 1)
    found = []
    for character in cast.people():
        if gender is not None and character.gender not in (gender, None):
            continue
        if not character.mentions or character.mentions[0].start < end or not character.full:
            continue
        if not 1 <= cast.prose_ordinal(character.mentions[0].start) - here <= 2:
            continue
        inside = [
            {ABBREVIATIONS.get(t.folded, t.folded) for t in tokens_of(r.text)}
            for r in character.roles
            if r.head == noun
        ]
        told = words - _PLAIN
        if any(len(words & held) >= 2 and (held - _PLAIN <= told or told <= held) for held in inside):
            found.append(character)
    return found[0] if len(found) == 1 else None


def named_after_lead(cast: Cast, noun: str, words: set[str], end: int, gender: Gender | None) -> Character | None:
    """ "A former mayor says ..." in the first paragraphs, and the next one quotes somebody by name for the first time.

    Only where it quotes no other newcomer, and nothing beside the name speaks against it.
    """
    here = cast.prose_ordinal(end - 1)
    if here > _LEAD:
        return None
    found: list[Character] = []
    for mention in cast.mentions:
        character = mention.character
        if mention.start < end or mention.quoted or cast.prose_ordinal(mention.start) != here + 1:
            continue
        if character is None or character.form != "person" or character.mentions[0] is not mention:
            continue
        ahead = [t.folded for t in tokens_of(cast.text, max(0, mention.start - 16), mention.start)][-1:]
        behind = [t.folded for t in tokens_of(cast.text, mention.end, mention.end + 16)][:1]
        if set(ahead + behind) & SPEECH_VERBS:
            found.append(character)
    if len(found) != 1 or not found[0].full or (gender is not None and found[0].gender not in (gender, None)):
        return None
    told = [{ABBREVIATIONS.get(t.folded, t.folded) for t in tokens_of(role.text)} for role in found[0].roles]
    return found[0] if not told or any(noun in held or words & held - _PLAIN for held in told) else None


def renamed_next(cast: Cast, end: int, gender: Gender | None) -> Character | None:
    """ "The tax commissioner says ...", and the next paragraph opens "Kevin Sullivan says": news agencies' way.

    Only a person never named before, without a role of their own there, followed by a word of speech.
    """
    here = cast.prose_ordinal(end - 1)
    openings = set(cast.starts)
    opening = [m for m in cast.mentions if m.start > end and m.start in openings and m.character]
    for mention in opening[:1]:
        character = mention.character
        behind = [t.folded for t in tokens_of(cast.text, mention.end, mention.end + 16)][:1]
        fits = character is not None and character.full and character.mentions[0] is mention and not character.roles
        if fits and set(behind) & SPEECH_VERBS and cast.prose_ordinal(mention.start) == here + 1:
            return character if character and (gender is None or character.gender in (gender, None)) else None
    return None


_PLACE = re.compile(r"\b(?:County|Park|River|Street|Avenue|Road|Island|Beach|Bay|Lake|Valley|Mountain)$")
"""What is named like a place is no "agency", unless it is called one."""


def organisation_meant(
    cast: Cast, offset: int, noun: str, tokens: list[Token], spoke: Character | None
) -> Character | None:
    """What "the agency" means: one with that word in its name, or described by it, or the last one named."""
    words = {t.folded for t in tokens} - {"the", "this", "that"}
    if noun in ("city", "state", "county", "town", "province", "village") and len(words) == 1:
        return place_meant(cast, offset, noun) or (place_near(cast, offset, STATES) if noun == "state" else None)
    before = [
        m
        for m in cast.before(offset)
        if m.character is not None and m.character.form == "organisation" and not m.quoted
    ]
    seen: list[Character] = []
    for mention in reversed(before):
        if (
            mention.character is not None
            and mention.character not in seen
            and not re.search(r"\d", mention.character.name)
        ):
            seen.append(mention.character)
    for character in seen:
        named = character.mentions[0].words
        before_of = named[: named.index("of")] if "of" in named else named
        if before_of and words <= set(named) and len(named) > len(words) and before_of[-1] == noun:
            return character
    if noun in _RULED and len(words) == 1:
        return _ruled_by(cast, offset, noun)
    if noun not in GENERIC_ORGS:
        return None
    telling = {word for word in words if word not in ("the", "this", "that")}
    for character in seen[:4]:
        if any(_noun_ahead(cast.text, m.start, telling) for m in character.mentions):
            return character
    for character in seen[:4]:
        described = r",? (?:is |was )?(?:an?|the|one of the) (?:[\w\-’',]+ ){0,6}" + re.escape(noun) + r"\b"
        if any(re.match(described, cast.text[m.end : m.end + 120]) for m in character.mentions):
            return character
    here = cast.paragraph_of(offset)
    seen = [c for c in seen if not _PLACE.search(c.name)]
    if noun in _FIRMS:
        seen = [c for c in seen if _may_trade(c)]
    if noun not in _ANY_BODY:
        if noun in _PRESS:
            near = [c for c in seen if any(here - m.paragraph <= 3 for m in c.mentions if m.end <= offset)]
            papers = [
                c for c in near if set(c.mentions[0].words) & _PAPERS or _with_article(cast, c) or _SITE.search(c.name)
            ]
            if len(papers) > 1 and all(
                here - m.paragraph > 1 for c in papers[1:] for m in c.mentions if m.end <= offset
            ):
                papers = papers[:1]  # the last one named, and no other nearby
            return papers[0] if len(papers) == 1 else None
        alike = [c for c in seen if set(c.mentions[0].words) & _ALIKE.get(noun, frozenset())]
        return alike[0] if len(alike) == 1 else None
    beside = [c for c in seen if any(m.paragraph == here and m.end <= offset and not m.quoted for m in c.mentions)]
    if len(beside) == 1:
        return beside[0]
    if noun in _FIRMS and (told := _headlined(cast, beside or ([] if len(words) > 1 else seen))) is not None:
        return told
    if len(words) > 1:
        return None
    counts = sorted((len(c.mentions) for c in cast.organisations()), reverse=True)
    if seen and len(counts) > 1 and counts[0] >= 3 * counts[1] and counts[0] >= 4:
        return next((c for c in seen if len(c.mentions) == counts[0]), None)
    near = [c for c in seen if any(here - m.paragraph <= 2 and m.end <= offset for m in c.mentions)]
    if spoke is not None and spoke in near:
        return spoke
    return near[0] if len(near) == 1 else None


def _headlined(cast: Cast, seen: Sequence[Character]) -> Character | None:
    """The only firm that the headline names, in the fullest form that the text has."""
    title = {token.folded for token in tokens_of(cast.article.title or "")} - DEMONYMS
    told = [c for c in seen if c.mentions[0].words[0] in title]
    if len({c.mentions[0].words[0] for c in told}) != 1:
        return None
    return max(told, key=lambda c: len(c.name))


def _may_trade(character: Character) -> bool:
    """Whether an organisation may be "the company": not by a name that says office, court, party or newspaper."""
    words = set(character.mentions[0].words)
    return not words & _NO_FIRM and (not words & _PAPERS or bool(words & (LEGAL_FORMS | {"holdings", "group"})))


def _with_article(cast: Cast, character: Character) -> bool:
    """Whether a name stands with a capital article of its own: "The Advocate" in mid-sentence."""
    return any(re.search(r"[a-z,] The $", cast.text[max(0, m.start - 6) : m.start]) for m in character.mentions)


def _ruled_by(cast: Cast, offset: int, noun: str) -> Character | None:
    """ "The administration" after "the Trump administration", where the text speaks of no other one."""
    if noun == "government" and re.search(r"\bgovernment of [A-Z]", cast.text[:offset]):
        return place_meant(cast, offset, noun)
    found = list(re.finditer(rf"\b((?:[A-Z][\w.]+ )+){noun}\b", cast.text[:offset]))
    names = {fold(match.group()).removeprefix("the ") for match in found}
    if len(names) != 1:
        return None
    name = found[-1].group()
    return (
        Character(name[4:] if name.startswith("The ") else name, "organisation") if name[4:].strip() != noun else None
    )


def _noun_ahead(text: str, start: int, words: set[str]) -> bool:
    """ "The rights group" after "the rights group Lantern": the description's words stand right before the name."""
    ahead = [token.folded for token in tokens_of(text, max(0, start - 80), start)][-len(words) :]
    return set(ahead) == words and text[start - 1 : start] == " " and text[start - 2 : start - 1].isalpha()


def place_meant(cast: Cast, offset: int, noun: str) -> Character | None:
    """ "The city" after "the city of Phoenix", or before it where the text speaks of no other one."""
    phrase = re.compile(rf"\b(?i:{noun}) of [A-Z]\w+(?: [A-Z]\w+)?")
    here = cast.prose_ordinal(offset)
    found = [m for m in phrase.finditer(cast.text) if abs(here - cast.prose_ordinal(m.start())) <= _PLACE_REACH]
    before = [m for m in found if m.end() <= offset]
    names = {fold(m.group()) for m in before or found}
    return Character((before or found)[-1].group(), "organisation") if len(names) == 1 else None


def place_near(cast: Cast, offset: int, places: frozenset[str]) -> Character | None:
    """The only country or state that this paragraph names before an offset, else the only one of the last paragraph."""
    if not cast.starts:
        return None
    here = cast.paragraph_of(offset)
    for ordinal in (here, here - 1):
        if ordinal < 0:
            break
        start, end = cast.article.paragraphs[ordinal]
        end = min(end, offset)
        found = [t for t in tokens_of(cast.text, start, end) if t.capital and t.folded in places]
        named = {t.folded: t for t in found if not cast.is_quoted(t.start)}
        if len(named) > 1:
            return None
        for token in named.values():
            lead = _PLACE_LEAD.search(cast.text, max(start, token.start - 8), token.start)
            return Character(cast.text[lead.start() if lead else token.start : token.end], "organisation")
    return None


def subject_since(cast: Cast, since: int, offset: int) -> bool:
    """Whether an organisation became the subject of this paragraph after somebody spoke: "it" goes on with that one."""
    begin = max(cast.starts[cast.paragraph_of(offset)] if cast.starts else 0, since)
    found = [
        m for m in cast.within(begin, offset) if m.subject and not m.quoted and begin <= m.start and m.end <= offset
    ]
    return bool(found) and found[-1].character is not None and found[-1].character.form == "organisation"


def pair_before(cast: Cast, offset: int) -> list[Mention] | None:
    """The last two people joined by "and" in this paragraph or the one before: "A of Iowa and B of Vermont"."""
    people = [m for m in cast.before(offset) if m.character is not None and m.character.form == "person"]
    here = cast.prose_ordinal(offset)
    for one, other in zip(reversed(people[:-1]), reversed(people[1:]), strict=True):
        if here - cast.prose_ordinal(one.start) > 2 or one.quoted or other.quoted:
            continue
        gap = cast.text[one.end : other.start]
        if one.character is not other.character and re.fullmatch(
            r"(?:,? (?:of|from) [A-Z][\w. ]+,?| \([^)]*\)|, [^,.]{2,40},)? and (?:[A-Z][\w.]*\.? )?", gap
        ):
            return [one, other]
    return None


def plural_subject(cast: Cast, offset: int) -> Span | None:
    """The last plural subject before an offset in its paragraph: "several executives" before "they say"."""
    ordinal = cast.paragraph_of(offset)
    doc = cast.docs.get(ordinal)
    if doc is None:
        return None
    start = cast.starts[ordinal]
    for word in reversed([w for w in doc if w.idx + start < offset]):
        if word.dep_ not in ("nsubj", "nsubjpass") or cast.is_quoted(word.idx + start):
            continue
        people = fold(word.text) in GROUP_NOUNS or word.tag_ == "NNPS" or fold(word.text).endswith(_PEOPLE_ENDINGS)
        joint = any(child.dep_ == "conj" for child in word.children) and fold(word.text) not in DOCUMENT_NOUNS
        if (word.tag_ in ("NNS", "NNPS") and people) or joint:
            first = doc[word.left_edge.i]
            joined = [child for child in word.children if child.dep_ == "conj"]
            last = joined[-1] if joined else word
            return start + first.idx, start + last.idx + len(last)
    return None
