"""Where tree or punctuation settles who speaks and which words are theirs: a test for each kind of mistake."""

from __future__ import annotations

import pytest

from data.model import Article, Attribution
from data.reading.paragraphs import split
from data.statements import Parser, find


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser()


def rows(parser: Parser, text: str) -> list[tuple[str | None, list[str], Attribution]]:
    """A text's attributions as (speaker, parts of the content, attribution)."""
    return [
        (text[slice(*one.speaker)] if one.speaker else None, [text[a:b] for a, b in one.content], one)
        for one in find(parser.parse(Article("a", text, tuple(split(text)))))
    ]


def speech(parser: Parser, text: str) -> list[tuple[str | None, list[str]]]:
    return [(speaker, content) for speaker, content, one in rows(parser, text) if one.speech]


def test_agent_of_a_passive_is_who_speaks(parser: Parser) -> None:
    assert speech(parser, "It was described by Lena Moor, the opposition leader, as reckless.") == [
        ("Lena Moor, the opposition leader,", ["It", "as reckless"])
    ]
    assert [one[0] for one in rows(parser, "The minister was urged by the union to step down.")] == ["the union"]


def test_who_is_urged_is_not_who_urges(parser: Parser) -> None:
    assert not speech(parser, "The minister was urged to step down before the summer.")


def test_dateline_is_nobodys_words_and_nobodys_name(parser: Parser) -> None:
    ((speaker, _),) = speech(parser, "Tarnby, March 3 - Mayor Ines Falk said the bridge was beyond repair.")
    assert speaker == "Mayor Ines Falk"
    ((_, content),) = speech(
        parser, "TARNBY - The old bridge will be torn down before the winter storms, harbour officials said Wednesday."
    )
    assert content == ["The old bridge will be torn down before the winter storms"]


def test_comma_parts_the_speaker_from_another_name(parser: Parser) -> None:
    text = (
        "On Tuesday in Tarnby, while on the campaign trail for his wife and party leader Hanna Reed, former mayor "
        "Tomas Reed said the town was in good hands."
    )
    ((speaker, _),) = speech(parser, text)
    assert speaker is not None
    assert speaker.endswith("Tomas Reed")
    assert "Hanna" not in speaker


def test_words_about_the_cue_are_no_content(parser: Parser) -> None:
    ((_, content),) = speech(parser, '"I kind of got into a panic," the diver, Ki Holm, said of the discovery.')
    assert content == ['"I kind of got into a panic,"']


@pytest.mark.parametrize(
    "text",
    ["She said so twice.", "He echoed that view.", "A year later the mayor called Ines Falk."],
)
def test_what_only_points_at_words_is_no_statement(parser: Parser, text: str) -> None:
    assert not speech(parser, text)


def test_quote_between_two_speakers_has_one_owner(parser: Parser) -> None:
    text = "'We have run out of time,' said Orla Venn. 'The boats can't get out.' She called the plan 'a bad joke'."
    found = speech(parser, text)
    assert sum("'The boats can't get out.'" in content for _, content in found) == 1
    assert next(speaker for speaker, content in found if "'The boats can't get out.'" in content) == "Orla Venn"


def test_semicolon_parts_two_claims(parser: Parser) -> None:
    text = (
        "The Tarn Centre estimates that the plan would raise 2 million crowns; the rival Norling Institute says the "
        "figure is half that."
    )
    assert dict(speech(parser, text))["the rival Norling Institute"] == ["the figure is half that"]


def test_piece_of_another_ones_quote_is_not_taken(parser: Parser) -> None:
    text = "Maher said to Falk, “You were tired of the boats. That story has moved, has it not?” Reed told her: “Stay.”"
    assert speech(parser, text) == [
        ("Maher", ["“You were tired of the boats. That story has moved, has it not?”"]),
        ("Reed", ["“Stay.”"]),
    ]


def test_quote_that_ends_in_a_comma_belongs_to_the_words_after_it(parser: Parser) -> None:
    text = '"Where are the boats?" asked Lena Moor. "Nobody knows," came the reply from the harbour office.'
    assert all("Nobody knows" not in part for speaker, content in speech(parser, text) for part in content if speaker
               and "Moor" in speaker)  # fmt: skip
    assert ("Lena Moor", ['"Where are the boats?"']) in speech(parser, text)


def test_content_ends_where_its_quote_does(parser: Parser) -> None:
    text = 'Tor Aasen, its acting chairman, told the agency simply, "We lost." T-shirts soon said "We won."'
    found = speech(parser, text)
    assert any(content == ['"We lost."'] for _, content in found)
    assert not any("T-shirts" in part for _, content in found for part in content)


def test_signature_names_the_speaker(parser: Parser) -> None:
    assert speech(parser, '"We have run out of time" — Orla Venn, harbour master.') == [
        ("Orla Venn, harbour master", ['"We have run out of time"'])
    ]
    assert speech(parser, "“The dredger came too late for us.”\n\n– Orla Venn") == [
        ("Orla Venn", ["“The dredger came too late for us.”"])
    ]


def test_what_somebody_would_say_is_not_said(parser: Parser) -> None:
    assert not speech(parser, "If the mayor says that the bridge is safe, nobody will believe her.")


def test_a_quote_after_a_colon_is_said_in_single_marks_too(parser: Parser) -> None:
    text = "The vote is near.\n\nIt rained all day.\n\nFalk: Brack is {}.\n\nThe mayor spoke at noon."
    assert [speaker for speaker, _ in speech(parser, text.format("'the favoured choice'"))] == ["Falk"]
    assert speech(parser, text.format("Lund's and Tarnby's choice")) == []


def test_a_place_over_an_item_and_a_prize_say_nothing(parser: Parser) -> None:
    text = (
        "From wire reports\n\nNews of the day\n\nTarnby: The owner of a mill said it would close.\n\n"
        "Lenn: The state agreed to pay.\n\nAasen: The bridge is open."
    )
    assert all(speaker != "Tarnby" for speaker, _ in speech(parser, text))
    assert not speech(parser, "Tor Aasen, who won silver last time, claimed gold in the slalom.")
    assert speech(parser, "Tor Aasen claimed that the gold was his.")


def test_the_day_of_the_saying_is_not_said(parser: Parser) -> None:
    rule = "Falk said Wednesday state troopers will no longer stop every car at the bridge."
    assert speech(parser, rule) == [("Falk", ["state troopers will no longer stop every car at the bridge"])]
    told = "Falk told reporters Thursday the yard would close."
    assert speech(parser, told) == [("Falk", ["the yard would close"])]
    last = "Falk said Friday would be her last day."
    assert speech(parser, last) == [("Falk", ["Friday would be her last day"])]


def test_answer_does_not_run_over_an_unlabelled_question(parser: Parser) -> None:
    text = (
        "'''What made you run for mayor?'''\n\nFalk: I was tired of waiting.\n\n'''Do you regret it?'''\n\n"
        "Falk: Not for a day.\n"
    )
    assert speech(parser, text) == [("Falk", ["I was tired of waiting."]), ("Falk", ["Not for a day."])]


def test_magazines_marks_name_both_sides(parser: Parser) -> None:
    text = "((WN)) What made you run?\n\n((Ines Falk)) I was tired.\n\n((WN)) Do you regret it?\n\n((Ines Falk)) No."
    assert [speaker for speaker, _ in speech(parser, text)] == ["((WN))", "((Ines Falk))"] * 2


def test_claim_without_a_subject_of_its_own_is_no_claim(parser: Parser) -> None:
    text = "Nils Sund said the remarks answered attacks that, he noted, Drum said were sparked by the polls."
    assert all(speaker != "Drum" for speaker, _ in speech(parser, text))


def test_symbols_are_no_part_of_a_name(parser: Parser) -> None:
    ((speaker, _),) = speech(parser, '"We won! 🏆" said Ines Falk 😀.')
    assert speaker == "Ines Falk"


def test_marks_that_point_inwards(parser: Parser) -> None:
    text = "»The boats can't get out,« Orla Venn told the paper. ”We have run out of time,” Lena Moor said."
    assert [one.kind for _, _, one in rows(parser, text)] == ["direct", "direct"]
