// Goal: staff are powerless without a second factor, factors prove only their owner, and power ends when taken.
// Method: real routes with an authenticator app (RFC 6238) and a software passkey (ES256, CBOR) in the test.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createStaff, setRoles } from '#parties';
import { DAY, HOUR, inTransaction, MINUTE, type Role } from '#platform';
import { Authenticator } from '#test/authenticator.ts';
import { type House, openHouse, signIn, stepUpByCode, Visitor } from '#test/parties.ts';

const ADMIN = '13811110001';
const ALICE = '13800138000';
const SITE = { origin: 'http://localhost:8790', rpId: 'localhost' };
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

interface MeBody {
  id: string;
  roles: string[];
  secondFactorNeeded: boolean;
  factors: { totp: boolean; passkeys: number };
  stepUpMethods: string[];
  steppedUpUntil?: string;
}
const me = async (visitor: Visitor): Promise<MeBody> =>
  (await visitor.call<MeBody>('GET /v1/me')).body;

const hire = async (house: House, phone: string, roles: Role[]): Promise<string> => {
  const { keys, db } = house.deps;
  return await inTransaction(db, (tx) =>
    createStaff(tx, { phone, roles, keys, at: house.clock.now() }),
  );
};

/** RFC 6238 with the defaults of every app, written again here so that the room is not its own judge. */
function appCode(secret: string, at: Date, shift = 0): string {
  const bits = [...secret]
    .map((sign) => BASE32.indexOf(sign).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 30_000) + shift));
  const digest = createHmac('sha1', key).update(step).digest();
  const offset = digest.readUInt8(19) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function enrol(house: House, visitor: Visitor): Promise<string> {
  const { status, body } = await visitor.call<{ secret: string; uri: string }>(
    'POST /v1/me/totp',
    {},
  );
  assert.equal(status, 201, JSON.stringify(body));
  assert(body.uri.includes(`secret=${body.secret}`));
  const code = appCode(body.secret, house.clock.now());
  const confirmed = await visitor.call('POST /v1/me/totp/confirm', { code });
  assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
  return body.secret;
}

async function staffWithTotp(house: House, phone: string, roles: Role[]) {
  const id = await hire(house, phone, roles);
  const visitor = await signIn(house, phone);
  await stepUpByCode(house, visitor, phone);
  return { id, visitor, secret: await enrol(house, visitor) };
}

async function addPasskey(visitor: Visitor, passkey: Authenticator) {
  const { body } = await visitor.call<{ ceremonyId: string; options: { challenge: string } }>(
    'POST /v1/me/passkeys/options',
    {},
  );
  const response = passkey.create(body.options.challenge);
  return await visitor.call('POST /v1/me/passkeys', {
    ceremonyId: body.ceremonyId,
    name: 'My phone',
    response,
  });
}

async function passkeySignIn(visitor: Visitor, passkey: Authenticator) {
  const { body } = await visitor.call<{ ceremonyId: string; options: { challenge: string } }>(
    'POST /v1/auth/passkey/options',
    {},
  );
  const sent = { ceremonyId: body.ceremonyId, response: passkey.get(body.options.challenge) };
  const answer = await visitor.call<{ user: MeBody; code: string }>('POST /v1/auth/passkey', sent);
  return { ...answer, sent };
}

test('staff who signed in by text message alone have no power', async (t) => {
  const house = await openHouse(t);
  await hire(house, ADMIN, ['admin']);
  const visitor = await signIn(house, ADMIN);
  const { roles, secondFactorNeeded } = await me(visitor);
  assert.deepEqual([roles, secondFactorNeeded], [[], true]);
  assert.equal((await visitor.call('GET /v1/console/staff')).status, 403);
  await stepUpByCode(house, visitor, ADMIN);
  assert.equal((await visitor.call('GET /v1/console/staff')).status, 403);
  await enrol(house, visitor);
  assert.deepEqual((await me(visitor)).roles, ['admin']);
  assert.equal((await visitor.call('GET /v1/console/staff')).status, 200);
  const next = await signIn(house, ADMIN);
  assert.equal((await next.call('GET /v1/console/staff')).status, 403);
});

test('a stolen number adds no factor to staff who have one', async (t) => {
  const house = await openHouse(t);
  await staffWithTotp(house, ADMIN, ['admin']);
  const thief = await signIn(house, ADMIN);
  assert.deepEqual((await me(thief)).stepUpMethods, ['totp']);
  const asked = await thief.call('POST /v1/me/step-up/otp', {});
  assert.equal(asked.body['code'], 'second_factor_needed');
  const tried = await thief.call('POST /v1/me/step-up', { method: 'otp', code: '123456' });
  assert.equal(tried.body['code'], 'second_factor_needed');
  assert.equal((await thief.call('POST /v1/me/totp', {})).body['code'], 'step_up_needed');
  assert.equal(
    (await thief.call('POST /v1/me/passkeys/options', {})).body['code'],
    'step_up_needed',
  );
  assert.equal((await thief.call('DELETE /v1/me/totp')).body['code'], 'step_up_needed');
});

test('in demo mode staff need no second factor', async (t) => {
  const house = await openHouse(t, { config: { DEMO: true } });
  await hire(house, ADMIN, ['admin', 'finance']);
  const visitor = await signIn(house, ADMIN);
  assert.deepEqual((await me(visitor)).roles, ['admin', 'finance']);
  assert.equal((await visitor.call('GET /v1/console/staff')).status, 200);
});

test('a code of the app steps up for five minutes, once, and after five wrong ones waits', async (t) => {
  const house = await openHouse(t);
  const { visitor, secret } = await staffWithTotp(house, ADMIN, ['admin']);
  const again = await visitor.call('POST /v1/me/step-up', {
    method: 'totp',
    code: appCode(secret, house.clock.now()),
  });
  assert.equal(again.body['code'], 'code_wrong', 'the enrolling code is spent');
  house.clock.advance(6 * MINUTE);
  const list = { phone: ALICE, roles: ['support'] };
  assert.equal((await visitor.call('POST /v1/console/staff', list)).body['code'], 'step_up_needed');
  const code = appCode(secret, house.clock.now());
  const proven = await visitor.call('POST /v1/me/step-up', { method: 'totp', code });
  assert.equal(proven.status, 200);
  assert.equal((await visitor.call('POST /v1/console/staff', list)).status, 201);
  const replay = await visitor.call('POST /v1/me/step-up', { method: 'totp', code });
  assert.equal(replay.body['code'], 'code_wrong');
  house.clock.advance(5 * MINUTE + 1);
  assert.equal((await visitor.call('POST /v1/console/staff', list)).body['code'], 'step_up_needed');
  for (let round = 0; round < 5; round++) {
    const wrong = appCode(secret, house.clock.now(), 500 + round);
    const answer = await visitor.call('POST /v1/me/step-up', { method: 'totp', code: wrong });
    assert.equal(answer.body['code'], 'code_wrong');
  }
  const right = appCode(secret, house.clock.now());
  const answer = await visitor.call('POST /v1/me/step-up', { method: 'totp', code: right });
  assert.equal(answer.status, 429);
});

test('codes of the app are good one step early or late, and two steps are too far', async (t) => {
  const house = await openHouse(t);
  const { visitor, secret } = await staffWithTotp(house, ADMIN, ['admin']);
  const tryShift = async (shift: number) => {
    house.clock.advance(10 * MINUTE);
    const code = appCode(secret, house.clock.now(), shift);
    return (await visitor.call('POST /v1/me/step-up', { method: 'totp', code })).status;
  };
  const statuses = [];
  for (const shift of [-2, -1, 0, 1, 2]) statuses.push(await tryShift(shift));
  assert.deepEqual(statuses, [422, 200, 200, 200, 422]);
});

test('the secret of an app is sealed and shown once', async (t) => {
  const house = await openHouse(t);
  const { visitor, secret } = await staffWithTotp(house, ADMIN, ['admin']);
  const raw = await house.pool.query('select secret_sealed from parties.totp');
  assert.equal(String(raw.rows[0]?.secret_sealed).includes(secret), false);
  assert.equal((await visitor.call('POST /v1/me/totp', {})).body['code'], 'totp_exists');
});

test('a passkey signs in, proves the second factor, and is checked in every part', async (t) => {
  const house = await openHouse(t);
  await hire(house, ADMIN, ['finance']);
  const visitor = await signIn(house, ADMIN);
  await stepUpByCode(house, visitor, ADMIN);
  const passkey = new Authenticator(SITE);
  assert.equal((await addPasskey(visitor, passkey)).status, 201);
  assert.deepEqual((await me(visitor)).roles, ['finance']);
  const fresh = new Visitor(house.app);
  const signed = await passkeySignIn(fresh, passkey);
  assert.equal(signed.status, 200, JSON.stringify(signed.body));
  assert.deepEqual(signed.body.user.roles, ['finance']);
  assert(signed.body.user.steppedUpUntil);
  const replay = await new Visitor(house.app).call('POST /v1/auth/passkey', signed.sent);
  assert.equal(replay.body['code'], 'passkey_refused');

  const refused = async (
    change: (bad: Authenticator) => void,
    restore: (bad: Authenticator) => void,
  ) => {
    change(passkey);
    const { body } = await passkeySignIn(new Visitor(house.app), passkey);
    restore(passkey);
    return body.code;
  };
  const back = { ...SITE };
  assert.equal(
    await refused(
      (p) => {
        p.verifiesUser = false;
      },
      (p) => {
        p.verifiesUser = true;
      },
    ),
    'passkey_refused',
    'no user verification',
  );
  assert.equal(
    await refused(
      (p) => {
        p.origin = 'http://evil.example';
      },
      (p) => {
        p.origin = back.origin;
      },
    ),
    'passkey_refused',
    'foreign origin',
  );
  assert.equal(
    await refused(
      (p) => {
        p.rpId = 'evil.example';
      },
      (p) => {
        p.rpId = back.rpId;
      },
    ),
    'passkey_refused',
    'foreign site',
  );
  assert.equal(
    await refused(
      (p) => {
        p.counter = -1;
      },
      (p) => {
        p.counter = 50;
      },
    ),
    'passkey_refused',
    'a cloned counter',
  );
  const stranger = await passkeySignIn(new Visitor(house.app), new Authenticator(SITE));
  assert.equal(stranger.body.code, 'passkey_refused');
  assert.equal((await passkeySignIn(new Visitor(house.app), passkey)).status, 200);
});

test('a challenge lives five minutes, in one session, for one purpose; a passkey steps up its owner only', async (t) => {
  const house = await openHouse(t);
  const alice = await signIn(house, ALICE);
  const bob = await signIn(house, '13900139000');
  const keys = { alice: new Authenticator(SITE), bob: new Authenticator(SITE) };
  await stepUpByCode(house, alice, ALICE);
  await stepUpByCode(house, bob, '13900139000');
  assert.equal((await addPasskey(alice, keys.alice)).status, 201);
  assert.equal((await addPasskey(alice, keys.alice)).body['code'], 'passkey_known');
  assert.equal((await addPasskey(bob, keys.bob)).status, 201);
  house.clock.advance(6 * MINUTE);
  const start = async (visitor: Visitor, path = '/v1/me/step-up/passkey/options') =>
    (await visitor.call<{ ceremonyId: string; options: { challenge: string } }>(`POST ${path}`, {}))
      .body;
  const prove = async (
    visitor: Visitor,
    started: Awaited<ReturnType<typeof start>>,
    key: Authenticator,
  ) =>
    await visitor.call('POST /v1/me/step-up/passkey', {
      ceremonyId: started.ceremonyId,
      response: key.get(started.options.challenge),
    });
  assert.equal((await prove(alice, await start(alice), keys.bob)).status, 422, "another's passkey");
  assert.equal((await prove(bob, await start(alice), keys.bob)).status, 422, "another's challenge");
  assert.equal(
    (await prove(alice, await start(alice, '/v1/auth/passkey/options'), keys.alice)).status,
    422,
    'other purpose',
  );
  const late = await start(alice);
  house.clock.advance(5 * MINUTE);
  assert.equal((await prove(alice, late, keys.alice)).status, 422, 'too late');
  assert.equal((await me(alice)).steppedUpUntil, undefined);
  assert.equal((await prove(alice, await start(alice), keys.alice)).status, 200);
  assert.notEqual((await me(alice)).steppedUpUntil, undefined);
});

test('passkeys are listed and removed by their owner only', async (t) => {
  const house = await openHouse(t);
  const alice = await signIn(house, ALICE);
  const bob = await signIn(house, '13900139000');
  await stepUpByCode(house, alice, ALICE);
  await stepUpByCode(house, bob, '13900139000');
  const passkey = new Authenticator(SITE);
  const { body } = await addPasskey(alice, passkey);
  assert.equal((await bob.call(`DELETE /v1/me/passkeys/${body['id']}`)).status, 404);
  assert.equal((await passkeySignIn(new Visitor(house.app), passkey)).status, 200);
  assert.equal((await alice.call(`DELETE /v1/me/passkeys/${body['id']}`)).status, 204);
  assert.equal((await passkeySignIn(new Visitor(house.app), passkey)).status, 422);
  assert.deepEqual((await alice.call('GET /v1/me/passkeys')).body, { items: [] });
});

test('a role given or taken works with the next request', async (t) => {
  const house = await openHouse(t);
  const { visitor: admin, id: adminId } = await staffWithTotp(house, ADMIN, ['admin']);
  const { visitor: colleague, id } = await staffWithTotp(house, ALICE, ['auditor']);
  assert.equal((await colleague.call('GET /v1/console/staff')).status, 200);
  const put = async (roles: Role[], userId = id) => {
    house.clock.advance(1);
    return await admin.call(`PUT /v1/console/staff/${userId}/roles`, { roles });
  };
  assert.deepEqual((await put(['support'])).body['roles'], ['support']);
  assert.equal((await colleague.call('GET /v1/console/staff')).status, 403);
  assert.equal((await put(['admin'])).status, 200);
  assert.equal((await colleague.call('GET /v1/console/staff')).status, 200);
  assert.deepEqual((await put([])).body['roles'], []);
  assert.equal((await colleague.call('GET /v1/console/staff')).status, 403);
  assert.deepEqual((await me(colleague)).secondFactorNeeded, false);
  assert.equal((await put([], adminId)).body['code'], 'last_admin');
  assert.equal((await put(['support'], '00000000-0000-7000-8000-00000000dead')).status, 404);
  const { rows } = await house.pool.query(
    `select data from record.entry where subject = $1 and type = 'staff.roles_set' order by id`,
    [id],
  );
  assert.deepEqual(
    rows.map(({ data }) => data.roles),
    [['auditor'], ['support'], ['admin'], []],
  );
});

test('two admins cannot remove each other at once', async (t) => {
  const house = await openHouse(t);
  const { db } = house.deps;
  const first = await hire(house, ADMIN, ['admin']);
  const second = await hire(house, ALICE, ['admin']);
  const remove = async (userId: string, before: () => Promise<unknown>) =>
    await inTransaction(db, async (tx) => {
      await setRoles(tx, { userId, roles: [], at: house.clock.now() });
      await before();
    });
  // The first stays open until the second is done, or has evidently been waiting for it.
  const removed = Promise.withResolvers<void>();
  const later = removed.promise.then(() => remove(second, async () => undefined));
  const results = await Promise.allSettled([
    remove(first, async () => {
      removed.resolve();
      await Promise.race([later.catch(() => undefined), sleep(1_000)]);
    }),
    later,
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
});

test('a reset after a lost device ends factors and sessions, by an admin only', async (t) => {
  const house = await openHouse(t);
  const { visitor: admin } = await staffWithTotp(house, ADMIN, ['admin']);
  const { visitor: colleague, id } = await staffWithTotp(house, ALICE, ['support']);
  assert.equal((await colleague.call(`DELETE /v1/console/staff/${id}/factors`)).status, 403);
  assert.equal((await admin.call(`DELETE /v1/console/staff/${id}/factors`)).status, 204);
  assert.equal((await colleague.call('GET /v1/me')).status, 401);
  const next = await signIn(house, ALICE);
  assert.deepEqual((await me(next)).factors, { totp: false, passkeys: 0 });
});

test('a session ended is gone at once, here and on other devices', async (t) => {
  const house = await openHouse(t);
  const phone = await signIn(house, ALICE);
  const laptop = await signIn(house, ALICE);
  const stranger = await signIn(house, '13900139000');
  const list = await phone.call<{ items: { id: string; current: boolean }[] }>(
    'GET /v1/me/sessions',
  );
  assert.equal(list.body.items.length, 2);
  const other = list.body.items.find(({ current }) => !current);
  assert(other);
  assert.equal((await stranger.call(`DELETE /v1/me/sessions/${other.id}`)).status, 404);
  assert.equal((await laptop.call('GET /v1/me')).status, 200);
  assert.equal((await phone.call(`DELETE /v1/me/sessions/${other.id}`)).status, 204);
  assert.equal((await laptop.call('GET /v1/me')).status, 401);
  const stolen = new Visitor(house.app);
  stolen.cookie = phone.cookie;
  assert.equal((await stolen.call('GET /v1/me')).status, 200);
  assert.equal((await phone.call('POST /v1/auth/sign-out')).status, 204);
  assert.equal((await stolen.call('GET /v1/me')).status, 401);
  const [one, two] = [await signIn(house, ALICE), await signIn(house, ALICE)];
  assert.equal((await one.call('DELETE /v1/me/sessions')).status, 204);
  assert.deepEqual(
    [(await one.call('GET /v1/me')).status, (await two.call('GET /v1/me')).status],
    [200, 401],
  );
});

test('sellers stay signed in for thirty days, staff for twelve hours', async (t) => {
  const house = await openHouse(t);
  const seller = await signIn(house, ALICE);
  const { visitor: staff } = await staffWithTotp(house, ADMIN, ['admin']);
  house.clock.advance(12 * HOUR - 1);
  assert.equal((await staff.call('GET /v1/me')).status, 200);
  house.clock.advance(1);
  assert.equal((await staff.call('GET /v1/me')).status, 401);
  house.clock.advance(30 * DAY - 12 * HOUR - 1);
  assert.equal((await seller.call('GET /v1/me')).status, 200);
  house.clock.advance(1);
  assert.equal((await seller.call('GET /v1/me')).status, 401);
});

test('what other sites cause is refused', async (t) => {
  const house = await openHouse(t);
  const visitor = await signIn(house, ALICE);
  const origins = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ];
  for (const headers of origins) {
    const { body } = await visitor.call(
      'POST /v1/me/consents',
      { purpose: 'marketing_sms' },
      headers as Record<string, string>,
    );
    assert.equal(body['code'], 'bad_origin');
  }
  const form = await house.app.inject({
    method: 'POST',
    url: '/v1/me/consents',
    headers: { cookie: visitor.cookie, 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'purpose=marketing_sms',
  });
  assert.equal(form.statusCode, 415);
});
