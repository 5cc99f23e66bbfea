/** Face of the exchange: cards as tokens on a chain, bought and sold by signatures. Hides the chain and its faults. */

export { assignmentPaid, assignmentUnpaid, freeAssigned, stopAssigned } from './assign.ts';
export { chainAuction } from './auction-life.ts';
export { bidLife } from './bid-life.ts';
export { freeTokens, stopTold } from './case.ts';
export { cardCase } from './case-life.ts';
export { type AnvilOptions, type OwnChain, startAnvil } from './chain/anvil.ts';
export { type Chain, ChainRefused, openChain } from './chain/chain.ts';
export { deliveryLife } from './delivery-life.ts';
export type { ChainDeps, ExchangeDeps, OnChain } from './deps.ts';
export { listingMessage, typed } from './domain.ts';
export { assignmentLife, relayLife, signedOrder, tokenLife } from './life.ts';
export { cardLock } from './lock-life.ts';
export { deployExchange, openExchange } from './open.ts';
export { requireProfile } from './profile.ts';
export { reissueLife } from './reissue-life.ts';
export { nextRelayer, type RelayerState, relayersShown } from './relayer.ts';
export { exchangeRoutes } from './routes.ts';
export { settledSalesOf } from './sale-store.ts';
export { portfolio } from './store.ts';
export { swapLife } from './swap-life.ts';
export { exchangeClock, exchangeTasks, tickExchange } from './tasks.ts';
export { prepareExchange, tendExchange } from './tend.ts';
export { tokenise } from './token.ts';
export { placeListing } from './trade.ts';
export { bindWallet, challenge } from './wallet.ts';
