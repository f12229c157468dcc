"""Programs that run side by side, watched by one thread; each ends with the command."""

from __future__ import annotations

import ctypes
import os
import selectors
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psq.base.interruption import Interruption
from psq.base.subreaper import subreaper

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_GRACE_SECONDS = 5.0


def _die_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


@dataclass
class Job:
    """One program: what it is for, its log, and when it last showed progress."""

    what: Any
    process: subprocess.Popen
    log: Path
    pidfd: int
    started: float = field(default_factory=time.monotonic)
    alive_at: float = field(default_factory=time.monotonic)
    _written: int = 0  # bytes of the file that watch() looks at

    @property
    def runs_for(self) -> float:
        return time.monotonic() - self.started

    def watch(self, file: Path) -> None:
        """Takes the growth of a file that the program writes for progress."""
        size = file.stat().st_size if file.exists() else 0
        if size != self._written:
            self._written = size
            self.alive_at = time.monotonic()

    @property
    def quiet_for(self) -> float:
        return time.monotonic() - self.alive_at

    def log_tail(self, size: int = 2000) -> str:
        return self.log.read_bytes()[-size:].decode("utf-8", "replace").strip()


class Pool:
    """At most `size` programs at a time, each a session of its own with its output in a file."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._selector = selectors.DefaultSelector()
        self._interruption = Interruption()
        # What a killed suite leaves behind comes to this process, and ends with the pool.
        self._reaper = subreaper()
        self.jobs: list[Job] = []

    @property
    def free(self) -> bool:
        return len(self.jobs) < self._size

    def start(self, what: Any, argv: list[str], log: Path) -> Job:
        with log.open("wb") as output:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        job = Job(what, process, log, os.pidfd_open(process.pid))
        self._selector.register(job.pidfd, selectors.EVENT_READ, job)
        self.jobs.append(job)
        return job

    def wait(self, seconds: float) -> list[Job]:
        """The jobs that have ended, after at most `seconds`; they have left the pool.

        Raises KeyboardInterrupt when the command was told to stop.
        """
        self._interruption.check()
        ended = [key.data for key, _ in self._selector.select(seconds)]
        for job in ended:
            self._forget(job)
        return ended

    def end(self, job: Job) -> None:
        """Ends a job of this pool: SIGTERM first, SIGKILL when that does not help."""
        self._signal(job, signal.SIGTERM)
        try:
            job.process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._signal(job, signal.SIGKILL)
        self._forget(job)

    def kill(self, job: Job) -> None:
        """Ends a job that has nothing to tidy up."""
        self._signal(job, signal.SIGKILL)
        self._forget(job)

    def end_all(self) -> None:
        for job in self.jobs:
            self._signal(job, signal.SIGTERM)
        for job in list(self.jobs):
            self.end(job)

    def __enter__(self) -> Pool:
        self._reaper.__enter__()
        self._interruption.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.end_all()
        self._selector.close()
        self._reaper.__exit__(None, None, None)
        self._interruption.__exit__()

    def _forget(self, job: Job) -> None:
        self._selector.unregister(job.pidfd)
        os.close(job.pidfd)
        job.process.wait()
        self.jobs.remove(job)

    @staticmethod
    def _signal(job: Job, number: int) -> None:
        # Not yet reaped, so the group's number is still the job's own.
        if job.process.returncode is None:
            try:
                os.killpg(job.process.pid, number)
            except ProcessLookupError:
                pass
