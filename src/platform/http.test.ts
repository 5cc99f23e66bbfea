// Goal: the kit says no the same way everywhere, and the same command again is the first answer again.
// Method: a small app on a real database, called over real HTTP semantics by inject.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Type } from 'typebox';
import { freshDatabase } from '#test/database.ts';
import { readConfig } from './config.ts';
import { type App, buildHttp, type Caller } from './http.ts';
import { silentLog } from './log.ts';
import { fieldWords, Refused } from './refusals.ts';
import { Body, FenText } from './schema.ts';
import { FakeClock, HOUR, MINUTE } from './time.ts';

const { db } = await freshDatabase({ after });
const caller: Caller = {
  userId: 'u1',
  sessionId: 's1',
  roles: new Set(['finance']),
  steppedUpAt: undefined,
};

describe('the HTTP kit', () => {
  let app: App;
  let calls = 0;
  const clock = new FakeClock('2026-11-23T02:00:00Z');
  before(async () => {
    app = await buildHttp({
      config: readConfig({ HUIQUAN_RATE_PER_MINUTE: '1000', HUIQUAN_PORT: '0' }),
      log: silentLog,
      clock,
      db,
      authenticate: async (request) =>
        request.headers['x-test'] === 'in'
          ? { ...caller, steppedUpAt: request.headers['x-fresh'] ? clock.now() : undefined }
          : undefined,
    });
    app.post(
      '/v1/pay',
      {
        config: { access: 'user' },
        schema: {
          body: Body({ amountFen: FenText }),
          response: { 200: Type.Object({ n: Type.Integer() }) },
        },
      },
      async (request) => {
        calls++;
        if (request.body.amountFen === '13')
          throw new Refused('wrong_state', undefined, ['cancel']);
        if (request.body.amountFen === '500') throw new Error('card 6222020000000000 broke');
        return { n: calls, secret: 'must not leave' };
      },
    );
    app.post(
      '/v1/finance',
      { config: { access: ['finance'], stepUp: true }, schema: { body: Body({}) } },
      async () => ({}),
    );
    app.post(
      '/v1/risk',
      { config: { access: ['risk'] }, schema: { body: Body({}) } },
      async () => ({}),
    );
    app.get('/file.js', async () => 'nothing');
    await app.ready();
  });
  const post = async (url: string, body: unknown, headers: Record<string, string> = {}) =>
    await app.inject({
      method: 'POST',
      url,
      payload: body as object,
      headers: { 'x-test': 'in', ...headers },
    });

  test('files of pages leave the allowance of the API alone', async () => {
    const left = ({ headers }: { headers: Record<string, unknown> }) =>
      Number(headers['ratelimit-remaining']);
    const before = left(await post('/v1/finance', {}));
    const files = [];
    for (let n = 0; n < 3; n++) files.push(left(await app.inject({ url: '/file.js' })));
    assert.deepEqual(files, [9_999, 9_998, 9_997]);
    assert.equal(left(await post('/v1/finance', {})), before - 1);
  });

  test('without a session 401, without the role 403, without a fresh proof 403', async () => {
    assert.equal((await post('/v1/pay', { amountFen: '1' }, { 'x-test': 'out' })).statusCode, 401);
    assert.equal((await post('/v1/risk', {})).json().code, 'forbidden');
    assert.equal((await post('/v1/finance', {})).json().code, 'step_up_needed');
    assert.equal((await post('/v1/finance', {}, { 'x-fresh': '1' })).statusCode, 200);
  });

  test('what the schema does not name neither comes in nor leaves', async () => {
    const extra = await post('/v1/pay', { amountFen: '1', role: 'admin' });
    assert.equal(extra.statusCode, 400);
    assert.equal(extra.json().code, 'invalid_input');
    assert.equal('secret' in (await post('/v1/pay', { amountFen: '1' })).json(), false);
    for (const amountFen of [1, 1e9, -0, null, ['1'], { valueOf: 1 }, '1e9', 'NaN', '__proto__']) {
      assert.equal(
        (await post('/v1/pay', { amountFen })).statusCode,
        400,
        JSON.stringify(amountFen),
      );
    }
  });

  test('a refusal is a problem in the language of the caller', async () => {
    const zh = await post('/v1/pay', { amountFen: '13' });
    assert.equal(zh.statusCode, 409);
    assert.match(String(zh.headers['content-type']), /application\/problem\+json/);
    assert.deepEqual(zh.json().allowedTransitions, ['cancel']);
    assert.equal(zh.json().title, '现在不能这样做');
    const en = await post('/v1/pay', { amountFen: '13' }, { 'accept-language': 'en-GB,zh;q=0.5' });
    assert.equal(en.json().title, 'This cannot be done now');
  });

  test('a field that is not as asked is named, with words for a person and no rule for a program', async () => {
    const said = async (body: object, language = 'zh'): Promise<unknown> =>
      (await post('/v1/pay', body, { 'accept-language': language })).json().fields;
    const path = 'body/amountFen';
    assert.deepEqual(await said({ amountFen: '1e9' }), [{ path, message: '格式不对' }]);
    assert.deepEqual(await said({}), [{ path, message: '请填写' }]);
    assert.deepEqual(await said({}, 'en'), [{ path, message: 'Please fill this in' }]);
    const extra = [{ path: 'body/role', message: 'There is no such field' }];
    assert.deepEqual(await said({ amountFen: '1', role: 'admin' }, 'en'), extra);
    assert.equal(fieldWords({ keyword: 'maxLength', params: { limit: 40 } }, 'zh'), '最多 40 个字');
    assert.equal(fieldWords({ keyword: 'minLength', params: { limit: 1 } }, 'zh'), '请填写');
    for (const keyword of rulesIn(JSON.parse(readFileSync('docs/openapi.json', 'utf8')).paths))
      for (const language of ['zh', 'en'] as const)
        assert.doesNotMatch(
          fieldWords({ keyword, params: { limit: 2 } }, language),
          /不符合要求|Not as asked/,
          keyword,
        );
  });

  test('our own failure says nothing of its cause', async () => {
    const reply = await post('/v1/pay', { amountFen: '500' });
    assert.equal(reply.statusCode, 500);
    assert.equal(reply.body.includes('6222'), false);
  });

  test('a page of another site may not use our cookie', async () => {
    const headers = { cookie: 'a=b', origin: 'https://evil.example', host: 'localhost' };
    assert.equal((await post('/v1/pay', { amountFen: '1' }, headers)).json().code, 'bad_origin');
    assert.equal(
      (await post('/v1/pay', { amountFen: '1' }, { ...headers, origin: 'null' })).json().code,
      'bad_origin',
    );
    assert.equal(
      (await post('/v1/pay', { amountFen: '1' }, { ...headers, origin: 'http://localhost' }))
        .statusCode,
      200,
    );
  });

  test('the same key and body is answered once; another body is refused; refusals are answers too', async () => {
    const key = { 'idempotency-key': 'k1' };
    const before = calls;
    const first = await post('/v1/pay', { amountFen: '7' }, key);
    const second = await post('/v1/pay', { amountFen: '7' }, key);
    assert.equal(calls, before + 1);
    assert.equal(second.body, first.body);
    assert.equal(second.headers['idempotent-replayed'], 'true');
    assert.equal((await post('/v1/pay', { amountFen: '8' }, key)).json().code, 'key_reused');
    const no = { 'idempotency-key': 'k2' };
    assert.equal((await post('/v1/pay', { amountFen: '13' }, no)).statusCode, 409);
    const again = await post('/v1/pay', { amountFen: '13' }, no);
    assert.equal(again.statusCode, 409);
    assert.equal(again.headers['idempotent-replayed'], 'true');
  });

  test('many at once with one key run once', async () => {
    const before = calls;
    const replies = await Promise.all(
      Array.from({ length: 20 }, () =>
        post('/v1/pay', { amountFen: '9' }, { 'idempotency-key': 'race' }),
      ),
    );
    assert.equal(calls, before + 1);
    assert(replies.every(({ statusCode }) => statusCode === 200 || statusCode === 409));
  });

  test('our own failure frees the key, and a day frees it too', async () => {
    const key = { 'idempotency-key': 'k3' };
    await post('/v1/pay', { amountFen: '500' }, key);
    assert.equal(
      (await post('/v1/pay', { amountFen: '500' }, key)).headers['idempotent-replayed'],
      undefined,
    );
    const old = { 'idempotency-key': 'k4' };
    await post('/v1/pay', { amountFen: '3' }, old);
    clock.advance(24 * HOUR + MINUTE);
    assert.equal(
      (await post('/v1/pay', { amountFen: '3' }, old)).headers['idempotent-replayed'],
      undefined,
    );
  });
});

test('each person and key has an allowance, who is unknown that of the address, and an address ten of them', async (t) => {
  let looks = 0;
  const app = await buildHttp({
    config: readConfig({ HUIQUAN_RATE_PER_MINUTE: '10', HUIQUAN_PORT: '0' }),
    log: silentLog,
    clock: new FakeClock('2026-11-23T02:00:00Z'),
    db,
    authenticate: async ({ headers }) => {
      looks++;
      const { 'x-user': userId, 'x-key': id } = headers;
      if (typeof userId !== 'string') return undefined;
      const key = { id: `${id}`, recyclerId: 'r1', scopes: new Set(['read']) };
      return { ...caller, userId, ...(id && { key }) };
    },
  });
  t.after(async () => app.close());
  const schema = { response: { 200: Type.Object({}) } };
  app.get('/v1/mine', { config: { access: 'user' }, schema }, async () => ({}));
  app.get('/v1/all', { config: { access: 'public' }, schema }, async () => ({}));
  app.get('/v1/of/:id', { config: { access: 'user', scope: 'read' }, schema }, async () => ({}));
  const ask = async (url: string, remoteAddress: string, user?: string, key?: string) => {
    const headers = { ...(user && { 'x-user': user }), ...(key && { 'x-key': key }) };
    return await app.inject({ url, remoteAddress, headers });
  };
  const statuses = async (times: number, ...how: Parameters<typeof ask>): Promise<number[]> => {
    const seen = [];
    for (let n = 0; n < times; n++) seen.push((await ask(...how)).statusCode);
    return seen;
  };
  const one = '192.0.2.1';
  const ten = Array.from({ length: 10 }, () => 200);
  assert.deepEqual(await statuses(11, '/v1/mine', one, 'a'), [...ten, 429]);
  assert.deepEqual(await statuses(10, '/v1/mine', one, 'b'), ten, 'a neighbour');
  assert.deepEqual(await statuses(1, '/v1/mine', '192.0.2.2', 'a'), [429], 'elsewhere, the same');
  const keyed = await statuses(11, '/v1/of/r1', '192.0.2.2', 'a', 'k1');
  assert.deepEqual(keyed, [...ten, 429], 'a key of the same person');
  assert.deepEqual(await statuses(11, '/v1/all', one), [...ten, 429], 'without a name');
  for (let n = 33; n < 100; n++)
    assert.deepEqual(
      await statuses(1, '/v1/mine', one, `${n}`),
      [200],
      `request ${n} of a hundred`,
    );
  const before = looks;
  const { statusCode, headers } = await ask('/v1/mine', one, 'new');
  assert.equal(statusCode, 200, 'the hundredth');
  assert.equal(headers['ratelimit-remaining'], '9');
  const refused = await ask('/v1/mine', one, 'newer');
  assert.equal(refused.statusCode, 429, 'one more than ten allowances');
  assert.equal(refused.json().code, 'too_many');
  assert.equal(looks, before + 1, 'and nobody is looked for any more');
  assert.deepEqual(await statuses(1, '/v1/mine', '192.0.2.3', 'newer'), [200]);
});

test('what is no schema is found when all are compiled, and by its first call', async (t) => {
  const app = await buildHttp({
    config: readConfig({ HUIQUAN_PORT: '0' }),
    log: silentLog,
    clock: new FakeClock('2026-11-23T02:00:00Z'),
    db,
    authenticate: async () => undefined,
  });
  t.after(async () => app.close());
  const answer = Type.Object({ n: Type.Integer() });
  const route = { config: { access: 'public' as const }, schema: { response: { 200: answer } } };
  app.get('/v1/one', route, async () => ({ n: 1 }));
  app.get('/v1/two', route, async () => ({ n: 2, more: 'stays here' }));
  const broken = { ...route.schema, querystring: { type: 'no type' } };
  app.get('/v1/broken', { ...route, schema: broken as never }, async () => ({ n: 3 }));
  await app.ready();
  assert.throws(() => app.compileAll(), /schema is invalid|type must be/);
  assert.equal((await app.inject('/v1/one')).body, '{"n":1}');
  assert.equal((await app.inject('/v1/two')).body, '{"n":2}');
  assert.equal((await app.inject('/v1/broken')).statusCode, 500);
});

const RULES =
  /^(pattern|format|enum|required|uniqueItems|(min|max)[A-Z]\w+|(exclusiveM|m)(in|ax)imum|multipleOf)$/;

/** Every keyword by which the document may refuse a field; properties have names of their own. */
function rulesIn(of: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(of)) for (const one of of) rulesIn(one, found);
  else if (of !== null && typeof of === 'object')
    for (const [name, one] of Object.entries(of)) {
      const isRule = RULES.test(name) && (typeof one !== 'object' || Array.isArray(one));
      if (isRule) found.add(name);
      rulesIn(one, found);
    }
  return found;
}
