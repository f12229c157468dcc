"""What a program can do wrong ends in an error of its own, never in a crash or a hang."""

import errno
import os
import pickle
import resource
import subprocess
import sys
import textwrap
import threading

import psq
import pytest

QUEUES = [psq.Queue, psq.JoinableQueue, psq.SimpleQueue]


def run_script(script, *arguments, **variables):
    """Runs it by an interpreter that warns of all that it can; returns its standard output."""
    command = [sys.executable, "-X", "dev", "-c", textwrap.dedent(script), *arguments]
    environment = {**os.environ, **variables}
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


class FailsToPickle:
    def __init__(self, error):
        self.error = error

    def __reduce__(self):
        raise self.error


class FailsToUnpickle:
    def __init__(self, error):
        self.error = error

    def __reduce__(self):
        return fail, (self.error,)


def fail(error):
    raise error("asked to")


ERRORS = [ValueError, SystemExit, KeyboardInterrupt, MemoryError]


@pytest.mark.parametrize("of", QUEUES)
@pytest.mark.parametrize("error", ERRORS)
def test_an_error_of_pickling_leaves_put_and_nothing_is_put(of, error):
    queue = of()
    with pytest.raises(error):
        queue.put(FailsToPickle(error))
    assert queue.empty()
    queue.put(1)
    assert queue.get() == 1


@pytest.mark.parametrize("of", QUEUES)
@pytest.mark.parametrize("error", ERRORS)
def test_an_error_of_unpickling_leaves_get_and_the_item_is_consumed(of, error):
    queue = of()
    queue.put(FailsToUnpickle(error))
    queue.put(1)
    with pytest.raises(error):
        queue.get()
    assert queue.get() == 1


def test_what_is_nested_too_deeply_is_not_put(queue):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(RecursionError):
        queue.put(deep)
    while deep:
        deep = deep.pop()
    assert queue.qsize() == 0


def test_bytes_in_pieces_are_refused():
    queue = psq.Queue(codec="bytes")
    with pytest.raises(BufferError):
        queue.put(memoryview(b"abcdef")[::2])
    released = memoryview(b"abc")
    released.release()
    with pytest.raises(ValueError):
        queue.put(released)
    assert queue.qsize() == 0


@pytest.mark.parametrize("way", ["copy", "pickle"])
def test_a_copy_of_a_queue_within_a_process_is_refused(queue, way):
    import copy

    with pytest.raises(RuntimeError, match="inheritance"):
        copy.copy(queue) if way == "copy" else pickle.dumps(queue)


def test_without_a_descriptor_nothing_is_made():
    queue = psq.Queue()
    makes = (psq.Queue, psq.SimpleQueue, psq.Pipe, queue.handle, queue.fileno)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, before[1]))
    try:
        for make in makes:
            with pytest.raises(OSError) as caught:
                make()
            assert caught.value.errno == errno.EMFILE
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    queue.put(1)
    assert queue.get() == 1 and queue.fileno() > 2


def test_without_memory_for_its_file_no_queue_is_made():
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(OSError):
            psq.Queue()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with pytest.raises(OSError):
        psq.Queue.create_at("/no-such-folder/queue")


@pytest.mark.parametrize("call", ["get", "put", "join", "fileno", "all"])
def test_the_interpreter_ends_while_threads_use_queues(call):
    script = """
        import sys, threading, time, psq

        queue = psq.JoinableQueue(2)
        calls = {
            "get": lambda: (queue.get(), queue.put(1)),
            "put": lambda: queue.put(b"x" * 50_000),
            "join": queue.join,
            "fileno": lambda: (queue.fileno(), queue.get(timeout=0.001)),
        }
        wanted = list(calls) if sys.argv[1] == "all" else [sys.argv[1]]
        started = threading.Barrier(4 * len(wanted) + 1)

        def run(call):
            started.wait()
            while True:
                try:
                    call()
                except psq.Empty:
                    pass

        for name in wanted * 4:
            threading.Thread(target=run, args=(calls[name],), daemon=True).start()
        if sys.argv[1] == "join":
            queue.put(1)
        queue.cancel_join_thread()
        started.wait()
        time.sleep(0.1)
    """
    assert run_script(script, call) == ""


def test_forks_of_a_program_with_threads_are_safe():
    queue, other = psq.Queue(), psq.SimpleQueue()
    stop = threading.Event()

    def use():
        while not stop.is_set():
            queue.put(b"x" * 5000)
            queue.get()
            other.put(1)
            other.get()

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    answers = psq.SimpleQueue()
    for i in range(20):
        pid = os.fork()
        if pid == 0:
            queue.put(b"of the child")
            queue.get()
            queue.close()
            queue.join_thread()
            answers.put(i)
            os._exit(0)
        assert answers.get() == i
        assert os.waitpid(pid, 0)[1] == 0
    stop.set()
    for thread in threads:
        thread.join()


def test_a_child_without_the_module_ends_with_an_error_alone():
    script = """
        import multiprocessing, sys, psq

        if __name__ == "__main__":
            queue = psq.Queue()
            folder = sys.path.pop(0)
            process = multiprocessing.get_context("spawn").Process(target=print, args=(queue,))
            sys.stderr.flush()
            process.start()
            process.join()
            queue.put("works")
            print(process.exitcode, queue.get())
    """
    folder = os.environ["PYTHONPATH"]
    command = [
        sys.executable,
        "-c",
        "import sys; sys.path.insert(0, sys.argv[1]); exec(sys.argv[2])",
    ]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ended = subprocess.run(
        [*command, folder, textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
    )
    assert (ended.returncode, ended.stdout) == (0, "1 works\n")
    assert "No module named 'psq'" in ended.stderr


def test_what_atexit_puts_arrives():
    script = """
        import atexit, os, psq

        queue = psq.Queue()
        end = psq.SimpleQueue()
        if os.fork() == 0:
            received = [queue.get() for _ in range(3)]
            end.put(received)
            os._exit(0)
        # Registered before the first put: runs when multiprocessing has ended.
        import multiprocessing.util
        atexit.unregister(multiprocessing.util._exit_function)
        atexit.register(lambda: (queue.put("after"), print(end.get())))
        atexit.register(multiprocessing.util._exit_function)
        atexit.register(queue.put, "before")
        queue.put("first")
    """
    assert run_script(script) == "['first', 'before', 'after']\n"


def test_a_daemon_thread_that_puts_does_not_stop_the_end():
    script = """
        import psq, threading

        queue = psq.Queue(1)
        queue.put(1)
        threading.Thread(target=queue.put, args=(2,), daemon=True).start()
        queue.cancel_join_thread()
    """
    assert run_script(script) == ""
