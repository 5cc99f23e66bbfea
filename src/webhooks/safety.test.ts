// Goal: nobody reaches a network through us, learns of another's webhooks, holds up the others, or reads a secret.
// Method: real receivers on loopback, names resolved by a plain function, strangers and keys over the API.
import assert from 'node:assert/strict';
import dns from 'node:dns';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DAY, inTransaction, MINUTE, newId } from '#platform';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { addHook, goodSignatures, openReceiver } from '#test/receiver.ts';
import { openShop, topUpShop } from '#test/recyclers.ts';
import { announce } from '#webhooks';
import { isPublicAddress, parseUrl } from './address.ts';
import { bodyOf } from './domain.ts';
import { EVENTS } from './events.ts';
import { pinned, postWebhook } from './post.ts';
import { WebhookBody } from './schema.ts';

test('only public addresses are public', () => {
  const open = ['8.8.8.8', '1.1.1.1', '100.63.255.255', '100.128.0.0', '2606:4700::1111'];
  for (const address of open) assert(isPublicAddress(address), address);
  const closed = `0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.9.9.9 169.254.169.254
    168.63.129.16 172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.7
    203.0.113.7 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8
    ::ffff:7f00:1 ::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1::
    3fff::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 nonsense 1.2.3 999.1.1.1`;
  for (const address of closed.split(/\s+/)) assert(!isPublicAddress(address), address);
});

test('an address that says by itself that it is not public is never kept', () => {
  const refused =
    `http://example.com/ https://127.0.0.1/ https://0x7f000001/ https://2130706433/ https://127.1/
    https://0177.0.0.1/ https://169.254.169.254/latest https://[::1]/ https://[::ffff:169.254.169.254]/
    https://[64:ff9b::a9fe:a9fe]/ https://localhost/ https://LOCALHOST./ https://a.localhost/ https://printer.local/
    https://metadata.google.internal/ https://intranet/ https://user:pass@example.com/ https://example.com:22/
    https://example.com:80/ ftp://example.com/ file:///etc/passwd javascript:alert(1) //example.com nonsense
    http://127.0.0.1:9000/ http://localhost:9000/ https://①②⑦.0.0.1/`.concat(
      ` https://example.com/${'x'.repeat(500)}`,
    );
  for (const url of refused.split(/\s+/))
    assert.throws(() => parseUrl(url, { loopback: false }), /webhook_url/, url);
  const kept = ['https://example.com/', 'https://example.com:8443/a?b=c', 'https://8.8.8.8/'];
  for (const url of kept) assert.equal(parseUrl(url, { loopback: false }), url);
  assert.equal(parseUrl('https://例え.example.com/#x', { loopback: false }).includes('#'), false);
  // Where loopback is allowed, nothing but loopback is.
  assert.equal(parseUrl('http://127.0.0.1:9/x', { loopback: true }), 'http://127.0.0.1:9/x');
  for (const url of ['http://10.0.0.1/', 'https://127.0.0.1/', 'http://example.com/'])
    assert.throws(() => parseUrl(url, { loopback: true }), /webhook_url/, url);
});

const letter = { headers: {}, body: '{}' };

test('a name is looked up at each try, and one bad address of it is enough', async (t) => {
  const receiver = await openReceiver(t);
  const answers = [
    ['10.0.0.1'],
    ['8.8.8.8', '169.254.169.254'],
    ['127.0.0.1'],
    ['::ffff:7f00:1'],
    [],
  ];
  const asked: string[] = [];
  const outside = {
    loopback: true,
    resolve: async (name: string) => {
      asked.push(name);
      return answers[asked.length - 1] ?? [];
    },
  };
  const url = `https://rebinding.example.com:${receiver.port}/`;
  const said = [];
  for (const _ of answers) said.push(await postWebhook(outside, { ...letter, url }));
  const refused = answers.slice(1).map(() => 'address_refused');
  assert.deepEqual(
    said.map((one) => 'failure' in one && one.failure),
    [...refused, 'name_unknown'],
  );
  assert.equal(asked.length, answers.length);
  assert.equal(receiver.connections(), 0, 'nobody was called');
  // A literal that got in some other way is refused without asking anybody.
  for (const host of ['169.254.169.254', '[::1]', '127.0.0.1']) {
    const outcome = await postWebhook(outside, { ...letter, url: `https://${host}/` });
    assert.equal('failure' in outcome && outcome.failure, 'address_refused', host);
  }
  assert.equal(asked.length, answers.length);
});

test('the connection goes to the checked address, whatever the name means by then', async () => {
  const lookup = pinned(['192.0.2.1', '2001:db8::1']);
  const all = await new Promise((done) =>
    lookup('anything', { all: true }, (_error, found) => done(found)),
  );
  assert.deepEqual(all, [
    { address: '192.0.2.1', family: 4 },
    { address: '2001:db8::1', family: 6 },
  ]);
  const one = await new Promise((done) => lookup('anything', {}, (_error, found) => done(found)));
  assert.equal(one, '192.0.2.1');
});

test('the system is never asked where a name points: the connection has its address already', async (t) => {
  const receiver = await openReceiver(t);
  const asked = t.mock.method(dns, 'lookup', () => assert.fail('the system was asked'));
  const url = receiver.url.replace('127.0.0.1', 'localhost');
  const outcome = await postWebhook(
    { loopback: true, resolve: async () => [] },
    { ...letter, url },
  );
  assert.equal('status' in outcome && outcome.status, 200);
  assert.equal(asked.mock.callCount(), 0);
});

test('redirects, slow answers, huge answers and rude ones end by themselves', async (t) => {
  const receiver = await openReceiver(t);
  const target = await openReceiver(t);
  const outside = { loopback: true, resolve: async () => [], timeoutMs: 1_500 };
  const { url } = receiver;
  const send = async () => {
    const began = performance.now();
    const outcome = await postWebhook(outside, { ...letter, url });
    return { ...outcome, took: performance.now() - began };
  };
  receiver.answer((response) => response.writeHead(307, { location: target.url }).end());
  const redirected = await send();
  assert.equal('status' in redirected && redirected.status, 307);
  assert.equal(target.connections(), 0, 'not followed');

  // Not a byte of a head for ever, then a head that trickles.
  receiver.answer(() => undefined);
  const silent = await send();
  assert.equal('failure' in silent && silent.failure, 'timed_out');
  receiver.answer((response) => {
    const { socket } = response;
    socket?.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket?.write('X-Slow: 1\r\n'), 100);
    socket?.on('close', () => clearInterval(timer));
  });
  const loris = await send();
  assert.equal('failure' in loris && loris.failure, 'timed_out');
  assert(loris.took < 4_000, `${loris.took}`);

  // The status decides; a body without an end is not waited for, and not read.
  let written = 0;
  receiver.answer((response) => {
    const chunk = Buffer.alloc(64 * 1_024);
    const pour = (): void => {
      while (!response.destroyed && response.write(chunk)) written += chunk.length;
    };
    response.on('drain', pour);
    pour();
  });
  const huge = await send();
  assert.equal('status' in huge && huge.status, 200);
  assert(huge.took < 1_500);
  await sleep(200);
  const stopped = written;
  await sleep(200);
  assert.equal(written, stopped, 'cut off');

  receiver.answer((response) => response.socket?.end('rubbish\r\n\r\n'));
  const rude = await send();
  assert.equal('failure' in rude && rude.failure, 'broken');
  receiver.answer((response) => response.socket?.destroy());
  assert.equal('failure' in (await send()), true);
});

test('a body holds ids, states and amounts, and anything else is a bug that stops before it is stored', () => {
  const at = new Date('2026-11-23T02:00:00Z');
  const body = (data: Record<string, string>) => bodyOf({ type: 'wallet.low', at, data });
  assert.equal(
    body({ freeFen: '1234567890123', orderId: newId(at), dueAt: at.toISOString() }).length > 0,
    true,
  );
  for (const value of [
    '6222021234567890',
    '13900020001',
    '欧阳伟',
    'two words',
    '',
    'x'.repeat(65),
  ])
    assert.throws(() => body({ value }), assert.AssertionError, value);
  const { items } = WebhookBody.properties.events as unknown as { items: { enum: string[] } };
  assert.deepEqual(items.enum, [...EVENTS], 'the document names the events there are');
});

const open = async (t: Parameters<typeof openTestHouse>[0], options = {}) => {
  const house = await openTestHouse(t, { config: { WEBHOOK_LOOPBACK: true }, ...options });
  const owner = await house.seller();
  return { house, owner, shop: await openShop(house, owner) };
};
const at = (shop: string, path = '') => `/v1/recyclers/${shop}/webhooks${path}`;
const wishFor = (url: string) => ({ url, events: [...EVENTS], signsV1a: false });

test('a name that turns to the inside gets nothing, and its try says so', async (t) => {
  const receiver = await openReceiver(t);
  const { house, owner, shop } = await open(t, { resolve: async () => ['169.254.169.254'] });
  const hook = await addHook(house, owner, shop, {
    url: `https://hooks.example.com:${receiver.port}/`,
  });
  await topUpShop(house, owner, shop, { amountFen: '10000' });
  const log = await house.http<{ items: { attempts: object[] }[] }>(
    ...([owner, 'GET', at(shop, `/${hook.id}/deliveries`)] as const),
  );
  const [attempt] = log.body.items[0]?.attempts ?? [];
  assert.equal((attempt as { failure: string }).failure, 'address_refused');
  assert.equal(receiver.connections(), 0);
});

test('where the configuration does not say so, loopback is refused too', async (t) => {
  const { house, owner, shop } = await open(t, { config: {} });
  await house.prove(owner);
  for (const url of ['http://127.0.0.1:9000/', 'https://169.254.169.254/', 'x'.repeat(9)]) {
    const made = await house.http(owner, 'POST', at(shop), wishFor(url));
    assert.deepEqual([made.status, made.body.code], [422, 'webhook_url'], url);
  }
});

test('strangers find nothing, members without the role may not, ids of others do not exist', async (t) => {
  const { house, owner, shop } = await open(t);
  const receiver = await openReceiver(t);
  const hook = await addHook(house, owner, shop, { url: receiver.url });
  await topUpShop(house, owner, shop, { amountFen: '10000' });
  const { rows } = await house.pool.query<{ id: string }>('select id from webhooks.delivery');
  const stranger = await house.seller();
  const theirs = await openShop(house, stranger, { legalName: '模拟第二家店' });
  await house.prove(stranger);
  const change = { ...wishFor(receiver.url), live: true };
  const calls = (base: string, id: string) =>
    [
      ['GET', base, undefined],
      ['POST', base, wishFor(receiver.url)],
      ['GET', `${base}/${id}/deliveries`, undefined],
      ['POST', `${base}/${id}/deliveries/${rows[0]?.id}/redeliver`, undefined],
      ['PUT', `${base}/${id}`, change],
      ['POST', `${base}/${id}/rotate`, undefined],
      ['POST', `${base}/${id}/test`, undefined],
      ['DELETE', `${base}/${id}`, undefined],
    ] as const;
  for (const [method, path, body] of calls(at(shop), hook.id))
    assert.equal((await house.http(stranger, method, path, body)).status, 404, path);
  // Their own shop, somebody else's endpoint.
  for (const [method, path, body] of calls(at(theirs), hook.id).slice(2))
    assert.equal((await house.http(stranger, method, path, body)).status, 404, path);
  const viewer = await house.seller();
  await house.prove(owner);
  const phone = { phone: viewer.phone, role: 'viewer' };
  await house.http(owner, 'POST', `/v1/recyclers/${shop}/invites`, phone);
  const asked = await house.http(viewer, 'GET', '/v1/me/recycler-invites');
  const invite = asked.body.items[0]?.id;
  assert.equal(
    (await house.http(viewer, 'POST', `/v1/me/recycler-invites/${invite}/accept`)).status,
    200,
  );
  await house.prove(viewer);
  for (const [method, path, body] of calls(at(shop), hook.id)) {
    const answer = await house.http(viewer, method, path, body);
    assert.equal(answer.body.code, 'team_role_needed', `${method} ${path}`);
  }
  const unproven = await house.seller();
  await openShop(house, unproven, { legalName: '模拟第三家店' });
  house.clock.advance(6 * MINUTE);
  const late = await house.http(owner, 'POST', at(shop), wishFor(receiver.url));
  assert.equal(late.body.code, 'step_up_needed');
});

async function keyFor(house: TestHouse, owner: Person, shop: string, scopes: string[]) {
  await house.prove(owner);
  const made = await house.http<{ key: string; items: { id: string }[] }>(
    ...([owner, 'POST', `/v1/recyclers/${shop}/keys`] as const),
    { name: '收银机', scopes, networks: [] },
  );
  assert.equal(made.status, 201, made.text);
  const call = async (method: string, path: string, body?: object) =>
    await house.http(undefined, method, path, body, { authorization: `Bearer ${made.body.key}` });
  return { call, id: made.body.items[0]?.id };
}

test('a key with the scope does it all, one without does nothing, and a stop ends both at once', async (t) => {
  const { house, owner, shop } = await open(t);
  const receiver = await openReceiver(t);
  const reader = await keyFor(house, owner, shop, ['read']);
  assert.equal((await reader.call('GET', at(shop))).body.code, 'key_scope_needed');
  const { call, id: keyId } = await keyFor(house, owner, shop, ['webhooks']);
  house.clock.advance(DAY);
  const made = await call('POST', at(shop), wishFor(receiver.url));
  assert.equal(made.status, 201, made.text);
  const { id } = made.body['webhook'] as { id: string };
  const secret = String(made.body['secret']);
  assert.equal((await call('POST', at(shop, `/${id}/test`))).status, 200);
  await house.settle();
  assert.equal(goodSignatures(receiver.received[0] ?? never(), { secret }), 1);

  const risk = await house.staff('risk');
  const say = async (act: string) => {
    const path = `/v1/console/recyclers/${shop}/${act}`;
    const said = await house.http(risk, 'POST', path, { reason: 'risk' });
    assert.equal(said.status, 200, said.text);
    await house.settle();
  };
  await say('suspend');
  assert.equal((await call('GET', at(shop))).status, 401, 'its key is dead');
  await house.prove(owner);
  for (const [method, path, body] of [
    ['POST', at(shop), wishFor(receiver.url)],
    ['POST', at(shop, `/${id}/test`), undefined],
    ['POST', at(shop, `/${id}/rotate`), undefined],
  ] as const)
    assert.equal((await house.http(owner, method, path, body)).body.code, 'webhook_shop_stopped');
  assert.equal((await house.http(owner, 'GET', at(shop))).status, 200, 'its owner may look');
  await say('restore');
  await say('restrict');
  await house.http(owner, 'DELETE', `/v1/recyclers/${shop}/keys/${keyId}`);
  await house.settle();
  const told = receiver.received.map(({ body }) => JSON.parse(body));
  assert.deepEqual(
    told.slice(1).map(({ type, data }) => [type, data.state ?? data.keyId]),
    [
      ['account.suspended', 'suspended'],
      ['account.restored', 'probation'],
      ['account.restricted', 'restricted'],
      ['key.revoked', keyId],
    ],
  );
  assert.equal(told[1].data.reason, 'risk');
});
const never = (): never => assert.fail('nothing was received');

test('a low wallet is told once', async (t) => {
  const { house, owner, shop } = await open(t);
  const receiver = await openReceiver(t);
  await addHook(house, owner, shop, { url: receiver.url, events: ['wallet.low'] });
  await house.http(owner, 'PUT', `/v1/recyclers/${shop}/alert`, { belowFen: '50000' });
  for (const _ of [1, 2]) {
    await house.house.tidyUp();
    await house.settle();
  }
  const data = receiver.received.map(({ body }) => JSON.parse(body).data);
  assert.deepEqual(data, [{ freeFen: '0', belowFen: '50000' }]);
});

test('what is not committed is told to nobody', async (t) => {
  const { house, owner, shop } = await open(t);
  const receiver = await openReceiver(t);
  await addHook(house, owner, shop, { url: receiver.url });
  const news = { recycler: shop, type: 'wallet.topped_up' as const, data: { amountFen: '1' } };
  const undone = inTransaction(house.db, async (tx) => {
    assert.equal(await announce(tx, { ...news, at: house.clock.now() }), 1);
    throw new Error('undone');
  });
  await assert.rejects(undone, /undone/);
  await house.settle();
  assert.equal(receiver.received.length, 0);
  const houses = { ...news, recycler: 'house', at: house.clock.now() };
  assert.equal(await inTransaction(house.db, (tx) => announce(tx, houses)), 0);
});

test('one slow receiver with a full queue delays neither another nor the house', async (t) => {
  const { house, owner, shop } = await open(t);
  const [slow, quick] = [await openReceiver(t), await openReceiver(t)];
  let inHand = 0;
  let most = 0;
  slow.answer((response) => {
    inHand++;
    most = Math.max(most, inHand);
    setTimeout(() => {
      inHand--;
      response.end();
    }, 700);
  });
  await addHook(house, owner, shop, { url: slow.url, events: ['wallet.low'] });
  await addHook(house, owner, shop, { url: quick.url, events: ['wallet.topped_up'] });
  const stop = await house.house.work();
  try {
    const tell = async (type: 'wallet.low' | 'wallet.topped_up') =>
      await inTransaction(house.db, (tx) =>
        announce(tx, { recycler: shop, type, data: { n: '1' }, at: house.clock.now() }),
      );
    for (let n = 0; n < 40; n++) await tell('wallet.low');
    while (slow.received.length < 2) await sleep(20);
    await tell('wallet.topped_up');
    while (quick.received.length < 1) await sleep(20);
    assert(slow.received.length < 40, `${slow.received.length}: the slow one is still at it`);
    assert(most <= 2, `${most} at a time`);
  } finally {
    await stop();
  }
});
