// Goal: a card has one promise across buyback, market and exchange whoever races; a profile without a feature has no
//   route for it; a sandbox without its approval does not open.
// Method: the whole house; the same card offered to all three at once, several rounds; every exchange route of the widest
//   profile asked of a CN house; the configuration read with each part missing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '#platform';
import { openChainHouse } from '#test/chain.ts';
import { openTestHouse } from '#test/house.ts';
import { marketIn } from '#test/market.ts';
import { featuresOf, flagsOf, requireProfile } from './profile.ts';

const ROUNDS = 3;

test('one card to buyback, market and exchange at once: one of them has it', async (t) => {
  const house = await openChainHouse(t);
  const m = marketIn(house);
  const holder = await house.holder();
  for (let round = 0; round < ROUNDS; round++) {
    const card = house.card('weihe-gift');
    const secret = { number: card.number, ...(card.pin !== undefined && { pin: card.pin }) };
    const draft = await m.act(holder, 'listings', '', await m.body('weihe-gift'));
    assert.equal(draft.status, 201);
    const { sku, faceFen } = card;
    const quote = (await house.http(holder, 'POST', '/v1/quotes', { sku, faceFen })).body;
    const { quoteId, signature } = quote;
    const sale = (await house.http(holder, 'POST', '/v1/orders', { quoteId, signature })).body;
    const token = { walletId: holder.walletId, sku, faceFen, ...secret };
    const said = await Promise.all([
      m.act(holder, 'listings/:id/card', draft.id, secret),
      house.http(holder, 'POST', `/v1/orders/${sale.id}/card`, secret),
      house.http(holder, 'POST', '/v1/exchange/tokens', token),
      house.http(holder, 'POST', '/v1/exchange/tokens', token),
    ]);
    assert.equal(said.filter(({ status }) => status < 300).length, 1, 'one of the four has it');
    for (const { status } of said) assert(status < 300 || status === 409, String(status));
    const { rows } = await house.pool.query<{ live: bigint }>(
      'select count(*) as live from cards.encumbrance where ended_at is null group by card_id',
    );
    for (const { live } of rows) assert.equal(live, 1n);
  }
});

test('a card that the issuer turns down goes back, and its number may be given again', async (t) => {
  const house = await openChainHouse(t);
  const holder = await house.holder();
  const { number, pin, sku, faceFen } = house.card('weihe-gift', 'used');
  const body = { walletId: holder.walletId, sku, faceFen, number, ...(pin && { pin }) };
  const made = await house.http(holder, 'POST', '/v1/exchange/tokens', body);
  assert.equal(made.status, 201);
  await house.settle();
  const token = await house.http(holder, 'GET', `/v1/exchange/tokens/${made.body.id}`);
  assert.deepEqual([token.body.state, token.body['reason']], ['turned_down', 'USED_OR_VOID']);
  const { rows } = await house.pool.query('select custody from cards.card');
  assert.equal(rows[0]?.custody, 'seller');
  assert.equal((await house.http(holder, 'POST', '/v1/exchange/tokens', body)).status, 201);
  const stranger = await house.seller();
  const path = `/v1/exchange/tokens/${made.body.id}`;
  assert.equal((await house.http(stranger, 'GET', path)).status, 404);
});

test('in CN no route of the exchange is there, and no chain is asked for', async (t) => {
  const house = await openTestHouse(t);
  const person = await house.seller();
  const wide = await openChainHouse(t);
  const view = await house.http(undefined, 'GET', '/v1/exchange');
  assert.deepEqual(view.body, { profile: 'CN', features: [] });
  const document = (await wide.house.app.swagger()) as { paths: Record<string, object> };
  const routes = Object.entries(document.paths)
    .filter(([path]) => path.includes('/exchange/'))
    .filter(([path]) => !path.includes('/exchange/assignments'))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ path, method })));
  assert(routes.length > 15, `all of them: ${routes.length}`);
  const id = '01a20621-ad00-7ed6-aa87-824c80f213cc';
  for (const { path, method } of routes) {
    const url = path.replaceAll(/\{\w+\}/g, id);
    const auditor = url.includes('/console/') ? await house.staff('auditor') : person;
    const answer = await house.http(
      auditor,
      method.toUpperCase(),
      url,
      method === 'get' ? undefined : {},
    );
    assert.equal(answer.status, 404, `${method} ${url}`);
  }
});

test('a sandbox opens with number and day only, and not after it', () => {
  const at = new Date('2026-11-23T02:00:00Z');
  const open = (flags: Record<string, string>) =>
    requireProfile(readConfig({}, { PROFILE: 'SANDBOX', ...flags }), at);
  assert.throws(() => open({}), /approval/);
  assert.throws(() => open({ SANDBOX_APPROVAL: 'A-1' }), /approval/);
  assert.throws(() => open({ SANDBOX_APPROVAL: 'A-1', SANDBOX_UNTIL: 'soon' }), /YYYY-MM-DD/);
  assert.throws(() => open({ SANDBOX_APPROVAL: 'A-1', SANDBOX_UNTIL: '2026-11-22' }), /ended on/);
  assert.equal(open({ SANDBOX_APPROVAL: 'A-1', SANDBOX_UNTIL: '2026-11-23' }), 'SANDBOX');
  assert.deepEqual([flagsOf('CN'), flagsOf('INTL')], [0n, 2_047n]);
  assert.equal(flagsOf('SANDBOX'), 2_047n - 2n, 'all but free transfers');
  assert.equal(featuresOf('CN').length, 0);
});
