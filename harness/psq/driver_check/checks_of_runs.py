"""Checks of operation lists."""

from __future__ import annotations

import time
from typing import Any

from psq.controller.items import received
from psq.controller.messages import shorten
from psq.controller.peer import Broken, Call, Message
from psq.controller.session import Session
from psq.driver_check.rules import check, item, roomy, some_queue


def _run(session: Session, operations: list[dict[str, Any]], **fields: Any) -> Call:
    """Do a list to its end; its events must count from 0."""
    call = session.root.start("run", operations=operations, **fields)
    answer = call.expect("ok")
    indices = [event["index"] for event in call.events]
    if indices != list(range(len(indices))):
        raise Broken(
            f"{call}: the events have the indices {indices}, expected 0, 1, 2, …", "run.events"
        )
    if answer.get("value") != len(call.events):
        raise Broken(f"{call}: value {answer.get('value')!r}, with {len(call.events)} events")
    return call


def _expect_events(call: Call, outcomes: list[str]) -> None:
    seen = [event["outcome"] for event in call.events]
    if seen != outcomes:
        raise Broken(f"{call}: the events ended as {seen}, expected {outcomes}")


@check("run.reports", "Each call of a list is reported; the answer is their number.")
def run_reports(session: Session) -> None:
    some_queue(session, session.root)
    call = _run(
        session, [{"do": "put", "on": "q", "item": item(session, 1)}, {"do": "get", "on": "q"}]
    )
    _expect_events(call, ["ok", "ok"])
    if call.events[1].get("value") != received(item(session, 1)):
        raise Broken(f"the get of a list gave {shorten(call.events[1])}")
    _expect_events(_run(session, []), [])


@check("run.repeat", "repeat does an operation so many times; the seq of an item grows by one.")
def run_repeat(session: Session) -> None:
    some_queue(session, session.root)
    call = _run(
        session,
        [
            {"do": "put", "on": "q", "item": item(session, 5), "repeat": 3},
            {"do": "get", "on": "q", "repeat": 3},
            {"do": "get", "on": "q", "repeat": 0},
        ],
    )
    _expect_events(call, ["ok"] * 6)
    for count, event in enumerate(call.events[3:]):
        if event.get("value") != received(item(session, 5 + count)):
            raise Broken(f"item {count} of a repeated put came out as {shorten(event)}")


@check("run.pause", "A pause takes its time and is not counted.")
def run_pause(session: Session) -> None:
    some_queue(session, session.root)
    call = _run(
        session,
        [
            {"do": "put", "on": "q", "item": item(session)},
            {"do": "pause", "seconds": 0.1},
            {"do": "get", "on": "q"},
        ],
    )
    _expect_events(call, ["ok", "ok"])
    if call.events[1]["invoked"] - call.events[0]["returned"] < 100e6:
        raise Broken(f"{call}: less than 0.1 s between the two calls")


@check(
    "run.began",
    "With began on the run, each call is preceded by its began.",
    after=("began.written",),
)
def run_began(session: Session) -> None:
    some_queue(session, session.root)
    call = _run(
        session,
        [
            {"do": "put", "on": "q", "item": item(session), "repeat": 2},
            {"do": "get", "on": "q", "repeat": 2},
        ],
        began=True,
    )
    indices = [began.get("index") for began in call.began]
    if indices != [0, 1, 2, 3]:
        raise Broken(f"{call}: began came for the indices {indices}, expected 0 to 3")


@check("run.goes-on", "An outcome that is not ok does not stop the list.", needs=("queue.get",))
def run_goes_on(session: Session) -> None:
    session.root.ask("create", type="queue", names=["q"], **roomy(session, "queue"))
    call = _run(
        session,
        [{"do": "get", "on": "q", "block": False}, {"do": "put", "on": "q", "item": item(session)}],
    )
    _expect_events(call, ["empty", "ok"])


@check("run.stop-on-error", "With stop_on_error it does.", needs=("queue.get",))
def run_stop_on_error(session: Session) -> None:
    session.root.ask("create", type="queue", names=["q"], **roomy(session, "queue"))
    call = _run(
        session,
        [{"do": "get", "on": "q", "block": False}, {"do": "put", "on": "q", "item": item(session)}],
        stop_on_error=True,
    )
    _expect_events(call, ["empty"])


@check("run.start-at", "A list starts at start_at and not before.")
def run_start_at(session: Session) -> None:
    some_queue(session, session.root)
    start = time.monotonic_ns() + 150_000_000
    call = _run(session, [{"do": "put", "on": "q", "item": item(session)}], start_at=start)
    if call.events[0]["invoked"] < start:
        raise Broken(f"{call}: the first call was {start - call.events[0]['invoked']} ns too early")
    _run(session, [{"do": "get", "on": "q"}], start_at=1)


@check(
    "run.live",
    "Events are sent as the calls end, not when the list does.",
    after=("began.at-once",),
)
def run_live(session: Session) -> None:
    some_queue(session, session.root)
    call = session.root.start(
        "run",
        thread="a",
        operations=[
            {"do": "put", "on": "q", "item": item(session, 1)},
            {"do": "get", "on": "q", "repeat": 2},
        ],
    )
    session.wait(lambda: len(call.events) == 2, f"two events of {call}", session.root)
    session.root.ask("put", on="q", item=item(session, 2))
    call.expect("ok")
    _expect_events(call, ["ok"] * 3)


@check("run.bad-request", "A list that makes no sense is a bad_request, with nothing done.")
def run_bad_request(session: Session) -> None:
    some_queue(session, session.root)
    put: Message = {"do": "put", "on": "q", "item": item(session)}
    lists = [None, 7, {"do": "get"}, [7], [{"on": "q"}], [put, {**put, "on": "nothing"}]]
    for operations in lists:
        call = session.root.start("run", operations=operations)
        call.expect("bad_request")
        _expect_events(call, [])
