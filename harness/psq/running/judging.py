"""What check and compare share: the options of a run, and the run itself."""

from __future__ import annotations

import argparse
import random
import shutil
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from psq.reporting import progress

from psq.results import tally

from psq.running import ledger
from psq.running.drivers import Driver
from psq.law.clause_table import Law, Test
from psq.base.paths import Paths
from psq.results.result_file import VERDICTS, Run
from psq.running.runner import Options, Runner, cpu_count
from psq.base.status import SENTENCES, Status, UsageError

# Missing tests that are named on the screen.
_NAMED = 5


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of everything that runs tests."""
    parser.add_argument("--test", metavar="GLOB", action="append", default=[],
                        help="only tests of these clauses, e.g. 'queue.put.*' (or test names)")
    parser.add_argument("--profile", metavar="P", action="append", default=[],
                        help="only clauses of this profile, e.g. base")
    parser.add_argument("--seed", metavar="N", type=natural, help="for everything that is random")
    parser.add_argument("--patience", metavar="X", type=positive, default=1.0,
                        help="multiply every upper bound of time by X (default 1)")
    parser.add_argument("--jobs", metavar="N", type=at_least_one, default=cpu_count(),
                        help="tests at a time (default: one a processor, here %(default)s)")
    parser.add_argument("--ledger", metavar="FILE|none",
                        help="known failures (default: harness/ledgers/, by implementation)")
    parser.add_argument("--interpreter", metavar="PATH", help="the Python of the Python drivers")
    parser.add_argument("--start-method", metavar="M", help="fork, spawn or forkserver")


def natural(text: str) -> int:
    """0 to 2^63-1."""
    return int(_number(text, 0, 2**63 - 1, whole=True))


def at_least_one(text: str) -> int:
    return int(_number(text, 1, 4096, whole=True))


def positive(text: str) -> float:
    """The range of patience that the suite takes."""
    return _number(text, 0.01, 1000.0, whole=False)


def _number(text: str, least: float, most: float, whole: bool) -> float:
    kind = "a whole number" if whole else "a number"
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = None
    if value is None or not least <= value <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not {kind} from {least} to {most}")
    return value


def judge(
    driver: Driver, law: Law, paths: Paths, args: argparse.Namespace, console: Console
) -> Run:
    """Runs the selected tests against one driver and writes its result file."""
    tests = law.select(args.test, args.profile)
    whole = not args.test and not args.profile
    options = Options(
        seed=random.SystemRandom().randrange(2**31) if args.seed is None else args.seed,
        patience=args.patience,
        jobs=min(args.jobs, len(tests)),
        ledger=ledger.find(args.ledger, driver, paths, law),
        evidence=paths.evidence / driver.slug,
    )
    path = _results_path(driver, paths, args, whole)
    _clear_evidence(options.evidence, tests, whole)
    console.print(
        f"judging {driver.label}: {len(tests)} tests, {options.jobs} at a time, seed {options.seed}"
    )
    with progress.Progress(console, driver.label, len(tests)) as watcher:
        return Runner(paths.suite, law, driver, options, watcher).judge(tests, path)


def _results_path(driver: Driver, paths: Paths, args: argparse.Namespace, whole: bool) -> Path:
    if getattr(args, "results", None):
        path = Path(args.results)
        if path.is_dir():
            raise UsageError(f"--results {path} is a folder; name a file")
        return path
    # A filtered run never takes the place of a whole run's results.
    return paths.results / (f"{driver.slug}.jsonl" if whole else f"{driver.slug}.filtered.jsonl")


def _clear_evidence(folder: Path, tests: list[Test], whole: bool) -> None:
    """Old evidence beside new results misleads."""
    stale = [folder] if whole else [folder / test.name for test in tests]
    for path in stale:
        shutil.rmtree(path, ignore_errors=True)


def print_summary(run: Run, law: Law, console: Console) -> None:
    """The table per page, what is known, where everything is, and the verdict, last."""
    pages = tally.counts_by_page(run, law)
    totals = sum(pages.values(), Counter())
    columns = [word for word in (*VERDICTS, "missing") if word == "pass" or totals[word]]
    console.print(Text(run.title, style="bold"))
    table = Table()
    table.add_column("page", no_wrap=True)
    table.add_column("tests", justify="right")
    for verdict in columns:
        table.add_column(verdict, justify="right", style=progress.STYLES.get(verdict, "bold red"))
    for page, counts in sorted(pages.items()):
        cells = [str(counts[verdict] or "·") for verdict in columns]
        table.add_row(page, str(sum(counts.values())), *cells)
    console.print(table)
    for record in run.tests.values():
        if record["verdict"] == "expected-fail":
            clause = record.get("clause") or record["clauses"][0]
            console.print(f"known failure: {clause}: {record.get('message', '')}", soft_wrap=True)
    for problem in run.problems:
        console.print(Text(f"problem: {problem}", style="bold red"), soft_wrap=True)
    _print_missing(run, console)
    print_verdict(run, console)


def _print_missing(run: Run, console: Console) -> None:
    missing = run.missing
    for test in missing[:_NAMED]:
        console.print(Text(f"did not run: {test}", style="bold red"), soft_wrap=True)
    if len(missing) > _NAMED:
        more = f"did not run: {len(missing) - _NAMED} more (all are in the result's last line)"
        console.print(Text(more, style="bold red"), soft_wrap=True)


def print_verdict(run: Run, console: Console) -> None:
    kept = sorted({record["evidence"] for record in run.tests.values() if record.get("evidence")})
    for path in kept:
        console.print(f"evidence: {path}", soft_wrap=True)
    console.print(f"results:  {run.path}", soft_wrap=True)
    status = run.status()
    colour = "bold green" if status == Status.CONFORMS else "bold red"
    console.print(Text(verdict_sentence(run), style=colour), soft_wrap=True)


def verdict_sentence(run: Run) -> str:
    """One line that says what was decided, out of how much."""
    counts = run.counts
    details = [f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict]]
    sentence = f"{run.title}: {SENTENCES[run.status()]}: "
    sentence += f"{len(run.tests)} of {len(run.planned)} tests ran"
    if details:
        sentence += f" ({', '.join(details)})"
    if run.missing and run.counts["driver-error"]:
        sentence += "; the others were not tried with a driver that fails each time"
    if run.tests and not run.verified:
        sentence += "; nothing was verified"
    return sentence
