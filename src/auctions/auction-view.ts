/** An auction as everybody sees it, and as one bidder does. Hidden maxima and unopened envelopes stay hidden. */
import type { Static } from 'typebox';
import { findProduct } from '#cards';
import { fen, type Reader, Refused } from '#platform';
import { look } from '#process';
import { type AuctionHouse, theAuction } from './auction.ts';
import { auctionProcess } from './auction-life.ts';
import {
  type Auction,
  bondOf,
  countForfeited,
  type LoggedBid,
  latestBids,
  ownBid,
  type Round,
} from './auction-store.ts';
import { priceAt } from './dutch.ts';
import { nextBidFen } from './english.ts';
import { HOUSE } from './recyclers.ts';
import type { AuctionView, RoundView, Standing } from './schema.ts';
import { englishState, functionOf } from './stored-terms.ts';

type View = Static<typeof AuctionView>;
const LOG_SHOWN = 30;

export async function auctionView(
  house: AuctionHouse,
  id: string,
  { userId, at }: { userId?: string | undefined; at: Date },
): Promise<View> {
  const { db } = house;
  const instance = await look(db, id);
  const auction = await theAuction(db, id);
  const bids = await latestBids(db, { auctionId: id, limit: LOG_SHOWN });
  const product = await findProduct(db, auction.sku);
  const { zh, en } = auctionProcess.states[auction.state] ?? { zh: '', en: '' };
  return {
    ...{ id, kind: auction.kind, state: auction.state, stateZh: zh, stateEn: en },
    sku: auction.sku,
    productName: product?.name ?? { zh: auction.sku, en: auction.sku },
    faceFen: String(auction.face_fen),
    ...(auction.expires_on && { expiresOn: auction.expires_on }),
    ...(auction.grade && { grade: auction.grade }),
    reserveFen: String(auction.reserve_fen),
    bondFen: String(auction.bond_fen),
    opensAt: auction.opens_at.toISOString(),
    closesAt: auction.closes_at.toISOString(),
    endsAt: auction.ends_at.toISOString(),
    extensions: auction.extensions,
    ...(instance?.dueAt && { dueAt: instance.dueAt.toISOString() }),
    now: at.toISOString(),
    bids: auction.bid_count,
    bidders: auction.bidder_count,
    ...prices(auction, bids[0], at),
    ...(auction.kind === 'dutch' && { dutch: dutchView(auction) }),
    log: bids.map(logged),
    mine: userId === auction.seller_id,
    ...(userId === auction.seller_id && { seller: await sellerView(db, auction) }),
  };
}

function prices(auction: Auction, last: LoggedBid | undefined, at: Date) {
  if (auction.price_fen !== null) return { priceFen: String(auction.price_fen) };
  if (auction.state !== 'open') return {};
  if (auction.kind === 'dutch') return { priceFen: String(priceAt(functionOf(auction), at)) };
  if (auction.kind !== 'english') return {};
  const shown = last?.shown_fen ?? undefined;
  const priceFen = shown === undefined ? undefined : fen(shown);
  return {
    ...(priceFen !== undefined && { priceFen: String(priceFen) }),
    nextFen: String(nextBidFen({ terms: { reserveFen: auction.reserve_fen }, priceFen })),
  };
}

async function sellerView(reader: Reader, auction: Auction): Promise<NonNullable<View['seller']>> {
  const { id, bond_fen, offer_fen, offer_net_fen, net_fen, winner } = auction;
  return {
    ...(net_fen !== null && { netFen: String(net_fen) }),
    forfeitedFen: String(bond_fen * BigInt(await countForfeited(reader, id))),
    ...(offer_fen !== null &&
      offer_net_fen !== null && {
        offer: { priceFen: String(offer_fen), netFen: String(offer_net_fen) },
      }),
    houseBought: winner === HOUSE,
  };
}

const dutchView = (auction: Auction): NonNullable<View['dutch']> => {
  const { startFen, stepFen, everyMs } = functionOf(auction);
  return {
    ...{ startFen: String(startFen), stepFen: String(stepFen), everyMs },
    functionHash: auction.function_hash ?? '',
  };
};

/** What each bid made of the price; not what was bid. An envelope is its hash until it is open. */
function logged({ no, at, bidder_no, commitment, shown_fen, price_fen }: LoggedBid) {
  const priceFen = shown_fen ?? price_fen;
  return {
    ...{ no: Number(no), at: at.toISOString(), bidder: letterOf(bidder_no - 1) },
    ...(commitment && { commitment }),
    ...(priceFen && { priceFen: String(priceFen) }),
  };
}

const letterOf = (index: number): string =>
  index < 26
    ? String.fromCharCode(65 + index)
    : `${letterOf(Math.floor(index / 26) - 1)}${letterOf(index % 26)}`;

/** Where one recycler stands in it. */
export async function standingIn(
  house: AuctionHouse,
  { auctionId, recyclerId, at }: { auctionId: string; recyclerId: string; at: Date },
): Promise<Static<typeof Standing>> {
  const { db } = house;
  const auction = await theAuction(db, auctionId);
  if (auction.state === 'draft') throw new Refused('not_found');
  const own = await ownBid(db, { auctionId, recyclerId });
  const english = auction.kind === 'english' ? await englishState(db, house, auction) : undefined;
  const leader = english?.leader;
  const leads = leader?.bidder === recyclerId;
  const bond = await bondOf(db, { auctionId, recyclerId });
  const won = auction.winner === recyclerId;
  const order = won ? await house.orderOf(db, auctionId) : undefined;
  return {
    auction: await auctionView(house, auctionId, { at }),
    ...(auction.kind === 'english' && { leads }),
    ...(leads && leader && { maxFen: String(leader.maxFen) }),
    committed: own?.commitment != null,
    revealed: own?.revealed_at != null,
    won,
    defaulted: auction.defaulted.includes(recyclerId),
    ...(bond && { bond: bond.state, letter: letterOf(bond.no - 1) }),
    ...(order && { orderId: order.orderId }),
    mayReveal: order?.mayReveal ?? false,
  };
}

export const roundView = (row: Round): Static<typeof RoundView> => ({
  ...{ id: row.id, sku: row.sku, faceFen: String(row.face_fen), at: row.at.toISOString() },
  ...(row.expires_on && { expiresOn: row.expires_on }),
  ...(row.price_fen !== null && { priceFen: String(row.price_fen) }),
  volume: row.volume,
});
