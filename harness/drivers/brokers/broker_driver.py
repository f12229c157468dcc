#!/usr/bin/env python3
"""The driver of queues on brokers that others wrote.

    broker_driver.py NAME      be the driver of this broker, whose server it starts and ends
    broker_driver.py --list    one line a broker: its name and what it is
    broker_driver.py --look NAME    say what is missing on this machine; status 64 if anything is
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import List

_DRIVERS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_PYTHON = os.path.join(_DRIVERS, "python")
if _PYTHON not in sys.path:
    sys.path.append(_PYTHON)

import mp_path  # noqa: E402,F401  (finds the kit)
from mp_usage import Parser  # noqa: E402
from psq_driver_kit import serve  # noqa: E402

from broker_adapter import BrokerAdapter  # noqa: E402
from brokers import BROKERS, load  # noqa: E402
from node_broker import NodeBroker  # noqa: E402
from server import ServerFailed  # noqa: E402


def main(argv: List[str]) -> None:
    """Be the root process of the driver.  Ends with status 64 on wrong usage, and when the broker
    is not there or does not serve."""
    parser = Parser(description="Driver of queues on brokers.")
    parser.add_argument("--list", action="store_true", help="name the brokers, one a line")
    parser.add_argument("--look", action="store_true", help="only say what is missing")
    parser.add_argument(
        "--start-within",
        type=float,
        metavar="SECONDS",
        help="how long the server may take until it answers (default: the broker's own)",
    )
    parser.add_argument("name", nargs="?", choices=sorted(BROKERS), help="the broker to drive")
    options = parser.parse_args(argv)
    if options.list:
        for name, entry in BROKERS.items():
            print(f"{name}: {entry.summary}")
        return
    if options.name is None:
        parser.error("name a broker; --list lists them")
    warnings.filterwarnings("default", message=".*fork", category=DeprecationWarning)
    try:
        broker = load(options.name)
        if options.look:
            broker.look()
            return
        if isinstance(broker, NodeBroker):
            broker.become(options.start_within)
        adapter = BrokerAdapter(broker, within=options.start_within)
    except ServerFailed as error:
        parser.error(str(error))
    serve(adapter)


if __name__ == "__main__":
    main(sys.argv[1:])
