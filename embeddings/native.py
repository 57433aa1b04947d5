"""The two native libraries, imported here and nowhere else, always in the same order: faiss, then torch.

Each brings its own OpenMP runtime, and importing them in one order or the other has crashed on some platforms (macOS
above all). faiss comes first because commands that never encode (``check``, ``rollback``) need it without torch, which
takes seconds to import. Both are imported on first use, so that ``onrecord --help`` answers at once.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

# A thread that waits for work must sleep, not spin: the parser's processes want the same cores while a bot answers.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

NICE = 10
"""The scheduling priority of long work, as ``nice(1)`` counts."""


@cache
def faiss() -> Any:
    """The ``faiss`` module."""
    import faiss

    return faiss


@cache
def torch() -> Any:
    """The ``torch`` module, never before faiss."""
    faiss()
    import torch

    return torch


def give_way() -> None:
    """Let other processes go first from here on: a bot that answers beside a long ``add`` or ``rebuild``."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))


def set_threads(threads: int) -> None:
    """Threads that faiss and torch may use for one call; 0 means as many as there are cores that we may use."""
    count = threads or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else threads or os.cpu_count()
    faiss().omp_set_num_threads(count)
    torch().set_num_threads(count)
