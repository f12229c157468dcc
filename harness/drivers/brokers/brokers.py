"""The brokers that are driven, and what a queue on each of them claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Tuple

import beanstalkd
import redis_client
import redis_list
import redis_stream
from server import Server


@dataclass(frozen=True)
class Broker:
    """One way to use one broker."""

    name: str
    summary: str
    server: Server
    client: Callable[[str], Any]
    """What the processes have of the server of that folder."""
    version: Callable[[Any], str]
    profiles: Tuple[str, ...]
    types: Mapping[str, Callable[..., Any]]
    """By type of object: how one is made, given the client and the arguments of its creation."""
    operations: Mapping[str, List[str]]
    bounds: Tuple[str, ...] = ("unbounded",)


_DELIVERIES = [
    *("publish", "receive", "ack", "nack", "reject", "extend", "ready", "dead_letters"),
    *("stop_server", "start_server"),
]


def _redis_version(client: Any) -> str:
    return str(client.redis().info("server")["redis_version"])


BROKERS: Dict[str, Broker] = {
    broker.name: broker
    for broker in (
        Broker(
            "redis",
            "a list of Redis: RPUSH and BLPOP; an item that is taken is gone from the server",
            redis_client.server("--appendonly", "no"),
            redis_client.Client,
            _redis_version,
            ("base", "manager"),
            {
                "queue": lambda client, **_: redis_list.RedisQueue(client),
                "simple_queue": redis_list.RedisSimpleQueue,
            },
            {
                "queue": ["put", "get", "qsize", "empty", "full"],
                "simple_queue": ["put", "get", "empty"],
            },
        ),
        Broker(
            "redis-streams",
            "a stream of Redis with a group of consumers, each write on the disk before its answer",
            redis_client.server("--appendonly", "yes", "--appendfsync", "always"),
            redis_client.Client,
            _redis_version,
            ("broker",),
            {"broker_queue": redis_stream.RedisStream},
            {"broker_queue": _DELIVERIES},
        ),
        Broker(
            "beanstalkd",
            "a tube of beanstalkd, each job on the disk before its answer",
            beanstalkd.SERVER,
            beanstalkd.Client,
            beanstalkd.version,
            ("broker",),
            {"broker_queue": beanstalkd.Tube},
            {"broker_queue": _DELIVERIES},
        ),
    )
}
