"""psq driver-check: is a driver itself right?

Plays good, odd and slow requests against a driver and reports the rules of spec/driver-protocol.md that it breaks.
"""

from __future__ import annotations

import argparse

from psq.base.options import seconds
from psq.base.paths import SCHEMAS, Paths
from psq.base.status import InternalError, Status, UsageError
from psq.controller.messages import Schemas
from psq.driver_check.judge import Judge, choose, judge_driver, list_checks
from psq.running.drivers import resolve


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.usage = "psq driver-check [--answer-within SECONDS] [--check GLOB]... [--list] (DRIVER | -- COMMAND...)"
    parser.add_argument(
        "--answer-within",
        metavar="SECONDS",
        type=seconds,
        default=20.0,
        help="how long to wait for anything before it counts as missing (default 20)",
    )
    parser.add_argument(
        "--check",
        metavar="GLOB",
        action="append",
        default=[],
        help="only these checks, and what they need",
    )
    parser.add_argument("--list", action="store_true", help="list the checks, and stop")
    parser.add_argument(
        "command_line",
        metavar="COMMAND",
        nargs="*",
        help="a DRIVER, or the driver's command behind --",
    )


def run(args: argparse.Namespace, paths: Paths) -> Status:
    if args.list:
        list_checks()
        return Status.CONFORMS
    chosen = choose(args.check)
    if not chosen:
        raise UsageError(f"no check matches {' '.join(args.check)}; see --list")
    command = _command(args, paths)
    try:
        schemas = Schemas(SCHEMAS)
    except OSError as error:
        raise InternalError(f"the schemas are missing: {error}") from error
    right = judge_driver(Judge(command, args.answer_within, schemas), chosen)
    return Status.CONFORMS if right else Status.DRIVER_BROKEN


def _command(args: argparse.Namespace, paths: Paths) -> list[str]:
    """The arguments behind "--"; without it, a single argument is a DRIVER as everywhere in psq."""
    given: list[str] = args.command_line
    if not given or args.behind_dashes not in (None, given):
        raise UsageError("give the driver's command: psq driver-check -- COMMAND...")
    if len(given) == 1 and args.behind_dashes is None:
        return list(resolve(given[0], paths).argv)
    return given
