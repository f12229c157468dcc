"""psq report: HTML, Markdown, JUnit and JSON from stored results."""

from __future__ import annotations

import argparse
import functools
import sys
from pathlib import Path

from psq.base.paths import Paths
from psq.base.status import Status, UsageError, worst
from psq.base.visible import visible
from psq.law.clause_table import Law
from psq.reporting import outputs
from psq.reporting.page.index import write_index
from psq.reporting.summary import verdict_sentence
from psq.reporting.target import in_any_case
from psq.results import result_file
from psq.results.run import Run


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", metavar="RESULTS", nargs="+")
    outputs.add_options(parser)
    parser.add_argument(
        "--index",
        metavar="FOLDER",
        help="write a page for each of the results, and index.html: the newest of each "
        "implementation, with the history of every clause",
    )


def run(args: argparse.Namespace, paths: Paths) -> Status:
    """Writes the reports; the exit status is the one that the runs had."""
    wanted = outputs.wanted(args)
    if not (wanted or args.index):
        raise UsageError(
            "say what to write: --html FILE, --markdown FILE, --junit FILE, --json FILE, "
            "--index FOLDER"
        )
    law = Law.load(paths.suite)
    runs = [result_file.load(Path(path)) for path in args.results]
    with in_any_case(functools.partial(_print_verdicts, runs)):
        outputs.write_all(wanted, runs, law)
        if args.index:
            write_index(runs, law, args.index)
    return worst(each.status() for each in runs)


def _print_verdicts(runs: list[Run]) -> None:
    for each in runs:
        print(visible(verdict_sentence(each)), file=sys.stderr)
