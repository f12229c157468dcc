"""Where an output goes: a file, or standard output by the name -."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Callable, Iterator

from psq.base.status import Stop, cannot_write

STANDARD_OUTPUT = "-"


def write(target: str, text: str) -> None:
    """Raises UsageError for a wrong place, NoRoom when the disk is full."""
    if target == STANDARD_OUTPUT:
        print(text, flush=True)
        return
    try:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).write_text(text, encoding="utf-8")
    except OSError as error:
        raise cannot_write(target, error) from error


@contextlib.contextmanager
def in_any_case(act: Callable[[], None]) -> Iterator[None]:
    """Does `act` also when the block could not write something: a verdict is told in any case."""
    try:
        yield
    except (Stop, OSError):
        act()
        raise
    act()
