"""The words that dates are written with: months, weekdays, numbers, and how newswire spells them."""

from __future__ import annotations

import re


def listed(words: str) -> tuple[str, ...]:
    """The words of a list that is written as text."""
    return tuple(words.split())


MONTHS = listed("january february march april may june july august september october november december")
WEEKDAYS = listed("monday tuesday wednesday thursday friday saturday sunday")

_MONTH_SHORT = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_SHORT = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

MONTH_NUMBER = {name: n for n, name in enumerate(MONTHS, 1)} | {name: n for n, name in enumerate(_MONTH_SHORT, 1)}
MONTH_NUMBER["sept"] = 9
WEEKDAY_NUMBER = {name: n for n, name in enumerate(WEEKDAYS)} | {name: n for n, name in enumerate(_DAY_SHORT)}
WEEKDAY_NUMBER |= {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}

_ONES = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = listed("twenty thirty forty fifty sixty seventy eighty ninety")
_ORDINALS = listed(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
ORDINAL_NUMBER = {name: n for n, name in enumerate(_ORDINALS, 1)} | {"thirtieth": 30}
ORDINAL_NUMBER |= {f"twenty-{name}": 20 + n for n, name in enumerate(_ORDINALS[:9], 1)} | {"thirty-first": 31}
_SMALL = {name: n for n, name in enumerate(_ONES)} | {name: 10 * n for n, name in enumerate(_TENS, 2)}

UNITS = r"(?:day|week|fortnight|month|quarter|year|decade|century|centurie)s?"
COUNT = (
    r"(?:\d{1,4}|an?|one|a couple of|a couple|a few|few|several|"
    + "|".join([*_ONES[2:], *_TENS])
    + r")(?:[ -](?:"
    + "|".join(_ONES[1:10])
    + r"))?"
)
"""A number of units as written: "three", "a", "twenty-five", "a couple of"."""

SPELLED_YEAR = (
    r"(?:nineteen|twenty|eighteen)[ -](?:hundred|(?:"
    + "|".join(_TENS)
    + r")(?:[ -](?:"
    + "|".join(_ONES[1:10])
    + r"))?|oh[ -](?:"
    + "|".join(_ONES[1:10])
    + r")|(?:"
    + "|".join(_ONES[10:])
    + r"))|(?:the year )?two thousand(?: and)?(?: (?:"
    + "|".join(_ONES[1:])
    + r"))?"
)


def number_of(words: str) -> int | None:
    """The number that the words say, or None: "two" 2, "a" 1, "twenty-five" 25, "a couple of" 2.

    "a few" and "several" have no number of their own: 3, the middle of what writers mean by them.
    """
    words = words.strip()
    if words.isascii() and words.isdigit():
        return int(words)
    if words in ("a", "an", "one", "the"):
        return 1
    if words.startswith("a couple"):
        return 2
    if words in ("a few", "few", "several"):
        return 3
    parts = re.split(r"[ -]", words)
    if all(part in _SMALL for part in parts) and len(parts) <= 2:
        return sum(_SMALL[part] for part in parts)
    return None


def spelled_year(words: str) -> int | None:
    """The year that is spelled out: "nineteen ninety-six" 1996, "two thousand and four" 2004."""
    parts = [part for part in re.split(r"[ -]", words) if part not in ("the", "year", "and")]
    if parts[:2] == ["two", "thousand"]:
        rest = parts[2:]
        return 2000 + sum(_SMALL.get(part, 0) for part in rest)
    if not parts or parts[0] not in _SMALL or len(parts) < 2:
        return None
    if parts[1] == "hundred":
        return 100 * _SMALL[parts[0]]
    if all(part in _SMALL or part == "oh" for part in parts[1:]):
        return 100 * _SMALL[parts[0]] + sum(_SMALL.get(part, 0) for part in parts[1:])
    return None


def full_year(digits: str, pivot: int = 50) -> int:
    """A year of four digits, or of two: "89" is 1989, "16" is 2016 (the POSIX habit, with a pivot of 50)."""
    number = int(digits)
    return number if len(digits) > 2 else number + (1900 if number >= pivot else 2000)
