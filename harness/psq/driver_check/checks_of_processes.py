"""Checks of processes: spawning, what a child holds, ending, and the parent's view of it."""

from __future__ import annotations

from typing import Any

from psq.controller.items import received
from psq.controller.messages import shorten
from psq.controller.peer import Broken, Message, Peer
from psq.controller.session import Session
from psq.driver_check.rules import check, expect_value, item, some_queue

_PIPES = ("process", "connection.send", "connection.recv")


def _join(parent: Peer, child: Peer) -> Any:
    """Join a child and return its exit code."""
    child.may_end = True
    expect_value(
        parent.start("join_process", on=child.name, timeout=parent.session.answer_within), True
    )
    return parent.value("exit_code", on=child.name)


@check(
    "spawn.pid",
    "spawn answers with the child's pid; the child says hello by itself.",
    needs=("process",),
)
def spawn_pid(session: Session) -> None:
    session.spawn(session.root, "worker", [])


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
    if _join(session.root, worker) != 0:
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
    if _join(worker, grandchild) != 5:
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


def _ending(name: str, how: str, expected: int, **fields: Any) -> None:
    @check(f"end.{name}", f"end with {how} ends with status {expected}, and is answered before.")
    def root_ends(session: Session) -> None:
        session.root.ask("end", how=how, **fields)
        session.root.wait_dead()
        status = session.program.wait_for_status(session.answer_within)
        if status != expected:
            raise Broken(
                f"the root ended with status {status}; expected {expected}; "
                f"{session.program.log_tail()}"
            )

    @check(
        f"end.{name}-child",
        f"A child's end with {how}: exit code {expected}.",
        needs=("process.join_process", "process.exit_code"),
        after=("spawn.pid",),
    )
    def child_ends(session: Session) -> None:
        worker = session.spawn(session.root, "worker", [])
        worker.ask("end", how=how, **fields)
        code = _join(session.root, worker)
        if code != expected:
            raise Broken(
                f"the child's exit code is {code!r}; expected {expected}; "
                f"{session.program.log_tail()}"
            )


_ending("return", "return", 0)
_ending("exit", "exit", 3, status=3)
_ending("exit-now", "exit_now", 4, status=4)
_ending("raise", "raise", 1)


@check(
    "end.flushes",
    "A process that returns ends as its users would end it: nothing put is lost.",
    needs=("process", "queue.put", "queue.get"),
    after=("spawn.objects", "end.return-child"),
)
def end_flushes(session: Session) -> None:
    session.root.ask("create", type="queue", names=["q"])
    worker = session.spawn(session.root, "worker", ["q"])
    worker.ask(
        "run",
        operations=[
            {"do": "put", "on": "q", "item": item(session, 0, "worker", 2000), "repeat": 50}
        ],
    )
    worker.ask("end", how="return")
    for seq in range(50):
        expected = received(item(session, seq, "worker", 2000))
        expect_value(session.root.start("get", on="q"), expected)
    _join(session.root, worker)


@check("end.only-main", "end can be done on main only.")
def end_only_main(session: Session) -> None:
    session.root.ask("end", "bad_request", how="return", thread="t")
    session.root.ask("end", "bad_request", how="vanish")
    session.root.ask("end", "bad_request")
    some_queue(session, session.root)


@check(
    "child.running",
    "While a child runs its exit code is null, and join_process answers false.",
    needs=("process.join_process", "process.exit_code"),
    after=("spawn.pid",),
)
def child_running(session: Session) -> None:
    worker = session.spawn(session.root, "worker", [])
    answer = session.root.ask("exit_code", on="worker")
    if "value" not in answer or answer["value"] is not None:
        raise Broken(f"the exit code of a running child is {shorten(answer)}; expected value null")
    expect_value(session.root.start("join_process", on="worker", timeout=0.05), False)
    some_queue(session, worker)


def _signalled(do: str, expected: int) -> None:
    @check(
        f"child.{do}",
        f"A child ended by {do} has the exit code {expected}.",
        needs=(f"process.{do}", "process.exit_code"),
        after=("spawn.pid",),
    )
    def ended(session: Session) -> None:
        worker = session.spawn(session.root, "worker", [])
        worker.may_end = True
        session.root.ask(do, on="worker", thread="t")
        code = _join(session.root, worker)
        if code != expected:
            raise Broken(f"the exit code of a child after {do} is {code!r}; expected {expected}")


_signalled("terminate", -15)
_signalled("kill", -9)


@check(
    "child.daemon", "A child can be spawned as a daemon.", needs=("process",), after=("spawn.pid",)
)
def child_daemon(session: Session) -> None:
    worker = session.spawn(session.root, "worker", [], daemon=True)
    some_queue(session, worker)


@check(
    "death.connection",
    "When its connection ends a process ends at once, blocked or not.",
    after=("began.at-once",),
)
def death_connection(session: Session) -> None:
    some_queue(session, session.root)
    threads: list[Message] = [{}, {"thread": "t"}]
    for fields in threads:
        session.root.start("get", on="q", began=True, **fields).wait_until_began()
    session.root.channel.hang_up()
    session.root.wait_dead()


@check("death.child-connection", "So does a child.", needs=("process",), after=("spawn.pid",))
def death_child_connection(session: Session) -> None:
    worker = session.spawn(session.root, "worker", [])
    worker.channel.hang_up()
    worker.wait_dead()
    some_queue(session, session.root)
