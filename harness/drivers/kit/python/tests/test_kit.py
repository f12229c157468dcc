"""The parts of the kit that a driver's tests do not reach."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

KIT = Path(__file__).resolve().parents[1]
HARNESS = KIT.parents[2]
sys.path.insert(0, str(KIT))

from psq_driver_kit import BadRequest, Call, Defect, Unsupported, needs, serve  # noqa: E402
from psq_driver_kit.arguments import Declared, operation_arguments  # noqa: E402
from psq_driver_kit.calls import make, now  # noqa: E402
from psq_driver_kit.registry import Descriptor, Registry, cover  # noqa: E402
from psq_driver_kit.runs import Run  # noqa: E402
from psq_driver_kit.wire import LONGEST_LINE, Wire  # noqa: E402

DECLARED = Declared(
    {"queue": {"put", "get"}}, {"json", "item.slow_serialize"}, {"bounded", "unbounded"}, 64
)
ITEM = {"from": "w", "seq": 0, "size": 64}


@pytest.fixture
def wire(tmp_path):
    path = str(tmp_path / "s")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(1)
    made = Wire(path)
    other, _ = listener.accept()
    yield made, other
    other.close()
    listener.close()


def test_lines_come_whole_however_they_were_sent(wire):
    made, other = wire
    lines = made.lines()
    other.sendall(b"one\ntw")
    assert next(lines) == b"one"
    other.sendall(b"o\n\n")
    assert [next(lines), next(lines)] == [b"two", b""]


def test_a_line_that_is_too_long_is_told_and_the_next_one_is_read(wire):
    made, other = wire
    data = b"x" * (LONGEST_LINE - 1) + b"\n" + b"y" * LONGEST_LINE + b"\nnext\n"
    sender = threading.Thread(target=other.sendall, args=(data,))
    sender.start()
    lines = made.lines()
    assert next(lines) == b"x" * (LONGEST_LINE - 1)
    assert next(lines) is None
    assert next(lines) == b"next"
    sender.join()


def test_a_descriptor_is_known_by_more_than_its_number():
    reader, writer = os.pipe()
    descriptor = Descriptor.of(writer)
    assert descriptor.is_open()
    os.dup2(reader, writer)
    assert not descriptor.is_open()  # the same pipe, the other end
    cover([descriptor])
    assert os.fstat(writer).st_ino == os.fstat(reader).st_ino
    cover([Descriptor.of(writer)])
    assert os.path.samestat(os.fstat(writer), os.stat(os.devnull))
    os.close(writer)
    os.close(reader)
    assert Descriptor.of(reader) is None


@pytest.mark.parametrize(
    "request_",
    [
        {"do": "put", "item": ITEM, "timeout": "soon"},
        {"do": "put", "item": ITEM, "timeout": True},
        {"do": "put", "item": ITEM, "block": 1},
        {"do": "put", "item": {**ITEM, "seq": -1}},
        {"do": "put", "item": {**ITEM, "size": 63}},
        {"do": "put", "item": {**ITEM, "from": 7}},
        {"do": "put", "item": {**ITEM, "from": "x" * 256}},
        {"do": "put", "item": {**ITEM, "fail": "explode"}},
        {"do": "put", "item": {**ITEM, "failure": "explode"}},
        {"do": "put", "item": {**ITEM, "same": ""}},
        {"do": "put", "item": {**ITEM, "slow": 1}},
        {"do": "put", "item": {**ITEM, "slow": {"serialize": -1}}},
        {"do": "put", "item": ITEM, "json": 1},
        {"do": "put", "bytes": "00"},
        {"do": "send_bytes", "bytes": "0"},
        {"do": "send_bytes", "json": 1},
        {"do": "recv_bytes", "maxlength": 1.5},
        {"do": "recv_bytes_into"},
        {"do": "recv_bytes_into", "room": -1},
    ],
)
def test_arguments_that_make_no_sense(request_):
    with pytest.raises(BadRequest):
        operation_arguments(request_, "queue", DECLARED)


@pytest.mark.parametrize(
    "more",
    [
        {"fail": "serialize"},
        {"failure": "interrupt"},
        {"same": "object"},
        {"slow": {"deserialize": 1}},
    ],
)
def test_options_that_are_not_declared(more):
    with pytest.raises(Unsupported):
        operation_arguments({"do": "put", "item": {**ITEM, **more}}, "queue", DECLARED)


def test_arguments_are_what_was_there():
    found = operation_arguments({"do": "get", "timeout": "-inf", "on": "q"}, "queue", DECLARED)
    assert found == {"timeout": float("-inf")}
    found = operation_arguments({"do": "get", "timeout": None}, "queue", DECLARED)
    assert found == {"timeout": None}
    assert operation_arguments({"do": "get", "timeout": 1}, "simple_queue", DECLARED) == {}


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"operations": [{"do": "spawn"}]},
        {"operations": [{"do": "pause", "seconds": -1}]},
        {"operations": [{"do": "get", "repeat": -1}]},
        {"operations": [], "start_at": "now"},
        {"operations": [], "stop_on_error": 1},
    ],
)
def test_lists_that_make_no_sense(request_):
    with pytest.raises(BadRequest):
        Run.of(request_)


def test_a_start_may_pass_at_any_moment():
    for number in range(20_000):
        start_at = now() + number % 400 * 10  # ns: about as long as the call looks at the clock
        Run.of({"operations": [], "start_at": start_at}).wait_for_start()
        assert now() >= start_at


def test_serve_is_for_the_main_thread():
    caught = []

    def run():
        with pytest.raises(RuntimeError) as error:
            serve(None)
        caught.append(str(error.value))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert "main thread" in caught[0]


def test_the_example_is_a_right_driver():
    done = subprocess.run(
        [
            sys.executable,
            str(HARNESS / "psq"),
            "no-build-tree",
            "driver-check",
            "--answer-within",
            "60",
            "--",
            sys.executable,
            str(KIT / "examples" / "thread_queue_driver.py"),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def fail(error):
    raise error


def test_a_defect_within_a_call_is_not_the_implementations():
    own = Call(lambda: fail(ValueError("the queue's")))
    assert str(make(own).error) == "the queue's"
    with pytest.raises(Defect):
        make(Call(lambda: fail(Defect("the driver's"))))


def test_what_a_child_was_given_broken_is_the_implementations(capsys):
    class Adapter:
        @staticmethod
        def descriptors(kind, target):
            return [target.reader.fileno()]

    registry, broken = Registry(Adapter), object()
    registry.add_given("q", "queue", broken, inherited=False)
    assert registry.find("q").target is broken
    assert "AttributeError" in capsys.readouterr().err
    with pytest.raises(AttributeError):  # where the driver made it, the driver is wrong
        registry.add("r", "queue", broken)


def test_the_last_message_waits_for_no_lock_for_ever(wire, monkeypatch):
    made, other = wire
    made.send_last({"defect": {"type": "E", "message": "m"}})
    assert other.recv(100) == b'{"defect":{"type":"E","message":"m"}}\n'
    monkeypatch.setattr("psq_driver_kit.wire._LAST_SECONDS", 0.01)
    with made._lock:
        made.send_last({"defect": {}})


def test_this_interpreter_has_what_the_kit_needs():
    assert needs.what_is_missing() == ""


def test_what_an_interpreter_lacks_is_named():
    assert "needs Python 4.0 or newer; this is" in needs.what_is_missing(oldest=(4, 0))
    missing = needs.what_is_missing((("os", "path"), ("os", "no_such"), ("no_module", "x")))
    assert missing.startswith("needs os.no_such, no_module.x, which ")


@pytest.mark.parametrize(
    "lack, says",
    [
        ("sys.version_info = (3, 7, 3)", "psq driver: the driver needs Python 3.9 or newer"),
        ("del threading.get_native_id", "psq driver: the driver needs threading.get_native_id"),
    ],
)
def test_an_unfit_interpreter_is_told_at_the_start(lack, says):
    driver = HARNESS / "drivers" / "python" / "multiprocessing_driver.py"
    program = f"import sys, threading; {lack}; sys.path[:0] = [{str(driver.parent)!r}]\n"
    program += "import multiprocessing_driver"
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 64
    assert says in answer.stderr


@pytest.mark.parametrize("bounds, refused, taken", [(["bounded"], 0, 1), (["unbounded"], 1, 0)])
def test_bounds_that_are_not_declared_are_unsupported(bounds, refused, taken):
    capabilities = {"operations": {}, "options": [], "bounds": bounds}
    declared = Declared.of({"capabilities": capabilities, "limits": {"item_bytes": 64}})
    declared.need_bound(taken)
    with pytest.raises(Unsupported):
        declared.need_bound(refused)
