"""A worker's numeric libraries use one thread, loaded before or after the call that says so."""

from __future__ import annotations

import subprocess
import sys

import pytest

_AFTER = "import data.workers as w; w.one_thread(); import numpy"
_BEFORE = "import numpy; import data.workers as w; w.one_thread()"
_THREADS = "from threadpoolctl import threadpool_info as i; print(sorted({one['num_threads'] for one in i()}))"


@pytest.mark.parametrize("order", [_AFTER, _BEFORE])
def test_one_thread_a_worker(order: str) -> None:
    code = f"{order}; numpy.ones((64, 64)) @ numpy.ones((64, 64)); {_THREADS}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[1]"
