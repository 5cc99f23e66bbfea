// Goal: each rule says yes and no exactly at its limit and on its day, cites its source, and is never silently absent.
// Method: limit −1 fen, =, +1 fen and day before / of / after, generated from the data; publishing on real PostgreSQL.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import {
  addDays,
  buildHttp,
  FakeClock,
  fen,
  readConfig,
  refusals,
  silentLog,
  wordsFor,
} from '#platform';
import { freshDatabase } from '#test/database.ts';
import {
  checkFace,
  checkNotice,
  checkWords,
  inForce,
  noticeDays,
  type ProductFacts,
  treatExpiry,
} from './domain.ts';
import { publishRules } from './publish.ts';
import { REGULATIONS, type Regulation } from './regulations.ts';
import { rulesRoutes } from './routes.ts';

const DAY = '2026-11-20';
const product = (legalKind: string, more: Partial<ProductFacts> = {}): ProductFacts => ({
  legalKind,
  restrictions: [{ kind: 'none' }],
  validity: { kind: 'months', months: 36 },
  ...more,
});

test('every rule cites, says and dates in both languages', () => {
  const ids = REGULATIONS.map((one) => `${one.id}/${one.version}`);
  assert.equal(new Set(ids).size, ids.length);
  for (const rule of REGULATIONS as readonly Regulation[]) {
    for (const words of [rule.title, rule.says, rule.citation])
      assert(words.zh.length > 3 && words.en.length > 5, rule.id);
    assert.match(rule.effectiveFrom, /^\d{4}-\d\d-\d\d$/);
  }
});

for (const [kind, id, limit] of [
  ['single_purpose_named', 'R01', 500_000],
  ['single_purpose_bearer', 'R02', 100_000],
] as const)
  test(`${id}: the limit to the fen and to the day`, () => {
    const on = (amount: number, day = DAY) => checkFace(product(kind), fen(amount), day);
    assert.equal(on(limit - 1), undefined);
    assert.equal(on(limit), undefined);
    const above = on(limit + 1);
    assert(above);
    assert.equal(above.code, 'face_above_limit');
    assert.match(String(above.params?.['citation']), new RegExp(`^${id} `));
    assert.match(wordsFor(above, 'en').remedy, limit === 500_000 ? /¥5,000 / : /¥1,000 /);
    const from = inForce(id, DAY)?.effectiveFrom ?? '';
    assert.equal(on(limit + 1, addDays(from, -1)), undefined, 'the day before it took effect');
    assert.ok(on(limit + 1, from), 'the first day');
  });

test('one-shot vouchers have no limit', () => {
  assert.equal(checkFace(product('one_shot_voucher'), fen(129_800), DAY), undefined);
});

test('a new version of a limit applies from its day on, and the old one until the day before', () => {
  const [old] = REGULATIONS;
  const regulations: Regulation[] = [
    { ...old, effectiveTo: '2026-12-31' },
    { ...old, version: 2, effectiveFrom: '2027-01-01', params: { limitFen: 200_000 } },
  ];
  const on = (day: string) =>
    checkFace(product('single_purpose_named'), fen(300_000), day, regulations);
  assert.equal(on('2026-12-31'), undefined);
  assert.equal(on('2027-01-01')?.code, 'face_above_limit');
});

test('multi-purpose cards and kinds nobody classified are not accepted', () => {
  for (const kind of ['multi_purpose', 'something_new', '', '__proto__']) {
    const refusal = checkFace(product(kind), fen(1), DAY);
    assert.equal(refusal?.code, 'product_not_accepted', kind);
    assert(
      refusal && !/[{}]/.test(wordsFor(refusal, 'zh').remedy + wordsFor(refusal, 'en').remedy),
    );
  }
});

test('a product without a word on its restrictions is not accepted', () => {
  const silent = product('single_purpose_bearer', { restrictions: [] });
  assert.equal(checkFace(silent, fen(1), DAY)?.code, 'restrictions_missing');
});

test('a change of rules or fees needs seven full days', () => {
  assert.equal(noticeDays(DAY), 7);
  const check = (effectiveOn: string) => checkNotice({ announcedOn: DAY, effectiveOn });
  assert.equal(check('2026-11-26')?.code, 'notice_too_short');
  assert.equal(check('2026-11-26')?.params?.['earliest'], '2026-11-27');
  assert.equal(check('2026-11-27'), undefined);
  assert.equal(check('2026-11-20')?.code, 'notice_too_short');
  assert.equal(check('2026-10-01')?.code, 'notice_too_short', 'a date in the past');
  assert.equal(noticeDays('2018-12-31'), 0, 'before the law');
});

test('an expiry counts as the law lets it', () => {
  const named = product('single_purpose_named');
  assert.deepEqual(treatExpiry(named, '2026-12-01', DAY), { disclose: ['R04'] });
  const bearer = product('single_purpose_bearer');
  assert.deepEqual(treatExpiry(bearer, '2026-12-01', DAY), {
    disclose: [],
    expiresOn: '2026-12-01',
  });
  assert.deepEqual(treatExpiry(bearer, DAY, DAY), { disclose: [], expiresOn: DAY });
  assert.deepEqual(treatExpiry(bearer, '2026-11-19', DAY), {
    disclose: ['R05'],
    expiresOn: '2026-11-19',
  });
  const short = product('single_purpose_bearer', { validity: { kind: 'months', months: 35 } });
  assert.deepEqual(treatExpiry(short, undefined, DAY), { disclose: ['R03'] });
  assert.deepEqual(treatExpiry(product('one_shot_voucher'), '2026-11-19', DAY), {
    disclose: [],
    expiresOn: '2026-11-19',
  });
});

test('offers of bank cards, SIM cards and accounts are noticed through spaces and signs', () => {
  for (const text of [
    '高价收 银·行-卡',
    '出租电话卡',
    '信用卡套现',
    'ａ 四件套',
    '卖实名号',
    '跑分',
  ])
    assert.equal(checkWords(text, DAY)?.code, 'words_forbidden', text);
  for (const text of ['味禾礼品卡，余额 300 元', '银行到账很快', '请换一张卡', '电话联系客服'])
    assert.equal(checkWords(text, DAY), undefined, text);
});

test('a version is published once; its text cannot be changed under the same number', async (t) => {
  const { db } = await freshDatabase(t);
  const at = new Date('2026-11-20T03:00:00Z');
  const runs = await Promise.all([publishRules(db, at), publishRules(db, at)]);
  assert.deepEqual(
    runs.sort((a, b) => a - b),
    [0, REGULATIONS.length],
  );
  const [first, ...rest] = REGULATIONS;
  await assert.rejects(
    publishRules(db, at, [{ ...first, params: { limitFen: 1 } }, ...rest]),
    /R01/,
  );
  const next = { ...first, version: 2, effectiveFrom: '2027-01-01' };
  assert.equal(await publishRules(db, at, [first, next]), 1);
  const { rows } = await sql`select 1 from rules.regulation`.execute(db);
  assert.equal(rows.length, REGULATIONS.length + 1, 'old versions are kept');
});

test('anybody may read the rules, and how they stood on a day', async (t) => {
  const { db } = await freshDatabase(t);
  const clock = new FakeClock('2026-11-20T03:00:00Z');
  await publishRules(db, clock.now());
  const authenticate = async () => undefined;
  const app = await buildHttp({ config: readConfig({}), log: silentLog, clock, db, authenticate });
  rulesRoutes(app, { db, clock });
  t.after(() => app.close());
  const now = (await app.inject('/v1/rules')).json();
  assert.equal(now.items.length, REGULATIONS.length);
  assert(now.items.every((one: { inForce: boolean }) => one.inForce));
  const then = (await app.inject('/v1/rules?day=2012-10-31')).json();
  assert(then.items.every((one: { inForce: boolean }) => !one.inForce));
  assert.equal((await app.inject('/v1/rules?day=2012-13-31')).statusCode, 400);
  assert.equal((await app.inject('/v1/rules?evil=1')).statusCode, 400);
  assert.ok(refusals.face_above_limit);
});
