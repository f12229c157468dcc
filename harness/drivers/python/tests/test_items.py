"""Items have exactly the pickled size that is asked for, and are found broken when they are."""

import importlib
import random
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import mp_items  # noqa: E402
from psq_driver_kit import BadRequest, Item, bytes_value, item_value, make_body  # noqa: E402

MODULES = ["multiprocessing"] + [
    name for name in ("multiprocess", "billiard") if importlib.util.find_spec(name)
]
SPECIAL = [
    {},
    {"slow_deserialize": 1e-9},
    {"slow_serialize": 1e-9},
    {"fail": "deserialize"},
    {"fail": "deserialize", "failure": "interrupt"},
    {"same": "object"},
]
SIZES = [
    *range(96, 700),
    *range(4090, 4100),
    *range(16380, 16390),
    *range(65400, 65800),
    *range(131060, 131080),
    1 << 20,
    (1 << 20) + 1,
    *random.Random(1).sample(range(700, 300000), 200),
]


def pickler(module):
    return importlib.import_module(f"{module}.reduction").ForkingPickler


@pytest.mark.parametrize("special", SPECIAL, ids=str)
@pytest.mark.parametrize("module", MODULES)
def test_the_pickled_size_is_exact(module, special):
    dumps, loads = pickler(module).dumps, pickler(module).loads
    maker = mp_items.ItemMaker(dumps)
    for seq, size in enumerate(SIZES):
        made = Item("a-producer", seq, size, **special)
        pickled = bytes(dumps(maker.make(made)))
        assert len(pickled) == size
        if "fail" in special:
            with pytest.raises(mp_items.REFUSALS):
                loads(pickled)
        else:
            expected = {"from": "a-producer", "seq": seq, "size": size, "intact": True}
            assert maker.read(loads(pickled)) == {"item": expected}


def test_an_item_that_fails_to_be_serialized():
    maker = mp_items.ItemMaker(pickler("multiprocessing").dumps)
    value = maker.make(Item("p", 1, 200, fail="serialize"))
    with pytest.raises(mp_items.ItemRefused):
        pickler("multiprocessing").dumps(value)


@pytest.mark.parametrize(
    "failure, base",
    [
        ("error", Exception),
        ("exit", SystemExit),
        ("interrupt", KeyboardInterrupt),
        ("other", BaseException),
    ],
)
@pytest.mark.parametrize("step", ["serialize", "deserialize"])
def test_an_item_fails_with_the_kind_of_error_that_is_asked_for(failure, base, step):
    dumps, loads = pickler("multiprocessing").dumps, pickler("multiprocessing").loads
    maker = mp_items.ItemMaker(dumps)
    value = maker.make(Item("p", 1, 200, fail=step, failure=failure))
    with pytest.raises(base) as caught:
        loads(dumps(value))
    assert isinstance(caught.value, Exception) == (failure == "error")


def test_a_thread_puts_one_object_that_changes():
    maker = mp_items.ItemMaker(pickler("multiprocessing").dumps)
    first = maker.make(Item("p", 1, 200, same="object"))
    assert maker.make(Item("p", 2, 300, same="object")) is first
    assert maker.make(Item("p", 2, 300, same="another")) is not first
    dumps, loads = pickler("multiprocessing").dumps, pickler("multiprocessing").loads
    expected = {"from": "p", "seq": 2, "size": 300, "intact": True}
    assert maker.read(loads(dumps(first))) == {"item": expected}


def test_slow_items_take_their_time_once_and_where_they_should():
    dumps, loads = pickler("multiprocessing").dumps, pickler("multiprocessing").loads
    maker = mp_items.ItemMaker(dumps)
    value = maker.make(Item("p", 1, 200, slow_serialize=0.1, slow_deserialize=0.2))
    times = [time.monotonic()]
    pickled = dumps(value)
    times.append(time.monotonic())
    loads(pickled)
    times.append(time.monotonic())
    assert times[1] - times[0] >= 0.1
    assert times[2] - times[1] >= 0.2


def test_a_name_that_does_not_fit_is_a_bad_request():
    maker = mp_items.ItemMaker(pickler("multiprocessing").dumps)
    with pytest.raises(BadRequest, match="take more"):
        maker.make(Item("n" * 200, 1, 100))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body[:-1],
        lambda body: body + b"\0",
        lambda body: body[:200] + bytes([body[200] ^ 1]) + body[201:],
        lambda body: body[:300] + make_body("p", 2, 1000, 1000)[300:],
        lambda body: body[:100] + body[104:] + body[100:104],
    ],
)
def test_a_broken_item_is_not_intact(spoil):
    body = make_body("p", 1, 1000, 1000)
    assert bytes_value(body)["item"]["intact"] is True
    value = bytes_value(spoil(body))["item"]
    assert (value["from"], value["seq"], value["size"]) == ("p", 1, 1000)
    assert value["intact"] is False


def test_the_wrong_value_for_a_size_is_not_intact():
    maker = mp_items.ItemMaker(pickler("multiprocessing").dumps)
    assert maker.read(make_body("p", 1, 1000, 990))["item"]["intact"] is False
    assert maker.read(make_body("p", 1, 1 << 31, 990))["item"]["intact"] is False


def test_what_is_no_item_is_not_taken_for_one():
    assert item_value(b"hello") is None
    assert item_value(b"") is None
    assert bytes_value(b"\x00\x01") == {"bytes": "0001", "size": 2}


def test_an_item_is_cheap_to_make():
    maker = mp_items.ItemMaker(pickler("multiprocessing").dumps)
    maker.make(Item("p", 0, 64000))
    started = time.process_time()
    for seq in range(1000):
        maker.make(Item("p", seq, 64000))
    assert time.process_time() - started < 1
