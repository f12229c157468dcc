"""Checks of objects: creating, dropping, timeouts, and lacks."""

from __future__ import annotations

from psq.controller.items import received
from psq.controller.messages import OPERATIONS, OPTIONS, shorten
from psq.controller.peer import Broken, Message
from psq.controller.session import Session
from psq.driver_check.rules import (
    BOUNDS,
    bounds_of,
    check,
    declares,
    expect_value,
    item,
    roomy,
    some_queue,
)

_QUEUES = ("queue", "joinable_queue", "simple_queue")


@check("create.types", "Every type that is declared can be created, used and dropped.")
def create_types(session: Session) -> None:
    for kind in _QUEUES:
        if not declares(session.hello, f"{kind}.put") or not declares(session.hello, f"{kind}.get"):
            continue
        session.root.ask("create", type=kind, names=[kind], **roomy(session, kind))
        payload = item(session, 3)
        session.root.ask("put", on=kind, item=payload)
        call = session.root.start("get", on=kind)
        expect_value(call, received(payload))
        session.root.ask("drop", on=kind)


@check(
    "create.pipe",
    "A pipe has two ends; with duplex false the first receives, the other sends.",
    needs=("connection.send", "connection.recv"),
)
def create_pipe(session: Session) -> None:
    choices: list[Message] = [{}, {"duplex": True}, {"duplex": False}]
    for duplex in choices:
        session.root.ask("create", type="pipe", names=["a", "b"], **duplex)
        payload = item(session, 5)
        session.root.ask("send", on="b", item=payload)
        call = session.root.start("recv", on="a")
        expect_value(call, received(payload))
        if duplex.get("duplex") is not False:
            session.root.ask("send", on="a", item=payload)
            session.root.ask("recv", on="b")
        for end in ("a", "b"):
            session.root.ask("drop", on=end)


@check("create.again", "A name that is taken cannot be created again.")
def create_again(session: Session) -> None:
    kind = some_queue(session, session.root)
    room = roomy(session, kind)
    session.root.ask("create", "bad_request", type=kind, names=["q"], **room)
    session.root.ask("drop", on="q")
    session.root.ask("create", type=kind, names=["q"], **room)


@check(
    "create.maxsize",
    "maxsize reaches the queue; put answers full, get answers empty.",
    needs=("queue.put", "queue.get", "bounded"),
)
def create_maxsize(session: Session) -> None:
    session.root.ask("create", type="queue", names=["q"], maxsize=1)
    session.root.ask("get", "empty", on="q", block=False)
    session.root.ask("put", on="q", item=item(session))
    session.root.ask("put", "full", on="q", item=item(session), block=False)
    session.root.ask("put", "full", on="q", item=item(session), timeout=0.01)


@check("create.bounds", "A queue of a kind of bounds that is not declared is unsupported.")
def create_bounds(session: Session) -> None:
    declared = bounds_of(session.hello)
    for kind in ("queue", "joinable_queue"):
        for bound, arguments in zip(BOUNDS, ({"maxsize": 1}, {"maxsize": 0})):
            if declares(session.hello, kind):
                wanted = "ok" if bound in declared else "unsupported"
                session.root.ask("create", wanted, type=kind, names=[kind + bound], **arguments)


@check(
    "create.unfinished",
    "unfinished presets the count of unfinished tasks.",
    needs=("preset_unfinished", "joinable_queue.task_done"),
)
def create_unfinished(session: Session) -> None:
    room = roomy(session, "joinable_queue")
    session.root.ask("create", type="joinable_queue", names=["q"], unfinished=2, **room)
    session.root.ask("task_done", on="q")
    session.root.ask("task_done", on="q")
    session.root.ask("task_done", "task_done_too_often", on="q")


@check("drop.forgets", "A dropped object is not known any more.")
def drop_forgets(session: Session) -> None:
    some_queue(session, session.root)
    session.root.ask("drop", on="q")
    session.root.ask("put", "bad_request", on="q", item=item(session))


@check(
    "drop.last-reference",
    "With drop the last reference goes: the other end sees it.",
    needs=("connection.send", "connection.recv"),
)
def drop_last_reference(session: Session) -> None:
    session.root.ask("create", type="pipe", names=["a", "b"])
    session.root.ask("send", on="b", item=item(session), thread="t")
    session.root.ask("recv", on="a")
    session.root.ask("drop", on="b")
    session.root.ask("recv", "end_of_stream", on="a")


@check("timeout.seconds", "timeout is seconds; the time stamps show it.", needs=("queue.get",))
def timeout_seconds(session: Session) -> None:
    session.root.ask("create", type="queue", names=["q"], **roomy(session, "queue"))
    answer = session.root.ask("get", "empty", on="q", timeout=0.2)
    took = answer["returned"] - answer["invoked"]
    # The suite judges whether a queue keeps its timeouts exactly.
    if not 100e6 <= took <= session.answer_within * 1e9:
        raise Broken(f"get with a timeout of 0.2 s took {took} ns between invoked and returned")


@check(
    "timeout.words",
    "timeout may be nan, inf or -inf; what it does is the implementation's.",
    needs=("queue.put", "queue.get"),
)
def timeout_words(session: Session) -> None:
    session.root.ask("create", type="queue", names=["q"], **roomy(session, "queue"))
    for word in ("nan", "inf", "-inf"):
        answer = session.root.start("put", on="q", item=item(session), timeout=word).wait()
        if answer["outcome"] in ("bad_request", "unsupported"):
            raise Broken(f"put with the timeout {word!r} was answered {shorten(answer)}")
    session.root.ask("put", "bad_request", on="q", item=item(session), timeout="soon")


@check(
    "poll.timeout",
    "The timeout of poll is 0 when absent, and null waits for ever.",
    needs=("connection.poll", "connection.send"),
    after=("began.at-once",),
)
def poll_timeout(session: Session) -> None:
    session.root.ask("create", type="pipe", names=["a", "b"])
    call = session.root.start("poll", on="a")
    expect_value(call, False)
    waiting = session.root.start("poll", on="a", timeout=None, began=True)
    waiting.wait_until_began()
    session.root.ask("send", on="b", item=item(session), thread="t")
    expect_value(waiting, True)


@check(
    "wait.names",
    "wait answers with the names of the connections that are ready.",
    needs=("connection.wait", "connection.send"),
)
def wait_names(session: Session) -> None:
    session.root.ask("create", type="pipe", names=["a", "b"])
    session.root.ask("create", type="pipe", names=["c", "d"])
    call = session.root.start("wait", of=["a", "c"], timeout=0)
    expect_value(call, [])
    session.root.ask("send", on="d", item=item(session), thread="t")
    call = session.root.start("wait", of=["a", "c"])
    expect_value(call, ["c"])


def _fields_of(session: Session, do: str) -> Message:
    if do in ("put", "send", "send_bytes"):
        return {"item": item(session)}
    others: dict[str, Message] = {
        "recv_bytes_into": {"room": 8},
        "send_connection": {"connection": "connection2"},
        "recv_connection": {"as": "connection3"},
    }
    return others.get(do, {})


@check("unsupported.operations", "An operation that is not declared answers unsupported.")
def unsupported_operations(session: Session) -> None:
    for kind, operations in OPERATIONS.items():
        if kind == "process" or not declares(session.hello, kind):
            continue
        names: list[str] = [kind + "1", kind + "2"] if kind == "connection" else [kind]
        made = "pipe" if kind == "connection" else kind
        session.root.ask("create", type=made, names=names, **roomy(session, made))
        known = {name for others in OPERATIONS.values() for name in others}
        for do in sorted(known - set(OPERATIONS["process"])):
            if declares(session.hello, f"{kind}.{do}"):
                continue
            target: Message = {"of": names} if do == "wait" else {"on": names[0]}
            # An operation of another type may also be a bad_request on this one.
            words = ("unsupported",) if do in operations else ("unsupported", "bad_request")
            session.root.ask(do, *words, **target, **_fields_of(session, do))


@check("unsupported.types", "A type that is not declared answers unsupported.")
def unsupported_types(session: Session) -> None:
    for kind in _QUEUES:
        if not declares(session.hello, kind):
            session.root.ask("create", "unsupported", type=kind, names=["q"])
    if not declares(session.hello, "connection"):
        session.root.ask("create", "unsupported", type="pipe", names=["a", "b"])


@check("unsupported.processes", "A driver that starts no processes answers unsupported.")
def unsupported_processes(session: Session) -> None:
    for do in OPERATIONS["process"]:
        if declares(session.hello, f"process.{do}"):
            continue
        fields: Message = {"name": "worker", "objects": []} if do == "spawn" else {"on": "worker"}
        # A driver that is older than the operation does not know it.
        is_new = do in ("drop_process", "end_thread")
        words = ("unsupported", "bad_request") if is_new else ("unsupported",)
        session.root.ask(do, *words, **fields)


@check("unsupported.options", "An option that is not declared answers unsupported.")
def unsupported_options(session: Session) -> None:
    some_queue(session, session.root)
    payloads: dict[str, Message] = {
        "json": {"json": 1},
        "item.fail_serialize": {"item": item(session, size=300, fail="serialize")},
        "item.fail_deserialize": {"item": item(session, size=300, fail="deserialize")},
        "item.slow_serialize": {"item": item(session, size=300, slow={"serialize": 0.01})},
        "item.slow_deserialize": {"item": item(session, size=300, slow={"deserialize": 0.01})},
    }
    for option in OPTIONS:
        if option in payloads and not declares(session.hello, option):
            session.root.ask("put", "unsupported", on="q", **payloads[option])
    presets = declares(session.hello, "preset_unfinished")
    if declares(session.hello, "joinable_queue") and not presets:
        session.root.ask("create", "unsupported", type="joinable_queue", names=["j"], unfinished=1)
