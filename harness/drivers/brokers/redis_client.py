"""Redis: its server, and what the processes of the driver have of it."""

from __future__ import annotations

import os
import socket
from typing import Any, List

import redis
from server import Server, ServerFailed, socket_in, track

LOST = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)
"""What a client raises whose server is gone."""


def is_full(error: BaseException) -> bool:
    """Whether the server says that its memory is used up."""
    return isinstance(error, redis.exceptions.ResponseError) and str(error).startswith("OOM")


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
    except (redis.exceptions.AuthenticationError, redis.exceptions.NoPermissionError) as error:
        raise ServerFailed(
            f"redis-server refuses the client: {error}; the driver knows no password, "
            "so let the server that it starts need none"
        ) from None
    except redis.exceptions.RedisError as error:  # also: it is still loading
        raise OSError(str(error)) from None
    finally:
        client.close()


class _Connection(redis.connection.UnixDomainSocketConnection):  # type: ignore[misc]
    def _connect(self) -> socket.socket:
        made: socket.socket = super()._connect()
        track(made)
        return made


class Client:
    """The server's client in whichever process uses it; it goes over a fork."""

    def __init__(self, folder: str) -> None:
        self._path = socket_in(folder)
        self._pid = 0
        self._redis: Any = None

    def redis(self) -> Any:
        """This process's: all threads may use it."""
        if self._pid != os.getpid():
            pool = redis.ConnectionPool(connection_class=_Connection, path=self._path)
            self._redis, self._pid = redis.Redis(connection_pool=pool), os.getpid()
        return self._redis
