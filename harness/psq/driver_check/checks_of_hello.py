"""Checks of what the hello promises: its limits of items, and that nothing else is there."""

from __future__ import annotations

from psq.controller.items import received
from psq.controller.session import Session
from psq.driver_check.rules import check, expect_value, item, largest_item, some_queue, still_usable

_LONGEST_FROM = 32
_MOST_TRIED = 16 << 20


@check("item.least-size", "An item of item_bytes has room for a name of 32 bytes.")
def least_size(session: Session) -> None:
    some_queue(session, session.root)
    payload = item(session, 1, "n" * _LONGEST_FROM)
    session.root.ask("put", on="q", item=payload)
    expect_value(session.root.start("get", on="q"), received(payload))


@check("item.too-small", "An item smaller than item_bytes is a bad_request.")
def too_small(session: Session) -> None:
    some_queue(session, session.root)
    least = session.hello["limits"]["item_bytes"]
    if least > 0:
        small = {"from": "root", "seq": 0, "size": least - 1}
        session.root.ask("put", "bad_request", on="q", item=small)
    still_usable(session)


@check(
    "item.largest",
    "An item of max_item_bytes comes out whole, a larger one is a bad_request.",
    needs=("max_item_bytes",),
)
def largest(session: Session) -> None:
    some_queue(session, session.root)
    most = largest_item(session)
    if most <= _MOST_TRIED:
        payload = item(session, 1, size=most)
        put = session.root.start("put", on="q", item=payload, thread="producer")
        expect_value(session.root.start("get", on="q"), received(payload))
        put.expect("ok")
    larger = {"from": "root", "seq": 2, "size": most + 1}
    session.root.ask("put", "bad_request", on="q", item=larger)


@check("unsupported.unknown", "A do or type that the protocol lacks: unsupported or bad_request.")
def unknown_words(session: Session) -> None:
    either = ("unsupported", "bad_request")
    session.root.ask("create", *either, type="heap", names=["h"])
    session.root.ask("levitate", *either, on="q")
    session.root.ask("levitate", *either)
    still_usable(session)
