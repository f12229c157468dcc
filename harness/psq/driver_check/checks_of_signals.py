"""Checks of the signal that has a handler."""

from __future__ import annotations

import os
import signal

from psq.controller.items import received
from psq.controller.peer import Broken, Peer
from psq.controller.session import Session
from psq.driver_check.rules import check, expect_value, item, some_queue


def _signal_threads(peer: Peer) -> None:
    for thread in os.listdir(f"/proc/{peer.pid}/task"):
        # os has no tgkill; a signal to the id of a thread may go to any thread of its process.
        os.kill(int(thread), signal.SIGUSR1)


def _handles(peer: Peer) -> bool:
    with open(f"/proc/{peer.pid}/status", encoding="ascii") as status:
        caught = next(line for line in status if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGUSR1 - 1) & 1)


@check(
    "signal.handler",
    "Each process has a handler for SIGUSR1, which returns; threads and connection go on.",
    needs=("signal_handler",),
    after=("began.at-once",),
)
def handler(session: Session) -> None:
    some_queue(session, session.root)
    if not _handles(session.root):
        raise Broken("the root has no handler for SIGUSR1")
    call = session.root.start("get", on="q", began=True)
    call.wait_asleep()
    for _ in range(10):
        _signal_threads(session.root)
    session.root.ask("put", on="q", item=item(session), thread="other")
    expect_value(call, received(item(session)))


@check(
    "signal.handler-child",
    "A child has the handler, too, from its hello on.",
    needs=("signal_handler", "process"),
    after=("signal.handler", "spawn.pid"),
)
def handler_in_child(session: Session) -> None:
    worker = session.spawn(session.root, "worker", [])
    if not _handles(worker):
        raise Broken("the child has no handler for SIGUSR1")
