// Goal: an identity is checked once, for one adult with consent; consent ends when withdrawn; an export tells all
// about one person and nothing about another; after erasure no trace is left in any table.
// Method: real routes, PostgreSQL and both simulators; canaries are looked for in every row of every table.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createOrganisation,
  createStaff,
  findUser,
  hasConsent,
  openSession,
  organisationsOf,
  phoneOf,
  realNameOf,
  requireRealName,
  sendSms,
  setMember,
  sweepParties,
} from '#parties';
import { DAY, HOUR, inTransaction, notify, Refused } from '#platform';
import {
  everything,
  type House,
  openHouse,
  signIn,
  stepUpByCode,
  type Visitor,
} from '#test/parties.ts';
import { checkCharacter } from './domain.ts';
import { eraseAccount } from './erase.ts';

const ALICE = '13800138000';
const BOB = '13900139000';

const idOf = (bornOn: string, order = '123'): string => {
  const first17 = `110105${bornOn.replaceAll('-', '')}${order}`;
  return first17 + checkCharacter(first17);
};
const ADULT = idOf('1990-05-17');

const submit = async (visitor: Visitor, name: string, idNumber: string) =>
  await visitor.call<{ state: string; code: string }>('POST /v1/me/real-name', {
    name,
    idNumber,
    consent: true,
  });
const realName = async (visitor: Visitor) =>
  (await visitor.call<{ realName: Record<string, string> }>('GET /v1/me')).body.realName;
const idIn = async (visitor: Visitor): Promise<string> =>
  (await visitor.call<{ id: string }>('GET /v1/me')).body.id;
const retryJobs = async (house: House) => {
  await house.pool.query('update graphile_worker._private_jobs set run_at = now()');
  await house.work();
};

test('a real name is checked, shown masked, and kept sealed', async (t) => {
  const house = await openHouse(t);
  const { db, keys } = house.deps;
  const visitor = await signIn(house, ALICE);
  assert.deepEqual(await realName(visitor), { state: 'none' });
  const userId = await idIn(visitor);
  await assert.rejects(requireRealName(db, userId), Refused);
  const sent = await submit(visitor, ' 张 三丰 '.replaceAll(' ', ''), ADULT.toLowerCase());
  assert.deepEqual([sent.status, sent.body], [202, { state: 'pending', nameMasked: '张**' }]);
  assert.equal((await submit(visitor, '张三丰', ADULT)).body.code, 'real_name_pending');
  assert.equal(await realNameOf(db, keys, userId), undefined);
  await house.work();
  assert.deepEqual(await realName(visitor), { state: 'verified', nameMasked: '张**' });
  await requireRealName(db, userId);
  const known = await realNameOf(db, keys, userId);
  assert.equal(known?.name.reveal(), '张三丰');
  assert.equal(JSON.stringify(known), '{"name":"[secret]"}');
  assert.equal((await submit(visitor, '张三丰', ADULT)).body.code, 'real_name_done');
  const rows = (await everything(house)).join('\n');
  for (const canary of [
    '张三丰',
    ADULT,
    Buffer.from('张三丰').toString('hex'),
    Buffer.from(ADULT).toString('hex'),
  ])
    assert(!rows.includes(canary), canary);
});

test('bad names, bad numbers, minors and missing consent are refused, each in its own words', async (t) => {
  const house = await openHouse(t, { config: { DEMO: true } });
  const visitor = await signIn(house, ALICE);
  const code = async (name: string, idNumber: string) =>
    (await submit(visitor, name, idNumber)).body.code;
  assert.equal(await code('张三1', ADULT), 'name_invalid');
  assert.equal(
    await code('张三', `${ADULT.slice(0, 17)}${ADULT[17] === '1' ? '2' : '1'}`),
    'id_number_invalid',
  );
  assert.equal(await code('张三', idOf('2001-02-29')), 'id_number_invalid');
  // 2026-11-23 02:00 UTC is the 23rd in China; at 16:00 UTC it is the 24th there.
  assert.equal(await code('张三', idOf('2008-11-24')), 'not_adult');
  const unasked = { name: '张三', idNumber: ADULT, consent: false };
  assert.equal((await visitor.call('POST /v1/me/real-name', unasked)).status, 400);
  house.clock.advance(13 * HOUR + 59 * 60_000);
  assert.equal(await code('张三', idOf('2008-11-24')), 'not_adult');
  house.clock.advance(60_000);
  assert.equal((await submit(visitor, '张三', idOf('2008-11-24'))).status, 202);
});

test('a name that does not match is rejected, forgotten, and may be sent again', async (t) => {
  const house = await openHouse(t);
  const visitor = await signIn(house, ALICE);
  await submit(visitor, '张假三', ADULT);
  await house.work();
  assert.deepEqual(await realName(visitor), { state: 'rejected', reason: 'name_mismatch' });
  const { rows } = await house.pool.query(
    'select name_sealed, id_sealed, id_print from parties.real_name',
  );
  assert.deepEqual(rows, [{ name_sealed: null, id_sealed: null, id_print: null }]);
  await submit(visitor, '张三', ADULT);
  await house.work();
  assert.equal((await realName(visitor))['state'], 'verified');
});

test('one identity belongs to one account, also when two ask at once', async (t) => {
  const house = await openHouse(t);
  const [alice, bob] = [await signIn(house, ALICE), await signIn(house, BOB)];
  const both = await Promise.all([submit(alice, '张三', ADULT), submit(bob, '李四', ADULT)]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [202, 409]);
  assert(both.some(({ body }) => body.code === 'identity_taken'));
  await house.work();
  const { rows } = await house.pool.query(
    `select state from parties.real_name where state <> 'rejected'`,
  );
  assert.deepEqual(rows, [{ state: 'verified' }]);
});

test('five tries a day', async (t) => {
  const house = await openHouse(t);
  const visitor = await signIn(house, ALICE);
  for (let round = 0; round < 5; round++) await submit(visitor, '张', ADULT);
  assert.equal((await submit(visitor, '张三', ADULT)).status, 429);
  house.clock.advance(DAY);
  assert.equal((await submit(visitor, '张三', ADULT)).status, 202);
});

test('a provider that decides but does not answer is asked by number, and decides once', async (t) => {
  const house = await openHouse(t);
  const visitor = await signIn(house, ALICE);
  await house.realName('POST', '/control/mode', { timeoutsAfterCommit: 1 });
  await submit(visitor, '张三', ADULT);
  await house.work();
  assert.equal((await realName(visitor))['state'], 'pending');
  await retryJobs(house);
  assert.equal((await realName(visitor))['state'], 'verified');
  assert.deepEqual(await house.realName('GET', '/'), {
    service: 'real-name simulator',
    decided: 1,
  });
});

test('a provider that is down for good ends in a rejection that may be tried again', async (t) => {
  const house = await openHouse(t);
  const visitor = await signIn(house, ALICE);
  await house.realName('POST', '/control/mode', { outage: true });
  await submit(visitor, '张三', ADULT);
  for (let attempt = 0; attempt < 10; attempt++) {
    assert.equal((await realName(visitor))['state'], 'pending');
    await retryJobs(house);
  }
  assert.deepEqual(await realName(visitor), { state: 'rejected', reason: 'provider_unavailable' });
  await house.realName('POST', '/control/mode', {});
  await submit(visitor, '张三', ADULT);
  await house.work();
  assert.equal((await realName(visitor))['state'], 'verified');
});

test('a check that nobody decided for a day stands in nobody s way', async (t) => {
  const house = await openHouse(t);
  const visitor = await signIn(house, ALICE);
  await submit(visitor, '张三', ADULT);
  await house.pool.query('delete from graphile_worker._private_jobs');
  house.clock.advance(DAY - 1);
  assert.equal((await submit(visitor, '张三', ADULT)).body.code, 'real_name_pending');
  house.clock.advance(1);
  assert.equal((await submit(visitor, '张三', ADULT)).status, 202);
});

test('consent is for one purpose, and withdrawn it counts no longer', async (t) => {
  const house = await openHouse(t);
  const { db } = house.deps;
  const visitor = await signIn(house, ALICE);
  const userId = await idIn(visitor);
  const asked = { userId, purpose: 'price_reminder' } as const;
  const text = async () => {
    await inTransaction(db, (tx) =>
      sendSms(tx, {
        userId,
        template: 'price_reminder',
        params: { product: '山海咖啡卡', amount: '92.00' },
        at: house.clock.now(),
      }),
    );
  };
  const received = async () => {
    await house.work();
    return (await house.messages(ALICE)).filter((message) => message.text.includes('山海')).length;
  };
  await text();
  assert.equal(await received(), 0, 'no consent, no message');
  const both = await Promise.all(
    [1, 2].map(() => visitor.call('POST /v1/me/consents', { purpose: 'price_reminder' })),
  );
  assert.deepEqual(
    both.map(({ status }) => status),
    [200, 200],
  );
  assert.equal(await hasConsent(db, asked), true);
  assert.equal(await hasConsent(db, { userId, purpose: 'marketing_sms' }), false);
  await text();
  assert.equal(await received(), 1);
  await text();
  house.clock.advance(1);
  const left = await visitor.call<{
    items: { purpose: string; granted: boolean; withdrawnAt?: string }[];
  }>('DELETE /v1/me/consents/price_reminder');
  const view = left.body.items.find(({ purpose }) => purpose === 'price_reminder');
  assert.deepEqual([view?.granted, view?.withdrawnAt], [false, house.clock.now().toISOString()]);
  assert.equal(await hasConsent(db, asked), false);
  assert.equal(await received(), 1, 'queued before, withdrawn before sending');
  assert.equal((await visitor.call('POST /v1/me/consents', { purpose: 'anything' })).status, 400);
  assert.equal((await visitor.call('DELETE /v1/me/consents/__proto__')).status, 400);
});

test('a consent withdrawn before the provider was asked stops the check', async (t) => {
  const house = await openHouse(t);
  const visitor = await signIn(house, ALICE);
  await submit(visitor, '张三', ADULT);
  await visitor.call('DELETE /v1/me/consents/real_name_check');
  await house.work();
  assert.deepEqual(await realName(visitor), { state: 'rejected', reason: 'consent_withdrawn' });
  assert.deepEqual(await house.realName('GET', '/'), {
    service: 'real-name simulator',
    decided: 0,
  });
});

test('an export tells all about one person and nothing about another', async (t) => {
  const asked: string[] = [];
  const house = await openHouse(t, {
    deps: {
      exporters: {
        orders: async (_reader, userId) => {
          asked.push(userId);
          return { paidFen: 9_000n, at: new Date(0) };
        },
      },
    },
  });
  const [alice, bob] = [await signIn(house, ALICE), await signIn(house, BOB)];
  await submit(alice, '张三丰', ADULT);
  assert.equal((await submit(bob, '李莫愁', idOf('1991-01-01'))).status, 202);
  await alice.call('POST /v1/me/consents', { purpose: 'marketing_sms' });
  await house.work();
  assert.equal((await alice.call('GET /v1/me/export')).body['code'], 'step_up_needed');
  await stepUpByCode(house, alice, ALICE);
  const { status, body, headers } = await alice.call<Record<string, unknown>>('GET /v1/me/export');
  assert.equal(status, 200);
  assert.equal(headers['cache-control'], 'no-store');
  const text = JSON.stringify(body);
  for (const own of [ALICE, '张三丰', ADULT, 'marketing_sms', 'real_name_check'])
    assert(text.includes(own), own);
  assert.deepEqual(body['parts'], { orders: { paidFen: '9000', at: '1970-01-01T00:00:00.000Z' } });
  assert.deepEqual(asked, [await idIn(alice)]);
  for (const foreign of [BOB, '李莫愁', idOf('1991-01-01'), await idIn(bob)])
    assert(!text.includes(foreign), foreign);
  const { rows } = await house.pool.query('select * from platform.idempotency');
  assert.deepEqual(rows, []);
});

test('erasure leaves no trace of the person in any table, and the number is free again', async (t) => {
  let open = true;
  const erased: string[] = [];
  const house = await openHouse(t, {
    deps: {
      mayErase: async () => !open,
      erasers: {
        orders: async (_tx, userId) => {
          erased.push(userId);
          return [{ zh: '发票', en: 'Invoices' }];
        },
      },
    },
  });
  const { db, keys } = house.deps;
  const [alice, bob] = [await signIn(house, ALICE), await signIn(house, BOB)];
  const userId = await idIn(alice);
  await submit(alice, '张三丰', ADULT);
  await house.work();
  await alice.call('POST /v1/me/consents', { purpose: 'price_reminder' });
  await stepUpByCode(house, alice, ALICE);
  await alice.call('POST /v1/me/totp', {});
  await alice.call('POST /v1/me/passkeys/options', {});
  const second = await signIn(house, ALICE);
  const prints = [keys.fingerprint('phone', ALICE), keys.fingerprint('id_number', ADULT)];
  const canaries = [
    ALICE,
    '张三丰',
    ADULT,
    '203.0.113.7',
    Buffer.from(ALICE).toString('hex'),
    ...prints.map((print) => print.toString('hex')),
  ];
  const trace = async () => {
    const rows = await everything(house);
    return canaries.filter((canary) => rows.some((row) => row.includes(canary)));
  };
  assert.equal((await trace()).length, 3, 'address and both fingerprints are there before');
  assert.equal((await alice.call('POST /v1/me/erasure', {})).body['code'], 'open_business');
  open = false;
  const gone = await alice.call<{ kept: { en: string }[] }>('POST /v1/me/erasure', {});
  assert.equal(gone.status, 200, JSON.stringify(gone.body));
  assert.deepEqual(erased, [userId]);
  assert(gone.body.kept.some(({ en }) => en.includes('three years')));
  assert(gone.body.kept.some(({ en }) => en === 'Invoices'));
  assert.equal((await second.call('GET /v1/me')).status, 401);
  assert.equal(alice.cookie, '');
  await bob.call('DELETE /v1/me/sessions');
  await house.pool.query(`update parties.session set address = ''`);
  assert.deepEqual(await trace(), []);
  const { rows } = await house.pool.query('select * from parties.person where id = $1', [userId]);
  assert.deepEqual([rows[0]?.phone_sealed, rows[0]?.phone_print], [null, null]);
  assert.equal(await phoneOf(db, { keys, userId }), undefined);
  assert.equal(await findUser(db, { keys, phone: ALICE }), undefined);
  const again = await signIn(house, ALICE);
  assert.notEqual(await idIn(again), userId);
  await submit(again, '张三丰', ADULT);
  await house.work();
  assert.equal((await realName(again))['state'], 'verified');
  assert.equal((await realName(bob))['state'], 'none');
});

test('a text message to somebody who has left is dropped, and staff cannot leave by themselves', async (t) => {
  const house = await openHouse(t, { config: { DEMO: true } });
  const { db, keys } = house.deps;
  const visitor = await signIn(house, ALICE);
  const userId = await idIn(visitor);
  const at = house.clock.now();
  await stepUpByCode(house, visitor, ALICE);
  await inTransaction(db, (tx) => createStaff(tx, { phone: ALICE, roles: ['support'], keys, at }));
  assert.equal((await visitor.call('POST /v1/me/erasure', {})).body['code'], 'staff_account');
  await house.pool.query('delete from parties.membership');
  await inTransaction(db, (tx) => sendSms(tx, { userId, template: 'payout_late', at }));
  assert.equal((await visitor.call('POST /v1/me/erasure', {})).status, 200);
  const before = (await house.messages(ALICE)).length;
  await house.work();
  assert.equal((await house.messages(ALICE)).length, before);
});

test('an open page hears of the verdict, and goes dark with its session', async (t) => {
  const house = await openHouse(t, { live: true });
  const visitor = await signIn(house, ALICE);
  const userId = await idIn(visitor);
  const url = await house.app.listen({ port: 0, host: '127.0.0.1' });
  const reply = await fetch(`${url}/v1/me/events`, { headers: { cookie: visitor.cookie } });
  assert.equal(reply.headers.get('content-type'), 'text/event-stream');
  const states: string[] = [];
  const seen = (async () => {
    let text = '';
    for await (const chunk of reply.body ?? []) {
      text += Buffer.from(chunk).toString();
      const lines = text.split('\n\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const { realName: now } = JSON.parse(line.replace('data: ', ''));
        if (states.at(-1) !== now.state) states.push(now.state);
      }
      if (states.length === 1) await submit(visitor, '张三', ADULT).then(() => house.work());
      if (states.at(-1) === 'verified') {
        await visitor.call('POST /v1/auth/sign-out');
        await inTransaction(house.deps.db, async (tx) => notify(tx, `me:${userId}`));
      }
    }
  })();
  await seen;
  // The page fetches anew on each word of change, so a state that has passed by then is not seen.
  const kept = states.filter((state) => state !== 'pending');
  assert.deepEqual(kept, ['none', 'verified']);
});

test('who signs in while leaving is left with nothing', async (t) => {
  const house = await openHouse(t);
  const { db } = house.deps;
  const visitor = await signIn(house, ALICE);
  const userId = await idIn(visitor);
  const at = house.clock.now();
  const device = { agent: '', address: '' };
  await inTransaction(db, (tx) => eraseAccount(tx, {}, { userId, at }));
  const late = inTransaction(db, (tx) => openSession(tx, { userId, how: 'otp', device, at }));
  await assert.rejects(late, Refused);
});

test('members of another organisation are no staff', async (t) => {
  const house = await openHouse(t, { config: { DEMO: true } });
  const { db } = house.deps;
  const visitor = await signIn(house, ALICE);
  const userId = await idIn(visitor);
  const at = house.clock.now();
  const organisationId = await inTransaction(db, async (tx) => {
    const id = await createOrganisation(tx, {
      kind: 'recycler',
      nameZh: '云集回收',
      nameEn: 'Cloud Recycling',
      at,
    });
    await setMember(tx, { organisationId: id, userId, roles: ['admin'], at });
    return id;
  });
  const [only] = await organisationsOf(db, userId);
  assert.deepEqual(
    [only?.organisationId, only?.kind, only?.roles],
    [organisationId, 'recycler', ['admin']],
  );
  assert.equal((await visitor.call('GET /v1/console/staff')).status, 403);
});

test('the sweep deletes what has had its day and nothing else', async (t) => {
  const house = await openHouse(t);
  const visitor = await signIn(house, ALICE);
  await visitor.call('POST /v1/me/step-up/otp', {});
  await visitor.call('POST /v1/auth/passkey/options', {});
  await house.work();
  const count = async () => {
    const { rows } = await house.pool.query(`select
      (select count(*)::int from parties.code) as codes, (select count(*)::int from parties.ceremony) as ceremonies,
      (select count(*)::int from parties.throttle) as throttles, (select count(*)::int from parties.message) as messages,
      (select count(*)::int from parties.session) as sessions, (select count(*)::int from parties.person) as people`);
    return rows[0] as Record<string, number>;
  };
  const { db } = house.deps;
  await sweepParties(db, house.clock.now());
  const before = await count();
  assert(
    Object.values(before).every((rows) => rows > 0),
    JSON.stringify(before),
  );
  await sweepParties(db, house.clock.advance(31 * DAY));
  assert.deepEqual(await count(), {
    codes: 0,
    ceremonies: 0,
    throttles: 0,
    messages: 0,
    sessions: 0,
    people: 1,
  });
});
