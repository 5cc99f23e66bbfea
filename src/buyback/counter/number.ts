/**
 * Numbers that the house gives tills in advance, so that a card taken offline has its receipt at once. Each is an id
 * and a tag that only we can make: a number nobody was given is told apart without asking the database.
 */
import { type Keys, newId, Refused, sameBytes } from '#platform';
import { hexOfId, ID_BYTES, idOfHex, readNumber, TAG_BYTES, writeNumber } from './domain.ts';

export interface Slip {
  readonly id: string;
  /** On the receipt. */
  readonly number: string;
  /** In the address at which the seller answers. */
  readonly token: string;
}

const tagOf = (keys: Keys, id: string): Buffer =>
  keys.fingerprint('counter/receipt', id).subarray(0, TAG_BYTES);
const keyOf = (keys: Keys, id: string): Buffer =>
  keys.fingerprint('counter/seller', id).subarray(0, ID_BYTES);

export const slipOf = (keys: Keys, id: string): Slip => {
  const bytes = Buffer.from(hexOfId(id), 'hex');
  return {
    id,
    number: writeNumber(Buffer.concat([bytes, tagOf(keys, id)])),
    token: Buffer.concat([bytes, keyOf(keys, id)]).toString('base64url'),
  };
};

export const freshSlips = (keys: Keys, count: number, at: Date): Slip[] =>
  Array.from({ length: count }, () => slipOf(keys, newId(at)));

/** The id in a receipt's number. Refuses receipt_unknown: mistyped, or never issued by us. */
export function idOfNumber(keys: Keys, typed: string): string {
  const bytes = readNumber(typed);
  if (!bytes) throw new Refused('receipt_unknown');
  const id = idOfHex(Buffer.from(bytes.subarray(0, ID_BYTES)).toString('hex'));
  if (!sameBytes(Buffer.from(bytes.subarray(ID_BYTES)), tagOf(keys, id)))
    throw new Refused('receipt_unknown');
  return id;
}

/** The id in the seller's address. Refuses not_found. */
export function idOfToken(keys: Keys, token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 2 * ID_BYTES) throw new Refused('not_found');
  const id = idOfHex(bytes.subarray(0, ID_BYTES).toString('hex'));
  if (!sameBytes(bytes.subarray(ID_BYTES), keyOf(keys, id))) throw new Refused('not_found');
  return id;
}
