"""How values become the bytes of items, and back."""

from __future__ import annotations

import functools
import io
import json
import pickle
from multiprocessing.reduction import ForkingPickler
from typing import Any, Callable, Dict, NamedTuple

PROTOCOL = 5
"""Of pickled items."""
# These have no parts whose pickling a program could have changed.
_PLAIN = frozenset((int, float, complex, bool, str, bytes, type(None)))


class Codec(NamedTuple):
    """``dumps`` makes any object with a buffer; ``loads`` is given one, which may be writable."""

    dumps: Callable[[Any], Any]
    loads: Callable[[Any], Any]


def dumps(value: Any) -> Any:
    """The pickle of a value, by ``multiprocessing``'s reducers."""
    if type(value) in _PLAIN:
        return pickle.dumps(value, PROTOCOL)
    buffer = io.BytesIO()
    ForkingPickler(buffer, PROTOCOL).dump(value)
    return buffer.getbuffer()


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
    "pickle": Codec(dumps, pickle.loads),
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
