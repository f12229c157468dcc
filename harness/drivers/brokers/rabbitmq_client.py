"""What the processes of the driver have of RabbitMQ's server: connections with one channel each.

One thread at a time uses a connection. A delivery has a connection for itself until it is settled: a
channel that breaks gives back all that was delivered on it.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import Any, Callable, Iterator, TypeVar

import pika
from delivery import PATIENCE, ConnectionLost, NotHeld
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPConnectionError, AMQPError, ChannelClosedByBroker, NackError
from pool import Pool, PooledConnection
from rabbitmq_server import address, knows_queue
from server import ServerFailed, track

_REFUSED = (pika.exceptions.ProbableAuthenticationError, pika.exceptions.ProbableAccessDeniedError)
_LOST = (AMQPConnectionError, AMQPConnectorException, OSError)
_NO_CONNECTION = (AMQPError, AMQPConnectorException, OSError)
_PRECONDITION_FAILED = 406
_LOOKS_AGAIN = 0.02
_LONGEST_STORE = 60.0  # seconds: it writes when it has had nothing to write for half a second
Result = TypeVar("Result")


class Link(PooledConnection):
    """A connection to the server and its one channel, with publisher confirms.

    Every call raises ConnectionLost when the server is not there, or has not answered for so many
    seconds.
    """

    def __init__(self, folder: str, patience: float) -> None:
        self._where = "RabbitMQ at {}:{}".format(*address(folder))
        self.patience = patience
        try:
            self._connection = pika.BlockingConnection(_parameters(folder, patience))
        except _NO_CONNECTION as error:
            raise ConnectionLost(f"{self._where}: {_why(error)}") from error
        # The library has no other way to the socket.
        self._socket: socket.socket = self._connection._impl._transport._sock
        track(self._socket)
        self._channel = self.ask(lambda _: self._connection.channel(), with_channel=False)
        self.ask(lambda channel: channel.confirm_delivery())
        self.prefetch(1)

    @property
    def version(self) -> str:
        return str(self._connection._impl.server_properties["version"])

    def prefetch(self, count: int) -> None:
        """How many unsettled deliveries a consumer of this connection has at most."""
        self.ask(lambda channel: channel.basic_qos(prefetch_count=count))

    def ask(self, do: Callable[[Any], Result], with_channel: bool = True) -> Result:
        """Does this with the channel, and waits for the server's answer.

        Raises queue.Full when the server takes no item, and NotHeld when it knows no such delivery.
        """
        with self._errors():
            timer = threading.Timer(self.patience, self._give_up)
            timer.daemon = True
            timer.start()
            try:
                return do(self._channel if with_channel else None)
            finally:
                timer.cancel()

    def wait(self, seconds: float) -> None:
        """Lets deliveries come for so long, or until one has come."""
        with self._errors():
            self._connection.process_data_events(time_limit=max(seconds, 0))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except NackError as error:
            raise queue.Full(f"{self._where} takes no further item: {error}") from error
        except (AMQPError, OSError) as error:
            self.close()
            closed = isinstance(error, ChannelClosedByBroker)
            if closed and error.reply_code == _PRECONDITION_FAILED:
                raise NotHeld(str(error)) from error
            raise ConnectionLost(f"{self._where}: {_why(error)}") from error

    def _give_up(self) -> None:
        """On another thread: the one that waits sees the connection end."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._give_up()
        super().close()


class Client(Pool[Link]):
    """The connections of whichever process uses it; it goes over a fork."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder

    def link(self, patience: float) -> Link:
        """A connection that is in no use; give it back."""
        found = self.take(lambda: Link(self._folder, patience))
        found.patience = patience
        return found

    def await_stored(self, name: str) -> None:
        """Waits until a kill of the server no longer loses this quorum queue: the server has
        answered its declaration some time before it stores that."""
        deadline = time.monotonic() + _LONGEST_STORE
        while not knows_queue(self._folder, name):
            if time.monotonic() > deadline:
                raise ConnectionLost(f"RabbitMQ has not stored {name} within {_LONGEST_STORE:g} s")
            time.sleep(_LOOKS_AGAIN)

    @contextmanager
    def use(self, patience: float) -> Iterator[Link]:
        """A connection for one call."""
        link = self.link(patience)
        try:
            yield link
        finally:
            self.give_back(link)


def version(client: Client) -> str:
    with client.use(PATIENCE) as link:
        return link.version


def greet(folder: str) -> None:
    """Talks to the server once.  Raises OSError when it does not serve, ServerFailed when it will
    not serve this client."""
    try:
        pika.BlockingConnection(_parameters(folder, PATIENCE)).close()
    except _REFUSED as error:
        host, port = address(folder)
        raise ServerFailed(
            f"RabbitMQ at {host}:{port} refuses the client: {_why(error)}; the driver is its user "
            "guest, so let the server that it starts keep that user and its password"
        ) from None
    except _NO_CONNECTION as error:
        raise OSError(_why(error)) from None


def _parameters(folder: str, patience: float) -> Any:
    host, port = address(folder)
    return pika.ConnectionParameters(
        host,
        port,
        # A program that works on an item for long answers no heartbeats in this library.
        heartbeat=0,
        socket_timeout=patience,
        stack_timeout=patience,
        blocked_connection_timeout=patience,
    )


def _why(error: BaseException) -> str:
    hint = "; is it running, and does it answer?" if isinstance(error, _LOST) else ""
    return f"{type(error).__name__} {error}".rstrip() + hint
