"""Kinds of failure that hand checks named, both directions each: what must be tied, and what must be left alone."""

from __future__ import annotations

import pytest

from data.model import Attribution, SpeakerName
from data.speakers import identity
from data.speakers.byline import sole_author
from data.speakers.resolving import name_speakers
from data.statements.parsing import Parser
from tests.test_speakers_naming import article, named, names, parser

__all__ = ["parser"]


def last(parser: Parser, marked: str, **given: str) -> SpeakerName:
    found = named(parser, marked, **given)[-1]
    assert found is not None
    return found


def test_a_surname_alone_is_not_resolved(parser: Parser) -> None:
    found = last(parser, "The mill burned on Monday.\n\n{Ms. Ostrander} said it was insured.")
    assert (found.name, found.resolved, found.gender) == ("Ostrander", False, "f")


def test_a_name_with_its_regal_title_is_resolved(parser: Parser) -> None:
    assert last(parser, "{Pope Severin} said the victims had waited.").resolved


def test_the_first_of_two_surnames_is_known(parser: Parser) -> None:
    text = "“Good,” said Melba Ocasio Febo, the president of the bank.\n\n{Ms. Ocasio} said it was not enough."
    assert names(parser, text) == ["Melba Ocasio Febo"]


def test_a_middle_name_that_two_people_share_is_nobodys(parser: Parser) -> None:
    calm = "\n\nThe rain went on for days and nobody was seen on the quay.\n\n"
    text = f"The day began when Melba Ocasio Febo met Rosa Ocasio Lind.{calm * 4}Later {{Ms. Ocasio}} said no."
    assert not last(parser, text).resolved


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{Arturo SarukhÃ¡n} said so.\n\n{SarukhÃ¡n} added no more.", "Arturo SarukhÃ¡n"),
        ("{Arturo Sarukh�n} said so.\n\n{Sarukh�n} added no more.", "Arturo Sarukh�n"),
        ("Odile Brack’s plan failed.\n\n{Brack} said no.", "Odile Brack"),
        ("Odile Brackâ€™s plan failed.\n\n{Brack} said no.", "Odile Brack"),
    ],
)
def test_letters_decoded_wrongly_do_not_cut_a_name(parser: Parser, text: str, expected: str) -> None:
    assert names(parser, text)[-1] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{Ilie Marsh, head of the institute, and other geologists} said so.", "Ilie Marsh and other geologists"),
        (
            "{Former Yarrow Gov. Ilie Marsh (D) and former Kelmore Gov. Ines Falk (R)} said so.",
            "Ilie Marsh and Ines Falk",
        ),
        ("{Senator Ilie Marsh and fellow Liberal Representative Ines Falk} said so.", "Ilie Marsh and Ines Falk"),
        ("It is late, said {Consumer Boats Association President and CEO Ines Falk}.", "Ines Falk"),
        ("{Captain Ilie Marsh, who met Ned Harrow and former mayor Ines Falk,} said so.", "Ilie Marsh"),
        ("Ned Harrow ran.\n\n{Harrow and his lawyers} deny it.", "Ned Harrow and his lawyers"),
        ("{Ines Falk, Ned Harrow and Ilie Marsh} said so.", "Ines Falk, Ned Harrow and Ilie Marsh"),
        ("Ned Harrow and Ilie Marsh met.\n\n{Mr. Harrow and Mr. Marsh} said so.", "Ned Harrow and Ilie Marsh"),
        (
            "{Aides to Gov. Ned Harrow, a former judge, and Gov. Ilie Marsh} spoke.",
            "Aides to Gov. Ned Harrow, a former judge, and Gov. Ilie Marsh",
        ),
        ("Julia Marsh ran.\n\n{Marsh and Sen.  Ned Harrow (Vt.)} said so.", "Julia Marsh and Ned Harrow"),
        ("{Ilie Marsh, who runs the farm and other businesses,} said so.", "Ilie Marsh"),
    ],
)
def test_lists_of_speakers_are_whole(parser: Parser, text: str, expected: str) -> None:
    assert names(parser, text)[-1] == expected


SENATORS = "Sen. Ned Harrow (R-Ky.) spoke.\n\nSen. Ilie Marsh (D-Vt.) left.\n\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # A role that nothing ties to a name stays as written.
        ("Ines Falk spoke at the rally.\n\nThere {the Harrow supporter} shouted at her.", "the Harrow supporter"),
        ("Ines Falk took questions. She smiled when {the TV interviewer} asked why.", "the TV interviewer"),
        ("Ines Falk ran a server. A customs official was asked. {The official} said no.", "The official"),
        ("Ned Harrow held the rally. After a long wait {the man} shouted.", "the man"),
        # What the text ties is tied.
        (SENATORS + "{The Kentucky Republican} said no.", "Ned Harrow"),
        (SENATORS + "{The Vermont Democrat} said no.", "Ilie Marsh"),
        ("{One of the authors of that report, Ned Harrow,} said so.", "Ned Harrow"),
        ("Professor Odile Brack fell ill.\n\nHe saw it, {her nephew Michery el Solen} said.", "Michery el Solen"),
    ],
)  # fmt: skip
def test_descriptions_are_tied_only_to_whom_they_fit(parser: Parser, text: str, name: str) -> None:
    found = last(parser, text)
    assert (found.name, found.resolved) == (name, name[0].isupper() and not name.startswith("The "))


def test_a_party_and_a_state_that_nobody_has_is_nobody(parser: Parser) -> None:
    text = SENATORS + "The vote failed after a long night.\n\n{The Ohio Republican} said no."
    found = last(parser, text)
    assert (found.resolved, found.form) == (False, "person")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "The Kelmore Mining Commission fined two farms in Hampton County. {The agency} said so.",
            "Kelmore Mining Commission",
        ),
        ("The Harbour Inspectorate closed two quays in Hampton County. {The agency} said so.", "Harbour Inspectorate"),
        ("It burnt in Hampton County. {The agency} said so.", "The agency"),
    ],
)
def test_a_place_is_no_agency(parser: Parser, text: str, name: str) -> None:
    assert names(parser, text) == [name]


def test_who_passes_it_on_is_not_the_speaker(parser: Parser) -> None:
    found = last(parser, "It rained, according to {the mayor of Yarrow via news agency Kelmorpress}.")
    assert "mayor" in found.name
    assert not found.resolved


INTERVIEW = (
    "Odile Brack runs the harbour. She spoke with {who} on Monday.\n\nQ: Is it deep?\n\nA: It is.\n\n"
    "{{Q}}: Who pays?\n\n{{A}}: The town. {{I}} said so before."
)


def test_a_question_is_the_bylines(parser: Parser) -> None:
    text = INTERVIEW.format(who="the Gazette")
    assert names(parser, text, author="Ned Harrow") == ["Ned Harrow", "Odile Brack", "Odile Brack"]


def test_a_question_of_two_interviewers_is_nobodys(parser: Parser) -> None:
    text = INTERVIEW.format(who="GAZETTE senior writer Ned Harrow and Kelmore Post reporter Jim Tanker")
    found = named(parser, text, author="Ned Harrow", title="Odile Brack on the harbour")
    assert [(n.name, n.resolved) for n in found if n] == [("Q", False), ("Odile Brack", True), ("Odile Brack", True)]


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Dana Kell", "Dana Kell"),
        ("By DANA B. KELL", "DANA B. KELL"),
        ("Dana Kell, @danakell, KELMORE TODAY", "Dana Kell"),
        ("Dana Kell. Email: dkell@example.org,Twitter: @danakell", "Dana Kell"),
        ("Dana Kell and Ned Harrow", None),
        ("Kelmore News", None),
        ("Reuters", None),
        (", ,", None),
        (None, None),
    ],
)
def test_the_one_author(author: str | None, expected: str | None) -> None:
    assert sole_author(author) == expected


def test_i_is_the_author_and_no_outlet(parser: Parser) -> None:
    text = "The harbour is full. {I} asked why on Monday."
    assert last(parser, text, author="Dana Kell").name == "Dana Kell"
    assert not last(parser, text, author="Kelmore News").resolved


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Kelmore Post-Courier moved.\n\n“Yes,” {the Post-Courier} said.", "Kelmore Post-Courier"),
        ("The Huntley Postal Service grew.\n\nIn May {HuntPost} asked why.", "HuntPost"),
        ("The Huntley Post grew.\n\nIn May {HuntPost} asked why.", "Huntley Post"),
        ("It was late. But as {The Hill} pointed out, nobody asked.", "The Hill"),
        ("Get on the Falk Train now.\n\nWhen {Falk} began, Falk lied. Falk knew it. Falk's men too.", "Falk"),
        ("{Establishment Republicans} said no.", "Establishment Republicans"),
    ],
)
def test_names_of_organisations_and_what_is_none(parser: Parser, text: str, expected: str) -> None:
    assert names(parser, text)[-1] == expected


def test_groups_are_no_people(parser: Parser) -> None:
    for text in ("{Critics} said no.", "On Monday {senior Democrats} said no.", "{Establishment Republicans} said no."):
        found = last(parser, text)
        assert (found.form, found.resolved) == ("group", False)


def test_an_office_that_is_a_first_name_too(parser: Parser) -> None:
    text = "Vikram Amory, the dean of the law school, smiled.\n\n“Yes,” {Dean Amory} said."
    assert names(parser, text) == ["Vikram Amory"]
    assert names(parser, "“Yes,” {Dean Amory} said.") == ["Dean Amory"]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Rival {Ines Falk} said no.", None),
        ("Rival Ines Falk said no. {Falk}, the senator from Utah, left.", "senator from Utah"),
        ("{Ines Falk}, who lost her son in the fire as a teacher, said no.", None),
        ("Ned Harrow, Governor Marsh, {Ilie Crane} and others said no.", None),
        ("As a summer clerk at the bank, {Ines Falk} said no.\n\nAttorney General Ines Falk left.", "Attorney General"),
        ("{Gen. Odile Brack} said no.", "Gen."),
    ],
)
def test_roles_that_tell_something(parser: Parser, text: str, role: str | None) -> None:
    assert last(parser, text).role == role


def test_a_bare_surname_keeps_its_gender_in_its_key() -> None:
    keys = {identity(SpeakerName("Falk", None, False, "person", gender)) for gender in ("f", "m", None)}
    assert keys == {"falk (f)?", "falk (m)?", "falk?"}
    assert identity(SpeakerName("Ines Falk", None, True, "person", "f")) == "ines falk"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The clause, or what is said, names somebody: that is not the one who says it.
        ("Ned Harrow met Ilie Marsh. {He} praised Mr. Marsh.", "Ned Harrow"),
        ("Mayor Ilie Marsh spoke to his clerk Ned Harrow. {He} said that Marsh was tired.", "Ned Harrow"),
        # Whom the article is about loses to the plain subject right before.
        (
            "Ned Harrow won. Harrow smiled. Harrow sang.\n\nHarrow left. Harrow ate. Harrow slept.\n\n"
            "Aide {Tom Crale} said it was well. {He} added that the night was long.",
            "Tom Crale",
        ),
        # A modifier is no subject.
        ("Ned Harrow won.\n\nHarrow aide Tom Crale said it rained. “A lot,” {he} said.", "Tom Crale"),
    ],
)
def test_whom_a_pronoun_means(parser: Parser, text: str, expected: str) -> None:
    assert names(parser, text)[-1] == expected


def test_a_clause_before_bars_nobody(parser: Parser) -> None:
    assert names(parser, "When Ned Harrow spoke, {he} said no.") == ["Ned Harrow"]


def test_the_judge_who_was_left_unnamed_goes_on(parser: Parser) -> None:
    text = "Ines Falk sued.\n\n{A Kelmore judge} said no.\n\nFalk was there, {the judge} said."
    assert names(parser, text)[-1] == "A Kelmore judge"


def test_who_is_asked_does_not_ask(parser: Parser) -> None:
    text = "Curt Harrow came. Asked whether it would do, Mr. Harrow shot back: “It would.”"
    whole = article(text)
    at = text.index("Mr. Harrow")
    cue, question = (text.index("Asked"), text.index("Asked") + 5), (text.index("whether"), text.index(", Mr."))
    answer = (text.index("“It"), len(text))
    asked = Attribution((at, at + 10), cue, (question,), "indirect")
    told = Attribution((at, at + 10), (at + 11, at + 20), (answer,), "direct")
    found = name_speakers(parser.parse(whole), [asked, told])
    assert found[0] is None
    assert found[1] is not None
    assert found[1].name == "Curt Harrow"


def test_a_brother_who_is_named_is_no_other_bearer(parser: Parser) -> None:
    text = (
        "Richard Orman flew home, his brother Alan Orman told a paper.\n\nAlan Orman called him kind."
        " He was tired, {his brother} added."
    )
    assert names(parser, text)[-1] == "Alan Orman"


def test_numbers_are_nobodys_name(parser: Parser) -> None:
    for text in ("{About 4 in 10} said no.", "In March {47%} said no."):
        assert not last(parser, text).resolved
