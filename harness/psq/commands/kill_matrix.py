"""psq kill-matrix: does the suite find every fault of the faulty drivers?"""

from __future__ import annotations

import argparse

from psq.base import options
from psq.base.paths import Paths
from psq.base.status import Status, UsageError
from psq.kill_matrix.histories import kill_histories
from psq.kill_matrix.scenarios import kill_matrix
from psq.running.cluster import scheduler_of


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fault", metavar="GLOB", action="append", default=[], help="only these faults"
    )
    parser.add_argument(
        "--whole",
        action="store_true",
        help="every test against every fault, not only those near its clause",
    )
    parser.add_argument(
        "--own",
        action="store_true",
        help="each fault under the tests of its own clause alone, not under those near it",
    )
    parser.add_argument(
        "--thorough",
        action="store_true",
        help="the faults that only thorough tests find, and no others",
    )
    options.add_json(parser, "what failed for each fault, one object a line,")
    parser.add_argument(
        "--histories", action="store_true", help="the faults that generated programs have to find"
    )
    parser.add_argument(
        "--times",
        metavar="N",
        type=options.at_least_one,
        default=1,
        help="with --histories: as often as this, each time with another seed",
    )
    parser.add_argument(
        "--seed", metavar="N", type=options.natural, default=1, help="for everything that is random"
    )
    options.add_patience(parser)
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=options.at_least_one,
        help="faults tried at a time; most of them wait (default: five a processor)",
    )
    options.add_scheduler(parser, "try each fault")


def run(args: argparse.Namespace, paths: Paths) -> Status:
    if args.histories and args.json:
        raise UsageError("--json goes without --histories: it says what failed in scenarios")
    if args.own and (args.whole or args.histories):
        raise UsageError("--own goes without --whole and --histories: it says which tests")
    if args.thorough and (args.histories or args.fault):
        raise UsageError("--thorough goes without --histories and --fault: it says which faults")
    scheduler = scheduler_of(args, paths)
    if scheduler and args.jobs:
        raise UsageError("--jobs goes without --scheduler: a worker runs as many as it has threads")
    args.jobs = args.jobs or 5 * options.cpu_count()
    if args.histories:
        return kill_histories(args, paths, scheduler)
    if args.times > 1:
        raise UsageError("--times goes with --histories: scenarios find their faults each time")
    return kill_matrix(args, paths, scheduler)
