"""RabbitMQ: its node is the driver's own, and is gone with it; what it does when it is in trouble.

A start takes five seconds of a processor: ctest runs this with PSQ_LONG_TESTS alone.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Mapping

import pytest
from driven import command, processes_in, said

from psq.base.paths import SCHEMAS
from psq.controller.messages import Schemas
from psq.controller.session import Session

pytestmark = pytest.mark.skipif(
    "PSQ_LONG_TESTS" not in os.environ, reason="starts servers for a minute: ci/test --all"
)
COMMAND = command("rabbitmq")
PATIENCE = 1500.0


@contextmanager
def serving(environment: Mapping[str, str]) -> Iterator[Session]:
    broken: list[str] = []
    with Session(
        COMMAND,
        PATIENCE,
        Schemas(SCHEMAS),
        lambda *what: broken.append(": ".join(what)),
        environment,
    ) as session:
        yield session
    assert not broken


def gone(folder: Path) -> bool:
    """Whether nothing is left of a server: no process, no file."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if not processes_in(str(folder)) and not folder.exists():
            return True
        time.sleep(0.05)
    return False


def test_a_node_is_gone_with_its_driver() -> None:
    with tempfile.TemporaryDirectory(prefix="psq-") as name:
        with serving({"TMPDIR": name}) as session:
            root = session.root
            root.ask("create", type="broker_queue", names=["q"])
            root.ask("create", "unsupported", type="broker_queue", names=["p"], visibility=1)
            root.ask("publish", on="q", json=1)
            root.ask("receive", on="q", **{"as": "d"})
            root.ask("extend", "unsupported", on="q", delivery="d")
            (folder,) = Path(name).iterdir()
            assert len(processes_in(str(folder))) >= 2  # the node, and its epmd
            root.ask("stop_server", on="q")
            assert processes_in(str(folder)) == []
            answer = root.ask("ack", "connection_lost", on="q", delivery="d")
            assert "RabbitMQ at 127.0.0.1:" in said(answer)
            root.ask("start_server", on="q")
            again = root.ask("receive", on="q", **{"as": "d"})["value"]
            assert again["json"] == 1
            os.kill(root.pid, 9)
            assert gone(folder)


def test_a_node_that_is_out_of_memory_reads_nothing_from_producers() -> None:
    little = "-rabbit vm_memory_high_watermark 0.0000001"
    with serving({"RABBITMQ_SERVER_START_ARGS": little}) as session:
        root = session.root
        root.ask("create", type="broker_queue", names=["q"], patience=3)
        answer = root.ask("publish", "connection_lost", on="q", json=1)
        assert "RabbitMQ at 127.0.0.1:" in said(answer)


def test_a_node_whose_password_is_another() -> None:
    ended = subprocess.run(
        COMMAND,
        env={**os.environ, "RABBITMQ_DEFAULT_PASS": "secret"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 64
    assert "refuses the client" in ended.stderr and "password" in ended.stderr
