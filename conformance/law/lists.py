"""Reads the two lists that accompany the clauses: changes.md, all ids that there ever were, and the
table of limits.md, the clauses without a test."""

from __future__ import annotations

import re
from pathlib import Path

from pages import Law, Problem, Untested, numbered_lines
from tables import cells_of, is_rule

_CHANGE = re.compile(r"(?P<what>added|removed) (?P<version>\d+(\.\d+)+): (?P<id>\S+)")
_UNTESTED_SECTION = "## Clauses without a test"


def check_changes(path: Path, law: Law) -> None:
    """Holds the pages against the list of all ids that there ever were."""
    if not path.is_file():
        law.problems.append(Problem(str(path), 0, "missing; it lists every id, see spec/README.md"))
        return
    added, removed = _read_changes(path, law)
    for clause in law.clauses:
        where = str(path.parent / clause.page)
        if clause.id in removed:
            message = (
                f"{clause.id} was removed (changes.md:{removed[clause.id]}) and an id never comes "
                "back; give the clause a new id"
            )
            law.problems.append(Problem(where, clause.line, message))
        elif clause.id not in added:
            message = f"{clause.id} is not in changes.md; add the line 'added VERSION: {clause.id}'"
            law.problems.append(Problem(where, clause.line, message))
    for vanished in sorted(set(added) - set(removed) - law.ids):
        message = (
            f"{vanished} has vanished from the pages; put it back, or add the line "
            f"'removed VERSION: {vanished}'"
        )
        law.problems.append(Problem(str(path), added[vanished], message))


def _read_changes(path: Path, law: Law) -> tuple[dict[str, int], dict[str, int]]:
    lists: dict[str, dict[str, int]] = {"added": {}, "removed": {}}
    for number, line, _ in numbered_lines(path):
        if not line.startswith(("added", "removed")):
            continue
        match = _CHANGE.fullmatch(line.rstrip())
        if match is None:
            message = f"{line!r} is no change; write 'added VERSION: ID' or 'removed VERSION: ID'"
        elif match["id"] in lists[match["what"]]:
            message = f"{match['id']} was {match['what']} before; drop one of the lines"
        elif match["what"] == "removed" and match["id"] not in lists["added"]:
            message = f"{match['id']} is removed but was never added; add it above, or correct it"
        else:
            lists[match["what"]][match["id"]] = number
            continue
        law.problems.append(Problem(str(path), number, message))
    return lists["added"], lists["removed"]


def read_untested(path: Path, law: Law) -> None:
    if not path.is_file():
        law.problems.append(Problem(str(path), 0, "missing; it lists the clauses without a test"))
        return
    inside = found = False
    for number, line, fenced in numbered_lines(path):
        if line.startswith("## ") and not fenced:
            inside = line.rstrip() == _UNTESTED_SECTION
            found = found or inside
        elif inside and line.startswith("|"):
            _read_untested_row(path, number, line, law)
    if not found:
        message = f"the section '{_UNTESTED_SECTION}' is missing; add it, with an empty table"
        law.problems.append(Problem(str(path), 0, message))


def _read_untested_row(path: Path, number: int, line: str, law: Law) -> None:
    cells = cells_of(line)
    if cells[0] == "clause" or is_rule(cells[:1]):
        return
    clause = cells[0].strip("`")
    if len(cells) != 2 or not cells[1]:
        message = f"{cells[0]} has no reason; write '| `id` | why it has no test |'"
    elif clause not in law.ids:
        message = f"{clause} is no clause of the pages; correct the id or drop the row"
    elif clause in {entry.id for entry in law.untested}:
        message = f"{clause} stands here twice; drop one of the rows"
    else:
        law.untested.append(Untested(clause, cells[1], number))
        return
    law.problems.append(Problem(str(path), number, message))
