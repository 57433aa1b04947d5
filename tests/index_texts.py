"""Small fictional coverage for the tests of the index: as many articles as wanted, each with its own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from data.model import Article
from data.reading import ReadResult

PEOPLE = ("Oda Brun", "Piet Vos", "Marla Quint", "Jonas Reek", "Edda Falk")
THINGS = ("ferry", "harbour wall", "school roof", "herring quota", "tram line", "water tower", "night market")
OUTLETS = ("Ostrey Bell", "Larn Courier", "Tidewater Post")


def article(number: int, *, version: int = 1) -> Article:
    """Article ``number``; another ``version`` is the same article with a corrected text."""
    speaker, thing = PEOPLE[number % len(PEOPLE)], THINGS[number % len(THINGS)]
    paragraphs = (
        f"The {thing} of district {number} will be repaired, said {speaker}, who leads the district council.",
        f"“We have waited {number + version} years for the {thing},” {speaker} said on Monday.",
        f"Work in district {number} begins in spring and ends before the storms.",
    )
    text, spans, at = "\n\n".join(paragraphs), [], 0
    for paragraph in paragraphs:
        spans.append((at, at + len(paragraph)))
        at += len(paragraph) + 2
    return Article(
        id=f"https://news.example/{number}",
        text=text,
        paragraphs=tuple(spans),
        url=f"https://news.example/{number}",
        outlet=OUTLETS[number % len(OUTLETS)],
        title=f"District {number} gets its {thing}",
        published=date(2031, 1, 1) + timedelta(days=number % 20_000),
        language="en",
        source=f"{number}.txt",
    )


def read(numbers: Iterable[int], *, version: int = 1) -> Iterator[ReadResult]:
    """The articles as ``data.reading.read`` would yield them."""
    return (ReadResult(source=f"{number}.txt", article=article(number, version=version)) for number in numbers)
