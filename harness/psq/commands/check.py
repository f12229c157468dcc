"""psq check: judges one implementation."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from psq.base import options
from psq.base.paths import Paths
from psq.base.status import Status, UsageError
from psq.law.clause_table import Filters, Law
from psq.reporting import outputs
from psq.reporting.console import make_console
from psq.reporting.summary import print_summary
from psq.reporting.target import STANDARD_OUTPUT, in_any_case
from psq.results import baseline, required
from psq.results.gate import Gates
from psq.results.run import Run
from psq.running import judging, rerun
from psq.running.drivers import resolve

# Without --repeat: for a person who waits for a failure, and ends the run otherwise.
_TURNS_UNTIL_FAIL = 1000


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("driver", metavar="DRIVER")
    judging.add_options(parser)
    _add_selection(parser)
    _add_manner(parser)
    _add_demands(parser)
    parser.add_argument(
        "--results",
        metavar="FILE",
        help="where the results go (default: build/results/NAME.jsonl, "
        "NAME.filtered.jsonl for a filtered run)",
    )
    outputs.add_options(parser)


def _add_selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--level",
        metavar="LEVEL",
        type=options.level,
        action="append",
        default=[],
        help="only tests of clauses of this level: must, should, may or observed (repeatable)",
    )
    parser.add_argument(
        "--shard",
        metavar="K/N",
        type=options.shard,
        default=(1, 1),
        help="the K-th share of N of the selected tests; together the shares have each test once",
    )
    parser.add_argument(
        "--rerun-failed",
        action="store_true",
        help="only the tests that did not pass, or did not run, in the last stored run of the driver",
    )


def _add_manner(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fail-fast",
        action="store_true",
        help="start no test after the first failure; those that run come to their end",
    )
    parser.add_argument(
        "--repeat",
        metavar="N",
        type=options.at_least_one,
        help="run each test N times, with a seed of its own each; the worst verdict counts",
    )
    parser.add_argument(
        "--confirm",
        metavar="N",
        type=options.at_least_one,
        default=0,
        help="run each test that failed N times more with its seed, and tell how often it failed; "
        "its verdict stays",
    )
    parser.add_argument(
        "--until-fail",
        action="store_true",
        help="repeat until the first failure, at most as often as --repeat says "
        f"(default {_TURNS_UNTIL_FAIL})",
    )


def _add_demands(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--require",
        metavar="KIND=NAME,...",
        action="append",
        default=[],
        help="fail unless each test of these profiles or levels is verified: "
        "profile=base,lifecycle, level=must (repeatable)",
    )
    parser.add_argument(
        "--baseline",
        metavar="FILE",
        help="fail when less is verified than in these results of an earlier run",
    )


def run(args: argparse.Namespace, paths: Paths) -> Status:
    law = Law.load(paths.suite)
    reports = outputs.wanted(args)
    filters = _filters_of(args)
    law.select(filters)  # wrong usage comes before a missing driver
    demands = _demands_of(args, law, filters)
    driver = resolve(args.driver, paths, args.interpreter, args.start_method)
    if args.rerun_failed:
        filters = rerun.narrowed(filters, driver, paths, law)
    console = make_console(stderr=STANDARD_OUTPUT in reports.values())
    judged = judging.judge(
        driver, law, paths, args, console, filters, manner=_manner_of(args, demands)
    )
    if not judged.interrupted:
        _draw(judged, console)
    with in_any_case(lambda: print_summary(judged, law, console)):
        outputs.write_all(reports, [judged], law)
    return judged.status()


def _filters_of(args: argparse.Namespace) -> Filters:
    return Filters(
        globs=tuple(args.test),
        profiles=tuple(args.profile),
        thorough=args.thorough,
        levels=tuple(args.level),
        shard=args.shard,
    )


def _demands_of(args: argparse.Namespace, law: Law, filters: Filters) -> Gates:
    demands: list[required.Required | baseline.Baseline] = []
    if args.require:
        wanted = required.parse(args.require, law)
        wanted.expect_selected(filters)
        if args.rerun_failed:
            raise UsageError("--require is for whole runs: --rerun-failed leaves out what passed")
        demands.append(wanted)
    if args.baseline:
        demands.append(baseline.load(Path(args.baseline), law))
    return Gates(*demands)


def _manner_of(args: argparse.Namespace, demands: Gates) -> judging.Manner:
    option = "--until-fail" if args.until_fail else "--fail-fast" if args.fail_fast else ""
    turns = args.repeat or (_TURNS_UNTIL_FAIL if args.until_fail else 1)
    return judging.Manner(repeat=turns, confirm=args.confirm, fail_fast=option, gate=demands)


def _draw(run: Run, console: Console) -> None:
    """Draws each history that was kept of a failure, beside it."""
    folders = sorted({each["evidence"] for each in run.tests.values() if each.get("evidence")})
    if not folders:
        return
    from psq.reporting import timeline  # only here: it needs jinja2

    for folder in folders:
        try:
            for page in timeline.draw_all(Path(folder)):
                console.print(f"timeline: {page}", soft_wrap=True)
        except UsageError as error:  # the verdict stands without a picture
            console.print(f"no timeline: {error}", soft_wrap=True)
