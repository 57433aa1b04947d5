"""What B said as A tells it is never shown as B's words plain and simple; what is shown can't steer a terminal."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from bot.asking.answer import Citation
from bot.asking.desk import Desk
from bot.asking.wording import attributed, cited
from data.archive import Archive
from data.reading import read
from embeddings import indexing
from embeddings.encoder import Encoder
from embeddings.search import Index

TEXT = (
    "Ottilie Brandt, a teacher in Brask, described the meeting on Monday.\n\n"
    "Brandt said that President Oskar Halvor had threatened to close the school before the winter.\n\n"
    "Halvor said the school would stay open until the spring."
)


@pytest.fixture(scope="module")
def timeline(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> list[Citation]:
    home: Path = tmp_path_factory.mktemp("telling")
    source = home / "school.jsonl"
    source.write_text(json.dumps({"id": "school", "published": "2031-02-04", "text": TEXT}), encoding="utf-8")
    with Archive.open(home / "archive", create=True) as archive:
        indexing.add(archive, encoder, read([str(source)]), processes=1)
        return Desk(archive, Index.open(archive, encoder), encoder).timeline("Oskar Halvor")


def test_a_claim_inside_a_claim_names_its_teller(timeline: list[Citation]) -> None:
    told = {citation.quote: citation.told_by for citation in timeline}
    threat = next(quote for quote in told if "threatened" in quote)
    own = next(quote for quote in told if "stay open" in quote)
    assert told[threat] == "Ottilie Brandt"
    assert told[own] is None
    shown = next(citation for citation in timeline if citation.quote == threat)
    assert attributed(shown) == "Oskar Halvor, as told by Ottilie Brandt"


def test_control_characters_of_an_article_do_not_reach_the_terminal(timeline: list[Citation]) -> None:
    from dataclasses import replace

    hostile = replace(timeline[0], quote="It rained.\x1b[2J\u202eEvil", title="Rain\x07", published=date(2031, 2, 4))
    text = cited(hostile)
    assert not set(text) & set("\x1b\x07\u202e")
    assert "It rained.[2JEvil" in text
