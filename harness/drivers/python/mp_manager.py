"""The queues that a server process keeps: ``Manager().Queue()`` and ``Manager().JoinableQueue()``.

The root starts the manager, before it has a connection that the server could inherit. The server
ends when all processes of the driver have ended, however they end.
"""

from __future__ import annotations

import os
import select
import sys
import threading
import uuid
from multiprocessing.managers import RemoteError, SyncManager
from typing import Any, Dict, Iterable, Mapping, Optional, Tuple

from mp_adapter import MultiprocessingAdapter
from psq_driver_kit import Call, Given, Outcome, needs, serve

_FACTORIES = {"queue": "Queue", "joinable_queue": "JoinableQueue"}
_OPERATIONS = {
    "queue": ["put", "get", "qsize", "empty", "full"],
    "joinable_queue": ["put", "get", "qsize", "empty", "full", "task_done", "join"],
}
# The server unpickles what is put: an item that fails or is slow there would do so in the put.
_OPTIONS = ["json", "item.fail_serialize", "item.slow_serialize"]


def run_manager_child(
    module_name: str, start_method: str, address: str, name: str, socket_path: str, given: Given
) -> None:
    """What a child runs on its main thread."""
    adapter = ManagerAdapter(module_name, start_method, address)
    serve(adapter, role=name, socket_path=socket_path, objects=given)


class ManagerAdapter(MultiprocessingAdapter):
    """Prepares calls on the queues of one manager.

    Without an address it starts the manager, with one it uses that which listens there.
    """

    def __init__(self, module_name: str, start_method: str, address: Optional[str] = None) -> None:
        if module_name != "multiprocessing":
            raise ValueError("only multiprocessing's own manager is known")
        missing = needs.what_is_missing((("os", "pidfd_open"),))
        if missing:
            raise ValueError(f"the manager's driver {missing}")
        super().__init__(module_name, start_method)
        # An abstract address leaves nothing in the file system when a process is killed.
        self._address = address or f"\0psq-manager-{uuid.uuid4().hex}"
        self._manager = self.manager_type()(address=self._address, ctx=self._context)
        if address is None:
            self._manager.start(initializer=Watched, initargs=(os.getpid(),))
        else:
            self._manager.connect()
            self._manager.watch(os.getpid())

    def manager_type(self) -> Any:
        """The class of the manager."""
        return Manager

    def hello(self) -> Mapping[str, Any]:
        hello: Dict[str, Any] = dict(super().hello())
        processes = hello["capabilities"]["operations"].get("process", [])
        hello["implementation"] += "-manager"
        hello["profiles"] = ["manager"]
        hello["capabilities"] = {
            "operations": {**_OPERATIONS, "process": processes},
            "options": _OPTIONS,
        }
        hello["limits"] = {**hello["limits"], "maxsize": sys.maxsize, "unfinished": sys.maxsize}
        return hello

    def outcome(self, kind: str, do: str, error: BaseException) -> Outcome:
        if isinstance(error, ValueError) and "'timeout' must be" in str(error):
            return Outcome("invalid_argument")
        if isinstance(error, RemoteError):
            return Outcome("raised")
        return super().outcome(kind, do, error)

    def create(self, kind: str, arguments: Mapping[str, Any]) -> Call:
        return Call(lambda: [getattr(self._manager, _FACTORIES[kind])(**arguments)])

    def child(self) -> Tuple[Any, Tuple[Any, ...]]:
        return run_manager_child, (self._module.__name__, self._start_method, self._address)

    def descriptors(self, kind: str, target: Any) -> Iterable[int]:
        return ()  # a proxy has a connection for each thread that uses it, and none of its own

    def abandon(self, kind: str, target: Any) -> None:
        """Dropping a proxy has no effect that another process could see."""


class Watched:
    """In the server: a process that uses it. The server ends with the last of them."""

    _lock = threading.Lock()
    _count = 0

    def __init__(self, pid: int) -> None:
        with Watched._lock:
            Watched._count += 1
        threading.Thread(target=self._watch, args=(pid,), name="watch", daemon=True).start()

    def _watch(self, pid: int) -> None:
        try:
            descriptor = os.pidfd_open(pid)
        except OSError:
            pass  # it has ended already
        else:
            poller = select.poll()
            poller.register(descriptor, select.POLLIN)
            poller.poll()
            os.close(descriptor)
        with Watched._lock:
            Watched._count -= 1
            if Watched._count == 0:
                os._exit(0)


class Manager(SyncManager):
    """One whose server knows when to end."""


Manager.register("watch", Watched)
