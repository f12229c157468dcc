/** The main thread of a process, and the threads that the kit loads the driver's module in. */

import { fileURLToPath } from "node:url";
import { MessageChannel, Worker, isMainThread, workerData } from "node:worker_threads";
import { Thread } from "./thread.js";

/**
 * Serves the controller until it asks for the end. To be called at the top of the driver's module.
 * Without a controller it says so on standard error, and ends the program with status 64.
 *
 * @param {import("../index.js").Adapter} adapter
 * @param {string} url The module's own `import.meta.url`.
 */
export function serve(adapter, url) {
  if (!isMainThread) {
    const { hello, port, replies } = workerData.psq;
    new Thread(adapter, hello, port, replies);
    return;
  }
  const path = process.env.PSQ_SOCKET;
  if (!path) {
    console.error("psq driver: PSQ_SOCKET is not set: the controller starts a driver; try psq driver-check");
    process.exit(64);
  }
  const hello = { language: "javascript", start_method: "spawn", ...adapter.hello() };
  const requests = new MessageChannel();
  const answered = new MessageChannel();
  const data = {
    path,
    hello,
    script: fileURLToPath(url),
    role: process.env.PSQ_ROLE ?? "root",
    given: JSON.parse(process.env.PSQ_GIVEN ?? "[]"),
    main: requests.port1,
    mainReplies: answered.port1,
  };
  const io = new Worker(new URL("./io.js", import.meta.url), {
    workerData: data,
    transferList: [requests.port1, answered.port1],
  });
  io.on("error", (error) => {
    console.error(error);
    process.reallyExit(70);
  });
  new Thread(adapter, hello, requests.port2, answered.port2);
}
