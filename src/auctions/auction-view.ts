/** An auction as everybody sees it, and as one bidder does. Hidden maxima and unopened envelopes stay hidden. */
import type { Static } from 'typebox';
import { findProduct } from '#cards';
import { Refused } from '#platform';
import { look } from '#process';
import { type AuctionHouse, theAuction } from './auction.ts';
import { auctionProcess } from './auction-life.ts';
import { type Auction, type Bid, bidsIn, bondOf } from './auction-store.ts';
import { priceAt } from './dutch.ts';
import { nextBidFen } from './english.ts';
import type { AuctionView, Standing } from './schema.ts';
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
  const bids = await bidsIn(db, id);
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
    bids: bids.length,
    bidders: new Set(bids.map((bid) => bid.recycler_id)).size,
    ...prices(house, auction, bids, at),
    ...(auction.kind === 'dutch' && { dutch: dutchView(auction) }),
    log: logOf(house, auction, bids),
    mine: userId === auction.seller_id,
  };
}

function prices(house: AuctionHouse, auction: Auction, bids: readonly Bid[], at: Date) {
  if (auction.price_fen !== null) return { priceFen: String(auction.price_fen) };
  if (auction.state !== 'open') return {};
  if (auction.kind === 'dutch') return { priceFen: String(priceAt(functionOf(auction), at)) };
  if (auction.kind !== 'english') return {};
  const state = englishState(house, auction, bids);
  return {
    ...(state.priceFen !== undefined && { priceFen: String(state.priceFen) }),
    nextFen: String(nextBidFen(state)),
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
function logOf(house: AuctionHouse, auction: Auction, bids: readonly Bid[]): View['log'] {
  const letters = new Map<string, string>();
  for (const { recycler_id: who } of bids)
    if (!letters.has(who)) letters.set(who, letterOf(letters.size));
  return bids
    .map((bid, index) => {
      const english =
        auction.kind === 'english' && englishState(house, auction, bids.slice(0, index + 1));
      const priceFen = english ? english.priceFen : bid.price_fen;
      return {
        no: Number(bid.no),
        at: bid.at.toISOString(),
        bidder: letters.get(bid.recycler_id) ?? '',
        ...(bid.commitment && { commitment: bid.commitment }),
        ...(priceFen && { priceFen: String(priceFen) }),
      };
    })
    .slice(-LOG_SHOWN)
    .reverse();
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
  const bids = await bidsIn(db, auctionId);
  const own = bids.filter((bid) => bid.recycler_id === recyclerId);
  const leader = auction.kind === 'english' ? englishState(house, auction, bids).leader : undefined;
  const leads = leader?.bidder === recyclerId;
  const bond = await bondOf(db, { auctionId, recyclerId });
  const won = auction.winner === recyclerId;
  const order = won ? await house.orderOf(db, auctionId) : undefined;
  return {
    auction: await auctionView(house, auctionId, { at }),
    ...(auction.kind === 'english' && { leads }),
    ...(leads && leader && { maxFen: String(leader.maxFen) }),
    committed: own.some((bid) => bid.commitment !== null),
    revealed: own.some((bid) => bid.revealed_at !== null),
    won,
    ...(bond && { bond }),
    ...(order && { orderId: order.orderId }),
    mayReveal: order?.mayReveal ?? false,
  };
}
