"""Mutants of a Python package: a copy of it with one change comes first on the driver's path."""

from __future__ import annotations

import os
import shutil
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Optional

from psq.base.status import InternalError, UsageError
from psq.mutants import reached
from psq.mutants.change import Change
from psq.mutants.python_operators import python_changes
from psq.mutants.python_scope import FILES
from psq.mutants.subject import Variant
from psq.running.drivers import START_METHODS, Driver


class PythonSubject:
    """The package that a Python driver drives."""

    def __init__(self, driver: Driver, globs: list[str], ledger: Optional[Path]) -> None:
        self.slug = driver.slug
        self._argv = driver.argv
        self._ledger = ledger
        self._module = _option(driver.argv, "--module", "multiprocessing")
        self._package = _folder_of(driver.argv[0], self._module)
        self._files = _choose(self._package, globs)
        self._methods = START_METHODS if "--manager" not in driver.argv else ("fork",)

    @property
    def sources(self) -> dict[str, bytes]:
        return {name: (self._package / name).read_bytes() for name in self._files}

    def changes(self) -> list[Change]:
        return [
            change
            for name, source in self.sources.items()
            for change in python_changes(name, source)
        ]

    def build(self, folder: Path, change: Optional[Change]) -> list[Variant]:
        copy = self._copy(folder)
        if change is not None:
            path = copy / change.file
            path.write_bytes(change.apply(path.read_bytes()))
        return self._variants(folder)

    def watched(self, folder: Path) -> Optional[list[Variant]]:
        copy = self._copy(folder)
        for name, source in self.sources.items():
            (copy / name).write_text(reached.watched(name, source.decode()), encoding="utf-8")
        reached.write_module(folder)
        return self._variants(folder)

    def _copy(self, folder: Path) -> Path:
        """With times, so that what was compiled of the unchanged modules is taken."""
        copy = folder / self._module
        shutil.copytree(self._package, copy, ignore=shutil.ignore_patterns("tests", "test"))
        return copy

    def _variants(self, folder: Path) -> list[Variant]:
        path = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
        at = self._argv.index("--start-method") + 1
        return [
            Variant(
                method,
                (
                    "/usr/bin/env",
                    f"PYTHONPATH={path}",
                    *self._argv[:at],
                    method,
                    *self._argv[at + 1 :],
                ),
                self._ledger,
            )
            for method in self._methods
        ]


def _option(argv: tuple[str, ...], name: str, default: str) -> str:
    return argv[argv.index(name) + 1] if name in argv else default


def _folder_of(interpreter: str, module: str) -> Path:
    if "." in module:
        raise UsageError(f"psq mutants takes a package at the top, not one within: {module}")
    answer = subprocess.run(
        [interpreter, "-c", f"import {module}; print({module}.__path__[0])"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd="/",
    )
    if answer.returncode != 0:
        raise InternalError(f"{interpreter} has no package {module}: {answer.stderr.strip()}")
    return Path(answer.stdout.strip())


def _choose(package: Path, globs: list[str]) -> list[str]:
    there = sorted(path.name for path in package.glob("*.py"))
    if not globs:
        return [name for name in FILES if name in there]
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in there):
            raise UsageError(f"no file of {package} matches {glob!r}; there are {', '.join(there)}")
    return [name for name in there if any(fnmatchcase(name, glob) for glob in globs)]
