#!/usr/bin/env python3
"""The driver of the gallery: right queues of designs that are not pipes with a feeder.

    variants_driver.py NAME     be the driver of this design
    variants_driver.py --list   one line a design: its name and what it is
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
from designs import DESIGNS  # noqa: E402
from mp_usage import Parser  # noqa: E402
from psq_driver_kit import serve  # noqa: E402
from variant_adapter import VariantAdapter  # noqa: E402


def main(argv: List[str]) -> None:
    """Be the root process of the driver.  Ends with status 64 on wrong usage."""
    parser = Parser(description="Driver of right queues of other designs.")
    parser.add_argument("--list", action="store_true", help="name the designs, one a line")
    parser.add_argument("name", nargs="?", choices=sorted(DESIGNS), help="the design to drive")
    options = parser.parse_args(argv)
    if options.list:
        for design in DESIGNS.values():
            print(f"{design.name}: {design.summary}")
        return
    if options.name is None:
        parser.error("name a design; --list lists them")
    warnings.filterwarnings("default", message=".*fork", category=DeprecationWarning)
    serve(VariantAdapter(options.name))


if __name__ == "__main__":
    main(sys.argv[1:])
