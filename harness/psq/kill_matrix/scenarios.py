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
import json
import tempfile
from collections import deque
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Callable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from psq.base.paths import Paths
from psq.base.status import InternalError, Status, UsageError, did_you_mean
from psq.law.clause_table import Law
from psq.reporting.console import make_console
from psq.reporting.target import STANDARD_OUTPUT, write
from psq.results.driver_times import in_microseconds
from psq.results.result_file import Tail
from psq.running.faults import all_faults, is_rare, ledger_of, without_fault
from psq.running.looking import look
from psq.running.pool import Job, Pool

# Of one test. On a busy machine each of its calls that hangs takes minutes, and so does an item beyond 2 GiB.
_LIMIT_SECONDS = 1200.0
# A fault that makes a call hang is seen after three times as long; a right queue is never that slow here, or
# the control, the faulty driver without a fault, fails too and the matrix with it.
_HANG_AFTER_SECONDS = 1.5
_TIMES_ALONE = 3
_CONTROL = "nothing: the control, which must pass"

# What each driver itself takes, as an option of the suite.
Times = dict[tuple[str, ...], str]


@dataclass
class Trial:
    """One fault under the tests of its clause."""

    fault: dict[str, Any]
    results: Path
    ledger: Path | None  # of what the driver breaks without the fault
    tests: list[str] = field(default_factory=list)  # none: every one
    strict: bool = True  # whether a failure that no list has counts
    judged: bool = False
    killed: bool = False
    why: str = ""
    seconds: float = 0.0
    failed: set[str] = field(default_factory=set)
    undecided: list[str] = field(default_factory=list)  # the inconclusive tests

    @property
    def is_control(self) -> bool:
        return "clauses" in self.fault

    @property
    def is_open(self) -> bool:
        """Whether its inconclusive tests may change what it says."""
        known = self.failed if self.is_control else self.failed & {self.fault["clause"]}
        return not self.killed and bool(self.undecided) and not known

    @property
    def without_fault(self) -> tuple[str, ...]:
        """The command line of the same driver without a fault."""
        return _driver_of(self.fault)


def kill_matrix(args: argparse.Namespace, paths: Paths) -> Status:
    suite = paths.suite
    law = Law.load(suite)
    # The rare ones are for generated programs alone.
    known = [fault for fault in all_faults(paths) if not is_rare(fault)]
    faults = _choose(known, args.fault, thorough=args.thorough)
    for fault in faults:
        if not law.tests_of(fault["clause"]):
            raise InternalError(
                f"the fault {fault['name']} breaks {fault['clause']}, "
                "which is no clause with a test"
            )
    with tempfile.TemporaryDirectory(prefix="psq-") as scratch:
        trials = [
            _trial(f, Path(scratch) / f"{i}.jsonl", ledger_of(_driver_of(f), paths), law, args)
            for i, f in enumerate([*_controls_of(faults), *faults])
        ]
        interrupted = not _run_all(trials, suite, args)
        trials = [trial for trial in trials if trial.judged or not interrupted]
    if args.json:
        write(args.json, _as_lines(trials))
    console = make_console(stderr=args.json == STANDARD_OUTPUT)
    _print(trials, console)
    if interrupted:
        return Status.INTERRUPTED
    _print_unbroken(law, known, console)
    return Status.CONFORMS if all(trial.killed for trial in trials) else Status.DOES_NOT_CONFORM


def _driver_of(fault: dict) -> tuple[str, ...]:
    return fault.get("driver") or without_fault(fault)


def _trial(
    fault: dict, results: Path, ledger: Path | None, law: Law, args: argparse.Namespace
) -> Trial:
    own = fault.get("clauses", [fault.get("clause")])
    tests: set[str] = set()
    for clause in [] if args.whole else own:
        around = [clause] if args.own else _around(law, clause)
        tests.update(_scenarios(law, clause, around, fault["thorough"]))
    return Trial(fault, results, ledger, tests=sorted(tests), strict=not args.whole)


def _around(law: Law, clause: str) -> list[str]:
    """The clause and those around it: of the same operation, or of the same crash point."""
    section = clause.split(".")[:2]
    if len(clause.split(".")) <= len(section):
        return [clause]
    return [each for each in law.clauses if each.split(".")[:2] == section]


def _scenarios(law: Law, clause: str, around: list[str], thorough: bool) -> list[str]:
    """The tests that find a fault at once: generated programs only where a clause has nothing else."""
    tests = [test.name for each in around for test in law.tests_of(each, thorough)]
    scenarios = [name for name in tests if not name.endswith("/programs")]
    own = [test.name for test in law.tests_of(clause, thorough)]
    return scenarios if set(own) & set(scenarios) else [*scenarios, *own]


def _controls_of(faults: list[dict]) -> list[dict]:
    """For each driver that has faults, the same driver without one, page by page under their clauses."""
    groups: dict[tuple[str, tuple[str, ...], bool], set[str]] = {}
    for fault in faults:
        driver = without_fault(fault)
        page = fault["clause"].split(".")[0]
        groups.setdefault((page, driver, fault["thorough"]), set()).add(fault["clause"])
    return [
        {
            "name": f"(none: {' '.join([Path(driver[0]).name, *driver[1:]])}, {page})",
            "breaks": _CONTROL,
            "driver": driver,
            "clauses": sorted(clauses),
            "thorough": thorough,
        }
        for (page, driver, thorough), clauses in groups.items()
    ]


def _choose(
    faults: list[dict[str, Any]], globs: list[str], *, thorough: bool
) -> list[dict[str, Any]]:
    names = [fault["name"] for fault in faults]
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in names):
            raise UsageError(
                f"no fault matches {glob!r}; there are {', '.join(names)}."
                + did_you_mean(glob, names)
            )
    if not globs:
        return [fault for fault in faults if fault["thorough"] == thorough]
    return [f for f in faults if any(fnmatchcase(f["name"], glob) for glob in globs)]


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
            _judge(job)
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


def _judge(job: Job) -> None:
    trial: Trial = job.what
    trial.judged = True
    trial.seconds += job.runs_for
    verdicts = _verdicts(trial)
    trial.failed = {clause for verdict, clause in verdicts.values() if verdict == "fail"}
    trial.undecided = [test for test, (verdict, _) in verdicts.items() if verdict == "inconclusive"]
    if trial.is_control:
        _judge_control(trial, job)
    else:
        _judge_fault(trial, job)


def _judge_fault(trial: Trial, job: Job) -> None:
    failed = trial.failed
    allowed = [trial.fault["clause"], *trial.fault["also"]]
    others = sorted(c for c in failed if not any(fnmatchcase(c, glob) for glob in allowed))
    if job.process.returncode != 1:
        trial.why = f"the suite ended with status {job.process.returncode}, not 1"
        if job.process.returncode == 2:
            trial.why += f": {', '.join(trial.undecided)}"
        elif job.process.returncode != 0:
            trial.why += f": {job.log_tail(300)}"
    elif trial.fault["clause"] not in failed:
        trial.why = f"failed at {', '.join(sorted(failed))} instead"
    elif trial.strict and others:
        trial.why = (
            f"failed also at {', '.join(others)}: where that follows from the fault, "
            f"put it into `also` of its row, {trial.fault['file']}:{trial.fault['line']}"
        )
    else:
        trial.killed = True


def _judge_control(trial: Trial, job: Job) -> None:
    trial.killed = job.process.returncode == 0 and not trial.failed
    if not trial.killed:
        failed = ", ".join([*sorted(trial.failed), *trial.undecided]) or job.log_tail(300)
        trial.why = (
            f"without a fault the suite ended with status {job.process.returncode}: {failed}"
        )


def _verdicts(trial: Trial) -> dict[str, tuple[str, str]]:
    """The newest verdict of each test, and its clause."""
    try:
        records = [r for r in Tail(trial.results).read() if r.get("record") == "test"]
        return {record["test"]: (record["verdict"], record["clause"]) for record in records}
    except (ValueError, KeyError) as error:
        name = trial.fault["name"]
        raise InternalError(f"{name}: results that cannot be read: {error}") from error


def _as_lines(trials: list[Trial]) -> str:
    """One JSON object a fault."""
    rows = [
        {
            "fault": trial.fault["name"],
            "clause": trial.fault["clause"],
            "killed": trial.killed,
            "why": trial.why,
            "failed": sorted(trial.failed),
            "seconds": round(trial.seconds, 2),
        }
        for trial in trials
        if not trial.is_control
    ]
    return "\n".join(json.dumps(row) for row in rows)


def _print(trials: list[Trial], console: Console) -> None:
    table = Table(title="kill matrix", title_justify="left", title_style="bold")
    for column in ("fault", "clause", "what it breaks", "result"):
        table.add_column(column, no_wrap=column != "what it breaks")
    table.add_column("s", justify="right")
    for trial in trials:
        good, bad = ("passes", "FAILS") if trial.is_control else ("killed", "SURVIVES")
        result = Text(good, "green") if trial.killed else Text(bad, "bold red")
        fault = trial.fault
        table.add_row(
            fault["name"],
            fault.get("clause", ""),
            fault.get("breaks", ""),
            result,
            f"{trial.seconds:.1f}",
        )
    console.print(table)
    alive = [trial for trial in trials if not trial.killed]
    for trial in alive:
        word = "fails" if trial.is_control else "survives"
        line = f"{word}: {trial.fault['name']}: {trial.why}"
        console.print(Text(line, "bold red"), soft_wrap=True)
    faults = [trial for trial in trials if not trial.is_control]
    found = sum(trial.killed for trial in faults)
    console.print(f"{found} of {len(faults)} faults found at their clause")


def _print_unbroken(law: Law, faults: list[dict], console: Console) -> None:
    broken = {fault["clause"] for fault in faults}
    unbroken = [
        clause.id
        for clause in law.clauses.values()
        if clause.level == "MUST" and clause.id not in broken and law.tests_of(clause.id)
    ]
    console.print(
        f"{len(unbroken)} MUST clauses are broken by no fault" + (":" if unbroken else "")
    )
    for clause in unbroken:
        console.print(f"  {clause}", highlight=False)
