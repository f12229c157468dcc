"""What the faults of a broker's queues do in the processes that use one."""

from __future__ import annotations

import queue
import threading
import time
from typing import Any, Callable, Dict

from faulty_adapters import Operation

_DELAY = 0.4
Doing = Callable[[Operation], Any]


def only(*names: str) -> Callable[[Doing], Doing]:
    """The fault is in these operations; all other operations are done correctly."""

    def decorate(fault: Doing) -> Doing:
        return lambda op: fault(op) if op.do in names else op.right()

    return decorate


def in_place_of(do: str, other: str) -> Doing:
    """What settles a delivery does what another operation should."""
    return only(do)(lambda op: getattr(op.target, other)(op.delivery))


@only("publish")
def later(op: Operation) -> Any:
    if "line" not in op.process.memory:
        line = op.process.memory["line"] = queue.SimpleQueue()
        threading.Thread(target=_publish_later, args=(line,), daemon=True).start()
    op.process.memory["line"].put(op.right)


def _publish_later(line: Any) -> None:
    while True:
        publish = line.get()
        time.sleep(0.02)
        publish()


@only("publish")
def some_never(op: Operation) -> Any:
    return None if op.process.count("publishes") % 25 == 0 else op.right()


@only("publish")
def last_byte(op: Operation) -> Any:
    large = isinstance(op.value, bytes) and len(op.value) > 1_000_000
    return op.again(op.value[:-1] + bytes([op.value[-1] ^ 1])) if large else op.right()


@only("publish")
def null_is_nothing(op: Operation) -> Any:
    return None if op.value is None else op.right()


@only("publish")
def two_change_places(op: Operation) -> Any:
    """In a child the fifth waits for the sixth, the fifteenth for the sixteenth, and so on."""
    if op.process.depth == 0:
        return op.right()
    kept = op.process.memory.pop("kept", None)
    if op.process.count("publishes") % 10 == 5:
        op.process.memory["kept"] = op.right
        return None
    op.right()
    return None if kept is None else kept()


@only("publish")
def again_after_loss(op: Operation) -> Any:
    """Repeats the first publish that is lost until it succeeds twice."""
    try:
        return op.right()
    except ConnectionError:
        if op.process.count("lost") == 1:
            threading.Thread(target=_twice, args=(op.right,), daemon=True).start()
        raise


def _twice(publish: Callable[[], Any]) -> None:
    done = 0
    while done < 2:
        try:
            publish()
            done += 1
        except ConnectionError:
            time.sleep(0.02)


def give_up(op: Operation) -> Any:
    return op.again(timeout=0.2) if op.waits else op.right()


def half_the_timeout(op: Operation) -> Any:
    return op.right() if op.waits or op.at_once else op.again(timeout=op.options["timeout"] / 2)


def wait_a_while(op: Operation) -> Any:
    return op.again(block=True, timeout=_DELAY) if op.at_once else op.right()


@only("receive", "ack")
def acked_at_once(op: Operation) -> Any:
    if op.do == "ack":
        return None
    delivery = op.right()
    op.target.ack(delivery)
    return delivery


@only("receive", "ack", "nack", "reject")
def not_kept(op: Operation) -> Any:
    """What is received is given back, and settled by who acknowledges it first."""
    if op.do == "receive":
        delivery = op.right()
        op.target.nack(delivery)
        return delivery
    return op.right()


@only("receive")
def always_the_first(op: Operation) -> Any:
    delivery = op.right()
    delivery.count = 1
    return delivery


@only("receive")
def empty_when_lost(op: Operation) -> Any:
    try:
        return op.right()
    except ConnectionError:
        raise queue.Empty from None


@only("publish")
def waits_for_room(op: Operation) -> Any:
    while True:
        try:
            return op.right()
        except queue.Full:
            time.sleep(0.02)


@only("publish")
def drops_when_full(op: Operation) -> Any:
    try:
        return op.right()
    except queue.Full:
        return None


@only("receive")
def nothing_when_full(op: Operation) -> Any:
    if op.target._client.redis().config_get("maxmemory")["maxmemory"] != "0":
        raise queue.Empty
    return op.right()


def waits_for_server(op: Operation) -> Any:
    """A call does not end before the server is back."""
    while True:
        try:
            return op.right()
        except ConnectionError:
            time.sleep(0.02)


def never_again(op: Operation) -> Any:
    """A process that has lost the server once has lost it for ever."""
    if op.do.endswith("_server"):
        return op.right()
    if "lost" in op.process.memory:
        raise op.process.memory["lost"]
    try:
        return op.right()
    except ConnectionError as error:
        op.process.memory["lost"] = error
        raise


def not_held_is_fine(do: str) -> Doing:
    @only(do)
    def fault(op: Operation) -> Any:
        try:
            return op.right()
        except Exception as error:
            if type(error).__name__ != "NotHeld":
                raise
            return None

    return fault


@only("ack")
def _ack_of_any(op: Operation) -> Any:
    """A second ack settles whatever the process was handed last."""
    try:
        return op.right()
    except Exception as error:
        last = op.process.memory.get("last")
        if type(error).__name__ != "NotHeld" or last is None:
            raise
        op.target.nack(last)
        raise


@only("receive", "ack")
def ack_of_another(op: Operation) -> Any:
    if op.do == "ack":
        return _ack_of_any(op)
    op.process.memory["last"] = delivery = op.right()
    return delivery


@only("ready")
def held_are_ready(op: Operation) -> Any:
    redis = op.target._client.redis()
    return int(redis.xlen(op.target._key))


def nothing(do: str) -> Doing:
    return only(do)(lambda op: None)


def apart(op: Operation) -> Any:
    """A grandchild has a queue of its own."""
    if op.process.depth < 2:
        return op.right()
    own: Dict[Any, Any] = op.process.memory
    if "own" not in own:
        own["own"] = type(op.target)(op.target._client)
    return getattr(own["own"], op.do)(*op.right.args, **op.options)  # type: ignore[attr-defined]
