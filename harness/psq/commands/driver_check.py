"""psq driver-check: is a driver itself right?

Plays good, odd and slow requests against a driver and reports the rules of spec/driver-protocol.md that it breaks.
"""

from __future__ import annotations

import argparse

from psq.base.options import add_answer_within
from psq.base.paths import SCHEMAS, Paths
from psq.base.status import InternalError, Status, UsageError, cannot_write, did_you_mean
from psq.controller.messages import Schemas
from psq.driver_check.judge import Chosen, Judge, choose
from psq.driver_check.report import judge_driver, list_checks
from psq.driver_check.rules import CHECKS
from psq.driver_check.transcript import Writer
from psq.running.drivers import command_of


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.usage = (
        "psq driver-check [--answer-within SECONDS] [--check GLOB]... [--explain] [--keep-going]\n"
        "                        [--transcript FILE] [--list] (DRIVER | -- COMMAND...)"
    )
    add_answer_within(parser)
    parser.add_argument(
        "--check", metavar="GLOB", action="append", default=[], help="only these checks"
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="for each finding its place in the protocol, and what to change",
    )
    parser.add_argument(
        "--keep-going",
        action="store_true",
        help="play on behind a check at which the driver fell silent",
    )
    parser.add_argument(
        "--transcript", metavar="FILE", help="record what was said, for psq driver-replay"
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
    if not chosen.names:
        hint = did_you_mean(args.check[0], [rule.name for rule in CHECKS])
        raise UsageError(f"no check matches {' '.join(args.check)}; see --list.{hint}")
    command = command_of(args.command_line, args.behind_dashes, paths)
    return Status.CONFORMS if _judge(args, command, chosen) else Status.DRIVER_BROKEN


def _judge(args: argparse.Namespace, command: list[str], chosen: Chosen) -> bool:
    try:
        schemas = Schemas(SCHEMAS)
    except OSError as error:
        raise InternalError(f"the schemas are missing: {error}") from error
    if not args.transcript:
        judge = Judge(command, args.answer_within, schemas)
        return judge_driver(judge, chosen, args.explain, args.keep_going)
    try:
        out = open(args.transcript, "w", encoding="utf-8")
    except OSError as error:
        raise cannot_write(args.transcript, error) from error
    with out:
        judge = Judge(command, args.answer_within, schemas, Writer(out))
        return judge_driver(judge, chosen, args.explain, args.keep_going)
