"""What a worker process does before it loads anything heavy. Imports nothing itself, so that it can come first."""

from __future__ import annotations

import os
import sys


def one_thread() -> None:
    """Let the numeric libraries of this process use one thread.

    With as many workers as cores, a library's own threads only take the cores from the other workers: measured on two
    busy cores, it costs more than half of the speed. Libraries read the environment when they are loaded; numpy may be
    loaded already, since a process that is started by "spawn" imports its parent's main module first.
    """
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"
    if "numpy" in sys.modules:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes with scikit-learn

        threadpool_limits(1)
