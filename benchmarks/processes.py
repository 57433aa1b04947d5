"""Other processes, measured from outside: how long they run, and how much memory they and their children take.

``Ran.largest`` is what the kernel counted (``getrusage``): the most that a single one of the processes held.
``together`` is the most that all of them held at one moment, looked at four times a second; pages that they share are
counted in
each, so it errs upwards. It is read from ``/proc``, and 0 where there is none.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

LOOK_SECONDS = 0.25
_PAGE = os.sysconf("SC_PAGE_SIZE")


class FailedError(Exception):
    """A process ended with an error; the last line of what it said."""


@dataclass(frozen=True)
class Ran:
    """A process that has ended: seconds, bytes (see above), and its standard output."""

    seconds: float
    largest: int
    together: int
    said: str


@dataclass(frozen=True)
class Resident:
    """Bytes of a process and its children that lie in memory, and how many of them are no mapped file's."""

    all: int
    anonymous: int


def run(command: Sequence[str], env: Mapping[str, str], folder: Path, accepted: Sequence[int] = (0,)) -> Ran:
    """Run a command to its end.

    Raises:
        FailedError: its exit code is not among those accepted.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=dict(env), cwd=folder)
        most, ended = [0], threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, most, ended), daemon=True)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        ended.set()
        watcher.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in accepted:
            raise FailedError(f"exit code {process.returncode}: {_last(err)}")
        out.seek(0)
        return Ran(seconds, usage.ru_maxrss * 1024, most[0], out.read().decode())


class Served:
    """A process that answers commands (``peers.serve``)."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], folder: Path) -> None:
        """Start it and wait until it is ready.

        Raises:
            FailedError: it ended instead.
        """
        self._err = tempfile.TemporaryFile()  # noqa: SIM115  # closed by close
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._err,
            env=dict(env),
            cwd=folder,
            text=True,
        )
        self.paragraphs = int(self._answer()["paragraphs"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, **command: Any) -> dict[str, Any]:
        """Send a command; what it answers.

        Raises:
            FailedError: it ended instead.
        """
        assert self._process.stdin is not None
        try:
            print(json.dumps(command), file=self._process.stdin, flush=True)
        except BrokenPipeError:
            raise FailedError(_last(self._err)) from None
        return self._answer()

    def resident(self) -> Resident:
        """What it and its children hold now."""
        every = [_status(pid) for pid in family(self._process.pid)]
        return Resident(sum(one.all for one in every), sum(one.anonymous for one in every))

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._err.close()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            raise FailedError(_last(self._err))
        answer: dict[str, Any] = json.loads(line)
        return answer


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for one in found:
        for file in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += map(int, file.read_text().split())
            except OSError:  # it has just ended
                continue
    return found


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _watch(pid: int, most: list[int], ended: threading.Event) -> None:
    while not ended.wait(LOOK_SECONDS):
        most[0] = max(most[0], sum(_resident_pages(one) for one in family(pid)) * _PAGE)


def _resident_pages(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0


def _status(pid: int) -> Resident:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return Resident(0, 0)
    fields = dict(line.split(":", 1) for line in lines)
    kilobytes = [int(fields.get(name, "0 kB").split()[0]) for name in ("VmRSS", "RssAnon")]
    return Resident(1024 * kilobytes[0], 1024 * kilobytes[1])


def _last(err: IO[bytes]) -> str:
    err.seek(0)
    lines = [line.strip() for line in err.read().decode(errors="replace").splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it said nothing"
