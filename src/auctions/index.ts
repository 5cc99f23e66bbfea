/** Face of the auctions: what a card is worth to competing recyclers. Hides the rules of each format. */
export { type PlaceInput, placeBid, stopAllBids, stopBid } from './bid.ts';
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
export { HOUSE, houseOnly, type MemberRole, type Recycler, type Recyclers } from './recyclers.ts';
export { type AuctionDeps, auctionRoutes } from './routes.ts';
export { retakeBid, takeBid, untakeBid } from './take.ts';
