// Goal: over HTTP a month closes by two people of finance only, and a day's trial balance leaves as exact files.
// Method: requests injected into the real HTTP kit on PostgreSQL, roles and person from headers; files read back.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import ExcelJS from 'exceljs';
import {
  type App,
  buildHttp,
  type Caller,
  type Db,
  FakeClock,
  fen,
  inTransaction,
  newId,
  ROLES,
  readConfig,
  silentLog,
} from '#platform';
import { append } from '#record';
import { freshDatabase } from '#test/database.ts';
import { ledgerRoutes, post, takeDayEnds } from './index.ts';

const MAKER = newId();
const CHECKER = newId();
const NOW = '2026-02-03T02:00:00Z';

async function anApp(t: TestContext): Promise<{ app: App; db: Db; clock: FakeClock }> {
  const { db } = await freshDatabase(t);
  const clock = new FakeClock(NOW);
  const app = await buildHttp({
    config: readConfig({}),
    log: silentLog,
    clock,
    db,
    authenticate: async ({ headers }): Promise<Caller | undefined> => {
      const roles = new Set(ROLES.filter((one) => one === headers['x-role']));
      if (!headers['x-role']) return undefined;
      const steppedUpAt = headers['x-fresh'] === 'no' ? undefined : clock.now();
      return {
        userId: String(headers['x-person'] ?? MAKER),
        sessionId: newId(),
        roles,
        steppedUpAt,
      };
    },
  });
  ledgerRoutes(app, { db, clock, noted: append });
  t.after(() => app.close());
  const legs = [
    { from: 'CUSTODY:bank', to: 'WALLET:w', amount: fen(9_000n) },
    { from: 'WALLET:w', to: 'FEE', amount: fen(25n) },
  ];
  const at = new Date('2026-01-30T08:00:00Z');
  await inTransaction(db, (tx) => post(tx, { kind: 'in', ref: '1', subject: 's', at, legs }));
  await takeDayEnds(db, clock.now());
  return { app, db, clock };
}

interface Ask {
  readonly role?: string;
  readonly by?: string;
  readonly fresh?: 'no';
  readonly language?: string;
}
const headersOf = ({ role = 'finance', by = MAKER, fresh, language }: Ask) => ({
  ...(role && { 'x-role': role }),
  'x-person': by,
  ...(fresh && { 'x-fresh': fresh }),
  ...(language && { 'accept-language': language }),
});
const get = (app: App, path: string, ask: Ask = {}) =>
  app.inject({ url: `/v1/console/ledger/${path}`, headers: headersOf(ask) });
const act = (app: App, path: string, ask: Ask = {}) =>
  app.inject({ method: 'POST', url: `/v1/console/ledger/${path}`, headers: headersOf(ask) });

test('a month is proposed by one person and closed by another, each with a fresh second factor', async (t) => {
  const { app, db, clock } = await anApp(t);
  const first = (await get(app, 'periods')).json();
  const next = { month: '2026-01', endsAt: '2026-01-31T16:00:00.000Z', isOver: true };
  assert.deepEqual(first, { items: [], next });
  for (const role of ['auditor', 'compliance', 'support', 'risk'])
    assert.equal((await act(app, 'periods/2026-01/propose', { role })).statusCode, 403, role);
  const code = async (path: string, ask: Ask): Promise<string> =>
    (await act(app, path, ask)).json().code;
  assert.equal(await code('periods/2026-01/propose', { fresh: 'no' }), 'step_up_needed');
  assert.equal(await code('periods/2026-02/propose', {}), 'period_out_of_order');
  assert.equal((await act(app, 'periods/2026-13/propose')).statusCode, 400);
  assert.equal((await act(app, 'periods/2026-01/propose')).json().items[0].state, 'proposed');
  // Ids of one millisecond have no order.
  clock.advance(1_000);
  assert.equal(await code('periods/2026-01/close', {}), 'maker_cannot_approve');
  assert.equal(await code('periods/2026-01/close', { by: CHECKER, fresh: 'no' }), 'step_up_needed');
  const { items, next: later } = (await act(app, 'periods/2026-01/close', { by: CHECKER })).json();
  assert.deepEqual(
    [items[0].state, items[0].proposedBy, items[0].closedBy],
    ['closed', MAKER, CHECKER],
  );
  assert.deepEqual([later.month, later.isOver], ['2026-02', false]);
  assert.equal(await code('periods/2026-02/propose', {}), 'period_not_over');
  const noted = await db
    .selectFrom('record.entry')
    .select(['type', 'subject'])
    .orderBy('id')
    .execute();
  assert.deepEqual(noted, [
    { type: 'ledger.period_propose', subject: '2026-01' },
    { type: 'ledger.period_close', subject: '2026-01' },
  ]);
});

test('a day end beside what its entries give now; a later entry makes them differ until the month closes', async (t) => {
  const { app, db, clock } = await anApp(t);
  const days = (await get(app, 'day-ends?limit=2')).json();
  assert.deepEqual(
    days.items.map(({ day }: { day: string }) => day),
    ['2026-02-02', '2026-02-01'],
  );
  const rest = (await get(app, `day-ends?cursor=${days.next}`)).json();
  assert.deepEqual(
    rest.items.map(({ day }: { day: string }) => day),
    ['2026-01-31', '2026-01-30'],
  );
  const day = async () => (await get(app, 'day-ends/2026-01-31')).json();
  assert.deepEqual([(await day()).matches, (await day()).isFinal], [true, false]);
  const legs = [{ from: 'CUSTODY:bank', to: 'PAYABLE:late', amount: fen(5n) }];
  const at = new Date('2026-01-31T03:00:00Z');
  await inTransaction(db, (tx) => post(tx, { kind: 'late', ref: '1', subject: 's', at, legs }));
  assert.deepEqual([(await day()).matches, (await day()).debitFen], [false, '9000']);
  clock.advance(60_000);
  await act(app, 'periods/2026-01/propose');
  await act(app, 'periods/2026-01/close', { by: CHECKER });
  const final = await day();
  assert.deepEqual([final.matches, final.isFinal, final.debitFen], [true, true, '9005']);
  for (const [path, status] of [
    ['day-ends/2026-03-01', 404],
    ['day-ends/2026-02-30', 400],
    ['day-ends/1999-01-01', 400],
    ['day-ends?cursor=2026-02-31', 400],
  ] as const)
    assert.equal((await get(app, path)).statusCode, status, path);
});

test('the trial balance of a day as CSV and XLSX: two sides, their sums, whose words', async (t) => {
  const { app } = await anApp(t);
  const path = 'day-ends/2026-01-31/trial-balance';
  for (const role of ['support', 'risk', ''])
    assert.ok([401, 403].includes((await get(app, `${path}.csv`, { role })).statusCode), role);
  const csv = await get(app, `${path}.csv`, { role: 'auditor', language: 'zh-CN' });
  assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8');
  assert.match(String(csv.headers['content-disposition']), /"trial-balance_2026-01-31\.csv"/);
  assert.deepEqual(csv.body.split('\r\n'), [
    '\ufeff科目,账户数,借方（元）,贷方（元）',
    'CUSTODY,1,90.00,',
    'FEE,1,,0.25',
    'WALLET,1,,89.75',
    '合计,,90.00,90.00',
    '未结账，2026-02-03 10:00:00 存',
    '',
  ]);
  const english = await get(app, `${path}.csv`, { language: 'en' });
  assert.match(english.body, /Class,Accounts,Debit \(yuan\)[\s\S]*Total,,90\.00,90\.00/);
  const file = await get(app, `${path}.xlsx`);
  assert.match(String(file.headers['content-type']), /spreadsheetml/);
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(new Uint8Array(file.rawPayload).buffer as ArrayBuffer);
  const sheet = book.worksheets[0];
  assert(sheet);
  assert.equal(sheet.name, '2026-01-31');
  const row = (nth: number) =>
    [1, 2, 3, 4].map((column) => sheet.getRow(nth).getCell(column).value);
  assert.deepEqual(row(2), ['CUSTODY', 1, 90, null]);
  assert.deepEqual(row(4), ['WALLET', 1, null, 89.75]);
  assert.deepEqual(row(5), ['合计', null, 90, 90]);
  assert.equal((await get(app, 'day-ends/2026-03-01/trial-balance.xlsx')).statusCode, 404);
});
