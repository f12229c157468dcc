/** Serves the queues of one broker to the suite. */

import { randomUUID } from "node:crypto";

import { LEAST_ITEM_BYTES, serve } from "../../kit/javascript/index.js";
import { hold } from "./keeper.js";
import { ConnectionLost, Empty, Full, NotHeld } from "./queue.js";

const OUTCOMES = [
  [Empty, "empty"],
  [Full, "full"],
  [NotHeld, "not_held"],
  [ConnectionLost, "connection_lost"],
  [RangeError, "invalid_argument"],
];

/**
 * @param {object} broker
 * @param {string} broker.name
 * @param {() => string} broker.version
 * @param {typeof import("./queue.js").BrokerQueue} broker.Queue Its `make` makes the queue on the server.
 * @param {object} [broker.limits] Those that are not the kit's.
 * @param {string} url The module's own `import.meta.url`.
 */
export function serveBroker({ name, version, Queue, limits = {} }, url) {
  if (process.argv.includes("--look")) return; // what is missing has been said by now
  hold();
  serve(
    {
      hello: () => ({
        implementation: `broker-${name}`,
        version: version(),
        profiles: ["broker"],
        capabilities: {
          operations: {
            broker_queue: ["publish", "receive", "ack", "nack", "reject", "extend", "ready", "dead_letters",
              "stop_server", "start_server", "freeze_server", "fill_server"],
            process: ["spawn", "join_process", "exit_code", "terminate", "kill", "drop_process", "end_thread"],
          },
          options: ["visibility", "patience"],
          bounds: ["unbounded"],
        },
        limits: { item_bytes: LEAST_ITEM_BYTES, ...limits },
      }),
      async create(_, options) {
        const description = { name: `queue-${randomUUID()}`, ...options };
        const queue = new Queue(description);
        await queue.make();
        queue.close();
        return description;
      },
      open: (_, description) => new Queue(description),
      close: (queue) => queue.close(),
      outcome: (error) => OUTCOMES.find(([kind]) => error instanceof kind)?.[1],
    },
    url,
  );
}
