"""`--rerun-failed`: the tests that did not pass in the last stored run of a driver."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from psq.base.paths import Paths
from psq.base.status import Status, UsageError
from psq.law.clause_table import Filters, Law
from psq.results import result_file
from psq.results.run import Run, status_of
from psq.running.drivers import Driver


def narrowed(filters: Filters, driver: Driver, paths: Paths, law: Law) -> Filters:
    """The filters, and of what they select only what did not pass; raises UsageError when that is nothing."""
    path = _last_results(driver, paths)
    run = result_file.load(path)
    if run.plan.get("driver") != list(driver.argv):
        raise UsageError(f"--rerun-failed: {path} is of another command line than {driver.label}")
    names = frozenset(_to_repeat(run)) & set(law.tests)
    if not names:
        raise UsageError(f"--rerun-failed: in {path} every test passed: nothing would be verified")
    chosen = replace(filters, only=names)
    # A thorough test that failed was asked for.
    return replace(chosen, thorough=chosen.thorough or any(law.tests[n].thorough for n in names))


def _to_repeat(run: Run) -> list[str]:
    return run.missing + [
        test
        for test, record in run.tests.items()
        if status_of(record["verdict"]) != Status.CONFORMS
    ]


def _last_results(driver: Driver, paths: Paths) -> Path:
    """Where judging puts them: of a whole run or of a filtered one, whichever came last."""
    both = [paths.results / f"{driver.slug}{kind}.jsonl" for kind in ("", ".filtered")]
    there = [path for path in both if path.is_file()]
    if not there:
        raise UsageError(
            f"--rerun-failed: there are no results of {driver.label} in {paths.results}; "
            "run the check without it first"
        )
    return max(there, key=lambda path: path.stat().st_mtime_ns)
