"""Which Python a driver runs on: one that runs, is new enough, and has the module that is judged."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from psq.base.status import DriverMissing

OLDEST_PYTHON = (3, 9)


def find_interpreter(name: str) -> str:
    """The path of a Python that runs and is new enough for the driver."""
    candidates = _candidates(name)
    if not candidates:
        raise DriverMissing(
            f"there is no interpreter {name!r}. Give a path to a Python 3.9 or newer, or a name that "
            "is on the PATH."
        )
    reasons = []
    for path in candidates:
        reason = _unfit(path)
        if reason is None:
            return path
        reasons.append(f"{path} {reason}")
    raise DriverMissing("no usable interpreter: " + "\n".join(reasons))


def _candidates(name: str) -> list[str]:
    """Every program of that name on the PATH: a version manager's placeholder may come first."""
    folders = [""] if "/" in name else os.get_exec_path()
    paths = [os.path.abspath(os.path.join(folder, name)) for folder in folders]
    return [
        path for path in dict.fromkeys(paths) if os.path.isfile(path) and os.access(path, os.X_OK)
    ]


def _unfit(path: str) -> str | None:
    """Why the program at `path` cannot run the Python driver, or None."""
    try:
        answer = subprocess.run(
            [path, "-c", "import sys; print(*sys.version_info[:2])"],
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        version = tuple(int(each) for each in answer.stdout.split())
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return f"does not run as a Python: {error}"
    if answer.returncode != 0 or len(version) != 2:
        return f"does not run as a Python: {answer.stderr.strip()[:200]}"
    if version < OLDEST_PYTHON:
        return f"is Python {version[0]}.{version[1]}; the driver needs 3.9 or newer"
    return None


def implementation_of(path: str) -> str:
    """Which Python it is, in lower case: cpython, pypy. Its own ledger applies to it."""
    program = "import platform; print(platform.python_implementation().lower())"
    try:
        answer = subprocess.run(
            [path, "-c", program], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise DriverMissing(f"{path} does not run as a Python: {error}") from error
    return answer.stdout.strip()


def check_module(interpreter: str, module: str, folder: Path | None = None) -> None:
    """Raises DriverMissing unless the interpreter can import the module, from the folder if there is one."""
    try:
        answer = subprocess.run(
            [
                interpreter,
                "-c",
                "import importlib, sys; sys.path[:0] = sys.argv[2:]; importlib.import_module(sys.argv[1])",
                module,
                *([] if folder is None else [str(folder)]),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
            check=False,
            cwd="/",  # as for the driver, the modules of the current folder are out of reach
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DriverMissing(f"{interpreter} cannot import {module}: {error}") from error
    if answer.returncode != 0:
        reason = (answer.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise DriverMissing(
            f"{interpreter} cannot import {module} ({reason}). Install it for that interpreter, "
            "or name another interpreter with @."
        )
