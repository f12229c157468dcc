"""Checks of how requests are read, refused, begun and answered, and of named threads."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from psq.controller.items import received
from psq.controller.messages import LONGEST_LINE, shorten
from psq.controller.peer import Broken, Call, Message
from psq.controller.session import Session
from psq.driver_check.rules import (
    FIRST,
    check,
    expect_began,
    fitting,
    item,
    some_queue,
    still_usable,
)


def _line(**request: Any) -> bytes:
    return json.dumps(request, ensure_ascii=False).encode() + b"\n"


def _refused(session: Session, data: bytes) -> Message:
    """Send a line without a usable id; returns its answer, which must be a bad_request."""
    before = len(session.root.refusals)
    session.root.send_raw(data)
    session.wait(
        lambda: len(session.root.refusals) > before,
        f"bad_request with the id null for {shorten(data.decode(errors='replace'))}",
        session.root,
    )
    answer = session.root.refusals[-1]
    if answer["outcome"] != "bad_request":
        raise Broken(f"{data!r:.80} was answered {shorten(answer)}; expected bad_request")
    return answer


@check(FIRST, "A request is answered under its id: a queue is created, or unsupported.")
def answered(session: Session) -> None:
    still_usable(session)


@check("request.in-pieces", "A line may come in pieces.")
def in_pieces(session: Session) -> None:
    some_queue(session, session.root)
    call = Call(session.root, {"id": session.next_id(), "do": "drop", "on": "q"})
    session.root.calls[call.request["id"]] = call
    for byte in _line(**call.request):
        session.root.send_raw(bytes([byte]))
        time.sleep(0.001)
    call.expect("ok")


@check("request.together", "Many lines may come at once; all are answered.")
def together(session: Session) -> None:
    many = fitting(session, some_queue(session, session.root), 20)
    calls, data = [], b""
    for seq in range(many):
        request = {"id": session.next_id(), "do": "put", "on": "q", "item": item(session, seq)}
        calls.append(Call(session.root, request))
        session.root.calls[request["id"]] = calls[-1]
        data += _line(**request)
    session.root.send_raw(data)
    for call in calls:
        call.expect("ok")
    for seq in range(many):
        got = session.root.value("get", on="q")
        if got != received(item(session, seq)):
            raise Broken(f"item {seq} of {many} that were put in order came out as {shorten(got)}")


@check("request.longest", "A line of 1048576 bytes with its end is taken.")
def longest(session: Session) -> None:
    some_queue(session, session.root)
    call = Call(session.root, {"id": session.next_id(), "do": "drop", "on": "q", "comment": ""})
    session.root.calls[call.request["id"]] = call
    room = LONGEST_LINE - len(_line(**call.request))
    session.root.send_raw(_line(**{**call.request, "comment": "x" * room}))
    call.expect("ok")


@check("request.utf8", "Names are UTF-8.")
def utf8(session: Session) -> None:
    some_queue(session, session.root, "schlänge-\u961f\u5217-\U0001f40d")
    payload = item(session, 1, "käfer")
    session.root.ask("put", on="schlänge-\u961f\u5217-\U0001f40d", item=payload)
    got = session.root.value("get", on="schlänge-\u961f\u5217-\U0001f40d")
    if got != received(payload):
        raise Broken(f"put {shorten(payload)}, got {shorten(got)}")


@check("request.unknown-fields", "Fields that are not known are ignored.")
def unknown_fields(session: Session) -> None:
    some_queue(session, session.root)
    session.root.ask("put", on="q", item=item(session, 1, note={"a": [1]}), colour="green")


@check("bad-request.no-json", "A line that is no JSON is a bad_request with the id null.")
def no_json(session: Session) -> None:
    for data in (b"put that in your queue\n", b'{"id":1,\n', b"\xff\xfe\n", b"{} {}\n"):
        _refused(session, data)
    still_usable(session)


@check("bad-request.no-object", "A line that is no object is a bad_request with the id null.")
def no_object(session: Session) -> None:
    for data in (b"[]\n", b"7\n", b"null\n", b'"put"\n'):
        _refused(session, data)
    still_usable(session)


@check("bad-request.no-id", "A request without a number for id is a bad_request with the id null.")
def no_id(session: Session) -> None:
    ids: list[Message] = [{}, {"id": "one"}, {"id": None}]
    for identity in ids:
        _refused(session, _line(**identity, do="create", type="queue", names=["q"]))
    still_usable(session)


@check("bad-request.no-do", "A request that does not say what to do is a bad_request with its id.")
def no_do(session: Session) -> None:
    lacking: list[Message] = [{}, {"do": 7}, {"do": None}]
    for fields in lacking:
        call = Call(session.root, {"id": session.next_id(), **fields})
        session.root.calls[call.request["id"]] = call
        session.root.send_raw(_line(**call.request))
        call.expect("bad_request")
    still_usable(session)


@check("bad-request.thread", "A thread that is no name is a bad_request.")
def thread_type(session: Session) -> None:
    for thread in (7, ["a"], None):
        session.root.ask("create", "bad_request", type="queue", names=["q"], thread=thread)
    still_usable(session)


@check("bad-request.no-such-object", "An object that was never created is a bad_request.")
def no_such_object(session: Session) -> None:
    some_queue(session, session.root)
    session.root.ask("put", "bad_request", on="nothing", item=item(session))
    session.root.ask("put", "bad_request", item=item(session))
    session.root.ask("drop", "bad_request", on="nothing")
    still_usable(session)


@check("bad-request.payload", "A put without a payload that makes sense is a bad_request.")
def bad_payload(session: Session) -> None:
    some_queue(session, session.root)
    payloads: list[Message] = [
        {},
        {"item": 7},
        {"item": {"from": "root"}},
        {"item": {"from": "root", "seq": "x", "size": 4096}},
    ]
    for payload in payloads:
        session.root.ask("put", "bad_request", on="q", **payload)
    still_usable(session)


@check("began.written", "began comes when asked for, with the thread's id and the time.")
def began_written(session: Session) -> None:
    some_queue(session, session.root)
    call = session.root.start("put", on="q", item=item(session), began=True, thread="a")
    call.expect("ok")
    expect_began(session.root, call)


@check(
    "began.at-once",
    "began is written before the call, unbuffered: a blocked call has begun.",
    after=("began.written",),
)
def began_at_once(session: Session) -> None:
    some_queue(session, session.root)
    call = session.root.start("get", on="q", began=True, thread="a")
    call.wait_until_began()
    session.root.ask("put", on="q", item=item(session))
    call.expect("ok")


@check(
    "thread.main",
    "The thread named main is the process's real main thread.",
    after=("began.written",),
)
def main_thread(session: Session) -> None:
    some_queue(session, session.root)
    threads: list[Message] = [{}, {"thread": "main"}]
    for fields in threads:
        call = session.root.start("put", on="q", item=item(session), began=True, **fields)
        call.expect("ok")
        if call.began[0]["tid"] != session.root.pid:
            raise Broken(
                f"main has the kernel's id {call.began[0]['tid']}, the process has "
                f"{session.root.pid}"
            )


def _all_end(session: Session, calls: list[Call], within: float = 1.0) -> bool:
    """Whether all of them have ended by then."""
    deadline = time.monotonic() + within
    while any(call.answer is None for call in calls) and time.monotonic() < deadline:
        session.pump(0.05)
    return all(call.answer is not None for call in calls)


@check(
    "thread.side-by-side",
    "Threads run side by side: a blocked call stops no other thread.",
    after=("began.at-once",),
)
def side_by_side(session: Session) -> None:
    some_queue(session, session.root)
    blocked = [session.root.start("get", on="q", thread=name, began=True) for name in "abc"]
    for call in blocked:
        call.wait_until_began()
    # More items than calls where one call has an item sent that it has not asked for yet.
    for seq in range(10):
        session.root.ask("put", on="q", item=item(session, seq))
        if seq >= 2 and _all_end(session, blocked):
            break
    for call in blocked:
        call.expect("ok")
    if len({call.began[0]["tid"] for call in blocked}) != 3:
        raise Broken("calls on threads of different names began on the same thread")


@check(
    "thread.order",
    "One thread does its requests in the order in which they came.",
    after=("began.at-once",),
)
def thread_order(session: Session) -> None:
    some_queue(session, session.root)
    first = session.root.start("get", on="q", thread="a", began=True)
    second = session.root.start("put", on="q", item=item(session, 2), thread="a", began=True)
    first.wait_until_began()
    time.sleep(0.05)
    if second.began or second.answer:
        raise Broken(f"{second} began while the same thread was in {first}")
    session.root.ask("put", on="q", item=item(session, 1))
    if second.wait()["invoked"] < first.wait()["returned"]:
        raise Broken(f"{second} was called before {first} had returned")


@check(
    "thread.reader",
    "The loop that reads requests never blocks in an operation.",
    after=("began.at-once",),
)
def reader_free(session: Session) -> None:
    some_queue(session, session.root)
    blocked = session.root.start("get", on="q", began=True)
    blocked.wait_until_began()
    _refused(session, b"no JSON while main is blocked\n")
    session.root.ask("put", on="q", item=item(session), thread="a")
    blocked.expect("ok")


@check(
    "thread.end",
    "end_thread ends its thread after the answer; the name then starts another thread.",
    needs=("process.end_thread",),
    after=("began.written",),
)
def thread_end(session: Session) -> None:
    some_queue(session, session.root)
    first = session.root.start("put", on="q", item=item(session, 1), thread="a", began=True)
    first.expect("ok")
    session.root.ask("end_thread", thread="a")
    tid = first.began[0]["tid"]
    deadline = time.monotonic() + session.answer_within
    while os.path.isdir(f"/proc/{session.root.pid}/task/{tid}"):
        if time.monotonic() > deadline:
            raise Broken(f"the thread a, {tid}, still runs after end_thread")
        time.sleep(0.01)
    session.root.ask("put", on="q", item=item(session, 2), thread="a")
    session.root.ask("end_thread", "bad_request", thread="main")
    for seq in (1, 2):
        if session.root.value("get", on="q") != received(item(session, seq)):
            raise Broken("an item of a thread that ended was not obtained")
