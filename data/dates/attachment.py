"""Whether a date expression of the cue's sentence dates the saying itself: by the dependency tree and the words around.

"Mr. X said on Tuesday that the vote in June was void": Tuesday hangs on the cue, June on what was said. The rules read
the tree in spaCy's ClearNLP labels and allow for its commonest mistake (a phrase with "on" hung on the noun before it).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from data.dates.words import listed

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

Tie = Literal["said", "after"]
"""said: the saying is of that day; after: it followed something of that day ("after Monday's debate")."""

OCCASIONS = frozenset(
    listed(
        "address announcement appearance assembly breakfast briefing broadcast call ceremony chat conference "
        "congress convention conversation debate deposition dinner discussion episode event exchange filing "
        "forum fundraiser gathering hearing interview inquest lecture luncheon march meeting meetings "
        "memorial monologue panel podcast presentation presser primary proceedings program programme protest "
        "question-and-answer rally ralley reception remarks roundtable segment sermon service session session "
        "sessions sentencing show speech stop stream summit talk telecast testimony tour town trial trip "
        "vigil visit webcast interviews rallies speeches hearings"
    )
)
"""Nouns of an occasion at which things are said: "in a March meeting", "at Thursday's hearing"."""

DOCUMENTS = frozenset(
    listed(
        "advisory affidavit analysis article assessment audit autobiography blog blogpost book brief bulletin "
        "caption column comment comments commentary communique communiqué complaint decision declaration "
        "decree directive document documents editorial email e-mail emails essay estimate filing finding "
        "findings forecast guidance indictment lawsuit letter list manifesto memo memoir memorandum message "
        "messages motion notice novel op-ed opinion order paper petition poll polls post posts posting "
        "profile proclamation projection publication reply report reports resolution response review ruling "
        "rulings release spot statement statements story study studies submission summary survey surveys "
        "testimony text texts transcript tweet tweets update video videos warning notes memos letters columns "
        "ad advertisement advert"
    )
)
"""Nouns of what says something or is sent to say it: "a statement on Tuesday", "a 2015 study found"."""

_OPEN = frozenset(
    ["until", "till", "by", "before", "for", "since", "from", "between", "ahead", "through", "beyond", "within"]
)
"""Prepositions that do not say when: the saying is not of the days that they measure or bound."""

_BACK_TO = re.compile(r"\b(?:back|forward|ahead)\s+to\s+$", re.IGNORECASE)
""" "Looking back to 2008" is said at another time."""

_MADE = frozenset(
    listed(
        "aired announced broadcast delivered dated filed given held issued made obtained posted printed "
        "published recorded released sent shared signed submitted taped tweeted unveiled uploaded written "
        "airing taking"
    )
)
"""Participles that say when a document or an occasion came about: "in a ruling released Thursday"."""

_CLAUSE = frozenset(["ccomp", "advcl", "relcl", "acl", "csubj", "csubjpass", "pcomp"])
_WHILE = frozenset(["as", "when", "while", "during", "upon"])
_LINK = re.compile(
    r"^[\s,;:—–-]*(?:(?:to|told|on|in|at|during|over|early|late|earlier|later|again|as well|via|"
    r"through|from|again|also|publicly|"
    r"reporters|the press|journalists|supporters|lawmakers|the court|the crowd|the audience|"
    r"Twitter|Facebook|Instagram|CNN|Fox News|MSNBC|a statement|an interview|"
    r"the Senate|the House|Congress|voters|investors|lawyers|the public|me|us|him|her|them|here)[\s,]+)*$",
    re.IGNORECASE,
)


def tie(doc: Doc, expression: tuple[int, int], cue: tuple[int, int]) -> Tie | None:
    """How an expression is tied to the saying; spans are offsets into the Doc. None where it is not.

    The expression has to stand in a sentence of the cue and outside what was said: that is the caller's to see to.
    """
    words = doc.char_span(*expression, alignment_mode="expand")
    cue_words = doc.char_span(*cue, alignment_mode="expand")
    if words is None or cue_words is None:
        return None
    if any(token.dep_ in ("relcl", "advcl") and token.head in words and _then(token) for token in cue_words):
        return "said"  # "since June 16, when she asked"
    before = _word_before(words)
    owned = _possessive(words) or _modifies(words)
    if before in ("after", "following") and not owned:
        return "after" if _reaches(words, cue_words, through_after=True) else None
    text = doc.text  # put together anew whenever it is asked for
    if (
        before in _OPEN
        or _BACK_TO.search(text, max(0, expression[0] - 12), expression[0])
        or (before == "of" and ":" not in text[expression[0] - 1 : expression[0]])
    ):
        return None
    gap = text[cue[1] : expression[0]] if expression[0] >= cue[1] else text[expression[1] : cue[0]]
    # "..., who won last week, said": a comma before the cue closes another clause
    beside = expression[0] >= cue[1] or "," not in gap
    if beside and "\n" not in gap and _LINK.match(gap) and not owned:
        return "said"
    if owned:
        return _noun_tie(words, cue_words)
    return "said" if _reaches(words, cue_words) else None


def hangs_on(doc: Doc, expression: tuple[int, int], cue: tuple[int, int]) -> bool:
    """Whether an expression is an adverbial of the cue itself: its child, or the object of a preposition that is."""
    words = doc.char_span(*expression, alignment_mode="expand")
    cue_words = doc.char_span(*cue, alignment_mode="expand")
    if words is None or cue_words is None or _possessive(words) or _modifies(words) or _word_before(words) in _OPEN:
        return False
    head = words.root.head
    if head.dep_ == "prep" and words.root.dep_ == "pobj":
        head = head.head
    return words.root.dep_ in ("npadvmod", "pobj", "advmod") and any(head.i == part.i for part in cue_words)


def _word_before(words: Span) -> str:
    """The preposition before an expression, over "the", "late", "about": "by late Friday" is "by"."""
    at = words.start - 1
    while at >= 0 and words.doc[at].lower_ in (
        "the",
        "late",
        "early",
        "about",
        "around",
        "midnight",
        "noon",
        "only",
        "just",
        "mid",
        "-",
    ):
        at -= 1
    return words.doc[at].lower_ if at >= 0 else ""


def _possessive(words: Span) -> bool:
    """ "Thursday's speech": the expression itself owns the noun after it."""
    last, after = words[-1], words.end
    if last.lower_ in ("'s", "’s", "'", "’"):
        return True
    return (
        after < len(words.doc) and words.doc[after].lower_ in ("'s", "’s", "’", "'") and words.doc[after].tag_ == "POS"
    )


def _modifies(words: Span) -> bool:
    """ "A March 2016 meeting", "the Sept. 11 attacks": the expression stands before its noun and after its article."""
    head = words.root.head
    return (
        words.root.dep_ in ("compound", "nummod", "amod", "nmod", "poss")
        and head.i >= words.end
        and head.pos_ in ("NOUN", "PROPN")
        and words.root.head.i - words.end < 4
    )


def _noun_tie(words: Span, cue: Span) -> Tie | None:
    """The tie of "Thursday's hearing" or "a 2015 study": by the noun and how it hangs on the cue."""
    noun = words.root.head
    hops = 0
    while noun.dep_ in ("compound", "poss", "amod", "nmod") and hops < 4:
        noun, hops = noun.head, hops + 1
    name = noun.lower_
    occasion, document = name in OCCASIONS, name in DOCUMENTS
    if not (occasion or document):
        return None
    if any(noun.i == token.i or (noun.is_ancestor(token) and token.dep_ in ("acl", "relcl")) for token in cue):
        return "said"
    role = noun.dep_
    if role in ("nsubj", "nsubjpass") and document:
        return "said" if _same_clause(noun.head, cue) else None
    if role == "pobj":
        preposition = noun.head
        if preposition.lower_ in ("after", "following"):
            return "after" if _same_clause(preposition.head, cue) else None
        if preposition.lower_ in ("in", "at", "during", "on", "to", "by", "from", "with", "via", "through", "within"):
            host = preposition.head
            if host.pos_ in ("NOUN", "PROPN") and host.dep_ not in ("nsubj", "nsubjpass"):
                host = _verb_above(host)
            return "said" if _same_clause(host, cue) else None
    if role in ("dobj", "attr") and (document or occasion):
        return (
            "said"
            if _same_clause(noun.head, cue)
            and cue.root.lower_ not in ("condemned", "called", "criticized", "dismissed")
            else None
        )
    return None


def _reaches(words: Span, cue: Span, *, through_after: bool = False) -> bool:
    """Whether the way from the expression up the tree comes to the cue without entering another finite clause."""
    token = words.root
    for _ in range(12):
        if any(token.i == part.i for part in cue):
            return True
        if token.pos_ in ("VERB", "AUX") and _same_clause(token, cue):
            return True
        label, head = token.dep_, token.head
        if head.i == token.i:
            onward = broken_off(words)
            if onward is None:
                return False
            token = onward
            continue
        if label in ("nsubj", "nsubjpass") and not _document_made(token, words):
            return False
        if label in ("relcl", "acl"):
            if not made(token):
                return False
        elif label == "advcl":
            if not _setting(token):
                return False
        elif label == "pcomp":
            if not (through_after or head.lower_ in ("after", "in", "while", "during", "on", "upon", "by")):
                return False
        elif label in ("ccomp", "csubj", "csubjpass", "parataxis"):
            # what is said hangs on the cue as its ccomp; "..., he said Friday" hangs the whole the other way round
            return False
        elif label == "conj" and token.pos_ in ("VERB", "AUX"):
            if any(child.dep_ in ("nsubj", "nsubjpass") for child in token.children):
                return False
        elif (label == "pobj" and head.lower_ in _OPEN) or (
            label == "dobj"
            and token.lower_ not in DOCUMENTS | OCCASIONS
            and words.root.head is not token
            and not _loose(words)
        ):
            return False
        token = head
    return False


def broken_off(words: Span) -> Token | None:
    """The verb that a day at the head of a sentence belongs to, where the parser has cut the sentence after it:
    "Monday on the show “Nine,” Ada Holm said". None where nothing is cut."""
    sentence = words[0].sent
    if words.start != sentence.start or sentence.end >= len(words.doc):
        return None
    if any(token.pos_ in ("VERB", "AUX") or token.text in (".", "?", "!", ":", ";") for token in sentence):
        return None
    root = words.doc[sentence.end].sent.root
    return root if root.tag_ in ("VBD", "VBZ") else None


def _loose(words: Span) -> bool:
    """ "told the host on Thursday": a phrase with "on" after a person, which the parser hangs on the person."""
    return _word_before(words) in ("on", "in", "at", "during", "late", "early") or words.root.dep_ == "npadvmod"


def _same_clause(verb: Token, cue: Span) -> bool:
    """Whether a verb is the cue's own, or one that shares its subject with it ("appeared on Sunday and said")."""
    if any(verb.i == part.i for part in cue):
        return True
    root = cue.root
    for _ in range(6):
        if root.i == verb.i:
            return True
        own_subject = any(child.dep_ in ("nsubj", "nsubjpass") for child in root.children)
        if (root.dep_ == "conj" and not own_subject) or root.dep_ in (
            "xcomp",
            "aux",
            "auxpass",
            "prep",
            "pobj",
            "dobj",
            "acomp",
            "attr",
            "prt",
            "advmod",
            "agent",
        ):
            root = root.head
        elif root.dep_ == "advcl" and not own_subject and root.tag_ in ("VBG", "VBN") and root.i > root.head.i:
            root = root.head  # "criticised the plan on Tuesday, saying"
        elif root.dep_ in ("ccomp", "parataxis") and not own_subject:
            root = root.head
        elif root.dep_ == "advcl" and root.head.i == verb.i and root.i > verb.i and _then(root):
            return True  # "was underscored on Wednesday when the mayor lamented"
        else:
            break
    if root.i == verb.i:
        return True
    if verb.dep_ == "conj" and not any(child.dep_ in ("nsubj", "nsubjpass") for child in verb.children):
        head = verb.head
        return any(head.i == part.i for part in cue) and verb.i - head.i < 12
    return verb.dep_ in ("advcl", "parataxis") and _setting(verb) and any(verb.head.i == part.i for part in cue)


def _then(verb: Token) -> bool:
    """Whether a clause opens with "when"."""
    return any(child.lower_ == "when" for child in verb.children)


def _setting(verb: Token) -> bool:
    """An adverbial clause that sets the scene: "speaking at a rally on Friday", "when asked on Tuesday"."""
    marks = {child.lower_ for child in verb.children if child.dep_ in ("mark", "advmod")}
    if marks & {"because", "if", "though", "although", "since", "until", "before", "unless", "that"}:
        return False
    own_subject = any(child.dep_ in ("nsubj", "nsubjpass") for child in verb.children)
    return not own_subject or bool(marks & _WHILE)


def made(verb: Token) -> bool:
    """ "a ruling released Thursday", "an interview that aired Sunday", but not "the man who won on Tuesday"."""
    noun = verb.head
    known = noun.lower_ in DOCUMENTS or noun.lower_ in OCCASIONS
    if any(child.dep_ == "aux" and child.lower_ in ("will", "would", "'ll", "’ll") for child in verb.children):
        return False
    if verb.lower_ in _MADE or (verb.tag_ in ("VBN", "VBG") and known):
        return bool(noun.ent_type_ != "PERSON")
    return known


def _document_made(subject: Token, words: Span) -> bool:
    """ "A statement on Tuesday said", "a study published in 2014 found"."""
    return subject.lower_ in DOCUMENTS and words.root.i != subject.i


def _verb_above(token: Token) -> Token:
    while token.pos_ not in ("VERB", "AUX") and token.head.i != token.i:
        token = token.head
    return token
