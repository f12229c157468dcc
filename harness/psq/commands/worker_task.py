"""psq worker-task: one unit of work of a psq on another machine. A worker of a Dask cluster starts it."""

from __future__ import annotations

import argparse
import select
import sys
import tempfile
from pathlib import Path

from psq.base.paths import Paths
from psq.base.status import Status
from psq.running.remote import decode_request, encode_answer, refusal
from psq.running.tree import differences, identity_of
from psq.running.units import Here, Unit

_TICK_SECONDS = 0.1


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "one unit of work of a psq on another machine: its request, a line, on standard input, its "
        "answer on standard output; ends all that it started when its input is closed"
    )


def run(args: argparse.Namespace, paths: Paths) -> Status:
    line = sys.stdin.buffer.readline()
    with tempfile.TemporaryDirectory(prefix="psq-") as folder:
        unit, wanted = decode_request(line, paths, Path(folder))
        tree = identity_of(paths)
        if differs := differences(wanted, tree):
            _answer(
                refusal(
                    f"its tree, {paths.build}, is another: {differs}; check out that commit and build it"
                )
            )
            return Status.CONFORMS
        if not _run(unit):
            return Status.INTERRUPTED
        _answer(encode_answer(unit))
    return Status.CONFORMS


def _run(unit: Unit) -> bool:
    """Whether it came to its end; not when its psq has stopped waiting for it."""
    with Here(1) as here:
        here.start(unit)
        while here.running:
            here.wait(_TICK_SECONDS)
            if here.running and _is_closed():
                return False
    return True


def _is_closed() -> bool:
    """Whether standard input has ended: nothing follows the request."""
    ready, _, _ = select.select([sys.stdin.buffer], [], [], 0)
    return bool(ready)


def _answer(answer: bytes) -> None:
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
