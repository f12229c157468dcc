"""How values become the bytes of items, and back; spec/item-formats.md has the formats."""

from __future__ import annotations

import functools
import io
import json
import pickle
import struct
from multiprocessing.reduction import ForkingPickler
from typing import Any, Callable, Dict, List, NamedTuple

PROTOCOL = 5
"""Of pickled items."""
# These have no parts whose pickling a program could have changed.
_PLAIN = frozenset((int, float, complex, bool, str, bytes, type(None)))
# A pickle with large buffers behind it begins so; one alone begins with 0x80.
_MAGIC = b"psq\x01"
_COUNT = struct.Struct("<4sI")
_ALIGNED = 64
_pickler: Any = ForkingPickler
# A buffer below this size is a part of the pickle.
_LEAST_BUFFER = 16 << 10


class Codec(NamedTuple):
    """``dumps`` makes any object with a buffer; ``loads`` is given one, which may be writable."""

    dumps: Callable[[Any], Any]
    loads: Callable[[Any], Any]


def dumps(value: Any) -> Any:
    """The pickle of a value, by ``multiprocessing``'s reducers, with its large buffers behind it."""
    if type(value) in _PLAIN:
        return pickle.dumps(value, PROTOCOL)
    buffers: List[memoryview] = []

    def is_in_pickle(buffer: pickle.PickleBuffer) -> bool:
        try:
            view = buffer.raw()
        except BufferError:  # Not contiguous.
            return True
        if view.nbytes < _LEAST_BUFFER:
            return True
        buffers.append(view)
        return False

    file = io.BytesIO()
    _pickler(file, PROTOCOL, True, is_in_pickle).dump(value)
    return _joined([file.getbuffer(), *buffers]) if buffers else file.getbuffer()


def loads(data: Any) -> Any:
    """The value of an item. Large buffers in it are parts of the item, and keep it."""
    view = memoryview(data)
    if view[:4] != _MAGIC:
        return pickle.loads(data)
    pickled, *buffers = _parts_of(view)
    return pickle.loads(pickled, buffers=buffers)


def _joined(parts: List[memoryview]) -> bytearray:
    lengths = struct.pack(f"<{len(parts)}Q", *map(len, parts))
    begin = _aligned(_COUNT.size + len(lengths))
    item = bytearray(begin + sum(_aligned(len(part)) for part in parts))
    _COUNT.pack_into(item, 0, _MAGIC, len(parts))
    item[_COUNT.size : _COUNT.size + len(lengths)] = lengths
    for part in parts:
        item[begin : begin + len(part)] = part
        begin += _aligned(len(part))
    return item


def _parts_of(item: memoryview) -> List[memoryview]:
    """Raises UnpicklingError for an item that no put has made."""
    try:
        _, count = _COUNT.unpack_from(item)
        lengths = struct.unpack_from(f"<{count}Q", item, _COUNT.size)
    except (struct.error, MemoryError) as error:
        raise pickle.UnpicklingError(f"an item with a broken head: {error}") from None
    begin = _aligned(_COUNT.size + 8 * count)
    if begin + sum(map(_aligned, lengths)) != len(item) or not count:
        raise pickle.UnpicklingError("an item whose parts have other lengths than its head says")
    parts = []
    for length in lengths:
        parts.append(item[begin : begin + length])
        begin += _aligned(length)
    return parts


def _aligned(length: int) -> int:
    return (length + _ALIGNED - 1) // _ALIGNED * _ALIGNED


def _bytes_of(value: Any) -> Any:
    if isinstance(value, str):
        raise TypeError("a queue of bytes takes objects with a buffer, and no str")
    return memoryview(value)


def _utf8_of(value: Any) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"a queue of text takes str, and no {type(value).__name__}")
    return value.encode()


_json = functools.partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
CODECS: Dict[str, Codec] = {
    "pickle": Codec(dumps, loads),
    "bytes": Codec(_bytes_of, bytes),
    "text": Codec(_utf8_of, lambda data: str(data, "utf-8")),
    "json": Codec(lambda value: _json(value).encode(), lambda data: json.loads(bytes(data))),
}


def codec_of(name: str) -> Codec:
    """Raises ValueError for a name that there is not."""
    try:
        return CODECS[name]
    except KeyError:
        raise ValueError(f"no codec is named {name!r}; there are {', '.join(CODECS)}") from None
