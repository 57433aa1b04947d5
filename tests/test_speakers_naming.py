"""Naming speakers within an article, on invented news with the real parser."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.model import Article, Attribution, SpeakerName
from data.speakers.resolving import name_speakers
from data.statements.parsing import ParsedArticle, Parser


@pytest.fixture(scope="session")
def parser() -> Parser:
    return Parser()


def article(text: str, **given: str) -> Article:
    paragraphs = tuple((m.start(), m.end()) for m in re.finditer(r"[^\n]*\S[^\n]*", text))
    return Article("a", text, paragraphs, **given)  # type: ignore[arg-type]


def named(parser: Parser, marked: str, **given: str) -> list[SpeakerName | None]:
    """Names of the speakers marked ``{so}``; ``{}`` marks a quotation that names nobody."""
    spans: list[tuple[int, int]] = []
    text = ""
    for piece in re.split(r"(\{[^}]*\})", marked):
        if piece.startswith("{"):
            spans.append((len(text), len(text) + len(piece) - 2))
            text += piece[1:-1]
        else:
            text += piece
    whole = article(text, **given)
    attributions = []
    for start, end in spans:
        ordinal = max(i for i, (first, _) in enumerate(whole.paragraphs) if first <= start)
        first, last = whole.paragraphs[ordinal]
        if start == end:
            closing = re.compile(r"[”\"]|$").search(text, start + 1, last)
            attributions.append(Attribution(None, None, ((start, closing.end() if closing else last),), "direct"))
        else:
            attributions.append(Attribution((start, end), None, ((first, start or last),), "mixed"))
            if first == start:
                attributions[-1] = Attribution((start, end), None, ((end, last),), "mixed")
    return name_speakers(parser.parse(whole), attributions)


def names(parser: Parser, marked: str, **given: str) -> list[str | None]:
    return [name.name if name else None for name in named(parser, marked, **given)]


def test_surname_and_pronoun_take_the_full_name_and_role(parser: Parser) -> None:
    found = named(
        parser,
        "“It was late again,” {Orla Brannigan}, the Kelmore-based harbour union director for the northern isles,"
        " said on Monday.\n\nThe council kept silent. {Brannigan} said it always does.\n\n“We will wait,” {she} said.",
    )
    assert [n.name for n in found if n] == ["Orla Brannigan"] * 3
    assert {n.role for n in found if n} == {"Kelmore-based harbour union director for the northern isles"}
    assert all(n.resolved and (n.form, n.gender) == ("person", "f") for n in found if n)


def test_titles_are_roles_and_not_names(parser: Parser) -> None:
    found = named(
        parser,
        "{Sen. Tobias Wrenfield}, R-Ky., said no.\n\n{Mr. Wrenfield} said it twice.\n\n"
        "Tulsa police Chief {Marta Oduya} said the case is closed.",
    )
    assert [n.name for n in found if n] == ["Tobias Wrenfield", "Tobias Wrenfield", "Marta Oduya"]
    assert found[0] is not None
    assert found[0].role == "Sen."
    assert found[2] is not None
    assert found[2].role == "Tulsa police Chief"


def test_husband_and_wife_are_kept_apart_by_title(parser: Parser) -> None:
    text = (
        "Harold Pemble and his wife, Agnes Pemble, run the mill.\n\n“It pays,” {Mr. Pemble} said.\n\n"
        "“Barely,” {Mrs. Pemble} said."
    )
    assert names(parser, text) == ["Harold Pemble", "Agnes Pemble"]


def test_a_surname_that_two_people_bear_is_no_guess(parser: Parser) -> None:
    text = (
        "Harold Pemble met Agnes Pemble in 1990.\n\nThe mill burned.\n\nNobody was hurt.\n\nThe town came.\n\n"
        "Rebuilding took a year.\n\n“It pays,” {Pemble} said."
    )
    (found,) = named(parser, text)
    assert found is not None
    assert (found.name, found.resolved) == ("Pemble", False)


def test_junior_is_not_his_father(parser: Parser) -> None:
    text = "{Desmond Crale} sold the firm.\n\n{Desmond Crale Jr.} said he would buy it back."
    assert names(parser, text) == ["Desmond Crale", "Desmond Crale Jr."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Particle: “Go,” said {Willem van der Hoeven}.\n\n“Stay,” {van der Hoeven} said.", "Willem van der Hoeven"),
        ("Prime Minister Theresa May met them.\n\n“No,” {Ms. May} said.", "Theresa May"),
        ("Strategist Michael Every was asked.\n\n“No,” {Every} said.", "Michael Every"),
        ("Leader Jong Ri-sol arrived.\n\n“No,” {Jong} said.", "Jong Ri-sol"),
        ("{Harbour Rights Watch} later said it had confirmed it.", "Harbour Rights Watch"),
        ("{The independent newspaper Kelmore Gazette} reported it.", "Kelmore Gazette"),
        ("{One of these groups, the Northern Rivers Trust (NRT),} said no.", "Northern Rivers Trust"),
        ("{Pope Severin} said the victims had waited.", "Pope Severin"),
    ],
)
def test_uncommon_spellings(parser: Parser, text: str, expected: str) -> None:
    assert names(parser, text)[-1] == expected


def test_roles_and_organisations_resolve_to_who_holds_them(parser: Parser) -> None:
    text = (
        "Kelmore Mayor Ines Falk opened the bridge. The Kelmore Workers Union stayed away.\n\n"
        "{The mayor} said it was a great day.\n\n{The union} said it was not."
    )
    assert names(parser, text) == ["Ines Falk", "Kelmore Workers Union"]


def test_an_acronym_means_the_name_that_it_was_given_for(parser: Parser) -> None:
    text = "The Northern Rivers Trust (NRT) counts fish.\n\n{The NRT} said there were fewer."
    assert names(parser, text) == ["Northern Rivers Trust"]


def test_a_spokesman_speaks_for_and_is_not_the_one_he_speaks_for(parser: Parser) -> None:
    found = named(
        parser,
        "Ines Falk won.\n\n{A spokesman for Ines Falk} said she was happy.\n\n{The Falk campaign} thanked voters.\n\n"
        "Her mother came.\n\nIt rained.\n\n{Falk adviser Ned Harrow} said it was over.",
    )
    assert [n.name for n in found if n] == ["A spokesman for Ines Falk", "The Falk campaign", "Ned Harrow"]
    assert [n.form for n in found if n] == ["person", "organisation", "person"]
    assert [n.role for n in found if n] == [None, None, "Falk adviser"]


def test_an_unnamed_spokesman_is_the_one_named_next_in_that_role(parser: Parser) -> None:
    text = "{A spokeswoman for Ines Falk} said no.\n\n“Not even close,” {Falk spokeswoman Petra Moss} said."
    assert names(parser, text) == ["Petra Moss", "Petra Moss"]


def test_documents_groups_and_their_owners(parser: Parser) -> None:
    found = named(
        parser,
        "Ines Falk wrote to voters.\n\n{Her statement} said she would stay.\n\n{The study} says otherwise.\n\n"
        "{Several residents} said they had moved.\n\n“Never again,” {they} said.",
    )
    assert [(n.name, n.form) for n in found if n] == [
        ("Ines Falk", "person"),
        ("The study", "document"),
        ("Several residents", "group"),
        ("Several residents", "group"),
    ]


def test_a_free_quotation_goes_on_only_where_the_layout_says_so(parser: Parser) -> None:
    text = (
        "“We lost the boat,” {Orla Brannigan} said.\n\n{}“We will build another.”\n\n"
        "{}“That is brave,” wrote Ned Harrow in a letter."
    )
    assert names(parser, text) == ["Orla Brannigan", "Orla Brannigan", "Ned Harrow"]
    assert names(parser, "{}“Nobody said this.”") == [None]


def test_someone_named_inside_a_quotation_is_not_its_speaker(parser: Parser) -> None:
    text = "Ned Harrow spoke first. “Tobias Wrenfield is a liar, and Desmond Crale is worse,” {he} said."
    assert names(parser, text) == ["Ned Harrow"]


def test_the_headline_gives_the_full_name(parser: Parser) -> None:
    title = "Marta Oduya Says Bridge Is Safe"
    assert names(parser, "The bridge is safe, {Oduya} said.", title=title) == ["Marta Oduya"]


def test_the_byline_is_whoever_says_i(parser: Parser) -> None:
    assert names(parser, "{I} said so last year.", author="Ned Harrow") == ["Ned Harrow"]


def test_nobody_to_resolve_to_stays_as_written(parser: Parser) -> None:
    (found,) = named(parser, "“Quiet,” {he} said.")
    assert found == SpeakerName("he", None, False, "person", "m")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We heard water,” said {foreman Tobiah Crane}.\n\n{Crane} said no more.", "Tobiah Crane"),
        ("{Printer Ambrus Kell}, who has worked there for years, said so.\n\n“No,” {Kell} said.", "Ambrus Kell"),
        ("“They bit me,” said {zither tuner Ilie Marsh, who lost nine ewes in August}. {Marsh} said it.", "Ilie Marsh"),
        ("{Zoologist Sunniva Harle} said they had come back.\n\n{Harle} said they would stay.", "Sunniva Harle"),
        ("{Marine biologist Yusra Denholm} said no.\n\n{Denholm} said it twice.", "Yusra Denholm"),
        ("{Cheesemonger Odile Brack} said it smelled.", "Odile Brack"),
        ("{Baker Odile Brack} said it rose.\n\n{Brack} said it fell.", "Odile Brack"),
        ("{Tanner Brack} said it rained.", "Tanner Brack"),
        ("{Hunter Joan Brack} said it rained.", "Hunter Joan Brack"),
    ],
)
def test_an_occupation_is_no_part_of_a_name(parser: Parser, text: str, expected: str) -> None:
    found = names(parser, text)
    assert found == [expected] * len(found)


def test_an_occupation_is_the_role(parser: Parser) -> None:
    found = named(parser, "“No,” said {foreman Tobiah Crane}.\n\n{Marine biologist Yusra Denholm} said yes.")
    assert [n.role for n in found if n] == ["foreman", "Marine biologist"]


@pytest.mark.parametrize(
    "speaker",
    [
        "A spokesman for President Osric Halvane",
        "a spokeswoman for Halvane",
        "A lawyer for Veldria's former president Osric Halvane",
        "an aide to President Halvane",
        "a spokesman for Republican presidential nominee Osric Halvane",
        "The spokesman for Tasmere Mayor Osric Halvane",
        "the mother of miner Osric Halvane",
    ],
)
def test_whoever_speaks_for_somebody_is_never_that_person(parser: Parser, speaker: str) -> None:
    text = (
        "President Osric Halvane came home on Monday.\n\n“He is well,” said {"
        + speaker
        + "}.\n\n{"
        + speaker
        + "} said he slept."
    )
    for found in named(parser, text):
        assert found is not None
        assert found.name == speaker


def test_a_quotation_before_an_unnamed_spokesman_is_not_his_masters(parser: Parser) -> None:
    text = "Osric Halvane came home.\n\n{}“He is well,” said a spokesman for Osric Halvane."
    assert "Osric Halvane" not in names(parser, text)
    text = "{A spokesman for Osric Halvane} said he was well. {He} added that it was late."
    assert set(names(parser, text)) == {"A spokesman for Osric Halvane"}


def test_an_office_with_of_or_to_leads_to_a_name(parser: Parser) -> None:
    text = (
        "{Former ambassador to the United Nations Julia Haldane} said no.\n\n"
        "{Secretary of Defense Odile Brack} said yes.\n\n{Department of Harbours official Troy Marsh} said maybe."
    )
    assert names(parser, text) == ["Julia Haldane", "Odile Brack", "Troy Marsh"]


def test_a_title_settles_who_of_a_couple_speaks(parser: Parser) -> None:
    couple = "Minister Ilsa Varkonen said no. Her husband, the lawyer Marek Varkonen, said yes."
    text = couple + "\n\n“Really,” {Mr. Varkonen} said."
    assert names(parser, text) == ["Marek Varkonen"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The Miners' Union of Upper Lenn met. It told the Ledger so.\n\n{The union} said no.",
            "Miners' Union of Upper Lenn",
        ),
        ("The National Teachers’ Federation met.\n\n{The federation} said no.", "National Teachers’ Federation"),
        ("It was the fault of the company, it told the Ledger.\n\n{The union} said no.", "The union"),
        ("Nora Haldane of the rights group Lantern came.\n\n{The rights group} said so.", "Lantern"),
        ("{St. Brannoc's Hospital} said nobody was hurt.", "St. Brannoc's Hospital"),
        ("{Smedley & Crake} said no.", "Smedley & Crake"),
        ('Jonna "Red" Mattick leads it.\n\n{Mattick} said no.', 'Jonna "Red" Mattick'),
        (
            "Pavel Ostrander Sr. and Pavel Ostrander Jr. met.\n\n“I lost,” {the elder Ostrander} said.",
            "Pavel Ostrander Sr.",
        ),
        (
            "Pavel Ostrander Sr. and Pavel Ostrander Jr. met.\n\n“I won,” {the younger Ostrander} said.",
            "Pavel Ostrander Jr.",
        ),
        ("Pavel Ostrander Jr. lost.\n\n{Pavel Ostrander Sr.} spoke. {His son} said no.", "Pavel Ostrander Jr."),
        ("{Pavel Ostrander Sr.} spoke. {His son} said no.", "Pavel Ostrander Sr.'s son"),
        ("Mayor Ulf van der Meersk came.\n\n{Van der Meersk} said no.", "Ulf van der Meersk"),
    ],
)
def test_names_by_their_kin_nouns_and_marks(parser: Parser, text: str, expected: str) -> None:
    assert names(parser, text)[-1] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ines Falk, former harbour mayor Ned Harrow said on Monday, was late.\n\n{Falk} said no.", None),
        ("As the president spoke for an hour, Ines Falk left.\n\n{Falk} said no.", None),
        ("Ines Falk, the mayor of Kelmore, left.\n\n{Falk} said no.", "mayor of Kelmore"),
    ],
)
def test_a_role_is_not_somebody_elses(parser: Parser, text: str, expected: str | None) -> None:
    assert [n.role for n in named(parser, text) if n] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ines Falk won.\n\n{Older people, who support Mrs. Falk}, said no.", "Older people"),
        ("The Kelmore Post has a new owner.\n\nIn April, {the Post} announced it.", "Kelmore Post"),
        ("It was late, as {The Tribune} pointed out.", "The Tribune"),
        ("The Falk administration wavers.\n\nLater {the administration} said no.", "Falk administration"),
        ("{The Senate Minority Leader, Julia Marsh,} said no.", "Julia Marsh"),
        (
            "{Orla Brannigan, Ned Harrow, Ines Falk and many more} said no.",
            "Orla Brannigan, Ned Harrow, Ines Falk and many more",
        ),
        ("She sat down for “The Rachel Bodkin Show” on Monday.\n\n{Bodkin} asked why.", "Rachel Bodkin"),
        ("Vice President Ned Harrow met Julia Marsh.\n\n{The president} said no.", "The president"),
        ("Patricia Marsh was there.\n\nIt rained, according to {Marsh’s account}.", "Patricia Marsh"),
    ],
)
def test_who_is_meant_by_short_words(parser: Parser, text: str, expected: str) -> None:
    assert names(parser, text)[-1] == expected


@pytest.mark.parametrize(
    "speaker",
    [
        "The harbour director",
        "The secretary of state",
        "many experts, including Mr. Harrow",
        "someone like Ned Harrow",
        "other Harrow aides",
        "voters who met Ned Harrow",
    ],
)
def test_who_is_not_meant_is_nobody(parser: Parser, speaker: str) -> None:
    text = f"Mayor Ned Harrow, the campaign's press secretary, came. Harrow smiled.\n\n“No,” {{{speaker}}} said."
    (found,) = named(parser, text)
    assert found is not None
    assert (found.name, found.resolved) == (speaker.split(", including")[0], False)


def test_an_acronym_is_nobodys_surname(parser: Parser) -> None:
    assert names(parser, "Kim Jong Un spoke.\n\n{The U.N.} said no.") != ["Kim Jong Un"]


def test_who_is_named_inside_his_words_is_not_the_one_who_says_them(parser: Parser) -> None:
    text = (
        "Tobias Wrenfield is a stiff campaigner. Tobias Wrenfield may run, and Wrenfield has money.\n\n"
        "Wrenfield's pollster, Douglas Marsh, says he will run. “I don't think the view” -- that Wrenfield is dull -- "
        "“will last,” {he} says."
    )
    whole = text.replace("{he}", "he")
    start, at = whole.index("“I don't"), text.index("{he}")
    found = name_speakers(
        parser.parse(article(whole)),
        [
            Attribution((s := whole.index("Douglas Marsh"), s + 13), None, ((s + 20, s + 31),), "indirect"),
            Attribution((at, at + 2), (at + 3, at + 7), ((start, at - 1),), "mixed"),
        ],
    )
    assert [name.name for name in found if name] == ["Douglas Marsh", "Douglas Marsh"]


def test_whoever_asked_is_not_the_one_who_replies(parser: Parser) -> None:
    whole = article("Luc Amberley spoke for an hour. Ebba Lorne asked why. “Because,” he replied.")
    asked, replied = whole.text.index("Ebba Lorne"), whole.text.index("he replied")
    found = name_speakers(
        parser.parse(whole),
        [
            Attribution((asked, asked + 10), (asked + 11, asked + 16), ((asked + 17, asked + 20),), "indirect"),
            Attribution((replied, replied + 2), (replied + 3, replied + 10), ((asked + 22, replied - 1),), "direct"),
        ],
    )
    assert [name.name for name in found if name] == ["Ebba Lorne", "Luc Amberley"]


def test_an_insult_in_a_quotation_is_no_fuller_name(parser: Parser) -> None:
    text = "Ines Falk won. “Crooked Ines Falk lost,” Ned Harrow said.\n\n{Falk} said he was wrong."
    assert names(parser, text) == ["Ines Falk"]


def test_the_letters_of_an_interview_are_no_people(parser: Parser) -> None:
    interview = "Jonna Mattick leads the union. She spoke to us in her kitchen.\n\n{Q}: Is it safe?\n\n{A}: No."
    assert names(parser, interview, author="Piet Sorrel") == ["Piet Sorrel", "Jonna Mattick"]
    doubtful = named(parser, "Jonna Mattick met Ned Harrow.\n\n{Q}: Is it safe?\n\n{A}: No.")
    assert [(n.resolved, n.form) for n in doubtful if n] == [(False, "group")] * 2


WORDS = st.sampled_from(
    [*" .,'\"“”’()-\n\u200b\u00a0é—מ😀0Ab", " Mr. ", " said ", " he ", " Anna ", " of ", " the ", " Board ", " mayor "]
)
WILD = st.lists(WORDS, max_size=50).map("".join)


@settings(max_examples=80, deadline=None)
@given(text=WILD, title=WILD, data=st.data())
def test_names_are_made_of_the_articles_own_words(text: str, title: str, data: st.DataObject) -> None:
    whole = article(text, title=title)
    if not whole.paragraphs:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    spans = [None, (start, end), (0, len(text))]
    found = name_speakers(ParsedArticle(whole), [Attribution(s, None, ((start, end),), "mixed") for s in spans])
    for name in found:
        if name is not None:
            own = text + " " + title + " and ,"
            assert all(word in own for word in name.name.split())
            assert name.role is None or name.role in text
