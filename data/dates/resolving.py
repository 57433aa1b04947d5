"""A date expression and a day of reading to a closed range of days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from data.dates import calendar
from data.dates.expressions import expressions
from data.dates.readings import Reading, read
from data.model import DateRange

Tense = Literal["past", "future"]

_DAYS_IN = {"day": 1, "week": 7}
_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}


def resolve(
    expression: str, reference: date, *, context: str = "", tense: Tense | None = None, anchor: DateRange | None = None
) -> DateRange | None:
    """The days that one date expression of newswire means, read on the day ``reference``.

    Args:
        expression: the words alone ("last Thursday", "Sept. 9", "the past 12 months").
        reference: the day against which they are read: the article's published date.
        context: the text around the expression: its tense decides between the Friday before and the Friday after, and
            an earlier date in it is what "a day later" and "that year" count from.
        tense: decides instead of ``context`` where the caller knows it.
        anchor: the days that "a day later", "that month" count from, where the caller knows them.

    Returns:
        The closed range; None where the words are no date expression, or say a day that is not in the calendar.
        A modifier ("early 2016", "the end of June") leaves the whole period: see ``portion`` for a part of it.
    """
    reading = read(expression)
    if reading is None:
        return None
    if tense is None and context:
        tense = tense_of(context, expression)
        if tense == "past" and reading.kind == "month":
            # ten months back, a writer names the year or says "last": "in December" in a November paper is ahead of it
            tense = None
    if anchor is None and context and (reading.relative or reading.kind == "number"):
        anchor = _anchor(context, expression, reference, tense)
    return days(reading, reference, tense=tense, anchor=anchor)


def days(
    reading: Reading, reference: date, *, tense: Tense | None = None, anchor: DateRange | None = None
) -> DateRange | None:
    """The days that a reading means; the arguments are those of ``resolve``."""
    match reading.kind:
        case "date":
            return _date(reading, reference, tense)
        case "month":
            return _month(reading, reference, tense, anchor)
        case "year" | "decade" | "century":
            return _years(reading)
        case "season" | "quarter" | "holiday":
            return _yearly(reading, reference, tense)
        case "weekday":
            return _weekday(reading, reference, tense, anchor)
        case "number":
            return _number(reading, reference, tense, anchor)
        case "now":
            return DateRange(reference, reference)
        case "shift":
            return _shift(reading, reference, anchor)
        case "period":
            return _period(reading, reference, tense, anchor)
        case "rolling":
            return _rolling(reading, reference)
        case "year-end":
            year = anchor.first.year if anchor else reference.year
            return calendar.day(year, 12, 31)
        case "range":
            return _range(reading, reference, tense, anchor)


def portion(whole: DateRange, part: Literal["early", "mid", "late"]) -> DateRange:
    """The first, middle or last third of a period, in days: what "early 2016" asks for in a reader's question."""
    third = max(1, ((whole.last - whole.first).days + 1) // 3)
    first, last = whole.first.toordinal(), whole.last.toordinal()
    if part == "early":
        last = first + third - 1 if whole.first != whole.last else last
    elif part == "late":
        first = last - third + 1
    else:
        first, last = (first + third, last - third) if last - first >= 2 else (first, last)
    return DateRange(date.fromordinal(first), date.fromordinal(last))


_FAR = 120
"""Days beyond which the tense, and not nearness, says which year a day belongs to."""


def _away(candidate: DateRange, reference: date) -> int:
    """Days between a day and a range; 0 inside it."""
    return max(0, (candidate.first - reference).days, (reference - candidate.last).days)


def _choose(candidates: Sequence[DateRange | None], reference: date, tense: Tense | None) -> DateRange | None:
    """Of the same words in neighbouring years: the nearest; where that is far off, the one that the tense asks for."""
    possible = sorted(
        (candidate for candidate in candidates if candidate is not None),
        key=lambda c: (_away(c, reference), c.first > reference),
    )
    if not possible or tense is None or _away(possible[0], reference) <= _FAR:
        return possible[0] if possible else None
    fitting = (c for c in possible if (c.first <= reference if tense == "past" else c.last >= reference))
    return next(fitting, possible[0])


def _placed(
    reading: Reading, reference: date, candidates: dict[int, DateRange | None], tense: Tense | None
) -> DateRange | None:
    """A yearly thing (a month, a season) that "last", "this" or "next" places, or else the tense."""
    possible = [candidate for candidate in candidates.values() if candidate is not None]
    if reading.which in ("last", "previous"):
        return max((c for c in possible if c.last < reference), key=lambda c: c.first, default=None)
    if reading.which in ("next", "following"):
        return min((c for c in possible if c.first > reference), key=lambda c: c.first, default=None)
    if reading.which in ("this", "that"):
        return candidates.get(reference.year)
    return _choose(possible, reference, tense)


def _around(reference: date) -> range:
    return range(reference.year - 2, reference.year + 3)


def _date(reading: Reading, reference: date, tense: Tense | None) -> DateRange | None:
    assert reading.month is not None
    assert reading.day is not None
    if reading.year is not None:
        return calendar.day(reading.year, reading.month, reading.day)
    if reading.unit == "year":
        step = {"last": -1, "next": 1}.get(reading.which or "", 0)
        return calendar.day(reference.year + step, reading.month, reading.day)
    if (reading.month, reading.day) == (2, 29):
        candidates = [calendar.day(year, 2, 29) for year in range(reference.year - 8, reference.year + 9)]
    else:
        candidates = [calendar.day(year, reading.month, reading.day) for year in _around(reference)]
    if reading.weekday is not None:
        on_weekday = [c for c in candidates if c is not None and c.first.weekday() == reading.weekday]
        candidates = list(on_weekday) or candidates
    return _placed(reading, reference, {c.first.year: c for c in candidates if c is not None}, tense)


def _month(reading: Reading, reference: date, tense: Tense | None, anchor: DateRange | None) -> DateRange | None:
    assert reading.month is not None
    if reading.year is not None:
        return calendar.month(reading.year, reading.month)
    if reading.unit == "year":  # "June last year", "May of that year"
        base = anchor.first if anchor and reading.which in ("that", "previous", "following") else reference
        step = {"last": -1, "previous": -1, "next": 1, "following": 1}.get(reading.which or "", 0)
        return calendar.month(base.year + step, reading.month)
    candidates = {year: calendar.month(year, reading.month) for year in _around(reference)}
    if reading.which is None:
        begun = max((c for c in candidates.values() if c and c.first <= reference), key=lambda c: c.first, default=None)
        ahead = min((c for c in candidates.values() if c and c.last >= reference), key=lambda c: c.first, default=None)
        soon = ahead is not None and _away(ahead, reference) <= 61 and tense is None
        return ahead if begun is None or soon or tense == "future" else begun
    return _placed(reading, reference, candidates, tense)


def _years(reading: Reading) -> DateRange | None:
    assert reading.year is not None
    if reading.kind == "year":
        return calendar.year(reading.year)
    return calendar.decade(reading.year) if reading.kind == "decade" else calendar.months(reading.year, 1, 1200)


def _yearly(reading: Reading, reference: date, tense: Tense | None) -> DateRange | None:
    def of(year: int) -> DateRange | None:
        if reading.kind == "quarter":
            return calendar.quarter(year, reading.number or 1)
        assert reading.name is not None
        if reading.kind == "season":
            return calendar.season(year, reading.name)
        return calendar.holiday(year, reading.name)

    if reading.year is not None:
        found = of(reading.year)
    elif reading.kind == "quarter" and reading.which is not None:
        found = of(reference.year + {"last": -1, "previous": -1, "next": 1, "following": 1}.get(reading.which, 0))
    else:
        if reading.kind == "quarter" and tense is None:
            tense = "past"
        found = _placed(reading, reference, {year: of(year) for year in _around(reference)}, tense)
    if found and reading.unit == "week":
        return calendar.week(found.first)
    if found and reading.unit == "weekend":
        saturday = calendar.shifted(found.first, -((found.first.weekday() - 5) % 7))
        return (
            calendar.between(saturday, max(found.last, calendar.shifted(saturday, 1) or found.last))
            if saturday
            else None
        )
    return found


def _weekday(reading: Reading, reference: date, tense: Tense | None, anchor: DateRange | None) -> DateRange | None:
    assert reading.weekday is not None
    gap = reading.weekday - reference.weekday()
    if reading.unit == "week":  # "Tuesday of last week"
        step = {"last": -1, "previous": -1, "next": 1, "following": 1}.get(reading.which or "", 0)
        offset = gap + 7 * step
    elif reading.which == "last":
        offset = gap if gap < 0 else gap - 7
    elif reading.which == "next":
        offset = gap if gap > 0 else gap + 7
    elif reading.which in ("this", "that"):
        offset = gap
    elif reading.which in ("previous", "following"):
        base = anchor.first if anchor else reference
        step = reading.weekday - base.weekday()
        if reading.which == "previous":
            step = step if step < 0 else step - 7
            if anchor is None and step > -7:
                step -= 7 if reference.weekday() <= reading.weekday else 0
        else:
            step = step if step > 0 else step + 7
        only = calendar.shifted(base, step)
        return calendar.between(only, only)
    elif tense == "future":
        offset = gap if gap >= 0 else gap + 7
    else:
        offset = gap if gap <= 0 else gap - 7
    only = calendar.shifted(reference, offset)
    return calendar.between(only, only)


def _number(reading: Reading, reference: date, tense: Tense | None, anchor: DateRange | None) -> DateRange | None:
    assert reading.day is not None
    if anchor:
        return calendar.day(anchor.first.year, anchor.first.month, reading.day)
    months = (calendar.month(reference.year, reference.month + step) for step in (-1, 0, 1))
    candidates = [calendar.day(m.first.year, m.first.month, reading.day) for m in months if m]
    return _choose(candidates, reference, tense or "past")


def _shift(reading: Reading, reference: date, anchor: DateRange | None) -> DateRange | None:
    base = anchor if anchor and reading.anchored else DateRange(reference, reference)
    if reading.unit in _DAYS_IN:
        target = calendar.shifted(base.first, reading.count * _DAYS_IN[reading.unit])
        if target is None:
            return None
        if reading.unit == "week":
            return calendar.week(target)
        return calendar.between(target, calendar.shifted(base.last, reading.count))
    whole = _MONTHS_IN.get(reading.unit)
    target = calendar.months_back(base.first, -reading.count * whole) if whole else None
    return _containing(target, reading.unit) if target else None


def _containing(within: date, unit: str) -> DateRange | None:
    if unit == "day":
        return DateRange(within, within)
    if unit == "week":
        return calendar.week(within)
    if unit == "weekend":
        return calendar.weekend(within)
    if unit == "month":
        return calendar.month(within.year, within.month)
    if unit == "quarter":
        return calendar.quarter(within.year, (within.month + 2) // 3)
    if unit == "year":
        return calendar.year(within.year)
    if unit == "decade":
        return calendar.decade(within.year - within.year % 10)
    return calendar.months(within.year - (within.year - 1) % 100, 1, 1200)


def _period(reading: Reading, reference: date, tense: Tense | None, anchor: DateRange | None) -> DateRange | None:
    base = anchor.first if anchor and reading.which in ("that", "previous", "following") else reference
    step = {"last": -1, "previous": -1, "next": 1, "following": 1}.get(reading.which or "", 0)
    if reading.unit == "weekend":
        if reading.which == "last" or (reading.which is None and tense != "future"):
            # the last weekend that has begun; "last weekend" on a Saturday is the one before
            back = 0 if reference.weekday() >= 5 and reading.which is None else -1
            return calendar.weekend(reference, back)
        if reading.which == "this" and tense == "past" and reference.weekday() <= 2:
            return calendar.weekend(reference, -1)  # what came about "this weekend", read on a Monday
        return calendar.weekend(base, step)
    if reading.unit == "day":
        only = calendar.shifted(base, step)
        return calendar.between(only, only)
    if reading.unit == "week":
        return calendar.week(base, step)
    target = calendar.months_back(base, -step * _MONTHS_IN[reading.unit])
    return _containing(target, reading.unit) if target else None


def _rolling(reading: Reading, reference: date) -> DateRange | None:
    count = reading.count
    if reading.unit in _DAYS_IN or reading.unit.startswith("weekend"):
        other = calendar.shifted(reference, count * _DAYS_IN.get(reading.unit, 7))
    else:
        other = calendar.months_back(reference, -count * _MONTHS_IN.get(reading.unit, 1))
    if other is None:
        return None
    return calendar.between(other, reference) if count < 0 else calendar.between(reference, other)


def _range(reading: Reading, reference: date, tense: Tense | None, anchor: DateRange | None) -> DateRange | None:
    assert reading.ends is not None
    last = days(reading.ends[1], reference, tense=tense, anchor=anchor)
    if last is None:
        return None
    if reading.name == "week":
        return calendar.week(last.first)
    if reading.name == "ended":
        return _ended(reading, last.last)
    if reading.name:
        return _part_of(reading.name, reading.unit, last)
    first = days(reading.ends[0], reference, tense=tense, anchor=anchor)
    if first is None:
        return None
    if first.first > last.last and not reading.ends[0].explicit:
        # "between October and March": read the first end before the second
        first = days(reading.ends[0], last.first, tense="past", anchor=anchor)
    return calendar.between(first.first, last.last) if first else None


def _ended(reading: Reading, end: date) -> DateRange | None:
    """ "The three months ended Sept. 30": whole months back from the end."""
    after = calendar.shifted(end, 1)
    if after is None:
        return None
    if reading.unit in _DAYS_IN:
        return calendar.between(calendar.shifted(after, -reading.count * _DAYS_IN[reading.unit]), end)
    return calendar.between(calendar.months_back(after, reading.count * _MONTHS_IN[reading.unit]), end)


def _part_of(order: str, unit: str, whole: DateRange) -> DateRange | None:
    """ "The last week of March": the seven days at that end of the period; halves by days."""
    length = (whole.last - whole.first).days + 1
    if unit == "half":
        first_half = (length + 1) // 2
        if (whole.first.month, whole.first.day, whole.last.month) == (1, 1, 12) and length > 360:
            first_half = (date(whole.first.year, 7, 1) - whole.first).days
        middle = calendar.shifted(whole.first, first_half)
        if middle is None:
            return None
        if order == "first":
            return calendar.between(whole.first, calendar.shifted(middle, -1))
        return calendar.between(middle, whole.last)
    if unit == "day":
        only = whole.first if order == "first" else whole.last
        return DateRange(only, only)
    number = {"first": 0, "second": 1, "third": 2, "fourth": 3}.get(order)
    if unit == "weekend":
        start = whole.first if number is not None else calendar.shifted(whole.last, -6)
        if start is None:
            return None
        saturday = calendar.shifted(start, (5 - start.weekday()) % 7 + 7 * (number or 0))
        return calendar.between(saturday, calendar.shifted(saturday, 1)) if saturday else None
    if number is None:
        return calendar.between(calendar.shifted(whole.last, -6), whole.last)
    start = calendar.shifted(whole.first, 7 * number)
    return calendar.between(start, calendar.shifted(start, 6)) if start else None


_FUTURE = re.compile(
    r"\b(?:will|won't|would|shall|scheduled|expected|expects?|plans?|planned|planning|due|slated|"
    r"set to|set for|intends?|hopes?|"
    r"should|must|aims?|upcoming|tentatively|begins|opens|ends|expires?|takes effect|effective|"
    r"deadline|until|ahead of|to be|may|"
    r"returns|arrives|leaves|meets|holds|starts|resumes|votes|is to|are to|early as|soon as|coming|"
    r"redemption|redeemed|"
    r"is (?:leaving|coming|going|meeting|holding)|payable|mature|maturing|proposed|going to|'ll|postponed|extended|"
    r"no later than|forthcoming)\b",
    re.I,
)
_PAST = re.compile(
    r"\b(?:was|were|had|did|said|told|ago|been|has|have|since|came|went|made|took|began|met|held|"
    r"fell|rose|won|lost|gave|got|led|left|"
    r"put|saw|sent|ran|kept|knew|found|felt|brought|bought|sold|spoke|wrote|struck|hit|shot|broke|"
    r"grew|became|set(?! to| for)|"
    r"tore|drew|drove|flew|hid|paid|read|rode|sat|stood|swore|taught|thought|threw|woke|wore|"
    r"(?!expected|scheduled|planned|slated|proposed|postponed|extended|redeemed|need|indeed)[a-z]{2,}ed)\b",
    re.I,
)
_AWAITED = re.compile(r"\b(?:will|upcoming|ahead of|for|heading into|going into|facing(?: in)?)\W*(?:the )?$")
_BOUNDARY = re.compile(r"[.!?;]['\"’”)]*\s+(?=[A-Z\"“'`])")


def tense_of(context: str, expression: str) -> Tense | None:
    """Whether the words around the expression speak of the past or of what is to come; None without a sign.

    The verb nearest before the expression in its sentence decides, else the first one after it.
    """
    at = _find(context, expression)
    if at < 0:
        return None
    start = 0
    for boundary in _BOUNDARY.finditer(context, 0, at):
        # an abbreviation's full stop is no end of a sentence
        if not re.search(
            r"\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|St|Sept|Oct|Nov|Dec|Jan|Feb|Aug|Inc|Corp|Co|vs)$",
            context[start : boundary.start()],
        ):
            start = boundary.end()
    before = context[start:at]
    after = context[at + len(expression) :]
    end = _BOUNDARY.search(after)
    after = after[: end.start()] if end else after
    if after.startswith(("'s ", "’s ")) and not _AWAITED.search(before):
        return "past"  # "Wednesday's ruling" has happened, whatever the sentence looks forward to
    future, past = _last(_FUTURE, before), _last(_PAST, before)
    if future >= 0 or past >= 0:
        overtaken = re.search(r"\bhad(?: previously)?(?: been)? $", before[max(0, future - 24) : max(0, future)])
        return "future" if future > past and not overtaken else "past"
    future, past = _first(_FUTURE, after), _first(_PAST, after)
    if future == past:
        return None
    return "future" if future < past else "past"


def _find(context: str, expression: str) -> int:
    """Where the expression stands in its context: of several places the one nearest the middle."""
    middle = len(context) / 2
    places = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(expression)}(?!\w)", context)]
    if not places:
        places = [m.start() for m in re.finditer(re.escape(expression), context)]
    return min(places, key=lambda place: abs(place + len(expression) / 2 - middle), default=-1)


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((found.start() for found in pattern.finditer(text)), default=-1)


def _first(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return found.start() if found else len(text)


def _anchor(context: str, expression: str, reference: date, tense: Tense | None) -> DateRange | None:
    """The last date before the expression that does not itself lean on another."""
    at = _find(context, expression)
    for candidate in reversed(expressions(context[:at] if at > 0 else "")):
        reading = read(candidate.words)
        if reading is not None and not reading.relative and reading.kind not in ("number", "rolling"):
            return days(replace(reading, comparative=False), reference, tense=tense or "past")
    return None
