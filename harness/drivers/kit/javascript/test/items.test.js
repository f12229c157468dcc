import assert from "node:assert/strict";
import test from "node:test";
import { BadRequest, LEAST_ITEM_BYTES, checkItem, makeItem } from "../index.js";

const ITEM = { from: "käfer", seq: 2 ** 40 + 1, size: 5000 };

test("an item has its size, and comes out as it was made", () => {
  for (const size of [LEAST_ITEM_BYTES, 65, 4093, 4096, 65537]) {
    const bytes = makeItem({ ...ITEM, size });
    assert.equal(bytes.length, size);
    assert.deepEqual(checkItem(bytes), { ...ITEM, size, intact: true });
  }
});

test("every byte counts", () => {
  for (let at = 4; at < 200; ++at) {
    const bytes = makeItem({ ...ITEM, size: 200 });
    bytes[at] ^= 1;
    assert.equal(checkItem(bytes).intact, false, `byte ${at}`);
  }
});

test("a piece of an item is not intact", () => {
  const bytes = makeItem(ITEM);
  assert.equal(checkItem(bytes.subarray(0, 4999)).intact, false);
  assert.equal(checkItem(Buffer.concat([bytes, Buffer.alloc(1)])).intact, false);
  assert.equal(checkItem(Buffer.concat([bytes.subarray(0, 100), makeItem({ ...ITEM, seq: 2 }).subarray(100)])).intact, false);
});

test("other bytes are no item", () => {
  assert.equal(checkItem(Buffer.from("hello")), undefined);
  assert.equal(checkItem(Buffer.alloc(0)), undefined);
});

test("the least item has room for a name of 32 bytes, and a longer name is refused", () => {
  assert.ok(makeItem({ from: "n".repeat(32), seq: 0, size: LEAST_ITEM_BYTES }));
  assert.throws(() => makeItem({ from: "n".repeat(60), seq: 0, size: LEAST_ITEM_BYTES }), BadRequest);
});
