"""A queue that is one stream of Redis with one group of consumers.

A delivery is an entry of the group's list of pending entries. An entry that was idle there for the
visibility timeout is claimed by the next receive. The server offers no nack: an entry is given back
by a claim that sets its idle time to what makes the next receive claim it. It offers no dead letters
either: a second stream has them.
"""

from __future__ import annotations

import queue
import time
import uuid
from contextlib import contextmanager
from typing import Iterator, Optional

from delivery import ConnectionLost, Delivery, DeliveryQueue, NotHeld
from redis_client import LOST, Client, is_full

_GROUP = "group"
_CONSUMER = "consumer"
_DEFAULT_VISIBILITY = 60.0
_LOOKS_AGAIN = 0.02  # seconds: no client is told of an entry whose time has passed
# One step of the server, so that the death of the client leaves all of it or nothing.
_SETTLE = """
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XDEL', KEYS[1], ARGV[2])
if ARGV[3] then redis.call('XADD', KEYS[2], '*', 'item', ARGV[3]) end
return 1
"""


class RedisStream(DeliveryQueue):
    """One stream, for all processes."""

    def __init__(self, client: Client, visibility: float = _DEFAULT_VISIBILITY) -> None:
        self._client = client
        self._key = f"stream:{uuid.uuid4().hex}"
        self._dead = f"{self._key}:dead"
        self._visibility = max(1, round(visibility * 1000))
        with _calls():
            client.redis().xgroup_create(self._key, _GROUP, id="0", mkstream=True)

    def add(self, data: bytes) -> None:
        with _calls():
            self._client.redis().xadd(self._key, {"item": data})

    def take(self, deadline: float) -> Optional[Delivery]:
        with _calls():
            while True:
                found = self._take_expired()
                if found is not None:
                    return found
                left = deadline - time.monotonic()
                found = self._take_new(min(left, _LOOKS_AGAIN))
                if found is not None or left <= 0:
                    return found

    def _take_expired(self) -> Optional[Delivery]:
        redis = self._client.redis()
        claimed = redis.execute_command(
            *("XAUTOCLAIM", self._key, _GROUP, _CONSUMER, self._visibility, "0", "COUNT", 1)
        )[1]
        if not claimed:
            return None
        ticket, fields = claimed[0]
        pending = redis.xpending_range(self._key, _GROUP, ticket, ticket, 1)
        count = pending[0]["times_delivered"] if pending else 2
        return Delivery(fields[b"item"], int(count), ticket)

    def _take_new(self, seconds: float) -> Optional[Delivery]:
        block = round(seconds * 1000) if seconds > 0 else None
        found = self._client.redis().xreadgroup(
            _GROUP, _CONSUMER, {self._key: ">"}, count=1, block=max(block, 1) if block else None
        )
        if not found:
            return None
        ticket, fields = found[0][1][0]
        return Delivery(fields[b"item"], 1, ticket)

    def ack(self, delivery: Delivery) -> None:
        self._settle(delivery)

    def reject(self, delivery: Delivery) -> None:
        self._settle(delivery, delivery.data)

    def _settle(self, delivery: Delivery, *dead: bytes) -> None:
        keys = (self._key, self._dead)
        with _calls():
            done = self._client.redis().eval(_SETTLE, 2, *keys, _GROUP, delivery.ticket, *dead)
        if not done:
            raise NotHeld

    def nack(self, delivery: Delivery) -> None:
        self._be_idle(delivery, self._visibility + 1)

    def extend(self, delivery: Delivery) -> None:
        self._be_idle(delivery, 0)

    def _be_idle(self, delivery: Delivery, milliseconds: int) -> None:
        with _calls():
            claimed = self._client.redis().xclaim(
                *(self._key, _GROUP, _CONSUMER, 0, [delivery.ticket]),
                idle=milliseconds,
                justid=True,
            )
        if not claimed:
            raise NotHeld

    def ready(self) -> int:
        with _calls():
            redis = self._client.redis()
            total = redis.xlen(self._key)
            held = redis.xpending(self._key, _GROUP)["pending"]
            expired = redis.xpending_range(
                *(self._key, _GROUP, "-", "+", max(held, 1)), idle=self._visibility
            )
            return int(total - held + len(expired))

    def dead_letters(self) -> int:
        with _calls():
            return int(self._client.redis().xlen(self._dead))


@contextmanager
def _calls() -> Iterator[None]:
    try:
        yield
    except LOST as error:
        raise ConnectionLost(str(error)) from error
    except Exception as error:
        if is_full(error):
            raise queue.Full from error
        raise
