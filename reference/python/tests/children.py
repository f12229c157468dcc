"""What the tests run in other processes: by spawn and forkserver they find it by its name."""

import os
import signal
import sys
import threading
import time
import weakref

import psq


def echo(numbers, answers, tasks, end):
    """Uses an object of every type."""
    answers.put([numbers.get(), tasks.get()])
    tasks.task_done()
    end.send(end.recv() + 1)


def put_and_return(queue, count, size):
    for i in range(count):
        queue.put(bytes([i % 256]) * size)


def put_and_drop(holder, dropped):
    """Drops its only reference to the queue long before its items have room, and ends."""
    queue = holder.pop()
    put_and_return(queue, 40, 100_000)
    reference = weakref.ref(queue)
    del queue
    dropped.put(reference() is None)


def use_and_die(queue, answers):
    """Takes all locks that there are to take, and is killed in the middle of its calls."""
    threading.Thread(
        target=lambda: [queue.put(b"x" * 3000) for _ in iter(int, 1)], daemon=True
    ).start()
    threading.Thread(target=lambda: [queue.get() for _ in iter(int, 1)], daemon=True).start()
    answers.put(os.getpid())
    time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGKILL)


def interrupted(call, answers, queue):
    """Reports how a call ends that Ctrl-C interrupts."""
    try:
        answers.put("begins")
        call(queue)
        answers.put("returned")
    except KeyboardInterrupt:
        answers.put(("interrupted", time.monotonic()))


def wait_in_get(queue):
    queue.get()


def wait_in_put(queue):
    queue.put(1)


def wait_in_join(queue):
    queue.join()


def wait_in_join_thread(queue):
    for _ in range(300):
        queue.put(bytes(100_000))
    queue.close()
    queue.join_thread()


_given = []


def initialize(queue):
    _given.append(queue)


def put_twice(number):
    _given[0].put(2 * number)


def main():
    """What `subprocess` starts."""
    jobs = psq.Queue.from_handle(sys.argv[1])
    jobs.put(jobs.get() + 1)


if __name__ == "__main__":
    main()
