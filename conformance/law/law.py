"""Reads the whole law and says what is wrong with it.

Every problem names the file, the line and what to do.
"""

from __future__ import annotations

from pathlib import Path

from crash_points import check_crash_points
from lists import check_changes, read_untested
from pages import PROSE_PAGES, Clause, Law, Problem, check_prose, read_page
from sections import check_sections


def read_law(spec: Path) -> Law:
    """Reads every page in the folder `spec`, in the order of their names."""
    law = Law()
    for path in sorted(spec.glob("*.md")):
        if path.stem in PROSE_PAGES:
            check_prose(path, law)
        else:
            read_page(path, law)
    if not law.clauses and not law.problems:
        law.problems.append(Problem(str(spec), 0, "no clause found; is this the folder spec/?"))
    _check_duplicates(spec, law)
    check_changes(spec / "changes.md", law)
    read_untested(spec / "limits.md", law)
    check_crash_points(spec, law)
    check_sections(spec, law)
    return law


def _check_duplicates(spec: Path, law: Law) -> None:
    first: dict[str, Clause] = {}
    for clause in law.clauses:
        other = first.setdefault(clause.id, clause)
        if other is not clause:
            message = f"{clause.id} stands already at {other.page}:{other.line}; rename or drop one"
            law.problems.append(Problem(str(spec / clause.page), clause.line, message))
