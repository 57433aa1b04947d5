"""Does a description fit a speaker? "Which pastor", "the city's police chief", "a former foreign minister".

Articles say it in other words than readers do: "the Rev. Peter Wherry", "Sen. Tom Udall, D-N.M.", "a law school
dean". So a description is read as terms, each with the words that may stand for it: abbreviations of titles, classes
of offices and trades, parties and states as agencies print them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from typing import Final

from data.speakers.lexicon import ABBREVIATIONS, GROUP_NOUNS, ORG_NOUNS, ROLE_NOUNS, SPEAKS_FOR
from data.speakers.spelling import fold, words_of


def _classes(text: str) -> dict[str, frozenset[str]]:
    """Lines "word word: other words" to each word before the colon with the words that it may stand for; an indented
    line goes on with the one before."""
    found: dict[str, frozenset[str]] = {}
    for line in text.strip().replace("\n    ", " ").splitlines():
        heads, _, others = line.partition(":")
        for head in heads.split():
            found[head] = found.get(head, frozenset()) | frozenset((*heads.split(), *others.split()))
    return found


_ALIKE: Final = _classes("""
pastor preacher clergyman cleric vicar priest: minister reverend rev bishop chaplain father deacon church
    monsignor cardinal archbishop rabbi imam
academic scholar professor academician: lecturer researcher university college fellow dean school expert
    scientist institute professors director
researcher scientist: professor biologist physicist chemist geologist ecologist university institute study
    author epidemiologist climatologist astronomer doctor
expert specialist analyst: professor fellow director researcher scholar economist institute center centre
    university
economist: economics economists
pollster: polling poll polls strategist
lawmaker legislator: senator representative congressman congresswoman assemblyman assemblywoman delegate member
    mp deputy councillor parliament
congressman congresswoman congressperson: representative rep house congressional
senator: senate senators
representative: rep congressman congresswoman
delegate: del representative
mp parliamentarian: member parliament deputy
politician: senator representative congressman congresswoman governor mayor president premier minister
    chancellor secretary candidate nominee delegate assemblyman councilman councilwoman mp deputy member leader
    legislator lawmaker speaker senators congress parliament attorney lieutenant republican democrat democratic
leader: president premier minister chancellor king queen secretary chairman chairwoman head chief speaker
    governor prince secretary-general
official: minister secretary director commissioner officer administrator deputy mayor governor spokesman
    spokeswoman spokesperson chief department head officials undersecretary ambassador
premier: prime minister
head-of-state: president king queen prime minister emperor
lawyer attorney counsel: solicitor barrister litigator legal law counselor advocate lawyers prosecutor
doctor physician medic: surgeon dr nurse pediatrician oncologist clinician
chief head: director president commissioner chairman chairwoman chair leader ceo boss secretary administrator
boss: ceo chief executive chairman chairwoman president director head founder owner manager
ceo: chief executive
executive: ceo president director chief vice manager
tycoon businessman businesswoman entrepreneur mogul: ceo founder owner executive billionaire developer investor
    magnate
musician: singer drummer guitarist bassist rapper songwriter composer pianist band rocker beatle saxophonist
singer: musician songwriter vocalist rapper
actor actress: star performer comedian
celebrity star: actor actress singer musician host player
writer author novelist: poet columnist playwright essayist book journalist
journalist reporter: correspondent columnist editor anchor host writer broadcaster news
presenter host personality: anchor broadcaster commentator television tv radio show
spokesman spokeswoman spokesperson: press secretary communications director representative
campaign: spokesman spokeswoman spokesperson manager aide adviser advisor chairman strategist director
aide adviser advisor: strategist staffer manager counselor assistant consultant staff
team: campaign manager aide adviser advisor spokesman spokeswoman spokesperson strategist staff
activist campaigner: organizer organiser protester advocate founder director
protester demonstrator: activist marcher
critic: opponent
veteran: vet soldier
soldier: sergeant captain general lieutenant corporal private officer marine veteran army military
athlete sportsman sportswoman: player runner swimmer cyclist skater striker forward quarterback boxer golfer
    champion
player: striker forward midfielder quarterback goalkeeper defender pitcher winger captain
judge justice: magistrate court
investigator: detective inspector police prosecutor
policeman policewoman cop: officer police sergeant detective constable
union: association federation workers brotherhood
body organisation organization group: commission committee council agency association society institute
    foundation league center centre federation union organization organisation
company firm business: inc corp ltd corporation
charity: foundation trust society aid
court: judge justice judges justices
police: officer sheriff chief constable detective commissioner
government: minister ministry president premier secretary state
resident local villager neighbour neighbor: residents resident lives
farmer: rancher grower
teacher educator: professor school principal
historian: history professor author
mother mum mom: parent
father dad: parent
parent: mother father parents
wife husband spouse: widow widower
former ex onetime erstwhile: retired
top senior chief: senior leading
democrat democratic: d democrats
republican gop conservative: r republican republicans
economy: economic economist
""")
"""What readers say, and what an article may have instead; the words of a line before the colon are one another's."""

_PLACES: Final = dict(
    pair.split(":")
    for pair in str.split("""
ala:alabama ariz:arizona ark:arkansas calif:california colo:colorado conn:connecticut del:delaware fla:florida
ga:georgia ill:illinois ind:indiana kan:kansas ky:kentucky la:louisiana md:maryland mass:massachusetts
mich:michigan minn:minnesota miss:mississippi mo:missouri mont:montana neb:nebraska nev:nevada okla:oklahoma
ore:oregon pa:pennsylvania tenn:tennessee tex:texas vt:vermont va:virginia wash:washington wis:wisconsin
wyo:wyoming uk:british us:american u.s:american u.k:british britain:british america:american france:french
germany:german poland:polish spain:spanish turkey:turkish ireland:irish scotland:scottish wales:welsh
england:english sweden:swedish denmark:danish finland:finnish netherlands:dutch switzerland:swiss greece:greek
china:chinese japan:japanese thailand:thai israel:israeli iraq:iraqi iran:iranian pakistan:pakistani
""")
)
"""A place by its abbreviation, or as the adjective that articles have: "Poland's premier" is "the Polish premier"."""

_ABBREVIATED: Final = frozenset(["del", "miss", "wash", "mass", "ill", "ind", "la", "pa", "va", "md", "ga", "mo"])
"""Such as are other words too: taken for the state only after a party's letter or a comma ("D-Ill.")."""

_FULL: Final = {short: full for short, full in _PLACES.items() if short not in _ABBREVIATED} | {
    short: full for short, full in ABBREVIATIONS.items() if short != full
}

_IDLE: Final = frozenset(
    str.split("the a an of for in at on from by s his her their its and or who which that this new one some any")
)
_PARTY: Final = re.compile(r"\b([DRI])-([A-Z][a-z]*\.?(?:[A-Z]\.?)?)")
_PARTIES: Final = {"D": "democrat", "R": "republican", "I": "independent"}
_HEAD_ENDS: Final = re.compile(r"\b(?:of|for|in|at|on|from|by|with|to|who|that)\b|,")
_COMPOUND: Final = frozenset(str.split("minister general executive secretary chief president prince officer"))
"""Heads that say with the word before them what somebody is: the prime minister is no finance minister."""

_LOOSE: Final = frozenset(
    str.split("former ex then new current acting interim late next outgoing incoming senior junior us uk american")
)
_FORMER: Final = frozenset(str.split("former ex onetime erstwhile late"))
_BODIES: Final = frozenset(
    str.split("body organisation company firm charity union city team campaign police government")
)
_ACRONYM: Final = re.compile(r"\b[A-Z]{3,6}\b")
_JOINED: Final = re.compile(r"(?<=\bex)-|-(?=elect\b)", re.IGNORECASE)
_TOKEN: Final = re.compile(r"[^\W_]+(?:['&-][^\W_]+)*")
_CAPITAL: Final = re.compile(r"\b[A-Z]\w*")
_SAME_START: Final = 5
"""Letters in common that make two words of a place or trade the same ("Mexico" and "Mexican")."""


class Description:
    """A speaker given by description.

    Attributes:
        terms: its words, the ones that only join others left out.
        head: the word that says what the speaker is ("chief" in "Tulsa's police chief"), None where it is no role.
        of_person: False where that is a body ("union", "government").
    """

    def __init__(self, phrase: str) -> None:
        phrase = re.sub(r"\bhead of state\b", "head-of-state", phrase, flags=re.IGNORECASE)
        self._initials = frozenset(word.lower() for word in _ACRONYM.findall(phrase))
        self.terms = tuple(dict.fromkeys(word for word in _plain(phrase) if word not in _IDLE))
        first = [word for word in _plain(_HEAD_ENDS.split(phrase, maxsplit=1)[0]) if word not in _IDLE]
        first = first or list(self.terms)
        self.head = first[-1] if first and _is_role(first[-1]) else None
        self.of_person = self.head is not None and not {self.head, _singular(self.head)} & (ORG_NOUNS | _BODIES)
        self._former = not _FORMER.isdisjoint(self.terms)
        self._accepted = [_accepted(term) for term in self.terms]
        self._starts = [_starts(accepted) for accepted in self._accepted]
        self._core = self._core_of(first)

    def _core_of(self, first: list[str]) -> list[frozenset[str]]:
        """What must be said of somebody who is what the description is headed by: the head, and the word before it
        where only both together name an office or a body ("prime minister", "teachers' union")."""
        if self.head is None:
            return []
        before = first[-2] if len(first) > 1 and first[-2] not in _LOOSE | self._initials else None
        if before is None or (self.of_person and self.head not in _COMPOUND):
            return [_accepted(self.head)]
        return [frozenset((before, _singular(before))), _accepted(self.head)]

    def fits(self, *texts: str) -> float:
        """The share of the terms that stand in some texts in some form, 0..1."""
        if not self.terms:
            return 0.0
        held = frozenset[str]().union(*map(words_in, texts))
        fitting = sum(map(partial(_holds, held), self._accepted, self._starts))
        if self._initials:
            initials = "".join(word[0] for word in _CAPITAL.findall(" ".join(texts))).lower()
            fitting += sum(short not in held and short in initials for short in self._initials)
        return min(1.0, fitting / len(self.terms))

    def is_headed(self, *texts: str) -> bool:
        """Do texts say that somebody is what the description is headed by ("senator", "prime minister")?"""
        held = frozenset[str]().union(*map(words_in, texts))
        return bool(self._core) and all(not held.isdisjoint(accepted) for accepted in self._core)

    def is_spoken_for(self, text: str) -> bool:
        """Does a text name somebody who speaks for the one described ("a spokesman for the president")?"""
        return self.of_person and not SPEAKS_FOR.isdisjoint(words_in(text)) and SPEAKS_FOR.isdisjoint(self.terms)

    def is_past(self, role: str | None) -> bool:
        """Does a role say that its holder holds it no more, where the description means the present one?"""
        if role is None or self._former or self.head is None:
            return False
        return not _FORMER.isdisjoint(_plain(role)[:2]) and self.is_headed(role)

    def holders(self, by_word: Mapping[str, set[int]]) -> frozenset[int]:
        """Those whose words hold every term, of an index of words; none where the description is no role's.

        Args:
            by_word: the words of roles, each with the keys of those who have it.
        """
        if self.head is None:
            return frozenset()
        held = [set[int]().union(*(by_word.get(word, ()) for word in accepted)) for accepted in self._accepted]
        return frozenset(set.intersection(*held)) if held else frozenset()

    def owned_by(self, name: str) -> bool:
        """True for the one who is named in a description of somebody else: Stein in "Jill Stein's campaign"."""
        own = words_of(name)
        return bool(own) and self.head is not None and self.head not in own and own[-1] in self.terms


def speaks_for(name: str, role: str | None, whom: Iterable[str]) -> bool:
    """True where somebody's name or role says that they speak or work for one of the bodies or people named.

    "a spokeswoman for Hillary Clinton" and "the Clinton campaign's manager" speak for "Clinton campaign".
    """
    held: frozenset[str] | None = None
    for other in whom:
        if held is None:
            held = words_in(f"{name} {role or ''}")
        own = frozenset(_plain(other)) - _IDLE
        distinct = frozenset(word for word in own if word not in ("campaign", "team", "office", "staff", "spokesman"))
        if not distinct or not distinct <= held:
            continue
        if held - own and (role or held & _SPEAKING):
            return not held.isdisjoint(_SPEAKING)
    return False


_SPEAKING: Final = SPEAKS_FOR | frozenset(
    str.split(
        "manager director chairman chairwoman president ceo chief executive officer secretary head communications "
        "adviser advisor strategist counsel representative vice senior minister mouthpiece founder"
    )
)


@lru_cache(maxsize=4096)
def words_in(text: str) -> frozenset[str]:
    """The folded words of an article's name, role or paragraph, abbreviations written out: "Sen." as "senator",
    "D-Fla." as "democrat" and "florida". Kept for the next question: nothing that a reader wrote may be given to it.
    """
    found = set(_plain(text))
    for party, place in _PARTY.findall(text) if "-" in text else ():
        found.add(_PARTIES[party])
        state = fold(place).rstrip(".")
        found.add(_PLACES.get(state, state))
    return frozenset(found)


def _plain(text: str) -> list[str]:
    joined = _JOINED.sub(" ", text)
    return [_FULL.get(bare := word.removesuffix("'s"), bare) for word in _TOKEN.findall(fold(joined))]


def _is_role(word: str) -> bool:
    return not {word, _singular(word)}.isdisjoint(ROLE_NOUNS | GROUP_NOUNS | _ALIKE.keys())


def _singular(word: str) -> str:
    if word.endswith("men"):
        return word[:-2] + "an"
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _accepted(term: str) -> frozenset[str]:
    one = _singular(term)
    return frozenset((term, one)) | _ALIKE.get(term, frozenset()) | _ALIKE.get(one, frozenset())


def _starts(accepted: frozenset[str]) -> tuple[str, ...]:
    return tuple(word[:_SAME_START] for word in accepted if len(word) > _SAME_START and word not in _ALIKE)


def _holds(held: frozenset[str], accepted: frozenset[str], starts: tuple[str, ...]) -> bool:
    if not held.isdisjoint(accepted):
        return True
    return bool(starts) and any(len(word) > _SAME_START and word.startswith(starts) for word in held)
