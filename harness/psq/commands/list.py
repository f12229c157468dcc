"""psq list: the clauses of the law, a line each."""

from __future__ import annotations

import argparse
import json
from fnmatch import fnmatchcase
from typing import Any

from rich.table import Table

from psq.base.options import add_json
from psq.base.paths import Paths
from psq.base.status import Status, UsageError, did_you_mean
from psq.law.clause_table import Clause, Law, Test
from psq.reporting.console import make_console
from psq.reporting.target import STANDARD_OUTPUT, write
from psq.running.faults import FaultsByClause, faults_by_clause


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("glob", metavar="GLOB", nargs="?", default="*")
    add_json(parser, "the clauses, with their sentences and tests, as one JSON object")


def run(args: argparse.Namespace, paths: Paths) -> Status:
    law = Law.load(paths.suite)
    chosen = [clause for clause in law.clauses.values() if _matches(law, clause, args.glob)]
    if not chosen:
        raise UsageError(f"no clause matches {args.glob!r}." + did_you_mean(args.glob, law.clauses))
    faults = faults_by_clause(paths)
    if args.json:
        write(args.json, json.dumps(_facts(law, chosen, faults), indent=2, ensure_ascii=False))
    if args.json != STANDARD_OUTPUT:
        _print(law, chosen, faults)
    return Status.CONFORMS


def _facts(law: Law, chosen: list[Clause], faults: FaultsByClause | None) -> dict[str, Any]:
    """`faults` of a clause is null when the programs that have them are not there."""
    return {
        "clauses": [
            {
                "id": clause.id,
                "level": clause.level,
                "profile": clause.profile,
                "sentence": clause.sentence,
                "page": clause.page,
                "line": clause.line,
                "tests": [
                    {"name": test.name, "thorough": test.thorough}
                    for test in law.tests_of(clause.id)
                ],
                "faults": None
                if faults is None
                else [fault["name"] for fault in faults.get(clause.id, [])],
            }
            for clause in chosen
        ]
    }


def _print(law: Law, chosen: list[Clause], faults: FaultsByClause | None) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("clause", "level", "profile", "tests", "faults"):
        table.add_column(column, no_wrap=True)
    for clause in chosen:
        tests = _number_of(law.tests_of(clause.id))
        broken_by = "?" if faults is None else str(len(faults.get(clause.id, [])) or "none")
        table.add_row(clause.id, clause.level, clause.profile, tests, broken_by)
    make_console().print(table)


def _number_of(tests: list[Test]) -> str:
    thorough = sum(test.thorough for test in tests)
    return str(len(tests) or "none") + (f" ({thorough} thorough)" if thorough else "")


def _matches(law: Law, clause: Clause, glob: str) -> bool:
    names = [clause.id, *(test.name for test in law.tests_of(clause.id))]
    return any(fnmatchcase(name, glob) for name in names)
