/** secp256k1 in the plain form of the textbook, for the model's own opinion of a delivered secret. */
const P = 2n ** 256n - 2n ** 32n - 977n;
export const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

export const GENERATOR: Point = {
  x: 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  y: 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
};

const mod = (n: bigint): bigint => ((n % P) + P) % P;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b))
    if (e & 1n) result = mod(result * b);
  return result;
}

/** By Euclid: ten times faster than a power. */
function inverse(n: bigint): bigint {
  let [a, b, x, y] = [mod(n), P, 1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b, x, y] = [b - quotient * a, a, y - quotient * x, x];
  }
  return mod(x);
}

/** The sum of two points; undefined is the point at infinity. */
function add(a: Point | undefined, b: Point | undefined): Point | undefined {
  if (!a || !b) return a ?? b;
  if (a.x === b.x && a.y !== b.y) return undefined;
  const slope =
    a.x === b.x ? 3n * a.x * a.x * inverse(2n * a.y) : (b.y - a.y) * inverse(mod(b.x - a.x));
  const x = mod(slope * slope - a.x - b.x);
  return { x, y: mod(slope * (a.x - x) - a.y) };
}

export function times(point: Point, k: bigint): Point | undefined {
  let sum: Point | undefined;
  for (let b: Point | undefined = point, e = k % ORDER; e > 0n; e >>= 1n, b = add(b, b))
    if (e & 1n) sum = add(sum, b);
  return sum;
}

/** The point with this abscissa, its ordinate odd for v = 28; undefined when there is none below the order. */
export function pointAt(x: bigint, v: number): Point | undefined {
  if (x === 0n || x >= ORDER || (v !== 27 && v !== 28)) return undefined;
  const square = mod(x * x * x + 7n);
  const root = power(square, (P + 1n) / 4n);
  if (mod(root * root) !== square) return undefined;
  return { x, y: (root & 1n) === BigInt(v - 27) ? root : P - root };
}
