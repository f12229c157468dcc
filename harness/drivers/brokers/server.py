"""What a broker's server is to its keeper."""

from __future__ import annotations

import os
import shutil
import socket
import weakref
from dataclasses import dataclass
from typing import Callable, Dict, List, Optional, Tuple

_sockets: "weakref.WeakSet[socket.socket]" = weakref.WeakSet()


LONGEST_START = 60.0
"""Seconds until a server that does not answer counts as one that does not serve."""


class ServerFailed(Exception):
    """The server is not there or does not serve; the text says why and what to do."""


@dataclass(frozen=True)
class Server:
    """A program that serves a broker's clients from a folder of its own."""

    program: str
    package: str
    """The package of Debian that has it."""
    arguments: Callable[[str], List[str]]
    """Its arguments, given the folder."""
    greet: Callable[[str], None]
    """Talks to the server of that folder once.  Raises OSError as long as nothing answers, and
    ServerFailed where the server answers that it will not serve."""
    needs: Tuple[str, ...] = ()
    """Further programs, which it runs."""
    environment: Callable[[str], Dict[str, str]] = lambda folder: {}
    """What it is given of it besides the driver's own, given the folder."""
    longest_start: float = LONGEST_START

    def path(self) -> str:
        """The program.  Raises ServerFailed when it, or one that it runs, is not installed."""
        for needed in self.needs:
            self._path_of(needed)
        return self._path_of(self.program)

    def _path_of(self, program: str) -> str:
        found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
        if found is None:
            raise ServerFailed(
                f"{program} is not installed: apt-get install {self.package}, "
                "or put the program on the PATH"
            )
        return found

    def command(self, folder: str) -> List[str]:
        return [self.path(), *self.arguments(folder)]


def socket_in(folder: str) -> str:
    """Where a server listens that can listen on a Unix socket."""
    return os.path.join(folder, "server")


def track(connection: Optional[socket.socket]) -> None:
    """A client's connection, which a forked child must not keep open: the server would not notice
    the death of the process that has it."""
    if connection is not None:
        _sockets.add(connection)


def _close_inherited() -> None:
    for connection in list(_sockets):
        connection.close()
    _sockets.clear()


os.register_at_fork(after_in_child=_close_inherited)
