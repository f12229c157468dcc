"""Items in parts, which put copies into the queue's memory: whole, at once, and without a trace."""

import os
import pickle
import resource
import signal
import struct
import threading
import time

import psq
import pytest

QUEUES = [psq.Queue, psq.JoinableQueue, psq.SimpleQueue]
LONG = 16 << 20
FILLING = bytes(3_950_000)  # While it is unread, there is room for no other.
MOST_KEPT = 4 << 20  # Of the memory for long items, in a queue without one.
PLACES = 256


class Data:
    """Has a bytearray, which is a part of its items, and which another part follows."""

    def __init__(self, data):
        self.data = data
        self.pickled = threading.Event()

    def __reduce__(self):
        views = pickle.PickleBuffer(self.data), pickle.PickleBuffer(bytes(self.data[:20_000]))
        self.pickled.set()
        return lists_of, views


def lists_of(*views):
    return [bytes(view) for view in views]


def content(size=100_001):
    return bytearray(bytes(range(251)) * (size // 251 + 1))[:size]


def expected(data):
    return [bytes(data), bytes(data[:20_000])]


def until(is_reached):
    deadline = time.monotonic() + 60
    while not is_reached():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def memory_of(queue):
    return 512 * os.fstat(queue._core.descriptor()).st_blocks


def may_grow(data):
    """No item in the making has a view of it."""
    try:
        data.append(0)
    except BufferError:
        return False
    return True


def works(queue):
    """Whether there is a place for a long item, and nothing but this one arrives."""
    value = Data(content())
    if isinstance(queue, psq.SimpleQueue):
        assert queue._core.put([pickle.dumps(expected(value.data))], 60)
    else:
        queue.put(value)
    return queue._loaded(queue._core.get(60)) == expected(value.data) and queue.empty()


@pytest.fixture
def stuck():
    """A Queue(2) whose second slot an item has that its process cannot send; and how to end that, which leaves
    FILLING.
    """
    ctx = psq.get_context("fork")
    queue, is_put = ctx.Queue(2), ctx.SimpleQueue()
    queue.put(FILLING)

    def put_without_room():
        queue.put(b"no room")
        is_put.put(True)
        signal.pause()

    child = ctx.Process(target=put_without_room)
    child.start()
    assert is_put.get()
    assert (queue.qsize(), queue.full()) == (2, True)

    def end():
        child.kill()
        child.join()

    yield queue, end
    end()


@pytest.mark.parametrize("of", QUEUES)
def test_an_item_in_parts_has_the_bytes_of_the_format(of):
    queue, data = of(), content()
    # A SimpleQueue has no room for a second one; a Queue's second one finds one before it.
    puts = 1 if of is psq.SimpleQueue else 2
    for _ in range(puts):
        queue.put(Data(data))
        until(lambda: not queue.empty())
    for _ in range(puts):
        item = bytes(queue._core.get(60))
        magic, count, *lengths = struct.unpack_from("<4sI3Q", item)
        first = 32 + lengths[0]
        second = -(-first // 64) * 64
        third = -(-(second + len(data)) // 64) * 64
        assert (magic, count, lengths[1:]) == (b"psq\x01", 3, [len(data), 20_000])
        assert item[first:second] == bytes(second - first)
        assert item[second : second + len(data)] == data
        assert item[second + len(data) : third] == bytes(third - second - len(data))
        assert item[third:] == data[:20_000]
        views = [item[second : second + len(data)], item[third:]]
        assert pickle.loads(item[32:first], buffers=views) == expected(data)


@pytest.mark.parametrize("of", QUEUES)
def test_a_put_that_waits_has_copied_its_parts(of):
    queue = of() if of is psq.SimpleQueue else of(1)
    queue.put(FILLING)
    value = Data(content())
    wanted = expected(value.data)
    thread = threading.Thread(target=queue.put, args=(value,))
    thread.start()
    value.pickled.wait()
    until(lambda: may_grow(value.data))
    assert thread.is_alive()
    value.data[:] = bytes(50_000)
    assert queue.get() == FILLING
    assert queue.get() == wanted
    thread.join()


def test_puts_that_find_no_room_in_time_leave_nothing_behind():
    queue = psq.SimpleQueue()
    queue.put(FILLING)
    for i in range(PLACES + 50):
        assert not queue._core.put([b"head", content()], 0.001 * (i % 10 == 0))
    assert memory_of(queue) < MOST_KEPT
    queue.get()
    assert works(queue)


@pytest.mark.parametrize("of", QUEUES)
def test_long_items_in_a_row_use_the_same_memory_which_goes_back(of):
    queue, values = of(), [bytes([i]) * (9 << 20) for i in range(2)]

    def follow_one_another():
        begin = time.monotonic()
        for value in values:
            queue.put(value)
            assert queue.get() == value
        return time.monotonic() - begin < 0.25

    def is_given_back():
        # The thread that sends the items of the other types does it, too.
        assert of is not psq.SimpleQueue or queue._core.get(0) is None
        return memory_of(queue) < MOST_KEPT + (1 << 20)

    until(follow_one_another)
    assert memory_of(queue) > 8 << 20
    until(is_given_back)
    assert works(queue)


def test_puts_that_find_no_slot_in_time_leave_nothing_behind(stuck):
    queue, end = stuck
    for i in range(PLACES + 50):
        with pytest.raises(psq.Full):
            queue.put(Data(content()), timeout=0.001 * (i % 10 == 0))
    assert memory_of(queue) < MOST_KEPT
    end()
    assert queue.get() == FILLING
    assert works(queue)


def test_a_put_waits_for_a_slot_without_a_place(stuck):
    queue, end = stuck
    value = Data(content(LONG))
    wanted = expected(value.data)
    thread = threading.Thread(target=queue.put, args=(value,))
    thread.start()
    value.pickled.wait()
    until(lambda: may_grow(value.data))
    until(lambda: memory_of(queue) < MOST_KEPT + (1 << 20))
    assert thread.is_alive()
    end()
    assert queue.get() == FILLING
    assert queue.get(timeout=60) == wanted
    thread.join()


def test_an_interrupted_put_leaves_nothing_behind():
    class Interrupted(Exception):
        pass

    def interrupt(*_):
        raise Interrupted

    queue = psq.SimpleQueue()
    queue.put(FILLING)

    def helper():
        until(lambda: memory_of(queue) > LONG)
        os.kill(os.getpid(), signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, interrupt)
    thread = threading.Thread(target=helper)
    thread.start()
    try:
        with pytest.raises(Interrupted):
            queue.put(Data(content(LONG)))
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)
    assert memory_of(queue) < MOST_KEPT + (1 << 20)
    assert queue.get() == FILLING
    assert queue.empty() and works(queue)


def test_a_put_that_lets_a_consumer_make_room_can_be_interrupted():
    class Interrupted(Exception):
        pass

    def interrupt(*_):
        raise Interrupted

    def is_interrupted_without_an_effect():
        queue, is_over = psq.Queue(), threading.Event()
        queue.put(FILLING)
        until(lambda: not queue.empty())

        def helper():
            while memory_of(queue) <= LONG and not is_over.is_set():
                time.sleep(0.0001)
            os.kill(os.getpid(), signal.SIGUSR1)

        thread = threading.Thread(target=helper)
        try:
            thread.start()
            queue.put(Data(content(LONG)))
            is_over.set()
            thread.join()  # Too late: the put has its effect.
        except Interrupted:
            thread.join()
        assert queue.get() == FILLING
        return queue.qsize() == 0 and works(queue)

    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        until(is_interrupted_without_an_effect)
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_without_memory_a_put_in_parts_is_an_error():
    queue = psq.SimpleQueue()  # A Queue may leave the item to its thread, which tries again.
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(OSError):
            queue.put(Data(content()))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert works(queue)
