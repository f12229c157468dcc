"""The suite against one driver that is slow, seed by seed: a share of the tests for each."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator

from psq.base.paths import Paths
from psq.base.status import Status, UsageError, worst
from psq.law.clause_table import Law, Test
from psq.results import result_file
from psq.results.run import Record, Run, status_of
from psq.running.drivers import Driver, resolve
from psq.running.runner import Options, Runner, Watcher

# What ends so is no news: the ledger knows the failure, or the driver lacks what is tested.
USUAL = ("pass", "unsupported", "expected-fail")
# One inconclusive test in so many is allowed.
_TESTS_AN_INCONCLUSIVE = 1000


@dataclass(frozen=True)
class Slowness:
    """Which runs to make: the driver within, its pauses, and how much of the suite runs with each seed."""

    inner: str
    seeds: range
    pauses: str | None = None
    tests_each: int | None = None

    def driver(
        self, seed: int, paths: Paths, interpreter: str | None, method: str | None
    ) -> Driver:
        how = f"{seed}/{self.pauses}" if self.pauses else str(seed)
        return resolve(f"slow:{how}:{self.inner}", paths, interpreter, method)

    def share(self, tests: list[Test], seed: int) -> list[Test]:
        """Consecutive seeds have consecutive shares of the tests, which are shuffled once for all."""
        if self.tests_each is None or self.tests_each >= len(tests):
            return tests
        shuffled = random.Random(0).sample(tests, len(tests))
        first = seed * self.tests_each
        return [shuffled[(first + i) % len(shuffled)] for i in range(self.tests_each)]


@dataclass(frozen=True)
class Unusual:
    """A verdict that is not the usual one."""

    seed: int
    driver: str
    record: Record


def run_or_load(
    law: Law,
    suite: Path,
    driver: Driver,
    options: Options,
    tests: list[Test],
    path: Path,
    watch: Callable[[], Watcher],
) -> Run:
    """The stored run of these tests, when it is complete and newer than the suite; else a new one."""
    stored = _stored(path, suite, driver, tests)
    if stored is not None:
        return stored
    return Runner(suite, law, driver, options, watch()).judge(tests, path)


def _stored(path: Path, suite: Path, driver: Driver, tests: list[Test]) -> Run | None:
    if not path.is_file() or path.stat().st_mtime < suite.stat().st_mtime:
        return None
    try:
        run = result_file.load(path)
    except UsageError:
        return None
    same = run.plan.get("driver") == list(driver.argv)
    same = same and run.planned == [test.name for test in tests]
    return run if same and not run.problems and not run.missing else None


def unusual(runs: dict[int, Run]) -> Iterator[Unusual]:
    for seed, run in runs.items():
        for record in run.tests.values():
            if record["verdict"] not in USUAL:
                yield Unusual(seed, run.name, record)


def status_of_all(runs: dict[int, Run]) -> Status:
    """The worst status of the runs, where a few inconclusive tests and runs that verified nothing count for nothing."""
    verdicts = [record["verdict"] for run in runs.values() for record in run.tests.values()]
    found = {status_of(verdict) for verdict in verdicts}
    few = verdicts.count("inconclusive") * _TESTS_AN_INCONCLUSIVE <= max(
        len(verdicts), _TESTS_AN_INCONCLUSIVE
    )
    if few:
        found.discard(Status.INCONCLUSIVE)
    if any(run.problems or run.missing for run in runs.values()):
        found.add(Status.INTERNAL)
    verified = any(run.verified for run in runs.values())
    return worst(found) if verified else worst([*found, Status.INCONCLUSIVE])
