"""The forms of a report that a command writes, each an option with a file."""

from __future__ import annotations

import argparse
import contextlib

from psq.base.options import add_json
from psq.base.status import UsageError
from psq.law.clause_table import Law
from psq.reporting.target import STANDARD_OUTPUT, write
from psq.results.run import Run

_KINDS = ("html", "markdown", "junit", "json")


def add_options(parser: argparse.ArgumentParser) -> None:
    for kind in _KINDS[:-1]:
        parser.add_argument(f"--{kind}", metavar="FILE", help=f"write {kind}; - is standard output")
    add_json(parser, "all that the report shows")


def wanted(args: argparse.Namespace) -> dict[str, str]:
    """The targets by form; raises UsageError when two want standard output."""
    targets = {kind: getattr(args, kind) for kind in _KINDS if getattr(args, kind)}
    if list(targets.values()).count(STANDARD_OUTPUT) > 1:
        raise UsageError("only one report can go to standard output")
    return targets


def write_all(targets: dict[str, str], runs: list[Run], law: Law) -> None:
    """One that cannot be written does not keep the next ones from it."""
    with contextlib.ExitStack() as stack:
        for kind, target in targets.items():
            stack.callback(write, target, _rendered(kind, target, runs, law))


def _rendered(kind: str, target: str, runs: list[Run], law: Law) -> str:
    from psq.reporting import junit, report  # only here: they need jinja2
    from psq.reporting.page import render

    if kind == "html":
        return render.html(runs, law, target)
    if kind == "junit":
        return junit.render(runs)
    return report.markdown(runs, law) if kind == "markdown" else report.as_json(runs, law)
