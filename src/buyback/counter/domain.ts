/** What is true at a counter: how a receipt's number is written, which day a card counts on, when a count is right. Pure. */
import { addDays, HOUR } from '#platform';

/** A seller who stands at the till decides now; one whose card was taken offline may have gone home. */
export const AT_TILL_MS = 2 * HOUR;
export const LATER_MS = 24 * HOUR;
/** A till that was offline longer than this keeps no promise: the card is given back. */
export const OFFLINE_MS_MAX = 48 * HOUR;
/** How far a till's clock may run ahead of ours. */
export const CLOCK_MS_MAX = HOUR;

export const ID_BYTES = 16;
export const TAG_BYTES = 6;
/** Crockford's: no I, L, O or U, so that a number survives being read out. */
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SYMBOL_BITS = 5;
const NUMBER_LENGTH = Math.ceil(((ID_BYTES + TAG_BYTES) * 8) / SYMBOL_BITS);
const GROUP = 6;

/** Id and tag as people read it: six groups of six. */
export function writeNumber(bytes: Uint8Array): string {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  let text = '';
  for (let at = 0; at < NUMBER_LENGTH; at++) {
    text = SYMBOLS[Number(bits & 31n)] + text;
    bits >>= BigInt(SYMBOL_BITS);
  }
  return (text.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join('-');
}

/** The bytes of a number as typed; undefined when it is none. */
export function readNumber(typed: string): Uint8Array | undefined {
  const text = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (text.length !== NUMBER_LENGTH) return undefined;
  let bits = 0n;
  for (const symbol of text) {
    const value = SYMBOLS.indexOf(symbol);
    if (value < 0) return undefined;
    bits = (bits << BigInt(SYMBOL_BITS)) | BigInt(value);
  }
  const bytes = new Uint8Array(ID_BYTES + TAG_BYTES);
  for (let at = bytes.length - 1; at >= 0; at--) {
    bytes[at] = Number(bits & 255n);
    bits >>= 8n;
  }
  return bits === 0n ? bytes : undefined;
}

export const hexOfId = (id: string): string => id.replaceAll('-', '');
export const idOfHex = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;

/** A closed day never changes: what comes after it counts on the next one. */
export const dayToBook = (today: string, closedThrough: string | null): string =>
  closedThrough !== null && closedThrough >= today ? addDays(closedThrough, 1) : today;

/** May this day be closed now? It has begun, and no later one is closed. */
export const mayClose = (day: string, today: string, closedThrough: string | null): boolean =>
  day <= today && (closedThrough === null || day > closedThrough);

/** Is the time at which the till says it took the card believable? */
export const isPlausible = (takenAt: Date, at: Date): boolean =>
  takenAt.getTime() <= at.getTime() + CLOCK_MS_MAX &&
  takenAt.getTime() >= at.getTime() - OFFLINE_MS_MAX;
