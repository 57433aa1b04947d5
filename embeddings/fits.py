"""What was fitted on a model's vectors, by model: nothing is ever ranked or refused with another one's weights.

A fit is a JSON file in a folder ``fitted`` of the package that uses it, named after the model.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from data.errors import ModelError


def stored(package: str, model: str) -> dict[str, Any]:
    """The fit that a package carries for a model.

    Raises:
        ModelError: it carries none.
    """
    file = files(package).joinpath("fitted", f"{file_name(model)}.json")
    if not file.is_file():
        raise ModelError(
            f"nothing is fitted for the model {model}: which passage answers can't be told by its vectors",
            hint="set ONRECORD_MODEL to e5 or minilm, or fit it as docs/asking.md says",
        )
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def file_name(model: str) -> str:
    """A model's name as a file's: a hub's name has an owner before a slash."""
    return model.replace("/", "--")
