"""A queue that is one quorum queue of RabbitMQ, and a second one for its dead letters.

A receive that finds nothing is a consumer for as long as it waits. The server has no time limit for
one delivery, so that the queue has no visibility timeout and a delivery cannot be extended.
"""

from __future__ import annotations

import time
import uuid
from typing import Any, Callable, List, Optional, Tuple

import pika
import rabbitmq_client
from broker import Broker, deliveries
from delivery import PATIENCE, Delivery, DeliveryQueue, NotHeld
from rabbitmq_client import Client, Link
from rabbitmq_server import SERVER

_PERSISTENT = pika.BasicProperties(delivery_mode=2)


class RabbitQueue(DeliveryQueue):
    """One quorum queue, for all processes."""

    def __init__(self, client: Client, patience: float = PATIENCE) -> None:
        self._client = client
        self._patience = patience
        self._name = f"queue-{uuid.uuid4().hex}"
        self._dead = f"{self._name}.dead"
        to_dead = {
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": self._dead,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",  # which that strategy asks for
        }
        with client.use(patience) as link:
            for name, more in ((self._dead, {}), (self._name, to_dead)):
                arguments = {"x-queue-type": "quorum", **more}
                link.ask(
                    lambda channel: channel.queue_declare(name, durable=True, arguments=arguments)
                )

        for name in (self._dead, self._name):
            client.await_stored(name)

    def add(self, data: bytes) -> None:
        with self._client.use(self._patience) as link:
            link.ask(
                lambda channel: channel.basic_publish(
                    "", self._name, data, properties=_PERSISTENT, mandatory=True
                )
            )

    def take(self, deadline: float) -> Optional[Delivery]:
        link = self._client.link(self._patience)
        found = None
        try:
            found = link.ask(self._get) or self._wait(link, deadline)
        finally:
            if found is None:
                self._client.give_back(link)
        return None if found is None else delivery_of(link, *found)

    def _get(self, channel: Any) -> Optional[Tuple[Any, Any, bytes]]:
        method, properties, data = channel.basic_get(self._name)
        return None if method is None else (method, properties, data)

    def _wait(self, link: Link, deadline: float) -> Optional[Tuple[Any, Any, bytes]]:
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        arrived: List[Tuple[Any, Any, bytes]] = []
        tag = link.ask(
            lambda channel: channel.basic_consume(
                self._name, lambda _, *message: arrived.append(message)  # type: ignore[arg-type]
            )
        )
        while not arrived and left > 0:
            link.wait(min(left, self._patience))
            left = deadline - time.monotonic()
            if not arrived and left > 0:
                link.ask(self._look)  # is the server still there?
        link.ask(lambda channel: channel.basic_cancel(tag))
        return arrived[0] if arrived else None

    def _look(self, channel: Any) -> Any:
        return channel.queue_declare(self._name, passive=True).method

    def ack(self, delivery: Delivery) -> None:
        self._settle(delivery, lambda channel, tag: channel.basic_ack(tag))

    def nack(self, delivery: Delivery) -> None:
        self._settle(delivery, lambda channel, tag: channel.basic_nack(tag, requeue=True))

    def reject(self, delivery: Delivery) -> None:
        self._settle(delivery, lambda channel, tag: channel.basic_reject(tag, requeue=False))

    def _settle(self, delivery: Delivery, how: Callable[[Any, int], None]) -> None:
        link, tag = delivery.ticket
        # A second one breaks the channel, and with it what else was delivered there.
        if link is None:
            raise NotHeld
        delivery.ticket = (None, tag)
        try:
            self._settle_on(link, tag, how)
        finally:
            self._done_with(link)

    def _settle_on(self, link: Link, tag: int, how: Callable[[Any, int], None]) -> None:
        if not link.open:  # with its end the server took the delivery back
            with self._client.use(self._patience):
                raise NotHeld
        # The server answers no ack; what comes after it is answered when it has been read.
        link.ask(lambda channel: (how(channel, tag), self._look(channel)))

    def _done_with(self, link: Link) -> None:
        self._client.give_back(link)

    def ready(self) -> int:
        with self._client.use(self._patience) as link:
            return int(link.ask(self._look).message_count)

    def dead_letters(self) -> int:
        with self._client.use(self._patience) as link:
            answer = link.ask(lambda channel: channel.queue_declare(self._dead, passive=True))
            return int(answer.method.message_count)


def delivery_of(link: Link, method: Any, properties: Any, data: bytes) -> Delivery:
    """The server counts the deliveries that came back to it."""
    before = (properties.headers or {}).get("x-delivery-count", 0)
    return Delivery(data, int(before) + 1, (link, method.delivery_tag))


def _make(client: Client, prefetch: Optional[int] = None, **arguments: Any) -> RabbitQueue:
    if prefetch is None:
        return RabbitQueue(client, **arguments)
    from rabbitmq_prefetch import PrefetchingQueue

    return PrefetchingQueue(client, prefetch, **arguments)


BROKER = Broker(
    "rabbitmq",
    SERVER,
    Client,
    rabbitmq_client.version,
    ("broker",),
    {"broker_queue": _make},
    deliveries(without=("extend",)),
    options=("prefetch", "patience"),
)
