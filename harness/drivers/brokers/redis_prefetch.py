"""A stream of Redis with a prefetch: each process is a consumer of its own in the group.

The server hands a consumer as many entries as it asks for, and has no limit of its own; so a process
asks for as many as its prefetch leaves it.
"""

from __future__ import annotations

import collections
import os
import threading
import time
import uuid
from typing import Any, Deque, Optional, Set

from delivery import Delivery, NotHeld
from redis_client import Client
from redis_stream import GROUP, LOOKS_AGAIN, RedisStream

# The visibility timeout counts from the receive on. An entry whose time passed before may be
# another process's by then.
_BEGIN = """
if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1, ARGV[2]) == 0 then return 0 end
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'IDLE', 0, 'JUSTID')
return 1
"""


class _Process:
    """What one process has of a queue."""

    def __init__(self) -> None:
        self.name = uuid.uuid4().hex
        self.changed = threading.Condition()
        self.ahead: Deque[Delivery] = collections.deque()
        """Handed to it, and asked for by no receive."""
        self.unsettled: Set[Any] = set()
        self.fetching = False


class PrefetchingStream(RedisStream):
    """A stream of whose deliveries each process has so many at most that it has not settled, those
    that no receive has asked for included."""

    def __init__(self, client: Client, prefetch: int, **arguments: Any) -> None:
        self._prefetch = prefetch
        self._pid = 0
        self._own = _Process()
        super().__init__(client, **arguments)

    def _process(self) -> _Process:
        if self._pid != os.getpid():
            self._pid, self._own = os.getpid(), _Process()
        return self._own

    def consumer(self) -> str:
        return self._process().name

    def room(self) -> int:
        """How many deliveries the process may ask for."""
        own = self._process()
        return self._prefetch - len(own.unsettled) - len(own.ahead)

    def take(self, deadline: float) -> Optional[Delivery]:
        while True:
            left = deadline - time.monotonic()
            found = self._next(min(left, LOOKS_AGAIN))
            if found is not None or left <= 0:
                return found

    def _next(self, seconds: float) -> Optional[Delivery]:
        own = self._process()
        with own.changed:
            while own.ahead:
                found = own.ahead.popleft()
                if self._begin(found):
                    own.unsettled.add(found.ticket)
                    return found
            room = 0 if own.fetching else self.room()
            if room <= 0:
                own.changed.wait(max(seconds, 0))
                return None
            own.fetching = True
        try:
            fetched = self.fetch(room, seconds)
        finally:
            own.fetching = False
        with own.changed:
            own.ahead.extend(fetched)
            own.changed.notify_all()
        return self._next(0) if fetched else None

    def _begin(self, delivery: Delivery) -> bool:
        with self._client.errors():
            key = (_BEGIN, 1, self._key)
            return bool(self._redis().eval(*key, GROUP, self.consumer(), delivery.ticket))

    def _settle(self, delivery: Delivery, *dead: bytes) -> None:
        try:
            super()._settle(delivery, *dead)
        except NotHeld:
            self._settled(delivery)
            raise
        self._settled(delivery)

    def nack(self, delivery: Delivery) -> None:
        super().nack(delivery)
        self._settled(delivery)

    def _settled(self, delivery: Delivery) -> None:
        own = self._process()
        with own.changed:
            own.unsettled.discard(delivery.ticket)
            own.changed.notify_all()
