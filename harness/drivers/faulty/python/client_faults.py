"""Faults of the processes that use a manager's queues: each is wrong by itself."""

from __future__ import annotations

import contextlib
import functools
import queue
import threading
import time
from multiprocessing import util
from typing import Any, Callable, List, Tuple

from faulty_adapters import Fault, Operation
from mp_items import ItemRefused

_DELAY = 0.4
Doing = Callable[[Operation], Any]


def _only(*names: str) -> Callable[[Doing], Doing]:
    """The fault is in these operations; all other operations are done correctly."""

    def decorate(fault: Doing) -> Doing:
        return lambda op: fault(op) if op.do in names else op.right()

    return decorate


def _in_background(op: Operation, delay: float) -> None:
    """One thread a process puts what it is given, in order, a while later."""
    if "line" not in op.process.memory:
        line = op.process.memory["line"] = queue.SimpleQueue()
        threading.Thread(target=_put_later, args=(line, delay), daemon=True).start()
    op.process.memory["line"].put(op.right)


def _put_later(line: Any, delay: float) -> None:
    while True:
        put = line.get()
        time.sleep(delay)
        put()


@_only("put")
def _sometimes_later(op: Operation) -> Any:
    if op.process.count("puts") % 10:
        return op.right()
    threading.Thread(target=_after, args=(0.05, op.right), daemon=True).start()
    return None


def _after(delay: float, put: Callable[[], Any]) -> None:
    time.sleep(delay)
    put()


@_only("put")
def _buffer(op: Operation) -> Any:
    return _in_background(op, 0.02)


@_only("put")
def _serialize_later(op: Operation) -> Any:
    return _in_background(op, 0)


@_only("put")
def _never_wait_for_slot(op: Operation) -> Any:
    return op.again(block=False) if op.waits else op.right()


def _give_up(op: Operation) -> Any:
    return op.again(timeout=0.2) if op.waits else op.right()


def _half_the_timeout(op: Operation) -> Any:
    return op.right() if op.waits or op.at_once else op.again(timeout=op.options["timeout"] / 2)


def _wait_a_while(op: Operation) -> Any:
    return op.again(block=True, timeout=_DELAY) if op.at_once else op.right()


@_only("put")
def _swallow(op: Operation) -> Any:
    try:
        return op.right()
    except ItemRefused:
        return None


@_only("put")
def _something_in_its_place(op: Operation) -> Any:
    try:
        return op.right()
    except ItemRefused:
        with contextlib.suppress(queue.Full):
            op.target.put(None, block=False)
        raise


@_only("put")
def _stay_until_taken(op: Operation) -> Any:
    if op.process.count("puts") == 1:
        util.Finalize(None, _wait_until_empty, args=(op.target,), exitpriority=5)
    return op.right()


def _wait_until_empty(target: Any) -> None:
    while target.qsize():
        time.sleep(0.01)


def _take_ahead(count: int) -> Doing:
    """A child takes so many items more than it was asked for, for its next gets."""

    def fault(op: Operation) -> Any:
        if op.do != "get" or op.process.depth == 0:
            return op.right()
        stash = op.process.memory.setdefault("stash", [])
        if not stash:
            stash.append(op.right())
            _take(op.target, stash, count)
        return stash.pop(0)

    return fault


def _take(target: Any, stash: List[Any], count: int) -> None:
    try:
        for _ in range(count):
            stash.append(target.get(block=False))
    except queue.Empty:
        pass


@_only("get")
def _once_more(op: Operation) -> Any:
    item = op.right()
    if op.process.depth and op.process.count("gets") % 25 == 0:
        op.target.put(item)
    return item


@_only("put")
def _null_is_nothing(op: Operation) -> Any:
    return None if op.value is None else op.right()


@_only("put")
def _rounded(op: Operation) -> Any:
    large = isinstance(op.value, int) and abs(op.value) > 2**53
    return op.again(int(float(op.value))) if large else op.right()


@_only("put")
def _last_byte(op: Operation) -> Any:
    large = isinstance(op.value, bytes) and len(op.value) > 1_000_000
    return op.again(op.value[:-1] + bytes([op.value[-1] ^ 1])) if large else op.right()


def _one_step_behind(do: str) -> Doing:
    def fault(op: Operation) -> Any:
        if op.do != do or op.process.depth == 0:
            return op.right()
        now = op.right()
        before = op.process.memory.get(do, now)
        op.process.memory[do] = now
        return before

    return fault


def _apart(op: Operation) -> Any:
    if op.process.depth < 2:
        return op.right()
    own = op.process.memory.setdefault("own", queue.Queue())
    if op.do == "put":
        return own.put(op.value, **op.options)
    return getattr(own, op.do)(**getattr(op.right, "keywords", {}))


_manager_fault = functools.partial(Fault, manager=True)

FAULTS: Tuple[Fault, ...] = (
    _manager_fault(
        "manager-put-sometimes-later",
        "manager.put.visible-on-return",
        "one put in ten returns before its item can be obtained",
        client=_sometimes_later,
        also=("manager.put.survives-producer",),
    ),
    _manager_fault(
        "manager-put-refused-when-full",
        "manager.put.waits-when-full",
        "a put on a full queue never waits",
        client=_never_wait_for_slot,
    ),
    _manager_fault(
        "manager-put-gives-up",
        "manager.put.waits-when-full",
        "a put without a timeout gives up after 0.2 s",
        client=_only("put")(_give_up),
    ),
    _manager_fault(
        "manager-put-half-the-timeout",
        "manager.put.full-after-timeout",
        "a put gives up after half its timeout",
        client=_only("put")(_half_the_timeout),
    ),
    _manager_fault(
        "manager-put-full-late",
        "manager.put.full-at-once",
        "a put that does not wait waits 0.4 s",
        client=_only("put")(_wait_a_while),
    ),
    _manager_fault(
        "manager-put-serializes-later",
        "manager.put.serializes-in-call",
        "an item is serialized after its put has returned",
        client=_serialize_later,
        also=("manager.put.*",),
    ),
    _manager_fault(
        "manager-not-serializable-swallowed",
        "manager.put.not-serializable",
        "a put of an item that cannot be serialized returns",
        client=_swallow,
    ),
    _manager_fault(
        "manager-not-serializable-counted",
        "manager.put.not-serializable",
        "in place of an item that cannot be serialized something else is put",
        client=_something_in_its_place,
    ),
    _manager_fault(
        "manager-put-in-buffer",
        "manager.put.survives-producer",
        "what was put waits in its process for a while",
        client=_buffer,
        also=("manager.put.*",),
    ),
    _manager_fault(
        "manager-exit-waits",
        "manager.exit.does-not-wait",
        "a process does not end before its items are taken",
        client=_stay_until_taken,
    ),
    _manager_fault(
        "manager-get-gives-up",
        "manager.get.waits-for-item",
        "a get without a timeout gives up after 0.2 s",
        client=_only("get")(_give_up),
        also=("manager.get.exactly-once",),
    ),
    _manager_fault(
        "manager-get-half-the-timeout",
        "manager.get.empty-after-timeout",
        "a get gives up after half its timeout",
        client=_only("get")(_half_the_timeout),
    ),
    _manager_fault(
        "manager-get-empty-late",
        "manager.get.empty-at-once",
        "a get that does not wait waits 0.4 s",
        client=_only("get")(_wait_a_while),
    ),
    _manager_fault(
        "manager-get-ahead",
        "manager.order.fifo",
        "a child's get takes the next item, too, for its next get",
        client=_take_ahead(1),
    ),
    _manager_fault(
        "manager-null-is-nothing",
        "manager.item.arrives-equal",
        "null is not put",
        client=_null_is_nothing,
    ),
    _manager_fault(
        "manager-number-rounded",
        "manager.item.arrives-equal",
        "integers beyond 2^53 are rounded",
        client=_rounded,
    ),
    _manager_fault(
        "manager-large-item-damaged",
        "manager.item.arrives-equal",
        "the last byte of items of more than a megabyte is wrong",
        client=_last_byte,
    ),
    _manager_fault(
        "manager-qsize-behind",
        "manager.qsize.exact",
        "in a child qsize answers what was true when last asked",
        client=_one_step_behind("qsize"),
    ),
    _manager_fault(
        "manager-empty-behind",
        "manager.empty.exact",
        "in a child empty answers what was true when last asked",
        client=_one_step_behind("empty"),
    ),
    _manager_fault(
        "manager-full-behind",
        "manager.full.exact",
        "in a child full answers what was true when last asked",
        client=_one_step_behind("full"),
    ),
    _manager_fault(
        "manager-grandchild-apart",
        "manager.share.grandchild",
        "a grandchild has a queue of its own",
        client=_apart,
    ),
    _manager_fault(
        "manager-killed-getter-repeats",
        "manager.kill.no-duplicate",
        "in a child one item in 25 is put back though it was obtained",
        client=_once_more,
    ),
    _manager_fault(
        "manager-killed-getter-hoards",
        "manager.kill.no-duplicate",
        "a child takes thirty items at a time, which are lost with it",
        client=_take_ahead(30),
    ),
)
