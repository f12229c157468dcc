"""Lists of operations for the end of the process: before and after the implementation's own end.

Handlers of ``atexit`` run in the reverse order of their registration.  The kit is imported before the
implementation, and the handler that is registered here runs after the implementation's.
"""

from __future__ import annotations

import atexit
import os
from typing import Callable, Dict, List, Tuple

BEFORE = "before_exit"
AFTER = "after_exit"

_tasks: Dict[str, List[Tuple[int, Callable[[], object]]]] = {BEFORE: [], AFTER: []}


def add(when: str, task: Callable[[], object]) -> None:
    """Have a task done on the main thread at the end of this process, after those added before."""
    _tasks[when].append((os.getpid(), task))


def _do(when: str) -> None:
    for process, task in _tasks[when]:
        if process == os.getpid():  # a forked child has a copy of its parent's
            task()


def register_before() -> None:
    """To be called when the implementation has registered what it does at the end."""
    atexit.register(_do, BEFORE)


atexit.register(_do, AFTER)
