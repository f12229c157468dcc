"""Calls that wait, and signals: a handler runs at once, and what it raises ends the call."""

import os
import signal
import threading
import time

import children
import psq
import pytest


def waiting(pid):
    """Waits until the process's first thread sleeps in a futex."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with open(f"/proc/{pid}/wchan", encoding="ascii") as file:
            if "futex" in file.read():
                return
        time.sleep(0.01)
    raise AssertionError("the call does not wait")


def full_queue():
    queue = psq.Queue(1)
    queue.put(0)
    return queue


def queue_with_task():
    queue = psq.JoinableQueue()
    queue.put(0)
    return queue


@pytest.mark.parametrize(
    "call, make",
    [
        (children.wait_in_get, psq.Queue),
        (children.wait_in_get, psq.SimpleQueue),
        (children.wait_in_put, full_queue),
        (children.wait_in_join, queue_with_task),
        (children.wait_in_join_thread, psq.Queue),
    ],
)
def test_ctrl_c_ends_a_call(call, make):
    ctx = psq.get_context("fork")
    queue, answers = make(), ctx.SimpleQueue()
    child = ctx.Process(target=children.interrupted, args=(call, answers, queue))
    child.start()
    assert answers.get() == "begins"
    waiting(child.pid)
    begin = time.monotonic()
    os.kill(child.pid, signal.SIGINT)
    what, when = answers.get()
    assert what == "interrupted"
    assert when - begin < 5
    if call is children.wait_in_join_thread:
        child.kill()
    elif call is children.wait_in_put:
        assert queue.get() == 0
        child.join()
        assert queue.qsize() == 0
    child.join()


def test_a_handler_that_returns_ends_no_call(queue):
    handled = []
    before = signal.signal(signal.SIGUSR1, lambda *_: handled.append(time.monotonic()))
    try:

        def helper():
            waiting(os.getpid())
            sent = time.monotonic()
            os.kill(os.getpid(), signal.SIGUSR1)
            while not handled:
                time.sleep(0.001)
            handled.append(sent)
            queue.put("item")

        thread = threading.Thread(target=helper)
        thread.start()
        assert queue.get() == "item"
        thread.join()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert handled[0] - handled[1] < 5


def test_a_handler_may_use_the_queue_that_is_waited_for(queue):
    before = signal.signal(signal.SIGALRM, lambda *_: queue.put("from the handler"))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        assert queue.get() == "from the handler"
    finally:
        signal.signal(signal.SIGALRM, before)


def test_other_threads_run_while_a_call_waits(queue):
    """The GIL is free."""
    thread = threading.Thread(target=lambda: queue.put(1))
    thread.start()
    assert queue.get() == 1
    thread.join()
