"""One process of a driver: reads requests, hands them to threads, answers."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import Any, Callable, List, Mapping, NoReturn, Optional

from . import at_exit
from .adapter import Adapter, BadRequest, Given
from .arguments import Declared, boolean, text
from .calls import error_fields
from .registry import Descriptor, Registry, cover
from .threads import LAST_WORDS, MAIN, Threads, end_for_a_bug, guarded
from .wire import Wire
from .work import END_THREAD, Worker

USAGE_STATUS = 64
ROOT = "root"
SIGNAL_HANDLER = "signal_handler"
"""The option with which each process has a handler for SIGUSR1, which does nothing."""


class DriverAskedToFail(Exception):
    """The unhandled error of ``{"do":"end","how":"raise"}``."""


class Session:
    """The state of one process.  There is one, made by :func:`serve`."""

    def __init__(self, adapter: Adapter, role: str, socket_path: str, wire: Wire) -> None:
        self.pid = os.getpid()
        self.wire = wire
        self.registry = Registry(adapter)
        hello = adapter.hello()
        self._hello = {"hello": 1, "role": role, "pid": self.pid}
        if role == ROOT:
            self._hello.update(hello)
        self._threads = Threads()
        declared = Declared.of(hello)
        self._handles_signal = SIGNAL_HANDLER in declared.options
        self._ends_threads = END_THREAD in declared.operations.get("process", ())
        self._worker = Worker(
            adapter, self.registry, self.wire, declared, socket_path, is_root=role == ROOT
        )

    def begin(self) -> None:
        """Say hello, and read requests from then on."""
        if self._handles_signal:
            signal.signal(signal.SIGUSR1, lambda *_: None)
        if self._hello["role"] == ROOT:
            at_exit.register_before()
        self.wire.send(self._hello)
        threading.Thread(target=guarded, args=(self._read,), name="requests", daemon=True).start()

    def run(self) -> Mapping[str, Any]:
        """Serve until main is told to end; returns that request."""
        return self._threads.run_main()

    def leave_behind(self, given: Mapping[str, Any]) -> None:
        """In a forked child, on its parent's session: see Registry.leave_behind."""
        control = Descriptor.of(self.wire.fileno())
        self.registry.leave_behind(given)
        if control is not None:
            cover([control])

    def _read(self) -> None:
        for line in self.wire.lines():
            self._accept(line)

    def _accept(self, line: Optional[bytes]) -> None:
        request: Any = None
        try:
            request = _parse(line)
            thread = _thread_of(request)
        except BadRequest as problem:
            self._worker.refuse(request, problem)
            return
        ends_thread = request["do"] == END_THREAD and thread != MAIN
        self._threads.submit(
            thread, lambda: self._worker.work(request), last=ends_thread and self._ends_threads
        )


_session: Optional[Session] = None
# Sessions of the processes from which this one was forked.  Kept for ever, so that nothing in them
# is finalised here, when the numbers of its descriptors may have been used again.
_inherited: List[Session] = []


def serve(
    adapter: Adapter,
    role: str = "root",
    socket_path: Optional[str] = None,
    objects: Optional[Given] = None,
) -> None:
    """Be a driver's process until the controller ends it.  To be called on the main thread, once.

    ``role``, ``socket_path`` and ``objects`` are what :meth:`Adapter.spawn` was given; without a
    role this is the root, and without a path the environment variable PSQ_SOCKET, which programs
    inherit, names the socket.  ``objects`` is emptied.

    Returns when the process shall return from its main function, and raises SystemExit or
    :class:`DriverAskedToFail` when it shall end that way: leave both alone.  Without a socket, or
    with one that does not answer, it ends the root with status 64.  In a child that is a defect of
    the driver, as every error before the hello is.
    """
    given = objects if objects is not None else {}
    if _session is not None and _session.pid == os.getpid():
        raise RuntimeError("serve() was called twice in one process")
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("serve() must be called on the process's main thread")
    path = os.environ.get("PSQ_SOCKET", "") if socket_path is None else socket_path
    try:
        session = _begun(adapter, role, path, given)
    except BaseException:
        end_for_a_bug()
    _end(session.run())


def _begun(adapter: Adapter, role: str, path: str, given: Given) -> Session:
    """The session, connected and past its hello.  What goes wrong here is the driver's."""
    global _session
    parent = _session
    if parent is not None:
        _tell_defects(parent.wire.send_for_child)
    wire = _connect(path, role)
    _tell_defects(wire.send_last)
    if parent is not None:
        _inherited.append(parent)
        parent.leave_behind(given)
    _session = Session(adapter, role, path, wire)
    while given:
        # No variable may keep an object here for as long as the process serves.
        _adopt(_session.registry, given.popitem(), inherited=parent is not None)
    _session.begin()
    return _session


def _tell_defects(send: Callable[[Mapping[str, Any]], None]) -> None:
    LAST_WORDS[:] = [lambda error: send({"defect": error_fields(error)})]


def _adopt(registry: Registry, item: Any, inherited: bool) -> None:
    name, (kind, target) = item
    registry.add_given(name, kind, target, inherited)


def _connect(path: str, role: str) -> Wire:
    """A root that finds no controller was started by hand."""
    if not path:
        _refuse_to_start(
            "PSQ_SOCKET is not set: the controller starts a driver and sets it to the "
            "path of its socket; try psq driver-check COMMAND"
        )
    try:
        return Wire(path)
    except OSError as error:
        if role != ROOT:
            raise
        _refuse_to_start(f"cannot connect to the controller at {path!r} (PSQ_SOCKET): {error}")


def _refuse_to_start(reason: str) -> NoReturn:
    sys.stderr.write(f"psq driver: {reason}\n")
    sys.stderr.flush()
    os._exit(USAGE_STATUS)


def _end(request: Mapping[str, Any]) -> None:
    how = request["how"]
    if how == "exit":
        sys.exit(request["status"])
    if how == "raise":
        raise DriverAskedToFail("the controller asked for an unhandled error")
    if how == "exit_now":
        os._exit(request["status"])


def _no_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _parse(line: Optional[bytes]) -> Any:
    if line is None:
        raise BadRequest("a line may have at most 1048576 bytes with its end")
    try:
        return json.loads(line.decode(), parse_constant=_no_json)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"a line must be one JSON object in UTF-8: {error}") from None


def _thread_of(request: Any) -> str:
    if not isinstance(request, dict):
        raise BadRequest("a request must be a JSON object")
    if isinstance(request.get("id"), bool) or not isinstance(request.get("id"), (int, float)):
        raise BadRequest("a request needs an id, a number")
    text(request.get("do"), "do")
    boolean(request.get("began", False), "began")
    return text(request.get("thread", MAIN), "thread")
