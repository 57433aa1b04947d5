"""Which names within a speaker as written are the speaker: "spokesman Ryan", never "a spokesman for Ryan"."""

from __future__ import annotations

import re
from itertools import pairwise

from data.speakers import roles
from data.speakers.cast import Cast
from data.speakers.characters import Mention
from data.speakers.lexicon import (
    ABBREVIATIONS,
    DEMONYMS,
    FOLLOWS_A_NAME,
    GENERIC_ORGS,
    GROUP_NOUNS,
    HONORIFICS,
    LEADS,
    OFFICES,
    ORG_NOUNS,
    PERSON_MODIFIERS,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVE_PRONOUNS,
    SPEAKS_FOR,
    SPEECH_VERBS,
)
from data.speakers.mentions import Token, tokens_of
from data.speakers.occupations import is_occupation
from data.speakers.spelling import is_title

_PORTFOLIOS = frozenset(
    {"state", "defence", "defense", "health", "interior", "education", "environment", "finance", "foreign", "justice"}
)
"""Nouns of offices that stand for a field after "of": "Secretary of Defense Ash Carter" is named."""

_AMONG = frozenset({"including", "like", "such", "except", "unlike", "than", "via", "through"})
"""Before a name that is only an instance, or passes it on: "experts, including Mr. Marsh", "via the Marsh Agency"."""

_HEADS = frozenset({"head", "chief", "director", "chairman", "chairwoman", "leader", "president", "founder", "boss"})

_GOVERNING = frozenset({"of", "for", "from", "at", "in", "with", "to", "by"})


_JOINT = re.compile(
    r"(?: ?\([^()]{1,24}\))?(?:,? (?:and|&|or) {1,2}(?:[A-Z][\w.]*\.? {1,2}|[a-z]+ )?|, {1,2}(?:[A-Z][\w.]*\.? {1,2})?)"
)
"""What parts two names of a list: "Marsh (D-Me.) and Sen. Falk"."""

_PARTNER = re.compile(r"^(?:/[A-Z][\w&.]*(?: [A-Z][\w&.]*)*)+(?= [a-z])")
"""The second of two names before a noun: "a CNN/ORC poll"."""

_KIN_JOINT = re.compile(r",? and (?:his|her|their) (?:[\w-]+ ){0,2}[\w-]+,? ")
"""What parts "Ines Falk and her husband, Ned Harrow"."""

_ASIDE = re.compile(r", (?:which|who|whose) [^,“”\"]{1,90}, and ")
"""What is told of the first of two before the second: "Brackwater, which owns the mill, and Marsh & Co."."""

_ROLE_JOINT = re.compile(r"(?: ?\([^()]{1,24}\))?,? (?:and|&) (?:[\w-]+ ){1,4}?([\w-]+\.?) ")

_AND_OTHERS = re.compile(
    r"(?:,|[^,]) ?and ((?:(?:many|several|some|two|three|four|five|dozens of|hundreds of) )?"
    r"(?:more|other|others|his|her|their|its|fellow)\b[^,;:“”\"]{0,60})$"
)


def and_others(text: str, start: int, end: int) -> str | None:
    """The unnamed rest of a list of speakers: "other scientists" of "Ilie Marsh, a geologist, and other scientists"."""
    said = text[start:end].rstrip(" ,")
    found = _AND_OTHERS.search(said)
    if found is None or (said.startswith(",") and not found.group().startswith(",")):
        return None  # "Ilie Marsh, who runs the farm and other businesses"
    others = found.group(1)
    return others if set(others.split()) & _PLURAL_STARTS or others.endswith("s") else None


_PLURAL_STARTS = frozenset({"more", "others", "many", "several", "staff", "people", "children", "team", "campaign"})


def heads(cast: Cast, start: int, end: int, tokens: list[Token]) -> list[Mention]:
    """The mentions that the span is about: its head, or an apposition to it, or several joined by "and"."""
    inside = [m for m in cast.within(start, end) if m.character is not None and m.start >= start - 12]
    inside = [m for m in inside if not (m.possessive and m.end < end)]
    if not inside:
        return []
    first = inside[0]
    lead = [token for token in tokens if token.end <= first.start]
    bare = [token for token in lead if token.folded not in LEADS]
    if not bare or first.start <= start:
        joined = _joined(cast, inside)
        tail = _PARTNER.sub("", cast.text[joined[-1].end : end])
        following = tokens_of(tail)
        # "the Clinton campaign", "Trump supporters", "the Nova Scotia judge": the name only tells whose.
        if following and len(joined) == 1 and re.match(r" [a-z]", tail) and following[0].folded not in FOLLOWS_A_NAME:
            later = [m for m in inside[1:] if _named_right_after_role(cast, m, tokens)]
            return later[:1]
        if first.character is not None and first.character.form == "organisation" and len(joined) == 1:
            people = [m for m in inside[1:] if m.character is not None and m.character.form == "person"]
            named = [m for m in people if _named_right_after_role(cast, m, tokens)]
            if named:
                return named[:1]
        return joined
    for position, mention in enumerate(inside):
        whose = re.match(r" ([a-z]+)", cast.text[mention.end : min(end, mention.end + 30)])
        if whose and whose.group(1) not in FOLLOWS_A_NAME:
            continue  # "other E.U. leaders"
        if _named_right_after_role(cast, mention, tokens):
            both = _joined(cast, inside[position:])
            titled = all(is_title(token.folded) for token in bare)
            leads = not any(m.character and m.character.form == "person" for m in inside[:position])
            # "Mr. Marsh and Mr. Falk", "former Yarrow Gov. Ilie Marsh and former Kelmore Gov. Ines Falk"
            return both if leads and (titled or all(map(full_person, both))) else [mention]
        joined = _joined(cast, inside[position:])
        if len(joined) > 1 and position == 0 and lead[-1].folded in GROUP_NOUNS:
            return joined
    return []


def _named_right_after_role(cast: Cast, mention: Mention, tokens: list[Token]) -> bool:
    """ "spokesman Ryan", "the mayor of London, Sadiq Khan": a role noun or a comma stands before the name."""
    before = [token for token in tokens if token.end <= mention.start]
    if not before or mention.character is None or _spoken_for(cast, mention, before):
        return False
    if _one_of_them(cast, mention, before):
        return True
    aides = [t for t, of in pairwise(before) if t.folded in GROUP_NOUNS and of.folded in ("to", "of", "for")]
    if aides and (aides[0] is before[0] or not aides[0].capital):
        return False  # "aides to Gov. Falk, a former judge, and Gov. Marsh"
    if any(token.folded in RELATIVE_PRONOUNS | _AMONG and not token.acronym for token in before):
        return False  # "older people, who support Mrs. Falk"
    if mention.character.form == "person" and mention.end >= tokens[-1].end and _offices_behind(cast, mention, before):
        return True
    gap = cast.text[before[-1].end : mention.start].replace("\u00a0", " ")
    if gap in (" ", ". ") and (is_occupation(before[-1].folded) or before[-1].folded in ABBREVIATIONS):
        return True
    if gap == " " and mention.character.form == "person" and mention.character.full:
        lead = next((t for t in before if t.folded not in LEADS), before[0])
        headed = lead.folded in _HEADS and mention.end >= tokens[-1].end and not before[-1].capital
        if headed or _noun_before(cast, before):
            return True  # "the head of the harbour service Ilie Marsh"
    if gap in (" ", ". ") and before[-1].capital:
        governs = next((i for i, t in enumerate(before) if t.folded in _GOVERNING), None)
        if governs is None:
            return True
        # "The mayor of London Sadiq Khan"; not "supporters of Republican Ned Harrow".
        named = [t for t in before[governs + 1 :] if t.capital and t.folded not in DEMONYMS | PERSON_MODIFIERS]
        head = before[governs - 1].folded if governs else ""
        office = head in OFFICES and head not in SPEAKS_FOR
        return office and bool(named) and mention.character.form == "person" and mention.character.full
    if mention.character.form == "organisation" and gap == " ":
        # "The independent newspaper X", "one of these groups, the X".
        ahead = before[-2] if before[-1].folded == "the" and len(before) > 2 else before[-1]
        return ahead.folded in GENERIC_ORGS | ORG_NOUNS or (ahead is not before[-1] and ahead.folded in GROUP_NOUNS)
    if gap == ", " and _presented(cast, mention, before, tokens[-1].end):
        return True
    if gap in (", ", ": ", " — ", " – ", " -- ") and mention.character.form == "person":
        phrase = cast.text[before[0].start : before[-1].end]
        return roles.head_of(phrase) is not None or bool(re.match(r"(?:his|her|their|my) ", phrase, re.I))
    return False


def _presented(cast: Cast, mention: Mention, before: list[Token], end: int) -> bool:
    """ "A Republican, Ned Harrow": whatever one is called first, the full name that ends the span says who it is."""
    full = mention.character is not None and mention.character.form == "person" and mention.character.full
    phrase = cast.text[before[0].start : before[-1].end]
    one = re.fullmatch(r"(?:an?|one|another) (?:[\w'’.-]+ ){0,3}[\w'’-]+", phrase, re.I) is not None
    return full and one and mention.end >= end and before[-1].folded not in GROUP_NOUNS


def _one_of_them(cast: Cast, mention: Mention, before: list[Token]) -> bool:
    """ "One of the authors of that report, Ned Harrow"."""
    phrase = cast.text[before[0].start : before[-1].end]
    one = re.match(r"one of (?:the|his|her|their|its|\w+['’]s?)\b", phrase, re.I) is not None
    person = mention.character is not None and mention.character.form == "person"
    apart = person and cast.text[before[-1].end : mention.start] == ", "
    return one and apart and not re.search(r"\bwh(?:o|ose|ich)\b|,", phrase)


def _spoken_for(cast: Cast, mention: Mention, before: list[Token]) -> bool:
    """Whether a preposition governs the name: "a spokesman for President Falk" is not President Falk.

    In "ambassador to the United Nations Nikki Haley" it governs the name in between instead.
    """
    governs = [
        i
        for i, token in enumerate(before)
        if token.folded in _GOVERNING - {"in"}
        # "Department of Transportation official Troy Marsh": this "of" is part of a name.
        and not (i and token.folded == "of" and before[i - 1].capital and not is_occupation(before[i - 1].folded))
    ]
    if not governs:
        return False
    between = before[governs[-1] + 1 :]
    if re.search("[,:—–]", cast.text[before[governs[-1]].end : mention.start]):
        return False
    bare = [token for token in between if token.folded not in ("the", "a", "an", "his", "her", "their", "its")]
    if not bare:
        return True
    last = bare[-1]
    if (is_occupation(last.folded) or last.folded in ABBREVIATIONS or last.folded in HONORIFICS) and (
        last.folded not in _PORTFOLIOS
    ):
        return True
    head = {token.folded for token in before[: governs[0]]}
    return not any(token.capital for token in bare) and bool(head & SPEAKS_FOR)


def _noun_before(cast: Cast, before: list[Token]) -> bool:
    """Whether a plain noun stands right before a name ("cheesemonger Ilie Marsh"): it tells who that is.

    So does "a defiant Ilie Marsh".
    """
    last = before[-1]
    if last.capital or last.possessive or last.folded in PREPOSITIONS | LEADS | PRONOUNS | SPEECH_VERBS | ORG_NOUNS:
        return False
    ordinal = cast.paragraph_of(last.start)
    doc = cast.docs.get(ordinal)
    if doc is None:
        return True
    word = doc.char_span(last.start - cast.starts[ordinal], last.end - cast.starts[ordinal])
    plain = before[0].folded in ("a", "an") and not any(token.capital for token in before[1:])
    return word is None or word.root.tag_ in ("NN", "NNP") or (plain and word.root.tag_ in ("JJ", "VBN", "VBG"))


def _offices_behind(cast: Cast, mention: Mention, before: list[Token]) -> bool:
    """ "Former ambassador to the United Nations Nikki Haley": an office leads to the name that ends the span."""
    found = mention.character.roles if mention.character else []
    leads = any(before[0].start <= role.start < mention.start for role in found)
    return leads and cast.text[before[-1].end : mention.start] in (" ", ". ")


def full_person(mention: Mention) -> bool:
    """Whether a mention is somebody's of whom the article gives the full name."""
    return mention.character is not None and mention.character.form == "person" and mention.character.full


def _titled(cast: Cast, mention: Mention) -> bool:
    """Whether a body's name was read with a title behind it: the title belongs to whoever is named next."""
    last = cast.text[mention.start : mention.end].rsplit(maxsplit=1)[-1].lower()
    return mention.character is not None and mention.character.form == "organisation" and is_title(last)


def _with_role(gap: str) -> bool:
    """ " (D) and former Kelmore Gov. ", " and her husband, ": the next name behind its role or kinship."""
    if _KIN_JOINT.fullmatch(gap):
        return True
    found = _ROLE_JOINT.fullmatch(gap)
    last = found.group(1).rstrip(".").lower() if found else ""
    return is_title(last) or is_occupation(last)


def _joined(cast: Cast, inside: list[Mention]) -> list[Mention]:
    joined = [inside[0]]
    for mention in inside[1:]:
        gap = cast.text[joined[-1].end : mention.start]
        aside = _ASIDE.match(cast.text, joined[-1].end)
        if aside is not None and mention.start < aside.end() and inside[-1].start >= aside.end():
            continue
        behind = re.match(r" ([a-z]+)", cast.text[mention.end : mention.end + 24])
        firm = mention.character is not None and mention.character.form == "organisation"
        if firm and behind and behind.group(1) in GROUP_NOUNS:
            break  # "Mrs. Falk and Harbour Union leaders"
        listed = _JOINT.fullmatch(gap) or _ASIDE.fullmatch(gap) or (full_person(mention) and _with_role(gap))
        if _titled(cast, joined[-1]) and full_person(mention):
            break  # "Harbour Association President and CEO Ines Falk" is one
        if listed and mention.character is not joined[-1].character:
            joined.append(mention)
        else:
            break
    if len(joined) == 2 and not re.search(r"\b(?:and|&|or)\b", cast.text[joined[0].end : joined[-1].start]):
        return joined[:1]
    return joined
