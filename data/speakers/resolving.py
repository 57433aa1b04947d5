"""From a speaker as written to the fullest name that the article gives it.

What the words are decides the way: a name, a pronoun, a role ("the minister"), an organisation ("the agency"), a
document, a group, or nothing at all (a quotation that goes on without naming its speaker again).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from data.model import Attribution, Span, SpeakerName
from data.speakers.antecedents import SURE, Said, Sought, disjoint, likelier, rank
from data.speakers.bearers import by_own_pronoun, speaking_bearer
from data.speakers.beside import named_behind, pronoun_subject
from data.speakers.byline import sole_author
from data.speakers.cast import Cast
from data.speakers.characters import Character, Mention
from data.speakers.descriptions import (
    ANY_PERSON,
    elder_meant,
    fit,
    introduced_after,
    introduced_unnamed,
    legislators,
    named_after_lead,
    organisation_meant,
    pair_before,
    party_member,
    place_near,
    plural_subject,
    proper_words,
    renamed_next,
    seats,
    subject_since,
)
from data.speakers.heads import and_others, full_person, heads
from data.speakers.interviews import behind_initials, initials_before, interviewed, turn_of
from data.speakers.lexicon import (
    ABBREVIATIONS,
    COUNTRIES,
    DEMONYMS,
    DOCUMENT_NOUNS,
    FEMALE_NOUNS,
    FEMALE_PRONOUNS,
    FIRST_PLURAL,
    FIRST_PRONOUNS,
    GENERIC_ORGS,
    GROUP_NOUNS,
    LEADS,
    MALE_NOUNS,
    MALE_PRONOUNS,
    OFFICES,
    ORG_NOUNS,
    PLACES,
    PLURAL_PRONOUNS,
    PRONOUNS,
    RELATIVE_PRONOUNS,
    ROLE_NOUNS,
    SAYINGS,
    SENTENCE_OPENERS,
    SPEAKS_FOR,
    Gender,
)
from data.speakers.mentions import Token, tokens_of
from data.speakers.occupations import is_occupation
from data.speakers.owners import introduced_group, issuer, kin_meant, owned, runs
from data.speakers.phrases import (
    AFTER_PRONOUN,
    brand,
    description_ends,
    head_noun,
    name_behind_role,
    opens_series,
    trimmed,
    unarticled,
)

if TYPE_CHECKING:
    from spacy.tokens import Token as Word

    from data.statements.parsing import ParsedArticle

_CALLED = re.compile(
    r"(?:named|called|identified (?:only )?as|using the (?:pseudonym|name)|known as|nicknamed) "
    r"[“\"']?([A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*)"
)
_DEFINITE = re.compile(r"(?:the|this|that|these|those|both)\s", re.I)
_REPLY = re.compile(r"(?:replied|answered|responded|retorted|countered|shot back|fired back)\b", re.I)
_GOES_ON = re.compile(r"\b(?:added|adds|continued|continues|concluded|(?:went|goes) on)\b", re.I)
_ASKED = re.compile(r"(?:when )?(?:asked|pressed|questioned)(?: about)?", re.I)
_ANYBODY = frozenset(
    {"resident", "professor", "student", "veteran", "teacher", "farmer", "artist", "author", "musician", "owner"}
    | {"candidate", "nominee", "host"}
)
"""Nouns of ``OFFICES`` that somebody with another role may be called as well."""
_RUN_BY = frozenset({"office", "campaign", "team", "staff", "family", "lawyers", "attorneys", "aides", "advisers"})
"""What "the governor's" is told by the governor's name."""
_IN_BUSINESS = frozenset({"businessman", "businesswoman", "billionaire", "mogul", "tycoon", "investor", "entrepreneur"})
"""Nouns of ``OFFICES`` that a candidate may be called, but hardly a senator."""

_FREE_REACH = 2
"""Paragraphs back that a quotation without a speaker may go on from."""


class Resolver:
    """Names the speakers of one article, in the order of the text: each one named helps with the next."""

    def __init__(self, parsed: ParsedArticle, speakers: Iterable[Span] = ()) -> None:
        """``speakers`` are the spans of the article's speakers as written."""
        self.cast = Cast(parsed.article, parsed.docs, speakers)
        self.described: dict[str, list[SpeakerName]] = {}
        self.cue = ""
        self.content: tuple[Span, ...] = ()
        self.indirect: tuple[Span, ...] = ()
        self.docs = parsed.docs
        self.text = parsed.article.text
        self.said: list[Said] = []
        self.last: tuple[Span, SpeakerName, Character | None] | None = None

    def name(self, attribution: Attribution) -> SpeakerName | None:
        """Name the speaker of the next attribution; None where there is no speaker and none to go on from."""
        anchor = attribution.speaker or attribution.content[0]
        character: Character | None = None
        if self._was_asked(attribution):
            return None
        if attribution.speaker is None:
            named, character = self._continued(attribution)
        else:
            self.hear(attribution)
            named, character = self._spoken(attribution.speaker)
        if named is not None:
            if character is not None and character.form == "person":
                self.said.append(Said(anchor[0], self.cast.paragraph_of(anchor[0]), character))
            reach = (min(anchor[0], attribution.content[0][0]), max(anchor[1], attribution.content[-1][1]))
            self.last = (reach, named, character)
        return named

    def hear(self, attribution: Attribution) -> None:
        """Take in what the next attribution says, in quotation marks and without, before its speaker is sought."""
        quoted = [self.text[start] in "\"“”'‘«„`" for start, _ in attribution.content]
        self.content = tuple(span for span, marks in zip(attribution.content, quoted, strict=True) if marks)
        self.indirect = tuple(span for span, marks in zip(attribution.content, quoted, strict=True) if not marks)
        self.cue = self.text[slice(*attribution.cue)] if attribution.cue else ""

    def _was_asked(self, attribution: Attribution) -> bool:
        """ "Asked whether it would do, Mr. Marsh shot back": the question is somebody else's, whom nobody names."""
        if attribution.speaker is None or attribution.cue is None:
            return False
        asked = _ASKED.fullmatch(self.text[slice(*attribution.cue)].strip()) is not None
        first, last = attribution.content[0][0], attribution.content[-1][1]
        return asked and attribution.cue[1] <= first and last <= attribution.speaker[0]

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
        if (pronoun := pronoun_subject(self.cast, since, start)) is not None:
            return self._pronoun(pronoun.folded, pronoun.start, pronoun.text)
        if (named := named_behind(self.cast, attribution.content[-1][1])) is not None:
            return self._mentioned(named)
        if self.last is None or attribution.kind == "indirect" or not self._stands_free(attribution):
            return None, None
        here = self.cast.prose_ordinal(attribution.content[0][0])
        before = self.cast.prose_ordinal(max(0, self.last[0][1] - 1))
        if here - before > _FREE_REACH:
            return None, None
        return self.last[1], self.last[2]

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

    # -- a speaker as written

    def _spoken(self, span: Span) -> tuple[SpeakerName, Character | None]:
        if (firm := brand(self.text, span)) is not None and not any(map(full_person, self.cast.within(*span))):
            return SpeakerName(firm, None, True, "organisation"), None
        start, end = trimmed(self.text, span)
        written = self.text[start:end]
        tokens = tokens_of(self.text, start, end)
        if not tokens:
            return SpeakerName(written or self.text[span[0] : span[1]]), None
        words = [token.folded for token in tokens]
        if written in ("A", "Q"):
            return interviewed(self.cast, written, start) or (SpeakerName(written, None, False, "group"), None)
        if (behind := behind_initials(self.cast, written, start)) is not None:
            return behind
        if words[0] in PRONOUNS and set(words[1:]) <= AFTER_PRONOUN:
            return self._pronoun(words[0], start, written)
        if (elder := elder_meant(self.cast, tokens)) is not None:
            return self._of(elder), elder
        root = self._root(start, end)
        named = heads(self.cast, start, end, tokens)
        others = and_others(self.text, named[-1].end, end) if named else None
        if len(named) > 1 or others:
            return self._several(named, others)
        if named:
            bearer = by_own_pronoun(self.cast, named[0], self.indirect)
            return (self._of(bearer), bearer) if bearer else self._mentioned(named[0])
        found, character = self._described(start, end, tokens, root)
        return self._with_owner(found, start, tokens), character

    def _with_owner(self, found: SpeakerName, start: int, tokens: list[Token]) -> SpeakerName:
        """ "His campaign" by its owner, "Ned Harrow's campaign", where it is clear whose and nothing better is."""
        word = tokens[0].folded
        end = start + len(found.name)  # a clause behind it may be cut
        if found.resolved or found.name != self.text[start:end] or len(tokens) < 2:
            return found
        if word in ("his", "her"):
            # Unlike "he", "his" may be whom the clause goes on to name: "His campaign said that Falk ...".
            sought = Sought(start, "m" if word == "his" else "f", self.content, self.indirect)
            best = rank(self.cast, sought, self.said)
            if best is None or best.share < SURE:
                return found
            owner = self._of(best.character)
            if not runs(self.cast, best.character, start, self.text[tokens[1].start : end]):
                return found
        elif word in ("its", "their"):
            owner, _ = self._thing_meant(word, start, tokens[0].text)
            if not owner.resolved or owner.form != "organisation":
                return found
        elif (holder := self._holder(start, tokens)) is not None:
            owner, tokens = holder
        else:
            return found
        # Not resolved, as little as "Ned Harrow's campaign" is where the article writes that.
        return SpeakerName(owned(owner.name, self.text[tokens[1].start : end]), None, False, found.form, found.gender)

    def _holder(self, start: int, tokens: list[Token]) -> tuple[SpeakerName, list[Token]] | None:
        """Who the governor of "the governor's office" is, where that is clear, and the words from the governor on."""
        at = next((n for n, token in enumerate(tokens[:-1]) if token.possessive), 0)
        office = tokens[at].folded
        if not at or tokens[0].folded != "the" or not is_occupation(office) or office in _ANYBODY or tokens[at].capital:
            return None
        if tokens[-1].folded not in _RUN_BY:
            return None
        lead = tokens[: at + 1]
        owner, _ = self._person_described(start, tokens[at].end, lead, tokens[at].folded, True)
        return (owner, tokens[at:]) if owner.resolved and owner.form == "person" else None

    def _root(self, start: int, end: int) -> Word | None:
        """The syntactic head of a span, where its paragraph was parsed."""
        ordinal = self.cast.paragraph_of(start)
        doc = self.docs.get(ordinal)
        if doc is None:
            return None
        offset = self.cast.starts[ordinal]
        span = doc.char_span(start - offset, end - offset, alignment_mode="expand")
        return span.root if span is not None and len(span) else None

    def _several(self, named: list[Mention], others: str | None = None) -> tuple[SpeakerName, Character | None]:
        """People who speak together, each by the full name; ``others`` are those without a name."""
        names = [m.character.name for m in named if m.character is not None] + ([others] if others else [])
        listed = " and ".join([", ".join(names[:-1]), names[-1]])
        return SpeakerName(listed, None, all(not m.ambiguous for m in named), "group"), None

    def _mentioned(self, mention: Mention) -> tuple[SpeakerName, Character | None]:
        character = mention.character
        if mention.ambiguous and (speaks := speaking_bearer(self.cast, mention, self.said)) is not None:
            return self._of(speaks), speaks
        if character is None or mention.ambiguous:
            return SpeakerName(self.text[mention.start : mention.end]), None
        return self._of(character), character

    def _of(self, character: Character) -> SpeakerName:
        """A person known by a surname or a first name only is not resolved: the article says no more of who it is."""
        known = character.form != "person" or character.full or " " in character.name
        return SpeakerName(character.name, character.role, known, character.form, character.gender)

    # -- pronouns

    def _pronoun(self, word: str, offset: int, written: str) -> tuple[SpeakerName, Character | None]:
        if word in MALE_PRONOUNS or word in FEMALE_PRONOUNS:
            return self._person_meant(offset, "m" if word in MALE_PRONOUNS else "f", written)
        if word in RELATIVE_PRONOUNS:
            named = [m for m in self.cast.before(offset) if m.end >= offset - 3 and m.character is not None]
            if named:
                return self._mentioned(named[-1])
            earlier = self.text[max(0, offset - 200) : offset].rstrip(" ,")
            phrase = re.search(
                r"\b(?:the|an?|one|some|many|those|[A-Z]\w+)\b(?!.*\b(?:the|an?|one|some|many|those)\b)[^,.;:“”\"]*$",
                earlier,
            )
            if phrase and offset - len(phrase.group()) >= 0:
                begin = max(0, offset - 200) + phrase.start()
                return self._spoken((begin, begin + len(phrase.group())))
            return SpeakerName(written), None
        if word in FIRST_PRONOUNS and not self.cast.is_quoted(offset):
            return self._author_or_turn(offset, written)
        if word in ("it", "its", "itself") or word in PLURAL_PRONOUNS or word in FIRST_PLURAL:
            return self._thing_meant(word, offset, written)
        return SpeakerName(written, None, False, "group" if word in GROUP_NOUNS else "person"), None

    def _author_or_turn(self, offset: int, written: str) -> tuple[SpeakerName, Character | None]:
        """ "I" outside quotation marks: whose turn it is in a transcript, elsewhere the one author."""
        label = turn_of(self.cast, offset)
        if label in ("A", "Q"):
            return interviewed(self.cast, label, offset) or (SpeakerName(written), None)
        if label is not None:
            person = self._by_part(tokens_of(label))
            return (self._of(person), person) if person else (SpeakerName(written), None)
        author = sole_author(self.cast.article.author)
        return (SpeakerName(author, None, True), None) if author else (SpeakerName(written), None)

    def _person_meant(self, offset: int, gender: Gender | None, written: str) -> tuple[SpeakerName, Character | None]:
        if (unnamed := self._unnamed_goes_on(offset, gender)) is not None:
            return unnamed, None
        best = rank(self.cast, self.sought(offset, gender), self.said)
        if best is None or best.share < SURE:
            return SpeakerName(written, None, False, "person", gender), best.character if best else None
        if gender is not None and best.character.gender is None:
            best.character.votes[gender] += 1
        return self._of(best.character), best.character

    def _unnamed_goes_on(self, offset: int, gender: Gender | None) -> SpeakerName | None:
        """ "He added" after "a spokesman for President Falk said", in one paragraph: he is the spokesman.

        "They added" goes on with "one senior official" too: then ``gender`` is None.
        """
        if self.last is None:
            return None
        reach, named, character = self.last
        if character is not None or named.form != "person" or (gender and named.gender not in (gender, None)):
            return None
        here = self.cast.paragraph_of(offset)
        words = tokens_of(named.name)
        # "The former ambassador" is somebody whom the article names; "an official" is not.
        one = bool(words) and (words[0].folded in ("a", "an", "one", "another") or words[0].folded in SPEAKS_FOR)
        one = one or (not named.resolved and len(words) == 2 and words[1].folded in ANY_PERSON)
        one = one and any(w.folded in ANY_PERSON or is_occupation(w.folded) for w in words)  # no "thorough examination"
        if (
            not one
            or (words[0].folded in PRONOUNS and len(words) == 1)
            or self.cast.paragraph_of(reach[0]) != here
            or reach[0] > offset
        ):
            return None
        between = [
            m
            for m in self.cast.within(reach[1], offset)
            if m.subject and not m.quoted and m.character is not None and m.character.form == "person"
        ]
        return None if between else named

    def sought(self, offset: int, gender: Gender | None) -> Sought:
        """A pronoun with what the attribution at hand tells of it."""
        answered = self._answered(offset)
        never = (*disjoint(self.cast, offset, self.indirect), *((answered,) if answered else ()))
        goes_on = _GOES_ON.search(self.cue) is not None
        return Sought(offset, gender, self.content, self.indirect, goes_on, never)

    def _answered(self, offset: int) -> Character | None:
        """Whoever spoke right before "he replied": never the one who replies."""
        if not _REPLY.match(self.cue.strip()) or not self.said:
            return None
        last = self.said[-1]
        return last.character if last.paragraph == self.cast.paragraph_of(offset) and last.offset < offset else None

    def _thing_meant(self, word: str, offset: int, written: str) -> tuple[SpeakerName, Character | None]:
        """ "It" and "they" go on with the organisation, document or group that spoke or is the subject before."""
        here = self.cast.paragraph_of(offset)
        plural = word in PLURAL_PRONOUNS or word in FIRST_PLURAL
        if word in FIRST_PLURAL and (label := initials_before(self.cast, offset)) is not None:
            return behind_initials(self.cast, label, offset) or (SpeakerName(written, None, False, "group"), None)
        if word == "they" and (unnamed := self._unnamed_goes_on(offset, None)) is not None:
            return unnamed, None
        since = self.last[0][1] if self.last else 0
        if self.last is not None and (plural or not subject_since(self.cast, since, offset)):
            reach, named, character = self.last
            near = self.cast.prose_ordinal(offset) - self.cast.prose_ordinal(max(0, reach[1] - 1)) <= 1
            other = named.form == ("group" if word in ("it", "its") else "document")
            if near and named.form != "person" and not other:
                return named, character
        organisations = [
            m
            for m in self.cast.before(offset)
            if m.character is not None and m.character.form == "organisation" and m.paragraph == here and not m.quoted
        ]
        subjects = [m for m in organisations if m.subject]
        if subjects and not plural:
            return self._mentioned(subjects[-1])
        if word in PLURAL_PRONOUNS and (pair := pair_before(self.cast, offset)) is not None:
            return self._several(pair)
        if word in PLURAL_PRONOUNS and (phrase := plural_subject(self.cast, offset)) is not None:
            return self._spoken(phrase)
        return SpeakerName(written, None, False, "group" if plural else "organisation"), None

    # -- descriptions

    def _described(
        self, start: int, end: int, tokens: list[Token], root: Word | None
    ) -> tuple[SpeakerName, Character | None]:
        while len(tokens) > 1 and tokens[0].folded in LEADS - {"the", "a", "an", "both", "former"}:
            tokens = tokens[1:]
            start = tokens[0].start
        if (earlier := description_ends(self.text, tokens[0].end, end)) < end:
            end = earlier
            tokens = tokens_of(self.text, start, end)
        comma = self.text.find(", ", start, end)
        lead = tokens_of(self.text, start, comma) if comma > 0 else []
        if lead and self._is_name(lead) and not opens_series(self.text, lead, comma, end):
            return self._described(start, comma, lead, None)
        written = self.text[start:end]
        base = self.cast.starts[self.cast.paragraph_of(start)] if self.cast.starts else 0
        noun = head_noun(self.text, tokens, root, base, start, end)
        definite = bool(_DEFINITE.match(written))
        if (owner := self._owner_of_saying(start, tokens, noun)) is not None:
            return owner
        if noun in GROUP_NOUNS and noun not in ROLE_NOUNS:
            if definite and len(tokens) <= 2 and noun in self.described:
                return self.described[noun][0], None
            if definite and noun in ("researchers", "scientists") and len(tokens) == 2:
                introduced = introduced_group(self.cast, start)
                written = self.text[slice(*introduced)] if introduced else written
            named = SpeakerName(written, None, False, "group")
            self.described.setdefault(noun, [named])
            return named, None
        written_thing = noun in ("post", "report") and not tokens[-1].capital  # no paper of that name
        if noun in ("country", "nation") and definite and len(tokens) == 2:
            if (country := place_near(self.cast, start, COUNTRIES)) is not None:
                return self._of(country), country
            return SpeakerName(written, None, False, "organisation"), None
        if noun in ORG_NOUNS and noun not in ROLE_NOUNS and not written_thing:
            if (
                definite
                and (found := organisation_meant(self.cast, start, noun, tokens, self.last[2] if self.last else None))
                is not None
            ):
                return self._of(found), found
            return SpeakerName(written, None, self._is_name(tokens), "organisation"), None
        if noun in DOCUMENT_NOUNS and noun not in ROLE_NOUNS:
            if definite and len(tokens) <= 3 and (author := issuer(self.cast, start, noun)) is not None:
                named, character = self._spoken(author)
                if named.resolved or not re.fullmatch(r"[Tt]he [^A-Z]+", named.name):
                    return named, character
            return SpeakerName(written, None, False, "document"), None
        aged = definite and any(token.folded.endswith("-year-old") for token in tokens)
        if noun in ROLE_NOUNS or aged or re.search(r"-year-old$", noun):
            return self._person_described(start, end, tokens, noun, definite)
        if definite and (members := party_member(self.cast, noun, tokens, start)) is not None:
            return self._one_of(members, start, written)
        if (behind := name_behind_role(self.text, tokens)) is not None:
            return SpeakerName(behind, None, " " in behind), None
        if self._is_name(tokens):
            place = all(t.folded in PLACES | DEMONYMS for t in tokens if t.capital)
            if not place and (person := self._by_part(tokens)) is not None:
                return self._of(person), person
            if root is not None and len(tokens) == 1 and root.tag_[:2] in ("VB", "JJ", "RB", "IN", "DT", "WD"):
                return SpeakerName(written, None, False, "group"), None  # a headline's verb: "Spurns offer"
            form: Literal["organisation", "person"]
            name = unarticled(self.text, start, written)
            firm = place or len(tokens) == 1 or noun in ORG_NOUNS or name.startswith("The ")
            form = "organisation" if firm else "person"
            return SpeakerName(name, None, True, form), None
        if (
            noun in GENERIC_ORGS
            and definite
            and (found := organisation_meant(self.cast, start, noun, tokens, self.last[2] if self.last else None))
            is not None
        ):
            return self._of(found), found
        return SpeakerName(written, None, False, "group" if noun.endswith("s") else "person"), None

    def _one_of(self, people: list[Character], start: int, written: str) -> tuple[SpeakerName, Character | None]:
        """The only one of several whom a description fits, else the likeliest by far in its place."""
        if len(people) == 1:
            return self._of(people[0]), people[0]
        best = rank(self.cast, Sought(start), self.said)
        if not people and (seated := legislators(self.cast, start)):
            best = rank(self.cast, Sought(start), self.said, seated)
        if best is None or best.share < (SURE if people else 0.9):
            return SpeakerName(written), None
        if best.character in people or not (people or seats(self.cast, best.character)):
            return self._of(best.character), best.character
        return SpeakerName(written), None

    def _is_name(self, tokens: list[Token]) -> bool:
        bare = [t for t in tokens if t.folded not in ("the", "of", "for", "and", "a", "an", "in", "on")]
        words = [t for t in bare if t.capital]
        opening = all(t.folded in SENTENCE_OPENERS and not t.acronym for t in words)
        known = len(bare) == 1 and self._by_part(tokens) is not None
        if not words or (opening and not known and (len(words) < len(bare) or len(bare) == 1)):
            return False  # "47%", "About 4 in 10", "Amongst"
        capitals = all(t.capital or t.text[0].isdigit() for t in bare)
        return capitals and bare[0].folded not in PRONOUNS

    def _by_part(self, tokens: list[Token]) -> Character | None:
        """A name that the scan of the text did not find in this place: by its last word, where only one bears it."""
        if tokens[-1].acronym:
            return None  # "the U.N." is no Mr. Un
        last = tokens[-1].folded
        bearers = [c for c in self.cast.people() if c.parsed and last in (c.parsed.surname, c.parsed.words[0])]
        return bearers[0] if len(bearers) == 1 else None

    def _owner_of_saying(
        self, start: int, tokens: list[Token], noun: str
    ) -> tuple[SpeakerName, Character | None] | None:
        """ "Her statement", "Trump's tweet", "the RCMP statement": whoever's it is speaks."""
        if noun not in SAYINGS and noun not in ("report", "study", "survey", "data", "figures", "poll"):
            return None
        first = tokens[0]
        if noun not in SAYINGS and first.folded in ("his", "her", "their", "its"):
            return None
        if first.folded in ("his", "her", "their", "its"):
            return self._pronoun(first.folded, start, first.text)
        at = next((n for n, token in enumerate(tokens[:-2]) if token.folded == noun), None)
        if at is not None and noun in SAYINGS and tokens[at + 1].folded in ("from", "by"):
            giver, character = self._spoken((tokens[at + 2].start, tokens[-1].end))
            if giver.resolved and giver.form == "person":
                return giver, character  # "testimony from Ned Harrow"
        owner = [
            m for m in self.cast.within(start, tokens[-1].end) if m.character is not None and m.end < tokens[-1].end
        ]
        poll = next((t for t in tokens if t.folded == noun), None) if noun in ("poll", "survey") else None
        if poll is not None and owner:  # a poll is no word of the newspaper that ordered it
            return SpeakerName(self.text[owner[0].start : poll.end], None, True, "document"), None
        if owner and tokens[-1].folded == noun and owner[-1].end >= tokens[-1].start - 3:
            return self._mentioned(owner[-1])
        return None

    def _person_described(
        self, start: int, end: int, tokens: list[Token], noun: str, definite: bool
    ) -> tuple[SpeakerName, Character | None]:
        written = self.text[start:end]
        gender: Gender | None = "f" if noun in FEMALE_NOUNS else "m" if noun in MALE_NOUNS else None
        if (kin := kin_meant(self.cast, self.said, tokens, noun, gender)) is not None:
            return self._of(kin), kin
        owned = tokens[0].folded in ("his", "her", "their", "its", "my", "our")
        words = {ABBREVIATIONS.get(t.folded, t.folded) for t in tokens} - {"the", "a", "an", "of", "for"}
        if definite or owned or tokens[0].possessive:
            bearers = [
                (fit(self.cast, c, noun, words, start, proper_words(tokens)), c)
                for c in self.cast.people()
                if gender is None or c.gender in (gender, None)
            ]
            fitting = sorted((pair for pair in bearers if pair[0] > 0), key=lambda pair: -pair[0])
            if fitting and (len(fitting) == 1 or fitting[0][0] > fitting[1][0] + 0.5):
                return self._of(fitting[0][1]), fitting[0][1]
            several = [c for _, c in fitting] if not owned and not proper_words(tokens) else []
            if several and (found := likelier(self.cast, several, Sought(start, gender), self.said)) is not None:
                return self._of(found), found
            earlier = self._introduced(noun, words)
            if not fitting and earlier is not None and re.match(r"(?:an?|one|another)\s", earlier.name, re.I):
                return earlier, None  # "the judge" after "a New York judge"
            nobody = noun in ANY_PERSON or introduced_unnamed(self.cast, noun, start)
            proper = proper_words(tokens)
            governing = re.search(r"\b(?:of|for|at|who|to|in|from|with|that|whose)\b", written)
            if not fitting and definite and not nobody and not governing:
                best = rank(self.cast, Sought(start, gender), self.said)
                near = best and any(
                    self.cast.paragraph_of(start) - m.paragraph <= 2 for m in best.character.mentions if m.end <= start
                )
                # "The FBI director" is nobody whom the text gives another office.
                offices = [role for role in best.character.roles if role.weight != 1] if best else []
                others = OFFICES - _ANYBODY if noun in _IN_BUSINESS else OFFICES
                other = noun in OFFICES - _ANYBODY and any(role.head in others for role in offices)
                if (
                    best
                    and near
                    and not other
                    and (best.character.full or noun not in OFFICES - _ANYBODY)
                    and best.share >= (0.8 if not proper else 0.97 if noun in OFFICES - _ANYBODY else 0.9)
                ):
                    return self._of(best.character), best.character
            if not fitting and earlier is not None:
                return earlier, None
        if (alias := _CALLED.search(written)) is not None:
            return SpeakerName(alias.group(1), None, True, "person", gender), None
        if (renamed := renamed_next(self.cast, end, gender)) is not None and not owned:
            return self._of(renamed), renamed
        if (
            not definite
            and not owned
            and (
                introduced := introduced_after(self.cast, noun, words, end, gender)
                or named_after_lead(self.cast, noun, words, end, gender)
            )
            is not None
        ):
            return self._of(introduced), introduced
        stands_for = not definite and noun in SPEAKS_FOR and bool(re.search(r"\b(?:for|of)\b|['’]s ", written))
        named = SpeakerName(written, None, stands_for, "person", gender)
        if not definite or noun not in self.described:
            self.described.setdefault(noun, []).append(named)
        return named, None

    def _introduced(self, noun: str, words: set[str]) -> SpeakerName | None:
        """Whom "the official" takes up: the last one introduced who is described with all of these words, if any."""
        known = self.described.get(noun, [])
        alike = [
            name for name in known if words <= {ABBREVIATIONS.get(t.folded, t.folded) for t in tokens_of(name.name)}
        ]
        return (alike or known)[-1] if known else None


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
