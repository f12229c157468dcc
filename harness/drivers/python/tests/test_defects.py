"""What goes wrong in a child before its hello is the driver's, and the controller is told."""

import pytest
from driver import DRIVER, INTERPRETER
from psq.base.paths import SCHEMAS
from psq.controller.messages import Schemas
from psq.controller.peer import Broken
from psq.controller.session import Session
from psq.controller.testing import PATIENCE

# The driver, one of whose functions is replaced in its children.
PROGRAM = """
import os, sys
sys.path.insert(0, {folder!r})
import multiprocessing_driver
from psq_driver_kit import registry, session
root = os.getpid()

def fails_in_child(owner, name, error):
    right = getattr(owner, name)

    def instead(*arguments):
        if os.getpid() != root:
            raise error
        return right(*arguments)

    setattr(owner, name, instead)

{change}
multiprocessing_driver.main([])
"""


@pytest.mark.parametrize(
    "change, told",
    [
        (
            "fails_in_child(session.Wire, '__init__', OSError(24, 'Too many open files'))",
            "OSError: [Errno 24] Too many open files",
        ),
        (
            "fails_in_child(session.Session, 'begin', RuntimeError('no thread'))",
            "RuntimeError: no thread",
        ),
        (
            "fails_in_child(registry.Registry, 'add_given', KeyError('kind'))",
            "KeyError: 'kind'",
        ),
    ],
    ids=["connect", "begin", "adopt"],
)
def test_an_error_before_the_hello_is_a_defect(change, told):
    violated = []
    program = PROGRAM.format(folder=str(DRIVER.parent), change=change)
    command = [INTERPRETER, "-c", program]
    with Session(
        command, PATIENCE, Schemas(SCHEMAS), lambda *each: violated.append(each), {}
    ) as run:
        run.root.value("create", type="queue", names=["q"])
        run.root.start("spawn", name="child", objects=["q"])
        try:
            run.wait(lambda: bool(violated), "the defect")
        except Broken as broken:  # on a connection of the child's own
            violated.append((broken.rule, str(broken)))
        assert "defect in the driver" in run.program.log_tail()
    ((rule, text),) = violated
    assert rule == "defect.none"
    assert told in text
