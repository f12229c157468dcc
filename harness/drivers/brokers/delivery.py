"""What all queues with deliveries have in common, whichever broker keeps them."""

from __future__ import annotations

import math
import queue
import time
from dataclasses import dataclass
from multiprocessing.reduction import ForkingPickler
from typing import Any, Optional


PATIENCE = 30.0
"""Seconds for which a call waits for an answer of the server, beyond the call's own timeout."""


class NotHeld(Exception):
    """The delivery is no longer held: it was settled, or its time has passed."""


class ConnectionLost(ConnectionError):
    """The server is not there, or was lost during the call."""


@dataclass
class Delivery:
    """One delivery of an item, and how many there were of it, this one included."""

    data: bytes
    count: int
    ticket: Any
    """What the broker knows it by."""
    value: Any = None
    """The item."""


class DeliveryQueue:
    """A queue whose items are delivered, held, and settled by ``ack``, ``nack`` or ``reject``.

    All processes and threads that hold it may call all of it at the same time.
    """

    def publish(self, value: Any) -> None:
        """Puts the value.  Returns when the server has it."""
        self.add(bytes(ForkingPickler.dumps(value)))

    def receive(self, block: bool = True, timeout: Optional[float] = None) -> Delivery:
        """The next delivery.  Raises queue.Empty when none came in time."""
        if timeout is not None and math.isnan(timeout):
            raise ValueError("a timeout is a number")
        if not block:
            timeout = 0.0
        forever = timeout is None or timeout == math.inf
        deadline = math.inf if forever else time.monotonic() + max(timeout or 0.0, 0.0)
        found = self.take(deadline)
        if found is None:
            raise queue.Empty
        found.value = ForkingPickler.loads(found.data)
        return found

    def add(self, data: bytes) -> None:
        """Puts a serialized value."""
        raise NotImplementedError

    def take(self, deadline: float) -> Optional[Delivery]:
        """The next delivery; None when there is none before that time of the monotonic clock."""
        raise NotImplementedError
