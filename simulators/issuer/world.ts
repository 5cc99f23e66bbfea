/**
 * The world of cards the simulator pretends to have issued: what a card is follows from its number alone, so demo and
 * tests can make as many as they like, and a restart forgets nothing but what has happened to them.
 */
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface NumberRule {
  length: number;
  prefix: string;
  alphabet: 'digits' | 'safe' | 'alnum';
  check: 'none' | 'luhn' | 'mod97' | 'ean13';
}
interface PinRule {
  length: number;
  alphabet: 'digits' | 'safe' | 'alnum';
}
export interface Product {
  sku: string;
  issuerId: string;
  name: { zh: string; en: string };
  denominationsFen: string[];
  numberRule: NumberRule;
  pinRule?: PinRule;
  barcodeFormat: string;
}
export interface Issuer {
  id: string;
  name: { zh: string; en: string };
  caps: string[];
}

/** The published data file; data may be shared with the house, code may not. */
const file = join(import.meta.dirname, '../../src/cards/catalogue.json');
const catalogue = JSON.parse(readFileSync(file, 'utf8')) as {
  issuers: Issuer[];
  products: Product[];
};
export const issuers = new Map(catalogue.issuers.map((issuer) => [issuer.id, issuer]));
export const products = new Map(catalogue.products.map((product) => [product.sku, product]));

/** What fate a number carries; `reissued` is a card that came out of a transfer. */
export const STATES = [
  'good',
  'half_used',
  'used',
  'expired',
  'frozen',
  'inactive',
  'drained_later',
  'held_elsewhere',
  'name_bound',
  'extra_check',
  'receipt',
  'reissued',
] as const;
export type State = (typeof STATES)[number];

export interface MadeCard {
  sku: string;
  number: string;
  pin?: string;
  state: State;
  faceFen: string;
  balanceFen: string;
}

const ALPHABET = {
  digits: '0123456789',
  safe: '23456789ABCDEFGHJKLMNPQRSTUVWXYZ',
  alnum: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
};
const CHECK_LENGTH = { none: 0, luhn: 1, ean13: 1, mod97: 2 };
/** Faces are whole yuan up to the legal limit of a named card; balances are twentieths of the face. */
const FACES = 5_001n;
const STEPS = 20n;
const KINDS = BigInt(STATES.length) * (STEPS + 1n) * FACES;
/** A prime, so that it shares no factor with any power of 10, 32 or 36 and the spreading can be undone. */
const SPREAD = 7_364_513_929n;
const SHIFT = 48_271_903n;

/**
 * A card of this product with this fate. Equal arguments make the equal card. `balanceFen` has to be a twentieth part
 * of the face or a multiple of it; other balances are set over the control route.
 */
export function makeCard(
  sku: string,
  options: { faceFen?: bigint; state?: State; balanceFen?: bigint; serial?: number } = {},
): MadeCard {
  const product = products.get(sku);
  assert(product, `no product ${sku}`);
  const faceFen = options.faceFen ?? BigInt(product.denominationsFen[0] ?? 0);
  const state = options.state ?? 'good';
  assert(faceFen % 100n === 0n && faceFen / 100n < FACES, 'a face is whole yuan up to 5000');
  const step =
    options.balanceFen === undefined ? defaultStep(state) : stepOf(faceFen, options.balanceFen);
  const serial = BigInt(options.serial ?? 1);
  const space = spaceOf(product);
  assert(serial >= 0n && serial < space / KINDS, `serial below ${space / KINDS}`);
  const kind = (BigInt(STATES.indexOf(state)) * (STEPS + 1n) + step) * FACES + faceFen / 100n;
  const body = write((serial * KINDS + kind) * SPREAD + SHIFT, product);
  const number = withCheck(product.numberRule, product.numberRule.prefix + body);
  const pin = pinOf(product, number);
  return {
    sku,
    number,
    ...(pin !== undefined && { pin }),
    state,
    faceFen: String(faceFen),
    balanceFen: String((faceFen * step) / STEPS),
  };
}

/** How many serials a product has of each fate, face and balance. */
export function serialsOf(sku: string): number {
  const product = products.get(sku);
  assert(product, `no product ${sku}`);
  const all = spaceOf(product) / KINDS;
  return Number(all < SERIALS_MAX ? all : SERIALS_MAX);
}
const SERIALS_MAX = 1_000_000n;

/** The card a number stands for, or nothing when no such card was ever issued. */
export function cardOf(sku: string, number: string): MadeCard | undefined {
  const product = products.get(sku);
  if (!product) return undefined;
  const { prefix, length, check, alphabet } = product.numberRule;
  const body = number.slice(prefix.length, length - CHECK_LENGTH[check]);
  if (number.length !== length || !number.startsWith(prefix)) return undefined;
  if ([...body].some((symbol) => !ALPHABET[alphabet].includes(symbol))) return undefined;
  const space = spaceOf(product);
  const spread = (read(body, product) - (SHIFT % space) + space) % space;
  const value = (spread * inverse(SPREAD % space, space)) % space;
  const faceYuan = value % FACES;
  const rest = value / FACES;
  const step = rest % (STEPS + 1n);
  const state = STATES[Number((rest / (STEPS + 1n)) % BigInt(STATES.length))];
  const serial = Number(value / KINDS);
  if (faceYuan === 0n || state === undefined || value / KINDS >= space / KINDS) return undefined;
  const card = makeCard(sku, {
    faceFen: faceYuan * 100n,
    state,
    balanceFen: (faceYuan * 100n * step) / STEPS,
    serial,
  });
  return card.number === number ? card : undefined;
}

const defaultStep = (state: State): bigint =>
  state === 'half_used' ? STEPS / 2n : state === 'used' ? 0n : STEPS;

function stepOf(faceFen: bigint, balanceFen: bigint): bigint {
  const step = (balanceFen * STEPS) / faceFen;
  assert(
    (faceFen * step) / STEPS === balanceFen && step <= STEPS,
    'a balance is a multiple of a twentieth of the face; set others over /control/cards',
  );
  return step;
}

const bodyLength = ({ numberRule: { length, prefix, check } }: Product): number =>
  length - prefix.length - CHECK_LENGTH[check];
const spaceOf = (product: Product): bigint =>
  BigInt(ALPHABET[product.numberRule.alphabet].length) ** BigInt(bodyLength(product));

function write(value: bigint, product: Product): string {
  const symbols = ALPHABET[product.numberRule.alphabet];
  const base = BigInt(symbols.length);
  let rest = value % spaceOf(product);
  let text = '';
  for (let place = 0; place < bodyLength(product); place++) {
    text = (symbols[Number(rest % base)] ?? '') + text;
    rest /= base;
  }
  return text;
}

function read(body: string, product: Product): bigint {
  const symbols = ALPHABET[product.numberRule.alphabet];
  return [...body].reduce(
    (value, symbol) => value * BigInt(symbols.length) + BigInt(symbols.indexOf(symbol)),
    0n,
  );
}

/** x with a·x ≡ 1 (mod m), by the extended Euclidean algorithm. */
function inverse(a: bigint, m: bigint): bigint {
  let [r0, r1, x0, x1] = [m, a % m, 0n, 1n];
  while (r1 > 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [x0, x1] = [x1, x0 - quotient * x1];
  }
  assert(r0 === 1n, 'the spread is a unit');
  return ((x0 % m) + m) % m;
}

/** Appends the check digits; written again here, so that the house's own rules are tested by a second hand. */
function withCheck({ check }: NumberRule, body: string): string {
  if (check === 'none') return body;
  if (check === 'mod97') {
    const digits = [...`${body}00`].map((symbol) => Number.parseInt(symbol, 36)).join('');
    return body + String(98n - (BigInt(digits) % 97n)).padStart(2, '0');
  }
  for (let digit = 0; digit <= 9; digit++) {
    const number = `${body}${digit}`;
    const values = [...number].map(Number);
    const total = values.reduce((sum, value, index) => {
      const fromRight = values.length - index;
      if (check === 'ean13') return sum + value * (fromRight % 2 === 0 ? 3 : 1);
      const weighed = fromRight % 2 === 0 ? value * 2 : value;
      return sum + Math.floor(weighed / 10) + (weighed % 10);
    }, 0);
    if (total % 10 === 0) return number;
  }
  throw new Error('one of ten digits always fits');
}

export function pinOf(product: Product, number: string): string | undefined {
  if (!product.pinRule) return undefined;
  const bytes = createHmac('sha256', 'issuer-simulator-pin').update(number).digest();
  return pinFrom(product.pinRule, bytes);
}

/** A PIN that follows from nothing. */
export const freshPin = (rule: PinRule): string => pinFrom(rule, randomBytes(rule.length));

function pinFrom({ length, alphabet }: PinRule, bytes: Buffer): string {
  const symbols = ALPHABET[alphabet];
  return [...bytes.subarray(0, length)].map((byte) => symbols[byte % symbols.length]).join('');
}
