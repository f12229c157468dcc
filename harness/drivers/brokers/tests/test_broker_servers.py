"""Servers that do not serve, and what is left of those that did."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from driven import command, server_that

from psq.controller.testing import PATIENCE, running

COMMAND = command("redis")


def start(path: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *options],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize(
    "does, says",
    [
        ("echo the disk is full >&2; exit 3", ("ended with status 3", "the disk is full")),
        ('exec /usr/bin/redis-server "$@" --requirepass secret', ("refuses", "password")),
        ("exec sleep 1000", ("no answer within 1 s",)),
    ],
    ids=["ends", "password", "silent"],
)
def test_a_server_that_does_not_serve(tmp_path: Path, does: str, says: tuple[str, ...]) -> None:
    path = server_that(tmp_path, "redis-server", does)
    ended = start(path, "--start-within", "1" if "sleep" in does else "30")
    assert ended.returncode == 64
    for part in says:
        assert part in ended.stderr


def test_a_server_that_is_not_installed() -> None:
    ended = start("/nowhere")
    assert ended.returncode == 64
    assert "apt-get install redis-server" in ended.stderr


def test_a_library_that_is_not_installed() -> None:
    program, *arguments = command("rabbitmq")
    # Without the folder of Debian's packages.
    ended = subprocess.run(
        [program, "-S", *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ended.returncode == 64
    assert "pika" in ended.stderr and "apt-get install python3-pika" in ended.stderr


@pytest.mark.parametrize("how", ["killed", "told"])
def test_nothing_is_left(how: str) -> None:
    # A short path: a socket's has 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="psq-") as name, running(
        COMMAND, {"TMPDIR": name}
    ) as session:
        parent = Path(name)
        session.root.ask("create", type="queue", names=["q"])
        session.root.ask("put", on="q", json=1)
        (folder,) = parent.iterdir()
        if how == "killed":
            os.kill(session.root.pid, 9)
        else:
            session.root.ask("end", how="return")
        deadline = time.monotonic() + PATIENCE
        while folder.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert list(parent.iterdir()) == []
