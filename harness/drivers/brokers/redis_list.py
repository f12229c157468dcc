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

import redis_client
from broker import Broker
from delivery import PATIENCE
from redis_client import Client

_LONGEST_WAIT = PATIENCE / 2  # seconds of one command, so that a silent server is noticed


class RedisSimpleQueue:
    """All processes and threads may use it at the same time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._key = f"queue:{uuid.uuid4().hex}"

    def put(self, value: Any) -> None:
        data = bytes(ForkingPickler.dumps(value))
        with self._client.errors():
            self._redis().rpush(self._key, data)

    def _redis(self) -> Any:
        return self._client.redis(PATIENCE)

    def get(self) -> Any:
        return self._take(None)

    def _length(self) -> int:
        with self._client.errors():
            return int(self._redis().llen(self._key))

    def empty(self) -> bool:
        return self._length() == 0

    def _take(self, seconds: Optional[float]) -> Any:
        with self._client.errors():
            data = self._pop(seconds)
        return ForkingPickler.loads(data)

    def _pop(self, seconds: Optional[float]) -> bytes:
        redis = self._redis()
        deadline = math.inf if seconds is None else time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                data: Optional[bytes] = redis.lpop(self._key)
                if data is None:
                    raise queue.Empty
                return data
            # The server counts in milliseconds of another clock, and takes 0 for ever.
            found = redis.blpop(self._key, timeout=min(max(left, 0.001), _LONGEST_WAIT))
            if found is not None:
                return bytes(found[1])


class RedisQueue(RedisSimpleQueue):
    """With the timeouts of a Queue; it has no bound, so that a put never waits."""

    def put(self, value: Any, block: bool = True, timeout: Optional[float] = None) -> None:
        _seconds(block, timeout)
        super().put(value)

    def get(self, block: bool = True, timeout: Optional[float] = None) -> Any:
        return self._take(_seconds(block, timeout))

    def qsize(self) -> int:
        return self._length()

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


BROKER = Broker(
    "redis",
    redis_client.server("--appendonly", "no"),
    Client,
    redis_client.version,
    ("base", "manager"),
    {"queue": lambda client, **_: RedisQueue(client), "simple_queue": RedisSimpleQueue},
    {
        "queue": ["put", "get", "qsize", "empty", "full"],
        "simple_queue": ["put", "get", "empty"],
    },
)
