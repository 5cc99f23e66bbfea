// Goal: a recycler's program gets along with its key alone, in a sandbox whose clock it moves, and nobody else can; what
// the house tells it in files is text. Method: examples/recycler.ts over real HTTP against the whole house with its worker.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HOUR } from '#platform';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { openShop } from '#test/recyclers.ts';
import { type ApiError, callerOf } from '../examples/client.ts';
import { trade } from '../examples/recycler.ts';
import { fill } from './shops.ts';

const ROOT = join(import.meta.dirname, '..');

async function sandbox(t: Parameters<typeof openTestHouse>[0], config = {}) {
  const house = await openTestHouse(t, {
    demo: true,
    config: { SANDBOX: true, WEBHOOK_LOOPBACK: true, ...config },
  });
  const owner = await house.seller();
  const shop = await openShop(house, owner);
  await fill(house, shop, 1_000_000n);
  return { house, owner, shop };
}

async function keyOf(house: TestHouse, owner: Person, shop: string, scopes: string[]) {
  await house.prove(owner);
  const made = await house.http<{ key: string }>(owner, 'POST', `/v1/recyclers/${shop}/keys`, {
    ...{ name: 'program', networks: [], scopes },
  });
  assert.equal(made.status, 201, made.text);
  return { url: house.url, shop, key: made.body.key };
}

test('the example client bids, wins, hears of it, takes the secret and reports', async (t) => {
  const { house, owner, shop } = await sandbox(t);
  const scopes = ['read', 'bid', 'report', 'webhooks'];
  const access = await keyOf(house, owner, shop, scopes);
  const said: string[] = [];
  const stop = await house.house.work();
  const story = await trade(access, (line) => said.push(line)).finally(stop);
  assert.deepEqual(
    story.events.toSorted(),
    ['buyback.accepted', 'buyback.delivered', 'buyback.disputed', 'buyback.settled'].filter(
      (type) => story.events.includes(type),
    ),
  );
  assert(story.events.includes('buyback.delivered'));
  const { rows } = await house.pool.query(
    'select recycler, price_fen::text as price from buyback."order" where id = $1',
    [story.orderId],
  );
  assert.deepEqual(rows, [{ recycler: shop, price: story.paidFen }]);
  assert.match(story.cardEndsWith, /^\w{4}$/, 'of the card as its issuer gave it anew');
  assert(said.every((line) => !/\d{8,}(?!.*fen)/.test(line.replaceAll(/[0-9a-f-]{36}/g, ''))));

  const call = callerOf(access);
  const before = new Date((await call<{ now: string }>('GET', '/sandbox/clock')).now);
  const after = await call<{ now: string }>('POST', '/sandbox/clock', { hours: 5 });
  assert.equal(new Date(after.now).getTime() - before.getTime(), 5 * HOUR);

  const orders = await house.http(owner, 'GET', `/v1/recyclers/${shop}/orders.csv`);
  assert(orders.text.includes(story.orderId), orders.text);
  const bids = await house.http(owner, 'GET', `/v1/recyclers/${shop}/bids.csv`);
  assert.match(bids.text, /weihe-gift,50\.00,1000\.00,4000\.00,V4,90\.00,5/);
  for (const name of ['orders.xlsx', 'bids.xlsx'])
    assert.match((await house.http(owner, 'GET', `/v1/recyclers/${shop}/${name}`)).text, /^PK/);
});

test('a key does what its scopes say, in its own shop, and the sandbox is nobody else’s', async (t) => {
  const { house, owner, shop } = await sandbox(t);
  const access = await keyOf(house, owner, shop, ['read']);
  const call = callerOf(access);
  await call('GET', '/sandbox/clock');
  const code = async (work: Promise<unknown>): Promise<string> =>
    await work.then(
      () => 'done',
      (error: ApiError) => error.code,
    );
  assert.equal(await code(call('POST', '/sandbox/clock', { hours: 1 })), 'key_scope_needed');
  assert.equal(await code(call('POST', '/sandbox/sales', { sku: 'x' })), 'key_scope_needed');
  assert.equal(await code(call('POST', '/bids/stop')), 'key_scope_needed');
  const other = callerOf({ ...access, shop: owner.userId });
  assert.equal(await code(other('GET', '/sandbox/clock')), 'not_found');
  const stranger = await house.seller();
  for (const [method, path, body] of [
    ['GET', 'clock', undefined],
    ['POST', 'clock', { hours: 1 }],
    ['POST', 'sales', { sku: 'weihe-gift' }],
  ] as const) {
    const answer = await house.http(
      stranger,
      method,
      `/v1/recyclers/${shop}/sandbox/${path}`,
      body,
    );
    assert.equal(answer.status, 404, path);
  }
});

test('outside the sandbox there is no such route', async (t) => {
  const { house, owner, shop } = await sandbox(t, { SANDBOX: false });
  const answer = await house.http(owner, 'GET', `/v1/recyclers/${shop}/sandbox/clock`);
  assert.equal(answer.status, 404);
  assert(!JSON.stringify(house.house.app.swagger()).includes('/sandbox/'));
});

test('what the page shows for checking a webhook is what the example runs', () => {
  const page = readFileSync(join(ROOT, 'docs/webhooks.md'), 'utf8');
  const [, ...code] = readFileSync(join(ROOT, 'examples/verify.ts'), 'utf8').trim().split('\n');
  assert(page.includes(code.join('\n')));
});
