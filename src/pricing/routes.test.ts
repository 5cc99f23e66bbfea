// Goal: over HTTP the price is the same for everybody, bad input is named, and each role may do its part and no more.
// Method: the real HTTP kit and database; callers, headers, cookies and history permuted around one question.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import {
  type App,
  buildHttp,
  type Caller,
  chinaInstant,
  type Db,
  FakeClock,
  fen,
  fileKeys,
  newId,
  type Role,
  readConfig,
  refuse,
  silentLog,
} from '#platform';
import { freshDatabase } from '#test/database.ts';
import { verifyQuote } from './issue.ts';
import { publishSeedTable } from './publish.ts';
import { pricingRoutes } from './routes.ts';
import type { Preview, PriceHistory, PriceList, PriceTableView, QuoteDoc } from './schema.ts';
import { seedTable } from './seed.ts';
import { product } from './testing.ts';

const START = chinaInstant('2026-11-20', 9);
const NOW = chinaInstant('2026-11-25', 10);
const shop = [
  product('dining', 'noodle'),
  product('cinema', 'screen'),
  { ...product('grocery', 'mart'), openAmount: { minFen: fen(100), maxFen: fen(100_000) } },
];

const folder = mkdtempSync(join(tmpdir(), 'huiquan-pricing-'));
const keys = fileKeys(join(folder, 'keys.json'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

interface House {
  db: Db;
  app: App;
  clock: FakeClock;
  as: (role?: Role | 'seller') => Record<string, string>;
}

/** The caller is whoever the header `x-test-caller` says: id, then roles. */
async function house(t: TestContext, deps: { quotesPerMinute?: number } = {}): Promise<House> {
  const { db } = await freshDatabase(t);
  await publishSeedTable(db, START);
  const clock = new FakeClock(NOW);
  const authenticate = async (request: { headers: Record<string, unknown> }) => {
    const said = request.headers['x-test-caller'];
    if (typeof said !== 'string') return undefined;
    const [userId = '', ...roles] = said.split(' ');
    const caller: Caller = {
      userId,
      sessionId: userId,
      roles: new Set(roles as Role[]),
      steppedUpAt: undefined,
    };
    return caller;
  };
  const config = readConfig({}, { RATE_PER_MINUTE: '100000' });
  const app = await buildHttp({ config, log: silentLog, clock, db, authenticate });
  t.after(() => app.close());
  pricingRoutes(app, {
    db,
    clock,
    keys,
    findProduct: async (sku) => shop.find((one) => one.sku === sku),
    listProducts: async () => shop,
    checkFace: (_product, faceFen) =>
      faceFen > 80_000n ? refuse('face_above_limit', { limitYuan: 800, citation: '' }) : undefined,
    quotesPerMinute: 100_000,
    ...deps,
  });
  await app.ready();
  const ids = new Map<string, string>();
  const as: House['as'] = (role = 'seller') => {
    const id = ids.get(role) ?? newId();
    ids.set(role, id);
    return { 'x-test-caller': role === 'seller' ? id : `${id} ${role}` };
  };
  return { db, app, clock, as };
}

const card = { sku: 'noodle', faceFen: '10000', expiresOn: '2027-06-30' };
const post = (app: App, url: string, payload: unknown, headers = {}) =>
  app.inject({
    method: 'POST',
    url,
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    headers: { 'content-type': 'application/json', ...headers },
  });

test('a quote over HTTP verifies as it arrived, and can be fetched again', async (t) => {
  const { app } = await house(t);
  const reply = await post(app, '/v1/quotes', card);
  assert.equal(reply.statusCode, 201);
  const doc = reply.json<QuoteDoc>();
  const key = (await app.inject('/v1/quote-key')).json<{ publicKeyPem: string }>();
  assert.equal(verifyQuote(key.publicKeyPem, doc), true, 'no field was lost on the way');
  const again = await app.inject(`/v1/quotes/${doc.quoteId}`);
  assert.deepEqual(again.json(), doc);
  const missing = await app.inject(`/v1/quotes/${newId()}`);
  assert.equal(missing.json().code, 'quote_not_found');
  assert.equal((await app.inject('/v1/quotes/1')).statusCode, 400);
});

test('the person never enters: callers, headers, cookies and history change no fen', async (t) => {
  const { app } = await house(t);
  const {
    quoteId: _id,
    signature: _sign,
    ...first
  } = (await post(app, '/v1/quotes', card)).json<QuoteDoc>();
  const header = fc.constantFrom(
    'user-agent',
    'accept-language',
    'cookie',
    'x-forwarded-for',
    'referer',
    'x-device-id',
    'sec-ch-ua-platform',
    'authorization',
    'dnt',
  );
  const word = fc.constantFrom('iPhone', 'en', 'session=1', '10.0.0.1', 'vip', 'https://a.example');
  const visitor = fc.record({
    headers: fc.dictionary(header, word),
    caller: fc.option(fc.constantFrom('', 'risk', 'admin', 'support auditor'), { nil: undefined }),
    before: fc.array(fc.constantFrom('noodle', 'screen', 'mart'), { maxLength: 3 }),
  });
  let strangers = 0;
  await fc.assert(
    fc.asyncProperty(visitor, async ({ headers, caller, before }) => {
      const who = caller === undefined ? {} : { 'x-test-caller': `${newId()} ${caller}`.trim() };
      for (const sku of before)
        await post(app, '/v1/quotes', { sku, faceFen: '5000' }, { ...headers, ...who });
      const reply = await post(app, '/v1/quotes', card, { ...headers, ...who });
      const { quoteId, signature, ...rest } = reply.json<QuoteDoc>();
      assert.deepEqual(rest, first);
      if (caller === undefined) strangers += 1;
    }),
    { numRuns: 60 },
  );
  assert(strangers > 0 && strangers < 60, 'reached strangers and people with sessions');
});

test('nothing in this room can reach a person', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /^(?!.*test).*\.ts$/.test(name));
  assert(files.length > 10);
  const used = files.flatMap((name) =>
    [...readFileSync(join(import.meta.dirname, name), 'utf8').matchAll(/from '([^']+)'/g)].map(
      ([, from]) => from ?? '',
    ),
  );
  const outside = new Set(used.filter((from) => !from.startsWith('./')));
  const allowed = ['#platform', '#platform/schema', '#record', 'kysely', 'node:assert/strict'];
  assert.deepEqual(
    [...outside].filter((from) => ![...allowed, 'typebox', 'fast-check'].includes(from)),
    [],
  );
});

test('bad input is refused with its field, and leaves no quote', async (t) => {
  const { app, db } = await house(t);
  // As JSON text, so that what JavaScript would tidy up (−0, 2^53+1) arrives as it was sent.
  const scalars = ['1e9', '10000', '-0', 'null', 'true', '[]', '["10000"]', '{}', '{"toString":1}'];
  const numbers = [...scalars, '9007199254740993', '-1.5'];
  const withField = (field: string, raw: string): string => {
    const { [field as 'sku']: _, ...rest } = card;
    return `${JSON.stringify(rest).slice(0, -1)},"${field}":${raw}}`;
  };
  const text = (values: string[]): string[] => values.map((value) => JSON.stringify(value));
  const texts = [
    '1e9',
    '-0',
    '-1',
    '0',
    'NaN',
    '',
    ' 1',
    '1.5',
    '0x10',
    '١٢',
    '9007199254740993',
    '1'.repeat(400),
  ];
  for (const faceFen of [...numbers, ...text(texts)]) {
    const reply = await post(app, '/v1/quotes', withField('faceFen', faceFen));
    assert.equal(reply.statusCode, 400, faceFen);
    assert.equal(reply.json().code, 'invalid_input');
    assert.match(reply.json().fields[0].path, /faceFen/, faceFen);
  }
  for (const sku of [...numbers, ...text(['', '../x', 'a b', "x' or 1=1", 'a'.repeat(65)])]) {
    const reply = await post(app, '/v1/quotes', withField('sku', sku));
    assert.equal(reply.statusCode, 400, sku);
    assert.match(reply.json().fields[0].path, /sku/);
  }
  const days = [
    '2026-02-30',
    '2026-13-01',
    '2026-1-1',
    '9999-01-01',
    'tomorrow',
    '2026-11-25T00:00:00Z',
  ];
  for (const expiresOn of [...numbers, ...text(days)]) {
    const reply = await post(app, '/v1/quotes', withField('expiresOn', expiresOn));
    assert.equal(reply.statusCode, 400, expiresOn);
    assert.match(reply.json().fields[0].path, /expiresOn/);
  }
  for (const body of [
    '{"sku":{"__proto__":{}},"faceFen":"1"}',
    '{"faceFen":NaN}',
    '[]',
    'null',
    '',
    '"x"',
  ]) {
    assert.equal((await post(app, '/v1/quotes', body)).statusCode, 400, body);
  }
  const extra = await post(app, '/v1/quotes', { ...card, userId: 'me' });
  assert.equal(extra.statusCode, 400);
  const refusals = [
    [{ sku: 'ghost', faceFen: '10000' }, 404, 'unknown_product'],
    [{ sku: 'constructor', faceFen: '10000' }, 404, 'unknown_product'],
    [{ sku: 'noodle', faceFen: '10001' }, 422, 'face_not_accepted'],
    [{ sku: 'mart', faceFen: '99' }, 422, 'face_not_accepted'],
    [{ sku: 'mart', faceFen: '80001' }, 422, 'face_above_limit'],
    [{ ...card, expiresOn: '2026-11-24' }, 422, 'expired_card'],
  ] as const;
  for (const [body, status, code] of refusals) {
    const reply = await post(app, '/v1/quotes', body);
    assert.deepEqual([reply.statusCode, reply.json().code], [status, code]);
    assert(reply.json().remedy);
  }
  const { quotes } = await db
    .selectFrom('pricing.quote')
    .select(({ fn }) => fn.countAll<bigint>().as('quotes'))
    .executeTakeFirstOrThrow();
  assert.equal(quotes, 0n);
  const named = await post(app, '/v1/quotes', { sku: 'mart', faceFen: '99' });
  assert.equal(named.json().params.accepted, '¥50.00, ¥100.00, ¥500.00, ¥1.00–¥1,000.00');
});

test('quotes are limited per address', async (t) => {
  const { app } = await house(t, { quotesPerMinute: 3 });
  const codes = [];
  for (let n = 0; n < 4; n++) codes.push((await post(app, '/v1/quotes', card)).statusCode);
  assert.deepEqual(codes, [201, 201, 201, 429]);
  assert.equal((await app.inject('/v1/prices')).statusCode, 200);
});

test('the price list and the history', async (t) => {
  const { app } = await house(t);
  const list = (await app.inject('/v1/prices')).json<PriceList>();
  assert.deepEqual(
    list.items.map(({ sku }) => sku),
    ['noodle', 'screen', 'mart'],
  );
  assert.equal(list.calendarKnown, true);
  for (const row of list.items) assert.equal(row.changeFen, '0');
  assert(!/"(was|original|reference|list)/i.test(JSON.stringify(list)), 'no strike-through price');
  const quoted = (
    await post(app, '/v1/quotes', { sku: 'mart', faceFen: '10000' })
  ).json<QuoteDoc>();
  assert.equal(list.items[2]?.netFen, quoted.netFen, 'the list is not better than the quote');
  const history = (await app.inject('/v1/price-history?sku=noodle')).json<PriceHistory>();
  assert.equal(history.days.length, 6);
  assert.equal((await app.inject('/v1/price-history?sku=ghost')).statusCode, 404);
  assert.equal((await app.inject('/v1/price-history?sku=noodle&days=0')).statusCode, 400);
  assert.equal((await app.inject('/v1/price-history?sku=noodle&days=x')).statusCode, 400);
  assert.equal((await app.inject('/v1/price-history?sku=a&sku=b')).statusCode, 400);
});

test('a reminder needs a session and something to wait for', async (t) => {
  const { app, as, clock } = await house(t);
  clock.moveTo(chinaInstant('2026-11-26', 3));
  const { quoteId } = (await post(app, '/v1/quotes', card)).json<QuoteDoc>();
  const url = `/v1/quotes/${quoteId}/reminder`;
  assert.equal((await post(app, url, {})).statusCode, 401);
  const first = await post(app, url, {}, as());
  assert.equal(first.statusCode, 200);
  assert.equal(first.json().dueAt, chinaInstant('2026-11-26', 7).toISOString());
  assert.deepEqual((await post(app, url, {}, as())).json(), first.json());
  const missing = await post(app, `/v1/quotes/${newId()}/reminder`, {}, as());
  assert.equal(missing.statusCode, 404);
});

test('the editor: two people publish, the auditor looks, others stay out', async (t) => {
  const { app, as } = await house(t);
  const base = '/v1/console/price-tables';
  for (const who of [as(), as('risk'), as('support'), as('compliance')]) {
    assert.equal((await app.inject({ url: base, headers: who })).statusCode, 403);
    assert.equal((await post(app, base, { title: 'x' }, who)).statusCode, 403);
  }
  assert.equal((await app.inject(base)).statusCode, 401);
  const list = await app.inject({ url: base, headers: as('auditor') });
  assert.equal(list.json().items[0].state, 'in_force');
  assert.equal((await post(app, base, { title: 'x' }, as('auditor'))).statusCode, 403);
  const made = await post(app, base, { title: 'Spring' }, as('finance'));
  assert.equal(made.statusCode, 201);
  const { id, data } = made.json<PriceTableView>();
  assert.deepEqual(data, seedTable);
  const at = `${base}/${id}`;
  data.categories.dining.baseBps = 7_100;
  const put = await app.inject({
    method: 'PUT',
    url: at,
    payload: { data },
    headers: as('finance'),
  });
  assert.deepEqual([put.statusCode, put.json().problems], [200, []]);
  const look = await post(app, `${at}/preview`, {}, as('auditor'));
  assert.equal(look.json<Preview>().raised, 3);
  assert.equal(look.json<Preview>().noticeNeeded, false);
  assert.equal((await post(app, `${at}/submit`, {}, as('auditor'))).statusCode, 403);
  const { digest } = (await post(app, `${at}/submit`, {}, as('finance'))).json<PriceTableView>();
  const own = await post(app, `${at}/approve`, { digest }, as('finance'));
  assert.deepEqual([own.statusCode, own.json().code], [403, 'author_cannot_approve']);
  const done = await post(app, `${at}/approve`, { digest }, as('admin'));
  assert.deepEqual([done.statusCode, done.json().state], [200, 'in_force']);
  const late = await app.inject({ method: 'POST', url: `${at}/withdraw`, headers: as('finance') });
  assert.deepEqual([late.statusCode, late.json().code], [409, 'wrong_state']);
  assert.equal((await app.inject('/v1/prices')).json<PriceList>().tableVersion, 2);
  const paged = await app.inject({ url: `${base}?limit=1`, headers: as('admin') });
  const next = await app.inject({
    url: `${base}?limit=1&cursor=${paged.json().next}`,
    headers: as('admin'),
  });
  assert.equal(next.json().items[0].state, 'past');
});

test('the editor names what is wrong with its input', async (t) => {
  const { app, as } = await house(t);
  const base = '/v1/console/price-tables';
  const head = as('finance');
  const { id, data } = (await post(app, base, { title: 'x' }, head)).json<PriceTableView>();
  const put = (payload: unknown) =>
    app.inject({ method: 'PUT', url: `${base}/${id}`, payload: payload as object, headers: head });
  for (const baseBps of [10_001, 0, -1, 1.5, '7000', null, [], {}]) {
    const bad = structuredClone(data);
    Object.assign(bad.categories.dining, { baseBps });
    const reply = await put({ data: bad });
    assert.equal(reply.statusCode, 400, JSON.stringify(baseBps));
    assert.match(reply.json().fields[0].path, /baseBps/);
  }
  const gap = structuredClone(data);
  gap.categories.dining.slots.pop();
  const kept = await put({ data: gap });
  assert.equal(kept.statusCode, 200, 'a draft may be unfinished');
  assert(kept.json<PriceTableView>().problems.length > 0);
  const early = await post(app, `${base}/${id}/submit`, {}, head);
  assert.deepEqual([early.statusCode, early.json().code], [422, 'table_invalid']);
  for (const effectiveFrom of ['soon', 1, '2026-02-30T00:00:00Z', '2026-12-31T23:59:60Z', '']) {
    const reply = await post(app, `${base}/${id}/submit`, { effectiveFrom }, head);
    assert.equal(reply.statusCode, 400, String(effectiveFrom));
  }
  assert.equal((await app.inject({ url: `${base}?cursor=x`, headers: head })).statusCode, 400);
  assert.equal((await app.inject({ url: `${base}/${newId()}`, headers: head })).statusCode, 404);
});
