"""The common parts of the checks: the list of files, the form of a finding, the command line."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

# For a tree without version control, such as a source archive.
_NEVER_SOURCE = ("build", "__pycache__", ".cache", ".pytest_cache", ".mypy_cache")


@dataclass(frozen=True)
class Finding:
    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: error: {self.message}"


def files(root: Path) -> list[Path]:
    """All files of the project, relative to `root`: tracked, or new and not ignored."""
    names = _from_git(root) if (root / ".git").exists() else _from_folder(root)
    return sorted(Path(name) for name in names if (root / name).is_file())


def _from_git(root: Path) -> list[str]:
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others"]
    answer = subprocess.run(
        [*command, "--exclude-standard"], capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        raise SystemExit(f"git cannot list the files of {root}: {answer.stderr.strip()}")
    return answer.stdout.split("\0")[:-1]


def _from_folder(root: Path) -> list[str]:
    names: list[str] = []
    for folder, below, here in os.walk(root):
        below[:] = [name for name in below if not name.startswith(_NEVER_SOURCE)]
        names += (os.path.relpath(os.path.join(folder, name), root) for name in here)
    return names


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def run(
    purpose: str, check: Callable[[Path], tuple[list[Finding], int, str]], arguments: list[str]
) -> int:
    """Runs a check as a program. A check that finds nothing to read fails."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--root", type=Path, required=True, help="the top folder of the project")
    root = parser.parse_args(arguments).root
    if not root.is_dir():
        parser.error(f"{root} is not a folder")
    findings, looked_at, what = check(root)
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{looked_at} {what}, {len(findings)} finding(s)")
    if looked_at == 0:
        print(f"found nothing to check; is {root} the top folder?", file=sys.stderr)
    return 1 if findings or looked_at == 0 else 0
