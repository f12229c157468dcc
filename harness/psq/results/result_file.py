"""Result files: JSON Lines with a plan, the tests as they ended, and an end."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from psq.base.status import Status, UsageError, worst

Record = dict[str, Any]

VERDICTS = (
    "pass",
    "fail",
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
    "unexpected-pass": Status.DOES_NOT_CONFORM,
    "inconclusive": Status.INCONCLUSIVE,
    "driver-error": Status.DRIVER_BROKEN,
    "internal-error": Status.INTERNAL,
}


def status_of(verdict: str) -> Status:
    """What one test's verdict makes of the run that it is in."""
    return _STATUS_OF[verdict]


@dataclass
class Run:
    """One implementation under the suite: what was planned and what came of it."""

    name: str
    plan: Record = field(default_factory=dict)
    implementation: Record = field(default_factory=dict)
    tests: dict[str, Record] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    end: Record | None = None
    path: Path | None = None

    @property
    def planned(self) -> list[str]:
        return list(self.plan.get("tests", []))

    @property
    def missing(self) -> list[str]:
        return [test for test in self.planned if test not in self.tests]

    @property
    def counts(self) -> Counter:
        return Counter(record["verdict"] for record in self.tests.values())

    @property
    def title(self) -> str:
        """What was judged, in words: name, and what the driver said of itself."""
        hello = self.implementation
        facts = f"{hello.get('implementation', '')} {hello.get('version', '')}".strip()
        if hello.get("start_method"):
            facts += f", {hello['start_method']}"
        return f"{self.name} ({facts})" if facts else self.name

    def status(self) -> Status:
        """The exit status of the run; anything missing or odd is an internal error."""
        found = [status_of(record["verdict"]) for record in self.tests.values()]
        if self.problems or not self.planned:
            found.append(Status.INTERNAL)
        if self.missing and Status.DRIVER_BROKEN not in found:
            found.append(Status.INTERNAL)
        if not self.verified:
            found.append(Status.INCONCLUSIVE)
        return worst(found)

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
            "status": int(status),
        }


def check_record(record: Record, where: str) -> None:
    """Raises ValueError when a test's record lacks what everything here relies on."""
    if not isinstance(record.get("test"), str):
        raise ValueError(f"{where}: a test record without a test")
    if record.get("verdict") not in VERDICTS:
        verdict = record.get("verdict")
        raise ValueError(f"{where}: {record['test']} has no known verdict: {verdict!r}")
    if not isinstance(record.get("clauses"), list):
        raise ValueError(f"{where}: {record['test']} names no clauses")


def load(path: Path) -> Run:
    """Reads a stored run. A run that was cut short loads, and its missing tests show."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the results {path}: {error}") from error
    run = Run(name=path.stem, path=path)
    for number, line in enumerate(lines, start=1):
        try:
            _take(run, json.loads(line), f"{path}:{number}")
        except (ValueError, AttributeError) as error:
            if number == len(lines) and number > 1:
                run.problems.append("the last line is cut short")
                break
            raise UsageError(f"{path}:{number} is no result of psq: {error}") from error
    if not run.plan:
        raise UsageError(f"{path} is no result file of psq: it has no plan")
    if run.end is None:
        run.problems.append("the run was cut short: it has no end")
    return run


def _take(run: Run, record: Record, where: str) -> None:
    kind = record.get("record")
    if kind == "plan":
        if run.plan:
            raise ValueError("a second plan in one file")
        run.plan = record
        run.name = record.get("name") or run.name
    elif kind == "implementation":
        run.implementation = run.implementation or record
    elif kind == "test":
        check_record(record, where)
        run.tests[record["test"]] = record
    elif kind == "end":
        run.end = record
        run.problems.extend(record.get("problems", []))


class Writer:
    """Appends records to a result file, each whole and at once."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: TextIO = path.open("w", encoding="utf-8", buffering=1)
        except OSError as error:
            raise UsageError(f"cannot write the results to {path}: {error}") from error

    def write(self, record: Record) -> None:
        self._file.write(json.dumps(record, ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Tail:
    """Reads the records that a running worker has completed so far."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def read(self) -> list[Record]:
        """The records since the last call; raises ValueError for a line that is no record."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                chunk = file.read()
        except FileNotFoundError:
            return []
        whole = chunk[: chunk.rfind(b"\n") + 1]
        self._offset += len(whole)
        return [json.loads(line) for line in whole.splitlines() if line.strip()]
