"""The Python programs of the tests of C++ and Python on one queue: WHAT ITEMS ANSWERS, by their tokens."""

import sys
import threading

import psq


def echo(items, answers):
    for item in items.until(b""):
        answers.put(item)


def fill(items, name, count):
    for i in range(int(count)):
        items.put(b"%s %d" % (name.encode(), i))


def drain(items, seen):
    """Says which items this process has got."""
    for item in items.until(b""):
        seen.put(item)


def do_tasks(tasks):
    for _ in tasks.until(b""):
        tasks.task_done()
    tasks.task_done()


def churn(items, answers):
    """Is in the middle of a put and of a get until it is killed."""
    threading.Thread(
        target=lambda: [items.put(b"x" * 3000) for _ in iter(int, 1)], daemon=True
    ).start()
    answers.put(b"churns")
    while True:
        items.get()


if __name__ == "__main__":
    queues = [psq.Queue.from_handle(token, codec="bytes") for token in sys.argv[2:]]
    {"echo": echo, "churn": churn}[sys.argv[1]](*queues)
