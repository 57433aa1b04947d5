"""What the words of a date expression say, before it is known against which day they are read.

``read`` turns words into a ``Reading``; ``data.dates.resolving`` turns a ``Reading`` and a day into a range of days.
The readings follow TIMEX3 (Pustejovsky et al. 2003, TimeML): a modifier ("early", "nearly", "the end of") does not
change the value of what it modifies, a part of the day does not change the day, "last week" is an ISO week.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal

from data.dates.calendar import HOLIDAYS, SEASONS
from data.dates.words import (
    COUNT,
    MONTH_NUMBER,
    ORDINAL_NUMBER,
    SPELLED_YEAR,
    UNITS,
    WEEKDAY_NUMBER,
    full_year,
    listed,
    number_of,
    spelled_year,
)

Kind = Literal[
    "date",  # April 1, 1 April 2019, 2019-04-01; the year may be missing
    "month",
    "year",
    "decade",
    "century",
    "season",
    "quarter",
    "holiday",
    "weekday",
    "number",  # the 25th, without its month
    "now",  # today, this morning
    "shift",  # two weeks ago, a day earlier, yesterday
    "period",  # this week, last month, the following year
    "rolling",  # the past 12 months
    "year-end",
    "range",
]
Which = Literal["last", "this", "next", "that", "previous", "following"]
Part = Literal["early", "mid", "late"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One date expression understood.

    ``which`` places a period: against the day of reading (last, this, next), or against a date given before in the text
    (that, previous, following). ``count`` and ``unit`` measure a shift or a rolling period (negative: into the past);
    ``anchored`` says that a shift counts from a date given before ("a day earlier") and not from the day of reading.
    ``part`` keeps "early", "mid", "late"; ``comparative`` is true for "earlier this month", which ends at the reading.
    """

    kind: Kind
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    number: int | None = None
    name: str | None = None
    which: Which | None = None
    count: int = 0
    unit: str = ""
    anchored: bool = False
    part: Part | None = None
    comparative: bool = False
    ends: tuple[Reading, Reading] | None = None

    @property
    def explicit(self) -> bool:
        """Whether the words name the year themselves, so that no other day is needed to read them."""
        if self.ends:
            return self.ends[0].explicit and self.ends[1].explicit
        return self.year is not None

    @property
    def relative(self) -> bool:
        """Whether the words count from another date of the text rather than from the day of reading."""
        return self.anchored or self.which in ("that", "previous", "following")


def _alternatives(words: object) -> str:
    return "|".join(sorted((re.escape(str(word)) for word in words), key=len, reverse=True))  # type: ignore[attr-defined]


_MONTH = rf"(?P<month>{_alternatives(MONTH_NUMBER)})"
_WEEKDAY = rf"(?P<weekday>{_alternatives(WEEKDAY_NUMBER)})"
_ORDINAL = _alternatives(ORDINAL_NUMBER)
_DAY = rf"(?P<day>\d{{1,2}}(?: ?(?:st|nd|rd|th))?|{_ORDINAL})"
_YEAR = rf"(?P<year>\d{{4}}|'\d\d|{SPELLED_YEAR})"
_WHICH = (
    r"(?:the )?(?P<which>last|past|latest|this past|this coming|this|current|next|coming|upcoming|"
    r"that|same|previous|preceding|prior|following)"
)
_SEASON = rf"(?P<season>{_alternatives(SEASONS)})"
_QUARTER = r"(?P<quarter>first|second|third|fourth|1st|2nd|3rd|4th|q[1-4])"
_ORDER = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_HOLIDAY = (
    rf"(?P<holiday>{_alternatives(HOLIDAYS)}|july (?:4th|fourth)|mlk day|martin luther king jr day|"
    rf"christmastime|presidents day|new years (?:day|eve)|labor day weekend|memorial day weekend|"
    rf"thanksgiving weekend|easter (?:week|weekend)|christmas week)"
)

_WHICH_OF: dict[str, Which] = {
    "last": "last",
    "past": "last",
    "latest": "last",
    "this past": "last",
    "this": "this",
    "current": "this",
    "this coming": "next",
    "next": "next",
    "coming": "next",
    "upcoming": "next",
    "that": "that",
    "same": "that",
    "previous": "previous",
    "preceding": "previous",
    "prior": "previous",
    "following": "following",
}

_HEDGE = re.compile(
    r"^(?:(?:about|around|approximately|nearly|almost|just|only|some|over|more than|less than|"
    r"at least|as (?:early|late|"
    r"recently|soon) as|by|on|in|at|during|since|until|till|from|for|of|through|back|sometime|"
    r"the eve of|eve of|a good part of|"
    r"much of|most of|the rest of|the remainder of|the whole of|all of|all|the full|post|pre|the day of|the night of|"
    r"the morning of|the afternoon of|the evening of|the time of|the year of our lord)[ -])"
)
_PART = re.compile(
    r"^(?:(?P<early>early(?: on)? in|early(?: on)?|(?:the )?(?:very )?(?:beginning|start|"
    r"opening days|first days) of)|"
    r"(?P<mid>mid|(?:the )?middle of)|(?P<late>late in|late|(?:the )?(?:very )?(?:end|close|"
    r"closing days|last days) of)|"
    r"(?P<comparative>earlier(?: on)?(?: in)?|later(?: on)?(?: in)?))[ -]"
)
_CLOCK = re.compile(
    r"(?:\b(?:at |around |about |shortly (?:before|after) |just (?:before|"
    r"after) )?(?:\d{1,2}(?:[:.]\d\d)?(?: ?o'clock)? ?(?:a ?m|p ?m)|"
    r"\d{1,2}:\d\d|\d{1,2} o'clock|noon|midnight|midday|mid[ -]?(?:morning|afternoon|day))\b"
    r"(?: (?:[ecmp][sd]?t|gmt|utc|bst|eastern|local)(?: time)?)?(?: in the (?:morning|afternoon|"
    r"evening))?,?(?: on)? ?)"
)
_DAYPART = re.compile(
    r"(?: |^)(?:in the )?(?:(?:early|late|mid)[ -])?(?:morning|afternoon|evening|night|nighttime|"
    r"lunchtime|midday|noon|midnight)$"
)


def normalise(words: str) -> str:
    """Lower case, straight apostrophes, single spaces; no abbreviations' full stops, possessives or end marks."""
    text = words.lower().replace("’", "'").replace("`", "'").replace("–", "-").replace("—", "-")
    text = re.sub(r"(?<=[a-z])\.", "", text)
    text = re.sub(r"\s+", " ", text)
    text = (
        re.sub(r"'s?$|'s(?= (?:end|eve|day)\b)(?<!new year's)", "", text) if not text.endswith("new year's") else text
    )
    return re.sub(r"^[\s,;:(\"]+|[\s,;:.)\"]+$", "", text)


_Make = Callable[[re.Match[str]], "Reading | None"]


def _number(ordinal: str) -> int:
    return ORDINAL_NUMBER.get(ordinal) or int(re.sub(r"\D", "", ordinal))


def _year(words: str | None) -> int | None:
    if words is None:
        return None
    return full_year(words.lstrip("'")) if words.lstrip("'").isdigit() else spelled_year(words)


def _date(found: re.Match[str]) -> Reading:
    groups = found.groupdict()
    weekday = groups.get("weekday")
    which = groups.get("which")
    return Reading(
        "date",
        year=_year(groups.get("year")),
        month=MONTH_NUMBER[groups["month"]],
        day=_number(groups["day"]),
        weekday=None if weekday is None else WEEKDAY_NUMBER[weekday],
        which=_WHICH_OF[which] if which else None,
        unit="year" if groups.get("of") else "",
    )


def _numeric(found: re.Match[str]) -> Reading | None:
    first, second, year_number = int(found["first"]), int(found["second"]), full_year(found["year"])
    month_number, day_number = (first, second) if first <= 12 else (second, first)  # American order where it can be
    return Reading("date", year=year_number, month=month_number, day=day_number) if month_number <= 12 else None


def _iso(found: re.Match[str]) -> Reading:
    return Reading("date", year=int(found["year"]), month=int(found["month"]), day=int(found["day"]))


def _month(found: re.Match[str]) -> Reading:
    groups = found.groupdict()
    which = groups.get("which")
    return Reading(
        "month",
        year=_year(groups.get("year")),
        month=MONTH_NUMBER[groups["month"]],
        which=_WHICH_OF[which] if which else None,
        unit="year" if groups.get("of") else "",
    )


def _of_year(found: re.Match[str]) -> dict[str, object]:
    groups = found.groupdict()
    which = groups.get("which")
    return {"year": _year(groups.get("year")), "which": _WHICH_OF[which] if which else None}


def _season(found: re.Match[str]) -> Reading:
    return replace(Reading("season", name=found["season"]), **_of_year(found))  # type: ignore[arg-type]


def _quarter(found: re.Match[str]) -> Reading:
    word = found["quarter"]
    reading = Reading("quarter", number=int(word[1]) if word[0] == "q" else _ORDER[word])
    return replace(reading, **_of_year(found))  # type: ignore[arg-type]


def _holiday(found: re.Match[str]) -> Reading:
    name = found["holiday"]
    unit = ""
    if name.endswith((" week", " weekend")):
        name, unit = name.rsplit(" ", 1)
    name = {
        "july 4th": "fourth of july",
        "july fourth": "fourth of july",
        "mlk day": "martin luther king day",
        "martin luther king jr day": "martin luther king day",
        "christmastime": "christmas",
        "presidents day": "presidents' day",
        "new years day": "new year's day",
        "new years eve": "new year's eve",
    }.get(name, name)
    if name not in HOLIDAYS:
        name = "st. patrick's day" if name.startswith("st patrick") else name
    return replace(Reading("holiday", name=name, unit=unit), **_of_year(found))  # type: ignore[arg-type]


def _weekday(found: re.Match[str]) -> Reading:
    groups = found.groupdict()
    which = groups.get("which")
    return Reading(
        "weekday",
        weekday=WEEKDAY_NUMBER[found["weekday"]],
        which=_WHICH_OF[which] if which else None,
        unit="week" if groups.get("of") else "",
    )


def _unit(word: str) -> str:
    word = word.rstrip("s") if word != "centuries" else "century"
    return {"centurie": "century"}.get(word, word)


def _shift(found: re.Match[str]) -> Reading | None:
    count = number_of(found["count"])
    if count is None:
        return None
    direction = found["direction"]
    unit = _unit(found["unit"])
    if unit == "fortnight":
        count, unit = 2 * count, "week"
    back = direction in ("ago", "back", "earlier", "before", "previously", "prior")
    return Reading(
        "shift",
        count=-count if back else count,
        unit=unit,
        anchored=direction not in ("ago", "back", "from now", "hence", "from today"),
    )


def _period(found: re.Match[str]) -> Reading:
    unit = _unit(found["unit"].replace("calendar ", "").replace("business ", ""))
    if "fiscal" in unit or "financial" in unit or "school" in unit or "academic" in unit:
        unit = "year" if "year" in unit else "quarter"
    return Reading("period", which=_WHICH_OF[found["which"]], unit=unit)


def _rolling(found: re.Match[str]) -> Reading | None:
    count = number_of(found["count"])
    if count is None:
        return None
    ahead = found["which"] in ("next", "coming", "following")
    return Reading("rolling", count=count if ahead else -count, unit=_unit(found["unit"]))


def _decade(found: re.Match[str]) -> Reading:
    digits = found["decade"].lstrip("'")
    start = full_year(digits, pivot=20) if digits.isdigit() else 1900 + 10 * (_DECADES.index(digits) + 2)
    return Reading("decade", year=start)


def _century(found: re.Match[str]) -> Reading:
    return Reading("century", year=(_number(found["day"]) - 1) * 100 + 1)


_DECADES = listed("twenties thirties forties fifties sixties seventies eighties nineties")


def _fixed(reading: Reading) -> _Make:
    return lambda _: reading


def _days(count: int, *, anchored: bool = False) -> _Make:
    return _fixed(Reading("shift", count=count, unit="day", anchored=anchored))


_RULES: tuple[tuple[str, _Make], ...] = (
    (r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?:t[\d:.]+z?)?", _iso),
    (r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)", _iso),
    (r"(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year>\d{4}|\d\d)", _numeric),
    (r"(?P<first>\d{1,2})-(?P<second>\d{1,2})-(?P<year>\d{4}|\d\d)", _numeric),
    (rf"(?:{_WEEKDAY}[ ,]+)?(?:the )?{_MONTH}[ ,]+(?:the )?{_DAY}(?:[ ,]+{_YEAR})?", _date),
    (rf"{_MONTH}[ ,]+{_DAY}[ ,]+(?P<of>(?:of )?(?:the )?(?P<which>last|this|next) year)", _date),
    (rf"(?:{_WEEKDAY}[ ,]+)?(?:the )?{_DAY}(?: of)? {_MONTH}(?:[ ,]+{_YEAR})?", _date),
    (rf"{_WHICH} {_WEEKDAY}[ ,]+{_MONTH} {_DAY}", lambda m: replace(_date(m), which=None)),
    (rf"{_WHICH} {_MONTH} {_DAY}", _date),
    (rf"(?:the )?(?:month of )?{_MONTH}(?: of|,)? {_YEAR}", _month),
    (rf"(?:the month of )?{_MONTH}", _month),
    (rf"{_WHICH} {_MONTH}", _month),
    (rf"{_MONTH},? (?P<of>(?:of )?(?:the )?(?P<which>last|this|next|that|same|previous|following) year)", _month),
    (
        rf"(?:the )?(?:year|fiscal year|fiscal|calendar year|season)? ?{_YEAR}(?: period| season|"
        rf" and beyond| or later)?",
        lambda m: Reading("year", year=_year(m["year"])),
    ),
    (rf"{_HOLIDAY}(?:[ ,]+{_YEAR})?", _holiday),
    (rf"{_WHICH}(?: year)? {_HOLIDAY}", _holiday),
    (rf"{_HOLIDAY} (?:of )?{_WHICH} year", _holiday),
    (rf"(?:the )?(?:{_SEASON})(?: of)?(?:,? {_YEAR})?", _season),
    (rf"{_WHICH} {_SEASON}", _season),
    (rf"(?:the )?{_SEASON} (?:of )?{_WHICH} year", _season),
    (rf"(?:the )?(?:fiscal )?{_QUARTER}(?:[ -](?:fiscal )?quarter)?(?:,? (?:of )?(?:fiscal )?{_YEAR})", _quarter),
    (
        rf"(?:the )?(?:fiscal )?{_QUARTER}[ -](?:fiscal )?quarter|q[1-4]",
        lambda m: _quarter(m) if m["quarter"] else None,
    ),
    (rf"(?:the )?(?:fiscal )?{_QUARTER}[ -](?:fiscal )?quarter (?:of )?{_WHICH} (?:fiscal )?year", _quarter),
    (rf"{_WHICH} year {_QUARTER}[ -]quarter", _quarter),
    (rf"{_WEEKDAY}", _weekday),
    (rf"{_WHICH} {_WEEKDAY}", _weekday),
    (rf"{_WEEKDAY} (?P<which>last|next|this|past)", _weekday),
    (rf"{_WEEKDAY},? (?P<of>(?:of |in )?{_WHICH} week)", _weekday),
    (rf"(?P<of>{_WHICH} week)(?:,? on)? {_WEEKDAY}", _weekday),
    (
        rf"a week (?:from )?{_WEEKDAY}",
        lambda m: Reading("weekday", weekday=WEEKDAY_NUMBER[m["weekday"]], which="next", unit="week"),
    ),
    (
        rf"a week ago {_WEEKDAY}",
        lambda m: Reading("weekday", weekday=WEEKDAY_NUMBER[m["weekday"]], which="last", unit="week"),
    ),
    (
        r"today|tonight|this (?:very )?(?:day|morning|afternoon|evening|noon)|now|the present|"
        r"the current day",
        _fixed(Reading("now")),
    ),
    (r"yesterday|last night|last evening|overnight|yesterday evening|the other day", _days(-1)),
    (r"tomorrow|tomorrow night", _days(1)),
    (r"the day before yesterday", _days(-2)),
    (r"the day after tomorrow", _days(2)),
    (
        r"(?:on )?(?:the |that )?same day|that day|that (?:same )?(?:night|morning|afternoon|evening)|"
        r"the same (?:night|morning|afternoon|evening)",
        _fixed(Reading("period", which="that", unit="day")),
    ),
    (
        r"(?:on )?the (?:next|following) (?:day|morning|afternoon|evening|night)|the (?:day|morning|"
        r"night) after",
        _days(1, anchored=True),
    ),
    (
        r"(?:on )?the (?:previous|preceding|prior) (?:day|morning|afternoon|evening|night)|the (?:day|"
        r"night|evening|morning) before",
        _days(-1, anchored=True),
    ),
    (r"(?:then|at the time|that time)", _fixed(Reading("period", which="that", unit="day"))),
    (
        rf"(?:the )?(?P<count>{COUNT}) (?P<unit>{UNITS}) (?P<direction>ago|back|earlier|before|"
        rf"previously|prior|later|after|afterwards?|from now|from today|hence)",
        _shift,
    ),
    (
        r"(?:a )?(?P<unit>week|month|year)[ -](?:ago|earlier)",
        lambda m: Reading("shift", count=-1, unit=m["unit"], anchored=m[0].endswith("earlier")),
    ),
    (r"a (?P<unit>week|month|year) or so ago", lambda m: Reading("shift", count=-1, unit=m["unit"])),
    (
        rf"{_WHICH} (?P<unit>weekend|day|week|month|(?:fiscal |calendar |financial |school |"
        rf"academic )?year|(?:fiscal )?quarter|decade|century)(?: or so)?",
        _period,
    ),
    (
        rf"(?:the )?(?P<which>past|last|latest|previous|preceding|next|coming|following|"
        rf"recent) (?P<count>{COUNT}|couple of) (?P<unit>{UNITS}|weekends?)",
        _rolling,
    ),
    (
        r"(?:the )?(?P<which>past|last|latest|recent|next|coming)(?P<count>) (?P<unit>days|weeks|"
        r"months|years|decades)",
        lambda m: Reading("rolling", count=(2 if m["which"] in ("next", "coming") else -2), unit=_unit(m["unit"])),
    ),
    (r"(?:the )?weekend", _fixed(Reading("period", unit="weekend"))),
    (
        r"(?:the )?(?P<unit>year|month|week|day|fiscal year|quarter)",
        lambda m: Reading("period", which="this", unit=_unit(m["unit"].replace("fiscal ", ""))),
    ),
    (r"(?:the )?year[- ]end|(?:the )?end of (?:the )?year", _fixed(Reading("year-end"))),
    (r"(?:the )?(?:(?:early|mid|late)[ -])?(?P<decade>\d{3}0|'?\d0)'?s", _decade),
    (rf"(?:the )?(?P<decade>{'|'.join(_DECADES)})", _decade),
    (rf"(?:the )?{_DAY} century", _century),
    (rf"the {_DAY}", lambda m: Reading("number", day=_number(m["day"]))),
    (r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", lambda m: Reading("number", day=_number(m["day"]))),
)

_RANGE_RULES = (
    rf"(?P<month>{_alternatives(MONTH_NUMBER)}) (?P<a>\d{{1,2}})(?:st|nd|rd|th)? ?(?:-|to|through|"
    rf"and|until|&) ?(?:the )?(?P<b>\d{{1,2}})(?:st|nd|rd|th)?(?:[ ,]+(?P<year>\d{{4}}))?",
    rf"(?:the )?(?P<a>\d{{1,2}})(?:st|nd|rd|th)? ?(?:-|to|through|and|until|"
    rf"&) ?(?:the )?(?P<b>\d{{1,2}})(?:st|nd|rd|"
    rf"th)?(?: of)? (?P<month>{_alternatives(MONTH_NUMBER)})(?:[ ,]+(?P<year>\d{{4}}))?",
)
_YEARS = re.compile(r"(?P<a>\d{4}) ?(?:-|to|through|until|and) ?(?P<b>\d{4}|\d\d)")
_TWO = re.compile(
    r"(?:between|from)? ?(?P<a>.+?) (?:and|to|until|till|through|thru) (?P<b>.+)|(?P<c>.+?) ?- ?(?P<d>.+)"
)
_WEEK_OF = re.compile(r"(?:the )?week (?:of|beginning|starting|ending)(?: on)? (?P<inner>.+)")
_ORDER_OF = re.compile(
    r"(?:the )?(?P<order>first|second|third|fourth|last|final) (?P<unit>week|weekend|days?|"
    r"half) (?:of|in) (?P<inner>.+)"
)
_ENDED = re.compile(
    rf"(?:the )?(?P<count>{COUNT}) (?P<unit>months|weeks|quarters|years) (?:ended|ending|to|"
    rf"through)(?: on)? (?P<inner>.+)"
)


@lru_cache(maxsize=4096)
def read(words: str) -> Reading | None:
    """What the words say, or None where they are no date expression that we know. Modifiers are read off first."""
    text = normalise(words)
    if not text or len(text) > 120:
        return None
    return _read(text)


def _read(text: str) -> Reading | None:
    simple = _simple(text)
    if simple is not None:
        return simple
    for rule in (_ranged, _clocked, _modified):
        reading = rule(text)
        if reading is not None:
            return reading
    return None


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], _Make], ...]:
    """The rules, compiled when the first date is read: most questions have none."""
    return tuple((re.compile(pattern), make) for pattern, make in _RULES)


def _simple(text: str) -> Reading | None:
    for pattern, make in _compiled():
        found = pattern.fullmatch(text)
        if found:
            reading = make(found)
            if reading is not None:
                return reading
    return None


def _modified(text: str) -> Reading | None:
    found = _PART.match(text)
    if found:
        reading = _read(text[found.end() :])
        if reading is None:
            return None
        if found["comparative"]:
            return replace(reading, comparative=True)
        part: Part = "early" if found["early"] else "mid" if found["mid"] else "late"
        return replace(reading, part=part)
    found = _HEDGE.match(text)
    return _read(text[found.end() :]) if found else None


def _clocked(text: str) -> Reading | None:
    """A day with a part of the day or a clock time: "Friday evening", "10 p.m. Wednesday", "4 a.m. EDT Thursday"."""
    shorter = _DAYPART.sub("", text)
    if shorter != text:
        return _read(shorter.strip(" ,")) if shorter.strip(" ,") not in ("", "the", "in the") else Reading("now")
    found = _CLOCK.search(text)
    if not found:
        return None
    rest = (text[: found.start()] + " " + text[found.end() :]).strip(" ,")
    return _read(rest) if rest and rest not in ("around", "about", "at") else Reading("now")


def _ranged(text: str) -> Reading | None:
    for pattern in _RANGE_RULES:
        found = re.fullmatch(pattern, text)
        if found:
            first = Reading("date", year=_year(found["year"]), month=MONTH_NUMBER[found["month"]], day=int(found["a"]))
            return Reading("range", ends=(first, replace(first, day=int(found["b"]))))
    found = _YEARS.fullmatch(text)
    if found:
        start = int(found["a"])
        last = found["b"]
        end = int(last) if len(last) == 4 else start - start % 100 + int(last)
        return Reading("range", ends=(Reading("year", year=start), Reading("year", year=end)))
    found = _WEEK_OF.fullmatch(text)
    if found:
        inner = _read(found["inner"])
        return Reading("range", name="week", ends=(inner, inner)) if inner else None
    found = _ENDED.fullmatch(text)
    if found:
        inner, count = _read(found["inner"]), number_of(found["count"])
        if inner is None or count is None or inner.kind not in ("date", "month", "number", "year-end"):
            return None
        return Reading("range", name="ended", count=count, unit=_unit(found["unit"]), ends=(inner, inner))
    found = _ORDER_OF.fullmatch(text)
    if found:
        inner = _read(found["inner"])
        if inner is None or inner.kind not in ("month", "year", "period", "season", "quarter"):
            return None
        return Reading("range", name=found["order"], unit=_unit(found["unit"]), ends=(inner, inner))
    found = _TWO.fullmatch(text)
    if not found:
        return None
    first_words, last_words = (found["a"], found["b"]) if found["a"] else (found["c"], found["d"])
    first_end, last_end = _read(first_words), _read(last_words)
    if first_end is None or last_end is None or "range" in (first_end.kind, last_end.kind):
        return None
    if "now" in (first_end.kind,) and first_words != "today":
        return None
    if (
        first_end.year is None
        and last_end.year is not None
        and first_end.kind in ("date", "month", "season", "quarter")
    ):
        first_end = replace(first_end, year=last_end.year, which=None)
        if first_end.kind == last_end.kind == "month" and (first_end.month or 0) > (last_end.month or 0):
            first_end = replace(first_end, year=(last_end.year or 0) - 1)
    if last_end.kind == "number" and first_end.kind == "date":
        last_end = replace(first_end, day=last_end.day)
    elif first_end.kind == "number" and last_end.kind == "date":
        first_end = replace(last_end, day=first_end.day)
    elif "number" in (first_end.kind, last_end.kind):
        return None
    return Reading("range", ends=(first_end, last_end))
