"""Reads the Markdown tables of a page, each by the heading that it stands under."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from pages import Law, Problem, numbered_lines

_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Row:
    """One row of a table; `cells` has the text under each column's name."""

    file: str
    line: int
    cells: dict[str, str]

    def names(self, column: str) -> list[str]:
        """What a cell has in code type."""
        return names_in(self.cells[column])

    def name(self, column: str) -> str:
        """The one name of a cell, or nothing."""
        return (self.names(column) or [""])[0]

    def problem(self, message: str) -> Problem:
        return Problem(self.file, self.line, message)


@dataclass
class Table:
    columns: list[str]
    rows: list[Row] = field(default_factory=list)


def names_in(text: str) -> list[str]:
    """What stands there in code type."""
    return _CODE.findall(text)


def cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def is_rule(cells: list[str]) -> bool:
    """Whether it is the line between the head and the rows."""
    return all(set(cell) <= set("-: ") for cell in cells) and "-" in "".join(cells)


def read_tables(path: Path, law: Law) -> dict[str, Table]:
    """The first table under each `##` heading. Too many or too few cells are a problem."""
    tables: dict[str, Table] = {}
    heading = ""
    for number, line, fenced in numbered_lines(path):
        if fenced:
            continue
        if line.startswith("## "):
            heading = line[3:].strip()
        elif line.startswith("|"):
            cells = cells_of(line)
            table = tables.setdefault(heading, Table(cells))
            if cells == table.columns or is_rule(cells):
                continue
            if len(cells) != len(table.columns):
                message = f"{len(cells)} cells in a table of {len(table.columns)} columns"
                law.problems.append(Problem(str(path), number, message))
                continue
            table.rows.append(Row(str(path), number, dict(zip(table.columns, cells))))
    return tables


def rows_of(
    path: Path, tables: dict[str, Table], heading: str, columns: tuple[str, ...], law: Law
) -> list[Row]:
    """The rows under a heading that must be there, with exactly these columns."""
    table = tables.get(heading)
    if table is None:
        message = f"the section '## {heading}' with its table is missing"
    elif tuple(table.columns) != columns:
        message = f"the table of '{heading}' must have the columns {', '.join(columns)}"
    elif not table.rows:
        message = f"the table of '{heading}' is empty"
    else:
        return table.rows
    law.problems.append(Problem(str(path), 1, message))
    return []
