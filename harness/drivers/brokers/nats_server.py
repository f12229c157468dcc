"""NATS JetStream: its server, which has no Unix socket, so that it has a port."""

from __future__ import annotations

import json
import os
import socket
from typing import Any, Dict, List, Tuple

from node_broker import NodeBroker
from ports import HOST, ports
from server import Server, ServerFailed

_LARGEST_MESSAGE = 16 << 20
_LONGEST_ANSWER = 5.0


def _address(folder: str) -> Tuple[str, int]:
    return HOST, ports(folder, ("client",))["client"]


def _arguments(folder: str) -> List[str]:
    path = os.path.join(folder, "nats.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'listen: "{HOST}:{_address(folder)[1]}"\n')
        file.write(f"max_payload: {_LARGEST_MESSAGE}\n")
        file.write(f'jetstream {{ store_dir: "{folder}" }}\n')
    return ["--config", path]


def _greet(folder: str) -> None:
    _information(folder)


def _information(folder: str) -> Dict[str, Any]:
    """What the server says of itself.  Raises OSError while it does not answer, ServerFailed when
    it will not serve this client."""
    with socket.create_connection(_address(folder), timeout=_LONGEST_ANSWER) as connection:
        connection.sendall(b'CONNECT {"verbose":false}\r\nPING\r\n')
        lines = connection.makefile("r", encoding="utf-8")
        said, answer = lines.readline(), lines.readline()
    if answer.startswith("-ERR"):
        raise ServerFailed(
            f"NATS at {HOST}:{_address(folder)[1]} refuses the client: {answer.strip()}; the "
            "driver knows no password, so let the server that it starts need none"
        )
    if not answer.startswith("PONG"):
        raise OSError(f"it answers {answer!r}")
    information: Dict[str, Any] = json.loads(said.partition(" ")[2])
    return information


def _told(folder: str) -> Dict[str, str]:
    return {
        "PSQ_BROKER_ADDRESS": f"{HOST}:{_address(folder)[1]}",
        "PSQ_BROKER_VERSION": _information(folder)["version"],
    }


BROKER = NodeBroker(
    Server("nats-server", "nats-server", _arguments, _greet), "nats_driver.js", _told
)
