/**
 * Queues of BullMQ on Redis, whose jobs a consumer fetches itself: a delivery is an active job with a
 * lock, which lasts for the visibility timeout.
 */

import { randomUUID } from "node:crypto";
import path from "node:path";
import { serveBroker } from "./driver.js";
import { folder } from "./keeper.js";
import { load, versionOf } from "./modules.js";
import { BrokerQueue, Full, NotHeld, wait } from "./queue.js";

const [{ Job, Queue, UnrecoverableError, Worker, ErrorCode }, Redis] = load("bullmq", "ioredis");

const VISIBILITY = 30; // seconds, BullMQ's own
const LOOKS_AGAIN = 0.02; // seconds: a fetch that waits tells of no lost connection
const LONGEST_CHECK = 30_000; // milliseconds between two looks for stalled jobs, BullMQ's own
const SERVER = path.join(folder, "server");
// However often a job fails or stalls, it is not given up unless a consumer says so.
const FOR_EVER = Number.MAX_SAFE_INTEGER;
const JOB = { attempts: FOR_EVER, removeOnComplete: true };
const NOT_HELD = [ErrorCode.JobNotExist, ErrorCode.JobLockNotExist, ErrorCode.JobNotInState, ErrorCode.JobLockMismatch];

/** A connection to Redis, and the objects of BullMQ that use it. */
class Link {
  constructor(name, visibility) {
    this.where = `Redis at ${SERVER}`;
    this.name = name;
    this.lockDuration = Math.max(Math.round(visibility * 1e3), 1);
    this.redis = new Redis({
      path: SERVER,
      lazyConnect: true,
      maxRetriesPerRequest: null, // a Worker takes nothing else
      // A call ends when the connection does; the next one connects again.
      retryStrategy: () => null,
      enableOfflineQueue: false,
    });
    // The calls say only that the connection is closed.
    this.redis.on("error", (error) => (this.why = error));
    this.ready = this.redis.connect();
  }

  get open() {
    return this.redis.status === "ready";
  }

  get queue() {
    this.producer ??= quiet(new Queue(this.name, { connection: this.redis, defaultJobOptions: JOB }));
    return this.producer;
  }

  get worker() {
    this.consumer ??= quiet(
      new Worker(this.name, null, {
        connection: this.redis,
        autorun: false,
        lockDuration: this.lockDuration,
        stalledInterval: Math.min(Math.ceil(this.lockDuration / 10), LONGEST_CHECK),
        maxStalledCount: FOR_EVER,
      }),
    );
    return this.consumer;
  }

  /** The first fetch begins to look for stalled jobs, as `run` would. */
  async fetch(token) {
    this.checks ??= this.worker.startStalledCheckTimer();
    await this.checks;
    return this.worker.getNextJob(token, { block: false });
  }

  close() {
    this.consumer?.close(true);
    this.producer?.close();
    this.redis.disconnect();
  }
}

/** An emitter whose errors are those that calls tell. */
function quiet(emitter) {
  emitter.on("error", () => {});
  return emitter;
}

class BullQueue extends BrokerQueue {
  constructor(description) {
    super(description);
    const { name, visibility = VISIBILITY } = description;
    Object.assign(this, { name, visibility });
  }

  connect() {
    return new Link(this.name, this.visibility);
  }

  outcomeOf(error, link) {
    if (NOT_HELD.includes(error.code)) return new NotHeld(error.message);
    if (!/\bOOM\b/.test(error.message)) return undefined;
    const remedy = "raise its maxmemory, or let consumers settle what it has";
    return new Full(`${link.where} has no room: ${error.message}; ${remedy}`);
  }

  refuses(error) {
    return /NOAUTH|WRONGPASS|NOPERM/.test(error.message);
  }

  make() {
    return this.use(({ queue }) => queue.waitUntilReady());
  }

  async publish(bytes) {
    await this.use(({ queue }) => queue.add("item", { item: bytes.toString("base64") }));
  }

  async take(deadline) {
    const token = randomUUID();
    const job = await this.use((link) => link.fetch(token));
    if (!job) return wait(LOOKS_AGAIN, deadline);
    const delivery = { id: job.id, token };
    return { value: Buffer.from(job.data.item, "base64"), count: job.attemptsStarted, delivery };
  }

  ack({ id, token }) {
    return this.settle(id, (job) => job.moveToCompleted(null, token, false));
  }

  nack({ id, token }) {
    return this.settle(id, (job) => job.moveToFailed(new Error("given back"), token));
  }

  reject({ id, token }) {
    return this.settle(id, (job) => job.moveToFailed(new UnrecoverableError("rejected"), token));
  }

  extend({ id, token }) {
    return this.settle(id, async (job, { lockDuration }) => {
      if (!(await job.extendLock(token, lockDuration))) throw new NotHeld(`no lock of job ${id}`);
    });
  }

  /** Any thread may settle what another has received. */
  async settle(id, how) {
    await this.use(async (link) => {
      const job = await Job.fromId(link.worker, id);
      if (!job) throw new NotHeld(`there is no job ${id}`);
      await how(job, link);
    });
  }

  ready() {
    return this.use(({ queue }) => queue.getWaitingCount());
  }

  dead_letters() {
    return this.use(({ queue }) => queue.getFailedCount());
  }

  async fill_server(full) {
    await this.use(({ redis }) => redis.config("SET", "maxmemory", full ? "1" : "0"));
  }
}

serveBroker(
  {
    name: "bullmq",
    version: () => versionOf("bullmq"),
    Queue: BullQueue,
  },
  import.meta.url,
);
