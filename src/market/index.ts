/** Face of the market: people sell cards to people at their own price, and escrow guards the money. */
export { cancel, confirm, deliver, extend, lookAt, reveal, ship, waive } from './act.ts';
export { answer, bid } from './bargain.ts';
export { buy, callOff, paidIn, payInClosed } from './buy.ts';
export { takeBack } from './card.ts';
export { complain, executeClaim } from './claim.ts';
export { marketClock } from './clock.ts';
export type { ClaimDecision, ClaimDeps, ClaimFacts, MarketDeps } from './deps.ts';
export { edit, markDown, reinstate, setUp, suspend, withdraw } from './edit.ts';
export { anyOnMarket, exportMarket } from './export.ts';
export { factsOf } from './facts.ts';
export { listing, marketOrder, offer } from './life.ts';
export { draft, publish, sealListed } from './list.ts';
export { findOrder, listOrders } from './order-store.ts';
export { marketRoutes } from './routes.ts';
export { findListing, listListings, policyOn } from './store.ts';
export { marketTasks } from './tasks.ts';
export { orderSpotChecks } from './trust/spot.ts';
export { refreshScores, refreshVouches } from './trust/standing.ts';
