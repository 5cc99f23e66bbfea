/** Arrays of ids and of times in PostgreSQL's binary form, for parameters of statements that are sent all the time. */
import assert from 'node:assert/strict';

/** Numbers that PostgreSQL gives its types, for ever. */
const UUID = 2950;
const TIMESTAMPTZ = 1184;

const HEAD_BYTES = 20;
const LENGTH_BYTES = 4;
/** Times count from the beginning of 2000, in microseconds. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const MICROSECONDS = 1_000n;

/** `uuid[]`. An id that is none is a bug of the caller. */
export function uuidArray(ids: readonly string[]): Buffer {
  const { buffer, place } = emptyArray(UUID, ids.length, 16);
  for (const [index, id] of ids.entries()) writeUuid(buffer, place(index), id);
  return buffer;
}

/** `timestamptz[]`. */
export function timeArray(times: readonly Date[]): Buffer {
  const { buffer, place } = emptyArray(TIMESTAMPTZ, times.length, 8);
  times.forEach((time, index) => {
    const ms = time.getTime();
    assert(Number.isFinite(ms), 'a time');
    buffer.writeBigInt64BE(BigInt(ms - EPOCH_MS) * MICROSECONDS, place(index));
  });
  return buffer;
}

/** One dimension, lower bound 1, no nulls; each item is preceded by its length. */
function emptyArray(
  type: number,
  count: number,
  itemBytes: number,
): { buffer: Buffer; place: (index: number) => number } {
  const step = LENGTH_BYTES + itemBytes;
  const buffer = Buffer.alloc(HEAD_BYTES + count * step);
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(type, 8);
  buffer.writeInt32BE(count, 12);
  buffer.writeInt32BE(1, 16);
  for (let index = 0; index < count; index++)
    buffer.writeInt32BE(itemBytes, HEAD_BYTES + index * step);
  return { buffer, place: (index) => HEAD_BYTES + index * step + LENGTH_BYTES };
}

const DIGITS = new Int8Array(128).fill(-1);
for (const digit of '0123456789abcdefABCDEF')
  DIGITS[digit.charCodeAt(0)] = Number.parseInt(digit, 16);
const HYPHEN = '-'.charCodeAt(0);
const HYPHENS: readonly number[] = [8, 13, 18, 23];

function writeUuid(buffer: Buffer, start: number, id: string): void {
  assert(id.length === 36 && HYPHENS.every((at) => id.charCodeAt(at) === HYPHEN), `an id: ${id}`);
  let wrong = 0;
  let to = start;
  for (let at = 0; at < 36; at += 2) {
    if (at === 8 || at === 13 || at === 18 || at === 23) at += 1;
    const high = DIGITS[id.charCodeAt(at)] ?? -1;
    const low = DIGITS[id.charCodeAt(at + 1)] ?? -1;
    wrong |= high | low;
    buffer[to++] = (high << 4) | low;
  }
  assert(wrong >= 0, `an id: ${id}`);
}
