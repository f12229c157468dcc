"""Holds each page of clauses against the order of sections that it states.

The section of a clause is the second part of its id: `put` of `queue.put.full-after-timeout`.
"""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from pages import Clause, Law, Problem, numbered_lines, paragraphs

_STATEMENT = re.compile(r"Sections: (?P<names>[a-z0-9, -]+)\.")


def section_of(clause: str) -> str:
    return clause.split(".")[1]


def check_sections(spec: Path, law: Law) -> None:
    """Looks only at pages that are right otherwise: a page with a broken heading lacks a clause."""
    broken = {problem.file for problem in law.problems}
    for page, clauses in groupby(law.clauses, key=lambda clause: clause.page):
        if str(spec / page) not in broken:
            _check_page(spec / page, list(clauses), law)


def _check_page(path: Path, clauses: list[Clause], law: Law) -> None:
    first: dict[str, Clause] = {}
    split = False
    for name, group in groupby(clauses, key=lambda clause: section_of(clause.id)):
        clause = next(group)
        together = first.setdefault(name, clause)
        if together is not clause:
            split = True
            message = (
                f"{clause.id} stands apart from the section {name!r}, which begins at "
                f"{together.page}:{together.line}; move it there"
            )
            law.problems.append(Problem(str(path), clause.line, message))
    if not split:
        _check_statement(path, list(first), law)


def _check_statement(path: Path, order: list[str], law: Law) -> None:
    wanted = f"Sections: {', '.join(order)}."
    for line, text in _introduction(path):
        statement = _STATEMENT.fullmatch(text)
        if statement is None:
            continue
        if statement["names"].split(", ") != order:
            message = f"the clauses stand in another order than the page states; write {wanted!r}"
            law.problems.append(Problem(str(path), line, message))
        return
    message = f"the page does not state its sections; write {wanted!r} before its clauses"
    law.problems.append(Problem(str(path), 1, message))


def _introduction(path: Path) -> list[tuple[int, str]]:
    lines = []
    for number, line, fenced in numbered_lines(path):
        if line.startswith("## ") and not fenced:
            break
        lines.append((number, line, fenced))
    return list(paragraphs(lines))
