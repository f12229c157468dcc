"""A controller for the tests of the Python driver: starts it, asks, and hands back what came."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DRIVER = Path(__file__).resolve().parents[1] / "multiprocessing_driver.py"
PATIENCE = 60
INTERPRETER = os.environ.get("PSQ_TEST_INTERPRETER", sys.executable)


class Connection:
    """One process of the driver."""

    def __init__(self, accepted):
        self._socket = accepted
        self._lines = accepted.makefile("rb")
        self._last = 0
        self.answers = {}
        self.others = []
        self.hello = self._read()

    def _read(self):
        line = self._lines.readline()
        assert line.endswith(b"\n"), f"the connection ended: {line!r}"
        return json.loads(line)

    def start(self, do, **fields):
        self._last += 1
        self._socket.sendall(json.dumps({"id": self._last, "do": do, **fields}).encode() + b"\n")
        return self._last

    def answer(self, number):
        while number not in self.answers:
            message = self._read()
            if "id" in message:
                self.answers[message["id"]] = message
            else:
                self.others.append(message)
        return self.answers.pop(number)

    def ask(self, do, **fields):
        return self.answer(self.start(do, **fields))

    def value(self, do, **fields):
        answer = self.ask(do, **fields)
        assert answer["outcome"] == "ok", answer
        return answer.get("value")

    def outcome(self, do, **fields):
        return self.ask(do, **fields)["outcome"]

    def wait_until_began(self, number):
        while not any(other.get("began") == number for other in self.others):
            self.others.append(self._read())

    def wait_asleep(self, number):
        """Wait until the thread of a call that began sleeps in the kernel."""
        self.wait_until_began(number)
        tid = next(other["tid"] for other in self.others if other.get("began") == number)
        while _state(self.hello["pid"], tid) != "S":
            time.sleep(0.001)

    def hang_up(self):
        self._socket.shutdown(socket.SHUT_WR)

    def close(self):
        self._lines.close()
        self._socket.close()


def _state(pid, tid):
    return Path(f"/proc/{pid}/task/{tid}/stat").read_text().rpartition(")")[2].split()[0]


class Driver:
    """The driver under test.  A context manager; ``root`` is its first process."""

    def __init__(self, *arguments, environment=None, program=(str(DRIVER),)):
        self._folder = tempfile.TemporaryDirectory(prefix="psq-")
        path = os.path.join(self._folder.name, "control")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(16)
        self._listener.settimeout(PATIENCE)
        self._log = open(os.path.join(self._folder.name, "log"), "w+b")
        self.process = subprocess.Popen(
            [INTERPRETER, *program, *arguments], stdin=subprocess.DEVNULL, stdout=self._log,
            stderr=self._log, start_new_session=True,
            env={**os.environ, "PSQ_SOCKET": path, **(environment or {})})
        self.connections = []

    def __enter__(self):
        try:
            self.root = self.accept()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        for connection in self.connections:
            connection.close()
        self._listener.close()
        self._log.close()
        self._folder.cleanup()

    def accept(self):
        accepted, _ = self._listener.accept()
        accepted.settimeout(PATIENCE)
        self.connections.append(Connection(accepted))
        return self.connections[-1]

    def spawn(self, parent, name, objects=(), **fields):
        number = parent.start("spawn", name=name, objects=list(objects), **fields)
        child = self.accept()
        assert child.hello["role"] == name
        answer = parent.answer(number)
        assert (answer["outcome"], answer.get("value")) == ("ok", child.hello["pid"]), answer
        return child

    def log(self):
        self._log.flush()
        self._log.seek(0)
        return self._log.read().decode()

    def status(self):
        return self.process.wait(PATIENCE)


def wait_gone(pid):
    """Wait for the end of a process that is no child of this one."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], PATIENCE)[0], f"process {pid} did not end"
    finally:
        os.close(descriptor)


def item(seq=0, size=200, sender="root", **more):
    return {"from": sender, "seq": seq, "size": size, **more}


def got(payload):
    return {"item": {**{key: payload[key] for key in ("from", "seq", "size")}, "intact": True}}
