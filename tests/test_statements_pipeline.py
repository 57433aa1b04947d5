"""The quicker run of a spaCy pipeline finds what spaCy's own finds."""

from __future__ import annotations

import numpy as np
import spacy

from data.settings import Settings
from data.statements.pipeline import pipeline
from data.statements.vectors import knows

NAME = Settings.model_fields["spacy"].default
TEXTS = [
    "“There are two of them,” said Anna Berg, 44, of the Harbor Union in Lund.\nShe didn't do it on 3 May 2019.",
    "Did  the mayor say that?  He's been \n asked, but Tor Falk has nothing.",
    "Everyone who was there had said so.",
    "Yes, no",
    "There's a note: $5 million that Brack Industries hasn’t paid since Monday, according to the U.S. Treasury. " * 40,
]


def test_docs_are_those_of_spacy() -> None:
    plain = spacy.load(NAME, exclude=["lemmatizer"])
    for ours, theirs in zip(pipeline(NAME).parse(TEXTS), plain.pipe(TEXTS), strict=True):
        assert ours.text == theirs.text
        for mine, its in zip(ours, theirs, strict=True):
            assert (mine.pos_, mine.tag_, mine.dep_, mine.head.i) == (its.pos_, its.tag_, its.dep_, its.head.i)
            assert (mine.ent_iob_, mine.ent_type_, mine.is_sent_start) == (
                its.ent_iob_,
                its.ent_type_,
                its.is_sent_start,
            )
        assert np.allclose(ours.tensor, theirs.tensor, atol=1e-4)


def test_a_model_of_other_layers_is_left_as_it_is() -> None:
    tagger = spacy.load(NAME).get_pipe("tagger")
    assert not knows(tagger.model)
