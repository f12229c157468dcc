"""Checks of the end of processes, and of what the parent learns of it."""

from __future__ import annotations

from typing import Any

from psq.controller.items import received
from psq.controller.messages import shorten
from psq.controller.peer import Broken, Message
from psq.controller.session import Session
from psq.driver_check.rules import (
    check,
    expect_began,
    expect_value,
    fitting,
    item,
    join,
    roomy,
    some_queue,
    still_usable,
)

_PIPES = ("process", "connection.send", "connection.recv")


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
        code = join(session.root, worker)
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
    session.root.ask("create", type="queue", names=["q"], **roomy(session, "queue"))
    many = fitting(session, "queue", 50)
    worker = session.spawn(session.root, "worker", ["q"])
    worker.ask(
        "run",
        operations=[
            {"do": "put", "on": "q", "item": item(session, 0, "worker", 2000), "repeat": many}
        ],
    )
    worker.ask("end", how="return")
    for seq in range(many):
        expected = received(item(session, seq, "worker", 2000))
        expect_value(session.root.start("get", on="q"), expected)
    join(session.root, worker)


def _list_at_end(when: str, other: str) -> None:
    @check(
        f"end.{when.replace('_', '-')}",
        f"A list with {when} is done when the main function has returned, and answered then.",
        needs=(when, "queue.put"),
        after=("end.return",),
    )
    def done_at_end(session: Session) -> None:
        some_queue(session, session.root)
        puts = [{"do": "put", "on": "q", "item": item(session, 1)}]
        wrongs: tuple[dict[str, Any], ...] = (
            {when: True, "thread": "t"},
            {when: True, other: True},
        )
        for wrong in wrongs:
            if other in wrong and other not in session.root.hello["capabilities"]["options"]:
                continue
            session.root.ask("run", "bad_request", operations=puts, **wrong)
        waits = session.root.start("run", operations=puts, **{when: True})
        some_queue(session, session.root, "next")
        if waits.answer is not None or waits.events:
            raise Broken("the list was done before the end of the process")
        session.root.may_end = True
        session.root.ask("end", how="return")
        waits.expect("ok")
        if [each["outcome"] for each in waits.events] != ["ok"]:
            raise Broken(f"a put at the end of the process: {shorten(waits.events)}")
        session.root.wait_dead()


_list_at_end("before_exit", "after_exit")
_list_at_end("after_exit", "before_exit")


@check("end.only-main", "end can be done on main only.")
def end_only_main(session: Session) -> None:
    session.root.ask("end", "bad_request", how="return", thread="t")
    session.root.ask("end", "bad_request", how="vanish")
    session.root.ask("end", "bad_request")
    still_usable(session)


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


@check(
    "child.began",
    "To wait for a child begins as asked: the suite looks whether that thread waits.",
    needs=("process.join_process",),
    after=("spawn.pid",),
)
def child_began(session: Session) -> None:
    session.spawn(session.root, "worker", [])
    call = session.root.start("join_process", on="worker", timeout=0.05, began=True, thread="t")
    expect_value(call, False)
    expect_began(session.root, call)


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
        code = join(session.root, worker)
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
    session.root.hang_up()
    session.root.wait_dead()


@check("death.child-connection", "So does a child.", needs=("process",), after=("spawn.pid",))
def death_child_connection(session: Session) -> None:
    worker = session.spawn(session.root, "worker", [])
    worker.hang_up()
    worker.wait_dead()
    some_queue(session, session.root)
