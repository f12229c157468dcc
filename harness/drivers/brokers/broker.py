"""What a broker is to the driver: its server, its client, and what its queues claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, List, Mapping, Optional, Tuple

from server import Server

DELIVERIES = (
    *("publish", "receive", "ack", "nack", "reject", "extend", "ready", "dead_letters"),
    *("stop_server", "start_server", "freeze_server"),
)
"""The operations of a queue whose items are delivered, all but those that few brokers have."""


def deliveries(*more: str, without: Tuple[str, ...] = ()) -> Mapping[str, List[str]]:
    """The operations of a broker with queues of deliveries, by type of object."""
    return {"broker_queue": [each for each in (*DELIVERIES, *more) if each not in without]}


@dataclass(frozen=True)
class Broker:
    """One way to use one broker."""

    name: str
    server: Server
    client: Callable[[str], Any]
    """What the processes have of the server of that folder."""
    version: Callable[[Any], str]
    profiles: Tuple[str, ...]
    types: Mapping[str, Callable[..., Any]]
    """By type of object: how one is made, given the client and the arguments of its creation."""
    operations: Mapping[str, List[str]]
    options: Tuple[str, ...] = ()
    """Of a hello, those that are about the broker's queues."""
    fill: Optional[Callable[[Any, bool], None]] = None
    """Leaves the server no room for further items, or gives it back its room."""
    bounds: Tuple[str, ...] = ("unbounded",)

    def look(self) -> None:
        """Raises ServerFailed when something is not installed."""
        self.server.path()
