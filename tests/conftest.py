"""Fixtures that several areas share. The model is loaded once for the whole run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from embeddings.encoder import Encoder


@pytest.fixture(scope="session")
def encoder() -> Iterator[Encoder]:
    """The bundled encoder."""
    from embeddings.encoder import Encoder

    loaded = Encoder()
    yield loaded
    loaded.close()
