"""The implementation under test: multiprocessing, or a package with the same API."""

from __future__ import annotations

import functools
import importlib
import json
from typing import Any, Callable, Dict, Iterable, List, Mapping, NoReturn, Tuple

import mp_capabilities
import mp_path  # noqa: F401
from mp_items import ItemMaker
from mp_outcomes import NoConnection, outcome_of
from psq_driver_kit import (
    Adapter,
    Call,
    Given,
    Item,
    Outcome,
    Plain,
    Raw,
    bytes_value,
    make_body,
    serve,
)

_CLASSES = {"queue": "Queue", "joinable_queue": "JoinableQueue", "simple_queue": "SimpleQueue"}
_PROPERTIES = ("closed", "readable", "writable")
_NAMED = ("block", "timeout")
# What is in a buffer before a message is received into it.
_FILL = b"\xa5"


def run_child(
    module_name: str, start_method: str, name: str, socket_path: str, given: Given
) -> None:
    """What a child runs on its main thread."""
    adapter = MultiprocessingAdapter(module_name, start_method)
    serve(adapter, role=name, socket_path=socket_path, objects=given)


class MultiprocessingAdapter(Adapter):
    """Prepares calls on one package under one start method.

    Raises ImportError for a package that is not there, ValueError for a start method that it lacks.
    """

    def __init__(self, module_name: str, start_method: str) -> None:
        self._module = importlib.import_module(module_name)
        self._context = self._module.get_context(start_method)
        self._start_method = start_method
        self._items = ItemMaker(self.pickler())
        self._connection = importlib.import_module(f"{module_name}.connection")

    def pickler(self) -> Callable[[Any], Any]:
        """What makes the bytes of an item."""
        reduction = importlib.import_module(f"{self._module.__name__}.reduction")
        dumps: Callable[[Any], Any] = reduction.ForkingPickler.dumps
        return dumps

    def hello(self) -> Mapping[str, Any]:
        return mp_capabilities.hello(self._module, self._start_method)

    def outcome(self, kind: str, do: str, error: BaseException) -> Outcome:
        return outcome_of(self._module, kind, do, error)

    # Objects come and go.

    def create(self, kind: str, arguments: Mapping[str, Any]) -> Call:
        if kind == "pipe":
            return Call(functools.partial(self._context.Pipe, **arguments))
        factory = getattr(self._context, _CLASSES[kind])
        options = {key: value for key, value in arguments.items() if key != "unfinished"}
        if "unfinished" in arguments:
            return Call(lambda: [self._preset(factory(**options), arguments["unfinished"])])
        return Call(lambda: [factory(**options)])

    def _preset(self, queue: Any, unfinished: int) -> Any:
        queue._unfinished_tasks = self._context.Semaphore(unfinished)
        return queue

    def descriptors(self, kind: str, target: Any) -> Iterable[int]:
        ends = [target] if kind == "connection" else [target._reader, target._writer]
        return [end.fileno() for end in ends if end is not None and not end.closed]

    def abandon(self, kind: str, target: Any) -> None:
        if kind == "connection":
            target.close()
        elif kind == "simple_queue" or target._thread is None:
            for end in (target._reader, target._writer):
                if end is not None:
                    end.close()
        else:
            target.close()

    # Processes.

    def spawn(self, name: str, socket_path: str, given: Given, daemon: bool) -> Call:
        target, arguments = self.child()

        def start() -> Any:
            process = self._context.Process(
                target=target, args=(*arguments, name, socket_path, given), name=name, daemon=daemon
            )
            process.start()
            # Some packages keep the arguments, and with them the objects, as long as the handle.
            process._args = ()
            return process

        return Call(start)

    def child(self) -> Tuple[Any, Tuple[Any, ...]]:
        """What a child runs, and its first arguments: name, socket and objects follow."""
        return run_child, (self._module.__name__, self._start_method)

    def process_operation(self, handle: Any, do: str, arguments: Mapping[str, Any]) -> Call:
        if do == "join_process":
            return Call(lambda: (handle.join(**arguments), handle.exitcode is not None)[1], _itself)
        if do == "exit_code":
            return Call(lambda: handle.exitcode, _itself)
        return Call(_bound(handle, do))

    # Operations on objects.

    def operation(self, kind: str, target: Any, do: str, arguments: Mapping[str, Any]) -> Call:
        special = getattr(self, "_" + do, None)
        if special is not None:
            return special(kind, target, dict(arguments))
        if do in _PROPERTIES:
            return Call(lambda: getattr(target, do), _itself)
        method = _bound(target, do)
        if do in ("qsize", "empty", "full"):
            return Call(method, _itself)
        return Call(method)

    def _put(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        value = self._payload(arguments.pop("payload"))
        return Call(functools.partial(_bound(target, "put"), value, **arguments))

    def _get(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        return Call(functools.partial(_bound(target, "get"), **arguments), self._value)

    def _send(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        value = self._payload(arguments["payload"])
        return Call(functools.partial(_bound(target, "send"), value))

    def _recv(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        return Call(_bound(target, "recv"), self._value)

    def _send_bytes(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        payload = arguments["payload"]
        data = payload.data if isinstance(payload, Raw) else self.raw_item(payload)
        rest: List[int] = []
        if "size" in arguments:
            rest = [arguments.get("offset", 0), arguments["size"]]
        elif "offset" in arguments:
            rest = [arguments["offset"]]
        return Call(functools.partial(_bound(target, "send_bytes"), data, *rest))

    def _recv_bytes(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        method = functools.partial(_bound(target, "recv_bytes"), *arguments.values())

        def value(data: Any) -> Dict[str, Any]:
            known = isinstance(data, (bytes, bytearray))
            return self.raw_value(bytes(data)) if known else _unknown(data)

        return Call(method, value)

    def _recv_bytes_into(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        room = bytearray(_FILL * arguments["room"])
        offset = arguments.get("offset", 0)
        method = _bound(target, "recv_bytes_into")
        call = functools.partial(method, room, *_if_there(arguments, "offset"))

        def value(count: Any) -> Dict[str, Any]:
            if not isinstance(count, int):
                return _unknown(count)
            rest = room[:offset] + room[offset + count :]
            return {
                "count": count,
                "rest_untouched": rest == _FILL * len(rest),
                **self.raw_value(bytes(room[offset : offset + count])),
            }

        return Call(call, value)

    def _poll(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        return Call(functools.partial(_bound(target, "poll"), *arguments.values()), _itself)

    def _wait(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        pairs = arguments.pop("of")
        wait = self._connection.wait
        connections = [connection for _, connection in pairs]

        def ready_names(ready: Any) -> Any:
            if not isinstance(ready, (list, tuple)):
                return _unknown(ready)
            return [name for name, connection in pairs if any(connection is one for one in ready)]

        return Call(functools.partial(wait, connections, **arguments), ready_names)

    def _send_connection(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        return Call(functools.partial(_bound(target, "send"), arguments["connection"]))

    def _recv_connection(self, kind: str, target: Any, arguments: Dict[str, Any]) -> Call:
        hold_still = arguments["hold_still"]

        def receive() -> Any:
            target.poll(None)
            hold_still()
            received = target.recv()
            if not isinstance(received, self._connection.Connection):
                raise NoConnection(f"a {type(received).__name__} came and no connection")
            return received

        return Call(receive)

    def raw_item(self, item: Item) -> bytes:
        """The bytes of an item for the operations on bytes."""
        return make_body(item.sender, item.seq, item.size, item.size)

    def raw_value(self, data: bytes) -> Dict[str, Any]:
        """The value for bytes that one of them has received."""
        return bytes_value(data)

    def _payload(self, payload: Any) -> Any:
        return payload.json if isinstance(payload, Plain) else self._items.make(payload)

    def _value(self, value: Any) -> Any:
        found = self._items.read(value)
        if found is not None:
            return found
        if isinstance(value, (bytes, bytearray)):
            return bytes_value(bytes(value))
        return _plain(value)


def _bound(target: Any, name: str) -> Callable[..., Any]:
    """The method, or a call that ends as looking it up did: what an object of the implementation does
    with a name is the implementation's."""
    try:
        method: Callable[..., Any] = getattr(target, name)
        return method
    except Exception as error:
        return functools.partial(_raise, error)


def _raise(error: Exception, *_arguments: Any, **_named: Any) -> NoReturn:
    raise error


def _itself(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int)) else _unknown(value)


def _unknown(value: Any) -> Dict[str, Any]:
    """For what no caller of this operation expects: the controller shall see what came."""
    return {"unknown": {"type": type(value).__name__, "repr": repr(value)[:1000]}}


def _plain(value: Any) -> Dict[str, Any]:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return _unknown(value)
    return {"json": value}


def _if_there(arguments: Mapping[str, Any], name: str) -> List[Any]:
    return [arguments[name]] if name in arguments else []
