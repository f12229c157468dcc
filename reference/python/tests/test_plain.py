"""Plain values, whose pickles the package makes and reads by itself (native/plain.h)."""

import math
import os
import pickle
import struct

import psq
import pytest


class Number(int):
    """No plain int."""


class Text(str):
    pass


TEXTS = ["", "a", "\x00\x7f", "x" * 255, "x" * 256, "x" * 16383, "x" * 16384]
OTHER_TEXTS = ["\x80", "za\u017c", "\U0001f600" * 100, "\ud800", "x" * 300 + "\xff"]
NUMBERS = [
    0,
    1,
    -1,
    255,
    256,
    65535,
    65536,
    2**31 - 1,
    -(2**31),
    2**31,
    -(2**31) - 1,
    2**63,
    10**50,
]
FLOATS = [0.0, -0.0, 1.5, -1e300, 5e-324, math.inf, -math.inf]
PLAIN = [None, True, False, *NUMBERS, *FLOATS, *TEXTS, *OTHER_TEXTS, *(t.encode() for t in TEXTS)]
ROWS = [[], [None], PLAIN[:16], PLAIN[:17], [[1], [2]], [Number(1)], [1j]]
VALUES = [
    *PLAIN,
    *ROWS,
    *map(tuple, ROWS),
    {},
    {"a": 1, 2: "b", None: b"c", 1.5: True, True: None},
    {i: str(i) for i in range(16)},
    {i: str(i) for i in range(17)},
    {"nested": [1]},
    {(1, 2): 3},
    {"text": "\u017c"},
]


@pytest.fixture
def pair():
    """A queue of pickles, and the same one of bytes."""
    path = f"/dev/shm/psq-test-{os.getpid()}-plain"
    queue = psq.Queue.create_at(path)
    try:
        yield queue, psq.Queue.open_at(path, codec="bytes")
    finally:
        os.unlink(path)


def alike(one, other):
    """Equal, and of the same types."""
    return repr(one) == repr(other) and type(one) is type(other)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:30])
def test_a_value_arrives_as_it_was(pair, value):
    queue, raw = pair
    queue.put(value)
    assert alike(queue.get(), value)
    assert queue.put_many([value, value]) == 2
    assert all(alike(each, value) for each in queue.get_many(2))
    # The item is a pickle for programs without psq, too.
    queue.put(value)
    item = raw.get()
    if not item.startswith(b"psq\x01"):
        assert alike(pickle.loads(item), value)
    # And pickles of other programs are items.
    for protocol in range(6):
        raw.put(pickle.dumps(value, protocol))
        assert alike(queue.get(timeout=60), value)


def test_not_a_number_arrives(queue):
    queue.put(math.nan)
    queue.put((math.nan,))
    assert math.isnan(queue.get()) and math.isnan(queue.get()[0])


@pytest.mark.parametrize("value", [Number(5), Text("a")])
def test_a_type_of_the_program_is_kept(queue, value):
    queue.put(value)
    queue.put([value])
    for received in (queue.get(), *queue.get()):
        assert received == value and type(received) is type(value)


def _without_pickle(data):
    """What pickle makes of it, and its exception's type."""
    try:
        return repr(pickle.loads(data))
    except Exception as error:
        return type(error)


def _broken(item):
    """Not with lengths that are large: pickle would first take as much memory."""
    yield from (item[:-1], item + b".", item[:2], item[:3], item[2:], item[:3] + b".")
    yield from (item[:1] + bytes([protocol]) + item[2:] for protocol in (0, 4, 6, 255))
    yield from (item[:3] + bytes([length]) + item[4:] for length in range(6))
    yield from (
        item[:2] + opcode + item[3:] for opcode in (b"N", b"C", b"\x8c", b"G", b"t", b"\xff")
    )


@pytest.mark.parametrize("value", [None, True, 5, 1.5, b"abc", "abc", "x" * 300, b"x" * 300])
def test_broken_pickles_are_what_pickle_says(pair, value):
    queue, raw = pair
    queue.put(value)
    for each in _broken(raw.get()):
        raw.put(each)
        try:
            found = repr(queue.get(timeout=60))
        except Exception as error:
            found = type(error)
        assert found == _without_pickle(each), each[:20]


def test_the_bytes_of_plain_values(pair):
    queue, raw = pair
    expected = {
        None: b"N",
        True: b"\x88",
        -2: b"J" + struct.pack("<i", -2),
        1.5: b"G" + struct.pack(">d", 1.5),
        b"abc": b"C\x03abc",
        b"x" * 300: b"B" + struct.pack("<I", 300) + b"x" * 300,
        "abc": b"\x8c\x03abc",
        (1, "a"): b"(J\1\0\0\0\x8c\x01at",
    }
    for value, content in expected.items():
        queue.put(value)
        assert raw.get() == b"\x80\x05" + content + b"."
