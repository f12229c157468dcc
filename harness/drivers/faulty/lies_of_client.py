"""Lies of the processes that use a manager's queues: each is wrong by itself, or hides the truth."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from multiprocessing import util
from typing import Any, Callable, List, Tuple

from lying_adapter import Lie, Operation
from mp_items import ItemRefused

_DELAY = 0.4
Doing = Callable[[Operation], Any]


def _only(*names: str) -> Callable[[Doing], Doing]:
    """The lie is about these operations; the others are done truthfully."""

    def decorate(lie: Doing) -> Doing:
        return lambda op: lie(op) if op.do in names else op.truth()

    return decorate


def _in_background(op: Operation, delay: float) -> None:
    """One thread a process puts what it is given, in order, a while later."""
    if "line" not in op.process.memory:
        line = op.process.memory["line"] = queue.SimpleQueue()
        threading.Thread(target=_put_later, args=(line, delay), daemon=True).start()
    op.process.memory["line"].put(op.truth)


def _put_later(line: Any, delay: float) -> None:
    while True:
        truth = line.get()
        time.sleep(delay)
        truth()


@_only("put")
def _sometimes_later(op: Operation) -> Any:
    if op.process.count("puts") % 10:
        return op.truth()
    threading.Thread(target=_after, args=(0.05, op.truth), daemon=True).start()
    return None


def _after(delay: float, truth: Callable[[], Any]) -> None:
    time.sleep(delay)
    truth()


@_only("put")
def _buffer(op: Operation) -> Any:
    return _in_background(op, 0.02)


@_only("put")
def _serialize_later(op: Operation) -> Any:
    return _in_background(op, 0)


@_only("put")
def _never_wait_for_slot(op: Operation) -> Any:
    return op.again(block=False) if op.waits else op.truth()


def _give_up(op: Operation) -> Any:
    return op.again(timeout=0.2) if op.waits else op.truth()


def _half_the_timeout(op: Operation) -> Any:
    return op.truth() if op.waits or op.at_once else op.again(timeout=op.options["timeout"] / 2)


def _wait_a_while(op: Operation) -> Any:
    return op.again(block=True, timeout=_DELAY) if op.at_once else op.truth()


@_only("put")
def _swallow(op: Operation) -> Any:
    try:
        return op.truth()
    except ItemRefused:
        return None


@_only("put")
def _something_in_its_place(op: Operation) -> Any:
    try:
        return op.truth()
    except ItemRefused:
        with contextlib.suppress(queue.Full):
            op.target.put(None, block=False)
        raise


@_only("put")
def _stay_until_taken(op: Operation) -> Any:
    if op.process.count("puts") == 1:
        util.Finalize(None, _wait_until_empty, args=(op.target,), exitpriority=5)
    return op.truth()


def _wait_until_empty(target: Any) -> None:
    while target.qsize():
        time.sleep(0.01)


def _take_ahead(count: int) -> Doing:
    """A child takes so many items more than it was asked for, for its next gets."""

    def lie(op: Operation) -> Any:
        if op.do != "get" or op.process.depth == 0:
            return op.truth()
        stash = op.process.memory.setdefault("stash", [])
        if not stash:
            stash.append(op.truth())
            _take(op.target, stash, count)
        return stash.pop(0)

    return lie


def _take(target: Any, stash: List[Any], count: int) -> None:
    try:
        for _ in range(count):
            stash.append(target.get(block=False))
    except queue.Empty:
        pass


@_only("get")
def _once_more(op: Operation) -> Any:
    item = op.truth()
    if op.process.depth and op.process.count("gets") % 25 == 0:
        op.target.put(item)
    return item


@_only("put")
def _null_is_nothing(op: Operation) -> Any:
    return None if op.value is None else op.truth()


@_only("put")
def _rounded(op: Operation) -> Any:
    large = isinstance(op.value, int) and abs(op.value) > 2**53
    return op.again(int(float(op.value))) if large else op.truth()


@_only("put")
def _last_byte(op: Operation) -> Any:
    large = isinstance(op.value, bytes) and len(op.value) > 1_000_000
    return op.again(op.value[:-1] + bytes([op.value[-1] ^ 1])) if large else op.truth()


def _one_step_behind(do: str) -> Doing:
    def lie(op: Operation) -> Any:
        if op.do != do or op.process.depth == 0:
            return op.truth()
        now = op.truth()
        before = op.process.memory.get(do, now)
        op.process.memory[do] = now
        return before

    return lie


def _apart(op: Operation) -> Any:
    if op.process.depth < 2:
        return op.truth()
    own = op.process.memory.setdefault("own", queue.Queue())
    if op.do == "put":
        return own.put(op.value, **op.options)
    return getattr(own, op.do)(**getattr(op.truth, "keywords", {}))


def _lie(name: str, clause: str, breaks: str, client: Doing) -> Lie:
    return Lie(f"manager-{name}", f"manager.{clause}", breaks, client=client, manager=True)


LIES: Tuple[Lie, ...] = (
    _lie(
        "put-sometimes-later",
        "put.visible-on-return",
        "one put in ten returns before its item can be obtained",
        _sometimes_later,
    ),
    _lie(
        "put-refused-when-full",
        "put.waits-when-full",
        "a put on a full queue never waits",
        _never_wait_for_slot,
    ),
    _lie(
        "put-gives-up",
        "put.waits-when-full",
        "a put without a timeout gives up after 0.2 s",
        _only("put")(_give_up),
    ),
    _lie(
        "put-half-the-timeout",
        "put.full-after-timeout",
        "a put gives up after half its timeout",
        _only("put")(_half_the_timeout),
    ),
    _lie(
        "put-full-late",
        "put.full-at-once",
        "a put that does not wait waits 0.4 s",
        _only("put")(_wait_a_while),
    ),
    _lie(
        "put-serializes-later",
        "put.serializes-in-call",
        "an item is serialized after its put has returned",
        _serialize_later,
    ),
    _lie(
        "not-serializable-swallowed",
        "put.not-serializable",
        "a put of an item that cannot be serialized returns",
        _swallow,
    ),
    _lie(
        "not-serializable-counted",
        "put.not-serializable",
        "in place of an item that cannot be serialized something else is put",
        _something_in_its_place,
    ),
    _lie(
        "put-in-buffer",
        "put.survives-producer",
        "what was put waits in its process for a while",
        _buffer,
    ),
    _lie(
        "exit-waits",
        "exit.does-not-wait",
        "a process does not end before its items are taken",
        _stay_until_taken,
    ),
    _lie(
        "get-gives-up",
        "get.waits-for-item",
        "a get without a timeout gives up after 0.2 s",
        _only("get")(_give_up),
    ),
    _lie(
        "get-half-the-timeout",
        "get.empty-after-timeout",
        "a get gives up after half its timeout",
        _only("get")(_half_the_timeout),
    ),
    _lie(
        "get-empty-late",
        "get.empty-at-once",
        "a get that does not wait waits 0.4 s",
        _only("get")(_wait_a_while),
    ),
    _lie(
        "get-ahead",
        "order.fifo",
        "a child's get takes the next item, too, for its next get",
        _take_ahead(1),
    ),
    _lie("null-is-nothing", "item.arrives-equal", "null is not put", _null_is_nothing),
    _lie("number-rounded", "item.arrives-equal", "integers beyond 2^53 are rounded", _rounded),
    _lie(
        "large-item-damaged",
        "item.arrives-equal",
        "the last byte of items of more than a megabyte is wrong",
        _last_byte,
    ),
    _lie(
        "qsize-behind",
        "qsize.exact",
        "in a child qsize answers what was true when last asked",
        _one_step_behind("qsize"),
    ),
    _lie(
        "empty-behind",
        "empty.exact",
        "in a child empty answers what was true when last asked",
        _one_step_behind("empty"),
    ),
    _lie(
        "full-behind",
        "full.exact",
        "in a child full answers what was true when last asked",
        _one_step_behind("full"),
    ),
    _lie("grandchild-apart", "share.grandchild", "a grandchild has a queue of its own", _apart),
    _lie(
        "killed-getter-repeats",
        "kill.no-duplicate",
        "in a child one item in 25 is put back though it was obtained",
        _once_more,
    ),
    _lie(
        "killed-getter-hoards",
        "kill.no-duplicate",
        "a child takes thirty items at a time, which are lost with it",
        _take_ahead(30),
    ),
)
