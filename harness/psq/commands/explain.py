"""psq explain: everything about one clause."""

from __future__ import annotations

import argparse
import json

from rich.console import Console
from rich.text import Text

from psq.base.paths import Paths
from psq.base.status import Status, UsageError, did_you_mean
from psq.law.clause_table import Clause, Law, Test
from psq.reporting.console import make_console
from psq.results import result_file, tally
from psq.results.run import Run
from psq.running.drivers import NAMES
from psq.running.faults import FaultsByClause, faults_by_clause


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("clause", metavar="ID")


def run(args: argparse.Namespace, paths: Paths) -> Status:
    law = Law.load(paths.suite)
    clause = _find(law, args.clause)
    console = make_console()
    console.print(Text(f"{clause.id}  ({clause.level}, {clause.profile})", style="bold"))
    console.print(f"\n{clause.sentence}\n", highlight=False, markup=False)
    notes = (("why", clause.why), ("source", clause.source), ("differs", clause.differs))
    for title, text in notes:
        if text:
            console.print(f"{title}: {text}\n", highlight=False, markup=False)
    console.print(_location(f"sentence: spec/{clause.page}.md", clause.line), highlight=False)
    _print_tests(law.tests_of(clause.id), console)
    _print_faults(faults_by_clause(paths), clause, console)
    for name, reason in _known_failures(clause.id, paths):
        console.print(f"known failure of {name}: {reason}", soft_wrap=True)
    _print_implementations(law, clause, paths, console)
    return Status.CONFORMS


def _find(law: Law, name: str) -> Clause:
    if name in law.tests and name not in law.clauses:
        raise UsageError(f"{name} is a test; it decides {', '.join(law.tests[name].clauses)}")
    clause = law.clauses.get(name)
    if clause is None:
        raise UsageError(
            f"no clause is named {name!r}."
            + did_you_mean(name, law.clauses)
            + " 'psq list' shows them all."
        )
    return clause


def _location(file: str, line: int) -> str:
    return f"{file}:{line}" if line else file


def _print_tests(tests: list[Test], console: Console) -> None:
    console.print("tests:" if tests else "tests: none; spec/limits.md says why")
    for test in tests:
        at = f"  {_location(test.file, test.line)}" if test.file else ""
        at += "  (thorough)" if test.thorough else ""
        console.print(f"  {test.name}{at}", soft_wrap=True, highlight=False, markup=False)


def _print_faults(faults: FaultsByClause | None, clause: Clause, console: Console) -> None:
    if faults is None:
        console.print("faults: not known; the programs that have them are not built")
        return
    breaking = faults.get(clause.id, [])
    console.print("faults:" if breaking else "faults: none breaks it")
    for fault in breaking:
        at = f"  {_location(fault['file'], fault.get('line', 0))}" if fault.get("file") else ""
        console.print(
            f"  {fault['name']}: {fault.get('breaks', '')}{at}",
            soft_wrap=True,
            highlight=False,
            markup=False,
        )


def _known_failures(clause: str, paths: Paths) -> list[tuple[str, str]]:
    found = []
    for path in sorted(paths.ledgers.glob("*.json")):
        for entry in json.loads(path.read_text(encoding="utf-8"))["entries"]:
            if entry["clause"] == clause:
                methods = ", ".join(entry.get("start_methods", []))
                found.append((path.stem + (f" ({methods})" if methods else ""), entry["reason"]))
    return found


def _print_implementations(law: Law, clause: Clause, paths: Paths, console: Console) -> None:
    """The last result of each implementation, and the implementations that have none."""
    console.print("implementations, as last judged:")
    runs, unreadable = _stored_runs(paths)
    names = [*(name for name in NAMES if name not in runs), *runs]
    for name in sorted(names, key=lambda each: NAMES.index(each) if each in NAMES else len(NAMES)):
        said = _said_by(runs[name], law, clause) if name in runs else None
        if said is None:
            said = f"not judged yet: psq check {name} --test {clause.id}"
        title = runs[name][-1].title if name in runs else name
        console.print(f"  {title}: {said}", soft_wrap=True, highlight=False, markup=False)
    for problem in unreadable:
        console.print(f"  {problem}", soft_wrap=True, highlight=False, markup=False)


def _stored_runs(paths: Paths) -> tuple[dict[str, list[Run]], list[str]]:
    """The stored runs by implementation, and why some files cannot be read."""
    runs: dict[str, list[Run]] = {}
    problems = []
    for path in sorted(paths.results.glob("*.jsonl"), key=lambda each: each.stat().st_mtime):
        try:
            run = result_file.load(path)
            runs.setdefault(run.name, []).append(run)
        except UsageError as error:
            problems.append(str(error))
    return runs, problems


def _said_by(runs: list[Run], law: Law, clause: Clause) -> str | None:
    """The result of the newest run that planned a test of the clause."""
    for run in reversed(runs):
        cell = tally.cell(run, law, clause.id)
        if cell.verdict not in (tally.NOT_RUN, tally.UNTESTED):
            return cell.text
    return None
