"""RabbitMQ's server: a node of its own, with its own epmd, folder, cookie and ports.

The server has no Unix socket, so that it has ports.
"""

from __future__ import annotations

import os
import socket
from typing import Dict, List, Tuple

from ports import HOST, ports
from server import Server

_PROGRAM = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # that of /usr/sbin serves one user alone
_NODE = "psq@localhost"
# Of the header of a file of Erlang's dets: 1 when nothing is left to be written.
_WHOLE = slice(8, 12)
# epmd ends with the server, whose process the shell becomes; else the server would start one that
# stays.
_COMMAND = 'setpriv --pdeathsig KILL epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1 & exec "$0"'
_LONGEST_START = 600.0  # seconds: it takes five of a processor


def address(folder: str) -> Tuple[str, int]:
    """Where clients connect."""
    return HOST, _ports(folder)["amqp"]


def _ports(folder: str) -> Dict[str, int]:
    return ports(folder, ("amqp", "distribution", "epmd"))


def knows_queue(folder: str, name: str) -> bool:
    """Whether the server has stored that it has this quorum queue, and finds it after a kill."""
    file = os.path.join(folder, "mnesia", _NODE, "quorum", _NODE, "names.dets")
    try:
        with open(file, "rb") as names:
            stored = names.read()
    except OSError:
        return False
    return name.encode() in stored and stored[_WHOLE] == b"\0\0\0\1"


def _arguments(folder: str) -> List[str]:
    for name, text in (
        ("enabled_plugins", "[].\n"),
        ("rabbitmq.conf", "log.console.level = warning\n"),
    ):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    return ["-c", _COMMAND, _PROGRAM]


def _environment(folder: str) -> Dict[str, str]:
    ports = _ports(folder)
    files = {
        "CONF_ENV_FILE": "none",  # that of /etc is the machine's own server's
        "CONFIG_FILE": "rabbitmq.conf",
        "ADVANCED_CONFIG_FILE": "advanced.config",
        "ENABLED_PLUGINS_FILE": "enabled_plugins",
        "MNESIA_BASE": "mnesia",
        "LOG_BASE": "log",
        "GENERATED_CONFIG_DIR": "config",
        "PID_FILE": "pid",
    }
    return {
        **{f"RABBITMQ_{name}": os.path.join(folder, file) for name, file in files.items()},
        "HOME": folder,  # where the cookie is made
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_NODENAME": _NODE,
        "RABBITMQ_NODE_IP_ADDRESS": HOST,
        "RABBITMQ_NODE_PORT": str(ports["amqp"]),
        "RABBITMQ_DIST_PORT": str(ports["distribution"]),
        "ERL_EPMD_PORT": str(ports["epmd"]),
        "ERL_EPMD_ADDRESS": HOST,
        # The shell becomes the server, which then gets the signals itself.
        "RABBITMQ_ALLOW_INPUT": "1",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            "-noinput -start_epmd false -kernel inet_dist_use_interface {127,0,0,1}"
        ),
    }


def _greet(folder: str) -> None:
    socket.create_connection(address(folder), timeout=5).close()
    # The library of the client is needed only where there is a server.
    from rabbitmq_client import greet

    greet(folder)


SERVER = Server(
    "sh",
    "rabbitmq-server",
    _arguments,
    _greet,
    needs=(_PROGRAM, "epmd", "setpriv"),
    environment=_environment,
    longest_start=_LONGEST_START,
)
