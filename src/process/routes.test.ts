// Goal: the console and the docs show the very table that runs, with the live counts, to staff only.
// Method: the route over HTTP on real PostgreSQL; the drawings compared with the sample table, row by row.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { post } from '#ledger';
import {
  buildHttp,
  type Caller,
  fen,
  inTransaction,
  MINUTE,
  newId,
  plus,
  ROLES,
  type Role,
  readConfig,
  silentLog,
} from '#platform';
import { freshDatabase } from '#test/database.ts';
import { runClock } from './clock.ts';
import { mermaid, processPages } from './draw.ts';
import { start } from './move.ts';
import { processRoutes } from './routes.ts';
import { sale } from './sale.fixture.ts';

const T0 = new Date('2026-03-02T02:00:00Z');

test('the diagram has every state and every way between them', () => {
  const lines = mermaid(sale)
    .split('\n')
    .map((line) => line.trim());
  assert.equal(lines[0], 'stateDiagram-v2');
  assert(lines.includes('[*] --> placed'));
  assert(lines.includes('placed : 已下单 placed'));
  assert(lines.includes('placed --> cancelled : lapse (clock) ⏱ 15 min'));
  assert(lines.includes('delivered --> delivered : remind (clock) ⏱ 6 h ×2'));
  assert(lines.includes('disputed --> refunded : refund (operator, clock) ⏱ due'));
  assert(lines.includes('shared --> [*]'));
  const ways = Object.values(sale.transitions).reduce((sum, row) => sum + row.from.length, 0);
  assert.equal(lines.filter((line) => / --> (?!\[)/.test(line)).length, ways + 1);
});

test('the page lists states in both languages, and transitions with their money', () => {
  const page = processPages([sale]);
  assert(page.includes('## sale v1\n\n```mermaid\nstateDiagram-v2'));
  assert(page.includes('| `cancelled` | 已取消 | cancelled | ● |'));
  assert(
    page.includes(
      '| `start` | buyer, seller, operator | | placed | | hold WALLET → ESCROW price |',
    ),
  );
  assert(
    page.includes(
      '| `confirm` | buyer, clock | delivered | released | 1 d | ESCROW → PAYABLE net; ESCROW → FEE fees |',
    ),
  );
  assert(page.includes('| `refund` | operator, clock | disputed | refunded | due ≤ 12 d |'));
  assert.equal(page, processPages([sale]), 'the same tables make the same page');
});

test('the console counts what is live; strangers and sellers see nothing', async (t) => {
  const { db } = await freshDatabase(t);
  const clock = { now: () => T0 };
  const config = readConfig({});
  const app = await buildHttp({
    ...{ config, db, clock, log: silentLog },
    authenticate: async ({ headers }) => callerWith(headers['x-role']),
  });
  processRoutes(app, { db, processes: [sale] });
  t.after(() => app.close());
  const get = async (role?: string) =>
    await app.inject({ url: '/v1/console/processes', headers: role ? { 'x-role': role } : {} });

  assert.equal((await get()).statusCode, 401);
  assert.equal((await get('none')).statusCode, 403);
  for (const role of ROLES) assert.equal((await get(role)).statusCode, 200);

  await inTransaction(db, async (tx) => {
    const legs = [{ from: 'CUSTODY:bank', to: 'WALLET:w', amount: fen(1_000n) }];
    await post(tx, { kind: 'test.top_up', ref: 'w', subject: 'w', at: T0, legs });
    for (const id of [newId(T0), newId(T0)])
      await start(tx, sale, {
        ...{ id, at: T0, by: 'buyer', amounts: { price: fen(100n) } },
        accounts: { WALLET: 'WALLET:w', ESCROW: `ESCROW:${id}` },
      });
  });
  const handlers = { sale: () => Promise.reject(new Error('the bank is away')) };
  await runClock(db, { at: plus(T0, 15 * MINUTE), handlers, limit: 1 });
  const [view] = (await get('auditor')).json();
  assert.deepEqual([view.name, view.version, view.failing], ['sale', 1, 1]);
  assert.equal(view.mermaid, mermaid(sale));
  const counts = Object.fromEntries(
    view.states.map((state: { name: string; count: number }) => [state.name, state.count]),
  );
  assert.deepEqual([counts.placed, counts.paid], [2, 0]);
  assert.deepEqual(Object.keys(counts).toSorted(), Object.keys(sale.states).toSorted());
  const refund = view.transitions.find((row: { name: string }) => row.name === 'refund');
  assert.deepEqual(refund, {
    name: 'refund',
    by: ['operator', 'clock'],
    from: ['disputed'],
    to: 'refunded',
    due: true,
    withinMs: 12 * 24 * 60 * MINUTE,
    money: ['ESCROW → WALLET price'],
  });
});

function callerWith(role: string | string[] | undefined): Caller | undefined {
  if (role === undefined) return undefined;
  const roles = new Set(ROLES.filter((known): known is Role => known === role));
  return { userId: 'u', sessionId: 's', roles, steppedUpAt: undefined };
}
