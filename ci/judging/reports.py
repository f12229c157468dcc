"""The reports in docs/results/reports: a file each, whose opening says what it is about.

    # What is wrong, in a line

    Found by `psq check broker:nats`, at the clause `broker.ready.exact`. …

The first paragraph names each subject by its DRIVER, and the clauses that the report shows broken.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Container, Iterable, NamedTuple

from psq.base.status import UsageError

FOLDER = "docs/results/reports"
_CODE = re.compile(r"`(?:psq check )?([^`]+)`")


@dataclass(frozen=True)
class Report:
    """A report, and what its opening says."""

    name: str
    """Of its file."""
    title: str
    drivers: tuple[str, ...]
    clauses: tuple[str, ...]
    link: str
    """Its place, seen from the pages."""

    def __str__(self) -> str:
        return f"[{self.title}]({self.link})"


def load(root: Path, pages: Path, drivers: Container[str], clauses: Container[str]) -> list[Report]:
    """The reports of the tree, in the order of their names.

    Raises UsageError for one that names no subject or no clause: no page would link it.
    """
    way = Path(os.path.relpath(root / FOLDER, pages)).as_posix()
    return [
        _read(path, f"{way}/{path.name}", drivers, clauses)
        for path in sorted((root / FOLDER).glob("*.md"))
    ]


def _read(path: Path, link: str, drivers: Container[str], clauses: Container[str]) -> Report:
    title, _, rest = path.read_text(encoding="utf-8").partition("\n")
    words = _CODE.findall(rest.strip().partition("\n\n")[0])
    found = Report(
        path.name,
        title.lstrip("# "),
        tuple(dict.fromkeys(word for word in words if word in drivers)),
        tuple(dict.fromkeys(word for word in words if word in clauses)),
        link,
    )
    for what, named in (("subject of ci/results", found.drivers), ("clause", found.clauses)):
        if not named:
            raise UsageError(f"{FOLDER}/{path.name}: its first paragraph names no {what} in `…`")
    return found


class Named(NamedTuple):
    """What a ledger's entry says of a reproduction."""

    report: str
    """The file of the report that it refers to, or nothing."""
    text: str


def named(reproduction: str) -> Named:
    """A reproduction is a text, or `docs/results/reports/NAME.md: TEXT`."""
    found = re.fullmatch(rf"{FOLDER}/([\w.-]+\.md)(?::\s*(.*))?", reproduction, re.DOTALL)
    return Named(found[1], found[2] or "") if found else Named("", reproduction)


def about(reports: Iterable[Report], driver: str) -> list[Report]:
    """The reports of a subject."""
    return [each for each in reports if driver in each.drivers]
