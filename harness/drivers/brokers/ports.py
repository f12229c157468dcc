"""Ports of servers that have no Unix socket: free ones of the loopback interface.

They are below those that the kernel gives to connections; a restarted server has the same ones.
"""

from __future__ import annotations

import json
import os
import random
import socket
from typing import Dict, List, Tuple

from server import ServerFailed

HOST = "127.0.0.1"
_PORTS = range(20000, 32000)
_ATTEMPTS = 100


def ports(folder: str, names: Tuple[str, ...]) -> Dict[str, int]:
    """Those of this folder's server, by name."""
    path = os.path.join(folder, "ports")
    if not os.path.exists(path):
        with open(path, "w", encoding="utf-8") as file:
            json.dump(dict(zip(names, _free_ports(len(names)))), file)
    with open(path, encoding="utf-8") as file:
        found: Dict[str, int] = json.load(file)
    return found


def _free_ports(count: int) -> List[int]:
    found: List[int] = []
    for port in random.SystemRandom().sample(_PORTS, _ATTEMPTS):
        with socket.socket() as trial:
            try:
                trial.bind((HOST, port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise ServerFailed(
        f"no {count} free ports between {_PORTS.start} and {_PORTS.stop}: close some"
    )
