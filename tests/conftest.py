"""Fixtures that several areas share. The model is loaded once for the whole run."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

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
