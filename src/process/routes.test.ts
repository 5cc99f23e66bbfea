// Goal: the console shows the very table that runs, with its live counts, to staff only.
// Method: the route over HTTP on real PostgreSQL, with instances in several states, one of them stuck.
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
import { mermaid } from './draw.ts';
import { start } from './move.ts';
import { processRoutes } from './routes.ts';
import { sale } from './sale.fixture.ts';

const T0 = new Date('2026-03-02T02:00:00Z');

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
