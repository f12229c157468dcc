"""The defects of a run: one root cause each, with the clauses that fail by it and the tests that it blocks."""

from __future__ import annotations

from dataclasses import dataclass, field

from psq.results.run import Record, Run


@dataclass
class Defect:
    """What one operation does wrong in every state of its object, or else one clause that fails."""

    cause: str
    fails: list[str] = field(default_factory=list)
    """The clauses with a test that failed by it."""
    blocks: list[str] = field(default_factory=list)
    """The tests that it kept from their clauses."""
    sections: list[str] = field(default_factory=list)
    """Where the law is about the operation, of one that blocks tests."""
    example: str = ""
    """What the first of its tests saw."""

    @property
    def sentence(self) -> str:
        parts = []
        if self.fails and self.fails != [self.cause]:
            parts.append(f"fails {', '.join(self.fails)}")
        elif self.blocks and not self.fails:
            where = " or ".join(self.sections) or "the operation itself"
            parts.append(f"no test of {where} failed in this run")
        if self.blocks:
            parts.append(f"blocks {_tests(len(self.blocks))}")
        return f"{self.cause}: {'; '.join(parts)}" if parts else self.cause


def _tests(count: int) -> str:
    return f"{count} test" + ("s" if count != 1 else "")


def defects_of(run: Run) -> list[Defect]:
    """The defects that no ledger covers; those that block most tests first."""
    found: dict[str, Defect] = {}
    for record in run.tests.values():
        if record["verdict"] in ("fail", "blocked"):
            _take(record, found)
    return sorted(found.values(), key=lambda each: -len(each.blocks))


def _take(record: Record, found: dict[str, Defect]) -> None:
    clause = record.get("clause") or record["clauses"][0]
    cause = record.get("cause") or clause
    defect = found.setdefault(cause, Defect(cause, example=record.get("saw") or ""))
    if record["verdict"] == "blocked":
        defect.blocks.append(record["test"])
        defect.sections = record.get("sections") or []
    elif clause not in defect.fails:
        defect.fails.append(clause)


def is_foreign(record: Record) -> bool:
    """Whether a test failed by the defect of an operation that its own clauses are not about."""
    sections = record.get("sections") or []
    return record["verdict"] == "fail" and bool(sections) and not _is_about(record, sections)


def settle(run: Run) -> list[Record]:
    """Turns failures into blocked tests where the operation's own clauses fail by the same defect.

    What the call of a test's clause does may be that clause's defect alone: an error that only some
    items raise, say. It is the operation's when a test of the operation saw it, too. Returns the
    records that took the place of others.
    """
    known = {
        record["cause"]
        for record in run.tests.values()
        if record["verdict"] in ("fail", "expected-fail")
        and record.get("cause")
        and _is_about(record, record.get("sections") or [])
    }
    changed = [_blocked(r) for r in run.tests.values() if is_foreign(r) and r["cause"] in known]
    run.tests.update({record["test"]: record for record in changed})
    return changed


def _blocked(record: Record) -> Record:
    message = f"blocked: {record['cause']}; {record.get('message') or ''}"
    return {**record, "verdict": "blocked", "clause": "", "message": message}


def _is_about(record: Record, sections: list[str]) -> bool:
    return any(
        clause.startswith(f"{section}.") for clause in record["clauses"] for section in sections
    )


def headline(defects: list[Defect]) -> str:
    """`1 defect` or `2 defects`."""
    return f"{len(defects)} defect" + ("s" if len(defects) != 1 else "")
