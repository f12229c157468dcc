"""The queue in one file, under a lock that dies with the process that holds it.

A process that is killed within a step takes the lock along: no later step of any process is ever done.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from typing import Iterator

from file_store import FileStore
from stores import SOON


class OneLockStore(FileStore):
    """To be handed to children by fork."""

    def __init__(self) -> None:
        super().__init__()
        self._mutex = multiprocessing.get_context("fork").Lock()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[bool]:
        if not self._mutex.acquire(timeout=SOON):
            yield False
            return
        try:
            yield True
        finally:
            self._mutex.release()
