/** How a recycler takes part: an envelope and its opening, a hidden maximum, or a yes. The time of the server decides. */
import { hold } from '#ledger';
import { type Fen, inTransaction, isRefusal, newId, notify, Refused, type Tx } from '#platform';
import { append, type Data } from '#record';
import {
  type AuctionHouse,
  auctionTopic,
  BOND,
  bondRef,
  bondUntil,
  step,
  takeAuction,
} from './auction.ts';
import {
  type Auction,
  type AuctionKind,
  insertBidRow,
  insertBond,
  ownBid,
  saveAuction,
  saveReveal,
} from './auction-store.ts';
import { purseOf } from './book.ts';
import { acceptDutch } from './dutch.ts';
import { bidEnglish, type EnglishState, nextBidFen } from './english.ts';
import { tellOutbid } from './notices.ts';
import { opensTo } from './sealed.ts';
import { payFor } from './settle.ts';
import { englishState, functionOf, sealMax } from './stored-terms.ts';

export interface Bidding {
  readonly auctionId: string;
  readonly recyclerId: string;
  /** Who of the recycler does it. */
  readonly userId: string;
  /** The clock of the server at the moment of asking: whatever a client's clock says does not count. */
  readonly at: Date;
}

/**
 * Locks the auction and looks whether this recycler may bid in it. Refuses not_found, wrong_format, auction_not_open,
 * auction_closed (at the instant of the end too), recycler_not_active, own_card.
 */
async function enter(
  tx: Tx,
  { recyclers }: AuctionHouse,
  { auctionId, recyclerId, at }: Bidding,
  kinds: readonly AuctionKind[],
): Promise<Auction> {
  const found = await takeAuction(tx, auctionId);
  if (!kinds.includes(found.kind)) throw new Refused('wrong_format');
  if (found.state === 'draft' || found.state === 'scheduled' || at < found.opens_at)
    throw new Refused('auction_not_open');
  if (found.state !== 'open' || at >= found.ends_at) throw new Refused('auction_closed');
  await recyclers.requireBidder(tx, { recyclerId, at });
  if (await recyclers.isRelated(tx, { recyclerId, userId: found.seller_id }))
    throw new Refused('own_card');
  return found;
}

/** Refuses insufficient_funds: the bond is 5 % of the face and stays held until the end. Once for each bidder. */
async function putUpBond(
  tx: Tx,
  auction: Auction,
  { recyclerId, at }: Bidding,
): Promise<{ bidder_count: number }> {
  const { id, bond_fen: amount, seller_id: seller, bidder_count: before } = auction;
  const no = before + 1;
  if (!(await insertBond(tx, { auctionId: id, recyclerId, no }))) return { bidder_count: before };
  await hold(tx, {
    ...{ kind: BOND, ref: bondRef(id, recyclerId), subject: id, at, amount },
    ...{ from: `WALLET:${recyclerId}`, to: `PAYABLE:${seller}`, expiresAt: bondUntil(auction) },
  });
  return { bidder_count: no };
}

/** Refuses bid_above_wallet: what was bid, and the bond, must be there now; it is drawn when the auction is won. */
async function requireMoney(
  tx: Tx,
  { recyclers }: AuctionHouse,
  { recyclerId, at }: Bidding,
  priceFen: Fen,
): Promise<void> {
  const purse = await purseOf(tx, recyclers, { recyclerId, at });
  if (!purse || purse.freeFen < priceFen)
    throw new Refused('bid_above_wallet', { freeFen: String(purse?.freeFen ?? 0n) });
}

/** In the record, and said to whoever watches. */
async function logged(tx: Tx, bid: Bidding, data: Data): Promise<void> {
  await append(tx, {
    ...{ subject: bid.auctionId, type: 'auctions.bid', at: bid.at },
    data: { bidder: bid.recyclerId, ...data },
  });
  notify(tx, auctionTopic(bid.auctionId));
}

/** Refuses envelope_used: one envelope a bidder, and nobody hands in a copy of another's. */
export async function commitBid(
  house: AuctionHouse,
  input: Bidding & { commitment: string },
): Promise<{ no: bigint }> {
  const { auctionId, recyclerId, userId, at, commitment } = input;
  return await inTransaction(house.db, async (tx) => {
    const auction = await enter(tx, house, input, ['first_price', 'second_price']);
    const bidders = await putUpBond(tx, auction, input);
    const row = { id: newId(at), auction_id: auctionId, recycler_id: recyclerId, by: userId, at };
    const no = await insertBidRow(tx, { ...row, commitment });
    if (no === undefined) throw new Refused('envelope_used');
    await saveAuction(tx, auctionId, { ...bidders, bid_count: auction.bid_count + 1 });
    await logged(tx, input, { no: String(no), commitment });
    return { no };
  });
}

/** Refuses not_revealing outside the ten minutes, reveal_mismatch, bid_above_wallet; the same reveal again is fine. */
export async function revealBid(
  house: AuctionHouse,
  input: Bidding & { priceFen: Fen; salt: string },
): Promise<void> {
  const { auctionId, recyclerId, at, priceFen, salt } = input;
  await inTransaction(house.db, async (tx) => {
    const auction = await takeAuction(tx, auctionId);
    const bid = await ownBid(tx, input);
    if (!bid?.commitment) throw new Refused('not_found');
    const opened = { lot: auctionId, bidder: recyclerId, priceFen, salt };
    if (!opensTo(bid.commitment, opened)) throw new Refused('reveal_mismatch');
    if (bid.revealed_at) return;
    // Until the end nobody may see what others bid: an envelope opened early would be a signal.
    if (auction.state === 'open' || auction.state === 'scheduled' || at < auction.ends_at)
      throw new Refused('not_revealing');
    if (auction.state !== 'closing') throw new Refused('auction_closed');
    if (priceFen > auction.face_fen) throw new Refused('bid_above_face');
    await requireMoney(tx, house, input, priceFen);
    await saveReveal(tx, { bidId: bid.id, priceFen, salt, at });
    await append(tx, {
      ...{ subject: auctionId, type: 'auctions.revealed', at },
      data: { no: String(bid.no), bidder: recyclerId, priceFen: String(priceFen), salt },
    });
  });
}

/** Refuses what `enter` and `bidEnglish` refuse, bid_above_face, bid_above_wallet. Gives what the leader would pay now. */
export async function bidMax(
  house: AuctionHouse,
  input: Bidding & { maxFen: Fen },
): Promise<{ leads: boolean; priceFen: Fen; nextFen: Fen; endsAt: Date }> {
  const { auctionId, recyclerId, userId, at, maxFen } = input;
  return await inTransaction(house.db, async (tx) => {
    const auction = await enter(tx, house, input, ['english']);
    if (maxFen > auction.face_fen) throw new Refused('bid_above_face');
    const bidders = await putUpBond(tx, auction, input);
    await requireMoney(tx, house, input, maxFen);
    const before = await englishState(tx, house, auction);
    const bid = { no: Number.MAX_SAFE_INTEGER, bidder: recyclerId, maxFen, at };
    const state = bidEnglish(before, bid);
    if (isRefusal(state)) throw new Refused(state);
    const id = newId(at);
    const priceFen = state.priceFen ?? auction.reserve_fen;
    const no = await insertBidRow(tx, {
      ...{ id, auction_id: auctionId, recycler_id: recyclerId, by: userId, at },
      ...{ max_ct: sealMax(house.keys, { maxFen, bidId: id }), shown_fen: priceFen },
    });
    await logged(tx, input, { no: String(no), priceFen: String(priceFen) });
    const leads = state.leader?.bidder === recyclerId;
    const count = { ...bidders, bid_count: auction.bid_count + 1 };
    await saveAuction(tx, auctionId, { ...count, ...standing(auction, { id, before, state }) });
    const { closesAt: due, extensions } = state;
    if (extensions > before.extensions) {
      const save = { ends_at: due, extensions };
      await step(tx, auction, { transition: 'extend', by: 'system', at, due, save });
    }
    const { leader: last } = before;
    if (leads && last && last.bidder !== recyclerId)
      await tellOutbid(tx, house, { auction, recyclerId: last.bidder, priceFen, until: due, at });
    return { leads, priceFen, nextFen: nextBidFen(state), endsAt: due };
  });
}

/** Which bids hold the two highest maxima of different bidders once this one is in. */
function standing(
  auction: Auction,
  { id, before, state }: { id: string; before: EnglishState; state: EnglishState },
): { leader_bid?: string | null; second_bid?: string | null } {
  const [was, is] = [before.leader, state.leader];
  if (is?.maxFen === was?.maxFen && is?.bidder === was?.bidder) return { second_bid: id };
  if (is?.bidder === was?.bidder) return { leader_bid: id };
  return { leader_bid: id, second_bid: auction.leader_bid };
}

/**
 * The first yes has the card and pays in the same commit: the lock of the row decides who was first. Refuses what
 * `enter` and `acceptDutch` refuse, and bid_above_wallet.
 */
export async function sayYes(
  house: AuctionHouse,
  input: Bidding & { maxFen: Fen; functionHash: string },
): Promise<{ priceFen: Fen }> {
  const { auctionId, recyclerId, userId, at } = input;
  return await inTransaction(house.db, async (tx) => {
    const auction = await enter(tx, house, input, ['dutch']);
    const priceFen = acceptDutch(auctionId, functionOf(auction), input);
    if (typeof priceFen !== 'bigint') throw new Refused(priceFen);
    if (auction.function_hash !== input.functionHash) throw new Refused('price_function_changed');
    await requireMoney(tx, house, input, priceFen);
    await logged(tx, input, { priceFen: String(priceFen), functionHash: input.functionHash });
    const won = { winner: recyclerId, price_fen: priceFen };
    const by = { transition: 'take', by: 'recycler', actor: userId, at, save: won } as const;
    await payFor(tx, house, { ...auction, ...won }, by);
    return { priceFen };
  });
}
