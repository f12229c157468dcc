"""The queues of a manager: what the driver declares of them, and that no server stays behind."""

import time

import pytest
from driver import started
from psq.controller.proc import members_of
from psq.controller.testing import PATIENCE


def wait_until_gone(group):
    end = time.monotonic() + PATIENCE
    while members_of(group):
        assert time.monotonic() < end, members_of(group)
        time.sleep(0.01)


@pytest.fixture(params=["fork", "spawn"])
def driver(request):
    with started("--manager", "--start-method", request.param) as driver:
        yield driver


def test_it_declares_what_it_has(driver):
    hello = driver.root.hello
    assert hello["implementation"].endswith("-manager")
    assert hello["profiles"] == ["manager"]
    assert sorted(hello["capabilities"]["operations"]) == ["joinable_queue", "process", "queue"]
    driver.root.value("create", type="queue", names=["q"])
    assert driver.root.outcome("close", on="q") == "unsupported"
    assert driver.root.outcome("create", type="pipe", names=["a", "b"]) == "unsupported"


def test_a_child_creates_and_uses_queues(driver):
    driver.root.value("create", type="joinable_queue", names=["q"], maxsize=1)
    child = driver.spawn(driver.root, "child", ["q"])
    child.value("put", on="q", json=[1, None])
    assert driver.root.outcome("put", on="q", json=2, block=False) == "full"
    assert driver.root.value("get", on="q") == {"json": [1, None]}
    assert driver.root.outcome("put", on="q", json=2, timeout=-1) == "invalid_argument"
    child.value("create", type="queue", names=["own"])
    assert child.outcome("get", on="own", timeout=0) == "empty"


def test_an_item_that_fails_or_is_slow(driver):
    driver.root.value("create", type="queue", names=["q"])
    fails = {"from": "root", "seq": 0, "size": 300, "fail": "serialize"}
    assert driver.root.outcome("put", on="q", item=fails) == "not_serializable"
    slow = {"from": "root", "seq": 1, "size": 300, "slow": {"serialize": 0.01}}
    driver.root.value("put", on="q", item=slow)
    wanted = {"from": "root", "seq": 1, "size": 300, "intact": True}
    assert driver.root.value("get", on="q") == {"item": wanted}


@pytest.mark.parametrize("how", ["return", "exit_now"])
def test_the_server_ends_with_the_last_process(driver, how):
    group = driver.root.pid
    child = driver.spawn(driver.root, "child")
    driver.root.may_end = True
    driver.root.value("end", how="exit_now", status=0)
    child.value("create", type="queue", names=["q"])
    child.value("put", on="q", json=1)
    child.value("end", how=how, status=0)
    wait_until_gone(group)
