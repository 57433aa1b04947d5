"""An end to work that would go on for ever, so that one article can't hold up those behind it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LOOK_SECONDS = 1.0
"""How often the time is looked at."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise ``TimeoutError`` in the block once this process has computed for ``seconds`` in it.

    The time is the processor's, not the clock's: a busy machine is no reason to give up on an article. A clock only
    says when to look: timers of computing time were seen not to go off at all in a process with many threads. Signals
    reach the main thread only, and only where the system has them; elsewhere the block runs without an end.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    end = time.process_time() + seconds

    def look(_signal: int, _frame: FrameType | None) -> None:
        if time.process_time() >= end:
            raise TimeoutError(f"no end after {seconds:g} seconds of computing")

    before = signal.signal(signal.SIGALRM, look)
    every = min(seconds, LOOK_SECONDS)
    signal.setitimer(signal.ITIMER_REAL, every, every)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
