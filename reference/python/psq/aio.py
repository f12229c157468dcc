"""Waits of asyncio, which end without an effect when their task is cancelled."""

from __future__ import annotations

import asyncio
import os
from typing import Callable

# Of a put that waits for a slot: no descriptor tells of slots.
_FIRST_PAUSE = 0.0005
_LONGEST_PAUSE = 0.02


async def readable(descriptor: int) -> None:
    """Waits until the descriptor is readable. Any number of tasks may wait for the same one."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()

    def tell() -> None:
        if not ready.done():
            ready.set_result(None)

    # An event loop knows one reader of a number.
    own = os.dup(descriptor)
    try:
        loop.add_reader(own, tell)
        await ready
    finally:
        loop.remove_reader(own)
        os.close(own)


async def until_true(attempt: Callable[[], bool]) -> None:
    """Attempts until one succeeds, more and more seldom."""
    pause = _FIRST_PAUSE
    while not attempt():
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
