"""Units of work of a long run: a shard of a soak, one fault of the kill matrix, one run of a campaign.

An executor runs them: `Here`, in this file, as programs of this machine; `cluster.Cluster`, on workers of a cluster.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterable, Protocol

from psq.running.pool import Job, Pool

LOG = "log"
_TICK_SECONDS = 0.2


@dataclass(frozen=True)
class Limit:
    """When a unit is stuck: so many seconds after its start, or after the last growth of a file of its folder."""

    seconds: float = math.inf
    grows: str = ""


@dataclass(eq=False)
class Unit:
    """A program, the folder that it writes to, and how it ended."""

    what: Any
    name: str
    """As messages name it."""
    argv: list[str]
    folder: Path
    """Its results and its evidence are below this folder, and so is its output, in the file `log`."""
    limit: Limit = Limit()

    status: int | None = None
    """None while it runs, and when it was lost."""
    seconds: float = 0.0
    stuck: bool = False
    """Whether it was ended because of its limit."""
    host: str = ""
    """The machine of a cluster that it ran on."""
    lost: str = ""
    """Why a cluster could not bring it to its end."""

    @property
    def log(self) -> Path:
        return self.folder / LOG

    def log_tail(self, size: int = 2000) -> str:
        if not self.log.is_file():
            return ""
        return self.log.read_bytes()[-size:].decode("utf-8", "replace").strip()


class Executor(Protocol):
    """What runs units; each has left it when it has ended, or with the executor at the latest."""

    @property
    def running(self) -> int:
        """The units that were started and have not ended."""

    @property
    def free(self) -> bool:
        """Whether one more can start now."""

    def start(self, unit: Unit) -> None:
        """Starts a unit; its folder is made where it is missing."""

    def wait(self, seconds: float) -> list[Unit]:
        """The units that have ended, after at most `seconds`.

        Raises KeyboardInterrupt when the command was told to stop.
        """

    def __enter__(self) -> Executor:
        ...

    def __exit__(self, *_: object) -> None:
        ...


class Here:
    """At most `at_once` units at a time, as processes of this machine that end with the command."""

    def __init__(self, at_once: int) -> None:
        self._pool = Pool(at_once)

    @property
    def running(self) -> int:
        return len(self._pool.jobs)

    @property
    def free(self) -> bool:
        return self._pool.free

    def start(self, unit: Unit) -> None:
        unit.folder.mkdir(parents=True, exist_ok=True)
        self._pool.start(unit, unit.argv, unit.log)

    def wait(self, seconds: float) -> list[Unit]:
        ended = self._pool.wait(seconds)
        stuck = [job for job in self._pool.jobs if _is_stuck(job)]
        for job in stuck:
            self._pool.end(job)
        return [_ended(job, is_stuck=False) for job in ended] + [
            _ended(job, is_stuck=True) for job in stuck
        ]

    def __enter__(self) -> Here:
        self._pool.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.__exit__()


def work_off(
    executor: Executor,
    units: Iterable[Unit],
    ended: Callable[[Unit], None],
    *,
    at_once: float = math.inf,
    may_start: Callable[[], bool] = lambda: True,
) -> None:
    """Runs all units, or those that it may start, and tells of each as it ends."""
    waiting = deque(units)
    while waiting or executor.running:
        while waiting and executor.running < at_once and executor.free and may_start():
            executor.start(waiting.popleft())
        if not executor.running:
            return
        for unit in executor.wait(_TICK_SECONDS):
            ended(unit)


def _is_stuck(job: Job) -> bool:
    unit: Unit = job.what
    if unit.limit.grows:
        job.watch(unit.folder / unit.limit.grows)
    return (job.quiet_for if unit.limit.grows else job.runs_for) > unit.limit.seconds


def _ended(job: Job, is_stuck: bool) -> Unit:
    unit: Unit = job.what
    unit.status, unit.seconds, unit.stuck = job.process.returncode, job.runs_for, is_stuck
    return unit
