/** Ids: UUID version 7, so that rows made later sort later and an index grows at one end. */
import { randomFillSync } from 'node:crypto';

/** Asking the system for randomness costs more than the rest of an id: it is fetched for many at a time. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** RFC 9562 §5.7: 48 bits of milliseconds, then 74 random bits. */
export function newId(at: Date = new Date()): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.subarray(used, used + 16);
  used += 16;
  bytes.writeUIntBE(at.getTime(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
