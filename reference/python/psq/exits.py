"""The end of a process: it waits until the items that it has put are visible to others.

``multiprocessing`` ends its children without the end of a C program, and its own process at the end of
the interpreter. So each process that puts has itself finished there, behind the wait for its children.
"""

from __future__ import annotations

import os
from typing import Any, List

from . import _native

# As of multiprocessing's own queues: when the children have ended.
_PRIORITY = -5


class _Process:
    """This process; another object in each forked child."""

    will_finish = False


this_process = _Process()
# Queues that were dropped with items in their buffers.
_lingering: List[Any] = []


def putting() -> _Process:
    """To be called before the first put of a queue in a process; returns ``this_process``."""
    if not this_process.will_finish:
        from multiprocessing.util import Finalize

        this_process.will_finish = True
        Finalize(None, _native.finish, exitpriority=_PRIORITY)
    return this_process


def dropped(core: Any) -> None:
    """What the end of the last reference to a queue does: its items arrive all the same."""
    core.close()
    _lingering[:] = [each for each in _lingering if not each.flushed()]
    if not core.flushed():
        _lingering.append(core)


def _forked() -> None:
    global this_process
    this_process = _Process()
    _native.forked()
    _lingering.clear()


os.register_at_fork(after_in_child=_forked)
