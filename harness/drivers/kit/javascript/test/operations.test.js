import assert from "node:assert/strict";
import test from "node:test";
import { BadRequest, Unsupported, makeItem } from "../index.js";
import { creationOptions, prepared } from "../lib/operations.js";

const ITEM = { from: "root", seq: 1, size: 64 };
const HELD = { id: 7 };

/** A thread with a queue that tells how it was called, and the deliveries of its process. */
function threadWith(queue = {}, options = ["visibility", "patience"]) {
  const operations = {
    queue: ["put", "get"],
    broker_queue: ["publish", "receive", "ack", "extend", "ready", "stop_server", "freeze_server", "fill_server"],
  };
  const deliveries = new Map();
  const ask = ({ ask: what, name, delivery }) => {
    if (what === "deliver") return void deliveries.set(name, delivery);
    if (!deliveries.has(name)) throw new BadRequest(`no delivery ${name}`);
    return deliveries.get(name);
  };
  return {
    hello: { capabilities: { operations, options }, limits: { item_bytes: 64 } },
    find: (name) => ({ type: name === "q" ? "broker_queue" : "queue", object: queue }),
    ask,
  };
}

const made = ({ object, call, gives }) => gives(call(object));
const request = (what, more) => ({ do: what, on: "q", ...more });

test("a delivery has a name, by which it is settled", () => {
  const settled = [];
  const queue = {
    receive: (waits) => ({ value: makeItem(ITEM), count: waits.timeout, delivery: HELD }),
    ack: (delivery) => void settled.push(delivery),
    extend: (delivery) => void settled.push(delivery),
  };
  const thread = threadWith(queue);
  const answer = made(prepared(thread, request("receive", { as: "d", timeout: 2 })));
  assert.deepEqual(answer, { value: { item: { ...ITEM, intact: true }, count: 2 } });
  for (const what of ["ack", "extend"])
    assert.deepEqual(made(prepared(thread, request(what, { delivery: "d" }))), {});
  assert.deepEqual(settled, [HELD, HELD]);
});

test("a delivery that has not come is a bad request, but for a list before it begins", () => {
  const thread = threadWith();
  const unknown = request("ack", { delivery: "d" });
  assert.throws(() => prepared(thread, unknown), BadRequest);
  assert.ok(prepared(thread, unknown, true));
  for (const wrong of [request("ack"), request("ack", { delivery: 1 })])
    assert.throws(() => prepared(thread, wrong, true), BadRequest);
  assert.throws(() => prepared(thread, request("receive")), BadRequest);
});

test("what is published is what a put takes", () => {
  const thread = threadWith({ publish: (bytes) => void assert.ok(bytes.equals(makeItem(ITEM))) });
  assert.deepEqual(made(prepared(thread, request("publish", { item: ITEM }))), {});
  assert.throws(() => prepared(thread, request("publish")), BadRequest);
  assert.throws(() => prepared(thread, request("publish", { json: 1 })), Unsupported);
});

test("what is done to the server", () => {
  const told = [];
  const tell = (value) => ({ value: told.push(value) }); // which no answer has
  const thread = threadWith({ stop_server: tell, freeze_server: tell, fill_server: tell });
  for (const each of [request("stop_server"), request("stop_server", { orderly: false }),
    request("freeze_server", { frozen: true }), request("fill_server", { full: false })])
    assert.deepEqual(made(prepared(thread, each)), {});
  assert.deepEqual(told, [true, false, true, false]);
  for (const what of ["freeze_server", "fill_server"])
    assert.throws(() => prepared(thread, request(what)), BadRequest);
});

test("each type has its own operations", () => {
  const thread = threadWith({ ready: () => 3 });
  assert.deepEqual(made(prepared(thread, request("ready"))), { value: 3 });
  assert.throws(() => prepared(thread, request("put", { item: ITEM })), Unsupported);
  assert.throws(() => prepared(thread, { ...request("ready"), on: "plain" }), Unsupported);
  assert.throws(() => prepared(thread, request("nack", { delivery: "d" })), Unsupported);
});

test("the options of a broker's queue are those that are declared", () => {
  const thread = threadWith();
  const options = { visibility: 0.5, patience: 3 };
  assert.deepEqual(creationOptions(thread, "broker_queue", options), options);
  assert.deepEqual(creationOptions(thread, "broker_queue", { maxsize: 1 }), {});
  assert.throws(() => creationOptions(thread, "broker_queue", { prefetch: 1 }), Unsupported);
  for (const wrong of [-1, "long", null])
    assert.throws(() => creationOptions(thread, "broker_queue", { visibility: wrong }), BadRequest);
  const prefetching = threadWith({}, ["prefetch"]);
  for (const wrong of [0, 1.5, "1"])
    assert.throws(() => creationOptions(prefetching, "broker_queue", { prefetch: wrong }), BadRequest);
});
