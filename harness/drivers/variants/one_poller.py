"""Processes of multiprocessing, of which one thread at a time asks how they are.

The start of a process polls all children of the process. In CPython it can take the exit status of one that another
thread is joining, which then stays without an exit code for ever. A right design keeps the law, so here such calls
exclude each other, and nothing waits for an end while it excludes others.
"""

from __future__ import annotations

import os
import threading
from multiprocessing.connection import wait
from typing import Any, Callable, Optional


class OnePoller:
    """The lock of one process for its children; each method may be called from any of its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def alone(self, call: Callable[[], Any]) -> Any:
        """What ``call`` returns, while no other call polls."""
        with self._lock:
            return call()

    def join(self, process: Any, timeout: Optional[float] = None) -> bool:
        """Whether the process has ended; waits for it, ``timeout`` seconds at most."""
        if not self._has_ended(process):
            # A process closes its sentinel shortly before its exit status is there.
            if timeout is None or wait([process.sentinel], timeout):
                _wait_without_reaping(process.pid)
        return self._has_ended(process)

    def _has_ended(self, process: Any) -> bool:
        with self._lock:
            process.join(0)
            return process.exitcode is not None


def _wait_without_reaping(pid: int) -> None:
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    except ChildProcessError:
        # Another thread has asked for its exit status meanwhile.
        pass
