"""beanstalkd: its server, a client of its text protocol, and a queue that is one of its tubes.

A delivery is a reserved job. The server knows the connection that reserved it, so each delivery has
a connection for itself until it is settled.
"""

from __future__ import annotations

import math
import os
import queue
import socket
import time
import uuid
from typing import Any, Dict, List, Optional, Tuple

from broker import Broker, deliveries
from delivery import PATIENCE, ConnectionLost, Delivery, DeliveryQueue, NotHeld
from pool import Pool, PooledConnection
from server import Server, socket_in, track

_LARGEST_JOB = 64 << 20
_DEFAULT_VISIBILITY = 60.0
_PRIORITY = 0


def _arguments(folder: str) -> List[str]:
    log = os.path.join(folder, "log")
    os.makedirs(log, exist_ok=True)
    # Each job is written to the disk before its put is answered.
    return ["-l", f"unix:{socket_in(folder)}", "-b", log, "-f", "0", "-z", str(_LARGEST_JOB)]


def _greet(folder: str) -> None:
    Connection(folder).ask(b"stats")


SERVER = Server("beanstalkd", "beanstalkd", _arguments, _greet)


class Refused(Exception):
    """An answer of the server that the caller did not expect."""


class Connection(PooledConnection):
    """One connection; one thread at a time uses it."""

    def __init__(self, folder: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        track(self._socket)
        self.patience = PATIENCE
        self._tube = ""
        self._where = f"beanstalkd at {socket_in(folder)}"
        try:
            self._socket.connect(socket_in(folder))
        except OSError as error:
            self._socket.close()
            raise ConnectionLost(f"{self._where}: {error}; is it running?") from error
        self._rest = b""

    def use(self, tube: str) -> None:
        """Puts into this tube, and reserves from it alone."""
        if tube == self._tube:
            return
        name = tube.encode()
        self.ask(b"use " + name)
        self.ask(b"watch " + name)
        self.ask(b"ignore " + (self._tube.encode() or b"default"))
        self._tube = tube

    def ask(
        self, command: bytes, body: Optional[bytes] = None, waits: float = 0
    ) -> Tuple[List[bytes], bytes]:
        """The parts of the answer, and its body where it has one, to a command that waits so many
        seconds.  Raises ConnectionLost, also when no answer comes."""
        try:
            self._socket.settimeout(waits + self.patience)
            sent = command + b"\r\n" + (b"" if body is None else body + b"\r\n")
            self._socket.sendall(sent)
            return self._answer()
        except OSError as error:
            self.close()
            raise ConnectionLost(
                f"{self._where}: {error}; is it running, and does it answer?"
            ) from error

    def _answer(self) -> Tuple[List[bytes], bytes]:
        while b"\r\n" not in self._rest:
            self._receive()
        line, _, self._rest = self._rest.partition(b"\r\n")
        words = line.split()
        if words[0] not in (b"RESERVED", b"OK"):
            return words, b""
        size = int(words[-1])
        while len(self._rest) < size + 2:
            self._receive()
        body, self._rest = self._rest[:size], self._rest[size + 2 :]
        return words, body

    def _receive(self) -> None:
        chunk = self._socket.recv(1 << 20)
        if not chunk:
            raise ConnectionLost("the server has closed the connection")
        self._rest += chunk


class Client(Pool[Connection]):
    """The connections of whichever process uses it; it goes over a fork."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder

    def connection(self, tube: str, patience: float) -> Connection:
        """A connection that is in no use; give it back."""
        found = self.take(lambda: Connection(self._folder))
        found.patience = patience
        try:
            found.use(tube)
        except Exception:
            found.close()
            self.give_back(found)
            raise
        return found

    def version(self) -> str:
        _, text = Connection(self._folder).ask(b"stats")
        return _fields(text)["version"].strip('"')


class Tube(DeliveryQueue):
    """One tube, for all processes."""

    def __init__(
        self,
        client: Client,
        visibility: float = _DEFAULT_VISIBILITY,
        patience: float = PATIENCE,
    ) -> None:
        self._client = client
        self._patience = patience
        self._tube = f"tube-{uuid.uuid4().hex}"
        # The server counts in whole seconds, from 1.
        self._visibility = max(1, math.ceil(visibility))

    def _connection(self) -> Connection:
        return self._client.connection(self._tube, self._patience)

    def _ask(self, command: str, body: Optional[bytes] = None) -> Tuple[List[bytes], bytes]:
        """On a connection that is in no delivery's use."""
        connection = self._connection()
        try:
            return connection.ask(command.encode(), body)
        finally:
            self._client.give_back(connection)

    def add(self, data: bytes) -> None:
        words, _ = self._ask(f"put {_PRIORITY} 0 {self._visibility} {len(data)}", data)
        if words[0] in (b"OUT_OF_MEMORY", b"DRAINING", b"BURIED"):
            raise queue.Full(f"beanstalkd takes no further job: {words[0].decode()}")
        _expect(words, b"INSERTED")

    def take(self, deadline: float) -> Optional[Delivery]:
        connection = self._connection()
        found = None
        try:
            found = self._reserve(connection, deadline)
        finally:
            if found is None:
                self._client.give_back(connection)
        return found

    def _reserve(self, connection: Connection, deadline: float) -> Optional[Delivery]:
        while True:
            left = deadline - time.monotonic()
            # A wait that is no longer than the patience shows a server that is silent.
            seconds = 0 if left <= 0 else math.ceil(min(left, self._patience))
            if 0 < left < seconds:  # of a second, which the server cannot wait for
                seconds -= 1
            words, data = connection.ask(f"reserve-with-timeout {seconds}".encode(), waits=seconds)
            if words[0] == b"RESERVED":
                return Delivery(data, self._count(words[1]), (words[1], connection))
            _expect(words, b"TIMED_OUT", b"DEADLINE_SOON")
            left = deadline - time.monotonic()
            if left <= 0 and seconds == 0:
                return None
            if seconds == 0:
                time.sleep(min(left, 0.01))

    def _count(self, job: bytes) -> int:
        words, text = self._ask(f"stats-job {job.decode()}")
        return int(_fields(text)["reserves"]) if words[0] == b"OK" else 1

    def ack(self, delivery: Delivery) -> None:
        self._settle(delivery, b"delete %b", b"DELETED")

    def nack(self, delivery: Delivery) -> None:
        self._settle(delivery, b"release %%b %d 0" % _PRIORITY, b"RELEASED")

    def reject(self, delivery: Delivery) -> None:
        self._settle(delivery, b"bury %%b %d" % _PRIORITY, b"BURIED")

    def extend(self, delivery: Delivery) -> None:
        job, connection = delivery.ticket
        if connection is None or not connection.open:
            raise NotHeld
        words, _ = connection.ask(b"touch " + job)
        if words[0] == b"NOT_FOUND":
            raise NotHeld
        _expect(words, b"TOUCHED")

    def _settle(self, delivery: Delivery, command: bytes, done: bytes) -> None:
        job, connection = delivery.ticket
        if connection is None:  # settled before: the connection is another delivery's by now
            raise NotHeld
        if not connection.open:
            self._client.give_back(connection)
            connection = self._connection()
        try:
            words, _ = connection.ask(command % job)
        finally:
            delivery.ticket = (job, None if connection.open else connection)
            self._client.give_back(connection)
        if words[0] == b"NOT_FOUND":
            raise NotHeld
        _expect(words, done)

    def ready(self) -> int:
        return self._number("current-jobs-ready")

    def dead_letters(self) -> int:
        return self._number("current-jobs-buried")

    def _number(self, name: str) -> int:
        words, text = self._ask(f"stats-tube {self._tube}")
        _expect(words, b"OK")
        return int(_fields(text)[name])


def _fields(text: bytes) -> Dict[str, str]:
    lines = (line.partition(": ") for line in text.decode().splitlines())
    return {name: value for name, _, value in lines}


def _expect(words: List[bytes], *known: bytes) -> None:
    if words[0] not in known:
        raise Refused(f"the server answered {b' '.join(words).decode()!r}")


def _version(client: Any) -> str:
    return str(client.version())


BROKER = Broker(
    "beanstalkd",
    SERVER,
    Client,
    _version,
    ("broker",),
    {"broker_queue": Tube},
    deliveries(),
    options=("visibility", "patience"),
)
