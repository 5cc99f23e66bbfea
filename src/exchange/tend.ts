/** What the exchange needs before its first card and once an hour after: keys in their windows, the comparison. */
import { renewSigners } from './attest.ts';
import type { ExchangeDeps } from './deps.ts';
import { introduceSigners } from './introduce.ts';
import { tendReissuers } from './reissuer.ts';
import { tendRelayers } from './relayer.ts';
import { queueReconciliation } from './tasks.ts';
import { expireTokens } from './token.ts';

/** Before the doors open: without its keys nothing could be attested, with or without a chain, and nothing re-issued on one. */
export async function prepareExchange(deps: ExchangeDeps, at: Date): Promise<void> {
  await renewSigners(deps, ['verifier', 'issuer', 'bank', 'desk'], at);
  if (deps.on) await tendReissuers({ ...deps, on: deps.on }, at);
}

export async function tendExchange(deps: ExchangeDeps, at: Date): Promise<void> {
  await prepareExchange(deps, at);
  if (!deps.on) return;
  await tendRelayers({ ...deps, on: deps.on }, at);
  await introduceSigners({ ...deps, on: deps.on }, at);
  await expireTokens(deps, at);
  await queueReconciliation(deps);
}
