"""Work without an end is ended; everything else is left alone."""

from __future__ import annotations

import signal
import threading

import pytest

from data.deadline import deadline


def work_without_end(seconds: float) -> None:
    with deadline(seconds):
        while True:
            pass


def test_work_without_an_end_is_ended() -> None:
    with pytest.raises(TimeoutError, match=r"no end after 0\.05 seconds"):
        work_without_end(0.05)


def test_what_ends_by_itself_is_left_alone() -> None:
    handler = signal.getsignal(signal.SIGALRM)
    with deadline(300):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0.0
    assert signal.getsignal(signal.SIGALRM) is handler


def test_a_thread_other_than_the_first_does_its_work_without_an_end() -> None:
    done: list[int] = []

    def work() -> None:
        with deadline(300):
            done.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [1]
