"""Makes this process the one that reaps the orphans of a driver."""

from __future__ import annotations

import contextlib
import ctypes
from typing import Iterator

_PR_SET_CHILD_SUBREAPER = 36
_PR_GET_CHILD_SUBREAPER = 37


@contextlib.contextmanager
def subreaper() -> Iterator[None]:
    """Within it, orphans below this process become its children; afterwards the old setting is back."""
    before = _set(1)
    try:
        yield
    finally:
        _set(before)


def _set(value: int) -> int:
    """Make this process the one that reaps orphans, or not; returns what it was."""
    libc = ctypes.CDLL(None)
    before = ctypes.c_int()
    libc.prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(before), 0, 0, 0)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, value, 0, 0, 0)
    return before.value
