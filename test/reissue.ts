/** Sales by re-issue: both sides up to the purchase, the issuer's moods, and the issuer's own view of which secret is good. */
import assert from 'node:assert/strict';
import { type CardSecret, findProduct } from '#cards';
import { newId, Secret } from '#platform';
import { burning, type ChainHouse, type Holder } from '#test/chain.ts';
import type { Common } from '#test/house.ts';
import type { MadeCard } from '../simulators/issuer/index.ts';

/** Held at its issuer while it is on the chain, and known to who brought it. */
export const HELD_SKU = 'mujing-card';
/** Moved to a number of the house when it came, so that nobody outside knows it. */
export const MOVED_SKU = 'weihe-gift';

export interface Sale {
  readonly house: ChainHouse;
  readonly seller: Holder;
  readonly buyer: Holder;
  readonly card: MadeCard;
  readonly token: Common;
  readonly order: Common;
}

/** Up to the offer that waits for its buyer. */
export async function offered(house: ChainHouse, sku = HELD_SKU): Promise<Sale> {
  const [seller, buyer] = [await house.holder(), await house.holder()];
  const card = house.card(sku);
  const token = await house.tokenised(seller, { card });
  assert.equal(token['reissuable'], true, JSON.stringify(token));
  const order = await house.listed(seller, token, '9000', 'reissue');
  return { house, seller, buyer, card, token, order };
}

/** Paid into the contract; what the issuer does with it is a matter of its mood. */
export async function bought(sale: Sale): Promise<void> {
  const { house, buyer, order } = sale;
  const path = `/v1/exchange/listings/${order.id}/buy`;
  const made = await house.http(buyer, 'POST', path, await house.buying(buyer, order));
  assert.equal(made.status, 200, made.text);
  await house.mined();
}

export const offerOf = async ({ house, order }: Sale, as: Holder): Promise<Common> =>
  (await house.http(as, 'GET', `/v1/exchange/listings/${order.id}`)).body;

/** State of the offer, and of the re-issue with the reason that its sides are shown. */
export async function standing(sale: Sale): Promise<(string | undefined)[]> {
  const one = await offerOf(sale, sale.seller);
  const { state, reason } = (one['reissue'] ?? {}) as { state?: string; reason?: string };
  return [one.state, state, ...(reason === undefined ? [] : [reason])];
}

export const tokenOf = async ({ house, token }: Sale, as: Holder): Promise<Common> =>
  (await house.http(as, 'GET', `/v1/exchange/tokens/${token.id}`)).body;

export const mood = async ({ house }: Sale, faults: Record<string, unknown>): Promise<void> =>
  void (await house.control('issuer', '/control/issuers/mujing', faults));

export async function reissuesDone({ house }: Sale): Promise<number> {
  const reply = await fetch(`${house.simulators.issuer}/control/state`);
  const { done } = (await reply.json()) as { done: Record<string, number> };
  return done['reissue'] ?? 0;
}

/** What the issuer says of a secret: the card's state, or that there is no such card. */
export async function atIssuer(
  { house, card }: Sale,
  secret: CardSecret = secretOf(card),
): Promise<string> {
  const product = await findProduct(house.db, card.sku);
  assert(product);
  const adapter = house.house.exchange.cards.issuers({
    id: product.issuerId,
    caps: product.issuerCaps,
  });
  const told = await adapter.inquire?.({ sku: card.sku, ...secret }, { requestNo: newId() });
  assert(told);
  return told.ok ? told.value.state : told.kind;
}

export const secretOf = ({ number, pin }: { number: string; pin?: string }): CardSecret => ({
  number: new Secret(number),
  ...(pin !== undefined && { pin: new Secret(pin) }),
});

/** Burns the token and reads what the vault has for its last owner. */
export async function fetched(sale: Sale, as: Holder): Promise<CardSecret> {
  const { house } = sale;
  await burnt(sale, as);
  const got = await reading(sale, as);
  assert.equal(got.status, 200, got.text);
  // Our lock ends by a job of the same commit.
  await house.settle();
  return secretOf(got.body as never);
}

export async function burnt({ house, token }: Sale, as: Holder): Promise<void> {
  const sent = await house.send(as, burning(token));
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  await house.mined();
}

export const reading = async ({ house, token }: Sale, as: Holder) =>
  await house.http(as, 'POST', `/v1/exchange/tokens/${token.id}/secret`, {});
