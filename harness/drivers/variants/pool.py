"""Memory that a process keeps, as a heap that grows in steps or a compiler at run time does."""

from __future__ import annotations

from typing import List


class Pool:
    """Grows by 2 MiB at the 16th object, the 64th, the 256th and so on; one per process.

    Not safe for several threads: a driver creates its objects on its main thread.
    """

    _STEP = 2 << 20

    def __init__(self) -> None:
        self._served = 0
        self._grows_at = 16
        self._blocks: List[bytes] = []

    def serve_one(self) -> None:
        self._served += 1
        if self._served < self._grows_at:
            return
        self._grows_at *= 4
        self._blocks.append(b"\1" * self._STEP)
