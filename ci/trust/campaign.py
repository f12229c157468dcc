"""ci/campaign: runs the suite many times over implementations and loads, and prints the table of its verdicts."""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from pathlib import Path

import loads  # which makes psq and the modules of ci known
from long_runs import commit_of, ended
from page import page
from plan import IMPLEMENTATIONS, Implementation, Planned, plan
from runs import Bench, run_all
from store import Store
from table import Table

from psq.base import options
from psq.base.paths import Paths
from psq.base.status import Status, Stop, UsageError, worst
from psq.running.drivers import resolve

_EPILOG = """\
status: 0 no fail and fewer than one inconclusive in 1,000 tests; 1 a fail; 2 more are inconclusive, or no run is
finished; 64 wrong usage; 70 a run went wrong itself; 130 interrupted (start it again to go on)
"""


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
    help_at_once = "runs side by side, each a load of the other (default %(default)s)"
    add("--at-once", metavar="N", type=options.at_least_one, default=1, help=help_at_once)
    add("--jobs", metavar="N", type=options.at_least_one, help="tests at a time in each run")
    add("--fresh", action="store_true", help="drop all runs, of each commit, first")
    help_table = "run nothing; write the table to FILE, or print it"
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
    planned = plan(chosen, [each.name for each in wanted], args.runs, args.test)
    if args.table:
        return _write_tables(args, store, planned)
    if args.fresh:
        store.clear()
    bench = Bench(args.build.resolve(), store, commit_of(), args.at_once, args.jobs)
    try:
        _work_off(bench, wanted, planned, args.budget)
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


def _work_off(
    bench: Bench, wanted: list[loads.Load], planned: list[Planned], budget: float | None
) -> None:
    """Makes the runs that are not finished; runs that follow each other under one load share it."""
    until = time.monotonic() + (budget or float("inf"))
    by_name = {each.name: each for each in wanted}
    waiting = [each for each in planned if not bench.store.is_finished(each, bench.commit)]
    done, total = len(planned) - len(waiting), len(planned)
    print(f"ci/campaign: {total} runs of {bench.commit}, {done} of them finished", flush=True)

    def ended(run: Planned, seconds: float, status: int) -> None:
        nonlocal done
        done += 1
        print(f"[{done}/{total}] {run.id}: status {status} after {seconds:.0f} s", flush=True)

    def may_start() -> bool:
        if bench.commit != commit_of():
            raise UsageError("the source tree has changed: build it and start again")
        return time.monotonic() < until

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
    text = page(tables, loads.all_loads())
    if args.table == "-":
        print(text, end="")
    else:
        Path(args.table).write_text(text, encoding="utf-8")
    return worst(table.status() for table in tables)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
