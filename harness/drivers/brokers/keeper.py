"""The process that keeps a broker's server: it starts it, stops it, and ends with it.

It lives as long as a process of the driver has a connection to it. However those end, the server
and its folder go with the last of them; should the keeper itself be killed, the kernel kills the
server, and the next keeper removes the folder.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import Any, Dict, List, Optional

from server import Server, ServerFailed, socket_in

PREFIX = "psq-broker-"
_LONGEST_PATH = 70  # a socket's path has 107 bytes at most, and the servers add theirs
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LONGEST_STOP = 120.0
_LONGEST_LEFT = 10.0
_LOOKS_AGAIN = 0.002
_AGE_OF_REMAINS = 60.0


def start(server: Server, within: Optional[float] = None) -> "tuple[str, socket.socket]":
    """Starts a keeper and, in it, the server: its folder, and a connection to the keeper.

    To be called while the process has one thread. Raises ServerFailed, with what the server said,
    when it does not serve within so many seconds, or its own longest time.
    """
    within = server.longest_start if within is None else within
    _remove_remains()
    folder = tempfile.mkdtemp(prefix=PREFIX)
    if len(folder) > _LONGEST_PATH:
        os.rmdir(folder)
        folder = tempfile.mkdtemp(prefix=PREFIX, dir="/tmp")
    mine, its = socket.socketpair()
    if os.fork() == 0:
        mine.close()
        _be_keeper(Keeper(server, folder, within), folder, its)
    its.close()
    answer = receive(mine)
    if "error" in answer:
        raise ServerFailed(answer["error"])
    return folder, mine


def connect(folder: str) -> socket.socket:
    """A further process's connection to the keeper."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(_address(folder))
    return connection


def ask(connection: socket.socket, **request: Any) -> Dict[str, Any]:
    """Asks the keeper, and waits for its answer.  Raises ServerFailed with what the server said."""
    connection.sendall(json.dumps(request).encode() + b"\n")
    answer = receive(connection)
    if "error" in answer:
        raise ServerFailed(answer["error"])
    return answer


def receive(connection: socket.socket) -> Dict[str, Any]:
    line = b""
    while not line.endswith(b"\n"):
        chunk = connection.recv(65536)
        if not chunk:
            return {"error": "the process that keeps the broker's server is gone"}
        line += chunk
    answer: Dict[str, Any] = json.loads(line)
    return answer


def _address(folder: str) -> str:
    return os.path.join(folder, "keeper")


def _remove_remains() -> None:
    """Removes folders whose keeper was killed: a living one has its folder locked."""
    parent = tempfile.gettempdir()
    for name in os.listdir(parent):
        folder = os.path.join(parent, name)
        with contextlib.suppress(OSError):
            if name.startswith(PREFIX) and time.time() - os.stat(folder).st_mtime > _AGE_OF_REMAINS:
                os.close(_locked(folder))
                shutil.rmtree(folder)


def _locked(folder: str) -> int:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _be_keeper(keeper: "Keeper", folder: str, first: socket.socket) -> None:
    """Never returns."""
    status = 70
    try:
        os.setsid()
        # What the server leaves behind is reaped here: not every machine has an init that does it.
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        _locked(folder)
        keeper.run(first)
        status = 0
    finally:
        keeper.stop(signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(status)


class Keeper:
    """Answers its connections, one request after the other, until the last one has ended."""

    def __init__(self, server: Server, folder: str, within: float) -> None:
        self._server = server
        self._within = within
        self._folder = folder
        self._process: Optional["subprocess.Popen[bytes]"] = None

    def run(self, first: socket.socket) -> None:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(_address(self._folder))
        listener.listen(128)
        self._answer(first, {"do": "start"})
        users: List[socket.socket] = [first]
        while users:
            for ready in select.select([listener, *users], [], [])[0]:
                if ready is listener:
                    users.append(listener.accept()[0])
                elif not self._serve(ready):
                    users.remove(ready)
                    ready.close()

    def _serve(self, user: socket.socket) -> bool:
        """Does what it asks for; False when it is gone."""
        try:
            line = user.recv(65536)
            if line:
                self._answer(user, json.loads(line))
            return bool(line)
        except OSError:
            return False

    def _answer(self, user: socket.socket, request: Dict[str, Any]) -> None:
        try:
            if request["do"] == "stop":
                self.stop(getattr(signal, request["signal"]))
                answer: Dict[str, Any] = {}
            elif request["do"] == "signal":
                self._signal(getattr(signal, request["signal"]))
                answer = {}
            else:
                answer = {"pid": self._start()}
        except ServerFailed as error:
            answer = {"error": str(error)}
        user.sendall(json.dumps(answer).encode() + b"\n")

    def _start(self) -> int:
        if self._process is None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(socket_in(self._folder))
            with open(os.path.join(self._folder, "server.log"), "ab") as log:
                self._process = subprocess.Popen(
                    self._server.command(self._folder),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=self._folder,
                    env={**os.environ, **self._server.environment(self._folder)},
                    start_new_session=True,
                    preexec_fn=_die_with_keeper,
                )
            self._await_server(self._process)
        return self._process.pid

    def _await_server(self, process: "subprocess.Popen[bytes]") -> None:
        """Waits until the server answers."""
        deadline = time.monotonic() + self._within
        while True:
            try:
                return self._server.greet(self._folder)
            except OSError as error:
                reason = str(error)
            if process.poll() is not None:
                reason = f"it ended with status {process.returncode}"
            elif time.monotonic() < deadline:
                time.sleep(_LOOKS_AGAIN)
                continue
            else:
                reason = f"no answer within {self._within:g} s ({reason})"
            self.stop(signal.SIGKILL)
            raise ServerFailed(
                f"{self._server.program} does not serve: {reason}; its log ends:\n{self._log()}"
            )

    def stop(self, number: int) -> None:
        """Sends the signal and waits for the end of the server and of all that it started."""
        self._signal(number)
        self._signal(signal.SIGCONT)  # it may have been frozen
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.wait(_LONGEST_STOP)
        except subprocess.TimeoutExpired:
            raise ServerFailed(f"{self._server.program} did not stop: {self._log()}") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            _reap()

    def _signal(self, number: int) -> None:
        """Sends it to the server and all that it started."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _log(self) -> str:
        with open(os.path.join(self._folder, "server.log"), errors="replace") as log:
            return "".join(log.readlines()[-8:])


def _reap() -> None:
    """Waits for what the server has left, which was killed or ends by itself."""
    deadline = time.monotonic() + _LONGEST_LEFT
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < deadline:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(_LOOKS_AGAIN)


def _die_with_keeper() -> None:
    """In the server, before its program: the kernel kills it when its keeper dies."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
