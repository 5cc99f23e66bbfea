/**
 * The secret of a card on its way to a buyer (delivery M2): how it is committed to, sealed to the key of one sale, and
 * opened again. Both sides of `SealedSecret` in IExchange.sol; the contract does the same arithmetic in a dispute.
 */
import { createECDH } from 'node:crypto';
import { encodeAbiParameters, type Hex, keccak256 } from 'viem';

/** Number, PIN and salt: three words. */
export type SecretWords = readonly [Hex, Hex, Hex];

export interface SealedSecret {
  readonly x: bigint;
  /** 27: y is even, 28: odd. */
  readonly v: 27 | 28;
  readonly c: SecretWords;
}

/** A point as uncompressed bytes: 04 ‖ x ‖ y. */
type Point = Buffer;

const words = [
  { type: 'uint256' },
  { type: 'bytes32' },
  { type: 'bytes32' },
  { type: 'bytes32' },
] as const;

export const secretCommit = (cardId: bigint, [m0, m1, salt]: SecretWords): Hex =>
  keccak256(encodeAbiParameters(words, [cardId, m0, m1, salt]));

/** Seals to the public key K (04 ‖ x ‖ y) under a fresh key e, which is forgotten. */
export function sealSecret(cardId: bigint, secret: SecretWords, publicKey: Point): SealedSecret {
  const fresh = createECDH('secp256k1');
  const r = fresh.generateKeys();
  const { x: sx, y: sy } = sharedPoint(fresh.getPrivateKey(), publicKey);
  return {
    x: BigInt(`0x${r.subarray(1, 33).toString('hex')}`),
    v: ((r[64] ?? 0) & 1) === 1 ? 28 : 27,
    c: mask(cardId, secret, sx, sy),
  };
}

/** Opens with the session's private key k; gives the shared point too, which a wrong delivery is proved with. */
export function openSecret(
  cardId: bigint,
  sealed: SealedSecret,
  k: Buffer,
): { secret: SecretWords; sx: bigint; sy: bigint } | undefined {
  const r = pointOf(sealed.x, sealed.v);
  if (!r) return undefined;
  const { x: sx, y: sy } = sharedPoint(k, r);
  return { secret: mask(cardId, sealed.c, sx, sy), sx, sy };
}

function mask(cardId: bigint, words_: SecretWords, sx: bigint, sy: bigint): SecretWords {
  const stream = (i: bigint) =>
    BigInt(
      keccak256(
        encodeAbiParameters(
          [{ type: 'uint256' }, { type: 'uint256' }, { type: 'uint256' }, { type: 'uint256' }],
          [sx, sy, cardId, i],
        ),
      ),
    );
  const [a, b, c] = words_;
  const at = (word: Hex, i: bigint): Hex =>
    `0x${(BigInt(word) ^ stream(i)).toString(16).padStart(64, '0')}`;
  return [at(a, 0n), at(b, 1n), at(c, 2n)];
}

// ------------------------------------------------------------------ points of secp256k1

const P = 2n ** 256n - 2n ** 32n - 977n;
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The point with abscissa x and parity v; undefined when x is none, as ecrecover would say. */
export function pointOf(x: bigint, v: number): Point | undefined {
  if (x <= 0n || x >= N || (v !== 27 && v !== 28)) return undefined;
  const square = (((x * x) % P) * x + 7n) % P;
  const root = power(square, (P + 1n) / 4n);
  if ((root * root) % P !== square) return undefined;
  const y = (root & 1n) === BigInt(v - 27) ? root : P - root;
  return Buffer.from(`04${hex(x)}${hex(y)}`, 'hex');
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = base, e = exponent; e > 0n; e >>= 1n, b = (b * b) % P)
    if ((e & 1n) === 1n) result = (result * b) % P;
  return result;
}

/**
 * k·Q as a point. ECDH tells the abscissa only; the ordinate follows from (k+1)·Q = k·Q + Q, whose abscissa ECDH tells
 * too: of the two candidates one fits.
 */
function sharedPoint(k: Buffer, q: Point): { x: bigint; y: bigint } {
  const x = abscissa(scalar(k), q);
  const qx = BigInt(`0x${q.subarray(1, 33).toString('hex')}`);
  const qy = BigInt(`0x${q.subarray(33, 65).toString('hex')}`);
  const even = pointOf(x, 27);
  if (!even) throw new Error('no point of the curve');
  const y = BigInt(`0x${even.subarray(33, 65).toString('hex')}`);
  if (x === qx) return { x, y: scalar(k) === 1n ? qy : P - qy };
  const next = abscissa((scalar(k) + 1n) % N, q);
  return { x, y: sumAbscissa(x, y, qx, qy) === next ? y : P - y };
}

/** The abscissa of (x1, y1) + (x2, y2), x1 ≠ x2. */
function sumAbscissa(x1: bigint, y1: bigint, x2: bigint, y2: bigint): bigint {
  const slope = ((y2 - y1 + P) * power((x2 - x1 + P) % P, P - 2n)) % P;
  return (((slope * slope - x1 - x2) % P) + P) % P;
}

function abscissa(k: bigint, q: Point): bigint {
  const party = createECDH('secp256k1');
  party.setPrivateKey(Buffer.from(hex(k), 'hex'));
  return BigInt(`0x${party.computeSecret(q).toString('hex')}`);
}

const scalar = (k: Buffer): bigint => BigInt(`0x${k.toString('hex')}`);
const hex = (value: bigint): string => value.toString(16).padStart(64, '0');
