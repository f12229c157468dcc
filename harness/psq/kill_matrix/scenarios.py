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
from pathlib import Path
from typing import Iterator

from rich.console import Console

from psq.base.paths import Paths
from psq.base.status import InternalError, Status, Stop
from psq.kill_matrix.table import as_lines, print_table, print_unbroken
from psq.kill_matrix.trial import Trial, choose, controls_of, driver_of, tests_of
from psq.kill_matrix.verdict import judge
from psq.law.clause_table import Law
from psq.reporting.console import make_console
from psq.reporting.target import STANDARD_OUTPUT, write
from psq.results.driver_times import in_microseconds
from psq.running.cluster import Scheduler, executor
from psq.running.faults import all_faults, is_rare, ledger_of
from psq.running.looking import look
from psq.running.pool import Pool
from psq.running.units import Executor, Limit, Unit, work_off

# Of one test. On a busy machine each of its calls that hangs takes minutes, and so does an item beyond 2 GiB.
_LIMIT_SECONDS = 1200.0
# A fault that makes a call hang is seen after three times as long; a right queue is never that slow here, or
# the control, the faulty driver without a fault, fails too and the matrix with it.
_HANG_AFTER_SECONDS = 1.5
_TIMES_ALONE = 3

# What each driver itself takes, as an option of the suite.
Times = dict[tuple[str, ...], str]


def kill_matrix(args: argparse.Namespace, paths: Paths, scheduler: Scheduler | None) -> Status:
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
                folder=Path(scratch) / str(i),
                ledger=ledger_of(driver_of(f), paths),
                tests=tests_of(f, law, whole=args.whole, own=args.own),
                strict=not args.whole,
            )
            for i, f in enumerate([*controls_of(faults), *faults])
        ]
        console = make_console(stderr=args.json == STANDARD_OUTPUT)
        with executor(scheduler, paths, args.jobs, console.print) as place:
            try:
                interrupted = not _run_all(trials, place, suite, args)
            except Stop:
                _tell(trials, args, console)
                raise
    _tell(trials, args, console)
    if lost := [f"{trial.fault['name']}: {trial.lost}" for trial in trials if trial.lost]:
        raise InternalError(f"not tried: {'; '.join(lost)}")
    if interrupted:
        return Status.INTERRUPTED
    print_unbroken(law, known, console)
    return Status.CONFORMS if all(trial.killed for trial in trials) else Status.DOES_NOT_CONFORM


def _tell(trials: list[Trial], args: argparse.Namespace, console: Console) -> None:
    """Also before an error: what was seen by then stays."""
    judged = [trial for trial in trials if trial.judged]
    if args.json:
        write(args.json, as_lines(judged))
    print_table(judged, console)


def _run_all(trials: list[Trial], place: Executor, suite: Path, args: argparse.Namespace) -> bool:
    """Whether all were tried; not when the user stopped it."""
    with contextlib.suppress(KeyboardInterrupt):
        # Each machine of a cluster has its own times: there the suite measures them for each fault.
        times = {} if args.scheduler else _times_of_drivers(trials, suite, args)
        most_tests_first = sorted(trials, key=lambda trial: -len(trial.tests))
        work_off(place, _units(most_tests_first, times, suite, args), _judge)
        for _ in range(_TIMES_ALONE):
            again = [trial for trial in trials if trial.is_open]
            for trial in again:
                trial.tests, trial.why = trial.undecided, ""
            work_off(place, _units(again, times, suite, args), _judge, at_once=1)
        return True
    return False


def _judge(unit: Unit) -> None:
    trial: Trial = unit.what
    trial.lost = unit.lost
    if unit.stuck:
        trial.judged = True
        trial.why = f"no test ended within {unit.limit.seconds:.0f} s"
    elif not unit.lost:
        judge(unit)


def _times_of_drivers(trials: list[Trial], suite: Path, args: argparse.Namespace) -> Times:
    """A fault does not change what its driver itself takes; hundreds of measurements would take a minute."""
    times: Times = {}
    with Pool(1) as pool:
        for trial in trials:
            driver = trial.without_fault
            if driver not in times:
                stem = trial.folder.with_name(f"driver-{len(times)}")
                patience = ("--patience", str(args.patience))
                times[driver] = in_microseconds(look(pool, suite, driver, patience, stem).times)
    return times


def _units(
    trials: list[Trial], times: Times, suite: Path, args: argparse.Namespace
) -> Iterator[Unit]:
    for trial in trials:
        argv = _command(trial, times, suite, args)
        limit = Limit(_LIMIT_SECONDS * args.patience, trial.results.name)
        yield Unit(trial, trial.fault["name"], argv, trial.folder, limit)


def _command(trial: Trial, times: Times, suite: Path, args: argparse.Namespace) -> list[str]:
    fault = trial.fault
    argv = [str(suite), "--results", str(trial.results)]
    for test in trial.tests:
        argv += ["--exactly", test]
    argv += ["--seed", str(args.seed), "--patience", str(args.patience)]
    argv += ["--hang-after", str(_HANG_AFTER_SECONDS), "--once"]
    if measured := times.get(trial.without_fault):
        argv += ["--driver-times", measured]
    argv += ["--evidence", str(trial.folder / "evidence")]
    argv += ["--ledger", str(trial.ledger)] if trial.ledger else []
    argv += ["--name", f"faulty:{fault['name']}"]
    return [*argv, "--", *(fault.get("driver") or (fault["program"], "--fault", fault["name"]))]
