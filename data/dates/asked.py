"""The period that a reader's question asks about, told apart from a time that belongs to its topic.

"What did she say about the budget in March 2019?" asks for what was said in March 2019; "... about the March 2019
budget?", "... about the spring of 2017?", "... about the law passed in 2010?" ask for what was said of it, at any time.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from data.dates import calendar
from data.dates.attachment import DOCUMENTS, OCCASIONS
from data.dates.expressions import Expression, expressions
from data.dates.readings import Reading
from data.dates.resolving import days, portion
from data.dates.words import MONTH_NUMBER, MONTHS, listed
from data.errors import BadQuestion
from data.model import DateRange, Span

_LONGEST = 2000
"""Characters of a question that are read: no question's date stands further on."""

_IMPOSSIBLE = re.compile(
    r"(?<![\d/.:-])(?P<a>\d{1,2})(?:st|nd|rd|th)?(?: of)? (?P<m>MONTH)\b(?!\s?\d{1,2}(?:st|nd|rd|"
    r"th)?\b)(?:,? (?P<y>\d{4})\b)?|"
    r"\b(?P<n>MONTH)\.? (?P<b>\d{1,2})(?:st|nd|rd|th)?\b(?![:/\d-])(?:,? (?P<z>\d{4})\b)?|"
    r"(?<![\d-])(?P<iy>\d{4})-(?P<im>\d\d)-(?P<id>\d\d)(?![\d-])".replace(
        "MONTH", "|".join([*MONTHS, *(m for m in MONTH_NUMBER if m not in MONTHS)])
    ),
    re.IGNORECASE,
)
_YEAR_ZERO = re.compile(
    r"\b(?:in|since|before|after|until|of|the)\s+(?:the\s+)?(?:year\s+0{1,4}|0000)\b(?!\d)", re.IGNORECASE
)
_FAR_YEAR = re.compile(
    r"\b(?P<before>(?:in|since|before|after|until)\s+(?:the\s+)?(?:year\s+)?)(?P<year>(?:0\d{3}|"
    r"1[0-4]\d\d|2[1-9]\d\d|[3-9]\d{3}))(?=\s*(?:[?.!,]|$))",
    re.IGNORECASE,
)

_BEFORE = re.compile(
    r"(?:(?P<lead>\b(?:back|early|late|earlier|later|sometime|some time|at some point|only|ever|"
    r"already|as|just|again|all)\s+)?"
    r"\b(?P<word>in|on|during|at|over|within|throughout|around|since|before|after|until|till|up to|"
    r"prior to|as of|from|between|"
    r"by|for|of|about|regarding|concerning|to|than|against|like|with|following|through|towards?|"
    r"into|onwards? from|starting|beginning)"
    r"(?P<the>\s+(?:the|a|an|this|that|his|her|its|their|our))?\s+)$",
    re.IGNORECASE,
)
_WITHIN = frozenset(["in", "on", "during", "at", "over", "within", "throughout", "around", "as of", "through"])
_FROM = frozenset(["since", "from", "starting", "beginning"])
_DETERMINED = re.compile(r"(?:\b(?:the|a|an|his|her|its|their|our|my|your|this|that)|['’]s|s['’])\s+$", re.IGNORECASE)
_AFTER_NOUN = re.compile(r"\s+(?P<word>[A-Za-z][\w’'-]*)")
_FUNCTION = frozenset(
    listed(
        "about after all and any anybody anyone are as at be because been before but by concerning could did "
        "do does during else ever for from had has have he how i if in into is it may might of on once or "
        "over regarding said saying she should since so tell than that the their there they this to told too "
        "under until was we were what when where which while who whom whose why will with would you again "
        "according against at and"
    )
)
_EVENTS = (
    frozenset(
        listed(
            "accord act agreement amendment assassination attack attacks ban bill bombing budget bombings "
            "campaign case census coup crash crisis cup deal decision debate disaster draft earthquake elections "
            "election emergency explosion fire fires flood games hurricane invasion killing killings law lawsuit "
            "massacre midterms murder olympics outbreak pandemic plan primaries proposal race raid referendum "
            "reform riot riots sanctions scandal season shooting shootings shutdown storm strike strikes summit "
            "tax terror terrorist test treaty trial vote votes war win"
        )
    )
    | OCCASIONS
    | DOCUMENTS
)
_SUBORDINATE = re.compile(
    r"\b(?:when|after|before|while|because|if|whether|that|who|which|whose|where|since|as|once|"
    r"until)\s+(?!was\b|is\b|did\b|does\b|do\b)(?P<rest>[^,;?]*)$",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|being|has|have|had|will|would|shall|should|can|could|may|might|must|won't|"
    r"fell|went|came|got|took|made|won|lost|left|died|began|became|gave|met|broke|resigned|ran|"
    r"said|told|killed|shot|hit|held|"
    r"\w{3,}ed)\b",
    re.IGNORECASE,
)
_PARTICIPLE = re.compile(
    r"\b(?:about|regarding|concerning|on|over|of|to|against|for|with|by|into|the|a|an|his|her|"
    r"their|its)\b[^,;?]*?\b(?P<done>\w{3,}ed|made|held|given|shot|killed|"
    r"written|taken|built|sent|found|won|lost|born|begun|due|scheduled|planned|expected|happening|"
    r"taking place|coming|leading|ending|starting|beginning)"
    r"(?:\s+(?:\w+ly|back|down|up|out|off|in|by|at|to|of|from|the|a|\w+)){0,4}\s*$",
    re.IGNORECASE,
)
_SAID_THAT = re.compile(
    r"\b(?:say|says|said|saying|tell|told|claim|claimed|claims|predict|predicted|promise|promised|"
    r"argue|argued|announce|announced|think|thinks|warn|warned|reveal|admit|believe)\b"
    r"(?P<rest>[^,;?]*)$",
    re.IGNORECASE,
)
_CONTENT_CLAUSE = re.compile(
    r"\b(?:would|will|could|should|might|may|was|were|had|is|are|has|have|can|must|wouldn't|won't|"
    r"did|didn't|\w{3,}ed)\b",
    re.IGNORECASE,
)
_FOLLOW_UP = re.compile(r"\W*(?:and\s+)?(?:what|how)\s+about\s+(?:in\s+|on\s+)?(?:the\s+)?|\W*and\s+", re.IGNORECASE)
_SAYING = re.compile(
    r"\b(?:say|said|says|saying|tell|told|write|wrote|tweet|tweeted|announce|announced|claim|"
    r"claimed|speak|spoke|comment|commented|do|respond|responded|statements?|quotes?|remarks?|"
    r"comments?)\s+$",
    re.IGNORECASE,
)


def asked_period(question: str, today: date) -> tuple[DateRange | None, Span | None]:
    """The time restriction of a question, and where it stands in it (with its preposition), to be cut from the topic.

    A day or a month without a year is the last one not after ``today``; a weekday likewise. "since" ends today,
    "before" and "until" start at the year 1. A time of the topic gives (None, None), as does a question without one.

    Raises:
        BadQuestion: the question names a day that no calendar has ("31 February", the year 0).
    """
    original = question[:_LONGEST]
    _check(original)
    question, moved = _spelled(original)
    found: list[tuple[DateRange, Span]] = []
    for expression in expressions(question, asked=True):
        restriction = _restriction(question, expression, today)
        if restriction is None and found and _joined(question, found[-1][1], expression):
            period = _days(expression.reading, today)
            restriction = (period, (expression.start, expression.end)) if period else None
        if restriction is not None:
            found.append(restriction)
    if not found:
        return _far_year(original, today)
    period, span = found[0]
    for other, other_span in found[1:]:
        gap = question[span[1] : other_span[0]].strip(" ,").lower()
        if gap not in ("", "and", "or", "to", "-", "–", "&"):
            continue
        narrowing = not gap or question[other_span[0] :].lower().startswith(("before", "until", "after", "since"))
        if not narrowing:
            period = DateRange(min(period.first, other.first), max(period.last, other.last))
        elif period.overlaps(other):
            period = DateRange(max(period.first, other.first), min(period.last, other.last))
        else:
            continue
        span = span[0], other_span[1]
    return period, (_unmoved(span[0], moved), _unmoved(span[1], moved))


_Moved = tuple[tuple[int, int], ...]
_MISSPELT = re.compile(
    r"(?:(?<=\bin )|(?<=\bsince )|(?<=\bduring )|(?<=\bbefore )|(?<=\bafter )|(?<=\buntil )|"
    r"(?<=\bof )|(?<=\bon )|(?<=\blast )|(?<=\bearly )|(?<=\blate )|"
    r"(?<=\d )|(?<=\dth )|(?<=\dst )|(?<=\bfrom ))[a-z]{5,11}\b|\b[a-z]{5,11}(?= (?:of )?(?:19|20)\d\d\b)",
    re.IGNORECASE,
)


def _spelled(question: str) -> tuple[str, _Moved]:
    """The question with misspelt months mended ("janurary 2019"), and where the mending moved what follows.

    A word where only a time stands, with a month's first letter and a slip from it (two in a long one), is that month.
    """
    mended: list[str] = []
    moved: list[tuple[int, int]] = []
    done = length = 0
    for found in _MISSPELT.finditer(question):
        word = found.group().lower()
        near = question[max(0, found.start() - 4) : found.end() + 6]
        if word in MONTH_NUMBER or (len(word) < 6 and not any(letter.isdigit() for letter in near)):
            continue  # "in Marsh" is a place
        month = next(
            (m for m in MONTHS if len(m) > 4 and m[0] == word[0] and _slips(word, m) <= (2 if len(m) > 7 else 1)), None
        )
        if month is None:
            continue
        before = question[done : found.start()]
        mended += before, month.capitalize()
        length += len(before) + len(month)
        done = found.end()
        moved.append((length, done - length))
    return "".join([*mended, question[done:]]), tuple(moved)


def _slips(word: str, month: str) -> int:
    from rapidfuzz.distance import OSA

    return int(OSA.distance(word, month))


def _unmoved(offset: int, moved: _Moved) -> int:
    """An offset of the mended question as one of the question that was asked."""
    shift = 0
    for place, by in moved:
        if offset >= place:
            shift = by
    return offset + shift


def _joined(question: str, span: Span, expression: Expression) -> bool:
    """ "In 2017 and 2018": a second time that shares the first one's preposition."""
    return question[span[1] : expression.start].strip(" ,").lower() in ("and", "or", "to", "-", "–", "&")


def _check(question: str) -> None:
    for found in _IMPOSSIBLE.finditer(question):
        if found["iy"]:
            year, month, number = int(found["iy"]), int(found["im"]), int(found["id"])
            shown = found.group()
        else:
            name = (found["m"] or found["n"]).lower()
            month = MONTH_NUMBER[name]
            number = int(found["a"] or found["b"])
            year = int(found["y"] or found["z"] or 2000)
            shown = f"{number} {MONTHS[month - 1].capitalize()}" + (f" {year}" if found["y"] or found["z"] else "")
            if (
                name in ("may", "march", "mar", "dec", "sat", "sun")
                and not (found["m"] or found["n"])[0].isupper()
                and number > 31
            ):
                continue  # "they may 40 times": a verb
        if calendar.day(year or 4, month, number) is None or year == 0:
            raise BadQuestion(
                f"there is no {shown}", hint="ask for a day that the calendar has", kind="no day", given=shown
            )
    if _YEAR_ZERO.search(question):
        raise BadQuestion("there is no year 0", hint="ask for a year from 1 to 9999", kind="year 0")


def _far_year(question: str, today: date) -> tuple[DateRange | None, Span | None]:
    """Years that newswire's grammar does not take for years: "in 9999", "in the year 1066"."""
    found = _FAR_YEAR.search(question)
    if not found:
        return None, None
    whole = calendar.year(int(found["year"]))
    if whole is None:
        return None, None
    period = _bounded(found["before"].split()[0].lower(), whole, today)
    return (period, found.span()) if period else (None, None)


def _restriction(question: str, expression: Expression, today: date) -> tuple[DateRange, Span] | None:
    before = question[: expression.start]
    after = question[expression.end :]
    if (after[:1] in ("'", "’") and after[1:2].lower() == "s") or _quoted(question, expression.start):
        return None
    if expression.reading.relative or expression.words.lower().startswith("recent"):
        return None
    leading = _BEFORE.search(before)
    if not after.strip(" ?.!") and _FOLLOW_UP.fullmatch(before):
        return _make(expression, today, "in", expression.start)
    words = expression.words.lower()
    word = leading["word"].lower() if leading else ""
    if words.startswith(("between ", "from ")) and not leading:
        word = "in"
    if not word and words.startswith(("in ", "over ", "during ", "within ")):
        word = "in"
    if _premodifier(question, expression, leading):
        return None
    if word and word not in _WITHIN and word not in _FROM and word not in _BOUNDS:
        return None
    if (
        word == "from"
        and not re.match(r"\s*(?:on|onwards?|to date|until now)\b", after, re.IGNORECASE)
        and expression.reading.kind != "range"
    ):
        return (
            None
            if not re.search(
                r"\b(?:statements?|quotes?|remarks?|anything|everything|comments?|articles?|coverage)\b[^?]*$",
                before,
                re.IGNORECASE,
            )
            else (_make(expression, today, "in", leading.start() if leading else expression.start))
        )
    start = leading.start() if leading else expression.start
    if not word and not _stands_free(question, expression):
        return None
    if _in_topic_clause(question[:start]):
        return None
    return _make(expression, today, word, start)


_BOUNDS = frozenset(["before", "after", "until", "till", "up to", "prior to", "following"])


def _make(expression: Expression, today: date, word: str, start: int) -> tuple[DateRange, Span] | None:
    period = _days(expression.reading, today)
    if period is None:
        return None
    bounded = _bounded(word, period, today)
    return (bounded, (start, expression.end)) if bounded else None


def _days(reading: Reading, today: date) -> DateRange | None:
    if reading.kind == "date" and reading.year is None and reading.which is None:
        assert reading.month is not None
        assert reading.day is not None
        candidates = (calendar.day(year, reading.month, reading.day) for year in range(today.year, today.year - 9, -1))
        whole = next((c for c in candidates if c is not None and c.first <= today), None)
    elif reading.kind in ("season", "holiday", "quarter") and reading.year is None and reading.which is None:
        tries = (days(replace(reading, year=year), today) for year in range(today.year, today.year - 2, -1))
        whole = next((c for c in tries if c is not None and c.first <= today), None)
    else:
        whole = days(reading, today, tense="past")
    if whole is None:
        return None
    if reading.comparative and whole.first <= today:
        return DateRange(whole.first, min(whole.last, today))
    return portion(whole, reading.part) if reading.part else whole


def _bounded(word: str, period: DateRange, today: date) -> DateRange | None:
    """The period that a preposition makes of days: since, after, before, until."""
    if word in ("since", "starting", "beginning", "from"):
        return DateRange(period.first, max(today, period.last))
    if word in ("after", "following"):
        next_day = calendar.shifted(period.last, 1)
        return DateRange(next_day, max(today, next_day)) if next_day else None
    if word in ("before", "prior to"):
        day_before = calendar.shifted(period.first, -1)
        return DateRange(date.min, day_before) if day_before else None
    if word in ("until", "till", "up to"):
        return DateRange(date.min, period.last)
    return period


def _quoted(question: str, at: int) -> bool:
    return any(m.start() < at < m.end() for m in re.finditer(r"[“\"][^“”\"]*[”\"]", question))


def _premodifier(question: str, expression: Expression, leading: re.Match[str] | None) -> bool:
    """ "The March 2019 report", "Trump's October 2019 decision", "September 11 attacks": part of a noun phrase."""
    follows = _AFTER_NOUN.match(question, expression.end)
    if not follows:
        return False
    word = follows["word"]
    lower = word.lower()
    if lower in _EVENTS:
        return True
    if lower in _FUNCTION or (
        re.fullmatch(r"\w+(?:ed|s|ing)", lower) and not _determined(question, expression, leading)
    ):
        return False
    return _determined(question, expression, leading)


def _determined(question: str, expression: Expression, leading: re.Match[str] | None) -> bool:
    if expression.words.lower().startswith("the "):
        return False
    return bool(leading and leading["the"]) or bool(_DETERMINED.search(question[: expression.start]))


def _stands_free(question: str, expression: Expression) -> bool:
    """A time without a preposition restricts at either end of the question, beside a mark, or after the saying."""
    before, after = question[: expression.start], question[expression.end :]
    at_start, at_end = not before.strip(" ,("), not after.strip(" ?.!,)")
    by_marks = bool(re.search(r"[,;:(–—-]\s*$", before)) or bool(re.match(r"\s*[,;:)–—]|\s-\s", after))
    if expression.reading.kind in ("year", "decade"):
        return by_marks or at_start or bool(_SAYING.search(before))
    if _DETERMINED.search(before) and not expression.words.lower().startswith(("the ", "this ", "that ")):
        return False
    return (
        True
        if expression.reading.kind in ("now", "shift", "period", "weekday", "rolling")
        else at_start
        or at_end
        or by_marks
        or bool(_SAYING.search(before))
        or bool(re.match(r"\s+(?:about|on|regarding)\b", after))
    )


_ABOUT = re.compile(r"\b(?:about|regarding|concerning)\b", re.IGNORECASE)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(text):  # noqa: B007 (the last one is wanted)
        pass
    return found


def _in_topic_clause(before: str) -> bool:
    """Whether what stands before a time is a clause of the topic that the time dates."""
    subordinate = _SUBORDINATE.search(before)
    if subordinate and subordinate.start() > 0 and _VERB.search(subordinate["rest"]):
        return True
    said = _last(_SAID_THAT, before)
    if said is not None and said["rest"].strip():
        rest = said["rest"]
        topical = re.search(r"\b(?:about|regarding|concerning|on|over|of)\b", rest, re.IGNORECASE)
        clause = rest[: topical.start()] if topical else rest
        if _CONTENT_CLAUSE.search(clause) and not re.match(r"\s*(?:to|in|at|on)\b", clause, re.IGNORECASE):
            return True
    about = _last(_ABOUT, before)
    return about is not None and bool(_PARTICIPLE.search(before[about.start() :]))
