"""Days, weeks, months, seasons and holidays as closed ranges of days.

Weeks are ISO 8601 weeks (Monday to Sunday), as in TIMEX3 (Pustejovsky et al. 2003), where "last week" is ``2019-W13``.
Every function that could leave the years 1 to 9999 returns None there instead of raising.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, date, timedelta

from data.model import DateRange

SEASONS = {"spring": (3, 5), "summer": (6, 8), "fall": (9, 11), "autumn": (9, 11), "winter": (12, 2)}
"""First and last month of each season (meteorological, northern); winter ends in the year after it began."""


def day(year: int, month: int, number: int) -> DateRange | None:
    """One day, or None where the calendar has no such day (31 February, the year 0)."""
    try:
        only = date(year, month, number)
    except (ValueError, OverflowError):
        return None
    return DateRange(only, only)


def shifted(start: date, days: int) -> date | None:
    """``start`` moved by a number of days, or None beyond the calendar."""
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return None


def between(first: date | None, last: date | None) -> DateRange | None:
    """The closed range, or None where an end is missing or they stand in the wrong order."""
    return DateRange(first, last) if first is not None and last is not None and first <= last else None


def month(year: int, number: int) -> DateRange | None:
    """The whole month; ``number`` may lie outside 1 to 12 and then counts on from that year ("month 13" is January)."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    if not MINYEAR <= year <= MAXYEAR:
        return None
    last = 31 if number == 12 else (date(year, number + 1, 1) - timedelta(days=1)).day
    return DateRange(date(year, number, 1), date(year, number, last))


def months(year: int, first: int, count: int) -> DateRange | None:
    """``count`` whole months from the month ``first`` of ``year``."""
    start, end = month(year, first), month(year, first + count - 1)
    return between(start.first, end.last) if start and end else None


def year(number: int) -> DateRange | None:
    return months(number, 1, 12)


def decade(first_year: int) -> DateRange | None:
    """Ten years from ``first_year``; a century is ten of them."""
    return months(first_year, 1, 120)


def week(around: date, offset: int = 0) -> DateRange | None:
    """The ISO week of a day, or the one ``offset`` weeks from it."""
    monday = shifted(around, -around.weekday() + 7 * offset)
    return between(monday, shifted(monday, 6)) if monday else None


def weekend(around: date, offset: int = 0) -> DateRange | None:
    """Saturday and Sunday of the ISO week of a day, or of the one ``offset`` weeks from it."""
    saturday = shifted(around, 5 - around.weekday() + 7 * offset)
    return between(saturday, shifted(saturday, 1)) if saturday else None


def quarter(year_number: int, number: int) -> DateRange | None:
    """A calendar quarter; ``number`` may count on beyond 4 or below 1."""
    return months(year_number, 3 * number - 2, 3)


def season(year_number: int, name: str) -> DateRange | None:
    first, _ = SEASONS[name]
    return months(year_number, first, 3)


def months_back(start: date, count: int) -> date | None:
    """The same day ``count`` months earlier (later where negative), or the month's last day where it is shorter."""
    target = month(start.year, start.month - count)
    return target.first.replace(day=min(start.day, target.last.day)) if target else None


def easter(year_number: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm in Meeus, *Astronomical Algorithms*, ch. 8)."""
    golden = year_number % 19
    century, in_century = divmod(year_number, 100)
    leap, skipped = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap - moon + 15) % 30
    quarter_days, rest = divmod(in_century, 4)
    weekday = (32 + 2 * skipped + 2 * quarter_days - epact - rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    number, day_before = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year_number, number, day_before + 1)


def nth_weekday(year_number: int, month_number: int, weekday: int, nth: int) -> date:
    """The ``nth`` Monday (0) to Sunday (6) of a month; ``nth`` -1 is the last one."""
    if nth > 0:
        first = date(year_number, month_number, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    whole = month(year_number, month_number)
    assert whole is not None
    return whole.last - timedelta(days=(whole.last.weekday() - weekday) % 7)


def _fixed(month_number: int, number: int) -> Callable[[int], date]:
    return lambda year_number: date(year_number, month_number, number)


def _from_easter(offset: int) -> Callable[[int], date]:
    return lambda year_number: easter(year_number) + timedelta(days=offset)


def _nth(month_number: int, weekday: int, nth: int) -> Callable[[int], date]:
    return lambda year_number: nth_weekday(year_number, month_number, weekday, nth)


HOLIDAYS: dict[str, Callable[[int], date]] = {
    "new year's day": _fixed(1, 1),
    "new year's eve": _fixed(12, 31),
    "new year's": _fixed(1, 1),
    "inauguration day": _fixed(1, 20),
    "martin luther king day": _nth(1, 0, 3),
    "valentine's day": _fixed(2, 14),
    "presidents' day": _nth(2, 0, 3),
    "st. patrick's day": _fixed(3, 17),
    "ash wednesday": _from_easter(-46),
    "palm sunday": _from_easter(-7),
    "good friday": _from_easter(-2),
    "easter sunday": _from_easter(0),
    "easter monday": _from_easter(1),
    "easter": _from_easter(0),
    "may day": _fixed(5, 1),
    "mother's day": _nth(5, 6, 2),
    "memorial day": _nth(5, 0, -1),
    "father's day": _nth(6, 6, 3),
    "juneteenth": _fixed(6, 19),
    "canada day": _fixed(7, 1),
    "independence day": _fixed(7, 4),
    "fourth of july": _fixed(7, 4),
    "bastille day": _fixed(7, 14),
    "labor day": _nth(9, 0, 1),
    "labour day": _nth(9, 0, 1),
    "columbus day": _nth(10, 0, 2),
    "halloween": _fixed(10, 31),
    "election day": lambda year_number: nth_weekday(year_number, 11, 0, 1) + timedelta(days=1),
    "veterans day": _fixed(11, 11),
    "remembrance day": _fixed(11, 11),
    "armistice day": _fixed(11, 11),
    "thanksgiving day": _nth(11, 3, 4),
    "thanksgiving": _nth(11, 3, 4),
    "christmas eve": _fixed(12, 24),
    "christmas day": _fixed(12, 25),
    "christmas": _fixed(12, 25),
    "boxing day": _fixed(12, 26),
}
"""Holidays that newswire dates things by, mostly American, each as a function of the year."""


def holiday(year_number: int, name: str) -> DateRange | None:
    if not MINYEAR < year_number < MAXYEAR:
        return None
    only = HOLIDAYS[name](year_number)
    return DateRange(only, only)
