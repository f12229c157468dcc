"""Makes this process the one that reaps the orphans of the programs that it starts, and ends what is left of them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from pathlib import Path
from typing import Iterator

_PR_SET_CHILD_SUBREAPER = 36
_PR_GET_CHILD_SUBREAPER = 37
_LONGEST_SECONDS = 10.0


@contextlib.contextmanager
def subreaper() -> Iterator[None]:
    """Within it, orphans below this process become its children. At the end every process that came to it so, or that
    it started, is ended, with all that descends from it; then the old setting is back."""
    spared = children()
    before = _set(1)
    try:
        yield
    finally:
        _end_all_but(spared)
        _set(before)


def children() -> set[int]:
    """The processes whose parent is this one, those that have ended and were not reaped included."""
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):
            found.update(map(int, (task / "children").read_text().split()))
    return found


def _end_all_but(spared: set[int]) -> None:
    # What dies leaves its own children to this process: until none is left.
    deadline = time.monotonic() + _LONGEST_SECONDS
    while (left := children() - spared) and time.monotonic() < deadline:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in left:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.002)


def _set(value: int) -> int:
    """Make this process the one that reaps orphans, or not; returns what it was."""
    libc = ctypes.CDLL(None)
    before = ctypes.c_int()
    libc.prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(before), 0, 0, 0)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, value, 0, 0, 0)
    return before.value
