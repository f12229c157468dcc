"""psq timeline: draws a recorded history."""

from __future__ import annotations

import argparse
from pathlib import Path

from psq.base.status import Status, UsageError
from psq.reporting.timeline import draw


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("history", metavar="HISTORY")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="the page (default: beside the history, with .html)"
    )
    parser.add_argument(
        "--mark",
        metavar="FILE",
        help="numbers of the operations to mark, a line each, from 0 "
        "(default: witness.txt beside the history)",
    )


def run(args: argparse.Namespace, paths: object) -> Status:
    path = Path(args.history)
    target = Path(args.output) if args.output else path.with_suffix(".html")
    marked = Path(args.mark) if args.mark else path.with_name("witness.txt")
    if args.mark and not marked.is_file():
        raise UsageError(f"there is no file {marked}: --mark names one with a number a line")
    draw(path, target, marked)
    print(f"timeline: {target}")
    return Status.CONFORMS
