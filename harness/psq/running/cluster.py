"""The executor that runs units on the workers of a Dask cluster.

Dask is imported when a cluster is used, and never else. For the main thread alone, since it watches for signals.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import shutil
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from psq.base.interruption import Interruption
from psq.base.paths import Paths
from psq.base.status import InternalError, Stop, UsageError
from psq.running.on_worker import worker_task
from psq.running.remote import encode_request, keep_answer
from psq.running.tree import identity_of
from psq.running.units import Executor, Here, Unit

TREE_VARIABLE = "PSQ_TREE"
_PACKAGE = "Debian's python3-distributed (pip's distributed)"
_CONNECT_SECONDS = 10
_CLOSE_SECONDS = 2
_SAY_AFTER_SECONDS = 10.0
_GIVE_UP_AFTER_SECONDS = 300.0
_LOOK_EVERY_SECONDS = 1.0
# How long to fetch a result, which is there; it may be lost with its worker meanwhile, and is then made again.
_FETCH_SECONDS = 30.0
# Of a task that failed by itself, on a machine without memory for example; a death of its worker does not count.
_RETRIES = 1


@dataclass(frozen=True)
class Scheduler:
    """What `--scheduler` and `--tree` say."""

    address: str
    tree: str


def scheduler_of(args: argparse.Namespace, paths: Paths) -> Scheduler | None:
    """None: run here. A folder that does not say otherwise is at the same path on each machine."""
    if args.scheduler is None:
        if args.tree is not None:
            raise UsageError("--tree goes with --scheduler: it says where workers have their tree")
        return None
    launcher = shutil.which("psq") if paths.installed else None
    return Scheduler(
        args.scheduler, args.tree or str(Path(launcher).parent if launcher else paths.build)
    )


def executor(
    scheduler: Scheduler | None, paths: Paths, at_once: int, say: Callable[[str], None]
) -> Executor:
    """Runs units on the cluster, or, without one, `at_once` of them at a time here."""
    if scheduler:
        return Cluster(scheduler, paths, say)
    return Here(at_once)


class Cluster:
    """Runs as many units at a time as the workers have threads.

    A unit whose worker dies runs again on another one. One that the cluster gives up is `lost`, which says why;
    all other units go on. Without a worker `wait` says so after 10 s, and raises InternalError after 5 minutes; it does
    that at once when the scheduler has gone, and raises UsageError when a worker has another tree.
    """

    def __init__(self, scheduler: Scheduler, paths: Paths, say: Callable[[str], None]) -> None:
        self._address = scheduler.address
        self._tree = scheduler.tree
        self._paths = paths
        self._say = say
        self._identity = identity_of(paths)
        self._task = worker_task()
        self._interruption = Interruption()
        self._news = threading.Event()
        self._units: dict[Any, Unit] = {}
        self._slots = 0
        self._looked = 0.0
        self._last_worker = time.monotonic()
        self._said = False
        self._client: Any = None
        self._stop: Stop | None = None

    @property
    def running(self) -> int:
        return len(self._units)

    @property
    def free(self) -> bool:
        self._look_at_workers()
        # One waits at the scheduler for the first worker.
        return len(self._units) < max(1, self._slots)

    def threads(self) -> int:
        """How many units can run at a time; waits for the first worker."""
        while not self._slots:
            self.wait(_LOOK_EVERY_SECONDS)
        return self._slots

    def start(self, unit: Unit) -> None:
        unit.folder.mkdir(parents=True, exist_ok=True)
        request = encode_request(unit, self._paths, self._identity)
        try:
            future = self._client.submit(
                self._task,
                request,
                self._tree,
                TREE_VARIABLE,
                key=f"psq {unit.name} {uuid.uuid4().hex[:12]}",
                pure=False,
                retries=_RETRIES,
            )
        except Exception as error:
            raise self._gone() from error
        self._units[future] = unit
        future.add_done_callback(lambda _: self._news.set())

    def wait(self, seconds: float) -> list[Unit]:
        self._interruption.check()
        if self._stop:
            raise self._stop
        self._look_at_workers()
        if self._news.wait(seconds):
            self._news.clear()
        # A result that was lost with its worker is made again.
        done = [each for each in self._units if each.status not in ("pending", "lost")]
        ended = []
        for future in done:
            try:
                if self._take(future):
                    ended.append(self._units.pop(future))
            except Stop as stop:
                # What ended beside it comes first.
                self._stop = self._stop or stop
        if self._stop and not ended:
            raise self._stop
        return ended

    def __enter__(self) -> Cluster:
        self._client = _connect(self._address)
        self._interruption.__enter__()
        self._last_worker = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        # A scheduler that has gone cannot be told; its workers notice that themselves.
        with contextlib.suppress(Exception):
            self._client.cancel(list(self._units), force=True)
        with contextlib.suppress(Exception):
            self._client.close(_CLOSE_SECONDS)
        self._interruption.__exit__()

    def _take(self, future: Any) -> bool:
        """Whether the unit has ended."""
        unit = self._units[future]
        if future.status == "cancelled":
            raise self._gone()
        if future.status == "error":
            unit.lost = _why(future.exception())
            return True
        try:
            answer = future.result(timeout=_FETCH_SECONDS)
        except Exception:  # noqa: BLE001  what it is shows in the future's status
            return False
        if refused := keep_answer(answer, unit):
            raise UsageError(f"{unit.name}: a worker on {unit.host} refused it: {refused}")
        return True

    def _look_at_workers(self) -> None:
        now = time.monotonic()
        if now - self._looked < _LOOK_EVERY_SECONDS:
            return
        self._looked = now
        try:
            self._slots = sum(self._client.nthreads().values())
        except Exception as error:
            raise self._gone() from error
        if self._slots:
            self._last_worker, self._said = now, False
            return
        if now - self._last_worker > _GIVE_UP_AFTER_SECONDS:
            raise InternalError(f"{self._alone()} for {_GIVE_UP_AFTER_SECONDS:.0f} s")
        if now - self._last_worker > _SAY_AFTER_SECONDS and not self._said:
            self._said = True
            self._say(f"{self._alone()}: start one with dask-worker {self._address}; waiting")

    def _alone(self) -> str:
        return f"the scheduler {self._address} has no worker"

    def _gone(self) -> Stop:
        names = ", ".join(unit.name for unit in self._units.values())
        what = f"; not finished: {names}" if names else ""
        return InternalError(f"the scheduler {self._address} has gone{what}")


def _why(error: BaseException) -> str:
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return f"each worker that ran it died, the last one was {error.last_worker.address}"
    return f"{type(error).__name__}: {error}"


def _connect(address: str) -> Any:
    try:
        import distributed
        import dask
    except ImportError as error:
        raise UsageError(
            f"--scheduler needs {_PACKAGE}: install it, or leave the option out"
        ) from error
    # psq says itself what the library would log.
    for name in ("distributed", "tornado", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    dask.config.set({"distributed.comm.timeouts.connect": _CONNECT_SECONDS})
    try:
        return distributed.Client(
            address, timeout=_CONNECT_SECONDS, set_as_default=False, name="psq"
        )
    except (OSError, ValueError) as error:
        raise InternalError(
            f"no Dask scheduler answers at {address} within {_CONNECT_SECONDS} s: start one with dask-scheduler"
        ) from error
