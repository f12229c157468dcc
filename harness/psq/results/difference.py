"""What changed from one run of an implementation to a later one, by clause."""

from __future__ import annotations

from dataclasses import dataclass

from psq.law.clause_table import Law
from psq.results import tally
from psq.results.run import Run
from psq.results.tally import Cell

NEW_FAILURE = "new failures"
LOST = "lost coverage"
DEVIATES = "new deviations"
PASSES = "newly passed"
EXCUSED = "now in the ledger"
GAINED = "new coverage"
BEHAVES = "other behaviour"
NEW_CLAUSE = "new clauses"
REMOVED_CLAUSE = "removed clauses"

# In the order of a report: what is worse comes first.
KINDS = (
    NEW_FAILURE,
    LOST,
    DEVIATES,
    PASSES,
    EXCUSED,
    GAINED,
    BEHAVES,
    NEW_CLAUSE,
    REMOVED_CLAUSE,
)
REGRESSIONS = (NEW_FAILURE, LOST, DEVIATES)

_FAILS = ("fail", "blocked", "unexpected-pass", "driver-error", "internal-error")
_DECIDED = (*_FAILS, "pass", "deviates", "expected-fail")


@dataclass(frozen=True)
class Change:
    kind: str
    clause: str
    level: str
    before: str
    after: str


def changes(old: Run, new: Run, law: Law) -> list[Change]:
    """The clauses whose results differ, by kind and then by id."""
    before, after = tally.cells(old), tally.cells(new)
    same_law = old.plan.get("clause_digest") == new.plan.get("clause_digest")
    found = []
    for clause in sorted({*before, *after}):
        gone = same_law or clause in law.clauses
        kind = _kind_of(before.get(clause), after.get(clause), same_law, gone)
        if kind:
            found.append(
                Change(
                    kind,
                    clause,
                    law.level_of(clause, ""),
                    _text(before.get(clause)),
                    _text(after.get(clause)),
                )
            )
    return sorted(found, key=lambda each: KINDS.index(each.kind))


def _kind_of(before: Cell | None, after: Cell | None, same_law: bool, in_law: bool) -> str:
    """The kind of a change; empty when nothing changed."""
    if before is None and not same_law:
        return NEW_CLAUSE
    if after is None and not in_law:
        return REMOVED_CLAUSE
    was = before.verdict if before else tally.NOT_RUN
    now = after.verdict if after else tally.NOT_RUN
    if was == now:
        seen = before and after and before.observed != after.observed
        return BEHAVES if seen and now == "pass" else ""
    return _kind_of_verdicts(was, now)


def _kind_of_verdicts(was: str, now: str) -> str:
    if now in _FAILS:
        return "" if was in _FAILS else NEW_FAILURE
    if now not in _DECIDED:
        return LOST if was in _DECIDED else ""
    if now == "deviates":
        return DEVIATES
    if now == "expected-fail" and was in _DECIDED:
        return EXCUSED if was in _FAILS else NEW_FAILURE
    return PASSES if was in _DECIDED else GAINED


def _text(cell: Cell | None) -> str:
    return cell.text if cell else "no test"
