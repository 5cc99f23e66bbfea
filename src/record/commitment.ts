/** Salted commitments: the record can prove later what a personal value was, and tells nobody what it is. */
import { randomBytes } from 'node:crypto';
import { hmac, sameBytes } from '#platform';

export interface Commitment {
  /** Goes into the record. */
  readonly commitment: string;
  /** Stays with the value, and is erased with it: then the commitment says nothing for ever. */
  readonly salt: string;
}

/** HMAC-SHA256 of the value under a fresh 256-bit salt, both in hex. */
export function commitment(value: string): Commitment {
  const salt = randomBytes(32);
  return { commitment: hmac(salt, value).toString('hex'), salt: salt.toString('hex') };
}

/** Is this the value that was committed to? */
export function opens(value: string, made: Commitment): boolean {
  const again = hmac(Buffer.from(made.salt, 'hex'), value);
  return sameBytes(again, Buffer.from(made.commitment, 'hex'));
}
