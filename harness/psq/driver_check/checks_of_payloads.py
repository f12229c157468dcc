"""Checks of payloads: items, bytes and JSON values."""

from __future__ import annotations

from typing import Any

from psq.controller.items import received
from psq.controller.messages import shorten
from psq.controller.peer import Broken, Message
from psq.controller.session import Session
from psq.driver_check.rules import check, expect_value, item, largest_item, some_queue


def _pass_on(
    session: Session, payload: dict[str, Any], put: str = "send", get: str = "recv"
) -> Any:
    """Send over a pipe from a thread of its own, and return the value that arrives."""
    session.root.ask("create", type="pipe", names=["a", "b"])
    sent = session.root.start(put, on="b", thread="sender", **payload)
    value = session.root.value(get, on="a")
    sent.expect("ok")
    return value


@check("item.sizes", "Items of all sizes come out with the fields that they were put with, intact.")
def item_sizes(session: Session) -> None:
    least = session.hello["limits"]["item_bytes"]
    sizes = [least, least + 1, 255, 256, 257, 4095, 4096, 4097, 16385, 65535, 65537, 1 << 20]
    some_queue(session, session.root)
    for seq, size in enumerate(size for size in sizes if least <= size <= largest_item(session)):
        payload = item(session, seq, "producer", size)
        put = session.root.start("put", on="q", item=payload, thread="producer")
        expect_value(session.root.start("get", on="q"), received(payload))
        put.expect("ok")


@check(
    "item.exact-size",
    "The serialized size of an item is exactly its size.",
    needs=("connection.send", "connection.recv_bytes"),
)
def item_exact_size(session: Session) -> None:
    least = session.hello["limits"]["item_bytes"]
    session.root.ask("create", type="pipe", names=["a", "b"])
    boundaries = [*range(255, 285), 4096, 16384, *range(65530, 65560), 1 << 20]
    for size in [least, least + 1, *(size for size in boundaries if size > least)]:
        if size > largest_item(session):
            break
        session.root.start("send", on="b", item=item(session, 1, "p", size), thread="sender")
        value = session.root.value("recv_bytes", on="a")
        seen = value["item"]["size"] if "item" in value else value["size"]
        if seen != size:
            raise Broken(f"an item of {size} bytes was {seen} bytes long on the pipe")


@check(
    "item.bytes",
    "As a bytes payload an item is exactly size bytes; cut it is not intact.",
    needs=("connection.send_bytes", "connection.recv_bytes"),
)
def item_bytes(session: Session) -> None:
    payload = item(session, 9, size=4000)
    value = _pass_on(session, {"item": payload}, "send_bytes", "recv_bytes")
    if value != received(payload):
        raise Broken(f"the item {shorten(payload)} arrived as {shorten(value)}")
    part = payload["size"] * 3 // 4
    session.root.ask("send_bytes", on="b", item=payload, offset=0, size=part, thread="sender")
    value = session.root.value("recv_bytes", on="a")
    if value.get("item", {}).get("intact", False) or not value.keys() & {"item", "bytes"}:
        raise Broken(
            f"{part} of the item's {payload['size']} bytes arrived as {shorten(value)}; "
            "expected a broken item or bytes"
        )


@check(
    "bytes.hex",
    "Bytes travel as hexadecimal; of those received at most 65536 are shown.",
    needs=("connection.send_bytes", "connection.recv_bytes"),
)
def bytes_hex(session: Session) -> None:
    value = _pass_on(session, {"bytes": "68656c6c6f"}, "send_bytes", "recv_bytes")
    if value != {"bytes": "68656c6c6f", "size": 5}:
        raise Broken(f"the bytes 68656c6c6f arrived as {shorten(value)}")
    session.root.ask("send_bytes", "bad_request", on="b", bytes="xyz")
    if largest_item(session) < 70000:
        return
    session.root.start("send_bytes", on="b", bytes="ab" * 70000, thread="sender")
    value = session.root.value("recv_bytes", on="a")
    if value != {"bytes": "ab" * 65536, "size": 70000}:
        raise Broken(f"70000 bytes arrived as {shorten(value)}; expected the first 65536 and size")


@check(
    "bytes.into",
    "recv_bytes_into answers count and the bytes; too long, the whole message.",
    needs=("connection.send_bytes", "connection.recv_bytes_into"),
)
def bytes_into(session: Session) -> None:
    session.root.ask("create", type="pipe", names=["a", "b"])
    session.root.ask("send_bytes", on="b", bytes="010203", thread="t")
    call = session.root.start("recv_bytes_into", on="a", room=8, offset=2)
    value: Any = dict(call.expect("ok").get("value") or {})
    if not value.pop("rest_untouched", True):
        raise Broken(f"{call} changed other bytes of the buffer than those of the message")
    if value != {"count": 3, "bytes": "010203", "size": 3}:
        raise Broken(f"{call} was answered with {shorten(value)}; expected the three bytes")
    session.root.ask("send_bytes", on="b", bytes="0102030405", thread="t")
    call = session.root.start("recv_bytes_into", on="a", room=4)
    value = call.expect("buffer_too_short").get("value")
    if value != {"bytes": "0102030405", "size": 5}:
        raise Broken(f"{call} was answered with {shorten(value)}; expected the whole message")


@check("json.values", "JSON values come back as they were.", needs=("json",))
def json_values(session: Session) -> None:
    some_queue(session, session.root)
    values: list[Any] = [None, True, 0, -1, 1.5, "", "ä\n\U0001f40d", [], {}, [1, [2, {"a": None}]]]
    for value in values:
        session.root.ask("put", on="q", json=value)
        expect_value(session.root.start("get", on="q"), {"json": value})


@check(
    "item.fail-serialize",
    "An item that fails to be serialized is not_serializable.",
    needs=("item.fail_serialize", "connection.send"),
)
def fail_serialize(session: Session) -> None:
    session.root.ask("create", type="pipe", names=["a", "b"])
    session.root.ask("send", "not_serializable", on="b", item=item(session, fail="serialize"))


@check(
    "item.fail-deserialize",
    "An item that fails to be deserialized is not_deserializable.",
    needs=("item.fail_deserialize", "connection.send", "connection.recv"),
)
def fail_deserialize(session: Session) -> None:
    session.root.ask("create", type="pipe", names=["a", "b"])
    session.root.ask("send", on="b", item=item(session, size=300, fail="deserialize"), thread="t")
    session.root.ask("recv", "not_deserializable", on="a")


def _slow(session: Session, what: str) -> None:
    session.root.ask("create", type="pipe", names=["a", "b"])
    payload = item(session, size=300, slow={what: 0.1})
    sent = session.root.start("send", on="b", item=payload, thread="t")
    sent.expect("ok")
    call = session.root.start("recv", on="a")
    expect_value(call, received(payload))
    answer: Message = (sent if what == "serialize" else call).wait()
    took = answer["returned"] - answer["invoked"]
    if took < 100e6:
        raise Broken(f"an item that {what}s 0.1 s longer took {took} ns")


@check(
    "item.slow-serialize",
    "An item may take longer to be serialized.",
    needs=("item.slow_serialize", "connection.send", "connection.recv"),
)
def slow_serialize(session: Session) -> None:
    _slow(session, "serialize")


@check(
    "item.slow-deserialize",
    "An item may take longer to be deserialized.",
    needs=("item.slow_deserialize", "connection.send", "connection.recv"),
)
def slow_deserialize(session: Session) -> None:
    _slow(session, "deserialize")


_KINDS = ("exit", "interrupt", "other")


def _failure(kind: str) -> None:
    @check(
        f"item.failure-{kind}",
        f"An item that fails by {kind} ends no process, and its call as with another error.",
        needs=(
            f"item.failure_{kind}",
            "item.fail_serialize",
            "item.fail_deserialize",
            "connection.send",
            "connection.recv",
        ),
    )
    def fails(session: Session) -> None:
        session.root.ask("create", type="pipe", names=["a", "b"])
        bad = item(session, size=300, failure=kind)
        session.root.ask("send", "not_serializable", on="b", item={**bad, "fail": "serialize"})
        session.root.ask("send", on="b", item={**bad, "fail": "deserialize"}, thread="t")
        session.root.ask("recv", "not_deserializable", on="a")


for _kind in _KINDS:
    _failure(_kind)


@check(
    "item.same",
    "An item with same is one object that changes: each put has the value of its item.",
    needs=("item.same", "connection.send", "connection.recv"),
)
def same(session: Session) -> None:
    session.root.ask("create", type="pipe", names=["a", "b"])
    for seq in range(3):
        payload = item(session, seq, size=300 + seq)
        session.root.ask("send", on="b", item={**payload, "same": "object"}, thread="t")
        expect_value(session.root.start("recv", on="a"), received(payload))


# Drivers that know no kinds of failure ignore the field.
@check(
    "item.failure-words",
    "A kind of failure that the protocol does not have is a bad_request.",
    needs=("item.failure_other",),
)
def failure_words(session: Session) -> None:
    some_queue(session, session.root)
    session.root.ask("put", "bad_request", on="q", item=item(session, failure="often"))
