"""The desk: archive, index and encoder behind one object that answers questions. Every shell holds one."""

from __future__ import annotations

import gc
import heapq
import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from bot.asking import watching
from bot.asking.answer import Answer, Citation, Lead, Query, day_of
from bot.asking.answering import Judged, again, answer, judge, led, refuse
from bot.asking.citing import of_statement, passage
from bot.asking.conversation import Conversation, Turn
from bot.asking.names import Match, SpeakerNames
from bot.asking.telling import as_told
from bot.asking.understanding import NEAREST_NAMES, SURE_NAME, Understood, clean, understand
from bot.asking.verbs import kin
from bot.asking.watching import News
from bot.asking.weights import Weights, fitted
from data.archive import Archive, SpeakerRow, StoredArticle
from data.archive.lookups import Lookups
from data.errors import ArchiveError, IndexFault
from data.model import Span
from data.speakers.across import UNRESOLVED, link_surnames
from data.speakers.spelling import words_of
from embeddings import ranking
from embeddings.ranking import Candidate, Wanted
from embeddings.roles import Description, speaks_for, words_in

if TYPE_CHECKING:
    from data.settings import Settings
    from embeddings.encoder import Encoder
    from embeddings.search import Index

_log = logging.getLogger(__name__)

ROLES_KEPT: Final = 6
"""Roles a speaker, the most frequent ones: what somebody is called once may be a slip."""

LIMIT: Final = 3
WATCHED: Final = "What was said about {topic}?"
"""The question that an alert about a topic stands for."""

LIMIT_OF_LIST: Final = 6
"""Citations of an answer where the caller does not say how many."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One speaker: ``statements`` counts what is quoted of them, ``latest`` are their latest words, newest first.

    ``near`` are names like the one asked for where nobody bears it; then ``name`` is empty.
    """

    asked: str
    name: str
    roles: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    statements: int = 0
    first: date | None = None
    last: date | None = None
    latest: tuple[Citation, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One outlet, with its number of articles and of statements found in them."""

    outlet: str
    articles: int
    statements: int


@dataclass(frozen=True, slots=True)
class Context:
    """The paragraphs around a citation, as spans of the article's text, and the span of the statement within them."""

    citation: Citation
    text: str
    paragraphs: tuple[Span, ...]
    statement: Span


@dataclass(frozen=True)
class _State:
    """What is read off the archive once a change, for understanding questions."""

    counter: int
    names: SpeakerNames
    outlets: tuple[str, ...]
    rows: dict[int, SpeakerRow]
    linked: dict[int, int]
    roles: dict[int, str]
    written: dict[str, frozenset[int]]

    @cached_property
    def full_names(self) -> dict[int, str]:
        """Speakers known by a surname only, with the name of the one person whom it means in this archive."""
        return {key: self.rows[bearer].name for key, bearer in self.linked.items() if bearer in self.rows}

    @cached_property
    def _by_role(self) -> dict[str, set[int]]:
        """The words of roles, with the speakers that they are said of."""
        found: dict[str, set[int]] = {}
        for key, roles in self.roles.items():
            for word in words_in(roles):
                found.setdefault(word, set()).add(key)
        return found

    def holders(self, description: str) -> frozenset[int]:
        """Those whom some article gives the role described."""
        return self.members(Description(description).holders(self._by_role))

    def bodies(self, query: Query) -> tuple[str, ...]:
        """Those asked for that are no people: others speak for them."""
        people = {self.rows[key].name for key in query.speaker_keys if self.rows[key].form == "person"}
        return tuple(name for name in query.speakers if name not in people)

    def spoken_for(self, name: str) -> bool:
        """Does somebody quoted have a role with a body of that name ("spokeswoman for Sundfjord Oil")?"""
        held = [self._by_role.get(word, set()) for word in Description(name).terms]
        return bool(held) and any(
            speaks_for("", self.roles[key], [name]) for key in set.intersection(*held) if name in self.roles[key]
        )

    def by_author(self, names: Iterable[str]) -> frozenset[int]:
        """The articles by authors of these names."""
        return frozenset[int]().union(*(self.written.get(" ".join(words_of(name)), frozenset()) for name in names))

    def members(self, keys: Iterable[int]) -> frozenset[int]:
        """The keys with those merged into them, and those of a bare surname that only they bear."""
        every = set(keys)
        for key in keys:
            if key in self.rows:
                every |= self.rows[key].members
        every.update(surname for surname, bearer in self.linked.items() if bearer in every)
        return frozenset(every)


class Desk:
    """Answers questions. Thread-safe: any number of threads may ask at once.

    Args:
        archive, index, encoder: opened by the caller, closed by ``close``.
        weights: what to rank by and when to keep silent; None: what was fitted for the encoder's model.

    Raises:
        ModelError: nothing was.
    """

    def __init__(self, archive: Archive, index: Index, encoder: Encoder, weights: Weights | None = None) -> None:
        self._archive = archive
        self._index = index
        self._encoder = encoder
        self.weights = weights or fitted(encoder.name)
        self._lock = threading.Lock()
        self._behind = ""
        self._state = self._read_state()
        gc.freeze()  # see refresh

    @classmethod
    def open(cls, settings: Settings, weights: Weights | None = None) -> Self:
        """Open the archive and the index that the settings name, and load the model.

        Raises:
            ArchiveError, IndexFault, ModelError: one of them can't be opened.
        """
        from embeddings.encoder import Encoder
        from embeddings.search import Index

        archive = Archive.open(settings.home)
        try:
            encoder = Encoder.from_settings(settings)
            return cls(archive, Index.open(archive, encoder), encoder, weights)
        except BaseException:
            archive.close()
            raise

    @property
    def encoder_name(self) -> str:
        """The model that encodes."""
        return self._encoder.name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the archive and stop the encoder; answers under way may fail."""
        self._encoder.close()
        self._archive.close()

    def refresh(self) -> bool:
        """Take in what changed since: a new generation, removals, corrections. Cheap when nothing did.

        Returns:
            True where something changed.

        Raises:
            ArchiveError, IndexFault: it can't be taken in (the new generation is of another model, say); what was
                served is served on.
        """
        changed = bool(self._index.refresh())
        if self._archive.change_counter() != self._state.counter:
            with self._lock:
                if self._archive.change_counter() != self._state.counter:
                    self._state = self._read_state()
                    # Names and model live as long as the desk: a full collection that walks them stops a question for
                    # a third of a second (measured at 25,000 speakers), and would find nothing to free.
                    gc.freeze()
            changed = True
        return changed

    def _catch_up(self) -> None:
        """``refresh`` before a question. What can't be taken in is logged once, and the question is answered."""
        try:
            self.refresh()
            self._behind = ""
        except (ArchiveError, IndexFault) as error:
            if str(error) != self._behind:
                self._behind = str(error)
                _log.warning("answering from the state before: %s", error)

    def ask(
        self,
        question: str,
        *,
        conversation: Conversation | None = None,
        today: date | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Answer:
        """Answer a question with cited passages, or with a silence that says what there is instead.

        Args:
            question: as typed.
            conversation: what a follow-up refers to; the answer is remembered there.
            today: what "yesterday" is counted from; None: the machine's date.
            limit: citations at most (None: three, six for a list). offset: how many of them to pass over.

        Raises:
            BadQuestion: it is empty, too long, or asks for an impossible day.
        """
        self._catch_up()
        previous = conversation.last if conversation is not None else None
        state = self._state
        understood = self._understood(question, state, today or date.today(), previous)
        with self._archive.snapshot() as reading:
            given = self._answered(understood, state, reading, limit, offset)
            given = _as_told(given, reading)
        if conversation is not None and not understood.chatter:
            conversation.remember(given)
        return given

    def judged(self, understood: Understood) -> list[Candidate]:
        """All candidates for an understood question, ranked: for measuring and fitting."""
        with self._archive.snapshot() as reading:
            return self._ranked(understood, reading, self._state)

    def direct(self, understood: Understood) -> bool:
        """True where no ranking has a part in the answer: a greeting, "when was that?", a speaker's latest words."""
        query = understood.query
        latest = bool(query.speakers) and not query.topic and query.intent in ("what", "other")
        return understood.chatter or understood.refers or latest

    def _ranked(self, understood: Understood, reading: Lookups, state: _State) -> list[Candidate]:
        vector = self._encoder.encode_query(understood.search_text)
        search = self._index.view.search(vector, understood.search_text)
        found = ranking.candidates(search, reading, self._wanted(understood, reading, state))
        return ranking.rank(found, self.weights.ranking)

    def understand(self, question: str, *, today: date, previous: Turn | None = None) -> Understood:
        """Read a question against this archive, without answering it."""
        return self._understood(question, self._state, today, previous)

    @staticmethod
    def _understood(question: str, state: _State, today: date, previous: Turn | None) -> Understood:
        read = understand(question, names=state.names, outlets=state.outlets, today=today, previous=previous)
        known = tuple(name for name, _ in read.query.unknown if state.by_author([name]) or state.spoken_for(name))
        if not known:
            return read
        # quoted nowhere by that name, but the archive has articles of theirs, or the words of their spokespeople
        unknown = tuple(one for one in read.query.unknown if one[0] not in known)
        return replace(read, query=replace(read.query, speakers=(*read.query.speakers, *known), unknown=unknown))

    def _answered(
        self, understood: Understood, state: _State, reading: Lookups, limit: int | None, offset: int
    ) -> Answer:
        query = understood.query
        if limit is None:
            limit = LIMIT_OF_LIST if query.many or query.every else LIMIT
        if understood.chatter:
            name = max(state.rows.values(), key=lambda row: row.statements).name if state.rows else "the mayor"
            return led(Lead("greeting", name=name), Answer(query, (), silence="not-coverage"))
        if self._index.view.paragraphs == 0:
            return led(Lead("empty-archive"), Answer(query, (), silence="empty-archive"))
        if understood.refers and understood.previous is not None:
            return again(understood, understood.previous)
        if self.direct(understood):
            return self._latest_of(understood, state, reading, limit, offset)
        threshold = self.weights.silence
        judged = judge(understood, self._ranked(understood, reading, state), threshold)
        given = answer(understood, judged, threshold, limit=limit, offset=offset)
        if given.silence == "outside-period":
            # what there is at other times is the nearest that can be offered
            anytime = replace(understood, query=replace(query, days=None))
            ranked = self._ranked(anytime, reading, state)
            given = replace(given, nearest=refuse(anytime, judge(anytime, ranked, threshold)).nearest)
        return given

    def _wanted(self, understood: Understood, reading: Lookups, state: _State) -> Wanted:
        query, after = understood.query, None
        names = (*query.speakers, *(name for name, _ in query.unknown))
        if understood.previous is not None and query.follow_up and understood.previous.shown is not None:
            after = _place(reading, understood.previous.shown)
        return Wanted(
            text=understood.search_text,
            speakers=state.members(query.speaker_keys),
            names=names,
            bodies=state.bodies(query),
            described=query.described,
            about=state.members(query.about_keys),
            days=query.days,
            outlets=frozenset(query.outlets) if query.outlets else None,
            when=query.intent == "when",
            verb=understood.verb,
            kin=kin(understood.verb),
            holders=state.holders(query.described) if query.described and not query.speakers else frozenset(),
            roles=state.roles,
            written=state.by_author(names),
            after=after,
            besides=understood.besides,
            linked=state.full_names,
        )

    def _latest_of(self, understood: Understood, state: _State, reading: Lookups, limit: int, offset: int) -> Answer:
        """A speaker's statements, newest first, where no topic narrows them down."""
        query = understood.query
        found = self._statements_of(reading, state.members(query.speaker_keys), understood)
        if not found:
            return refuse(understood, Judged([], [], 0.0))
        shown = tuple(found[offset : offset + limit])
        return led(Lead("newest-first") if len(found) > 1 else None, Answer(query, shown, total=len(found)))

    def _statements_of(
        self, reading: Lookups, keys: frozenset[int], understood: Understood | None = None
    ) -> list[Citation]:
        stored = [one for one in reading.statements(speaker=keys) if one.statement.attribution.speech]
        articles = reading.articles({one.article_key for one in stored})
        found: list[Citation] = []
        for one in stored:
            article = articles.get(one.article_key)
            if article is None:
                continue
            span = article.article.paragraphs[one.statement.paragraph]
            citation = of_statement(one, article, passage(one.statement, span))
            if understood is None or _within(citation, understood.query):
                found.append(citation)
        found.sort(key=lambda one: (day_of(one), one.article, -one.start), reverse=True)
        distinct: dict[tuple[str, int, int], Citation] = {}
        for citation in found:
            distinct.setdefault((citation.article, citation.start, citation.end), citation)
        return list(distinct.values())

    def who(self, name: str, *, latest: int = 3) -> Profile:
        """Who a speaker is: name, roles, how often quoted, from when to when, and their latest words.

        Raises:
            BadQuestion: the name is empty or too long.
        """
        asked = clean(name)
        self._catch_up()
        state = self._state
        matches = state.names.match(asked)
        if not matches or matches[0].score < SURE_NAME:
            return Profile(asked, "", near=tuple(match.name for match in matches[:NEAREST_NAMES]))
        best = matches[0]
        with self._archive.snapshot() as reading:
            found = self._statements_of(reading, state.members({best.key}))
        roles: dict[str, int] = {}
        for one in found:
            if one.speaker_role:
                roles[one.speaker_role] = roles.get(one.speaker_role, 0) + 1
        with self._archive.snapshot() as reading:
            shown = as_told(found[:latest], reading)
        days = sorted(day for one in found if (day := day_of(one)) != date.min)
        return Profile(
            asked,
            best.name,
            tuple(sorted(roles, key=lambda role: -roles[role])[:3]),
            tuple(match.name for match in matches[1:] if match.score >= SURE_NAME),
            len(found),
            days[0] if days else None,
            days[-1] if days else None,
            shown,
        )

    def timeline(self, name: str, topic: str | None = None, *, limit: int = 50) -> list[Citation]:
        """What a speaker said (about a topic), oldest first; empty where nobody bears the name or nothing is found.

        Raises:
            BadQuestion: the name or the topic is empty or too long.
        """
        known = self._known(name)
        if known is None:
            return []
        if topic is None or not topic.strip():
            with self._archive.snapshot() as reading:
                found = self._statements_of(reading, self._state.members({known.key}))
        else:
            found = self._about(f"What did {known.name} say about {clean(topic)}?", limit)
        with self._archive.snapshot() as reading:
            return sorted(as_told(found[:limit], reading), key=day_of)

    def latest(self, topic: str | None = None, *, limit: int = 5) -> list[Citation]:
        """The newest statements (about a topic), newest first.

        Raises:
            BadQuestion: the topic is too long.
        """
        if topic is not None and topic.strip():
            found = self._about(clean(topic), 40)
            return sorted(found, key=day_of, reverse=True)[:limit]
        found = []
        with self._archive.snapshot() as reading:
            articles = {stored.key: stored for stored in _newest(reading)}
            for one in reading.statements(article_keys=articles) if articles else []:
                if one.statement.attribution.speech and one.statement.speaker and one.statement.speaker.resolved:
                    span = articles[one.article_key].article.paragraphs[one.statement.paragraph]
                    found.append(of_statement(one, articles[one.article_key], passage(one.statement, span)))
            found.sort(key=day_of, reverse=True)
            return list(as_told(found[:limit], reading))

    def newest(self) -> int:
        """The mark of what there is now, to ask ``news`` from later on."""
        self._catch_up()
        return watching.newest(self._index.view)

    def news(self, *, speaker: str | None = None, topic: str | None = None, after: int = 0) -> News:
        """Everything that a speaker, or anybody about a topic, says in the articles that came after a mark.

        Args:
            speaker: the name as the archive has it; another spelling is nobody's.
            topic: in place of the speaker, as a reader types it.

        Raises:
            BadQuestion: the topic is empty or too long.
        """
        self._catch_up()
        state, view = self._state, self._index.view
        up_to = max(after, watching.newest(view))
        if up_to == after:
            return News((), after)
        if speaker is not None:
            match = self._known(speaker)
            if match is None or match.name.casefold() != clean(speaker).casefold():
                return News((), up_to)
            with self._archive.snapshot() as reading:
                return News(watching.by_speaker(reading, view, state.members({match.key}), after), up_to)
        understood = self.understand(WATCHED.format(topic=clean(topic or "")), today=date.today())
        vector = self._encoder.encode_query(understood.search_text)
        with self._archive.snapshot() as reading:
            search = view.search(vector, understood.search_text)
            wanted = self._wanted(understood, reading, state)
            found = watching.about(search, reading, wanted, understood, after, self.weights)
            return News(found, up_to)

    def compare(self, names: Sequence[str], topic: str, *, each: int = 3) -> dict[str, list[Citation]]:
        """What several speakers said about a topic: the name as the archive has it to their words, oldest first.

        A name that nobody bears here is kept as given, with an empty list.

        Raises:
            BadQuestion: a name or the topic is empty or too long.
        """
        said: dict[str, list[Citation]] = {}
        for name in names:
            known = self._known(name)
            if known is None:
                said[name] = []
                continue
            found = self._about(f"What did {known.name} say about {clean(topic)}?", each)
            said[known.name] = sorted(found, key=day_of)
        return said

    def sources(self) -> list[Source]:
        """The outlets, the one with the most articles first."""
        return [Source(row.name, row.articles, row.statements) for row in self._archive.by_outlet() if row.name]

    def context(self, reference: Citation | str, *, around: int = 1) -> Context | None:
        """The paragraphs around a citation or a statement's reference; None where it is gone.

        Args:
            around: paragraphs before and after.
        """
        with self._archive.snapshot() as reading:
            if isinstance(reference, str):
                one = reading.statement(reference)
                stored = reading.articles([one.article_key]).get(one.article_key) if one is not None else None
                if one is None or stored is None:
                    return None
                span = stored.article.paragraphs[one.statement.paragraph]
                (citation,) = as_told([of_statement(one, stored, passage(one.statement, span))], reading)
            else:
                citation = reference
                stored = reading.article(reference.article)
                if stored is None or stored.article.text[citation.start : citation.end] != citation.quote:
                    return None
        first, last = max(0, citation.paragraph - around), citation.paragraph + around + 1
        spans = stored.article.paragraphs[first:last]
        return Context(citation, stored.article.text, tuple(spans), (citation.start, citation.end))

    def _known(self, name: str) -> Match | None:
        matches = self._state.names.match(clean(name), limit=1)
        return matches[0] if matches and matches[0].score >= SURE_NAME else None

    def _about(self, question: str, limit: int) -> list[Citation]:
        given = self.ask(question, limit=limit)
        return list(given.citations)

    def _read_state(self) -> _State:
        counter = self._archive.change_counter()
        rows = {row.key: row for row in self._archive.speakers()}
        # "the campaign", "Trump" where no article says which: no name that a reader could mean by itself
        named = [row for row in rows.values() if row.form != "group" and not row.identity.endswith(UNRESOLVED)]
        linked = link_surnames(rows.values())
        roles = self._archive.roles()
        known = {row.key for row in named}
        names = SpeakerNames(named, roles={key: found for key, found in roles.items() if key in known})
        told = {
            key: " · ".join(heapq.nlargest(ROLES_KEPT, found, key=found.__getitem__)) for key, found in roles.items()
        }
        return _State(counter, names, tuple(self._archive.outlets()), rows, linked, told, _written(self._archive))


def _written(archive: Archive) -> dict[str, frozenset[int]]:
    """The articles of each author, by the words of the name."""
    found: dict[str, set[int]] = {}
    for key, byline in archive.bylines().items():
        for author in ranking.authors(byline):
            found.setdefault(" ".join(words_of(author)), set()).add(key)
    return {name: frozenset(keys) for name, keys in found.items()}


def _as_told(given: Answer, reading: Lookups) -> Answer:
    """An answer whose citations name who told them, with one look into the archive for all of them."""
    lead = given.told
    first = [lead.citation] if lead is not None and lead.citation is not None else []
    told = iter(as_told((*given.citations, *given.nearest, *given.further, *first), reading))
    given = replace(
        given,
        citations=tuple(islice(told, len(given.citations))),
        nearest=tuple(islice(told, len(given.nearest))),
        further=tuple(islice(told, len(given.further))),
    )
    return led(replace(lead, citation=next(told)), given) if lead is not None and first else given


def _newest(reading: Lookups, articles: int = 10) -> list[StoredArticle]:
    """The articles published last."""
    return heapq.nlargest(
        articles, reading.each_article(), key=lambda one: (one.article.published or date.min, one.key)
    )


def _within(citation: Citation, query: Query) -> bool:
    """Does a citation keep to the days and outlets asked for? Without said_on, the published date decides."""
    if query.outlets and citation.outlet not in query.outlets:
        return False
    if query.days is None:
        return True
    if citation.said_on is not None:
        return citation.said_on.days.overlaps(query.days)
    return citation.published is not None and query.days.first <= citation.published <= query.days.last


def _place(reading: Lookups, citation: Citation) -> tuple[int, int] | None:
    """The keys of a citation's article and paragraph; None where it is gone."""
    stored = reading.article(citation.article)
    if stored is None:
        return None
    for paragraph in reading.paragraphs_of([stored.key]).get(stored.key, ()):
        if paragraph.ordinal == citation.paragraph:
            return stored.key, paragraph.key
    return None
