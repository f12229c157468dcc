/**
 * The I/O thread of a process. It reads requests, hands them to threads, writes all lines, and keeps
 * what the threads share: the names of objects, and the children. It never makes a call on an object.
 */

import childProcess from "node:child_process";
import net from "node:net";
import { Worker, MessageChannel, workerData } from "node:worker_threads";
import { BadRequest, errorFields, refusal } from "./errors.js";
import { text, boolean } from "./fields.js";

const LONGEST_LINE = 1 << 20;
const { path, script, hello, role, given, main, mainReplies } = workerData;

const objects = new Map();
const children = new Map();
const deliveries = new Map();
const threads = new Map();
let newest = 0;

const socket = net.connect(path);
const write = (line, done) => socket.write(`${line}\n`, done);

function addObject(name, type, description) {
  objects.set(name, { type, description, key: ++newest });
}

function find(name) {
  if (!objects.has(name)) throw new BadRequest(`there is no object ${name}`);
  return objects.get(name);
}

function child(name) {
  if (!children.has(name)) throw new BadRequest(`there is no child ${name}`);
  return children.get(name);
}

function delivery(name) {
  if (!deliveries.has(name)) throw new BadRequest(`there is no delivery ${name}: name it with receive first`);
  return deliveries.get(name);
}

/** The questions of threads; each answer may be a promise. */
const answers = {
  find: ({ name }) => find(name),
  free: ({ name }) => {
    if (objects.has(name)) throw new BadRequest(`there is an object ${name}`);
  },
  add: ({ name, type, description }) => addObject(name, type, description),
  drop: ({ name }) => {
    const { key } = find(name);
    objects.delete(name);
    for (const { port } of threads.values()) port.postMessage({ dropped: key });
  },
  deliver: ({ name, delivery: what }) => void deliveries.set(name, what),
  delivery: ({ name }) => delivery(name),
  may_spawn: ({ name, objects: names }) => {
    if (name === "root" || children.has(name)) throw new BadRequest(`there is a process ${name}`);
    names.forEach(find);
  },
  spawn: ({ name, objects: names, daemon }) => spawn(name, names, daemon),
  child: ({ name }) => void child(name),
  join_process: ({ name, seconds }) => joined(child(name), seconds),
  exit_code: ({ name }) => child(name).code,
  terminate: ({ name }) => void child(name).process.kill("SIGTERM"),
  kill: ({ name }) => void child(name).process.kill("SIGKILL"),
  drop_process: ({ name }) => void (child(name) && children.delete(name)),
  end_thread: ({ name }) => {
    threads.get(name)?.worker.terminate();
    threads.delete(name);
  },
  end: ({ text: line }) => {
    for (const { process: each, daemon } of children.values()) if (daemon) each.kill("SIGTERM");
    return new Promise((resolve) => write(line, () => resolve()));
  },
  defect: ({ text: line }) => new Promise((resolve) => write(line, () => resolve())),
};

function spawn(name, names, daemon) {
  const objectsGiven = names.map((each) => [each, find(each).type, find(each).description]);
  const environment = { ...process.env, PSQ_SOCKET: path, PSQ_ROLE: name, PSQ_GIVEN: JSON.stringify(objectsGiven) };
  const started = childProcess.spawn(process.execPath, [script], {
    env: environment,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const made = { process: started, daemon, code: null, ended: undefined };
  const signals = { SIGHUP: 1, SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGUSR1: 10, SIGSEGV: 11, SIGTERM: 15 };
  made.ended = new Promise((resolve) => {
    started.on("exit", (code, signal) => {
      made.code = signal ? -(signals[signal] ?? 128) : code;
      resolve();
    });
  });
  children.set(name, made);
  return started.pid;
}

async function joined(of, seconds) {
  if (of.code !== null) return true;
  const waits = [of.ended];
  let timer;
  if (seconds !== null && seconds < 2e6)
    waits.push(new Promise((resolve) => (timer = setTimeout(resolve, Math.max(seconds, 0) * 1000))));
  await Promise.race(waits);
  clearTimeout(timer);
  return of.code !== null;
}

async function reply(port, replies, { ask, flag, ...question }) {
  let message;
  try {
    message = { value: await answers[ask](question) };
  } catch (error) {
    message = { refused: refusal(error) ?? { outcome: "bad_request", error: errorFields(error) } };
  }
  replies.postMessage(message);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

function serveThread(port, replies) {
  port.on("message", (message) => (message.ask ? reply(port, replies, message) : write(message.line)));
}

function thread(name) {
  if (!threads.has(name)) {
    const requests = new MessageChannel();
    const answered = new MessageChannel();
    const worker = new Worker(script, {
      workerData: { psq: { hello, port: requests.port2, replies: answered.port2 } },
      transferList: [requests.port2, answered.port2],
    });
    serveThread(requests.port1, answered.port1);
    threads.set(name, { port: requests.port1, worker });
  }
  return threads.get(name);
}

function take(line) {
  let request;
  try {
    request = parse(line);
    text(request.do, "do");
    boolean(request.began ?? false, "began");
    thread(text("thread" in request ? request.thread : "main", "thread")).port.postMessage({ request });
  } catch (error) {
    const id = typeof request?.id === "number" ? request.id : null;
    write(JSON.stringify({ id, ...(refusal(error) ?? refusal(new BadRequest(String(error)))) }));
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parse(line) {
  if (line.length >= LONGEST_LINE) throw new BadRequest("a line has at most 1048576 bytes");
  const request = JSON.parse(utf8.decode(line));
  if (typeof request !== "object" || request === null || Array.isArray(request))
    throw new BadRequest("a request must be a JSON object");
  if (typeof request.id !== "number") {
    throw new BadRequest("a request needs an id, a number");
  }
  return request;
}

for (const [name, type, description] of given) addObject(name, type, description);
threads.set("main", { port: main });
serveThread(main, mainReplies);
const line = { hello: 1, role, pid: process.pid, ...(role === "root" ? hello : {}) };
socket.on("connect", () => write(JSON.stringify(line)));
socket.on("error", () => process.kill(process.pid, "SIGKILL"));
socket.on("end", () => process.kill(process.pid, "SIGKILL"));

let pending = [];
socket.on("data", (chunk) => {
  for (let rest = chunk; rest.length > 0; ) {
    const end = rest.indexOf(10);
    pending.push(end < 0 ? rest : rest.subarray(0, end));
    if (end < 0) return;
    take(Buffer.concat(pending));
    pending = [];
    rest = rest.subarray(end + 1);
  }
});
