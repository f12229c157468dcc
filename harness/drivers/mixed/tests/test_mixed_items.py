"""The items of the Python processes: of every size, and found broken when one byte is."""

import mixed_items
import pytest
from psq_driver_kit import BadRequest, Item, Plain

BLOCK = 4093


@pytest.mark.parametrize("size", [64, 65, 30 + 6, 36 + BLOCK, 36 + BLOCK + 1, 3 * BLOCK, 100_000])
def test_each_byte_counts(size):
    data = mixed_items.make_item(Item("sender", 7, size))
    assert len(data) == size
    expected = {"from": "sender", "seq": 7, "size": size, "intact": True}
    assert mixed_items.item_value(data) == {"item": expected}
    for at in {*range(min(size, 80)), size // 2, size - 1}:
        spoiled = bytearray(data)
        spoiled[at] ^= 1
        found = mixed_items.item_value(bytes(spoiled))
        assert found is None or not found["item"]["intact"], at
    for other in (data[:-1], data + b"\0", data[:33] + data[34:]):
        assert not mixed_items.item_value(other)["item"]["intact"]


def test_what_is_no_item():
    assert mixed_items.item_value(b"") is None
    assert mixed_items.item_value(bytes(64)) is None
    broken = {"item": {"from": "", "seq": 0, "size": 3, "intact": False}}
    assert mixed_items.ItemMaker.read(b"abc") == broken


def test_json_values_and_items_are_told_apart():
    maker = mixed_items.ItemMaker()
    value = {"ü": [None, 1.5, "x" * 100]}
    assert maker.read(maker.make(Plain(value))) == {"json": value}


def test_one_object_becomes_the_next_item():
    maker = mixed_items.ItemMaker()
    first = maker.make(Item("a", 1, 64, same="x"))
    assert maker.make(Item("a", 2, 128, same="x")) is first
    assert maker.read(bytes(first))["item"]["seq"] == 2


@pytest.mark.parametrize("sender, size", [("sender", 35), ("x" * 256, 1000), ("a", 1 << 32)])
def test_an_item_that_cannot_be_made(sender, size):
    with pytest.raises(BadRequest):
        mixed_items.make_item(Item(sender, 0, size))
