"""What the faults of a prefetch do; queues without one are as they should be."""

from __future__ import annotations

from typing import Any, Callable

from broker_behaviour import only
from faulty_adapters import Operation

_ALL = 1000


def _with_prefetch(fault: Callable[[Operation], Any]) -> Callable[[Operation], Any]:
    """The fault is in the receives of a queue with a prefetch."""
    return only("receive")(lambda op: fault(op) if hasattr(op.target, "room") else op.right())


@_with_prefetch
def one_more(op: Operation) -> Any:
    if op.process.count(op.target) == 1:
        op.target._prefetch += 1
    return op.right()


@_with_prefetch
def hoards(op: Operation) -> Any:
    delivery = op.right()
    op.target._process().ahead.extend(op.target.fetch(_ALL, 0))
    return delivery


@_with_prefetch
def acknowledges_ahead(op: Operation) -> Any:
    delivery = op.right()
    for each in op.target._process().ahead:
        op.target._redis().xack(op.target._key, "group", each.ticket)
    return delivery
