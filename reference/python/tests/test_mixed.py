"""C++ and Python on one queue: the C++ processes are those of peer.cc."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import mixed_children
import psq
import pytest

PEER = os.environ["PSQ_PYTHON_PEER"]
_context = psq.get_context("fork")
_started = []


@pytest.fixture(autouse=True)
def watchdog():
    """Ends a wait that only a fault makes long, and the processes that a failed test leaves."""

    def raise_timeout(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, raise_timeout)
    signal.alarm(100)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
    for process in _started:
        process.kill()
        join(process)
    _started.clear()


def peer(what, *arguments):
    """Starts a C++ process; a queue among the arguments is handed to it."""
    with contextlib.ExitStack() as handles:
        command, descriptors = [PEER, what], []
        for each in arguments:
            if isinstance(each, psq.Queue):
                handle = handles.enter_context(each.handle())
                command.append(handle.token)
                descriptors += handle.pass_fds
            else:
                command.append(str(each))
        _started.append(subprocess.Popen(command, pass_fds=descriptors))
    return _started[-1]


def child(target, *arguments):
    process = _context.Process(target=target, args=arguments)
    process.start()
    _started.append(process)
    return process


def join(process):
    """Returns the exit code."""
    if isinstance(process, subprocess.Popen):
        return process.wait()
    process.join()
    return process.exitcode


def bytes_queue(maxsize=0):
    return psq.Queue(maxsize, codec="bytes")


@pytest.mark.parametrize(
    "codec, values",
    [
        ("bytes", [b"\0", b"\x80psq\x01" * 30_000]),
        ("text", ["a", "\0Grüße 你好 " * 10_000]),
        ("json", [0, [None, True, 1.5, {"ü": ["\n"]}], "x" * 100_000]),
    ],
)
def test_items_of_each_format_come_back_from_cpp(codec, values):
    items, answers = psq.Queue(codec=codec), psq.Queue(codec=codec)
    peer("echo", items, answers)
    for value in values:
        items.put(value)
    assert [answers.get(timeout=60) for _ in values] == values


def test_producers_and_consumers_of_both_kinds():
    count = 400
    items, seen_by_cpp, seen_by_python = bytes_queue(8), bytes_queue(), bytes_queue()
    producers = [peer("fill", items, name, count) for name in ("cpp-1", "cpp-2")]
    producers += [child(mixed_children.fill, items, name, count) for name in ("py-1", "py-2")]
    consumers = [peer("echo", items, seen_by_cpp)]
    consumers += [child(mixed_children.drain, items, seen_by_python)]
    for producer in producers:
        assert join(producer) == 0
    for _ in consumers:
        items.put(b"")
    assert [join(consumer) for consumer in consumers] == [0, 0]
    seen = [drained(seen_by_cpp), drained(seen_by_python)]
    names = (b"cpp-1", b"cpp-2", b"py-1", b"py-2")
    assert sorted(seen[0] + seen[1]) == sorted(
        b"%s %d" % (n, i) for n in names for i in range(count)
    )
    for each in seen:  # Each consumer gets the items of one producer in their order.
        for name in names:
            numbers = [int(item.split()[1]) for item in each if item.startswith(name)]
            assert numbers == sorted(numbers)


def drained(queue):
    """All items of a queue whose producers have ended."""
    items = []
    while not queue.empty():
        items.append(queue.get())
    return items


def test_python_joins_what_cpp_does():
    tasks, done = psq.JoinableQueue(codec="bytes"), bytes_queue()
    for i in range(50):
        tasks.put(b"%d" % (i + 1))
    tasks.put(b"")
    worker = peer("do-tasks", tasks, done)
    tasks.join()
    assert join(worker) == 0
    assert drained(done) == [b"%d" % (i + 1) for i in range(50)]


def test_cpp_joins_what_python_does():
    tasks, answers = psq.JoinableQueue(codec="bytes"), bytes_queue()
    for i in range(50):
        tasks.put(b"%d" % (i + 1))
    joiner = peer("join", tasks, answers)
    assert answers.get(timeout=60) == b"joins"
    with pytest.raises(psq.Empty):
        answers.get(timeout=0.1)  # All tasks are unfinished.
    tasks.put(b"")
    worker = child(mixed_children.do_tasks, tasks)
    assert answers.get(timeout=60) == b"joined"
    assert [join(joiner), join(worker)] == [0, 0]


def test_killed_cpp_and_python_processes_delay_neither():
    items, answers = bytes_queue(4), bytes_queue()
    victims = [peer("churn", items, answers), child(mixed_children.churn, items, answers)]
    assert [answers.get(timeout=60) for _ in victims] == [b"churns"] * 2
    time.sleep(0.05)
    for victim in victims:
        victim.kill()
    assert [join(victim) for victim in victims] == [-9, -9]
    assert all(item == b"x" * 3000 for item in drained(items))
    for i in range(4):
        items.put(b"%d" % (i + 1), timeout=10)  # The slots of both are free.
    assert items.full()
    echo = peer("echo", items, answers)
    items.put(b"", timeout=60)
    assert join(echo) == 0
    assert drained(answers) == [b"1", b"2", b"3", b"4"]


def test_a_cpp_program_has_python_children():
    command = [PEER, "host", sys.executable, "-X", "dev", mixed_children.__file__]
    assert subprocess.run(command, timeout=200).returncode == 0


def test_a_queue_has_a_name_for_both(tmp_path):
    items, answers = psq.Queue.create_at(str(tmp_path / "q"), codec="bytes"), bytes_queue()
    echo = peer("echo", items, answers)
    psq.Queue.open_at(str(tmp_path / "q"), codec="text").put("named")
    assert answers.get(timeout=60) == b"named"
    items.put(b"")
    assert join(echo) == 0
