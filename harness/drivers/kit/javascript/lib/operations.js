/** Operations on objects: what a request asks for, checked, as a call and what its result says. */

import { BadRequest, Unsupported } from "./errors.js";
import { checkItem, makeItem } from "./items.js";
import { boolean, integer, number, text, timeout } from "./fields.js";

const LONGEST_SHOWN = 65536;
const PLAIN = [
  ...["qsize", "empty", "full", "close", "join_thread", "cancel_join_thread", "task_done", "join"],
  ...["ready", "dead_letters", "start_server"],
];
const OF_DELIVERIES = ["ack", "nack", "reject", "extend"];
const plain = (value) => (value === undefined ? {} : { value });

/** By name: the call that a request asks for, and the fields of an answer with its result. */
const OPERATIONS = {
  put(thread, request) {
    const value = payload(thread, request);
    const waits = waiting(request);
    return { call: (queue) => queue.put(value, waits), gives: plain };
  },
  get(thread, request) {
    const waits = waiting(request);
    return { call: (queue) => queue.get(waits), gives: received };
  },
  publish(thread, request) {
    const value = payload(thread, request);
    return { call: (queue) => queue.publish(value), gives: plain };
  },
  receive(thread, request) {
    const waits = waiting(request);
    const name = text(request.as, "as");
    const gives = ({ value, count, delivery }) => {
      thread.ask({ ask: "deliver", name, delivery });
      return { value: { ...received(value).value, count } };
    };
    return { call: (queue) => queue.receive(waits), gives };
  },
  stop_server(thread, request) {
    const orderly = boolean(request.orderly ?? true, "orderly");
    return { call: (queue) => queue.stop_server(orderly), gives: () => ({}) };
  },
  freeze_server(thread, request) {
    const frozen = boolean(request.frozen, "frozen");
    return { call: (queue) => queue.freeze_server(frozen), gives: () => ({}) };
  },
  fill_server(thread, request) {
    const full = boolean(request.full, "full");
    return { call: (queue) => queue.fill_server(full), gives: () => ({}) };
  },
  ...Object.fromEntries(
    PLAIN.map((name) => [name, () => ({ call: (queue) => queue[name](), gives: plain })]),
  ),
  ...Object.fromEntries(OF_DELIVERIES.map((name) => [name, settling(name)])),
};

/**
 * What a request asks of an object.  An element of a list is checked before the list begins: the
 * delivery that it names need not have come by then.
 *
 * @returns {{type: string, object: object, call: (object: object) => any, gives: (result: any) => object}}
 */
export function prepared(thread, request, inAdvance = false) {
  const declaredAny = Object.values(thread.hello.capabilities.operations).flat();
  if (!Object.hasOwn(OPERATIONS, request.do) || !declaredAny.includes(request.do))
    throw new Unsupported(`${request.do} is not declared`);
  const { type, object } = thread.find(text(request.on, "on"));
  declared(thread, type, request.do);
  return { type, object, ...OPERATIONS[request.do](thread, request, inAdvance) };
}

/** Raises Unsupported where the hello does not declare the operation of that type. */
export function declared(thread, type, operation) {
  if (!thread.hello.capabilities.operations[type]?.includes(operation))
    throw new Unsupported(`${operation} of a ${type} is not declared`);
}

/** What a `create` of that type may say of the object. */
export function creationOptions(thread, type, request) {
  const { bounds = ["bounded", "unbounded"] } = thread.hello.capabilities;
  const options = {};
  const take = (field, option, read) => {
    if (request[field] === undefined) return;
    needOption(thread, option);
    options[field] = read(request[field], field);
  };
  if (type === "queue" || type === "joinable_queue") {
    options.maxsize = integer(request.maxsize ?? 0, "maxsize");
    const bound = options.maxsize > 0 ? "bounded" : "unbounded";
    if (!bounds.includes(bound)) throw new Unsupported(`no ${bound} queues are declared`);
  }
  if (type === "joinable_queue")
    take("unfinished", "preset_unfinished", (value, what) => integer(value, what, 0));
  if (type === "broker_queue") {
    take("visibility", "visibility", number);
    take("prefetch", "prefetch", (value, what) => integer(value, what, 1));
    take("patience", "patience", number);
  }
  return options;
}

function settling(name) {
  return (thread, request, inAdvance) => {
    const named = text(request.delivery, "delivery");
    const delivery = inAdvance ? undefined : thread.ask({ ask: "delivery", name: named });
    return { call: (queue) => queue[name](delivery), gives: plain };
  };
}

function waiting(request) {
  return { block: boolean(request.block ?? true, "block"), timeout: timeout(request.timeout ?? null) };
}

function needOption(thread, option) {
  if (!thread.hello.capabilities.options.includes(option)) throw new Unsupported(`${option} is not declared`);
}

function payload(thread, request) {
  if ((request.item === undefined) === (request.json === undefined))
    throw new BadRequest(`a ${request.do} needs one payload, an item or json`);
  const { limits } = thread.hello;
  if (request.json !== undefined) {
    needOption(thread, "json");
    return request.json;
  }
  const item = request.item;
  if (typeof item !== "object" || item === null) throw new BadRequest("an item must be an object");
  for (const option of ["fail", "failure", "slow", "same"])
    if (item[option] !== undefined) throw new Unsupported(`an item with ${option} is not declared`);
  text(item.from, "an item's from");
  integer(item.seq, "an item's seq", 0);
  integer(item.size, "an item's size", limits.item_bytes, limits.max_item_bytes ?? 0xffffffff);
  return makeItem(item);
}

function received(value) {
  if (!(value instanceof Uint8Array)) return { value: { json: value } };
  const item = checkItem(value);
  if (item) return { value: { item } };
  const shown = Buffer.from(value.subarray(0, LONGEST_SHOWN)).toString("hex");
  return { value: { bytes: shown, size: value.length } };
}
