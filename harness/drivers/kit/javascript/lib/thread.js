/** One thread that does requests: main, or a worker thread of a name. */

import fs from "node:fs";
import { receiveMessageOnPort } from "node:worker_threads";
import { BadRequest, Defect, Unsupported, errorFields, refusal } from "./errors.js";
import { perform } from "./perform.js";

const now = () => process.hrtime.bigint();

/** The kernel's id of the calling thread. */
const threadId = () => Number(fs.readlinkSync("/proc/thread-self").split("/").pop());

/** Times have more digits than a number of JavaScript holds. */
const withTimes = (fields, invoked, returned) =>
  `${JSON.stringify(fields).slice(0, -1)},"invoked":${invoked},"returned":${returned}}`;

/** What a thread knows of the process: its I/O thread, which keeps the objects and the children. */
export class Thread {
  /**
   * @param {import("../index.js").Adapter} adapter
   * @param {object} hello What the root's hello declares.
   * @param {import("node:worker_threads").MessagePort} port To the I/O thread, for requests and lines.
   * @param {import("node:worker_threads").MessagePort} replies What the I/O thread replies to `ask`.
   */
  constructor(adapter, hello, port, replies) {
    this.adapter = adapter;
    this.hello = hello;
    this.port = port;
    this.replies = replies;
    this.opened = new Map();
    this.work = Promise.resolve();
    port.on("message", (message) => {
      this.work = this.work.then(() => this.take(message)).catch((error) => this.defect(error));
    });
  }

  /** Ask the I/O thread for something, and wait without serving anything else. */
  ask(question) {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    this.port.postMessage({ ...question, flag });
    Atomics.wait(flag, 0, 0);
    const { refused, value } = receiveMessageOnPort(this.replies).message;
    if (!refused) return value;
    throw new (refused.outcome === "unsupported" ? Unsupported : BadRequest)(refused.error.message);
  }

  /** The object of that name, opened in this thread. */
  find(name) {
    const { type, description, key } = this.ask({ ask: "find", name });
    if (!this.opened.has(key)) this.opened.set(key, { type, object: this.adapter.open(type, description) });
    return this.opened.get(key);
  }

  line(text) {
    this.port.postMessage({ line: text });
  }

  /** Make the call, with the readings of the clock beside it; returns the text of its message. */
  async timed(head, announce, type, operation, call, value) {
    if (announce) this.line(JSON.stringify({ ...announce, tid: threadId(), at: 0 }).replace(/0}$/, `${now()}}`));
    let fields;
    let made;
    let returned;
    const invoked = now();
    try {
      const result = call();
      made = result instanceof Promise ? await result : result;
      returned = now();
    } catch (error) {
      returned = now();
      if (error instanceof Defect) throw error;
      fields = refusal(error) ?? this.failed(error, type, operation);
    }
    fields ??= { outcome: "ok", ...value(made) };
    return { text: withTimes({ ...head, ...fields }, invoked, returned), outcome: fields.outcome };
  }

  failed(error, type, operation) {
    return { outcome: this.adapter.outcome(error, type, operation) ?? "raised", error: errorFields(error) };
  }

  async take(message) {
    if (message.dropped !== undefined) return this.forget(message.dropped);
    const { request } = message;
    try {
      const text = await perform(this, request);
      if (text !== undefined) this.line(text);
    } catch (error) {
      const fields = refusal(error);
      if (!fields) throw error;
      this.line(JSON.stringify({ id: request.id, ...fields }));
    }
  }

  forget(key) {
    const found = this.opened.get(key);
    this.opened.delete(key);
    if (found) this.adapter.close?.(found.object, found.type);
  }

  defect(error) {
    console.error(error);
    this.ask({ ask: "defect", text: JSON.stringify({ defect: errorFields(error) }) });
    process.reallyExit(70);
  }
}
