"""A broker whose client is a module of npm: its driver is a program of Node in the folder node."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import Callable, Dict, NoReturn, Optional

import keeper
from server import Server, ServerFailed

_PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "node")


@dataclass(frozen=True)
class NodeBroker:
    """One way to use one broker."""

    server: Server
    program: str
    """The file of its driver."""
    environment: Callable[[str], Dict[str, str]] = lambda folder: {}
    """What the driver is told of the server of that folder."""

    def look(self) -> None:
        """Raises ServerFailed when something is not installed."""
        self.server.path()
        looked = subprocess.run(
            [*self._command(), "--look"], stderr=subprocess.PIPE, text=True, check=False
        )
        if looked.returncode != 0:
            raise ServerFailed(looked.stderr.strip())

    def become(self, within: Optional[float] = None) -> NoReturn:
        """Starts the server, and becomes the driver, whose end is the server's.

        Raises ServerFailed when the server does not serve within so many seconds.
        """
        command = self._command()
        folder, connection = keeper.start(self.server, within)
        connection.set_inheritable(True)
        told = {"PSQ_BROKER_FOLDER": folder, **self.environment(folder)}
        os.execve(command[0], command, {**os.environ, **told})

    def _command(self) -> "list[str]":
        node = shutil.which("node") or shutil.which("nodejs")
        if node is None:
            raise ServerFailed("Node is not installed: apt-get install nodejs")
        return [node, os.path.join(_PROGRAMS, self.program)]
