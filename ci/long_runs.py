"""What the commands share that run for hours, can be interrupted, and go on at the same commit."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "harness"))

from psq.base.status import InternalError, Status, Stop  # noqa: E402


def ended(name: str, run: Callable[[], Status]) -> int:
    """The exit status of ``run``, with a message of the command ``name`` where it did not come to its end."""
    try:
        return int(run())
    except Stop as stop:
        print(f"{name}: {stop}", file=sys.stderr)
        return int(stop.status)
    except KeyboardInterrupt:
        print(f"{name}: interrupted; the same command goes on", file=sys.stderr)
        return int(Status.INTERRUPTED)


def commit_of(root: Path = ROOT) -> str:
    """The commit of the source tree; with changes, also a digest of them."""
    head = _git(root, "rev-parse", "--short=10", "HEAD").strip()
    if not head:
        return "unversioned"
    changes = _git(root, "diff", "HEAD")
    digest = hashlib.sha256(changes.encode()).hexdigest()[:8]
    return f"{head}+{digest}" if changes else head


def _git(root: Path, *arguments: str) -> str:
    try:
        command = ["git", "-C", str(root), *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False
        ).stdout
    except OSError as error:
        raise InternalError(f"git: {error}") from error
