"""The cast of an article: the people and organisations that its text names, each with its mentions, roles and gender.

A mention is a name as it stands in the text. Mentions are grouped into characters: full names by their spelling, bare
surnames and first names by the full names that the article gives.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from data.model import Article, Span
from data.speakers import roles
from data.speakers.characters import Character, Mention, fuller, same
from data.speakers.evidence import (
    PERSON,
    Evidence,
    bare_words,
    is_headline,
    name_begins,
    quoted_spans,
)
from data.speakers.first_names import FIRST_NAMES
from data.speakers.lexicon import (
    DEMONYMS,
    FEMALE_PRONOUNS,
    FIELDS,
    GENERATIONS,
    GROUP_NOUNS,
    HONORIFICS,
    MALE_PRONOUNS,
    NOT_PEOPLE,
    ORG_NOUNS,
    OUTLETS,
    PARTICLES,
    PLACES,
    REGAL,
    ROLE_NOUNS,
    WEAK_FIRST,
    Gender,
)
from data.speakers.mentions import Run, Token, longer_organisation, tokens_of
from data.speakers.occupations import is_occupation
from data.speakers.organisations import Organisations, looks_like_one
from data.speakers.spelling import PersonName, is_title, person_name

if TYPE_CHECKING:
    from spacy.tokens import Doc

_LED = re.compile(r"-(?:led|controlled|backed|based|owned|run|majority)$")
_TICKER = re.compile(r" \([A-Z]{1,5}\)")
_PROGRAMMES = frozenset({"show", "podcast", "program", "programme"})


class Cast:
    """The people and organisations of one article, in the order of their mentions."""

    def __init__(self, article: Article, docs: Mapping[int, Doc] | None = None, speakers: Iterable[Span] = ()) -> None:
        """Read the article's text, headline and, where parsed, the entity labels of its paragraphs.

        ``speakers`` are spans of speakers as written: a name that speaks is likelier a person's.
        """
        self.article = article
        self.text = article.text
        self.starts = [start for start, _ in article.paragraphs]
        self.docs = docs or {}
        self.mentions: list[Mention] = []
        self._people: list[Character] = []
        self._firms = Organisations(article.text)
        self.quotes = [quoted_spans(self.text, start, end) for start, end in article.paragraphs]
        self._bearers: dict[str, list[Character]] = defaultdict(list)
        self._inner: dict[str, list[Character]] = defaultdict(list)
        self._evidence = Evidence(article, self.docs, speakers)
        self._prose = [0]
        for tokens in self._evidence.tokens:
            self._prose.append(self._prose[-1] + bool(tokens))
        self._collect()
        self.mentions.sort(key=lambda mention: mention.start)
        self._positions = [mention.start for mention in self.mentions]
        self._vote()

    def paragraph_of(self, offset: int) -> int:
        """The ordinal of the paragraph that holds an offset, or of the last one before it."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def within(self, start: int, end: int) -> list[Mention]:
        """The mentions that overlap a span of the text, in order."""
        first = bisect_left(self._positions, start)
        while first > 0 and self.mentions[first - 1].end > start:
            first -= 1
        last = bisect_left(self._positions, end)
        return [mention for mention in self.mentions[first:last] if mention.end > start]

    def before(self, offset: int) -> list[Mention]:
        """The mentions that end before an offset, in order."""
        return [m for m in self.mentions[: bisect_left(self._positions, offset)] if m.end <= offset]

    def prose_ordinal(self, offset: int) -> int:
        """The ordinal of a paragraph among those that hold words: lone full stops between them don't count."""
        return self._prose[min(self.paragraph_of(offset) + 1, len(self._prose) - 1)]

    def is_quoted(self, offset: int) -> bool:
        """Whether an offset lies inside quotation marks."""
        if not self.starts:
            return False
        return any(start < offset < end for start, end in self.quotes[self.paragraph_of(offset)])

    # -- reading the text

    def _collect(self) -> None:
        """Read the runs twice: first full names and organisations, then the bare names that they explain."""
        evidence = self._evidence
        leftovers: list[tuple[int, Run, int]] = []
        taken = 0
        for ordinal, run in evidence.runs:
            if run.start < taken:
                continue
            if evidence.opened_by_verb(ordinal, run):
                run = Run(run.tokens[1:], False)
            cut = name_begins(run)
            name = run.tokens[cut:]
            label = evidence.label(ordinal, run.end)
            if (len(run.tokens) == 1 and evidence.begins_organisation(run)) or self._partners(run):
                taken = self._add_organisation(ordinal, run, label)
            elif label != "ORG" and evidence.names_a_group(run):
                continue
            elif len(bare_words(name)) > 1 and evidence.person(ordinal, run, cut, label) >= PERSON:
                self._add_person(ordinal, run, cut)
            elif len(bare_words(name)) == 1 and not (cut and name[-1].folded in ORG_NOUNS):
                leftovers.append((ordinal, run, cut))
            else:
                taken = self._add_organisation(ordinal, run, label)
        self._read_headline()
        for character in self.people():
            character.tell_gender()
        for ordinal, run, cut in leftovers:
            self._add_single(ordinal, run, cut, evidence.label(ordinal, run.end))

    def _mention(
        self, ordinal: int, tokens: tuple[Token, ...], title: tuple[str, ...], end: int | None = None
    ) -> Mention:
        start = tokens[0].start
        last = tokens[-1]
        if end is None and last.folded in ("jr", "sr") and self.text[last.end : last.end + 1] == ".":
            end = last.end + 1
        mention = Mention(
            start,
            end or last.end,
            tuple(token.folded for token in tokens),
            title,
            ordinal,
            any(s < start < e for s, e in self.quotes[ordinal]),
            last.possessive,
        )
        mention.subject = self._is_subject(mention)
        self.mentions.append(mention)
        return mention

    def _is_subject(self, mention: Mention) -> bool:
        doc = self.docs.get(mention.paragraph)
        if doc is None:
            before = self.text[max(0, mention.start - 2) : mention.start]
            return mention.start == self.starts[mention.paragraph] or before in (". ", '" ', "” ", "? ", "! ")
        offset = self.starts[mention.paragraph]
        span = doc.char_span(mention.start - offset, mention.end - offset, alignment_mode="expand")
        if span is None or not len(span):
            return False
        if span.root.dep_ in ("nsubj", "nsubjpass"):
            return True
        # "Rep. Odile Brack (D-Me.), chairwoman of the panel, said" and "The chairwoman, Odile Brack, said": the small
        # model takes either for the head.
        word = span.root
        while word.dep_ in ("appos", "compound", "nmod", "dep", "npadvmod", "amod") and word.head is not word:
            word = word.head
        between = self.text[offset + span.end_char : offset + word.idx]
        apart = span.root.dep_ == "appos" or "," in between or "(" in between
        if word.dep_ not in ("nsubj", "nsubjpass") or mention.possessive or not apart:
            return False  # "the Falk aide said"
        begins = mention.start - offset - sum(len(title) + 2 for title in mention.title)
        named = span.root.dep_ == "appos" and span.root.head is word and is_occupation(word.lower_)
        return named or doc[word.left_edge.i].idx >= begins

    def _add_person(self, ordinal: int, run: Run, cut: int) -> None:
        cut = self._fused(run, cut)
        name = run.tokens[cut:]
        mention = self._mention(ordinal, name, tuple(token.folded for token in run.tokens[:cut]))
        spelling = self.text[mention.start : mention.end]
        parsed = person_name(" ".join(token.text for token in name))
        bearers = self._bearers.get(parsed.surname, []) if parsed else []
        character = next((c for c in bearers if parsed and c.parsed and same(c.parsed, parsed)), None)
        if character is None and parsed and (titled := self._titled(parsed)) is not None:
            mention.title, mention.words = (*mention.title, mention.words[0]), mention.words[1:]
            self._attach(mention, titled, run, cut + 1)
            return
        if character is None:
            character = self._new_person(spelling, parsed)
        elif parsed and character.parsed and fuller(parsed, character.parsed):
            if self._only_called(mention, character) and parsed.given[0] != character.parsed.words[0]:
                self._attach(mention, character, run, cut)
                return
            character.name, character.parsed = spelling, parsed
            self._index(character)
        self._attach(mention, character, run, cut)

    def _fused(self, run: Run, cut: int) -> int:
        """Where the name begins in "Falk Slams Ned Harrow", a headline run into the text that names Ned Harrow."""
        words = [token.folded for token in run.tokens]
        strong = (
            len(words) - cut > 2 and words[-2] in FIRST_NAMES - WEAK_FIRST and tuple(words[-2:]) in self._evidence.pairs
        )
        before = words[cut:-2]
        if strong and len(before[0]) > 1 and not set(before) & (FIRST_NAMES | PARTICLES) and run.tokens[-1].capital:
            return len(words) - 2
        return cut

    def _titled(self, name: PersonName) -> Character | None:
        """ "Dean Marsh" is "Vikram Marsh, the dean": an office that is a first name too, before a known surname."""
        if len(name.given) != 1 or not is_title(name.given[0]):
            return None
        holders = [c for c in self._bearers.get(name.surname, []) if any(r.head == name.given[0] for r in c.roles)]
        return holders[0] if len(holders) == 1 else None

    def _only_called(self, mention: Mention, character: Character) -> bool:
        """Whether somebody's quotation alone has the longer name: "Crooked Ines Falk" is what he called her."""
        return mention.quoted and any(not m.quoted and len(m.words) > 1 for m in character.mentions)

    def _new_person(self, name: str, parsed: PersonName | None) -> Character:
        character = Character(name, "person", parsed)
        self._people.append(character)
        self._index(character)
        return character

    def _index(self, character: Character) -> None:
        """File a person under the words by which a bare mention may call them: surname and first name."""
        if character.parsed:
            for word in {character.parsed.surname, character.parsed.words[0]}:
                if character not in self._bearers[word]:
                    self._bearers[word].append(character)
            for word in character.parsed.given[1:]:
                if len(word) > 2 and word not in PARTICLES and character not in self._inner[word]:
                    self._inner[word].append(character)

    def _attach(self, mention: Mention, character: Character, run: Run, cut: int) -> None:
        mention.character = character
        character.mentions.append(mention)
        if character.form == "person" and not mention.ambiguous:
            tokens = self._evidence.tokens[mention.paragraph]
            paragraph = self.article.paragraphs[mention.paragraph]
            found = roles.of_mention(self.text, tokens, paragraph, mention.start, mention.end, run.tokens[:cut])
            character.roles.extend(kept for role in found if (kept := self._nominal(role, mention)) is not None)

    def _nominal(self, role: roles.Role, mention: Mention) -> roles.Role | None:
        """A role without the clause that the commas did not part from it; None where a verb comes before its head.

        In front of a name a verb leaves none: "As the president spoke, Crane left".
        """
        ordinal = mention.paragraph
        doc = self.docs.get(ordinal)
        if doc is None or role.weight == 2:
            return role
        offset = self.starts[ordinal]
        span = doc.char_span(role.start - offset, role.start - offset + len(role.text), alignment_mode="contract")
        verb = next((w for w in span or () if w.tag_ in ("VBD", "VBZ", "VBP", "MD") and w.dep_ != "relcl"), None)
        if verb is None:
            return role
        if role.start < mention.start:
            return None
        text = role.text[: verb.idx + offset - role.start].rstrip(" ,")
        return roles.Role(text, role.start, role.weight, role.head) if roles.head_of(text) == role.head else None

    def _add_organisation(self, ordinal: int, run: Run, label: str | None) -> int:
        """Add an organisation's name that begins with a run; returns where it ends."""
        words = [token.folded for token in run.tokens]
        if label == "PERSON" and not any(w in ORG_NOUNS for w in words) and not self._evidence.organisation_before(run):
            cut = name_begins(run)
            self._add_person(ordinal, run, cut)
            return run.end
        if all(word in PLACES | DEMONYMS for word in words):
            return run.end
        while len(run.tokens) > 2 and _LED.search(run.tokens[0].folded):
            run = Run(run.tokens[1:], False)  # "the Democratic-led Senate Finance Committee"
        start, limit = run.start, self.article.paragraphs[ordinal][1]
        end = run.end
        heads = {"center", "centre", "department", "office", "ministry", "university", "institute", "bank", "board"}
        named = any(w in ORG_NOUNS or w in heads for w in words) or label == "ORG" or self._partners(run)
        if not run.possessive and named:
            end = longer_organisation(self.text, run.end, limit)
        mention = self._mention(ordinal, run.tokens, (), end)
        begin = self._evidence.joined_before(run) if named else None
        if begin is not None and not any(begin < m.end for m in self.mentions[-4:-1] if m.paragraph == ordinal):
            mention.start = start = begin
        self._name_organisation(mention, self.text[start:end])
        return end

    def _name_organisation(self, mention: Mention, name: str) -> None:
        self._firms.name(mention, name, self._evidence.tokens[mention.paragraph])

    def _partners(self, run: Run) -> bool:
        """ "Procter & Gamble": capitalised words joined by "&" are a firm, unless they are first names of a couple."""
        joined = not run.possessive and re.match(r" & [A-Z]", self.text[run.end : run.end + 4]) is not None
        return joined and run.tokens[0].folded not in FIRST_NAMES and name_begins(run) == 0

    def _read_headline(self) -> None:
        """A headline gives fullness only: "Jon Husted" there names the "Husted" of the text."""
        lines = [
            self.text[start:end]
            for (start, end), ts in zip(self.article.paragraphs, self._evidence.tokens, strict=True)
            if is_headline(ts)
        ]
        # "The Rachel Maddow Show": a programme is called after its host.
        shows = [
            self.text[run.start : run.end] for _, run in self._evidence.runs if run.tokens[-1].folded in _PROGRAMMES
        ]
        for line in [self.article.title or "", *lines, *shows]:
            self._read_names_of(line)

    def _read_names_of(self, title: str) -> None:
        known = {m.words[-1] for m in self.mentions} | {
            t.folded for ts in self._evidence.tokens for t in ts if t.capital
        }
        tokens = tokens_of(title)
        for first, last, after in zip(tokens, tokens[1:], [*tokens[2:], None], strict=False):
            gap = " "
            if last.folded in PARTICLES and after is not None:
                gap, last = f" {last.text} ", after  # "Marine Le Pen"
            if title[first.end : last.start] != gap or not (first.capital and last.capital) or first.possessive:
                continue
            if first.folded not in FIRST_NAMES or first.folded in WEAK_FIRST or last.folded not in known:
                continue
            parsed = person_name(title[first.start : last.end])
            if last.folded in PLACES | DEMONYMS | ORG_NOUNS | ROLE_NOUNS or parsed is None:
                continue
            if any(c.parsed and c.parsed.surname == last.folded for c in self.people()):
                continue
            self._new_person(title[first.start : last.end], parsed)

    def _add_single(self, ordinal: int, run: Run, cut: int, label: str | None) -> None:
        name = run.tokens[cut:]
        token = bare_words(name)[-1] if bare_words(name) else name[-1]
        word = token.folded
        title = tuple(t.folded for t in run.tokens[:cut])
        gender = next((HONORIFICS[t] for t in title if HONORIFICS.get(t)), None)
        suffix = next((t.folded for t in name if t.folded in GENERATIONS), None)
        bearers = self._bearers.get(word, [])
        holders = self._holders(word, gender, suffix)
        if title and not holders and set(title) <= FIELDS:
            return  # "Education Reform": a field is no title by itself
        if not holders and cut and len(name) == len(bare_words(name)) and run.tokens[cut - 1].folded in REGAL:
            name = run.tokens[cut - 1 :]
        if holders and (not token.acronym or len(word) > 4):
            mention = self._mention(ordinal, name, title)
            character, sure = self._choose(holders, mention, word)
            mention.ambiguous = not sure
            self._attach(mention, character, run, cut)
            return
        if not holders and token.acronym and len(word) > 1 and not title:
            mention = self._mention(ordinal, name, ())
            if (full := self._firms.spelt_out(token) or self._firms.newsroom(word)) is not None:
                self._firms.give(mention, full)
            else:
                self._name_organisation(mention, self.text[mention.start : mention.end])
            return
        if (
            word in DEMONYMS
            or (word in PLACES and not title)
            or (is_title(word) and not any(t in HONORIFICS for t in title))
        ):
            return
        if not title and self._evidence.only_opens(ordinal, run):
            return
        if word in GROUP_NOUNS - FIRST_NAMES - NOT_PEOPLE and not any(t in HONORIFICS for t in title):
            return  # "senior Democrats"
        if not title and (clipped := self._firms.clipped(token.text)) is not None:
            self._firms.give(self._mention(ordinal, name, ()), clipped)
            return
        if (word in OUTLETS or self._evidence.organisation_before(run)) and not title:
            self._name_organisation(self._mention(ordinal, name, ()), token.text)
            return
        # "Education Reform": a field is no title by itself.
        honoured = any(
            t in HONORIFICS or (is_title(t) and t not in FIELDS) for t in title
        ) or self._evidence.role_before(ordinal, run, cut)
        labels = self._evidence.labels_of.get(word, [])
        people = labels.count("PERSON") >= max(1, 0.6 * len(labels))
        speaks = word in self._evidence.speaking and label not in ("ORG", "GPE", "NORP")
        firm = _TICKER.match(self.text, token.end) or (looks_like_one(token.text) and word not in FIRST_NAMES)
        person = honoured or (
            not (firm and label != "PERSON")
            and word not in self._evidence.with_article
            and word not in self._evidence.lower
            and (speaks or people)
        )
        if not person and word not in FIRST_NAMES and not run.possessive:
            if label == "ORG" or word in ORG_NOUNS or looks_like_one(token.text):
                mention = self._mention(ordinal, name, ())
                longer = self._firms.ending_with(word, mention) or self._firms.starting_with(word)
                if longer is not None:
                    self._firms.give(mention, longer)
                else:
                    self._name_organisation(mention, self.text[mention.start : mention.end])
            elif not run.opens_sentence and label not in ("GPE", "LOC", "NORP", "DATE"):
                longer = self._firms.starting_with(word)
                if longer is not None:
                    self._firms.give(self._mention(ordinal, name, ()), longer)
            return
        if not person and word in WEAK_FIRST:
            return
        mention = self._mention(ordinal, name, title)
        alike = [
            c
            for c in bearers
            if not c.full and c.parsed and c.parsed.surname == word and not (gender and c.gender not in (gender, None))
        ]
        if alike:
            self._attach(mention, alike[0], run, cut)
            return
        company = self._firms.called(word, len(labels), people) if not honoured else None
        if company is not None:
            self._firms.give(mention, company)
            return
        character = self._new_person(self.text[mention.start : mention.end], person_name(token.text))
        self._attach(mention, character, run, cut)
        character.tell_gender()

    def _holders(self, word: str, gender: Gender | None, suffix: str | None) -> list[Character]:
        """The people known by a full name whom a bare name may mean."""
        holders = [c for c in self._bearers.get(word, []) if c.full]
        if not holders and len(self._inner[word]) == 1:
            holders = self._inner[word]  # "Ms. Acosta" after "Melba Acosta Febo": the first of two surnames
        holders = [c for c in holders if not suffix or c.parsed is None or c.parsed.suffix in (suffix, None)]
        if len(holders) == 1 and not suffix and self._elder_untold(holders[0], word):
            return []
        if not gender:
            return holders
        told = [c for c in holders if c.gender == gender]
        # Where both "Mr." and "Ms." Khan are spoken of, who is neither by name may be either: no guess, unless the
        # other one is told apart.
        untold = [c for c in holders if c.gender is None]
        couple = len(self._evidence.titled[word]) > 1
        return told or (untold if not couple or (len(untold) == 1 and len(holders) > 1) else [])

    def _choose(self, holders: list[Character], mention: Mention, word: str) -> tuple[Character, bool]:
        """Which of several bearers of a name a bare mention means, and whether the text leaves no doubt."""
        by_surname = [c for c in holders if c.parsed and c.parsed.surname == word]
        # A first name that is somebody else's surname is read as the surname, unless nobody bears it as one.
        candidates = by_surname or holders
        if len(candidates) == 1:
            return candidates[0], True
        elders = [c for c in candidates if c.parsed and c.parsed.suffix != "jr"]
        if len(elders) == 1 and len({c.parsed.given[0] for c in candidates if c.parsed}) == 1:
            return elders[0], True  # "Falk" beside "Tor Falk" and "Tor Falk Jr."
        full = [(m.start, c) for c in candidates for m in c.mentions if len(m.words) > 1 and not m.quoted]
        here = [(s, c) for s, c in full if self.paragraph_of(s) == mention.paragraph and s < mention.start]
        if len({id(c) for _, c in here}) == 1:
            return here[0][1], True
        if (headlined := self._headlined(candidates, full, mention)) is not None:
            return headlined, True
        counts = sorted(candidates, key=lambda c: -len(c.mentions))
        if len(counts[0].mentions) >= 3 * max(1, len(counts[1].mentions)):
            return counts[0], True
        earlier = [(s, c) for s, c in full if s < mention.start]
        if earlier:
            offset, latest = max(earlier, key=lambda pair: pair[0])
            others = [mention.paragraph - self.paragraph_of(s) for s, c in earlier if c is not latest]
            gap = mention.paragraph - self.paragraph_of(offset)
            return latest, gap <= 3 and min(others, default=99) > gap + 3
        return counts[0], False

    def _elder_untold(self, character: Character, word: str) -> bool:
        """Whether "Falk" may be the father of the one "Tor Falk Jr.": it stands there before the son is named."""
        if character.parsed is None or character.parsed.suffix != "jr":
            return False
        first = min((m.start for m in character.mentions if len(m.words) > 1), default=0)
        before = self._evidence.tokens[: self.paragraph_of(first) + 1]
        return any(t.capital and t.folded == word and t.start < first for tokens in before for t in tokens)

    def _headlined(
        self, bearers: list[Character], full: list[tuple[int, Character]], mention: Mention
    ) -> Character | None:
        """Which of several bearers the headline names in full, or first: the text calls that one by the surname.

        Unless the two paragraphs before speak of another one only.
        """
        title = " ".join(["", *(token.folded for token in tokens_of(self.article.title or "")), ""])
        places = {c.name: title.find(f" {c.parsed.words[0]} {c.parsed.surname} ") for c in bearers if c.parsed}
        named = sorted((c for c in bearers if places.get(c.name, -1) >= 0), key=lambda c: places[c.name])
        if not named:
            return None
        near = [c for start, c in full if start < mention.start and mention.paragraph - self.paragraph_of(start) <= 2]
        return named[0] if not near or named[0] in near else None

    # -- gender

    def _vote(self) -> None:
        for character in self.people():
            character.tell_gender()
        for ordinal, tokens in enumerate(self._evidence.tokens):
            self._vote_by_pronouns(ordinal, tokens)

    def _vote_by_pronouns(self, ordinal: int, tokens: list[Token]) -> None:
        """One vote for the only person named in a paragraph so far, by each unquoted "he" or "she" after it."""
        start, end = self.article.paragraphs[ordinal]
        people = [m for m in self.within(start, end) if m.character and m.character.form == "person" and not m.quoted]
        if not people:
            return
        for token in tokens:
            told: Gender | None = (
                "m" if token.folded in MALE_PRONOUNS else "f" if token.folded in FEMALE_PRONOUNS else None
            )
            if told is None or any(s < token.start < e for s, e in self.quotes[ordinal]):
                continue
            before = [m for m in people if m.end <= token.start]
            named = {id(m.character): m.character for m in before}
            if all(map(self._shared, before)):
                continue  # "Falk said she", of a Mr. and a Ms. Falk, tells nothing of either
            if len(named) == 1 and (only := next(iter(named.values()))) is not None:
                only.votes[told] += 1

    def _shared(self, mention: Mention) -> bool:
        """Whether a bare surname is borne by several people of the article."""
        return len(mention.words) == 1 and sum(c.full for c in self._bearers.get(mention.words[0], ())) > 1

    def people(self) -> Iterable[Character]:
        """The characters that are people."""
        return self._people

    def bearers(self, surname: str) -> list[Character]:
        """The people whom the article gives by full names with a folded surname."""
        return [c for c in self._people if c.full and c.parsed and c.parsed.surname == surname]

    def organisations(self) -> Iterable[Character]:
        """The characters that are organisations."""
        return self._firms.all
