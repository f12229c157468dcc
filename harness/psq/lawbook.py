"""psq list and psq explain: the law, from the shell."""

from __future__ import annotations

import argparse
import json
from fnmatch import fnmatchcase

from rich.table import Table
from rich.text import Text

from psq import progress
from psq.law import Clause, Law
from psq.places import Places
from psq.status import Status, UsageError, did_you_mean


def list_clauses(args: argparse.Namespace, places: Places) -> Status:
    """A line a clause."""
    law = Law.load(places.suite)
    chosen = [clause for clause in law.clauses.values() if _matches(law, clause, args.glob)]
    if not chosen:
        raise UsageError(
            f"no clause matches {args.glob!r}." + did_you_mean(args.glob, law.clauses)
        )
    table = Table(box=None, pad_edge=False)
    for column in ("clause", "level", "profile", "tests"):
        table.add_column(column, no_wrap=True)
    for clause in chosen:
        tests = str(len(law.tests_of(clause.id)) or "none")
        table.add_row(clause.id, clause.level, clause.profile, tests)
    progress.make_console().print(table)
    return Status.CONFORMS


def _matches(law: Law, clause: Clause, glob: str) -> bool:
    names = [clause.id, *(test.name for test in law.tests_of(clause.id))]
    return any(fnmatchcase(name, glob) for name in names)


def explain(args: argparse.Namespace, places: Places) -> Status:
    """Everything about one clause."""
    law = Law.load(places.suite)
    if args.clause in law.tests and args.clause not in law.clauses:
        raise UsageError(
            f"{args.clause} is a test; it decides {', '.join(law.tests[args.clause].clauses)}"
        )
    clause = law.clauses.get(args.clause)
    if clause is None:
        raise UsageError(
            f"no clause is named {args.clause!r}." + did_you_mean(args.clause, law.clauses)
            + " 'psq list' shows them all."
        )
    console = progress.make_console()
    console.print(Text(f"{clause.id}  ({clause.level}, {clause.profile})", style="bold"))
    console.print(f"\n{clause.sentence}\n")
    for title, text in (("why", clause.why), ("source", clause.source)):
        if text:
            console.print(f"{title}: {text}\n")
    tests = [test.name for test in law.tests_of(clause.id)]
    console.print(f"page: spec/{clause.page}.md")
    console.print(f"tests: {', '.join(tests) or 'none; spec/limits.md says why'}", soft_wrap=True)
    for name, reason in _known_failures(clause.id, places):
        console.print(f"known failure of {name}: {reason}", soft_wrap=True)
    return Status.CONFORMS


def _known_failures(clause: str, places: Places) -> list[tuple[str, str]]:
    found = []
    for path in sorted(places.ledgers.glob("*.json")):
        for entry in json.loads(path.read_text(encoding="utf-8"))["entries"]:
            if entry["clause"] == clause:
                methods = ", ".join(entry.get("start_methods", []))
                found.append((path.stem + (f" ({methods})" if methods else ""), entry["reason"]))
    return found
