"""Questions with their candidates and the candidates' grades; folds that never part the questions of one article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers.material import TODAY, Question, scorer
from bot.asking.citing import cite
from bot.asking.contract import as_object, citation_object
from bot.asking.conversation import Conversation
from bot.asking.desk import Desk
from bot.asking.understanding import Understood
from embeddings.ranking import Candidate

FOLDS = 7
LIMIT = 5
"""Citations asked for: as many as the scorers look at."""


@dataclass(slots=True)
class Case:
    """One question with its candidates, each with its grade (0; 1: passage and speaker are right; 2: the date too).

    ``fixed`` is the prediction where no ranking has a part in the answer ("hello", "when was that?"). ``others`` are
    the same question asked of other speakers, who have no answer.
    """

    question: Question
    understood: Understood
    found: list[Candidate]
    grades: NDArray[np.int64]
    fold: int
    fixed: dict[str, Any] | None = None
    others: list[Case] = field(default_factory=list)

    @property
    def answerable(self) -> bool:
        return bool(self.question["gold"])


def collected(desk: Desk, questions: Sequence[Question]) -> list[Case]:
    """Every question's candidates with their grades; earlier turns are answered with the committed weights."""
    judge_by = scorer()
    folds = by_article(questions)
    cases = []
    for question in questions:
        conversation = Conversation()
        *before, last = question["turns"]
        for turn in before:
            desk.ask(turn, conversation=conversation, today=TODAY, limit=LIMIT)
        understood = desk.understand(last, today=TODAY, previous=conversation.last)
        if desk.direct(understood):
            given = desk.ask(last, conversation=conversation, today=TODAY, limit=LIMIT)
            fixed = {"id": question["id"], **as_object(given)}
            none = np.zeros(0, np.int64)
            cases.append(Case(question, understood, [], none, folds[question["id"]], fixed))
            continue
        found = in_order(desk.judged(understood))
        grades = np.array([grade(candidate, question["gold"], judge_by) for candidate in found], dtype=np.int64)
        case = Case(question, understood, found, grades, folds[question["id"]])
        if case.answerable:
            case.others = asked_of_others(desk, case)
        cases.append(case)
    return cases


def in_order(found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates in the archive's order, so that nothing that is fitted leans on the present weights."""
    return sorted(found, key=lambda one: (one.paragraph.key, one.statement.key if one.statement else 0))


def by_article(questions: Sequence[Question]) -> dict[str, int]:
    """A fold for each question, by its id; questions with a gold article in common share one."""
    group: dict[str, str] = {}
    for question in questions:
        articles = _articles(question)
        roots = {group.get(article, article) for article in articles}
        root = min(roots)
        for article, old in list(group.items()):
            if old in roots:
                group[article] = root
        for article in articles:
            group[article] = root
    names = sorted({group[_articles(question)[0]] for question in questions})
    order = np.random.default_rng(0).permutation(len(names))
    fold = {name: int(place) % FOLDS for name, place in zip(names, order, strict=True)}
    return {question["id"]: fold[group[_articles(question)[0]]] for question in questions}


def _articles(question: Question) -> list[str]:
    """The gold articles; a question without an answer stands for itself."""
    return [gold["article"] for gold in question["gold"]] or [question["id"]]


def grade(candidate: Candidate, gold: Sequence[dict[str, Any]], judge_by: ModuleType) -> int:
    """0: wrong; 1: passage and speaker are right; 2: the date too, where gold has one."""
    if not any(one["article"] == candidate.article.article.id for one in gold):
        return 0
    shown = citation_object(cite(candidate), 1)
    best = 0
    for one in gold:
        if judge_by.same_passage(shown, one) and judge_by.same_speaker(shown["speaker"], one):
            said = judge_by.read_date(shown, {})
            best = max(best, 2 if not one.get("said_on") or judge_by.same_date(said, one["said_on"]) else 1)
    return best


def asked_of_others(desk: Desk, case: Case, number: int = 2) -> list[Case]:
    """The question of a case with other speakers in place of its own, who are quoted in the archive on other things."""
    query = case.understood.query
    if not query.speakers or len(case.question["turns"]) > 1:
        return []
    text, name = query.question, case.question["gold"][0]["speaker"].split()[-1]
    place = text.lower().find(name.lower())
    start = text.rfind(query.described or "", 0, place) if query.described else place
    if place < 0:
        return []
    golden = {gold["speaker"] for gold in case.question["gold"]}
    near = [
        one.speaker.name for one in case.found if one.speaker and one.speaker.resolved and one.speaker.form == "person"
    ]
    others = [
        other for other in dict.fromkeys(near) if other not in golden and name not in other and len(other.split()) > 1
    ]
    first = text.rfind(" ", 0, max(0, place - 1)) + 1
    begin = first if text[first : first + 1].isupper() or text.islower() else place
    if start >= 0:
        begin = min(begin, start)
    cases = []
    for other in others[:: max(1, len(others) // number)][:number]:
        changed = f"{text[:begin]}{other} {text[place + len(name) :].lstrip()}"
        understood = desk.understand(changed, today=TODAY)
        found = in_order(desk.judged(understood)) if understood.query.speakers else []
        cases.append(Case({**case.question, "gold": []}, understood, found, np.zeros(len(found), np.int64), case.fold))
    return cases
