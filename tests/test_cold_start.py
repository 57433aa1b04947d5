"""What a command imports: nothing that it has no use for, since that is most of what a reader waits for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from data.archive import Archive
from embeddings import native
from embeddings.encoder import Encoder
from embeddings.indexing import add
from tests.index_texts import read

ALL_DEAR = {
    "babel",
    "datasketch",
    "faiss",
    "httpx",
    "lxml",
    "matplotlib",
    "numpy",
    "py3langid",
    "pydantic",
    "rich",
    "scipy",
    "sentence_transformers",
    "sklearn",
    "spacy",
    "sqlalchemy",
    "telegram",
    "torch",
    "trafilatura",
    "transformers",
}
NOT_TO_READ_THE_ARCHIVE = ALL_DEAR - {"pydantic", "sqlalchemy"}
NOT_TO_ASK = {
    "babel",
    "data.analysis",
    "data.archive.writer",
    "data.dates.saying",
    "data.reading",
    "data.speakers.resolving",
    "data.statements",
    "datasketch",
    "lxml",
    "matplotlib",
    "py3langid",
    "scipy",
    "sentence_transformers",
    "sklearn",
    "spacy",
    "telegram",
    "torch",
    "trafilatura",
    "transformers",
}
_RUN = """
import sys
from bot.cli import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def imported(home: Path, *words: str) -> set[str]:
    """The modules that a command has imported when it ends, run in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *words],
        env={**os.environ, "ONRECORD_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    return set(done.stderr.split())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    home = tmp_path_factory.mktemp("home")
    with Archive.open(home, create=True) as archive:
        add(archive, encoder, read(range(3)), processes=1)
    return home


@pytest.mark.parametrize("words", [("--help",), ("ask", "--help"), ("--version",)])
def test_help_imports_nothing_dear(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert not imported(tmp_path, *words) & ALL_DEAR


@pytest.mark.parametrize("words", [("status",), ("speakers",), ("export", "statements")])
def test_looking_into_the_archive_needs_neither_index_nor_models(home: Path, words: tuple[str, ...]) -> None:
    assert not imported(home, *words) & NOT_TO_READ_THE_ARCHIVE


def test_check_needs_no_models(home: Path) -> None:
    assert not imported(home, "check") & (NOT_TO_READ_THE_ARCHIVE - {"faiss", "numpy"})


def test_reading_a_text_needs_no_parser_of_pages(tmp_path: Path) -> None:
    file = tmp_path / "ferry.txt"
    file.write_text("The ferry to Quern stopped on Friday, said Ada Molnar, who runs the line.\n")
    assert not imported(tmp_path, "read", str(file)) & (ALL_DEAR - {"numpy", "py3langid"})


@pytest.mark.skipif(native.openvino() is None, reason="without openvino a question is encoded by torch")
def test_a_question_is_answered_without_what_analyses_articles(home: Path) -> None:
    loaded = imported(home, "ask", "What did Piet Vos say about the harbour wall?")
    assert not loaded & NOT_TO_ASK
    assert "faiss" in loaded, "the question was answered"
