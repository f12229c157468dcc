/** Items: bytes that say who made them, with filler of which every byte can be checked. */

import { BadRequest } from "./errors.js";

const MAGIC = 0x8f71736a;
const HEADER = 17;
const BLOCK = 4093; // a prime: no power of two shifts the filler onto itself

/** The least size of an item, enough for a name of 47 bytes. */
export const LEAST_ITEM_BYTES = 64;

/**
 * The bytes of an item, exactly `size` of them.
 *
 * @param {{from: string, seq: number, size: number}} item
 * @returns {Buffer}
 */
export function makeItem({ from, seq, size }) {
  const name = Buffer.from(from);
  if (name.length > 255 || size < HEADER + name.length) {
    throw new BadRequest(`${size} bytes are too few for an item from a name of ${name.length}`);
  }
  const bytes = Buffer.allocUnsafe(size);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(size, 4);
  bytes.writeBigUInt64BE(BigInt(seq), 8);
  bytes.writeUInt8(name.length, 16);
  name.copy(bytes, HEADER);
  const start = HEADER + name.length;
  bytes.fill(block(bytes.subarray(0, start)), start);
  return bytes;
}

/**
 * The value of an answer for bytes that were received: an item, whole or broken; undefined for
 * bytes that are no item.
 *
 * @param {Uint8Array} received
 */
export function checkItem(received) {
  const bytes = Buffer.from(received.buffer, received.byteOffset, received.byteLength);
  if (bytes.length < HEADER || bytes.readUInt32BE(0) !== MAGIC) return undefined;
  const name = bytes.subarray(HEADER, HEADER + bytes.readUInt8(16));
  const item = { from: name.toString(), seq: Number(bytes.readBigUInt64BE(8)), size: bytes.readUInt32BE(4) };
  const whole = item.size === bytes.length && name.length === bytes.readUInt8(16);
  return { ...item, intact: whole && bytes.equals(makeItem(item)) };
}

function block(header) {
  let state = 2166136261;
  for (const byte of header) state = Math.imul(state ^ byte, 16777619);
  const bytes = Buffer.allocUnsafe(BLOCK);
  for (let i = 0; i < BLOCK; ++i) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
