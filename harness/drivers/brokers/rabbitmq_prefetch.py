"""A queue of RabbitMQ with a prefetch: each process is one consumer, to which the server pushes."""

from __future__ import annotations

import collections
import os
import threading
import time
from typing import Any, Callable, Deque, Optional

from delivery import Delivery
from rabbitmq import RabbitQueue, delivery_of
from rabbitmq_client import Client, Link

_TURN = 0.02  # seconds: how long a receive keeps other threads of its process from settling
_LETS_OTHERS = 0.001


class _Consumer:
    """The consumer of one process; its lock is for the thread that uses the connection."""

    def __init__(self, link: Link, name: str, prefetch: int) -> None:
        self.lock = threading.Lock()
        self.link = link
        self.arrived: Deque[Delivery] = collections.deque()
        link.prefetch(prefetch)
        link.ask(lambda channel: channel.basic_consume(name, self._on_message))

    def _on_message(self, _: Any, *message: Any) -> None:
        self.arrived.append(delivery_of(self.link, *message))


class PrefetchingQueue(RabbitQueue):
    """A quorum queue of whose deliveries each process has so many at most that it has not settled,
    those that no receive has asked for included."""

    def __init__(self, client: Client, prefetch: int, **arguments: Any) -> None:
        super().__init__(client, **arguments)
        self._prefetch = prefetch
        self._making = threading.Lock()
        self._pid = 0
        self._consumer: Optional[_Consumer] = None

    def _of_process(self) -> _Consumer:
        if self._pid != os.getpid():
            self._making, self._pid, self._consumer = threading.Lock(), os.getpid(), None
        with self._making:
            if self._consumer is None or not self._consumer.link.open:
                link = self._client.link(self._patience)
                self._consumer = _Consumer(link, self._name, self._prefetch)
            return self._consumer

    def take(self, deadline: float) -> Optional[Delivery]:
        consumer = self._of_process()
        asked = time.monotonic()
        while True:
            left = deadline - time.monotonic()
            with consumer.lock:
                if not consumer.arrived:
                    consumer.link.wait(min(left, _TURN))
                if not consumer.arrived and (
                    left <= 0 or time.monotonic() > asked + self._patience
                ):
                    consumer.link.ask(self._look)
                    asked = time.monotonic()
                    consumer.link.wait(0)
                if consumer.arrived:
                    return consumer.arrived.popleft()
            if left <= 0:
                return None
            time.sleep(_LETS_OTHERS)

    def _settle_on(self, link: Link, tag: int, how: Callable[[Any, int], None]) -> None:
        with self._of_process().lock:
            super()._settle_on(link, tag, how)

    def _done_with(self, link: Link) -> None:
        """It is the consumer's."""
