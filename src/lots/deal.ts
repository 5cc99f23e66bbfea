/** One part and its buyer: the contract that two people of each side confirm, and the tranches one after the other. */
import assert from 'node:assert/strict';
import { findCompany, requireMember } from '#parties';
import {
  addJob,
  chinaDay,
  type Db,
  fen,
  inTransaction,
  newId,
  notify,
  plus,
  type Reader,
  Refused,
  sha256,
  sum,
  type Tx,
  ZERO,
} from '#platform';
import { type Move, move, start } from '#process';
import { append } from '#record';
import type { LotDeps } from './deps.ts';
import { cardPrices, contractText, trancheSizes } from './domain.ts';
import { dealProcess, SIGN_MS, trancheProcess } from './life.ts';
import { LET_GO, noteLot, step, takeLot } from './lot.ts';
import type { Lot } from './store.ts';
import {
  assignTranche,
  type Bid,
  type Deal,
  dealsOfLot,
  findDeal,
  insertDeal,
  insertSignature,
  insertTranche,
  lockDeal,
  type PartRow,
  saveDeal,
  saveTranche,
  signaturesOf,
  type Tranche,
  tranchesOf,
} from './store-deal.ts';
import { eachRow, type Row } from './store-rows.ts';

export type Side = 'seller' | 'buyer';
export const dealTopic = (id: string): string => `lot_deal:${id}`;

/**
 * Price per card by face, tranches as even as can be; the money of each is held before anybody signs. The bid was for every
 * card of the part: what a notice has named since is not sold, and its share of the price is not asked for.
 */
export async function startDeal(
  tx: Tx,
  deps: LotDeps,
  input: { lot: Lot; part: PartRow; bid: Bid; at: Date },
): Promise<void> {
  const { lot, part, bid, at } = input;
  const { bidder_id: buyerId, price_fen } = bid;
  assert(price_fen !== null && lot.tranches !== null, 'the bids are open');
  const offered: Row[] = [];
  for await (const row of eachRow(tx, { lotId: lot.id, partNo: part.no, states: ['good', 'bad'] }))
    offered.push(row);
  const prices = cardPrices(
    fen(price_fen),
    offered.map(({ face_fen }) => fen(face_fen)),
  );
  const rows = offered.flatMap(({ no, state, face_fen }, n) =>
    state === 'good' ? [{ no, faceFen: fen(face_fen), priceFen: prices[n] ?? ZERO }] : [],
  );
  const priceFen = sum(rows.map((row) => row.priceFen));
  const sizes = trancheSizes(rows.length, lot.tranches);
  const [seller, buyer] = [await findCompany(tx, lot.company_id), await findCompany(tx, buyerId)];
  assert(seller && buyer, 'both sides are companies');
  const contract = contractText({
    ...{ lotId: lot.id, partNo: part.no, seller, buyer, priceFen },
    ...{ cards: rows.length, faceFen: sum(rows.map(({ faceFen }) => faceFen)) },
    ...{ tranches: sizes, madeOn: chinaDay(at) },
  });
  const id = newId(at);
  const hash = sha256(contract).toString('hex');
  await insertDeal(tx, {
    ...{ id, lot_id: lot.id, part_no: part.no, seller_id: lot.company_id, buyer_id: buyerId },
    ...{ price_fen: priceFen, state: 'contracting', contract, contract_hash: hash, created_at: at },
  });
  await start(tx, dealProcess, {
    ...{ id, at, by: 'system', due: plus(at, SIGN_MS) },
    record: {
      lotId: lot.id,
      part: part.no,
      buyerId,
      priceFen: String(priceFen),
      contractHash: hash,
    },
  });
  let from = 0;
  for (const [index, size] of sizes.entries()) {
    const own = rows.slice(from, from + size);
    await startTranche(tx, { lot, dealId: id, buyerId, no: index + 1, rows: own, at });
    from += size;
  }
  const data = { lotId: lot.id, dealId: id, priceFen: String(priceFen) };
  for (const recycler of [buyerId, lot.company_id])
    await deps.news(tx, { recycler, type: 'lot.awarded', data, at });
}

async function startTranche(
  tx: Tx,
  input: {
    lot: Lot;
    dealId: string;
    buyerId: string;
    no: number;
    rows: readonly { no: number; priceFen: ReturnType<typeof fen> }[];
    at: Date;
  },
): Promise<void> {
  const { lot, dealId, buyerId, no, rows, at } = input;
  const id = newId(at);
  const price = sum(rows.map(({ priceFen }) => priceFen));
  await insertTranche(tx, {
    ...{ id, deal_id: dealId, no, cards: rows.length, price_fen: price, state: 'reserved' },
  });
  await assignTranche(tx, { lotId: lot.id, trancheId: id, rows });
  await start(tx, trancheProcess, {
    ...{ id, at, by: 'system', record: { dealId, no, priceFen: String(price) } },
    accounts: { WALLET: `WALLET:${buyerId}`, ESCROW: `ESCROW:${id}` },
    amounts: { price },
  });
}

export interface OnDeal {
  readonly companyId: string;
  readonly userId: string;
  readonly dealId: string;
}
const sideOf = (deal: Deal, companyId: string): Side | undefined =>
  deal.seller_id === companyId ? 'seller' : deal.buyer_id === companyId ? 'buyer' : undefined;

/** For members of either side. Refuses not_found to everybody else. */
export async function dealFor(
  reader: Reader,
  { companyId, userId, dealId }: OnDeal,
): Promise<{ deal: Deal; side: Side }> {
  await requireMember(reader, { recyclerId: companyId, userId });
  const deal = await findDeal(reader, dealId);
  const side = deal && sideOf(deal, companyId);
  if (!deal || !side) throw new Refused('not_found');
  return { deal, side };
}

/** Locked, for those who may act; `only` one side may do most things. */
export async function takeDealFor(
  tx: Tx,
  { companyId, userId, dealId }: OnDeal,
  only?: Side,
): Promise<{ deal: Deal; side: Side }> {
  await requireMember(tx, { recyclerId: companyId, userId, role: 'buyer' });
  const deal = await lockDeal(tx, dealId);
  const side = deal && sideOf(deal, companyId);
  if (!deal || !side) throw new Refused('not_found');
  if (only && side !== only) throw new Refused('not_your_turn');
  return { deal, side };
}

export async function takeDeal(tx: Tx, dealId: string): Promise<Deal> {
  const deal = await lockDeal(tx, dealId);
  if (!deal) throw new Refused('not_found');
  return deal;
}

export type DealStep = Omit<Move<typeof dealProcess>, 'id'>;
export async function stepDeal(tx: Tx, deal: Deal, to: DealStep): Promise<Deal> {
  const { state } = await move(tx, dealProcess, { id: deal.id, ...to });
  await saveDeal(tx, deal.id, state);
  notify(tx, dealTopic(deal.id));
  return { ...deal, state };
}

export interface TrancheStep extends Omit<Move<typeof trancheProcess>, 'id' | 'accounts'> {
  readonly save?: Parameters<typeof saveTranche>[2];
}
export async function stepTranche(
  tx: Tx,
  deal: Deal,
  { id }: Tranche,
  { save, ...to }: TrancheStep,
): Promise<Tranche> {
  const accounts = {
    ...{ WALLET: `WALLET:${deal.buyer_id}`, BUYER: `WALLET:${deal.buyer_id}`, FEE: 'FEE' },
    ...{ ESCROW: `ESCROW:${id}`, SELLER: `WALLET:${deal.seller_id}` },
  };
  const { state } = await move(tx, trancheProcess, { id, accounts, ...to });
  notify(tx, dealTopic(deal.id));
  return await saveTranche(tx, id, { ...save, state });
}

/**
 * One person confirms exactly this text. The first of a side is its maker, another one its checker; with the fourth
 * name the contract binds and the first tranche is delivered. Refuses lot_contract_changed, second_person_needed.
 */
export async function signDeal(
  tx: Tx,
  deps: LotDeps,
  { hash, at, ...on }: OnDeal & { hash: string; at: Date },
): Promise<Deal> {
  const { deal, side } = await takeDealFor(tx, on);
  if (deal.state !== 'contracting') throw new Refused('wrong_state', { state: deal.state });
  if (hash !== deal.contract_hash) throw new Refused('lot_contract_changed');
  const before = await signaturesOf(tx, deal.id);
  const own = before.filter((one) => one.side === side);
  if (own.length === 2) throw new Refused('not_your_turn');
  const role = own.length === 0 ? 'maker' : 'checker';
  await insertSignature(tx, { deal_id: deal.id, side, role, person_id: on.userId, at });
  const record = { side, role, contractHash: hash };
  const by = { by: side, actor: on.userId, at, record } as const;
  if (before.length < 3)
    return await stepDeal(tx, deal, {
      ...{ ...by, transition: 'sign', due: plus(deal.created_at, SIGN_MS) },
    });
  const bound = await stepDeal(tx, deal, { ...by, transition: 'contract' });
  return await goOn(tx, deps, bound, at);
}

export const HAND_OVER = 'lots.hand_over';

/** The next tranche is delivered, its money captured first; without one left, and all settled, the deal is done. */
export async function goOn(tx: Tx, deps: LotDeps, deal: Deal, at: Date): Promise<Deal> {
  const tranches = await tranchesOf(tx, deal.id);
  if (deal.state !== 'delivering') {
    await finishLot(tx, deal.lot_id, at);
    return deal;
  }
  if (tranches.some(({ state }) => state === 'delivered')) return deal;
  const next = tranches.find(({ state }) => state === 'reserved');
  if (next) {
    await deliver(tx, deps, { deal, tranche: next, at });
    return deal;
  }
  if (tranches.some(({ state }) => state !== 'settled' && state !== 'cancelled')) return deal;
  const done = await stepDeal(tx, deal, { transition: 'settle', by: 'system', at });
  await finishLot(tx, deal.lot_id, at);
  return done;
}

async function deliver(
  tx: Tx,
  deps: LotDeps,
  { deal, tranche, at }: { deal: Deal; tranche: Tranche; at: Date },
): Promise<void> {
  await stepTranche(tx, deal, tranche, {
    ...{ transition: 'deliver', by: 'system', at, save: { delivered_at: at } },
    record: { dealId: deal.id },
    jobs: [{ task: HAND_OVER, payload: { trancheId: tranche.id } }],
  });
  await tellDelivered(tx, deps, { deal, tranche, at });
}

export async function tellDelivered(
  tx: Tx,
  deps: LotDeps,
  { deal, tranche, at }: { deal: Deal; tranche: Tranche; at: Date },
): Promise<void> {
  const data = { dealId: deal.id, trancheId: tranche.id, priceFen: String(tranche.price_fen) };
  const news = { recycler: deal.buyer_id, type: 'lot.tranche_delivered', data, at } as const;
  await deps.news(tx, news);
}

/** What is not delivered is not bought: its money is free, its cards go back. */
export async function cancelRest(tx: Tx, deal: Deal, at: Date): Promise<void> {
  for (const tranche of await tranchesOf(tx, deal.id))
    if (tranche.state === 'reserved')
      await stepTranche(tx, deal, tranche, { transition: 'cancel', by: 'system', at });
  await addJob(tx, LET_GO, { lotId: deal.lot_id });
  await finishLot(tx, deal.lot_id, at);
}

const ENDED = new Set(['settled', 'lapsed', 'stopped']);

/** The lot is over when all its deals and their tranches are. */
export async function finishLot(tx: Tx, lotId: string, at: Date): Promise<void> {
  const lot = await takeLot(tx, lotId);
  if (lot.state !== 'awarded') return;
  for (const deal of await dealsOfLot(tx, lotId)) {
    if (!ENDED.has(deal.state)) return;
    const tranches = await tranchesOf(tx, deal.id);
    if (tranches.some(({ state }) => state !== 'settled' && state !== 'cancelled')) return;
  }
  const root = await statementRoot(tx, lotId);
  await noteLot(tx, lotId, { type: 'lots.statement', data: { root }, at });
  await step(tx, lot, { transition: 'finish', by: 'system', at });
  await addJob(tx, LET_GO, { lotId });
}

/** SHA-256 over the hash of each card's line, in order: the statement that was given out can be held against it. */
export async function statementRoot(reader: Reader, lotId: string): Promise<string> {
  const hashes: Buffer[] = [];
  for await (const row of eachRow(reader, { lotId }))
    hashes.push(Buffer.from(lineHash(row), 'hex'));
  return sha256(Buffer.concat(hashes)).toString('hex');
}

export const lineHash = (row: {
  no: number;
  card_id: string | null;
  sku: string | null;
  face_fen: bigint | null;
  price_fen: bigint | null;
  state: string;
}): string =>
  sha256(
    [
      row.no,
      row.card_id ?? '',
      row.sku ?? '',
      row.face_fen ?? '',
      row.price_fen ?? '',
      finalOf(row.state),
    ].join('/'),
  ).toString('hex');
/** Whether our copy has been destroyed already says nothing of the money. */
const finalOf = (state: string): string =>
  state === 'paid' || state === 'refunded' || state === 'refused' ? state : 'returned';

/** The buyer goes on although many cards failed, or either side ends it here. */
export async function resumeDeal(
  tx: Tx,
  deps: LotDeps,
  { at, ...on }: OnDeal & { at: Date },
): Promise<Deal> {
  const { deal } = await takeDealFor(tx, on, 'buyer');
  const by = { by: 'buyer', actor: on.userId, at } as const;
  return await goOn(tx, deps, await stepDeal(tx, deal, { ...by, transition: 'resume' }), at);
}

export async function stopDeal(tx: Tx, { at, ...on }: OnDeal & { at: Date }): Promise<Deal> {
  const { deal, side } = await takeDealFor(tx, on);
  const by = { by: side, actor: on.userId, at } as const;
  const stopped = await stepDeal(tx, deal, { ...by, transition: 'stop' });
  await cancelRest(tx, stopped, at);
  return stopped;
}

export async function onDealClock(
  db: Db,
  { id, transition, at }: { id: string; transition: string; at: Date },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const deal = await takeDeal(tx, id);
    const by = { by: 'clock', at, transition: transition as 'lapse' } as const;
    await cancelRest(tx, await stepDeal(tx, deal, by), at);
  });
}

export const noteDeal = async (
  tx: Tx,
  dealId: string,
  { type, data, at }: { type: string; data: Parameters<typeof append>[1]['data']; at: Date },
): Promise<void> => await append(tx, { subject: dealId, type, data, at });
