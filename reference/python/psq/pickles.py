"""Items of values of any type: pickles, with their large buffers behind them. spec/item-formats.md has
the format. Plain values alone need none of this (native/plain.h)."""

from __future__ import annotations

import copyreg
import io
import pickle
import struct
from collections import ChainMap
from typing import Any, Dict, List, Mapping, Optional

from ._native import BYTES_PICKLE

PROTOCOL = 5
"""Of pickled items."""
# These have no parts whose pickling a program could have changed.
_PLAIN = frozenset((int, float, complex, bool, str, bytes, type(None)))
# Up to so many parts are looked at one by one.
_FEW = 16
# A pickle with large buffers behind it begins so; one alone begins with 0x80.
_MAGIC = b"psq\x01"
_COUNT = struct.Struct("<4sI")
_ALIGNED = 64
# A buffer below this size is a part of the pickle.
_LEAST_BUFFER = 16 << 10


def dumps(value: Any) -> Any:
    """The pickle of a value, by ``multiprocessing``'s reducers, with its large buffers behind it."""
    if type(value) is bytes and len(value) >= _LEAST_BUFFER:
        return _framed([BYTES_PICKLE, memoryview(value)])
    if _is_plain(value):
        return pickle.dumps(value, PROTOCOL)
    buffers: List[memoryview] = []

    def is_in_pickle(buffer: pickle.PickleBuffer) -> bool:
        view = buffer.raw()
        if view.nbytes < _LEAST_BUFFER:
            return True
        buffers.append(view)
        return False

    file = io.BytesIO()
    pickler = pickle.Pickler(file, PROTOCOL, buffer_callback=is_in_pickle)
    pickler.dispatch_table = _reducers or _find_reducers()
    pickler.dump(value)
    return _framed([file.getbuffer(), *buffers]) if buffers else file.getbuffer()


def _is_plain(value: Any) -> bool:
    """Whether no reducer and no buffer can be in it; of most small values."""
    of_type = type(value)
    if of_type in _PLAIN:
        return True
    if of_type is tuple or of_type is list:
        return len(value) <= _FEW and _PLAIN.issuperset(map(type, value))
    if of_type is dict:
        return len(value) <= _FEW and _PLAIN.issuperset(map(type, (*value, *value.values())))
    return False


# Those of the program and of multiprocessing, whatever is registered later. A ForkingPickler copies them
# for each item, which takes longer than all else.
_reducers: Optional[Mapping[Any, Any]] = None


def _find_reducers() -> Mapping[Any, Any]:
    global _reducers
    from multiprocessing.reduction import ForkingPickler  # Which imports sockets.

    extra: Dict[Any, Any] = getattr(ForkingPickler, "_extra_reducers")
    _reducers = ChainMap(extra, copyreg.dispatch_table)
    return _reducers


def loads(data: Any) -> Any:
    """The value of an item. Large buffers in it are parts of the item, and keep it."""
    if type(data) is bytes and len(data) < _LEAST_BUFFER:
        return pickle.loads(data)
    view = memoryview(data)
    if view[:4] != _MAGIC:
        return pickle.loads(data)
    pickled, *buffers = _parts_of(view)
    return pickle.loads(pickled, buffers=buffers)


def _framed(parts: List[Any]) -> List[Any]:
    """A pickle and its buffers, with their head and with zeros before each buffer."""
    head = _COUNT.pack(_MAGIC, len(parts)) + struct.pack(f"<{len(parts)}Q", *map(len, parts))
    framed = [head, parts[0]]
    end = len(head) + len(parts[0])
    for buffer in parts[1:]:
        framed += bytes(-end % _ALIGNED), buffer
        end = len(buffer)  # From an aligned offset on.
    return framed


def _parts_of(item: memoryview) -> List[memoryview]:
    """Raises UnpicklingError for an item that no put has made."""
    try:
        _, count = _COUNT.unpack_from(item)
        lengths = struct.unpack_from(f"<{count}Q", item, _COUNT.size)
    except (struct.error, MemoryError) as error:
        raise pickle.UnpicklingError(f"an item with a broken head: {error}") from None
    end = _COUNT.size + 8 * count
    parts: List[memoryview] = []
    for length in lengths:
        begin = _aligned(end) if parts else end
        end = begin + length
        parts.append(item[begin:end])
    if end != len(item) or not count:
        raise pickle.UnpicklingError("an item whose parts have other lengths than its head says")
    return parts


def _aligned(length: int) -> int:
    return (length + _ALIGNED - 1) // _ALIGNED * _ALIGNED
