"""The faults that are there to be found, as the programs that have them tell them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from psq.base.paths import Paths
from psq.base.status import InternalError

FaultsByClause = dict[str, list[dict]]

# The reference with a fault built in, and the Python driver with a lie between it and multiprocessing.
FAULTY_PROGRAMS = ("psq-faulty-driver", "psq-lying-driver")


def all_faults(paths: Paths) -> list[dict]:
    """The faults of all programs that have some, each with the path of its program."""
    found: dict[str, dict] = {}
    for name in FAULTY_PROGRAMS:
        program = paths.program(name)
        for fault in list_faults(program):
            if fault["name"] in found:
                raise InternalError(f"two faults are named {fault['name']}: rename one")
            found[fault["name"]] = {**fault, "program": str(program)}
    return list(found.values())


def read_also(file: Path, faults: list[dict]) -> dict[str, list[str]]:
    """By fault, the clauses beside its own at which it may fail, as globs."""
    try:
        also = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise InternalError(f"{file}: {error}") from error
    unknown = also.keys() - {fault["name"] for fault in faults}
    if unknown:
        raise InternalError(f"{file} has faults that do not exist: {', '.join(sorted(unknown))}")
    return also


def list_faults(program: Path) -> list[dict]:
    """The faults of one program; never none."""
    try:
        answer = subprocess.run(
            [str(program), "--list-faults"], capture_output=True, text=True, timeout=60, check=True
        )
        faults = [json.loads(line) for line in answer.stdout.splitlines() if line.strip()]
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise InternalError(f"{program} --list-faults: {error}") from error
    if not faults:
        raise InternalError(f"{program} lists no fault: there is nothing to kill")
    return faults


def faults_by_clause(paths: Paths) -> FaultsByClause | None:
    """The faults by the clause that they break; None when their programs are not there to be asked:
    the law can be read without them."""
    try:
        found: FaultsByClause = {}
        for fault in all_faults(paths):
            found.setdefault(fault["clause"], []).append(fault)
        return found
    except InternalError:
        return None
