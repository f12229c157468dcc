"""Reads the pages that hold clauses; spec/README.md describes their format."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

LEVELS = ("MUST", "SHOULD", "MAY", "OBSERVED")
PROFILES = ("base", "lifecycle", "robust", "manager", "broker")
NOTES = ("Why", "Source", "Differs", "Example")

# Pages that explain and hold no clause. Every other page directly in spec/ is a page of clauses.
PROSE_PAGES = frozenset(
    (
        "README",
        "model",
        "crash-points",
        "operations",
        "outcomes",
        "limits",
        "changes",
        "driver-protocol",
        "history-format",
        "item-formats",
    )
)

CLAUSE_ID = re.compile(r"[a-z]+(-[a-z]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+")
_HEADING = re.compile(r"## (?P<id>\S+) \((?P<level>[^,()]+), (?P<profile>[^,()]+)\)")
_LOOKS_LIKE_CLAUSE = re.compile(r"## \S+\.\S+ \(")
_NOTE = re.compile(rf"({'|'.join(NOTES)}):\s*")
_SECOND_SENTENCE = re.compile(r"[.!?]\s+(?=[A-Z`])")


@dataclass(frozen=True)
class Problem:
    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: error: {self.message}"


@dataclass(frozen=True)
class Clause:
    id: str
    level: str
    profile: str
    sentence: str
    notes: dict[str, str]
    page: str
    line: int


@dataclass(frozen=True)
class Untested:
    """An entry of limits.md: a clause that has no test, and why."""

    id: str
    reason: str
    line: int


@dataclass
class Law:
    clauses: list[Clause] = field(default_factory=list)
    untested: list[Untested] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def ids(self) -> set[str]:
        return {clause.id for clause in self.clauses}


def numbered_lines(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Line number, line, and whether it belongs to a fenced block."""
    fenced = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fence = line.lstrip().startswith("```")
        yield number, line, fenced or fence
        if fence:
            fenced = not fenced


def check_prose(path: Path, law: Law) -> None:
    for number, line, fenced in numbered_lines(path):
        if not fenced and _LOOKS_LIKE_CLAUSE.match(line):
            message = "a clause on a page that holds none; move it to the page its id begins with"
            law.problems.append(Problem(str(path), number, message))


def read_page(path: Path, law: Law) -> None:
    before = len(law.clauses) + len(law.problems)
    section: list[tuple[int, str, bool]] = []
    for number, line, fenced in numbered_lines(path):
        if not fenced and line.startswith("## "):
            _read_clause(path, section, law)
            section = [(number, line, False)]
        elif section:
            section.append((number, line, fenced))
    _read_clause(path, section, law)
    if len(law.clauses) + len(law.problems) == before:
        message = (
            "a page without clauses; write one, or name the page in PROSE_PAGES of "
            "conformance/law/pages.py if it only explains"
        )
        law.problems.append(Problem(str(path), 1, message))


def _read_clause(path: Path, section: list[tuple[int, str, bool]], law: Law) -> None:
    if not section:
        return
    number, heading, _ = section[0]
    match = _HEADING.fullmatch(heading.rstrip())
    if match is None:
        message = (
            f"{heading!r} is no heading of a clause; write '## {path.stem}.topic.promise "
            "(LEVEL, profile)', or use '###' for a heading that is none"
        )
        law.problems.append(Problem(str(path), number, message))
        return
    complaints = list(_heading_complaints(path.stem, match["id"], match["level"], match["profile"]))
    if len(section) > 1 and section[1][1].strip():
        complaints.append((number + 1, "leave a blank line below the heading"))
    sentence, notes = _read_body(match["id"], number, section[1:], complaints)
    for line, message in complaints:
        law.problems.append(Problem(str(path), line or number, message))
    clause = Clause(
        match["id"], match["level"], match["profile"], sentence, notes, path.name, number
    )
    law.clauses.append(clause)


def _heading_complaints(
    page: str, clause: str, level: str, profile: str
) -> Iterator[tuple[int, str]]:
    if not CLAUSE_ID.fullmatch(clause):
        yield 0, f"{clause!r} is no id; use lower-case words joined by '-', in parts joined by '.'"
    if not clause.startswith(page + "."):
        yield 0, f"{clause} does not begin with its page's name; rename it to {page}.… or move it"
    if level not in LEVELS:
        yield 0, f"{clause} has the unknown level {level!r}; use one of {', '.join(LEVELS)}"
    if profile not in PROFILES:
        yield 0, f"{clause} has the unknown profile {profile!r}; use one of {', '.join(PROFILES)}"


def paragraphs(section: list[tuple[int, str, bool]]) -> Iterator[tuple[int, str]]:
    """The paragraphs as (line, text joined to one line); a fenced block is none."""
    start, words = 0, []
    for number, line, fenced in section:
        if fenced or not line.strip():
            if words:
                yield start, " ".join(words)
            words = []
        else:
            start = start if words else number
            words.append(line.strip())
    if words:
        yield start, " ".join(words)


def _read_body(
    clause: str,
    heading: int,
    section: list[tuple[int, str, bool]],
    complaints: list[tuple[int, str]],
) -> tuple[str, dict[str, str]]:
    sentence, notes = "", {}
    for number, text in paragraphs(section):
        note = _NOTE.match(text)
        if note is not None:
            if note[1] in notes:
                complaints.append((number, f"{clause} has a second '{note[1]}:'; join the two"))
            notes[note[1]] = text[note.end() :]
        elif sentence or notes:
            message = (
                f"{clause} has a second normative paragraph; a clause has one sentence, and what "
                f"else helps begins with one of {', '.join(name + ':' for name in NOTES)}"
            )
            complaints.append((number, message))
        else:
            sentence = text
            complaints.extend((number, message) for message in _sentence_complaints(clause, text))
    if not sentence:
        complaints.append((heading, f"{clause} has no normative sentence; write it below the id"))
    if not notes.get("Source"):
        complaints.append((heading, f"{clause} has no 'Source:'; say where the promise comes from"))
    return sentence, notes


def _sentence_complaints(clause: str, sentence: str) -> Iterator[str]:
    if not sentence.endswith("."):
        yield f"the sentence of {clause} does not end with a full stop; add it"
    if _SECOND_SENTENCE.search(sentence):
        yield f"{clause} has more than one sentence; make them one, or two clauses"
