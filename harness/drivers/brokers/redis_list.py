"""A queue that is one list of Redis: RPUSH puts, BLPOP takes.

What is taken is gone from the server, whatever becomes of its taker.
"""

from __future__ import annotations

import math
import queue
import time
import uuid
from multiprocessing.reduction import ForkingPickler
from typing import Any, Optional

from redis_client import Client


class RedisSimpleQueue:
    """All processes and threads may use it at the same time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._key = f"queue:{uuid.uuid4().hex}"

    def put(self, value: Any) -> None:
        self._client.redis().rpush(self._key, bytes(ForkingPickler.dumps(value)))

    def get(self) -> Any:
        return self._take(None)

    def empty(self) -> bool:
        return bool(self._client.redis().llen(self._key) == 0)

    def _take(self, seconds: Optional[float]) -> Any:
        redis = self._client.redis()
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            left = 0.0 if deadline is None else deadline - time.monotonic()
            if deadline is not None and left <= 0:
                data = redis.lpop(self._key)
                if data is None:
                    raise queue.Empty
                break
            # The server counts in milliseconds of another clock, and takes 0 for ever.
            found = redis.blpop(self._key, timeout=left if deadline is None else max(left, 0.001))
            if found is not None:
                data = found[1]
                break
        return ForkingPickler.loads(data)


class RedisQueue(RedisSimpleQueue):
    """With the timeouts of a Queue; it has no bound, so that a put never waits."""

    def put(self, value: Any, block: bool = True, timeout: Optional[float] = None) -> None:
        _seconds(block, timeout)
        super().put(value)

    def get(self, block: bool = True, timeout: Optional[float] = None) -> Any:
        return self._take(_seconds(block, timeout))

    def qsize(self) -> int:
        return int(self._client.redis().llen(self._key))

    def full(self) -> bool:
        return False


def _seconds(block: bool, timeout: Optional[float]) -> Optional[float]:
    if timeout is not None and math.isnan(timeout):
        raise ValueError("a timeout is a number")
    if not block:
        return 0.0
    if timeout is None or timeout == math.inf:
        return None
    return max(timeout, 0.0)
