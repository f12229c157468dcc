"""The Python driver's adapters with a fault between them and the driver.

A fault sits in the processes that use a queue, in the server that keeps it, or in both.
"""

from __future__ import annotations

import functools
import os
import sys
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Mapping, Optional, Tuple

_FAULTY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_PYTHON = os.path.join(os.path.dirname(_FAULTY), "python")
if _PYTHON not in sys.path:
    sys.path.append(_PYTHON)

from mp_adapter import MultiprocessingAdapter  # noqa: E402
from mp_manager import Manager, ManagerAdapter  # noqa: E402
from psq_driver_kit import Call, Given, serve  # noqa: E402


@dataclass
class Process:
    """What a fault remembers in one process, and how many spawns it is away from the root."""

    depth: int
    memory: Dict[Any, Any] = field(default_factory=dict)

    def count(self, what: Any) -> int:
        """How often this was asked for, this time included."""
        self.memory[what] = self.memory.get(what, 0) + 1
        return self.memory[what]


@dataclass(frozen=True)
class Operation:
    """One operation that is about to be done; ``right`` does it correctly."""

    process: Process
    do: str
    target: Any
    right: Callable[..., Any]

    @property
    def value(self) -> Any:
        """What a put puts."""
        return self.right.args[0]  # type: ignore[attr-defined]

    @property
    def delivery(self) -> Any:
        """What an ack, nack, reject or extend is about."""
        return self.right.args[0]  # type: ignore[attr-defined]

    @property
    def options(self) -> Dict[str, Any]:
        """The options of a put, get or receive, block and timeout."""
        return dict(self.right.keywords)  # type: ignore[attr-defined]

    @property
    def waits(self) -> bool:
        """Whether the put or get may wait for ever."""
        return self.options.get("block", True) and self.options.get("timeout") is None

    @property
    def at_once(self) -> bool:
        """Whether the put or get does not wait at all."""
        return not self.options.get("block", True) or self.options.get("timeout") == 0

    def again(self, *values: Any, **changed: Any) -> Any:
        """Does the operation with other options, a put with another value if one is given."""
        method = getattr(self.target, self.do)
        return method(*(values or self.right.args), **{**self.options, **changed})


def _line_of_row() -> int:
    """The line that makes a Fault: this function is called by the constructor alone."""
    return sys._getframe(2).f_lineno


@dataclass(frozen=True)
class Fault:
    """One way to be wrong: a row of the tables.

    ``client`` does an operation in place of ``Operation.right``, in the process that asks for it;
    ``server`` is the class of the queues that a manager's server keeps; of a broker's queues
    (``broker``), the arguments of a server that is set up wrongly. ``also`` are globs of the clauses
    at which tests may fail besides ``clause``.
    """

    name: str
    clause: str
    breaks: str
    client: Optional[Callable[[Operation], Any]] = None
    server: Any = None
    manager: bool = False
    broker: bool = False
    times: Mapping[str, float] = field(default_factory=dict)
    """Of a broker's queue: by what arguments of its creation are multiplied."""
    also: Tuple[str, ...] = ()
    line: int = field(default_factory=_line_of_row)

    @property
    def control(self) -> Tuple[str, ...]:
        """The options of the run without a fault that it is to be held against."""
        return ("--manager",) if self.manager else ("--broker",) if self.broker else ()


def run_faulty_child(make: Callable[[], Any], name: str, socket_path: str, given: Given) -> None:
    """What a child runs on its main thread; it was forked, so that any function will do."""
    serve(make(), role=name, socket_path=socket_path, objects=given)


class Faulty:
    """To be mixed into an adapter, before it."""

    fault: Optional[Fault]
    process: Process

    def operation(self, kind: str, target: Any, do: str, arguments: Mapping[str, Any]) -> Call:
        call: Call = super().operation(kind, target, do, arguments)  # type: ignore[misc]
        if self.fault is None or self.fault.client is None:
            return call
        operation = Operation(self.process, do, target, call.invoke)
        return Call(functools.partial(self.fault.client, operation), call.value)


class FaultyAdapter(Faulty, MultiprocessingAdapter):
    """multiprocessing, by fork, with a fault."""

    def __init__(self, fault: Optional[Fault], depth: int = 0) -> None:
        self.fault, self.process = fault, Process(depth)
        super().__init__("multiprocessing", "fork")

    def child(self) -> Tuple[Any, Tuple[Any, ...]]:
        make = functools.partial(FaultyAdapter, self.fault, self.process.depth + 1)
        return run_faulty_child, (make,)


class FaultyManagerAdapter(Faulty, ManagerAdapter):
    """The queues of a manager, by fork, with a fault."""

    def __init__(
        self, fault: Optional[Fault], depth: int = 0, address: Optional[str] = None
    ) -> None:
        self.fault, self.process = fault, Process(depth)
        super().__init__("multiprocessing", "fork", address)

    def manager_type(self) -> Any:
        if self.fault is None or self.fault.server is None:
            return Manager
        faulty = type("FaultyManager", (Manager,), {})
        for name in ("Queue", "JoinableQueue"):
            faulty.register(name, self.fault.server)
        return faulty

    def child(self) -> Tuple[Any, Tuple[Any, ...]]:
        depth = self.process.depth + 1
        return run_faulty_child, (
            functools.partial(FaultyManagerAdapter, self.fault, depth, self._address),
        )
