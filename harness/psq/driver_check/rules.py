"""The list of checks: each is one rule of spec/driver-protocol.md, with a play that shows it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Callable

from psq.controller.messages import shorten
from psq.controller.peer import Broken, Call, Message, Peer
from psq.controller.session import Session


@dataclass(frozen=True)
class Check:
    """One rule.  ``play`` raises Broken; None for rules that hold in every play."""

    name: str
    rule: str
    play: Any = None
    needs: tuple[str, ...] = ()
    """What the driver must declare: types, ``type.operation``, options, or kinds of bounds."""
    after: tuple[str, ...] = ()
    """Checks that must be ok before this one shows anything."""


CHECKS: list[Check] = []

BOUNDS = ("bounded", "unbounded")
_MANY = 1000
_LARGEST_SIZE = (1 << 32) - 1

FIRST = "request.answered"
"""Every other check comes after this one: without it they show nothing."""

Play = Callable[[Session], None]


def check(
    name: str, rule: str, needs: tuple[str, ...] = (), after: tuple[str, ...] = ()
) -> Callable[[Play], Play]:
    """Adds the decorated play to the list."""

    def add(play: Play) -> Play:
        first = () if name == FIRST else (FIRST,)
        CHECKS.append(Check(name, rule, play, needs, (*first, *after)))
        return play

    return add


AT_START = [
    Check("connect.connects", "The root connects to the socket at PSQ_SOCKET."),
    Check("hello.comes", "It says hello on that connection."),
    Check("hello.json", "The hello is one JSON object on one line."),
    Check("hello.first", "The first line of a connection is its hello."),
    Check("hello.version", "hello is the protocol's version, 1."),
    Check("hello.role", "The role is root, or the name that the child was given, once."),
    Check("hello.fields", "The hello has the fields that the schema asks for."),
    Check("hello.pid", "The pid is that of the process that connected."),
]

ALWAYS = [
    Check("hello.once", "A process says hello once."),
    Check("message.json", "Every line is one JSON object in UTF-8, written whole."),
    Check("message.length", "A line has at most 1048576 bytes with its end."),
    Check("message.fields", "Every message has the fields that its schema asks for."),
    Check("answer.id", "An answer carries the id of a request of that connection."),
    Check("answer.once", "A request is answered once."),
    Check("answer.times", "invoked and returned are read next to the call, on CLOCK_MONOTONIC."),
    Check("began.only-when-asked", "began is sent only when the request asks for it."),
    Check("began.before-the-call", "began comes before the call begins."),
    Check("run.events", "Events belong to a running list, and count its calls from 0."),
    Check("defect.none", "No process reports a defect of the driver."),
    Check("process.stays", "A process does not end without being asked to."),
]


def declares(hello: Message, need: str) -> bool:
    """Whether the hello declares a type, a ``type.operation``, an option, a kind of bounds or a limit."""
    capabilities = hello["capabilities"]
    if need in capabilities["options"] or need in bounds_of(hello) or need in hello["limits"]:
        return True
    kind, _, operation = need.partition(".")
    names = capabilities["operations"].get(kind, [])
    return operation in names if operation else bool(names)


def bounds_of(hello: Message) -> list[str]:
    """The kinds of queue, by their bounds, that the hello declares."""
    return list(hello["capabilities"].get("bounds", BOUNDS))


def roomy(session: Session, kind: str) -> dict[str, int]:
    """The arguments of a creation for a queue of this type that has room for many items."""
    needs_bound = kind in ("queue", "joinable_queue") and "unbounded" not in bounds_of(
        session.hello
    )
    return {"maxsize": min(session.hello["limits"]["maxsize"], _MANY)} if needs_bound else {}


def fitting(session: Session, kind: str, wanted: int) -> int:
    """So many items, or as many as a queue of this type has room for that is created `roomy`."""
    return min(wanted, roomy(session, kind).get("maxsize", wanted))


def item(
    session: Session, seq: int = 0, sender: str = "root", size: int = 0, **more: Any
) -> dict[str, Any]:
    """An item of this size, or of the nearest that the driver makes."""
    least = session.hello["limits"]["item_bytes"]
    return {
        "from": sender,
        "seq": seq,
        "size": max(min(size, largest_item(session)), least),
        **more,
    }


def largest_item(session: Session) -> int:
    """The size of the largest item that the driver makes."""
    return int(session.hello["limits"].get("max_item_bytes", _LARGEST_SIZE))


def expect_value(call: Call, expected: Any) -> None:
    """The call must be answered ok with this value."""
    got = call.expect("ok").get("value")
    if got != expected:
        raise Broken(f"{call} was answered with {shorten(got)}; expected {shorten(expected)}")


def join(parent: Peer, child: Peer) -> Any:
    """Join a child and return its exit code."""
    child.may_end = True
    expect_value(
        parent.start("join_process", on=child.name, timeout=parent.session.answer_within), True
    )
    return parent.value("exit_code", on=child.name)


def expect_began(peer: Peer, call: Call) -> None:
    """That one began message came for a call of this process, from a thread that it has."""
    if len(call.began) != 1:
        raise Broken(f"{call}: {len(call.began)} began messages, expected 1")
    tid = call.began[0]["tid"]
    if not os.path.isdir(f"/proc/{peer.pid}/task/{tid}"):
        raise Broken(f"tid {tid} is no thread of the process {peer.pid}")


def some_queue(session: Session, peer: Peer, name: str = "q") -> str:
    """Create a queue of any type that the driver has, with put and get; returns its type."""
    for kind in ("queue", "simple_queue", "joinable_queue"):
        if declares(session.hello, f"{kind}.put") and declares(session.hello, f"{kind}.get"):
            peer.ask("create", type=kind, names=[name], **roomy(session, kind))
            return kind
    raise NoQueue


def still_usable(session: Session) -> None:
    """The connection must go on: a driver with a queue creates one, another refuses that properly."""
    try:
        some_queue(session, session.root, f"usable{session.next_id()}")
    except NoQueue:
        session.root.ask("create", "unsupported", "bad_request", type="queue", names=["usable"])


class NoQueue(Exception):
    """The driver declares no queue with put and get."""
