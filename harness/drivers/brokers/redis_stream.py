"""A queue that is one stream of Redis with one group of consumers.

A delivery is an entry of the group's list of pending entries. An entry that was idle there for the
visibility timeout is claimed by the next receive. The server offers no nack: an entry is given back
by a claim that sets its idle time to what makes the next receive claim it. It offers no dead letters
either: a second stream has them.
"""

from __future__ import annotations

import time
import uuid
from typing import Any, List, Optional

import redis_client
from broker import Broker, deliveries
from delivery import PATIENCE, Delivery, DeliveryQueue, NotHeld
from redis_client import Client

GROUP = "group"
_CONSUMER = "consumer"
_DEFAULT_VISIBILITY = 60.0
LOOKS_AGAIN = 0.02  # seconds: no client is told of an entry whose time has passed
# One step of the server, so that the death of the client leaves all of it or nothing.
# A server without room goes on with a script that has begun to write.
_SETTLE = """
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XDEL', KEYS[1], ARGV[2])
if ARGV[3] then redis.call('XADD', KEYS[2], '*', 'item', ARGV[3]) end
return 1
"""


class RedisStream(DeliveryQueue):
    """One stream, for all processes."""

    def __init__(
        self,
        client: Client,
        visibility: float = _DEFAULT_VISIBILITY,
        patience: float = PATIENCE,
    ) -> None:
        self._client = client
        self._patience = patience
        self._key = f"stream:{uuid.uuid4().hex}"
        self._dead = f"{self._key}:dead"
        self._visibility = max(1, round(visibility * 1000))
        with client.errors():
            self._redis().xgroup_create(self._key, GROUP, id="0", mkstream=True)

    def _redis(self) -> Any:
        return self._client.redis(self._patience)

    def consumer(self) -> str:
        """Under which name this process has what is delivered to it."""
        return _CONSUMER

    def add(self, data: bytes) -> None:
        with self._client.errors():
            self._redis().xadd(self._key, {"item": data})

    def take(self, deadline: float) -> Optional[Delivery]:
        while True:
            left = deadline - time.monotonic()
            found = self.fetch(1, min(left, LOOKS_AGAIN))
            if found or left <= 0:
                return found[0] if found else None

    def fetch(self, count: int, seconds: float) -> List[Delivery]:
        """So many deliveries, or fewer.  Waits so long when there is none."""
        with self._client.errors():
            return self._fetch_expired(count) or self._fetch_new(count, seconds)

    def _fetch_expired(self, count: int) -> List[Delivery]:
        redis = self._redis()
        group = (self._key, GROUP, self.consumer())
        claimed = redis.execute_command(
            "XAUTOCLAIM", *group, self._visibility, "0", "COUNT", count
        )[1]
        found = []
        for ticket, fields in claimed:
            pending = redis.xpending_range(self._key, GROUP, ticket, ticket, 1)
            times = pending[0]["times_delivered"] if pending else 2
            found.append(Delivery(fields[b"item"], int(times), ticket))
        return found

    def _fetch_new(self, count: int, seconds: float) -> List[Delivery]:
        block = max(round(seconds * 1000), 1) if seconds > 0 else None
        found = self._redis().xreadgroup(
            GROUP, self.consumer(), {self._key: ">"}, count=count, block=block
        )
        return [Delivery(fields[b"item"], 1, id) for _, got in found for id, fields in got]

    def ack(self, delivery: Delivery) -> None:
        self._settle(delivery)

    def reject(self, delivery: Delivery) -> None:
        self._settle(delivery, delivery.data)

    def _settle(self, delivery: Delivery, *dead: bytes) -> None:
        keys = (self._key, self._dead)
        with self._client.errors():
            done = self._redis().eval(_SETTLE, 2, *keys, GROUP, delivery.ticket, *dead)
        if not done:
            raise NotHeld

    def nack(self, delivery: Delivery) -> None:
        self._be_idle(delivery, self._visibility + 1)

    def extend(self, delivery: Delivery) -> None:
        self._be_idle(delivery, 0)

    def _be_idle(self, delivery: Delivery, milliseconds: int) -> None:
        with self._client.errors():
            claimed = self._redis().xclaim(
                *(self._key, GROUP, self.consumer(), 0, [delivery.ticket]),
                idle=milliseconds,
                justid=True,
            )
        if not claimed:
            raise NotHeld

    def ready(self) -> int:
        with self._client.errors():
            redis = self._redis()
            total = redis.xlen(self._key)
            held = redis.xpending(self._key, GROUP)["pending"]
            expired = redis.xpending_range(
                *(self._key, GROUP, "-", "+", max(held, 1)), idle=self._visibility
            )
            return int(total - held + len(expired))

    def dead_letters(self) -> int:
        with self._client.errors():
            return int(self._redis().xlen(self._dead))


def _make(client: Client, prefetch: Optional[int] = None, **arguments: Any) -> RedisStream:
    if prefetch is None:
        return RedisStream(client, **arguments)
    from redis_prefetch import PrefetchingStream

    return PrefetchingStream(client, prefetch, **arguments)


BROKER = Broker(
    "redis-streams",
    redis_client.server("--appendonly", "yes", "--appendfsync", "always"),
    Client,
    redis_client.version,
    ("broker",),
    {"broker_queue": _make},
    deliveries("fill_server"),
    options=("visibility", "prefetch", "patience"),
    fill=redis_client.fill,
)
