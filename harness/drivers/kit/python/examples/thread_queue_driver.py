#!/usr/bin/env python3
"""A whole driver in one page: the queues of Python's ``queue`` module, in one process.

It shows what an adapter is.  It starts no processes and serializes nothing; what it does not have
it does not declare.  Try it: psq driver-check -- python3 thread_queue_driver.py
"""

from __future__ import annotations

import functools
import os
import platform
import queue
import sys
from typing import Any, Mapping

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from psq_driver_kit import (  # noqa: E402
    Adapter,
    BadRequest,
    Call,
    Item,
    Outcome,
    Plain,
    item_value,
    least_body,
    make_body,
    serve,
)

_FACTORIES = {
    "queue": queue.Queue,
    "joinable_queue": queue.Queue,
    "simple_queue": queue.SimpleQueue,
}
_OPERATIONS = {
    "queue": ["put", "get", "qsize", "empty", "full"],
    "joinable_queue": ["put", "get", "qsize", "empty", "full", "task_done", "join"],
    "simple_queue": ["put", "get", "empty"],
}
_LIMITS = {"item_bytes": 64, "maxsize": sys.maxsize}
_OUTCOMES = (
    (queue.Empty, "empty"),
    (queue.Full, "full"),
    (ValueError, "invalid_argument"),
    (OverflowError, "invalid_argument"),
    (TypeError, "wrong_type"),
)


class ThreadQueues(Adapter):
    def hello(self) -> Mapping[str, Any]:
        return {
            "implementation": "queue",
            "version": platform.python_version(),
            "language": "python",
            "start_method": "none",
            "profiles": ["base"],
            "limits": _LIMITS,
            "capabilities": {"operations": _OPERATIONS, "options": ["json"]},
        }

    def create(self, kind: str, arguments: Mapping[str, Any]) -> Call:
        return Call(lambda: [_FACTORIES[kind](**arguments)])

    def operation(self, kind: str, target: Any, do: str, arguments: Mapping[str, Any]) -> Call:
        call = functools.partial(getattr(target, do))
        rest = dict(arguments)
        if do == "put":
            return Call(functools.partial(call, _value(rest.pop("payload")), **rest))
        if do == "get":
            return Call(functools.partial(call, **rest), _payload)
        return Call(call, lambda result: result) if do in ("qsize", "empty", "full") else Call(call)

    def outcome(self, kind: str, do: str, error: BaseException) -> Outcome:
        if do == "task_done" and isinstance(error, ValueError):
            return Outcome("task_done_too_often")
        return Outcome(next((word for of, word in _OUTCOMES if isinstance(error, of)), "raised"))


def _value(payload: Any) -> Any:
    if isinstance(payload, Plain):
        return payload.json
    assert isinstance(payload, Item)
    if payload.size < least_body(payload.sender):
        raise BadRequest(f"size must be {least_body(payload.sender)} or more for this name")
    return make_body(payload.sender, payload.seq, payload.size, payload.size)


def _payload(value: Any) -> Any:
    return item_value(value) if isinstance(value, bytes) else {"json": value}


if __name__ == "__main__":
    serve(ThreadQueues())
