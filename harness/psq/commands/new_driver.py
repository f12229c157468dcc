"""psq new-driver: a driver to start from, in a folder of its own.

It builds, says hello and answers unsupported to all else. With it come a ctest, a CI file and the next step.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from psq.base.paths import Paths
from psq.base.status import Status
from psq.new_driver.write import LANGUAGES, write_driver


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "language", metavar="LANGUAGE", choices=LANGUAGES, help=", ".join(LANGUAGES)
    )
    parser.add_argument("name", metavar="NAME", help="the implementation's name, and the folder's")


def run(args: argparse.Namespace, paths: Paths) -> Status:
    folder = Path(args.name)
    for file in write_driver(args.language, args.name, folder, paths):
        print(file)
    print(f"The next step stands in {folder / 'README.md'}.")
    return Status.CONFORMS
