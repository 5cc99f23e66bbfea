// Goal: whoever brought a card cannot spend it while its token lives and its secret is not fetched, for however long; where
//   the issuer does not go along, nobody buys the card any more, its owner has days to use it, and then it stands still.
// Method: the whole house with a real anvil and the fake clock over months; the issuer simulator, over HTTP, renews, refuses,
//   loses answers or is away; each time somebody tries to spend the card at its till by what is printed on it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR } from '#platform';
import { burning, openChainHouse } from '#test/chain.ts';
import {
  atIssuer,
  bought,
  fetched,
  mood,
  offered,
  reading,
  type Sale,
  tokenOf,
} from '#test/reissue.ts';

const LOCK_DAYS = 25;

/** The seller at the issuer's till, with number and PIN. */
async function spends({ house, card }: Sale): Promise<boolean> {
  const { sku, number } = card;
  const reply = await fetch(`${house.simulators.issuer}/control/cards`, {
    method: 'POST',
    body: JSON.stringify({ sku, number, action: 'spend', amountFen: '1' }),
  });
  return reply.ok;
}

async function days({ house }: Sale, count: number): Promise<void> {
  for (let day = 0; day < count; day++) await house.forward(DAY);
}

const locks = async ({ house }: Sale): Promise<Record<string, unknown>> =>
  (await house.pool.query('select state, rounds, until from exchange.card_lock')).rows[0];

const lockState = async (sale: Sale): Promise<unknown> => (await locks(sale))['state'];

test('locked by renewal for as long as it takes, and free only when its secret was fetched', async (t) => {
  const house = await openChainHouse(t);
  const sale = await offered(house);
  const { seller } = sale;
  let day = 0;
  for (const until of [LOCK_DAYS + 1, 60, 100]) {
    for (; day < until; day++) await house.forward(DAY);
    assert.equal(await spends(sale), false, `day ${day}`);
  }
  const { state, rounds } = await locks(sale);
  assert.deepEqual([state, rounds], ['held', 5], 'once in twenty days');
  assert.equal(await atIssuer(sale), 'held');
  await house.prove(seller);
  assert.equal((await tokenOf(sale, seller)).state, 'on_chain');

  const sent = await house.send(seller, burning(sale.token));
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  await house.mined();
  await days(sale, 30);
  assert.equal(await spends(sale), false, 'burnt, and not fetched yet');
  await house.prove(seller);
  assert.equal((await reading(sale, seller)).status, 200);
  await house.settle();
  assert.deepEqual([await lockState(sale), await atIssuer(sale)], ['ended', 'active']);
  assert.equal(await spends(sale), true);
});

test('its issuer renews no more: nobody buys it, its owner may use it, and it stands still when the lock is over', async (t) => {
  const house = await openChainHouse(t);
  const sale = await offered(house);
  const { seller, buyer } = sale;
  await days(sale, 16);
  await house.prove(seller);
  const order = await house.listed(seller, await tokenOf(sale, seller), '9000', 'reissue');
  await mood(sale, { refused: 1 });
  await days(sale, 5);
  await house.prove(seller);
  await house.prove(buyer);
  assert.equal(await lockState(sale), 'ending');
  assert(house.logged.some((line) => line.includes('locks a card of the chain no longer')));
  const token = await tokenOf(sale, seller);
  assert.equal(token.state, 'on_chain', 'it can still be burnt');
  assert.equal(token['lockEndsAt'], new Date((await locks(sale))['until'] as Date).toISOString());
  const path = `/v1/exchange/listings/${order.id}/buy`;
  const no = await house.http(buyer, 'POST', path, await house.buying(buyer, order));
  assert.equal(no.body['code'], 'card_lock_ends', no.text);
  await assert.rejects(house.listed(seller, token, '8000'), /card_lock_ends/);
  assert.equal(await spends(sale), false);
  await days(sale, 4);
  await house.mined();
  await house.prove(seller);
  const over = await tokenOf(sale, seller);
  assert.deepEqual([over.state, over['reason']], ['frozen', 'LOCK_LAPSED']);

  await t.test('locked again a day later; freed by compliance, it is sold', async () => {
    await days(sale, 2);
    assert.equal(await lockState(sale), 'held');
    assert.equal(await spends(sale), false);
    const chief = await house.staff('compliance');
    const freed = `/v1/console/exchange/tokens/${sale.token.id}/thaw`;
    const said = await house.http(chief, 'POST', freed, { reason: '发卡方已经重新锁定这张卡' });
    assert.equal(said.status, 200, said.text);
    await house.mined();
    await house.prove(seller);
    const again = await house.listed(seller, await tokenOf(sale, seller), '8000', 'reissue');
    await house.prove(buyer);
    await bought({ ...sale, order: again });
    await house.mined();
    const secret = await fetched(sale, buyer);
    await house.settle();
    assert.equal(await atIssuer(sale, secret), 'active');
    assert.equal(await atIssuer(sale), 'bad_secret');
  });
});

test('an issuer that is away, or whose answer is lost, is asked until it answers, under one number', async (t) => {
  const house = await openChainHouse(t);
  const sale = await offered(house);
  await days(sale, 19);
  await mood(sale, { timeoutAfterCommit: 1 });
  await days(sale, 2);
  assert.deepEqual([await lockState(sale), (await locks(sale))['rounds']], ['held', 1]);
  const calls = `select count(*)::int as n from cards.issuer_call where op = 'lock'`;
  assert.deepEqual((await house.pool.query(calls)).rows, [{ n: 2 }]);
  await days(sale, 18);
  await mood(sale, { outage: true });
  await days(sale, 3);
  assert.equal(await lockState(sale), 'renewing');
  assert.equal(await spends(sale), false);
  await mood(sale, { outage: false });
  await house.forward(2 * HOUR);
  assert.equal(await lockState(sale), 'held');
  await days(sale, 10);
  assert.equal(await spends(sale), false);
});

test('emptied at its issuer’s desk: the renewal is refused, and the look stops the card', async (t) => {
  const house = await openChainHouse(t);
  const sale = await offered(house);
  const { sku, number } = sale.card;
  await house.control('issuer', '/control/cards', { sku, number, action: 'drain' });
  await days(sale, 21);
  await house.mined();
  await house.prove(sale.seller);
  const token = await tokenOf(sale, sale.seller);
  assert.deepEqual([token.state, token['reason']], ['frozen', 'USED_OR_VOID']);
});

test('re-issued, nobody outside knows its secret: no lock is asked for any more', async (t) => {
  const house = await openChainHouse(t);
  const sale = await offered(house);
  await bought(sale);
  await house.mined();
  await mood(sale, { refused: 1 });
  await days(sale, 30);
  assert.equal(await lockState(sale), 'ended');
  await house.prove(sale.buyer);
  assert.equal((await tokenOf(sale, sale.buyer)).state, 'on_chain');
});

test('a card that its issuer can neither lock nor move is not taken', async (t) => {
  const house = await openChainHouse(t);
  const holder = await house.holder();
  const { sku, number, pin, faceFen } = house.card('huiyu-card');
  const made = await house.http(holder, 'POST', '/v1/exchange/tokens', {
    ...{ walletId: holder.walletId, sku, faceFen, number, pin },
  });
  assert.deepEqual([made.status, made.body['code']], [409, 'token_not_lockable']);
});
