/** Face of the auctions: what a card is worth to competing recyclers. Hides the rules of each format. */
export type { AuctionHouse } from './auction.ts';
export { auctionProcess } from './auction-life.ts';
export { liveAuctionRoutes } from './auction-routes.ts';
export { hasOpenBids } from './auction-store.ts';
export { runRounds } from './batch-round.ts';
export { type PlaceInput, placeBid, silenceBids, stopAllBids, stopBid } from './bid.ts';
export { bidMax, commitBid, revealBid, sayYes } from './bidding.ts';
export { bestBid, bookOf, type Executable, executable, type Level } from './book.ts';
export {
  affordable,
  type BatchOrder,
  type Clearing,
  type CurveStep,
  clearBatch,
  worstCost,
} from './clear-batch.ts';
export type { BidTerms, CardFacts, Grade, PastSale } from './domain.ts';
export {
  HOUSE,
  houseOnly,
  type MemberRole,
  type Recycler,
  type RecyclerNews,
  type Recyclers,
} from './recyclers.ts';
export { type Clearing as ReplayedClearing, replayAuction } from './replay.ts';
export { type AuctionDeps, auctionRoutes } from './routes.ts';
export { onAuctionClock } from './settle.ts';
export { retakeBid, takeBid, untakeBid } from './take.ts';
export { auctionTasks } from './tasks.ts';
export { freeAuctioned, stopAuctioned } from './told.ts';
