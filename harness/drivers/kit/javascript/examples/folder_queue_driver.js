#!/usr/bin/env node
/**
 * A whole driver on one page: an unbounded queue of which each item is a file of a folder. Try it:
 * psq driver-check -- node folder_queue_driver.js
 */

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { LEAST_ITEM_BYTES, serve } from "../index.js";

// 1. The implementation. Yours is a package that you import; it knows nothing of psq.

class Empty extends Error {}

const pause = new Int32Array(new SharedArrayBuffer(4));

class FolderQueue {
  constructor(folder) {
    this.folder = folder;
  }

  numbers() {
    const names = fs.readdirSync(this.folder).filter((name) => /^\d+$/.test(name));
    return names.map(Number).sort((a, b) => a - b);
  }

  put(bytes) {
    const written = path.join(this.folder, `new-${process.pid}-${process.hrtime.bigint()}`);
    fs.writeFileSync(written, bytes);
    for (;;) {
      const number = (this.numbers().pop() ?? 0) + 1;
      try {
        fs.linkSync(written, path.join(this.folder, String(number)));
        break;
      } catch (error) {
        if (error.code !== "EEXIST") throw error; // another producer was faster: the next number
      }
    }
    fs.unlinkSync(written);
  }

  get({ block, timeout }) {
    const until = block ? Date.now() + (timeout ?? Infinity) * 1000 : 0;
    for (;;) {
      for (const number of this.numbers()) {
        const claimed = path.join(this.folder, `taken-${process.pid}-${process.hrtime.bigint()}`);
        try {
          fs.renameSync(path.join(this.folder, String(number)), claimed);
        } catch {
          continue; // another consumer was faster
        }
        const bytes = fs.readFileSync(claimed);
        fs.unlinkSync(claimed);
        return bytes;
      }
      if (!(Date.now() < until)) throw new Empty("the queue is empty");
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

// 2. The driver.

serve(
  {
    hello: () => ({
      implementation: "folder-queue",
      version: "1",
      profiles: ["base"],
      capabilities: {
        operations: {
          queue: ["put", "get", "qsize", "empty"],
          process: ["spawn", "join_process", "exit_code", "terminate", "kill", "drop_process", "end_thread"],
        },
        options: [],
        bounds: ["unbounded"],
      },
      limits: { item_bytes: LEAST_ITEM_BYTES },
    }),
    create: () => fs.mkdtempSync(path.join(os.tmpdir(), "folder-queue-")),
    open(type, folder) {
      const queue = new FolderQueue(folder);
      return {
        put: (bytes) => queue.put(bytes),
        get: (waits) => queue.get(waits),
        qsize: () => queue.numbers().length,
        empty: () => queue.numbers().length === 0,
      };
    },
    outcome: (error) => (error instanceof Empty ? "empty" : undefined),
  },
  import.meta.url,
);
