"""The driver's own errors are told from those of the implementation."""

import contextlib
import os

import pytest
from psq.base.paths import SCHEMAS
from psq.controller.items import item
from psq.controller.messages import Schemas
from psq.controller.peer import Broken
from psq.controller.session import Session
from psq.controller.testing import PATIENCE

DEFECT_STATUS = 70


@contextlib.contextmanager
def session_with(wrong):
    """A session with a driver that goes wrong so, and the rules that it has broken so far."""
    violated = []
    environment = {"PSQ_TEST_WRONG": wrong}
    command = [os.environ["PSQ_PIPE_DRIVER"]]
    with Session(
        command, PATIENCE, Schemas(SCHEMAS), lambda *each: violated.append(each), environment
    ) as run:
        yield run, violated


def put_with(wrong):
    """The outcome of a put and the rules broken, with a driver that goes wrong so; its exit status."""
    with session_with(wrong) as (run, violated):
        run.root.value("create", type="simple_queue", names=["q"])
        try:
            return run.root.ask("put", "raised", on="q", item=item(0, 64, "m")), violated, None
        except Broken:
            return None, violated, run.program.wait_for_status(PATIENCE)


@pytest.mark.parametrize(
    "wrong, type_",
    [("beside-the-call", "std::runtime_error"), ("within-the-call", "psq::driver::Defect")],
)
def test_an_error_of_the_driver_ends_the_process(wrong, type_):
    answer, violated, status = put_with(wrong)
    assert answer is None
    (told,) = [text for rule, text in violated if rule == "defect.none"]
    assert f"{type_}: the driver's own error" in told
    assert status == DEFECT_STATUS


def test_an_error_out_of_the_call_is_the_implementations():
    answer, violated, _ = put_with("raises")
    assert answer["error"] == {"type": "std::runtime_error", "message": "the queue's error"}
    assert violated == []


@pytest.mark.parametrize(
    "wrong, told",
    [
        ("child-has-no-number", "socket: Too many open files"),
        ("child-has-one-number", "/dev/null"),
    ],
)
def test_a_child_that_cannot_begin_is_a_defect(wrong, told):
    with session_with(wrong) as (run, violated):
        run.root.start("spawn", name="child", objects=[])
        try:
            run.wait(lambda: bool(violated), "the defect")
        except Broken as broken:  # on a connection of the child's own
            violated.append((broken.rule, str(broken)))
    ((rule, text),) = violated
    assert rule == "defect.none"
    assert "child 'child' cannot start" in text and told in text
