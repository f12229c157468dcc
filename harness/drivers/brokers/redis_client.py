"""Redis: its server, and what the processes of the driver have of it."""

from __future__ import annotations

import os
import queue
import socket
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional

import redis
from delivery import ConnectionLost
from server import Server, ServerFailed, socket_in, track

_REFUSED = (redis.exceptions.AuthenticationError, redis.exceptions.NoPermissionError)
LOST = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)
"""What a client raises whose server is gone."""


def is_full(error: BaseException) -> bool:
    """Whether the server says that its memory is used up."""
    return isinstance(error, redis.exceptions.ResponseError) and str(error).startswith("OOM")


def fill(client: "Client", full: bool) -> None:
    """Leaves the server no memory for further items, or as much as it wants."""
    client.redis().config_set("maxmemory", "1" if full else "0")


def server(*more: str) -> Server:
    """A server with further arguments."""

    def arguments(folder: str) -> List[str]:
        return [
            *("--port", "0", "--unixsocket", socket_in(folder), "--dir", folder),
            *("--daemonize", "no", "--save", "", *more),
        ]

    return Server("redis-server", "redis-server", arguments, _greet)


def _greet(folder: str) -> None:
    client = redis.Redis(unix_socket_path=socket_in(folder), socket_timeout=5)
    try:
        client.ping()
    except _REFUSED as error:
        raise ServerFailed(
            f"redis-server refuses the client: {error}; the driver knows no password, "
            "so let the server that it starts need none"
        ) from None
    except redis.exceptions.RedisError as error:  # also: it is still loading
        raise OSError(str(error)) from None
    finally:
        client.close()


class _Connection(redis.connection.UnixDomainSocketConnection):  # type: ignore[misc]
    # The library looks at both for the text of an error, and has neither for a Unix socket.
    host = "a Unix socket"
    port = 0

    def _connect(self) -> socket.socket:
        made: socket.socket = super()._connect()
        track(made)
        return made


class Client:
    """The server's client in whichever process uses it; it goes over a fork."""

    def __init__(self, folder: str) -> None:
        self.path = socket_in(folder)
        self._pid = 0
        self._by_patience: Dict[Optional[float], Any] = {}

    def redis(self, patience: Optional[float] = None) -> Any:
        """This process's: all threads may use it.  It waits so many seconds for an answer, and for
        ever without them."""
        if self._pid != os.getpid():
            self._by_patience, self._pid = {}, os.getpid()
        if patience not in self._by_patience:
            pool = redis.ConnectionPool(
                connection_class=_Connection, path=self.path, socket_timeout=patience
            )
            self._by_patience[patience] = redis.Redis(connection_pool=pool)
        return self._by_patience[patience]

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Raises ConnectionLost for the end of the connection, queue.Full for a full server."""
        try:
            yield
        except _REFUSED as error:
            raise ConnectionLost(
                f"Redis at {self.path} refuses the client: {error}; the driver knows no password"
            ) from error
        except LOST as error:
            raise ConnectionLost(
                f"Redis at {self.path}: {error}; is it running, and does it answer?"
            ) from error
        except redis.exceptions.ResponseError as error:
            if is_full(error):
                raise queue.Full(
                    f"Redis at {self.path} has no room: {error}; raise its maxmemory, or let "
                    "consumers settle what it has"
                ) from error
            raise


def version(client: Client) -> str:
    return str(client.redis().info("server")["redis_version"])
