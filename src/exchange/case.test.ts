// Goal: what an issuer tells of a card stops it on the chain, whatever sale is under way; a forged event does nothing, and
//   one told twice does it once; compliance alone frees the card, after which it sells.
// Method: the whole house with a real anvil; the issuer simulator posts its signed events over HTTP; the contract is asked
//   for its own view. A race: the event against the purchase of the same card, in both orders and at once.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { findProduct } from '#cards';
import { exchangeAbi } from '#contracts';
import { MINUTE } from '#platform';
import { type ChainHouse, type Holder, openChainHouse } from '#test/chain.ts';
import { OWN_SECRET as LOCK_ONLY } from '#test/delivery.ts';
import type { Common } from '#test/house.ts';
import type { MadeCard } from '../../simulators/issuer/index.ts';
import type { ChainDeps } from './deps.ts';

const [ACTIVE, FROZEN] = [1, 6];

async function onChain({ house }: ChainHouse, token: Common) {
  const { on } = house.exchange as ChainDeps;
  return await on.chain.client.readContract({
    ...{ abi: exchangeAbi, address: on.exchange, functionName: 'cardOf' },
    args: [BigInt(String(token['tokenId']))],
  });
}

const tell = (house: ChainHouse, { sku, number }: MadeCard, more: Record<string, string> = {}) =>
  house.control('issuer', '/control/tell', { sku, number, house: house.url, ...more });

async function stateOf(house: ChainHouse, as: Holder, token: Common): Promise<Common> {
  return (await house.http(as, 'GET', `/v1/exchange/tokens/${token.id}`)).body;
}

async function buy(house: ChainHouse, as: Holder, order: Common) {
  const path = `/v1/exchange/listings/${order.id}/buy`;
  return await house.http(as, 'POST', path, await house.buying(as, order));
}

test('told by its issuer, stopped, freed, sold', async (t) => {
  const house = await openChainHouse(t);
  const [seller, buyer] = [await house.holder(), await house.holder()];
  const card = house.card(LOCK_ONLY);
  const token = await house.tokenised(seller, { card });
  const order = await house.listed(seller, token);
  await t.test('a forged event does nothing', () => forged(house, card));
  assert.equal((await stateOf(house, seller, token)).state, 'on_chain');

  await tell(house, card, { what: 'stolen', eventId: 'event-00000001' });
  const refused = await buy(house, buyer, order);
  assert.equal(refused.body['code'], 'card_frozen', 'at once, before the chain knows');
  await house.mined();
  const frozen = await stateOf(house, buyer, token);
  assert.deepEqual([frozen.state, frozen['reason']], ['frozen', 'ISSUER_STOLEN']);
  assert.equal((await onChain(house, token)).state, FROZEN);
  await assert.rejects(house.listed(seller, frozen), /card_frozen/);

  await tell(house, card, { what: 'stolen', eventId: 'event-00000001' });
  const other = await tell(house, card, { what: 'used', eventId: 'event-00000001', only: 'told' });
  assert.equal((other as { status: number }).status, 401, 'the same number, something else');
  await house.mined();
  const cases = await casesOf(house, token);
  assert.deepEqual(cases, [{ kind: 'freeze', state: 'done' }], 'told twice, stopped once');
  await freed(house, { card, token });
  const again = await house.listed(seller, await stateOf(house, seller, token));
  assert.equal((await buy(house, buyer, again)).status, 200);
  await house.mined();
  assert.equal((await stateOf(house, buyer, token))['mine'], true);
});

async function casesOf(house: ChainHouse, token: Common) {
  const text = 'select kind, state from exchange.card_case where token_ref = $1 order by id';
  return (await house.pool.query(text, [token.id])).rows;
}

/** Risk may look, compliance alone frees, and only with a proof of the last minutes. */
async function freed(
  house: ChainHouse,
  { card, token }: { card: MadeCard; token: Common },
): Promise<void> {
  const [risk, compliance] = [await house.staff('risk'), await house.staff('compliance')];
  const list = (await house.http(risk, 'GET', '/v1/console/exchange/frozen')).body.items;
  assert.deepEqual(
    list.map((one) => [one.id, one['holding'], one['reason']]),
    [[token.id, 'FROZEN', 'ISSUER_STOLEN']],
  );
  const path = `/v1/console/exchange/tokens/${token.id}/thaw`;
  const body = { reason: 'The issuer has taken its report back.' };
  assert.equal((await house.http(risk, 'POST', path, body)).status, 403);
  await house.forward(6 * MINUTE);
  const stale = await house.http(compliance, 'POST', path, body);
  assert.equal(stale.body['code'], 'step_up_needed');
  await house.prove(compliance);
  // Freed while its issuer still reports it: it is looked at, and stopped anew.
  assert.equal((await house.http(compliance, 'POST', path, body)).status, 200);
  await house.mined();
  await house.mined();
  assert.equal((await onChain(house, token)).state, FROZEN, 'still bad at its issuer');

  const { sku, number } = card;
  await house.control('issuer', '/control/cards', { sku, number, action: 'unfreeze' });
  await house.prove(compliance);
  assert.equal((await house.http(compliance, 'POST', path, body)).status, 200);
  await house.mined();
  await house.mined();
  assert.equal((await onChain(house, token)).state, ACTIVE);
  const done = (await casesOf(house, token)).map(({ kind, state }) => `${kind} ${state}`);
  assert.deepEqual(done, ['freeze done', 'thaw done', 'freeze done', 'thaw done']);
}

/** As the gateway signs, with one thing wrong each time. */
async function forged(house: ChainHouse, { sku, number }: MadeCard): Promise<void> {
  const issuer = (await findProduct(house.db, sku))?.issuerId ?? '';
  const send = async (change: {
    secret?: string;
    age?: number;
    issuer?: string;
    body?: string;
  }) => {
    const { secret = house.config.ISSUER_SECRET, age = 0, issuer: by = issuer } = change;
    const facts = { eventId: 'event-forged-1', issuer: by, what: 'used', sku, number };
    const body = change.body ?? JSON.stringify({ facts: JSON.stringify(facts) });
    const timestamp = String(Math.floor(Date.now() / 1_000) - age);
    const path = `/v1/issuers/${by}/events`;
    const digest = createHash('sha256').update(body).digest('hex');
    const mac = createHmac('sha256', secret).update(`${timestamp}\nPOST\n${path}\n${digest}`);
    const headers = { 'x-timestamp': timestamp, 'x-signature': mac.digest('hex') };
    return (await fetch(house.url + path, { method: 'POST', headers, body })).status;
  };
  assert.equal(await send({ secret: 'another' }), 401);
  assert.equal(await send({ age: 600 }), 401, 'an old one sent again');
  assert.equal(await send({ issuer: 'hewang' }), 401, 'a card of another issuer');
  assert.equal(await send({ body: '{}' }), 401);
  const { rows } = await house.pool.query('select 1 from cards.issuer_event');
  assert.equal(rows.length, 0);
  assert(!house.logged.join('').includes(number), 'the number is in no log');
}

test('told while it is bought, and while it is minted', async (t) => {
  const house = await openChainHouse(t);
  const [seller, buyer] = [await house.holder(), await house.holder()];
  for (const atOnce of [false, true]) {
    const name = atOnce ? 'at once with the sale' : 'after the sale: stopped at its new owner';
    await t.test(name, () => raced(house, { seller, buyer, atOnce }));
  }
  await t.test('told before it is there: stopped as soon as it is', async () => {
    const card = house.card(LOCK_ONLY);
    const { sku, number, pin, faceFen } = card;
    const made = await house.http(seller, 'POST', '/v1/exchange/tokens', {
      ...{ walletId: seller.walletId, sku, faceFen, number, ...(pin !== undefined && { pin }) },
    });
    await house.settle();
    assert.equal((await stateOf(house, seller, made.body)).state, 'minting');
    await tell(house, card, { what: 'blocked' });
    await house.mined();
    await house.mined();
    const token = await stateOf(house, seller, made.body);
    assert.deepEqual([token.state, token['reason']], ['frozen', 'ISSUER_BLOCKED']);
    assert.equal((await onChain(house, token)).state, FROZEN);
  });
});

async function raced(
  house: ChainHouse,
  { seller, buyer, atOnce }: { seller: Holder; buyer: Holder; atOnce: boolean },
): Promise<void> {
  const card = house.card(LOCK_ONLY);
  const token = await house.tokenised(seller, { card });
  const order = await house.listed(seller, token);
  const body = await house.buying(buyer, order);
  const path = `/v1/exchange/listings/${order.id}/buy`;
  const buying = house.http(buyer, 'POST', path, body);
  if (!atOnce) assert.equal((await buying).status, 200);
  const [bought] = await Promise.all([buying, tell(house, card, { what: 'used' })]);
  for (let round = 0; round < 4; round++) {
    await house.mined();
    await house.forward(2 * MINUTE);
  }
  const { state, owner } = await onChain(house, token);
  assert.equal(state, FROZEN, 'whoever has it, it is stopped');
  if (bought.status !== 200) assert.equal(bought.body['code'], 'card_frozen');
  const holder = bought.status === 200 ? buyer : seller;
  assert.equal(owner.toLowerCase(), holder.account.address.toLowerCase());
  assert.deepEqual(await casesOf(house, token), [{ kind: 'freeze', state: 'done' }]);
}
