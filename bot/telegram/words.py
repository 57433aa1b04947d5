"""The interface's own words, by language: gettext catalogues (``locale/<language>.po``), read as they are.

English is in the code; a new language is one more .po file. Quotes, names and headlines are never translated.
"""

from __future__ import annotations

import io
from datetime import date, timedelta
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Final

from data.model import DateRange

LOCALE: Final = Path(__file__).parent / "locale"
DEFAULT: Final = "en"
NAMES: Final = {"en": "English", "ru": "Русский"}
"""Languages by their own names; one without an entry is shown by its code."""


def languages() -> list[str]:
    """The languages there are, English first."""
    return [DEFAULT, *sorted(path.stem for path in LOCALE.glob("*.po"))]


class Words:
    """The fixed phrases in one language. Get one from ``words_in``."""

    def __init__(self, language: str, catalogue: NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    def say(self, phrase: str, **fields: object) -> str:
        """A phrase with its fields filled in (already escaped, where they go into HTML)."""
        said = self._catalogue.gettext(phrase)
        return said.format(**fields) if fields else said

    def count(self, one: str, many: str, number: int) -> str:
        """A phrase about a number of things, in the form that the language wants; ``{n}`` is the number."""
        return self._catalogue.ngettext(one, many, number).format(n=number)

    def day(self, day: date) -> str:
        """ "1 April 2019", as the language writes it."""
        from babel.dates import format_date

        return format_date(day, "d MMMM y", locale="en_GB" if self.language == DEFAULT else self.language)

    def days(self, days: DateRange) -> str:
        """A range of days as shortly as it can be said: a day, a month, a year, or from one day to another."""
        from babel.dates import format_date

        first, last = days.first, days.last
        if first == last:
            return self.day(first)
        whole = first.day == 1 and last < date.max and (last + timedelta(days=1)).day == 1
        if whole and first.year == last.year:
            if first.month == last.month:
                return format_date(first, "LLLL y", locale="en_GB" if self.language == DEFAULT else self.language)
            if (first.month, last.month) == (1, 12):
                return str(first.year)
        return f"{self.day(first)} – {self.day(last)}"


@cache
def words_in(language: str | None) -> Words:
    """The phrases in a language given by its code ("ru", "ru-RU"); in English where there are none."""
    code = (language or DEFAULT).replace("_", "-").split("-")[0].lower()
    if code == DEFAULT or code not in languages():
        return Words(DEFAULT, NullTranslations())
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with (LOCALE / f"{code}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return Words(code, GNUTranslations(compiled))
