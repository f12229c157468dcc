/** The process that keeps the broker's server (keeper.py), as the processes of this driver see it. */

import net from "node:net";
import path from "node:path";
import { isMainThread } from "node:worker_threads";
import { Defect } from "../../kit/javascript/index.js";

/** The folder of the server, which broker_driver.py has started. */
export const folder = process.env.PSQ_BROKER_FOLDER ?? "";

/**
 * Holds a connection to the keeper for as long as this process lives: the server ends with the last.
 * The root was given one by broker_driver.py.
 */
export function hold() {
  if (!isMainThread || !folder || (process.env.PSQ_ROLE ?? "root") === "root") return;
  const connection = net.connect(path.join(folder, "keeper"));
  connection.on("error", () => {}); // it is gone: calls will tell that the server is
  connection.unref();
}

/** Asks the keeper, and gives its answer. */
export async function ask(request) {
  const answer = JSON.parse(await exchanged(`${JSON.stringify(request)}\n`));
  if (answer.error) throw new Defect(answer.error);
  return answer;
}

function exchanged(line) {
  return new Promise((resolve, reject) => {
    const connection = net.connect(path.join(folder, "keeper"));
    let received = "";
    connection.setEncoding("utf8");
    connection.on("connect", () => connection.write(line));
    connection.on("data", (text) => {
      received += text;
      if (received.endsWith("\n")) resolve(received);
      if (received.endsWith("\n")) connection.destroy();
    });
    const gone = () => reject(new Defect("the process that keeps the broker's server is gone"));
    connection.on("error", gone);
    connection.on("close", gone); // which counts only where nothing was received
  });
}
