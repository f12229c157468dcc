"""psq diff: what changed from one stored run of an implementation to a later one, by clause."""

from __future__ import annotations

import argparse
import functools
from pathlib import Path

from psq.base.options import add_json
from psq.base.paths import Paths
from psq.base.status import Status, UsageError
from psq.law.clause_table import Law
from psq.reporting import difference as shown
from psq.reporting.console import make_console
from psq.reporting.target import STANDARD_OUTPUT, in_any_case, write
from psq.results import difference, result_file
from psq.results.comparable import ACCEPTABLE, expect_comparable


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help="the results of the earlier run")
    parser.add_argument("new", metavar="NEW", help="the results of the later run")
    parser.add_argument(
        "--fail-on",
        metavar="KIND",
        choices=("regression", "change"),
        help="end with status 1 when there is one: regression (a new failure, lost coverage, a new "
        "deviation from a SHOULD) or change (anything)",
    )
    parser.add_argument(
        "--accept",
        metavar="WHAT",
        action="append",
        default=[],
        choices=ACCEPTABLE,
        help="compare although the runs are not alike in this: "
        f"{', '.join(ACCEPTABLE)} (repeatable)",
    )
    parser.add_argument("--markdown", metavar="FILE", help="write markdown; - is standard output")
    add_json(parser, "all changes as one JSON object")


def run(args: argparse.Namespace, paths: Paths) -> Status:
    targets = [target for target in (args.markdown, args.json) if target]
    if targets.count(STANDARD_OUTPUT) > 1:
        raise UsageError("only one form can go to standard output")
    law = Law.load(paths.suite)
    old, new = result_file.load(Path(args.old)), result_file.load(Path(args.new))
    accepted = expect_comparable(old, new, law, args.accept)
    found = difference.changes(old, new, law)
    content = shown.facts(old, new, accepted, found)
    console = make_console(stderr=STANDARD_OUTPUT in targets)
    with in_any_case(functools.partial(shown.print_difference, content, console)):
        if args.markdown:
            write(args.markdown, shown.markdown(content))
        if args.json:
            write(args.json, shown.as_json(content))
    return _status(args.fail_on, found)


def _status(fail_on: str | None, found: list[difference.Change]) -> Status:
    worse = [each for each in found if each.kind in difference.REGRESSIONS]
    failed = found if fail_on == "change" else worse if fail_on == "regression" else []
    return Status.DOES_NOT_CONFORM if failed else Status.CONFORMS
