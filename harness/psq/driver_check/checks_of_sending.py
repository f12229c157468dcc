"""Checks of connections that are sent through connections."""

from __future__ import annotations

from psq.controller.items import received
from psq.controller.messages import shorten
from psq.controller.peer import Broken, Message, Peer
from psq.controller.session import Session
from psq.driver_check.rules import check, expect_value, item, some_queue

_NEEDS = (
    "connection.send_connection",
    "connection.recv_connection",
    "connection.send",
    "connection.recv",
)


def _passes(session: Session, sender: Peer, on: str, receiver: Peer, of: str) -> None:
    """A message sent on one connection must arrive at the other."""
    payload = item(session, 7)
    sender.ask("send", on=on, item=payload)
    call = receiver.start("recv", on=of)
    expect_value(call, received(payload))


def _two_pipes(session: Session) -> None:
    session.root.ask("create", type="pipe", names=["line", "far"])
    session.root.ask("create", type="pipe", names=["x", "y"])


@check(
    "send-connection.as",
    "The connection that comes is known by the name that was asked for.",
    needs=_NEEDS,
)
def sent_as(session: Session) -> None:
    _two_pipes(session)
    answer = session.root.ask("send_connection", on="line", connection="y")
    if answer.get("value") is not None:
        raise Broken(f"send_connection answered {shorten(answer)}; it has no value")
    session.root.ask("recv_connection", on="far", **{"as": "got"})
    _passes(session, session.root, "x", session.root, "got")
    _passes(session, session.root, "got", session.root, "x")
    session.root.ask("drop", on="got")
    session.root.ask("send", "bad_request", on="got", item=item(session))


@check(
    "send-connection.waits",
    "recv_connection begins, and waits for the connection to come.",
    needs=_NEEDS,
    after=("send-connection.as", "began.at-once"),
)
def sent_waits(session: Session) -> None:
    _two_pipes(session)
    call = session.root.start("recv_connection", on="far", thread="t", began=True, **{"as": "got"})
    call.wait_until_began()
    some_queue(session, session.root)
    session.root.ask("send_connection", on="line", connection="y")
    call.expect("ok")
    _passes(session, session.root, "x", session.root, "got")


@check(
    "send-connection.bad-request",
    "A name that is no connection, or that is taken, is refused.",
    needs=_NEEDS,
    after=("send-connection.as",),
)
def sent_bad_request(session: Session) -> None:
    _two_pipes(session)
    some_queue(session, session.root)
    nonsense: list[Message] = [{}, {"connection": "none"}, {"connection": "q"}, {"connection": 7}]
    for fields in nonsense:
        session.root.ask("send_connection", "bad_request", on="line", **fields)
    session.root.ask("send_connection", on="line", connection="y")
    names: list[Message] = [{}, {"as": "x"}, {"as": "q"}, {"as": ""}]
    for fields in names:
        session.root.ask("recv_connection", "bad_request", on="far", **fields)
    session.root.ask("recv_connection", on="far", **{"as": "got"})
    _passes(session, session.root, "x", session.root, "got")


@check(
    "send-connection.message",
    "A message in its place is not_deserializable.",
    needs=_NEEDS,
    after=("send-connection.as",),
)
def sent_message(session: Session) -> None:
    _two_pipes(session)
    session.root.ask("send", on="line", item=item(session))
    session.root.ask("recv_connection", "not_deserializable", on="far", **{"as": "got"})
    session.root.ask("send", "bad_request", on="got", item=item(session))


@check(
    "send-connection.given",
    "An obtained connection can be given to a child, and no other process holds it.",
    needs=("process", *_NEEDS),
    after=("send-connection.as", "spawn.end-of-file"),
)
def sent_given(session: Session) -> None:
    # The sender makes no children: the protocol leaves open what it keeps of a connection that it sent.
    session.root.ask("create", type="pipe", names=["line", "far"])
    sender = session.spawn(session.root, "sender", ["line"])
    sender.ask("create", type="pipe", names=["x", "y"])
    sender.ask("send_connection", on="line", connection="y")
    session.root.ask("recv_connection", on="far", **{"as": "got"})
    sender.ask("drop", on="y")
    session.spawn(session.root, "bystander", [])
    worker = session.spawn(session.root, "worker", ["got"])
    session.root.ask("drop", on="got")
    _passes(session, worker, "got", sender, "x")
    worker.ask("drop", on="got")
    sender.ask("recv", "end_of_stream", on="x")
