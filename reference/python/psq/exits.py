"""The end of a process: it waits until the items that it has put are visible to others.

``multiprocessing`` ends its children without the end of a C program, and its own process at the end of
the interpreter. So each process that puts has itself finished there, behind the wait for its children.
"""

from __future__ import annotations

import os
from . import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

# As of multiprocessing's own queues: when the children have ended.
_PRIORITY = -5


# Whether this process will finish at its end.
_will_finish = False
# Queues that were dropped with items in their buffers.
_lingering: List[Any] = []


def putting() -> None:
    """To be called before the first put of a queue in a process."""
    global _will_finish
    if _will_finish:
        return
    from multiprocessing.util import Finalize

    _will_finish = True
    Finalize(None, _native.finish, exitpriority=_PRIORITY)


def dropped(core: Any) -> None:
    """What the end of the last reference to a queue does: its items arrive all the same."""
    core.close()
    _lingering[:] = [each for each in _lingering if not each.flushed()]
    if not core.flushed():
        _lingering.append(core)


def _forked() -> None:
    global _will_finish
    _will_finish = False
    _native.forked()
    _lingering.clear()


os.register_at_fork(after_in_child=_forked)
