"""Drivers for Node: what is missing, servers that refuse, deliveries of several threads, what is left."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Mapping

import pytest
from driven import DRIVER, at_length, command, item, number_of, processes_in, said, server_that

from psq.controller.testing import PATIENCE, running

SERVERS = {"bullmq": "redis-server", "nats": "nats-server"}
NODE = Path(DRIVER).parent / "node"
SETUP = Path(DRIVER).parents[3] / "ci/setup"


def started(name: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command(name), *options],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_the_modules_are_those_that_the_setup_installs() -> None:
    wanted = json.loads((NODE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    (line,) = re.findall(r"modules\+=\((bullmq.*)\)", SETUP.read_text(encoding="utf-8"))
    assert line.split() == [f"{name}@{version}" for name, version in wanted.items()]


@pytest.mark.parametrize("name, program", SERVERS.items())
def test_a_module_that_is_not_installed(tmp_path: Path, name: str, program: str) -> None:
    path = f'{server_that(tmp_path, program, "exit 70")}:{os.environ["PATH"]}'
    ended = started(name, "--look", PATH=path, PSQ_NODE_MODULES=str(tmp_path))
    assert ended.returncode == 64
    assert f"{name} is not installed: npm install --global {name}@" in ended.stderr


@at_length
@pytest.mark.parametrize("name", SERVERS)
def test_a_module_that_is_gone_once_the_server_serves(tmp_path: Path, name: str) -> None:
    ended = started(name, PSQ_NODE_MODULES=str(tmp_path), TMPDIR=str(tmp_path))
    assert ended.returncode == 64
    assert f"{name} is not installed: npm install --global {name}@" in ended.stderr


@pytest.mark.parametrize("name", SERVERS)
def test_node_that_is_not_installed(tmp_path: Path, name: str) -> None:
    server_that(tmp_path, SERVERS[name], "exit 70")
    ended = started(name, "--look", PATH=str(tmp_path))
    assert ended.returncode == 64
    assert "apt-get install nodejs" in ended.stderr


def test_a_server_of_nats_that_is_not_installed() -> None:
    if Path("/usr/sbin/nats-server").exists():
        pytest.skip("it is installed, where every user finds it")
    ended = started("nats", PATH="/nowhere")
    assert ended.returncode == 64
    assert "apt-get install nats-server" in ended.stderr


@at_length
@pytest.mark.parametrize(
    "name, more",
    [("bullmq", "--requirepass secret"), ("nats", "--user someone --pass secret")],
    ids=SERVERS,
)
def test_a_server_that_refuses(tmp_path: Path, name: str, more: str) -> None:
    program = SERVERS[name]
    path = server_that(tmp_path, program, f'PATH=/usr/sbin:/usr/bin exec {program} "$@" {more}')
    ended = started(name, PATH=path)
    assert ended.returncode == 64
    assert "refuses the client" in ended.stderr and "password" in ended.stderr


@at_length
def test_a_server_that_begins_to_ask_for_a_password() -> None:
    with tempfile.TemporaryDirectory(prefix="psq-") as parent, running(
        command("bullmq"), {"TMPDIR": parent}
    ) as session:
        root = session.root
        root.ask("create", type="broker_queue", names=["q"])
        (folder,) = Path(parent).iterdir()
        subprocess.run(
            ["redis-cli", "-s", str(folder / "server"), "CONFIG", "SET", "requirepass", "secret"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        child = session.spawn(root, "child", ["q"])
        answer = child.ask("publish", "connection_lost", on="q", **item(1))
        assert "refuses the client" in said(answer) and "password" in said(answer)
        assert "is it running" not in said(answer)


@at_length
@pytest.mark.parametrize(
    "name, where, remedy",
    [("bullmq", "Redis at ", "raise its maxmemory"), ("nats", "NATS at 127.0.0.1:", "max_bytes")],
    ids=SERVERS,
)
def test_a_server_that_is_full(name: str, where: str, remedy: str) -> None:
    with running(command(name)) as session:
        root = session.root
        root.ask("create", type="broker_queue", names=["q"])
        root.ask("publish", on="q", **item(1))
        root.ask("fill_server", on="q", full=True)
        answer = root.ask("publish", "full", on="q", **item(2))
        assert where in said(answer) and remedy in said(answer)
        root.ask("fill_server", on="q", full=False)
        root.ask("publish", on="q", **item(3))
        found = [root.ask("receive", on="q", **{"as": "d"}) for _ in range(2)]
        assert [number_of(each) for each in found] == [1, 3]


@at_length
@pytest.mark.parametrize("name", SERVERS)
def test_another_thread_settles(name: str) -> None:
    with running(command(name)) as session:
        root = session.root
        root.ask("create", type="broker_queue", names=["q"], visibility=60)
        for number in range(3):
            root.ask("publish", on="q", **item(number))
            root.ask("receive", on="q", **{"as": f"d{number}"})
        root.ask("extend", on="q", delivery="d0", thread="other")
        root.ask("ack", on="q", delivery="d0", thread="other")
        root.ask("ack", "not_held", on="q", delivery="d0", thread="other")
        root.ask("extend", "not_held", on="q", delivery="d0", thread="other")
        root.ask("nack", on="q", delivery="d1", thread="other")
        root.ask("reject", on="q", delivery="d2", thread="other")
        again = root.ask("receive", on="q", thread="third", **{"as": "again"})
        assert (number_of(again), again["value"]["count"]) == (1, 2)
        root.ask("ack", on="q", delivery="again")
        assert root.ask("dead_letters", on="q")["value"] == 1
        root.ask("receive", "empty", on="q", block=False, **{"as": "none"})


@at_length
def test_what_is_not_declared_or_makes_no_sense() -> None:
    with running(command("bullmq")) as session:
        root = session.root
        root.ask("create", "bad_request", type="broker_queue", names=["q"], visibility="long")
        root.ask("create", "unsupported", type="broker_queue", names=["q"], prefetch=1)
        root.ask("create", "unsupported", type="queue", names=["q"])
        root.ask("create", type="broker_queue", names=["q"])
        root.ask("put", "unsupported", on="q", **item(1))
        root.ask("publish", "unsupported", on="q", json=1)
        root.ask("receive", "bad_request", on="q")
        root.ask("receive", "invalid_argument", on="q", timeout="nan", **{"as": "d"})
        root.ask("ack", "bad_request", on="q", delivery="never-received")
        root.ask("stop_server", "bad_request", on="q", orderly="yes")


@at_length
@pytest.mark.parametrize("how", ["killed", "told"])
@pytest.mark.parametrize("name", SERVERS)
def test_nothing_is_left(name: str, how: str) -> None:
    with tempfile.TemporaryDirectory(prefix="psq-") as parent:
        environment: Mapping[str, str] = {"TMPDIR": parent}
        with running(command(name), environment) as session:
            root = session.root
            root.ask("create", type="broker_queue", names=["q"])
            child = session.spawn(root, "child", ["q"])
            (folder,) = Path(parent).iterdir()
            assert processes_in(str(folder))
            root.may_end = True
            if how == "killed":
                os.kill(root.pid, 9)
            else:
                root.ask("end", how="return")
            # The server is the child's as well.
            child.ask("publish", on="q", **item(1))
            child.may_end = True
            child.ask("end", how="return")
            deadline = time.monotonic() + PATIENCE
            while folder.exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            assert not folder.exists() and not processes_in(str(folder))
