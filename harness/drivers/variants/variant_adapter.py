"""Prepares calls on the queues of one design; processes and items are those of multiprocessing."""

from __future__ import annotations

from functools import partial
from typing import Any, Dict, Iterable, Mapping, Optional, Tuple

from designs import DESIGNS
from fronts import JoinableQueue, Queue, SimpleQueue
from mp_adapter import MultiprocessingAdapter
from one_poller import OnePoller
from pool import Pool
from psq_driver_kit import Call, Given, Outcome, serve


def run_variant_child(
    name: str, handed: Optional[str], role: str, socket_path: str, given: Given
) -> None:
    """What a child runs on its main thread."""
    serve(VariantAdapter(name, handed), role=role, socket_path=socket_path, objects=given)


class VariantAdapter(MultiprocessingAdapter):
    """One process of the driver of one design.

    ``handed`` is what the design hands from the root to its children.
    """

    def __init__(self, name: str, handed: Optional[str] = None) -> None:
        self._design = DESIGNS[name]
        self._poller = OnePoller()
        self._pool = Pool()
        super().__init__("multiprocessing", self._design.start_method)
        prepare = self._design.prepare
        self._handed = None if prepare is None else prepare(handed)

    def hello(self) -> Mapping[str, Any]:
        hello: Dict[str, Any] = dict(super().hello())
        operations = hello["capabilities"]["operations"]
        options = hello["capabilities"]["options"]
        largest = self._design.largest
        return {
            **hello,
            "implementation": f"variant-{self._design.name}",
            "version": "1",
            "profiles": list(self._design.profiles),
            "capabilities": {
                "operations": operations,
                "options": [each for each in options if each != "preset_unfinished"],
                "bounds": list(self._design.bounds),
            },
            "limits": {
                "item_bytes": hello["limits"]["item_bytes"],
                **({} if largest is None else {"maxsize": largest}),
            },
        }

    def create(self, kind: str, arguments: Mapping[str, Any]) -> Call:
        if kind == "pipe":
            make = self._design.make_pipe
            return (
                super().create(kind, arguments)
                if make is None
                else Call(partial(make, **arguments))
            )
        return Call(lambda: [self._created(kind, int(arguments.get("maxsize", 0)))])

    def _created(self, kind: str, maxsize: int) -> Any:
        largest = self._design.largest
        if largest is not None and maxsize > largest:
            raise ValueError(f"a bound is at most {largest}")
        if self._design.has_pool:
            self._pool.serve_one()
        store = self._design.make()
        if kind == "simple_queue":
            return SimpleQueue(store.unbuffered())
        return (JoinableQueue if kind == "joinable_queue" else Queue)(store, maxsize)

    def outcome(self, kind: str, do: str, error: BaseException) -> Outcome:
        if do == "put" and "timeout" in str(error):
            return Outcome("invalid_argument")
        if do in ("send", "send_bytes") and isinstance(error, ConnectionResetError):
            return Outcome("broken_pipe")
        return super().outcome(kind, do, error)

    def spawn(self, name: str, socket_path: str, given: Given, daemon: bool) -> Call:
        start = super().spawn(name, socket_path, given, daemon)
        return Call(partial(self._poller.alone, start.invoke), start.value)

    def process_operation(self, handle: Any, do: str, arguments: Mapping[str, Any]) -> Call:
        call = super().process_operation(handle, do, arguments)
        if do == "join_process":
            return Call(partial(self._poller.join, handle, **arguments), call.value)
        return Call(partial(self._poller.alone, call.invoke), call.value)

    def child(self) -> Tuple[Any, Tuple[Any, ...]]:
        return run_variant_child, (self._design.name, self._handed)

    def descriptors(self, kind: str, target: Any) -> Iterable[int]:
        if kind == "connection":
            return super().descriptors(kind, target)
        descriptor = target.descriptor()
        return () if descriptor is None else (descriptor,)

    def abandon(self, kind: str, target: Any) -> None:
        target.close()
