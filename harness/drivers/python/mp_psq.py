"""psq for Python: the reference's queues behind the API of multiprocessing."""

from __future__ import annotations

import functools
import multiprocessing
from typing import Any, Callable, Dict, Iterable, Mapping, Tuple

import mp_capabilities
from mp_adapter import MultiprocessingAdapter
from mp_outcomes import outcome_of
from psq_driver_kit import Call, Given, Outcome, serve

MODULE = "psq"


def run_psq_child(start_method: str, name: str, socket_path: str, given: Given) -> None:
    """What a child runs on its main thread."""
    serve(PsqAdapter(MODULE, start_method), role=name, socket_path=socket_path, objects=given)


class PsqAdapter(MultiprocessingAdapter):
    """Prepares calls on the package psq, whose processes are those of multiprocessing."""

    def pickler(self) -> Callable[[Any], Any]:
        pickler: Callable[[Any], Any] = self._module.codecs.dumps
        return pickler

    def hello(self) -> Mapping[str, Any]:
        # What multiprocessing has, and its processes.
        hello: Dict[str, Any] = dict(mp_capabilities.hello(multiprocessing, self._start_method))
        hello["implementation"] = "psq-python"
        hello["version"] = self._module.__version__
        hello["profiles"] = ["base", "lifecycle", "robust"]
        largest = self._module.MAX_SIZE
        hello["limits"] = {**hello["limits"], "maxsize": largest, "unfinished": largest}
        return hello

    def outcome(self, kind: str, do: str, error: BaseException) -> Outcome:
        if isinstance(error, self._module.Closed):
            return Outcome("closed")
        return outcome_of(multiprocessing, kind, do, error)

    def create(self, kind: str, arguments: Mapping[str, Any]) -> Call:
        if "unfinished" not in arguments:
            return super().create(kind, arguments)
        make = functools.partial(self._context.JoinableQueue, **arguments)
        return Call(lambda: [make()])

    def descriptors(self, kind: str, target: Any) -> Iterable[int]:
        if kind == "connection":
            return super().descriptors(kind, target)
        return [target._core.descriptor()]

    def abandon(self, kind: str, target: Any) -> None:
        target.close()

    def child(self) -> Tuple[Any, Tuple[Any, ...]]:
        return run_psq_child, (self._start_method,)
