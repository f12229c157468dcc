"""Fails when a C++ file is not as clang-format leaves it, or a Python file not as black does."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import house
from house import Finding

CXX = (".h", ".hpp", ".cc", ".cpp")
_OF_CLANG_FORMAT = re.compile(r"(?P<file>[^:\n]+):(?P<line>\d+):\d+: (?:error|warning): .*")
_OF_BLACK = re.compile(r"^would reformat (?P<file>.+)$|^error: cannot format (?P<bad>[^:]+):", re.M)


def check(root: Path) -> tuple[list[Finding], int, str]:
    files = house.files(root)
    cxx = [str(path) for path in files if path.suffix in CXX]
    python = [str(path) for path in files if path.suffix == ".py"]
    findings = (_cxx(root, cxx) if cxx else []) + (_python(root, python) if python else [])
    return findings, len(cxx) + len(python), "C++ and Python files"


def _cxx(root: Path, sources: list[str]) -> list[Finding]:
    answer = _run(root, "clang-format", "--dry-run", "--Werror", "--style=file", *sources)
    # One finding a file: the first line says where to look, and the remedy is the same for all.
    first: dict[str, Finding] = {}
    for match in _OF_CLANG_FORMAT.finditer(answer.stderr):
        message = f"not formatted; run 'clang-format -i {match['file']}'"
        first.setdefault(match["file"], Finding(match["file"], int(match["line"]), message))
    return _or_stop("clang-format", answer, list(first.values()))


def _python(root: Path, sources: list[str]) -> list[Finding]:
    answer = _run(root, "black", "--check", *sources)
    names = [match["file"] or match["bad"] for match in _OF_BLACK.finditer(answer.stderr)]
    relative = sorted(name.removeprefix(f"{root.resolve()}/") for name in names)
    found = [Finding(name, 1, f"not formatted; run 'black {name}'") for name in relative]
    return _or_stop("black", answer, found)


def _run(root: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = shutil.which(program)
    if path is None:
        raise SystemExit(f"{program} is not there; install the package {program}")
    command = [path, *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def _or_stop(
    program: str, answer: subprocess.CompletedProcess[str], findings: list[Finding]
) -> list[Finding]:
    """The findings; a tool that failed without one has looked at nothing."""
    if answer.returncode != 0 and not findings:
        raise SystemExit(f"{program} failed: {answer.stderr.strip()}")
    return findings


if __name__ == "__main__":
    sys.exit(house.run(__doc__, check, sys.argv[1:]))
