/** What a card is on the chain, and what is signed about it: pure, so that contract, house and page agree. */
import assert from 'node:assert/strict';
import type { Hex } from 'viem';
import {
  concat,
  encodeAbiParameters,
  hexToBigInt,
  keccak256,
  numberToHex,
  pad,
  stringToBytes,
  stringToHex,
  toHex,
} from 'viem/utils';
import { type Fen, fen } from '#platform';
import { FEE_BPS, ZERO_WORD } from './schema.ts';

export {
  bidMessage,
  type Delivery,
  type Domain,
  exchangeDomain,
  FEE_BPS,
  listingMessage,
  typed,
  ZERO,
  ZERO_WORD,
} from './schema.ts';

const EXPIRY_BITS = 40n;

/**
 * High 216 bits: which card, by issuer and nullifier; low 40 bits: the second in which it expires, 0 for never. One
 * card has one id, whoever brings it, so that it cannot be minted twice.
 */
export function tokenIdOf(card: {
  issuerId: string;
  nullifier: Buffer;
  expiresAt: Date | undefined;
}): Hex {
  assert(card.nullifier.length === 32, 'a nullifier is an HMAC-SHA256');
  const hash = keccak256(concat([stringToBytes(card.issuerId), card.nullifier]));
  const which = hexToBigInt(hash) >> EXPIRY_BITS;
  const expiry = card.expiresAt ? BigInt(Math.floor(card.expiresAt.getTime() / 1000)) : 0n;
  assert(expiry < 1n << EXPIRY_BITS, 'an expiry fits 40 bits');
  return numberToHex((which << EXPIRY_BITS) | expiry, { size: 32 });
}

/** Number and PIN as the contract's two words: UTF-8, filled up with zeros. Longer ones are no card of ours. */
export function secretWords(secret: { number: string; pin: string | undefined }): [Hex, Hex] {
  const word = (text: string): Hex => {
    assert(stringToBytes(text).length <= 32, 'a number or PIN fits one word');
    return stringToHex(text, { size: 32 });
  };
  return [word(secret.number), secret.pin === undefined ? ZERO_WORD : word(secret.pin)];
}

/** What the verifier binds the card to: whoever knows number, PIN and salt can show that they are the ones attested. */
export function secretCommit(tokenId: Hex, [m0, m1]: readonly [Hex, Hex], salt: Buffer): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: 'uint256' }, { type: 'bytes32' }, { type: 'bytes32' }, { type: 'bytes32' }],
      [BigInt(tokenId), m0, m1, pad(toHex(salt), { size: 32 })],
    ),
  );
}

/** Rounded down, as the contract does it: the seller gets the rest. */
export const feeOf = (price: Fen): Fen => fen((price * BigInt(FEE_BPS)) / 10_000n);
