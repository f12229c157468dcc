"""Checks that each public header of the reference names clauses that it keeps and that exist."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import house
from house import Finding

_LAW = Path("spec/changes.md")
_HEADERS = Path("reference/include/psq")
# They promise nothing that the law knows.
_NO_CONTRACT = ("export.h", "psq.h", "version.h")

_CHANGE = re.compile(r"^(added|removed) [\w.]+: (\S+)$")
_COMMENT = re.compile(r"^\s*//(.*)$")
# A list ends with its sentence, which may have several lines.
_LIST = re.compile(r"\bClauses:\s+([^;:(]*?)(?:\.(?=\s|$)|$|[;:(])")
_ID = re.compile(r"[a-z-]+(?:\.[a-z-]+)+")


def check(root: Path) -> tuple[list[Finding], int, str]:
    law = _ids(root / _LAW)
    findings: list[Finding] = []
    named = 0
    for path in house.files(root):
        if path.parent != _HEADERS or path.name in _NO_CONTRACT:
            continue
        ids = _named(house.lines(root / path))
        named += len(ids)
        if not ids:
            findings.append(Finding(str(path), 1, "names no clause; write '// Clauses: ID, ID.'"))
        for line, name in ids:
            if name not in law:
                message = f"the law has no clause {name}; {_LAW} lists its clauses"
                findings.append(Finding(str(path), line, message))
    return findings, named, "clauses named"


def _ids(changes: Path) -> set[str]:
    ids: set[str] = set()
    for line in house.lines(changes):
        if change := _CHANGE.match(line):
            (ids.add if change[1] == "added" else ids.discard)(change[2])
    return ids


def _named(lines: list[str]) -> list[tuple[int, str]]:
    """The line and the id of each clause in the lists."""
    found: list[tuple[int, str]] = []
    begin, text = 0, ""
    for number, line in enumerate([*lines, ""], 1):
        comment = _COMMENT.match(line)
        if comment is None or not comment[1].strip():
            for listed in _LIST.finditer(text):
                for name in _ID.finditer(listed[1]):
                    found.append(
                        (begin + text.count("\n", 0, listed.start(1) + name.start()), name[0])
                    )
            begin, text = number + 1, ""
        else:
            text += comment[1] + "\n"
    return found


if __name__ == "__main__":
    sys.exit(house.run(__doc__, check, sys.argv[1:]))
