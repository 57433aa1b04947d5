"""Fixtures that several areas share. The model is loaded once for the whole run."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.command_line import Done, Run

if TYPE_CHECKING:
    from embeddings.encoder import Encoder


MODELS = Path(__file__).resolve().parents[1] / ".pytest_cache" / "models"
"""Converted models, kept from run to run: a conversion takes ten seconds, and most tests have a home of their own."""

os.environ.setdefault("ONRECORD_MODELS", str(MODELS))


@pytest.fixture(scope="session")
def encoder() -> Iterator[Encoder]:
    """The default encoder."""
    from embeddings.encoder import Encoder

    loaded = Encoder(cache=MODELS)
    yield loaded
    loaded.close()


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """What a test does to the root logger ends with it: a handler kept from it would write to its closed streams."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command in this process (the model is slow to load twice); home is an empty folder unless given."""
    import bot.cli
    from data.settings import settings

    def command(*words: str | Path, home: Path = tmp_path / "home") -> Done:
        monkeypatch.setenv("ONRECORD_HOME", str(home))
        monkeypatch.setattr(sys, "argv", ["onrecord", *map(str, words)])
        settings.cache_clear()
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            bot.cli.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        code = stopped.value.code
        assert isinstance(code, int)
        return Done(code, out, err)

    yield command
    settings.cache_clear()
