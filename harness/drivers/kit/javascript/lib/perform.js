/** What a request asks for, done on the thread that it names. */

import { setTimeout as delay } from "node:timers/promises";
import { BadRequest, Unsupported } from "./errors.js";
import { boolean, integer, names, text, timeout } from "./fields.js";
import { creationOptions, declared, prepared } from "./operations.js";

const OF_CHILDREN = ["join_process", "exit_code", "terminate", "kill", "drop_process"];
const LONGEST_DELAY = 2 ** 31 - 1; // milliseconds
const WAYS_TO_END = ["return", "exit", "exit_now", "raise"];

/** @returns {Promise<string | undefined>} The answer's line; nothing when another thread gives it. */
export async function perform(thread, request) {
  const head = { id: request.id };
  const announce = request.began ? { began: request.id } : undefined;
  const done = async (type, call, value = () => ({})) =>
    (await thread.timed(head, announce, type, request.do, call, value)).text;
  switch (request.do) {
    case "create":
      return done(request.type, creation(thread, request));
    case "drop":
      thread.ask({ ask: "find", name: text(request.on, "on") });
      return done("", () => thread.ask({ ask: "drop", name: request.on }));
    case "run":
      return run(thread, request);
    case "end":
      return end(thread, request, announce);
    case "spawn":
      return done("process", spawning(thread, request), (value) => ({ value }));
    case "end_thread":
      declared(thread, "process", "end_thread");
      if ((request.thread ?? "main") === "main") throw new BadRequest("main ends by end");
      thread.line(await done("process", () => undefined));
      return thread.ask({ ask: "end_thread", name: request.thread });
    default:
      if (OF_CHILDREN.includes(request.do)) return done("process", ofChild(thread, request), (value) => ({ value }));
      return (await operate(thread, request, head, announce)).text;
  }
}

function creation(thread, request) {
  const type = text(request.type, "type");
  const ofType = thread.hello.capabilities.operations[type];
  if (type === "process" || type === "connection" || !ofType?.length) throw new Unsupported(`no ${type} is declared`);
  const [name] = names(request.names, "names");
  const options = creationOptions(thread, type, request);
  thread.ask({ ask: "free", name });
  const add = (description) => thread.ask({ ask: "add", name, type, description });
  return () => {
    const made = thread.adapter.create(type, options);
    return made instanceof Promise ? made.then(add) : add(made);
  };
}

function spawning(thread, request) {
  declared(thread, "process", "spawn");
  const child = {
    name: text(request.name, "name"),
    objects: names(request.objects, "objects"),
    daemon: boolean(request.daemon ?? false, "daemon"),
  };
  thread.ask({ ask: "may_spawn", ...child });
  return () => thread.ask({ ask: "spawn", ...child });
}

function ofChild(thread, request) {
  declared(thread, "process", request.do);
  const name = text(request.on, "on");
  const seconds = request.do === "join_process" ? timeout(request.timeout ?? null) : null;
  thread.ask({ ask: "child", name });
  return () => thread.ask({ ask: request.do, name, seconds });
}

/** One operation on an object. @returns {Promise<{text: string, outcome: string}>} */
async function operate(thread, request, head, announce) {
  const { type, object, call, gives } = prepared(thread, request);
  return thread.timed(head, announce, type, request.do, () => call(object), gives);
}

async function run(thread, request) {
  if (!Array.isArray(request.operations)) throw new BadRequest("operations must be a list");
  for (const when of ["before_exit", "after_exit"])
    if (request[when]) throw new Unsupported(`${when} is not declared`);
  for (const step of request.operations) checkStep(thread, step);
  const begin = process.hrtime.bigint();
  const start = BigInt(request.start_at ?? 0);
  if (start > begin) sleep(Number(start - begin) / 1e6);
  let index = 0;
  for (const step of request.operations) {
    for (let i = 0; i < (step.repeat ?? 1); ++i) {
      if (step.do === "pause") {
        await pause(step.seconds);
        continue;
      }
      const head = { event: request.id, index };
      const announce = request.began ? { began: request.id, index } : undefined;
      const item = step.item && { ...step.item, seq: step.item.seq + i };
      const { text: line, outcome } = await operate(thread, { ...step, ...(item && { item }) }, head, announce);
      thread.line(line);
      index += 1;
      if (outcome !== "ok" && request.stop_on_error) return answer(request, index, begin);
    }
  }
  return answer(request, index, begin);
}

const answer = (request, value, begin) =>
  `${JSON.stringify({ id: request.id, outcome: "ok", value }).slice(0, -1)},"invoked":${begin},"returned":${process.hrtime.bigint()}}`;

function checkStep(thread, step) {
  if (typeof step !== "object" || step === null) throw new BadRequest("an operation must be an object");
  integer(step.repeat ?? 1, "repeat", 0);
  if (text(step.do, "do") !== "pause") prepared(thread, step, true);
  else if (!(step.seconds >= 0)) throw new BadRequest("a pause needs seconds");
}

/** At least so many milliseconds. */
function sleep(milliseconds) {
  const until = process.hrtime.bigint() + BigInt(Math.ceil(milliseconds * 1e6));
  const flag = new Int32Array(new SharedArrayBuffer(4));
  for (let left = 1n; left > 0n; left = until - process.hrtime.bigint())
    Atomics.wait(flag, 0, 0, Number(left) / 1e6);
}

/** At least so many seconds, in which what else the thread has begun goes on. */
async function pause(seconds) {
  const until = process.hrtime.bigint() + BigInt(Math.ceil(seconds * 1e9));
  for (let left; (left = until - process.hrtime.bigint()) > 0n; )
    await delay(Math.min(Number(left) / 1e6, LONGEST_DELAY));
}

async function end(thread, request, announce) {
  if (!WAYS_TO_END.includes(request.how)) throw new BadRequest(`how must be one of ${WAYS_TO_END.join(", ")}`);
  if ((request.thread ?? "main") !== "main") throw new BadRequest("a process ends on main");
  const leaves = request.how === "exit" || request.how === "exit_now";
  const status = leaves ? integer(request.status, "status", 0, 255) : 0;
  const made = await thread.timed({ id: request.id }, announce, "process", "end", () => undefined, () => ({}));
  thread.ask({ ask: "end", text: made.text });
  if (request.how === "exit_now") process.reallyExit(status);
  if (request.how === "raise") setImmediate(() => { throw new Error("the controller asked for an error"); });
  else process.exit(status);
}
