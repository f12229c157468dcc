"""Children hold what they were given and nothing else, and end as they are told."""

import os
import signal

import pytest
from driver import DRIVER, INTERPRETER, started
from psq.controller.items import item, received
from psq.controller.proc import open_files
from psq.controller.testing import closing_standard_descriptors, running

METHODS = ["fork", "spawn", "forkserver"]


@pytest.fixture(params=METHODS)
def driver(request):
    with started("--start-method", request.param) as run:
        yield run


@pytest.fixture
def forking():
    with started() as run:
        yield run


def test_the_hello_says_what_this_is(driver):
    hello = driver.root.hello
    assert hello["implementation"] == "cpython"
    assert hello["profiles"] == ["base", "lifecycle"]
    assert hello["limits"] == {"item_bytes": 96, "maxsize": 2147483647, "unfinished": 2147483647}


def test_every_type_of_object_can_be_given(driver):
    root = driver.root
    for kind in ("queue", "joinable_queue", "simple_queue"):
        root.value("create", type=kind, names=[kind])
    root.value("create", type="pipe", names=["a", "b"])
    worker = driver.spawn(root, "w", ["queue", "joinable_queue", "simple_queue", "b"])
    for seq, name in enumerate(("queue", "joinable_queue", "simple_queue")):
        worker.value("put", on=name, item=item(seq, sender="w"))
        assert root.value("get", on=name) == received(item(seq, sender="w"))
    worker.value("send", on="b", item=item(9, sender="w", slow={"deserialize": 0.01}))
    assert root.value("recv", on="a") == received(item(9, sender="w"))


def test_special_items_travel_between_processes(driver):
    driver.root.value("create", type="queue", names=["q"])
    worker = driver.spawn(driver.root, "w", ["q"])
    driver.root.value("put", on="q", item=item(1, fail="deserialize"))
    driver.root.value("put", on="q", item=item(2, fail="serialize"))
    driver.root.value("put", on="q", item=item(3, slow={"serialize": 0.05, "deserialize": 0.05}))
    assert worker.outcome("get", on="q") == "not_deserializable"
    assert worker.value("get", on="q") == received(item(3))


def test_many_children_of_many_threads_while_threads_are_blocked(driver):
    root = driver.root
    root.value("create", type="queue", names=["q"])
    blocked = root.start("get", on="q", thread="blocked", began=True)
    blocked.wait_asleep()
    spawns = {
        f"w{n}": root.start("spawn", name=f"w{n}", objects=["q"], thread=f"t{n % 3}")
        for n in range(6)
    }
    children = [driver.expect_peer(name) for name in spawns]
    for child in children:
        assert spawns[child.name].wait()["value"] == child.pid
        child.value("put", on="q", item=item(1))
        root.value("get", on="q", thread="main") if child is not children[0] else None
    assert blocked.wait()["value"] == received(item(1))
    for child in children:
        child.value("end", how="return")
        assert root.value("join_process", on=child.name, timeout=60, thread="t0") is True
        assert root.value("exit_code", on=child.name) == 0


def test_a_forked_child_has_no_pipe_that_it_was_not_given(forking):
    root = forking.root
    for name in ("q", "r"):
        root.value("create", type="queue", names=[name])
    root.value("create", type="pipe", names=["a", "b"])
    before = set(open_files(root.pid))
    blocked = [
        root.start("get", on="q", thread="t1", began=True),
        root.start("recv", on="a", thread="t2", began=True),
    ]
    for number in blocked:
        number.wait_asleep()
    alone = forking.spawn(root, "alone")
    assert not before & set(open_files(alone.pid))
    one = forking.spawn(root, "one", ["b"])
    assert len(before & set(open_files(one.pid))) == 1


def test_a_connection_that_was_obtained_is_given_like_any_other(driver):
    root = driver.root
    root.value("create", type="pipe", names=["line", "far"])
    sender = driver.spawn(root, "sender", ["line"])
    sender.value("create", type="pipe", names=["x", "y"])
    sender.value("send_connection", on="line", connection="y")
    root.value("recv_connection", on="far", **{"as": "got"})
    worker = driver.spawn(root, "worker", ["got"])
    sender.value("drop", on="y")
    root.value("drop", on="got")
    worker.value("send", on="got", item=item(1))
    assert sender.value("recv", on="x") == received(item(1))
    worker.value("drop", on="got")
    assert sender.outcome("recv", on="x") == "end_of_stream"


def test_a_forked_child_has_no_connection_that_its_parent_obtained(forking):
    root = forking.root
    root.value("create", type="pipe", names=["line", "far"])
    sender = forking.spawn(root, "sender", ["line"])
    sender.value("create", type="pipe", names=["x", "y"])
    sender.value("send_connection", on="line", connection="y")
    before = set(open_files(root.pid))
    root.value("recv_connection", on="far", **{"as": "got"})
    obtained = set(open_files(root.pid)) - before
    assert len(obtained) == 1
    assert not obtained & set(open_files(forking.spawn(root, "alone").pid))


def test_children_are_made_while_a_thread_waits_for_a_connection(driver):
    root = driver.root
    root.value("create", type="pipe", names=["line", "far"])
    waiting = root.start("recv_connection", on="far", thread="t", began=True, **{"as": "got"})
    waiting.wait_asleep()
    root.value("create", type="pipe", names=["got", "y"])
    child = driver.spawn(root, "child", ["line", "y"])
    child.value("send_connection", on="line", connection="y")
    assert waiting.wait()["outcome"] == "bad_request"  # the name was taken meanwhile


def test_an_object_that_was_dropped_while_in_use_is_not_inherited(forking):
    root = forking.root
    root.value("create", type="pipe", names=["a", "b"])
    held = set(open_files(root.pid))
    blocked = root.start("recv", on="a", thread="t", began=True)
    blocked.wait_asleep()
    root.value("drop", on="a")
    child = forking.spawn(root, "w")
    assert not held & set(open_files(child.pid))
    root.value("send", on="b", item=item(1))
    assert blocked.wait()["value"] == received(item(1))


def test_a_number_that_was_used_again_is_left_alone(forking):
    root = forking.root
    root.value("create", type="pipe", names=["a", "b"])
    root.value("close", on="a")
    root.value("close", on="b")
    root.value("create", type="pipe", names=["c", "d"])
    child = forking.spawn(root, "w", ["c", "d"])
    child.value("send", on="c", item=item(1))
    assert child.value("recv", on="d") == received(item(1))


@pytest.mark.parametrize("kind", ["queue", "simple_queue", "pipe"])
def test_a_forked_child_can_drop_what_a_thread_of_its_parent_was_using(forking, kind):
    root = forking.root
    names = ["x", "y"] if kind == "pipe" else ["x"]
    root.value("create", type=kind, names=names)
    blocked = root.start("recv" if kind == "pipe" else "get", on="x", thread="t", began=True)
    blocked.wait_asleep()
    held = set(open_files(root.pid))
    child = forking.spawn(root, "w", ["x"])
    assert held & set(open_files(child.pid))
    child.value("drop", on="x")
    assert not held & set(open_files(child.pid))


def test_what_a_child_drops_while_using_it_stays_open_until_the_call_ends(forking):
    root = forking.root
    root.value("create", type="pipe", names=["a", "b"])
    child = forking.spawn(root, "w", ["a"])
    waiting = child.start("recv", on="a", thread="t", began=True)
    waiting.wait_asleep()
    child.value("drop", on="a")
    root.value("send", on="b", item=item(1))
    assert waiting.wait()["value"] == received(item(1))


def test_grandchildren(driver):
    root = driver.root
    root.value("create", type="queue", names=["q"])
    root.value("create", type="pipe", names=["a", "b"])
    child = driver.spawn(root, "child", ["q", "b"])
    grandchild = driver.spawn(child, "grandchild", ["q"], thread="t")
    grandchild.value("put", on="q", item=item(3))
    assert root.value("get", on="q") == received(item(3))
    root.value("drop", on="b")
    child.value("drop", on="b")
    assert root.outcome("recv", on="a") == "end_of_stream"


def test_a_signal_interrupts_a_call_on_main(forking):
    root = forking.root
    root.value("create", type="queue", names=["q"])
    number = root.start("get", on="q", began=True)
    number.wait_asleep()
    os.kill(root.pid, signal.SIGINT)
    answer = number.wait()
    assert (answer["outcome"], answer["error"]["type"]) == ("raised", "KeyboardInterrupt")
    assert root.outcome("get", on="q", block=False) == "empty"


def test_the_exit_flushes_and_can_be_given_up(driver):
    root = driver.root
    root.value("create", type="queue", names=["q"])
    child = driver.spawn(root, "w", ["q"])
    child.value("run", operations=[{"do": "put", "on": "q", "item": item(0, 30000), "repeat": 20}])
    child.value("end", how="return")
    assert root.value("join_process", on="w", timeout=0.1) is False
    for seq in range(20):
        assert root.value("get", on="q") == received(item(seq, 30000))
    assert root.value("join_process", on="w", timeout=60) is True


def test_a_process_ends_with_its_connection_even_while_it_flushes(driver):
    root = driver.root
    root.value("create", type="queue", names=["q"])
    child = driver.spawn(root, "w", ["q"])
    child.value("put", on="q", item=item(0, 1 << 20))
    child.value("end", how="return")
    child.hang_up()
    child.wait_dead()


def test_children_end_when_the_root_is_hung_up(driver):
    child = driver.spawn(driver.root, "w")
    for connection in (child, driver.root):
        connection.hang_up()
    child.wait_dead()
    assert driver.program.wait_for_status(60) == 1


def test_terminate_and_kill(driver):
    for do, code in (("terminate", -15), ("kill", -9)):
        driver.spawn(driver.root, do)
        driver.root.value(do, on=do, thread="t")
        assert driver.root.value("join_process", on=do, timeout=60, thread="t") is True
        assert driver.root.value("exit_code", on=do) == code


def test_a_fork_under_load_from_several_threads(forking):
    root = forking.root
    root.value("create", type="queue", names=["q"])
    busy = [
        root.start(
            "run",
            thread=f"busy{n}",
            operations=[
                {"do": "put", "on": "q", "item": item(), "repeat": 2000},
                {"do": "get", "on": "q", "repeat": 2000},
            ],
        )
        for n in range(2)
    ]
    for n in range(10):
        child = forking.spawn(root, f"w{n}", ["q"], thread=f"t{n % 2}")
        child.value("create", type="pipe", names=["a", "b"])
        child.value("send", on="a", item=item(n))
        assert child.value("recv", on="b") == received(item(n))
        child.value("end", how="return")
        assert root.value("join_process", on=f"w{n}", timeout=60) is True
        assert root.value("exit_code", on=f"w{n}") == 0
    for number in busy:
        assert number.wait()["value"] == 4000


def test_a_driver_leaves_the_numbers_of_closed_descriptors_to_its_objects():
    command = closing_standard_descriptors([INTERPRETER, str(DRIVER)])
    with running(command) as run:
        assert min(int(number) for number in os.listdir(f"/proc/{run.root.pid}/fd")) > 2
        run.root.value("create", type="pipe", names=["a", "b"])
        assert {"0", "1"} <= set(os.listdir(f"/proc/{run.root.pid}/fd"))
