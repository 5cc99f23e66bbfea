// Goal: what happens to a recycler reaches its programs, signed, again until it arrives, and never anybody else.
// Method: the whole house with real receivers on loopback; signatures are checked by test/receiver.ts from the spec.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE, SECOND } from '#platform';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { addHook, goodSignatures, openReceiver } from '#test/receiver.ts';
import { openShop, topUpShop } from '#test/recyclers.ts';
import { SEND_JOB } from './announce.ts';
import { webhooksTasks } from './tasks.ts';

type After = { after(work: () => Promise<void>): void };
const openWorld = async (t: After, options: Parameters<typeof openTestHouse>[1] = {}) => {
  const house = await openTestHouse(t, { config: { WEBHOOK_LOOPBACK: true }, ...options });
  const owner = await house.seller();
  const shop = await openShop(house, owner);
  return { house, owner, shop, receiver: await openReceiver(t) };
};

interface Delivery {
  id: string;
  messageId: string;
  type: string;
  cause: string;
  state: string;
  nextAt?: string;
  body: string;
  attempts: { number: number; status?: number; statusLine?: string; failure?: string }[];
}
type Log = { items: Delivery[]; next?: string; code: string };
interface List {
  items: { id: string; state: string; reason?: string; failingSince?: string }[];
  publicKey: string;
}

const at = (shop: string, path = '') => `/v1/recyclers/${shop}/webhooks${path}`;
const logOf = async (house: TestHouse, as: Person, shop: string, id: string) =>
  (await house.http<Log>(as, 'GET', at(shop, `/${id}/deliveries`))).body.items;
const hookOf = async (house: TestHouse, as: Person, shop: string) =>
  (await house.http<List>(as, 'GET', at(shop))).body;

test('a top-up arrives signed with the secret and with the key of the house', async (t) => {
  const { house, owner, shop, receiver } = await openWorld(t);
  const hook = await addHook(house, owner, shop, { url: receiver.url, signsV1a: true });
  const silent = await openReceiver(t);
  await addHook(house, owner, shop, { url: silent.url, events: ['wallet.low'] });
  assert.match(hook.secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  await topUpShop(house, owner, shop, { amountFen: '123400' });
  assert.equal(receiver.received.length, 1);
  assert.equal(silent.received.length, 0, 'only who asked for it');
  const [got] = receiver.received;
  assert(got);
  assert.equal(goodSignatures(got, { secret: hook.secret }), 1);
  const { publicKey } = await hookOf(house, owner, shop);
  assert.equal(goodSignatures(got, { publicKey }), 1);
  assert.equal(goodSignatures({ ...got, body: `${got.body} ` }, { secret: hook.secret }), 0);
  const { type, timestamp, data } = JSON.parse(got.body);
  assert.deepEqual({ type, data }, { type: 'wallet.topped_up', data: { amountFen: '123400' } });
  assert.equal(timestamp, house.clock.now().toISOString());
  assert.equal(got.headers['webhook-timestamp'], String(house.clock.now().getTime() / 1_000));
  const [delivery] = await logOf(house, owner, shop, hook.id);
  assert.equal(delivery?.state, 'delivered');
  assert.equal(delivery?.messageId, got.headers['webhook-id']);
  assert.equal(delivery?.body, got.body);
  assert.equal(delivery?.attempts[0]?.statusLine, 'HTTP/1.1 200 OK');
  // The secret is nowhere but with its owner.
  const kept = await house.pool.query('select e::text as row from webhooks.endpoint e');
  const bare = hook.secret.slice(6);
  assert(!kept.rows.some(({ row }) => String(row).includes(bare)), 'sealed');
  assert(!house.logged.some((line) => line.includes(bare)), 'never logged');
  const list = await house.http(owner, 'GET', at(shop));
  assert(!list.text.includes('whsec_'), 'shown once');
});

test('what fails is tried ten times over three days, then the endpoint is off and its owner texted', async (t) => {
  const { house, owner, shop, receiver } = await openWorld(t);
  const hook = await addHook(house, owner, shop, { url: receiver.url });
  receiver.answer((response) => response.writeHead(503, 'Not Now').end('x'.repeat(2_000)));
  await topUpShop(house, owner, shop, { amountFen: '10000' });
  const waits = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR];
  for (const [index, wait] of [...waits, 14 * HOUR, 20 * HOUR, 24 * HOUR].entries()) {
    const [waiting] = await logOf(house, owner, shop, hook.id);
    assert.equal(waiting?.state, 'waiting');
    assert.equal(receiver.received.length, index + 1);
    const due = new Date(waiting?.nextAt ?? '').getTime() - house.clock.now().getTime();
    assert(due >= wait && due <= wait * 1.1, `${index}: ${due} of ${wait}`);
    await house.forward(due - 1);
    assert.equal(receiver.received.length, index + 1, 'not early');
    await house.forward(1);
  }
  assert.equal(receiver.received.length, 10);
  const ids = new Set(receiver.received.map(({ headers }) => headers['webhook-id']));
  const times = new Set(receiver.received.map(({ headers }) => headers['webhook-timestamp']));
  assert.deepEqual([ids.size, times.size], [1, 10], 'one id, signed anew each time');
  assert(receiver.received.every((one) => goodSignatures(one, { secret: hook.secret }) === 1));
  const [given] = await logOf(house, owner, shop, hook.id);
  assert.equal(given?.state, 'failed');
  assert.equal(given?.attempts[0]?.statusLine, 'HTTP/1.1 503 Not Now');
  const { items } = await hookOf(house, owner, shop);
  assert.deepEqual([items[0]?.state, items[0]?.reason], ['disabled', 'failing']);
  const texts = JSON.stringify(await house.control('sms', `/messages?to=${owner.phone}`));
  assert.match(texts, /推送地址无法送达，已停用/);
  await topUpShop(house, owner, shop, { amountFen: '10000' });
  assert.equal(receiver.received.length, 10, 'nothing more is sent');
});

test('one message that arrives clears the days before it', async (t) => {
  const { house, owner, shop, receiver } = await openWorld(t);
  const hook = await addHook(house, owner, shop, { url: receiver.url });
  receiver.answer((response) => response.writeHead(500).end());
  await topUpShop(house, owner, shop, { amountFen: '10000' });
  assert((await hookOf(house, owner, shop)).items[0]?.failingSince);
  receiver.answer((response) => response.writeHead(204).end());
  await house.forward(6 * SECOND);
  assert.equal((await hookOf(house, owner, shop)).items[0]?.failingSince, undefined);
  const [delivery] = await logOf(house, owner, shop, hook.id);
  assert.deepEqual([delivery?.state, delivery?.attempts.length], ['delivered', 2]);
});

test('a receiver that asks for patience gets it, up to a day, and no sooner than planned', async (t) => {
  const { house, owner, shop, receiver } = await openWorld(t);
  const hook = await addHook(house, owner, shop, { url: receiver.url });
  const waitAfter = async (status: number, headers: Record<string, string>): Promise<number> => {
    receiver.answer((response) => response.writeHead(status, headers).end());
    const [last] = await logOf(house, owner, shop, hook.id);
    if (last?.nextAt) await house.forward(new Date(last.nextAt));
    else await topUpShop(house, owner, shop, { amountFen: '10000' });
    const [now] = await logOf(house, owner, shop, hook.id);
    return new Date(now?.nextAt ?? '').getTime() - house.clock.now().getTime();
  };
  const isAbout = (ms: number, planned: number): void =>
    assert(ms >= planned && ms <= planned * 1.1, `${ms} of ${planned}`);
  isAbout(await waitAfter(429, { 'retry-after': '3600' }), HOUR);
  isAbout(await waitAfter(503, { 'retry-after': '1' }), 5 * MINUTE);
  const date = 'Mon, 23 Nov 2026 02:00:00 GMT';
  const later = 'Mon, 23 Nov 2026 04:00:00 GMT';
  isAbout(await waitAfter(503, { date, 'retry-after': later }), 2 * HOUR);
  isAbout(await waitAfter(500, { 'retry-after': '86400' }), 2 * HOUR);
  isAbout(await waitAfter(429, { 'retry-after': '999999999' }), DAY);
  isAbout(await waitAfter(429, { 'retry-after': 'tomorrow' }), 10 * HOUR);
});

test('a month later a message is forgotten with its tries, but not what is still under way', async (t) => {
  const { house, owner, shop, receiver } = await openWorld(t);
  const hook = await addHook(house, owner, shop, { url: receiver.url });
  await topUpShop(house, owner, shop, { amountFen: '10000' });
  const counts = async () =>
    (
      await house.pool.query(`select (select count(*)::int from webhooks.message) as messages,
        (select count(*)::int from webhooks.delivery) as deliveries,
        (select count(*)::int from webhooks.attempt) as attempts`)
    ).rows[0];
  house.clock.advance(30 * DAY - SECOND);
  await house.house.tidyUp();
  assert.deepEqual(await counts(), { messages: 1, deliveries: 1, attempts: 1 });
  receiver.answer((response) => response.writeHead(500).end());
  await house.http(owner, 'POST', at(shop, `/${hook.id}/test`));
  await house.settle();
  await house.pool.query("update webhooks.message set at = at - interval '1 year'");
  await house.pool.query("update webhooks.delivery set at = at - interval '1 year'");
  await house.house.tidyUp();
  assert.deepEqual(await counts(), { messages: 1, deliveries: 1, attempts: 1 });
  const [left] = await logOf(house, owner, shop, hook.id);
  assert.equal(left?.state, 'waiting');
});

test('410 Gone ends it at once', async (t) => {
  const { house, owner, shop, receiver } = await openWorld(t);
  const hook = await addHook(house, owner, shop, { url: receiver.url });
  receiver.answer((response) => response.writeHead(410).end());
  await topUpShop(house, owner, shop, { amountFen: '10000' });
  await house.forward(DAY);
  assert.equal(receiver.received.length, 1);
  const { items } = await hookOf(house, owner, shop);
  assert.deepEqual([items[0]?.state, items[0]?.reason], ['disabled', 'gone']);
  assert.equal((await logOf(house, owner, shop, hook.id))[0]?.state, 'failed');
});

test('after a rotation both secrets are good for a day, and then the new one only', async (t) => {
  const { house, owner, shop, receiver } = await openWorld(t);
  const hook = await addHook(house, owner, shop, { url: receiver.url });
  const rotated = await house.http<{ secret: string }>(
    ...([owner, 'POST', at(shop, `/${hook.id}/rotate`)] as const),
  );
  assert.equal(rotated.status, 200, rotated.text);
  const { secret } = rotated.body;
  assert.notEqual(secret, hook.secret);
  const send = async () => {
    const sent = await house.http(owner, 'POST', at(shop, `/${hook.id}/test`));
    assert.equal(sent.status, 200, sent.text);
    await house.settle();
    const got = receiver.received.at(-1);
    assert(got);
    const [now, before] = [secret, hook.secret].map((one) => goodSignatures(got, { secret: one }));
    return { type: JSON.parse(got.body).type, now, before };
  };
  assert.deepEqual(await send(), { type: 'webhook.test', now: 1, before: 1 });
  await house.forward(DAY - SECOND);
  assert.deepEqual(await send(), { type: 'webhook.test', now: 1, before: 1 });
  await house.forward(SECOND);
  assert.deepEqual(await send(), { type: 'webhook.test', now: 1, before: 0 });
});

test('one message is sent again under its own id, and the log is read page by page', async (t) => {
  const { house, owner, shop, receiver } = await openWorld(t);
  const hook = await addHook(house, owner, shop, { url: receiver.url });
  const other = await addHook(house, owner, shop, { url: receiver.url, events: ['wallet.low'] });
  await topUpShop(house, owner, shop, { amountFen: '10000' });
  const [first] = await logOf(house, owner, shop, hook.id);
  assert(first);
  const again = at(shop, `/${hook.id}/deliveries/${first.id}/redeliver`);
  house.clock.advance(SECOND);
  const sent = await house.http<Log>(owner, 'POST', again);
  assert.equal(sent.status, 200, sent.text);
  assert.equal(sent.body.items[0]?.cause, 'redelivery');
  await house.settle();
  const [one, two] = receiver.received;
  assert.equal(two?.headers['webhook-id'], one?.headers['webhook-id']);
  assert.equal(two?.body, one?.body);
  const wrong = at(shop, `/${other.id}/deliveries/${first.id}/redeliver`);
  assert.equal((await house.http(owner, 'POST', wrong)).status, 404, 'another endpoint’s');
  const page = async (query: string) =>
    (await house.http<Log>(owner, 'GET', at(shop, `/${hook.id}/deliveries${query}`))).body;
  const newest = await page('?limit=1');
  assert.deepEqual([newest.items.length, newest.items[0]?.cause], [1, 'redelivery']);
  const oldest = await page(`?limit=1&cursor=${newest.next}`);
  assert.deepEqual([oldest.items[0]?.id, oldest.next], [first.id, undefined]);
});

test('owners change, switch off and remove; what waits for a removed address is dropped', async (t) => {
  const { house, owner, shop, receiver } = await openWorld(t);
  const hook = await addHook(house, owner, shop, { url: receiver.url });
  const put = async (more: object) =>
    await house.http<List>(owner, 'PUT', at(shop, `/${hook.id}`), {
      ...{ url: receiver.url, events: ['wallet.topped_up'], signsV1a: false, live: true },
      ...more,
    });
  assert.equal((await put({ live: false })).body.items[0]?.reason, 'owner');
  await topUpShop(house, owner, shop, { amountFen: '10000' });
  assert.equal(receiver.received.length, 0);
  const off = await house.http(owner, 'POST', at(shop, `/${hook.id}/test`));
  assert.equal(off.body.code, 'webhook_disabled');
  assert.equal((await put({ events: ['wallet.low', 'key.revoked'] })).status, 200);
  await topUpShop(house, owner, shop, { amountFen: '10000' });
  assert.equal(receiver.received.length, 0, 'not asked for');
  receiver.answer((response) => response.writeHead(500).end());
  await house.http(owner, 'POST', at(shop, `/${hook.id}/test`));
  await house.settle();
  assert.equal(receiver.received.length, 1);
  const gone = await house.http<List>(owner, 'DELETE', at(shop, `/${hook.id}`));
  assert.deepEqual(gone.body.items, []);
  await house.forward(DAY);
  assert.equal(receiver.received.length, 1, 'no second try');
  const { rows } = await house.pool.query('select state from webhooks.delivery');
  assert.deepEqual(rows, [{ state: 'dropped' }]);
  for (const [method, path] of [
    ['GET', `/${hook.id}/deliveries`],
    ['POST', `/${hook.id}/test`],
    ['DELETE', `/${hook.id}`],
  ] as const)
    assert.equal((await house.http(owner, method, at(shop, path))).status, 404, method);
});

test('an answer that comes after its try was given up as lost changes nothing', async (t) => {
  // Method: the first try is held while the clock calls it lost and the second sets out.
  const { house, owner, shop, receiver } = await openWorld(t);
  const hook = await addHook(house, owner, shop, { url: receiver.url });
  let arrived = (): void => undefined;
  const held = new Promise<void>((done) => {
    arrived = done;
  });
  let release = (): void => undefined;
  receiver.answer((response) => {
    release = () => void response.end();
    arrived();
  });
  assert.equal((await house.http(owner, 'POST', at(shop, `/${hook.id}/test`))).status, 200);
  const [sending] = await logOf(house, owner, shop, hook.id);
  assert(sending);
  const outside = { loopback: true, resolve: async () => [] };
  const send = webhooksTasks({ keys: house.keys, outside })[SEND_JOB];
  const { clock, db, pool } = house;
  await pool.query('delete from graphile_worker._private_jobs');
  const first = send?.({ deliveryId: sending.id }, { db, clock, lastAttempt: false } as never);
  await held;
  // As it stands when the second try has set out: counted once, and sending again.
  await pool.query('update webhooks.delivery set tries = 1 where id = $1', [sending.id]);
  release();
  await first;
  const [delivery] = await logOf(house, owner, shop, hook.id);
  assert.deepEqual([delivery?.state, delivery?.attempts], ['sending', []]);
});

test('a shop that has left hears nothing, and what waited for it is dropped', async (t) => {
  const { house, owner, shop, receiver } = await openWorld(t);
  const hook = await addHook(house, owner, shop, { url: receiver.url });
  receiver.answer((response) => response.writeHead(500).end());
  assert.equal((await house.http(owner, 'POST', at(shop, `/${hook.id}/test`))).status, 200);
  await house.settle();
  assert.equal(receiver.received.length, 1);
  await house.pool.query("update parties.recycler set state = 'closed' where id = $1", [shop]);
  await house.forward(10 * SECOND);
  assert.equal(receiver.received.length, 1, 'no second try');
  const { rows } = await house.pool.query('select state from webhooks.delivery');
  assert.deepEqual(rows, [{ state: 'dropped' }]);
});
