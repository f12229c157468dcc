"""Objects in other processes, by each way in which they can be given."""

import multiprocessing
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import children
import psq
import pytest

CHILDREN = Path(children.__file__)


def run(ctx, target, *arguments):
    process = ctx.Process(target=target, args=arguments)
    process.start()
    return process


def test_every_type_is_given_to_a_child(ctx):
    numbers, answers, tasks = ctx.Queue(), ctx.SimpleQueue(), ctx.JoinableQueue()
    here, there = ctx.Pipe()
    child = run(ctx, children.echo, numbers, answers, tasks, there)
    numbers.put(1)
    tasks.put("a")
    assert answers.get() == [1, "a"]
    tasks.join()
    here.send(41)
    assert here.recv() == 42
    child.join()
    assert child.exitcode == 0


def test_a_child_ends_when_its_items_are_visible(ctx):
    queue = ctx.Queue()
    queue.put(None)  # So that a forked child is a copy of a process that has put.
    assert queue.get() is None
    child = run(ctx, children.put_and_return, queue, 40, 100_000)
    child.join(0.2)
    assert [queue.get()[0] for _ in range(40)] == list(range(40))
    child.join()
    assert child.exitcode == 0


def test_what_a_dropped_queue_has_put_arrives():
    queue = psq.Queue()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.read(reader, 1)
        complete = [queue.get() for _ in range(40)] == [bytes(100_000)] * 40
        os._exit(0 if complete else 1)
    for _ in range(40):
        queue.put(bytes(100_000))
    begin = time.monotonic()
    del queue
    assert time.monotonic() - begin < 5  # It does not wait for its reader.
    os.write(writer, b"x")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_what_a_dropped_queue_has_put_arrives_though_its_process_ends(method):
    ctx = psq.get_context(method)
    queue, dropped = ctx.Queue(), ctx.SimpleQueue()
    child = run(ctx, children.put_and_drop, [queue], dropped)
    assert dropped.get() is True
    child.join(0.2)  # If it does not wait for its items, it has ended now.
    assert [queue.get(timeout=60)[0] for _ in range(40)] == list(range(40))
    child.join()
    assert child.exitcode == 0


def test_killed_users_delay_nobody():
    ctx = psq.get_context("fork")
    queue, answers = ctx.Queue(), ctx.SimpleQueue()
    victims = [run(ctx, children.use_and_die, queue, answers) for _ in range(3)]
    assert {answers.get() for _ in victims} == {each.pid for each in victims}
    for victim in victims:
        victim.join()
        assert victim.exitcode == -9
    while not queue.empty():
        assert queue.get(timeout=10) == b"x" * 3000
    queue.put("still")
    assert queue.get(timeout=10) == "still"


@pytest.mark.parametrize("module", [multiprocessing, psq])
def test_a_process_pool_is_given_a_queue_by_its_initializer(module):
    queue = psq.Queue()
    with ProcessPoolExecutor(
        2, mp_context=module.get_context("fork"), initializer=children.initialize, initargs=(queue,)
    ) as pool:
        list(pool.map(children.put_twice, range(10)))
    assert sorted(queue.get() for _ in range(10)) == list(range(0, 20, 2))


def test_a_program_is_given_a_queue_by_a_token(queue):
    queue.put(41)
    with queue.handle() as handle:
        command = [sys.executable, "-X", "dev", str(CHILDREN), handle.token]
        subprocess.run(command, pass_fds=handle.pass_fds, check=True)
    assert queue.get() == 42


def test_a_token_that_stands_for_nothing_is_refused(queue):
    with queue.handle() as handle:
        token = handle.token
    for wrong in (token, "", "psq", token.replace("psq:0", "psq:9"), token + "x", "\0"):
        with pytest.raises(ValueError):
            psq.Queue.from_handle(wrong)


@pytest.mark.parametrize("through", [psq.Queue, psq.SimpleQueue, psq.JoinableQueue])
def test_a_queue_is_not_put_into_a_queue(through):
    with pytest.raises(RuntimeError, match="inheritance"):
        through().put(psq.Queue())
