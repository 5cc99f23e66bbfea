/**
 * A card gets a new PIN for its buyer: asked of its issuer under a number that was stored when the sale was made, and the
 * new secret takes the old one's place in the vault as soon as it is known, whoever the card is sold to in the end.
 */
import assert from 'node:assert/strict';
import { newId, type Reader, type Secret, type Tx } from '#platform';
import { append } from '#record';
import { codeOf } from '../domain.ts';
import type { Cap, Code } from '../schema.ts';
import { stoppedAmong } from '../stop/store.ts';
import { productVersion } from '../store.ts';
import type { CardSecret } from '../vault/envelope.ts';
import { renewSecret, takeOut } from '../vault/keep.ts';
import { findCard, lockCard } from '../vault/store.ts';
import { cardAndProduct, type IssuerDeps } from '../verify.ts';
import type { Answer, ReissueTerms } from './adapter.ts';
import { ask, type Settled, settleOrCancel } from './call.ts';
import { holdOf } from './hold.ts';
import { dropCallSecrets, openCall } from './store.ts';

export interface ReissueOf {
  readonly cardId: string;
  /** The cause; one re-issue per card and cause. */
  readonly ref: string;
  readonly at: Date;
}
export type ReissueTold =
  /** Not known yet: it may have been done. */
  | { readonly state: 'waiting' }
  | { readonly state: 'refused'; readonly code: Code }
  | {
      readonly state: 'done';
      readonly value: Answer<'reissue'>;
      /** Both undefined once the vault has taken them over. */
      readonly fresh: CardSecret | undefined;
      readonly salt: Secret | undefined;
    };

/** Can its issuer give this very card a new PIN? */
export async function canReissue(reader: Reader, cardId: string): Promise<boolean> {
  const card = await findCard(reader, cardId);
  const version = card && { sku: card.sku, version: card.productVersion };
  const product = version && (await productVersion(reader, version));
  return Boolean(product?.pinRule && product.issuerCaps.includes('reissue'));
}

/** By which key the issuer signs for chains; undefined while it does not say. */
export async function chainKeyOf(
  { issuers }: Pick<IssuerDeps, 'issuers'>,
  issuer: { id: string; caps: readonly Cap[] },
  at: Date,
): Promise<string | undefined> {
  const told = await issuers(issuer).chainKey?.({ requestNo: newId(at) });
  return told?.ok ? told.value.address : undefined;
}

/** Stores the number under which the issuer will be asked; nothing leaves before this has committed. */
export async function openReissue(tx: Tx, { cardId, ref, at }: ReissueOf): Promise<void> {
  const card = await findCard(tx, cardId);
  assert(card, 'unknown card');
  const { issuerId } = card;
  await openCall(tx, { requestNo: newId(at), cardId, ref, issuerId, op: 'reissue', at });
}

/** May be called again at any time for the same cause and terms: it continues where it stood and renews nothing twice. */
export async function reissueCard(
  deps: IssuerDeps,
  input: ReissueOf & { readonly heldBy: string; readonly terms: ReissueTerms },
): Promise<ReissueTold> {
  const { cardId, ref, at, heldBy, terms: chain } = input;
  if ((await stoppedAmong(deps.db, [cardId])).size > 0) return { state: 'waiting' };
  const { card, product } = await cardAndProduct(deps.db, cardId);
  const adapter = deps.issuers({ id: card.issuerId, caps: product.issuerCaps });
  if (!adapter.reissue || !product.pinRule)
    return toldOf(await settleOrCancel({ ...deps, adapter, card, ref, at, op: 'reissue' }));
  const reissue = adapter.reissue.bind(adapter);
  const secret = await takeOut(deps.db, deps.keys, cardId);
  const held = await holdOf(deps.db, { cardId, ref: heldBy });
  return toldOf(
    await ask({
      ...{ ...deps, adapter, card, ref, at, op: 'reissue' },
      send: (ctx) => reissue({ sku: card.sku, ...secret }, { chain, holdId: held?.holdId }, ctx),
    }),
  );
}

/** The sale is over: what may have been done is asked for, what surely was not will never be. */
export async function settleReissue(
  deps: IssuerDeps,
  { cardId, ref, at }: ReissueOf,
): Promise<ReissueTold> {
  const { card, product } = await cardAndProduct(deps.db, cardId);
  const adapter = deps.issuers({ id: card.issuerId, caps: product.issuerCaps });
  return toldOf(await settleOrCancel({ ...deps, adapter, card, ref, at, op: 'reissue' }));
}

function toldOf(settled: Settled<'reissue'> | undefined): ReissueTold {
  assert(settled, 'the number is stored before anybody asks');
  if (settled.state === 'waiting') return { state: 'waiting' };
  if (settled.state === 'refused') {
    const code = codeOf(settled.kind);
    assert(code !== 'wait', 'a settled refusal is definite');
    return { state: 'refused', code };
  }
  const { value, fresh, salt } = settled;
  return { state: 'done', value, fresh, salt };
}

/** The new secret is the card's from now on, and the copy beside the call is gone. */
export async function takeOver(
  tx: Tx,
  { keys }: Pick<IssuerDeps, 'keys'>,
  { cardId, ref, at, fresh }: ReissueOf & { fresh: CardSecret },
): Promise<void> {
  const card = await lockCard(tx, cardId);
  assert(card, 'unknown card');
  await renewSecret(tx, { keys, card, secret: fresh, at });
  await dropCallSecrets(tx, cardId);
  await append(tx, { subject: cardId, type: 'card.reissued', data: { ref }, at });
}
