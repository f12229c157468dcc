"""Items as the bytes that the C++ kit makes of them: psq/driver/item.h says which.

So each side checks every byte of what the other one has put.
"""

from __future__ import annotations

import functools
import json
import struct
import threading
from typing import Any, Dict, Optional, Tuple

import mp_path  # noqa: F401
from psq_driver_kit import BadRequest, Item, Plain
from psq_driver_kit.items import is_filled

LEAST_SIZE = 64
"""With a name of up to 34 bytes."""

_MAGIC = b"\x8fpsq"
# Magic, size, number, delay and failure of the deserialization, which are zero here, length of the name.
_HEAD = struct.Struct("=4sIQIBB")
_CHECKSUM = struct.Struct("=Q")
_NAME_AT = _HEAD.size + _CHECKSUM.size
_LONGEST_NAME = 255
_LARGEST_SIZE = 0xFFFFFFFF
_BLOCK = 4093
_GOLDEN = 0x9E3779B97F4A7C15
_ALL = (1 << 64) - 1
# A JSON value begins so, and no item does.
_JSON_MARK = b"J"


class ItemMaker:
    """Makes the payloads of this process, and reads what it has received."""

    def __init__(self) -> None:
        self._objects: Dict[Tuple[int, str], bytearray] = {}

    def make(self, payload: Any) -> Any:
        """An object with a buffer.  Raises BadRequest for an item that is too small for its name."""
        if isinstance(payload, Plain):
            return _JSON_MARK + json.dumps(payload.json).encode()
        data = make_item(payload)
        if payload.same is None:
            return data
        changed = self._objects.setdefault((threading.get_ident(), payload.same), bytearray())
        changed[:] = data
        return changed

    @staticmethod
    def read(data: bytes) -> Dict[str, Any]:
        """The value of an answer, also for bytes that no process has put."""
        if data.startswith(_JSON_MARK):
            return {"json": json.loads(data[1:])}
        broken = {"item": {"from": "", "seq": 0, "size": len(data), "intact": False}}
        return item_value(data) or broken


def make_item(item: Item) -> bytes:
    """Exactly ``size`` bytes.  Raises BadRequest as above."""
    name = item.sender.encode()
    start = _NAME_AT + len(name)
    if not start <= item.size <= _LARGEST_SIZE or len(name) > _LONGEST_NAME:
        raise BadRequest(
            f"no item from a name of {len(name)} bytes has {item.size} bytes: take at least {start}, "
            f"and a name of at most {_LONGEST_NAME}"
        )
    head = _HEAD.pack(_MAGIC, item.size, item.seq, 0, 0, len(name))
    block = _block(name, item.seq, item.size - start)
    whole, rest = divmod(item.size - start, _BLOCK)
    return b"".join(
        (head, _CHECKSUM.pack(_checksum(head, name)), name, block * whole, block[:rest])
    )


def item_value(data: bytes) -> Optional[Dict[str, Any]]:
    """``{"item": …}`` for bytes that begin as an item, whole or broken; None for others."""
    if len(data) < _NAME_AT or not data.startswith(_MAGIC):
        return None
    _, size, seq, _, _, length = _HEAD.unpack_from(data)
    start = min(_NAME_AT + length, len(data))
    name = data[_NAME_AT:start]
    intact = (
        size == len(data)
        and len(name) == length
        and _CHECKSUM.unpack_from(data, _HEAD.size)[0] == _checksum(data[: _HEAD.size], name)
        and is_filled(data, start, _block(name, seq, len(data) - start))
    )
    sender = name.decode(errors="replace")
    return {"item": {"from": sender, "seq": seq, "size": size, "intact": intact}}


def _mix(x: int) -> int:
    """The finalizer of splitmix64."""
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & _ALL
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & _ALL
    return x ^ (x >> 31)


def _digest(data: bytes, seed: int) -> int:
    for byte in data:
        seed = _mix((seed + _GOLDEN + byte) & _ALL)
    return seed


def _checksum(head: bytes, name: bytes) -> int:
    return _digest(name, _digest(head, 1))


def _block(name: bytes, seq: int, filler: int) -> bytes:
    """What a filler of so many bytes repeats: its first bytes, at least one and at most a block."""
    return _first_bytes(name, seq, max(1, min(filler, _BLOCK)))


@functools.lru_cache(maxsize=64)
def _first_bytes(name: bytes, seq: int, size: int) -> bytes:
    state = _digest(name, _mix(seq + 1 & _ALL))
    count = (size + 7) // 8
    words = [_mix(state + _GOLDEN * i & _ALL) for i in range(1, count + 1)]
    return struct.pack(f"={count}Q", *words)[:size]
