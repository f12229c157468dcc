"""Fails when clang-format would change a C++ file."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import house
from house import Finding

CXX = (".h", ".hpp", ".cc", ".cpp")
_COMPLAINT = re.compile(r"(?P<file>[^:\n]+):(?P<line>\d+):\d+: (?:error|warning): (?P<what>.*)")


def check(root: Path) -> tuple[list[Finding], int, str]:
    program = shutil.which("clang-format")
    if program is None:
        raise SystemExit("clang-format is missing; install the package clang-format")
    sources = [str(path) for path in house.files(root) if path.suffix in CXX]
    if not sources:
        return [], 0, "C++ files"
    answer = subprocess.run(
        [program, "--dry-run", "--Werror", "--style=file", *sources],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    # One finding per file, at its first line, because one command repairs the whole file.
    first: dict[str, Finding] = {}
    for match in _COMPLAINT.finditer(answer.stderr):
        message = f"not formatted; run 'clang-format -i {match['file']}'"
        first.setdefault(match["file"], Finding(match["file"], int(match["line"]), message))
    if answer.returncode != 0 and not first:
        raise SystemExit(f"clang-format failed: {answer.stderr.strip()}")
    return list(first.values()), len(sources), "C++ files"


if __name__ == "__main__":
    sys.exit(house.run(__doc__, check, sys.argv[1:]))
