"""psq kill-matrix --histories: generated programs must find every fault of theirs, every time."""

from __future__ import annotations

import argparse
import tempfile
from collections import deque
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from rich.table import Table
from rich.text import Text

from psq.base.paths import Paths
from psq.base.status import InternalError, Status, UsageError, did_you_mean
from psq.kill_matrix.history_faults import HISTORY_FAULTS, HistoryFault
from psq.reporting.console import make_console
from psq.results.result_file import Tail
from psq.running.pool import Job, Pool

_HANG_AFTER_SECONDS = 3.0
_LIMIT_SECONDS = 120.0


@dataclass
class Row:
    """One fault and what came of its runs."""

    fault: HistoryFault
    found: int = 0
    runs: int = 0
    seconds: list[float] = field(default_factory=list)
    whys: list[str] = field(default_factory=list)


@dataclass
class _Run:
    row: Row
    seed: int
    results: Path


def kill_histories(args: argparse.Namespace, paths: Paths) -> Status:
    rows = [Row(fault) for fault in _choose(args.fault)]
    program = paths.program("psq-faulty-driver")
    with tempfile.TemporaryDirectory(prefix="psq-") as scratch:
        runs = deque(
            _Run(row, args.seed + number * 1000, Path(scratch) / f"{row.fault.name}-{number}.jsonl")
            for number in range(args.times)
            for row in rows
        )
        with Pool(args.jobs) as pool:
            while runs or pool.jobs:
                while runs and pool.free:
                    _start(pool, runs.popleft(), paths.suite, program, args)
                for job in pool.wait(0.5):
                    _judge(job)
                for job in [j for j in pool.jobs if j.quiet_for > _LIMIT_SECONDS * args.patience]:
                    pool.end(job)
                    _note(job, "did not end in time")
    _print(rows)
    return (
        Status.CONFORMS if all(row.found == row.runs for row in rows) else Status.DOES_NOT_CONFORM
    )


def _choose(globs: list[str]) -> list[HistoryFault]:
    names = [fault.name for fault in HISTORY_FAULTS]
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in names):
            raise UsageError(
                f"no fault of generated programs matches {glob!r}; there are "
                f"{', '.join(names)}." + did_you_mean(glob, names)
            )
    return [
        fault
        for fault in HISTORY_FAULTS
        if not globs or any(fnmatchcase(fault.name, glob) for glob in globs)
    ]


def _start(pool: Pool, run: _Run, suite: Path, program: Path, args: argparse.Namespace) -> None:
    fault = run.row.fault
    argv = [str(suite), "--test", fault.test, "--results", str(run.results)]
    argv += ["--seed", str(run.seed), "--budget", str(fault.budget * args.patience)]
    argv += ["--shrink-for", "0", "--patience", str(args.patience)]
    argv += ["--hang-after", str(_HANG_AFTER_SECONDS), "--name", f"faulty:{fault.name}"]
    argv += ["--", str(program), "--fault", fault.name]
    pool.start(run, argv, run.results.with_suffix(".log"))


def _judge(job: Job) -> None:
    run: _Run = job.what
    try:
        verdicts = [each for each in Tail(run.results).read() if each.get("record") == "test"]
    except ValueError as error:
        raise InternalError(
            f"{run.row.fault.name}: results that cannot be read: {error}"
        ) from error
    if len(verdicts) != 1:
        _note(job, f"no verdict: {job.log_tail(300)}")
        return
    verdict, clause = verdicts[0]["verdict"], verdicts[0]["clause"]
    run.row.seconds.append(verdicts[0]["seconds"])
    if verdict == "fail" and clause in run.row.fault.clauses:
        _note(job, "")
    else:
        _note(job, f"seed {run.seed}: {verdict} {clause} {verdicts[0]['message'][:200]}")


def _note(job: Job, why: str) -> None:
    row: Row = job.what.row
    row.runs += 1
    row.found += not why
    if why:
        row.whys.append(why)


def _print(rows: list[Row]) -> None:
    console = make_console()
    table = Table(title="kill matrix: generated programs", title_justify="left", title_style="bold")
    for column in ("fault", "test"):
        table.add_column(column, no_wrap=True)
    for column in ("found", "budget, s", "median, s", "longest, s"):
        table.add_column(column, justify="right")
    for row in rows:
        times = sorted(row.seconds) or [0.0]
        table.add_row(
            row.fault.name,
            row.fault.test,
            Text(f"{row.found} of {row.runs}", "green" if row.found == row.runs else "bold red"),
            f"{row.fault.budget:.0f}",
            f"{times[len(times) // 2]:.1f}",
            f"{times[-1]:.1f}",
        )
    console.print(table)
    for row in rows:
        for why in row.whys:
            console.print(Text(f"survives: {row.fault.name}: {why}", "bold red"), soft_wrap=True)
    found = sum(row.found == row.runs for row in rows)
    console.print(f"{found} of {len(rows)} faults found by generated programs every time")
