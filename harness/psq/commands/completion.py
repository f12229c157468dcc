"""psq completion: a script with which a shell completes psq's commands, options, drivers and clauses."""

from __future__ import annotations

import argparse

from psq.base.paths import Paths
from psq.base.status import Status
from psq.law.clause_table import Law
from psq.reporting import completion
from psq.running.drivers import NAMES, START_METHODS


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", metavar="SHELL", choices=("bash",), help="bash")


def run(args: argparse.Namespace, paths: Paths) -> Status:
    law = Law.load(paths.suite)
    values = {
        "DRIVER": NAMES,
        "ID": list(law.clauses),
        "GLOB": list(law.clauses),
        "--test": list(law.clauses),
        "--profile": sorted({test.profile for test in law.tests.values()}),
        "--start-method": START_METHODS,
    }
    print(completion.bash(args.parsers(), values, paths.version), end="")
    return Status.CONFORMS
