"""Finding statements: the kinds of attribution that news is made of, in invented articles, with the real model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.model import Article, Attribution
from data.reading.paragraphs import split
from data.statements import RULES, Parser, find, passage_of

Find = Callable[[str], list[tuple[str | None, str, Attribution]]]


def article_of(text: str) -> Article:
    return Article("a", text, tuple(split(text)), outlet="Radio Lenn", published=date(2024, 5, 2))


@pytest.fixture(scope="session")
def parser() -> Parser:
    return Parser()


@pytest.fixture(scope="session")
def found(parser: Parser) -> Find:
    """A text's attributions as (speaker, content, attribution); the parts of a content are joined by " ... "."""

    def read(text: str) -> list[tuple[str | None, str, Attribution]]:
        rows = []
        for attribution in find(parser.parse(article_of(text))):
            speaker = text[slice(*attribution.speaker)] if attribution.speaker else None
            rows.append((speaker, " ... ".join(text[s:e] for s, e in attribution.content), attribution))
        return rows

    return read


def one(rows: list[tuple[str | None, str, Attribution]], words: str) -> tuple[str | None, str, Attribution]:
    """The row whose content holds ``words`` and is shortest."""
    holding = [row for row in rows if words in row[1]]
    assert holding, f"no statement holds {words!r}: {[row[:2] for row in rows]}"
    return min(holding, key=lambda row: len(row[1]))


def test_direct_quote_before_its_cue(found: Find) -> None:
    speaker, content, attribution = one(
        found("“The harbour will stay open all winter,” Mayor Ida Tervo said."), "harbour"
    )
    assert speaker is not None
    assert "Ida Tervo" in speaker
    assert content.strip("“”,") == "The harbour will stay open all winter"
    assert attribution.kind == "direct"
    assert attribution.speech


def test_quote_split_around_its_cue_is_one_statement(found: Find) -> None:
    text = '"We lost the bridge," Tervo said on Monday, "and we will build it again before the autumn."'
    speaker, content, attribution = one(found(text), "build it again")
    assert speaker == "Tervo"
    assert "We lost the bridge" in content
    assert len(attribution.content) == 2
    assert attribution.kind == "direct"


@pytest.mark.parametrize(
    ("text", "speaker", "words", "kind"),
    [
        ("Tervo said that the harbour would stay open all winter.", "Tervo", "would stay open", "indirect"),
        ("The minister told reporters the dam was safe.", "The minister", "the dam was safe", "indirect"),
        ('Tervo said the plan was "a gift to smugglers" and should be dropped.', "Tervo", "a gift", "mixed"),
        ("According to the coast guard, two boats were missing on Friday.", "coast guard", "two boats", "indirect"),
        ("Two boats were missing on Friday night, the coast guard said.", "coast guard", "Two boats", "indirect"),
        ("Rights Concern accused the government of jailing its critics.", "Rights Concern", "jailing", "indirect"),
        ("The union argued that the wages had not risen in ten years.", "The union", "the wages", "indirect"),
    ],
)  # fmt: skip
def test_reported_speech(found: Find, text: str, speaker: str, words: str, kind: str) -> None:
    named, _, attribution = one(found(text), words)
    assert named is not None
    assert speaker in named
    assert attribution.kind == kind
    assert attribution.speech


def test_all_kinds_of_quotation_marks(found: Find) -> None:
    for opening, closing in (("“", "”"), ('"', '"'), ("''", "''"), ("«", "»"), ("‘", "’")):
        text = f"{opening}The harbour will stay open all winter,{closing} Tervo said."
        speaker, content, attribution = one(found(text), "harbour")
        assert speaker == "Tervo", opening
        assert "stay open all winter" in content
        assert attribution.kind == "direct", opening


def test_quote_over_paragraphs_is_one_statement(found: Find) -> None:
    text = (
        "Tervo said: “The harbour is the town. It feeds two thousand families.\n\n"
        "“It will not be sold to anybody.\n\n"
        "“That is my last word on it.”\n\nThe council meets again in June."
    )
    speaker, content, attribution = one(found(text), "harbour is the town")
    assert speaker == "Tervo"
    assert "It will not be sold" in content
    assert content.endswith("That is my last word on it.”")
    assert attribution.kind == "direct"


def test_quote_that_stands_alone_goes_to_the_speaker_before(found: Find) -> None:
    text = "“The harbour will stay open,” Tervo said.\n\n“It feeds two thousand families, and it always has.”"
    speaker, _, attribution = one(found(text), "two thousand families")
    assert speaker == "Tervo"
    assert attribution.cue is None
    assert attribution.confidence < 0.6


def test_interview_with_labels(found: Find) -> None:
    text = (
        "Q: When does the harbour open?\n\n"
        "IDA TERVO: In May, as every year.\n\nWe have ordered two new cranes.\n\n"
        "Q: Who pays for them?\n\nIDA TERVO: The town does."
    )
    rows = found(text)
    speaker, content, attribution = one(rows, "In May, as every year")
    assert speaker == "IDA TERVO"
    assert "two new cranes" in content
    assert attribution.speech
    assert one(rows, "The town does")[0] == "IDA TERVO"
    assert one(rows, "Who pays")[0] == "Q"


def test_furniture_is_no_interview(found: Find) -> None:
    text = "Photo: Anna Lund.\n\nThe harbour froze over on Sunday.\n\nPhoto: Anna Lund.\n\nRelated: Winter in Lenn"
    assert not [row for row in found(text) if row[0] in {"Photo", "Related"}]


def test_claim_inside_a_claim_has_its_own_speaker(found: Find) -> None:
    rows = found("Tervo said that the contractor had claimed that the cranes were new.")
    assert one(rows, "contractor had claimed")[0] == "Tervo"
    assert any("cranes were new" in content and speaker and "contractor" in speaker for speaker, content, _ in rows)


def test_refusal_is_kept_and_is_no_speech(found: Find) -> None:
    rows = found("A spokeswoman for the harbour company declined to comment on the sale.")
    refusals = [attribution for _, _, attribution in rows if attribution.refusal]
    assert refusals
    assert not any(attribution.speech for attribution in refusals)


@pytest.mark.parametrize(
    "text",
    [
        "Tervo believes that the harbour is worth more than the company offers.",
        "Tervo hopes that the harbour opens in May.",
    ],
)
def test_beliefs_and_hopes_are_no_speech(found: Find, text: str) -> None:
    rows = found(text)
    assert rows
    assert not any(attribution.speech for _, _, attribution in rows)


@pytest.mark.parametrize(
    "text",
    [
        'The so-called "ice road" froze over on Sunday night.',
        'The film "The Long Harbour" opened on Friday in forty cinemas.',
        "Erik 'Red' Hallen scored twice in the second half.",
    ],
)
def test_scare_quotes_titles_and_nicknames_are_no_statements(found: Find, text: str) -> None:
    assert [row for row in found(text) if row[2].speech and row[2].kind == "direct"] == []


def test_passage_is_whole_sentences_of_the_paragraph(parser: Parser) -> None:
    text = "It froze on Sunday. Tervo said that the harbour would stay open. Nobody was hurt."
    article = article_of(text)
    attribution = next(a for a in find(parser.parse(article)) if "stay open" in text[slice(*a.content[0])])
    start, end = passage_of(attribution, article)
    assert text[start:end] == "Tervo said that the harbour would stay open."


def test_endless_paragraph_is_read_in_bounded_work(found: Find) -> None:
    sentence = "The ice held, Tervo said, and the boats lay still in the harbour of the old town. "
    rows = found(sentence * 480)  # about 40,000 characters
    assert len(rows) > 100
    assert all(end - start < 2_000 for _, _, attribution in rows for start, end in attribution.content)


_WILD = """Tervo said " “ ” ‘ ’ '' « » told that the harbour will open : , . according to Q: A: TERVO: MEMBERS 🙂 שלום
    مرحبا \x00 \u200f \ufeff \x1b[0m she denied — -- ( ) … U.S. \ud800"""
_WORDS = st.sampled_from([*_WILD.split(), "\n\n", "\n"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_WORDS, max_size=60).map(" ".join) | st.text(max_size=200))
def test_any_text_gives_sound_spans(parser: Parser, text: str) -> None:
    article = article_of(text)
    for attribution in find(parser.parse(article)):
        assert list(attribution.content) == sorted(attribution.content)
        previous = -1
        pieces = [*attribution.content, *(span for span in (attribution.speaker, attribution.cue) if span)]
        for start, end in pieces:
            assert start < end
            assert any(first <= start and end <= last for first, last in article.paragraphs)
            assert text[start:end] == text[start:end].strip()
        for start, end in attribution.content:
            assert start > previous
            previous = end - 1
        assert 0 <= attribution.confidence <= 1
        start, end = passage_of(attribution, article)
        assert 0 <= start < end <= len(text)


def test_rules_have_a_version() -> None:
    assert RULES
