#!/usr/bin/env python3
"""The driver of Python's multiprocessing and of packages with the same API.

Started by a controller of the driver protocol, for example:

    psq driver-check -- python3 multiprocessing_driver.py --start-method spawn
    psq driver-check -- python3 multiprocessing_driver.py --module multiprocess
    psq driver-check -- python3 multiprocessing_driver.py --manager
"""

from __future__ import annotations

import sys
import warnings
from typing import Dict, List, Type

import mp_path  # noqa: F401
from mp_adapter import MultiprocessingAdapter
from mp_manager import ManagerAdapter
from mp_psq import PsqAdapter
from mp_usage import Parser
from psq_driver_kit import serve

# Of packages that differ from multiprocessing in more than the names say.
ADAPTERS: Dict[str, Type[MultiprocessingAdapter]] = {"psq": PsqAdapter}


def main(argv: List[str]) -> None:
    """Be the root process of the driver.  Ends with status 64 on wrong usage."""
    parser = Parser(description="Driver of multiprocessing and of packages with the same API.")
    parser.add_argument("--start-method", choices=["fork", "spawn", "forkserver"], default="fork")
    parser.add_argument(
        "--module",
        default="multiprocessing",
        metavar="NAME",
        help="a package with the same API, such as multiprocess or billiard",
    )
    parser.add_argument(
        "--manager",
        action="store_true",
        help="the queues of a manager's server process, Manager().Queue()",
    )
    parser.add_argument("--path", metavar="FOLDER", help="where that package is, looked into first")
    options = parser.parse_args(argv)
    if options.path:
        sys.path.insert(0, options.path)
    make: Type[MultiprocessingAdapter] = ADAPTERS.get(options.module, MultiprocessingAdapter)
    if options.manager:
        make = ManagerAdapter
    # Python 3.12 and later warn of a fork in a process with threads: to the log, whatever -W says.
    warnings.filterwarnings("default", message=".*fork", category=DeprecationWarning)
    try:
        adapter = make(options.module, options.start_method)
    except ImportError as error:
        parser.error(
            f"cannot import {options.module!r}: {error}; install it for {sys.executable}, "
            "or name another with --module"
        )
    except (AttributeError, ValueError) as error:
        parser.error(
            f"{options.module!r} cannot be driven with --start-method "
            f"{options.start_method}: {error}"
        )
    serve(adapter)


if __name__ == "__main__":
    main(sys.argv[1:])
