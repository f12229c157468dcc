import assert from "node:assert/strict";
import test from "node:test";
import { BadRequest } from "../index.js";
import { boolean, integer, names, text, timeout } from "../lib/fields.js";

test("a timeout is seconds, null, or one of three names", () => {
  assert.equal(timeout(0.5), 0.5);
  assert.equal(timeout(null), null);
  assert.equal(timeout("-inf"), -Infinity);
  assert.ok(Number.isNaN(timeout("nan")));
  for (const wrong of ["soon", true, [], {}, "toString"]) assert.throws(() => timeout(wrong), BadRequest);
});

test("what makes no sense is a bad request", () => {
  for (const wrong of [undefined, null, 1, ""]) assert.throws(() => text(wrong, "name"), BadRequest);
  for (const wrong of [undefined, null, 1, "true"]) assert.throws(() => boolean(wrong, "block"), BadRequest);
  for (const wrong of [undefined, null, 1.5, -1, 256, "1"]) assert.throws(() => integer(wrong, "status", 0, 255), BadRequest);
  for (const wrong of [undefined, "q", [1], [""]]) assert.throws(() => names(wrong, "names"), BadRequest);
});
