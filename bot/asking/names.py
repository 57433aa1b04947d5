"""From a name as a reader types it to the speakers of the archive: lower case, misspelt, a surname, a title, an
acronym.

``SpeakerNames`` is built once from the speakers table and asked many times. A question is read word by word against
dictionaries; only a word that fits nothing is compared with the known surnames, by single-edit neighbourhoods (the
symmetric-delete idea of SymSpell), so the time does not grow with the number of speakers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from data.model import Span
from data.speakers.across import SpeakerRow, acronym
from data.speakers.first_names import FIRST_NAMES, first_name_gender, same_first_name
from data.speakers.lexicon import (
    ABBREVIATIONS,
    HONORIFICS,
    NOT_IN_NAMES,
    ORG_NOUNS,
    PARTICLES,
    PLACES,
    REGAL,
    ROLE_NOUNS,
    SENTENCE_OPENERS,
    Gender,
)
from data.speakers.mentions import Token, tokens_of
from data.speakers.spelling import PersonName, is_title, person_name, words_of

How = Literal["name", "surname", "first name", "acronym", "role", "spelling"]

ORDINARY_SURNAMES = frozenset(
    """
    young brown white black green gray grey bush price rice long short king cook rose may will case court church hill
    field fields woods wood stone rich love hope day march summer winter frost snow rain power powers bank banks park
    parks lake rivers waters house bishop pope major judge marshall hunter fisher baker carter gates wells falls reed
    reid ford grant mark bill art drew chase chance faith grace joy fair best good strong wise sharp swift savage bright
    early late first last north south east west england france german english french irish scott welsh holland
    gold silver diamond steel irons glass bell ball bond book paper page read reader writer speaker little small large
    high low deal trade tax law laws justice peace war battle fight strike bullock wall gray hall rooms room street
    lane bridge ring cross lamb fox wolf bear lion bird crow hawk drake swan fish cod pike salmon berry cherry rush
    moss heath dale glen marsh meadows brooks forest rock cliff sands shore beach moon star sun sky frank earnest
    noble duke earl prince knight squire abbot monk friar dean mayor chamber chambers tower towers castle hood
    cash money dollar penny nichols pack crew case cases rally poll polls vote voters means gray walker porter
    carpenter mason
    miller taylor smith butler page foreman shepherd farmer potter weaver tanner turner driver rider ryder barber
    hand hands head legg foot armstrong sweet bitter moody meek gay jolly self person man men child children
    friend guest lord ladd pool poole wade wash webb camp campus post cotton velvet silk straw barley beans oats
    pepper sage basil olive ginger root rose bush branch leaf flowers flood floods storm gale hale
    nation state county city town village union vale health care field nelson said sad mad dick bob pat rod pitt
    mercy trust pride angel christian jesus victoria georgia florence paris china israel jordan
    """.split()  # noqa: SIM905
)
"""Surnames and first names that are ordinary words or places too: in lower case, they name nobody by themselves."""

BODY_SHARE = 0.25
"""A one-word organisation that is quoted less than this share as often as a person of that name is not meant."""

_ASKING = frozenset(
    """what who when where why how which did do does said say says tell told think thinks about ask asked quote
    quotes quoted
    statement statements comment comments talk talked claim claimed argue argued show find list give any ever latest
    news story article articles word words view views opinion position call called write wrote tweet tweeted respond
    responded react reacted warn warned promise promised deny denied accuse accused describe described announce
    announced
    according regarding concerning people person someone anyone everybody everyone""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Match:
    """A speaker that a typed name may mean. ``score`` runs from 0 to 100; ``how`` says what agreed."""

    key: int
    name: str
    score: float
    how: How
    statements: int = 0


@dataclass(frozen=True, slots=True)
class NameMention:
    """A speaker named inside a question: where, and who it may be, the likeliest first.

    Without candidates it is a name that the archive does not know; ``nearest`` are then the names most like it.
    """

    span: Span
    text: str
    candidates: tuple[Match, ...]
    nearest: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class _Speaker:
    key: int
    name: str
    form: str
    statements: int
    parsed: PersonName | None

    @property
    def gender(self) -> Gender | None:
        return first_name_gender(self.parsed.given[0]) if self.parsed and self.parsed.given else None


class SpeakerNames:
    """The speakers of an archive, ready to be matched. Immutable: build a new one when the speakers change."""

    def __init__(
        self,
        rows: Iterable[SpeakerRow],
        *,
        roles: Mapping[int, Iterable[str]] | None = None,
        ordinary: Callable[[str], bool] | None = None,
    ) -> None:
        """Index the speakers.

        Args:
            rows: the speakers table. A row merged into another lends it its spellings.
            roles: the roles of speakers by key ("Oklahoma Attorney General"), for questions that name a role.
            ordinary: tells whether a folded word is an ordinary word of the archive's language: such a word is taken
                for a surname only where it is capitalised, titled or follows a first name.
        """
        table = {row.key: row for row in rows}
        self._speakers: dict[int, _Speaker] = {}
        self._ordinary = ordinary or (lambda _: False)
        self._phrases: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self._longest: dict[str, int] = defaultdict(int)
        self._surnames: dict[str, set[int]] = defaultdict(set)
        self._firsts: dict[str, set[int]] = defaultdict(set)
        self._acronyms: dict[str, set[int]] = defaultdict(set)
        self._roles: dict[str, set[tuple[int, frozenset[str]]]] = defaultdict(set)
        self._deletes: dict[str, set[str]] = defaultdict(set)
        added: dict[int, int] = defaultdict(int)
        for row in table.values():
            if row.merged_into is not None and row.merged_into in table:
                added[_final(table, row.key)] += row.statements
        for row in table.values():
            key = _final(table, row.key)
            if key == row.key:
                parsed = person_name(row.name) if row.form == "person" else None
                speaker = _Speaker(key, row.name, row.form, row.statements + added[key], parsed)
                self._speakers[key] = speaker
        for row in table.values():
            key = _final(table, row.key)
            if key in self._speakers:
                for spelling in {row.name, *row.aliases}:
                    self._add(key, spelling)
        for key, texts in (roles or {}).items():
            if key in table:
                for text in texts:
                    words = frozenset(_role_words(words_of(text)))
                    for word in words & ROLE_NOUNS:
                        self._roles[word].add((_final(table, key), words))
        for surname in self._surnames:
            if len(surname) >= 5:
                for short in _deletions(surname):
                    self._deletes[short].add(surname)
        self._spellings = [(" ".join(phrase), phrase) for phrase in self._phrases]
        self._choices = [spelling for spelling, _ in self._spellings]

    def _add(self, key: int, spelling: str) -> None:
        words = tuple(words_of(spelling))
        if not words:
            return
        speaker = self._speakers[key]
        if words[0] in ("the", "a", "an") and len(words) > 1:
            words = words[1:]
        if speaker.form == "person":
            parsed = speaker.parsed if spelling == speaker.name else person_name(spelling)
            if parsed is None or any(word in SENTENCE_OPENERS for word in parsed.words[:1]):
                return
            if parsed.given:
                self._phrase((*parsed.words, parsed.suffix) if parsed.suffix else parsed.words, key)
                bare = tuple(w for w in parsed.given[1:] if w in PARTICLES)
                self._phrase((parsed.given[0], *bare, parsed.surname), key)
                self._surnames[parsed.surname].add(key)
                self._firsts[parsed.given[0]].add(key)
                if bare:
                    self._phrase((*bare, parsed.surname), key)
            elif not is_title(parsed.surname):
                self._surnames[parsed.surname].add(key)
                if not REGAL.isdisjoint(parsed.titles):
                    self._phrase(words, key)  # "Pope Anselm" is the whole name, and no Mr. Anselm's surname
            return
        self._phrase(words, key)
        initials = acronym(spelling)
        if len(initials) > 2:
            self._acronyms[initials].add(key)

    def _phrase(self, words: tuple[str, ...], key: int) -> None:
        self._phrases[words].add(key)
        self._longest[words[0]] = max(self._longest[words[0]], len(words))

    # -- a name typed by itself

    def match(self, typed: str, *, limit: int = 5) -> list[Match]:
        """The speakers that a typed name may mean, the likeliest first.

        Args:
            typed: a name, surname, title and surname, acronym, role, in any case, misspelt or not.
            limit: how many at most.
        """
        words = words_of(typed)
        if not words:
            return []
        if words[0] in ("the", "a", "an") and len(words) > 1:
            words = words[1:]
        found: dict[int, Match] = {}
        for match in [*self._by_words(words), *self._by_role(words)]:
            if match.key not in found or found[match.key].score < match.score:
                found[match.key] = match
        if not found or max(match.score for match in found.values()) < 80:
            for match in self._by_spelling(words, limit):
                found.setdefault(match.key, match)
        ranked = sorted(found.values(), key=lambda match: (-match.score, -match.statements, match.key))
        return ranked[:limit]

    def _by_words(self, words: Sequence[str]) -> list[Match]:
        exact = self._phrases.get(tuple(words), set())
        if len(words) == 1:
            exact = self._bodies(words[0])
        found = [self._match(key, 100, "name") for key in exact]
        found += [self._match(key, 92, "acronym") for key in self._acronyms.get("".join(words), ()) if key not in exact]
        parsed = person_name(" ".join(words))
        if parsed is None:
            return found
        if parsed.given:
            for key in self._surnames.get(parsed.surname, ()):
                other = self._speakers[key].parsed
                same = other and other.given and same_first_name(parsed.given[0], other.given[0])
                if same and key not in exact and other and (parsed.suffix in (None, other.suffix)):
                    found.append(self._match(key, 95, "name"))
            return found
        return found + self._by_surname(parsed, self._told(parsed.titles))

    def _bodies(self, word: str) -> set[int]:
        """The organisations of that one word; none where it is rather the surname of somebody quoted far more often:
        "Trump" on its own, misread for a body once or twice, is no body."""
        bodies = self._phrases.get((word,), set())
        people = max(self._quoted(self._surnames, word), self._quoted(self._firsts, word))
        return {key for key in bodies if self._speakers[key].statements >= BODY_SHARE * people}

    def _quoted(self, bearers: Mapping[str, set[int]], word: str) -> int:
        """The statements of the most quoted bearer of a surname, or of a first name."""
        return max((self._speakers[key].statements for key in bearers.get(word, ())), default=0)

    def _told(self, titles: Sequence[str]) -> Gender | None:
        return next((gender for title in titles if (gender := HONORIFICS.get(title))), None)

    def _by_surname(self, parsed: PersonName, gender: Gender | None) -> list[Match]:
        """The bearers of a surname (or of a first name), shares of their statements as scores."""
        found: list[Match] = []
        if not self._rather_first(parsed.surname):
            found = self._shared(self._surnames.get(parsed.surname, ()), "surname", gender, parsed)
        if not found:
            found = self._shared(self._firsts.get(parsed.surname, ()), "first name", gender, parsed)
        return found

    def _rather_first(self, word: str) -> bool:
        """True for a word that is known as a surname, but far better as somebody's first name ("Hillary")."""
        return self._quoted(self._surnames, word) < BODY_SHARE * self._quoted(self._firsts, word)

    def _shared(self, keys: Iterable[int], how: How, gender: Gender | None, parsed: PersonName) -> list[Match]:
        bearers = [self._speakers[key] for key in keys]
        bearers = [s for s in bearers if gender is None or s.gender in (gender, None)]
        if parsed.suffix:
            bearers = [s for s in bearers if s.parsed and s.parsed.suffix == parsed.suffix]
        offices = {ABBREVIATIONS.get(title, title) for title in parsed.titles} - set(HONORIFICS)
        full = [s for s in bearers if s.parsed and s.parsed.given] or bearers
        total = sum(s.statements for s in full) or 1
        top = 90 if how == "surname" else 80
        found = []
        for speaker in bearers:
            share = speaker.statements / total if speaker in full else 0
            held = offices and any(key == speaker.key for office in offices for key, _ in self._roles.get(office, ()))
            found.append(self._match(speaker.key, min(99, 40 + (top - 40) * min(1, share) + (10 if held else 0)), how))
        return sorted(found, key=lambda match: -match.score)

    def _by_role(self, words: Sequence[str]) -> list[Match]:
        wanted = frozenset(_role_words(words))
        nouns = wanted & ROLE_NOUNS
        if not nouns or not self._roles:
            return []
        holders: dict[int, int] = defaultdict(int)
        for noun in nouns:
            for key, held in self._roles.get(noun, ()):
                if wanted <= held:
                    holders[key] += 1
        total = sum(self._speakers[key].statements for key in holders) or 1
        return [self._match(key, 50 + 35 * self._speakers[key].statements / total, "role") for key in holders]

    def _by_spelling(self, words: Sequence[str], limit: int) -> list[Match]:
        """Names spelt much like the typed one, by rapidfuzz; a misspelt surname too."""
        typed = " ".join(words)
        found: dict[int, Match] = {}
        for _, score, position in process.extract(
            typed, self._choices, scorer=fuzz.ratio, score_cutoff=78, limit=3 * limit
        ):
            for key in self._phrases[self._spellings[position][1]]:
                if key not in found:
                    found[key] = self._match(key, score * 0.9, "spelling")
        parsed = person_name(typed)
        if parsed and not parsed.given:
            for surname in self._near(parsed.surname):
                for match in self._shared(self._surnames[surname], "spelling", self._told(parsed.titles), parsed):
                    if match.key not in found:
                        found[match.key] = self._match(match.key, match.score * 0.85, "spelling")
        return list(found.values())

    def _near(self, word: str) -> list[str]:
        """Known surnames within one edit of a word of five letters or more (two edits from nine on)."""
        if len(word) < 5:
            return []
        near = set()
        for short in {word, *_deletions(word)}:
            near |= self._deletes.get(short, set())
            if short in self._surnames:
                near.add(short)
        most = 2 if len(word) >= 9 else 1
        return sorted((s for s in near if OSA.distance(word, s) <= most), key=lambda s: OSA.distance(word, s))

    def _match(self, key: int, score: float, how: How) -> Match:
        speaker = self._speakers[key]
        return Match(key, speaker.name, round(score, 1), how, speaker.statements)

    # -- names inside a question

    def mentions(self, question: str) -> list[NameMention]:
        """The speakers named in a question, in order; the question may be all in lower case.

        The longest reading wins: "Donald Trump Jr." before "Donald Trump" before "Trump". A surname after a first name
        that is not its bearer's ("Melania Trump" where only Donald is known) is an unknown name, not its bearer.
        """
        tokens = tokens_of(question)
        cased = any(token.capital for token in tokens[1:])
        found: list[NameMention] = []
        position = 0
        while position < len(tokens):
            taken, mention = self._mention_at(question, tokens, position, cased)
            if mention is not None:
                found.append(mention)
            position += taken
        return found

    def _mention_at(self, question: str, tokens: list[Token], at: int, cased: bool) -> tuple[int, NameMention | None]:
        for read in (self._phrase_at, self._titled_at, self._first_name_at, self._single_at):
            length, candidates, nearest = read(tokens, at, cased)
            if length:
                span = tokens[at].start, tokens[at + length - 1].end
                return length, NameMention(span, question[slice(*span)], tuple(candidates), tuple(nearest))
        return 1, None

    def _phrase_at(self, tokens: list[Token], at: int, _cased: bool) -> tuple[int, list[Match], list[Match]]:
        """A full name, or an organisation's name of several words, letter for letter."""
        first = tokens[at].folded
        for length in range(min(self._longest.get(first, 0), len(tokens) - at), 1, -1):
            keys = self._phrases.get(tuple(token.folded for token in tokens[at : at + length]))
            if keys:
                matches = sorted((self._match(key, 100, "name") for key in keys), key=lambda m: -m.statements)
                return length, matches, []
        return 0, [], []

    def _titled_at(self, tokens: list[Token], at: int, _cased: bool) -> tuple[int, list[Match], list[Match]]:
        """A title and a surname, or a full name with a title before it: "senator cruz", "Mrs. Clinton"."""
        length = 0
        while at + length < len(tokens) - 1 and is_title(tokens[at + length].folded) and length < 3:
            length += 1
        if not length:
            return 0, [], []
        inner, candidates, nearest = self._phrase_at(tokens, at + length, _cased)
        if inner:
            return length + inner, candidates, nearest
        surname = tokens[at + length].folded
        if surname not in self._surnames or (surname in SENTENCE_OPENERS and not tokens[at + length].capital):
            return 0, [], []
        titles = tuple(token.folded for token in tokens[at : at + length])
        candidates = self._shared(
            self._surnames[surname], "surname", self._told(titles), PersonName(titles, (), surname, None)
        )
        return (length + 1, candidates, []) if candidates else (0, [], [])

    def _first_name_at(self, tokens: list[Token], at: int, cased: bool) -> tuple[int, list[Match], list[Match]]:
        """A first name and a surname that together are no spelling of the archive: a nickname, a typo, or unknown."""
        token = tokens[at]
        if at + 1 >= len(tokens) or token.folded not in FIRST_NAMES or token.possessive:
            return 0, [], []
        following = tokens[at + 1]
        if (
            following.folded in SENTENCE_OPENERS | _ASKING | NOT_IN_NAMES
            or len(following.folded) < 3
            or following.text[0].isdigit()
        ):
            return 0, [], []
        if token.folded in ORDINARY_SURNAMES and not (token.capital and following.capital):
            return 0, [], []
        if cased and not (token.capital and following.capital):
            return 0, [], []
        matches = self._by_words([token.folded, following.folded])
        if not matches:
            for surname in self._near(following.folded):
                matches += [m for m in self._by_words([token.folded, surname]) if m.how == "name"]
            matches = [Match(m.key, m.name, m.score * 0.9, "spelling", m.statements) for m in matches]
        if matches:
            return 2, sorted(matches, key=lambda m: (-m.score, -m.statements)), []
        if not cased and (self._ordinary(following.folded) or following.folded in ROLE_NOUNS | ORG_NOUNS):
            return 0, [], []
        if following.folded in self._surnames or cased or following.folded not in ORDINARY_SURNAMES:
            nearest = self._by_spelling([token.folded, following.folded], 3)
            nearest += [m for m in self._shared_by(following.folded) if m.key not in {n.key for n in nearest}]
            return 2, [], sorted(nearest, key=lambda m: -m.score)[:3]
        return 0, [], []

    def _shared_by(self, surname: str) -> list[Match]:
        return self._shared(self._surnames.get(surname, ()), "surname", None, PersonName((), (), surname, None))

    def _single_at(self, tokens: list[Token], at: int, cased: bool) -> tuple[int, list[Match], list[Match]]:
        """One word: a surname, an organisation, an acronym, a first name of one speaker; or a misspelt surname."""
        token = tokens[at]
        word = token.folded
        if word in SENTENCE_OPENERS | NOT_IN_NAMES and not (token.capital and at):
            return 0, [], []
        if word in _ASKING or len(word) < 2:
            return 0, [], []
        plain = (word in ORDINARY_SURNAMES or self._ordinary(word)) and not (token.capital and at > 0)
        organisations = [self._match(key, 100, "name") for key in self._bodies(word)]
        if organisations and not (plain and word in ORG_NOUNS):
            return 1, organisations, []
        if word in self._acronyms and (token.acronym or not plain):
            return 1, [self._match(key, 92, "acronym") for key in self._acronyms[word]], []
        if plain:
            return 0, [], []
        if (
            word in self._surnames
            and not (word in ROLE_NOUNS and not token.capital)
            and not (word in FIRST_NAMES and self._rather_first(word))
        ):
            matches = self._shared_by(word)
            if matches:
                return 1, matches, []
        if word in self._firsts and word in FIRST_NAMES and (token.capital or not cased):
            matches = self._shared(self._firsts[word], "first name", None, PersonName((), (), word, None))
            if matches and matches[0].score >= 68:
                return 1, matches, []
        if (token.capital or not cased) and word not in PLACES | ROLE_NOUNS | ORG_NOUNS:
            for surname in self._near(word):
                matches = [
                    Match(m.key, m.name, round(m.score * 0.8, 1), "spelling", m.statements)
                    for m in self._shared_by(surname)
                ]
                if matches and matches[0].statements >= 3:
                    return 1, matches, []
        return 0, [], []


def match(typed: str, rows: Iterable[SpeakerRow]) -> list[Match]:
    """``SpeakerNames(rows).match(typed)``, for a single look-up."""
    return SpeakerNames(rows).match(typed)


def _final(table: Mapping[int, SpeakerRow], key: int) -> int:
    """The speaker that a key stands for after all merges; a circle of merges ends where it began."""
    seen = {key}
    while (into := table[key].merged_into) is not None and into in table and into not in seen:
        seen.add(into)
        key = into
    return key


def _role_words(words: Iterable[str]) -> list[str]:
    small = {"the", "a", "an", "of", "for", "in", "at", "and", "s"}
    return [ABBREVIATIONS.get(word, word) for word in words if word not in small]


def _deletions(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}
