"""A driver of anything with the API of ``multiprocessing``, in three lines::

    import my_queues
    from psq_driver_kit.queues import serve_queues
    serve_queues(my_queues, implementation="my-queues", version="1")

``my_queues``, a module or an object such as a context, has one or more of ``Queue(maxsize)``,
``JoinableQueue(maxsize)`` and ``SimpleQueue()``. Of what they make, the methods that spec/operations.md
knows are declared. With ``Process(target=…, args=…)`` beside them, children are started by that; a
start method that pickles imports a module by its name, and pickles any other object. Errors are
those of ``multiprocessing``: ``queue.Empty``, ``queue.Full``, ValueError for a queue that is closed.
"""

from __future__ import annotations

import functools
import importlib
import queue
from types import ModuleType
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from .adapter import Adapter, BadRequest, Call, Given, Outcome, Unsupported
from .arguments import Item, Plain
from .items import item_value, least_body, make_body
from .session import serve

_FACTORIES = {"queue": "Queue", "joinable_queue": "JoinableQueue", "simple_queue": "SimpleQueue"}
_OF_A_QUEUE = ["put", "get", "qsize", "empty", "full", "close", "join_thread", "cancel_join_thread"]
_OPERATIONS: Dict[str, List[str]] = {
    "queue": _OF_A_QUEUE,
    "joinable_queue": [*_OF_A_QUEUE, "task_done", "join"],
    "simple_queue": ["put", "get", "empty", "close"],
}
_OF_PROCESSES = ["spawn", "join_process", "exit_code", "terminate", "kill", "drop_process"]
_LEAST_ITEM = 96
_OUTCOMES = (
    (queue.Empty, "empty"),
    (queue.Full, "full"),
    (EOFError, "end_of_stream"),
    (BrokenPipeError, "broken_pipe"),
    (AssertionError, "not_started"),
    (ValueError, "invalid_argument"),
    (OverflowError, "invalid_argument"),
    (TypeError, "wrong_type"),
)


class QueuesAdapter(Adapter):
    """``made`` are the queues; ``options`` and ``profiles`` go into the hello as they are."""

    def __init__(
        self,
        made: Any,
        implementation: str,
        version: str,
        start_method: str = "fork",
        profiles: Sequence[str] = ("base",),
    ) -> None:
        self._queues = made
        self._description = {
            "implementation": implementation,
            "version": version,
            "start_method": start_method if hasattr(made, "Process") else "none",
            "profiles": list(profiles),
        }

    def hello(self) -> Mapping[str, Any]:
        found = {kind: self._operations_of(kind) for kind in _FACTORIES}
        operations = {kind: names for kind, names in found.items() if names}
        if not operations:
            raise AttributeError(f"{self._queues!r} has no Queue, JoinableQueue or SimpleQueue")
        if hasattr(self._queues, "Process"):
            operations["process"] = [*_OF_PROCESSES, "end_thread"]
        return {
            **self._description,
            "language": "python",
            "capabilities": {"operations": operations, "options": ["json"]},
            "limits": {"item_bytes": _LEAST_ITEM},
        }

    def _operations_of(self, kind: str) -> List[str]:
        factory: Optional[Callable[[], Any]] = getattr(self._queues, _FACTORIES[kind], None)
        if factory is None:
            return []
        one = factory()  # a factory may be a function, which tells nothing of what it makes
        return [name for name in _OPERATIONS[kind] if callable(getattr(one, name, None))]

    def create(self, kind: str, arguments: Mapping[str, Any]) -> Call:
        if kind not in _FACTORIES or "unfinished" in arguments:
            raise Unsupported(f"no {kind} with {dict(arguments)}")
        factory = getattr(self._queues, _FACTORIES[kind])
        return Call(lambda: [factory(*arguments.values())])

    def operation(self, kind: str, target: Any, do: str, arguments: Mapping[str, Any]) -> Call:
        method = getattr(target, do)
        rest = dict(arguments)
        if do == "put":
            return Call(functools.partial(method, _value(rest.pop("payload")), **rest))
        if do == "get":
            return Call(functools.partial(method, **rest), _payload)
        return (
            Call(method, lambda result: result)
            if do in ("qsize", "empty", "full")
            else Call(method)
        )

    def outcome(self, kind: str, do: str, error: BaseException) -> Outcome:
        if isinstance(error, (ValueError, OSError)) and "closed" in str(error):
            return Outcome("closed")
        if do == "task_done" and isinstance(error, ValueError):
            return Outcome("task_done_too_often")
        return Outcome(next((word for of, word in _OUTCOMES if isinstance(error, of)), "raised"))

    def spawn(self, name: str, socket_path: str, given: Given, daemon: bool) -> Call:
        named = isinstance(self._queues, ModuleType)
        what = self._queues.__name__ if named else self._queues
        arguments = (what, self._description, name, socket_path, given)
        process = self._queues.Process(target=_child, args=arguments, daemon=daemon)

        def start() -> Any:
            process.start()
            return process

        return Call(start)

    def process_operation(self, handle: Any, do: str, arguments: Mapping[str, Any]) -> Call:
        if do == "join_process":
            timeout = arguments.get("timeout")

            def join() -> bool:
                handle.join(timeout)
                return handle.exitcode is not None

            return Call(join, bool)
        if do == "exit_code":
            return Call(lambda: handle.exitcode, lambda code: code)
        return Call(getattr(handle, do))


def _child(
    what: Any, description: Dict[str, Any], name: str, socket_path: str, given: Given
) -> None:
    made = importlib.import_module(what) if isinstance(what, str) else what
    serve(QueuesAdapter(made, **description), role=name, socket_path=socket_path, objects=given)


def _value(payload: Any) -> Any:
    if isinstance(payload, Plain):
        return payload.json
    if not isinstance(payload, Item):
        raise BadRequest("a queue takes no raw bytes")
    if payload.size < least_body(payload.sender):
        raise BadRequest(f"size must be {least_body(payload.sender)} or more for this name")
    return make_body(payload.sender, payload.seq, payload.size, payload.size)


def _payload(value: Any) -> Any:
    return (isinstance(value, bytes) and item_value(value)) or {"json": value}


def serve_queues(made: Any, implementation: str, version: str, **more: Any) -> None:
    """Serve the controller; to be called on the main thread, under ``if __name__ == "__main__"``.

    ``more`` are ``start_method``, its name in the hello, and ``profiles``, those that it claims.
    """
    serve(QueuesAdapter(made, implementation, version, **more))
