"""psq report: HTML, Markdown, JUnit and JSON from stored results."""

from __future__ import annotations

import argparse
import contextlib
import functools
import sys
from pathlib import Path
from typing import Callable

from psq.base.options import add_json
from psq.base.paths import Paths
from psq.base.status import Status, UsageError, worst
from psq.base.visible import visible
from psq.law.clause_table import Law
from psq.reporting import junit, report
from psq.reporting.page import render
from psq.reporting.page.index import write_index
from psq.reporting.summary import verdict_sentence
from psq.reporting.target import in_any_case, write
from psq.results import result_file
from psq.results.run import Run

_RENDERERS: dict[str, Callable[[list[Run], Law, str], str]] = {
    "html": render.html,
    "markdown": lambda runs, law, target: report.markdown(runs, law),
    "junit": lambda runs, law, target: junit.render(runs),
    "json": lambda runs, law, target: report.as_json(runs, law),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", metavar="RESULTS", nargs="+")
    for kind in ("html", "markdown", "junit"):
        parser.add_argument(f"--{kind}", metavar="FILE", help=f"write {kind}; - is standard output")
    parser.add_argument(
        "--index",
        metavar="FOLDER",
        help="write a page for each of the results, and index.html: the newest of each "
        "implementation, with the history of every clause",
    )
    add_json(parser, "all that the report shows")


def run(args: argparse.Namespace, paths: Paths) -> Status:
    """Writes the reports; the exit status is the one that the runs had."""
    wanted = {kind: getattr(args, kind) for kind in _RENDERERS if getattr(args, kind)}
    if not (wanted or args.index):
        raise UsageError(
            "say what to write: --html FILE, --markdown FILE, --junit FILE, --json FILE, "
            "--index FOLDER"
        )
    if list(wanted.values()).count("-") > 1:
        raise UsageError("only one report can go to standard output")
    law = Law.load(paths.suite)
    runs = [result_file.load(Path(path)) for path in args.results]
    with in_any_case(functools.partial(_print_verdicts, runs)), contextlib.ExitStack() as stack:
        for kind, target in wanted.items():
            # One that cannot be written does not keep the next ones from it.
            stack.callback(write, target, _RENDERERS[kind](runs, law, target))
        if args.index:
            write_index(runs, law, args.index)
    return worst(each.status() for each in runs)


def _print_verdicts(runs: list[Run]) -> None:
    for each in runs:
        print(visible(verdict_sentence(each)), file=sys.stderr)
