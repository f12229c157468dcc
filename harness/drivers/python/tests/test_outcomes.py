"""Exceptions become the outcomes of spec/outcomes.md."""

import pytest
from driver import started
from psq.controller.items import item, received


@pytest.fixture(scope="module")
def root():
    with started() as driver:
        yield driver.root


@pytest.fixture
def pipe(root):
    root.value("create", type="pipe", names=["a", "b"])
    yield root
    for end in "ab":
        root.outcome("drop", on=end)


@pytest.fixture
def queue(root):
    root.value("create", type="queue", names=["q"], maxsize=1)
    yield root
    root.outcome("drop", on="q")


@pytest.fixture
def joinable(root):
    root.value("create", type="joinable_queue", names=["j"], unfinished=1)
    yield root
    root.outcome("drop", on="j")


@pytest.fixture
def simple(root):
    root.value("create", type="simple_queue", names=["s"])
    yield root
    root.outcome("drop", on="s")


def test_empty_and_full(queue):
    assert queue.outcome("get", on="q", block=False) == "empty"
    assert queue.outcome("get", on="q", timeout=0.01) == "empty"
    queue.value("put", on="q", item=item())
    assert queue.outcome("put", on="q", item=item(), timeout=0.01) == "full"


def test_closed(queue, pipe, simple):
    queue.value("close", on="q")
    for do, fields in (("put", {"item": item()}), ("get", {})):
        assert queue.outcome(do, on="q", **fields) == "closed"
    pipe.value("close", on="a")
    for do, fields in (("send", {"item": item()}), ("recv", {}), ("poll", {})):
        assert pipe.outcome(do, on="a", **fields) == "closed"
    assert pipe.outcome("wait", of=["a"], timeout=0) == "closed"
    simple.value("close", on="s")
    assert simple.outcome("put", on="s", item=item()) == "closed"
    assert simple.outcome("empty", on="s") == "closed"


def test_not_started(queue):
    assert queue.outcome("join_thread", on="q") == "not_started"
    queue.value("close", on="q")
    queue.value("join_thread", on="q")


def test_end_of_stream_and_broken_pipe(pipe):
    pipe.value("drop", on="b")
    for do, fields in (("recv", {}), ("recv_bytes", {}), ("recv_bytes_into", {"room": 4})):
        assert pipe.outcome(do, on="a", **fields) == "end_of_stream"
    assert pipe.outcome("send", on="a", item=item()) == "broken_pipe"


def test_connections_that_are_sent(pipe):
    pipe.value("create", type="pipe", names=["left", "right"])
    pipe.value("send", on="b", item=item())
    assert pipe.outcome("recv_connection", on="a", **{"as": "z"}) == "not_deserializable"
    pipe.value("close", on="right")
    assert pipe.outcome("send_connection", on="b", connection="right") == "closed"
    assert pipe.outcome("send_connection", on="right", connection="left") == "closed"
    pipe.value("drop", on="b")
    assert pipe.outcome("recv_connection", on="a", **{"as": "z"}) == "end_of_stream"
    assert pipe.outcome("send_connection", on="a", connection="left") == "broken_pipe"
    for name in ("left", "right"):
        pipe.value("drop", on=name)


def test_connection_reset(pipe):
    pipe.value("send", on="a", item=item())
    pipe.value("drop", on="b")
    assert pipe.outcome("recv", on="a") == "connection_reset"


def test_wrong_direction(root):
    root.value("create", type="pipe", names=["in", "out"], duplex=False)
    assert root.outcome("send", on="in", item=item()) == "wrong_direction"
    assert root.outcome("recv", on="out") == "wrong_direction"
    assert root.outcome("poll", on="out") == "wrong_direction"


def test_lengths(pipe):
    pipe.value("send_bytes", on="b", bytes="0102030405")
    answer = pipe.start("recv_bytes_into", on="a", room=3).wait()
    assert answer["outcome"] == "buffer_too_short"
    assert answer["value"] == {"bytes": "0102030405", "size": 5}
    assert answer["error"]["type"] == "BufferTooShort"
    pipe.value("send_bytes", on="b", bytes="0102030405")
    assert pipe.outcome("recv_bytes", on="a", maxlength=4) == "message_too_long"


def test_invalid_arguments(pipe, queue):
    assert pipe.outcome("send_bytes", on="a", bytes="00", offset=-1) == "invalid_argument"
    assert pipe.outcome("send_bytes", on="a", bytes="00", offset=0, size=2) == "invalid_argument"
    assert pipe.outcome("recv_bytes", on="a", maxlength=-1) == "invalid_argument"
    assert pipe.outcome("poll", on="a", timeout="nan") == "invalid_argument"
    assert queue.outcome("get", on="q", timeout="inf") == "invalid_argument"
    assert queue.outcome("create", type="queue", names=["x"], maxsize=1 << 40) == "invalid_argument"
    assert queue.outcome("create", type="queue", names=["x"], maxsize=1.5) == "wrong_type"


def test_task_done_too_often_and_count_overflow(root, joinable):
    joinable.value("task_done", on="j")
    assert joinable.outcome("task_done", on="j") == "task_done_too_often"
    most = root.hello["limits"]["unfinished"]
    root.value("create", type="joinable_queue", names=["most"], unfinished=most)
    assert root.outcome("put", on="most", item=item()) == "count_overflow"
    root.value("close", on="most")
    assert root.outcome("put", on="most", item=item()) == "closed"


def test_items_that_fail(pipe, simple, queue):
    failing = item(fail="serialize")
    assert pipe.outcome("send", on="b", item=failing) == "not_serializable"
    assert simple.outcome("put", on="s", item=failing) == "not_serializable"
    assert queue.outcome("put", on="q", item=failing) == "ok"
    failing = item(fail="deserialize")
    pipe.value("send", on="b", item=failing)
    assert pipe.outcome("recv", on="a") == "not_deserializable"
    queue.value("put", on="q", item=failing, timeout=30)
    assert queue.outcome("get", on="q") == "not_deserializable"


def test_bytes_that_are_no_pickle(pipe):
    for data in ("68656c6c6f", "8004", "ff" * 40, "80045b61"):
        pipe.value("send_bytes", on="b", bytes=data)
        assert pipe.outcome("recv", on="a") in ("not_deserializable", "end_of_stream")
    pipe.value("send", on="b", item=item(7))
    assert pipe.value("recv", on="a") == received(item(7))


def test_an_error_comes_with_its_words(queue):
    answer = queue.start("get", on="q", block=False).wait()
    assert answer["error"] == {"type": "Empty", "message": ""}
    assert answer["invoked"] <= answer["returned"]
