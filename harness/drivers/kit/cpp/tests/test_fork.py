"""Children: what they hold, from where they are made, how they end."""

import pytest
from psq.controller.items import item, received
from psq.controller.proc import open_files


def small(seq, sender):
    return item(seq, 64, sender)


def create(peer, kind, *names):
    peer.value("create", type=kind, names=list(names))


def sockets_of(peer):
    return sorted(open_files(peer.pid, ("socket:",)))


def test_a_child_holds_what_it_was_given_and_nothing_else(driver, root):
    create(root, "pipe", "a", "b")
    create(root, "simple_queue", "q")
    everything = sockets_of(root)
    assert len(everything) == 5  # the control connection, two ends, two of the queue
    child = driver.spawn(root, "child", ["a"])
    assert len(sockets_of(child)) == 2  # its own control connection, a
    other = driver.spawn(root, "other", ["q"])
    assert len(sockets_of(other)) == 3
    assert sockets_of(root) == everything
    assert child.outcome("recv", on="b") == "bad_request"


def test_the_stream_ends_with_the_only_given_writer(driver, root):
    create(root, "pipe", "a", "b")
    writer = driver.spawn(root, "writer", ["a"])
    reader = driver.spawn(root, "reader", ["b"])
    driver.spawn(root, "bystander")
    root.value("drop", on="a")
    root.value("drop", on="b")
    reading = reader.start("run", operations=[{"do": "recv", "on": "b", "repeat": 2}])
    writer.value("send", on="a", item=small(1, "writer"))
    driver.wait(lambda: reading.events, "the first message", reader)
    assert reading.events[0]["value"] == received(small(1, "writer"))
    writer.value("drop", on="a")
    assert reading.wait()["value"] == 2
    assert reading.events[1]["outcome"] == "end_of_stream"


def test_a_thread_blocked_in_the_parent_keeps_nothing_alive_in_the_child(driver, root):
    create(root, "pipe", "a", "b")
    blocked = root.start("recv", on="a", thread="t", began=True)
    blocked.wait_until_began()
    # Dropped, but in use: its descriptor is open in the parent and must not stay so in the child.
    root.value("drop", on="a")
    without = driver.spawn(root, "without", ["b"], thread="other")
    assert len(sockets_of(without)) == 2
    root.value("send", on="b", item=small(1, "root"))
    assert blocked.wait()["value"] == received(small(1, "root"))
    assert without.outcome("recv", on="b") == "end_of_stream"


def test_a_child_drops_what_a_thread_of_its_parent_uses(driver, root):
    create(root, "pipe", "a", "b")
    root.start("recv", on="a", thread="t", began=True).wait_until_began()
    child = driver.spawn(root, "child", ["a", "b"], thread="other")
    child.value("drop", on="a")
    assert len(sockets_of(child)) == 2
    child.value("send", on="b", item=small(1, "child"))


def test_a_child_does_not_hold_a_connection_that_its_parent_obtained(driver, root):
    create(root, "pipe", "line", "far")
    create(root, "pipe", "x", "y")
    root.value("send_connection", on="line", connection="y")
    root.value("recv_connection", on="far", **{"as": "got"})
    root.value("drop", on="y")
    without = driver.spawn(root, "without")
    assert len(sockets_of(without)) == 1  # its own control connection
    child = driver.spawn(root, "child", ["got"])
    assert len(sockets_of(child)) == 2
    root.value("drop", on="got")
    child.value("send", on="got", item=small(1, "child"))
    assert root.value("recv", on="x") == received(small(1, "child"))
    child.value("drop", on="got")
    assert root.outcome("recv", on="x") == "end_of_stream"


def test_children_are_made_and_objects_created_while_a_thread_waits_for_a_connection(driver, root):
    create(root, "pipe", "line", "far")
    waiting = root.start("recv_connection", on="far", thread="t", began=True, **{"as": "got"})
    waiting.wait_until_began()
    create(root, "pipe", "x", "y")
    child = driver.spawn(root, "child", ["line", "y"])
    create(root, "pipe", "got", "other")
    child.value("send_connection", on="line", connection="y")
    assert waiting.wait()["outcome"] == "bad_request"  # the name was taken meanwhile


def test_what_is_no_connection_is_not_sent(root):
    create(root, "pipe", "line", "far")
    create(root, "simple_queue", "q")
    for what in ("q", "nothing", "", 7, None):
        assert root.outcome("send_connection", on="line", connection=what) == "bad_request"
    assert root.outcome("recv_connection", on="far") == "bad_request"
    assert root.outcome("recv_connection", on="far", **{"as": "q"}) == "bad_request"
    operations = [{"do": "send_connection", "on": "line", "connection": "nothing"}]
    assert root.outcome("run", operations=operations) == "bad_request"


def test_the_forked_thread_becomes_main(driver, root):
    child = driver.spawn(root, "child", thread="t")
    create(child, "pipe", "a", "b")
    sent = child.start("send", on="a", item=small(1, "c"), began=True)
    assert sent.wait_until_began()["tid"] == child.pid
    other = child.start("recv", on="b", thread="t", began=True)
    assert other.wait_until_began()["tid"] != child.pid


def test_generations_pass_objects_on(driver, root):
    create(root, "pipe", "a", "b")
    child = driver.spawn(root, "child", ["a", "b"])
    grandchild = driver.spawn(child, "grandchild", ["a"], thread="t")
    assert len(sockets_of(grandchild)) == 2
    grandchild.value("send", on="a", item=small(1, "g"))
    assert child.value("recv", on="b") == received(small(1, "g"))


@pytest.mark.parametrize(
    "end, code",
    [
        ({"how": "return"}, 0),
        ({"how": "exit", "status": 3}, 3),
        ({"how": "exit_now", "status": 4}, 4),
        ({"how": "raise"}, 1),
        ("terminate", -15),
        ("kill", -9),
    ],
)
def test_the_parent_hears_how_a_child_ended(driver, root, end, code):
    child = driver.spawn(root, "child")
    assert root.value("exit_code", on="child") is None
    assert root.value("join_process", on="child", timeout=0) is False
    child.may_end = True
    if isinstance(end, str):
        root.value(end, on="child")
    else:
        child.value("end", **end)
    assert root.value("join_process", on="child") is True
    assert root.value("exit_code", on="child") == code


def test_names_of_children_are_their_parents(driver, root):
    driver.spawn(root, "child")
    assert root.outcome("spawn", name="child", objects=[]) == "bad_request"
    assert root.outcome("exit_code", on="stranger") == "bad_request"


def test_a_child_ends_with_its_own_connection(driver, root):
    child = driver.spawn(root, "child")
    child.hang_up()
    child.wait_dead()
    assert root.value("join_process", on="child") is True


def test_many_children_from_many_threads(driver, root):
    create(root, "simple_queue", "q")
    threads = range(4)
    for t in threads:
        create(root, "pipe", f"busy{t}a", f"busy{t}b")
        root.start("recv", on=f"busy{t}a", thread=f"busy{t}")
    for round_ in range(5):
        for t in threads:
            name = f"{round_}-{t}"
            child = driver.spawn(root, name, ["q"], thread=f"t{t}")
            child.value("put", on="q", item=small(0, name))
            child.value("end", how="return")
            assert root.value("join_process", on=name) is True
            assert root.value("get", on="q") == received(small(0, name))
