"""The controller's end of one connection, and the driver's program."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Mapping, Sequence

from psq.controller.messages import LONGEST_LINE


class Channel:
    """One accepted connection.  ``lines`` holds the whole lines that the session has not taken yet.

    A line that is too long and does not end is the last one: the session reports it, and nothing is read
    behind it.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._pending = b""
        self.lines: list[bytes] = []
        self.at_end = False
        credentials = connection.getsockopt(
            socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")
        )
        self.peer_pid: int = struct.unpack("3i", credentials)[0]

    def fileno(self) -> int:
        return self._socket.fileno()

    def receive(self) -> None:
        """Read once; to be called when the socket is readable."""
        try:
            chunk = self._socket.recv(LONGEST_LINE)
        except OSError:
            chunk = b""
        self.at_end = not chunk
        *whole, self._pending = (self._pending + chunk).split(b"\n")
        self.lines.extend(whole)
        if len(self._pending) >= LONGEST_LINE:
            self.lines.append(self._pending)
            self._pending, self.at_end = b"", True

    def send(self, data: bytes, seconds: float) -> None:
        """Raises OSError when the process is gone, TimeoutError when it does not read for so long."""
        self._socket.settimeout(seconds)
        self._socket.sendall(data)

    def hang_up(self) -> None:
        """End the connection to the process; what it has written can still be read."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self) -> None:
        self._socket.close()

    @property
    def cut(self) -> bytes:
        """What came after the last whole line."""
        return self._pending


def _punch_hole(descriptor: int, offset: int, length: int) -> None:
    """Where the file system can do it; the size of the file stays."""
    fallocate = ctypes.CDLL(None).fallocate
    keep_size_and_punch = 3
    fallocate(descriptor, keep_size_and_punch, ctypes.c_longlong(offset), ctypes.c_longlong(length))


_MOST_OF_LOG = 16 << 20
_KEPT_OF_LOG = 1 << 20
_SHOWN_OF_LOG = 2000


class Program:
    """The driver's command, running in a session of its own, with its log in a file."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it, with these variables besides.  Raises OSError when there is no such program."""
        self._folder = tempfile.TemporaryDirectory(prefix="psq-")
        folder = Path(self._folder.name)
        self._log_path = folder / "log"
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(folder / "control"))
        self.listener.listen(64)
        environment = {**os.environ, **environment, "PSQ_SOCKET": str(folder / "control")}
        try:
            with open(self._log_path, "wb") as log:
                self.process = subprocess.Popen(
                    list(command),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=environment,
                    start_new_session=True,
                )
        except OSError:
            self._close()
            raise

    def status(self) -> int | None:
        """The root's exit status once it has ended, minus the signal's number if one ended it."""
        return self.process.poll()

    def wait_for_status(self, seconds: float) -> int | None:
        """The same, waiting for it; None when it has not ended by then."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def bound_log(self) -> None:
        """Give the middle of a log that has become long back to the disk."""
        with open(self._log_path, "r+b") as log:
            about = os.fstat(log.fileno())
            if about.st_blocks * 512 > _MOST_OF_LOG:
                _punch_hole(log.fileno(), _KEPT_OF_LOG, about.st_size - 2 * _KEPT_OF_LOG)

    def log_tail(self) -> str:
        """What it has written to its standard output and error; the end, if that is long."""
        size = self._log_path.stat().st_size
        with open(self._log_path, "rb") as log:
            log.seek(max(size - _SHOWN_OF_LOG, 0))
            text = log.read(_SHOWN_OF_LOG).decode(errors="replace").strip()
        left_out = f" ({size - _SHOWN_OF_LOG} bytes before are left out)" * (size > _SHOWN_OF_LOG)
        return f"its log ends{left_out}:\n{text}" if text else "it wrote nothing to its log"

    def stop(self) -> None:
        """Kill all processes of the driver that are left, and remove its files."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self._reap_orphans()
        self._close()

    def _reap_orphans(self) -> None:
        # Orphans of the driver are children of this process when it is the subreaper.
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            try:
                if os.waitpid(-self.process.pid, os.WNOHANG)[0] == 0:
                    time.sleep(0.002)
            except ChildProcessError:
                return

    def _close(self) -> None:
        self.listener.close()
        self._folder.cleanup()
