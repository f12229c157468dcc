"""Holds the table of crash-points.md, the only list of crash points, against the clauses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterator

from pages import Clause, Law, Problem, numbered_lines

PAGE = "crash-points"
_PREFIX = "failure.moment."
_ROW = re.compile(r"\| `(?P<name>[a-z-]+)` \|")
_REFERENCE = re.compile(r"crash points? (?P<names>`[a-z-]+`(?:(?:,| and) `[a-z-]+`)*)")


def check_crash_points(spec: Path, law: Law) -> None:
    """Each row has its OBSERVED clause, each such clause its row, and a name is that of a row."""
    path = spec / f"{PAGE}.md"
    clauses = {
        clause.id.removeprefix(_PREFIX): clause
        for clause in law.clauses
        if clause.id.startswith(_PREFIX) and clause.level == "OBSERVED"
    }
    rows = _rows(path)
    for name in sorted(rows.keys() - clauses.keys()):
        message = f"the crash point {name} has no OBSERVED clause {_PREFIX}{name}; write it"
        law.problems.append(Problem(str(path), rows[name], message))
    for name in sorted(clauses.keys() - rows.keys()):
        message = f"{_PREFIX}{name} has no row in {path.name}; add it"
        law.problems.append(_problem(spec, clauses[name], message))
    for clause in law.clauses:
        for name in _named_by(clause):
            if name not in rows:
                message = f"{clause.id} names the crash point {name}, which is not in {path.name}"
                law.problems.append(_problem(spec, clause, message))


def _rows(path: Path) -> dict[str, int]:
    if not path.is_file():
        return {}
    matches = ((number, _ROW.match(line)) for number, line, _ in numbered_lines(path))
    return {match["name"]: number for number, match in matches if match}


def _named_by(clause: Clause) -> Iterator[str]:
    for text in (clause.sentence, *clause.notes.values()):
        for reference in _REFERENCE.finditer(text):
            yield from re.findall(r"`([a-z-]+)`", reference["names"])


def _problem(spec: Path, clause: Clause, message: str) -> Problem:
    return Problem(str(spec / clause.page), clause.line, message)
