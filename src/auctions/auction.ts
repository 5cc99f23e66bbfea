/** A seller puts a card to auction, or takes it back while nobody has bid; and the one way in which an auction changes. */
import assert from 'node:assert/strict';
import {
  type CardSecret,
  disencumber,
  encumber,
  findProduct,
  gradeWithin,
  type IssuerDeps,
  parseCard,
  RESULTS,
  releaseAtIssuer,
  returnCard,
  sealCard,
  verifyCard,
} from '#cards';
import { release } from '#ledger';
import { requireRealName } from '#parties';
import {
  type Clock,
  DAY,
  type Db,
  type Fen,
  inTransaction,
  type Keys,
  MINUTE,
  newId,
  notify,
  plus,
  type Reader,
  Refused,
  type Secret,
  share,
  type Tx,
} from '#platform';
import { type Move, move, start } from '#process';
import { type AuctionState, auctionProcess, LEAD_DAYS_MAX, OPEN_DAYS_MAX } from './auction-life.ts';
import {
  type Auction,
  type AuctionKind,
  endBonds,
  findAuction,
  insertAuction,
  lockAuction,
  saveAuction,
} from './auction-store.ts';
import { checkFunction, functionHash } from './dutch.ts';
import type { Recyclers } from './recyclers.ts';
import { undoTake } from './store.ts';

export interface AuctionHouse {
  readonly db: Db;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly cards: IssuerDeps;
  readonly recyclers: Recyclers;
  /** What the platform takes of a price, by the published table. */
  readonly feesOf: (reader: Reader, priceFen: Fen, at: Date) => Promise<Fen>;
  readonly hasPayoutAccount: (reader: Reader, userId: string) => Promise<boolean>;
  /** From the winner's money on the card is an order like any other: this opens it, paid in, and gives its id. */
  readonly fulfil: (tx: Tx, win: Win) => Promise<string>;
  /** The order that a win became, once it is paid for. */
  readonly orderOf: (
    reader: Reader,
    auctionId: string,
  ) => Promise<{ orderId: string; mayReveal: boolean } | undefined>;
  /** The winner opens the card of that order. */
  readonly openWon: (who: {
    auctionId: string;
    recyclerId: string;
    userId: string;
    at: Date;
  }) => Promise<CardSecret>;
  /** Won and not paid for: what the seller is owed beyond the bond is made good, and it counts against the recycler. */
  readonly onDefault: (tx: Tx, unpaid: Unpaid) => Promise<void>;
  /** What the platform itself pays for such a card now; undefined when it would not buy it. */
  readonly ownPrice: (
    reader: Reader,
    card: { sku: string; faceFen: Fen; expiresOn: string | undefined; at: Date },
  ) => Promise<Fen | undefined>;
  /** The seller's money is promised to be sent; once a subject and part. */
  readonly createPayout: (
    tx: Tx,
    payout: { userId: string; subject: string; part?: string; amountFen: Fen; at: Date },
  ) => Promise<unknown>;
}

export interface Win {
  readonly auctionId: string;
  readonly sellerId: string;
  readonly recyclerId: string;
  readonly sku: string;
  readonly faceFen: Fen;
  readonly expiresOn: string | null;
  readonly cardId: string;
  readonly cardLast4: string;
  readonly grade: string | null;
  readonly priceFen: Fen;
  readonly feesFen: Fen;
  readonly at: Date;
}
export interface Unpaid {
  readonly auctionId: string;
  readonly sellerId: string;
  readonly recyclerId: string;
  /** Zero where a bond was there. */
  readonly owedFen: Fen;
  readonly at: Date;
}

const BOND_BPS = 500;
const OPEN_MS_MIN = 5 * MINUTE;

export interface PutUp {
  readonly sellerId: string;
  readonly kind: AuctionKind;
  readonly sku: string;
  readonly faceFen: Fen;
  readonly expiresOn?: string | undefined;
  readonly number: Secret;
  readonly pin?: Secret | undefined;
  readonly reserveFen: Fen;
  readonly opensAt: Date;
  readonly closesAt: Date;
  readonly dutch?: { startFen: Fen; stepFen: Fen; everyMs: number } | undefined;
  readonly at: Date;
}

/**
 * Refuses before anything is stored: auction_times_unsound, price_function_unsound, reserve_above_face, unknown_product,
 * card_not_lockable (only what its issuer locks is auctioned), and what sealing a card refuses.
 */
export async function putUp(house: AuctionHouse, input: PutUp): Promise<Auction> {
  const { sellerId, kind, sku, faceFen, reserveFen, at } = input;
  requireSound(input);
  return await inTransaction(house.db, async (tx) => {
    await requireRealName(tx, sellerId);
    if (!(await house.hasPayoutAccount(tx, sellerId))) throw new Refused('payout_account_needed');
    const product = await findProduct(tx, sku);
    if (!product) throw new Refused('unknown_product');
    if (gradeWithin(product.issuerCaps) < 'V4') throw new Refused('card_not_lockable');
    const card = parseCard(product, { number: input.number.reveal(), pin: input.pin?.reveal() });
    if (!card.ok) throw new Refused(card);
    const id = newId(at);
    const { cardId } = await sealCard(tx, {
      ...{ keys: house.keys, userId: sellerId, product, faceFen, at },
      ...{ number: card.number, pin: card.pin, expiresOn: input.expiresOn },
    });
    await encumber(tx, { cardId, kind: 'auction', ref: id, at });
    const terms = dutchTerms(id, input);
    await insertAuction(tx, {
      ...{ id, kind, seller_id: sellerId, sku, face_fen: faceFen, card_id: cardId },
      ...{ card_last4: card.number.reveal().slice(-4), state: 'draft', created_at: at },
      ...{ expires_on: input.expiresOn ?? null, reserve_fen: reserveFen },
      ...{ bond_fen: share(faceFen, BOND_BPS, 'up'), ...terms },
      ...{ opens_at: input.opensAt, closes_at: input.closesAt, ends_at: input.closesAt },
    });
    await start(tx, auctionProcess, {
      ...{ id, at, by: 'seller', actor: sellerId },
      record: { kind, sku, faceFen: String(faceFen), reserveFen: String(reserveFen) },
      jobs: [{ task: 'auctions.check', payload: { auctionId: id } }],
    });
    return await theAuction(tx, id);
  });
}

function requireSound(input: PutUp): void {
  const { opensAt, closesAt, at, faceFen, reserveFen, dutch, kind } = input;
  const open = closesAt.getTime() - opensAt.getTime();
  const lead = opensAt.getTime() - at.getTime();
  const times = lead >= 0 && lead <= (LEAD_DAYS_MAX - 1) * DAY;
  if (!times || open < OPEN_MS_MIN || open > OPEN_DAYS_MAX * DAY)
    throw new Refused('auction_times_unsound');
  if (reserveFen > faceFen) throw new Refused('reserve_above_face');
  if ((kind === 'dutch') !== (dutch !== undefined)) throw new Refused('price_function_unsound');
  const no = dutch && checkFunction({ ...dutch, reserveFen, opensAt, closesAt });
  if (no || (dutch && dutch.startFen > faceFen)) throw new Refused('price_function_unsound');
}

/** The function is fixed before anybody may buy; its hash stands in the record and in the answer of every look. */
function dutchTerms(id: string, { dutch, reserveFen, opensAt, closesAt }: PutUp) {
  if (!dutch) return {};
  const { startFen, stepFen, everyMs } = dutch;
  return {
    start_fen: startFen,
    step_fen: stepFen,
    every_ms: BigInt(everyMs),
    function_hash: functionHash(id, { ...dutch, reserveFen, opensAt, closesAt }),
  };
}

export async function theAuction(reader: Reader, id: string): Promise<Auction> {
  const found = await findAuction(reader, id);
  if (!found) throw new Refused('not_found');
  return found;
}

export async function takeAuction(tx: Tx, id: string): Promise<Auction> {
  const found = await lockAuction(tx, id);
  if (!found) throw new Refused('not_found');
  return found;
}

export interface Step extends Omit<Move<typeof auctionProcess>, 'id'> {
  readonly save?: Parameters<typeof saveAuction>[2];
}

export const OVER: ReadonlySet<AuctionState> = new Set(['unsold', 'withdrawn', 'failed']);

/** Locked by the caller. When it ends without a sale every bond goes back, and so does the card, by a job. */
export async function step(tx: Tx, before: Auction, { save, ...to }: Step): Promise<Auction> {
  const { id, card_id: cardId } = before;
  const after = await move(tx, auctionProcess, { id, ...to });
  const now = await saveAuction(tx, id, { ...save, state: after.state });
  if (OVER.has(now.state)) {
    await releaseBonds(tx, now, to.at);
    await undoTake(tx, { orderId: id, at: to.at });
    await disencumber(tx, { cardId, ref: id, at: to.at });
  }
  notify(tx, auctionTopic(id));
  return now;
}

export const auctionTopic = (id: string): string => `auction:${id}`;
export const BOND = 'auctions.bond';
export const bondRef = (auctionId: string, recyclerId: string): string =>
  `${auctionId}/${recyclerId}`;

/** Of these bidders, or of all whose bond is still held. */
export async function releaseBonds(
  tx: Tx,
  { id }: Auction,
  at: Date,
  of?: readonly string[],
): Promise<void> {
  for (const recyclerId of await endBonds(tx, { auctionId: id, state: 'released', of }))
    await release(tx, { kind: BOND, ref: bondRef(id, recyclerId), at });
}

export const LET_GO = 'auctions.let_go';
export const letGoJob = (auctionId: string) => [{ task: LET_GO, payload: { auctionId } }];

/** Refuses not_found for another's auction, auction_has_bids after the first valid bid. */
export async function withdrawAuction(
  db: Db,
  { auctionId, sellerId, at }: { auctionId: string; sellerId: string; at: Date },
): Promise<Auction> {
  return await inTransaction(db, async (tx) => {
    const before = await takeAuction(tx, auctionId);
    if (before.seller_id !== sellerId) throw new Refused('not_found');
    if (before.bid_count > 0) throw new Refused('auction_has_bids');
    const by = { transition: 'withdraw', by: 'seller', actor: sellerId } as const;
    return await step(tx, before, { ...by, at, jobs: letGoJob(auctionId) });
  });
}

/** A job: the issuer confirms and locks the card, or it goes back. Safe to run again. */
export async function checkAuctioned(
  house: AuctionHouse,
  auctionId: string,
  at: Date,
): Promise<void> {
  const found = await theAuction(house.db, auctionId);
  if (found.state !== 'draft') return;
  const seen = await verifyCard(house.cards, {
    ...{ cardId: found.card_id, ref: auctionId, expectFen: found.face_fen, at },
    ...(found.expires_on !== null && { expectExpiresOn: found.expires_on }),
  });
  const { outcome } = RESULTS[seen.code];
  if (outcome === 'wait') throw new Error('the issuer has not answered yet');
  const good = outcome === 'pass' && seen.balanceFen === found.face_fen && !!seen.grade;
  await inTransaction(house.db, async (tx) => {
    const before = await takeAuction(tx, auctionId);
    if (before.state !== 'draft') return;
    const by = { by: 'system', at, record: { code: seen.code } } as const;
    if (!good || (seen.grade ?? 'V0') < 'V4' || before.ends_at <= at) {
      await step(tx, before, { ...by, transition: 'fail', jobs: letGoJob(auctionId) });
      return;
    }
    const due = before.opens_at > at ? before.opens_at : at;
    const save = { grade: seen.grade ?? null };
    await step(tx, before, { ...by, transition: 'schedule', due, save });
  });
}

/** A job: free at the issuer, shredded here. Safe to run again. */
export async function letGoAuctioned(
  house: AuctionHouse,
  auctionId: string,
  at: Date,
): Promise<void> {
  const { card_id: cardId } = await theAuction(house.db, auctionId);
  const { released, code } = await releaseAtIssuer(house.cards, { cardId, ref: auctionId, at });
  if (code === 'card_stopped') return;
  assert(released, `the issuer did not give the card back: ${code ?? 'unknown'}`);
  await inTransaction(house.db, (tx) => returnCard(tx, { cardId, ref: auctionId, at }));
}

/** Our end of an anomaly: every hold goes back, and nobody has won. */
export async function failAuction(
  db: Db,
  { auctionId, operator, at }: { auctionId: string; operator: string; at: Date },
): Promise<Auction> {
  return await inTransaction(db, async (tx) => {
    const before = await takeAuction(tx, auctionId);
    const by = { transition: 'fail', by: 'operator', actor: operator } as const;
    const save = { winner: null, price_fen: null };
    return await step(tx, before, { ...by, at, save, jobs: letGoJob(auctionId) });
  });
}

/** For the end of a hold: later than any end the auction can still have. */
export const bondUntil = ({ closes_at }: Auction): Date => plus(closes_at, DAY);
