"""The brokers that are driven.  Each has a module of its own, which needs its client's library."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Dict, Union

from broker import Broker
from node_broker import NodeBroker
from server import ServerFailed


@dataclass(frozen=True)
class Entry:
    """Where a broker is."""

    summary: str
    module: str
    package: str = ""
    """The package of Debian with the library of its client."""


BROKERS: Dict[str, Entry] = {
    "redis": Entry(
        "a list of Redis: RPUSH and BLPOP; an item that is taken is gone from the server",
        "redis_list",
        "python3-redis",
    ),
    "redis-streams": Entry(
        "a stream of Redis with a group of consumers, each write on the disk before its answer",
        "redis_stream",
        "python3-redis",
    ),
    "beanstalkd": Entry(
        "a tube of beanstalkd, each job on the disk before its answer", "beanstalkd"
    ),
    "rabbitmq": Entry(
        "a quorum queue of RabbitMQ, with publisher confirms and dead letters",
        "rabbitmq",
        "python3-pika",
    ),
    "bullmq": Entry(
        "a queue of BullMQ, the queue of jobs for Node, on Redis",
        "bullmq_server",
        "python3-redis",
    ),
    "nats": Entry(
        "a stream of NATS JetStream with a durable consumer, by the client for Node",
        "nats_server",
    ),
}


def load(name: str) -> Union[Broker, NodeBroker]:
    """The broker of that name.  Raises ServerFailed when the library of its client is missing."""
    entry = BROKERS[name]
    try:
        found: Union[Broker, NodeBroker] = importlib.import_module(entry.module).BROKER
    except ModuleNotFoundError as error:
        raise ServerFailed(f"{error}: apt-get install {entry.package}") from error
    return found
