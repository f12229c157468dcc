"""Checks of spawning: what a child is given, and that it holds nothing else."""

from __future__ import annotations

from psq.controller.items import received
from psq.controller.peer import Broken
from psq.controller.session import Session
from psq.driver_check.rules import check, expect_value, item, join, some_queue

_PIPES = ("process", "connection.send", "connection.recv")


@check(
    "spawn.pid",
    "spawn answers with the child's pid; the child says hello by itself.",
    needs=("process",),
)
def spawn_pid(session: Session) -> None:
    session.spawn(session.root, "worker", [])


@check(
    "spawn.forgotten",
    "drop_process forgets a child that was joined.",
    needs=("process.join_process", "process.exit_code", "process.drop_process"),
    after=("spawn.pid",),
)
def spawn_forgotten(session: Session) -> None:
    worker = session.spawn(session.root, "worker", [])
    worker.ask("end", how="return")
    join(session.root, worker)
    session.root.ask("drop_process", on="worker", thread="a")
    for do in ("exit_code", "drop_process"):
        session.root.ask(do, "bad_request", on="worker")
    session.spawn(session.root, "other", [])


@check(
    "spawn.objects",
    "A child has the objects that it was given, under the same names.",
    needs=("process",),
    after=("spawn.pid",),
)
def spawn_objects(session: Session) -> None:
    some_queue(session, session.root)
    worker = session.spawn(session.root, "worker", ["q"])
    payload = item(session, 4)
    session.root.ask("put", on="q", item=payload)
    expect_value(worker.start("get", on="q"), received(payload))


@check("spawn.nothing-else", "It has no other object.", needs=("process",), after=("spawn.pid",))
def spawn_nothing_else(session: Session) -> None:
    some_queue(session, session.root)
    worker = session.spawn(session.root, "worker", [])
    worker.ask("put", "bad_request", on="q", item=item(session))
    some_queue(session, worker)
    worker.ask("put", on="q", item=item(session))
    worker.ask("get", on="q")


@check(
    "spawn.end-of-file",
    "A child does not hold open what it was not given.",
    needs=_PIPES,
    after=("spawn.pid", "began.at-once"),
)
def spawn_end_of_file(session: Session) -> None:
    session.root.ask("create", type="pipe", names=["a", "b"])
    session.root.ask("create", type="pipe", names=["c", "d"])
    worker = session.spawn(session.root, "worker", ["a"])
    session.root.ask("drop", on="b")
    worker.ask("recv", "end_of_stream", on="a")
    session.root.ask("drop", on="d")
    session.root.ask("recv", "end_of_stream", on="c")


@check(
    "spawn.blocked-thread",
    "Not even when a thread of the parent is using it at the time of the spawn.",
    needs=_PIPES,
    after=("spawn.end-of-file",),
)
def spawn_blocked_thread(session: Session) -> None:
    session.root.ask("create", type="pipe", names=["a", "b"])
    blocked = session.root.start("recv", on="b", thread="t", began=True)
    blocked.wait_until_began()
    session.spawn(session.root, "bystander", [])
    worker = session.spawn(session.root, "worker", ["a"])
    worker.ask("send", on="a", item=item(session))
    blocked.expect("ok")
    session.root.ask("drop", on="b")
    worker.ask("recv", "end_of_stream", on="a")


@check(
    "spawn.drop",
    "A child can drop what it was given: the last reference there goes.",
    needs=_PIPES,
    after=("spawn.end-of-file",),
)
def spawn_drop(session: Session) -> None:
    session.root.ask("create", type="pipe", names=["a", "b"])
    worker = session.spawn(session.root, "worker", ["b"])
    session.root.ask("drop", on="b")
    worker.ask("send", on="b", item=item(session))
    worker.ask("drop", on="b")
    session.root.ask("recv", on="a")
    session.root.ask("recv", "end_of_stream", on="a")


@check(
    "spawn.drop-in-use",
    "Not even a thread that used it in the parent keeps it alive there.",
    needs=_PIPES,
    after=("spawn.drop",),
)
def spawn_drop_in_use(session: Session) -> None:
    session.root.ask("create", type="pipe", names=["a", "b"])
    blocked = session.root.start("recv", on="b", thread="t", began=True)
    blocked.wait_until_began()
    worker = session.spawn(session.root, "worker", ["b"])
    session.root.ask("send", on="a", item=item(session))
    blocked.expect("ok")
    session.root.ask("drop", on="b")
    worker.ask("drop", on="b")
    session.root.ask("recv", "end_of_stream", on="a")


@check(
    "spawn.any-thread",
    "A child may be spawned from any thread; its main thread is main.",
    needs=("process",),
    after=("spawn.pid", "thread.main"),
)
def spawn_any_thread(session: Session) -> None:
    some_queue(session, session.root)
    worker = session.spawn(session.root, "worker", ["q"], thread="t")
    call = worker.start("put", on="q", item=item(session), began=True)
    call.expect("ok")
    if call.began[0]["tid"] != worker.pid:
        raise Broken(
            f"main of a child has the kernel's id {call.began[0]['tid']}, the process has "
            f"{worker.pid}"
        )
    session.root.ask("get", on="q", thread="t")
    worker.ask("end", how="return")
    if join(session.root, worker) != 0:
        raise Broken("a child that was spawned from a thread and returned has an exit code not 0")


@check(
    "spawn.while-blocked",
    "A child can be spawned while other threads are blocked.",
    needs=("process",),
    after=("spawn.objects", "began.at-once"),
)
def spawn_while_blocked(session: Session) -> None:
    some_queue(session, session.root)
    blocked = session.root.start("get", on="q", began=True)
    blocked.wait_until_began()
    worker = session.spawn(session.root, "worker", ["q"], thread="t")
    worker.ask("put", on="q", item=item(session))
    blocked.expect("ok")


@check(
    "spawn.grandchild",
    "A child can spawn children of its own.",
    needs=("process",),
    after=("spawn.objects",),
)
def spawn_grandchild(session: Session) -> None:
    some_queue(session, session.root)
    worker = session.spawn(session.root, "worker", ["q"])
    grandchild = session.spawn(worker, "grandchild", ["q"])
    payload = item(session, 2, "grandchild")
    grandchild.ask("put", on="q", item=payload)
    expect_value(session.root.start("get", on="q"), received(payload))
    grandchild.ask("end", how="exit", status=5)
    if join(worker, grandchild) != 5:
        raise Broken("the exit code of a grandchild that exited with 5 is not 5")


@check(
    "spawn.connection",
    "A child does not hold the connection of its parent open.",
    needs=("process",),
    after=("spawn.pid",),
)
def spawn_connection(session: Session) -> None:
    worker = session.spawn(session.root, "worker", [])
    session.root.ask("end", how="exit_now", status=0)
    session.root.wait_dead()
    session.wait(
        lambda: session.root.channel.at_end,
        "the end of the root's connection, whose process has ended",
    )
    some_queue(session, worker)


@check("spawn.bad-request", "To give what one does not have is a bad_request.", needs=("process",))
def spawn_bad_request(session: Session) -> None:
    session.root.ask("spawn", "bad_request", name="worker", objects=["nothing"])
    session.root.ask("spawn", "bad_request", name="worker", objects="q")
    session.root.ask("spawn", "bad_request", objects=[])
    session.root.ask("join_process", "bad_request", on="nothing")
