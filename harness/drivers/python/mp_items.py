"""Values for the items of the protocol, of exactly the pickled size that is asked for.

The usual value is a bytes object.  Some sizes cannot be reached so (pickle writes the length of 255
bytes in one byte and that of 256 in four): there a tuple of the bytes and a few more takes its
place.  Values that fail or are slow are of a class with ``__reduce__``; this module's name is
short, because it is in their pickles.
"""

from __future__ import annotations

import functools
import time
from typing import Any, Callable, Dict, Optional, Tuple

import mp_path  # noqa: F401  (finds the kit, also where a child imports this module alone)
from psq_driver_kit import BadRequest, Item, item_value, least_body, make_body

LEAST_SIZE = 96
"""Least pickled size that is offered: a name of about twenty bytes fits even a slow item."""

_PADS: Tuple[Optional[int], ...] = (None, *range(24))

Plan = Tuple[int, Optional[int]]
"""Length of the body; length of the padding, None for a body that is not in a tuple."""


class ItemRefused(Exception):
    """What an item raises that was asked to fail."""


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
            return Arrived, (0.0, False), self._value
        if item.slow_serialize:
            time.sleep(item.slow_serialize)
        if item.fail == "serialize":
            raise ItemRefused("this item was asked to fail in being serialized")
        return Arrived, (item.slow_deserialize, item.fail == "deserialize"), self._value


class Arrived:
    """What a Special is unpickled to; ``value`` is the plain value."""

    def __init__(self, seconds: float, refuse: bool) -> None:
        self._seconds = seconds
        self._refuse = refuse
        self.value: Any = None

    def __reduce__(self) -> Tuple[Any, ...]:
        # A server hands on what it was given.
        return Arrived, (self._seconds, self._refuse), self.value

    def __setstate__(self, value: Any) -> None:
        if self._seconds:
            time.sleep(self._seconds)
        if self._refuse:
            raise ItemRefused("this item was asked to fail in being deserialized")
        self.value = value


class ItemMaker:
    """Makes values whose size is exact for one way of pickling, ``dumps``."""

    def __init__(self, dumps: Callable[[Any], Any]) -> None:
        self._dumps = dumps
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
        return Special(value, item) if item.special else value

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
