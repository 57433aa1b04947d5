"""What a command of the command line did, and how it says that something was wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Done(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Done]


def one_line(done: Done) -> str:
    """Bad input: exit code 2 and one line that begins with the command's name."""
    assert done.code == 2, done
    lines = done.err.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("onrecord: ")
    return lines[0]
