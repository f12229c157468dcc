"""The designs of the gallery, and what each of them claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Optional, Tuple

import broker_client
import file_store
import sqlite_store
from feeder import FedStore
from one_lock_store import OneLockStore
from roomy_pipe import roomy_pipe
from stores import Store

_ALL = ("base", "lifecycle", "robust", "manager")


@dataclass(frozen=True)
class Design:
    """One way to build a queue."""

    name: str
    summary: str
    make: Callable[[], Store]
    """Creates the place where the items of one queue are."""
    profiles: Tuple[str, ...]
    bounds: Tuple[str, ...] = ("bounded", "unbounded")
    largest: Optional[int] = None
    """The largest bound; None when any number will do."""
    start_method: str = "fork"
    prepare: Optional[Callable[[Optional[str]], str]] = None
    """Called in each process before its first queue, in the root with None; what it returns is
    handed to the children."""
    make_pipe: Optional[Callable[..., Any]] = None
    """Creates the two ends of a pipe; None for multiprocessing's own."""
    has_pool: bool = False
    """Whether each process keeps memory in a pool, which grows in large and ever rarer steps."""


def _fed() -> Store:
    return FedStore(file_store.FileStore())


DESIGNS: Dict[str, Design] = {
    design.name: design
    for design in (
        Design(
            "file",
            "one file in memory and a lock; no buffer, and a put never waits for room",
            file_store.FileStore,
            _ALL,
        ),
        Design(
            "one-lock",
            "the one with a file, under a lock that dies with its holder; survivors may wait for ever",
            OneLockStore,
            ("base", "lifecycle"),
        ),
        Design(
            "huge",
            "a buffer and a feeder in each process, before a transport that has room for all, and a pool",
            _fed,
            ("base", "lifecycle"),
            make_pipe=roomy_pipe,
            has_pool=True,
        ),
        Design(
            "sqlite",
            "one SQLite database a queue, and processes that share nothing else; slow",
            sqlite_store.SqliteStore,
            _ALL,
            start_method="spawn",
        ),
        Design(
            "broker",
            "a server process keeps the items; every call is a request to it",
            broker_client.BrokerStore,
            _ALL,
            prepare=broker_client.prepare,
        ),
        Design(
            "unbounded",
            "the one with a file, without a bound: maxsize is not supported",
            file_store.FileStore,
            _ALL,
            bounds=("unbounded",),
        ),
        Design(
            "bounded",
            "the one with a file, with nothing but a bound: maxsize is needed",
            file_store.FileStore,
            _ALL,
            bounds=("bounded",),
            largest=1_000_000,
        ),
    )
}
