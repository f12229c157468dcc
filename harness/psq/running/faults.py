"""The deliberate faults, as the programs that have them list them.

A fault is a row of one table: its name, the clause that it breaks and how, the clauses at which tests may fail besides
(`also`, globs), what generated programs have to find it by (`search`: test, clauses, number of programs; or None),
whether only thorough tests find it, and the file and line of the row.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from psq.base.paths import Paths
from psq.base.status import InternalError

FaultsByClause = dict[str, list[dict]]

# The reference's driver, and the Python driver over multiprocessing, each with one fault in it; and whose ledger says
# what they break without one.
FAULTY_PROGRAMS = {"psq-faulty-driver": "reference", "psq-faulty-python-driver": "cpython"}
FIELDS = ("name", "clause", "breaks", "also", "search", "thorough", "file", "line")


def all_faults(paths: Paths) -> list[dict]:
    """The faults of all faulty programs, each with the path of its program."""
    found: dict[str, dict] = {}
    for name in FAULTY_PROGRAMS:
        program = paths.program(name)
        for fault in list_faults(program):
            if fault["name"] in found:
                raise InternalError(f"two faults are named {fault['name']}: rename one")
            found[fault["name"]] = {**fault, "program": str(program)}
    return list(found.values())


def without_fault(fault: dict) -> tuple[str, ...]:
    """The command line of the same driver without a fault."""
    return (fault["program"], *fault.get("control", []))


def ledger_of(driver: tuple[str, ...], paths: Paths) -> Path | None:
    """What a faulty program breaks without a fault, for the suite's --ledger; None: nothing."""
    program, *control = driver
    implementation = FAULTY_PROGRAMS[Path(program).name]
    if "--broker" in control:
        return None
    if "--manager" in control:
        implementation += "-manager"
    ledger = paths.ledgers / f"{implementation}.json"
    return ledger if ledger.is_file() else None


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
    for fault in faults:
        if missing := [field for field in FIELDS if field not in fault]:
            raise InternalError(f"{program} lists a fault without {', '.join(missing)}: {fault}")
    return faults


def is_rare(fault: dict) -> bool:
    """Whether the fault is too rare for scenarios: generated programs alone are asked to find it."""
    return bool(fault["name"].startswith("rare-"))


def faults_by_clause(paths: Paths) -> FaultsByClause | None:
    """The faults by the clause that they break; None when the faulty programs are not built.

    The law can be read without them.
    """
    try:
        found: FaultsByClause = {}
        for fault in all_faults(paths):
            found.setdefault(fault["clause"], []).append(fault)
        return found
    except InternalError:
        return None
