/** What all queues of brokers have in common here, whichever broker keeps them. */

import { setTimeout as delay } from "node:timers/promises";
import { ask } from "./keeper.js";

/** Seconds for which a call waits for an answer of the server, beyond the call's own timeout. */
export const PATIENCE = 30;

/** No item came in time. */
export class Empty extends Error {}
/** The server has no room. */
export class Full extends Error {}
/** The delivery is no longer held: it was settled, or its time has passed. */
export class NotHeld extends Error {}
/** The server is not there, or was lost during the call. */
export class ConnectionLost extends Error {}

class NoAnswer extends Error {}

/** Seconds on a clock that only grows. */
export const now = () => Number(process.hrtime.bigint()) / 1e9;

/**
 * A queue as one thread has it: a connection, made anew when the last one has ended.  A subclass has
 * `make`, which makes the queue on the server; `connect`, which makes a link, an object with `ready`,
 * `open`, `where`, `close` and, where it is known, `why` it is closed; `outcomeOf` an error, `refuses` for
 * one of a password; `take`, the next delivery if there is one by a deadline; and a method for each other
 * operation.
 */
export class BrokerQueue {
  constructor({ patience = PATIENCE }) {
    this.patience = patience;
    this.link = undefined;
  }

  /** The result of that work on a link; ConnectionLost when it takes longer than so many seconds. */
  async use(work, seconds = this.patience) {
    if (this.link && !this.link.open) this.close();
    this.link ??= this.connect();
    const { link } = this;
    let timer;
    const late = new Promise((_, reject) => {
      const tell = () => reject(new NoAnswer(`no answer within ${seconds} s`));
      timer = setTimeout(tell, Math.ceil(seconds * 1e3) + 1);
    });
    try {
      return await Promise.race([link.ready.then(() => work(link)), late]);
    } catch (error) {
      throw this.named(error, link);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The error of a call on a link, as what it is here; a link that was lost is closed. */
  named(error, link) {
    const known = this.outcomeOf(error, link);
    if (known) return known;
    if (error instanceof NotHeld || (link.open && !(error instanceof NoAnswer))) return error;
    this.close();
    const cause = link.why ?? error;
    const why = this.refuses(cause)
      ? ` refuses the client: ${cause.message}; the driver knows no password`
      : `: ${cause.message}; is it running, and does it answer?`;
    return new ConnectionLost(link.where + why, { cause });
  }

  async receive({ block, timeout }) {
    if (Number.isNaN(timeout)) throw new RangeError("a timeout is a number");
    const deadline = block ? now() + Math.max(timeout ?? Infinity, 0) : 0;
    for (;;) {
      const found = await this.take(deadline);
      if (found) return found;
      if (now() >= deadline) throw new Empty("nothing to deliver");
    }
  }

  /** Gives up the connection; the next call makes another. */
  close() {
    this.link?.close();
    this.link = undefined;
  }

  stop_server(orderly) {
    return ask({ do: "stop", signal: orderly ? "SIGTERM" : "SIGKILL" });
  }

  async start_server() {
    return (await ask({ do: "start" })).pid;
  }

  freeze_server(frozen) {
    return ask({ do: "signal", signal: frozen ? "SIGSTOP" : "SIGCONT" });
  }
}

/** Waits for so many seconds, or until the deadline if that is earlier. */
export async function wait(seconds, deadline) {
  const left = Math.min(seconds, deadline - now());
  if (left > 0) await delay(left * 1e3);
}
