"""The native libraries, imported here and nowhere else: faiss before torch, openvino without its telemetry.

faiss and torch each bring an OpenMP runtime, and importing them in one order or the other has crashed on some platforms
(macOS above all). faiss comes first because commands that never encode (``check``, ``rollback``) need it without torch,
which takes seconds to import. All are imported on first use, so that ``onrecord --help`` answers at once.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from functools import cache
from typing import Any

# A thread that waits for work must sleep, not spin: the parser's processes want the same cores while a bot answers.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Nothing here reports to anyone: no library may ask a hub about itself or send what it was used for.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("DO_NOT_TRACK", "1")

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


@cache
def openvino() -> Any:
    """The ``openvino`` module, or None where it is not installed.

    It reports each import and each conversion to an analytics service unless the package that does so can't be
    imported: then it takes a stub of its own. So that package is out of reach before the first import.

    An array is handed over and taken back here, in one thread, for the bindings prepare something at the first one:
    two threads that did so at once have waited for each other for ever, one with the interpreter's lock, the other
    for it.
    """
    if importlib.util.find_spec("openvino") is None:
        return None
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # None makes an import raise ImportError
    import numpy as np
    import openvino

    _ = openvino.Tensor(np.zeros(1, np.float32)).data
    return openvino


def openvino_operations() -> Any:
    """OpenVINO's operations, to build graphs of."""
    openvino()
    from openvino import opset13

    return opset13


def give_way() -> None:
    """Let other processes go first from here on: a bot that answers beside a long ``add`` or ``rebuild``."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))


def cores(threads: int = 0) -> int:
    """Threads for one call: as many as asked for; 0 means as many as there are cores that we may use."""
    if threads:
        return threads
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def set_threads(threads: int) -> None:
    """Let faiss use so many threads, and torch where it is loaded; 0 means as many as there are cores."""
    faiss().omp_set_num_threads(cores(threads))
    if "torch" in sys.modules:
        torch().set_num_threads(cores(threads))
