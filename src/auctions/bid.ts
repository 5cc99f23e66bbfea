/** A recycler puts up a standing bid, changes its mind, or stops everything at once. */
import { type Db, inTransaction, newId, notify, type Reader, Refused, type Tx } from '#platform';
import { append } from '#record';
import { purseOf } from './book.ts';
import {
  type BidTerms,
  checkTerms,
  curveDigest,
  type Hindsight,
  inHindsight,
  type PastSale,
  priceAtRate,
} from './domain.ts';
import type { Recyclers } from './recyclers.ts';
import {
  countLive,
  equalCurves,
  insertBid,
  insertFlag,
  lockBid,
  type StandingBid,
  stopBids,
} from './store.ts';

/** Enough for every product of a large catalogue at two hours of the day. */
export const LIVE_BIDS_MAX = 200;

export interface PlaceInput {
  readonly recyclerId: string;
  /** Who of the recycler does it. */
  readonly userId: string;
  readonly terms: BidTerms;
  /** The bid that this one stands in for; it is stopped in the same commit. */
  readonly replaces?: string | undefined;
  readonly at: Date;
}

/**
 * Refuses curve_unsound, bid_range_unsound, recycler_not_active, not_found for another's bid to replace, bid_unfunded
 * when the wallet could not pay for one card of the smallest face, too_many_bids.
 */
export async function placeBid(
  db: Db,
  recyclers: Recyclers,
  input: PlaceInput,
): Promise<StandingBid> {
  const { recyclerId, userId, terms, replaces, at } = input;
  const no = checkTerms(terms);
  if (no) throw new Refused(no);
  return await inTransaction(db, async (tx) => {
    if (replaces !== undefined) await stopOne(tx, { recyclerId, userId, bidId: replaces, at });
    await recyclers.requireBidder(tx, { recyclerId, at });
    await requireFunded(tx, recyclers, input);
    if ((await countLive(tx, recyclerId)) >= LIVE_BIDS_MAX)
      throw new Refused('too_many_bids', { max: LIVE_BIDS_MAX });
    const id = newId(at);
    const digest = curveDigest(terms);
    await insertBid(tx, { id, recyclerId, terms, digest, createdBy: userId, at });
    await append(tx, {
      subject: id,
      type: 'auctions.bid_placed',
      data: { recycler: recyclerId, sku: terms.sku, curve: digest.toString('hex'), by: userId },
      at,
    });
    await flagEqual(tx, { id, recyclerId, sku: terms.sku, digest, at });
    notify(tx, bookTopic(terms.sku));
    const placed = await lockBid(tx, id);
    if (!placed) throw new Error('a bid that was just inserted is there');
    return placed;
  });
}

export const bookTopic = (sku: string): string => `book:${sku}`;

async function requireFunded(
  reader: Reader,
  recyclers: Recyclers,
  { recyclerId, terms, at }: PlaceInput,
): Promise<void> {
  const purse = await purseOf(reader, recyclers, { recyclerId, at });
  const least = priceAtRate(terms.faceMinFen, terms.curve.at(-1)?.rateBps ?? 0);
  if (!purse || purse.freeFen < least)
    throw new Refused('bid_unfunded', { neededFen: least.toString() });
}

/** Equal curves may be chance or agreement (R43): a person looks, and nobody is stopped meanwhile. */
async function flagEqual(
  tx: Tx,
  bid: { id: string; recyclerId: string; sku: string; digest: Buffer; at: Date },
): Promise<void> {
  const { id, sku, at } = bid;
  for (const otherId of await equalCurves(tx, bid)) {
    await insertFlag(tx, { id: newId(at), sku, bidId: id, otherId, at });
    const data = { kind: 'equal_curves', other: otherId };
    await append(tx, { subject: id, type: 'auctions.flagged', data, at });
  }
}

interface Stop {
  readonly recyclerId: string;
  readonly userId: string;
  readonly at: Date;
}

/** From this commit on it buys nothing: a quote that it backed is refused honestly, and asked for again. */
export async function stopBid(db: Db, input: Stop & { bidId: string }): Promise<void> {
  await inTransaction(db, (tx) => stopOne(tx, input));
}

async function stopOne(tx: Tx, input: Stop & { bidId: string }): Promise<void> {
  const bid = await lockBid(tx, input.bidId);
  if (bid?.recyclerId !== input.recyclerId) throw new Refused('not_found');
  await stop(tx, input);
}

/** The switch for everything: gives how many bids it stopped. */
export async function stopAllBids(db: Db, input: Stop): Promise<number> {
  return await inTransaction(db, (tx) => stop(tx, input));
}

/** By the house, in the commit in which the recycler may no longer bid. */
export const silenceBids = async (
  tx: Tx,
  { recyclerId, at }: { recyclerId: string; at: Date },
): Promise<number> => await stop(tx, { recyclerId, userId: 'system', at });

async function stop(tx: Tx, input: Stop & { bidId?: string }): Promise<number> {
  const stopped = await stopBids(tx, input);
  const { userId: by, at } = input;
  for (const { id, sku } of stopped) {
    await append(tx, { subject: id, type: 'auctions.bid_stopped', data: { by }, at });
    notify(tx, bookTopic(sku));
  }
  return stopped.length;
}

/** What these terms would have won of the sales that took place. */
export function tryOut(terms: BidTerms, sales: readonly PastSale[]): Hindsight {
  const no = checkTerms(terms);
  if (no) throw new Refused(no);
  return inHindsight(terms, sales);
}
