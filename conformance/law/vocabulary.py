"""Reads the vocabulary of the driver protocol: the tables of outcomes.md and operations.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable, Optional

from pages import Law
from tables import Row, Table, names_in, read_tables, rows_of

FIELD_TYPES = (
    "type",
    "name",
    "names",
    "boolean",
    "integer",
    "number",
    "timeout",
    "ending",
    "operations",
    "item",
    "json",
    "bytes",
)
PAYLOADS = ("item", "json", "bytes")
VALUES = ("", "number", "boolean", "payload", "names")
EFFECTS = ("yes", "no", "unknown")
PROCESS = "process"


@dataclass(frozen=True)
class Outcome:
    name: str
    of_all: bool
    by_driver: bool


@dataclass(frozen=True)
class Result:
    """What a history keeps of several outcomes; the first name is the one that is written."""

    name: str
    effect: str
    outcomes: tuple[str, ...]


@dataclass(frozen=True)
class Type:
    """One kind of object: its type in a hello, in a create and in a history, where it has one."""

    hello: str
    create: str
    history: str


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    range: str


@dataclass(frozen=True)
class Operation:
    """One row. `fields` has the alternatives of each field; `optional` those that may be absent."""

    name: str
    types: tuple[str, ...]
    declared: bool
    on: str
    fields: tuple[tuple[str, ...], ...]
    optional: frozenset[str]
    value: str
    outcomes: tuple[str, ...]

    @property
    def field_names(self) -> set[str]:
        return {name for alternatives in self.fields for name in alternatives}


@dataclass(frozen=True)
class Sections:
    """Where the law is about an operation on these types."""

    operation: str
    types: tuple[str, ...]
    sections: tuple[str, ...]


@dataclass(frozen=True)
class Ending:
    name: str
    by_itself: bool
    normal: bool


@dataclass
class Vocabulary:
    outcomes: list[Outcome] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    types: list[Type] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    operators: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sections: list[Sections] = field(default_factory=list)

    def hello_types(self) -> list[str]:
        return unique(each.hello for each in self.types)

    def created_types(self) -> list[str]:
        return unique(each.create for each in self.types)

    def operation_names(self) -> list[str]:
        return unique(each.name for each in self.operations)

    def operator_of(self, operation: str) -> Optional[str]:
        """What it is in a history."""
        for operator, operations in self.operators.items():
            if operation in operations:
                return operator
        return None


def unique(names: Iterable[str]) -> list[str]:
    """Each name once, in the order of its first mention."""
    return [name for name in dict.fromkeys(names) if name]


def read_vocabulary(spec: Path) -> tuple[Vocabulary, Law]:
    """What the two pages say, and what is wrong with them."""
    law, found = Law(), Vocabulary()
    _Outcomes(spec / "outcomes.md", law).read(found)
    _Operations(spec / "operations.md", law).read(found)
    return found, law


class _Page:
    def __init__(self, path: Path, law: Law) -> None:
        self._path, self._law = path, law
        self._tables: dict[str, Table] = read_tables(path, law)

    def rows(self, heading: str, *columns: str) -> list[Row]:
        return rows_of(self._path, self._tables, heading, columns, self._law)

    def complain(self, row: Row, message: str) -> None:
        self._law.problems.append(row.problem(message))

    def demand(self, row: Row, column: str, known: Iterable[str]) -> str:
        """A plain cell that must be one of a few."""
        text, choices = row.cells[column], list(known)
        if text not in choices:
            listed = ", ".join(repr(choice) for choice in choices)
            self.complain(row, f"{column} is {text!r}; use one of {listed}")
        return text

    def known(self, row: Row, column: str, known: Iterable[str]) -> tuple[str, ...]:
        """The names of a cell, each of which must be known."""
        names, choices = row.names(column), set(known)
        for name in names:
            if name not in choices:
                self.complain(row, f"`{name}` in {column} is not known; correct it or add its row")
        return tuple(names)

    def once(self, rows: list[Row], names: list[str], what: str) -> None:
        for row, name in zip(rows, names):
            if not name:
                self.complain(row, f"this {what} has no name; write it in code type")
            elif names.count(name) > 1:
                self.complain(row, f"the {what} `{name}` stands here {names.count(name)} times")


class _Outcomes(_Page):
    def read(self, into: Vocabulary) -> None:
        rows = self.rows("Outcomes of a driver", "outcome", "operations", "meaning")
        ended = self.rows("Outcomes of the controller", "outcome", "meaning")
        for row in rows:
            of_all = self.demand(row, "operations", ("all", "some")) == "all"
            into.outcomes.append(Outcome(row.name("outcome"), of_all, True))
        into.outcomes += [Outcome(row.name("outcome"), True, False) for row in ended]
        self.once(rows + ended, [each.name for each in into.outcomes], "outcome")
        self._read_results(into)

    def _read_results(self, into: Vocabulary) -> None:
        rows = self.rows("Outcomes in a history", "in a history", "effect", "outcomes")
        names = [each.name for each in into.outcomes]
        for row in rows:
            own = row.name("in a history")
            outcomes = self.known(row, "outcomes", [*names, own])
            into.results.append(Result(own, self.demand(row, "effect", EFFECTS), outcomes))
        self.once(rows, [each.name for each in into.results], "outcome in a history")
        mentions = [name for each in into.results for name in each.outcomes]
        for name in names:
            if mentions.count(name) != 1 and rows:
                count = mentions.count(name)
                self.complain(rows[0], f"`{name}` stands in {count} rows, not in one")


class _Operations(_Page):
    def read(self, into: Vocabulary) -> None:
        self._read_types(into)
        self._read_fields(into)
        columns = ("operation", "on", "fields", "value", "outcomes")
        for row in self.rows("Operations of every process", *columns):
            self._read_operation(row, (PROCESS,), False, into)
        for row in self.rows("Operations of a parent", *columns):
            self._read_operation(row, (PROCESS,), True, into)
        for row in self.rows("Operations of objects", columns[0], "types", *columns[1:]):
            types = self.known(row, "types", into.hello_types())
            self._read_operation(row, types, True, into)
        rows = self.rows("Options", "option", "what may be asked for with it")
        into.options = [row.name("option") for row in rows]
        self.once(rows, into.options, "option")
        self._read_endings(into)
        self._read_operators(into)
        self._read_sections(into)

    def _read_types(self, into: Vocabulary) -> None:
        for row in self.rows("Types", "what", "in a hello", "in a `create`", "in a history"):
            into.types.append(
                Type(row.name("in a hello"), row.name("in a `create`"), row.name("in a history"))
            )

    def _read_fields(self, into: Vocabulary) -> None:
        rows = self.rows("Fields", "field", "type", "unit", "range", "absent", "meaning")
        for row in rows:
            kind = self.demand(row, "type", FIELD_TYPES)
            into.fields.append(Field(row.name("field"), kind, row.cells["range"]))
        self.once(rows, [each.name for each in into.fields], "field")

    def _read_operation(
        self, row: Row, types: tuple[str, ...], declared: bool, into: Vocabulary
    ) -> None:
        name = row.name("operation")
        for each in into.operations:
            if each.name == name and set(each.types) & set(types):
                self.complain(row, f"`{name}` stands twice for one type")
        self.known(row, "fields", (each.name for each in into.fields))
        cells = [cell for cell in row.cells["fields"].split(",") if cell]
        into.operations.append(
            Operation(
                name,
                types,
                declared,
                self.demand(row, "on", ("", "object", "child")),
                tuple(tuple(names_in(cell)) for cell in cells),
                frozenset(name for cell in cells if "[" in cell for name in names_in(cell)),
                self.demand(row, "value", VALUES),
                self._outcomes(row, into),
            )
        )

    def _outcomes(self, row: Row, into: Vocabulary) -> tuple[str, ...]:
        some = [each.name for each in into.outcomes if not each.of_all]
        of_all = [each.name for each in into.outcomes if each.of_all]
        return (*self.known(row, "outcomes", some), *of_all)

    def _read_endings(self, into: Vocabulary) -> None:
        rows = self.rows("Endings", "how", "by", "normal")
        for row in rows:
            by_itself = self.demand(row, "by", ("itself", "another")) == "itself"
            normal = self.demand(row, "normal", ("yes", "no")) == "yes"
            into.endings.append(Ending(row.name("how"), by_itself, normal))
        self.once(rows, [each.name for each in into.endings], "ending")

    def _read_sections(self, into: Vocabulary) -> None:
        rows = self.rows("Sections of the law", "operation", "types", "sections")
        for row in rows:
            name = row.name("operation")
            self.known(row, "operation", into.operation_names())
            types = self.known(row, "types", into.hello_types())
            into.sections.append(Sections(name, types, tuple(row.names("sections"))))
        found = {(each.operation, kind) for each in into.sections for kind in each.types}
        for each in into.operations:
            for kind in each.types:
                if rows and each.declared and (each.name, kind) not in found:
                    message = (
                        f"`{each.name}` of `{kind}` has no row here; say which sections it has"
                    )
                    self.complain(rows[0], message)

    def _read_operators(self, into: Vocabulary) -> None:
        rows = self.rows("Operations in a history", "in a history", "operations")
        for row in rows:
            operations = self.known(row, "operations", into.operation_names())
            into.operators[row.name("in a history")] = operations
        self.once(rows, [row.name("in a history") for row in rows], "operation in a history")
