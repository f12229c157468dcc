"""One run of the suite against one driver, as the options of check and compare ask for it."""

from __future__ import annotations

import argparse
import platform
import random
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from psq.base import options
from psq.base.paths import Paths
from psq.base.status import UsageError
from psq.law.clause_table import Filters, Law, Test
from psq.reporting.progress import Progress
from psq.results.gate import NO_GATE, Gate
from psq.results.run import Record, Run
from psq.running import ledger
from psq.running.drivers import Driver
from psq.running.runner import Options, Runner


def add_options(parser: argparse.ArgumentParser, jobs_a_processor: int = 2) -> None:
    """The options of the commands that run tests."""
    options.add_tests(parser)
    parser.add_argument(
        "--profile",
        metavar="P",
        action="append",
        default=[],
        help="only clauses of this profile, e.g. base",
    )
    options.add_thorough(parser)
    parser.add_argument(
        "--seed", metavar="N", type=options.natural, help="for everything that is random"
    )
    options.add_patience(parser)
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=options.at_least_one,
        default=jobs_a_processor * options.cpu_count(),
        help="tests at a time; most of them wait"
        f" (default: {jobs_a_processor} a processor, here %(default)s)",
    )
    parser.add_argument(
        "--ledger",
        metavar="FILE|none",
        help="known failures (default: harness/ledgers/, by implementation)",
    )
    options.add_python_driver(parser)


def filters_of(args: argparse.Namespace) -> Filters:
    """The tests that the options of add_options select."""
    return Filters(tuple(args.test), tuple(args.profile), args.thorough)


@dataclass(frozen=True)
class Manner:
    """How the selected tests are run, and what is asked of the run besides."""

    repeat: int = 1
    confirm: int = 0  # how often each failure is run again
    fail_fast: str = ""  # the option by which no test is started after the first failure
    gate: Gate = NO_GATE


def judge(
    driver: Driver,
    law: Law,
    paths: Paths,
    args: argparse.Namespace,
    console: Console,
    filters: Filters | None = None,
    manner: Manner = Manner(),
) -> Run:
    """Runs the selected tests against one driver and writes its result file."""
    filters = filters or filters_of(args)
    tests = law.select(filters)
    known = ledger.find(args.ledger, driver, paths, law)
    how = Options(
        seed=random.SystemRandom().randrange(2**31) if args.seed is None else args.seed,
        patience=args.patience,
        jobs=min(args.jobs, len(tests) * manner.repeat),
        ledger=known,
        evidence=paths.evidence / driver.slug,
        left_out=tuple(test.name for test in law.left_out(filters)),
        selection=tuple(filters.in_words),
        repeat=manner.repeat,
        confirm=manner.confirm,
        fail_fast=manner.fail_fast,
        gate=manner.gate,
        about=about(paths, args.patience, known),
        replay=_replay(paths, driver, args),
    )
    path = _results_path(driver, paths, args, filters.whole)
    _clear_evidence(how.evidence, tests, filters.whole)
    times = f", {how.repeat} times each" if how.repeat > 1 else ""
    console.print(
        f"judging {driver.label}: {len(tests)} tests{times}, {how.jobs} at a time, seed {how.seed}"
    )
    with Progress(console, driver.label, len(tests) * how.repeat) as watcher:
        return Runner(paths.suite, law, driver, how, watcher).judge(tests, path)


def _replay(paths: Paths, driver: Driver, args: argparse.Namespace) -> str:
    """The command line that judges the driver in the same way; a test and a seed are still to be added."""
    ledger_options = f" --ledger {shlex.quote(args.ledger)}" if args.ledger else ""
    return f"{paths.command} check {shlex.quote(driver.label)}{ledger_options}"


def _results_path(driver: Driver, paths: Paths, args: argparse.Namespace, whole: bool) -> Path:
    if getattr(args, "results", None):
        path = Path(args.results)
        if path.is_dir():
            raise UsageError(f"--results {path} is a folder; name a file")
        return path
    # A filtered run never overwrites the results of a whole run.
    return paths.results / (f"{driver.slug}.jsonl" if whole else f"{driver.slug}.filtered.jsonl")


def _clear_evidence(folder: Path, tests: list[Test], whole: bool) -> None:
    """Old evidence beside new results misleads."""
    stale = [folder] if whole else [folder / test.file_name for test in tests]
    for path in stale:
        shutil.rmtree(path, ignore_errors=True)


def about(paths: Paths, patience: float, known_failures: Path | None) -> Record:
    """Who judges, how and where: what a certificate needs to tell."""
    return {
        "psq": paths.version,
        "patience": patience,
        "ledger": known_failures.name if known_failures else None,
        "platform": {
            "system": platform.system(),
            "release": platform.release(),
            "machine": platform.machine(),
            "processors": options.cpu_count(),
        },
    }
