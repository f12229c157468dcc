"""psq kill-matrix --histories: generated programs must find every fault of theirs, every time."""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from psq.base.paths import Paths
from psq.base.status import InternalError, Status, Stop, UsageError, did_you_mean
from psq.reporting.console import make_console
from psq.results.result_file import Tail
from psq.running.cluster import Scheduler, executor
from psq.running.faults import all_faults
from psq.running.units import Limit, Unit, work_off

_HANG_AFTER_SECONDS = 3.0
# A suite that is stuck: no program takes nearly so long, on any machine.
_LIMIT_SECONDS_A_PROGRAM = 10.0


@dataclass
class Row:
    """One fault and what came of its runs."""

    fault: dict[str, Any]
    found: int = 0
    runs: int = 0
    seconds: list[float] = field(default_factory=list)
    programs: list[int] = field(default_factory=list)  # that were run
    whys: list[str] = field(default_factory=list)
    # Runs that a cluster could not bring to their end.
    lost: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.fault["name"])

    @property
    def search(self) -> dict[str, Any]:
        """The test that has to find the fault, the clauses that count, and how many programs."""
        return dict(self.fault["search"])


@dataclass
class _Run:
    row: Row
    seed: int
    folder: Path

    @property
    def results(self) -> Path:
        return self.folder / "results.jsonl"


def kill_histories(args: argparse.Namespace, paths: Paths, scheduler: Scheduler | None) -> Status:
    searched = [fault for fault in all_faults(paths) if fault["search"] is not None]
    rows = [Row(fault) for fault in _choose(searched, args.fault)]
    with tempfile.TemporaryDirectory(prefix="psq-") as scratch:
        runs = [
            _Run(row, args.seed + number * 1000, Path(scratch) / f"{row.name}-{number}")
            for number in range(args.times)
            for row in rows
        ]
        with executor(scheduler, paths, args.jobs, make_console().print) as place:
            units = (_unit(run, paths.suite, args) for run in runs)
            interrupted = True
            try:
                work_off(place, units, _judge)
                interrupted = False
            except KeyboardInterrupt:
                pass
            except Stop:
                _print([row for row in rows if row.runs])
                raise
    _print([row for row in rows if row.runs])
    if lost := [f"{row.name}: {why}" for row in rows for why in row.lost]:
        raise InternalError(f"not tried: {'; '.join(lost)}")
    if interrupted:
        return Status.INTERRUPTED
    return (
        Status.CONFORMS if all(row.found == row.runs for row in rows) else Status.DOES_NOT_CONFORM
    )


def _choose(faults: list[dict[str, Any]], globs: list[str]) -> list[dict[str, Any]]:
    names = [fault["name"] for fault in faults]
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in names):
            raise UsageError(
                f"no fault of generated programs matches {glob!r}; there are "
                f"{', '.join(names)}." + did_you_mean(glob, names)
            )
    return [f for f in faults if not globs or any(fnmatchcase(f["name"], glob) for glob in globs)]


def _unit(run: _Run, suite: Path, args: argparse.Namespace) -> Unit:
    name, search = run.row.name, run.row.search
    argv = [str(suite), "--exactly", search["test"], "--results", str(run.results)]
    argv += ["--seed", str(run.seed), "--programs", str(search["programs"])]
    argv += ["--shrink-for", "0", "--patience", str(args.patience)]
    argv += ["--hang-after", str(_HANG_AFTER_SECONDS), "--name", f"faulty:{name}"]
    argv += ["--", run.row.fault["program"], "--fault", name]
    limit = Limit(_LIMIT_SECONDS_A_PROGRAM * float(search["programs"]) * args.patience)
    return Unit(run, f"{name} (seed {run.seed})", argv, run.folder, limit)


def _judge(unit: Unit) -> None:
    run: _Run = unit.what
    if unit.lost:
        run.row.lost.append(unit.lost)
        return
    if unit.stuck:
        _note(run, "did not end in time")
        return
    try:
        verdicts = [each for each in Tail(run.results).read() if each.get("record") == "test"]
    except ValueError as error:
        raise InternalError(f"{run.row.name}: results that cannot be read: {error}") from error
    if len(verdicts) != 1:
        _note(run, f"no verdict: {unit.log_tail(300)}")
        return
    verdict, clause = verdicts[0]["verdict"], verdicts[0]["clause"]
    run.row.seconds.append(verdicts[0]["seconds"])
    run.row.programs.append(verdicts[0].get("seen", {}).get("programs", 0))
    if verdict == "fail" and clause in run.row.search["clauses"]:
        _note(run, "")
    else:
        _note(run, f"seed {run.seed}: {verdict} {clause} {verdicts[0]['message'][:200]}")


def _note(run: _Run, why: str) -> None:
    row = run.row
    row.runs += 1
    row.found += not why
    if why:
        row.whys.append(why)


def _print(rows: list[Row]) -> None:
    console = make_console()
    table = Table(title="kill matrix: generated programs", title_justify="left", title_style="bold")
    for column in ("fault", "test"):
        table.add_column(column, no_wrap=True)
    for column in ("found", "programs", "median", "most", "median, s", "longest, s"):
        table.add_column(column, justify="right")
    for row in rows:
        times, programs = sorted(row.seconds) or [0.0], sorted(row.programs) or [0]
        table.add_row(
            row.name,
            row.search["test"],
            Text(f"{row.found} of {row.runs}", "green" if row.found == row.runs else "bold red"),
            f"{row.search['programs']}",
            f"{programs[len(programs) // 2]}",
            f"{programs[-1]}",
            f"{times[len(times) // 2]:.1f}",
            f"{times[-1]:.1f}",
        )
    console.print(table)
    for row in rows:
        for why in row.whys:
            console.print(Text(f"survives: {row.name}: {why}", "bold red"), soft_wrap=True)
    found = sum(row.found == row.runs for row in rows)
    console.print(f"{found} of {len(rows)} faults found by generated programs every time")
