#!/usr/bin/env python3
"""Searches all states of a model with spin. Status 0: it holds, or with --fault: each fault shows.

A search that was cut by its depth or its memory is a failure, as is a fault that violates nothing.
Status 70: spin or the compiler is missing.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

# With PSQ_LONG_TESTS: what larger searches define, and their memory in MiB.
LONG = {
    "channel": (["ITEMS_OF_SECOND=2"], 6000),
    "slots": (["BOUND=1", "ITEMS=3"], 3000),
    "event": (["WAITERS=3"], 6000),
}
MEMORY = 1024  # MiB
DEPTH = 5000
# A search of fewer states has looked at nothing.
LEAST = 100

_STATES = re.compile(r"^\s*(\d+) states, stored", re.MULTILINE)
_ERRORS = re.compile(r"errors: (\d+)$", re.MULTILINE)
_VIOLATED = re.compile(r"^pan:\d+: (.*) \(at depth \d+\)$", re.MULTILINE)
_CUT = re.compile(r"max search depth too small|MEMLIM|out of memory|aborting", re.IGNORECASE)


class Failure(Exception):
    """The search did not end as it has to."""


@dataclass(frozen=True)
class Found:
    """What a search found that was not cut."""

    states: int
    violated: str = ""  # Empty: nothing.
    steps: str = ""


def program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        print(f"{name} is not there; ci/setup installs it", file=sys.stderr)
        raise SystemExit(70)
    return path


def run(folder: Path, *command: str) -> str:
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise Failure(
            f"{' '.join(command)} ended with {answer.returncode}:\n{answer.stdout}{answer.stderr}"
        )
    return answer.stdout + answer.stderr


def search(
    model: Path, defines: list[str], memory: int, depth: int, optimize: str, wants_steps: bool
) -> Found:
    """Looks at all states of the model, up to the first violation. Raises Failure when it was cut."""
    spin, compiler = program("spin"), program("cc")
    options = [f"-D{each}" for each in defines]
    with tempfile.TemporaryDirectory(prefix="psq-model-") as name:
        folder = Path(name)
        run(folder, spin, *options, "-a", str(model))
        flags = [optimize, "-w", "-DSAFETY", f"-DMEMLIM={memory}"]
        run(folder, compiler, *flags, "-o", "pan", "pan.c")
        # The models have an assertion for states in which no process can go on.
        output = run(folder, "./pan", "-E", f"-m{depth}")
        states, errors = _STATES.search(output), _ERRORS.search(output)
        if states is None or errors is None or _CUT.search(output):
            raise Failure(f"the search was cut:\n{output}")
        if errors[1] == "0":
            if "Search not completed" in output or int(states[1]) < LEAST:
                raise Failure(f"the search was not complete:\n{output}")
            return Found(int(states[1]))
        violated = _VIOLATED.search(output)
        trail = ("-t", "-p", "-k", f"{model.name}.trail")
        steps = run(folder, spin, *options, *trail, str(model)) if wants_steps else ""
        return Found(int(states[1]), violated[1] if violated else output, steps)


def check_holds(model: Path, arguments: argparse.Namespace) -> None:
    defines, memory = arguments.define, arguments.memory
    if "PSQ_LONG_TESTS" in os.environ and model.stem in LONG:
        more, memory = LONG[model.stem]
        defines = defines + more
    found = search(model, defines, memory, arguments.depth, "-O1", True)
    if found.violated:
        raise Failure(f"{found.steps}\n{model.stem}: {found.violated}")
    print(f"{model.stem}: holds in all {found.states} states")


def check_fault(model: Path, fault: str, arguments: argparse.Namespace) -> None:
    defines = [*arguments.define, f"FAULT={fault}"]
    found = search(model, defines, arguments.memory, arguments.depth, "-O0", False)
    if not found.violated:
        raise Failure(f"{model.stem}: {fault} violates nothing in {found.states} states")
    print(f"{model.stem}: {fault} shows after {found.states} states: {found.violated}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="a file of Promela")
    parser.add_argument("--fault", action="append", default=[], help="build it in; it has to show")
    parser.add_argument("--define", action="append", default=[], help="NAME=VALUE for the model")
    parser.add_argument("--memory", type=int, default=MEMORY, help="MiB, at most")
    parser.add_argument("--depth", type=int, default=DEPTH, help="steps, at most")
    arguments = parser.parse_args()
    model = arguments.model.resolve()
    if not model.is_file():
        parser.error(f"{model} is not a file")
    try:
        for fault in arguments.fault:
            check_fault(model, fault, arguments)
        if not arguments.fault:
            check_holds(model, arguments)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
