/** A lock of ours is asked of its issuer for another while; the request number is stored before it leaves, as with any other. */
import { codeOf } from '../domain.ts';
import type { Code } from '../schema.ts';
import { takeOut } from '../vault/keep.ts';
import { cardAndProduct, type IssuerDeps } from '../verify.ts';
import { ask } from './call.ts';
import { endOf, type HoldOf, holdOf, LOCK_TTL_MS } from './hold.ts';

export type HoldTold =
  /** Not known yet: it may have been done. */
  | { readonly state: 'waiting' }
  | { readonly state: 'refused'; readonly code: Code }
  | { readonly state: 'held'; readonly until: Date };

/**
 * Asks the issuer to keep the card locked for another while, or to lock it again where the lock is `over`. One request a
 * `round`, so it may be called again at any time; the next round is another request.
 */
export async function holdOn(
  deps: IssuerDeps,
  of: HoldOf & {
    readonly round: number;
    readonly over: boolean;
    readonly amountFen: bigint;
    readonly at: Date;
  },
): Promise<HoldTold> {
  const { cardId, ref, round, over, amountFen, at } = of;
  const { card, product } = await cardAndProduct(deps.db, cardId);
  const adapter = deps.issuers({ id: card.issuerId, caps: product.issuerCaps });
  const held = await holdOf(deps.db, { cardId, ref });
  if (!adapter.lock || !held) return { state: 'refused', code: 'OTHER' };
  const lock = adapter.lock.bind(adapter);
  const secret = await takeOut(deps.db, deps.keys, cardId);
  // A lock that is named is made longer or refused: one that was given back meanwhile does not come to life again.
  const terms = {
    ...{ amountFen: String(amountFen), ttlMs: LOCK_TTL_MS },
    ...(!over && { holdId: held.holdId }),
  };
  const told = await ask({
    ...{ ...deps, adapter, card, ref: `${ref}/lock/${round}`, op: 'lock', at },
    send: (ctx) => lock({ sku: card.sku, ...secret }, terms, ctx),
  });
  if (told.state === 'waiting') return { state: 'waiting' };
  if (told.state === 'refused') {
    const code = codeOf(told.kind);
    return { state: 'refused', code: code === 'wait' ? 'OTHER' : code };
  }
  const until = endOf(told.value, at);
  return until > at ? { state: 'held', until } : { state: 'refused', code: 'OTHER' };
}
