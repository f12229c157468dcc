"""Brings a ledger up to date with a stored run; reads and writes no file."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from psq.base.status import UsageError
from psq.law.clause_table import Law
from psq.results import known
from psq.results.comparable import narrowed_by, why_no_verdict
from psq.results.defects import defects_of
from psq.results.run import Record, Run
from psq.running.ledger import NO_REASON_YET

Entry = dict[str, Any]


@dataclass
class Update:
    """The ledger as it should be, what changed, and what no entry can cover."""

    content: dict[str, Any]
    changes: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return json.dumps(self.content, indent=2, ensure_ascii=False) + "\n"


def expect_whole(run: Run, law: Law) -> None:
    """Raises UsageError for a run that cannot tell what an implementation breaks."""
    if reason := why_no_verdict(run):
        raise UsageError(f"no update: {run.path} gave no verdict: {reason}; judge it again")
    if narrowed := narrowed_by(run, law):
        raise UsageError(
            f"no update: {run.path} is a filtered run, without the rest: {narrowed}; judge the whole law"
        )
    undecided = [name for name, each in run.tests.items() if each["verdict"] == "inconclusive"]
    if undecided:
        raise UsageError(
            f"no update: {run.path} left {len(undecided)} tests undecided, such as {undecided[0]}; "
            "judge it again on a machine with less load"
        )


def update(run: Run, before: dict[str, Any] | None) -> Update:
    """What becomes of the ledger `before`, or of none, by this run.

    Raises UsageError when the run was judged with another ledger than this one.
    """
    name = run.implementation.get("implementation")
    if not name:
        raise UsageError(f"no update: {run.path} does not say what was judged")
    content = before or {"implementation": name, "entries": []}
    _expect_judged_with(run, content, name)
    result = Update({**content, "entries": []})
    dropped = {entry["line"] for entry in known.stale(run)}
    for entry, seen in zip(content["entries"], known.entries(run) if before else []):
        kept = _without_this_run(entry, run) if seen["line"] in dropped else entry
        if kept is None:
            result.changes.append(f"removed: {entry['clause']}: it passed")
        elif kept is not entry:
            result.changes.append(f"narrowed: {entry['clause']}: it passed by {_method(run)}")
        if kept is not None:
            result.content["entries"].append(kept)
    _add_failures(run, result)
    return result


def _expect_judged_with(run: Run, content: dict[str, Any], name: str) -> None:
    if content.get("implementation") != name:
        raise UsageError(
            f"no update: {run.path} is of {name}, and the ledger is for {content.get('implementation')}"
        )
    listed = [entry["clause"] for entry in content["entries"]]
    if listed != [entry["clause"] for entry in known.entries(run)]:
        raise UsageError(
            f"no update: {run.path} was judged without this ledger, or it was changed since; "
            "judge it with --ledger and this file first"
        )


def _without_this_run(entry: Entry, run: Run) -> Entry | None:
    """The entry for the other start methods that it names; None when there are none."""
    methods = [each for each in entry.get("start_methods") or [] if each != _method(run)]
    return {**entry, "start_methods": methods} if methods else None


def _method(run: Run) -> str:
    return str(run.implementation.get("start_method"))


def _add_failures(run: Run, result: Update) -> None:
    for defect in defects_of(run):
        covered = not defect.blocks
        for clause in defect.fails:
            covers = any(clause.startswith(f"{section}.") for section in defect.sections)
            record = next(
                each
                for each in run.tests.values()
                if each["verdict"] == "fail" and _failed_at(each) == clause
            )
            entry = _new_entry(run, clause, record, result.content["entries"])
            if covers:
                entry["blocks"] = defect.cause
                covered = True
            result.content["entries"].append(entry)
            result.changes.append(f"added: {clause}: {record.get('saw') or record['message']}")
        if not covered:
            result.left.append(f"{defect.sentence}: no entry covers what it blocks")


def _failed_at(record: Record) -> str:
    return str(record.get("clause") or record["clauses"][0])


def _new_entry(run: Run, clause: str, record: Record, others: list[Entry]) -> Entry:
    entry: Entry = {"clause": clause}
    if any(other["clause"] == clause for other in others):
        # There is one for other start methods; it says nothing of this one.
        entry["start_methods"] = [_method(run)]
    saw = record.get("saw") or record.get("message") or "a failure"
    entry["reason"] = f"{NO_REASON_YET}: say why. Expected {record.get('expected')}; saw {saw}"
    entry[
        "reproduction"
    ] = f"psq check {run.name} --test '{record['test']}' --seed {record.get('seed')}"
    return entry
