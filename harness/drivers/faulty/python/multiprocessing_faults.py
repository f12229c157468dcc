"""Faults of multiprocessing's own queues, where the values of a typed language cannot go wrong."""

from __future__ import annotations

from typing import Any, Callable, Tuple

from faulty_adapters import Fault, Operation


def _in_put(change: Callable[[Any], Any]) -> Callable[[Operation], Any]:
    def fault(op: Operation) -> Any:
        return op.again(change(op.value)) if op.do == "put" else op.right()

    return fault


def _rounded(value: Any) -> Any:
    large = isinstance(value, int) and abs(value) > 2**53
    return int(float(value)) if large else value


def _without_empty_maps(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_empty_maps(each) for key, each in value.items() if each != {}}
    return [_without_empty_maps(each) for each in value] if isinstance(value, list) else value


def _null_is_nothing(op: Operation) -> Any:
    return None if op.do == "put" and op.value is None else op.right()


def _empty_raises(op: Operation) -> Any:
    if op.do == "empty" and not hasattr(op.target, "qsize"):
        raise AttributeError("'SimpleQueue' object has no attribute '_poll'")
    return op.right()


FAULTS: Tuple[Fault, ...] = (
    Fault(
        "python-null-is-nothing",
        "queue.item.none-is-an-item",
        "null is not put",
        _null_is_nothing,
    ),
    Fault(
        "python-simple-empty-raises",
        "simple-queue.empty.exact",
        "empty of a simple queue raises AttributeError",
        _empty_raises,
        also=("simple-queue.empty.never-waits",),
    ),
    Fault(
        "python-number-rounded",
        "queue.item.values-equal",
        "integers beyond 2^53 are rounded",
        _in_put(_rounded),
    ),
    Fault(
        "python-empty-map-lost",
        "queue.item.values-equal",
        "an empty map in a map is left out",
        _in_put(_without_empty_maps),
    ),
)
