"""Where dates stand in a text: one pass of one compiled regular expression, where any word of a date occurs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from data.dates.calendar import HOLIDAYS
from data.dates.readings import Reading, read
from data.dates.words import COUNT, MONTH_NUMBER, MONTHS, SPELLED_YEAR, UNITS, WEEKDAY_NUMBER, WEEKDAYS


@dataclass(frozen=True, slots=True)
class Expression:
    """A date expression: its span, its words and what they say. Resolve the words with ``data.dates.resolve``."""

    start: int
    end: int
    words: str
    reading: Reading

    @property
    def explicit(self) -> bool:
        """Whether the words name a year: then they can be read without a published date."""
        return self.reading.explicit


def _cased(names: tuple[str, ...]) -> str:
    return "|".join(f"{name.capitalize()}|{name.upper()}" for name in names)


_SP = r"[ \t\u00a0\u202f]+"
_OPT = r"[ \t\u00a0\u202f]*"
_GAP = r"[ \t\u00a0\u202f\n]+"
_MONTH = (
    rf"(?:{_cased(MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|JUN|"
    rf"JUL|AUG|SEPT|SEP|OCT|NOV|DEC)\b\.?)"
)
_WEEKDAY = rf"(?:{_cased(WEEKDAYS)}|(?:Mon|Tues?|Weds?|Thurs?|Thur|Fri|Sat|Sun)\b\.)"
_ASKED_MONTH = (
    r"(?i:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b\.?"
)
_ASKED_WEEKDAY = r"(?i:monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d%]|[.,:]\d|[\w])"
_YEAR = r"(?:1[5-9]|20)\d\d(?![\d%\w]|[.,:]\d|[-–]\d\d(?!\d|-))"
_WHICH = (
    r"(?i:the\s+(?:last|past|latest|current|coming|next|upcoming|previous|preceding|prior|"
    r"following|same)|last|this\s+past|this\s+coming|this|next|that|that\s+same)"
)
_PART = (
    r"(?i:early(?:\s+on)?(?:\s+in)?|earlier(?:\s+on)?(?:\s+in)?|late(?:\s+in)?|"
    r"later(?:\s+on)?(?:\s+in)?|mid|(?:the\s+)?(?:beginning|start|middle|end|"
    r"close)\s+of)(?:[ \t ]+|-)"
)
_DAYPART = r"(?i:(?:early|late|mid)[ -])?(?i:morning|afternoon|evening|night)"
_SEASON = r"(?i:spring|summer|autumn|fall|winter)"
_PERIOD = r"(?i:weekend|week|month|(?:fiscal\s+|financial\s+|calendar\s+)?year|(?:fiscal\s+)?quarter|decade|century)"
_HOLIDAY = (
    r"(?:"
    + "|".join(
        sorted(
            {
                re.escape(" ".join(w if w == "of" else w[0].upper() + w[1:] for w in name.split())).replace("'", "['’]")
                for name in HOLIDAYS
            },
            key=len,
            reverse=True,
        )
    )
    + r"|July Fourth|MLK Day|Presidents[’']? Day|St\.? Patrick['’]s Day)"
)


def _grammar(month: str, weekday: str, holiday: str, *, lower_months: bool) -> re.Pattern[str]:
    day_list = rf"{_DAY}(?:{_OPT}(?:-|–|to|through|and|&){_OPT}{_DAY})?"
    us = (
        rf"{month}{_SP}(?:the{_SP})?{day_list}(?:(?:,{_OPT}|{_SP}){_YEAR}|"
        rf"{_SP}(?:of{_SP})?(?:last|this|next){_SP}year)?"
    )
    british = rf"(?:the{_SP})?{day_list}(?:{_SP}of)?{_SP}{month}\b(?:,?{_SP}{_YEAR})?"
    full = rf"(?:{us}|{british})"
    # A month alone is a date where it is written as a name; "may" and "march" in lower case need a year or a day beside
    # them, or a word before that only a time can follow.
    alone = (
        rf"(?:{month}\b(?!{_OPT}['’]s{_SP}[A-Z]))"
        if not lower_months
        else (
            rf"(?:(?<=\bin )|(?<=\bsince )|(?<=\bduring )|(?<=\bbefore )|(?<=\bafter )|(?<=\buntil )|"
            rf"(?<=\bof )|(?<=\blast )|(?<=\bthis )|(?<=\bby )|(?<=\bfrom )|(?<=\bto )|(?<=\bbetween )|"
            rf"(?<=\band )|(?<=\bthrough )|(?<=\bearly )|(?<=\blate )|(?<=\bmid )|(?<=\bmid-)){month}\b|"
            r"\b(?i:january|february|april|june|july|august|september|october|november|december)\b"
        )
    )
    month_year = (
        rf"{month}(?:{_SP}of|,)?{_SP}{_YEAR}|{month},?{_SP}(?:of{_SP})?(?i:the{_SP})?(?i:last|this|next|"
        rf"that|the{_SP}previous|the{_SP}following){_SP}(?i:year)"
    )
    clock = (
        r"(?:\d{1,2}(?::\d\d)?\s?[ap]\.?m\.?(?:\s(?:E[SD]?T|C[SD]?T|M[SD]?T|P[SD]?T|GMT|UTC|BST|"
        r"local time))?,?|(?i:noon|midnight|midday))"
    )
    years = rf"(?:(?:1[5-9]|20)\d\d{_OPT}[-–]{_OPT}(?:{_YEAR}|\d\d(?![\d%\w]))|{_YEAR})"
    alternatives = [
        # numbers only
        r"(?<![\d/.-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\d-])",
        r"(?<![\d/.-])(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01])/(?:(?:19|20)\d\d|\d\d)(?![\d/])",
        # ranges of months and days
        rf"(?i:between){_GAP}(?:{full}|{month_year}|{month}){_GAP}(?i:and){_GAP}(?:{full}|{month_year}|{month}\b)",
        rf"(?i:from){_GAP}(?:{full}|{month_year}|{month}){_GAP}(?i:to|until|till|"
        rf"through){_GAP}(?:{full}|{month_year}|{month}\b)",
        rf"(?:{full}){_OPT}(?:-|–|(?i:to|through)){_OPT}(?:{full})",
        rf"(?i:between{_GAP}{_YEAR}{_GAP}and{_GAP}{_YEAR}|from{_GAP}{_YEAR}{_GAP}(?:to|until|through){_GAP}{_YEAR})",
        rf"(?i:(?:the{_SP})?(?:{COUNT}){_SP}(?:months|weeks|quarters|years){_SP}(?:ended|"
        rf"ending)(?:{_SP}on)?){_SP}(?:{full}|{month_year}|{month}\b)",
        rf"(?i:(?:the{_SP})?week{_SP}(?:of|beginning|starting|ending)(?:{_SP}on)?){_SP}(?:{weekday},?{_SP})?{full}",
        rf"(?i:(?:the{_SP})?(?:first|second|third|fourth|last|final){_SP}(?:week|weekend|days?|"
        rf"half){_SP}(?:of|in)){_SP}(?:{month_year}|{month}\b|{_YEAR}|(?i:(?:the|this|last){_SP}(?:year|"
        rf"month)))",
        # a day
        rf"(?:{clock}{_SP})?(?:(?:{_PART}|"
        rf"{_WHICH}{_SP})?{weekday}(?:{_SP}{_DAYPART})?,?{_SP})?(?:(?:{_PART}))?{full}",
        rf"(?:{clock}{_SP})?(?:{_PART})?(?:{_WHICH}{_SP})?\b{weekday}\b(?:{_SP}{_DAYPART}|,?{_SP}(?:of|"
        rf"in){_SP}(?:{_WHICH}){_SP}week|{_SP}(?:last|next){_SP}week)?",
        rf"(?i:(?:the{_SP})?day{_SP}before{_SP}yesterday|(?:the{_SP})?day{_SP}after{_SP}tomorrow|"
        rf"(?:(?:late|early|earlier|later){_SP})?(?:yesterday|today|tomorrow)(?:{_SP}(?:morning|"
        rf"afternoon|evening|night))?|tonight|overnight|(?:(?:early|late|earlier|"
        rf"later){_SP})?last{_SP}(?:night|evening)|(?:(?:early|late|earlier|"
        rf"later){_SP})?this{_SP}(?:morning|afternoon|evening))\b",
        rf"(?i:(?:on{_SP})?(?:the|that){_SP}same{_SP}(?:day|night|morning|afternoon|evening)|"
        rf"(?:later{_SP}|earlier{_SP})?that{_SP}(?:day|night|morning|afternoon|evening)|the{_SP}(?:next|"
        rf"following|previous|preceding){_SP}(?:day|night|morning|afternoon|evening)|the{_SP}(?:day|"
        rf"night|evening|morning){_SP}before(?={_OPT}[,.;]|{_SP}[a-z]+ed\b|$))\b",
        # months, seasons, quarters
        rf"(?:{_PART})?(?:{month_year})",
        rf"(?:{_PART})?(?:{_WHICH}{_SP}){month}\b",
        rf"(?:{_PART})?(?:{alone})",
        rf"(?:{_PART})?(?i:(?:{_WHICH}{_SP}|the{_SP}|in{_SP})?\b{_SEASON}(?:{_SP}of)?,?{_SP}(?:{_YEAR}|"
        rf"(?:last|this|next){_SP}year)|(?:{_PART})?(?:{_WHICH}){_SP}{_SEASON}\b)",
        rf"(?i:(?:the{_SP})?(?:fiscal{_SP})?(?:first|second|third|fourth|1st|2nd|3rd|4th|"
        rf"q[1-4])(?:[ -](?:fiscal[ -])?quarter)(?:,?{_SP}(?:of{_SP})?(?:fiscal{_SP})?{_YEAR}|"
        rf"{_SP}(?:of{_SP})?(?:last|this|next|the{_SP}current){_SP}(?:fiscal{_SP})?year)?|"
        rf"q[1-4],?{_SP}{_YEAR})",
        # periods counted from the day of reading, or from a date before
        rf"(?i:(?:{_PART})?(?:{_WHICH}{_SP}{_PERIOD})\b(?!['’]s{_SP}end)|(?:over{_SP})?the{_SP}weekend\b)",
        rf"(?i:(?:(?:about|nearly|almost|more{_SP}than|less{_SP}than|around|some|over|just|only|"
        rf"at{_SP}least){_SP})?\b(?:{COUNT}){_SP}{UNITS}{_SP}(?:ago|earlier|previously|later|"
        rf"from{_SP}now|from{_SP}today|hence|prior(?!{_SP}to)|before(?={_OPT}[,.;]|$))|a{_SP}(?:week|"
        rf"month|year){_SP}or{_SP}so{_SP}ago)\b",
        rf"(?i:the{_SP}(?:past|last|previous|preceding|next|coming|following){_SP}(?:{COUNT}|"
        rf"couple{_SP}of){_SP}(?:{UNITS}|weekends?)|(?:in|over|during|within){_SP}(?:the{_SP})?(?:past|"
        rf"recent|last|coming){_SP}(?:days|weeks|months|years)|recent{_SP}(?:days|weeks|months|years))\b",
        rf"(?i:year[- ]end|year['’]s{_SP}end|(?:the{_SP})?end{_SP}of{_SP}the{_SP}(?:year|month|week))\b",
        # holidays
        rf"(?:{_WHICH}{_SP}(?:year['’]s{_SP})?)?{holiday}(?:{_SP}(?i:weekend|week)\b)?(?:,?{_SP}{_YEAR}|"
        rf"{_SP}(?:last|this|next){_SP}year)?",
        # decades, centuries, years
        r"(?i:(?:the\s+)?(?:(?:early|mid|late)[ -])?(?:(?:1[5-9]|20)\d0['’]?s\b|(?<![\w])['’]\d0s\b|"
        r"(?<=the )\d0s\b))",
        rf"(?i:the{_SP}(?:\d{{1,2}}(?:st|nd|rd|th)|twentieth|twenty-first|nineteenth|eighteenth){_SP}century)\b",
        rf"(?i:\b{SPELLED_YEAR}\b)(?![\w-])",
        rf"(?:{_PART})?(?i:(?:the{_SP})?(?:fiscal|calendar|"
        rf"financial){_SP}(?:year{_SP})?)?(?<![\d$£€#.,/:\w])(?<!No\. ){years}(?!{_SP}(?i:people|votes|"
        rf"voters|men|women|deaths|miles|feet|times|dollars|percent|troops|workers|members|homes|jobs|"
        rf"meters|kilometers|students|words|square|acres|pounds|tons|hours|km|kg|soldiers|refugees|"
        rf"cases)\b)(?!-[A-Za-z])",
        # the day of a month that is not named
        rf"(?<=\b[oO]n )(?i:the{_SP})\d{{1,2}}(?:st|nd|rd|th)(?={_OPT}[,.;?!)]|$|"
        rf"{_SP}(?i:of{_SP}(?:this|last|the){_SP}month))",
    ]
    return re.compile(r"(?<![\w$£€#])(?:" + "|".join(f"(?:{alternative})" for alternative in alternatives) + ")")


@cache
def _scanner(*, asked: bool) -> re.Pattern[str]:
    """The grammar, compiled on first need: that takes longer than answering a question, and most name no date."""
    if asked:
        return _grammar(_ASKED_MONTH, _ASKED_WEEKDAY, f"(?i:{_HOLIDAY})", lower_months=True)
    return _grammar(_MONTH, _WEEKDAY, _HOLIDAY, lower_months=False)


_MAY_BE = re.compile(
    r"\d|\b(?:"
    rf"(?:{'|'.join((*MONTH_NUMBER, *WEEKDAY_NUMBER))})\b|{_SEASON}|{UNITS}|{_HOLIDAY}|"
    r"tonight|overnight|today|tomorrow|yesterday|night|morning|afternoon|evening|"
    r"nineteen|twenty|eighteen|two thousand)",
    re.IGNORECASE,
)
"""Each alternative of the grammar needs one of these: text without any has no date."""

_NAME_AFTER = re.compile(r"[ \t](?:[A-Z][a-z]+(?![a-z]*\W*$))")
_NAMES = frozenset(
    {"today", "tonight", "may", "march", "april", "june", "august", "may.", "jan", "jan.", "sun", "sat", "mar", "dec"}
)
_IN_TITLE = re.compile(r"(?:\b[A-Z][\w’']*[ \t]|[“\"])$")
_TITLE_GOES_ON = re.compile(r"[ \t](?:[A-Z]|show\b)")
_TITLE_BEFORE = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Miss|Dr|Sen|Rep|Gov|Lady|Sir|Minister|Secretary|Theresa|President|Judge|"
    r"Justice|Prof)\.?|[A-Z][a-z]+)[ \t]$"
)


def expressions(text: str, start: int = 0, *, asked: bool = False) -> list[Expression]:
    """The date expressions of a text in order, never overlapping.

    Durations ("for two years") and ages ("a 25-year-old") say no date and are left out, as are clock times alone.

    Args:
        text: newswire as printed, or a reader's question.
        start: added to every offset, so that spans can be those of an article whose paragraph ``text`` is.
        asked: months and weekdays may be typed in lower case, as readers do.
    """
    found: list[Expression] = []
    if not _MAY_BE.search(text):
        return found
    for match in _scanner(asked=asked).finditer(text):
        words = match.group()
        if _is_name(text, match.start(), match.end(), words) or text[match.end() : match.end() + 1].isalpha():
            continue  # a name, or a part of "Saturday evenings", which is no one Saturday
        reading = read(words)
        if reading is not None:
            found.append(Expression(start + match.start(), start + match.end(), words, reading))
    return found


_TITLED = re.compile(
    r"Sunday\s(?:Times|Telegraph|Mirror|Mail|Herald|Express)\b|[A-Z]\w+day\sNight\s(?:Live|Football|Baseball)\b"
)
"""What a weekday opens the name of."""


def _is_name(text: str, start: int, end: int, words: str) -> bool:
    """Theresa May, April Ryan, the Sunday Times: a month or a weekday that is part of a name."""
    if _TITLED.match(text, start):
        return True
    if words.lower() not in _NAMES:
        return False
    if text[end : end + 1] == "-" and text[end + 1 : end + 2].isalpha():
        return True  # Mar-a-Lago
    if words in ("Today", "Tonight", "TODAY"):
        return bool(_IN_TITLE.search(text[max(0, start - 24) : start]) or _TITLE_GOES_ON.match(text, end))
    if _TITLE_BEFORE.search(text[max(0, start - 20) : start]):
        before = text[:start].rstrip().rsplit(None, 1)[-1]
        return before not in (
            "In",
            "On",
            "By",
            "Since",
            "Last",
            "This",
            "From",
            "Until",
            "During",
            "Between",
            "Early",
            "Late",
            "After",
            "Before",
            "Next",
            "Through",
        )
    if words.lower() in ("april", "june", "august", "may"):
        return bool(_NAME_AFTER.match(text, end)) and not re.search(
            r"(?:\b[Ii]n|\b[Ss]ince|\b[Ll]ast|\b[Bb]y|\b[Oo]f) $", text[:start]
        )
    return False
