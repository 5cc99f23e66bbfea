/**
 * What an issuer signs for the exchange: that it voided a card's old PIN and gave the buyer a new one (EIP-712
 * `Reissued`). Written again here from the contract's words, so that the house's own is tested by a second hand.
 */
import { createHash } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1';
import {
  type Address,
  encodeAbiParameters,
  type Hex,
  hashTypedData,
  keccak256,
  serializeSignature,
  stringToHex,
} from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { numberToHex } from 'viem/utils';

/** What the house asks to have signed. The numbers are text: a card's id on the chain is longer than JSON can count. */
export interface ReissueTerms {
  chainId: number;
  exchange: Address;
  cardId: string;
  buyer: Address;
  nonce: number;
  deadline: number;
}

const TYPES = {
  Reissued: [
    { name: 'cardId', type: 'uint256' },
    { name: 'buyer', type: 'address' },
    { name: 'newCommit', type: 'bytes32' },
    { name: 'nonce', type: 'uint32' },
    { name: 'deadline', type: 'uint40' },
  ],
} as const;
const WORDS = [
  { type: 'uint256' },
  { type: 'bytes32' },
  { type: 'bytes32' },
  { type: 'bytes32' },
] as const;

/** Follows from the issuer's name, as the PINs do from the numbers: a chain learns a key only after days. */
const keyOf = (issuerId: string): Hex =>
  `0x${createHash('sha256').update(`issuer-simulator-chain-key|${issuerId}`).digest('hex')}`;

export const chainAddressOf = (issuerId: string): string =>
  privateKeyToAddress(keyOf(issuerId)).toLowerCase();

/** Number, PIN and salt as the contract binds them. */
export function commitTo(
  cardId: string,
  { number, pin, salt }: { number: string; pin: string; salt: string },
): Hex {
  const word = (text: string): Hex => stringToHex(text, { size: 32 });
  const saltWord: Hex = `0x${Buffer.from(salt, 'base64url').toString('hex')}`;
  return keccak256(encodeAbiParameters(WORDS, [BigInt(cardId), word(number), word(pin), saltWord]));
}

/** `wrongly`: by a key that no chain knows. */
export function signReissued(
  issuerId: string,
  { chainId, exchange, cardId, buyer, nonce, deadline }: ReissueTerms,
  newCommit: Hex,
  wrongly: boolean,
): Hex {
  const hash = hashTypedData({
    domain: { name: 'Huiquan Exchange', version: '1', chainId, verifyingContract: exchange },
    types: TYPES,
    primaryType: 'Reissued',
    message: { cardId: BigInt(cardId), buyer, newCommit, nonce, deadline },
  });
  const key = keyOf(wrongly ? `${issuerId}, wrongly` : issuerId);
  const { r, s, recovery } = secp256k1.sign(hash.slice(2), key.slice(2));
  return serializeSignature({
    ...{ r: numberToHex(r, { size: 32 }), s: numberToHex(s, { size: 32 }), yParity: recovery },
  });
}
