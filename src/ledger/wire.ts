/** Arrays and ids in PostgreSQL's binary form, for parameters of statements that are sent all the time. */
import assert from 'node:assert/strict';

/** Numbers that PostgreSQL gives its types, for ever, and the bytes of a value. */
const INT2 = [21, 2] as const;
const INT4 = [23, 4] as const;
const INT8 = [20, 8] as const;
const UUID = [2950, 16] as const;
const TIMESTAMPTZ = [1184, 8] as const;
type WireType = readonly [oid: number, bytes: number];

const HEAD_BYTES = 20;
const LENGTH_BYTES = 4;
/** Times count from the beginning of 2000, in microseconds. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const MICROSECONDS = 1_000;
const HALF = 2 ** 32;

export const int2Array = (values: ArrayLike<number>): Buffer =>
  array(INT2, values, (view, place, value) => {
    view.setInt16(place, value);
    assert(view.getInt16(place) === value, `no int2: ${value}`);
  });

export const int4Array = (values: ArrayLike<number>): Buffer =>
  array(INT4, values, (view, place, value) => {
    view.setInt32(place, value);
    assert(view.getInt32(place) === value, `no int4: ${value}`);
  });

/** `int8[]` of numbers that have no more than 53 bits. */
export const int8Array = (values: ArrayLike<number>): Buffer => array(INT8, values, writeInt8);

/** `int8[]` of anything that int8 can hold. */
export const bigintArray = (values: ArrayLike<bigint>): Buffer =>
  array(INT8, values, (view, place, value) => {
    view.setBigInt64(place, value);
    assert(view.getBigInt64(place) === value, `no int8: ${value}`);
  });

/** `uuid[]`. An id that is none is a bug of the caller. */
export const uuidArray = (ids: ArrayLike<string>): Buffer => array(UUID, ids, writeUuid);

/** One `uuid`, under the same rule. */
export function uuid(id: string): Buffer {
  const buffer = Buffer.alloc(UUID[1]);
  writeUuid(new DataView(buffer.buffer, buffer.byteOffset), 0, id);
  return buffer;
}

/** `timestamptz[]` of milliseconds since 1970. */
export const timeArray = (times: ArrayLike<number>): Buffer =>
  array(TIMESTAMPTZ, times, (view, place, ms) => {
    assert(Number.isFinite(ms), 'a time');
    const time = (ms - EPOCH_MS) * MICROSECONDS;
    // From the year 2285 on that is more than 53 bits.
    if (Number.isSafeInteger(time)) writeInt8(view, place, time);
    else view.setBigInt64(place, BigInt(ms - EPOCH_MS) * BigInt(MICROSECONDS));
  });

/** One dimension, lower bound 1, no nulls; each value is preceded by its length. */
function array<T>(
  [oid, bytes]: WireType,
  values: ArrayLike<T>,
  write: (view: DataView, place: number, value: T) => void,
): Buffer {
  const count = values.length;
  const buffer = Buffer.alloc(HEAD_BYTES + count * (LENGTH_BYTES + bytes));
  const view = new DataView(buffer.buffer, buffer.byteOffset);
  view.setInt32(0, 1);
  view.setInt32(8, oid);
  view.setInt32(12, count);
  view.setInt32(16, 1);
  let place = HEAD_BYTES;
  for (let index = 0; index < count; index++) {
    view.setInt32(place, bytes);
    write(view, place + LENGTH_BYTES, values[index] as T);
    place += LENGTH_BYTES + bytes;
  }
  return buffer;
}

function writeInt8(view: DataView, place: number, value: number): void {
  assert(Number.isSafeInteger(value), `no more than 53 bits: ${value}`);
  view.setInt32(place, Math.floor(value / HALF));
  view.setInt32(place + 4, value | 0);
}

/** No capitals: the queue compares ids as texts, and one id in two writings would be two. */
const DIGITS = new Int8Array(128).fill(-1);
for (const digit of '0123456789abcdef') DIGITS[digit.charCodeAt(0)] = Number.parseInt(digit, 16);
const HYPHEN = '-'.charCodeAt(0);
const HYPHENS: readonly number[] = [8, 13, 18, 23];

function writeUuid(view: DataView, place: number, id: string): void {
  assert(id.length === 36 && HYPHENS.every((at) => id.charCodeAt(at) === HYPHEN), `an id: ${id}`);
  let wrong = 0;
  let to = place;
  for (let at = 0; at < 36; at += 2) {
    if (at === 8 || at === 13 || at === 18 || at === 23) at += 1;
    const high = DIGITS[id.charCodeAt(at)] ?? -1;
    const low = DIGITS[id.charCodeAt(at + 1)] ?? -1;
    wrong |= high | low;
    view.setUint8(to++, (high << 4) | low);
  }
  assert(wrong >= 0, `an id: ${id}`);
}
