"""Bodies of items: bytes that say who made them, with filler that can be checked.

Layout: magic, length of the sender's name, sequence number, size of the item, length of the body,
the name, filler.  The filler depends on all of them, so that a body put together from pieces of two
others is noticed.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any, Dict, Optional

_HEADER = struct.Struct(">2sBQII")
_MAGIC = b"\xf1Q"
_RAMP = bytes(range(256)) * 2
_LONGEST_SHOWN = 65536
_BLOCKS_A_PIECE = 4096


def least_body(sender: str) -> int:
    """The least length of a body from this sender."""
    return _HEADER.size + len(sender.encode())


def make_body(sender: str, seq: int, size: int, length: int) -> bytes:
    """A body of exactly ``length`` bytes for an item of ``size`` bytes.

    ``length`` must not be less than ``least_body(sender)``, the name not longer than 255 bytes.
    """
    name = sender.encode()
    header = _HEADER.pack(_MAGIC, len(name), seq, size, length) + name
    block = _block(header)
    whole, rest = divmod(max(length - len(header), 0), len(block))
    return b"".join((header, block * whole, block[:rest]))


def item_value(body: bytes, length: Optional[int] = None) -> Optional[Dict[str, Any]]:
    """``{"item": …}`` for a body that was received, whole or broken; None when it is no item."""
    if len(body) < _HEADER.size or body[:2] != _MAGIC:
        return None
    _, name_length, seq, size, body_length = _HEADER.unpack_from(body)
    end = _HEADER.size + name_length
    try:
        name = body[_HEADER.size : end].decode()
    except UnicodeDecodeError:
        return None
    intact = (
        len(body) == body_length
        and end <= len(body)
        and (length is None or length == size)
        and is_filled(body, end, _block(body[:end]))
    )
    return {"item": {"from": name, "seq": seq, "size": size, "intact": intact}}


def bytes_value(data: bytes) -> Dict[str, Any]:
    """The value for bytes that were received by a bytes operation."""
    value = item_value(data, length=len(data))
    if value is not None:
        return value
    return {"bytes": data[:_LONGEST_SHOWN].hex(), "size": len(data)}


def _block(header: bytes) -> bytes:
    """The filler is this block, again and again."""
    check = zlib.crc32(header)
    start = check & 0xFF
    # 251 is prime: no power of two shifts the pattern onto itself.
    return check.to_bytes(4, "big") + _RAMP[start : start + 247]


def is_filled(body: bytes, start: int, block: bytes) -> bool:
    """Whether the body from there on is the block again and again, compared by large pieces and
    without a copy."""
    piece = block * min(_BLOCKS_A_PIECE, (len(body) - start) // len(block) + 1)
    whole = len(body) - (len(body) - start) % len(piece)
    pieces = range(start, whole, len(piece))
    return all(body.startswith(piece, at) for at in pieces) and piece.startswith(body[whole:])
