"""The kit's process over a real driver: threads, lists, complaints, ends."""

import os
import time

import pytest
from psq.controller.items import item, received
from psq.controller.testing import closing_standard_descriptors, running


def create_pipe(peer, first="a", second="b"):
    peer.value("create", type="pipe", names=[first, second])


def small(seq, sender="m"):
    return item(seq, 64, sender)


def test_the_root_says_what_it_has(root):
    assert root.hello["hello"] == 1
    assert root.hello["role"] == "root"
    assert root.hello["implementation"] == "pipes"
    assert root.hello["capabilities"]["operations"]["simple_queue"] == ["put", "get"]
    assert root.hello["limits"]["item_bytes"] == 64


def test_nonsense_is_answered_and_the_connection_stays(driver, root):
    nonsense = [b"", b"garbage", b"[]", b"null", b'{"do":"get"}', b"\x01\xff\xfe", b"x" * (3 << 20)]
    for number, line in enumerate(nonsense, start=1):
        root.send_raw(line + b"\n")
        driver.wait(lambda: len(root.refusals) == number, f"a refusal of {line[:20]!r}", root)
        refusal = root.refusals[-1]
        assert (refusal["id"], refusal["outcome"]) == (None, "bad_request"), line[:20]
        assert refusal["error"]["message"]
    assert root.outcome("recv", on="nothing") == "bad_request"
    create_pipe(root)


def test_what_is_not_declared_for_the_type_is_unsupported(root):
    root.value("create", type="simple_queue", names=["q"])
    assert root.outcome("recv", on="q") == "unsupported"
    assert root.outcome("close", on="q") == "unsupported"
    assert root.outcome("create", type="queue", names=["r"]) == "unsupported"
    assert root.outcome("get", on="q", timeout=1) == "bad_request"


def test_a_blocked_call_stops_its_thread_alone(root):
    create_pipe(root)
    blocked = root.start("recv", on="b", thread="reader", began=True)
    began = blocked.wait_until_began()
    assert began["tid"] != root.pid
    behind = root.start("recv", on="b", thread="reader")
    sent = root.start("send", on="a", item=small(1), began=True)
    assert sent.wait_until_began()["tid"] == root.pid  # main is the real main thread
    first = blocked.wait()
    assert first["value"] == received(small(1))
    assert began["at"] <= first["invoked"]
    assert sent.wait()["invoked"] <= first["returned"]
    root.value("send", on="a", item=small(2))
    assert behind.wait()["value"] == received(small(2))


def test_bytes_come_back_as_bytes_and_items_as_items(root):
    create_pipe(root)
    root.value("send_bytes", on="a", bytes="68656c6c6f")
    assert root.value("recv_bytes", on="b") == {"bytes": "68656c6c6f", "size": 5}
    large = item(7, 1000, "m")
    root.value("send_bytes", on="a", item=large)
    assert root.value("recv_bytes", on="b") == received(large)


def test_errors_carry_their_type_and_message(root):
    create_pipe(root)
    root.value("drop", on="b")
    answer = root.start("send", on="a", item=small(1)).wait()
    assert answer["outcome"] == "broken_pipe"
    assert answer["error"]["type"] == "std::system_error"
    assert root.outcome("recv", on="a") == "end_of_stream"


def test_a_list_reports_each_call_as_it_happens(root):
    create_pipe(root)
    call = root.start(
        "run",
        began=True,
        operations=[
            {"do": "send", "on": "a", "item": small(5), "repeat": 3},
            {"do": "pause", "seconds": 0.001, "repeat": 2},
            {"do": "recv", "on": "b", "repeat": 3},
        ],
    )
    assert call.wait()["value"] == 6
    assert [list(message)[0] for message in call.messages[:-1]] == ["began", "event"] * 6
    assert [message["index"] for message in call.messages[:-1]] == [n // 2 for n in range(12)]
    assert call.messages[-1] is call.answer
    assert {event["outcome"] for event in call.events} == {"ok"}
    assert [event["value"]["item"]["seq"] for event in call.events[3:]] == [5, 6, 7]


def test_a_list_stops_at_an_error_when_asked_to(root):
    create_pipe(root)
    root.value("drop", on="b")
    operations = [{"do": "recv", "on": "a", "repeat": 4}]
    assert root.value("run", operations=operations) == 4
    assert root.value("run", operations=operations, stop_on_error=True) == 1


def test_a_list_with_an_unknown_object_does_nothing(root):
    create_pipe(root)
    call = root.start(
        "run", operations=[{"do": "send", "on": "a", "item": small(1)}, {"do": "recv", "on": "x"}]
    )
    assert call.wait()["outcome"] == "bad_request"
    assert call.events == []
    root.value("drop", on="a")
    assert root.outcome("recv", on="b") == "end_of_stream"  # nothing was sent


def test_a_list_starts_when_it_is_told(root):
    create_pipe(root)
    root.value("send", on="a", item=small(1))
    start = time.monotonic_ns() + 50_000_000
    call = root.start("run", start_at=start, operations=[{"do": "recv", "on": "b"}])
    assert call.wait()["value"] == 1
    assert call.events[0]["invoked"] >= start


@pytest.mark.parametrize(
    "end, status",
    [
        ({"how": "return"}, 0),
        ({"how": "exit", "status": 7}, 7),
        ({"how": "exit_now", "status": 8}, 8),
        ({"how": "raise"}, 1),
    ],
)
def test_it_ends_as_it_is_told(driver, root, end, status):
    create_pipe(root)
    # A thread that is blocked does not keep the process.
    root.start("recv", on="a", thread="t", began=True).wait_until_began()
    root.value("end", **end)
    assert driver.program.wait_for_status(60) == status


def test_it_ends_with_its_connection_even_when_main_is_blocked(driver, root):
    create_pipe(root)
    root.start("recv", on="a", began=True).wait_until_began()
    root.hang_up()
    assert driver.program.wait_for_status(60) == 1


def test_the_numbers_of_closed_descriptors_are_left_to_the_objects():
    command = closing_standard_descriptors([os.environ["PSQ_PIPE_DRIVER"]])
    with running(command) as run:
        assert min(int(number) for number in os.listdir(f"/proc/{run.root.pid}/fd")) > 2
        create_pipe(run.root)
        assert {"0", "1"} <= set(os.listdir(f"/proc/{run.root.pid}/fd"))
