/** Face of the exchange: cards as tokens on a chain, bought and sold by signatures. Hides the chain and its faults. */
export { type AnvilOptions, type OwnChain, startAnvil } from './chain/anvil.ts';
export { type Chain, ChainRefused, openChain } from './chain/chain.ts';
export type { ChainDeps, ExchangeDeps, OnChain } from './deps.ts';
export { relayLife, signedOrder, tokenLife } from './life.ts';
export { openExchange } from './open.ts';
export { requireProfile } from './profile.ts';
export { exchangeRoutes } from './routes.ts';
export { exchangeClock, exchangeTasks, tickExchange } from './tasks.ts';
export { prepareExchange, tendExchange } from './tend.ts';
