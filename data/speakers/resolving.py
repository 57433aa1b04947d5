"""From a speaker as written to the fullest name that the article gives it.

What the words are decides the way: a name, a pronoun, a role ("the minister"), an organisation ("the agency"), a
document, a group, or nothing at all (a quotation that goes on without naming its speaker again).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from data.model import Attribution, Span, SpeakerName
from data.speakers import roles
from data.speakers.antecedents import SURE, Said, rank
from data.speakers.cast import Cast, Character, Mention
from data.speakers.lexicon import (
    ABBREVIATIONS,
    DEMONYMS,
    DOCUMENT_NOUNS,
    FEMALE_NOUNS,
    FEMALE_PRONOUNS,
    FIRST_PLURAL,
    FIRST_PRONOUNS,
    GROUP_NOUNS,
    MALE_NOUNS,
    MALE_PRONOUNS,
    ORG_NOUNS,
    PLACES,
    PLURAL_PRONOUNS,
    PRONOUNS,
    RELATIVE_PRONOUNS,
    ROLE_NOUNS,
    SPEECH_VERBS,
    Gender,
)
from data.speakers.mentions import Token, tokens_of
from data.speakers.spelling import fold

if TYPE_CHECKING:
    from spacy.tokens import Token as Word

    from data.statements.parsing import ParsedArticle

_SPEAKS_FOR = frozenset(
    [
        "spokesman",
        "spokeswoman",
        "spokesperson",
        "spokespeople",
        "representative",
        "rep",
        "lawyer",
        "attorney",
        "aide",
        "adviser",
    ]
)
_SAYINGS = frozenset(
    """statement tweet tweets letter email e-mail memo testimony speech post release website site message op-ed essay
    editorial blog affidavit remarks comments brief filing""".split()  # noqa: SIM905
)
_GENERIC_ORGS = frozenset(
    """company firm group organization organisation agency nonprofit non-profit union association charity network newspaper paper
    outlet institution body retailer automaker airline manufacturer maker business corporation lender bank publication magazine
    website station broadcaster carrier think-tank watchdog league body startup start-up giant chain operator developer""".split()  # noqa: SIM905
)
_TRAILING_BRACKET = re.compile(r"\s*\([^()]*\)?$")
_CALLED = re.compile(
    r"(?:named|called|identified (?:only )?as|using the (?:pseudonym|name)|known as|nicknamed) [“\"']?([A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*)"
)
_DEFINITE = re.compile(r"(?:the|this|that|these|those|both)\s", re.I)
_FOLLOWS_A_NAME = frozenset(
    [
        "of",
        "for",
        "at",
        "in",
        "with",
        "from",
        "on",
        "to",
        "who",
        "whom",
        "which",
        "that",
        "and",
        "or",
        "as",
        "by",
        "during",
        "herself",
        "himself",
        "itself",
    ]
)
_SAYING_AS = frozenset(
    [
        "saying",
        "adding",
        "noting",
        "arguing",
        "claiming",
        "calling",
        "warning",
        "explaining",
        "insisting",
        "writing",
        "stating",
        "telling",
    ]
)
_LEADS = frozenset("the a an even only but and though also both when while then now former not perhaps like".split())  # noqa: SIM905
_EDGE = " \t\n\r\u00a0,.;:—–-\"“”'‘’()[]"
_PEOPLE_ENDINGS = ("ers", "ors", "ists", "ians", "ants", "ives", "als")
_FREE_REACH = 2
"""Paragraphs back that a quotation without a speaker may go on from."""


class Resolver:
    """Names the speakers of one article, in the order of the text: each one named helps with the next."""

    def __init__(self, parsed: ParsedArticle, speakers: Iterable[Span] = ()) -> None:
        """``speakers`` are the spans of the article's speakers as written."""
        self.cast = Cast(parsed.article, parsed.docs, speakers)
        self.described: dict[str, SpeakerName] = {}
        self.docs = parsed.docs
        self.text = parsed.article.text
        self._openings = {start for start, _ in parsed.article.paragraphs}
        self.said: list[Said] = []
        self.last: tuple[Span, SpeakerName, Character | None] | None = None

    def name(self, attribution: Attribution) -> SpeakerName | None:
        """Name the speaker of the next attribution; None where there is no speaker and none to go on from."""
        anchor = attribution.speaker or attribution.content[0]
        character: Character | None = None
        if attribution.speaker is None:
            named, character = self._continued(attribution)
        else:
            named, character = self._spoken(attribution.speaker)
        if named is not None:
            if character is not None and character.form == "person":
                self.said.append(Said(anchor[0], self.cast.paragraph_of(anchor[0]), character))
            reach = (min(anchor[0], attribution.content[0][0]), max(anchor[1], attribution.content[-1][1]))
            self.last = (reach, named, character)
        return named

    # -- no speaker in sight

    def _continued(self, attribution: Attribution) -> tuple[SpeakerName | None, Character | None]:
        """A quotation that stands alone goes on with whoever spoke in the paragraphs right before it."""
        start = attribution.content[0][0]
        since = (
            max(self.cast.starts[self.cast.paragraph_of(start)], self.last[0][1] if self.last else 0)
            if self.cast.starts
            else 0
        )
        subjects = [
            m for m in self.cast.within(since, start) if m.subject and not m.quoted and m.end <= start and m.character
        ]
        subjects = [m for m in subjects if m.character is not None and m.character.form == "person"]
        if subjects:
            return self._mentioned(subjects[-1])
        if (pronoun := self._pronoun_subject(since, start)) is not None:
            return self._pronoun(pronoun.folded, pronoun.start, pronoun.text)
        if (named := self._named_behind(attribution.content[-1][1])) is not None:
            return self._mentioned(named)
        if self.last is None or attribution.kind == "indirect" or not self._stands_free(attribution):
            return None, None
        here = self.cast.prose_ordinal(attribution.content[0][0])
        before = self.cast.prose_ordinal(max(0, self.last[0][1] - 1))
        if here - before > _FREE_REACH:
            return None, None
        return self.last[1], self.last[2]

    def _named_behind(self, end: int) -> Mention | None:
        """The name in ``," said Blair`` right behind a quotation whose speaker was not seen."""
        if not self.cast.starts:
            return None
        limit = self.cast.article.paragraphs[self.cast.paragraph_of(end - 1)][1]
        for mention in self.cast.within(end, min(limit, end + 60)):
            between = [t.folded for t in tokens_of(self.text, end, mention.start)]
            behind = [t.folded for t in tokens_of(self.text, mention.end, min(limit, mention.end + 16))][:1]
            person = mention.character is not None and mention.character.form == "person" and not mention.quoted
            if person and ((between and between[0] in SPEECH_VERBS) or (not between and set(behind) & SPEECH_VERBS)):
                return mention
        return None

    def _stands_free(self, attribution: Attribution) -> bool:
        """Whether the layout says that a quotation goes on: in the paragraph of the last one, or alone in its own."""
        if self.last is None or not self.cast.starts:
            return False
        start = attribution.content[0][0]
        ordinal = self.cast.paragraph_of(start)
        if self.cast.paragraph_of(max(0, self.last[0][1] - 1)) == ordinal:
            return True
        begin, end = self.cast.article.paragraphs[ordinal]
        people = [
            m for m in self.cast.within(begin, end) if not m.quoted and m.character and m.character.form == "person"
        ]
        return not people or (len(people) == 1 and people[0].character is self.last[2])

    def _pronoun_subject(self, since: int, offset: int) -> Token | None:
        """The last unquoted "he" or "she" between two offsets: the subject of "he accused ..., adding that"."""
        found = [t for t in tokens_of(self.text, since, offset) if t.folded in ("he", "she")]
        subject = next((t for t in reversed(found) if not self.cast.is_quoted(t.start)), None)
        if subject is None:
            return None
        verbs = {t.folded for t in tokens_of(self.text, subject.end, offset)}
        return subject if verbs & (SPEECH_VERBS | _SAYING_AS) else None

    # -- a speaker as written

    def _spoken(self, span: Span) -> tuple[SpeakerName, Character | None]:
        start, end = self._trim(span)
        written = self.text[start:end]
        tokens = tokens_of(self.text, start, end)
        if not tokens:
            return SpeakerName(written or self.text[span[0] : span[1]]), None
        words = [token.folded for token in tokens]
        if words[0] in PRONOUNS and (len(words) == 1 or words[-1] in ("himself", "herself", "themselves")):
            return self._pronoun(words[0], start, written)
        root = self._root(start, end)
        heads = self._heads(start, end, tokens)
        if len(heads) > 1:
            return self._several(heads)
        if heads:
            return self._mentioned(heads[0])
        return self._described(start, end, tokens, root)

    def _trim(self, span: Span) -> Span:
        start, end = span
        while start < end and self.text[start] in _EDGE:
            start += 1
        while end > start and self.text[end - 1] in _EDGE and not self._abbreviated(end):
            end -= 1
        if (bracket := _TRAILING_BRACKET.search(self.text, start, end)) is not None and bracket.start() > start:
            end = bracket.start()
        for ending in ("'s", "’s"):
            if self.text[start:end].endswith(ending):
                end -= 2
        return start, end

    def _abbreviated(self, end: int) -> bool:
        return self.text[end - 1] == "." and bool(
            re.search(r"(?:\b[A-Z]|\b(?:Jr|Sr|Inc|Corp|Co|Ltd))\.$", self.text[max(0, end - 6) : end])
        )

    def _root(self, start: int, end: int) -> Word | None:
        """The syntactic head of a span, where its paragraph was parsed."""
        ordinal = self.cast.paragraph_of(start)
        doc = self.docs.get(ordinal)
        if doc is None:
            return None
        offset = self.cast.starts[ordinal]
        span = doc.char_span(start - offset, end - offset, alignment_mode="expand")
        return span.root if span is not None and len(span) else None

    def _heads(self, start: int, end: int, tokens: list[Token]) -> list[Mention]:
        """The mentions that the span is about: its head, or an apposition to it, or several joined by "and"."""
        inside = [m for m in self.cast.within(start, end) if m.character is not None and m.start >= start - 12]
        inside = [m for m in inside if not (m.possessive and m.end < end)]
        if not inside:
            return []
        first = inside[0]
        lead = [token for token in tokens if token.end <= first.start]
        bare = [token for token in lead if token.folded not in _LEADS]
        if not bare or first.start <= start:
            joined = self._joined(inside)
            tail = self.text[joined[-1].end : end]
            following = tokens_of(tail)
            # "the Clinton campaign", "Trump supporters", "the Nova Scotia judge": the name only tells whose.
            if (
                following
                and len(joined) == 1
                and re.match(r" [a-z]", tail)
                and following[0].folded not in _FOLLOWS_A_NAME
            ):
                later = [m for m in inside[1:] if self._named_right_after_role(m, tokens)]
                return later[:1]
            if first.character is not None and first.character.form == "organisation" and len(joined) == 1:
                people = [m for m in inside[1:] if m.character is not None and m.character.form == "person"]
                named = [m for m in people if self._named_right_after_role(m, tokens)]
                if named:
                    return named[:1]
            return joined
        for mention in inside:
            if self._named_right_after_role(mention, tokens):
                return [mention]
        return []

    def _named_right_after_role(self, mention: Mention, tokens: list[Token]) -> bool:
        """ "spokesman Ryan", "the mayor of London, Sadiq Khan": a role noun or a comma stands before the name."""
        before = [token for token in tokens if token.end <= mention.start]
        if not before or mention.character is None:
            return False
        if (
            mention.character.form == "person"
            and mention.end >= tokens[-1].end
            and self._offices_behind(mention, before)
        ):
            return True
        gap = self.text[before[-1].end : mention.start]
        if gap in (" ", ". ") and (before[-1].folded in ROLE_NOUNS or before[-1].folded in ABBREVIATIONS):
            return True
        if gap in (" ", ". ") and before[-1].capital and mention.character is not None:
            noun = {token.folded for token in before}
            return not noun & {"of", "for", "from", "at", "in", "with", "to", "by"}
        if (
            gap in (", ", ": ", " — ", " – ", " -- ")
            and mention.character is not None
            and mention.character.form == "person"
        ):
            phrase = self.text[before[0].start : before[-1].end]
            return roles.head_of(phrase) is not None or bool(re.match(r"(?:his|her|their|my) ", phrase, re.I))
        return False

    def _offices_behind(self, mention: Mention, before: list[Token]) -> bool:
        """ "Former ambassador to the United Nations Nikki Haley": the span ends in the name and an office leads to it."""
        title = (
            any(role.start < mention.start and role.start >= before[0].start for role in mention.character.roles)
            if mention.character
            else False
        )
        return title and self.text[before[-1].end : mention.start] in (" ", ". ")

    def _joined(self, inside: list[Mention]) -> list[Mention]:
        joined = [inside[0]]
        for mention in inside[1:]:
            gap = self.text[joined[-1].end : mention.start]
            if (
                re.fullmatch(r",? (?:and|&|or) (?:[A-Z][\w.]*\.? |[a-z]+ )?|, (?:[A-Z][\w.]*\.? )?", gap)
                and mention.character is not joined[-1].character
            ):
                joined.append(mention)
            else:
                break
        if len(joined) > 1 and not re.search(r"\b(?:and|&|or)\b", self.text[joined[0].end : joined[-1].start]):
            return joined[:1]
        return joined

    def _several(self, heads: list[Mention]) -> tuple[SpeakerName, Character | None]:
        names = [m.character.name for m in heads if m.character is not None]
        joint = " and " if len(names) == 2 else ", "
        return SpeakerName(joint.join(names), None, all(not m.ambiguous for m in heads), "group"), None

    def _mentioned(self, mention: Mention) -> tuple[SpeakerName, Character | None]:
        character = mention.character
        if character is None or mention.ambiguous:
            return SpeakerName(self.text[mention.start : mention.end]), None
        return self._of(character), character

    def _of(self, character: Character, *, sure: bool = True) -> SpeakerName:
        return SpeakerName(character.name, character.role, sure, character.form, character.gender)

    # -- pronouns

    def _pronoun(self, word: str, offset: int, written: str) -> tuple[SpeakerName, Character | None]:
        if word in MALE_PRONOUNS or word in FEMALE_PRONOUNS:
            return self._person_meant(offset, "m" if word in MALE_PRONOUNS else "f", written)
        if word in RELATIVE_PRONOUNS:
            named = [m for m in self.cast.before(offset) if m.end >= offset - 3 and m.character is not None]
            if named:
                return self._mentioned(named[-1])
            earlier = self.text[max(0, offset - 200) : offset].rstrip(" ,")
            phrase = re.search(r"(?:the|an?|one|some|many|those|[A-Z]\w+)[^,.;:“”\"]*$", earlier)
            if phrase and offset - len(phrase.group()) >= 0:
                begin = max(0, offset - 200) + phrase.start()
                return self._spoken((begin, begin + len(phrase.group())))
            return SpeakerName(written), None
        if word in FIRST_PRONOUNS and not self.cast.is_quoted(offset):
            author = self.cast.article.author
            return (SpeakerName(author, None, True), None) if author else (SpeakerName(written), None)
        if word in ("it", "its", "itself") or word in PLURAL_PRONOUNS or word in FIRST_PLURAL:
            return self._thing_meant(word, offset, written)
        return SpeakerName(written, None, False, "group" if word in GROUP_NOUNS else "person"), None

    def _person_meant(self, offset: int, gender: Gender | None, written: str) -> tuple[SpeakerName, Character | None]:
        best = rank(self.cast, offset, gender, self.said)
        if best is None or best.share < SURE:
            self.doubt = best
            return SpeakerName(written, None, False, "person", gender), best.character if best else None
        return self._of(best.character), best.character

    def _thing_meant(self, word: str, offset: int, written: str) -> tuple[SpeakerName, Character | None]:
        """ "It" and "they" go on with the organisation, document or group that spoke, or is the subject, right before."""
        here = self.cast.paragraph_of(offset)
        plural = word in PLURAL_PRONOUNS or word in FIRST_PLURAL
        if self.last is not None:
            reach, named, character = self.last
            near = self.cast.prose_ordinal(offset) - self.cast.prose_ordinal(max(0, reach[1] - 1)) <= 1
            if near and named.form != "person" and not (word in ("it", "its") and named.form == "group"):
                return named, character
        organisations = [
            m
            for m in self.cast.before(offset)
            if m.character is not None and m.character.form == "organisation" and m.paragraph == here and not m.quoted
        ]
        subjects = [m for m in organisations if m.subject]
        if subjects and not plural:
            return self._mentioned(subjects[-1])
        if word in PLURAL_PRONOUNS and (pair := self._pair_before(offset)) is not None:
            return self._several(pair)
        if word in PLURAL_PRONOUNS and (phrase := self._plural_subject(offset)) is not None:
            return self._spoken(phrase)
        return SpeakerName(written, None, False, "group" if plural else "organisation"), None

    def _pair_before(self, offset: int) -> list[Mention] | None:
        """The last two people joined by "and" in this paragraph or the one before: "A of Iowa and B of Vermont"."""
        people = [m for m in self.cast.before(offset) if m.character is not None and m.character.form == "person"]
        here = self.cast.prose_ordinal(offset)
        for one, other in zip(reversed(people[:-1]), reversed(people[1:]), strict=True):
            if here - self.cast.prose_ordinal(one.start) > 2 or one.quoted or other.quoted:
                continue
            gap = self.text[one.end : other.start]
            if one.character is not other.character and re.fullmatch(
                r"(?:,? (?:of|from) [A-Z][\w. ]+,?| \([^)]*\)|, [^,.]{2,40},)? and (?:[A-Z][\w.]*\.? )?", gap
            ):
                return [one, other]
        return None

    def _plural_subject(self, offset: int) -> Span | None:
        """The last plural subject before an offset in its paragraph: "several executives" before "they say"."""
        ordinal = self.cast.paragraph_of(offset)
        doc = self.docs.get(ordinal)
        if doc is None:
            return None
        start = self.cast.starts[ordinal]
        for word in reversed([w for w in doc if w.idx + start < offset]):
            if word.dep_ not in ("nsubj", "nsubjpass") or self.cast.is_quoted(word.idx + start):
                continue
            people = fold(word.text) in GROUP_NOUNS or word.tag_ == "NNPS" or fold(word.text).endswith(_PEOPLE_ENDINGS)
            if (word.tag_ in ("NNS", "NNPS") and people) or any(child.dep_ == "conj" for child in word.children):
                first = doc[word.left_edge.i]
                joined = [child for child in word.children if child.dep_ == "conj"]
                last = joined[-1] if joined else word
                return start + first.idx, start + last.idx + len(last)
        return None

    # -- descriptions

    def _described(
        self, start: int, end: int, tokens: list[Token], root: Word | None
    ) -> tuple[SpeakerName, Character | None]:
        while len(tokens) > 1 and tokens[0].folded in _LEADS - {"the", "a", "an", "both", "former"}:
            tokens = tokens[1:]
            start = tokens[0].start
        comma = self.text.find(", ", start, end)
        if comma > 0 and self._is_name(tokens_of(self.text, start, comma)):
            return self._described(start, comma, tokens_of(self.text, start, comma), None)
        written = self.text[start:end]
        noun = self._noun(tokens, root, start, end)
        definite = bool(_DEFINITE.match(written))
        if (owner := self._owner_of_saying(start, tokens, noun)) is not None:
            return owner
        if noun in GROUP_NOUNS and noun not in ROLE_NOUNS:
            if definite and len(tokens) <= 2 and noun in self.described:
                return self.described[noun], None
            named = SpeakerName(written, None, False, "group")
            self.described.setdefault(noun, named)
            return named, None
        if noun in ORG_NOUNS and noun not in ROLE_NOUNS:
            if definite and (found := self._organisation_meant(start, noun, tokens)) is not None:
                return self._of(found), found
            return SpeakerName(written, None, self._is_name(tokens), "organisation"), None
        if noun in DOCUMENT_NOUNS and noun not in ROLE_NOUNS:
            return SpeakerName(written, None, False, "document"), None
        if noun in ROLE_NOUNS or re.search(r"-year-old$", noun):
            return self._person_described(start, end, tokens, noun, definite)
        if self._is_name(tokens):
            place = all(t.folded in PLACES | DEMONYMS for t in tokens if t.capital)
            if not place and (person := self._by_part(tokens)) is not None:
                return self._of(person), person
            form = "organisation" if place or len(tokens) == 1 or noun in ORG_NOUNS else "person"
            return SpeakerName(re.sub(r"^(?:the|The) ", "", written), None, True, form), None
        if noun in _GENERIC_ORGS and definite and (found := self._organisation_meant(start, noun, tokens)) is not None:
            return self._of(found), found
        return SpeakerName(written, None, False, "group" if noun.endswith("s") else "person"), None

    def _noun(self, tokens: list[Token], root: Word | None, start: int, end: int) -> str:
        """The folded head noun of a description."""
        if root is not None:
            offset = self.cast.starts[self.cast.paragraph_of(start)]
            if start <= root.idx + offset < end and root.pos_ in ("NOUN", "PROPN", "PRON"):
                return fold(root.text)
        phrase = re.split(r"\b(?:of|for|at|in|with|from|on|to|who|that|which|by)\b", self.text[start:end])[0]
        words = tokens_of(phrase)
        return words[-1].folded if words else tokens[-1].folded

    def _is_name(self, tokens: list[Token]) -> bool:
        bare = [t for t in tokens if t.folded not in ("the", "of", "for", "and", "a", "an", "in", "on")]
        return bool(bare) and all(t.capital or t.text[0].isdigit() for t in bare) and bare[0].folded not in PRONOUNS

    def _by_part(self, tokens: list[Token]) -> Character | None:
        """A name that the scan of the text did not find in this place: by its last word, where only one bears it."""
        last = tokens[-1].folded
        bearers = [c for c in self.cast.people() if c.parsed and last in (c.parsed.surname, c.parsed.words[0])]
        return bearers[0] if len(bearers) == 1 else None

    def _owner_of_saying(
        self, start: int, tokens: list[Token], noun: str
    ) -> tuple[SpeakerName, Character | None] | None:
        """ "Her statement", "Trump's tweet", "the RCMP statement": whoever's it is speaks."""
        if noun not in _SAYINGS and noun not in ("report", "study", "survey", "data", "figures", "poll"):
            return None
        first = tokens[0]
        if noun not in _SAYINGS and first.folded in ("his", "her", "their", "its"):
            return None
        if first.folded in ("his", "her", "their", "its"):
            return self._pronoun(first.folded, start, first.text)
        owner = [
            m for m in self.cast.within(start, tokens[-1].end) if m.character is not None and m.end < tokens[-1].end
        ]
        if owner and tokens[-1].folded == noun and owner[-1].end >= tokens[-1].start - 3:
            return self._mentioned(owner[-1])
        return None

    def _person_described(
        self, start: int, end: int, tokens: list[Token], noun: str, definite: bool
    ) -> tuple[SpeakerName, Character | None]:
        written = self.text[start:end]
        gender: Gender | None = "f" if noun in FEMALE_NOUNS else "m" if noun in MALE_NOUNS else None
        owned = tokens[0].folded in ("his", "her", "their", "its", "my", "our")
        words = {ABBREVIATIONS.get(t.folded, t.folded) for t in tokens} - {"the", "a", "an", "of", "for"}
        if definite or owned or tokens[0].possessive:
            bearers = [
                (self._fit(c, noun, words, start), c)
                for c in self.cast.people()
                if gender is None or c.gender in (gender, None)
            ]
            fitting = sorted((pair for pair in bearers if pair[0] > 0), key=lambda pair: -pair[0])
            if fitting and (len(fitting) == 1 or fitting[0][0] > fitting[1][0] + 0.5):
                return self._of(fitting[0][1]), fitting[0][1]
            if not fitting and definite and not re.search(r"\b(?:of|for|at|who)\b", written):
                best = rank(self.cast, start, gender, self.said)
                near = best and any(
                    self.cast.paragraph_of(start) - m.paragraph <= 2 for m in best.character.mentions if m.end <= start
                )
                if best and near and best.share >= 0.8:
                    return self._of(best.character), best.character
            if not fitting and (earlier := self.described.get(noun)) is not None:
                return earlier, None
        if (alias := _CALLED.search(written)) is not None:
            return SpeakerName(alias.group(1), None, True, "person", gender), None
        if (renamed := self._renamed_next(end, gender)) is not None and not owned:
            return self._of(renamed), renamed
        if not definite and not owned and (introduced := self._introduced_after(noun, words, end, gender)) is not None:
            return self._of(introduced), introduced
        stands_for = not definite and noun in _SPEAKS_FOR and bool(re.search(r"\b(?:for|of)\b|['’]s ", written))
        named = SpeakerName(written, None, stands_for, "person", gender)
        self.described.setdefault(noun, named)
        return named, None

    def _renamed_next(self, end: int, gender: Gender | None) -> Character | None:
        """ "The tax commissioner says ...", and the next paragraph opens "Kevin Sullivan says": news agencies' way.

        Only a person never named before, without a role of their own there, followed by a word of speech.
        """
        here = self.cast.prose_ordinal(end - 1)
        opening = [m for m in self.cast.mentions if m.start > end and m.start in self._openings and m.character]
        for mention in opening[:1]:
            character = mention.character
            behind = [t.folded for t in tokens_of(self.text, mention.end, mention.end + 16)][:1]
            fits = character is not None and character.full and character.mentions[0] is mention and not character.roles
            if fits and set(behind) & SPEECH_VERBS and self.cast.prose_ordinal(mention.start) == here + 1:
                return character if character and (gender is None or character.gender in (gender, None)) else None
        return None

    def _introduced_after(self, noun: str, words: set[str], end: int, gender: Gender | None) -> Character | None:
        """ "A spokeswoman for Hillary Clinton says ...": the Clinton spokeswoman whom the next two paragraphs name first."""
        here = self.cast.prose_ordinal(end - 1)
        found = []
        for character in self.cast.people():
            if gender is not None and character.gender not in (gender, None):
                continue
            if not character.mentions or character.mentions[0].start < end or not character.full:
                continue
            if not 1 <= self.cast.prose_ordinal(character.mentions[0].start) - here <= 2:
                continue
            inside = [
                {ABBREVIATIONS.get(t.folded, t.folded) for t in tokens_of(r.text)}
                for r in character.roles
                if r.head == noun
            ]
            if any(len(words & held) >= 2 for held in inside):
                found.append(character)
        return found[0] if len(found) == 1 else None

    def _fit(self, character: Character, noun: str, words: set[str], offset: int) -> float:
        """How well a character's roles fit a description: the head noun must; each other word and nearness add."""
        noun = ABBREVIATIONS.get(noun, noun)
        best = 0.0
        for role in character.roles:
            if role.head != noun:
                continue
            inside = {ABBREVIATIONS.get(w, w) for w in (t.folded for t in tokens_of(role.text))}
            best = max(best, 1 + len(words & inside) - 0.2 * len(words - inside))
        if best <= 0:
            return 0
        before = [m for m in character.mentions if m.end <= offset]
        gap = self.cast.paragraph_of(offset) - before[-1].paragraph if before else 6
        return best + max(0.0, 2 - 0.5 * gap)

    def _place_meant(self, offset: int, noun: str) -> Character | None:
        """ "The city" after "the city of Phoenix"."""
        found = list(re.finditer(rf"\b{noun} of [A-Z]\w+(?: [A-Z]\w+)?", self.text[:offset], re.I))
        found = [m for m in found if m.group().rsplit("of ", 1)[1][0].isupper()]
        names = {fold(m.group()) for m in found}
        return Character(found[-1].group(), "organisation") if len(names) == 1 else None

    def _organisation_meant(self, offset: int, noun: str, tokens: list[Token]) -> Character | None:
        """The organisation that "the agency" means: one with that word in its name, or described by it, or the last one."""
        words = {t.folded for t in tokens} - {"the", "this", "that"}
        if noun in ("city", "state", "county", "town", "province", "village") and len(words) == 1:
            return self._place_meant(offset, noun)
        before = [
            m
            for m in self.cast.before(offset)
            if m.character is not None and m.character.form == "organisation" and not m.quoted
        ]
        seen: list[Character] = []
        for mention in reversed(before):
            if mention.character is not None and mention.character not in seen:
                seen.append(mention.character)
        for character in seen:
            named = character.mentions[0].words
            before_of = named[: named.index("of")] if "of" in named else named
            if before_of and words <= set(named) and len(named) > len(words) and before_of[-1] == noun:
                return character
        if noun not in _GENERIC_ORGS:
            return None
        for character in seen[:4]:
            described = r",? (?:is |was )?(?:an?|the|one of the) (?:[\w\-’',]+ ){0,6}" + re.escape(noun) + r"\b"
            if any(re.match(described, self.text[m.end : m.end + 120]) for m in character.mentions):
                return character
        here = self.cast.paragraph_of(offset)
        beside = [c for c in seen if any(m.paragraph == here and m.end <= offset and not m.quoted for m in c.mentions)]
        if len(beside) == 1:
            return beside[0]
        if len(words) > 1:
            return None
        counts = sorted((len(c.mentions) for c in self.cast.organisations()), reverse=True)
        if seen and len(counts) > 1 and counts[0] >= 3 * counts[1] and counts[0] >= 4:
            return next((c for c in seen if len(c.mentions) == counts[0]), None)
        near = [c for c in seen if any(here - m.paragraph <= 2 and m.end <= offset for m in c.mentions)]
        spoke = self.last is not None and self.last[2] in near
        if spoke and self.last is not None:
            return self.last[2]
        return near[0] if len(near) == 1 else None


def name_speakers(parsed: ParsedArticle, attributions: Sequence[Attribution]) -> list[SpeakerName | None]:
    """Resolve each attribution's speaker, within its article, to the fullest name and the role that the article gives.

    Args:
        parsed: the article with its parsed paragraphs; unparsed ones are read for names too.
        attributions: in any order.

    Returns:
        One name for each attribution, in the order given; None where there is no speaker and none to go on from.
        Where the words could not be tied to a name, ``resolved`` is false and the name is the speaker as written.
        Every name and role is made of the article's own words (its text, headline or byline).
    """
    resolver = Resolver(parsed, [a.speaker for a in attributions if a.speaker])

    def place(index: int) -> tuple[int, int]:
        attribution = attributions[index]
        content = attribution.content[0][0]
        return (attribution.speaker[0] if attribution.speaker else content, content)

    names: list[SpeakerName | None] = [None] * len(attributions)
    for index in sorted(range(len(attributions)), key=place):
        names[index] = resolver.name(attributions[index])
    return names
