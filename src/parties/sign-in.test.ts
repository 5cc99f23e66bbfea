// Goal: nobody signs in without the code of that number and purpose, however they guess, hurry or pretend.
// Method: real HTTP routes, PostgreSQL and the SMS simulator; attacks of the published suite, one test each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE } from '#platform';
import { everything, type House, openHouse, signIn, stepUpByCode, Visitor } from '#test/parties.ts';
import { withCode } from './code.ts';

const ALICE = '13800138000';
const BOB = '13900139000';

const ask = async (house: House, phone: string, visitor = new Visitor(house.app)) => {
  const { status } = await visitor.call('POST /v1/auth/otp', { phone });
  assert.equal(status, 202);
  return await house.codeFor(phone);
};
const verify = async (visitor: Visitor, phone: string, code: string) =>
  await visitor.call<{ code: string }>('POST /v1/auth/otp/verify', { phone, code });
const other = (code: string, step = 1): string =>
  String((Number(code) + step) % 1_000_000).padStart(6, '0');

test('a number and its code make an account, and the same one again', async (t) => {
  const house = await openHouse(t);
  const visitor = new Visitor(house.app);
  const asked = await visitor.call('POST /v1/auth/otp', { phone: '+86 138-0013-8000' });
  assert.deepEqual(
    [asked.status, asked.body],
    [202, { sentTo: '138****8000', expiresInSeconds: 300 }],
  );
  const code = await house.codeFor(ALICE);
  const signed = await visitor.call<{ user: { id: string; roles: string[] } }>(
    'POST /v1/auth/otp/verify',
    { phone: '１３８００１３８０００', code },
  );
  assert.equal(signed.status, 200);
  assert.match(
    String(signed.headers['set-cookie']),
    /^huiquan=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/,
  );
  assert.equal(signed.headers['cache-control'], 'no-store');
  const me = await visitor.call<{ id: string }>('GET /v1/me');
  assert.equal(me.body.id, signed.body.user.id);
  const again = await (await signIn(house, ALICE)).call<{ id: string }>('GET /v1/me');
  assert.equal(again.body.id, me.body.id);
});

test('behind https the cookie is Secure and bound to the host', async (t) => {
  const house = await openHouse(t, { config: { PUBLIC_URL: 'https://quan.example' } });
  const code = await ask(house, ALICE);
  const { headers } = await verify(new Visitor(house.app), ALICE, code);
  assert.match(String(headers['set-cookie']), /^__Host-huiquan=.*; Secure$/);
});

test('three wrong tries kill a code, also when they come at once', async (t) => {
  const house = await openHouse(t);
  const code = await ask(house, ALICE);
  const tries = await Promise.all(
    [1, 2, 3, 4, 5, 6].map((step) => verify(new Visitor(house.app), ALICE, other(code, step))),
  );
  assert(tries.every(({ status, body }) => status === 422 && body.code === 'code_wrong'));
  assert.equal((await verify(new Visitor(house.app), ALICE, code)).status, 422);
  const second = await ask(house, ALICE);
  const visitor = new Visitor(house.app);
  assert.equal((await verify(visitor, ALICE, other(second))).status, 422);
  assert.equal((await verify(visitor, ALICE, other(second, 2))).status, 422);
  assert.equal((await verify(visitor, ALICE, second)).status, 200);
});

test('a code works once, also when many use it at once', async (t) => {
  const house = await openHouse(t);
  for (const phone of [ALICE, BOB]) {
    const code = await ask(house, phone);
    const all = Array.from({ length: 12 }, () => verify(new Visitor(house.app), phone, code));
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    assert.deepEqual(statuses.sort(), [200, ...Array(11).fill(422)]);
  }
});

test('a code being used waits for the outcome, and is gone for the second', async (t) => {
  const house = await openHouse(t);
  const { db, keys } = house.deps;
  const code = await ask(house, ALICE);
  const scope = { keys, phone: ALICE, purpose: 'sign_in' } as const;
  const use = async (work: () => Promise<void>) =>
    await withCode(db, scope, { code, at: house.clock.now() }, work);
  const inside = Promise.withResolvers<void>();
  const later = inside.promise.then(() => use(async () => undefined));
  const results = await Promise.allSettled([
    use(async () => {
      inside.resolve();
      await Promise.race([later.catch(() => undefined), sleep(1_000)]);
    }),
    later,
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
});

test('a code dies after five minutes', async (t) => {
  const house = await openHouse(t);
  const code = await ask(house, ALICE);
  house.clock.advance(5 * MINUTE);
  assert.equal((await verify(new Visitor(house.app), ALICE, code)).status, 422);
  const second = await ask(house, ALICE);
  house.clock.advance(5 * MINUTE - 1);
  assert.equal((await verify(new Visitor(house.app), ALICE, second)).status, 200);
});

test('a code of one number opens no other, and a new code ends the old one', async (t) => {
  const house = await openHouse(t);
  const alice = await ask(house, ALICE);
  const bob = await ask(house, BOB);
  if (alice !== bob) assert.equal((await verify(new Visitor(house.app), BOB, alice)).status, 422);
  const second = await ask(house, ALICE);
  if (alice !== second)
    assert.equal((await verify(new Visitor(house.app), ALICE, alice)).status, 422);
  assert.equal((await verify(new Visitor(house.app), ALICE, second)).status, 200);
});

test('a code of one purpose is none of the other, and a step-up code stays in its session', async (t) => {
  const house = await openHouse(t);
  const phone = await signIn(house, ALICE);
  const laptop = await signIn(house, ALICE);
  const signInCode = await ask(house, ALICE);
  const wrong = await phone.call('POST /v1/me/step-up', { method: 'otp', code: signInCode });
  assert.equal(wrong.body['code'], 'code_wrong');
  assert.equal((await phone.call('POST /v1/me/step-up/otp', {})).status, 202);
  const stepUpCode = await house.codeFor(ALICE);
  assert.equal((await verify(new Visitor(house.app), ALICE, stepUpCode)).status, 422);
  const stolen = await laptop.call('POST /v1/me/step-up', { method: 'otp', code: stepUpCode });
  assert.equal(stolen.status, 422);
  const own = await phone.call('POST /v1/me/step-up', { method: 'otp', code: stepUpCode });
  assert.equal(own.status, 200);
});

test('no table, job or message keeps the code, the number or the token', async (t) => {
  const house = await openHouse(t);
  const visitor = new Visitor(house.app);
  await visitor.call('POST /v1/auth/otp', { phone: ALICE });
  const before = await everything(house);
  const code = await house.codeFor(ALICE);
  assert.equal((await verify(visitor, ALICE, code)).status, 200);
  const token = visitor.cookie.split('=')[1] ?? '';
  assert.equal(token.length, 43);
  const rows = [...before, ...(await everything(house))];
  assert(
    rows.some((row) => row.startsWith('parties.code ')),
    'the code row was looked at',
  );
  assert(
    rows.some((row) => row.startsWith('graphile_worker.')),
    'the job was looked at',
  );
  for (const canary of [code, ALICE, token, Buffer.from(token).toString('hex')])
    for (const row of rows) {
      // Digits of a code may well stand inside an id or a digest; as a word of its own they may not.
      assert(!new RegExp(`(?<![0-9a-f])${canary}(?![0-9a-f])`).test(row), `${canary} in ${row}`);
    }
  const { rows: sent } = await house.pool.query(
    'select state, to_sealed, code_sealed, params from parties.message',
  );
  assert.deepEqual(sent, [{ state: 'sent', to_sealed: null, code_sealed: null, params: null }]);
});

test('a known and an unknown number get the same answer', async (t) => {
  const house = await openHouse(t);
  await signIn(house, ALICE);
  const answers = [];
  for (const phone of [ALICE, BOB]) {
    const visitor = new Visitor(house.app);
    const asked = await visitor.call('POST /v1/auth/otp', { phone });
    const tried = await verify(visitor, phone, '000000');
    const shape = ({ status, body, headers }: typeof asked) => ({
      status,
      body: { ...body, sentTo: undefined, instance: undefined },
      headers: Object.keys(headers).sort(),
    });
    answers.push([shape(asked), shape(tried)]);
  }
  assert.deepEqual(answers[0], answers[1]);
  const never = await verify(new Visitor(house.app), '13700137000', '000000');
  assert.equal(never.body.code, 'code_wrong');
});

test('codes are rationed by number, whatever address X-Forwarded-For pretends', async (t) => {
  const house = await openHouse(t);
  const statuses: number[] = [];
  for (let round = 0; round < 7; round++) {
    const headers = {
      'x-forwarded-for': `198.51.100.${round}`,
      'x-real-ip': `198.51.100.${round}`,
    };
    const visitor = new Visitor(house.app);
    statuses.push((await visitor.call('POST /v1/auth/otp', { phone: ALICE }, headers)).status);
  }
  assert.deepEqual(statuses, [202, 202, 202, 202, 202, 429, 429]);
  house.clock.advance(10 * MINUTE);
  assert.equal(
    (await new Visitor(house.app).call('POST /v1/auth/otp', { phone: ALICE })).status,
    202,
  );
});

test('codes are rationed by address; rotating X-Forwarded-For buys nothing, nor does IPv6', async (t) => {
  const house = await openHouse(t);
  const burst = async (visitor: Visitor, count: number, next: (round: number) => void) => {
    const statuses: number[] = [];
    for (let round = 0; round < count; round++) {
      next(round);
      const phone = `137${String(10_000_000 + statuses.length).slice(-8)}`;
      const headers = { 'x-forwarded-for': `198.51.100.${round % 250}` };
      const { status } = await visitor.call('POST /v1/auth/otp', { phone }, headers);
      statuses.push(status);
    }
    return statuses.filter((status) => status === 202).length;
  };
  const v4 = new Visitor(house.app);
  assert.equal(await burst(v4, 64, () => undefined), 60);
  const v6 = new Visitor(house.app);
  house.clock.advance(20 * MINUTE);
  const rotate = (round: number) => {
    v6.address = `2001:db8:7:1::${round.toString(16)}`;
  };
  assert.equal(await burst(v6, 64, rotate), 60);
  v6.address = '2001:db8:7:2::1';
  assert.equal((await v6.call('POST /v1/auth/otp', { phone: BOB })).status, 202);
});

test('only a trusted proxy may name another address', async (t) => {
  const house = await openHouse(t, { config: { TRUSTED_PROXIES: '203.0.113.7' } });
  const visitor = await signIn(house, ALICE);
  const headers = { 'x-forwarded-for': '198.51.100.9' };
  const code = await ask(house, ALICE);
  const proxied = new Visitor(house.app);
  await proxied.call('POST /v1/auth/otp/verify', { phone: ALICE, code }, headers);
  const list = await visitor.call<{ items: { address: string }[] }>('GET /v1/me/sessions');
  assert.deepEqual(list.body.items.map(({ address }) => address).sort(), [
    '198.51.100.9',
    '203.0.113.7',
  ]);
});

test('the whole house texts at most so many codes a minute', async (t) => {
  const house = await openHouse(t);
  const visitor = new Visitor(house.app);
  await visitor.call('POST /v1/auth/otp', { phone: ALICE });
  await house.pool.query(`update parties.throttle set used = 300 where gate = 'code.all'`);
  const { status, headers } = await visitor.call('POST /v1/auth/otp', { phone: BOB });
  assert.equal(status, 429);
  assert.equal(headers['retry-after'], '60');
});

test('what is no mobile number is refused', async (t) => {
  const house = await openHouse(t);
  const visitor = new Visitor(house.app);
  for (const phone of [
    '12800138000',
    '1380013800',
    '+1 415 555 0100',
    "1' or '1'='1",
    '138001380001',
  ])
    assert.equal((await visitor.call('POST /v1/auth/otp', { phone })).status, 422, phone);
  for (const phone of [13800138000, [ALICE], { $ne: '' }, null])
    assert.equal((await visitor.call('POST /v1/auth/otp', { phone })).status, 400);
  const extra = { phone: ALICE, code: '123456', roles: ['admin'] };
  assert.equal((await visitor.call('POST /v1/auth/otp/verify', extra)).status, 400);
});

test('signing in and stepping up each give a new token, and the planted one dies', async (t) => {
  const house = await openHouse(t);
  const visitor = await signIn(house, ALICE);
  const first = visitor.cookie;
  const code = await ask(house, ALICE, visitor);
  assert.equal((await verify(visitor, ALICE, code)).status, 200);
  assert.notEqual(visitor.cookie, first);
  const fixed = new Visitor(house.app);
  fixed.cookie = first;
  assert.equal((await fixed.call('GET /v1/me')).status, 401);
  const second = visitor.cookie;
  await stepUpByCode(house, visitor, ALICE);
  assert.notEqual(visitor.cookie, second);
  fixed.cookie = second;
  const late = await fixed.call<{ steppedUpUntil?: string }>('GET /v1/me');
  assert.deepEqual([late.status, late.body.steppedUpUntil], [200, undefined]);
  assert.equal((await fixed.call('GET /v1/me/export')).body['code'], 'step_up_needed');
  house.clock.advance(30_001);
  assert.equal((await fixed.call('GET /v1/me')).status, 401);
  assert.equal((await visitor.call('GET /v1/me/export')).status, 200);
});

test('two cookies of our name are believed by nobody', async (t) => {
  const house = await openHouse(t);
  const visitor = await signIn(house, ALICE);
  visitor.cookie = `huiquan=${'A'.repeat(43)}; ${visitor.cookie}`;
  assert.equal((await visitor.call('GET /v1/me')).status, 401);
});

test('a text message that cannot be sent is tried again, and the code is not texted late', async (t) => {
  const house = await openHouse(t);
  const { SMS_URL } = house.config;
  const control = async (mode: object) =>
    await fetch(`${SMS_URL}/control/mode`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(mode),
    });
  await control({ dropAnswers: 1 });
  await new Visitor(house.app).call('POST /v1/auth/otp', { phone: ALICE });
  await house.work();
  await house.pool.query('update graphile_worker._private_jobs set run_at = now()');
  await house.work();
  assert.equal((await house.messages(ALICE)).length, 1, 'the same request number, one message');
  await control({ outage: true });
  await new Visitor(house.app).call('POST /v1/auth/otp', { phone: BOB });
  await house.work();
  house.clock.advance(6 * MINUTE);
  await control({});
  await house.pool.query('update graphile_worker._private_jobs set run_at = now()');
  await house.work();
  assert.equal((await house.messages(BOB)).length, 0);
  const { rows } = await house.pool.query(`select distinct state from parties.message order by 1`);
  assert.deepEqual(rows, [{ state: 'dropped' }, { state: 'sent' }]);
});
