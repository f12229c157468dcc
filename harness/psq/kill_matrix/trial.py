"""One fault under the tests of its clause, and which faults and tests there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from psq.base.status import UsageError, did_you_mean
from psq.law.clause_table import Law
from psq.running.faults import without_fault

_CONTROL = "nothing: the control, which must pass"


@dataclass
class Trial:
    """One fault under the tests of its clause."""

    fault: dict[str, Any]
    folder: Path  # of its results and evidence
    ledger: Path | None  # of what the driver breaks without the fault
    tests: list[str] = field(default_factory=list)  # none: every one
    strict: bool = True  # whether a failure that no list has counts
    judged: bool = False
    killed: bool = False
    why: str = ""
    seconds: float = 0.0
    failed: set[str] = field(default_factory=set)
    undecided: list[str] = field(default_factory=list)  # the inconclusive tests
    lost: str = ""  # why a cluster could not bring it to its end

    @property
    def results(self) -> Path:
        return self.folder / "results.jsonl"

    @property
    def is_control(self) -> bool:
        return "clauses" in self.fault

    @property
    def is_open(self) -> bool:
        """Whether its inconclusive tests may change what it says."""
        known = self.failed if self.is_control else self.failed & {self.fault["clause"]}
        return not self.killed and bool(self.undecided) and not known

    @property
    def without_fault(self) -> tuple[str, ...]:
        """The command line of the same driver without a fault."""
        return driver_of(self.fault)


def driver_of(fault: dict) -> tuple[str, ...]:
    return fault.get("driver") or without_fault(fault)


def choose(
    faults: list[dict[str, Any]], globs: list[str], *, thorough: bool
) -> list[dict[str, Any]]:
    names = [fault["name"] for fault in faults]
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in names):
            raise UsageError(
                f"no fault matches {glob!r}; there are {', '.join(names)}."
                + did_you_mean(glob, names)
            )
    if not globs:
        return [fault for fault in faults if fault["thorough"] == thorough]
    return [f for f in faults if any(fnmatchcase(f["name"], glob) for glob in globs)]


def controls_of(faults: list[dict]) -> list[dict]:
    """For each driver that has faults, the same driver without one, page by page under their clauses."""
    groups: dict[tuple[str, tuple[str, ...], bool], set[str]] = {}
    for fault in faults:
        driver = without_fault(fault)
        page = fault["clause"].split(".")[0]
        groups.setdefault((page, driver, fault["thorough"]), set()).add(fault["clause"])
    return [
        {
            "name": f"(none: {' '.join([Path(driver[0]).name, *driver[1:]])}, {page})",
            "breaks": _CONTROL,
            "driver": driver,
            "clauses": sorted(clauses),
            "thorough": thorough,
        }
        for (page, driver, thorough), clauses in groups.items()
    ]


def tests_of(fault: dict, law: Law, *, whole: bool, own: bool) -> list[str]:
    """The tests that a fault is played under; none means every one."""
    tests: set[str] = set()
    for clause in [] if whole else fault.get("clauses", [fault.get("clause")]):
        around = [clause] if own else _around(law, clause)
        tests.update(_scenarios(law, clause, around, fault["thorough"]))
    return sorted(tests)


def _around(law: Law, clause: str) -> list[str]:
    """The clause and those around it: of the same operation, or of the same crash point."""
    section = clause.split(".")[:2]
    if len(clause.split(".")) <= len(section):
        return [clause]
    return [each for each in law.clauses if each.split(".")[:2] == section]


def _scenarios(law: Law, clause: str, around: list[str], thorough: bool) -> list[str]:
    """The tests that find a fault at once: generated programs only where a clause has nothing else."""
    tests = [test.name for each in around for test in law.tests_of(each, thorough)]
    scenarios = [name for name in tests if not name.endswith("/programs")]
    own = [test.name for test in law.tests_of(clause, thorough)]
    return scenarios if set(own) & set(scenarios) else [*scenarios, *own]
