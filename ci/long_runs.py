"""What the commands share that run for hours, can be interrupted, and go on at the same commit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "harness"))

from psq.base.status import Status, Stop  # noqa: E402


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
