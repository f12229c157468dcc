"""The entries of a ledger in a run: which of them say nothing true of it."""

from __future__ import annotations

from psq.results.run import Record, Run


def entries(run: Run) -> list[Record]:
    """The entries of the ledger that the run was judged with, those that do not apply to it too."""
    return list(run.ledger.get("entries") or [])


def applying(run: Run) -> list[Record]:
    """The entries that apply to the implementation, its version, start method and platform."""
    return [entry for entry in entries(run) if entry["applies"]]


def unmatched(run: Run) -> list[str]:
    """A sentence for each entry that applies and can match no failure, with the line to remove."""
    found = []
    first: dict[str, Record] = {}
    for entry in applying(run):
        where = f"{run.ledger.get('path')}:{entry['line']}"
        clause = entry["clause"]
        if clause in first:
            found.append(
                f"the ledger lists {clause} twice, and the entry on line {first[clause]['line']} "
                f"comes first: take out the entry at {where}"
            )
        elif reason := _why_undecided(run, clause):
            found.append(
                f"the ledger lists {clause}, which is unsupported ({reason}): take out the entry at "
                f"{where}, or say where it applies"
            )
        first.setdefault(clause, entry)
    return found


def _why_undecided(run: Run, clause: str) -> str:
    """Why no test of the clause could fail; empty when one could, or when not all were run."""
    if run.selection:
        return ""
    records = [record for record in run.tests.values() if clause in record["clauses"]]
    others = [*run.missing, *run.thorough_left_out]
    not_run = any(test.partition("/")[0] == clause for test in others)
    if not_run or any(record["verdict"] != "unsupported" for record in records):
        return ""
    return (records[0].get("message") or "unsupported") if records else ""


def stale(run: Run) -> list[Record]:
    """The entries whose clauses passed, although they say that these always fail."""
    passed = [r for r in run.tests.values() if r["verdict"] == "unexpected-pass"]
    return [
        entry
        for entry in applying(run)
        if entry["always"] and any(entry["clause"] in record["clauses"] for record in passed)
    ]
