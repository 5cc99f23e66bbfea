/** What follows from the end of bidding: the outcome in the record, the winner's money, and what a default costs. */
import assert from 'node:assert/strict';
import { capture } from '#ledger';
import {
  canonicalJson,
  type Db,
  fen,
  inTransaction,
  type Keys,
  plus,
  Refused,
  sha256,
  type Tx,
  ZERO,
} from '#platform';
import { look } from '#process';
import { append, type Data } from '#record';
import {
  type AuctionHouse,
  BOND,
  bondRef,
  letGoJob,
  releaseBonds,
  type Step,
  step,
  takeAuction,
} from './auction.ts';
import { type AuctionTransition, OFFER_MS, REJOIN_MAX, REVEAL_MS } from './auction-life.ts';
import { type Auction, bidsIn, bondOf, endBonds } from './auction-store.ts';
import { tellSeller, tellWinner } from './notices.ts';
import { type ClearInput, clearInput, type Outcome } from './outcome.ts';
import { HOUSE } from './recyclers.ts';
import { undoTake } from './store.ts';
import { openMax } from './stored-terms.ts';

/**
 * The winner pays: its money is held, the bonds go back, and from here on the card is an order of the winner's, which
 * hands it over and settles like every other.
 */
export async function payFor(
  tx: Tx,
  house: AuctionHouse,
  auction: Auction,
  by: Step,
): Promise<Auction> {
  const { id: auctionId, seller_id: sellerId, winner, price_fen: priceFen } = auction;
  assert(winner !== null && priceFen !== null, 'there is a winner to pay');
  const { at } = by;
  // What the seller said yes to is what the seller gets, whatever the price table has become since.
  const agreed = winner === HOUSE ? auction.offer_net_fen : null;
  const net = agreed ?? fen(priceFen - (await house.feesOf(tx, priceFen, at)));
  const feesFen = fen(priceFen - net);
  // The bond first: its money may be what the price still lacks.
  await releaseBonds(tx, auction, at);
  const record = { ...by.record, winner, priceFen: String(priceFen), feesFen: String(feesFen) };
  const after = await step(tx, auction, {
    ...{ ...by, record },
    save: { ...by.save, settled_at: at, net_fen: net },
  });
  await house.fulfil(tx, {
    ...{ auctionId, sellerId, recyclerId: winner, priceFen, feesFen, at },
    ...{ sku: after.sku, faceFen: after.face_fen, expiresOn: after.expires_on },
    ...{ cardId: after.card_id, cardLast4: after.card_last4, grade: after.grade },
  });
  if (winner === HOUSE) return after;
  await tellWinner(tx, house, after, { what: 'won', at });
  await tellSeller(tx, after, { template: 'auction_sold', amountFen: net, at });
  return after;
}

/** What the outcome follows from, of all that was bid. */
export async function inputOf(tx: Tx, keys: Keys, auction: Auction): Promise<ClearInput> {
  const { id: lot, kind, reserve_fen: reserve, defaulted } = auction;
  const common = { lot, reserveFen: String(reserve), defaulted: [...defaulted] };
  const bids = await bidsIn(tx, lot);
  if (kind === 'english') {
    const open = bids.map((row) => openMax(keys, row));
    return {
      ...{ ...common, kind },
      bids: open.map(({ no, bidder, maxFen, at }) => {
        return { no, bidder, maxFen: String(maxFen), at: at.toISOString() };
      }),
    };
  }
  assert(kind === 'first_price' || kind === 'second_price', `${kind} is cleared otherwise`);
  return {
    ...{ ...common, kind },
    commitments: bids.map((row) => {
      return { no: Number(row.no), bidder: row.recycler_id, commitment: row.commitment ?? '' };
    }),
    reveals: bids.flatMap((row) =>
      row.salt === null || row.price_fen === null
        ? []
        : [{ bidder: row.recycler_id, priceFen: String(row.price_fen), salt: row.salt }],
    ),
  };
}

/** Inputs and outcome, both whole and with their hash: whoever has the record can clear it again. */
export async function publish(
  tx: Tx,
  subject: string,
  { input, outcome, at }: { input: unknown; outcome: unknown; at: Date },
): Promise<void> {
  const inputHash = sha256(canonicalJson(input)).toString('hex');
  const data = { input, inputHash, outcome } as Data;
  await append(tx, { subject, type: 'auctions.cleared', data, at });
}

/** From cleared on: the best who has not failed to pay is asked to, or there is no sale. */
async function award(tx: Tx, house: AuctionHouse, cleared: Auction, at: Date): Promise<Auction> {
  const input = await inputOf(tx, house.keys, cleared);
  const outcome = clearInput(input);
  await publish(tx, cleared.id, { input, outcome, at });
  await forfeit(tx, house, cleared, { outcome, at });
  const { winner, priceFen } = outcome;
  if (winner === null || priceFen === null) return await offerOwnPrice(tx, house, cleared, at);
  return await askToPay(tx, cleared, { winner, price_fen: fen(BigInt(priceFen)) }, at);
}

/**
 * Nobody bought: the bidders have their bonds back, and the seller is asked whether to sell at the platform's own price.
 * Nothing is sold without a yes. Where the platform does not buy either, the card goes back.
 */
async function offerOwnPrice(
  tx: Tx,
  house: AuctionHouse,
  cleared: Auction,
  at: Date,
): Promise<Auction> {
  const { sku, face_fen: faceFen, expires_on } = cleared;
  await releaseBonds(tx, cleared, at);
  await undoTake(tx, { orderId: cleared.id, at });
  const price = await house.ownPrice(tx, { sku, faceFen, expiresOn: expires_on ?? undefined, at });
  const nobody = { winner: null, price_fen: null };
  if (price === undefined) return await goesBack(tx, cleared, at);
  const net = fen(price - (await house.feesOf(tx, price, at)));
  const offered = await step(tx, cleared, {
    ...{ transition: 'offer', by: 'system', at },
    save: { ...nobody, offer_fen: price, offer_net_fen: net },
    record: { priceFen: String(price), netFen: String(net) },
  });
  const until = plus(at, OFFER_MS);
  await tellSeller(tx, offered, { template: 'auction_offer', amountFen: net, until, at });
  return offered;
}

async function goesBack(tx: Tx, cleared: Auction, at: Date): Promise<Auction> {
  const after = await step(tx, cleared, {
    ...{ transition: 'no_sale', by: 'system', at },
    ...{ save: { winner: null, price_fen: null }, jobs: letGoJob(cleared.id) },
  });
  await tellSeller(tx, after, { template: 'auction_unsold', at });
  return after;
}

/** The seller says yes or no to the platform's own price. Refuses not_found for another's auction, wrong_state. */
export async function answerOffer(
  house: AuctionHouse,
  input: { auctionId: string; sellerId: string; yes: boolean; at: Date },
): Promise<Auction> {
  const { auctionId, sellerId: actor, yes, at } = input;
  return await inTransaction(house.db, async (tx) => {
    const before = await takeAuction(tx, auctionId);
    if (before.seller_id !== actor) throw new Refused('not_found');
    if (before.state !== 'offered') throw new Refused('wrong_state');
    const by = { by: 'seller', actor, at } as const;
    if (!yes)
      return await step(tx, before, {
        ...{ ...by, transition: 'decline_offer', jobs: letGoJob(auctionId) },
      });
    const sold = { winner: HOUSE, price_fen: before.offer_fen };
    const save = sold;
    return await payFor(
      tx,
      house,
      { ...before, ...sold },
      { ...by, transition: 'accept_offer', save },
    );
  });
}

/** Tries at once, by a job: most winners have the money, and nobody has to press anything. */
export const askToPay = async (
  tx: Tx,
  cleared: Auction,
  save: { winner: string; price_fen: bigint },
  at: Date,
): Promise<Auction> =>
  await step(tx, cleared, {
    ...{ transition: 'award', by: 'system', at, save },
    record: { winner: save.winner, priceFen: String(save.price_fen) },
    jobs: [{ task: 'auctions.fund', payload: { auctionId: cleared.id } }],
  });

/** Who did not open the own envelope loses the bond to the seller, once. */
async function forfeit(
  tx: Tx,
  house: AuctionHouse,
  auction: Auction,
  { outcome, at }: { outcome: Outcome; at: Date },
): Promise<void> {
  await forfeitBonds(tx, house, auction, { of: outcome.unrevealed, at });
}

async function forfeitBonds(
  tx: Tx,
  house: AuctionHouse,
  { id, seller_id: userId, bond_fen: bond }: Auction,
  { of, at }: { of: readonly string[]; at: Date },
): Promise<void> {
  for (const recyclerId of await endBonds(tx, { auctionId: id, state: 'forfeited', of })) {
    await capture(tx, { kind: BOND, ref: bondRef(id, recyclerId), at });
    const part = `bond-${recyclerId}`;
    await house.createPayout(tx, { userId, subject: id, part, amountFen: bond, at });
    const data = { bidder: recyclerId, bondFen: String(bond) };
    await append(tx, { subject: id, type: 'auctions.bond_forfeited', data, at });
  }
}

/** A winner that does not pay owes the seller a bond, also where the format asked for none. */
async function charge(
  tx: Tx,
  house: AuctionHouse,
  auction: Auction,
  { winner, at }: { winner: string; at: Date },
): Promise<void> {
  const { id: auctionId, seller_id: sellerId, bond_fen: bondFen } = auction;
  const isBonded = (await bondOf(tx, { auctionId, recyclerId: winner }))?.state === 'held';
  // The account of the recycler is locked before its money, as everywhere.
  await house.onDefault(tx, {
    ...{ auctionId, sellerId, recyclerId: winner, at },
    owedFen: isBonded ? ZERO : bondFen,
  });
  await forfeitBonds(tx, house, auction, { of: [winner], at });
}

/** Refuses insufficient_funds while the wallet lacks the price; the winner tops up and tries again. */
export async function fund(
  house: AuctionHouse,
  input: {
    auctionId: string;
    at: Date;
    by: 'recycler' | 'system';
    recyclerId?: string;
    userId?: string;
  },
): Promise<Auction> {
  const { auctionId, at, by, recyclerId, userId: actor } = input;
  return await inTransaction(house.db, async (tx) => {
    const before = await takeAuction(tx, auctionId);
    if (by === 'recycler' && before.winner !== recyclerId) throw new Refused('not_found');
    return await payFor(tx, house, before, { transition: 'fund', by, actor, at });
  });
}

/** The job behind `award`: an empty wallet is no failure of ours, the winner has half an hour and is told so. */
export async function tryToFund(house: AuctionHouse, auctionId: string, at: Date): Promise<void> {
  try {
    await fund(house, { auctionId, at, by: 'system' });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await inTransaction(house.db, async (tx) => {
      const unpaid = await takeAuction(tx, auctionId);
      if (unpaid.state !== 'awaiting_settlement') return;
      const until = (await look(tx, auctionId))?.dueAt;
      await tellWinner(tx, house, unpaid, { what: 'pay_now', until, at });
    });
  }
}

/** What the clock does to an auction when a deadline comes. */
export async function onAuctionClock(
  house: AuctionHouse,
  db: Db,
  { id, transition, at }: { id: string; transition: string; at: Date },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const before = await takeAuction(tx, id);
    const by = { by: 'clock', at, transition: transition as AuctionTransition } as const;
    switch (by.transition) {
      case 'open':
        await step(tx, before, { ...by, due: before.ends_at });
        return;
      case 'close':
        await step(tx, before, { ...by, due: closingUntil(before) });
        return;
      case 'clear':
        await endRound(tx, house, await step(tx, before, by), at);
        return;
      case 'default':
        await onDefault(tx, house, before, by);
        return;
      case 'give_up':
        await onDefault(tx, house, before, by);
        return;
      default: {
        // Whatever else time brings ends the auction without a sale.
        const save = { winner: null, price_fen: null };
        const after = await step(tx, before, { ...by, save, jobs: letGoJob(id) });
        await tellSeller(tx, after, { template: 'auction_unsold', at });
      }
    }
  });
}

/** Only envelopes need time to be opened. */
const closingUntil = ({ kind, ends_at: endsAt }: Auction): Date =>
  kind === 'first_price' || kind === 'second_price'
    ? new Date(endsAt.getTime() + REVEAL_MS)
    : endsAt;

async function endRound(tx: Tx, house: AuctionHouse, cleared: Auction, at: Date): Promise<void> {
  const { kind, ends_at: due, defaulted } = cleared;
  if (kind !== 'dutch' && kind !== 'batch') {
    await award(tx, house, cleared, at);
    return;
  }
  if (kind === 'batch' && due > at && defaulted.length > 0 && defaulted.length <= REJOIN_MAX) {
    await undoTake(tx, { orderId: cleared.id, at });
    await step(tx, cleared, { transition: 'rejoin', by: 'system', at, due });
    return;
  }
  await offerOwnPrice(tx, house, cleared, at);
}

/**
 * The bond goes to the seller, and the next valid bid wins, once: a second default ends the bidding. A card of the
 * batch waits for the next round instead.
 */
async function onDefault(tx: Tx, house: AuctionHouse, before: Auction, by: Step): Promise<void> {
  const { winner, defaulted } = before;
  assert(winner !== null, 'somebody was asked to pay');
  const { at } = by;
  await charge(tx, house, before, { winner, at });
  const save = { winner: null, price_fen: null, defaulted: [...defaulted, winner] };
  const cleared = await step(tx, before, { ...by, save, record: { defaulted: winner } });
  if (by.transition === 'give_up' && cleared.kind !== 'batch')
    await offerOwnPrice(tx, house, cleared, at);
  else await endRound(tx, house, cleared, at);
}
