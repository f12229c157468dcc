"""Values for the items of the protocol, of exactly the pickled size that is asked for.

The usual value is a bytes object.  Some sizes cannot be reached so (pickle writes the length of 255
bytes in one byte and that of 256 in four): there a tuple of the bytes and a few more takes its
place.  Values that fail or are slow are of a class with ``__reduce__``; this module's name is
short, because it is in their pickles.
"""

from __future__ import annotations

import functools
import threading
import time
from typing import Any, Callable, Dict, NoReturn, Optional, Tuple

import mp_path  # noqa: F401  (finds the kit, also where a child imports this module alone)
from psq_driver_kit import BadRequest, Item, item_value, least_body, make_body

LEAST_SIZE = 96
"""Least pickled size that is offered: a name of about twenty bytes fits even a slow item."""

_PADS: Tuple[Optional[int], ...] = (None, *range(24))

Plan = Tuple[int, Optional[int]]
"""Length of the body; length of the padding, None for a body that is not in a tuple."""


class ItemRefused(Exception):
    """What an item raises that was asked to fail."""


class ItemExit(SystemExit):
    """The same, as a request to end the process."""


class ItemInterrupt(KeyboardInterrupt):
    """The same, as an interruption by the user."""


class ItemOther(BaseException):
    """The same, as an error that no ``except Exception`` handles."""


REFUSALS = (ItemRefused, ItemExit, ItemInterrupt, ItemOther)
# A failure travels as its number here, from 1 on, so that all pickles have one length; 0 is none.
_FAILURES = ("error", "exit", "interrupt", "other")


def _fail(number: int, what: str) -> NoReturn:
    raise REFUSALS[number - 1](f"this item was asked to fail in being {what}")


class Special:
    """A value that fails or takes its time when it is pickled or unpickled.

    Its value travels as the state, last: pickle starts another frame behind 64 KiB, unless less
    than four bytes are left, and that frame's header would make some sizes unreachable.
    """

    def __init__(self, value: Any, item: Optional[Item]) -> None:
        self._value = value
        self._item = item

    def __reduce__(self) -> Tuple[Any, ...]:
        item = self._item
        if item is None:
            return Arrived, (0.0, 0), self._value
        if item.slow_serialize:
            time.sleep(item.slow_serialize)
        failure = 1 + _FAILURES.index(item.failure) if item.fail else 0
        if item.fail == "serialize":
            _fail(failure, "serialized")
        return Arrived, (item.slow_deserialize, failure), self._value

    def become(self, value: Any, item: Item) -> None:
        """Change to the value of another item."""
        self._value, self._item = value, item


class Arrived:
    """What a Special is unpickled to; ``value`` is the plain value."""

    def __init__(self, seconds: float, failure: int) -> None:
        self._seconds = seconds
        self._failure = failure
        self.value: Any = None

    def __reduce__(self) -> Tuple[Any, ...]:
        # A server hands on what it was given.
        return Arrived, (self._seconds, self._failure), self.value

    def __setstate__(self, value: Any) -> None:
        if self._seconds:
            time.sleep(self._seconds)
        if self._failure:
            _fail(self._failure, "deserialized")
        self.value = value


class ItemMaker:
    """Makes values whose size is exact for one way of pickling, ``dumps``."""

    def __init__(self, dumps: Callable[[Any], Any]) -> None:
        self._dumps = dumps
        self._objects: Dict[Tuple[int, str], Special] = {}
        self._plan = functools.lru_cache(maxsize=65536)(self._find_plan)

    def make(self, item: Item) -> Any:
        """The value for an item.  Raises BadRequest when the size is too small for the name."""
        plan = self._plan(item.size, item.special)
        if plan is None or plan[0] < least_body(item.sender):
            raise BadRequest(
                f"no item from {item.sender!r} has {item.size} bytes: take more, or a shorter name"
            )
        length, pad = plan
        value = _padded(make_body(item.sender, item.seq, item.size, length), pad)
        if item.same is not None:
            return self._same(item.same, value, item)
        return Special(value, item) if item.special else value

    def _same(self, name: str, value: Any, item: Item) -> Special:
        """The object of that name of this thread, changed to the item."""
        key = (threading.get_ident(), name)
        if key not in self._objects:
            self._objects[key] = Special(value, item)
        self._objects[key].become(value, item)
        return self._objects[key]

    def read(self, value: Any) -> Optional[Dict[str, Any]]:
        """``{"item": …}`` for a value that was received; None when it is no item."""
        special = isinstance(value, Arrived)
        body, pad = _taken_apart(value.value if special else value)
        found = None if body is None else item_value(body)
        if body is None or found is None:
            return None
        if found["item"]["intact"]:
            found["item"]["intact"] = self._fits(found["item"]["size"], special, (len(body), pad))
        return found

    def _fits(self, size: int, special: bool, plan: Plan) -> bool:
        # A size from a damaged header can be huge: it is not tried.
        near = abs(size - plan[0]) <= LEAST_SIZE + len(_PADS)
        return near and self._plan(size, special) == plan

    def _find_plan(self, size: int, special: bool) -> Optional[Plan]:
        for pad in _PADS:
            length = max(size - 64, 0)
            for _ in range(6):
                missing = size - self._size(length, pad, special)
                if missing == 0:
                    return length, pad
                length = max(length + missing, 0)
        return None

    def _size(self, length: int, pad: Optional[int], special: bool) -> int:
        value = _padded(bytes(length), pad)
        return len(self._dumps(Special(value, None) if special else value))


def _padded(body: bytes, pad: Optional[int]) -> Any:
    return body if pad is None else (body, bytes(pad))


def _taken_apart(value: Any) -> Tuple[Optional[bytes], Optional[int]]:
    if isinstance(value, bytes):
        return value, None
    if isinstance(value, tuple) and len(value) == 2:
        body, pad = value
        if isinstance(body, bytes) and isinstance(pad, bytes) and not any(pad):
            return body, len(pad)
    return None, None
