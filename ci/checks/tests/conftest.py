"""A small tree of files. Each test breaks one of them."""

from __future__ import annotations

import contextlib
import importlib
import io
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKS))


@dataclass(frozen=True)
class Result:
    returncode: int
    stdout: str
    stderr: str


class Tree:
    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def under_git(self, *tracked: str) -> None:
        self.git("init", "--quiet")
        if tracked:
            self.git("add", *tracked)

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", "-C", str(self.root), *arguments], check=True)

    def run(self, program: str) -> Result:
        """Runs a check as its program does, but in this interpreter."""
        house, check = importlib.import_module("house"), importlib.import_module(program)
        stdout, stderr = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            try:
                status = house.run(program, check.check, ["--root", str(self.root)])
            except SystemExit as wrong_usage:
                status = wrong_usage.code
        return Result(status, stdout.getvalue(), stderr.getvalue())

    def run_program(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a check as the build does, in an interpreter of its own."""
        path = str(CHECKS / program)
        command = [sys.executable, "-B", path, "--root", str(self.root), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)
