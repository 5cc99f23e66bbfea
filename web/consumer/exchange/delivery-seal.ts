/**
 * The secret of a card on its way to a buyer, in the browser: the key of one sale, sealing to it, opening by it. The same
 * arithmetic as in contracts/secret.ts and in the contract, which decides a dispute.
 */
import { secp256k1 } from '@noble/curves/secp256k1';
import { type Address, encodeAbiParameters, type Hex, keccak256, stringToHex, toBytes } from 'viem';
import { publicKeyToAddress } from 'viem/utils';

/** Number, PIN and salt: three words. */
export type Words = readonly [Hex, Hex, Hex];
export interface Sealed {
  readonly x: string;
  readonly v: number;
  readonly c: readonly string[];
}
export interface SaleKey {
  /** Stays here; in a dispute it is opened to everybody. */
  readonly k: Hex;
  readonly publicKey: Hex;
  /** What the bid names. */
  readonly session: Address;
}

const { ProjectivePoint: Point, CURVE, utils } = secp256k1;
const WORD = 32;
const hex = (bytes: Uint8Array): Hex =>
  `0x${[...bytes].map((one) => one.toString(16).padStart(2, '0')).join('')}`;
const word = (value: bigint): Hex => `0x${value.toString(16).padStart(WORD * 2, '0')}`;

export const makeSaleKey = (): SaleKey => saleKeyOf(hex(utils.randomPrivateKey()));

/** Throws on what is no private key of the curve. */
export function saleKeyOf(k: Hex): SaleKey {
  const publicKey = hex(secp256k1.getPublicKey(toBytes(k), false));
  return { k, publicKey, session: publicKeyToAddress(publicKey).toLowerCase() as Address };
}

const FOUR_WORDS = [
  { type: 'uint256' },
  { type: 'bytes32' },
  { type: 'bytes32' },
  { type: 'bytes32' },
] as const;
const FOUR_NUMBERS = [
  { type: 'uint256' },
  { type: 'uint256' },
  { type: 'uint256' },
  { type: 'uint256' },
] as const;

export const commitOf = (cardId: bigint, [number, pin, salt]: Words): Hex =>
  keccak256(encodeAbiParameters(FOUR_WORDS, [cardId, number, pin, salt]));

/** As the house wrote them into the commitment: UTF-8, filled up with zeros; undefined when longer than a word. */
export function wordsOf(number: string, pin: string, salt: Hex): Words | undefined {
  const fits = (text: string): boolean => new TextEncoder().encode(text).length <= WORD;
  if (!fits(number) || !fits(pin)) return undefined;
  const size = { size: WORD };
  return [stringToHex(number, size), pin === '' ? word(0n) : stringToHex(pin, size), salt];
}

/** What a word says, its zeros taken off. */
export function textOf(of: Hex): string {
  const bytes = toBytes(of);
  const end = bytes.findLastIndex((one) => one !== 0);
  return new TextDecoder().decode(bytes.slice(0, end + 1));
}

/** Seals to the public key under a fresh key, which is forgotten. */
export function seal(cardId: bigint, words: Words, publicKey: Hex) {
  const e = utils.normPrivateKeyToScalar(utils.randomPrivateKey());
  const r = Point.BASE.multiply(e).toAffine();
  const s = Point.fromHex(publicKey.slice(2)).multiply(e).toAffine();
  const v: 27 | 28 = (r.y & 1n) === 1n ? 28 : 27;
  return { x: r.x, v, c: mask(cardId, words, s) };
}

export interface Opened {
  readonly words: Words;
  readonly sx: bigint;
  readonly sy: bigint;
}

/** Undefined when what was sent is no point of the curve: nobody can open that. */
export function open(cardId: bigint, sealed: Sealed, k: Hex): Opened | undefined {
  const x = BigInt(sealed.x);
  // The contract asks ecrecover, which takes no abscissa above the order.
  if (x === 0n || x >= CURVE.n || (sealed.v !== 27 && sealed.v !== 28)) return undefined;
  const [c0, c1, c2] = sealed.c as [Hex, Hex, Hex];
  try {
    const r = Point.fromHex(`${sealed.v === 27 ? '02' : '03'}${word(x).slice(2)}`);
    const s = r.multiply(BigInt(k)).toAffine();
    return { words: mask(cardId, [c0, c1, c2], s), sx: s.x, sy: s.y };
  } catch {
    return undefined;
  }
}

function mask(cardId: bigint, [a, b, c]: Words, s: { x: bigint; y: bigint }): Words {
  const at = (of: Hex, i: bigint): Hex =>
    word(BigInt(of) ^ BigInt(keccak256(encodeAbiParameters(FOUR_NUMBERS, [s.x, s.y, cardId, i]))));
  return [at(a, 0n), at(b, 1n), at(c, 2n)];
}
