"""From tests to clauses: the result of each clause of the law in a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Sequence

from psq.law.clause_table import Law
from psq.results.run import Record, Run

UNTESTED = "untested"
NOT_RUN = "not run"
NOT_REACHED = "not reached"

# The worst result of a clause's tests counts; a skip counts only when there is nothing else.
_LOUDEST_FIRST = (
    "internal-error",
    "driver-error",
    "fail",
    "unexpected-pass",
    "blocked",
    "inconclusive",
    "deviates",
    "expected-fail",
    NOT_RUN,
    "pass",
    NOT_REACHED,
    "unsupported",
)

_UNDECIDED = (UNTESTED, NOT_RUN, NOT_REACHED, "unsupported")


def loudest(records: list[Record]) -> Record:
    """Of several records of one test, the one that counts."""
    return min(records, key=lambda record: _LOUDEST_FIRST.index(record["verdict"]))


@dataclass(frozen=True)
class Cell:
    """The result of one clause for one implementation."""

    verdict: str
    observed: str = ""

    @property
    def text(self) -> str:
        if self.observed and self.verdict == "pass":
            return self.observed
        return f"{self.verdict} ({self.observed})" if self.observed else self.verdict


def cell(run: Run, law: Law, clause: str) -> Cell:
    """The clause's verdict in this run, with the behaviour that was seen where the law asks."""
    planned = set(run.planned)
    tests = [test for test in law.tests_of(clause) if test.name in planned]
    if not tests:
        return Cell(UNTESTED if not law.tests_of(clause) else NOT_RUN)
    return _cell_of([run.tests.get(test.name) for test in tests], clause)


def cells(run: Run) -> dict[str, Cell]:
    """The cell of each clause that the run's own records name: of any law, also an earlier one."""
    records: dict[str, list[Record | None]] = {}
    for record in run.tests.values():
        for clause in record["clauses"]:
            records.setdefault(clause, []).append(record)
    return {clause: _cell_of(records[clause], clause) for clause in sorted(records)}


def _cell_of(records: list[Record | None], clause: str) -> Cell:
    verdicts = {_of(record, clause) for record in records}
    seen = {
        str(record["observed"][clause])
        for record in records
        if record and clause in (record.get("observed") or {})
    }
    verdict = next(each for each in _LOUDEST_FIRST if each in verdicts)
    return Cell(verdict, "; ".join(sorted(seen)))


def _of(record: Record | None, clause: str) -> str:
    if record is None:
        return NOT_RUN
    verdict = record["verdict"]
    failed_at = record.get("clause")
    blames_one = verdict in ("fail", "deviates", "expected-fail", "unexpected-pass") and failed_at
    if blames_one and failed_at != clause:
        return NOT_REACHED
    return verdict


def counts_by_page(run: Run, law: Law) -> dict[str, Counter]:
    """Verdicts per page of the law; a test counts on the page of its first clause."""
    pages: dict[str, Counter] = {}
    for name in run.planned:
        record = run.tests.get(name)
        verdict = record["verdict"] if record else "missing"
        pages.setdefault(page_of(name, law), Counter())[verdict] += 1
    return pages


def page_of(test: str, law: Law) -> str:
    known = law.tests.get(test)
    first = known.clauses[0] if known and known.clauses else ""
    return law.clauses[first].page if first in law.clauses else test.partition(".")[0]


@dataclass(frozen=True)
class Difference:
    """A clause on which implementations differ, and the ruling if there is one."""

    clause: str
    cells: tuple[Cell, ...]
    ruling: str | None

    def said(self, names: Sequence[str]) -> str:
        """Who shows what, like results together, without those that did not decide the clause.

        Such as `one, other: pass | third: fail`.
        """
        showing: dict[str, list[str]] = {}
        for name, each in zip(names, self.cells):
            if each.verdict not in _UNDECIDED:
                showing.setdefault(each.text, []).append(name)
        return " | ".join(f"{', '.join(who)}: {text}" for text, who in showing.items())


def differences(runs: list[Run], law: Law) -> list[Difference]:
    """The clauses whose verdicts or observed behaviours differ, those without a ruling first."""
    found = []
    for clause in law.clauses:
        cells = tuple(cell(run, law, clause) for run in runs)
        decided = [each for each in cells if each.verdict not in _UNDECIDED]
        if len({(each.verdict, each.observed) for each in decided}) > 1:
            found.append(Difference(clause, cells, _ruling(law, clause, decided)))
    return sorted(found, key=lambda each: each.ruling is not None)


def _ruling(law: Law, clause: str, decided: list[Cell]) -> str | None:
    verdicts = {each.verdict for each in decided}
    if verdicts <= {"pass"}:
        return f"the law leaves it open ({law.level_of(clause)})"
    if verdicts <= {"pass", "deviates"}:
        return f"the law recommends one and allows both ({law.level_of(clause)})"
    if verdicts <= {"pass", "blocked"}:
        return "not decided: a call that the test needs has a defect of its own"
    if verdicts <= {"pass", "expected-fail"}:
        return "the law decides; the failure is in the ledger"
    return None
