"""What a machine may be doing while the suite runs, made by processes that end with the campaign."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Optional, Sequence

HERE = Path(__file__).resolve().parent
HARNESS = HERE.parents[1] / "harness"
sys.path[:0] = [str(HARNESS), str(HERE.parent)]

from psq.base.status import InternalError  # noqa: E402
from psq.running.pool import Job, Pool  # noqa: E402

# A process that cannot do its work ends within this time.
_SETTLE_SECONDS = 0.5


@dataclass(frozen=True)
class Place:
    """Processors that a program may use (None: all) and its niceness."""

    processors: Optional[tuple[int, ...]] = None
    niceness: int = 0

    def prefix(self) -> list[str]:
        """The start of a command line that puts the rest there; none when it may run anywhere."""
        if self == ANYWHERE:
            return []
        processors = self.processors or all_processors()
        listed = ",".join(map(str, processors))
        return ["/bin/sh", str(HERE / "placed.sh"), listed, str(self.niceness)]


ANYWHERE = Place()


@dataclass(frozen=True)
class Load:
    """Processes beside the suite, and where the suite's own processes run."""

    name: str
    means: str
    # Processes that compute and where, each in a session of its own: some kernels share processors among sessions.
    computing: int = 0
    computing_at: Place = ANYWHERE
    disk: bool = False
    # The whole run, the suite's binary, and the driver.
    run_at: Place = ANYWHERE
    suite_at: Place = ANYWHERE
    driver_at: Place = ANYWHERE
    # The start of the driver's command; {programs} is the build tree's folder of programs, {seed} the run's.
    driver_wrapper: tuple[str, ...] = ()

    def commands(self, folder: Path) -> list[list[str]]:
        """The processes of the load; they may write below `folder`."""
        computing = [*self.computing_at.prefix(), "stress-ng", "--quiet", "--cpu", "1"]
        commands = [computing] * self.computing
        if self.disk:
            work = ["--hdd", "1", "--hdd-bytes", "64m", "--io", "1", "--temp-path", str(folder)]
            commands += [["stress-ng", "--quiet", *work]] * len(all_processors())
        return commands

    def driver_prefix(self, programs: Path, seed: int) -> list[str]:
        wrapper = [each.format(programs=programs, seed=seed) for each in self.driver_wrapper]
        return [*self.driver_at.prefix(), *wrapper]


def all_processors() -> tuple[int, ...]:
    return tuple(sorted(os.sched_getaffinity(0)))


def all_loads() -> list[Load]:
    """The loads of a campaign, the idle machine first."""
    first, *others = all_processors()
    one, rest = Place((first,)), Place(tuple(others) or None)
    cores = len(all_processors())
    return [
        Load("idle", "none of its own; other runs and builds may go on beside it"),
        Load("stress", "4 computing processes a processor", computing=4 * cores),
        Load(
            "nice",
            "niceness 19, beside a computing process a processor",
            computing=cores,
            run_at=Place(niceness=19),
            suite_at=Place(niceness=19),
            driver_at=Place(niceness=19),
        ),
        Load("one-processor", "one processor for the whole run", run_at=one),
        Load(
            "starved-suite",
            "the suite shares one processor with 8 computing processes; the driver has the rest",
            computing=8,
            computing_at=one,
            suite_at=one,
            driver_at=rest,
        ),
        Load(
            "starved-driver",
            "the driver shares one processor with 8 computing processes; the suite has the rest",
            computing=8,
            computing_at=one,
            suite_at=rest,
            driver_at=one,
        ),
        Load("disk", "a writing and a syncing process a processor", disk=True),
        Load(
            "slow-driver",
            "pauses in the driver, before, within and behind its calls, by the run's seed",
            driver_wrapper=("{programs}/psq-slow-driver", "--seed", "{seed}", "--"),
        ),
    ]


@contextmanager
def applied(load: Load, folder: Path) -> Iterator[None]:
    """Runs the load's processes meanwhile; each is ended by its id, however this ends.

    Raises InternalError when one of them has ended by itself: then the load was not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    commands = load.commands(folder)
    with Pool(len(commands)) as pool:
        for number, command in enumerate(commands):
            _start(pool, command, folder / f"load-{number}.log")
        if commands:
            time.sleep(_SETTLE_SECONDS)
        _expect_running(load, pool.jobs)
        yield
        _expect_running(load, pool.jobs)


def _start(pool: Pool, command: Sequence[str], log: Path) -> None:
    try:
        pool.start(None, list(command), log)
    except OSError as error:
        raise InternalError(f"{command[0]}: {error}. Run: ci/setup --campaign") from error


def _expect_running(load: Load, jobs: Sequence[Job]) -> None:
    for job in jobs:
        if job.process.poll() is not None:
            raise InternalError(f"a process of the load {load.name} has ended: {job.log_tail()}")
