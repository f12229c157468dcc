"""Holds the suite's tests, and the faults, against the law.

    gate.py --spec spec --tests LIST [--faults LIST] [--require-faults]

The tests are what `psq-conformance --list --thorough` prints, one JSON object a line with "test", "clauses" and
"file". The faults are one JSON object a line with "name" and "clause". The exit status is 1 when a
clause has no test and no entry in limits.md, when a test stands in another file than that of its
section, or when the lists do not fit the law otherwise.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator

from law import read_law
from pages import Law, Problem


# What a shell, ctest and a filter of tests hold unchanged.
_NAME = re.compile(r"[a-z0-9.-]+(/[a-z0-9-]+)?")


@dataclass(frozen=True)
class Row:
    """A test or a fault: where it stands, its name, and the clauses that it is about."""

    file: str
    line: int
    name: str
    clauses: tuple[str, ...]
    source: str = ""  # of a test: the file that defines it, from the top of the source tree
    thorough: bool = False  # of a test: runs without --thorough leave it out

    def problem(self, message: str) -> Problem:
        return Problem(self.file, self.line, message)


def _clauses_of_test(entry: dict[str, Any]) -> list[str]:
    clauses = entry.get("clauses")
    if not isinstance(clauses, list) or not all(isinstance(clause, str) for clause in clauses):
        raise ValueError("'clauses' must be a list of ids")
    return clauses


def _clauses_of_fault(entry: dict[str, Any]) -> list[str]:
    clause = entry.get("clause")
    return [clause] if isinstance(clause, str) and clause else []


def read_rows(
    path: Path, key: str, clauses_of: Callable[[dict[str, Any]], list[str]]
) -> tuple[list[Row], list[Problem]]:
    """The rows of one list; one that cannot be read is a problem, and so is an empty list."""
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            if not isinstance(entry, dict) or not isinstance(entry.get(key), str):
                raise ValueError(f"'{key}' must be a text")
            rows.append(
                Row(
                    str(path),
                    number,
                    entry[key],
                    tuple(clauses_of(entry)),
                    source=str(entry.get("file", "")),
                    thorough=bool(entry.get("thorough")),
                )
            )
        except ValueError as error:
            problems.append(Problem(str(path), number, f"cannot be read: {error}"))
    if not rows and not problems:
        problems.append(Problem(str(path), 0, f"lists no {key}; nothing would be verified"))
    return rows, problems


def duplicates(rows: Iterable[Row], what: str) -> Iterator[Problem]:
    first: dict[str, Row] = {}
    for row in rows:
        if first.setdefault(row.name, row) is not row:
            yield row.problem(
                f"the {what} {row.name} stands already in line {first[row.name].line}; rename one"
            )


def strangers(rows: Iterable[Row], what: str, law: Law) -> Iterator[Problem]:
    for row in rows:
        if not row.clauses:
            yield row.problem(f"the {what} {row.name} names no clause; say which one it is about")
        for clause in row.clauses:
            if clause not in law.ids:
                yield row.problem(
                    f"the {what} {row.name} names {clause}, which is no clause; correct the id, "
                    "or write the clause"
                )


def file_of(clause: str) -> str:
    """The file of the tests of a clause: one a section of the law."""
    page, section = clause.replace("-", "_").split(".")[:2]
    return f"conformance/clauses/{page}/{section}.cc"


def misplaced(tests: Iterable[Row], law: Law) -> Iterator[Problem]:
    """Tests that are not named after their first clause, or not in the file of its section."""
    for test in tests:
        if not test.clauses or test.clauses[0] not in law.ids:
            continue
        first = test.clauses[0]
        if not _NAME.fullmatch(test.name) or test.name.partition("/")[0] != first:
            yield test.problem(
                f"the test {test.name} is not named after its first clause; name it {first}, or "
                f"{first}/variant"
            )
        if test.source != file_of(first):
            yield test.problem(
                f"the test {test.name} stands in {test.source or 'a file that is not named'}; move "
                f"it to {file_of(first)}"
            )


def uncovered(law: Law, spec: Path, tests: Iterable[Row]) -> Iterator[Problem]:
    tested = {clause: test for test in tests for clause in test.clauses}
    excused = {entry.id for entry in law.untested}
    for clause in law.clauses:
        if clause.id not in tested and clause.id not in excused:
            yield Problem(
                str(spec / clause.page),
                clause.line,
                f"{clause.id} has no test; write one, or enter it in limits.md with the reason",
            )
    for entry in law.untested:
        if entry.id in tested:
            yield Problem(
                str(spec / "limits.md"),
                entry.line,
                f"{entry.id} is tested by {tested[entry.id].name}; drop the row",
            )


def thorough_alone(law: Law, tests: Iterable[Row]) -> list[str]:
    """The MUST clauses that only thorough tests decide: a run without --thorough says nothing of them."""
    tested = {clause for test in tests for clause in test.clauses}
    tested_always = {clause for test in tests if not test.thorough for clause in test.clauses}
    return [
        clause.id
        for clause in law.clauses
        if clause.level == "MUST" and clause.id in tested - tested_always
    ]


def without_fault(law: Law, spec: Path, faults: Iterable[Row]) -> list[Problem]:
    """The tested MUST clauses that no fault breaks: nothing shows that their tests can fail."""
    broken = {clause for fault in faults for clause in fault.clauses}
    broken |= {entry.id for entry in law.untested}
    return [
        Problem(
            str(spec / clause.page),
            clause.line,
            f"{clause.id} is broken by no fault; add one, so that its test is seen to fail",
        )
        for clause in law.clauses
        if clause.level == "MUST" and clause.id not in broken
    ]


def examine(options: argparse.Namespace) -> tuple[list[Problem], str]:
    """What is wrong, and one line that says how much was looked at."""
    law = read_law(options.spec)
    problems = list(law.problems)
    tests, unreadable = read_rows(options.tests, "test", _clauses_of_test)
    problems += unreadable
    problems += duplicates(tests, "test")
    problems += strangers(tests, "test", law)
    problems += misplaced(tests, law)
    problems += uncovered(law, options.spec, tests)
    summary = f"{len(law.clauses)} clauses, {len(tests)} tests, {len(law.untested)} excused"
    if alone := thorough_alone(law, tests):
        summary += f"; MUST clauses with thorough tests alone: {', '.join(alone)}"
    if options.faults:
        faults, unreadable = read_rows(options.faults, "name", _clauses_of_fault)
        problems += unreadable
        problems += duplicates(faults, "fault")
        problems += strangers(faults, "fault", law)
        missing = without_fault(law, options.spec, faults)
        summary += f"; {len(faults)} faults, {len(missing)} MUST clauses without a fault"
        if options.require_faults:
            problems += missing
    return problems, summary


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spec", type=Path, required=True, help="the folder of the pages")
    parser.add_argument("--tests", type=Path, required=True, help="the list of tests")
    parser.add_argument("--faults", type=Path, help="the list of faults")
    parser.add_argument(
        "--require-faults",
        action="store_true",
        help="a MUST clause that no fault breaks is an error, not only counted",
    )
    options = parser.parse_args(arguments)
    if options.require_faults and not options.faults:
        parser.error("--require-faults needs --faults LIST")
    for path in (options.tests, options.faults):
        if path is not None and not path.is_file():
            parser.error(f"{path} is no file")
    problems, summary = examine(options)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(summary if not problems else f"{summary}; {len(problems)} problem(s)")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
