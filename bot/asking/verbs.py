"""The verbs of saying that questions are built on, with their forms.

A question's speaker stands between an auxiliary and such a verb ("what *did* the union *tell* us"), or right
before one ("which senator *griped* that"). The list holds verbs of saying, judging, asking and announcing as
readers use them; forms are made by rule, irregular ones listed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from embeddings.words import tokenise


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_REGULAR: Final = _words("""
accept accuse acknowledge add address admit admonish advise advocate affirm agree allege allow announce answer
apologise apologize appeal applaud argue ask assail assert assess assure attack attribute back bash bemoan berate
blame blast boast brag brand brief brush call campaign caution celebrate challenge characterise characterize
charge chastise chide cite claim clarify clash comment commend commit compare complain concede concur condemn
confess confirm congratulate consider contend contest contradict counter credit criticise criticize cry dare
decide declare decline decry defend demand denounce deny deplore depict describe detail disagree disavow
disclose discuss dismiss dispute disown disparage doubt downplay elaborate emphasise emphasize encourage endorse
envisage estimate exclaim excuse expect explain express fault favour favor fear feature find fire forecast frame fume
grieve gripe groan grouse grumble guarantee guess hail highlight hint hope honour honor imagine imply indicate
inform insist insinuate insult intend interpret introduce invite joke judge justify justify label lament lash laud
lecture liken list lobby maintain mention mock mourn name note notify object observe offer oppose order own
persuade phrase pin plan plead pledge point portray praise predict press proclaim profess promise prompt
pronounce propose protest question quip quote rail rally react reaffirm reason reassure rebuke rebut
recall reckon recognise recognize recommend recount refer reflect refuse refute regard regret reiterate reject relate
remark remember remind renounce repeat reply report request resign respond retort reveal ridicule
rule salute scold scorn sentence signal slam sneer speculate spin stand state stress submit suggest suppose support
surmise suspect swear sympathise sympathize talk tease testify thank threaten tout train tweet unveil urge verify
view voice volunteer vote vow wager want warn weigh welcome wish wonder worry yell dissent sniff scoff bristle
rate rank value welcome announce bet chime comment conclude deem diagnose envision evaluate explain expound
identify joke lie mean need pen perceive plan post publish rap rave rejoice root rubbish savage share shrug size
slate sound skewer summarise summarize sum trash treat trust underline underscore use vilify vindicate acknowledge
alter change reverse
attest backtrack bristle broach certify chalk clear commiserate concern decree define delight demur dispel
distance dodge equate excoriate extol forgive handle harp impugn inquire instruct interject invoke lambast lambaste
lean liken look opine order outline pan peg pity pour preach press quell quibble raise rationalise rationalize
rejoin relay remonstrate retract revile scream shout shun spell squash squirm tackle taunt term tip top touch turn
upbraid venture weigh whine whisper advise balk ban bar block cancel hit
""")

_IRREGULAR: Final[dict[str, tuple[str, ...]]] = {
    "say": ("says", "said", "saying"),
    "tell": ("tells", "told", "telling"),
    "think": ("thinks", "thought", "thinking"),
    "write": ("writes", "wrote", "written", "writing"),
    "speak": ("speaks", "spoke", "spoken", "speaking"),
    "make": ("makes", "made", "making"),
    "give": ("gives", "gave", "given", "giving"),
    "take": ("takes", "took", "taken", "taking"),
    "put": ("puts", "putting"),
    "feel": ("feels", "felt", "feeling"),
    "have": (),
    "believe": ("believes", "believed", "believing"),
    "see": ("sees", "saw", "seen", "seeing"),
    "hold": ("holds", "held", "holding"),
    "know": ("knows", "knew", "known", "knowing"),
    "find": ("finds", "found", "finding"),
    "tear": ("tears", "tore", "torn", "tearing"),
    "hit": ("hits", "hitting"),
    "swear": ("swears", "swore", "sworn", "swearing"),
    "come": ("comes", "came", "coming"),
    "go": ("goes", "went", "gone", "going"),
    "do": (),
    "draw": ("draws", "drew", "drawn", "drawing"),
    "break": ("breaks", "broke", "broken", "breaking"),
    "bring": ("brings", "brought", "bringing"),
    "call": ("calls", "called", "calling"),
    "bet": ("bets", "betting"),
    "pin": ("pins", "pinned", "pinning"),
    "blow": ("blows", "blew", "blowing"),
    "set": ("sets", "setting"),
    "let": ("lets", "letting"),
    "lay": ("lays", "laid", "laying"),
    "lie": ("lies", "lied", "lying"),
    "mean": ("means", "meant", "meaning"),
    "read": ("reads", "reading"),
    "sing": ("sings", "sang", "sung", "singing"),
    "stand": ("stands", "stood", "standing"),
    "throw": ("throws", "threw", "thrown", "throwing"),
    "shoot": ("shoots", "shot", "shooting"),
    "foresee": ("foresees", "foresaw", "foreseen"),
    "withdraw": ("withdraws", "withdrew", "withdrawn"),
    "keep": ("keeps", "kept", "keeping"),
    "be": (),
    "get": ("gets", "got", "getting"),
    "quit": ("quits", "quitting"),
    "plead": ("pleads", "pleaded", "pled", "pleading"),
    "spin": ("spins", "spun", "spinning"),
    "like": ("likes", "liked"),
    "love": ("loves", "loved"),
    "hate": ("hates", "hated"),
    "dislike": ("dislikes", "disliked"),
    "stop": ("stops", "stopped", "stopping"),
}

_NOUNS_TOO: Final = frozenset(
    _words("""state report study judge post press head vote call answer attack claim campaign poll survey plan deal
    board
    group show charge cause back brief list rank rate rule sentence signal sound support train value view voice
    question point order name need offer object note label lie look lobby lecture joke honor honour highlight hail
    guess guarantee frame forecast fire find feature fear favor favour fault estimate detail demand decline cry
    contest concern comment clear cite charge challenge brand blast blame ban bar block appeal answer alarm own use
    treat trust turn top touch tip term root reason rally quote project pledge pin pen pan promise protest release
    request respect result review rebuke record regret share spin slate stress stand slam tease talk tout tweet
    wager warrant weigh wish wonder worry will hit bet rap read set like love""")
)
"""Verbs whose base form is a noun as often: "the IMF report", "Secretary of State"."""


def _forms(base: str) -> tuple[str, ...]:
    if base.endswith("e"):
        return (base, base + "s", base + "d", base[:-1] + "ing")
    if base.endswith("y") and base[-2] not in "aeiou":
        return (base, base[:-1] + "ies", base[:-1] + "ied", base + "ing")
    if base.endswith(("s", "sh", "ch", "x", "z")):
        return (base, base + "es", base + "ed", base + "ing")
    doubled = base + base[-1]
    if len(base) > 2 and base[-1] in "bdgmnprt" and base[-2] in "aeiou" and base[-3] not in "aeiou":
        return (base, base + "s", base + "ed", base + "ing", doubled + "ed", doubled + "ing")
    return (base, base + "s", base + "ed", base + "ing")


BASE: Final = frozenset(_REGULAR) | frozenset(_IRREGULAR)
"""Base forms, as they follow "did"."""

FORMS: Final[dict[str, str]] = {
    form: base
    for base in [*_REGULAR, *_IRREGULAR]
    for form in ((base, *_IRREGULAR[base]) if base in _IRREGULAR else _forms(base))
}
"""Every form, and the base form it belongs to."""

FINITE: Final = frozenset(
    form for form, base in FORMS.items() if not form.endswith("ing") and (form != base or base in {"put", "hit", "bet"})
)
"""Forms that can follow a noun phrase in the third person: "griped", "says", "wrote"."""

GERUNDS: Final = frozenset(form for form in FORMS if form.endswith("ing"))


def may_be_noun(word: str) -> bool:
    """True for a base form that is a noun as often ("report")."""
    return word in _NOUNS_TOO


STANCE: Final = frozenset(
    form
    for form, base in FORMS.items()
    if base
    in {
        "react", "respond", "comment", "criticise", "criticize", "condemn", "praise", "denounce", "oppose", "support",
        "welcome", "mourn", "applaud", "weigh", "object", "speak", "slam", "blast", "defend", "back", "endorse",
        "congratulate", "protest", "disagree", "agree", "chime",
    }
)  # fmt: skip
"""Verbs that say how somebody stood to a thing and nothing of what they said: many people may answer to them."""


DEEDS: Final = frozenset(_words("resign quit fire vote shoot hit ban block cancel break withdraw sentence release"))
"""Verbs that tell what somebody did at least as often as what they said: "when did she resign"."""

_KINDS: Final = tuple(
    frozenset(_words(line))
    for line in """
deny dispute disagree reject refute contest oppose object doubt question contradict challenge dismiss rebut
    counter disavow dissent disbelieve
criticise criticize slam blast attack condemn denounce fault chide assail lambast lambaste rebuke scold bash
    decry excoriate savage mock ridicule rail deplore rip tear hammer hit
accuse allege charge blame claim fault
promise vow pledge swear guarantee commit assure
warn caution threaten fear alarm
praise hail applaud laud welcome credit commend salute celebrate congratulate
urge call demand appeal ask plead press implore encourage advise recommend exhort
tweet write post publish
announce declare state reveal unveil disclose confirm
predict forecast expect foresee reckon envision
admit concede acknowledge confess recognise recognize
liken compare equate
complain gripe grumble lament moan bemoan grouse whine
argue insist maintain contend assert reason
defend justify explain excuse
respond reply react retort answer
apologise apologize regret
suggest propose recommend hint
mourn grieve lament
resign quit
endorse support back
joke quip tease
""".strip()
    .replace("\n    ", " ")
    .splitlines()
)
"""Verbs that say much the same, in one line."""


@lru_cache(maxsize=64)
def told_of(verb: str) -> frozenset[str]:
    """The index's terms that tell of a deed: the verb itself and those that say the same."""
    return frozenset(tokenise(" ".join(form for form, base in FORMS.items() if base == verb))) | kin(verb)


@lru_cache(maxsize=512)
def kin(verb: str | None) -> frozenset[str]:
    """The index's terms of verbs that say the same as one, its own among them; of "say" none."""
    if verb is None:
        return frozenset()
    alike = [kind for kind in _KINDS if verb in kind]
    return frozenset(tokenise(" ".join(word for kind in alike for word in FORMS if FORMS[word] in kind)))
