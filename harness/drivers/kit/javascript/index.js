/**
 * What every driver written in JavaScript needs, except the implementation itself: the protocol of
 * spec/driver-protocol.md for Node.js 18 or newer, without dependencies.
 *
 *     import { serve } from "psq-driver-kit";
 *     serve({ hello, create, open, outcome }, import.meta.url);
 *
 * `serve` is called at the top of the driver's own module. The kit loads that module again in each
 * named thread, a worker thread of Node, and in each child, a process of its own. No thread sees an
 * object of another: `create` returns a description that can be cloned, and `open` makes an object
 * of it where it is used.
 *
 * @module
 */

export { BadRequest, Defect, Unsupported } from "./lib/errors.js";
export { LEAST_ITEM_BYTES, checkItem, makeItem } from "./lib/items.js";
export { serve } from "./lib/serve.js";

/**
 * What a `create` says of an object; times are seconds.
 *
 * @typedef {object} Options
 * @property {number} [maxsize] Of a queue: its bound, none when it is not positive.
 * @property {number} [unfinished] Of a joinable queue: the unfinished tasks that it begins with.
 * @property {number} [visibility] Of a broker's queue: how long a delivery is held.
 * @property {number} [prefetch] Of a broker's queue: how many unsettled deliveries a process has at most.
 * @property {number} [patience] Of a broker's queue: how long a call waits for an answer of the server.
 */

/**
 * The implementation under test. Each thread has one of its own.
 *
 * @typedef {object} Adapter
 * @property {() => object} hello The root's hello: `implementation`, `version`, `profiles`,
 *   `capabilities` and `limits`, as the protocol has them. The kit adds `language`, and
 *   `start_method` where it is absent.
 * @property {(type: string, options: Options) => any} create Makes an object; returns what describes
 *   it, a value that JSON can hold where children are given objects, or a promise of that.
 * @property {(type: string, description: any) => object} open An object whose methods are named as
 *   the operations: `put(value, {block, timeout})`, `get({block, timeout})`, `qsize()`, … `value` is a
 *   Buffer for an item and any other value for JSON. They may return promises. `timeout` is seconds
 *   as a number, or null for ever. A `broker_queue` has `publish(value)`; `receive({block, timeout})`,
 *   which gives `{value, count, delivery}`; `ack(delivery)`, `nack`, `reject`, `extend`; `ready()` and
 *   `dead_letters()`; `stop_server(orderly)`, `start_server()`, which gives the server's pid,
 *   `freeze_server(frozen)` and `fill_server(full)`. `delivery` is a value that can be cloned: any thread
 *   of the process may settle what another has received.
 * @property {(object: object, type: string) => void} [close] Gives up what `open` made, after a drop.
 * @property {(error: unknown, type: string, operation: string) => string | undefined} outcome The
 *   outcome of spec/outcomes.md for an error of the implementation; nothing for `raised`.
 */
