"""ci/campaign: runs the suite many times over implementations and loads, and prints the table of its verdicts."""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from functools import partial
from pathlib import Path
from typing import Callable, Sequence

import loads  # which makes psq and the modules of ci known
from long_runs import ended
from page import page
from plan import IMPLEMENTATIONS, Implementation, Planned, plan
from on_cluster import run_on_cluster
from runs import Bench, Ended, MayStart, run_all
from store import Store
from table import Table

from psq.base import options
from psq.base.paths import Paths
from psq.base.status import Status, Stop, UsageError, worst
from psq.running.cluster import scheduler_of
from psq.running.drivers import resolve
from psq.running.tree import commit_of

_EPILOG = """\
status: 0 no fail and fewer than one inconclusive in 1,000 tests; 1 a fail; 2 more are inconclusive, or no run is
finished; 64 wrong usage; 70 a run went wrong itself; 130 interrupted (start it again to go on)
With --scheduler 64 also when the package is missing or a worker has another tree; 70 also when the scheduler does not
answer within 10 s or goes away, has no worker for 5 minutes, or gives a run up; what was finished stays, as ever.

example: ci/campaign --scheduler tcp://head:8786    the runs on many machines, one worker on each (docs/cluster.md)
"""

RunAll = Callable[[Sequence[Planned], MayStart, Ended], None]


def parser() -> argparse.ArgumentParser:
    known = argparse.ArgumentParser(
        prog="ci/campaign",
        description="Runs the suite over implementations and loads, in rounds, and adds to the table of verdicts. "
        "A run that was interrupted is done again, a finished one is not.",
        epilog="loads:\n"
        + "".join(f"  {each.name:15} {each.means}\n" for each in loads.all_loads())
        + f"implementations: {', '.join(each.driver for each in IMPLEMENTATIONS)}\n\n"
        + _EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = known.add_argument
    add("--only", metavar="IMPLEMENTATION", action="append", help="of the list below, or a DRIVER")
    add("--load", metavar="LOAD", action="append", help="of the list below")
    add("--runs", metavar="N", type=options.at_least_one, help="of each of these under each load")
    add("--test", metavar="GLOB", action="append", default=[], help="not whole runs: some tests")
    add("--budget", metavar="SECONDS", type=options.seconds, help="start no run after this time")
    add("--index", metavar="K", type=options.natural, help="of these runs the K-th alone, from 0")
    help_at_once = "runs side by side, each a load of the other (default 1)"
    add("--at-once", metavar="N", type=options.at_least_one, help=help_at_once)
    add("--jobs", metavar="N", type=options.at_least_one, help="tests at a time in each run")
    options.add_scheduler(known, "make each run, with its load,")
    add("--fresh", action="store_true", help="drop all runs, of each commit, first")
    help_table = (
        "run nothing; print the table, or put it into FILE, which keeps those of other commits"
    )
    add("--table", metavar="FILE", nargs="?", const="-", help=help_table)
    add("--state", metavar="FOLDER", type=Path, help="what the campaign keeps (build/campaign)")
    add("--build", metavar="FOLDER", type=Path, default=Path("build"), help=argparse.SUPPRESS)
    return known


def main(argv: list[str]) -> int:
    try:
        args = parser().parse_args(argv)
    except SystemExit as error:
        return int(Status.USAGE if error.code else 0)
    store = Store((args.state or args.build / "campaign").resolve())
    return ended("ci/campaign", lambda: _campaign(args, store))


def _campaign(args: argparse.Namespace, store: Store) -> Status:
    chosen = _implementations(args)
    wanted = _loads(args)
    runs = args.runs if args.index is None else args.index + 1
    planned = plan(chosen, [each.name for each in wanted], runs, args.test)
    planned = [each for each in planned if args.index in (None, each.index)]
    if args.table:
        return _write_tables(args, store, planned)
    paths = Paths.of(args.build.resolve())
    scheduler = scheduler_of(args, paths)
    if scheduler and args.at_once:
        raise UsageError(
            "--at-once goes without --scheduler: a worker makes as many as it has threads"
        )
    if args.fresh:
        store.clear()
    bench = Bench(paths.build, store, commit_of(), args.at_once or 1, args.jobs)
    try:
        if scheduler:
            make = partial(run_on_cluster, bench, scheduler, paths)
        else:
            make = partial(_run_here, bench, wanted)
        _work_off(bench, make, planned, args.budget)
    finally:
        table = Table(bench.commit, store.finished(bench.commit, tuple(args.test)), planned, chosen)
        if table.total.runs:
            print(table.markdown())
    print(f"ci/campaign: {table.sentence()}")
    return table.status()


def _implementations(args: argparse.Namespace) -> list[Implementation]:
    """Those asked for, or each that can run here."""
    known = {each.driver: each for each in IMPLEMENTATIONS}
    paths = Paths(build=args.build.resolve())
    if args.only:
        chosen = [known.get(name, Implementation(name, 1, 1, False)) for name in args.only]
    else:
        chosen = list(IMPLEMENTATIONS)
    if args.table:
        return chosen
    found = []
    for each in chosen:
        try:
            resolve(each.driver, paths)
            found.append(each)
        except Stop as stop:
            if args.only:
                raise
            print(f"ci/campaign: left out: {each.driver}: {stop}", file=sys.stderr)
    return found


def _loads(args: argparse.Namespace) -> list[loads.Load]:
    known = {each.name: each for each in loads.all_loads()}
    for name in args.load or ():
        if name not in known:
            raise UsageError(f"no load is named {name!r}; there are {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(args.load or known)]


def _work_off(bench: Bench, make: RunAll, planned: list[Planned], budget: float | None) -> None:
    """Makes the runs that are not finished."""
    until = time.monotonic() + (budget or float("inf"))
    waiting = [each for each in planned if not bench.store.is_finished(each, bench.commit)]
    done, total = len(planned) - len(waiting), len(planned)
    print(f"ci/campaign: {total} runs of {bench.commit}, {done} of them finished", flush=True)

    def ended(run: Planned, seconds: float, status: int, where: str = "") -> None:
        nonlocal done
        done += 1
        print(
            f"[{done}/{total}] {run.id}: status {status} after {seconds:.0f} s{where}", flush=True
        )

    def may_start() -> bool:
        if bench.commit != commit_of():
            raise UsageError("the source tree has changed: build it and start again")
        return time.monotonic() < until

    make(waiting, may_start, ended)


def _run_here(
    bench: Bench,
    wanted: list[loads.Load],
    waiting: Sequence[Planned],
    may_start: MayStart,
    ended: Ended,
) -> None:
    """Runs that follow each other under one load share it."""
    by_name = {each.name: each for each in wanted}
    for load, runs in itertools.groupby(waiting, key=lambda each: each.load):
        if may_start():
            run_all(bench, by_name[load], list(runs), may_start, ended)


def _write_tables(args: argparse.Namespace, store: Store, planned: list[Planned]) -> Status:
    """The tables of each commit that has runs, the latest first."""
    known = {each.driver: each for each in IMPLEMENTATIONS}
    tables = []
    for commit in reversed(store.commits()):
        runs = [
            each
            for each in store.finished(commit, tuple(args.test))
            if not args.only or each.planned.implementation in args.only
        ]
        names = dict.fromkeys([*known, *(each.planned.implementation for each in runs)])
        chosen = [known.get(name, Implementation(name, 0, 0, False)) for name in names]
        if runs:
            tables.append(Table(commit, runs, planned, chosen))
    if not tables:
        raise UsageError("no run is finished: there is no table")
    if args.table == "-":
        print(page(tables, loads.all_loads()), end="")
    else:
        _write_page(Path(args.table), tables)
    return worst(table.status() for table in tables)


def _write_page(path: Path, tables: Sequence[Table]) -> None:
    """Tables of commits whose runs are elsewhere stay: the page grows from many machines."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(page(tables, loads.all_loads(), old), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
