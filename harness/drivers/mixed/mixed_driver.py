#!/usr/bin/env python3
"""The Python processes of the driver ``mixed``: neighbours in its tree of processes are of different languages.

    mixed_driver.py [--path FOLDER] --cpp PROGRAM                                   the root
    mixed_driver.py [--path FOLDER] --cpp PROGRAM -- NAME [TYPE HANDLE OBJECT]…     a child of
                                                                                    a C++ process

PROGRAM is psq-mixed-driver.
"""

from __future__ import annotations

import os
import sys
from typing import List

_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(_HERE), "python"))

import mp_path  # noqa: E402,F401
from mp_usage import Parser  # noqa: E402
from psq_driver_kit import Given, serve  # noqa: E402


def main(argv: List[str]) -> None:
    """Be a Python process of the driver.  Ends with status 64 on wrong usage."""
    parser = Parser(
        description="Driver of C++ and Python on the same queues: the Python processes."
    )
    parser.add_argument(
        "--path", metavar="FOLDER", help="where the package psq is, looked into first"
    )
    parser.add_argument("--cpp", metavar="PROGRAM", required=True, help="the C++ processes")
    # argparse takes away "--" wherever it stands, also as the name of an object.
    dashes = argv.index("--") if "--" in argv else len(argv)
    options, behind = parser.parse_args(argv[:dashes]), argv[dashes + 1 :]
    command = [sys.executable, os.path.abspath(__file__)]
    if options.path:
        sys.path.insert(0, options.path)
        command += ["--path", options.path]
    # Behind the path of the package that it imports.
    from mixed_adapter import MixedAdapter

    adapter = MixedAdapter(options.cpp, command)
    if not behind:
        return serve(adapter)
    words = iter(behind[1:])
    given: Given = {}
    for kind, handle, name in zip(words, words, words):
        given[name] = (kind, adapter.receive(kind, handle))
    return serve(adapter, role=behind[0], objects=given)


if __name__ == "__main__":
    main(sys.argv[1:])
