/** Reads the fields of a request; what makes no sense is a BadRequest. */

import { BadRequest } from "./errors.js";

const WORDS = { nan: NaN, inf: Infinity, "-inf": -Infinity };

export function text(value, what) {
  if (typeof value !== "string" || value === "") throw new BadRequest(`${what} must be a text`);
  return value;
}

export function boolean(value, what) {
  if (typeof value !== "boolean") throw new BadRequest(`${what} must be true or false`);
  return value;
}

export function integer(value, what, least = -Infinity, most = Infinity) {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new BadRequest(`${what} must be a whole number from ${least} to ${most}`);
  return value;
}

/** A number from 0 on. */
export function number(value, what) {
  if (typeof value !== "number" || !(value >= 0)) throw new BadRequest(`${what} must be a number of 0 or more`);
  return value;
}

export function names(value, what) {
  if (!Array.isArray(value)) throw new BadRequest(`${what} must be a list of names`);
  return value.map((name) => text(name, what));
}

/** Seconds, or null for ever. */
export function timeout(value) {
  if (value === null || typeof value === "number") return value;
  if (typeof value !== "string" || !Object.hasOwn(WORDS, value))
    throw new BadRequest("timeout must be seconds, null, nan, inf or -inf");
  return WORDS[value];
}
