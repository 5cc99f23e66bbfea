/**
 * Uniform-price clearing of one batch of interchangeable cards, pure: one price for everybody, found in O(n log n).
 * It hides which price that is among several, and who goes without when one side wants more than the other has.
 *
 * The price maximises the volume; among those prices it minimises the imbalance |demand − supply|; among those it
 * follows the `pressure` rule, named below. Orders strictly better than the price are always filled whole; only those
 * at the price itself share what is left, pro rata, so no one can envy a fill at a worse limit.
 */
import assert from 'node:assert/strict';
import { type Fen, fen } from '#platform';

/** A seller gives `quantity` cards for `limitFen` each or more; a buyer takes them for `limitFen` each or less. */
export interface BatchOrder {
  readonly id: string;
  /** Place in the log of arrivals; unique on its side of the book. The earlier gets the odd card. */
  readonly no: number;
  readonly limitFen: Fen;
  /** Whole cards, above zero. */
  readonly quantity: number;
}

export interface Fill {
  readonly id: string;
  readonly quantity: number;
}

/**
 * How the price was chosen when several clear the same volume with the same imbalance: buyers left over → the highest,
 * sellers left over → the lowest, nobody left over → the middle, rounded up for the seller, and where the pressure
 * turns from buyers to sellers in between → the first price with sellers left over. `only`: there was one price.
 */
export type PriceRule = 'only' | 'buyers_left' | 'sellers_left' | 'middle' | 'turn';

export interface Clearing {
  readonly priceFen: Fen;
  readonly rule: PriceRule;
  /** Cards that change hands, and what either side wanted at that price. */
  readonly volume: number;
  readonly demand: number;
  readonly supply: number;
  readonly buys: readonly Fill[];
  readonly sells: readonly Fill[];
}

/** Undefined when no buyer's limit reaches a seller's. Fills are given in order of priority: limit, then arrival. */
export function clearBatch(
  buys: readonly BatchOrder[],
  sells: readonly BatchOrder[],
): Clearing | undefined {
  const demand = byPriority(buys, -1);
  const supply = byPriority(sells, 1);
  const found = priceOf(demand, supply);
  if (!found) return undefined;
  const { price, rule } = found;
  const wanted = upTo(demand, (limit) => limit >= price);
  const offered = upTo(supply, (limit) => limit <= price);
  const volume = Math.min(wanted, offered);
  assert(volume > 0, 'a clearing price clears something');
  return {
    priceFen: fen(price),
    rule,
    volume,
    demand: wanted,
    supply: offered,
    buys: fillsOf(demand, volume),
    sells: fillsOf(supply, volume),
  };
}

/** One side of the book. Prices are plain numbers here: FEN_MAX is far below 2^53, and they are compared often. */
interface Tier {
  readonly limit: number;
  quantity: number;
  readonly orders: BatchOrder[];
}

/** Tiers of one limit each, the best first: the highest buyers (`sign` −1), the lowest sellers (+1). */
function byPriority(orders: readonly BatchOrder[], sign: 1 | -1): Tier[] {
  const keyed = orders.map((order) => {
    assert(Number.isSafeInteger(order.quantity) && order.quantity > 0, 'whole cards, above zero');
    assert(order.limitFen > 0n, 'a limit is above zero');
    return { key: sign * Number(order.limitFen), order };
  });
  keyed.sort((a, b) => a.key - b.key || a.order.no - b.order.no);
  const tiers: Tier[] = [];
  for (const { key, order } of keyed) {
    const last = tiers.at(-1);
    if (last?.limit === sign * key) {
      assert(last.orders.at(-1)?.no !== order.no, 'arrivals have numbers of their own');
      last.orders.push(order);
      last.quantity += order.quantity;
    } else tiers.push({ limit: sign * key, quantity: order.quantity, orders: [order] });
  }
  const total = tiers.reduce((sum, { quantity }) => sum + quantity, 0);
  assert(Number.isSafeInteger(total), 'a book can be counted');
  return tiers;
}

function upTo(tiers: readonly Tier[], takes: (limit: number) => boolean): number {
  let total = 0;
  for (const { limit, quantity } of tiers) {
    if (!takes(limit)) break;
    total += quantity;
  }
  return total;
}

/** Whole prices from `low` to `high` at which `surplus` = demand − supply and the volume do not change. */
interface Stretch {
  readonly low: number;
  readonly high: number;
  readonly volume: number;
  readonly surplus: number;
}

/**
 * Demand and supply change only at limits, so between two neighbouring limits all whole prices are alike. The surplus
 * never rises with the price; the best stretches are therefore neighbours, with one surplus or with k and then −k.
 */
function priceOf(
  demand: readonly Tier[],
  supply: readonly Tier[],
): { price: number; rule: PriceRule } | undefined {
  let best: Stretch[] = [];
  for (const stretch of stretches(demand, supply)) {
    const first = best[0];
    const order = first
      ? stretch.volume - first.volume || Math.abs(first.surplus) - Math.abs(stretch.surplus)
      : stretch.volume;
    if (order > 0) best = [stretch];
    else if (order === 0 && first) best.push(stretch);
  }
  const [first, last] = [best[0], best.at(-1)];
  if (!first || !last) return undefined;
  if (first.low === last.high) return { price: first.low, rule: 'only' };
  if (last.surplus > 0) return { price: last.high, rule: 'buyers_left' };
  if (first.surplus < 0) return { price: first.low, rule: 'sellers_left' };
  if (first.surplus === 0) return { price: Math.ceil((first.low + last.high) / 2), rule: 'middle' };
  const turn = best.find(({ surplus }) => surplus < 0);
  assert(turn, 'the surplus turns');
  return { price: turn.low, rule: 'turn' };
}

/** Walks the limits of both sides upwards once; gives only stretches between the lowest and the highest limit. */
function* stretches(demand: readonly Tier[], supply: readonly Tier[]): Generator<Stretch> {
  const limits = mergedLimits(demand, supply);
  let wanted = demand.reduce((sum, { quantity }) => sum + quantity, 0);
  let offered = 0;
  let buyer = demand.length - 1;
  let seller = 0;
  const here = (low: number, high: number): Stretch => ({
    low,
    high,
    volume: Math.min(wanted, offered),
    surplus: wanted - offered,
  });
  for (const [index, limit] of limits.entries()) {
    const offer = supply[seller];
    if (offer?.limit === limit) {
      offered += offer.quantity;
      seller++;
    }
    yield here(limit, limit);
    const bid = demand[buyer];
    if (bid?.limit === limit) {
      wanted -= bid.quantity;
      buyer--;
    }
    const next = limits[index + 1];
    if (next !== undefined && next > limit + 1) yield here(limit + 1, next - 1);
  }
}

/** All limits once, rising. Buyers come highest first, sellers lowest first. */
function mergedLimits(demand: readonly Tier[], supply: readonly Tier[]): number[] {
  const limits = new Float64Array(demand.length + supply.length);
  for (const [index, { limit }] of demand.entries()) limits[index] = limit;
  for (const [index, { limit }] of supply.entries()) limits[demand.length + index] = limit;
  limits.sort();
  return [...limits].filter((limit, index) => index === 0 || limit !== limits[index - 1]);
}

/** Tier after tier in full, until one is too large for what is left. */
function fillsOf(tiers: readonly Tier[], volume: number): Fill[] {
  const fills: Fill[] = [];
  let left = volume;
  for (const { orders, quantity } of tiers) {
    if (left === 0) break;
    if (quantity <= left) for (const order of orders) fills.push(filled(order));
    else fills.push(...proRata(orders, { left, quantity }));
    left -= Math.min(left, quantity);
  }
  return fills;
}

const filled = ({ id, quantity }: Fill): Fill => ({ id, quantity });

/**
 * Whole cards in proportion to what each wanted: rounded down, and the cards that are left over go one each to the
 * largest remainders, the earlier arrival first. Less is left than is wanted, so nobody gets more than they asked for.
 */
function proRata(
  orders: readonly BatchOrder[],
  { left, quantity }: { left: number; quantity: number },
): Fill[] {
  const whole = BigInt(quantity);
  const parts = orders.map(({ id, no, quantity: asked }) => {
    const exact = BigInt(asked) * BigInt(left);
    return { id, no, quantity: Number(exact / whole), rest: Number(exact % whole) };
  });
  let odd = left - parts.reduce((sum, part) => sum + part.quantity, 0);
  for (const part of parts.toSorted((a, b) => b.rest - a.rest || a.no - b.no)) {
    if (odd-- <= 0) break;
    part.quantity++;
  }
  return parts.filter((part) => part.quantity > 0).map(filled);
}

/** Steps of a buyer's curve: so many more cards, at a lower limit each time. */
export interface CurveStep {
  readonly limitFen: Fen;
  readonly quantity: number;
}

/**
 * As much of a curve as `moneyFen` pays for whatever the price will be: at a price p the buyer takes all steps of at
 * least p and pays p for each card, so the cards up to a step may cost that step's limit each.
 */
export function affordable(curve: readonly CurveStep[], moneyFen: Fen): CurveStep[] {
  const kept: CurveStep[] = [];
  let before = 0;
  for (const { limitFen, quantity } of curve) {
    const most = moneyFen / limitFen;
    const room = most > BigInt(before) ? Number(most) - before : 0;
    const taken = Math.min(quantity, room);
    // One that is cut short does not end it: at a lower price the cards before it cost less, and more may follow.
    if (taken > 0) kept.push({ limitFen, quantity: taken });
    before += taken;
  }
  return kept;
}

/** What the whole of a curve may cost at most: the dearest of its corners. */
export function worstCost(curve: readonly CurveStep[]): Fen {
  let before = 0n;
  let worst = 0n;
  for (const { limitFen, quantity } of curve) {
    before += BigInt(quantity);
    if (before * limitFen > worst) worst = before * limitFen;
  }
  return fen(worst);
}

/** How a seller's wished discount becomes a limit. Rounds up, for the seller. */
export const reserveOf = (faceFen: Fen, discountBps: number): Fen => {
  assert(Number.isInteger(discountBps) && discountBps >= 0 && discountBps < 10_000);
  return fen((faceFen * BigInt(10_000 - discountBps) + 9_999n) / 10_000n);
};
