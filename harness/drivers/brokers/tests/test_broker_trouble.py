"""Servers that stop serving while they are used: down, full, silent, with a password.

Each call ends with an outcome of its own, an error that names the server and says what to do, and
nothing that a publish or put has answered for is lost.
"""

from __future__ import annotations

import importlib
import os
import signal
import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import pytest
import redis
from driven import DRIVER, at_length, command, item, number_of, processes_in, said, server_that

from psq.controller.testing import running

NAMES = {
    "redis-streams": "Redis at ",
    "beanstalkd": "beanstalkd at ",
    "bullmq": "Redis at ",
    "nats": "NATS at 127.0.0.1:",
}
OF_NODE = ("bullmq", "nats")
EACH = [pytest.param(name, marks=[at_length] if name in OF_NODE else []) for name in NAMES]


@contextmanager
def running_in_folder(name: str) -> Iterator[tuple[Any, Path]]:
    """The session of that broker's driver, and the folder of its server."""
    # A short path: a socket's has 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="psq-") as parent, running(
        command(name), {"TMPDIR": parent}
    ) as session:
        (folder,) = Path(parent).iterdir()
        yield session, folder


@pytest.mark.parametrize("name", EACH)
def test_a_server_that_is_down(name: str) -> None:
    with running(command(name)) as session:
        root = session.root
        root.ask("create", type="broker_queue", names=["q"])
        root.ask("publish", on="q", **item(1))
        root.ask("stop_server", on="q", orderly=False)
        child = session.spawn(root, "child", ["q"])
        child.ask("publish", "connection_lost", on="q", **item(2))
        for _ in range(2):  # the connection that was lost, and one that cannot be made
            answer = root.ask("publish", "connection_lost", on="q", **item(2))
            assert NAMES[name] in said(answer) and "is it running" in said(answer)
        root.ask("start_server", on="q")
        assert number_of(root.ask("receive", on="q", **{"as": "d"})) == 1


@pytest.mark.parametrize("name", EACH)
def test_a_server_that_is_silent(name: str) -> None:
    with running(command(name)) as session:
        root = session.root
        root.ask("create", type="broker_queue", names=["q"], visibility=60, patience=0.5)
        root.ask("publish", on="q", **item(1))
        root.ask("freeze_server", "bad_request", on="q")
        root.ask("freeze_server", on="q", frozen=True)
        answer = root.ask("publish", "connection_lost", on="q", **item(2))
        assert NAMES[name] in said(answer) and "does it answer" in said(answer)
        assert 0.5 <= (answer["returned"] - answer["invoked"]) / 1e9
        root.ask("freeze_server", on="q", frozen=False)
        assert number_of(root.ask("receive", on="q", **{"as": "d"})) == 1


def test_a_server_that_is_full_while_deliveries_are_rejected() -> None:
    with running(command("redis-streams")) as session:
        root = session.root
        root.ask("create", type="broker_queue", names=["q"], visibility=60)
        root.ask("publish", on="q", json=1)
        root.ask("receive", on="q", **{"as": "d"})
        root.ask("fill_server", on="q", full=True)
        answer = root.ask("publish", "full", on="q", json=2)
        assert "Redis at " in said(answer) and "raise its maxmemory" in said(answer)
        root.ask("create", "full", type="broker_queue", names=["p"])
        root.ask("reject", on="q", delivery="d")
        root.ask("fill_server", on="q", full=False)
        assert root.ask("dead_letters", on="q")["value"] == 1
        root.ask("receive", "empty", on="q", block=False, **{"as": "d"})


def test_a_list_on_a_server_that_is_full(tmp_path: Path) -> None:
    path = server_that(
        tmp_path,
        "redis-server",
        'exec /usr/bin/redis-server "$@" --maxmemory 4mb --maxmemory-policy noeviction',
    )
    with running(command("redis"), {"PATH": path}) as session:
        root = session.root
        root.ask("create", type="queue", names=["q"])
        item: dict[str, Any] = {"from": "root", "size": 200_000}
        kept = 0
        while root.ask("put", "ok", "full", on="q", item={**item, "seq": kept})["outcome"] == "ok":
            kept += 1
            assert kept < 100
        assert kept > 0
        for seq in range(kept):
            got = root.ask("get", on="q", block=False)["value"]["item"]
            assert (got["seq"], got["intact"]) == (seq, True)
        root.ask("get", "empty", on="q", block=False)
        root.ask("put", on="q", item={**item, "seq": kept})


def test_a_server_that_begins_to_ask_for_a_password() -> None:
    with running_in_folder("redis-streams") as (session, folder):
        root = session.root
        root.ask("create", type="broker_queue", names=["q"])
        server = redis.Redis(unix_socket_path=str(folder / "server"))
        server.config_set("requirepass", "secret")
        child = session.spawn(root, "child", ["q"])
        answer = child.ask("publish", "connection_lost", on="q", json=1)
        assert "refuses the client" in said(answer) and "password" in said(answer)
        assert "is it running" not in said(answer)
        root.ask("publish", on="q", json=2)  # an open connection stays


def test_a_list_on_a_server_that_is_killed() -> None:
    with running_in_folder("redis") as (session, folder):
        root = session.root
        root.ask("create", type="queue", names=["q"])
        (server,) = processes_in(str(folder))
        os.kill(server, signal.SIGKILL)
        answer = root.ask("put", "raised", on="q", json=1)
        assert "Redis at " in said(answer) and "is it running" in said(answer)


def test_a_connection_that_was_reset_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a kill of a server that has not read all that was sent."""
    monkeypatch.syspath_prepend(str(Path(DRIVER).parent))
    connection = importlib.import_module("redis_client")._Connection(path="/nowhere")
    connection._sock, server = socket.socketpair()
    connection._parser.on_connect(connection)
    connection._sock.sendall(b"never read")
    server.close()
    with pytest.raises(redis.ConnectionError):
        connection.can_read()
