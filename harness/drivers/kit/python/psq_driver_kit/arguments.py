"""Reads the fields of a request; what makes no sense becomes BadRequest, with what to do."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Callable, Dict, Mapping, Optional, Set, Tuple, Union

from .adapter import BadRequest, Unsupported

_WORDS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_BOUNDS = ("bounded", "unbounded")
_LARGEST_SEQ = (1 << 63) - 1
_LARGEST_SIZE = (1 << 32) - 1


@dataclass(frozen=True)
class Item:
    """A value of exactly ``size`` serialised bytes, made of its first three fields and filler."""

    sender: str
    seq: int
    size: int
    fail: Optional[str] = None
    """``"serialize"`` or ``"deserialize"``: doing it raises an error."""
    failure: str = "error"
    """The kind of that error: ``"error"``, ``"exit"``, ``"interrupt"`` or ``"other"``."""
    slow_serialize: float = 0.0
    slow_deserialize: float = 0.0
    """Seconds that it takes longer."""
    same: Optional[str] = None
    """The name of the mutable object that the thread puts again, with this item as its value."""

    @property
    def special(self) -> bool:
        return bool(self.fail or self.slow_serialize or self.slow_deserialize or self.same)

    def later(self, count: int) -> "Item":
        """The item that comes ``count`` after this one in a repeated operation."""
        return replace(self, seq=self.seq + count)


@dataclass(frozen=True)
class Plain:
    """A JSON value that travels as it is."""

    json: Any


@dataclass(frozen=True)
class Raw:
    """Bytes for the bytes operations."""

    data: bytes


Payload = Union[Item, Plain, Raw]


@dataclass(frozen=True)
class Declared:
    """What the hello declares, in the form in which requests are checked against it."""

    operations: Mapping[str, Set[str]]
    options: Set[str]
    bounds: Set[str]
    least_item: int
    most_item: int = _LARGEST_SIZE

    @staticmethod
    def of(hello: Mapping[str, Any]) -> "Declared":
        capabilities = hello["capabilities"]
        operations = {kind: set(names) for kind, names in capabilities["operations"].items()}
        bounds = set(capabilities.get("bounds", _BOUNDS))
        least_item = hello["limits"]["item_bytes"]
        most_item = hello["limits"].get("max_item_bytes", _LARGEST_SIZE)
        return Declared(operations, set(capabilities["options"]), bounds, least_item, most_item)

    def need_operation(self, kind: str, do: str) -> None:
        if do not in self.operations.get(kind, ()):
            raise Unsupported(f"{do!r} on a {kind} is not declared")

    def need_bound(self, maxsize: Union[int, float]) -> None:
        kind = "bounded" if maxsize > 0 else "unbounded"
        if kind not in self.bounds:
            raise Unsupported(f"{kind!r} queues are not declared")

    def need_option(self, option: str) -> None:
        if option not in self.options:
            raise Unsupported(f"the option {option!r} is not declared")


def number(value: Any, what: str) -> Union[int, float]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadRequest(f"{what} must be a number, not {value!r:.60}")
    return value


def integer(value: Any, what: str, least: Optional[int] = None, most: Optional[int] = None) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRequest(f"{what} must be a whole number, not {value!r:.60}")
    if (least is not None and value < least) or (most is not None and value > most):
        raise BadRequest(f"{what} must be from {least} to {most}, not {value}")
    return value


def boolean(value: Any, what: str) -> bool:
    if not isinstance(value, bool):
        raise BadRequest(f"{what} must be true or false, not {value!r:.60}")
    return value


def text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise BadRequest(f"{what} must be a non-empty string, not {value!r:.60}")
    return value


def timeout(value: Any, what: str) -> Union[int, float, None]:
    if value is None:
        return None
    if isinstance(value, str) and value in _WORDS:
        return _WORDS[value]
    if isinstance(value, str):
        raise BadRequest(f"{what} must be seconds, null or one of {sorted(_WORDS)}")
    return number(value, what)


_READERS: Dict[str, Callable[[Any, str], Any]] = {
    "block": boolean,
    "timeout": timeout,
    "offset": integer,
    "size": integer,
    "maxlength": integer,
    "room": lambda value, what: integer(value, what, 0, _LARGEST_SIZE),
    "orderly": boolean,
    "frozen": boolean,
    "full": boolean,
}

# What each operation takes besides its payload and the names of objects.
FIELDS: Dict[str, Tuple[str, ...]] = {
    "put": ("block", "timeout"),
    "get": ("block", "timeout"),
    "send_bytes": ("offset", "size"),
    "recv_bytes": ("maxlength",),
    "recv_bytes_into": ("room", "offset"),
    "poll": ("timeout",),
    "wait": ("timeout",),
    "join_process": ("timeout",),
    "receive": ("block", "timeout"),
    "stop_server": ("orderly",),
    "freeze_server": ("frozen",),
    "fill_server": ("full",),
}
# Of those the ones that it cannot do without.
_NEEDED = {"recv_bytes_into": "room", "freeze_server": "frozen", "fill_server": "full"}


def operation_arguments(
    request: Mapping[str, Any], kind: str, declared: Declared
) -> Dict[str, Any]:
    """The checked arguments of an operation, those that are there."""
    do = request["do"]
    fields = () if kind == "simple_queue" else FIELDS.get(do, ())
    found = {field: _READERS[field](request[field], field) for field in fields if field in request}
    if _NEEDED.get(do, do) not in (do, *found):
        raise BadRequest(f"{do} needs the field {_NEEDED[do]!r}")
    if do in ("put", "send", "send_bytes", "publish"):
        found["payload"] = payload(request, do == "send_bytes", declared)
    return found


def payload(request: Mapping[str, Any], raw: bool, declared: Declared) -> Payload:
    """The payload of a request; ``raw`` for the bytes operations."""
    other = "bytes" if raw else "json"
    present = [name for name in ("item", "json", "bytes") if name in request]
    if present not in (["item"], [other]):
        raise BadRequest(f"{request['do']} needs one payload, an item or {other}; it has {present}")
    if present == ["item"]:
        return _item(request["item"], declared)
    if raw:
        return _raw(request["bytes"])
    declared.need_option("json")
    return Plain(request["json"])


def _raw(value: Any) -> Raw:
    try:
        return Raw(bytes.fromhex(value))
    except (TypeError, ValueError):
        raise BadRequest("bytes must be a string of hexadecimal digits, two a byte") from None


def _item(value: Any, declared: Declared) -> Item:
    if not isinstance(value, dict):
        raise BadRequest("an item must be an object with from, seq and size")
    sender = value.get("from")
    if not isinstance(sender, str) or not 0 <= _encoded_length(sender) <= 255:
        raise BadRequest("an item's from must be a string of at most 255 bytes in UTF-8")
    seq = integer(value.get("seq"), "an item's seq", 0, _LARGEST_SEQ)
    size = integer(value.get("size"), "an item's size", declared.least_item, declared.most_item)
    more = _slow(value.get("slow"), declared)
    same = value.get("same")
    if same is not None:
        text(same, "an item's same")
        declared.need_option("item.same")
    fail = _one_of(value, "fail", (None, "serialize", "deserialize"))
    if fail is not None:
        declared.need_option(f"item.fail_{fail}")
    failure = _one_of(value, "failure", ("error", "exit", "interrupt", "other"))
    if failure != "error":
        declared.need_option(f"item.failure_{failure}")
    return Item(sender, seq, size, fail, failure, same=same, **more)


def _one_of(item: Mapping[str, Any], field: str, words: Tuple[Optional[str], ...]) -> Any:
    """The name in a field, the first one when the field is absent."""
    found = item.get(field, words[0])
    if found not in words:
        raise BadRequest(f"an item's {field} must be one of {', '.join(filter(None, words))}")
    return found


def _encoded_length(name: str) -> int:
    try:
        return len(name.encode())
    except UnicodeEncodeError:
        return -1


def _slow(value: Any, declared: Declared) -> Dict[str, float]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not set(value) <= {"serialize", "deserialize"}:
        raise BadRequest("an item's slow must be an object with serialize or deserialize")
    for what in value:
        declared.need_option(f"item.slow_{what}")
    found = {f"slow_{what}": float(number(seconds, what)) for what, seconds in value.items()}
    if not all(0 <= seconds < math.inf for seconds in found.values()):
        raise BadRequest("an item's slow must be seconds, not negative")
    return found
