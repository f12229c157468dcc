"""What the tests of the command share: the package itself, and a tree whose suite can do wrong."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from psq import cli  # noqa: E402
from psq.base.paths import Paths  # noqa: E402


def make_program(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A build tree with a suite that does what its driver's arguments say; see misbehaving_suite.py."""
    suite = f'exec "{sys.executable}" -I -S "{HERE / "misbehaving_suite.py"}" "$@"'
    make_program(tmp_path / "bin" / "psq-conformance", suite)
    make_program(tmp_path / "driver", "exit 0")
    return Paths(build=tmp_path)


@pytest.fixture
def psq(paths: Paths, capsys: pytest.CaptureFixture):
    """Runs a command line; gives its status, output and error output."""

    def run(*argv: str) -> tuple[int, str, str]:
        status = cli.main(list(argv), paths)
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def built() -> Paths:
    """The real build tree, which ctest names."""
    folder = os.environ.get("PSQ_BUILD_DIR")
    if not folder:
        pytest.skip("PSQ_BUILD_DIR names no build tree")
    return Paths(build=Path(folder))


def fault_row(name, clause="queue.get.c", **fields):
    """A row of a table of faults, as a faulty driver lists it."""
    row = {"name": name, "clause": clause, "breaks": "something", "also": [], "search": None}
    row["thorough"] = False
    return {**row, "file": "harness/drivers/faulty/faults/some.cc", "line": 7, **fields}
