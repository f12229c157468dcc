"""The driver of C++ and Python on the same queues, by psq's controller."""

import os
import subprocess
from pathlib import Path

import pytest
from psq.controller.items import item, received
from psq.controller.testing import running

BUILD = Path(os.environ["PSQ_BUILD_DIR"])
CPP = str(BUILD / "bin" / "psq-mixed-driver")
PYTHON = [
    "/usr/bin/python3",
    str(Path(__file__).resolve().parents[1] / "mixed_driver.py"),
    "--path",
    str(BUILD / "python"),
]
ROOTS = {"cpp": [CPP, "--", *PYTHON], "python": [*PYTHON, "--cpp", CPP]}
TYPES = ("queue", "joinable_queue", "simple_queue")
NAMES = ("--", "-x", "--child", "two words", "ü", "a=b")
SIZES = (64, 65, 4122, 4123, 100_000)


@pytest.fixture(params=ROOTS)
def driver(request):
    with running(ROOTS[request.param]) as run:
        yield run


def is_cpp(peer):
    return os.readlink(f"/proc/{peer.pid}/exe") == os.path.realpath(CPP)


def test_neighbours_are_of_different_languages(driver):
    names = ["root", "child", "grandchild", "great-grandchild"]
    peers = [driver.root]
    for name in names[1:]:
        peers.append(driver.spawn(peers[-1], name))
    root_is_cpp = driver.root.hello["language"] == "c++"
    assert [is_cpp(peer) for peer in peers] == [root_is_cpp, not root_is_cpp] * 2


def test_both_roots_declare_the_same():
    hellos = []
    for command in ROOTS.values():
        with running(command) as run:
            hellos.append(run.root.hello)
    for hello in hellos:
        del hello["pid"], hello["language"]
        capabilities = hello["capabilities"]
        capabilities["options"].sort()
        capabilities.pop("bounds", None)  # Both kinds, as without it.
        for names in capabilities["operations"].values():
            names.sort()
    assert hellos[0] == hellos[1]


def test_items_arrive_whole_in_both_directions(driver):
    root = driver.root
    for kind in TYPES:
        root.value("create", type=kind, names=[kind])
    child = driver.spawn(root, "child", TYPES)
    for kind in TYPES:
        for giver, taker in ((root, child), (child, root)):
            for seq, size in enumerate(SIZES):
                giver.value("put", on=kind, item=item(seq, size))
                assert taker.value("get", on=kind) == received(item(seq, size))
            giver.value("put", on=kind, json=["ü", {"x": None}])
            assert taker.value("get", on=kind) == {"json": ["ü", {"x": None}]}


def test_messages_arrive_whole(driver):
    root = driver.root
    root.value("create", type="pipe", names=["left", "right"])
    root.value("create", type="pipe", names=["receiver", "sender"], duplex=False)
    child = driver.spawn(root, "child", ["right", "sender"])
    grandchild = driver.spawn(child, "grandchild", ["right", "sender"])
    for peer in (child, grandchild):
        root.value("send", on="left", item=item(1))
        assert peer.value("recv", on="right") == received(item(1))
        for far, near in (("right", "left"), ("sender", "receiver")):
            peer.value("send", on=far, item=item(2))
            assert root.value("recv", on=near) == received(item(2))
            peer.value("send_bytes", on=far, item=item(3))
            assert root.value("recv_bytes", on=near) == received(item(3))
        assert [peer.value("readable", on=end) for end in ("right", "sender")] == [True, False]


def test_a_stream_ends_with_the_last_process_that_has_the_end(driver):
    root = driver.root
    root.value("create", type="pipe", names=["left", "right"])
    child = driver.spawn(root, "child", ["right"])
    grandchild = driver.spawn(child, "grandchild", ["right"])
    for peer in (root, child):
        peer.value("drop", on="right")
        assert root.value("poll", on="left", timeout=0.05) is False
    grandchild.value("drop", on="right")
    assert root.outcome("recv", on="left") == "end_of_stream"


def test_names_of_every_kind(driver):
    root = driver.root
    for name in NAMES:
        root.value("create", type="simple_queue", names=[name])
    child = driver.spawn(root, "--", NAMES)
    grandchild = driver.spawn(child, "--child", NAMES)
    for seq, name in enumerate(NAMES):
        grandchild.value("put", on=name, item=item(seq))
        assert root.value("get", on=name) == received(item(seq))


def test_objects_that_were_not_given_are_not_there(driver):
    driver.root.value("create", type="pipe", names=["a", "b"])
    driver.root.value("create", type="queue", names=["q"])
    before = open_descriptors(driver.spawn(driver.root, "first"))
    driver.root.value("create", type="pipe", names=["c", "d"])
    assert open_descriptors(driver.spawn(driver.root, "second")) == before


def open_descriptors(peer):
    return len(os.listdir(f"/proc/{peer.pid}/fd"))


@pytest.mark.parametrize(
    "command",
    [[CPP], [CPP, "--"], [CPP, "x", "--", "y"], [CPP, "--child", "name", "queue"], PYTHON],
)
def test_wrong_usage(command):
    found = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert found.returncode == 64
    assert "usage" in found.stderr.lower()
