"""Whose the thing is that speaks, and descriptions: what must be tied to whom the article names, what left alone."""

from __future__ import annotations

import pytest

from data.statements.parsing import Parser
from tests.test_speakers_kinds import last
from tests.test_speakers_naming import names, parser

__all__ = ["parser"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ned Harrow lost the vote on Monday.\n\n{His campaign} said it would go on.", "Ned Harrow's campaign"),
        ("Rosa Lopes opened the bridge.\n\n{Her aides} said it was late.", "Rosa Lopes' aides"),
        ("{The Harbour Union} left the talks.\n\n{Its lawyers} said it was late.", "Harbour Union's lawyers"),
        (
            "Ned Harrow opened the bridge.\n\n{His critics, who include the ferrymen,} said it was late.",
            "Ned Harrow's critics",
        ),
        # The campaign spoken of right before is another man's.
        (
            "“She should be in the Marsh campaign,” said Ned Harrow, a pollster.\n\nIlie Marsh ran for mayor.\n\n"
            "Ned Harrow left the Marsh campaign. {His campaign} said no.",
            "His campaign",
        ),
        (
            "Ned Harrow met Ilie Marsh, who fought Pavel Kell.\n\nIt rained.\n\n{Their lawyers} said no.",
            "Their lawyers",
        ),
    ],
)
def test_what_is_owned_is_called_by_its_owner(parser: Parser, text: str, expected: str) -> None:
    found = last(parser, text)
    assert (found.name, found.resolved) == (expected, False)


@pytest.mark.parametrize(
    ("text", "expected", "resolved"),
    [
        ("The Kelmore Institute published a report on Monday.\n\n{The report} said no.", "Kelmore Institute", True),
        ("Ned Harrow was a ferryman.\n\nHe was cold, according to {his memoirs}.", "Ned Harrow", True),
        ("A letter by Ned Harrow came on Monday.\n\n“I shall not go,” {the letter} said.", "Ned Harrow", True),
        (
            "Ned Harrow said in a statement that it was late.\n\n“We will wait,” {the statement} said.",
            "Ned Harrow",
            True,
        ),
        ("Seven fishermen from Lenn filed a lawsuit.\n\n{The motion} says no.", "Seven fishermen from Lenn", False),
        ("A Kelmore University poll came out.\n\n{The poll} found few gulls.", "Kelmore University poll", True),
        ("A Kelmornews analysis came out.\n\n{The analysis} found few gulls.", "A Kelmornews analysis", False),
        ("She shared a Kelmorbook post on gulls.\n\n{The post} said no.", "The post", False),
        # Nothing tells who wrote it.
        ("Ned Harrow read a letter aloud on Monday.\n\n{The letter} said no.", "The letter", False),
        # A new report is not the one before it.
        (
            "The Kelmore Institute published a report.\n\nA report came out later, too. {The report} said no.",
            "The report",
            False,
        ),
        # Whoever is no more than a word is no better than the document.
        ("The council sent a letter on Monday.\n\n{The letter} said no.", "The letter", False),
        (
            "Researchers from Kelmore University counted gulls.\n\nIt took a year.\n\n{The researchers} saw few.",
            "Researchers from Kelmore University",
            False,
        ),
    ],
)
def test_a_document_taken_up_again_is_its_authors(parser: Parser, text: str, expected: str, resolved: bool) -> None:
    found = last(parser, text)
    assert (found.name, found.resolved) == (expected, resolved)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Sen. Ines Falk came on Monday.\n\nFalk opened the bridge. Sen. Rosa Lind left early.\n\n"
            "At the fair, Julia Kell asked Falk whether she would run, but {the senator} said it was late.",
            "Ines Falk",
        ),
        ("Gov. Ned Harrow spoke in Lenn on Monday.\n\n{The candidate} said the bridge was late.", "Ned Harrow"),
        ("House Speaker Ned Harrow spoke on Monday.\n\n{The Ohio Republican} said no.", "Ned Harrow"),
        ("Sen. Ned Harrow spoke on Monday.\n\n{The billionaire mogul} said no.", "The billionaire mogul"),
        ("A novelist, Ned Harrow, left.\n\n“No,” said {a Republican, Ilie Marsh}.", "Ilie Marsh"),
        ("{The city} said it was late. Nobody in the City of Kelmore was surprised.", "City of Kelmore"),
        ("The news site Kelmor.com reported the fire.\n\n{The website} said it was late.", "Kelmor.com"),
    ],
)
def test_descriptions_take_the_one_person_or_body_meant(parser: Parser, text: str, expected: str) -> None:
    assert names(parser, text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ned Harrow ran.\n\n“No,” said {Harrow this week}.", "Ned Harrow"),
        ("Ned Harrow ran.\n\n“No,” said {Harrow after the race}.", "Ned Harrow"),
        ("Ned Harrow ran.\n\n“No,” said {Harrow supporters}.", "Harrow supporters"),
        ("It is dear. Say {Kelmore} asked for more.", "Kelmore"),
        ("{President Farid el-Kadry of Lenn} said no.", "Farid el-Kadry"),
        ('Rep. Robert C. "Bobby" Harrow came.\n\n{Harrow} said no.', 'Robert C. "Bobby" Harrow'),
        ("{Françoise Harrow} said no.\n\n{Harrow} left.", "Françoise Harrow"),
        ("{President FranÃ§ois Harrow} said no.", "FranÃ§ois Harrow"),
        ("{President SÃ©golÃ ̈ne GÃ1⁄4rel} said no.", "SÃ©golÃ ̈ne GÃ1⁄4rel"),
        ("Islanders for Education Reform met. Rosa Walz came. {She} said no.", "Rosa Walz"),
        (
            "“No,” said {a longtime adviser, who asked not to be named for fear of his post}.",
            "a longtime adviser",
        ),
    ],
)
def test_no_more_and_no_less_than_the_name(parser: Parser, text: str, expected: str) -> None:
    assert names(parser, text)[-1] == expected


LEAD = "{A former harbour chairman} says the bridge has to wait.\n\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LEAD + "“We are late,” said Ned Harrow, who ran the harbour for years.", "Ned Harrow"),
        # Two newcomers, or a role of another kind.
        (LEAD + "“We are late,” said Ned Harrow. “No,” said Ilie Marsh.", "A former harbour chairman"),
        (LEAD + "“We are late,” said Ned Harrow, a novelist.", "A former harbour chairman"),
        (
            "{A district court judge} said no in May.\n\nCircuit Court Judge Ned Harrow ruled in June, and left.",
            "A district court judge",
        ),
    ],
)
def test_a_lead_speaks_of_whom_the_next_paragraph_names(parser: Parser, text: str, expected: str) -> None:
    assert names(parser, text)[-1] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The New Kelmore Daily News was sold.\n\n{The Daily News} said no.", "New Kelmore Daily News"),
        ("The Supreme Court of Kelmore met.\n\n{The Supreme Court} said no.", "Supreme Court of Kelmore"),
        (
            "The Supreme Court of Kelmore and the Supreme Court of Yarrow met.\n\n{The Supreme Court} said no.",
            "Supreme Court",
        ),
        ("“No,” said {the Harbour Union}. The Ferry Company is small. {It} said yes.", "Ferry Company"),
        ("The government of Yarrow met. It rained.\n\n{The government} said no.", "government of Yarrow"),
        ("{A USA TODAY analysis} and others said no.\n\n{USA TODAY} left.", "USA TODAY"),
    ],
)
def test_the_fullest_name_of_a_body(parser: Parser, text: str, expected: str) -> None:
    assert names(parser, text)[-1] == expected


def test_initials_that_open_the_turns_of_an_interview(parser: Parser) -> None:
    text = (
        "Odile Brack runs the harbour of Lenn. She spoke with Kelmornews.\n\n((Kelmornews)) Is it deep?\n\n"
        "OB: It is.\n\n{((KN))} Who pays?\n\n{OB}: The town. {We} asked for it.\n\n((KN)) When?"
    )
    assert names(parser, text) == ["Kelmornews", "Odile Brack", "Odile Brack"]


def test_initials_that_nobody_has_stay(parser: Parser) -> None:
    text = "Odile Brack runs the harbour.\n\nXQ: Who pays?\n\nOB: The town.\n\n{XQ}: When?"
    assert names(parser, text) == ["XQ"]
