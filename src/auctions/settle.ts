/** What follows from the end of bidding: the outcome in the record, the winner's money, and what a default costs. */
import assert from 'node:assert/strict';
import { capture } from '#ledger';
import {
  canonicalJson,
  type Db,
  fen,
  inTransaction,
  type Keys,
  Refused,
  sha256,
  type Tx,
  ZERO,
} from '#platform';
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
import { type AuctionTransition, REVEAL_MS } from './auction-life.ts';
import { type Auction, bidsIn, bondOf, endBonds } from './auction-store.ts';
import { type ClearInput, clearInput, type Outcome } from './outcome.ts';
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
  const feesFen = await house.feesOf(tx, priceFen, at);
  // The bond first: its money may be what the price still lacks.
  await releaseBonds(tx, auction, at);
  const record = { ...by.record, winner, priceFen: String(priceFen), feesFen: String(feesFen) };
  const after = await step(tx, auction, {
    ...{ ...by, record },
    save: { ...by.save, settled_at: at },
  });
  await house.fulfil(tx, {
    ...{ auctionId, sellerId, recyclerId: winner, priceFen, feesFen, at },
    ...{ sku: after.sku, faceFen: after.face_fen, expiresOn: after.expires_on },
    ...{ cardId: after.card_id, cardLast4: after.card_last4, grade: after.grade },
  });
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
  if (winner === null || priceFen === null) {
    const no = { winner: null, price_fen: null };
    const by = { transition: 'no_sale', by: 'system', at, save: no } as const;
    return await step(tx, cleared, { ...by, jobs: letGoJob(cleared.id) });
  }
  return await askToPay(tx, cleared, { winner, price_fen: fen(BigInt(priceFen)) }, at);
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
  const isBonded = (await bondOf(tx, { auctionId, recyclerId: winner })) === 'held';
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

/** The job behind `award`: an empty wallet is no failure of ours, the winner has half an hour. */
export async function tryToFund(house: AuctionHouse, auctionId: string, at: Date): Promise<void> {
  try {
    await fund(house, { auctionId, at, by: 'system' });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
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
      default:
        // Whatever else time brings ends the auction without a sale.
        if (by.transition === 'give_up' && before.winner !== null)
          await charge(tx, house, before, { winner: before.winner, at });
        await step(tx, before, {
          ...{ ...by, jobs: letGoJob(id) },
          save: { winner: null, price_fen: null },
        });
    }
  });
}

/** Only envelopes need time to be opened. */
const closingUntil = ({ kind, ends_at: endsAt }: Auction): Date =>
  kind === 'first_price' || kind === 'second_price'
    ? new Date(endsAt.getTime() + REVEAL_MS)
    : endsAt;

async function endRound(tx: Tx, house: AuctionHouse, cleared: Auction, at: Date): Promise<void> {
  if (cleared.kind === 'dutch' || cleared.kind === 'batch') {
    await step(tx, cleared, {
      transition: 'no_sale',
      by: 'system',
      at,
      jobs: letGoJob(cleared.id),
    });
    return;
  }
  await award(tx, house, cleared, at);
}

/** The bond goes to the seller, and the next valid bid wins, once. A card of the batch goes back instead. */
async function onDefault(tx: Tx, house: AuctionHouse, before: Auction, by: Step): Promise<void> {
  const { winner, defaulted } = before;
  assert(winner !== null, 'somebody was asked to pay');
  const { at } = by;
  await charge(tx, house, before, { winner, at });
  const save = { winner: null, price_fen: null, defaulted: [...defaulted, winner] };
  const cleared = await step(tx, before, { ...by, save, record: { defaulted: winner } });
  await endRound(tx, house, cleared, at);
}
