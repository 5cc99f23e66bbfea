// Goal: people do in a shop what their role allows, programs what their key allows, and what is taken away is gone at
// once. Method: the whole house over HTTP; roles, invitations, keys from wrong places, and a shop that is suspended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, MINUTE } from '#platform';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { openShop } from '#test/recyclers.ts';

interface Team {
  code: string;
  members: { userId: string; role: string }[];
  invites: { id: string; phoneMasked: string }[];
}

async function join(
  house: TestHouse,
  owner: Person,
  { id, guest, role }: { id: string; guest: Person; role: string },
): Promise<void> {
  const asked = await house.http(owner, 'POST', `/v1/recyclers/${id}/invites`, {
    ...{ phone: guest.phone, role },
  });
  assert.equal(asked.status, 200, asked.text);
  const mine = await house.http(guest, 'GET', '/v1/me/recycler-invites');
  const path = `/v1/me/recycler-invites/${mine.body.items[0]?.id}/accept`;
  assert.equal((await house.http(guest, 'POST', path)).status, 200);
}

test('an owner invites; a buyer funds, a viewer reads, a stranger sees nothing; the last owner stays', async (t) => {
  const house = await openTestHouse(t);
  const [owner, buyer, viewer] = [await house.seller(), await house.seller(), await house.seller()];
  const nameless = await house.seller({ verified: false });
  const id = await openShop(house, owner);
  await join(house, owner, { id, guest: buyer, role: 'buyer' });
  await join(house, owner, { id, guest: viewer, role: 'viewer' });
  const codeOf = async (as: Person, method: string, path: string, body?: unknown) =>
    (await house.http(as, method, `/v1/recyclers/${id}${path}`, body)).body.code;
  const fund = { target: 'wallet', amountFen: '1000' };
  assert.equal(await codeOf(buyer, 'POST', '/top-ups', fund), undefined);
  assert.equal(await codeOf(viewer, 'POST', '/top-ups', fund), 'team_role_needed');
  await house.prove(buyer);
  for (const [method, path, body] of [
    ['POST', '/withdrawals', { amountFen: '1' }],
    ['POST', '/leave', undefined],
    ['POST', '/invites', { phone: '13900009999', role: 'owner' }],
    ['PUT', `/team/${buyer.userId}`, { role: 'owner' }],
    ['POST', '/keys', { name: 'x', scopes: ['read'], networks: [] }],
    ['GET', '/keys', undefined],
  ] as const)
    assert.equal(await codeOf(buyer, method, path, body), 'team_role_needed', path);
  assert.equal(await codeOf(viewer, 'GET', '/wallet'), undefined);
  assert.equal(await codeOf(nameless, 'GET', '/team'), 'not_found');

  // A buyer acts in trade, so a real name is needed; an invitation is its own number's only.
  await house.http(owner, 'POST', `/v1/recyclers/${id}/invites`, {
    ...{ phone: nameless.phone, role: 'buyer' },
  });
  const mine = await house.http(nameless, 'GET', '/v1/me/recycler-invites');
  const path = `/v1/me/recycler-invites/${mine.body.items[0]?.id}/accept`;
  assert.equal((await house.http(buyer, 'POST', path)).status, 404);
  assert.equal((await house.http(nameless, 'POST', path)).body.code, 'real_name_needed');
  await house.forward(7 * DAY);
  assert.equal((await house.http(nameless, 'POST', path)).status, 404, 'a week is over');

  await house.prove(owner);
  assert.equal(
    await codeOf(owner, 'PUT', `/team/${owner.userId}`, { role: 'viewer' }),
    'last_owner',
  );
  assert.equal(await codeOf(owner, 'DELETE', `/team/${owner.userId}`), 'last_owner');
  const erase = await house.http(owner, 'POST', '/v1/me/erasure');
  assert.equal(erase.body.code, 'open_business', erase.text);
  assert.equal(await codeOf(owner, 'DELETE', `/team/${buyer.userId}`), undefined);
  assert.equal(await codeOf(buyer, 'GET', '/wallet'), 'not_found', 'at once');
  const team = await house.http<Team>(owner, 'GET', `/v1/recyclers/${id}/team`);
  assert.deepEqual(team.body.members.map(({ role }) => role).sort(), ['owner', 'viewer']);
});

async function makeKey(house: TestHouse, owner: Person, id: string, more: object = {}) {
  const made = await house.http<{ key: string; items: { id: string; networks: string[] }[] }>(
    ...([owner, 'POST', `/v1/recyclers/${id}/keys`] as const),
    { name: '收银机', scopes: ['read'], networks: [], ...more },
  );
  assert.equal(made.status, 201, made.text);
  return { key: made.body.key, one: made.body.items[0] };
}

test('a key opens its scopes of its shop from its networks, and nothing else', async (t) => {
  const house = await openTestHouse(t);
  const owner = await house.seller();
  const id = await openShop(house, owner);
  const other = await openShop(house, owner, { legalName: '模拟第二家店' });
  const { key, one } = await makeKey(house, owner, id, {
    networks: ['203.0.113.77/24', '2001:db8::1'],
  });
  assert.match(key, /^hq_[A-Za-z0-9_-]{43}$/);
  assert.deepEqual(one?.networks, ['203.0.113.0/24', '2001:db8::1/128']);
  const call = async (
    method: string,
    path: string,
    options: { from?: string; key?: string } = {},
  ) => {
    const reply = await house.house.app.inject({
      ...{ method: method as 'GET', url: path, remoteAddress: options.from ?? '203.0.113.9' },
      headers: { authorization: `Bearer ${options.key ?? key}` },
      ...(method !== 'GET' && { payload: { target: 'wallet', amountFen: '1000' } }),
    });
    return { status: reply.statusCode, code: (reply.json() as { code?: string }).code };
  };
  const wallet = `/v1/recyclers/${id}/wallet`;
  assert.equal((await call('GET', wallet)).status, 200);
  assert.equal((await call('GET', wallet, { from: '::ffff:203.0.113.9' })).status, 200);
  assert.equal((await call('GET', wallet, { from: '198.51.100.1' })).status, 401);
  assert.equal((await call('GET', wallet, { from: '2001:db8::2' })).status, 401);
  assert.equal((await call('GET', `/v1/recyclers/${other}/wallet`)).code, 'not_found');
  assert.equal((await call('POST', `/v1/recyclers/${id}/top-ups`)).code, 'key_scope_needed');
  for (const path of ['/v1/me', '/v1/recyclers', `/v1/recyclers/${id}/keys`, '/v1/orders'])
    assert.equal((await call('GET', path)).code, 'key_scope_needed', path);
  for (const bad of ['hq_', `${key}x`, key.toLowerCase(), 'nonsense', `hq_${'A'.repeat(43)}`])
    assert.equal((await call('GET', wallet, { key: bad })).status, 401);
  const stored = await house.pool.query(`select k::text as row from parties.api_key k`);
  assert(!stored.rows.some(({ row }) => String(row).includes(key.slice(3))), 'only a digest');
  assert(!house.logged.some((line) => line.includes(key.slice(3))), 'and never logged');
  for (const networks of [['300.1.1.1'], ['10.0.0.0/33'], ['x'.repeat(9)], ['1.1.1.1/8/8']]) {
    const body = { name: 'x', scopes: ['read'], networks };
    const no = await house.http(owner, 'POST', `/v1/recyclers/${id}/keys`, body);
    assert.equal(no.body.code, 'network_invalid', String(networks));
  }
});

test('a key dies at once: revoked, over its days, its maker gone, or its shop suspended', async (t) => {
  const house = await openTestHouse(t);
  const owner = await house.seller();
  const id = await openShop(house, owner);
  const works = async (key: string) => {
    const reply = await house.house.app.inject({
      ...{ method: 'GET', url: `/v1/recyclers/${id}/wallet` },
      headers: { authorization: `Bearer ${key}` },
    });
    return reply.statusCode;
  };
  const revoked = await makeKey(house, owner, id);
  assert.equal(await works(revoked.key), 200);
  await house.http(owner, 'DELETE', `/v1/recyclers/${id}/keys/${revoked.one?.id}`);
  assert.equal(await works(revoked.key), 401);
  const brief = await makeKey(house, owner, id, { days: 1 });
  const kept = await makeKey(house, owner, id);
  house.clock.advance(DAY + MINUTE);
  assert.equal(await works(brief.key), 401);
  assert.equal(await works(kept.key), 200);
  const risk = await house.staff('risk');
  const say = async (act: string) =>
    (await house.http(risk, 'POST', `/v1/console/recyclers/${id}/${act}`, { reason: 'risk' }))
      .status;
  assert.equal(await say('suspend'), 200);
  assert.equal(await works(kept.key), 401);
  assert.equal(await say('restore'), 200);
  assert.equal(await works(kept.key), 200);
  await house.prove(owner);
  const heir = await house.seller();
  await join(house, owner, { id, guest: heir, role: 'owner' });
  await house.http(owner, 'DELETE', `/v1/recyclers/${id}/team/${owner.userId}`);
  assert.equal(await works(kept.key), 404, 'whoever made it has left');
});

test('who may fund the wallet hears that it is low; who only reads does not', async (t) => {
  const house = await openTestHouse(t);
  const [owner, buyer, viewer] = [await house.seller(), await house.seller(), await house.seller()];
  const id = await openShop(house, owner);
  await join(house, owner, { id, guest: buyer, role: 'buyer' });
  await join(house, owner, { id, guest: viewer, role: 'viewer' });
  await house.http(owner, 'PUT', `/v1/recyclers/${id}/alert`, { belowFen: '50000' });
  await house.house.tidyUp();
  await house.settle();
  const told = async ({ phone }: Person): Promise<number> => {
    const sent = await house.control('sms', `/messages?to=${phone}`);
    const { items } = sent as { items: { text: string }[] };
    return items.filter(({ text }) => text.includes('可用余额为 0.00 元')).length;
  };
  assert.deepEqual([await told(owner), await told(buyer), await told(viewer)], [1, 1, 0]);
});
