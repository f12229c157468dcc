"""How values become the bytes of items, and back; spec/item-formats.md has the formats."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict


class Codec:
    """``dumps`` makes any object with a buffer, or a list of them, whose bytes are the item one behind
    the other; ``loads`` is given one object, which may be writable."""

    def __init__(self, dumps: Callable[[Any], Any], loads: Callable[[Any], Any]) -> None:
        self.dumps = dumps
        self.loads = loads


_pickles: Any = None


def _find_pickles() -> Any:
    """The module, whose import takes longer than that of all else of the package."""
    global _pickles
    if _pickles is None:
        from . import pickles

        _pickles = pickles
    return _pickles


def dumps(value: Any) -> Any:
    """The pickle of a value, by ``multiprocessing``'s reducers, with its large buffers behind it."""
    return _find_pickles().dumps(value)


def loads(data: Any) -> Any:
    """The value of an item. Large buffers in it are parts of the item, and keep it."""
    return _find_pickles().loads(data)


def joined(data: Any) -> Any:
    """What ``dumps`` has made as one object, which has no part of the value any more."""
    return b"".join(data) if type(data) is list else data


def _utf8_of(value: Any) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"a queue of text takes str, and no {type(value).__name__}")
    return value.encode()


def _json_of(value: Any) -> bytes:
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _of_json(data: Any) -> Any:
    import json

    return json.loads(bytes(data))


CODECS: Dict[str, Codec] = {
    "pickle": Codec(dumps, loads),
    "bytes": Codec(memoryview, bytes),
    "text": Codec(_utf8_of, lambda data: str(data, "utf-8")),
    "json": Codec(_json_of, _of_json),
}


def codec_of(name: str) -> Codec:
    """Raises ValueError for a name that there is not."""
    try:
        return CODECS[name]
    except KeyError:
        raise ValueError(f"no codec is named {name!r}; there are {', '.join(CODECS)}") from None
