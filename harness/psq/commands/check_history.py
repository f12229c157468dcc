"""psq check-history: judges a recorded history, whatever program recorded it."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

from psq.base.options import add_json
from psq.base.paths import Paths
from psq.base.status import InternalError, UsageError, did_you_mean
from psq.reporting.console import make_console
from psq.reporting.history_findings import print_findings
from psq.reporting.target import STANDARD_OUTPUT, write

MODELS = ("fifo", "queue", "joinable_queue", "simple_queue", "pipe", "manager_queue")

HOLDS, VIOLATED, UNKNOWN, USAGE = 0, 1, 2, 64
_STATUS_OF = {"holds": HOLDS, "violated": VIOLATED, "unknown": UNKNOWN}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        help="a recording in the format of spec/history-format.md, or the plain "
        "text of monitors (# queue); - is standard input",
    )
    parser.add_argument(
        "--model",
        metavar="MODEL",
        help="what its objects are taken to be: fifo, which asks for one strict "
        "order and nothing else, or queue, joinable_queue, simple_queue, pipe, "
        "manager_queue (default: as recorded)",
    )
    parser.add_argument(
        "--witness", action="store_true", help="print the operations that show a violation"
    )
    add_json(parser, "all findings as one JSON object")


def run(args: argparse.Namespace, paths: Paths) -> int:
    """Runs the checkers on a file; returns the exit status."""
    if args.model and args.model not in MODELS:
        hint = did_you_mean(args.model, MODELS)
        raise UsageError(f"no model is named {args.model!r}.{hint} There are {', '.join(MODELS)}.")
    report = _judge(args, paths)
    if args.json:
        write(args.json, json.dumps(report))
    if args.json != STANDARD_OUTPUT:
        print_findings(report, args.witness, make_console())
    return _STATUS_OF[report["verdict"]]


def _judge(args: argparse.Namespace, paths: Paths) -> dict[str, Any]:
    command = [str(paths.program("psq-history")), "--json", STANDARD_OUTPUT]
    if args.model:
        command += ["--model", args.model]
    # psq-history takes - for standard input, too. Behind -- a file may be named like an option.
    command += ["--", args.file]
    done = subprocess.run(
        command,
        stdin=sys.stdin if args.file == "-" else subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    said = done.stderr.strip()
    if done.returncode == USAGE:
        raise UsageError(said)
    try:
        report = json.loads(done.stdout)
        agreed = _STATUS_OF[report["verdict"]] == done.returncode
    except (ValueError, KeyError, TypeError):
        agreed = False
    if not agreed:
        raise InternalError(
            said or f"psq-history ended with status {done.returncode} and no verdict"
        )
    return report
