#!/usr/bin/env python3
"""The Python driver with one fault between the implementation and the controller.

    driver.py [--manager | --broker]    nothing is wrong
    driver.py --fault NAME      this is wrong
    driver.py --list-faults     one JSON object a line: name, clause, breaks, also (globs of clauses),
                                search (null: generated programs do not look for it), thorough, file (from
                                the source tree's top folder), line, and control, the options of the
                                run without a fault that it is to be held against

For the clauses of the profiles manager and broker, and for those that typed C++ cannot break.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any, Dict, List, Optional

import broker_faults
import client_faults
import multiprocessing_faults
import server_faults
from faulty_adapters import Fault, FaultyAdapter, FaultyManagerAdapter
from mp_usage import Parser
from psq_driver_kit import Adapter, serve

_FOLDER = "harness/drivers/faulty/python"
_TABLES = (multiprocessing_faults, client_faults, server_faults, broker_faults)


def _list_faults() -> None:
    for table in _TABLES:
        for fault in table.FAULTS:
            print(json.dumps(_as_json(fault, f"{_FOLDER}/{table.__name__}.py")))


def _as_json(fault: Fault, file: str) -> Dict[str, Any]:
    return {
        "name": fault.name,
        "clause": fault.clause,
        "breaks": fault.breaks,
        "also": list(fault.also),
        "search": None,
        "thorough": False,
        "file": file,
        "line": fault.line,
        "control": list(fault.control),
    }


def main(argv: List[str]) -> None:
    """Be the root process of the driver.  Ends with status 64 on wrong usage."""
    parser = Parser(description="The Python driver with one fault.")
    parser.add_argument("--manager", action="store_true", help="a manager's queues, correctly")
    parser.add_argument("--broker", action="store_true", help="a broker's queues, correctly")
    parser.add_argument("--fault", metavar="NAME", help="the fault to have")
    parser.add_argument("--list-faults", action="store_true", help="list them, one a line")
    options = parser.parse_args(argv)
    if options.list_faults:
        return _list_faults()
    known = {fault.name: fault for table in _TABLES for fault in table.FAULTS}
    if options.fault is not None and options.fault not in known:
        parser.error(f"no fault is named {options.fault!r}: --list-faults names them")
    fault = known.get(options.fault)
    warnings.filterwarnings("default", message=".*fork", category=DeprecationWarning)
    control = fault.control if fault is not None else ()
    if options.broker or "--broker" in control:
        return serve(_of_broker(fault))
    manager = options.manager or "--manager" in control
    return serve(FaultyManagerAdapter(fault) if manager else FaultyAdapter(fault))


def _of_broker(fault: Optional[Fault]) -> Adapter:
    # The client's library of a broker need not be there for all other faults.
    from faulty_broker import FaultyBrokerAdapter

    return FaultyBrokerAdapter(fault)


if __name__ == "__main__":
    main(sys.argv[1:])
