"""Many items at once, iteration, large buffers, and names."""

import os
import pickle
import threading

import psq
import pytest

QUEUES = [psq.Queue, psq.JoinableQueue, psq.SimpleQueue]


@pytest.mark.parametrize("of", QUEUES)
def test_many_items_are_put_and_got_in_order(of):
    queue = of()
    values = [1, "a", (2, None), b"x" * 100_000, {"b": [3]}] * 20
    counts = []
    # A SimpleQueue has no room for all of them.
    thread = threading.Thread(target=lambda: counts.append(queue.put_many(iter(values))))
    thread.start()
    received = []
    while len(received) < 100:
        some = queue.get_many(7)
        assert 1 <= len(some) <= 7
        received += some
    thread.join()
    assert (counts, received) == ([100], values)
    assert queue.get_many(7, timeout=0) == []


@pytest.mark.parametrize("bound", [0, 5])
@pytest.mark.parametrize("of", QUEUES)
def test_threads_put_and_get_each_item_once_and_in_order(of, bound):
    queue = of() if of is psq.SimpleQueue else of(bound)
    received = [[] for _ in range(3)]
    producers = [
        threading.Thread(target=lambda which=which: [queue.put((which, i)) for i in range(1000)])
        for which in range(3)
    ]
    consumers = [threading.Thread(target=lambda to=to: to.extend(queue.until())) for to in received]
    for thread in (*producers, *consumers):
        thread.start()
    for thread in producers:
        thread.join()
    queue.put_many([None] * 3)
    for thread in consumers:
        thread.join()
    assert sorted(sum(received, [])) == [(which, i) for which in range(3) for i in range(1000)]
    for items in received:
        for which in range(3):
            numbers = [i for producer, i in items if producer == which]
            assert numbers == sorted(numbers)


def test_put_many_puts_as_many_as_there_are_slots():
    queue = psq.Queue(3)
    assert queue.put_many(range(5), timeout=0.01) == 3
    assert [queue.get() for _ in range(3)] == [0, 1, 2]


def test_put_many_puts_nothing_when_one_cannot_be_pickled(queue):
    with pytest.raises((AttributeError, pickle.PicklingError)):
        queue.put_many([1, lambda: 0])
    assert queue.qsize() == 0
    queue.close()
    with pytest.raises(psq.Closed):
        queue.put_many([1])
    with pytest.raises(psq.Closed):
        queue.get_many(1)


@pytest.mark.parametrize("of", QUEUES)
def test_iteration_ends_at_the_sentinel(of):
    queue = of()
    queue.put_many([0, False, "", None, "rest"])
    assert list(queue.until()) == [0, False, ""]
    assert list(queue.until("rest")) == []
    queue.put_many([False, 0, 1])
    assert list(queue.until(0)) == [False]
    assert next(iter(queue.get, None)) == 1


def test_large_buffers_are_parts_of_the_item(queue):
    content = bytes(range(256)) * 400
    queue.put(
        (
            "before",
            pickle.PickleBuffer(bytearray(content)),
            pickle.PickleBuffer(b"small"),
        )
    )
    before, large, small = queue.get()
    assert (before, bytes(large), bytes(small)) == ("before", content, b"small")
    assert isinstance(large, memoryview) and isinstance(large.obj, psq._native.Received)
    large[0] = 7  # Of a writable object.
    assert large[0] == 7


@pytest.mark.parametrize("codec", ["pickle", "bytes"])
@pytest.mark.parametrize("size", [16383, 16384, 16385, 100_000, 300_000, (4 << 20) + 1, 8 << 20])
@pytest.mark.parametrize("of", QUEUES)
def test_large_bytes_arrive_in_order(of, size, codec):
    queue = of(codec=codec)
    items = [bytes([i]) * (size + i) for i in range(5)]
    thread = threading.Thread(target=lambda: [queue.put(item) for item in items])
    thread.start()
    for i, item in enumerate(items):
        received = queue.get()
        is_right = received == item and type(received) is bytes
        assert is_right, (i, len(received), received[:10])  # Without the text of all of it.
    thread.join()


def test_large_bytes_are_made_of_a_pickle():
    assert pickle.loads(psq._native.BYTES_PICKLE, buffers=[b"content"]) == b"content"


def test_arrays_of_numpy_arrive_writable(queue):
    numpy = pytest.importorskip("numpy")
    array = numpy.arange(30_000.0).reshape(100, 300)
    queue.put(
        {
            "whole": array,
            "turned": array.T,
            "part": array[::2, ::3],
            "small": array[:2, :2],
        }
    )
    received = queue.get()
    assert (received["whole"] == array).all() and (received["turned"] == array.T).all()
    assert (received["part"] == array[::2, ::3]).all() and (
        received["small"] == array[:2, :2]
    ).all()
    for each in received.values():
        each[0, 0] = 1
    assert array[0, 0] == 0


HEAD = b"psq\x01"


@pytest.mark.parametrize(
    "codec, broken",
    [
        ("text", [b"\xff\xfe", b"\xc3"]),
        ("json", [b"", b"{", b"\xff"]),
        (
            "pickle",
            [
                b"",
                b"\xff",
                HEAD,
                HEAD + b"\xff" * 4,
                HEAD + bytes(4),
                HEAD + b"\1\0\0\0" * 3,
            ],
        ),
    ],
)
def test_bytes_that_are_no_item_are_an_error_and_consumed(codec, broken):
    path = f"/dev/shm/psq-test-{os.getpid()}-{codec}"
    raw = psq.Queue.create_at(path, codec="bytes")
    try:
        queue = psq.Queue.open_at(path, codec=codec)
    finally:
        os.unlink(path)
    for each in broken:
        raw.put(each)
        with pytest.raises((pickle.UnpicklingError, ValueError, EOFError)):
            queue.get(timeout=10)
    assert queue.qsize() == 0


def test_an_item_whose_parts_do_not_fill_it_is_refused():
    path = f"/dev/shm/psq-test-{os.getpid()}"
    raw = psq.Queue.create_at(path, codec="bytes")
    try:
        queue = psq.Queue.open_at(path)
    finally:
        os.unlink(path)
    for value in pickle.PickleBuffer(bytes(100_000)), bytes(100_000):
        queue.put(value)
        item = raw.get()
        assert item.startswith(HEAD)
        for wrong in (item + bytes(64), item[:-64], item[:70_000]):
            raw.put(wrong)
            with pytest.raises(pickle.UnpicklingError):
                queue.get()
        raw.put(item)
        assert queue.get() == bytes(100_000)


def test_a_queue_with_a_name_is_found_by_it():
    path = f"/dev/shm/psq-test-{os.getpid()}"
    queue = psq.JoinableQueue.create_at(path, 1, codec="text")
    try:
        with pytest.raises(FileExistsError):
            psq.Queue.create_at(path)
        with pytest.raises(ValueError, match="joinable-queue"):
            psq.Queue.open_at(path)
        same = psq.JoinableQueue.open_at(path, codec="text")
    finally:
        os.unlink(path)
    queue.put("text")
    assert same.full() and same.get() == "text"
    with pytest.raises(FileNotFoundError):
        psq.Queue.open_at(path)
