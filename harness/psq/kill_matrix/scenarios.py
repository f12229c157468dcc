"""psq kill-matrix: every fault must be found, at the clause that it breaks.

A fault runs under the tests of its clause's section (`queue.put`, say), or under every test with `--whole`. What fails
beside its clause must be on the `also` list of its row (harness/drivers/faulty/): a fault that breaks more than it
says is not the fault that it says it is. A fault that only thorough tests find has `thorough` in its row: it is
played with `--thorough` or when it is named, and under the thorough tests too.

What is inconclusive and decides about a fault runs again at the end, alone, as `psq check` has it, and up to three
times: that the machine was too slow says nothing of the suite.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from collections import deque
from pathlib import Path
from typing import Callable

from psq.base.paths import Paths
from psq.base.status import InternalError, Status
from psq.kill_matrix.table import as_lines, print_table, print_unbroken
from psq.kill_matrix.trial import Trial, choose, controls_of, driver_of, tests_of
from psq.kill_matrix.verdict import judge
from psq.law.clause_table import Law
from psq.reporting.console import make_console
from psq.reporting.target import STANDARD_OUTPUT, write
from psq.results.driver_times import in_microseconds
from psq.running.faults import all_faults, is_rare, ledger_of
from psq.running.looking import look
from psq.running.pool import Pool

# Of one test. On a busy machine each of its calls that hangs takes minutes, and so does an item beyond 2 GiB.
_LIMIT_SECONDS = 1200.0
# A fault that makes a call hang is seen after three times as long; a right queue is never that slow here, or
# the control, the faulty driver without a fault, fails too and the matrix with it.
_HANG_AFTER_SECONDS = 1.5
_TIMES_ALONE = 3

# What each driver itself takes, as an option of the suite.
Times = dict[tuple[str, ...], str]


def kill_matrix(args: argparse.Namespace, paths: Paths) -> Status:
    suite = paths.suite
    law = Law.load(suite)
    # The rare ones are for generated programs alone.
    known = [fault for fault in all_faults(paths) if not is_rare(fault)]
    faults = choose(known, args.fault, thorough=args.thorough)
    for fault in faults:
        if not law.tests_of(fault["clause"]):
            raise InternalError(
                f"the fault {fault['name']} breaks {fault['clause']}, "
                "which is no clause with a test"
            )
    with tempfile.TemporaryDirectory(prefix="psq-") as scratch:
        trials = [
            Trial(
                fault=f,
                results=Path(scratch) / f"{i}.jsonl",
                ledger=ledger_of(driver_of(f), paths),
                tests=tests_of(f, law, whole=args.whole, own=args.own),
                strict=not args.whole,
            )
            for i, f in enumerate([*controls_of(faults), *faults])
        ]
        interrupted = not _run_all(trials, suite, args)
        trials = [trial for trial in trials if trial.judged or not interrupted]
    if args.json:
        write(args.json, as_lines(trials))
    console = make_console(stderr=args.json == STANDARD_OUTPUT)
    print_table(trials, console)
    if interrupted:
        return Status.INTERRUPTED
    print_unbroken(law, known, console)
    return Status.CONFORMS if all(trial.killed for trial in trials) else Status.DOES_NOT_CONFORM


def _run_all(trials: list[Trial], suite: Path, args: argparse.Namespace) -> bool:
    """Whether all were tried; not when the user stopped it."""
    with Pool(args.jobs) as pool, contextlib.suppress(KeyboardInterrupt):
        times = _times_of_drivers(pool, trials, suite, args)
        limit = _LIMIT_SECONDS * args.patience

        def start(trial: Trial) -> None:
            _start(pool, trial, times, suite, args)

        most_tests_first = sorted(trials, key=lambda trial: -len(trial.tests))
        _work_off(most_tests_first, args.jobs, pool, start, limit)
        for _ in range(_TIMES_ALONE):
            again = [trial for trial in trials if trial.is_open]
            for trial in again:
                trial.tests, trial.why = trial.undecided, ""
            _work_off(again, 1, pool, start, limit)
        return True
    return False


def _work_off(
    trials: list[Trial], at_once: int, pool: Pool, start: Callable[[Trial], None], limit: float
) -> None:
    waiting = deque(trials)
    while waiting or pool.jobs:
        while waiting and len(pool.jobs) < at_once:
            start(waiting.popleft())
        for job in pool.wait(0.5):
            judge(job)
        for job in pool.jobs:
            job.watch(job.what.results)
        for job in [job for job in pool.jobs if job.quiet_for > limit]:
            pool.end(job)
            job.what.judged = True
            job.what.why = f"no test ended within {limit:.0f} s"


def _times_of_drivers(
    pool: Pool, trials: list[Trial], suite: Path, args: argparse.Namespace
) -> Times:
    """A fault does not change what its driver itself takes; hundreds of measurements would take a minute."""
    times: Times = {}
    for trial in trials:
        driver = trial.without_fault
        if driver not in times:
            stem = trial.results.with_name(f"driver-{len(times)}")
            patience = ("--patience", str(args.patience))
            times[driver] = in_microseconds(look(pool, suite, driver, patience, stem).times)
    return times


def _start(pool: Pool, trial: Trial, times: Times, suite: Path, args: argparse.Namespace) -> None:
    fault = trial.fault
    argv = [str(suite), "--results", str(trial.results)]
    for test in trial.tests:
        argv += ["--exactly", test]
    argv += ["--seed", str(args.seed), "--patience", str(args.patience)]
    argv += ["--hang-after", str(_HANG_AFTER_SECONDS), "--once"]
    if measured := times[trial.without_fault]:
        argv += ["--driver-times", measured]
    argv += ["--evidence", str(trial.results.with_suffix(".evidence"))]
    argv += ["--ledger", str(trial.ledger)] if trial.ledger else []
    argv += ["--name", f"faulty:{fault['name']}"]
    argv += ["--", *(fault.get("driver") or (fault["program"], "--fault", fault["name"]))]
    pool.start(trial, argv, trial.results.with_suffix(".log"))
