"""What a run has verified of the law, and what it has not, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from psq.law.clause_table import Law
from psq.results.run import Record, Run
from psq.results.tally import cell

NOT_SELECTED = "not selected by"
# A test with one of these has come to its clause and said what is so.
DECIDED = ("pass", "fail", "deviates", "expected-fail", "unexpected-pass")


@dataclass(frozen=True)
class Gap:
    """Tests that verified nothing, for one reason, and their clauses that no other test verified."""

    reason: str
    tests: tuple[str, ...]
    clauses: tuple[str, ...]


def is_verified(record: Record | None) -> bool:
    return record is not None and record["verdict"] in DECIDED


def verified_clauses(run: Run, law: Law) -> list[str]:
    return [clause for clause in law.clauses if cell(run, law, clause).verdict in DECIDED]


def gaps(run: Run, law: Law) -> list[Gap]:
    """What was not verified of the whole law, by reason; the reasons of most tests first."""
    verified = set(verified_clauses(run, law))
    by_reason: dict[str, list[str]] = {}
    for test in [*run.planned, *run.thorough_left_out, *_not_selected(run, law)]:
        reason = why_not(run, test)
        if reason:
            by_reason.setdefault(reason, []).append(test)
    found = [
        Gap(reason, tuple(tests), _clauses_of(tests, run, law, verified))
        for reason, tests in by_reason.items()
    ]
    return sorted(found, key=lambda gap: -len(gap.tests))


def _not_selected(run: Run, law: Law) -> list[str]:
    if not run.selection:
        return []
    named = {*run.planned, *run.thorough_left_out}
    return [test for test in law.tests if test not in named]


def _clauses_of(tests: list[str], run: Run, law: Law, verified: set[str]) -> tuple[str, ...]:
    clauses: list[str] = []
    for test in tests:
        record = run.tests.get(test)
        known = law.tests[test].clauses if test in law.tests else ()
        clauses += record["clauses"] if record else known
    return tuple(clause for clause in dict.fromkeys(clauses) if clause not in verified)


def why_not(run: Run, test: str) -> str:
    """Why this run verified nothing by a test; empty when it did."""
    record = run.tests.get(test)
    if record is None:
        return _why_not_run(run, test)
    if is_verified(record):
        return ""
    verdict = record["verdict"]
    if verdict == "unsupported":
        return record.get("message") or "unsupported"
    if verdict == "blocked":
        return f"blocked: {record.get('cause') or 'by a defect of an operation that it needs'}"
    return {
        "inconclusive": "inconclusive: it could not be decided on this machine",
        "driver-error": "the driver broke the protocol",
    }.get(verdict, "the suite itself failed")


def _why_not_run(run: Run, test: str) -> str:
    if test in run.thorough_left_out:
        return "thorough tests are run with --thorough"
    if test not in run.planned:
        return f"{NOT_SELECTED} {', '.join(run.selection)}"
    if run.stopped:
        return f"not started after the first failure, by {run.stopped}"
    if run.interrupted:
        return "interrupted"
    if run.counts["driver-error"]:
        return "not tried, because the driver failed each time"
    return "planned, but it did not run"


def unverified_sentence(run: Run, law: Law) -> str:
    """How much of the law was not verified, in tests and in clauses."""
    tests = sum(len(gap.tests) for gap in gaps(run, law))
    clauses = [clause for clause in law.clauses if law.tests_of(clause)]
    verified = set(verified_clauses(run, law))
    left = sum(clause not in verified for clause in clauses)
    all_tests = {*run.planned, *law.tests}
    return f"{tests} of {len(all_tests)} tests, {left} of {len(clauses)} clauses"
