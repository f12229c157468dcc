"""psq slow: the suite against a driver that is right but slow, seed by seed."""

from __future__ import annotations

import argparse
import shlex
from collections import Counter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from psq.base import options
from psq.base.paths import Paths
from psq.base.status import Status
from psq.law.clause_table import Law
from psq.reporting.console import STYLES, make_console
from psq.reporting.progress import Progress
from psq.results.run import VERDICTS, Run
from psq.running import judging, ledger
from psq.running.drivers import resolve
from psq.running.runner import Options
from psq.running.slow_runs import Slowness, run_or_load, status_of_all, unusual

_SHOWN = 160  # characters of a message


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("driver", metavar="DRIVER")
    judging.add_options(parser, jobs_a_processor=3)
    parser.add_argument(
        "--seeds",
        metavar="N",
        type=options.at_least_one,
        default=14,
        help="how many; the first one is --seed, or 1 (default %(default)s)",
    )
    parser.add_argument(
        "--pauses",
        metavar="NAME",
        help="of this kind alone; 'psq-slow-driver --list-profiles' lists them (default: by the seed)",
    )
    parser.add_argument(
        "--tests-each",
        metavar="N",
        type=options.at_least_one,
        help="so many tests with each seed, others with the next one (default: all)",
    )


def run(args: argparse.Namespace, paths: Paths) -> Status:
    """Runs the tests with each seed, and prints every verdict that is not the usual one."""
    law = Law.load(paths.suite)
    tests = law.select(judging.filters_of(args))
    inner = resolve(args.driver, paths, args.interpreter, args.start_method)
    first = 1 if args.seed is None else args.seed
    slowness = Slowness(args.driver, range(first, first + args.seeds), args.pauses, args.tests_each)
    console = make_console()
    folder = paths.results / "slow" / inner.slug
    runs: dict[int, Run] = {}
    for seed in slowness.seeds:
        driver = slowness.driver(seed, paths, args.interpreter, args.start_method)
        share = slowness.share(tests, seed)
        how = Options(
            seed=seed,
            patience=args.patience,
            jobs=min(args.jobs, len(share)),
            ledger=ledger.find(args.ledger, inner, paths, law),
            evidence=paths.evidence / driver.slug,
        )
        with Progress(console, driver.label, len(share)) as watcher:
            path = folder / f"{driver.slug}.jsonl"
            runs[seed] = run_or_load(law, paths.suite, driver, how, share, path, lambda: watcher)
    status = status_of_all(runs)
    _print(args.driver, runs, status, console)
    console.print(f"results:  {folder}", soft_wrap=True)
    return status


def _print(driver: str, runs: dict[int, Run], status: Status, console: Console) -> None:
    found = list(unusual(runs))
    if found:
        table = Table(title="verdicts that are not the usual ones", title_justify="left")
        for column in ("seed", "verdict", "test", "what"):
            table.add_column(column, overflow="fold")
        for each in found:
            verdict = str(each.record["verdict"])
            table.add_row(
                str(each.seed),
                Text(verdict, STYLES.get(verdict, "bold red")),
                str(each.record["test"]),
                str(each.record.get("message", ""))[:_SHOWN],
            )
        console.print(table)
    for each in found:
        replay = f"psq check {shlex.quote(each.driver)} --test '{each.record['test']}' --seed {each.seed}"
        console.print(f"replay:   {replay}", soft_wrap=True)
    for seed, run in runs.items():
        for problem in [*run.problems, *(f"{test} did not run" for test in run.missing)]:
            console.print(Text(f"problem: seed {seed}: {problem}", "bold red"), soft_wrap=True)
    counts = Counter(str(each["verdict"]) for run in runs.values() for each in run.tests.values())
    details = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])
    console.print(
        Text(
            f"{driver}, slow by {len(runs)} seeds: {sum(counts.values())} tests ran ({details})",
            "bold green" if status == Status.CONFORMS else "bold red",
        ),
        soft_wrap=True,
    )
