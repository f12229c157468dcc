"""One run of the suite: the planned tests, the result of each, and the exit status of the run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psq.base.status import Status, worst

Record = dict[str, Any]

VERDICTS = (
    "pass",
    "fail",
    "blocked",
    "deviates",
    "inconclusive",
    "unsupported",
    "expected-fail",
    "unexpected-pass",
    "driver-error",
    "internal-error",
)

_STATUS_OF = {
    "pass": Status.CONFORMS,
    "expected-fail": Status.CONFORMS,
    "deviates": Status.CONFORMS,
    "unsupported": Status.CONFORMS,
    "fail": Status.DOES_NOT_CONFORM,
    # What blocks a test is a defect, also when no test of the operation's own clauses saw it.
    "blocked": Status.DOES_NOT_CONFORM,
    "unexpected-pass": Status.DOES_NOT_CONFORM,
    "inconclusive": Status.INCONCLUSIVE,
    "driver-error": Status.DRIVER_BROKEN,
    "internal-error": Status.INTERNAL,
}


def status_of(verdict: str) -> Status:
    """The exit status of a run with this verdict alone."""
    return _STATUS_OF[verdict]


@dataclass
class Run:
    """One implementation under the suite: the planned tests and their results."""

    name: str
    plan: Record = field(default_factory=dict)
    implementation: Record = field(default_factory=dict)
    driver: Record = field(default_factory=dict)  # what it takes itself
    ledger: Record = field(default_factory=dict)  # its entries, and which of them apply
    tests: dict[str, Record] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    end: Record | None = None
    interrupted: bool = False
    """Whether the user ended it early: what it has seen by then stands, and there is no verdict."""
    stopped: str = ""
    """The option that ended it at the first failure: what follows was not started."""
    unmet: list[str] = field(default_factory=list)
    """What was required or verified before, and is not verified by this run: a sentence each."""
    path: Path | None = None

    @property
    def selection(self) -> list[str]:
        """The options that narrowed the selection of tests; nothing for the whole law."""
        return list(self.plan.get("selection") or [])

    @property
    def times_each(self) -> int:
        """How often each test was to be run."""
        return int(self.plan.get("repeat") or 1)

    @property
    def planned(self) -> list[str]:
        return list(self.plan.get("tests") or [])

    @property
    def missing(self) -> list[str]:
        return [test for test in self.planned if test not in self.tests]

    @property
    def thorough_run(self) -> list[str]:
        """The thorough tests that were run."""
        return [test for test in self._thorough("planned") if test in self.tests]

    @property
    def thorough_left_out(self) -> list[str]:
        """The thorough tests that the filters matched, and that were not run: nothing is known of them."""
        return list(self._thorough("left_out"))

    def _thorough(self, which: str) -> list[str]:
        return (self.plan.get("thorough") or {}).get(which, [])

    @property
    def counts(self) -> Counter:
        return Counter(record["verdict"] for record in self.tests.values())

    @property
    def title(self) -> str:
        """What was judged: its name, and the facts that the driver's hello reports."""
        hello = self.implementation
        facts = f"{hello.get('implementation', '')} {hello.get('version', '')}".strip()
        if hello.get("start_method"):
            facts += f", {hello['start_method']}"
        return f"{self.name} ({facts})" if facts else self.name

    def status(self) -> Status:
        """The exit status of the run; anything missing or odd is an internal error."""
        found = [status_of(record["verdict"]) for record in self.tests.values()]
        if self.interrupted:
            found.append(Status.INTERRUPTED)
        if self.problems or not self.planned:
            found.append(Status.INTERNAL)
        if self.unmet:
            found.append(Status.DOES_NOT_CONFORM)
        if self.missing and not self._says_why_tests_are_missing(found):
            found.append(Status.INTERNAL)
        if not self.verified:
            found.append(Status.INCONCLUSIVE)
        return worst(found)

    def _says_why_tests_are_missing(self, found: list[Status]) -> bool:
        if Status.DRIVER_BROKEN in found:
            return True
        return bool(self.stopped) and Status.DOES_NOT_CONFORM in found

    @property
    def verified(self) -> bool:
        """Whether anything at all was decided: a run of skips verifies nothing."""
        return any(record["verdict"] != "unsupported" for record in self.tests.values())

    def end_record(self, status: int) -> Record:
        counts = self.counts
        return {
            "record": "end",
            "planned": len(self.planned),
            "ran": len(self.tests),
            **{verdict: counts.get(verdict, 0) for verdict in VERDICTS},
            "missing": self.missing,
            "problems": self.problems,
            "interrupted": self.interrupted,
            "stopped": self.stopped,
            "unmet": self.unmet,
            "status": int(status),
        }


def earlier_of(record: Record) -> Record:
    """What the record of a test that runs once more keeps of the first time."""
    return {key: record.get(key) for key in ("verdict", "message", "seconds")}


def repeated(run: Run) -> list[str]:
    """A sentence for each test that could not be decided at first, and ran once more."""
    return [
        f"{test}: {record['earlier'].get('verdict')} at first "
        f"({record['earlier'].get('message')}), {record['verdict']} when it ran once more, alone"
        for test, record in run.tests.items()
        if record.get("earlier")
    ]


def check_record(record: Record, where: str) -> None:
    """Raises ValueError when a test's record lacks its name, verdict or clauses."""
    if not isinstance(record.get("test"), str):
        raise ValueError(f"{where}: a test record without a test")
    verdict = record.get("verdict")
    if not isinstance(verdict, str) or verdict not in VERDICTS:
        raise ValueError(f"{where}: {record['test']} has no known verdict: {verdict!r}")
    if not isinstance(record.get("earlier") or {}, dict):
        raise ValueError(f"{where}: {record['test']} had no earlier verdict: {record['earlier']!r}")
    if not isinstance(record.get("clauses"), list):
        raise ValueError(f"{where}: {record['test']} names no clauses")
