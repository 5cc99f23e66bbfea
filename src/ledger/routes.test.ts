// Goal: the console reads the books exactly, and only those who may.
// Method: requests injected into the real HTTP kit on PostgreSQL, the role taken from a header.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  type App,
  buildHttp,
  type Caller,
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
import { hold, ledgerRoutes, post } from './index.ts';

const START = new Date('2026-03-01T08:00:00Z'); // 16:00 in China
const leg = (from: string, to: string, amount: number) => ({ from, to, amount: fen(amount) });

async function anApp(t: TestContext): Promise<App> {
  const { db } = await freshDatabase(t);
  const clock = new FakeClock('2026-03-03T00:00:00Z');
  const app = await buildHttp({
    config: readConfig({}),
    log: silentLog,
    clock,
    db,
    authenticate: async ({ headers }): Promise<Caller | undefined> => {
      const role = ROLES.find((one) => one === headers['x-role']);
      if (!headers['x-role']) return undefined;
      const roles = new Set(role ? [role] : []);
      return { userId: newId(), sessionId: newId(), roles, steppedUpAt: undefined };
    },
  });
  ledgerRoutes(app, { db, clock, noted: append });
  t.after(() => app.close());
  await inTransaction(db, async (tx) => {
    const shared = { subject: 'order-1', at: START };
    const legs = [leg('CUSTODY:bank', 'WALLET:w', 9_000), leg('WALLET:w', 'FEE', 25)];
    await post(tx, { ...shared, kind: 'in', ref: '1', legs });
    const late = new Date('2026-03-01T16:30:00Z'); // already 2 March in China
    await post(tx, {
      ...shared,
      at: late,
      kind: 'in',
      ref: '2',
      legs: [leg('CUSTODY:bank', 'WALLET:w', 5)],
    });
    await hold(tx, {
      ...shared,
      kind: 'h',
      ref: '1',
      from: 'WALLET:w',
      to: 'ESCROW:o',
      amount: fen(70),
      expiresAt: new Date('2026-03-09T00:00:00Z'),
    });
  });
  return app;
}

const get = (app: App, url: string, role = 'finance') =>
  app.inject({ url: `/v1/console/ledger/${url}`, headers: role ? { 'x-role': role } : {} });

test('who may read: finance, auditor, admin, compliance; the others are told no', async (t) => {
  const app = await anApp(t);
  for (const url of [
    'accounts',
    'accounts/FEE/statement',
    'accounts/FEE/statement.csv',
    'transfers?subject=order-1',
    'trial-balance',
  ]) {
    for (const role of ['finance', 'auditor', 'admin', 'compliance'])
      assert.equal((await get(app, url, role)).statusCode, 200, `${role} ${url}`);
    for (const role of ['support', 'risk', 'seller'])
      assert.equal((await get(app, url, role)).statusCode, 403, `${role} ${url}`);
    assert.equal((await get(app, url, '')).statusCode, 401);
  }
});

test('accounts by prefix, in pages', async (t) => {
  const app = await anApp(t);
  const first = (await get(app, 'accounts?limit=2')).json();
  assert.deepEqual(first.items, [
    { code: 'CUSTODY:bank', class: 'CUSTODY', balanceFen: '-9005', heldFen: '0', entries: 2 },
    { code: 'ESCROW:o', class: 'ESCROW', balanceFen: '0', heldFen: '0', entries: 0 },
  ]);
  const second = (
    await get(app, `accounts?limit=2&cursor=${encodeURIComponent(first.next)}`)
  ).json();
  assert.deepEqual(second, {
    items: [
      { code: 'FEE', class: 'FEE', balanceFen: '25', heldFen: '0', entries: 1 },
      { code: 'WALLET:w', class: 'WALLET', balanceFen: '8980', heldFen: '70', entries: 3 },
    ],
  });
  const found = (await get(app, 'accounts?prefix=WALLET%3A')).json();
  assert.deepEqual(found.items.length, 1);
  assert.equal((await get(app, "accounts?prefix=%25'--")).statusCode, 400);
});

test('a statement by days in China, as JSON and as CSV', async (t) => {
  const app = await anApp(t);
  const of = (query: string) => get(app, `accounts/WALLET:w/${query}`);
  const march1 = (await of('statement?from=2026-03-01&to=2026-03-01')).json();
  assert.deepEqual(
    [
      march1.openingFen,
      march1.closingFen,
      march1.entries.map((e: { amountFen: string }) => e.amountFen),
    ],
    ['0', '8975', ['9000', '-25']],
  );
  const march2 = (await of('statement?from=2026-03-02&to=2026-03-02')).json();
  assert.deepEqual(
    [march2.openingFen, march2.closingFen, march2.entries[0].other, march2.entries[0].balanceFen],
    ['8975', '8980', 'CUSTODY:bank', '8980'],
  );
  const lately = (await of('statement')).json();
  assert.deepEqual(
    [lately.from, lately.to, lately.closingFen],
    ['2026-02-02', '2026-03-03', '8980'],
  );
  const csv = await of('statement.csv?from=2026-03-02&to=2026-03-02');
  assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8');
  assert.match(String(csv.headers['content-disposition']), /WALLET-w_2026-03-02_2026-03-02\.csv/);
  assert.match(csv.body, /^\ufeff时间（北京）,.*\r\n2026-03-02 00:00:00,期初余额,,,,,89\.75\r\n/);
  assert.match(csv.body, /2026-03-02 00:30:00,in,2,order-1,CUSTODY:bank,0\.05,89\.80\r\n/);
  assert.equal((await of('statement?from=2026-03-02&to=2026-03-01')).statusCode, 400);
  for (const query of ['from=2026-02-31', 'from=0000-01-01', 'to=9999-12-31', 'from=now', 'days=3'])
    assert.equal((await of(`statement?${query}`)).statusCode, 400, query);
  assert.equal((await get(app, 'accounts/WALLET:nobody/statement')).statusCode, 404);
  assert.equal((await get(app, 'accounts/wallet/statement')).statusCode, 400);
});

test('transfers and holds of a subject, and the trial balance', async (t) => {
  const app = await anApp(t);
  const { items, holds } = (await get(app, 'transfers?subject=order-1')).json();
  assert.deepEqual(items[0].legs, [
    { from: 'CUSTODY:bank', to: 'WALLET:w', amountFen: '9000' },
    { from: 'WALLET:w', to: 'FEE', amountFen: '25' },
  ]);
  assert.equal(items.length, 2);
  assert.deepEqual(
    [holds[0].state, holds[0].amountFen, holds[0].closedAt],
    ['pending', '70', undefined],
  );
  const none = (await get(app, 'transfers?subject=nobody')).json();
  assert.deepEqual(none, { items: [], holds: [] });
  const books = (await get(app, 'trial-balance')).json();
  assert.deepEqual([books.debitFen, books.creditFen, books.balanced], ['9005', '9005', true]);
});
