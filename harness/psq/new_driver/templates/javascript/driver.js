#!/usr/bin/env node
/** The driver of @NAME@: it says hello, and has nothing yet. The kit's index.js documents the adapter. */

import { LEAST_ITEM_BYTES, Unsupported, serve } from "psq-driver-kit";

serve(
  {
    hello: () => ({
      implementation: "@NAME@",
      version: "0",
      profiles: ["base"],
      // Such as { queue: ["put", "get"] }.
      capabilities: { operations: {}, options: [] },
      limits: { item_bytes: LEAST_ITEM_BYTES },
    }),

    // Makes a queue, and returns what describes it: a path, a port, a SharedArrayBuffer.
    create(type, options) {
      throw new Unsupported(`no ${type} yet, with ${options}`);
    },

    // The queue of that description, opened in this thread: an object with put, get, ...
    open(type, description) {
      throw new Unsupported(`no ${type} yet, at ${description}`);
    },

    // The outcome of each error of the implementation, such as "empty" and "full".
    outcome: () => undefined,
  },
  import.meta.url,
);
