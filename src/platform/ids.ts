/** Ids: UUID version 7, so that rows made later sort later and an index grows at one end. */
import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';

/** Asking the system for randomness costs more than the rest of an id: it is fetched for many at a time. */
const pool = Buffer.alloc(4_000);
const RANDOM_BYTES = 10;
let used = pool.length;

/** One id, written over and over: its text is made in one piece, with nothing left behind in between. */
const text = Buffer.from('00000000-0000-7000-8000-000000000000');
const TIME = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12];
const VARIANT = 19;
const RANDOM = [15, 16, 17, 20, 21, 22, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35];
const DIGITS = Buffer.from('0123456789abcdef');
const digit = (value: number): number => DIGITS[value & 0x0f] ?? 0;
let written = 0;

/** RFC 9562 §5.7: 48 bits of milliseconds, then 74 random bits. */
export function newId(at: Date = new Date()): string {
  const ms = at.getTime();
  if (ms !== written) writeTime(ms);
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  text[VARIANT] = digit(0x08 | ((pool[used] ?? 0) & 0x03));
  for (let index = 0; index < RANDOM.length; index++)
    text[RANDOM[index] ?? 0] = digit((pool[used + 1 + (index >> 1)] ?? 0) >> (4 * (index & 1)));
  used += RANDOM_BYTES;
  return text.toString('latin1');
}

function writeTime(ms: number): void {
  assert(Number.isInteger(ms) && ms >= 0 && ms < 2 ** 48, 'a time');
  let rest = ms;
  for (const place of TIME.toReversed()) {
    text[place] = digit(rest % 16);
    rest = Math.floor(rest / 16);
  }
  written = ms;
}
