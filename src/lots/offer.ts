/** From an open lot to its award: parts, sealed bids whole in the wallet, the opening, the best of each part. */
import { hold, release } from '#ledger';
import { findCompany, isRelated, requireBidder, requireCompany, requireMember } from '#parties';
import {
  addJob,
  DAY,
  type Db,
  type Fen,
  fen,
  inTransaction,
  type Keys,
  newId,
  notify,
  plus,
  type Reader,
  Refused,
  type Tx,
} from '#platform';
import { commitment as commitTo } from '#record';
import { startDeal } from './deal.ts';
import type { LotDeps } from './deps.ts';
import { bestOffer, PARTS_MAX, partsOf, TRANCHES_MAX } from './domain.ts';
import { OPEN_DAYS_MAX, OPEN_MS_MIN } from './life.ts';
import { LET_GO, lotTopic, noteLot, type OnLot, step, takeLot, takeOwn } from './lot.ts';
import type { Lot } from './store.ts';
import {
  type Bid,
  bidsOn,
  insertBid,
  insertParts,
  type PartRow,
  partsIn,
  partsLeft,
  saveBid,
} from './store-deal.ts';
import { assignParts, groupsOf } from './store-rows.ts';

/**
 * The good cards go on offer, whole or by product. An auction has a reserve for each part and awards by itself; asked
 * quotes (RFQ) are chosen from by the seller. Refuses lot_times_unsound, lot_no_good_rows, lot_parts_unsound,
 * lot_reserve_unsound.
 */
export async function openLot(
  tx: Tx,
  input: OnLot & {
    kind: 'rfq' | 'auction';
    split: 'whole' | 'product';
    tranches: number;
    closesAt: Date;
    reserves: readonly { part: string; reserveFen: Fen }[];
  },
): Promise<Lot> {
  const { kind, split, tranches, closesAt, reserves, userId, at, ...on } = input;
  const lot = await takeOwn(tx, { ...on, userId });
  await requireCompany(tx, { recyclerId: on.companyId, at });
  const open = closesAt.getTime() - at.getTime();
  if (!(open >= OPEN_MS_MIN && open <= OPEN_DAYS_MAX * DAY)) throw new Refused('lot_times_unsound');
  if (lot.state !== 'ready') throw new Refused('wrong_state', { state: lot.state });
  const parts = partsOf(await groupsOf(tx, { lotId: lot.id }), split);
  // A notice may have named all that was good.
  if (parts.every(({ cards }) => cards === 0)) throw new Refused('lot_no_good_rows');
  if (parts.length > PARTS_MAX || tranches > TRANCHES_MAX)
    throw new Refused('lot_parts_unsound', { max: PARTS_MAX });
  const asked = new Map(reserves.map(({ part, reserveFen }) => [part, reserveFen]));
  const priced = parts.map((part) => {
    const reserveFen = asked.get(part.sku ?? ALL);
    const isSound = reserveFen !== undefined && reserveFen > 0n && reserveFen <= part.faceFen;
    if (kind === 'auction' ? !isSound : reserveFen !== undefined)
      throw new Refused('lot_reserve_unsound');
    return { ...part, reserveFen };
  });
  await insertParts(tx, { lotId: lot.id, parts: priced });
  await assignParts(tx, { lotId: lot.id, parts });
  return await step(tx, lot, {
    ...{ transition: 'open', by: 'seller', actor: userId, at, due: closesAt },
    save: { kind, split, tranches, closes_at: closesAt },
    record: { kind, split, parts: String(parts.length), closesAt: closesAt.toISOString() },
  });
}
/** Name of the one part of a lot that is not split. */
export const ALL = 'all';

/** Before the first bid only. */
export async function takeBackLot(tx: Tx, on: OnLot): Promise<Lot> {
  const lot = await takeOwn(tx, on);
  if ((await bidsOn(tx, lot.id)).length > 0) throw new Refused('auction_has_bids');
  return await step(tx, lot, {
    ...{ transition: 'take_back', by: 'seller', actor: on.userId, at: on.at },
  });
}

const HOLD = 'lots.bid';
const placeOf = (bidId: string): string => `lots/bid/${bidId}`;
/** A price below is a slip of the keyboard, above the face nobody pays. */
const LEAST_BPS = 100n;

/**
 * One sealed bid a part, whole in the wallet from now on: whoever wins has paid, whoever loses has it back at the
 * deadline. The record gets a commitment, the price and its salt are sealed. Refuses lot_not_open (a millisecond late
 * too), own_lot, lot_price_unsound, lot_one_bid, insufficient_funds, recycler_not_active.
 */
export async function placeLotBid(
  deps: Pick<LotDeps, 'db' | 'keys'>,
  input: { lotId: string; part: number; bidderId: string; userId: string; priceFen: Fen; at: Date },
): Promise<Bid> {
  const { lotId, part: partNo, bidderId, userId, priceFen, at } = input;
  return await inTransaction(deps.db, async (tx) => {
    await requireMember(tx, { recyclerId: bidderId, userId, role: 'buyer' });
    const lot = await takeLot(tx, lotId);
    if (lot.state !== 'open' || lot.closes_at === null || at >= lot.closes_at)
      throw new Refused('lot_not_open');
    await requireBidder(tx, { recyclerId: bidderId, at });
    await requireStranger(tx, { lot, bidderId });
    const part = (await partsIn(tx, lotId)).find(({ no }) => no === partNo);
    if (!part) throw new Refused('not_found');
    if (priceFen > part.faceFen || priceFen * 10_000n < part.faceFen * LEAST_BPS)
      throw new Refused('lot_price_unsound');
    return await seal(tx, deps.keys, { lot, part, bidderId, userId, priceFen, at });
  });
}

/** Nobody buys from the own company, nor from one whose people are theirs. */
async function requireStranger(
  tx: Tx,
  { lot, bidderId }: { lot: Lot; bidderId: string },
): Promise<void> {
  if (lot.company_id === bidderId) throw new Refused('own_lot');
  for (const userId of [lot.made_by, lot.checked_by])
    if (userId !== null && (await isRelated(tx, { recyclerId: bidderId, userId })))
      throw new Refused('own_lot');
}

async function seal(
  tx: Tx,
  keys: Keys,
  bid: { lot: Lot; part: PartRow; bidderId: string; userId: string; priceFen: Fen; at: Date },
): Promise<Bid> {
  const { lot, part, bidderId, userId, priceFen, at } = bid;
  const id = newId(at);
  const { commitment, salt } = commitTo(committed({ id, bidderId, priceFen }));
  const row = await insertBid(tx, {
    ...{ id, lot_id: lot.id, part_no: part.no, bidder_id: bidderId, made_by: userId, at },
    ...{ commitment, state: 'held' },
    price_ct: keys.seal('lot_bid', `${priceFen} ${salt}`, placeOf(id)),
  });
  const data = { bidId: id, bidder: bidderId, part: part.no, commitment };
  await noteLot(tx, lot.id, { type: 'lots.bid', data, at });
  notify(tx, lotTopic(lot.id));
  await hold(tx, {
    ...{ kind: HOLD, ref: id, subject: lot.id, at, amount: priceFen },
    ...{ from: `WALLET:${bidderId}`, to: `ESCROW:${id}` },
    expiresAt: plus(lot.closes_at ?? at, 3 * DAY),
  });
  return row;
}

/** What is committed to: nobody can open another's bid as the own. */
export const committed = (bid: { id: string; bidderId: string; priceFen: Fen }): string =>
  `${bid.id}/${bid.bidderId}/${bid.priceFen}`;

export function openBid(keys: Keys, { id, price_ct }: Bid): { priceFen: Fen; salt: string } {
  const [price = '', salt = ''] = keys.open('lot_bid', price_ct, placeOf(id)).split(' ');
  return { priceFen: fen(BigInt(price)), salt };
}

interface Opened {
  readonly bid: Bid;
  readonly no: number;
  readonly bidder: string;
  readonly priceFen: Fen;
}

/** The best of each part among those who may still buy; of equal ones the earlier. */
export function bestOf(parts: readonly PartRow[], opened: readonly (Opened & { part: number })[]) {
  return new Map(
    parts.flatMap(({ no, reserveFen }) => {
      const best = bestOffer(
        opened.filter(({ part }) => part === no),
        reserveFen,
      );
      return best ? [[no, best] as const] : [];
    }),
  );
}

/** The deadline: all bids are opened and published with their salts; all but the best of each part are free again. */
export async function closeLot(
  tx: Tx,
  deps: LotDeps,
  { lotId, at }: { lotId: string; at: Date },
): Promise<Lot> {
  const lot = await takeLot(tx, lotId);
  const bids = await bidsOn(tx, lotId);
  const parts = await partsLeft(tx, lotId);
  const opened = bids.map((bid) => {
    const { priceFen, salt } = openBid(deps.keys, bid);
    return { bid, salt, priceFen, no: Number(bid.no), bidder: bid.bidder_id, part: bid.part_no };
  });
  const valid = [];
  for (const one of opened) if (await mayBuy(tx, one.bidder, at)) valid.push(one);
  const best = bestOf(parts, valid);
  for (const { bid, priceFen } of opened) {
    const isBest = best.get(bid.part_no)?.bid.id === bid.id;
    await saveBid(tx, bid.id, { price_fen: priceFen, ...(!isBest && { state: 'lost' }) });
    if (!isBest) await release(tx, { kind: HOLD, ref: bid.id, at });
  }
  const data = opened.map(({ bid, priceFen, salt, no, bidder, part }) => ({
    ...{ bidId: bid.id, no, bidder, part, priceFen: String(priceFen), salt },
  }));
  await noteLot(tx, lotId, { type: 'lots.opened', data: { bids: data }, at });
  const closed = await step(tx, lot, { transition: 'close', by: 'clock', at });
  if (best.size === 0) return await step(tx, closed, { transition: 'decline', by: 'system', at });
  if (lot.kind === 'rfq') return closed;
  return await award(tx, deps, closed, { by: 'system', parts: [...best.keys()], at });
}

async function mayBuy(reader: Reader, bidderId: string, at: Date): Promise<boolean> {
  try {
    await requireBidder(reader, { recyclerId: bidderId, at });
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

/**
 * The seller takes the best offers of these parts; the others go back. Refuses not_found for a part without one, or of
 * which a notice has left nothing.
 */
export async function chooseOffers(
  tx: Tx,
  deps: LotDeps,
  { parts, ...on }: OnLot & { parts: readonly number[] },
): Promise<Lot> {
  const lot = await takeOwn(tx, on);
  if (lot.state !== 'choosing') throw new Refused('wrong_state', { state: lot.state });
  return await award(tx, deps, lot, { by: 'seller', actor: on.userId, parts, at: on.at });
}

/** Each winner's hold becomes the holds of its tranches in this commit: there is no moment without the money. */
async function award(
  tx: Tx,
  deps: LotDeps,
  lot: Lot,
  chosen: { by: 'seller' | 'system'; actor?: string; parts: readonly number[]; at: Date },
): Promise<Lot> {
  const { by, actor, parts, at } = chosen;
  const best = (await bidsOn(tx, lot.id)).filter(({ state }) => state === 'held');
  const left = await partsLeft(tx, lot.id);
  const isOffered = (no: number) =>
    best.some(({ part_no }) => part_no === no) && left.some((part) => part.no === no);
  if (!parts.every(isOffered)) throw new Refused('not_found');
  for (const bid of best) {
    await release(tx, { kind: HOLD, ref: bid.id, at });
    const isTaken = parts.includes(bid.part_no);
    await saveBid(tx, bid.id, { state: isTaken ? 'won' : 'lost' });
    const part = left.find(({ no }) => no === bid.part_no);
    if (isTaken && part) await startDeal(tx, deps, { lot, part, bid, at });
  }
  const step1 = { by, at, ...(actor !== undefined && { actor }) };
  if (parts.length === 0) return await step(tx, lot, { ...step1, transition: 'decline' });
  const after = await step(tx, lot, {
    ...step1,
    transition: 'award',
    record: { parts: parts.join(' ') },
  });
  // Parts that nobody took go back now.
  await addJob(tx, LET_GO, { lotId: lot.id });
  return after;
}

/** Silence of the seller, or its no: all goes back. */
export async function declineOffers(
  tx: Tx,
  { lotId, by, actor, at }: { lotId: string; by: 'seller' | 'clock'; actor?: string; at: Date },
): Promise<Lot> {
  const lot = await takeLot(tx, lotId);
  for (const bid of (await bidsOn(tx, lotId)).filter(({ state }) => state === 'held')) {
    await release(tx, { kind: HOLD, ref: bid.id, at });
    await saveBid(tx, bid.id, { state: 'lost' });
  }
  const who = actor === undefined ? {} : { actor };
  return await step(tx, lot, { transition: 'decline', by, at, ...who });
}

export async function onLotClock(
  deps: LotDeps,
  db: Db,
  { id: lotId, transition, at }: { id: string; transition: string; at: Date },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    if (transition === 'close') return void (await closeLot(tx, deps, { lotId, at }));
    if (transition === 'decline') return void (await declineOffers(tx, { lotId, by: 'clock', at }));
    const lot = await takeLot(tx, lotId);
    await step(tx, lot, { transition: transition as 'withdraw', by: 'clock', at });
  });
}

/** Names for those who look at bids after the opening. */
export const nameOf = async (reader: Reader, companyId: string): Promise<string> =>
  (await findCompany(reader, companyId))?.name ?? companyId;
