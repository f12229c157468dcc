#!/usr/bin/env python3
"""The Python driver with one lie between the implementation and the controller.

    lying_driver.py [--manager]       nothing is wrong
    lying_driver.py --fault NAME      this is wrong
    lying_driver.py --list-faults     one JSON object a line: name, clause, breaks, and the options
                                      of the run without a fault that it is to be held against

For the clauses of the profile manager, and for those that typed C++ cannot break.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from typing import List, NoReturn

import lies_of_client
import lies_of_multiprocessing
import lies_of_server
from lying_adapter import LyingAdapter, LyingManagerAdapter
from psq_driver_kit import serve

USAGE_STATUS = 64
_LIES = (*lies_of_multiprocessing.LIES, *lies_of_client.LIES, *lies_of_server.LIES)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE_STATUS, f"{self.prog}: {message}\n")


def _list_faults() -> None:
    for lie in _LIES:
        control = ["--manager"] if lie.manager else []
        print(
            json.dumps(
                {"name": lie.name, "clause": lie.clause, "breaks": lie.breaks, "control": control}
            )
        )


def main(argv: List[str]) -> None:
    """Be the root process of the driver.  Ends with status 64 on wrong usage."""
    parser = _Parser(description="The Python driver with one lie.")
    parser.add_argument("--manager", action="store_true", help="a manager's queues, truthfully")
    parser.add_argument("--fault", metavar="NAME", help="the lie to tell")
    parser.add_argument("--list-faults", action="store_true", help="list them, one a line")
    options = parser.parse_args(argv)
    if options.list_faults:
        return _list_faults()
    known = {lie.name: lie for lie in _LIES}
    if options.fault is not None and options.fault not in known:
        parser.error(f"no fault is named {options.fault!r}: --list-faults names them")
    lie = known.get(options.fault)
    warnings.filterwarnings("default", message=".*fork", category=DeprecationWarning)
    manager = options.manager or (lie is not None and lie.manager)
    return serve(LyingManagerAdapter(lie) if manager else LyingAdapter(lie))


if __name__ == "__main__":
    main(sys.argv[1:])
