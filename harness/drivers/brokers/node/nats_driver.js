/**
 * Queues of NATS JetStream: a stream whose messages are gone when they are acknowledged, with one
 * durable consumer, from which each receive pulls one message.
 */

import { randomUUID } from "node:crypto";
import { serveBroker } from "./driver.js";
import { load } from "./modules.js";
import { BrokerQueue, Full, NotHeld, now } from "./queue.js";

const [{ connect, nanos, AckPolicy, DiscardPolicy, RetentionPolicy, StorageType }] = load("nats");

const VISIBILITY = 30; // seconds, the server's own
const ADDRESS = process.env.PSQ_BROKER_ADDRESS;
const DURABLE = "consumer";
const [NO_MESSAGES, PULL_EXPIRED] = ["404", "408"];
const NO_ROOM = [10077, 10023]; // of the stream, of the server
const LARGEST_ITEM = 8 << 20;
const LONGEST = 86_400_000; // milliseconds: the queue's patience ends calls before

/** A connection, and what it has of JetStream. */
class Link {
  constructor(patience) {
    this.where = `NATS at ${ADDRESS}`;
    // A call ends when the connection does; the next one connects again.
    this.ready = connect({ servers: ADDRESS, reconnect: false, timeout: patience * 1e3 }).then(async (client) => {
      this.client = client;
      this.lost = client.closed().then((error) => Promise.reject(error ?? new Error("the connection was closed")));
      this.lost.catch(() => {});
      this.jetstream = client.jetstream({ timeout: LONGEST });
      this.manager = await client.jetstreamManager({ checkAPI: false, timeout: LONGEST });
    });
  }

  get open() {
    return this.client?.isClosed() === false;
  }

  close() {
    this.ready.then(
      () => this.client.close(),
      () => {},
    );
  }
}

class NatsQueue extends BrokerQueue {
  constructor(description) {
    super(description);
    const { name, visibility = VISIBILITY } = description;
    Object.assign(this, { name, visibility, dead: `${name}-dead` });
    // The server answers a second ack as it does the first.
    this.settled = new Set();
  }

  connect() {
    return new Link(this.patience);
  }

  outcomeOf(error, link) {
    if (!NO_ROOM.includes(error.api_error?.err_code)) return undefined;
    const remedy = "raise the stream's max_bytes, or let consumers settle what it has";
    return new Full(`${link.where} has no room: ${error.api_error.description}; ${remedy}`);
  }

  refuses(error) {
    return error.code === "AUTHORIZATION_VIOLATION" || error.code === "AUTHENTICATION_TIMEOUT";
  }

  make() {
    const stored = { storage: StorageType.File, discard: DiscardPolicy.New };
    return this.use(async ({ manager }) => {
      await manager.streams.add({ name: this.dead, subjects: [this.dead], ...stored });
      await manager.streams.add({
        name: this.name,
        subjects: [this.name],
        retention: RetentionPolicy.Workqueue,
        ...stored,
      });
      await manager.consumers.add(this.name, {
        durable_name: DURABLE,
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(this.visibility * 1e3),
        max_deliver: -1,
        max_ack_pending: -1,
      });
    });
  }

  async publish(bytes) {
    await this.use(({ jetstream }) => jetstream.publish(this.name, bytes));
  }

  /** Pulls for no longer than half the patience, so that a silent server is noticed. */
  async take(deadline) {
    const seconds = Math.max(Math.min(deadline - now(), this.patience / 2), 0);
    // A pull is not told of the end of its connection.
    const pull = ({ jetstream, lost }) =>
      Promise.race([jetstream.pull(this.name, DURABLE, Math.ceil(seconds * 1e3)), lost]);
    try {
      const message = await this.use(pull, seconds + this.patience);
      const delivery = { id: randomUUID(), reply: message.reply, data: new Uint8Array(message.data) };
      return { value: message.data, count: message.info.deliveryCount, delivery };
    } catch (error) {
      if (error.code === NO_MESSAGES || error.code === PULL_EXPIRED) return undefined;
      throw error;
    }
  }

  ack(delivery) {
    return this.settle(delivery, "+ACK");
  }

  nack(delivery) {
    return this.settle(delivery, "-NAK");
  }

  /** The server has no dead letters: a second stream has them. */
  reject(delivery) {
    return this.settle(delivery, "+TERM", ({ jetstream }) => jetstream.publish(this.dead, delivery.data));
  }

  async settle(delivery, word, before) {
    await this.answered(delivery, word, before);
    this.settled.add(delivery.id);
  }

  extend(delivery) {
    return this.answered(delivery, "+WPI");
  }

  /** Tells the server, and waits until it has taken that in. Any thread may do so. */
  async answered({ id, reply }, word, before = () => undefined) {
    if (this.settled.has(id)) throw new NotHeld("the delivery was settled");
    await this.use(async (link) => {
      await before(link);
      await link.client.request(reply, word, { timeout: LONGEST });
    });
  }

  ready() {
    return this.use(async ({ manager }) => (await manager.consumers.info(this.name, DURABLE)).num_pending);
  }

  dead_letters() {
    return this.use(async ({ manager }) => (await manager.streams.info(this.dead)).state.messages);
  }

  /** A stream with no room for more than it has refuses what is published. */
  async fill_server(full) {
    await this.use(async ({ manager }) => {
      const { state } = await manager.streams.info(this.name);
      await manager.streams.update(this.name, { max_bytes: full ? Math.max(state.bytes, 1) : -1 });
    });
  }
}

serveBroker(
  {
    name: "nats",
    version: () => process.env.PSQ_BROKER_VERSION,
    Queue: NatsQueue,
    limits: { max_item_bytes: LARGEST_ITEM },
  },
  import.meta.url,
);
