"""psq compare: judges several implementations, or takes stored results, and puts them side by side."""

from __future__ import annotations

import argparse
import functools
from pathlib import Path

from rich.console import Console

from psq.base.paths import Paths
from psq.base.status import Status, UsageError, worst
from psq.law.clause_table import Law
from psq.reporting.comparison import print_comparison
from psq.reporting.console import make_console
from psq.reporting.summary import print_verdict
from psq.reporting.target import in_any_case, write
from psq.results import result_file
from psq.results.run import Run
from psq.running import judging
from psq.running.drivers import PYTHONS, Driver, resolve


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("drivers", metavar="DRIVER", nargs="*")
    judging.add_options(parser)
    parser.add_argument(
        "--from",
        dest="stored",
        metavar="RESULTS",
        nargs="+",
        default=[],
        help="compare stored results, run nothing",
    )
    parser.add_argument("--html", metavar="FILE", help="write html; - is standard output")


def run(args: argparse.Namespace, paths: Paths) -> Status:
    if args.stored and args.drivers:
        raise UsageError("compare either drivers or, with --from, stored results")
    if not (args.stored or args.drivers):
        raise UsageError("name what to compare, e.g. psq compare reference cpython")
    law = Law.load(paths.suite)
    law.select(judging.filters_of(args))
    console = make_console()
    if args.stored:
        runs = [result_file.load(Path(path)) for path in args.stored]
    else:
        runs = _judge_all(args, law, paths, console)
    print_comparison(runs, law, console, _selected(law, args))
    with in_any_case(functools.partial(_print_verdicts, runs, console)):
        if args.html:
            from psq.reporting.page import render  # only here: it needs jinja2

            write(args.html, render.html(runs, law, args.html))
            console.print(f"report:   {args.html}", soft_wrap=True)
    return worst(run.status() for run in runs)


def _print_verdicts(runs: list[Run], console: Console) -> None:
    for run in runs:
        print_verdict(run, console)


def _judge_all(args: argparse.Namespace, law: Law, paths: Paths, console: Console) -> list[Run]:
    # Resolve every name first: a mistyped last one must not cost the runs before it.
    found = [_resolve_plain(text, paths, args) for text in args.drivers]
    slugs = [driver.slug for driver in found]
    if len(set(slugs)) < len(slugs):
        raise UsageError("the same driver is named twice: there is nothing to compare")
    runs: list[Run] = []
    for driver in found:
        if not any(run.interrupted for run in runs):
            runs.append(judging.judge(driver, law, paths, args, console))
    return runs


def _resolve_plain(text: str, paths: Paths, args: argparse.Namespace) -> Driver:
    """--interpreter and --start-method apply to the Python drivers that do not name theirs."""
    is_python = text.partition("@")[0].split(":")[0] in PYTHONS
    takes_method = is_python and len(text.partition("@")[0].split(":")) == (
        1 if text.startswith("cpython") else 2
    )
    return resolve(
        text,
        paths,
        args.interpreter if is_python and "@" not in text else None,
        args.start_method if takes_method else None,
    )


def _selected(law: Law, args: argparse.Namespace) -> list[str]:
    """The clauses that a comparison shows: all, or those of the selected tests."""
    filters = judging.filters_of(args)
    if filters.whole:
        return list(law.clauses)
    named = {clause for test in law.select(filters) for clause in test.clauses}
    return [clause for clause in law.clauses if clause in named]
