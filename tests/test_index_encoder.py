"""The encoder: unit vectors in the order given, parts read in the pass of their text, questions before batches."""

from __future__ import annotations

import gc
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from data.errors import ModelError
from embeddings import encoder as encoding
from embeddings.encoder import Encoder, Part

TEXTS = [
    "The ferry to Ostrey sails again from Monday.",
    "Council tax in Larnholt rises by two per cent, the mayor said.",
    "Rain.",
    "A long dispute over herring quotas has ended. " * 20,
    "Паром в Острей снова ходит с понедельника.",
]


def test_vectors_have_length_one_and_keep_the_order(encoder: Encoder) -> None:
    many = encoder.encode(TEXTS * 9)
    assert many.shape == (45, encoder.dimension)
    assert many.dtype == np.float32
    assert np.linalg.norm(many, axis=1) == pytest.approx(np.ones(45), abs=1e-5)
    alone = np.stack([encoder.encode([text])[0] for text in TEXTS])
    # Padding changes how activations are rounded to 8 bits, a little.
    assert np.sum(np.tile(alone, (9, 1)) * many, axis=1) == pytest.approx(np.ones(45), abs=1e-3)


@pytest.mark.parametrize("question", ["When can I take the boat to Ostrey?", "Когда ходит паром в Острей?"])
def test_a_question_is_nearest_to_what_answers_it_in_either_language(encoder: Encoder, question: str) -> None:
    vector = encoder.encode_query(question)
    assert vector.shape == (encoder.dimension,)
    near = np.argsort(-(encoder.encode(TEXTS) @ vector))
    assert set(near[:2].tolist()) == {0, 4}


def test_no_texts_are_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_half_a_character_is_no_fault(encoder: Encoder) -> None:
    broken, whole = encoder.encode(["Rain \ud83d fell.", "Rain \N{REPLACEMENT CHARACTER} fell."])
    assert broken @ whole == pytest.approx(1.0, abs=1e-3)


def test_a_part_that_is_all_of_a_text_is_nearest_to_it(encoder: Encoder) -> None:
    parts = [Part(row, 0, len(text), row) for row, text in enumerate(TEXTS)]
    vectors, wholes, read = encoder.encode_parts(TEXTS, parts, len(TEXTS))
    assert read.all()
    assert np.linalg.norm(wholes, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    assert np.argmax(wholes @ vectors.T, axis=1).tolist() == list(range(len(TEXTS)))
    assert (np.sum(wholes * vectors, axis=1) > 0.9).all()


def test_a_whole_is_the_mean_over_all_its_parts_wherever_they_stand(encoder: Encoder) -> None:
    first, second = TEXTS[:2]
    halves = [Part(0, 0, len(first), 0), Part(1, 0, len(second), 0)]
    alone = [Part(0, 0, len(first), 0), Part(1, 0, len(second), 1)]
    _, together, _ = encoder.encode_parts([first, second], halves, 1)
    _, apart, _ = encoder.encode_parts([first, second], alone, 2)
    counts = np.array([len(encoder._model.tokenizer.encode(text).ids) - 2 for text in (first, second)])
    assert together[0] @ apart[0] > 0.8
    assert together[0] @ apart[1] > 0.8
    assert together[0] @ (apart * counts[:, None]).sum(axis=0) / counts.sum() > 0.9


def test_a_part_beyond_what_is_read_is_told_as_unread(encoder: Encoder) -> None:
    text = "The council met again in the spring. " * 300
    parts = [Part(0, 0, 36, 0), Part(0, len(text) - 40, len(text), 1), Part(0, 3, 3, 2)]
    _, _, read = encoder.encode_parts([text], parts, 3)
    assert read.tolist() == [True, False, False]


def test_progress_counts_every_character_and_never_falls(encoder: Encoder) -> None:
    seen: list[tuple[int, int]] = []
    encoder.encode(TEXTS * 12, progress=lambda done, total: seen.append((done, total)))
    every = 12 * sum(len(text) for text in TEXTS)
    assert seen[-1] == (every, every)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_a_question_does_not_wait_for_all_the_batches(encoder: Encoder) -> None:
    finished: list[str] = []
    started = threading.Event()

    def feed() -> None:
        encoder.encode(TEXTS[:4] * 160, progress=lambda done, total: started.set())
        finished.append("articles")

    feeding = threading.Thread(target=feed)
    feeding.start()
    started.wait()
    encoder.encode_query("When does the ferry sail?")
    finished.append("question")
    feeding.join()
    assert finished == ["question", "articles"]


def test_nothing_of_a_question_is_kept(encoder: Encoder) -> None:
    question = "Is Bram Ockersley leaving?"
    encoder.encode_query(question)
    deadline = time.monotonic() + 60  # the thread lets go of it a moment after it has answered
    while kept := [one for one in gc.get_objects() if type(one) is encoding._Job and one.question == question]:
        assert time.monotonic() < deadline, "the encoder's thread still holds the question"
        del kept
        time.sleep(0.01)


def test_a_closed_encoder_says_so(tmp_path: Path) -> None:
    other = Encoder("minilm", backend="torch")
    assert other.encode(["Rain."]).shape == (1, other.dimension)
    other.close()
    with pytest.raises(ModelError, match="closed"):
        other.encode_query("Anybody there?")
    with pytest.raises(ModelError, match="closed"):
        other.encode(["Rain."])
