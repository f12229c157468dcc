"""Fails for what flake8 finds in Python files, and for types that mypy finds wrong.

.flake8 at the top has the settings of the one, and each pyproject.toml with a section for mypy those of the other: it
also says which files have types.
"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import house
from house import Finding

_COMPLAINT = re.compile(r"^(?P<file>[^:\n]+):(?P<line>\d+):(?:\d+:)? (?P<what>.*)$", re.M)
_NOTE = "note: "


def check(root: Path) -> tuple[list[Finding], int, str]:
    sources = [str(path) for path in house.files(root) if path.suffix == ".py"]
    if not sources:
        return [], 0, "Python files"
    findings = _ask(root, "flake8", *sources)
    for folder in _typed(root):
        findings += _ask(root / folder, "mypy", "--no-error-summary", prefix=folder)
    return findings, len(sources), "Python files"


def _typed(root: Path) -> list[Path]:
    """The folders, relative to `root`, whose pyproject.toml has settings of mypy."""
    settings = [root / path for path in house.files(root) if path.name == "pyproject.toml"]
    return [
        path.parent.relative_to(root)
        for path in settings
        if "[tool.mypy]" in path.read_text(encoding="utf-8")
    ]


def _ask(root: Path, tool: str, *arguments: str, prefix: Path = Path()) -> list[Finding]:
    if find_spec(tool) is None:
        raise SystemExit(f"{tool} is not there; install the package {tool}")
    command = [sys.executable, "-m", tool, *arguments]
    answer = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    findings = [
        Finding(
            str(prefix / match["file"]), int(match["line"]), match["what"].removeprefix("error: ")
        )
        for match in _COMPLAINT.finditer(answer.stdout)
        if not match["what"].startswith(_NOTE)
    ]
    if answer.returncode != 0 and not findings:
        text = (answer.stdout + answer.stderr).strip()
        raise SystemExit(f"{tool} failed with status {answer.returncode}: {text}")
    return findings


if __name__ == "__main__":
    sys.exit(house.run(__doc__, check, sys.argv[1:]))
